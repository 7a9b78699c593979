"""Pollers: what the `begin_…` methods hand out. They look until the service shows what was asked for."""

from __future__ import annotations

from typing import Any, Generic, TypeVar, cast

from azure.core.exceptions import AzureError
from azure.core.polling import AsyncLROPoller, AsyncPollingMethod

from partnercenter.client.aio.sender import AsyncSender
from partnercenter.client.correlation import correlation, current_correlation_id
from partnercenter.client.errors import OperationFailedError, OperationTimeoutError
from partnercenter.client.waiting import (
    AsyncRead,
    Goal,
    Pace,
    Progress,
    Seen,
    Verdict,
    asked_by_refusal,
    in_short,
)

R = TypeVar("R")


class Polling(AsyncPollingMethod[R], Generic[R]):
    """Looks until the goal is reached, cannot be reached any more, or is not reached before the deadline.

    A look that was lost or refused for a while says nothing, and the next one follows. All calls of one poller carry
    one correlation id.
    """

    def __init__(
        self,
        sender: AsyncSender,
        goal: Goal[R],
        read: AsyncRead[R],
        pace: Pace,
        token: str,
        asked: float | None,
    ) -> None:
        self._sender = sender
        self._goal = goal
        self._read = read
        self._pace = pace
        self._token = token
        self._trace = current_correlation_id()
        self._resource: R | None = None
        self._asked = asked
        self._verdict = Verdict(Progress.PENDING, "not seen yet")
        self._lost: AzureError | None = None

    def initialize(self, client: Any, initial_response: Any, deserialization_callback: Any) -> None:
        """Take what the first call answered; None when that says nothing yet."""
        del client, deserialization_callback
        if initial_response is not None:
            self._take(initial_response)

    async def run(self) -> None:
        """Look until it is done.

        Raises `OperationFailedError` when it never will be, `OperationTimeoutError` at the deadline, and
        `PartnerCenterError` for a refusal that stays.
        """
        with correlation(self._trace):
            while not self.finished():
                pause = self._pace.next_pause(self._asked)
                if pause is None:
                    raise self._late() from self._lost
                if pause:
                    await self._sender.sleep(pause)
                await self._look()
        if self._verdict.progress is Progress.FAILED:
            raise self._failed()

    def status(self) -> str:
        """`InProgress`, `Succeeded` or `Failed`."""
        return self._verdict.progress.value

    def finished(self) -> bool:
        """Whether no look is needed any more."""
        return self._verdict.progress is not Progress.PENDING

    def resource(self) -> R:
        """What was seen last; None when nothing was seen yet."""
        return cast(R, self._resource)

    def get_continuation_token(self) -> str:
        """A text from which the same `begin_…` method takes the wait up again."""
        return self._token

    async def _look(self) -> None:
        try:
            seen = await self._read()
        except AzureError as error:
            if not self._goal.may_pass(error):
                raise
            self._asked, self._lost = asked_by_refusal(error), error
        else:
            self._take(seen)

    def _take(self, seen: Seen[R]) -> None:
        self._resource, self._asked, self._lost = seen.resource, seen.retry_after, None
        self._verdict = self._goal.judge(seen.resource)

    def _late(self) -> OperationTimeoutError:
        state = f"it is {self._verdict.state}"
        if self._lost is not None:
            state = f"the last look failed: {in_short(self._lost)}"
        waited = f"Waited {self._pace.rules.deadline:g} seconds for {self._goal.what}, but {state}"
        return OperationTimeoutError(waited, self._resource, self._trace)

    def _failed(self) -> OperationFailedError:
        ended = f"Waited for {self._goal.what}, but it is {self._verdict.state} and stays so"
        return OperationFailedError(ended, self._resource, self._trace)


def begin(
    sender: AsyncSender,
    goal: Goal[R],
    read: AsyncRead[R],
    pace: Pace,
    token: str,
    *,
    first: Seen[R] | None = None,
    asked: float | None = None,
) -> AsyncLROPoller[R]:
    """A poller that looks with `read`.

    `first` is what the call that began it found out, `asked` are the seconds that its answer asked to wait.
    """
    method = Polling(sender, goal, read, pace, token, asked)
    return AsyncLROPoller(sender, first, lambda seen: seen, method)
