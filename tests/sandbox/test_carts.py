"""Carts: what one shows, how it is changed, when it is gone, and what a body may look like; behaviour.md 4.4."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.conftest import Sandbox
from tests.sandbox.conftest import OF_OTHER, Fault, fault_of
from tests.sandbox.shopping import (
    AZURE_PLAN,
    BASIC,
    CAL_FOR_A_YEAR,
    CONFERENCING,
    LEDGER,
    LEGACY_AZURE,
    NEIGHBOUR,
    NOBODYS_ID,
    OFFICE,
    ONE_OF_EACH_KIND,
    PREMIUM,
    PREMIUM_TRIAL,
    REGISTERED_PLAN,
    TEAMS_PHONE,
    USER_CAL,
    WINDOWS_365,
    Item,
    Shop,
    in_cart,
    on_top_of,
    open_shop,
    reserved_for,
)

GUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def test_a_cart_has_every_member(shop: Shop) -> None:
    """A cart is answered with 201 and its id, times, user, lines, links and type; a GET shows the same (4.4)."""
    line = in_cart(BASIC, 5, friendlyName="basic-1", promotionId="39NFJQT1Q5KN:0001:39NFJQT1Q5KN")
    answer = shop.call("POST", "/carts", {"lineItems": [line]})
    cart = answer.json()
    assert 201 == answer.status_code
    assert re.fullmatch(GUID, cart["id"])
    user = shop.sandbox.control("POST", "/tokens", {**OF_OTHER}).json()["access_token"]
    assert user != cart["lastModifiedUser"]
    assert re.fullmatch(GUID, cart["lastModifiedUser"])
    created = datetime.fromisoformat(cart["creationTimestamp"])
    assert created + timedelta(days=7) == datetime.fromisoformat(cart["expirationTimestamp"])
    uri = f"/customers/{shop.customer_id}/carts/{cart['id']}"
    expected = {
        "id": cart["id"],
        "creationTimestamp": cart["creationTimestamp"],
        "lastModifiedTimestamp": cart["creationTimestamp"],
        "expirationTimestamp": cart["expirationTimestamp"],
        "lastModifiedUser": cart["lastModifiedUser"],
        "status": "Active",
        "lineItems": [{"id": 0, "currencyCode": "USD", "orderGroup": "0", **line}],
        "links": {"self": {"uri": uri, "method": "GET", "headers": []}},
        "attributes": {"objectType": "Cart"},
    }
    assert expected == cart
    assert cart == shop.get(f"/carts/{cart['id']}")


@pytest.mark.parametrize("kind", ONE_OF_EACH_KIND)
def test_every_kind_of_product_fits_into_a_cart(sandbox: Sandbox, kind: str) -> None:
    """A line of each kind has no error, and becomes an order by the checkout (4.4)."""
    shop = open_shop(sandbox, REGISTERED_PLAN, settings={"azure_plan_quota": 99}, kind="indirect_provider")
    item = ONE_OF_EACH_KIND[kind]
    plan = shop.the_subscription()["id"]
    context = reserved_for(plan) if kind == "azure_reservation" else None
    cart = shop.fill_cart(in_cart(item, provisioningContext=context))
    assert [None] == [line.get("error") for line in cart["lineItems"]]
    result = shop.check_out(cart)
    assert 201 == result.status_code
    (order,) = result.json()["orders"]
    assert ([], item.id, item.cycle) == (
        result.json()["orderErrors"],
        order["lineItems"][0]["offerId"],
        order["billingCycle"],
    )


def test_lines_are_numbered_from_0_unless_they_say_otherwise(shop: Shop) -> None:
    """The service gives a line its id where the caller gives none (4.4)."""
    cart = shop.fill_cart(in_cart(BASIC), in_cart(BASIC, id=7), in_cart(BASIC))
    assert [0, 7, 2] == [line["id"] for line in cart["lineItems"]]


def test_a_line_repeats_what_it_was_sent(shop: Shop) -> None:
    """Name, promotion, attestation, renewal and context of a line come back with it (4.4)."""
    members: dict[str, Any] = {
        "friendlyName": "Desktops",
        "attestationAccepted": True,
        "renewsTo": {"termDuration": "P1M"},
        "provisioningContext": {"note": "7"},
    }
    (line,) = shop.fill_cart(in_cart(WINDOWS_365, **members))["lineItems"]
    assert members == {name: line[name] for name in members}
    assert "error" not in line


def test_participants_are_taken_from_an_indirect_provider(sandbox: Sandbox) -> None:
    """An indirect provider names its reseller in the line (4.4)."""
    participants = [{"key": "transaction_reseller", "value": "5357564"}]
    shop = open_shop(sandbox, kind="indirect_provider")
    (line,) = shop.fill_cart(in_cart(BASIC, participants=participants))["lineItems"]
    assert (participants, None) == (line["participants"], line.get("error"))


def test_an_add_on_is_nested_below_its_base(shop: Shop) -> None:
    """An add-on below a line has its term, shares its group, and hangs on the subscription of the base (4.4)."""
    add_on = in_cart(TEAMS_PHONE, 3, termDuration=None)
    cart = shop.fill_cart(in_cart(PREMIUM, 5, addonItems=[add_on]))
    (base,) = cart["lineItems"]
    (below,) = base["addonItems"]
    assert ("0", "monthly", "P1Y", None) == (
        below["orderGroup"],
        below["billingCycle"],
        below["termDuration"],
        below.get("error"),
    )
    (order,) = shop.check_out(cart).json()["orders"]
    first, second = shop.get(f"/orders/{order['id']}")["lineItems"]
    assert (PREMIUM.id, TEAMS_PHONE.id, 3) == (first["offerId"], second["offerId"], second["quantity"])
    assert first["subscriptionId"] == second["parentSubscriptionId"]
    assert first["subscriptionId"] == shop.subscription(second["subscriptionId"])["parentSubscriptionId"]


@pytest.mark.parametrize("form", ["{}", "{{{}}}", " {} "])
@pytest.mark.parametrize("upper", [False, True])
@pytest.mark.parametrize(("base", "add_on"), [(PREMIUM, TEAMS_PHONE), (OFFICE, CONFERENCING)])
def test_an_add_on_goes_onto_a_subscription_that_is_there(
    shop: Shop, base: Item, add_on: Item, form: str, upper: bool
) -> None:
    """`ParentSubscriptionId` names the base, in any case and in braces (4.4, 14)."""
    parent = shop.buy_subscription(base, 5)["id"]
    sent = form.format(parent.upper() if upper else parent.lower())
    cart = shop.fill_cart(in_cart(add_on, 2, provisioningContext=on_top_of(sent)))
    assert "error" not in cart["lineItems"][0]
    shop.check_out(cart)
    (below,) = shop.items(f"/subscriptions/{parent}/addons")
    assert parent.lower() == below["parentSubscriptionId"].lower()
    assert f"/subscriptions/{below['parentSubscriptionId']}" in below["links"]["parentSubscription"]["uri"]


def test_what_follows_a_trial_is_named_by_renews_to(shop: Shop) -> None:
    """`renewsTo` of a trial's line is the term that its subscription renews for (4.4)."""
    cart = shop.fill_cart(in_cart(PREMIUM_TRIAL, renewsTo={"termDuration": "P1Y"}))
    shop.check_out(cart)
    assert ("P1M", "P1Y", True) == tuple(
        shop.the_subscription()[name] for name in ("termDuration", "renewalTermDuration", "isTrial")
    )


