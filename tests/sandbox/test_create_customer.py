"""`POST /v1/customers`: what a new customer must look like, and what the answer looks like; behaviour.md 3.1, 3.3."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import ADDRESS, Sandbox, new_customer_body
from tests.sandbox.conftest import OF_PRODUCTION, Fault, LocalSandbox, fault_of

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MISSING = object()
MALFORMED = Fault(400, 3000)
BAD_BODY = Fault(400, 800002)
BAD_ADDRESS = Fault(400, 2007)


def changed(**values: Any) -> dict[str, Any]:
    """A body that creates a customer, with members at dotted places (`__` for a dot) replaced or taken out."""
    body = new_customer_body()
    for place, value in values.items():
        *parents, last = place.split("__")
        target = body
        for parent in parents:
            target = target[parent]
        if value is MISSING:
            target.pop(last, None)
        else:
            target[last] = value
    return body


PROFILE = "billingProfile"
COMPANY = "companyProfile"
HOME = "billingProfile__defaultAddress"
REQUIRED = (
    COMPANY,
    PROFILE,
    f"{COMPANY}__domain",
    f"{PROFILE}__email",
    f"{PROFILE}__culture",
    f"{PROFILE}__language",
    f"{PROFILE}__companyName",
    HOME,
    f"{HOME}__country",
    f"{HOME}__addressLine1",
    f"{HOME}__firstName",
    f"{HOME}__lastName",
)


@pytest.mark.parametrize("value", [MISSING, None, "", "  ", [], 5, False])
@pytest.mark.parametrize("place", REQUIRED)
def test_a_required_member_is_required(sandbox: Sandbox, place: str, value: Any) -> None:
    """Each required member that is missing, null, blank or of another type is refused and named (3.1)."""
    answer = sandbox.call("POST", "/v1/customers", changed(**{place: value}))
    assert MALFORMED == fault_of(answer)
    assert place.replace("__", ".") in answer.json()["description"]


REFUSED_BY_COUNTRY = ("city", "state", "postalCode")


@pytest.mark.parametrize("name", REFUSED_BY_COUNTRY)
def test_a_member_that_the_country_requires_is_an_address_fault(sandbox: Sandbox, name: str) -> None:
    """What only the country's rules require is refused with the address code 2007 (3.1)."""
    body = changed(**{f"{HOME}__{name}": MISSING})
    assert BAD_ADDRESS == fault_of(sandbox.call("POST", "/v1/customers", body))


LENGTHS = (
    # member, longest value that is taken
    (f"{HOME}__addressLine1", 200),
    (f"{HOME}__addressLine2", 200),
    (f"{HOME}__firstName", 50),
    (f"{HOME}__lastName", 50),
    (f"{HOME}__middleName", 50),
    (f"{PROFILE}__companyName", 256),
)


@pytest.mark.parametrize(("place", "most"), LENGTHS)
def test_lengths_are_taken_up_to_the_bound_and_refused_above(sandbox: Sandbox, place: str, most: int) -> None:
    """A text of exactly the greatest length is taken, one character more is refused (3.1)."""
    statuses = [
        sandbox.call("POST", "/v1/customers", changed(**{place: "n" * length})).status_code
        for length in (1, most, most + 1)
    ]
    assert [201, 201, 400] == statuses


