"""The calls of a clean-up, over the asynchronous client: read a customer, perform a step, look at its target.

Every call goes through the governor; a failure that may pass is asked again, with pauses that grow, and what changes
something keeps the request id that it was given (behaviour.md 10.1). The client must not retry by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from azure.core.async_paging import AsyncItemPaged
from azure.core.exceptions import AzureError

from partnercenter.cleanup.blockers import Belongings, azure_plans
from partnercenter.cleanup.customer_facts import means_no_relationship
from partnercenter.cleanup.effects import is_transient
from partnercenter.cleanup.governor import Governor, HaltedError
from partnercenter.cleanup.purchase_kinds import each, text
from partnercenter.cleanup.step_requests import CUSTOMERS, ORDERS, OTHERS, SUBSCRIPTIONS, StepRequest
from partnercenter.cleanup.sweep_plan import PlannedStep, StepAction
from partnercenter.client.aio import PartnerCenterClient
from partnercenter.client.calls import check, read_object
from partnercenter.client.errors import NotFoundError, PermissionDeniedError
from partnercenter.contract.headers import REQUEST_ID
from partnercenter.contract.identifiers import parse_guid
from partnercenter.contract.orders import Order, OrderLineItem
from partnercenter.contract.resource import Resource
from partnercenter.contract.subscriptions import AzureEntitlement, Subscription

T = TypeVar("T")
R = TypeVar("R", bound=Resource)

_MOST_ATTEMPTS: Final = 5
_FIRST_PAUSE: Final = 0.5


@dataclass(slots=True)
class Holding:
    """What was read of a customer that is there; `unread` are the lists that this token may not read."""

    belongings: Belongings
    unread: tuple[str, ...] = ()
    targets: dict[str, Resource] = field(default_factory=dict)

    def __post_init__(self) -> None:
        azure = [one for below in self.belongings.azure_entitlements.values() for one in below or ()]
        everything: tuple[Resource, ...] = (*self.belongings.orders, *self.belongings.subscriptions, *azure)
        for resource in everything:
            self.targets[same(str(resource.to_json().get("id")))] = resource


def same(name: str) -> str:
    """An id for comparison: GUIDs compare without case (behaviour.md 14)."""
    return parse_guid(name) or name


class Calls:
    """The calls of one run. `rest` waits some seconds, or raises `HaltedError` when the run ends meanwhile.

    `on_end` is told of each call that has ended, with its error where it failed.
    """

    def __init__(
        self,
        client: PartnerCenterClient,
        governor: Governor,
        rest: Callable[[float], Awaitable[None]],
        on_end: Callable[[AzureError | None], None],
    ) -> None:
        self._client = client
        self._governor = governor
        self._rest = rest
        self._on_end = on_end

    async def ask(
        self,
        resource: str,
        send: Callable[[], Awaitable[T]],
        tolerated: tuple[type[AzureError], ...] = (),
    ) -> T:
        """Send a call that may be sent again; raises its last error, `HaltedError` when it was never sent.

        The `tolerated` errors are raised too, but say nothing about how the run fares.
        """
        last: AzureError | None = None
        for attempt in range(_MOST_ATTEMPTS):
            try:
                if attempt:
                    await self._rest(_FIRST_PAUSE * 2.0 ** (attempt - 1))
                result = await self._governor.call(resource, send)
            except HaltedError:
                if last is None:
                    raise
                # It was sent before, and nobody knows what became of it: whoever goes on asks.
                break
            except AzureError as error:
                last = error
                if not is_transient(error):
                    break
            else:
                self._on_end(None)
                return result
        assert last is not None  # noqa: S101 - every other way out has returned or raised
        if not isinstance(last, tolerated):
            self._on_end(last)
        raise last

    async def read(self, customer_id: str, plans: Iterable[str], named: Collection[str]) -> Holding:
        """Read a customer with everything it has, side by side (behaviour.md 1.3).

        `plans` are Azure plans that are known of, whose Azure subscriptions are then read at once; `named` are ids of
        orders, which the lists may not show yet. Raises `AzureError` when the customer, its orders or its
        subscriptions cannot be read.
        """
        one = self._client.customers.by_id(customer_id)
        unread: list[str] = []

        async def tolerated(what: str, resource: str, paged: AsyncItemPaged[R]) -> list[R] | None:
            try:
                return await self._list(resource, paged, (PermissionDeniedError,))
            except PermissionDeniedError as error:
                if means_no_relationship(error):
                    raise
                unread.append(what)
                return None

        def azure(plan: str) -> asyncio.Task[list[AzureEntitlement] | None]:
            below = one.subscriptions.by_id(plan).azure_entitlements.list()
            what = f"the Azure subscriptions of plan {plan}"
            return asyncio.create_task(self._unless_unknown(tolerated(what, SUBSCRIPTIONS, below)))

        known = {plan: azure(plan) for plan in dict.fromkeys(same(plan) for plan in plans)}
        first = [
            asyncio.create_task(self.ask(CUSTOMERS, one.get)),
            asyncio.create_task(self._list(SUBSCRIPTIONS, one.subscriptions.list())),
            asyncio.create_task(self._list(ORDERS, one.orders.list())),
            asyncio.create_task(tolerated("entitlements", OTHERS, one.entitlements.list(show_expiry=True))),
            *(asyncio.create_task(self._order(customer_id, name)) for name in named),
        ]
        try:
            _, subscriptions, orders, entitlements, *ordered = await _all(first)
            orders = _with(orders, [order for order in ordered if order is not None])
            hidden = _begun_by(orders, named) - {same(str(one.id)) for one in subscriptions}
            first += [asyncio.create_task(self._subscription(customer_id, name)) for name in sorted(hidden)]
            missing = await _all(first[len(first) - len(hidden) :])
            subscriptions = _with(subscriptions, [one for one in missing if one is not None])
            for plan in azure_plans(subscriptions):
                known.setdefault(same(plan), azure(plan))
            below = dict(zip(known, await _all(list(known.values())), strict=True))
        finally:
            await _end([*first, *known.values()])
        plans_there = {same(plan) for plan in azure_plans(subscriptions)}
        entitled = {plan: found for plan, found in below.items() if plan in plans_there}
        return Holding(Belongings(subscriptions, orders, entitlements, entitled), tuple(unread))

    async def customer(self, customer_id: str) -> None:
        """Read only the customer; raises `AzureError` when it cannot be read, or is gone."""
        await self.ask(CUSTOMERS, self._client.customers.by_id(customer_id).get)

    async def target(self, customer_id: str, step: PlannedStep) -> Resource:
        """Read what a step is about; raises `AzureError` when it cannot be read."""
        one = self._client.customers.by_id(customer_id)
        match step.action:
            case StepAction.WAIT_FOR_ORDER | StepAction.CANCEL_ORDER:
                return await self.ask(ORDERS, one.orders.by_id(step.target).get)
            case StepAction.CANCEL_AZURE_SUBSCRIPTION:
                plan = one.subscriptions.by_id(step.plan_id)
                return await self.ask(SUBSCRIPTIONS, plan.azure_entitlements.by_id(step.target).get)
        return await self.ask(SUBSCRIPTIONS, one.subscriptions.by_id(step.target).get)

    async def perform(self, call: StepRequest, request_id: str) -> Resource | None:
        """Send the request of a step under this request id.

        Returns the resource of the answer, None where there is none. Raises `AzureError` for a refusal, a lost or an
        unreadable answer.
        """
        headers = {**call.headers, REQUEST_ID: request_id}

        async def send() -> Any:
            return await self._client.request(
                call.operation.method, call.path, json=call.body, headers=headers
            )

        response = await self.ask(call.limited_by, send)
        check(response, call.operation, call.path)
        if call.answer is None or response.status_code == 202 or not response.content.strip():
            return None
        return call.answer.from_json(read_object(response, call.operation, call.path))

    async def listed(self) -> set[str]:
        """The ids of all customers that the list shows."""
        customers = await self._list(OTHERS, self._client.customers.list(size=500))
        return {same(str(customer.id)) for customer in customers}

    async def _list(
        self, resource: str, paged: AsyncItemPaged[R], tolerated: tuple[type[AzureError], ...] = ()
    ) -> list[R]:
        """A whole list; each page is a call."""
        pages = paged.by_page()
        found: list[R] = []

        async def page() -> list[R]:
            return [item async for item in await anext(pages)]

        while True:
            found += await self.ask(resource, page, tolerated)
            if getattr(pages, "continuation_token", None) is None:
                return found

    async def _order(self, customer_id: str, name: str) -> Order | None:
        orders = self._client.customers.by_id(customer_id).orders
        return await self._unless_unknown(self.ask(ORDERS, orders.by_id(name).get))

    async def _subscription(self, customer_id: str, name: str) -> Subscription | None:
        subscriptions = self._client.customers.by_id(customer_id).subscriptions
        return await self._unless_unknown(self.ask(SUBSCRIPTIONS, subscriptions.by_id(name).get))

    async def _unless_unknown(self, reading: Awaitable[T | None]) -> T | None:
        try:
            return await reading
        except NotFoundError:
            return None


async def _all(tasks: list[asyncio.Task[Any]]) -> list[Any]:
    """The results of all; raises the first error in the order of the tasks, once all of them have ended."""
    results = await asyncio.gather(*tasks, return_exceptions=True)
    errors = [result for result in results if isinstance(result, BaseException)]
    for error in sorted(errors, key=lambda error: isinstance(error, AzureError)):
        raise error
    return list(results)


async def _end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    left = [task for task in tasks if not task.done()]
    for task in left:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _with(listed: list[R], more: list[R]) -> list[R]:
    known = {same(str(one.to_json().get("id"))) for one in listed}
    return [*listed, *(one for one in more if same(str(one.to_json().get("id"))) not in known)]


def _begun_by(orders: Iterable[Order], named: Collection[str]) -> set[str]:
    """The subscriptions that the lines of the named orders tell of; the list may not show them yet."""
    lines = [
        line
        for order in orders
        if {text(order.id), text(order.alternate_id)} & set(named)
        for line in each(OrderLineItem, order.line_items)
    ]
    return {name for line in lines if (name := parse_guid(text(line.subscription_id)))}
