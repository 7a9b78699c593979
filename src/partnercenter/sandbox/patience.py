"""For whom the server waits, how long, and who must go when there is no room.

A connection is waited for as long as it is the client's turn: to send a request, the rest of one, or to take an
answer. Where the house is full, the one that has been waited for longest makes room, so a client that does its part
is served however many do not. Nobody who is being served is sent away: when all are, a newcomer comes in beyond the
limit and one of them has to go with its answer. When all of them have to, the newcomer is refused.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final, Protocol

from partnercenter.sandbox.limits import MEMORY, Limits

log = logging.getLogger(__name__)

_SECONDS_BETWEEN_WARNINGS: Final = 60.0


class Guest(Protocol):
    """A connection; `held` is how many bytes of memory are kept for it."""

    held: int

    def look(self, now: float) -> None:
        """End it if it is overdue."""

    def dismiss(self) -> None:
        """End it, to make room."""

    def leave_soon(self) -> None:
        """End it with the answer that is being worked on."""


class Patience:
    """All connections of a server."""

    def __init__(self, limits: Limits, memory: int = MEMORY) -> None:
        self.limits = limits
        self._memory = memory
        self._held = 0
        self._guests: set[Guest] = set()
        self._dismissed: set[Guest] = set()
        # In the order in which it became their turn, or the server's.
        self._waited_for: dict[Guest, None] = {}
        self._served: dict[Guest, None] = {}
        self._is_looking = False
        self._next_warning = 0.0

    def enter(self, guest: Guest) -> bool:
        """Take a connection in; False when there is no room for it, and nobody to make some."""
        self._guests.add(guest)
        has_room = self._make_room(len(self._guests) - len(self._dismissed))
        self._waited_for[guest] = None
        if not self._is_looking:
            self._is_looking = True
            self._look_again()
        return has_room

    def leave(self, guest: Guest) -> None:
        """A connection is gone."""
        self._guests.discard(guest)
        self._dismissed.discard(guest)
        self._waited_for.pop(guest, None)
        self._served.pop(guest, None)
        self.release(guest)

    def wait_for(self, guest: Guest) -> None:
        """It is the client's turn."""
        self._served.pop(guest, None)
        self._waited_for.setdefault(guest, None)

    def serve(self, guest: Guest) -> None:
        """It is the server's turn."""
        self._waited_for.pop(guest, None)
        self._served.setdefault(guest, None)

    def hold(self, guest: Guest, size: int) -> bool:
        """Keep some bytes for a connection; False when there is no room for them, and nobody to make some."""
        while self._held + size > self._memory:
            other = next((one for one in self._waited_for if one.held and one is not guest), None)
            if other is None:
                return False
            self._warn()
            self._dismiss(other)
        self._held += size
        guest.held += size
        return True

    def release(self, guest: Guest) -> None:
        """Nothing is kept for a connection any more."""
        self._held -= guest.held
        guest.held = 0

    def _make_room(self, count: int) -> bool:
        if count <= self.limits.connections:
            return True
        self._warn()
        longest = next(iter(self._waited_for), None)
        served = next(iter(self._served), None)
        if longest is not None:
            self._dismiss(longest)
        elif served is not None:
            del self._served[served]
            served.leave_soon()
        return count <= 2 * self.limits.connections and (longest or served) is not None

    def _dismiss(self, guest: Guest) -> None:
        del self._waited_for[guest]
        self._dismissed.add(guest)
        self.release(guest)
        guest.dismiss()

    def _warn(self) -> None:
        now = asyncio.get_running_loop().time()
        if now >= self._next_warning:
            self._next_warning = now + _SECONDS_BETWEEN_WARNINGS
            held = self._held // 1024 // 1024
            log.warning(
                "The sandbox is full, with %d connections (of %d) that hold %d MiB; clients that keep it waiting"
                " make room.",
                len(self._guests),
                self.limits.connections,
                held,
            )

    def _look_again(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        for guest in list(self._guests):
            guest.look(now)
        self._is_looking = bool(self._guests)
        if self._is_looking:
            loop.call_later(min(1.0, self.limits.client_seconds / 4), self._look_again)
