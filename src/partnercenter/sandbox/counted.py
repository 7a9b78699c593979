"""Where is kept what a sandbox counts and remembers for a while: in the process, or with others in their database."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from partnercenter.sandbox.guesses import Guesses
from partnercenter.sandbox.injected_faults import InjectedFaults
from partnercenter.sandbox.request_log import RequestLog
from partnercenter.sandbox.store.store import Change, Shared
from partnercenter.sandbox.throttle import CallsOfAMinute, Throttle

if TYPE_CHECKING:
    from partnercenter.sandbox.shared.faults import SharedFaults
    from partnercenter.sandbox.shared.guesses import SharedGuesses
    from partnercenter.sandbox.shared.request_log import SharedRequestLog

Faults: TypeAlias = "InjectedFaults | SharedFaults"
Requests: TypeAlias = "RequestLog | SharedRequestLog"


class Counted(NamedTuple):
    """Faults made to order, the log of requests, the calls and the wrong guesses of a minute."""

    faults: Faults
    requests: Requests
    throttle: Throttle
    guesses: Guesses | SharedGuesses


def in_memory() -> Counted:
    """For a process that has its database to itself: all of it ends with the process."""
    return Counted(InjectedFaults(), RequestLog(), Throttle(CallsOfAMinute()), Guesses())


def in_tables(shared: Shared, change: Change) -> Counted:
    """For processes that share a database; `change` carries out a write that all of them learn of."""
    # Imported here: its tables bring PostgreSQL's dialect along, which a file does not need.
    from partnercenter.sandbox.shared.calls import SharedCalls
    from partnercenter.sandbox.shared.faults import SharedFaults
    from partnercenter.sandbox.shared.guesses import SharedGuesses
    from partnercenter.sandbox.shared.request_log import SharedRequestLog

    return Counted(
        SharedFaults(shared, change),
        SharedRequestLog(shared),
        Throttle(SharedCalls(shared)),
        SharedGuesses(shared),
    )
