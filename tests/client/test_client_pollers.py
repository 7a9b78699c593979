"""Pollers: what they look at, how long they wait, and how they end, in both worlds."""

from __future__ import annotations

import asyncio
import copy
import pickle
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from azure.core.polling import AsyncLROPoller, LROPoller
from hypothesis import given
from hypothesis import strategies as st
from tests.client.conftest import CUSTOMER, SECRET_TOKEN, Answer, Door, ScriptedServer, fault
from tests.client.test_client_commerce import (
    ORDER,
    SUBSCRIPTION,
    THIS_AZURE,
    THIS_CART,
    THIS_ORDER,
    THIS_SUBSCRIPTION,
    Action,
    azure,
    cart,
    order,
    subscription,
)

from partnercenter import (
    NotFoundError,
    OperationFailedError,
    OperationTimeoutError,
    OrderLineItem,
    OrderStatus,
    PartnerCenterError,
    PermissionDeniedError,
    PollerError,
    Subscription,
    SubscriptionStatus,
)
from partnercenter.client.waiting import Pace, WaitRules, from_token, to_token, wait_rules

BEGUN = Answer(json={"id": ORDER, "status": "completed"})
LOST = Answer(reset=True)


def order_is(status: Any, *quantities: int, **headers: str) -> Answer:
    lines = [{"lineItemNumber": place, "quantity": count} for place, count in enumerate(quantities)]
    return Answer(json={"id": ORDER, "status": status, "lineItems": lines}, headers=headers)


def subscription_is(status: str, **members: Any) -> Answer:
    return Answer(json={"id": SUBSCRIPTION, "status": status, **members})


def azure_is(status: str) -> Answer:
    return Answer(json={"id": "x", "status": status})


def registration_is(status: str) -> Answer:
    return Answer(json={"subscriptionId": SUBSCRIPTION, "status": status})


def result_of(door: Door, url: str, begin: Action, **options: Any) -> Any:
    """The result of a poller that `begin` begins."""
    if not door.is_async:
        return door.call(url, lambda client: begin(client).result(), **options)

    async def act(client: Any) -> Any:
        return await (await begin(client)).result()

    return door.call(url, act, **options)


def cancel(**arguments: Any) -> Action:
    return lambda client: order(client).begin_cancel(**arguments)


def change(**members: Any) -> Action:
    return lambda client: subscription(client).begin_patch(Subscription(id=SUBSCRIPTION, **members))


ACCEPTED = Answer(202, headers={"Location": f"/customers/{CUSTOMER}/subscriptions/{SUBSCRIPTION}"})
LINES = [OrderLineItem(line_item_number=1, offer_id="a:b:c")]

