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
from partnercenter.cli.sandbox_process import sandbox_process
from partnercenter.cli.visible import visible
from partnercenter.contract.headers import CORRELATION_ID, REQUEST_ID

if TYPE_CHECKING:
    from partnercenter.cleanup.customer_facts import CustomerFacts
    from partnercenter.cleanup.deletion import Result
    from partnercenter.client.sync import PartnerCenterClient


@click.command(name="demo")
def command() -> None:
    """Start a sandbox on a free port, delete customers from it, and show what happens.

    Everything runs on this machine, and nothing is left behind.
    """
    say("Starting a local sandbox ...")
    with sandbox_process() as address:
        say(f"  it answers at {address}, with its database in a temporary folder")
        Control(address).call("POST", "/_sandbox/seed", {"world": "demo"})
        say("  and holds the customers of the world 'demo'")
        _run(address)
    say("\nThe sandbox is stopped and its files are removed.")


def say(line: str) -> None:
    """Print one line of the story."""
    click.echo(line)


def _run(address: str) -> None:
    from partnercenter.cli.connection import deleting
    from partnercenter.cli.settings import Setting, resolve

    settings = resolve({"endpoint": Setting(address, "demo")}, sandbox_answers=lambda: True)
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
        _summarize(results, before, _customers(client))


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


def _summarize(
    results: Sequence[Result], before: Sequence[CustomerFacts], after: Sequence[CustomerFacts]
) -> None:
    refused = [result for result in results if not result.done]
    if {customer.customer_id for customer in after} != {result.customer_id for result in refused}:
        raise CommandError("The demo went wrong: the sandbox holds other customers than it should.")
    say(f"\n{len(before) - len(refused)} customers deleted, {len(refused)} refused:")
    for result in refused:
        say(f"  {visible(result.display_name)}: {visible(result.description)}")
    say(f"Quota used: {len(before)} of {MOST_CUSTOMERS} before, {len(after)} of {MOST_CUSTOMERS} now.")
