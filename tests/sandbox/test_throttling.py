"""Throttling: which calls are counted, for whom and how long, and what one too many is answered; behaviour.md 12."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.conftest import Sandbox
from tests.sandbox.conftest import (
    BLOCKED,
    FOREIGN,
    IN_PRODUCTION,
    OF_OTHER,
    OF_PRODUCTION,
    OWN,
    WORLD,
    Fault,
    LocalSandbox,
    TestClock,
    fault_of,
)

from partnercenter.contract.operations import OPERATIONS
from partnercenter.sandbox.throttle import FAMILY_OF

CUSTOMER = f"/v1/customers/{OWN}"

# The routes that behaviour.md 12 lists as enforced, by resource.
DOCUMENTED = {
    "customers": {"GET /v1/customers/{}", "DELETE /v1/customers/{}"},
    "orders": {
        "GET /v1/customers/{}/orders",
        "GET /v1/customers/{}/orders/{}",
        "GET /v1/customers/{}/orders/{}/provisioningstatus",
        "POST /v1/customers/{}/orders",
        "PATCH /v1/customers/{}/orders/{}",
        "POST /v1/customers/{}/carts",
        "PUT /v1/customers/{}/carts/{}",
        "POST /v1/customers/{}/carts/{}/checkout",
    },
    "subscriptions": {
        "GET /v1/customers/{}/subscriptions",
        "GET /v1/customers/{}/subscriptions/{}",
        "GET /v1/customers/{}/subscriptions/{}/addons",
        "GET /v1/customers/{}/subscriptions/{}/registrationstatus",
        "GET /v1/customers/{}/subscriptions/{}/azureEntitlements",
        "GET /v1/customers/{}/subscriptions/{}/azureEntitlements/{}",
        "PATCH /v1/customers/{}/subscriptions/{}",
        "POST /v1/customers/{}/subscriptions/{}/upgrades",
        "POST /v1/customers/{}/subscriptions/{}/registrations",
        "POST /v1/customers/{}/subscriptions/{}/conversions",
    },
}


class Throttled:
    """A sandbox in this process that throttles, with a clock to set."""

    def __init__(self, local: LocalSandbox, **settings: Any) -> None:
        self.local = local
        self.clock: TestClock = local.clock
        local.seed(WORLD)
        local.state.change_settings({"throttle_calls_per_minute": 2, **settings})

    def status(self, path: str = CUSTOMER, method: str = "GET", **order: Any) -> int:
        """What a call is answered."""
        return self.local.call(method, path, token=self.local.mint(**order, expiresInSeconds=86_400)).status

    def statuses(self, count: int, path: str = CUSTOMER) -> list[int]:
        """What so many calls are answered."""
        return [self.status(path) for _ in range(count)]


@pytest.fixture
def throttled(local_sandbox: LocalSandbox) -> Throttled:
    """Two calls a minute."""
    return Throttled(local_sandbox)


def test_the_counted_operations_are_the_documented_routes() -> None:
    """Every served operation behind a listed route is counted under its resource, and no other one is."""
    for operation in OPERATIONS.values():
        parts = ("{}" if part.startswith("{") else part for part in operation.path.split("/"))
        route = f"{operation.method} {'/'.join(parts)}"
        family = next((name for name, routes in DOCUMENTED.items() if route in routes), None)
        assert family == FAMILY_OF.get(operation.name), operation.name
    assert {family: len(routes) for family, routes in DOCUMENTED.items()} == Counter(FAMILY_OF.values())


def test_a_call_too_many_is_told_when_the_next_minute_begins(throttled: Throttled) -> None:
    """429 with the whole seconds that are left of the minute, in the header and in the documented body."""
    assert [200, 200] == throttled.statuses(2)
    throttled.clock.move(seconds=2.5)
    answer = throttled.local.call("GET", CUSTOMER)
    assert (429, "58") == (answer.status, answer.headers["Retry-After"])
    assert {
        "statusCode": 429,
        "message": "Rate limit is exceeded. Try again in 58 seconds.",
    } == json.loads(answer.body)
    throttled.clock.move(seconds=57.4)
    assert "1" == throttled.local.call("GET", CUSTOMER).headers["Retry-After"]


def test_each_minute_has_its_own_count(throttled: Throttled) -> None:
    """After as long as `Retry-After` says calls are answered again, though refused ones were counted."""
    assert [200, 200, 429, 429, 429] == throttled.statuses(5)
    throttled.clock.move(seconds=59.9)
    assert [429] == throttled.statuses(1)
    throttled.clock.move(seconds=0.1)
    assert [200, 200, 429] == throttled.statuses(3)


def test_the_minute_is_the_machines(throttled: Throttled) -> None:
    """Moving the sandbox's own clock forgives nothing."""
    assert [200, 200, 429] == throttled.statuses(3)
    throttled.local.state.nature.clock.ahead += timedelta(days=1)
    assert [429] == throttled.statuses(1)


