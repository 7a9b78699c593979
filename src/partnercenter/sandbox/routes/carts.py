"""Carts, from their creation to their checkout; behaviour.md 4.4.

A cart takes every line; one that cannot be bought says why. The checkout judges them all once more, and makes one
order of each group of lines: groups can fail while others succeed, and a failed one is tried again by the next
checkout.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row

from partnercenter.contract.carts import Cart
from partnercenter.contract.identifiers import parse_guid
from partnercenter.contract.timestamps import parse_timestamp
from partnercenter.sandbox.routes.audited import record_failure
from partnercenter.sandbox.routes.call import Call, Handler
from partnercenter.sandbox.routes.purchasing import (
    check_agreement,
    check_lines,
    customer_country,
    find_problems,
    line_to_buy,
    place_order,
    wanted_line,
)
from partnercenter.sandbox.rules.body_shape import sent_member
from partnercenter.sandbox.rules.buying import LineProblem, WantedLine
from partnercenter.sandbox.rules.cart_documents import CartLine, CartTimes, OrderGroups, cart_document
from partnercenter.sandbox.rules.catalogue import currency_of
from partnercenter.sandbox.rules.refusal import Refused
from partnercenter.sandbox.store import carts as store
from partnercenter.sandbox.store.times import to_micros
from partnercenter.sandbox.wire.message import Response, json_response, json_text, text_response

Json = dict[str, Any]

_ORDERED: Final = "Ordered"


def create_cart(call: Call, connection: Connection) -> Response:
    """A new cart; it lives for seven days."""
    lines = _lines(call, connection, _body_lines(call))
    now = call.nature.clock.now()
    cart_id = call.nature.ids.guid()
    times = CartTimes(now, now, call.token.object_id)
    text = _text(call, cart_id, lines, times)
    store.add_cart(connection, call.found_customer.key, cart_id, text, to_micros(times.expires))
    return text_response(201, text)


def get_cart(call: Call, connection: Connection) -> Response:
    """One cart, until it expires."""
    return text_response(200, str(_found(call, connection).document))


def update_cart(call: Call, connection: Connection) -> Response:
    """Replace the lines of a cart by those of the whole cart that is sent."""
    row = _found(call, connection)
    before = json.loads(row.document)
    if before["status"] == _ORDERED:
        raise Refused(400, 800065, None, row.id)
    lines = _lines(call, connection, _body_lines(call))
    times = CartTimes(
        parse_timestamp(before["creationTimestamp"]), call.nature.clock.now(), call.token.object_id
    )
    text = _text(call, row.id, lines, times)
    store.update_cart(connection, call.found_customer.key, row.id, text)
    return text_response(int(call.settings.text("cart_update_status")), text)


def checkout(call: Call, connection: Connection) -> Response:
    """Buy what is in the cart: one order for each group of lines."""
    row = _found(call, connection)
    document = json.loads(row.document)
    earlier = json.loads(row.checkout_result) if row.checkout_result else None
    if document["status"] == _ORDERED and earlier is not None and not earlier["orderErrors"]:
        if call.settings.text("second_checkout") == "refuse":
            raise Refused(400, 800065, None, row.id)
        return json_response(201, earlier)
    check_agreement(call, connection)
    result = _checked_out(call, connection, document, earlier)
    shown = {**document, "status": _ORDERED} if result["orders"] else document
    key = call.found_customer.key
    store.update_cart(connection, key, row.id, json_text(shown), json_text(result))
    return json_response(201, result)


def _found(call: Call, connection: Connection) -> Row[Any]:
    cart_id = parse_guid(call.ids["cart_id"])
    row = None if cart_id is None else store.find_cart(connection, call.found_customer.key, cart_id)
    if row is None or row.expires_at <= to_micros(call.nature.clock.now()):
        raise Refused(404, 800008)
    return row


def _body_lines(call: Call) -> list[Json]:
    """The lines of the body, with the currency that is the service's to say but may be named."""
    body = call.checked_body(Cart)
    lines: list[Json] = body["lineItems"]
    check_lines(call, lines)
    if any(add_on.get("addonItems") for line in lines for add_on in line.get("addonItems", ())):
        raise call.setting_fault("fault_missing_field", "An add-on cannot have addonItems of its own.")
    for line, sent in zip(lines, sent_member(call.json_object(), "lineItems"), strict=True):
        currency = sent_member(sent, "currencyCode")
        if isinstance(currency, str):
            line["currencyCode"] = currency
    return lines


