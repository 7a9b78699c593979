"""`partnercenter status`: how full the sandbox is, and which customers the API can soon not clear any more."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import click

from partnercenter.cli.connection import partner_options, partner_settings, reading_side_by_side
from partnercenter.cli.errors import DONE, FAILED, UserError
from partnercenter.cli.output import message, output_option, print_table, record, rows

if TYPE_CHECKING:
    from partnercenter.cleanup.quota import Standing, Used
    from partnercenter.cleanup.sandbox_state import SandboxState
    from partnercenter.cli.settings import PartnerSettings

_QUOTA_COLUMNS: Final = ("quota", "used", "limit", "percent")
_COLUMNS: Final = ("customerId", "displayName", "defaultDomainName", "state", "at", "in", "what")
_PERCENT: Final = re.compile(r"(\d{1,3})\s*%?", re.ASCII)


@click.command(name="status")
@click.option(
    "--fail-if-used", "most", metavar="PERCENT", help="End with status 1 when a quota is used so far."
)
@click.option(
    "--fail-if-stuck-within",
    "within",
    metavar="AGE",
    help="End with status 1 when a customer becomes stuck in this time: P2D, 12h.",
)
@output_option
@partner_options
def command(most: str | None, within: str | None, form: str, flags: Mapping[str, str | None]) -> int:
    """Show how much of the sandbox's quotas is used, and which customers become stuck, the closest window first.

    Stuck is a customer that has something which the API cannot cancel any more, such as a reservation after 60 days.
    """
    limit = None if most is None else _percent(most)
    window = None if within is None else _window(within)
    state = asyncio.run(_read(partner_settings(flags)))
    _show(form, state)
    for what in state.unread:
        message(f"It cannot be told for all: {what}")
    return _verdict(state, limit, window)


def _percent(text: str) -> int:
    found = _PERCENT.fullmatch(text.strip())
    if found is None or not 1 <= int(found[1]) <= 100:
        raise UserError(f"--fail-if-used must be 1% to 100%, not {text[:20]!r}.")
    return int(found[1])


def _window(text: str) -> timedelta:
    from partnercenter.cleanup.selection import parse_age

    try:
        return parse_age(text)
    except ValueError as error:
        raise UserError(f"--fail-if-stuck-within: {error}") from None


async def _read(settings: PartnerSettings) -> SandboxState:
    from partnercenter.cleanup.sandbox_state import read_state

    async with reading_side_by_side(settings) as client:
        return await read_state(client)


def _show(form: str, state: SandboxState) -> None:
    quotas = [_quota_row(used) for used in state.quotas]
    found = [_row(standing, state.now) for standing in state.standings]
    if form == "json":
        record(form, {"quotas": quotas, "customers": found})
    elif form == "table":
        print_table(sys.stdout, _QUOTA_COLUMNS, quotas)
        click.echo()
        if found:
            print_table(sys.stdout, _COLUMNS, found)
        else:
            click.echo("No customer is stuck, and none will be.")
    else:
        with rows(form, _COLUMNS) as write:
            for row in found:
                write(row)


def _quota_row(used: Used) -> dict[str, object]:
    return {"quota": used.quota, "used": used.used, "limit": used.limit, "percent": used.percent}


def _row(standing: Standing, now: datetime) -> dict[str, object]:
    moment = standing.since if standing.is_stuck else standing.at
    return {
        "customerId": standing.customer.customer_id,
        "displayName": standing.customer.display_name,
        "defaultDomainName": standing.customer.domain,
        "state": "stuck" if standing.is_stuck else "will be stuck",
        "at": "" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "in": "" if standing.at is None else _in_words(standing.at - now),
        "what": standing.what,
    }


def _in_words(left: timedelta) -> str:
    if left >= timedelta(days=2):
        return f"{left.days} days"
    hours = int(left.total_seconds() // 3600)
    return f"{hours} hours" if hours >= 2 else f"{int(left.total_seconds() // 60)} minutes"


def _verdict(state: SandboxState, limit: int | None, window: timedelta | None) -> int:
    """The exit status, with a sentence for each reason to fail."""
    full: Sequence[Used] = [used for used in state.quotas if limit is not None and used.percent >= limit]
    for used in full:
        message(f"{used.used} of {used.limit} {used.quota} are used: {used.percent} %.")
    soon = [
        standing
        for standing in state.standings
        if window is not None and standing.at is not None and standing.at - state.now <= window
    ]
    for standing in soon:
        name = standing.customer.display_name or standing.customer.customer_id
        message(f"{name} becomes stuck at {standing.at:%Y-%m-%d %H:%M} UTC: {standing.what}.")
    return FAILED if full or soon else DONE
