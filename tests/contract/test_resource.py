"""Resources keep what they do not know, read without failing, and write what was set."""

from __future__ import annotations

import copy
import json
import operator
import pickle
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnercenter.client.calls import build_request
from partnercenter.contract.collection import Link, ResourceAttributes
from partnercenter.contract.customers import (
    Address,
    Customer,
    CustomerCompanyProfile,
)
from partnercenter.contract.enums import BillingCycleType, CustomerPartnerRelationship, OrderStatus
from partnercenter.contract.operations import OPERATIONS
from partnercenter.contract.orders import Order, OrderLineItem
from partnercenter.contract.resource import (
    OpenEnum,
    Resource,
    ResourceList,
    camel_case,
    find_key,
    shapes_of,
    to_wire,
)


def resources_below(kind: type[Resource]) -> set[type[Resource]]:
    """A resource and those its members hold."""
    found, ahead = set(), [kind]
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead += [shape.kind for shape in shapes_of(one).values() if issubclass(shape.kind, Resource)]
    return found


RESOURCES = sorted(
    {
        resource
        for operation in OPERATIONS.values()
        for kind in (operation.request, operation.response)
        if kind is not None
        for resource in resources_below(kind)
    },
    key=lambda kind: kind.__name__,
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def wire_names(resource: type[Resource]) -> list[str]:
    return [shape.wire for shape in shapes_of(resource).values()]


@st.composite
def documents(draw: st.DrawFn) -> tuple[type[Resource], dict[str, Any]]:
    """A resource, and an object whose members are partly its own, in any case, of any shape."""
    resource = draw(st.sampled_from(RESOURCES))
    known = st.sampled_from(wire_names(resource)).flatmap(
        lambda name: st.sampled_from([name, name.upper(), name.lower(), name[:1].upper() + name[1:]])
    )
    return resource, draw(st.dictionaries(known | st.text(), VALUES, max_size=8))


@given(document=documents())
def test_reading_never_fails_and_changes_nothing(document: tuple[type[Resource], dict[str, Any]]) -> None:
    """Whatever object arrives, every member can be read and shown, and the object is what it was."""
    kind, given_json = document
    before = copy.deepcopy(given_json)
    resource = kind.from_json(given_json)
    for name in shapes_of(kind):
        getattr(resource, name)
    assert repr(resource).startswith(kind.__name__)
    assert json.dumps(before) == json.dumps(resource.to_json())


@given(document=documents(), data=st.data(), text=st.text())
def test_changing_one_member_leaves_the_others(
    document: tuple[type[Resource], dict[str, Any]], data: st.DataObject, text: str
) -> None:
    """A member set through its attribute is the only one that changes, under the key that was there."""
    kind, given_json = document
    name = data.draw(st.sampled_from(list(shapes_of(kind))))
    wire = shapes_of(kind)[name].wire
    key = find_key(given_json, wire) or wire
    expected = copy.deepcopy(given_json)
    expected[key] = text
    resource = kind.from_json(given_json)
    setattr(resource, name, text)
    assert json.dumps(expected) == json.dumps(resource.to_json())


@given(document=documents())
def test_a_get_goes_back_in_a_put_byte_for_byte(document: tuple[type[Resource], dict[str, Any]]) -> None:
    """The JSON of an answer, wrapped and sent, is the same JSON: nulls, order, case, unknown members and all."""
    kind, given_json = document
    answer = json.dumps(given_json)
    resource = kind.from_json(json.loads(answer))
    sent = build_request("https://x", "PUT", "/v1/x", json=resource.to_json()).content
    assert answer.encode() == sent


@given(words=st.text())
def test_unknown_enum_words_stay(words: str) -> None:
    """A word that an enum does not list is read as plain text and goes back as it came."""
    order = Order.from_json({"status": words})
    read = order.status
    assert words == read or (isinstance(read, OrderStatus) and OrderStatus.from_word(words) is read)
    assert {"status": words} == order.to_json()


@pytest.mark.parametrize(
    "word", ["one_time", "OneTime", "oneTime", "ONE_TIME", "onetime", "one-time", " one_time "]
)
def test_enum_words_are_read_in_every_spelling(word: str) -> None:
    """Case and underscores of an enum word do not matter, and what was written is kept."""
    order = Order.from_json({"billingCycle": word})
    assert BillingCycleType.ONE_TIME is order.billing_cycle
    assert word == order.to_json()["billingCycle"]


@pytest.mark.parametrize("odd", [None, 5, True, 1.5, [], {}, ["x"], {"x": 1}, ""])
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (Customer, "company_profile"),
        (Customer, "relationship_to_partner"),
        (Customer, "custom_domains"),
        (Order, "line_items"),
        (Order, "creation_date"),
        (Order, "links"),
    ],
)
def test_members_of_unexpected_shape_are_handed_out(kind: type[Resource], name: str, odd: Any) -> None:
    """A member of another type than declared is read as it came."""
    wire = shapes_of(kind)[name].wire
    got = getattr(kind.from_json({wire: odd}), name)
    assert odd == (got.to_json() if isinstance(got, (Resource, ResourceList)) else got)


