"""Licences: what the subscriptions give, who has them, and how they are freed; behaviour.md 3.6, resources.md."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sandbox.conftest import NOBODYS
from tests.sandbox.people import CUSTOMER, USERS, LocalPeople, People, one_customer

from partnercenter.sandbox.rules import catalogue
from partnercenter.sandbox.rules.license_skus import LICENSE_SKUS
from partnercenter.sandbox.rules.licenses import HeldSubscription, units_by_sku

BASIC = "3b555118-da6a-4418-894f-7df1e2096870"
LEGACY = "f245ecc8-75af-4f8e-b61f-27d8114de5f3"
PREMIUM = "cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46"
EXCHANGE = "9aaf7827-d63c-4b61-89c3-182f06f82e5c"
TEAMS = "57ff2da0-773e-42df-b2af-ffb7a2317929"
SKUS = f"/v1/customers/{CUSTOMER}/subscribedskus"
SUBSCRIPTIONS = f"/v1/customers/{CUSTOMER}/subscriptions"
INCOMPLETE = (400, 3000)
NO_SEAT = (400, 60012)


def bought(quantity: int = 2, status: str = "active", product: str = "new_commerce") -> dict[str, Any]:
    """A purchase of a world."""
    return {"product": product, "quantity": quantity, "subscriptionStatus": status}


@pytest.fixture
def licensed(people: People) -> People:
    """The customer with two seats of Microsoft 365 Business Basic and one of an older offer."""
    people.sandbox.seed(one_customer(bought(2), bought(1, product="legacy")))
    return people


def units(people: People, query: str = "") -> dict[str, tuple[int, ...]]:
    """Available, active, consumed, suspended, total and warning units of each SKU."""
    names = ("available", "active", "consumed", "suspended", "total", "warning")
    status, found = people.ask("GET", SKUS + query)
    assert status == 200, found
    return {
        item["productSku"]["id"]: tuple(item[f"{name}Units"] for name in names) for item in found["items"]
    }


def assign(*skus: str, excluded: tuple[str, ...] | None = None) -> dict[str, Any]:
    """The body that gives licences."""
    more = {} if excluded is None else {"excludedPlans": list(excluded)}
    return {"licensesToAssign": [{"skuId": sku, **more} for sku in skus]}


def remove(*skus: str) -> dict[str, Any]:
    """The body that takes licences away."""
    return {"licensesToRemove": list(skus)}


def licences(people: People, user_id: str, query: str = "") -> list[str]:
    """The SKUs that a user has."""
    status, found = people.ask("GET", f"{USERS}/{user_id}/licenses{query}")
    assert status == 200, found
    return sorted(item["productSku"]["id"] for item in found["items"])


# What a customer has


def test_a_subscribed_sku_has_exactly_the_documented_members(people: People) -> None:
    """Units, product and services, as a collection without links."""
    people.sandbox.seed(one_customer(bought(3)))
    (found,) = people.ask("GET", SKUS)[1]["items"]
    plans = found.pop("servicePlans")
    assert {
        "availableUnits": 3,
        "activeUnits": 3,
        "consumedUnits": 0,
        "suspendedUnits": 0,
        "totalUnits": 3,
        "warningUnits": 0,
        "productSku": {
            "id": BASIC,
            "name": "Microsoft 365 Business Basic",
            "skuPartNumber": "O365_BUSINESS_ESSENTIALS",
            "targetType": "User",
            "licenseGroupId": "group1",
        },
        "capabilityStatus": "Enabled",
        "attributes": {"objectType": "SubscribedSku"},
    } == found
    assert {
        "displayName": "Exchange Online (Plan 1)",
        "serviceName": "EXCHANGE_S_STANDARD",
        "id": EXCHANGE,
        "capabilityStatus": "Enabled",
        "targetType": "User",
    } == plans[0]


PURCHASES = (
    # subscriptions, units of the SKU (available, active, consumed, suspended, total, warning) and its status
    ((), None),
    ((bought(5),), ((5, 5, 0, 0, 5, 0), "Enabled")),
    ((bought(5), bought(2)), ((7, 7, 0, 0, 7, 0), "Enabled")),
    ((bought(5, "suspended"),), ((0, 0, 0, 5, 0, 0), "Suspended")),
    ((bought(5), bought(2, "suspended")), ((5, 5, 0, 2, 5, 0), "Enabled")),
    ((bought(5, "expired"),), ((5, 0, 0, 0, 5, 5), "Warning")),
    ((bought(1), bought(2, "expired")), ((3, 1, 0, 0, 3, 2), "Enabled")),
    ((bought(5, "disabled"),), ((0, 0, 0, 5, 0, 0), "Suspended")),
    ((bought(5, "deleted"),), None),
    ((bought(5, "pending"),), None),
    ((bought(5, product="marketplace"),), None),
    ((bought(5, product="azure_plan"),), None),
    ((bought(5, product="azure_reservation"),), None),
)


@pytest.mark.parametrize(("purchases", "expected"), PURCHASES)
def test_units_follow_the_state_of_the_subscriptions(
    people: People, purchases: tuple[dict[str, Any], ...], expected: Any
) -> None:
    """Active ones give units, expired ones with a warning, suspended ones suspended ones, cancelled ones none."""
    people.sandbox.seed(one_customer(*purchases))
    found = people.ask("GET", SKUS)[1]["items"]
    assert (0 if expected is None else 1) == len(found)
    if expected is not None:
        assert ({BASIC: expected[0]}, expected[1]) == (units(people), found[0]["capabilityStatus"])


GROUPS = (
    ("", True),
    ("?licenseGroupIds=", True),
    ("?licenseGroupIds=Group1", True),
    ("?LICENSEGROUPIDS=group1", True),
    ("?licenseGroupIds=Group2", False),
    ("?licenseGroupIds=none", False),
    ("?licenseGroupIds=Group2&licenseGroupIds=Group1", True),
    ("?licenseGroupIds=group3", (400, 900126)),
    ("?licenseGroupIds=group1&licenseGroupIds=x", (400, 900126)),
)


@pytest.mark.parametrize(("query", "expected"), GROUPS)
def test_licences_are_chosen_by_group(licensed: People, query: str, expected: Any) -> None:
    """Everything that is sold belongs to group1, which is what is listed without a group."""
    user_id = licensed.create()
    licensed.ask("POST", f"{USERS}/{user_id}/licenseupdates", assign(BASIC))
    if isinstance(expected, tuple):
        assert expected == licensed.code("GET", SKUS + query)
        assert expected == licensed.code("GET", f"{USERS}/{user_id}/licenses{query}")
    else:
        assert ({BASIC, LEGACY} if expected else set()) == set(units(licensed, query))
        assert ([BASIC] if expected else []) == licences(licensed, user_id, query)


# Giving and taking


def test_a_licence_update_is_answered_with_what_was_done(licensed: People) -> None:
    """201 with the licences given and taken, without warnings; the user then has them."""
    path = f"{USERS}/{licensed.create()}"
    body = assign(f"{{{BASIC.upper()}}}", excluded=(TEAMS.upper(),))
    status, answer = licensed.ask("POST", f"{path}/licenseupdates", body)
    assert (201, {"skuId": BASIC, "excludedPlans": [TEAMS]}) == (status, answer["licensesToAssign"][0])
    assert {"licensesToAssign", "licenseWarnings", "attributes"} == set(answer)
    assert ([], {"objectType": "LicenseUpdate"}) == (answer["licenseWarnings"], answer["attributes"])
    (has,) = licensed.ask("GET", f"{path}/licenses")[1]["items"]
    assert {"servicePlans", "productSku", "attributes"} == set(has)
    plans = {plan["id"]: plan["capabilityStatus"] for plan in has["servicePlans"]}
    assert ("Disabled", "Enabled", "License") == (
        plans[TEAMS],
        plans[EXCHANGE],
        has["attributes"]["objectType"],
    )
    status, answer = licensed.ask("POST", f"{path}/licenseupdates", remove(BASIC, BASIC.upper()))
    assert (201, [BASIC]) == (status, answer["licensesToRemove"])
    assert "licensesToAssign" not in answer
    assert 0 == licensed.ask("GET", f"{path}/licenses")[1]["totalCount"]


UPDATES = (
    # body, answer, SKUs that the user has afterwards; it begins with the one of the older offer
    (assign(BASIC), (201, None), [BASIC, LEGACY]),
    (assign(LEGACY), (201, None), [LEGACY]),
    (assign(BASIC, excluded=()), (201, None), [BASIC, LEGACY]),
    (assign(BASIC, excluded=(EXCHANGE, TEAMS)), (201, None), [BASIC, LEGACY]),
    ({**assign(BASIC), **remove(LEGACY)}, (201, None), [BASIC]),
    ({**assign(BASIC), "licensesToRemove": []}, (201, None), [BASIC, LEGACY]),
    ({**assign(BASIC), "licensesToRemove": None}, (201, None), [BASIC, LEGACY]),
    ({**assign(BASIC), "licenseWarnings": [{"code": "x"}]}, (201, None), [BASIC, LEGACY]),
    ({"LICENSESTOASSIGN": [{"SkuId": BASIC, "ExcludedPlans": None}]}, (201, None), [BASIC, LEGACY]),
    (remove(LEGACY), (201, None), []),
    ({}, INCOMPLETE, [LEGACY]),
    ({"licensesToAssign": [], "licensesToRemove": []}, INCOMPLETE, [LEGACY]),
    ({"licensesToAssign": {"skuId": BASIC}}, INCOMPLETE, [LEGACY]),
    ({"licensesToAssign": [BASIC]}, INCOMPLETE, [LEGACY]),
    ({"licensesToAssign": [{}]}, INCOMPLETE, [LEGACY]),
    ({"licensesToAssign": [{"skuId": 7}]}, INCOMPLETE, [LEGACY]),
    ({"licensesToAssign": [{"skuId": BASIC, "excludedPlans": TEAMS}]}, INCOMPLETE, [LEGACY]),
    ({"licensesToAssign": [{"skuId": BASIC, "excludedPlans": [1]}]}, INCOMPLETE, [LEGACY]),
    ({"licensesToRemove": [{"skuId": LEGACY}]}, INCOMPLETE, [LEGACY]),
    ({"licensesToRemove": LEGACY}, INCOMPLETE, [LEGACY]),
    (assign(PREMIUM), INCOMPLETE, [LEGACY]),
    (assign(NOBODYS), INCOMPLETE, [LEGACY]),
    (assign("Microsoft 365"), INCOMPLETE, [LEGACY]),
    (assign(BASIC, NOBODYS), INCOMPLETE, [LEGACY]),
    (assign(BASIC, excluded=(NOBODYS,)), INCOMPLETE, [LEGACY]),
    ({**assign(BASIC), **remove(BASIC)}, INCOMPLETE, [LEGACY]),
    (remove(BASIC), INCOMPLETE, [LEGACY]),
    ({**assign(BASIC), **remove(NOBODYS)}, INCOMPLETE, [LEGACY]),
    (remove("\ud800"), INCOMPLETE, [LEGACY]),
    ([], (400, 800002), [LEGACY]),
    (None, (400, 800002), [LEGACY]),
)


@pytest.mark.parametrize(("body", "expected", "after"), UPDATES)
def test_a_licence_update_happens_whole_or_not_at_all(
    licensed: People, body: Any, expected: tuple[int, int | None], after: list[str]
) -> None:
    """What is malformed, unknown or contradicts itself is refused with one sentence, and nothing is given then."""
    user_id = licensed.create()
    licensed.ask("POST", f"{USERS}/{user_id}/licenseupdates", assign(LEGACY))
    status, answer = licensed.ask("POST", f"{USERS}/{user_id}/licenseupdates", body)
    assert expected == (status, answer.get("code"))
    assert status < 400 or answer["description"].endswith(".")
    assert after == licences(licensed, user_id)


def test_the_last_assignment_of_one_sku_counts(licensed: People) -> None:
    """Assigning a licence that the user has takes no second seat, and gives it other excluded services."""
    path = f"{USERS}/{licensed.create()}"
    for excluded in ((TEAMS,), (EXCHANGE,), ()):
        body = assign(BASIC, excluded=excluded)
        assert (201, None) == licensed.code("POST", f"{path}/licenseupdates", body)
        (has,) = licensed.ask("GET", f"{path}/licenses")[1]["items"]
        disabled = [plan["id"] for plan in has["servicePlans"] if plan["capabilityStatus"] == "Disabled"]
        assert list(excluded) == disabled
        assert (1, 2, 1, 0, 2, 0) == units(licensed)[BASIC]


def test_seats_are_used_up_and_freed(licensed: People) -> None:
    """The third licence of two is refused, one that is taken away or whose user is deleted is free again."""
    ids = [licensed.create(name) for name in ("ada", "bob", "carl")]
    paths = [f"{USERS}/{user_id}/licenseupdates" for user_id in ids]
    assert [(201, None), (201, None)] == [licensed.code("POST", path, assign(BASIC)) for path in paths[:2]]
    assert (0, 2, 2, 0, 2, 0) == units(licensed)[BASIC]
    assert NO_SEAT == licensed.code("POST", paths[2], assign(BASIC))
    assert NO_SEAT == licensed.code("POST", paths[2], assign(LEGACY, BASIC))
    assert [] == licences(licensed, ids[2])
    licensed.ask("POST", paths[0], remove(BASIC))
    assert (201, None) == licensed.code("POST", paths[2], assign(BASIC))
    licensed.ask("DELETE", f"{USERS}/{ids[1]}")
    assert (1, 2, 1, 0, 2, 0) == units(licensed)[BASIC]
    licensed.ask("PATCH", f"{USERS}/{ids[1]}", {"state": "active"})
    assert [] == licences(licensed, ids[1])


def test_no_free_seat_is_told_with_its_exception(licensed: People) -> None:
    """The fault 60012 carries a text in `data` (11.2)."""
    licensed.sandbox.seed(one_customer(bought(1, "suspended")))
    path = f"{USERS}/{licensed.create()}/licenseupdates"
    answer = licensed.ask("POST", path, assign(BASIC))[1]
    expected = (
        f"LicenseQuotaExceededException: Subscription with SKU {BASIC} does not have any available licenses."
    )
    assert (60012, "There are not enough free licenses.", [expected], "PartnerFD") == (
        answer["code"],
        answer["description"],
        answer["data"],
        answer["source"],
    )


def test_a_licence_needs_a_usage_location(licensed: People) -> None:
    """The administrator has none at first; once it is set, it can have licences."""
    path = f"{USERS}/{licensed.ask('GET', USERS)[1]['items'][0]['id']}"
    assert INCOMPLETE == licensed.code("POST", f"{path}/licenseupdates", assign(BASIC))
    licensed.ask("PATCH", path, {"usageLocation": "US"})
    assert (201, None) == licensed.code("POST", f"{path}/licenseupdates", assign(BASIC))


# Subscriptions that change


def test_licences_follow_their_subscription(local_people: LocalPeople) -> None:
    """Bought, reduced, suspended, enabled and cancelled: each call after it shows what is left."""
    local_people.sandbox.seed(one_customer(bought(3)))
    user_id = local_people.create()
    assert 201 == local_people.ask("POST", f"{USERS}/{user_id}/licenseupdates", assign(BASIC))[0]
    subscription = local_people.ask("GET", SUBSCRIPTIONS)[1]["items"][0]
    path = f"{SUBSCRIPTIONS}/{subscription['id']}"

    def change(**members: Any) -> tuple[int, ...]:
        current = local_people.ask("GET", path)[1]
        status, answer = local_people.ask("PATCH", path, {**current, **members})
        assert status == 200, answer
        return units(local_people).get(BASIC, ())

    assert (1, 2, 1, 0, 2, 0) == change(quantity=2)
    assert (-1, 0, 1, 2, 0, 0) == change(status="suspended")
    assert (1, 2, 1, 0, 2, 0) == change(status="active")
    assert () == change(status="deleted")
    assert [] == licences(local_people, user_id)
    assert INCOMPLETE == local_people.code("POST", f"{USERS}/{user_id}/licenseupdates", assign(BASIC))


def test_time_takes_licences_away(local_people: LocalPeople) -> None:
    """When the term ends without renewal the units get a warning, later they are suspended, then gone (5.2)."""
    local_people.sandbox.seed(one_customer({**bought(2), "term": "P1Y", "autoRenew": False}))
    seen = []
    for days in (0, 366, 31, 91):
        local_people.later(days=days)
        seen.append(units(local_people).get(BASIC, ()))
    assert [(2, 2, 0, 0, 2, 0), (2, 0, 0, 0, 2, 2), (0, 0, 0, 2, 0, 0), ()] == seen


def test_licences_are_purged_with_their_customer(local_people: LocalPeople) -> None:
    """After the delete no row of a licence is left; licences never blocked it (1.2, 1.4)."""
    local_people.sandbox.seed(one_customer(bought(2, product="legacy")))
    path = f"{USERS}/{local_people.create()}/licenseupdates"
    assert 201 == local_people.ask("POST", path, assign(LEGACY))[0]
    assert (204, None) == local_people.ask("DELETE", f"/v1/customers/{CUSTOMER}")
    left = local_people.read(lambda c: c.exec_driver_sql("SELECT count(*) FROM user_licenses").scalar())
    assert 0 == left


def test_a_licence_update_has_its_record(licensed: People) -> None:
    """It is recorded as `update_customer_user_licenses` of a `license`, with what was done (13.1)."""
    user_id = licensed.create()
    licensed.ask("POST", f"{USERS}/{user_id}/licenseupdates", assign(BASIC))
    newest = licensed.records()[0]
    assert ("update_customer_user_licenses", "license", "succeeded", user_id) == (
        newest["operationType"],
        newest["resourceType"],
        newest["operationStatus"],
        newest["id"].split("_")[2],
    )
    assert BASIC == json.loads(newest["resourceNewValue"])["LicensesToAssign"][0]["SkuId"]


# The data


def test_every_licence_of_the_catalogue_is_described() -> None:
    """Each SKU that something in the catalogue gives has a name and services, and no other has."""
    sold = {item.license_sku for item in catalogue.items()} - {""}
    assert sold == set(LICENSE_SKUS)
    assert all(sku.plans and sku.name and sku.part_number for sku in LICENSE_SKUS.values())
    ids: Mapping[str, set[str]] = {}
    for sku in LICENSE_SKUS.values():
        for plan in sku.plans:
            ids = {**ids, plan.id: {*ids.get(plan.id, ()), plan.service_name}}
    assert all(len(names) == 1 for names in ids.values())


SOLD = ("CFQ7TTC0LH18:0001:CFQ7TTC0K971", "031C9E47-4802-4248-838E-778FB1D2CC05", "nothing")
STATES = ("active", "suspended", "deleted", "expired", "pending", "disabled", "none")


@given(
    held=st.lists(
        st.builds(HeldSubscription, st.sampled_from(SOLD), st.sampled_from(STATES), st.integers(0, 30))
    ),
    expired_warn=st.booleans(),
)
def test_units_are_the_sum_of_the_seats(held: list[HeldSubscription], expired_warn: bool) -> None:
    """For any subscriptions active, warning and suspended units add up to the seats that are not over."""
    counted = {"active", "suspended", "disabled", *(["expired"] if expired_warn else [])}
    expected = sum(one.quantity for one in held if one.status in counted and one.offer_id != "nothing")
    found = units_by_sku(held, expired_warn=expired_warn).values()
    assert expected == sum(each.active + each.warning + each.suspended for each in found)
    assert sum(each.total for each in found) == expected - sum(each.suspended for each in found)
