"""The sandbox's own time: shown, set, advanced. It never goes backwards.

Tokens live by the machine's time, so an hour's token is good for an hour whatever is done here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from isodate import duration_isoformat, parse_duration

from partnercenter.contract.timestamps import format_timestamp, parse_timestamp
from partnercenter.sandbox.control.asked import Asked, check_names
from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.wire.message import Response, json_response

LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
_MEMBERS: Final = ("set", "advance")
_LONGEST: Final = 60
_N: Final = r"[0-9]+([.,][0-9]+)?"
# The library takes more, such as a date for a duration, or a T with nothing behind it.
_DURATION: Final = re.compile(
    rf"[+-]?P(?!$)([0-9]+Y)?([0-9]+M)?({_N}W)?({_N}D)?(T(?!$)({_N}H)?({_N}M)?({_N}S)?)?", re.ASCII
)


def show(asked: Asked) -> Response:
    """The sandbox's time, the machine's, and by how much the first is ahead."""
    nature = asked.state.nature
    return json_response(200, _document(nature.real.now(), nature.clock.ahead))


def move(asked: Asked) -> Response:
    """`{"set": "2026-12-24T00:00:00Z"}`, or `{"advance": "P7D"}` from the sandbox's current time."""
    order = asked.body()
    check_names(order, _MEMBERS, "The clock")
    if len(order) != 1:
        raise SandboxError('The clock takes either {"set": "a time"} or {"advance": "a duration"}.')
    real, ahead = asked.state.move_clock(lambda real, ahead: target_time(order, real + ahead) - real)
    return json_response(200, _document(real, ahead))


def target_time(order: Mapping[str, object], now: datetime) -> datetime:
    """The time that an order means when it is `now`; raises `SandboxError`."""
    target = read_time(order["set"]) if "set" in order else advanced(now, order["advance"])
    if target < now:
        raise SandboxError(f"{_BACKWARDS}; it is {format_timestamp(now)} there.")
    if target > LATEST:
        raise SandboxError(_TOO_FAR)
    return target


def read_time(given: object) -> datetime:
    """A time out of a text such as 2026-12-24T00:00:00Z; without a zone it is UTC. Raises `SandboxError`."""
    text = given if isinstance(given, str) and len(given) <= _LONGEST else ""
    try:
        return parse_timestamp(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise SandboxError(
            f"The clock is set to a time such as 2026-12-24T00:00:00Z, not to {str(given)[:60]!r}."
        ) from None


def advanced(now: datetime, given: object) -> datetime:
    """The time that comes a duration such as P7D or P1M after `now`; raises `SandboxError`.

    Years and months are those of the calendar: a month after 31 January is the last day of February.
    """
    text = given.strip().upper() if isinstance(given, str) and len(given) <= _LONGEST else ""
    if not _DURATION.fullmatch(text):
        raise SandboxError(
            "The clock is advanced by an ISO 8601 duration such as P7D, P1M or PT12H, "
            f"not by {str(given)[:60]!r}."
        )
    try:
        target: datetime = now + parse_duration(text)
    except (ValueError, OverflowError):
        raise SandboxError(f"{_BACKWARDS}." if text.startswith("-") else _TOO_FAR) from None
    return target


_BACKWARDS: Final = "The sandbox's clock never goes backwards"
_TOO_FAR: Final = f"The sandbox's clock goes no further than {format_timestamp(LATEST)}."


def _document(real: datetime, ahead: timedelta) -> dict[str, str]:
    return {
        "now": format_timestamp(real + ahead),
        "real": format_timestamp(real),
        "ahead": duration_isoformat(ahead),
    }
