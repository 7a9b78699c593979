"""A customer's billing and company profile; behaviour.md 3.4."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from tests.conftest import ADDRESS, Sandbox
from tests.sandbox.conftest import Fault, fault_of

STALE = Fault(400, 2055)
ETAG_MISSING = Fault(412, 2055)


def billing_path(customer: dict[str, Any]) -> str:
    """Where a customer's billing profile is."""
    return f"/v1/customers/{customer['id']}/profiles/billing"


def read(sandbox: Sandbox, customer: dict[str, Any]) -> dict[str, Any]:
    """The billing profile as it is now."""
    return dict(sandbox.call("GET", billing_path(customer)).json())


def changed(profile: dict[str, Any], **members: Any) -> dict[str, Any]:
    """A profile with other members."""
    return {**copy.deepcopy(profile), **members}


def test_both_profiles_are_those_of_the_customer(sandbox: Sandbox) -> None:
    """Each profile is read by itself exactly as the customer shows it (3.4)."""
    made = sandbox.create_customer()
    whole = sandbox.call("GET", f"/v1/customers/{made['id']}").json()
    company = sandbox.call("GET", f"/v1/customers/{made['id']}/profiles/company").json()
    assert (whole["billingProfile"], whole["companyProfile"]) == (read(sandbox, made), company)
    assert made["billingProfile"]["attributes"] == whole["billingProfile"]["attributes"]


def test_a_profile_sent_back_whole_is_replaced_and_gets_a_new_etag(sandbox: Sandbox) -> None:
    """A changed profile with its etag is stored, normalised, and shown by every read (3.4)."""
    made = sandbox.create_customer()
    old = read(sandbox, made)
    address = {**ADDRESS, "city": "Seattle", "state": "WA", "postalCode": "98101"}
    sent = changed(old, companyName="New Name", culture="ES-us", defaultAddress=address)
    answer = sandbox.call(
        "PUT", billing_path(made), sent, headers={"If-Match": f'"{old["attributes"]["etag"]}"'}
    )
    new = answer.json()
    assert 200 == answer.status_code, answer.text
    assert old["attributes"]["etag"] != new["attributes"]["etag"]
    assert {**sent, "culture": "es-US", "attributes": new["attributes"]} == new
    whole = sandbox.call("GET", f"/v1/customers/{made['id']}").json()
    company = whole["companyProfile"]
    assert new == read(sandbox, made) == whole["billingProfile"]
    assert ("New Name", "Seattle", "WA") == (
        company["companyName"],
        company["address"]["city"],
        company["address"]["region"],
    )
    listed = sandbox.call("GET", "/v1/customers").json()["items"][0]
    assert "New Name" == listed["companyProfile"]["companyName"]


# What stands for the etag, in the header and in the body; {etag} is the one in force.
ETAGS = (
    # If-Match, attributes.etag, what is told
    ('"{etag}"', None, Fault(200)),
    ("{etag}", None, Fault(200)),
    ('W/"{etag}"', None, Fault(200)),
    ("*", None, Fault(200)),
    (None, "{etag}", Fault(200)),
    (None, '"{etag}"', Fault(200)),
    ('"{etag}"', "1", Fault(200)),
    ('"1"', "{etag}", STALE),
    ('"1"', None, STALE),
    ("{etag}0", None, STALE),
    (None, "1", STALE),
    (None, None, ETAG_MISSING),
    ("", None, ETAG_MISSING),
    (None, "", ETAG_MISSING),
    (None, 5, ETAG_MISSING),
    (None, {}, ETAG_MISSING),
)


@pytest.mark.parametrize(("header", "member", "fault"), ETAGS)
def test_a_change_needs_the_etag_in_force(
    sandbox: Sandbox, header: str | None, member: Any, fault: Fault
) -> None:
    """The etag comes in `If-Match`, quoted or not, or in the body; a stale one is 2055, a missing one 412 (3.4)."""
    made = sandbox.create_customer()
    old = read(sandbox, made)
    etag = old["attributes"]["etag"]
    member = member.format(etag=etag) if isinstance(member, str) else member
    sent = changed(old, email="new@example.com", attributes={} if member is None else {"ETag": member})
    headers = {} if header is None else {"if-match": header.format(etag=etag)}
    assert fault == fault_of(sandbox.call("PUT", billing_path(made), sent, headers=headers))
    assert ("new@example.com" if fault == Fault(200) else old["email"]) == read(sandbox, made)["email"]


