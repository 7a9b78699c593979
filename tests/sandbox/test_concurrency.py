"""Sixty-four clients and seventy-five places: what they saw at once can have happened one after the other.

So it is, too, when two servers share a database and each call goes to either of them.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import permutations
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import Sandbox, new_customer_body
from tests.sandbox.conftest import StartProcess
from tests.sandbox.linearisability import Operation, is_linearisable
from tests.sandbox.shopping import BASIC, in_order

CLIENTS = 64
PLACES = 75


class State(NamedTuple):
    """A customer: not there yet, there, or gone; its profile's etag; the subscriptions that block its deletion."""

    stage: str = "to come"
    etag: str = ""
    active: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Seen:
    """One call about a customer, and what it was answered.

    `value` is the etag that was read or came with a change, or the subscription; `before` the etag that was sent.
    """

    kind: str
    customer_id: str
    began: float
    ended: float
    status: int
    code: int | None
    value: str = ""
    before: str = ""

    @property
    def changes(self) -> bool:
        """Whether anything was done."""
        return self.kind != "read" and self.status < 400

    @property
    def found(self) -> bool:
        """Whether the customer was there."""
        return self.status != 404

    def step(self, state: State) -> State | None:
        """The state after this call in a state before it; None when it cannot have been answered so."""
        if self.kind == "create":
            return State("there", self.value) if state.stage == "to come" else None
        if self.found != (state.stage == "there"):
            return None
        return state if not self.found else _STEPS[self.kind](self, state)


def _read(seen: Seen, state: State) -> State | None:
    return state if seen.value == state.etag else None


def _rename(seen: Seen, state: State) -> State | None:
    if (seen.before == state.etag) != (seen.status == 200):
        return None
    return state if seen.status != 200 else state._replace(etag=seen.value)


def _order(seen: Seen, state: State) -> State | None:
    return state._replace(active=state.active | {seen.value})


def _cancel(seen: Seen, state: State) -> State | None:
    was_active = seen.value in state.active
    if was_active != (seen.status == 200):
        return None
    return state._replace(active=state.active - {seen.value})


def _delete(seen: Seen, state: State) -> State | None:
    if bool(state.active) != (seen.code == 3000):
        return None
    return state if state.active else State("gone")


_STEPS: dict[str, Callable[[Seen, State], State | None]] = {
    "read": _read,
    "rename": _rename,
    "order": _order,
    "cancel": _cancel,
    "delete": _delete,
}
EXPECTED = {
    "create": {(201, None), (400, 800018)},
    "read": {(200, None), (404, 60003)},
    "rename": {(200, None), (404, 60003), (400, 2055)},
    "order": {(201, None), (404, 60003)},
    "cancel": {(200, None), (404, 60003), (400, 2011)},
    "delete": {(204, None), (404, 60003), (400, 3000)},
}


def etag_of(profile: dict[str, Any]) -> str:
    """Of which version a profile is."""
    return str(profile["attributes"]["etag"])


