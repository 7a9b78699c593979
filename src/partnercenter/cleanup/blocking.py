"""The same for callers without an event loop: events from a plain iterator, and credentials that block.

def go() -> AsyncIterator[Event]: ...      # opens the client, and yields what `runner.run` yields
for event in iterate(go, stop=stop): ...
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import aclosing
from typing import Any, Final

from azure.core.credentials import AccessToken, AccessTokenInfo

from partnercenter.cleanup.events import Event
from partnercenter.cleanup.stop import Stop

_SECONDS_BETWEEN_SIGNALS: Final = 0.2


class _End:
    """The end of the events, with what was raised."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def iterate(events: Callable[[], AsyncGenerator[Event, None]], *, stop: Stop) -> Generator[Event, None, None]:
    """The events of an asynchronous run, which has a thread and a loop of its own.

    `events` is called in that loop. Raises what it raises. Whoever stops iterating stops the run at once.
    """
    told: queue.SimpleQueue[Event | _End] = queue.SimpleQueue()

    async def tell() -> None:
        async with aclosing(events()) as happening:
            async for event in happening:
                told.put(event)

    def work() -> None:
        error: BaseException | None = None
        try:
            asyncio.run(tell())
        except BaseException as raised:
            error = raised
        told.put(_End(error))

    worker = threading.Thread(target=work, name="partnercenter-sweep")
    worker.start()
    end: _End | None = None
    try:
        while not isinstance(event := _next(told), _End):
            yield event
        end = event
    finally:
        if end is None:
            stop.ask()
            stop.ask()
        worker.join()
    if end.error is not None:
        raise end.error


def _next(told: queue.SimpleQueue[Event | _End]) -> Event | _End:
    """The next event; woken now and then, because a wait without end hears no signal on Windows."""
    while True:
        try:
            return told.get(timeout=_SECONDS_BETWEEN_SIGNALS)
        except queue.Empty:
            continue


class ThreadedCredential:
    """Lets a credential that blocks serve the asynchronous client: it is asked in a thread, once at a time.

    azure-identity's asynchronous credentials need aiohttp; this needs nothing.
    """

    def __init__(self, credential: Any) -> None:
        self._credential = credential
        self._lock = asyncio.Lock()

    async def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """A token, as the credential gives it; raises what it raises."""
        async with self._lock:
            token: AccessToken = await asyncio.to_thread(self._credential.get_token, *scopes, **options)
            return token

    async def get_token_info(self, *scopes: str, options: Any = None) -> AccessTokenInfo:
        """As `get_token`, in the newer shape of azure-core."""
        if not hasattr(self._credential, "get_token_info"):
            token = await self.get_token(*scopes, **(options or {}))
            return AccessTokenInfo(token.token, token.expires_on)
        async with self._lock:
            info: AccessTokenInfo = await asyncio.to_thread(
                self._credential.get_token_info, *scopes, options=options or {}
            )
            return info

    async def close(self) -> None:
        """Close the credential, if it can be closed."""
        await asyncio.to_thread(getattr(self._credential, "close", lambda: None))

    async def __aenter__(self) -> ThreadedCredential:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()