VALUES = (
    # member, value, what is told (None: taken)
    (f"{HOME}__addressLine2", "", None),
    (f"{HOME}__middleName", None, None),
    (f"{HOME}__country", "us", None),
    (f"{HOME}__country", "USA", MALFORMED),
    (f"{HOME}__country", "U", MALFORMED),
    (f"{HOME}__country", "QQ", MALFORMED),
    (f"{HOME}__country", "ſs", MALFORMED),
    (f"{HOME}__state", "or", None),
    (f"{HOME}__state", "Oregon", BAD_ADDRESS),
    (f"{HOME}__state", 5, MALFORMED),
    (f"{HOME}__postalCode", "97701-1234", None),
    (f"{HOME}__postalCode", "9770", BAD_ADDRESS),
    (f"{HOME}__postalCode", "९७७०१", BAD_ADDRESS),
    (f"{HOME}__phoneNumber", MISSING, None),
    (f"{HOME}__phoneNumber", "(541) 555-0132", None),
    (f"{HOME}__phoneNumber", "+1 541 555 0132", None),
    (f"{HOME}__phoneNumber", "+44 20 7946 0000", BAD_ADDRESS),
    (f"{HOME}__phoneNumber", "call me", BAD_ADDRESS),
    (f"{PROFILE}__email", "nobody", MALFORMED),
    (f"{PROFILE}__email", "a@b@c.example", MALFORMED),
    (f"{PROFILE}__culture", "english", MALFORMED),
    (f"{PROFILE}__culture", "en_US", MALFORMED),
    (f"{PROFILE}__culture", "es-US", None),
    (f"{PROFILE}__language", "english", MALFORMED),
    (f"{PROFILE}__language", "e", MALFORMED),
    (f"{PROFILE}__companyName", "株式会社　山田", None),
    (f"{PROFILE}__companyName", "Société Générale d’Essais – Æthelred & Fils", None),
    (f"{PROFILE}__companyName", "🍞 Bakery", None),
    (f"{PROFILE}__companyName", "two\nlines", MALFORMED),
    (f"{PROFILE}__companyName", "nul\x00", MALFORMED),
    (f"{PROFILE}__companyName", "half \ud83c", MALFORMED),
    (f"{PROFILE}__companyName", "line\u2028separator", MALFORMED),
    (f"{PROFILE}__companyName", "paragraph\u2029separator", MALFORMED),
    (f"{PROFILE}__companyName", "next\u0085line", MALFORMED),
    (f"{PROFILE}__companyName", "no\u00a0break", None),
    (f"{PROFILE}__companyName", "zero\u200bwidth", None),
    (f"{COMPANY}__organizationRegistrationNumber", "12-3456789", None),
    (f"{COMPANY}__organizationRegistrationNumber", 5, MALFORMED),
    ("enableGDAPByDefault", True, None),
    ("enableGDAPByDefault", None, None),
    ("enableGDAPByDefault", "yes", MALFORMED),
    ("associatedPartnerId", "0BADA5A0-0000-4CA1-8CA1-0000000000B1", None),
    ("associatedPartnerId", "my reseller", MALFORMED),
    ("relationshipToPartner", "Reseller", None),
    ("relationshipToPartner", "microsoftSupport", None),
    ("relationshipToPartner", "a word of tomorrow", None),
)


@pytest.mark.parametrize(("place", "value", "fault"), VALUES)
def test_values_are_judged_by_their_rule(
    sandbox: Sandbox, place: str, value: Any, fault: Fault | None
) -> None:
    """Each value is taken or refused as section 3.1 says."""
    answer = sandbox.call("POST", "/v1/customers", changed(**{place: value}))
    assert (fault or Fault(201)) == fault_of(answer)


DOMAINS = (
    ("{}.onmicrosoft.com", 201),
    ("{}.ONMICROSOFT.COM", 201),
    ("{}.onmicrosoft.us", 201),
    ("{}.partner.onmschina.cn", 201),
    ("{}.ccsctp.net", 201),
    ("{}.example.com", 400),
    ("{}", 400),
    ("onmicrosoft.com", 400),
    (".onmicrosoft.com", 400),
    ("{}.sub.onmicrosoft.com", 400),
    ("-{}.onmicrosoft.com", 400),
    ("{}-.onmicrosoft.com", 400),
    ("{}_x.onmicrosoft.com", 400),
    ("{} .onmicrosoft.com", 400),
    ("{}.onmicrosoft.com.", 400),
    ("{}é.onmicrosoft.com", 400),
)