@dataclass(frozen=True, slots=True)
class _Flat:
    """A line, or an add-on below it, on its way through the checks."""

    wanted: WantedLine
    body: Mapping[str, Any]
    base_at: int | None


def _flat(bodies: list[Json]) -> Iterator[_Flat]:
    """Every line followed by its add-ons; `base_at` is the place of an add-on's line in this order."""
    place = 0
    for number, body in enumerate(bodies):
        line = wanted_line(_number(body, number), body)
        yield _Flat(line, body, None)
        add_ons = body.get("addonItems", ())
        for below, add_on in enumerate(add_ons):
            inherited = {"termDuration": line.term_duration, **add_on}
            yield _Flat(wanted_line(_number(add_on, below), inherited, base=line), inherited, place)
        place += 1 + len(add_ons)


def _number(body: Mapping[str, Any], otherwise: int) -> int:
    number = body.get("id")
    return number if isinstance(number, int) and number >= 0 else otherwise


def _lines(call: Call, connection: Connection, bodies: list[Json]) -> list[CartLine]:
    flat = list(_flat(bodies))
    problems = find_problems(call, connection, [line.wanted for line in flat])
    groups = OrderGroups()
    lines: list[CartLine] = []
    made: dict[int, CartLine] = {}
    add_ons: dict[int, list[CartLine]] = {}
    for place, (line, problem) in enumerate(zip(flat, problems, strict=True)):
        told = None if problem is None else (problem, _words(call, problem))
        if line.base_at is None:
            made[place] = CartLine(line.wanted, line.body, told, groups.name_of(line.wanted))
        else:
            group = made[line.base_at].group
            add_ons.setdefault(line.base_at, []).append(CartLine(line.wanted, line.body, told, group))
    for place, cart_line in made.items():
        lines.append(cart_line.with_add_ons(add_ons.get(place, ())))
    return lines


def _words(call: Call, problem: LineProblem) -> str:
    return str(call.refused(problem.refusal)).rstrip(".")


def _text(call: Call, cart_id: str, lines: list[CartLine], times: CartTimes) -> str:
    currency = currency_of(customer_country(call)).code
    document = cart_document(cart_id, call.found_customer.id, lines, times, currency, ordered=False)
    return json_text(document)


def _checked_out(call: Call, connection: Connection, cart: Json, earlier: Json | None) -> Json:
    """The result of a checkout; raises 800009 when no line can be bought because of what the cart says of it."""
    orders: list[Json] = [] if earlier is None else earlier["orders"]
    failed = {error["orderGroupId"] for error in earlier["orderErrors"]} if earlier else None
    groups = _groups(cart["lineItems"], failed)
    errors: list[Json] = []
    for name, bodies in groups.items():
        problem = _bought(call, connection, bodies, orders)
        if problem is not None:
            fault = call.refused(problem.refusal)
            code = json.loads(fault.response.body).get("code", 0)
            errors.append({"orderGroupId": name, "code": code, "description": str(fault)})
    if not orders and errors and any(map(_has_error, cart["lineItems"])):
        raise Refused(400, 800009)
    for _ in errors:
        record_failure(call, connection)
    return {"orders": orders, "orderErrors": errors, "attributes": {"objectType": "CartCheckoutResult"}}


def _has_error(line: Json) -> bool:
    return "error" in line or any(map(_has_error, line.get("addonItems", ())))


def _groups(lines: list[Json], failed: set[str] | None) -> dict[str, list[Json]]:
    """The lines by the order they belong in; only those that failed before, if there was a checkout before."""
    groups: dict[str, list[Json]] = {}
    for line in lines:
        if failed is None or line["orderGroup"] in failed:
            groups.setdefault(line["orderGroup"], []).append(line)
    return groups


def _bought(call: Call, connection: Connection, bodies: list[Json], orders: list[Json]) -> LineProblem | None:
    """Buy the lines of one group, or return what stands against the first that cannot be bought."""
    flat = list(_flat(bodies))
    problems = find_problems(call, connection, [line.wanted for line in flat])
    problem = next((problem for problem in problems if problem is not None), None)
    if problem is None:
        lines = [line_to_buy(line.wanted, line.body, line.base_at) for line in flat]
        orders.append(place_order(call, connection, lines))
    return problem


HANDLERS: Final[Mapping[str, Handler]] = {
    "carts.create": create_cart,
    "carts.get": get_cart,
    "carts.update": update_cart,
    "carts.checkout": checkout,
}