@pytest.mark.parametrize("text", ["soon", "2026-13-01", "", "0001-01-01T00:00:00+14:00x", "٢٠٢٦-01-01"])
def test_what_is_no_date_is_handed_out_as_text(text: str) -> None:
    """A date that cannot be read is handed out as the text that came."""
    assert text == Order.from_json({"creationDate": text}).creation_date


def test_dates_are_read_and_written() -> None:
    """A date is read as a time in UTC, and a time that is set is written with seven digits and Z."""
    order = Order.from_json({"creationDate": "2026-01-21T17:56:21.1335741Z"})
    assert datetime(2026, 1, 21, 17, 56, 21, 133574, UTC) == order.creation_date
    order.creation_date = datetime(2026, 1, 2, 3, tzinfo=timezone(timedelta(hours=-8)))
    assert {"creationDate": "2026-01-02T11:00:00.0000000Z"} == order.to_json()


def test_names_match_without_case() -> None:
    """Members are found in PascalCase, camelCase and any other case; the exact name comes first."""
    assert "a" == Customer.from_json({"ID": "a"}).id
    assert "b" == Customer.from_json({"ID": "a", "id": "b"}).id
    assert "c" == Customer.from_json({"CompanyProfile": {"TENANTID": "c"}}).company_profile.tenant_id  # type: ignore[union-attr]


def test_the_same_object_is_kept() -> None:
    """Resources read out of another are views: a change shows in the outer object."""
    outer = {"companyProfile": {"domain": "a"}, "future": [1]}
    customer = Customer.from_json(outer)
    assert customer.company_profile is not None
    customer.company_profile.domain = "b"
    assert {"companyProfile": {"domain": "b"}, "future": [1]} == outer
    assert outer is customer.to_json()


def test_a_member_can_be_emptied_and_removed() -> None:
    """Setting None sends null, deleting the attribute sends nothing, deleting it again does no harm."""
    customer = Customer.from_json({"ID": "a", "commerceId": "b"})
    customer.id = None
    del customer.commerce_id
    del customer.commerce_id
    assert {"ID": None} == customer.to_json()
    assert customer.id is None


def test_a_new_resource_holds_what_was_given() -> None:
    """The constructor takes attributes, nests resources, spells words and leaves None out."""
    customer = Customer(
        company_profile=CustomerCompanyProfile(domain="a.onmicrosoft.com", company_name=None),
        relationship_to_partner=CustomerPartnerRelationship.RESELLER,
        custom_domains=["x"],
        enable_gdap_by_default=False,
    )
    expected = {
        "companyProfile": {"domain": "a.onmicrosoft.com"},
        "relationshipToPartner": "reseller",
        "customDomains": ["x"],
        "enableGDAPByDefault": False,
    }
    assert expected == customer.to_json()


def test_members_that_do_not_exist_are_refused() -> None:
    """A misspelt member is an error in the constructor and when it is set, not a value that is never sent."""
    with pytest.raises(TypeError, match="Customer has no member 'compny'"):
        Customer(compny="x")  # type: ignore[call-arg]
    customer = Customer()
    with pytest.raises(AttributeError, match="Customer has no member 'companyProfile'"):
        customer.companyProfile = None  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        _ = customer.compny  # type: ignore[attr-defined]
    assert {} == customer.to_json()


@pytest.mark.parametrize(
    "credentials",
    [
        {"userName": "admin", "password": "P@ssw0rd"},
        {"UserName": "admin", "PASSWORD": "P@ssw0rd"},
        [{"password": "P@ssw0rd"}],
        "P@ssw0rd",
    ],
)
def test_no_password_is_shown(credentials: Any) -> None:
    """repr() of a new customer and of its credentials shows no password, whatever their shape."""
    customer = Customer.from_json({"id": "a", "userCredentials": credentials})
    assert "P@ssw0rd" not in repr(customer)
    assert "P@ssw0rd" not in repr([customer]) + str(customer) + f"{customer!r}"
    if isinstance(credentials, dict):
        assert "user_name='admin'" in repr(customer)
        assert "P@ssw0rd" == customer.user_credentials.password  # type: ignore[union-attr]


