"""`partnercenter customers delete`: choose, check, show, ask, delete, report.

The order is the safety: what is malformed ends before anything is called, the safety rule before anything is
read, the question before anything is deleted.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import click

from partnercenter.cli.asking import ask, require_terminal, yes
from partnercenter.cli.connection import deleting, partner_options, partner_settings
from partnercenter.cli.customer_rows import list_rows
from partnercenter.cli.errors import DONE, FAILED, INTERRUPTED
from partnercenter.cli.output import message, output_option, rows
from partnercenter.cli.selection import ids_from_arguments, ids_from_file
from partnercenter.cli.visible import visible

if TYPE_CHECKING:
    from partnercenter.cleanup.customer_facts import CustomerFacts
    from partnercenter.cleanup.deletion import Result
    from partnercenter.client.sync import PartnerCenterClient

_PLAN_COLUMNS: Final = ("customerId", "displayName", "defaultDomainName", "age", "attached")
_RESULT_COLUMNS: Final = (
    "customerId",
    "displayName",
    "outcome",
    "code",
    "description",
    "correlationId",
    "advice",
)


@click.command(name="delete")
@click.argument("ids", nargs=-1)
@click.option("--file", metavar="FILE.csv|-", help="A CSV file with a column customerId.")
@click.option("--all", "everyone", is_flag=True, help="All customers of the sandbox.")
@click.option("--yes", "confirmed", is_flag=True, help="Do not ask; for scripts.")
@click.option("--dry-run", is_flag=True, help="Show what would be deleted, and delete nothing.")
@click.option(
    "--cancel-orders",
    is_flag=True,
    help="Clear first what blocks the deletion: for one customer, given by its id.",
)
@output_option
@partner_options
def command(
    ids: tuple[str, ...],
    file: str | None,
    everyone: bool,
    confirmed: bool,
    dry_run: bool,
    cancel_orders: bool,
    form: str,
    flags: Mapping[str, str | None],
) -> int:
    """Delete customers of an integration sandbox, with everything they have. It cannot be undone.

    Only in a partner tenant that you have named as a sandbox ('partnercenter trust'), or on a sandbox on this
    machine; refused with status 3 anywhere else. A customer that is gone already counts as done.
    """
    if cancel_orders and (len(ids) != 1 or file is not None or everyone):
        raise click.UsageError(
            "--cancel-orders is for one customer, by its id; for more use 'partnercenter sweep'."
        )
    _require_one_choice({"customer ids": bool(ids), "--file": file is not None, "--all": everyone})
    if not (confirmed or dry_run):
        require_terminal("Deleting customers")
    chosen = None if everyone else ids_from_arguments(ids) if file is None else ids_from_file(file)
    _refuse_too_many(len(chosen or ()))
    if cancel_orders:
        from partnercenter.cli.customers_delete_cleared import delete_cleared

        return delete_cleared(ids_from_arguments(ids)[0], flags, form, confirmed=confirmed, dry_run=dry_run)
    with deleting(partner_settings(flags)) as (client, allowed):
        if chosen is None:
            chosen = [str(row["customerId"]) for row in list_rows(client)]
            _refuse_too_many(len(chosen))
            if not chosen:
                message("There are no customers.")
        try:
            present, settled = _look_at(client, chosen)
            if dry_run:
                return _dry_run(form, present, settled)
            agreed = confirmed or not present or _confirm(present, allowed.alias if everyone else None)
        except KeyboardInterrupt:
            message("\nNothing was deleted.")
            raise
        if confirmed:
            _show(present)
        return _delete(form, client, present if agreed else [], settled + ([] if agreed else _kept(present)))


def _require_one_choice(choices: Mapping[str, bool]) -> None:
    given = [name for name, is_given in choices.items() if is_given]
    if not given:
        raise click.UsageError("Give customer ids, or --file FILE.csv, or --all.")
    if len(given) > 1:
        raise click.UsageError(
            f"Give only one of customer ids, --file and --all; these were given: {', '.join(given)}."
        )


def _refuse_too_many(count: int) -> None:
    from partnercenter.cleanup.trusted_sandboxes import SafetyRuleError, too_many

    refusal = too_many(count)
    if refusal is not None:
        raise SafetyRuleError(refusal)


def _look_at(client: PartnerCenterClient, chosen: Sequence[str]) -> tuple[list[CustomerFacts], list[Result]]:
    """The customers that are there, and the results of those that are not or cannot be read."""
    from partnercenter.cleanup.customer_facts import CustomerFacts, creation_dates, read_customer
    from partnercenter.cleanup.deletion import result_without_deletion

    created = creation_dates(client, chosen, datetime.now(UTC).date())
    present: list[CustomerFacts] = []
    settled: list[Result] = []
    for customer_id in chosen:
        found = read_customer(client, customer_id, created)
        if isinstance(found, CustomerFacts):
            present.append(found)
        else:
            settled.append(result_without_deletion(found))
    return present, settled


def _plan_row(customer: CustomerFacts) -> dict[str, object]:
    return {
        "customerId": customer.customer_id,
        "displayName": customer.display_name,
        "defaultDomainName": customer.domain,
        "age": customer.age(datetime.now(UTC)),
        "attached": customer.attached,
    }


def _show(present: Sequence[CustomerFacts]) -> None:
    for customer in present:
        row = {column: visible(str(value)) for column, value in _plan_row(customer).items()}
        message(
            f"{row['displayName']}  {row['defaultDomainName']}  {row['customerId']}\n"
            f"    age: {row['age']}; has: {row['attached']}"
        )


def _confirm(present: Sequence[CustomerFacts], alias: str | None) -> bool:
    """Show what would be deleted and ask; for more than one customer the number must be typed."""
    _show(present)
    count = len(present)
    if alias is None and count == 1:
        return yes("Delete this customer and everything it has?")
    expected = [str(count)] if alias is None else [alias, str(count)]
    what = "their number" if alias is None else f"the sandbox's name, {alias}, and their number"
    answer = ask(f"Delete these {count} customers and everything they have? Type {what} to go on:")
    if answer.split() == expected:
        return True
    message(f"That is not {' '.join(expected)!r}.")
    return False


def _kept(present: Sequence[CustomerFacts]) -> list[Result]:
    from partnercenter.cleanup.deletion import kept

    message("Nothing was deleted.")
    return [kept(customer, "Not confirmed.") for customer in present]


def _dry_run(form: str, present: Sequence[CustomerFacts], settled: Sequence[Result]) -> int:
    with rows(form, _PLAN_COLUMNS) as write:
        for customer in present:
            write(_plan_row(customer))
    for result in settled:
        said = f"{result.customer_id}: {result.outcome.value}: {result.description} {result.advice}"
        message(visible(said.rstrip()))
    message(f"Dry run: {len(present)} would be tried; nothing was deleted.")
    return DONE if all(result.done for result in settled) else FAILED


def _delete(
    form: str, client: PartnerCenterClient, present: Sequence[CustomerFacts], settled: Sequence[Result]
) -> int:
    """Delete, print one result for each customer, and return the exit status."""
    from partnercenter.cleanup.deletion import delete_customers
    from partnercenter.cli.interruption import Interruption

    results: list[Result] = []
    interrupted = False
    with rows(form, _RESULT_COLUMNS) as write, Interruption() as interruption:
        for result in settled:
            results.append(result)
            write(_result_row(result))
        try:
            for result in delete_customers(client, present, stop=interruption.asked, pause=time.sleep):
                results.append(result)
                name = visible(result.display_name or result.customer_id)
                message(f"[{len(results)}/{len(present) + len(settled)}] {name}: {result.outcome.value}")
                write(_result_row(result))
        except KeyboardInterrupt:
            interrupted = True
        finally:
            _summarize(results)
    if interrupted or (interruption.asked() and not all(result.done for result in results)):
        left = sum(not result.done for result in results)
        message(
            f"Interrupted: {left} customer{'' if left == 1 else 's'} left; run the same command to go on."
        )
        return INTERRUPTED
    return DONE if all(result.done for result in results) else FAILED


def _result_row(result: Result) -> dict[str, object]:
    return {
        "customerId": result.customer_id,
        "displayName": result.display_name,
        "outcome": result.outcome.value,
        "code": result.code,
        "description": result.description,
        "correlationId": result.correlation_id,
        "advice": result.advice,
    }


def _summarize(results: Sequence[Result]) -> None:
    from partnercenter.cleanup.deletion import Outcome

    counts = {outcome: sum(result.outcome is outcome for result in results) for outcome in Outcome}
    said = ", ".join(f"{count} {outcome.value}" for outcome, count in counts.items() if count)
    if said:
        message(f"{said}.")