DONE: list[tuple[str, list[float], Action, list[Answer]]] = [
    ("cancelled", [], cancel(), [BEGUN, order_is("cancelled", 3)]),
    ("Cancelled", [], cancel(), [BEGUN, order_is("Cancelled", 3)]),
    ("completed", [], cancel(), [BEGUN, order_is("completed", 0, 0)]),
    ("cancelled", [5], cancel(), [BEGUN, order_is("completed", 3), order_is("cancelled", 3)]),
    (
        "cancelled",
        [5, 10, 20, 40, 60, 60],
        cancel(),
        [BEGUN, *[order_is("pending", 3)] * 6, order_is("cancelled", 3)],
    ),
    (
        "cancelled",
        [1.5, 3, 4, 4],
        cancel(interval=timedelta(seconds=1.5), longest_interval=4),
        [BEGUN, *[order_is("pending")] * 4, order_is("cancelled")],
    ),
    (
        "cancelled",
        [2, 2],
        cancel(interval=2, longest_interval=1),
        [BEGUN, *[BEGUN] * 2, order_is("cancelled")],
    ),
    (
        "completed",
        [5],
        cancel(line_items=LINES),
        [BEGUN, order_is("completed", 1, 1), order_is("completed", 1, 0)],
    ),
    ("cancelled", [], cancel(line_items=LINES), [BEGUN, order_is("cancelled", 1, 1)]),
    ("partial_success", [], cancel(line_items=LINES), [BEGUN, order_is("partial_success", 1, 0)]),
    ("cancelled", [7], cancel(), [BEGUN, order_is("pending", **{"Retry-After": "7"}), order_is("cancelled")]),
    (
        "cancelled",
        [9],
        cancel(),
        [Answer(json={}, headers={"Retry-After": "9"}), order_is("cancelled")],
    ),
    (
        "cancelled",
        [],
        cancel(),
        [Answer(400, json=fault(800061, "Order cannot be cancelled")), *[order_is("cancelled")] * 2],
    ),
    ("suspended", [], change(status="suspended"), [subscription_is("suspended")]),
    ("active", [], change(status="suspended"), [subscription_is("active")]),
    ("suspended", [], change(status="suspended"), [ACCEPTED, subscription_is("suspended")]),
    (
        "suspended",
        [5],
        change(status=SubscriptionStatus.SUSPENDED, auto_renew_enabled=True, quantity=5),
        [ACCEPTED, subscription_is("active"), subscription_is("suspended", autoRenewEnabled=False)],
    ),
    (
        "suspended",
        [30],
        change(status="suspended"),
        [Answer(202, headers={"Retry-After": "30"}), subscription_is("suspended")],
    ),
    (
        "active",
        [5],
        change(status="active", quantity=6),
        [ACCEPTED, subscription_is("active", quantity=5), subscription_is("active", quantity=6)],
    ),
    (
        "active",
        [5],
        change(quantity=6, friendly_name="x", partner_id=""),
        [
            ACCEPTED,
            subscription_is("active", quantity=6, friendlyName="y"),
            subscription_is("active", quantity=6, FriendlyName="x"),
        ],
    ),
    (
        "deleted",
        [5],
        change(status="deleted"),
        [ACCEPTED, subscription_is("active"), subscription_is("Deleted")],
    ),
    (
        "inactive",
        [5, 10],
        lambda client: azure(client).begin_cancel(),
        [azure_is("active"), azure_is("active"), azure_is("Active"), azure_is("inactive")],
    ),
    (
        "registered",
        [5],
        lambda client: subscription(client).begin_register(),
        [Answer(202), registration_is("registering"), registration_is("registered")],
    ),
]


@pytest.mark.parametrize(("expected", "waits", "begin", "script"), DONE)
def test_a_poller_looks_until_it_is_done(
    server: ScriptedServer, door: Door, expected: str, waits: list[float], begin: Action, script: list[Answer]
) -> None:
    """The first look comes at once, the pauses double up to the longest, and the result is what was seen last."""
    server.answers(*script, Answer(500))
    found = result_of(door, server.url, begin).status
    assert expected.lower() == str(found).lower()
    assert waits == door.slept
    assert len(script) == len(server.requests)


@pytest.mark.parametrize(
    ("method", "path", "looks_at", "begin", "first", "then"),
    [
        ("PATCH", THIS_ORDER, THIS_ORDER, cancel(), BEGUN, order_is("cancelled")),
        (
            "PATCH",
            THIS_SUBSCRIPTION,
            THIS_SUBSCRIPTION,
            change(status="deleted"),
            ACCEPTED,
            subscription_is("deleted"),
        ),
        (
            "POST",
            f"{THIS_AZURE}/cancel",
            THIS_AZURE,
            lambda client: azure(client).begin_cancel("compromise"),
            azure_is("active"),
            azure_is("inactive"),
        ),
        (
            "POST",
            f"{THIS_SUBSCRIPTION}/registrations",
            f"{THIS_SUBSCRIPTION}/registrationstatus",
            lambda client: subscription(client).begin_register(),
            Answer(202),
            registration_is("registered"),
        ),
        (
            "POST",
            f"{THIS_CART}/checkout",
            THIS_ORDER,
            lambda client: cart(client).begin_checkout(),
            Answer(201, json={"orders": [{"id": ORDER, "status": "pending"}]}),
            order_is("completed"),
        ),
    ],
)
def test_a_poller_sends_once_and_then_only_looks(
    server: ScriptedServer,
    door: Door,
    method: str,
    path: str,
    looks_at: str,
    begin: Action,
    first: Answer,
    then: Answer,
) -> None:
    """What begins it is sent once, everything after it is a GET, and all carry one correlation id."""
    server.answers(first, then)
    result_of(door, server.url, begin)
    assert [(method, path), ("GET", looks_at)] == [(sent.method, sent.target) for sent in server.requests]
    assert 1 == len({sent.correlation_id for sent in server.requests})
    assert 2 == len({sent.request_id for sent in server.requests})