GROUPS = (
    ([BASIC, PREMIUM], ["0", "0"]),
    ([BASIC, BASIC.for_term("P1Y", "annual")], ["0", "1"]),
    ([BASIC, LEDGER], ["0", "1"]),
    ([USER_CAL, CAL_FOR_A_YEAR, USER_CAL], ["0", "1", "0"]),
    ([LEGACY_AZURE, BASIC, LEGACY_AZURE], ["OMS-0", "0", "OMS-0"]),
    ([OFFICE, BASIC, AZURE_PLAN], ["0", "1", "2"]),
)


@pytest.mark.parametrize(("wanted", "groups"), GROUPS)
def test_lines_of_one_kind_and_cycle_are_one_group(shop: Shop, wanted: list[Item], groups: list[str]) -> None:
    """`orderGroup` tells which lines become one order; legacy Azure has a name of its own (4.4)."""
    cart = shop.fill_cart(*(in_cart(item) for item in wanted))
    assert groups == [line["orderGroup"] for line in cart["lineItems"]]
    result = shop.check_out(cart).json()
    assert ([], len(set(groups))) == (result["orderErrors"], len(result["orders"]))
    sizes = [groups.count(group) for group in dict.fromkeys(groups)]
    assert sizes == [len(order["lineItems"]) for order in result["orders"]]