@pytest.mark.parametrize(("form", "status"), DOMAINS)
def test_a_domain_is_one_label_below_a_suffix(sandbox: Sandbox, form: str, status: int) -> None:
    """A domain must be one name below one of the suffixes of section 3.1."""
    body = changed(companyProfile__domain=form.format(f"d{uuid4().hex[:12]}"))
    assert status == sandbox.call("POST", "/v1/customers", body).status_code


def test_a_domain_that_is_taken_is_refused_in_any_case(sandbox: Sandbox) -> None:
    """A taken domain is refused with 409/1003, however it is spelled, and whoever took it (3.1)."""
    body = new_customer_body()
    assert 201 == sandbox.call("POST", "/v1/customers", body).status_code
    body["companyProfile"]["domain"] = body["companyProfile"]["domain"].upper()
    assert Fault(409, 1003) == fault_of(sandbox.call("POST", "/v1/customers", body))
    partners_own = changed(companyProfile__domain="devpartner.onmicrosoft.com")
    assert Fault(409, 1003) == fault_of(sandbox.call("POST", "/v1/customers", partners_own))


def in_country(country: str) -> dict[str, Any]:
    """The body of a customer in a country whose rules are met by the address here."""
    address = {**ADDRESS, "country": country, **ABROAD[country]}
    if country != "US":
        address.pop("state", None)
    return changed(**{HOME: address})


ABROAD: Mapping[str, Mapping[str, str]] = {
    "US": {},
    "PT": {"city": "Lisboa", "postalCode": "1000-001", "phoneNumber": "212345678"},
    "HU": {"city": "Budapest", "postalCode": "1011", "phoneNumber": "12345678"},
    "ZA": {"city": "Pretoria", "postalCode": "0002", "phoneNumber": "101234567"},
    "PL": {"city": "Warszawa", "postalCode": "00-950", "phoneNumber": "123456789"},
}
COUNTRIES = (
    # country, registration number, phone, what is told (3.1, "Registration number and phone")
    ("US", MISSING, True, Fault(201)),
    ("PT", MISSING, False, Fault(201)),
    ("PT", "500960046", True, Fault(201)),
    ("HU", MISSING, True, Fault(400, 600049)),
    ("HU", "", True, Fault(400, 600049)),
    ("HU", "?", True, Fault(400, 600050)),
    ("HU", "12345678-1-23", False, Fault(400, 600051)),
    ("HU", "12345678-1-23", True, Fault(201)),
    ("ZA", MISSING, True, Fault(400, 600049)),
    ("ZA", "1999/123456/07", False, Fault(201)),
    ("PL", MISSING, False, Fault(400, 600049)),
    ("PL", "1234567890", True, Fault(201)),
)


@pytest.mark.parametrize(("country", "number", "phone", "fault"), COUNTRIES)
def test_registration_number_and_phone_are_required_by_country(
    sandbox: Sandbox, country: str, number: Any, phone: bool, fault: Fault
) -> None:
    """The sets of countries of section 3.1 require a registration number, and some a phone."""
    body = in_country(country)
    if number is not MISSING:
        body["companyProfile"]["organizationRegistrationNumber"] = number
    if not phone:
        del body["billingProfile"]["defaultAddress"]["phoneNumber"]
    answer = sandbox.call("POST", "/v1/customers", body)
    assert fault == fault_of(answer), answer.text


def test_the_text_of_a_missing_registration_number_is_the_observed_one(sandbox: Sandbox) -> None:
    """The fault says `Organization registration id information is missing.` (3.1)."""
    answer = sandbox.call("POST", "/v1/customers", in_country("PL"))
    assert "Organization registration id information is missing." == answer.json()["description"]


CULTURES = (
    # sent culture and language, what the answer says
    ("EN-US", "En", "en-US", "en"),
    ("en-us", "EN", "en-US", "en"),
    ("Es-Us", "es-us", "es-US", "es-US"),
    ("de-DE", "de", "de-DE", "de"),
)