def test_of_two_writers_the_second_is_refused(sandbox: Sandbox) -> None:
    """Two changes from the same reading: the first is stored, the second is stale."""
    made = sandbox.create_customer()
    old = read(sandbox, made)
    answers = [
        fault_of(sandbox.call("PUT", billing_path(made), changed(old, companyName=name)))
        for name in ("A", "B")
    ]
    assert [Fault(200), STALE] == answers
    assert "A" == read(sandbox, made)["companyName"]


BAD_MEMBERS = (
    ("email", None, Fault(400, 3000)),
    ("email", "nobody", Fault(400, 3000)),
    ("culture", "english", Fault(400, 3000)),
    ("companyName", "n" * 257, Fault(400, 3000)),
    ("companyName", " ", Fault(400, 3000)),
    ("defaultAddress", None, Fault(400, 3000)),
    ("defaultAddress", {**ADDRESS, "postalCode": "0"}, Fault(400, 2007)),
    ("defaultAddress", {**ADDRESS, "country": "QQ"}, Fault(400, 3000)),
    ("defaultAddress", {**ADDRESS, "firstName": ""}, Fault(400, 3000)),
)


@pytest.mark.parametrize(("name", "value", "fault"), BAD_MEMBERS)
def test_a_changed_profile_is_judged_like_a_new_one(
    sandbox: Sandbox, name: str, value: Any, fault: Fault
) -> None:
    """The rules of a create hold for a change, and a refused change changes nothing (3.1, 3.4)."""
    made = sandbox.create_customer()
    old = read(sandbox, made)
    answer = sandbox.call("PUT", billing_path(made), changed(old, **{name: value}))
    assert fault == fault_of(answer), answer.text
    assert f"billingProfile.{name}" not in answer.json()["description"]
    assert old == read(sandbox, made)


def test_a_registration_number_and_ids_survive_a_change(sandbox: Sandbox) -> None:
    """A change of the billing profile leaves domain, ids and registration number as they were."""
    made = sandbox.create_customer()
    before = sandbox.call("GET", f"/v1/customers/{made['id']}").json()
    sent = changed(read(sandbox, made), id="another", links=None, companyName="New Name")
    assert 200 == sandbox.call("PUT", billing_path(made), sent).status_code
    after = sandbox.call("GET", f"/v1/customers/{made['id']}").json()
    after["companyProfile"]["companyName"] = before["companyProfile"]["companyName"]
    after["billingProfile"] = before["billingProfile"]
    assert before == after


def test_a_change_is_recorded(sandbox: Sandbox) -> None:
    """The audit record has the new profile with upper first letters (13.1)."""
    made = sandbox.create_customer()
    sandbox.call("PUT", billing_path(made), changed(read(sandbox, made), companyName="New Name"))
    newest = sandbox.call("GET", "/v1/auditrecords?size=1").json()["items"][0]
    assert ("update_customer_billing_profile", "succeeded") == (
        newest["operationType"],
        newest["operationStatus"],
    )
    assert "New Name" == json.loads(newest["resourceNewValue"])["CompanyName"]


def test_the_new_name_is_found_by_filter_and_the_old_is_not(sandbox: Sandbox) -> None:
    """Filters of the list follow a changed company name."""
    made = sandbox.create_customer(companyName="Old Name")
    sandbox.call("PUT", billing_path(made), changed(read(sandbox, made), companyName="New Name"))
    query = '/v1/customers?filter={"Field":"CompanyName","Value":"%s","Operator":"starts_with"}'
    found = [len(sandbox.call("GET", query % name).json()["items"]) for name in ("old", "new")]
    assert [0, 1] == found