def test_a_full_cancellation_names_no_line(server: ScriptedServer, door: Door) -> None:
    """A cancellation of the whole order sends its id and status only, one of lines those lines only."""
    server.answers(BEGUN, order_is("cancelled"), BEGUN, order_is("cancelled"))
    result_of(door, server.url, cancel())
    result_of(door, server.url, cancel(line_items=LINES))
    line = {"lineItemNumber": 1, "offerId": "a:b:c"}
    assert {"id": ORDER, "status": "cancelled"} == server.requests[0].json
    assert {"id": ORDER, "status": "cancelled", "lineItems": [line]} == server.requests[2].json


@pytest.mark.parametrize(
    ("sentence", "begin", "script"),
    [
        *[
            (
                f"order {ORDER} to be cancelled, but it is {status} and stays so",
                cancel(),
                [BEGUN, order_is(status, 1)],
            )
            for status in ("error", "po_review_rejected", "partial_success", "suspended", "PoReviewRejected")
        ],
        (
            f"the lines 1 of order {ORDER} to be cancelled, but it is suspended and stays so",
            cancel(line_items=LINES),
            [BEGUN, order_is("suspended", 0, 1)],
        ),
        (
            f"subscription {SUBSCRIPTION} to show its change, but it is deleted and stays so",
            change(status="suspended"),
            [ACCEPTED, subscription_is("deleted")],
        ),
        (
            f"subscription {SUBSCRIPTION} to show its change, but it is disabled and stays so",
            change(status="active"),
            [ACCEPTED, subscription_is("suspended"), subscription_is("disabled")],
        ),
    ],
)
def test_a_state_without_return_ends_a_poller(
    server: ScriptedServer, door: Door, sentence: str, begin: Action, script: list[Answer]
) -> None:
    """A state that never becomes what is waited for raises OperationFailedError, which holds what was seen."""
    server.answers(*script)
    with pytest.raises(OperationFailedError) as caught:
        result_of(door, server.url, begin)
    expected = sentence.replace("PoReviewRejected", "po_review_rejected")
    assert f"Waited for {expected}. (correlation id {caught.value.correlation_id})" == str(caught.value)
    assert {sent.correlation_id for sent in server.requests} == {caught.value.correlation_id}
    assert {ORDER, SUBSCRIPTION} & {caught.value.resource.id}
    assert len(script) == len(server.requests)


@pytest.mark.parametrize(
    ("sentence", "waits", "answers"),
    [
        ("but it is pending", [5, 10, 5], [order_is("pending", 3)]),
        ("but it is without a status", [5, 10, 5], [order_is(None)]),
        ("but it is 7", [5, 10, 5], [order_is("7")]),
        ("but it is pending", [18], [order_is("pending", **{"Retry-After": "18"})] * 2),
        ("but it is pending", [], [order_is("pending", **{"Retry-After": "21"})]),
        (
            "but the last look failed: refused with 429: Slow down",
            [],
            [Answer(429, json={"statusCode": 429, "message": "Slow down"}, headers={"Retry-After": "99"})],
        ),
    ],
)
def test_the_deadline_ends_a_poller(
    server: ScriptedServer, door: Door, sentence: str, waits: list[float], answers: list[Answer]
) -> None:
    """At the deadline OperationTimeoutError, a TimeoutError, says what was waited for and how it was last."""
    server.answers(BEGUN, *answers)
    with pytest.raises(TimeoutError) as caught:
        result_of(door, server.url, cancel(deadline=timedelta(seconds=20)))
    error = caught.value
    assert isinstance(error, OperationTimeoutError)
    assert isinstance(error, PollerError)
    assert f"Waited 20 seconds for order {ORDER} to be cancelled, {sentence}." in str(error)
    assert waits == door.slept[: len(waits)]
    assert SECRET_TOKEN not in str(error)


def test_a_wait_can_be_taken_up_again(server: ScriptedServer, door: Door) -> None:
    """The token of a poller that ended at its deadline lets another one go on looking, without sending again."""
    server.answers(BEGUN, order_is("pending", 1, 1))
    with pytest.raises(OperationTimeoutError) as caught:
        result_of(door, server.url, cancel(line_items=LINES, deadline=1))
    token = caught.value.continuation_token
    assert token
    seen = len(server.requests)
    server.answers(order_is("completed", 1, 0))
    assert "completed" == result_of(door, server.url, cancel(continuation_token=token)).status
    assert ["GET"] == [sent.method for sent in server.requests[seen:]]