@pytest.mark.parametrize(("culture", "language", "culture_out", "language_out"), CULTURES)
def test_culture_and_language_are_normalised(
    sandbox: Sandbox, culture: str, language: str, culture_out: str, language_out: str
) -> None:
    """The answer writes `EN-US` as `en-US` and `En` as `en` (3.1)."""
    profile = sandbox.create_customer(culture=culture, language=language)["billingProfile"]
    assert (culture_out, language_out) == (profile["culture"], profile["language"])


def test_the_answer_to_a_create_has_exactly_the_documented_members(sandbox: Sandbox) -> None:
    """201: relationship `none`, a password, no links, no company name in the company profile (3.1)."""
    body = {**new_customer_body(), "enableGDAPByDefault": False}
    answer = sandbox.call("POST", "/v1/customers", body)
    made = answer.json()
    customer_id, commerce_id, profile_id = made["id"], made["commerceId"], made["billingProfile"]["id"]
    etag, password = made["billingProfile"]["attributes"]["etag"], made["userCredentials"]["password"]
    assert 201 == answer.status_code
    assert made == {
        "id": customer_id,
        "commerceId": commerce_id,
        "companyProfile": {
            "tenantId": customer_id,
            "domain": body["companyProfile"]["domain"],
            "attributes": {"objectType": "CustomerCompanyProfile"},
        },
        "billingProfile": {
            "id": profile_id,
            **body["billingProfile"],
            "attributes": {"etag": etag, "objectType": "CustomerBillingProfile"},
        },
        "enableGDAPByDefault": False,
        "relationshipToPartner": "none",
        "userCredentials": {"userName": "admin", "password": password},
        "attributes": {"objectType": "Customer"},
    }
    assert all(GUID.fullmatch(text) for text in (customer_id, commerce_id, profile_id))
    assert 3 == len({customer_id, commerce_id, profile_id})
    assert -(2**63) <= int(etag) < 2**63
    assert len(password) >= 8


def test_a_read_adds_relationship_names_address_domains_and_links(sandbox: Sandbox) -> None:
    """A later GET says `reseller` and has the members of lifecycle.md 3, and no others (3.3)."""
    made = sandbox.create_customer()
    uri, domain = f"/customers/{made['id']}", made["companyProfile"]["domain"]
    profile = made["billingProfile"]
    address = {**profile["defaultAddress"], "region": profile["defaultAddress"]["state"]}
    for name in ("state", "firstName", "lastName"):
        del address[name]
    expected = {
        "id": made["id"],
        "commerceId": made["commerceId"],
        "companyProfile": {
            "tenantId": made["id"],
            "domain": domain,
            "companyName": profile["companyName"],
            "address": address,
            "email": profile["email"],
            "links": link(f"{uri}/profiles/company"),
            "attributes": {"objectType": "CustomerCompanyProfile"},
        },
        "billingProfile": {
            **profile,
            "firstName": profile["defaultAddress"]["firstName"],
            "lastName": profile["defaultAddress"]["lastName"],
            "links": link(f"{uri}/profiles/billing"),
        },
        "relationshipToPartner": "reseller",
        "allowDelegatedAccess": True,
        "customDomains": [domain],
        "links": link(uri),
        "attributes": {"objectType": "Customer"},
    }
    assert expected == sandbox.call("GET", f"/v1{uri}").json()


def link(uri: str) -> dict[str, Any]:
    """Links with a self link only."""
    return {"self": {"uri": uri, "method": "GET", "headers": []}}


# Spellings of one and the same body (client-quirks.md 1, rows 1, 2 and 10).
def pascal(value: Any) -> Any:
    """Every key with an upper first letter."""
    return respelled(value, lambda key: key[:1].upper() + key[1:])


def respelled(value: Any, spell: Any) -> Any:
    """Every key spelled anew."""
    if isinstance(value, dict):
        return {spell(key): respelled(member, spell) for key, member in value.items()}
    return [respelled(item, spell) for item in value] if isinstance(value, list) else value