def test_a_put_replaces_all_lines(shop: Shop) -> None:
    """The whole cart is sent back; id, creation and expiry stay, the time of the change does not (4.4)."""
    cart = shop.fill_cart(in_cart(BASIC), in_cart(LEDGER))
    shop.advance("P1D")
    answer = shop.call("PUT", f"/carts/{cart['id']}", {**cart, "lineItems": [in_cart(PREMIUM, 9)]})
    changed = answer.json()
    assert 200 == answer.status_code
    kept = ("id", "creationTimestamp", "expirationTimestamp", "status", "links")
    assert {name: cart[name] for name in kept} == {name: changed[name] for name in kept}
    assert [(PREMIUM.id, 9)] == [(line["catalogItemId"], line["quantity"]) for line in changed["lineItems"]]
    times = [datetime.fromisoformat(shown["lastModifiedTimestamp"]) for shown in (cart, changed)]
    assert timedelta(days=1) <= times[1] - times[0] < timedelta(days=1, minutes=5)
    assert changed == shop.get(f"/carts/{cart['id']}")


def test_a_put_mends_a_line(shop: Shop) -> None:
    """A line that could not be bought can, once it is put right (4.4)."""
    cart = shop.fill_cart(in_cart(BASIC, 26))
    assert "error" in cart["lineItems"][0]
    mended = [{**line, "quantity": 25} for line in cart["lineItems"]]
    changed = shop.call("PUT", f"/carts/{cart['id']}", {**cart, "lineItems": mended}).json()
    assert "error" not in changed["lineItems"][0]
    assert 201 == shop.check_out(changed).status_code


def test_a_cart_that_was_ordered_cannot_be_changed(shop: Shop) -> None:
    """400/800065 for the PUT of an ordered cart, which stays as it was (4.4)."""
    cart = shop.fill_cart(in_cart(BASIC))
    shop.check_out(cart)
    ordered = shop.get(f"/carts/{cart['id']}")
    assert "Ordered" == ordered["status"]
    assert Fault(400, 800065) == fault_of(shop.call("PUT", f"/carts/{cart['id']}", cart))
    assert ordered == shop.get(f"/carts/{cart['id']}")


GET, PUT, CHECKOUT = ("GET", ""), ("PUT", ""), ("POST", "/checkout")
GONE = Fault(404, 800008)


@pytest.mark.parametrize(("method", "below"), [GET, PUT, CHECKOUT])
@pytest.mark.parametrize("cart_id", [NOBODYS_ID, "x", "%20", "7", "a%2Fb", "{}"])
def test_an_unknown_cart_is_not_found(shop: Shop, method: str, below: str, cart_id: str) -> None:
    """404/800008 for a cart that there is not, whatever its id looks like (11.2)."""
    body = {"lineItems": [in_cart(BASIC)]} if method == "PUT" else None
    assert GONE == fault_of(shop.call(method, f"/carts/{cart_id}{below}", body))


@pytest.mark.parametrize(("method", "below"), [GET, PUT, CHECKOUT])
def test_the_cart_of_another_customer_is_not_found(sandbox: Sandbox, method: str, below: str) -> None:
    """404/800008 for the cart of the partner's other customer."""
    shop = open_shop(sandbox, neighbours=1)
    cart = shop.fill_cart(in_cart(BASIC))
    neighbour = shop.of(NEIGHBOUR)
    assert GONE == fault_of(
        neighbour.call(method, f"/carts/{cart['id']}{below}", cart if below == "" else None)
    )
    assert [] == neighbour.items("/orders")


