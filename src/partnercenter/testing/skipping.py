"""Transports whose clients do not wait: between two attempts, and two looks of a poller, time goes by at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from partnercenter.client.transport import AsyncHttpx2Transport, Httpx2Transport

# Moves the sandbox's own time forward by some seconds.
Skip = Callable[[float], object]


class SkippingTransport(Httpx2Transport):
    """Calls `skip` with the seconds that a client would have waited."""

    def __init__(self, skip: Skip, **options: Any) -> None:
        super().__init__(**options)
        self._skip = skip

    def sleep(self, duration: float) -> None:
        """Let the time go by."""
        self._skip(duration)


class AsyncSkippingTransport(AsyncHttpx2Transport):
    """The same for the asynchronous client; the loop goes on with other tasks."""

    def __init__(self, skip: Skip, **options: Any) -> None:
        super().__init__(**options)
        self._skip = skip

    async def sleep(self, duration: float) -> None:
        """Let the time go by."""
        self._skip(duration)
        await asyncio.sleep(0)