def with_unknown_members(body: dict[str, Any]) -> dict[str, Any]:
    """Members that nobody knows, read-only ones, links and attributes of any shape."""
    body = copy.deepcopy(body)
    body |= {"id": "mine", "commerceId": 5, "customDomains": {}, "allowDelegatedAccess": False, "zebra": [1]}
    body |= {"links": "none", "attributes": ["etag"], "userCredentials": {"userName": "root"}}
    body["billingProfile"] |= {"id": 7, "links": {"self": 1}, "attributes": {"etag": 5}, "x": None}
    body["companyProfile"] |= {
        "tenantId": "x",
        "companyName": "Other",
        "attributes": "CustomerCompanyProfile",
    }
    body["billingProfile"]["defaultAddress"] |= {"attributes": 1, "planet": "Earth"}
    return body


def with_nulls(body: dict[str, Any]) -> dict[str, Any]:
    """Explicit nulls for what is not required."""
    body = {
        **copy.deepcopy(body),
        "id": None,
        "links": None,
        "associatedPartnerId": None,
        "customDomains": None,
    }
    body["companyProfile"]["organizationRegistrationNumber"] = None
    body["billingProfile"] |= {"firstName": None, "attributes": None}
    body["billingProfile"]["defaultAddress"]["addressLine2"] = None
    return body