@pytest.mark.parametrize(("method", "below"), [GET, PUT, CHECKOUT])
def test_a_cart_is_gone_after_seven_days(shop: Shop, method: str, below: str) -> None:
    """404/800008 once the cart has expired; until then it is there (4.4)."""
    cart = shop.fill_cart(in_cart(BASIC))
    body = cart if method == "PUT" else None
    shop.advance("P6DT23H59M")
    assert 200 == shop.call("GET", f"/carts/{cart['id']}").status_code
    shop.advance("PT1M")
    assert GONE == fault_of(shop.call(method, f"/carts/{cart['id']}{below}", body))
    assert [] == shop.items("/orders")


def test_a_change_does_not_lengthen_the_life_of_a_cart(shop: Shop) -> None:
    """Seven days count from the creation (4.4)."""
    cart = shop.fill_cart(in_cart(BASIC))
    shop.advance("P6D")
    shop.call("PUT", f"/carts/{cart['id']}", cart)
    shop.advance("P1D")
    assert GONE == fault_of(shop.call("GET", f"/carts/{cart['id']}"))


def test_the_id_of_a_cart_matches_in_any_form(shop: Shop) -> None:
    """GUIDs compare without case and may stand in braces (14)."""
    cart = shop.fill_cart(in_cart(BASIC))
    for form in (cart["id"].upper(), "{" + cart["id"] + "}"):
        assert cart == shop.get(f"/carts/{form}")


WHOLE = f'"catalogItemId":"{BASIC.id}","quantity":2,"billingCycle":"monthly","termDuration":"P1Y"'
PASCAL_CASE = re.sub(r'"([a-z])(\w*)":', lambda name: f'"{name[1].upper()}{name[2]}":', WHOLE)
# LINE stands for the members of a line that can be bought.
QUIRKS = {
    "PascalCase": '{"LineItems":[{LINE}]}'.replace("LINE}", PASCAL_CASE + "}"),
    "upper case": '{"LINEITEMS":[{LINE}]}'.replace("LINE}", WHOLE.upper() + "}"),
    "nulls": '{"id":null,"status":null,"lineItems":[{"id":null,"friendlyName":null,"addonItems":null,'
    '"provisioningContext":null,"participants":null,"renewsTo":null,LINE}]}',
    "read-only members": '{"id":"7","status":"Ordered","expirationTimestamp":"2001-01-01T00:00:00Z",'
    '"lineItems":[{"error":{"errorCode":"unknown"},"orderGroup":"9",LINE}]}',
    "duplicate members": '{"lineItems":[{"quantity":1,"catalogItemId":"x",LINE}]}',
    "members in two cases": '{"lineItems":[{"catalogItemId":"x"},{"catalogItemId":"y"}],"LineItems":[{LINE}]}',
    "a null beside a list": '{"LineItems":[{LINE}],"lineItems":null}',
    "unknown members": '{"colour":"red","lineItems":[{"colour":{"a":[1]},LINE}]}',
    "a byte order mark": '\ufeff{"lineItems":[{LINE}]}',
    "words in lower case": '{"lineItems":[{LINE}]}'.replace(
        "LINE}", WHOLE.replace(BASIC.id, BASIC.id.lower()).replace("P1Y", "p1y") + "}"
    ),
}


@pytest.mark.parametrize("quirk", QUIRKS)
def test_a_body_may_be_written_in_every_way_that_clients_do(shop: Shop, quirk: str) -> None:
    """Case, nulls, read-only, repeated and unknown members do not matter (14, client-quirks.md 1)."""
    content = QUIRKS[quirk].replace("LINE}", WHOLE + "}").encode()
    path = f"/v1/customers/{shop.customer_id}/carts"
    answer = shop.sandbox.call("POST", path, token=shop.token(), content=content)
    assert 201 == answer.status_code, answer.text
    cart = answer.json()
    (line,) = cart["lineItems"]
    assert (BASIC.id, 2, "monthly", "Active", None) == (
        line["catalogItemId"],
        line["quantity"],
        line["billingCycle"],
        cart["status"],
        line.get("error"),
    )
    assert 201 == shop.check_out(cart).status_code


