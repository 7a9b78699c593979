"""The control routes: what each answers, who may use them, and that a mistake changes nothing."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.types import ASGIApp
from tests.conftest import Sandbox, new_customer_body
from tests.sandbox.conftest import StartProcess, StartSandbox
from tests.sandbox.near_valid import JSON, near_valid
from tests.sandbox.signing_in import enter_device_code

from partnercenter._version import __version__
from partnercenter.contract import development_partner
from partnercenter.contract.clouds import PARTNER_CENTER_AUDIENCE
from partnercenter.sandbox.asgi import create_app
from partnercenter.sandbox.control.minting import mint
from partnercenter.sandbox.nature import Nature
from partnercenter.sandbox.service import Service
from partnercenter.sandbox.settings import SETTINGS
from partnercenter.sandbox.state import State
from partnercenter.sandbox.store.database import Database
from partnercenter.sandbox.wire.message import Request
from partnercenter.sandbox.worlds.document import read_world
from partnercenter.sandbox.worlds.fill import prepare, put_in
from partnercenter.sandbox.worlds.named import OTHER_TENANT_ID, PRODUCTION_TENANT_ID, WORLDS

SENTENCE = re.compile(r"[A-Z{][^\n]*[.?]")
OTHER = "0bada5a0-0000-4ca1-8ca1-0000000000aa"
OTHER_CLIENT = "0bada5a0-0000-4ca1-8ca1-0000000000ab"
CUSTOMER = "0bada5a0-0000-4ca1-8ca1-0000000000ac"

WORLD: Mapping[str, Any] = {
    "partners": [
        {
            "tenantId": development_partner.TENANT_ID,
            "companyName": "Development",
            "domain": development_partner.DOMAIN,
            "customers": [
                {
                    "id": CUSTOMER,
                    "companyName": "Northlake Test",
                    "domain": "northlake.onmicrosoft.com",
                    "ageDays": 40,
                    "address": {"city": "Bend", "state": "OR", "postalCode": "97701", "addressLine2": None},
                    "purchases": [
                        {"product": "legacy", "quantity": 5, "orderStatus": "completed", "ageDays": 3},
                        {"product": "azure_reservation", "subscriptionStatus": "active"},
                    ],
                },
                {"companyName": "Harbor Bicycles", "undeletable": "The postal code is wrong."},
            ],
        },
        {
            "tenantId": OTHER,
            "companyName": "Other Partner",
            "domain": "other.onmicrosoft.com",
            "country": "DE",
            "environment": "production",
            "kind": "indirect_provider",
            "isCspPartner": True,
            "applications": [
                {
                    "clientId": OTHER_CLIENT,
                    "clientSecret": "a secret",
                    "name": "An application",
                    "registered": True,
                    "secretExpired": False,
                }
            ],
        },
    ],
    "settings": {"customer_quota": 80, "mfa": "old", "replay": True},
}


def refusal(answer: httpx2.Response) -> str:
    """The sentence of a refused control call."""
    assert 400 == answer.status_code, answer.text
    assert ["error"] == list(answer.json())
    sentence = str(answer.json()["error"])
    assert SENTENCE.fullmatch(sentence), sentence
    assert len(sentence) < 700
    return sentence


def snapshot(sandbox: Sandbox) -> dict[str, Any]:
    """What a world decides, as the sandbox shows it."""
    return {
        "settings": sandbox.control("GET", "/settings").json(),
        "customers": sandbox.call("GET", "/v1/customers").json()["items"],
        "audit": sandbox.call("GET", "/v1/auditrecords").json()["items"],
    }


# Each route


def test_health_is_open_and_short(sandbox: Sandbox) -> None:
    """Health answers 200 without a token."""
    assert {"status": "ok"} == sandbox.control("GET", "/health").json()


def test_about_says_how_to_sign_in(sandbox: Sandbox) -> None:
    """About names address, credentials, version and worlds."""
    assert {
        "endpoint": sandbox.url,
        "authority": sandbox.url,
        "tenantId": development_partner.TENANT_ID,
        "domain": development_partner.DOMAIN,
        "clientId": development_partner.CLIENT_ID,
        "clientSecret": development_partner.CLIENT_SECRET,
        "publicClientId": development_partner.PUBLIC_CLIENT_ID,
        "userPrincipalName": development_partner.USER_PRINCIPAL_NAME,
        "userPassword": development_partner.USER_PASSWORD,
        "version": __version__,
        "worlds": list(WORLDS),
    } == sandbox.control("GET", "/about").json()


def test_addresses_follow_the_host_that_was_asked(sandbox: Sandbox) -> None:
    """About and the OpenAPI document name the host by which the caller knows the sandbox."""
    by_name = sandbox.url.replace("127.0.0.1", "localhost")
    headers = {"Host": by_name.removeprefix("http://")}
    assert by_name == sandbox.control("GET", "/about", headers=headers).json()["endpoint"]
    assert [{"url": by_name}] == sandbox.control("GET", "/openapi.json", headers=headers).json()["servers"]


def test_settings_are_shown_and_described(sandbox: Sandbox) -> None:
    """Every setting is shown with its value, and described with default, form, section and summary."""
    assert {name: setting.default for name, setting in SETTINGS.items()} == sandbox.control(
        "GET", "/settings"
    ).json()
    described = sandbox.control("GET", "/settings/described").json()["settings"]
    assert list(SETTINGS) == [item["name"] for item in described]
    for item in described:
        assert {"name", "value", "default", "takes", "section", "summary"} == set(item)
        assert item["summary"]


def test_a_setting_is_changed_and_goes_back(sandbox: Sandbox) -> None:
    """A PATCH changes what it names, null is the default again, and the answer shows all."""
    changed = sandbox.control("PATCH", "/settings", {"customer_quota": 3, "replay": "off"}).json()
    assert (3, False) == (changed["customer_quota"], changed["replay"])
    assert changed == sandbox.control("GET", "/settings").json()
    back = sandbox.control("PATCH", "/settings", {"customer_quota": None}).json()
    assert (75, False) == (back["customer_quota"], back["replay"])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"custmer_quota": 3}, "did you mean customer_quota?"),
        ({"zzz": 3}, "'partnercenter sandbox settings' lists them."),
        ({"customer_quota": "many"}, "takes a whole number from 0 to 10000000, not 'many'"),
        ({"customer_quota": -1}, "takes a whole number"),
        ({"customer_quota": [3]}, "takes a whole number"),
        ({"replay": "maybe"}, "takes true or false, not 'maybe'"),
        ({"mfa": "never"}, "takes one of new, old, off"),
        ({"fault_no_token": "200/1"}, "an HTTP status and a code such as 400/3000"),
        ({"mfa_missing_text": "a\nb"}, "takes a text"),
        ({"precedence": "id,id,customer"}, "in any order"),
        ({"replay": True, "zzz": 1}, "There is no setting named 'zzz'"),
    ],
)
def test_a_wrong_setting_is_named_and_nothing_changes(sandbox: Sandbox, body: Any, said: str) -> None:
    """One wrong setting in a PATCH is one sentence, and none of the others is changed."""
    sandbox.set(replay=False)
    assert said in refusal(sandbox.control("PATCH", "/settings", body))
    assert sandbox.control("GET", "/settings").json()["replay"] is False


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b"\xff", b'"x"', b"[" * 5000, b'{"a":' + b"9" * 5000 + b"}"]
)
@pytest.mark.parametrize("path", ["/settings", "/seed", "/tokens"])
def test_a_body_that_is_no_object_is_one_sentence(sandbox: Sandbox, path: str, content: bytes) -> None:
    """Nothing, a list, half a text and no text are refused in one sentence; a token order may be nothing."""
    method = "PATCH" if path == "/settings" else "POST"
    answer = sandbox.http.request(method, f"{sandbox.url}/_sandbox{path}", content=content)
    if path == "/tokens" and not content:
        assert 200 == answer.status_code
    else:
        assert refusal(answer)


def test_settings_changed_at_once_are_all_kept(sandbox: Sandbox) -> None:
    """PATCHes that arrive together do not undo one another."""
    changes = {"customer_quota": 7, "replay_hours": 9, "default_page_size": 11, "token_lifetime_seconds": 13}
    for _ in range(5):
        sandbox.control("POST", "/reset")
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda item: sandbox.set(**{item[0]: item[1]}), changes.items()))
        shown = sandbox.control("GET", "/settings").json()
        assert changes == {name: shown[name] for name in changes}


@pytest.mark.parametrize("name", WORLDS)
def test_every_named_world_is_served(sandbox: Sandbox, name: str) -> None:
    """Each world of the package fills the sandbox, tells what it holds, and can be listed."""
    counts = sandbox.seed(name)
    assert ["partners", "customers", "orders", "subscriptions"] == list(counts)
    listed = sandbox.call("GET", "/v1/customers").json()["items"]
    expected = {
        "empty": 0,
        "demo": 5,
        "one-of-each": 49,
        "stuck": 7,
        "full": 75,
        "full-of-each": 75,
        "partners": 1,
    }
    assert expected[name] == len(listed)
    for item in listed:
        assert 200 == sandbox.call("GET", f"/v1/customers/{item['id']}").status_code
        assert 200 == sandbox.call("GET", f"/v1/customers/{item['id']}/orders").status_code


def test_partners_of_a_world_never_see_each_other(sandbox: Sandbox) -> None:
    """Each partner of the world `partners` lists its own customer only."""
    sandbox.seed("partners")
    names = {}
    for tenant in (development_partner.TENANT_ID, PRODUCTION_TENANT_ID, OTHER_TENANT_ID):
        client = {
            PRODUCTION_TENANT_ID: PRODUCTION_TENANT_ID[:-1] + "4",
            OTHER_TENANT_ID: OTHER_TENANT_ID[:-1] + "6",
        }
        token = sandbox.mint(tenantId=tenant, clientId=client.get(tenant, development_partner.CLIENT_ID))
        items = sandbox.call("GET", "/v1/customers", token=token).json()["items"]
        names[tenant] = [item["companyProfile"]["companyName"] for item in items]
    assert ["Northlake Test"] == names[development_partner.TENANT_ID]
    assert ["A Real Customer"] == names[PRODUCTION_TENANT_ID]
    assert ["Somebody Else's Customer"] == names[OTHER_TENANT_ID]


def test_a_seed_replaces_everything(sandbox: Sandbox) -> None:
    """What was there before a seed is gone, settings included."""
    before = sandbox.create_customer()["id"]
    sandbox.set(customer_quota=3)
    assert {"partners": 2, "customers": 2, "orders": 2, "subscriptions": 1} == sandbox.seed(WORLD)
    assert 404 == sandbox.call("GET", f"/v1/customers/{before}").status_code
    assert 80 == sandbox.control("GET", "/settings").json()["customer_quota"]
    assert "northlake.onmicrosoft.com" in sandbox.call("GET", f"/v1/customers/{CUSTOMER}").text


def test_a_reset_keeps_tokens(sandbox: Sandbox) -> None:
    """A token from before a reset is good after it, and the reset leaves no customer and no setting."""
    token = sandbox.token
    sandbox.seed("demo")
    sandbox.set(customer_quota=3)
    assert {"partners": 1, "customers": 0, "orders": 0, "subscriptions": 0} == sandbox.control(
        "POST", "/reset"
    ).json()
    answer = sandbox.call("GET", "/v1/customers", token=token)
    assert (200, []) == (answer.status_code, answer.json()["items"])
    assert 75 == sandbox.control("GET", "/settings").json()["customer_quota"]


def test_a_reset_keeps_who_has_signed_in(sandbox: Sandbox) -> None:
    """A user who signed in before a reset goes on after it; one who is no longer there does not."""
    partner = development_partner
    address = f"{sandbox.url}/{partner.TENANT_ID}/oauth2/v2.0"
    asked = {
        "client_id": partner.PUBLIC_CLIENT_ID,
        "scope": f"{PARTNER_CENTER_AUDIENCE}/.default openid offline_access",
    }
    device = sandbox.http.post(f"{address}/devicecode", data=asked).json()
    enter_device_code(device["verification_uri"], device["user_code"])
    grant = {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "device_code": device["device_code"],
    }
    signed_in = sandbox.http.post(f"{address}/token", data=asked | grant).json()
    sandbox.control("POST", "/reset")
    assert 200 == sandbox.call("GET", "/v1/customers", token=signed_in["access_token"]).status_code
    refresh = asked | {"grant_type": "refresh_token", "refresh_token": signed_in["refresh_token"]}
    assert 200 == sandbox.http.post(f"{address}/token", data=refresh).status_code
    somebody = {"userPrincipalName": f"other@{partner.DOMAIN}", "password": "another-password-1"}
    sandbox.seed(
        {
            "partners": [
                {
                    "tenantId": partner.TENANT_ID,
                    "companyName": "P",
                    "domain": partner.DOMAIN,
                    "users": [somebody],
                }
            ]
        }
    )
    refused = sandbox.http.post(f"{address}/token", data=refresh)
    assert (400, "invalid_grant") == (refused.status_code, refused.json()["error"])
    assert 403 == sandbox.call("GET", "/v1/customers", token=signed_in["access_token"]).status_code


def test_settings_of_the_command_line_survive_a_reset(start_sandbox: StartSandbox, tmp_path: Any) -> None:
    """What --set gives is in force after a reset and a seed, and is never written into the database."""
    first = start_sandbox(
        "--set", "customer_quota=3", "--set", "replay_hours=5", database=tmp_path / "sandbox.db"
    )
    first.set(default_page_size=7)
    assert 3 == first.control("GET", "/settings").json()["customer_quota"]
    first.seed({"settings": {"customer_quota": 9, "default_page_size": 8}})
    assert (3, 8) == tuple(
        first.control("GET", "/settings").json()[n] for n in ("customer_quota", "default_page_size")
    )
    first.control("POST", "/reset")
    assert 3 == first.control("GET", "/settings").json()["customer_quota"]
    first.set(replay=False)


def test_overrides_end_with_the_process(
    start_process: StartProcess, http: httpx2.Client, tmp_path: Any
) -> None:
    """A server without --set has the values that were changed for good, and none that another one was given."""
    first = start_process("--set", "customer_quota=3", database=tmp_path / "sandbox.db")
    Sandbox(first.url, http).set(default_page_size=7)
    first.stop()
    shown = (
        Sandbox(start_process(database=tmp_path / "sandbox.db").url, http).control("GET", "/settings").json()
    )
    assert (75, 7) == (shown["customer_quota"], shown["default_page_size"])


def test_a_large_world_is_seeded_in_reasonable_time(sandbox: Sandbox) -> None:
    """10 000 customers of one name are seeded within seconds, and the sandbox answers health meanwhile."""
    customers = [{"companyName": "Same Name", "ageDays": n % 90} for n in range(10_000)]
    partner = {"tenantId": development_partner.TENANT_ID, "companyName": "x", "domain": "x.onmicrosoft.com"}
    started = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        seeding = pool.submit(sandbox.seed, {"partners": [{**partner, "customers": customers}]})
        answered = 0
        while not seeding.done():
            assert 200 == sandbox.control("GET", "/health").status_code
            answered += 1
        assert 10_000 == seeding.result()["customers"]
    assert answered > 3
    assert time.monotonic() - started < 60
    assert 500 == sandbox.call("GET", "/v1/customers").json()["totalCount"]


# Worlds with mistakes


@pytest.mark.parametrize(
    ("world", "said"),
    [
        ({"world": "dmo"}, f"There is no world named 'dmo'; the worlds are {', '.join(WORLDS)}."),
        ({"world": 5}, 'either {"world": "name"} or a world document'),
        ({"world": "demo", "settings": {}}, 'either {"world": "name"} or a world document'),
        ({"partner": []}, "the world has no member 'partner'; did you mean partners?"),
        ({"partners": {}}, "the world.partners must be a list."),
        ({"partners": [5]}, "partners[0] must be an object in braces."),
        ({"partners": [{}]}, "partners[0].tenantId must be a GUID."),
        ({"settings": {"x": 1}}, "There is no setting named 'x'"),
    ],
)
def test_a_mistake_in_a_world_is_one_sentence(sandbox: Sandbox, world: Any, said: str) -> None:
    """A wrong name, member or type is named with its place."""
    sandbox.seed("demo")
    before = snapshot(sandbox)
    assert said in refusal(sandbox.control("POST", "/seed", world))
    assert before == snapshot(sandbox)


def changed(path: str, value: Any) -> dict[str, Any]:
    """The world with one member changed; the path is such as `partners.0.domain`."""
    world = json.loads(json.dumps(WORLD))
    parent, names = world, path.split(".")
    for name in names[:-1]:
        parent = parent[int(name) if name.isdigit() else name]
    parent[names[-1]] = value
    return dict(world)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("partners.1.tenantId", development_partner.TENANT_ID, "twice"),
        ("partners.1.tenantId", "5", "partners[1].tenantId must be a GUID."),
        ("partners.1.domain", development_partner.DOMAIN, "twice"),
        ("partners.1.domain", "NORTHLAKE.onmicrosoft.com", "twice"),
        ("partners.1.domain", "not a domain", "must be the name of a domain"),
        ("partners.1.country", "ZZ", "must be the ISO 3166 code of a country"),
        ("partners.1.environment", "test", "must be one of sandbox, production."),
        ("partners.1.companyName", "two\nlines", "must be a text of one line"),
        ("partners.1.companyName", "\ud800", "must be a text of one line"),
        ("partners.1.applications.0.clientId", None, "partners[1].applications[0].clientId must be a GUID."),
        ("partners.1.applications.0.registered", "yes", "must be true or false."),
        ("partners.1.applications.0.secret", "x", "did you mean"),
        ("partners.0.customers.0.id", "5", "partners[0].customers[0].id must be a GUID."),
        ("partners.0.customers.1.id", CUSTOMER, "twice"),
        ("partners.0.customers.1.domain", "northlake.onmicrosoft.com", "twice"),
        ("partners.0.customers.1.domain", "northlake.example", "is not valid: companyProfile.domain"),
        ("partners.0.customers.0.ageDays", -1, "must be a whole number from 0 to 36500."),
        ("partners.0.customers.0.ageDays", 10**30, "must be a whole number from 0 to 36500."),
        ("partners.0.customers.0.address.country", 5, "customers[0].address.country must be a text"),
        ("partners.0.customers.0.address.country", "ZZ", "'Northlake Test' is not valid"),
        ("partners.0.customers.0.address.town", "Bend", "customers[0].address has no member 'town'"),
        ("partners.0.customers.0.address.postalCode", "1", "is not valid"),
        ("partners.0.customers.1.address", {"firstName": None}, "is not valid"),
        ("partners.0.customers.0.purchases.0.product", "car", "must be one of"),
        ("partners.0.customers.0.purchases.0.quantity", 1.5, "must be a whole number from 0 to 1000000."),
        (
            "partners.0.customers.0.purchases.0.orderStatus",
            "lost",
            "must be one of completed, pending, cancelled.",
        ),
        ("settings.customer_quota", "x", "takes a whole number"),
    ],
)
def test_a_wrong_member_is_named_with_its_place(sandbox: Sandbox, path: str, value: Any, said: str) -> None:
    """One wrong member of a world is one sentence that names it, and nothing is changed."""
    sandbox.seed(WORLD)
    before = snapshot(sandbox)
    content = json.dumps(changed(path, value)).encode()
    assert said in refusal(sandbox.control("POST", "/seed", content=content))
    assert before == snapshot(sandbox)


@pytest.mark.parametrize(
    "examples", [pytest.param(60, id="short"), pytest.param(3000, marks=pytest.mark.prove, id="long")]
)
def test_a_world_is_refused_whole_or_served_whole(sandbox: Sandbox, examples: int) -> None:
    """Whatever stands in a world: either one sentence and nothing changed, or every customer of it is served."""

    @settings(max_examples=examples)
    @given(
        world=near_valid(WORLD) | st.dictionaries(st.sampled_from(["partners", "settings", "world"]), JSON)
    )
    def seed(world: dict[str, Any]) -> None:
        before = snapshot(sandbox)
        answer = sandbox.control("POST", "/seed", content=json.dumps(world).encode())
        if answer.status_code != 200:
            assert refusal(answer)
            assert before == snapshot(sandbox)
            return
        partners = world.get("partners") or []
        wanted = [
            c
            for p in partners
            if p["tenantId"] == development_partner.TENANT_ID
            for c in p.get("customers") or []
        ]
        served = sandbox.call("GET", "/v1/customers").json()["items"]
        assert len(wanted) == len(served)
        for item in served:
            customer = sandbox.call("GET", f"/v1/customers/{item['id']}")
            assert item["companyProfile"]["companyName"] == customer.json()["companyProfile"]["companyName"]
            orders = sandbox.call("GET", f"/v1/customers/{item['id']}/orders")
            assert 200 == orders.status_code
        sandbox.control("POST", "/seed", dict(WORLD))

    seed()


# Tokens to order


def test_a_minted_token_says_what_was_ordered(sandbox: Sandbox) -> None:
    """Every member of an order changes the token, and what was not ordered has its default."""
    plain = sandbox.control("POST", "/tokens").json()
    assert (development_partner.TENANT_ID, development_partner.CLIENT_ID) == (
        plain["claims"]["tid"],
        plain["claims"]["appid"],
    )
    assert plain["claims"] == jwt.decode(plain["access_token"], options={"verify_signature": False})
    order = {
        "tenantId": OTHER,
        "clientId": OTHER_CLIENT,
        "kind": "app_user",
        "audience": "https://graph.windows.net",
        "userPrincipalName": "sam@other.example",
        "mfa": False,
        "roles": ["Nobody"],
        "expiresInSeconds": 60,
        "claims": {"custom": [1, "x"], "name": None},
    }
    claims = sandbox.control("POST", "/tokens", order).json()["claims"]
    assert (OTHER, OTHER_CLIENT, "https://graph.windows.net") == (
        claims["tid"],
        claims["appid"],
        claims["aud"],
    )
    assert ("sam@other.example", ["pwd"], ["Nobody"]) == (claims["upn"], claims["amr"], claims["roles"])
    assert (60, [1, "x"]) == (claims["exp"] - claims["nbf"], claims["custom"])
    assert "name" not in claims


@pytest.mark.parametrize("seconds", [0, -1, -100_000])
def test_an_expired_token_can_be_minted(sandbox: Sandbox, seconds: int) -> None:
    """A token whose end is now or before is refused by the API."""
    token = sandbox.mint(expiresInSeconds=seconds)
    assert 401 == sandbox.call("GET", "/v1/customers", token=token).status_code
    assert 200 == sandbox.call("GET", "/v1/customers", token=sandbox.mint()).status_code


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ({"tenant": "x"}, "has no member 'tenant'; did you mean tenantId?"),
        ({"zzz": "x"}, "has no member 'zzz'; it has tenantId,"),
        ({"tenantId": 5}, "The member tenantId of a token order must be a text."),
        ({"mfa": "yes"}, "must be true or false."),
        ({"expiresInSeconds": True}, "must be a whole number."),
        ({"expiresInSeconds": 10**12}, "is too large."),
        ({"roles": [5]}, "must be a list of texts."),
        ({"kind": "robot"}, "must be one of app, app_user."),
        ({"claims": []}, "must be an object."),
        ({"claims": {"iss": 5}}, "cannot be signed"),
    ],
)
def test_a_wrong_token_order_is_one_sentence(sandbox: Sandbox, order: Any, said: str) -> None:
    """A wrong member of an order is named."""
    assert said in refusal(sandbox.control("POST", "/tokens", order))


@settings(max_examples=60)
@given(data=st.data())
def test_any_token_order_is_answered(sandbox: Sandbox, data: st.DataObject) -> None:
    """Whatever stands in an order: a token that the API takes or refuses, or one sentence."""
    order = data.draw(
        near_valid({"tenantId": OTHER, "kind": "app", "claims": {"iss": "x", "exp": 5, "amr": []}})
    )
    answer = sandbox.control("POST", "/tokens", content=json.dumps(order).encode())
    if answer.status_code == 200:
        token = answer.json()["access_token"]
        assert sandbox.call("GET", "/v1/customers", token=token).status_code in {200, 401, 403}
    else:
        assert refusal(answer)


# Routes that are not there


def test_an_unknown_route_names_those_that_exist(sandbox: Sandbox) -> None:
    """404 with the list of control routes."""
    answer = sandbox.control("GET", "/sed")
    assert 404 == answer.status_code
    assert "There is no control route /_sandbox/sed; there are /_sandbox/health" in answer.json()["error"]


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [("GET", "/seed", "POST"), ("DELETE", "/settings", "GET, PATCH"), ("POST", "/health", "GET")],
)
def test_a_wrong_method_names_the_right_ones(sandbox: Sandbox, method: str, path: str, allow: str) -> None:
    """405 with `Allow` and a sentence that says the same."""
    answer = sandbox.control(method, path)
    assert (405, allow) == (answer.status_code, answer.headers["Allow"])
    assert f"/_sandbox{path} takes {allow}, not {method}." == answer.json()["error"]


@pytest.mark.parametrize("path", ["/_SANDBOX/Health", "/_sandbox/health/", "/_sandbox/health?x=1"])
def test_spelling_of_a_control_path_is_tolerated(sandbox: Sandbox, path: str) -> None:
    """Case, a slash at the end and a query do not matter."""
    assert 200 == sandbox.http.get(sandbox.url + path).status_code


def test_what_has_an_empty_name_is_nothing_to_delete(sandbox: Sandbox) -> None:
    """The path is not that of all there is, whatever it looks like."""
    assert 200 == sandbox.control("POST", "/faults", {"status": 503}).status_code
    sandbox.call("GET", "/v1/customers", token="")
    before = sandbox.control("GET", "/requests").json()["requests"]
    for path in ("/faults/", "/requests/", "/snapshots/", "/users/"):
        answer = sandbox.control("DELETE", path)
        assert 404 == answer.status_code
        assert f"There is no control route /_sandbox{path}; there are " in answer.json()["error"]
    assert 1 == len(sandbox.control("GET", "/faults/").json()["faults"])
    assert 0 < len(before) == len(sandbox.control("GET", "/requests/").json()["requests"])


# Who may


@pytest.fixture
def state() -> Iterator[State]:
    """The state of a sandbox in this process."""
    opened = State(Database("memory"), Nature())
    yield opened
    opened.close()


def ask(
    app: ASGIApp,
    path: str,
    headers: Mapping[str, str] | None = None,
    *,
    client: str | None = "127.0.0.1",
    method: str = "POST",
    body: bytes = b"",
) -> tuple[int, Any]:
    """Status and JSON of an answer to a caller whose address can be chosen."""
    sent = {"Host": "127.0.0.1:8400", **(headers or {})}
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.lower().encode("latin-1"), value.encode()) for name, value in sent.items()],
        "client": None if client is None else (client, 5000),
        "server": ("127.0.0.1", 8400),
        "scheme": "http",
    }
    messages: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        messages.append(message)

    asyncio.run(app(scope, receive, send))  # type: ignore[arg-type]
    return messages[0]["status"], json.loads(messages[1]["body"])


@pytest.mark.parametrize("client", ["192.0.2.1", "10.0.0.1", "2001:db8::1", "::ffff:192.0.2.1", "0.0.0.0"])
def test_callers_from_elsewhere_are_refused(state: State, client: str) -> None:
    """Control routes answer on loopback only; health answers everybody."""
    app = create_app(state)
    status, body = ask(app, "/_sandbox/reset", client=client)
    assert 403 == status
    assert "answer on loopback only" in body["error"]
    assert (200, {"status": "ok"}) == ask(app, "/_sandbox/health", client=client, method="GET")
    assert 401 == ask(app, "/v1/customers", client=client, method="GET")[0]


@pytest.mark.parametrize("client", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1", None])
def test_callers_of_this_machine_are_served(state: State, client: str | None) -> None:
    """Every loopback address is this machine, and so is a socket without one."""
    assert 200 == ask(create_app(state), "/_sandbox/reset", client=client)[0]


@pytest.mark.parametrize(
    "host",
    [
        "attacker.example",
        "attacker.example:8400",
        "192.0.2.1",
        "localhost.attacker.example",
        "sandbox.localhost:8400",
        "[2001:db8::1]",
    ],
)
def test_another_host_name_is_refused(state: State, host: str) -> None:
    """A page whose host name was made to mean this machine (DNS rebinding) controls nothing."""
    assert 403 == ask(create_app(state), "/_sandbox/reset", {"Host": host})[0]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "[::1]:8400", "127.0.0.1", ""])
def test_names_of_this_machine_are_served(state: State, host: str) -> None:
    """Every name of this machine may be used, and none at all."""
    assert 200 == ask(create_app(state), "/_sandbox/reset", {"Host": host})[0]


@pytest.mark.parametrize("host", ["[", "[::1", "a b", "a/b", "user@localhost", "localhost:x", "é", "a" * 300])
@pytest.mark.parametrize("path", ["/_sandbox/reset", "/v1/customers", "/common/discovery/instance"])
def test_a_host_that_is_none_is_refused(state: State, host: str, path: str) -> None:
    """A Host header that cannot stand in an address is answered 400."""
    expected = {"statusCode": 400, "message": "The Host header names no host"}
    assert (400, expected) == ask(create_app(state), path, {"Host": host}, method="GET")


@pytest.mark.parametrize(
    "origin", ["https://attacker.example", "null", "http://127.0.0.1:9999", "http://localhost:8400"]
)
def test_pages_of_other_sites_are_refused(state: State, origin: str) -> None:
    """A page of another site, which a browser names in Origin, controls nothing."""
    status, body = ask(create_app(state), "/_sandbox/reset", {"Origin": origin})
    assert (403, "Control routes do not answer pages of other sites.") == (status, body["error"])
    assert 200 == ask(create_app(state), "/_sandbox/reset", {"Origin": "http://127.0.0.1:8400"})[0]


def test_a_control_token_opens_the_routes_from_anywhere(state: State) -> None:
    """With a control token its bearer may come from anywhere, and nobody else from here."""
    app = create_app(state, control_token="gehe im pass é")
    good = {"Authorization": "Bearer gehe im pass é", "Host": "sandbox.example"}
    assert 200 == ask(app, "/_sandbox/reset", good, client="192.0.2.1")[0]
    for headers in (
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer"},
        {"Authorization": ""},
    ):
        status, body = ask(app, "/_sandbox/reset", headers)
        assert (403, "Control routes need the control token in the header Authorization: Bearer.") == (
            status,
            body["error"],
        )


def test_an_empty_control_token_is_none(state: State) -> None:
    """An empty token opens nothing."""
    assert 403 == ask(create_app(state, control_token=""), "/_sandbox/reset", client="192.0.2.1")[0]


def test_the_control_token_comes_from_the_environment(
    start_process: StartProcess, http: httpx2.Client
) -> None:
    """`sandbox serve` takes the token from PARTNERCENTER_SANDBOX_CONTROL_TOKEN."""
    process = start_process(env={"PARTNERCENTER_SANDBOX_CONTROL_TOKEN": "open-sesame-open"})
    assert 403 == http.post(f"{process.url}/_sandbox/reset").status_code
    headers = {"Authorization": "Bearer open-sesame-open"}
    assert 200 == http.post(f"{process.url}/_sandbox/reset", headers=headers).status_code


@pytest.mark.parametrize("after", [{}, {"partners": [{**WORLD["partners"][1], "environment": "sandbox"}]}])
def test_a_write_that_meets_a_seed_is_refused(tmp_path: Path, after: Mapping[str, Any]) -> None:
    """A call that was admitted before a seed and is written after it is refused, and is no error of the server."""
    state = State(Database(str(tmp_path / "sandbox.db")), Nature())
    state.fill(read_world(WORLD))
    token = mint(state, {"tenantId": OTHER, "clientId": OTHER_CLIENT})["access_token"]
    headers = {"authorization": f"Bearer {token}", "ms-requestid": CUSTOMER}
    content = json.dumps(new_customer_body()).encode()
    create = Request("POST", "/v1/customers", "", headers, content, "http://localhost", from_loopback=True)
    go_on = threading.Event()
    state.database.write(lambda _: go_on.wait(10))
    world = prepare(read_world(after), state.nature)
    state.database.write(lambda connection: put_in(connection, world))
    answer = Service(state).submit(create)
    assert isinstance(answer, Future)
    go_on.set()
    refused = answer.result(10)
    state.close()
    assert (403, 600006) == (refused.status, json.loads(refused.body)["code"])


def test_a_large_body_is_read_from_those_who_may_only(state: State) -> None:
    """A world of more than 4 MiB is taken from this machine and refused unread from elsewhere."""
    world = json.dumps({"partners": []}).encode() + b" " * (5 * 1024 * 1024)
    assert 200 == ask(create_app(state), "/_sandbox/seed", body=world)[0]
    status, body = ask(create_app(state), "/_sandbox/seed", body=world, client="192.0.2.1")
    assert 413 == status
    assert SENTENCE.fullmatch(body["error"])


def test_an_unexpected_error_is_told_and_logged(
    state: State, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A defect answers 500 in the form of the control routes, and stands in the log."""
    monkeypatch.setattr(state, "fill", lambda _: 1 / 0)
    status, body = ask(create_app(state), "/_sandbox/reset")
    assert (500, "The sandbox failed; what was asked for was not done. Its log says why.") == (
        status,
        body["error"],
    )
    assert "ZeroDivisionError" in caplog.text
