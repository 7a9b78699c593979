"""The documented way to delete a sandbox customer, over plain HTTP; behaviour.md 1.3, 1.6 and 2.

First as the documentation walks it, for what the walk covers: reservations and software. Then the published C# loop,
with its defects. `test_clean_up_order` clears a customer that has one of everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from tests.conftest import Sandbox
from tests.sandbox.conftest import OWN, Fault, customer, fault_of

from partnercenter.contract import development_partner

Json = dict[str, Any]

CUSTOMER = f"/v1/customers/{OWN}"
REFUSAL = (
    "Customer relationship cannot be removed due to active Azure reserved instances."
    "Please cancel the following orders: "
)
# A server that brings a client licence along, an older version that comes with it, and a plan of software for a year.
SERVER = "DG7GMGF0DWT0:0001:DG7GMGF0DSQR"
BOUGHT = (
    {"product": "azure_reservation", "ageDays": 40},
    {"product": "perpetual_software", "item": SERVER, "quantity": 3, "ageDays": 30},
    {"product": "software_subscription", "quantity": 2, "ageDays": 20},
)


def seed(sandbox: Sandbox, *purchases: Json, **settings: Any) -> None:
    """One customer of the development partner."""
    own = {
        "tenantId": development_partner.TENANT_ID,
        "companyName": development_partner.COMPANY_NAME,
        "domain": development_partner.DOMAIN,
        "customers": [customer(OWN, *purchases)],
    }
    sandbox.seed({"settings": settings, "partners": [own]})


def items(sandbox: Sandbox, path: str) -> list[Json]:
    """The items of a collection below the customer."""
    answer = sandbox.call("GET", CUSTOMER + path)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def read_order(sandbox: Sandbox, order_id: str) -> Json:
    """An order as it is now."""
    answer = sandbox.call("GET", f"{CUSTOMER}/orders/{order_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def patch_order(sandbox: Sandbox, order_id: str, body: Json) -> httpx2.Response:
    """The PATCH that cancels an order."""
    return sandbox.call("PATCH", f"{CUSTOMER}/orders/{order_id}", body)


def blocking(answer: httpx2.Response) -> list[str]:
    """The short ids of the orders that a DELETE was refused for."""
    told = answer.json()
    expected = {"code": 3000, "description": told["description"], "data": [], "source": "PartnerFD"}
    assert (400, expected) == (answer.status_code, told)
    assert told["description"].startswith(REFUSAL), told
    return str(told["description"].removeprefix(REFUSAL)).split(", ")


def pascal(value: Any) -> Any:
    """A body with its keys in upper first letters and a null among them, as some clients write it."""
    if isinstance(value, dict):
        return {"Nothing": None, **{name[0].upper() + name[1:]: pascal(item) for name, item in value.items()}}
    return [pascal(item) for item in value] if isinstance(value, list) else value


BODIES: tuple[tuple[str, Callable[[Json], Json]], ...] = (
    ("two members", lambda order: {"id": order["id"], "status": "cancelled"}),
    ("the whole order, as the .NET sample sends it", lambda order: {**order, "status": "Cancelled"}),
    ("the whole order, upper first letters", lambda order: pascal({**order, "status": "Cancelled"})),
    ("a status in capitals", lambda order: {"id": order["id"], "status": "CANCELLED"}),
)


@pytest.mark.parametrize("body", [body for _, body in BODIES], ids=[name for name, _ in BODIES])
def test_entitlements_orders_poll_delete(sandbox: Sandbox, body: Callable[[Json], Json]) -> None:
    """Each cancelled order no longer blocks, the others still do, and in the end the customer is deleted."""
    seed(sandbox, *BOUGHT)
    orders = [entitlement["referenceOrder"]["id"] for entitlement in items(sandbox, "/entitlements")]
    left = {order["id"]: order["alternateId"] for order in items(sandbox, "/orders")}
    assert sorted(left) == sorted(orders)
    for order_id in orders:
        assert list(left.values()) == blocking(sandbox.call("DELETE", CUSTOMER))
        answer = patch_order(sandbox, order_id, body(read_order(sandbox, order_id)))
        assert (200, "cancelled") == (answer.status_code, answer.json()["status"])
        assert "cancelled" == read_order(sandbox, order_id)["status"]
        del left[order_id]
    assert [] == items(sandbox, "/entitlements")
    assert (204, b"") == ((done := sandbox.call("DELETE", CUSTOMER)).status_code, done.content)
    assert Fault(404, 60003) == fault_of(sandbox.call("GET", CUSTOMER))


def test_entitlements_name_the_orders_to_cancel_and_what_comes_along(sandbox: Sandbox) -> None:
    """Each purchase is one entitlement; what is included in software refers to the same order (6)."""
    seed(sandbox, *BOUGHT)
    by_type = [
        (entitlement["entitlementType"], entitlement["quantity"], len(entitlement["includedEntitlements"]))
        for entitlement in items(sandbox, "/entitlements")
    ]
    assert [("reservedinstance", 1, 0), ("software", 3, 1), ("software", 2, 0)] == by_type
    server = items(sandbox, "/entitlements")[1]
    assert server["referenceOrder"] == server["includedEntitlements"][0]["referenceOrder"]


def test_whole_order_bodies_cancel_every_line(sandbox: Sandbox) -> None:
    """A body with all lines is a full cancellation, and leaves the lines without a quantity (4.3)."""
    seed(sandbox, *BOUGHT)
    order = items(sandbox, "/orders")[1]
    answer = patch_order(sandbox, order["id"], {**order, "status": "Cancelled"}).json()
    assert ("cancelled", [0]) == (answer["status"], [line["quantity"] for line in answer["lineItems"]])


class EndlessError(Exception):
    """The loop would never end."""


def published_loop(sandbox: Sandbox, pause: Callable[[], None]) -> int:
    """The published C# procedure, word for word; returns how often it paused.

    `proceed` is set to true once, before the loop, and never again: a pass that finds an order that is not cancelled
    yet is a pass too many (behaviour.md 2, row 1).
    """
    entitlements = items(sandbox, "/entitlements")
    for entitlement in entitlements:
        order = read_order(sandbox, entitlement["referenceOrder"]["id"])
        order["status"] = "Cancelled"
        answer = patch_order(sandbox, order["id"], order)
        assert answer.status_code == 200, answer.text
    proceed, pauses = True, 0
    while True:
        for entitlement in entitlements:
            order = read_order(sandbox, entitlement["referenceOrder"]["id"])
            if order["status"].lower() != "Cancelled".lower():
                proceed = False
        pause()
        pauses += 1
        if proceed:
            break
    deleted = sandbox.call("DELETE", CUSTOMER)
    assert deleted.status_code == 204, deleted.text
    return pauses


def test_the_published_loop_ends_in_the_profile_fast(sandbox: Sandbox) -> None:
    """Every order reads cancelled on the first read after its PATCH, so one pass is enough (1.6, issue of 2)."""
    seed(sandbox, *BOUGHT, profile="fast")
    assert 1 == published_loop(sandbox, lambda: None)
    assert Fault(404, 60003) == fault_of(sandbox.call("GET", CUSTOMER))


def passes(sandbox: Sandbox, most: int) -> Iterator[None]:
    """Pauses of five seconds each, of the sandbox's own time, and no more of them than `most`."""
    for _ in range(most):
        yield sandbox.control("POST", "/clock", {"advance": "PT5S"}).raise_for_status() and None
    raise EndlessError