@pytest.mark.parametrize(
    ("begin", "script", "again", "final"),
    [
        (
            lambda client, **more: subscription(client).begin_patch(Subscription(quantity=6), **more),
            [ACCEPTED, subscription_is("active", quantity=5)],
            subscription_is("active", quantity=6),
            lambda result: result.quantity == 6,
        ),
        (
            lambda client, **more: azure(client).begin_cancel(**more),
            [azure_is("active")],
            azure_is("inactive"),
            lambda result: result.status == "inactive",
        ),
        (
            lambda client, **more: subscription(client).begin_register(**more),
            [Answer(202), registration_is("registering")],
            registration_is("registered"),
            lambda result: result.status == "registered",
        ),
        (
            lambda client, **more: cart(client).begin_checkout(**more),
            [
                Answer(
                    201, json={"orders": [{"id": ORDER, "status": "pending"}], "orderErrors": [{"code": 1}]}
                ),
                order_is("pending"),
            ],
            order_is("completed"),
            lambda result: (result.orders[0].status, result.order_errors[0].code) == ("completed", 1),
        ),
    ],
)
def test_every_wait_can_be_taken_up_again(
    server: ScriptedServer,
    door: Door,
    begin: Callable[..., Any],
    script: list[Answer],
    again: Answer,
    final: Callable[[Any], bool],
) -> None:
    """Each kind of poller goes on from its token with GETs only, and knows what it waited for."""
    server.answers(*script)
    with pytest.raises(OperationTimeoutError) as caught:
        result_of(door, server.url, lambda client: begin(client, deadline=1))
    seen = len(server.requests)
    server.answers(again)
    token = caught.value.continuation_token
    assert final(result_of(door, server.url, lambda client: begin(client, continuation_token=token)))
    assert ["GET"] == [sent.method for sent in server.requests[seen:]]


@pytest.mark.parametrize(
    "passing",
    [
        LOST,
        Answer(503),
        Answer(500, json=fault(800003, "Unexpected service error")),
        Answer(429),
        Answer(declared=9, json={}),
    ],
)
def test_a_look_that_fails_for_a_while_says_nothing(
    server: ScriptedServer, door: Door, passing: Answer
) -> None:
    """A look that was lost or refused for a while, retries included, is followed by another."""
    server.answers(BEGUN, passing, passing, order_is("cancelled"))
    result = result_of(door, server.url, cancel(), retry_total=0)
    assert result.status is OrderStatus.CANCELLED
    assert [5, 10] == door.slept
    assert ["PATCH", "GET", "GET", "GET"] == [sent.method for sent in server.requests]


def test_a_refused_look_waits_as_long_as_it_was_told(server: ScriptedServer, door: Door) -> None:
    """A Retry-After longer than calls wait by themselves is kept by the poller."""
    throttled = Answer(429, headers={"Retry-After": "300"})
    server.answers(BEGUN, throttled, order_is("cancelled"))
    result_of(door, server.url, cancel())
    assert [300] == door.slept


def test_a_lost_answer_to_the_cancellation_is_asked_for_again(server: ScriptedServer, door: Door) -> None:
    """A cancellation whose answer is lost goes out again under its request id, so it is carried out once."""
    server.answers(LOST, BEGUN, order_is("cancelled"))
    result_of(door, server.url, cancel())
    first, second = server.requests[:2]
    assert ("PATCH", "PATCH") == (first.method, second.method)
    assert first.request_id == second.request_id


