"""The same for callers without an event loop: each works in a thread and a loop of its own.

opening = partial(open_session, check_credential(credential, ...), endpoint=endpoint)
sweep = plan(opening, Selection(name="test-*"))
for event in run(sweep, opening):
print(event.to_json())
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, aclosing
from pathlib import Path
from typing import Final

from partnercenter import cleanup
from partnercenter.cleanup.events import Event
from partnercenter.cleanup.runner import RunRules
from partnercenter.cleanup.selection import Selection
from partnercenter.cleanup.session import Session
from partnercenter.cleanup.stop import Stop
from partnercenter.cleanup.sweep_plan import Plan

Opening = Callable[[], AbstractAsyncContextManager[Session]]
Running = Callable[[Session], AsyncGenerator[Event, None]]

_SECONDS_BETWEEN_SIGNALS: Final = 0.2


def plan(opening: Opening, selection: Selection) -> Plan:
    """`cleanup.plan` with the session that is opened; raises as that does."""

    async def make() -> Plan:
        async with opening() as session:
            return await cleanup.plan(session, selection)

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, make()).result()


def run(
    plan: Plan,
    opening: Opening,
    *,
    folder: Path | None = None,
    stop: Stop | None = None,
    rules: RunRules | None = None,
) -> Generator[Event, None, None]:
    """`cleanup.run` with the session that is opened; whoever stops iterating stops the run at once."""
    stop = stop or Stop()
    return _within(
        opening, lambda session: cleanup.run(plan, session, folder=folder, stop=stop, rules=rules), stop
    )


def resume(
    run_id: str,
    opening: Opening,
    *,
    folder: Path | None = None,
    stop: Stop | None = None,
    rules: RunRules | None = None,
) -> Generator[Event, None, None]:
    """`cleanup.resume`, as `run` is for `cleanup.run`."""
    stop = stop or Stop()
    return _within(
        opening, lambda session: cleanup.resume(run_id, session, folder=folder, stop=stop, rules=rules), stop
    )


def _within(opening: Opening, running: Running, stop: Stop) -> Generator[Event, None, None]:
    async def go() -> AsyncGenerator[Event, None]:
        async with opening() as session, aclosing(running(session)) as events:
            async for event in events:
                yield event

    return iterate(go, stop=stop)


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
