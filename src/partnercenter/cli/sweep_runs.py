"""`partnercenter sweep runs`: what was run on this machine, with its outcome."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import click

from partnercenter.cli.output import message, output_option, rows

if TYPE_CHECKING:
    from partnercenter.cleanup.past import Past

_COLUMNS: Final = ("run", "startedAt", "sandbox", "tenantId", "customers", "outcome", "left")


@click.command(name="runs")
@output_option
def command(form: str) -> None:
    """List the runs that are kept in the state folder, the newest first.

    A run with customers left can go on with 'partnercenter sweep resume'.
    """
    with rows(form, _COLUMNS) as write:
        for past in kept_runs():
            write(_row(past))


def kept_runs() -> Iterator[Past]:
    """The runs, the newest first; a journal that cannot be read is told and passed over."""
    from partnercenter.cleanup.journal import JournalError, read_journal
    from partnercenter.cleanup.state_folder import journal_path, run_ids
    from partnercenter.private_files import ConfigurationError
    from partnercenter.user_folders import state_folder

    folder = state_folder(os.environ)
    for run_id in run_ids(folder):
        try:
            yield read_journal(journal_path(folder, run_id))
        except (JournalError, ConfigurationError) as error:
            message(str(error))


def _row(past: Past) -> dict[str, object]:
    finished = {customer_id: one.finished for customer_id, one in past.customers.items() if one.finished}
    counts = Counter(one.fate.value for one in finished.values())
    started = min((event.at for event in past.events), default=None)
    return {
        "run": past.run_id,
        "startedAt": "" if started is None else f"{started:%Y-%m-%dT%H:%M:%SZ}",
        "sandbox": past.plan.alias,
        "tenantId": past.plan.tenant_id,
        "customers": len(past.plan.customers),
        "outcome": ", ".join(f"{count} {fate}" for fate, count in counts.items()),
        "left": len(past.plan.customers) - len(past.finished),
    }
