"""The progress of a run on stderr: a bounded live region in a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol

from partnercenter.cli.output import message
from partnercenter.cli.visible import visible

if TYPE_CHECKING:
    from rich.console import RenderableType

    from partnercenter.cleanup.events import Event

_MOST_SHOWN: Final = 8


class View(Protocol):
    """What shows events."""

    def show(self, event: Event) -> None:
        """Show one event."""


@contextmanager
def view_of(total: int, *, silent: bool = False) -> Iterator[View]:
    """The view that fits where stderr leads; `silent` for those who read the events themselves."""
    if silent:
        yield _Silence()
    elif sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        with _Live(total) as live:
            yield live
    else:
        yield _Lines(total)


class _Silence:
    def show(self, event: Event) -> None:
        """Nothing."""


class _Lines:
    """A line for each customer that is finished, for pauses, and for the end."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0

    def show(self, event: Event) -> None:
        """Write the line of an event, if it has one."""
        from partnercenter.cleanup.events import CustomerFinished, RunPaused, RunStarted, RunStopped

        match event:
            case RunStarted():
                again = "goes on" if event.resumed else "begins"
                message(f"Run {event.run_id} {again}: {event.customers} customers of {event.alias}.")
            case CustomerFinished():
                self._done += 1
                message(
                    f"[{self._done}/{self._total}] {event.display_name or event.customer_id}: {_ending(event)}"
                )
            case RunPaused():
                message(f"Paused for {event.seconds:.0f} s: {event.reason}")
            case RunStopped():
                message(event.reason)


def _ending(event: Event) -> str:
    from partnercenter.cleanup.events import CustomerFinished

    assert isinstance(event, CustomerFinished)  # noqa: S101 - the caller has looked
    why = "" if event.fate.is_done or not event.reason else f" ({event.reason})"
    return f"{event.fate.value}{why}"


class _Live:
    """At most so many customers, one bar with the time left, and what is finished scrolls away above."""

    def __init__(self, total: int) -> None:
        from rich.console import Console
        from rich.live import Live
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        console = Console(file=sys.stderr, highlight=False, markup=False, emoji=False)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
        )
        self._task = self._bar.add_task("customers", total=total)
        self._active: dict[str, tuple[str, str]] = {}
        self._paused_until = 0.0
        self._live = Live(console=console, refresh_per_second=8, transient=True, get_renderable=self._render)
        self._lines = _Lines(total)

    def __enter__(self) -> _Live:
        self._live.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._live.stop()

    def _render(self) -> RenderableType:
        from rich.console import Group
        from rich.text import Text

        rows = [
            Text(visible(f"  {name}: {doing}"), no_wrap=True, overflow="ellipsis")
            for name, doing in self._shown()
        ]
        more = len(self._active) - _MOST_SHOWN
        if more > 0:
            rows.append(Text(f"  and {more} more"))
        seconds = self._paused_until - time.monotonic()
        if seconds > 0:
            rows.append(Text(f"  paused for {seconds:.0f} s, as the service asked"))
        return Group(*rows, self._bar.get_renderable())

    def _shown(self) -> list[tuple[str, str]]:
        return list(self._active.values())[:_MOST_SHOWN]

    def show(self, event: Event) -> None:
        """Bring the region up to date."""
        from partnercenter.cleanup.events import (
            CustomerFinished,
            CustomerStarted,
            CustomerWaits,
            RunPaused,
            StepIntended,
        )

        match event:
            case CustomerStarted():
                self._active[event.customer_id] = (event.display_name or event.customer_id, "read")
            case StepIntended():
                self._now(event.customer_id, f"{event.action} {event.target}")
            case CustomerWaits():
                self._now(event.customer_id, f"waits for {event.waits_for}")
            case CustomerFinished():
                self._active.pop(event.customer_id, None)
                self._bar.advance(self._task)
                self._lines.show(event)
            case RunPaused():
                self._paused_until = time.monotonic() + event.seconds
            case _:
                self._lines.show(event)

    def _now(self, customer_id: str, doing: str) -> None:
        name = self._active.get(customer_id, (customer_id, ""))[0]
        self._active[customer_id] = (name, doing)