@pytest.mark.parametrize("profile", ["eventual", "real"])
def test_the_published_loop_never_ends_where_cancelling_takes_time(sandbox: Sandbox, profile: str) -> None:
    """One order that was not cancelled on the first pass makes it run on after all are (2, row 1)."""
    seed(sandbox, *BOUGHT, profile=profile)
    pauses = passes(sandbox, 10)
    with pytest.raises(EndlessError):
        published_loop(sandbox, lambda: next(pauses))
    assert {"cancelled"} == {order["status"] for order in items(sandbox, "/orders")}
    assert 204 == sandbox.call("DELETE", CUSTOMER).status_code


@pytest.mark.parametrize("again", ["refuse", "accept"])
def test_an_order_of_two_lines_is_cancelled_twice_by_the_published_loop(sandbox: Sandbox, again: str) -> None:
    """It sends one PATCH for each entitlement, and both name the same order (2, row 3)."""
    seed(sandbox, cancel_again=again)
    order = bought_together(sandbox)
    entitlements = items(sandbox, "/entitlements")
    assert [order["id"]] * 2 == [entitlement["referenceOrder"]["id"] for entitlement in entitlements]
    assert 200 == patch_order(sandbox, order["id"], {**order, "status": "Cancelled"}).status_code
    second = patch_order(sandbox, order["id"], {**order, "status": "Cancelled"})
    assert (Fault(400, 800061) if again == "refuse" else Fault(200)) == fault_of(second)
    assert 204 == sandbox.call("DELETE", CUSTOMER).status_code


def bought_together(sandbox: Sandbox) -> Json:
    """An order of two lines of software."""
    lines = [
        {"lineItemNumber": 0, "offerId": SERVER, "quantity": 1},
        {"lineItemNumber": 1, "offerId": "DG7GMGF0DWT0:0002:DG7GMGF0DSQS", "quantity": 2},
    ]
    answer = sandbox.call("POST", f"{CUSTOMER}/orders", {"billingCycle": "one_time", "lineItems": lines})
    assert answer.status_code == 201, answer.text
    return read_order(sandbox, answer.json()["id"])


@pytest.mark.parametrize("spell", [lambda body: body, pascal], ids=["camel", "pascal"])
def test_an_order_whose_lines_are_cancelled_one_by_one_blocks_until_the_last(
    sandbox: Sandbox, spell: Callable[[Json], Json]
) -> None:
    """A partly cancelled order stays completed, and is named by the refusal as long as a line is left (4.3)."""
    seed(sandbox)
    order = bought_together(sandbox)
    seen = []
    for line in order["lineItems"]:
        seen.append(blocking(sandbox.call("DELETE", CUSTOMER)))
        wanted = {name: line[name] for name in ("lineItemNumber", "offerId")}
        body = spell({"id": order["id"], "status": "cancelled", "lineItems": [wanted]})
        answer = patch_order(sandbox, order["id"], body).json()
        seen.append([answer["status"], *(line["quantity"] for line in answer["lineItems"])])
        seen.append([entitlement["quantity"] for entitlement in items(sandbox, "/entitlements")])
    short = [order["alternateId"]]
    assert [short, ["completed", 0, 2], [2], short, ["cancelled", 0, 0], []] == seen
    assert 204 == sandbox.call("DELETE", CUSTOMER).status_code


@pytest.mark.parametrize("lines", [5, {}, "all", [5], [None], [{}], [{"lineItemNumber": 9}]], ids=str)
def test_lines_that_an_order_does_not_have_are_refused(sandbox: Sandbox, lines: Any) -> None:
    """What is no line of the order answers 400/800071, no list 400/3000, and the order stays as it was (11.2)."""
    seed(sandbox, BOUGHT[1])
    order = items(sandbox, "/orders")[0]
    answer = patch_order(sandbox, order["id"], {"status": "cancelled", "lineItems": lines})
    expected = Fault(400, 800071 if isinstance(lines, list) else 3000)
    assert (expected, order) == (fault_of(answer), read_order(sandbox, order["id"]))