GOOD = in_cart(BASIC)
BAD_BODIES: tuple[Any, ...] = (
    None,
    [],
    "success",
    7,
    {},
    {"lineItems": None},
    {"lineItems": []},
    {"lineItems": {}},
    {"lineItems": "x"},
    {"lineItems": [None]},
    {"lineItems": [7]},
    {"lineItems": [[]]},
    {"lineItems": [{}]},
    {"lineItems": [GOOD] * 101},
    {"lineItems": [{**GOOD, "catalogItemId": ""}]},
    {"lineItems": [{**GOOD, "catalogItemId": 7}]},
    {"lineItems": [{**GOOD, "catalogItemId": "a\nb"}]},
    {"lineItems": [{**GOOD, "quantity": None}]},
    {"lineItems": [{**GOOD, "quantity": "2"}]},
    {"lineItems": [{**GOOD, "quantity": 1.5}]},
    {"lineItems": [{**GOOD, "quantity": True}]},
    {"lineItems": [{**GOOD, "billingCycle": None}]},
    {"lineItems": [{**GOOD, "billingCycle": 1}]},
    {"lineItems": [{**GOOD, "termDuration": 1}]},
    {"lineItems": [{**GOOD, "friendlyName": ["x"]}]},
    {"lineItems": [{**GOOD, "friendlyName": "\ud800"}]},
    {"lineItems": [{**GOOD, "id": "0"}]},
    {"lineItems": [{**GOOD, "provisioningContext": "x"}]},
    {"lineItems": [{**GOOD, "provisioningContext": {"x": "\ud800"}}]},
    {"lineItems": [{**GOOD, "provisioningContext": {"\ud800": 1}}]},
    {"lineItems": [{**GOOD, "provisioningContext": {"x": [{"y": "\udfff"}]}}]},
    {"lineItems": [{**GOOD, "participants": "x"}]},
    {"lineItems": [{**GOOD, "participants": [7]}]},
    {"lineItems": [{**GOOD, "addonItems": "x"}]},
    {"lineItems": [{**GOOD, "addonItems": [7]}]},
    {"lineItems": [{**GOOD, "addonItems": [{**GOOD, "addonItems": [GOOD]}]}]},
    {"lineItems": [{**GOOD, "renewsTo": "P1Y"}]},
    {"lineItems": [{**GOOD, "renewsTo": {"termDuration": 1}}]},
    {"lineItems": [{**GOOD, "customTermEndDate": "tomorrow"}]},
    {"lineItems": [{**GOOD, "attestationAccepted": "yes"}]},
)


@pytest.mark.parametrize("body", BAD_BODIES, ids=lambda body: json.dumps(body)[:60])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_bad_body_gets_one_sentence(shop: Shop, method: str, body: Any) -> None:
    """A body of the wrong shape is refused with 400 and a sentence, and leaves no cart and no change behind."""
    cart = shop.fill_cart(GOOD)
    path = "/carts" if method == "POST" else f"/carts/{cart['id']}"
    answer = shop.call(method, path, body)
    assert fault_of(answer) in {Fault(400, 3000), Fault(400, 800002)}
    description = answer.json()["description"]
    assert re.fullmatch(r"[^\n]+[^.]\.", description), description
    assert cart == shop.get(f"/carts/{cart['id']}")


CHECKOUT_BODIES: tuple[bytes, ...] = (
    b"",
    b'"success"',
    b'"grant_type=jwt_token"',
    b"{}",
    b"null",
    b"[]",
    b"{not json",
    b"\xff\xfe",
    b"7",
)


@pytest.mark.parametrize("content", CHECKOUT_BODIES)
def test_the_body_of_a_checkout_does_not_matter(shop: Shop, content: bytes) -> None:
    """It is empty, or the JSON string that the .NET SDK sends; nobody reads it (lifecycle.md 9)."""
    cart = shop.fill_cart(in_cart(BASIC))
    path = f"/v1/customers/{shop.customer_id}/carts/{cart['id']}/checkout"
    answer = shop.sandbox.call("POST", path, token=shop.token(), content=content)
    assert (201, 1) == (answer.status_code, len(answer.json()["orders"]))
