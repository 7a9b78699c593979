"""`partnercenter demo`: the whole way once, against a real sandbox process over HTTP.

Everything it prints comes out of the service's answers; nothing is staged. It leaves no process and no file.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from partnercenter.cleanup.trusted_sandboxes import MOST_CUSTOMERS
from partnercenter.cli.control import Control
from partnercenter.cli.errors import CommandError
from partnercenter.cli.sandbox_process import SandboxProcess, sandbox_process
from partnercenter.cli.visible import visible
from partnercenter.contract.headers import CORRELATION_ID, REQUEST_ID

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from partnercenter.cleanup.customer_facts import CustomerFacts
    from partnercenter.cleanup.deletion import Result
    from partnercenter.cleanup.events import CustomerFinished
    from partnercenter.cleanup.session import Session
    from partnercenter.cli.settings import PartnerSettings
    from partnercenter.client.sync import PartnerCenterClient


@click.command(name="demo")
def command() -> None:
    """Start a sandbox on a free port, delete customers from it, and show what happens.

    Everything runs on this machine, and nothing is left behind.
    """
    say("Starting a local sandbox ...")
    with sandbox_process() as sandbox:
        say(f"  it answers at {sandbox.address}, with its database in a temporary folder")
        Control(sandbox.address).call("POST", "/_sandbox/seed", {"world": "demo"})
        say("  and holds the customers of the world 'demo'")
        _run(sandbox)
    say("\nThe sandbox is stopped and its files are removed.")


def say(line: str) -> None:
    """Print one line of the story."""
    click.echo(line)


def _run(sandbox: SandboxProcess) -> None:
    from partnercenter.cli.connection import deleting
    from partnercenter.cli.settings import Setting, resolve

    settings = resolve({"endpoint": Setting(sandbox.address, "demo")}, sandbox_answers=lambda: True)
    say("\nSigning in with a client secret, as an application of the development partner ...")
    with deleting(settings, user_rules=False) as (client, allowed):
        say(
            f"  the token belongs to partner tenant {allowed.tenant_id}: the development partner, trusted here"
        )
        before = _customers(client)
        say(f"\nThe sandbox holds {len(before)} of {MOST_CUSTOMERS} customers:")
        for customer in before:
            _show(customer)
        by_hand = next(
            (customer for customer in before if customer.attached == "nothing" and customer.created), None
        )
        if by_hand is not None:
            _delete_by_hand(client, by_hand)
        results = _delete(client, [customer for customer in before if customer is not by_hand])
    left = _clear(settings, sandbox.folder / "state", [result for result in results if not result.done])
    with deleting(settings, user_rules=False) as (client, _):
        _summarize(left, before, _customers(client))


def _customers(client: PartnerCenterClient) -> list[CustomerFacts]:
    from partnercenter.cleanup.customer_facts import CustomerFacts, creation_dates, read_customer

    ids = [str(customer.id) for customer in client.customers.list()]
    created = creation_dates(client, ids, datetime.now(UTC).date())
    found = [read_customer(client, customer_id, created) for customer_id in ids]
    return [customer for customer in found if isinstance(customer, CustomerFacts)]


def _show(customer: CustomerFacts) -> None:
    say(f"  {visible(customer.display_name):<20} {customer.customer_id}  {visible(customer.domain)}")
    say(f"  {'':<20} age: {customer.age(datetime.now(UTC))}; has: {visible(customer.attached)}")


def _delete_by_hand(client: PartnerCenterClient, customer: CustomerFacts) -> None:
    """Show the bare call, what a lost answer means, and what a second delete is."""
    from partnercenter.client.errors import PartnerCenterError

    path = f"/v1/customers/{customer.customer_id}"
    first, second = str(uuid.uuid4()), str(uuid.uuid4())
    say(f"\nDeleting {visible(customer.display_name)} by the bare call:")
    for request_id, remark in (
        (first, ""),
        (first, ", as after a lost answer: done once, told twice"),
        (second, ""),
    ):
        try:
            status = (
                f"{client.request('DELETE', path, headers={REQUEST_ID: request_id}).status_code} No Content"
            )
        except PartnerCenterError as error:
            status = f"{error.status_code}, code {error.code}: {visible(error.description)}"
        say(f"  DELETE {path}   {REQUEST_ID} {request_id}")
        say(f"    {status}{remark}")


def _delete(client: PartnerCenterClient, customers: Sequence[CustomerFacts]) -> list[Result]:
    """Delete them one after another, each under a correlation id of its own, and tell how the service answered."""
    import time

    from partnercenter.cleanup.deletion import delete_customers

    say("\nDeleting the others, one after another:")
    results: list[Result] = []
    for customer in customers:
        result = next(delete_customers(client, [customer], stop=lambda: False, pause=time.sleep))
        results.append(result)
        say(f"  DELETE /v1/customers/{customer.customer_id}   ({visible(customer.display_name)})")
        if result.done:
            say(f"    {result.outcome.value}; a fresh GET says that it is gone")
        else:
            say(f"    refused, code {result.code}: {visible(result.description)}")
            say(f"    advice: {visible(result.advice)}")
        say(f"    {CORRELATION_ID} {result.correlation_id}")
    return results


def _clear(settings: PartnerSettings, folder: Path, refused: Sequence[Result]) -> list[CustomerFinished]:
    """Plan for those who were refused, show the plan, carry it out; returns what became of those who are left."""
    from contextlib import closing

    from partnercenter.cleanup import blocking
    from partnercenter.cleanup.events import CustomerFinished, StepSettled
    from partnercenter.cleanup.selection import Selection
    from partnercenter.cli.connection import sweeping
    from partnercenter.cli.plan_view import counts, plan_lines

    def opening() -> AbstractAsyncContextManager[Session]:
        return sweeping(settings, None)

    plan = blocking.plan(opening, Selection(ids=tuple(one.customer_id for one in refused)))
    say("\nPlanning for those who were refused, as 'partnercenter sweep plan' does, by reading alone:")
    for line in (*plan_lines(plan), counts(plan)):
        say(f"  {line}")
    say("\nDoing what the plan says, with a journal from which a crashed run would go on:")
    left = []
    with closing(blocking.run(plan, opening, folder=folder)) as events:
        for event in events:
            if isinstance(event, StepSettled):
                say(f"  step {event.step}: {event.outcome}   {REQUEST_ID} {event.request_id}")
            elif isinstance(event, CustomerFinished):
                say(f"  {visible(event.display_name)}: {event.fate.value}")
                left += [] if event.fate.is_done else [event]
    return left


def _summarize(
    left: Sequence[CustomerFinished], before: Sequence[CustomerFacts], after: Sequence[CustomerFacts]
) -> None:
    if {customer.customer_id for customer in after} != {one.customer_id for one in left}:
        raise CommandError("The demo went wrong: the sandbox holds other customers than it should.")
    say(f"\n{len(before) - len(left)} customers deleted, {len(left)} stuck:")
    for one in left:
        say(f"  {visible(one.display_name)}: {visible(one.reason)}")
        say(f"    what to do: {visible(one.advice)}")
    say(f"Quota used: {len(before)} of {MOST_CUSTOMERS} before, {len(after)} of {MOST_CUSTOMERS} now.")
