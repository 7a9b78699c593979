"""Deleting customers as a job: where it is allowed, what is known of a customer, the plan, its run and the outcome.

Nothing here prints or asks; the command line does. The one invariant: no customer is deleted except with a
credential that `trusted_sandboxes` has checked.

    async with open_session(check_credential(credential, ...), endpoint=endpoint) as session:
        sweep = await cleanup.plan(session, Selection(name="test-*"))
        async for event in cleanup.run(sweep, session):
            print(event.to_json())

`cleanup.blocking` has the same for those who do not await.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from partnercenter.cleanup.events import Event
    from partnercenter.cleanup.runner import RunRules
    from partnercenter.cleanup.selection import Selection
    from partnercenter.cleanup.session import Session
    from partnercenter.cleanup.stop import Stop
    from partnercenter.cleanup.sweep_plan import Plan

# The command line imports this for every command, so what is heavy is imported where it is used.


async def plan(
    session: Session,
    selection: Selection,
    *,
    report: Callable[[int, int], None] = lambda done, total: None,  # noqa: ARG005 - names are for the reader
) -> Plan:
    """Plan for the customers that are selected; nothing but GET is sent (S01). `report` gets how many were read.

    Raises `SafetyRuleError` when there are more customers than a sandbox holds or more to delete than wanted, and
    `AzureError` when the customers cannot be listed. A customer that cannot be read is kept.
    """
    from partnercenter.cleanup.planning import plan_sweep

    return await plan_sweep(session.reading, selection, session.partner, report=report)


async def run(
    plan: Plan,
    session: Session,
    *,
    folder: Path | None = None,
    stop: Stop | None = None,
    rules: RunRules | None = None,
) -> AsyncGenerator[Event, None]:
    """Carry out a plan, and yield what happens; `stop` ends it early, and its journal is what `resume` goes on from.

    The journal is kept in `folder`, or else in the user's state folder. Raises before anything is called:
    `SafetyRuleError` for a plan that was edited, has expired or is for another tenant or endpoint (S02) and while
    another run of the tenant is at work (S21), `ConfigurationError` for a folder that is not the user's alone, and
    `JournalError` when nothing can be written. Nobody is asked: whoever calls this has.
    """
    import os
    from datetime import UTC, datetime

    from partnercenter.cleanup import runner
    from partnercenter.cleanup.plan_file import why_not
    from partnercenter.cleanup.refusals import stop_if
    from partnercenter.user_folders import state_folder

    stop_if(why_not(plan, session.partner.tenant_id, session.partner.endpoint, datetime.now(UTC)))
    events = runner.run(
        plan,
        session.calling,
        folder=folder or state_folder(os.environ),
        stop=stop,
        rules=rules,
    )
    async with aclosing(events):
        async for event in events:
            yield event


async def resume(
    run_id: str,
    session: Session,
    *,
    folder: Path | None = None,
    stop: Stop | None = None,
    rules: RunRules | None = None,
) -> AsyncGenerator[Event, None]:
    """Go on with a run from its journal alone; the arguments are those of `run`.

    Who is finished for good is left alone, and no step is done twice (S16). Raises as `run` does, `ValueError` for
    what is no id of a run, and `JournalError` for a journal that is not there or cannot be believed.
    """
    import os

    from partnercenter.cleanup import runner
    from partnercenter.cleanup.journal import read_journal
    from partnercenter.cleanup.refusals import refuse, stop_if
    from partnercenter.cleanup.state_folder import journal_path
    from partnercenter.user_folders import state_folder

    kept = folder or state_folder(os.environ)
    agreed = read_journal(journal_path(kept, run_id)).plan
    if agreed.tenant_id != session.partner.tenant_id:
        detail = (
            f"The run is of tenant {agreed.tenant_id}, and the token belongs to {session.partner.tenant_id}."
        )
        stop_if(refuse("S02", detail))
    events = runner.resume(run_id, session.calling, folder=kept, stop=stop, rules=rules)
    async with aclosing(events):
        async for event in events:
            yield event