def test_resources_are_counted_each_for_itself(throttled: Throttled) -> None:
    """Customers, orders and subscriptions; lists of customers and the rest are not counted at all."""
    assert [200, 200, 429] == throttled.statuses(3)
    assert [200, 200, 429] == throttled.statuses(3, f"{CUSTOMER}/orders")
    assert [200, 200, 429] == throttled.statuses(3, f"{CUSTOMER}/subscriptions")
    assert [200] * 5 == throttled.statuses(5, "/v1/customers")
    assert [200] * 5 == throttled.statuses(5, f"{CUSTOMER}/profiles/billing")
    assert [200] * 5 == throttled.statuses(5, "/v1/auditrecords")


def test_partners_are_counted_each_for_itself(throttled: Throttled) -> None:
    """One partner's calls are not held against another, and a refused token counts for nobody."""
    assert [401] * 3 == [throttled.local.call("GET", CUSTOMER, token="x").status for _ in range(3)]
    assert [200, 200, 429] == throttled.statuses(3)
    assert 200 == throttled.status(f"/v1/customers/{FOREIGN}", **OF_OTHER)
    assert 200 == throttled.status(f"/v1/customers/{IN_PRODUCTION}", **OF_PRODUCTION)


def test_calls_are_counted_together_for_a_partner(throttled: Throttled) -> None:
    """Whichever customers they are about, whether they succeed or not, and deletes with reads."""
    assert 404 == throttled.status("/v1/customers/99999999-0000-4000-8000-000000000000")
    assert 400 == throttled.status(f"/v1/customers/{BLOCKED}", "DELETE")
    assert 429 == throttled.status()
    assert 429 == throttled.status(f"/v1/customers/{BLOCKED}", "DELETE")


def test_calls_are_counted_for_each_customer_if_so_set(local_sandbox: LocalSandbox) -> None:
    """`throttle_scope=customer`: a customer that was asked for often does not hold up another."""
    throttled = Throttled(local_sandbox, throttle_scope="customer")
    assert [200, 200, 429] == throttled.statuses(3)
    assert 200 == throttled.status(f"/v1/customers/{BLOCKED}")
    assert 429 == throttled.status(f"/v1/customers/%7B{OWN.upper()}%7D")


def test_deletes_are_not_counted_if_so_set(local_sandbox: LocalSandbox) -> None:
    """`throttle_customer_delete=off`: deleting is never refused for its rate."""
    throttled = Throttled(local_sandbox, throttle_customer_delete=False)
    assert [200, 200, 429] == throttled.statuses(3)
    assert 204 == throttled.status(CUSTOMER, "DELETE")


def test_without_a_limit_nothing_is_throttled(local_sandbox: LocalSandbox) -> None:
    """The default."""
    throttled = Throttled(local_sandbox, throttle_calls_per_minute=None)
    assert [200] * 50 == throttled.statuses(50)


def test_a_new_world_begins_to_count_anew(throttled: Throttled) -> None:
    """A seed forgives what was counted."""
    assert [200, 200, 429] == throttled.statuses(3)
    assert [200] == Throttled(throttled.local).statuses(1)


def test_over_http_a_throttled_write_is_not_kept(world: Sandbox) -> None:
    """A delete that is refused for its rate is told when to come back, and then judged as if asked first (10.1)."""
    path = f"/v1/customers/{BLOCKED}"
    world.set(throttle_calls_per_minute=1)
    while True:  # once, unless a minute begins in between
        while world.call("GET", path).status_code != 429:
            pass
        headers = {"MS-RequestId": str(uuid4())}
        answer = world.call("DELETE", path, headers=headers)
        if answer.status_code == 429:
            break
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert f" {answer.headers['Retry-After']} seconds." in answer.json()["message"]
    assert headers["MS-RequestId"] == answer.headers["MS-RequestId"]
    world.set(throttle_calls_per_minute=0)
    assert Fault(400, 3000) == fault_of(world.call("DELETE", path, headers=headers))