@dataclass
class Crowd:
    """Clients that work on the same customers at once, and all that they saw; each call goes to any server."""

    servers: list[str]
    token: str
    seen: list[Seen] = field(default_factory=list)
    customers: list[str] = field(default_factory=list)
    subscriptions: dict[str, dict[str, Any]] = field(default_factory=dict)

    def work(self, calls: int, start: threading.Barrier) -> None:
        """Make so many calls; deletions are the more likely the fuller it is."""
        with httpx2.Client(timeout=120, trust_env=False) as http:
            start.wait(60)
            for _ in range(calls):
                if not self.customers or random.random() < 0.4:
                    self.create(http)
                else:
                    kind = random.choice(
                        [self.read, self.rename, self.order, self.cancel, self.delete, self.delete]
                    )
                    kind(http, random.choice(self.customers[-12:]))

    def create(self, http: httpx2.Client) -> None:
        """A new customer."""
        seen, document = self.call(http, "create", "", "POST", "", new_customer_body())
        if seen.status == 201:
            self.customers.append(str(document["id"]))

    def read(self, http: httpx2.Client, one: str) -> dict[str, Any]:
        """Its profile."""
        return self.call(http, "read", one, "GET", "/profiles/billing")[1]

    def rename(self, http: httpx2.Client, one: str) -> None:
        """Another name, unless somebody else was faster."""
        profile = self.read(http, one)
        if "attributes" in profile:
            body = {**profile, "companyName": f"Name {random.randrange(10**9)}"}
            self.call(http, "rename", one, "PUT", "/profiles/billing", body, before=etag_of(profile))

    def order(self, http: httpx2.Client, one: str) -> None:
        """A subscription, which is read for its cancellation."""
        lines = [{"lineItemNumber": 0, **in_order(BASIC)}]
        seen, _ = self.call(
            http, "order", one, "POST", "/orders", {"billingCycle": "monthly", "lineItems": lines}
        )
        if seen.status == 201:
            answer = self.ask(http, "GET", f"/{one}/subscriptions/{seen.value}", None)
            if answer.status_code == 200:
                self.subscriptions[one] = answer.json()

    def cancel(self, http: httpx2.Client, one: str) -> None:
        """Cancel the newest subscription of a customer, if it has one."""
        subscription = self.subscriptions.get(one)
        if subscription is not None:
            path, body = f"/subscriptions/{subscription['id']}", {**subscription, "status": "deleted"}
            self.call(http, "cancel", one, "PATCH", path, body, value=subscription["id"])

    def delete(self, http: httpx2.Client, one: str) -> None:
        """Delete it."""
        self.call(http, "delete", one, "DELETE", "")

    def ask(self, http: httpx2.Client, method: str, path: str, body: Any) -> httpx2.Response:
        """One call."""
        headers = {"Authorization": f"Bearer {self.token}"}
        content = b"" if body is None else json.dumps(body).encode()
        url = f"{random.choice(self.servers)}/v1/customers{path}"
        return http.request(method, url, content=content, headers=headers)

    def call(
        self,
        http: httpx2.Client,
        kind: str,
        one: str,
        method: str,
        below: str,
        body: Any = None,
        *,
        value: str = "",
        before: str = "",
    ) -> tuple[Seen, dict[str, Any]]:
        """One call that is written down."""
        began = time.monotonic()
        answer = self.ask(http, method, f"/{one}{below}" if one else "", body)
        ended = time.monotonic()
        document = answer.json() if answer.content else {}
        code = document.get("code") if answer.status_code >= 400 else None
        if code is None and kind == "create":
            one, value = document["id"], etag_of(document["billingProfile"])
        elif code is None and kind == "order":
            value = document["lineItems"][0]["subscriptionId"]
        elif code is None and kind in {"read", "rename"}:
            value = etag_of(document)
        seen = Seen(kind, one, began, ended, answer.status_code, code, value, before)
        assert (seen.status, seen.code) in EXPECTED[kind], (seen, answer.text)
        self.seen.append(seen)
        return seen, document


def check_places(seen: list[Seen]) -> None:
    """Never more customers than places, however the calls are put into an order; refused only when it may be full."""
    made = {one.customer_id: one for one in seen if one.kind == "create" and one.status == 201}
    gone = {one.customer_id: one for one in seen if one.kind == "delete" and one.status == 204}

    def surely_there(moment: float) -> int:
        return sum(
            one.ended <= moment and (name not in gone or gone[name].began > moment)
            for name, one in made.items()
        )

    def perhaps_there(refused: Seen) -> int:
        return sum(
            one.began <= refused.ended and (name not in gone or gone[name].ended >= refused.began)
            for name, one in made.items()
        )

    assert all(surely_there(one.ended) <= PLACES for one in made.values())
    for refused in (one for one in seen if one.kind == "create" and one.status == 400):
        assert perhaps_there(refused) >= PLACES


def check_each_customer(seen: list[Seen]) -> None:
    """Each was deleted once at most, and what was seen of it can have happened in some order."""
    of_each: dict[str, list[Seen]] = {}
    for one in seen:
        if one.customer_id:
            of_each.setdefault(one.customer_id, []).append(one)
    deletions = Counter(one.customer_id for one in seen if one.kind == "delete" and one.status == 204)
    assert set(deletions.values()) <= {1}
    for customer_id, calls in of_each.items():
        history = [Operation(one.began, one.ended, one.step, one.changes) for one in calls]
        assert is_linearisable(history, State()), (customer_id, sorted(calls, key=lambda one: one.began))


SETTINGS = {
    "customers_sign_directly": "true",
    "subscription_quota": 10_000,
    "active_subscription_quota": 100_000,
}
SERVED_WITH = [part for name, value in SETTINGS.items() for part in ("--set", f"{name}={value}")]
LONG = pytest.param(150, id="long", marks=pytest.mark.prove)