@pytest.mark.parametrize(
    ("expected", "begin", "script"),
    [
        (PermissionDeniedError, cancel(), [BEGUN, Answer(403, json=fault(20002, "No relationship"))]),
        (NotFoundError, cancel(), [BEGUN, Answer(404, json=fault(20000, "Order Id not found"))]),
        (
            NotFoundError,
            change(status="deleted"),
            [ACCEPTED, Answer(404, json=fault(20003, "Subscription not found"))],
        ),
        (PartnerCenterError, cancel(), [Answer(400, json=fault(800063, "This order cannot be cancelled"))]),
        (
            PartnerCenterError,
            cancel(),
            [Answer(400, json=fault(800061, "Order cannot be cancelled")), order_is("completed", 1)],
        ),
        (
            NotFoundError,
            lambda client: cart(client).begin_checkout(),
            [Answer(404, json=fault(800008, "Cart not found"))],
        ),
    ],
)
def test_a_refusal_that_stays_ends_a_poller(
    server: ScriptedServer, door: Door, expected: type[Exception], begin: Action, script: list[Answer]
) -> None:
    """A refusal of the call itself, or of a look, that would come again is raised at once."""
    server.answers(*script)
    with pytest.raises(expected) as caught:
        result_of(door, server.url, begin)
    assert type(caught.value) is expected
    assert len(script) == len(server.requests)
    assert [] == door.slept


@pytest.mark.parametrize("code", [20000, 20003])
def test_a_new_order_may_not_show_yet(server: ScriptedServer, door: Door, code: int) -> None:
    """After a checkout an order that cannot be found yet is looked for again until the deadline."""
    checked_out = Answer(
        201, json={"orders": [{"id": "a", "status": "Pending"}, {"id": "b", "status": "completed"}]}
    )
    missing = Answer(404, json=fault(code, "not found"))
    server.answers(
        checked_out, missing, missing, Answer(json={"id": "a", "status": "completed", "totalPrice": 1})
    )
    result = result_of(door, server.url, lambda client: cart(client).begin_checkout())
    assert [("a", "completed", 1), ("b", "completed", None)] == [
        (found.id, str(found.status), found.total_price) for found in result.orders
    ]
    assert [5, 10] == door.slept


@pytest.mark.parametrize(
    "document",
    [
        {"orders": [{"id": "a", "status": "completed"}], "orderErrors": []},
        {"orders": [], "orderErrors": [{"code": 800018}]},
        {"orders": [{"id": "a", "status": "error"}, {"status": "pending"}, None, "odd", {"id": "b"}]},
        {"orders": None},
        {},
    ],
)
def test_a_checkout_without_pending_orders_is_done_at_once(
    server: ScriptedServer, door: Door, document: dict[str, Any]
) -> None:
    """A checkout whose orders are all decided, or of which none can be read, is not waited for."""
    server.answers(Answer(201, json=document))
    assert document == result_of(door, server.url, lambda client: cart(client).begin_checkout()).to_json()
    assert 1 == len(server.requests)


def test_all_pending_orders_of_a_checkout_are_read(server: ScriptedServer, door: Door) -> None:
    """Each look reads the orders that are still pending, and keeps the longest pause that was asked for."""
    server.answers(
        Answer(201, json={"orders": [{"id": "a", "status": "pending"}, {"id": "b", "status": "pending"}]}),
        Answer(json={"id": "a", "status": "pending"}, headers={"Retry-After": "8"}),
        Answer(json={"id": "b", "status": "completed"}, headers={"Retry-After": "2"}),
        Answer(json={"id": "a", "status": "completed"}),
    )
    result_of(door, server.url, lambda client: cart(client).begin_checkout())
    assert ["checkout", "a", "b", "a"] == [sent.target.rpartition("/")[2] for sent in server.requests]
    assert [8] == door.slept


def test_the_pollers_are_those_of_azure_core(server: ScriptedServer, door: Door) -> None:
    """A poller tells its status, whether it is done, and where to go on, as every poller of azure-core."""
    server.answers(BEGUN, order_is("cancelled"))

    def told(poller: Any) -> tuple[Any, ...]:
        return poller.status(), poller.done(), poller.continuation_token()

    async def aio(client: Any) -> Any:
        poller = await order(client).begin_cancel()
        assert isinstance(poller, AsyncLROPoller)
        before = told(poller)
        await poller.wait()
        await poller.wait()
        return before, told(poller), (await poller).status

    def sync(client: Any) -> Any:
        poller = order(client).begin_cancel()
        assert isinstance(poller, LROPoller)
        poller.wait(10)
        return ("InProgress", False, poller.continuation_token()), told(poller), poller.result().status

    before, after, status = door.call(server.url, aio if door.is_async else sync)
    assert ("InProgress", False) == before[:2]
    assert ("Succeeded", True) == after[:2]
    assert before[2] == after[2]
    assert status is OrderStatus.CANCELLED
    assert 2 == len(server.requests)