def test_resources_compare_by_content() -> None:
    """Two resources are equal when type and content are."""
    assert Address(city="a") == Address.from_json({"city": "a"})
    assert Address(city="a") != Address(city="b")
    assert Address() != CustomerCompanyProfile()
    assert Address() != {}


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda r: pickle.loads(pickle.dumps(r))])  # noqa: S301
def test_resources_can_be_copied_and_pickled(duplicate: Any) -> None:
    """A deep copy has the same content and is another object."""
    customer = Customer.from_json({"companyProfile": {"domain": "a"}, "future": None})
    twin = duplicate(customer)
    assert customer == twin
    twin.company_profile.domain = "b"
    assert customer != twin


def test_resource_objects_in_free_members_are_written() -> None:
    """Resources, enums and times inside free objects and lists become JSON."""
    item = OrderLineItem(
        provisioning_context={"at": datetime(2026, 1, 1, tzinfo=UTC), "of": [Address(city="x")]}
    )
    expected = {"at": "2026-01-01T00:00:00.0000000Z", "of": [{"city": "x"}]}
    assert expected == item.to_json()["provisioningContext"]
    assert ["none"] == to_wire((CustomerPartnerRelationship.NONE,))


def lines(*numbers: int) -> list[dict[str, Any]]:
    return [{"lineItemNumber": number, "Future": None} for number in numbers]


def test_a_list_of_resources_behaves_as_a_list() -> None:
    """Index, slice, length, membership, addition and iteration are those of a list."""
    order = Order.from_json({"lineItems": lines(0, 1, 2)})
    items = order.line_items
    assert items is not None
    assert 3 == len(items)
    assert [0, 1, 2] == [item.line_item_number for item in items]
    assert 2 == items[-1].line_item_number
    assert [1, 2] == [item.line_item_number for item in items[1:]]
    assert OrderLineItem.from_json(lines(1)[0]) in items
    assert items == list(items)
    assert items == items.copy()
    assert 4 == len(operator.add(items, [OrderLineItem()]))
    assert 4 == len(operator.add([OrderLineItem()], items))
    assert [2, 1, 0] == [item.line_item_number for item in reversed(items)]
    assert items
    with pytest.raises(IndexError):
        items[3]


def test_changing_a_list_changes_the_object() -> None:
    """Appending, replacing, removing, sorting and slicing change the JSON list, and only there."""
    outer: dict[str, Any] = {"lineItems": lines(0, 1, 2)}
    items = Order.from_json(outer).line_items
    assert items is not None
    items.append(OrderLineItem(line_item_number=3))
    items[0] = OrderLineItem(line_item_number=9)
    del items[1]
    items.extend([OrderLineItem(line_item_number=4)])
    items.sort(key=lambda item: item.line_item_number or 0)
    assert [2, 3, 4, 9] == [line["lineItemNumber"] for line in outer["lineItems"]]
    assert 9 == items.pop().line_item_number
    items[:2] = []
    assert [{"lineItemNumber": 4}] == outer["lineItems"]
    items.clear()
    assert [] == outer["lineItems"]
    assert not items


def test_a_list_of_one_resource_can_be_given_to_another() -> None:
    """A list that was read can be set as a member elsewhere."""
    items = Order.from_json({"lineItems": lines(7)}).line_items
    assert {"lineItems": lines(7)} == Order(line_items=items).to_json()


def test_odd_items_of_a_list_are_handed_out() -> None:
    """Items that are no objects are read as they came, and repr() does not fail."""
    items = Order.from_json({"lineItems": [None, "x", {"lineItemNumber": 1}]}).line_items
    assert items is not None
    assert [None, "x"] == list(items)[:2]
    assert "[..., ..., OrderLineItem(line_item_number=1)]" == repr(items)


@pytest.mark.parametrize(
    ("expected", "name"),
    [
        ("id", "id"),
        ("companyProfile", "company_profile"),
        ("addressLine1", "address_line1"),
        ("iso2Code", "iso2_code"),
    ],
)
def test_wire_names_are_camel_case(expected: str, name: str) -> None:
    """Attribute names become the service's names."""
    assert expected == camel_case(name)


def test_every_resource_of_an_operation_is_declared_soundly() -> None:
    """No resource has two members with one name on the wire, and every kind of member is known."""
    for kind in {*RESOURCES, Link, ResourceAttributes}:
        names = [name.lower() for name in wire_names(kind)]
        assert len(names) == len(set(names)), kind
        for shape in shapes_of(kind).values():
            simple = {str, int, bool, float, datetime, dict}
            assert shape.kind in simple or issubclass(shape.kind, (Resource, OpenEnum)), (kind, shape)
