"""A run for those who do not await: its events come one by one, while it goes on in a thread of its own."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import AsyncIterator, Callable, Iterator

from partnercenter.cleanup.events import Event

_SECONDS_TO_END = 60.0


def each_event(events: Callable[[], AsyncIterator[Event]], stop: Callable[[], None]) -> Iterator[Event]:
    """The events of what `events` begins, such as a `run`, as they happen; raises what it raises.

    `events` is called in the thread, so that a client which it makes lives there. Whoever stops listening asks the
    run to stop by `stop`, and it finishes what is in flight.

        async def begin():
            async with PartnerCenterClient(credential, retry_total=0) as client:
                async for event in run(plan, client, folder=folder, replan=steps_left, stop=stop):
                    yield event

        for event in each_event(begin, stop.ask):
            print(event.to_json())
    """
    told: queue.SimpleQueue[Event | BaseException | None] = queue.SimpleQueue()

    async def listen() -> None:
        async for event in events():
            told.put(event)

    def work() -> None:
        try:
            asyncio.run(listen())
        except BaseException as error:
            told.put(error)
        finally:
            told.put(None)

    thread = threading.Thread(target=work, name="partnercenter-sweep")
    thread.start()
    try:
        while (event := told.get()) is not None:
            if isinstance(event, BaseException):
                raise event
            yield event
    finally:
        if thread.is_alive():
            stop()
        thread.join(_SECONDS_TO_END)
