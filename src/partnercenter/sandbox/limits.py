"""How much, and for how long, the server takes from whoever connects. Data; docs/reliability.md has the table.

The service's own limits are documented nowhere. These leave room for every request that a client of Partner Center
makes, and are there so that no client can stop another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

_KIB: Final = 1024
_MIB: Final = 1024 * _KIB

LONGEST_TARGET: Final = 8 * _KIB
LARGEST_HEAD: Final = 32 * _KIB
MOST_HEADERS: Final = 100
LARGEST_BODY: Final = 4 * _MIB
LARGEST_WORLD: Final = 256 * _MIB
# What the chunks of a body may cost beyond the body itself: their sizes, extensions and trailers.
LARGEST_FRAMING: Final = 64 * _KIB
# A body may take a second more for each so many bytes.
SLOWEST_BODY: Final = 64 * _KIB
# What is read and thrown away after a refusal, so that a client which still sends gets to read it.
MOST_DISCARDED: Final = 64 * _MIB
SECONDS_TO_LINGER: Final = 2.0
# Everything that requests and unread answers of all connections may hold together.
MEMORY: Final = 512 * _MIB
# Open files that are no connections: the database, its threads, what Python has open.
_OTHER_FILES: Final = 100


@dataclass(frozen=True, slots=True)
class Limits:
    """What whoever starts the server may choose."""

    connections: int = 1000
    client_seconds: float = 30.0
    keep_alive_seconds: float = 75.0

    def within_open_files(self) -> Limits:
        """As many of the connections as this process may have files open; it is let open more where it can be.

        There can be twice as many for a moment: those that come, and those that leave with their answer.
        """
        try:
            import resource
        except ImportError:  # Windows counts handles, of which there are enough
            return self
        wanted = 2 * self.connections + _OTHER_FILES
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        if soft == resource.RLIM_INFINITY or soft >= wanted:
            return self
        return replace(self, connections=max(1, (soft - _OTHER_FILES) // 2))


DEFAULT_LIMITS: Final = Limits()