SPELLINGS = {
    "as documented": lambda body: json.dumps(body).encode(),
    "PascalCase": lambda body: json.dumps(pascal(body)).encode(),
    "upper case": lambda body: json.dumps(respelled(body, str.upper)).encode(),
    "lower case": lambda body: json.dumps(respelled(body, str.lower)).encode(),
    "byte order mark": lambda body: b"\xef\xbb\xbf" + json.dumps(body).encode(),
    "pretty-printed with CRLF": lambda body: json.dumps(body, indent=4).replace("\n", "\r\n").encode(),
    "not ASCII": lambda body: json.dumps(body, ensure_ascii=False).encode(),
    "unknown members": lambda body: json.dumps(with_unknown_members(body)).encode(),
    "nulls": lambda body: json.dumps(with_nulls(body)).encode(),
    "duplicates": lambda body: b'{"companyProfile": {"domain": 5},' + json.dumps(body).encode()[1:],
    "duplicates in two cases": lambda body: b'{"BILLINGPROFILE": null,' + json.dumps(body).encode()[1:],
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_one_body_in_many_spellings_makes_the_same_customer(sandbox: Sandbox, spelling: str) -> None:
    """Keys in any case, twice, with a byte order mark, unknown members, links, attributes and nulls are taken."""
    body = new_customer_body(companyName="Zoë's Bäckerei")
    answer = sandbox.call("POST", "/v1/customers", content=SPELLINGS[spelling](body))
    made = answer.json()
    assert 201 == answer.status_code, answer.text
    profile = {k: v for k, v in made["billingProfile"].items() if k not in {"id", "attributes"}}
    assert body == {"companyProfile": {"domain": made["companyProfile"]["domain"]}, "billingProfile": profile}


def broken_bodies() -> Iterator[tuple[str, bytes]]:
    """Bodies that are no JSON object, by what is wrong with them."""
    good = json.dumps(new_customer_body()).encode()
    yield "empty", b""
    yield "blank", b" \r\n"
    yield "trailing comma", good[:-1] + b",}"
    yield "cut off", good[:-1]
    yield "two objects", good + good
    yield "list", b"[]"
    yield "string", b'"success"'
    yield "form", b"a=b&c=d"
    yield "null", b"null"
    yield "number", b"5"
    yield "NaN", b'{"billingProfile": NaN}'
    yield "comment", b"{} // done"
    yield "not UTF-8", b'{"billingProfile": "\xff\xfe"}'
    yield "UTF-16", json.dumps({}).encode("utf-16")
    yield "deep lists", b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    yield "deep objects", b'{"a":' * 200 + b"1" + b"}" * 200
    yield "huge number", b'{"a":' + b"9" * 10_000 + b"}"
    yield "only a byte order mark", b"\xef\xbb\xbf"


@pytest.mark.parametrize(
    ("name", "content"), list(broken_bodies()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_body_that_is_no_json_object_gets_one_clear_sentence(
    sandbox: Sandbox, name: str, content: bytes
) -> None:
    """Whatever is not strictly a JSON object is refused with a sentence that says so (14)."""
    answer = sandbox.call("POST", "/v1/customers", content=content)
    description = answer.json()["description"]
    assert BAD_BODY == fault_of(answer)
    assert re.fullmatch(r"The (body|request) [^.]*(line \d+, column \d+)?\.", description), description


def test_a_body_of_megabytes_is_read(sandbox: Sandbox) -> None:
    """A body with three megabytes of a member nobody knows makes a customer."""
    body = {**new_customer_body(), "ballast": "x" * 3_000_000}
    assert 201 == sandbox.call("POST", "/v1/customers", body).status_code


def test_a_body_above_the_limit_is_refused(sandbox: Sandbox) -> None:
    """A body above four megabytes is refused with 413, and the next call works."""
    body = {**new_customer_body(), "ballast": "x" * 5_000_000}
    assert 413 == sandbox.call("POST", "/v1/customers", body).status_code
    assert 200 == sandbox.call("GET", "/v1/customers").status_code


def test_customer_76_is_refused(sandbox: Sandbox) -> None:
    """A sandbox holds 75 customers; the next create answers 400/800018 (8, 3.1)."""
    answers = [fault_of(sandbox.call("POST", "/v1/customers", new_customer_body())) for _ in range(76)]
    assert [Fault(201)] * 75 + [Fault(400, 800018)] == answers


def test_a_production_account_has_no_quota(world: Sandbox) -> None:
    """The quota of customers counts in sandboxes only (8)."""
    world.set(customer_quota=0)
    token = world.mint(**OF_PRODUCTION)
    assert 201 == world.call("POST", "/v1/customers", new_customer_body(), token=token).status_code


def test_the_password_is_shown_once_and_recorded_nowhere(sandbox: Sandbox) -> None:
    """No read and no audit record shows the password; the record has it empty (3.1)."""
    made = sandbox.create_customer()
    password = made["userCredentials"]["password"]
    read = sandbox.call("GET", f"/v1/customers/{made['id']}").text
    records = sandbox.call("GET", "/v1/auditrecords").json()["items"]
    new_value = json.loads(records[0]["resourceNewValue"])
    assert {"UserName": "admin", "Password": ""} == new_value["UserCredentials"]
    assert "userCredentials" not in read
    assert password not in read + json.dumps(records)


def test_a_repeated_request_id_makes_no_second_customer(sandbox: Sandbox) -> None:
    """The same `MS-RequestId` and body give the very same answer, and there is one customer (3.1)."""
    body, sent = new_customer_body(), {"MS-RequestId": str(uuid4())}
    first, second = (sandbox.call("POST", "/v1/customers", body, headers=sent) for _ in range(2))
    assert (201, first.content) == (second.status_code, second.content)
    assert [first.json()["id"]] == [
        item["id"] for item in sandbox.call("GET", "/v1/customers").json()["items"]
    ]


def test_another_body_under_the_same_request_id_is_another_call(sandbox: Sandbox) -> None:
    """Clients that send one request id for everything make two customers with two bodies (client-quirks.md 1)."""
    sent = {"MS-RequestId": str(uuid4())}
    made = [
        sandbox.call("POST", "/v1/customers", new_customer_body(), headers=sent).json()["id"]
        for _ in range(2)
    ]
    assert made == [item["id"] for item in sandbox.call("GET", "/v1/customers").json()["items"]]


def test_a_refused_create_leaves_nothing(sandbox: Sandbox) -> None:
    """After a refused create there is no customer and its domain is free."""
    body = changed(billingProfile__email="nobody")
    sandbox.call("POST", "/v1/customers", body)
    assert [] == sandbox.call("GET", "/v1/customers").json()["items"]
    assert 404 == sandbox.call("HEAD", f"/v1/domains/{body['companyProfile']['domain']}").status_code


def test_a_bad_address_can_make_a_customer_that_is_never_deleted(sandbox: Sandbox) -> None:
    """With `invalid_address=undeletable` the create succeeds and every delete is refused with 2007 (1.2)."""
    sandbox.set(invalid_address="undeletable")
    answer = sandbox.call("POST", "/v1/customers", changed(**{f"{HOME}__postalCode": "00"}))
    assert 201 == answer.status_code
    refused = sandbox.call("DELETE", f"/v1/customers/{answer.json()['id']}")
    assert BAD_ADDRESS == fault_of(refused)
    assert "The postal code '00' is not valid in US" in refused.json()["description"]


@pytest.mark.parametrize(("setting", "fault"), [("ignore", Fault(201)), ("refuse", MALFORMED)])
@pytest.mark.parametrize("key", ["userCredentials", "USERCREDENTIALS"])
def test_a_password_of_the_caller_is_ignored_or_refused(
    sandbox: Sandbox, key: str, setting: str, fault: Fault
) -> None:
    """A password in the request is ignored, or refused by setting, and never used (3.1)."""
    sandbox.set(password_in_request=setting)
    answer = sandbox.call(
        "POST", "/v1/customers", {**new_customer_body(), key: {"Password": "my-own-secret"}}
    )
    assert fault == fault_of(answer)
    assert "my-own-secret" not in answer.text


@pytest.mark.parametrize(("setting", "fault"), [("optional", Fault(201)), ("refused", Fault(400, 600002))])
def test_a_registration_number_elsewhere_is_optional_or_refused(
    sandbox: Sandbox, setting: str, fault: Fault
) -> None:
    """Where no registration number is needed one is taken, or refused as the older service did (3.1)."""
    sandbox.set(registration_number_elsewhere=setting)
    body = changed(companyProfile__organizationRegistrationNumber="12-3456789")
    assert fault == fault_of(sandbox.call("POST", "/v1/customers", body))


def test_a_registration_number_is_kept(sandbox: Sandbox) -> None:
    """The registration number comes back in the answer and in every read."""
    made = sandbox.call(
        "POST", "/v1/customers", changed(companyProfile__organizationRegistrationNumber="12-3")
    ).json()
    read = sandbox.call("GET", f"/v1/customers/{made['id']}").json()
    shown = [document["companyProfile"]["organizationRegistrationNumber"] for document in (made, read)]
    assert ["12-3", "12-3"] == shown


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
PLACES = (
    *REQUIRED,
    *(f"{HOME}__{name}" for name in (*REFUSED_BY_COUNTRY, "phoneNumber", "addressLine2", "zebra")),
)


@settings(max_examples=300)
@given(changes=st.dictionaries(st.sampled_from(PLACES), ANYTHING, min_size=1, max_size=2))
def test_whatever_stands_in_a_member_there_is_an_answer(
    shared_local_sandbox: LocalSandbox, changes: dict[str, Any]
) -> None:
    """Any JSON at any place of the body makes a customer or is refused with a sentence, and never fails inside."""
    body = new_customer_body()
    for place, value in changes.items():
        *parents, last = place.split("__")
        target: Any = body
        for parent in parents:
            target = target.get(parent) if isinstance(target, dict) else None
        if isinstance(target, dict):
            target[last] = value
    answer = shared_local_sandbox.call("POST", "/v1/customers", body)
    assert answer.status in {201, 400, 409}
    assert answer.status == 201 or json.loads(answer.body)["description"].endswith(".")


@pytest.fixture(scope="module")
def shared_local_sandbox() -> Iterator[LocalSandbox]:
    """One sandbox in this process, without a quota that matters."""
    local = LocalSandbox()
    local.state.change_settings({"customer_quota": 10_000})
    yield local
    local.state.close()