def test_a_failed_poller_fails_again(server: ScriptedServer) -> None:
    """Asking a failed asynchronous poller again raises the same kind of error and sends nothing."""
    door = Door("aio")
    server.answers(BEGUN, order_is("error", 1))

    async def act(client: Any) -> str:
        poller = await order(client).begin_cancel()
        for _ in range(2):
            with pytest.raises(OperationFailedError):
                await poller.result()
        return str(poller.status())

    assert "Failed" == door.call(server.url, act)
    assert 2 == len(server.requests)


def test_asynchronous_pollers_wait_together(server: ScriptedServer) -> None:
    """Several asynchronous pollers of one client wait at the same time."""
    door = Door("aio")
    server.answers(lambda sent: BEGUN if sent.method == "PATCH" else order_is("cancelled"))

    async def act(client: Any) -> list[Any]:
        pollers = [await order(client).begin_cancel() for _ in range(5)]
        return await asyncio.gather(*(poller.result() for poller in pollers))

    assert [OrderStatus.CANCELLED] * 5 == [found.status for found in door.call(server.url, act)]


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda e: pickle.loads(pickle.dumps(e))])  # noqa: S301
@pytest.mark.parametrize("kind", [OperationFailedError, OperationTimeoutError])
def test_errors_of_pollers_can_be_copied_and_pickled(
    kind: type[PollerError], duplicate: Callable[[Any], Any]
) -> None:
    """A copy of a poller's error has its message, what was seen, the ids and the token to go on."""
    error = kind("Waited for it.", Subscription(id=SUBSCRIPTION), "c0")
    error.continuation_token = "token"
    twin = duplicate(error)
    assert type(twin) is kind
    assert "Waited for it. (correlation id c0)" == str(twin) == str(error)
    assert (Subscription(id=SUBSCRIPTION), "c0", "token") == (
        twin.resource,
        twin.correlation_id,
        twin.continuation_token,
    )


DURATIONS = st.floats(0.001, 1e6)


@given(DURATIONS, DURATIONS, DURATIONS, st.lists(st.none() | st.floats(0, 1e7), max_size=200))
def test_pauses_keep_their_bounds(
    interval: float, longest: float, deadline: float, asked: list[float | None]
) -> None:
    """Pauses are never shorter than asked for, never longer than allowed, and end at the deadline."""
    pace = Pace(wait_rules(interval, longest, deadline), clock=lambda: 0.0)
    waited, last = 0.0, 0.0
    for seconds in asked:
        pause = pace.next_pause(seconds)
        if pause is None:
            assert waited >= deadline * (1 - 1e-9) or (seconds or 0) > deadline - waited - 1e-6
            break
        assert pause >= min(seconds or 0.0, deadline - waited) - 1e-6
        assert pause <= max(seconds or 0.0, interval, longest)
        waited += pause
        last = pause
    assert waited <= deadline * (1 + 1e-9)
    assert last <= deadline


def test_the_clock_counts_where_looks_take_long() -> None:
    """The time that looks take counts towards the deadline, not only the pauses between them."""
    now = [0.0]
    pace = Pace(WaitRules(1, 1, 10), clock=lambda: now[0])
    assert 0 == pace.next_pause(None)
    now[0] = 9.5
    assert 0.5 == pace.next_pause(None)
    now[0] = 10.0
    assert pace.next_pause(None) is None


@given(st.text(), st.text(max_size=5), st.dictionaries(st.text(), st.none() | st.integers() | st.text()))
def test_continuation_tokens_hold_for_one_thing(method: str, path: str, state: dict[str, Any]) -> None:
    """A token gives its state back for the method and path it was made for, and raises for all others."""
    token = to_token(method, path, state)
    assert state == from_token(token, method, path)
    for other in ((method + "x", path), (method, path + "x")):
        with pytest.raises(ValueError, match="continuation token"):
            from_token(token, *other)
    with pytest.raises(ValueError, match="continuation token"):
        from_token(token[:-2], method, path)


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_no_text_breaks_the_reading_of_a_token(text: str) -> None:
    """Whatever is given for a continuation token, it is a ValueError with one sentence."""
    with pytest.raises(ValueError, match="continuation token"):
        from_token(text, "begin_cancel", "/v1/x")