@pytest.mark.parametrize("calls", [pytest.param(4, id="short"), LONG])
def test_a_crowd_sees_one_order_of_things(
    start_process: StartProcess, http: httpx2.Client, tmp_path: Path, calls: int
) -> None:
    """The quota is kept, every deletion happens once, every call is answered, and the history has an order."""
    process = start_process(*SERVED_WITH, database=tmp_path / "sandbox.db")
    check_crowd([process.url], http, calls)


@pytest.mark.parametrize("calls", [pytest.param(2, id="short"), LONG])
def test_a_crowd_at_two_servers_sees_one_order_of_things(
    url: str, start_process: StartProcess, http: httpx2.Client, calls: int
) -> None:
    """The same where two servers share a database: what one has acknowledged, the other knows."""
    check_crowd([start_process(*SERVED_WITH, database=url).url for _ in range(2)], http, calls)


def check_crowd(servers: list[str], http: httpx2.Client, calls: int) -> None:
    """Let a crowd work until each has made so many calls, and judge what it saw."""
    sandbox = Sandbox(servers[0], http)
    crowd, start = Crowd(servers, sandbox.token), threading.Barrier(CLIENTS)
    while len(crowd.customers) < PLACES - 12:
        crowd.create(http)
    threads = [threading.Thread(target=crowd.work, args=(calls, start)) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(600)
        assert not thread.is_alive()
    check_places(crowd.seen)
    check_each_customer(crowd.seen)
    kinds = Counter((one.kind, one.status) for one in crowd.seen)
    assert kinds["create", 400], "it was never full"
    assert kinds["delete", 204]
    assert kinds["delete", 404]
    if calls > 100:
        possible = {(name, status) for name, answers in EXPECTED.items() for status, _ in answers}
        assert possible - kinds.keys() <= {("cancel", 404)}
    left = {item["id"] for item in sandbox.call("GET", "/v1/customers?size=500").json()["items"]}
    gone = {one.customer_id for one in crowd.seen if one.kind == "delete" and one.status == 204}
    assert set(crowd.customers) - gone == left


# The judge


def test_the_judge_knows_an_impossible_history() -> None:
    """What is read after it was gone, a name from before the last one, two deletions, a place too many."""
    made = Seen("create", "a", 0, 1, 201, None, "A")
    renamed = Seen("rename", "a", 2, 3, 200, None, "B", "A")
    deleted = Seen("delete", "a", 4, 5, 204, None)
    for wrong in (
        [made, renamed, Seen("read", "a", 4, 5, 200, None, "A")],
        [made, renamed, Seen("rename", "a", 4, 5, 200, None, "C", "A")],
        [made, renamed, Seen("rename", "a", 4, 5, 400, 2055, "", "B")],
        [made, deleted, Seen("read", "a", 6, 7, 200, None, "A")],
        [made, Seen("delete", "a", 2, 3, 404, 60003)],
        [made, Seen("order", "a", 2, 3, 201, None, "s"), deleted],
        [made, Seen("delete", "a", 2, 3, 400, 3000)],
        [made, deleted, Seen("delete", "a", 4, 5, 204, None)],
    ):
        with pytest.raises(AssertionError):
            check_each_customer(wrong)
    check_each_customer([made, renamed, Seen("read", "a", 2, 3, 200, None, "A"), deleted])
    many = [Seen("create", f"{n}", n, n + 1, 201, None, "A") for n in range(PLACES + 1)]
    check_places(many[:-1])
    with pytest.raises(AssertionError):
        check_places(many)
    with pytest.raises(AssertionError):
        check_places([made, Seen("create", "", 2, 3, 400, 800018)])


WRITES = st.lists(st.tuples(st.booleans(), st.integers(0, 2), st.floats(0, 3), st.floats(0, 3)), max_size=6)


def register(writes: bool, value: int, state: int) -> int | None:
    """A register that is written, or read."""
    return value if writes else state if state == value else None


@given(calls=WRITES)
def test_the_judge_finds_an_order_when_there_is_one(calls: list[tuple[bool, int, float, float]]) -> None:
    """It says the same as trying every order."""
    history = [
        Operation(began, began + lasts, partial(register, writes, value), writes)
        for writes, value, began, lasts in calls
    ]

    def explains(order: tuple[Operation[int], ...]) -> bool:
        state: int | None = 0
        for number, one in enumerate(order):
            if any(later.ended < one.began for later in order[number + 1 :]) or state is None:
                return False
            state = one.step(state)
        return state is not None

    assert is_linearisable(history, 0) == any(explains(order) for order in permutations(history))
