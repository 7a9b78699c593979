"""Every setting changes what it names, is documented, survives a restart, and refuses bad values in one sentence."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx2
import pytest
from tests.conftest import ADDRESS, Sandbox, new_customer_body
from tests.sandbox.conftest import (
    BLOCKED,
    IN_PRODUCTION,
    NOBODYS,
    NOT_CSP_CLIENT,
    NOT_CSP_TENANT,
    OF_OTHER,
    OF_PRODUCTION,
    OTHER_CLIENT,
    OTHER_TENANT,
    OWN,
    UNDELETABLE,
    WORLD,
    Fault,
    LocalSandbox,
    StartProcess,
    StartSandbox,
    customer,
    fault_of,
    partner,
)
from tests.sandbox.effects_of_catalogue import CATALOGUE
from tests.sandbox.effects_of_people import PEOPLE
from tests.sandbox.effects_of_purchases import PURCHASES
from tests.sandbox.effects_of_sign_in import SIGN_IN
from tests.sandbox.effects_of_sign_in_pages import SIGN_IN_PAGES
from tests.sandbox.effects_of_states import STATES
from tests.sandbox.effects_of_tokens import TOKENS
from tests.sandbox.local_pages import PUBLIC, TENANT, LocalPages

from partnercenter.contract import development_partner
from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.settings import SETTINGS, Settings

ROOT = Path(__file__).resolve().parents[2]
FILTER = '?filter={"Field":"CustomerId","Value":"%s","Operator":"equals"}'
ANY_FAULT = "417/800036"
AS_TOLD = Fault(417, 800036)

Act = Callable[[Sandbox], Any]


def ask(
    method: str, path: str, body: Any = None, *, order: Mapping[str, Any] | None = None, **headers: str
) -> Act:
    """What a call is answered: its fault in short, or its status."""

    def act(world: Sandbox) -> Any:
        token = None if order is None else world.mint(**order)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return fault_of(world.call(method, f"/v1{path}", body, token=token, headers=names))

    return act


def create(**members: Any) -> Act:
    """What a create with these billing members is answered."""
    return lambda world: fault_of(world.call("POST", "/v1/customers", new_customer_body(**members)))


def create_with(**members: Any) -> Act:
    """What a create with these members beside the profiles is answered."""
    return lambda world: fault_of(world.call("POST", "/v1/customers", {**new_customer_body(), **members}))


def shown(path: str, read: Callable[[Any], Any]) -> Act:
    """A part of what a GET shows."""
    return lambda world: read(world.call("GET", f"/v1{path}").json())


def description(world: Sandbox) -> str:
    """The words of a fault."""
    return str(world.call("GET", f"/v1/customers/{NOBODYS}").json()["description"])


def bought(order: str = "completed", subscription: str = "active") -> Callable[[str], Act]:
    """Whether a customer with such a purchase can be deleted."""

    def of_product(product: str) -> Act:
        purchase = {"product": product, "orderStatus": order, "subscriptionStatus": subscription}

        def act(sandbox: Sandbox) -> Any:
            in_force = sandbox.control("GET", "/settings").json()
            seed_other(sandbox, customer(OWN, purchase))
            sandbox.set(**in_force)
            return fault_of(sandbox.call("DELETE", f"/v1/customers/{OWN}", token=sandbox.mint(**OF_OTHER)))

        return act

    return of_product


def seed_other(sandbox: Sandbox, *customers: Mapping[str, Any]) -> None:
    """Give another partner these customers."""
    sandbox.seed({"partners": [partner(OTHER_TENANT, OTHER_CLIENT, *customers)]})


def two_reservations(sandbox: Sandbox) -> str:
    """What stands between two order ids in the refusal of a delete."""
    in_force = sandbox.control("GET", "/settings").json()
    purchase = {"product": "azure_reservation"}
    seed_other(sandbox, customer(OWN, purchase, purchase))
    sandbox.set(**in_force)
    told = sandbox.call("DELETE", f"/v1/customers/{OWN}", token=sandbox.mint(**OF_OTHER)).json()[
        "description"
    ]
    return re.sub(r"[0-9a-f]{12}", "#", told.partition("orders: ")[2])


def delete_twice(same_id: bool) -> Act:
    """What a second delete is answered."""

    def act(world: Sandbox) -> Fault:
        ids = [str(uuid4())] * 2 if same_id else [str(uuid4()), str(uuid4())]
        answers = [
            world.call("DELETE", f"/v1/customers/{OWN}", headers={"MS-RequestId": sent}) for sent in ids
        ]
        return fault_of(answers[1])

    return act


def refused_then_possible(world: Sandbox) -> Fault:
    """A delete that was refused for its blocker, sent again under the same id when nothing blocks any more."""
    sent = {"MS-RequestId": str(uuid4())}
    profile = f"/v1/customers/{OWN}/profiles/billing"
    first = world.call("PUT", profile, {}, headers=sent)
    assert first.status_code == 400
    world.set(fault_missing_field=ANY_FAULT)
    return fault_of(world.call("PUT", profile, {}, headers=sent))


def second_customer_under_one_id(world: Sandbox) -> bool:
    """Whether another body under the same request id makes another customer."""
    sent = {"MS-RequestId": str(uuid4())}
    made = [
        world.call("POST", "/v1/customers", new_customer_body(), headers=sent).json()["id"] for _ in range(2)
    ]
    return made[0] != made[1]


def domain_after_delete(world: Sandbox) -> int:
    """Whether the domain of a deleted customer is taken."""
    domain = world.call("GET", f"/v1/customers/{OWN}").json()["companyProfile"]["domain"]
    world.call("DELETE", f"/v1/customers/{OWN}")
    return world.call("HEAD", f"/v1/domains/{domain}").status_code


def records_after_delete(world: Sandbox) -> list[str]:
    """What is recorded of a deleted customer."""
    world.call("DELETE", f"/v1/customers/{OWN}")
    items = world.call("GET", "/v1/auditrecords" + FILTER % OWN).json()["items"]
    return [item["operationType"] for item in items]


def failed_records(world: Sandbox) -> int:
    """How many records a refused delete leaves."""
    world.call("DELETE", f"/v1/customers/{BLOCKED}")
    items = world.call("GET", "/v1/auditrecords").json()["items"]
    return len([item for item in items if item["operationStatus"] == "failed"])


def resource_type_of_an_end(world: Sandbox) -> str:
    """What an ended relationship is recorded as."""
    token = world.mint(**OF_PRODUCTION, kind="app_user")
    world.call("PATCH", f"/v1/customers/{IN_PRODUCTION}", {"relationshipToPartner": "none"}, token=token)
    return str(world.call("GET", "/v1/auditrecords?size=1", token=token).json()["items"][0]["resourceType"])


def end_twice(world: Sandbox) -> Fault:
    """What the PATCH of an ended relationship is answered."""
    token = world.mint(**OF_PRODUCTION, kind="app_user")
    path, body = f"/v1/customers/{IN_PRODUCTION}", {"relationshipToPartner": "none"}
    return fault_of([world.call("PATCH", path, body, token=token) for _ in range(2)][1])


def expires_in(world: Sandbox) -> int:
    """How long a token of the token endpoint is valid."""
    claims = json.loads(_decoded(world.token.split(".")[1]))
    return int(claims["exp"] - claims["nbf"])


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def change_profile(**headers: str) -> Act:
    """What a profile sent back without an etag in its body is answered."""

    def act(world: Sandbox) -> Fault:
        path = f"/v1/customers/{OWN}/profiles/billing"
        profile = {**world.call("GET", path).json(), "attributes": {}}
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return fault_of(world.call("PUT", path, profile, headers=names))

    return act


def domain_twice(world: Sandbox) -> Fault:
    """What a create with a taken domain is answered."""
    body = new_customer_body()
    return fault_of([world.call("POST", "/v1/customers", body) for _ in range(2)][1])


def create_in_domain(suffix: str) -> Act:
    """What a create below a suffix is answered."""

    def act(world: Sandbox) -> Fault:
        body = new_customer_body()
        body["companyProfile"]["domain"] = f"s{uuid4().hex[:12]}.{suffix}"
        return fault_of(world.call("POST", "/v1/customers", body))

    return act


def with_number(world: Sandbox) -> Fault:
    """What a create with a registration number in the US is answered."""
    body = new_customer_body()
    body["companyProfile"]["organizationRegistrationNumber"] = "12-3"
    return fault_of(world.call("POST", "/v1/customers", body))


def access_of_a_new_customer(world: Sandbox) -> tuple[bool, bool, bool, bool]:
    """Delegated access, address, e-mail and domains of a customer that is created now."""
    made = world.create_customer()["id"]
    whole = world.call("GET", f"/v1/customers/{made}").json()
    company = world.call("GET", f"/v1/customers/{made}/profiles/company").json()
    assert company == whole["companyProfile"]
    return (whole["allowDelegatedAccess"], "address" in company, "email" in company, "customDomains" in whole)


def request_id(world: Sandbox) -> str:
    """What comes back for a request id that is no GUID."""
    sent = world.call("GET", "/v1/customers", headers={"MS-RequestId": "seven"}).headers["MS-RequestId"]
    return "seven" if sent == "seven" else "new"


def listed_after_delete(world: Sandbox) -> int:
    """How many customers a list shows when one of three was deleted."""
    world.call("DELETE", f"/v1/customers/{OWN}")
    return int(world.call("GET", "/v1/customers").json()["totalCount"])


def among(*paths: str, method: str = "GET") -> Act:
    """The worst status among some calls; several, so that one minute sees two of them."""
    return lambda world: max(world.call(method, f"/v1/customers/{path}").status_code for path in paths * 3)


OK, CREATED, GONE = Fault(200), Fault(201), Fault(204)
BLOCKS = Fault(400, 3000)
BAD_STATE = {"defaultAddress": {**ADDRESS, "state": "QQ"}}
BAD_ADDRESS = {"defaultAddress": {**ADDRESS, "postalCode": "1"}}
GUID_AUDIENCE = {"audience": "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd"}
NO_MFA = {"kind": "app_user", "mfa": False}
NO_PARTNER = {"tenantId": NOT_CSP_TENANT, "clientId": NOT_CSP_CLIENT}
END = {"relationshipToPartner": "none"}
DELETE_OWN = ("DELETE", f"/v1/customers/{OWN}")
LIST = ("GET", "/customers")


@dataclass(frozen=True)
class Effect:
    """What an act shows by default, and with the setting changed; other settings stand in `beside`."""

    act: Act
    by_default: Any
    value: Any
    changed: Any
    beside: Mapping[str, Any] = field(default_factory=dict)


EFFECTS: Mapping[str, Effect] = {
    **{name: Effect(*effect) for name, effect in STATES.items()},
    "fault_active_orders": Effect(ask("DELETE", f"/customers/{BLOCKED}"), BLOCKS, ANY_FAULT, AS_TOLD),
    "active_orders_separator": Effect(two_reservations, "#, #", " | ", "# | #"),
    "fault_unknown_customer": Effect(
        ask("GET", f"/customers/{NOBODYS}"), Fault(404, 60003), "404", Fault(404)
    ),
    "fault_deleted_customer": Effect(delete_twice(same_id=False), Fault(404, 60003), ANY_FAULT, AS_TOLD),
    "fault_malformed_customer_id": Effect(
        ask("DELETE", "/customers/x"), Fault(400, 800002), "400/2000", Fault(400, 2000)
    ),
    "fault_production_delete": Effect(
        ask("DELETE", f"/customers/{IN_PRODUCTION}", order=OF_PRODUCTION),
        Fault(400, 900127),
        "403/6003",
        Fault(403, 6003),
    ),
    "fault_undeletable_customer": Effect(
        ask("DELETE", f"/customers/{UNDELETABLE}"), Fault(400, 2007), "500/800003", Fault(500, 800003)
    ),
    "second_delete_replays": Effect(delete_twice(same_id=True), GONE, False, Fault(404, 60003)),
    "blocks_azure_savings_plan": Effect(bought()("azure_savings_plan"), BLOCKS, False, GONE),
    "blocks_new_commerce": Effect(bought()("new_commerce"), BLOCKS, False, GONE),
    "blocks_marketplace": Effect(bought()("marketplace"), BLOCKS, False, GONE),
    "blocks_legacy": Effect(bought()("legacy"), GONE, True, BLOCKS),
    "blocks_pending_orders": Effect(bought("pending")("azure_reservation"), BLOCKS, False, GONE),
    "settled_blocks": Effect(bought("completed", "suspended")("azure_plan"), GONE, True, BLOCKS),
    "deleted_domain_stays_reserved": Effect(domain_after_delete, 200, False, 404),
    "audit_survives_deletion": Effect(
        records_after_delete, ["delete_customer", "add_customer"], False, ["delete_customer"]
    ),
    "precedence": Effect(
        ask("DELETE", f"/customers/{NOBODYS}", order=OF_PRODUCTION),
        Fault(404, 60003),
        "environment,id,customer",
        Fault(400, 900127),
    ),
    "fault_no_token": Effect(
        lambda world: fault_of(world.call(*DELETE_OWN, token="")), Fault(401, 800001), "401", Fault(401)
    ),
    "fault_invalid_token": Effect(
        lambda world: fault_of(world.call(*DELETE_OWN, token="x")),
        Fault(401),
        "401/800001",
        Fault(401, 800001),
    ),
    "fault_expired_token": Effect(ask(*LIST, order={"expiresInSeconds": -5}), Fault(401), ANY_FAULT, AS_TOLD),
    "fault_wrong_audience": Effect(ask(*LIST, order={"audience": "x:y"}), Fault(401), ANY_FAULT, AS_TOLD),
    "fault_not_a_partner": Effect(ask(*LIST, order=NO_PARTNER), Fault(403, 600006), ANY_FAULT, AS_TOLD),
    "fault_mfa_missing": Effect(ask(*LIST, order=NO_MFA), Fault(401, 900421), ANY_FAULT, AS_TOLD),
    "mfa_missing_text": Effect(
        lambda world: world.call("GET", "/v1/customers", token=world.mint(**NO_MFA)).json()["description"],
        "MFA is required to access this API.",
        "Use MFA.",
        "Use MFA.",
    ),
    "mfa": Effect(ask(*LIST, order=NO_MFA), Fault(401, 900421), "off", OK),
    "accept_retired_audience": Effect(
        ask(*LIST, order={"audience": "https://graph.windows.net"}), Fault(401, 900420), True, OK
    ),
    "accept_application_id_audience": Effect(ask(*LIST, order=GUID_AUDIENCE), OK, False, Fault(401)),
    "token_lifetime_seconds": Effect(expires_in, 3600, 60, 60),
    "patch_relationship_app_only": Effect(
        ask("PATCH", f"/customers/{OWN}", END), OK, False, Fault(403, 900329)
    ),
    "replay": Effect(delete_twice(same_id=True), GONE, False, Fault(404, 60003)),
    "replay_faults": Effect(refused_then_possible, Fault(400, 3000), False, AS_TOLD),
    "replay_key": Effect(second_customer_under_one_id, True, "without_body", False),
    "malformed_request_id": Effect(request_id, "new", "echo", "seven"),
    "require_contract_version": Effect(ask(*LIST), OK, True, Fault(400, 800002)),
    "fault_method_not_allowed": Effect(ask("PUT", "/customers"), Fault(405, 900141), "405", Fault(405)),
    "trailing_slash": Effect(ask("GET", "/customers/"), OK, False, Fault(404)),
    "fault_malformed_body": Effect(ask("POST", "/customers", []), Fault(400, 800002), "400/0", Fault(400, 0)),
    "error_full_stop": Effect(description, "Tenant not found.", "off", "Tenant not found"),
    "byte_order_mark": Effect(
        lambda world: world.call("GET", "/v1/customers").content[:3], b'{"t', True, b"\xef\xbb\xbf"
    ),
    "timestamp_digits": Effect(
        shown("/auditrecords", lambda page: len(page["items"][0]["operationDate"])), 28, "3", 24
    ),
    "links_with_version": Effect(
        shown("/customers?size=1", lambda page: page["links"]["next"]["uri"]),
        "/customers?size=1&seekOperation=Next",
        True,
        "/v1/customers?size=1&seekOperation=Next",
    ),
    "customer_quota": Effect(create(), CREATED, 3, Fault(400, 800018)),
    "fault_customer_quota": Effect(create(), Fault(400, 800018), ANY_FAULT, AS_TOLD, {"customer_quota": 3}),
    "fault_domain_taken": Effect(domain_twice, Fault(409, 1003), "400/3000", Fault(400, 3000)),
    "domain_suffixes": Effect(
        create_in_domain("example.org"), Fault(400, 3000), "onmicrosoft.com, example.org", CREATED
    ),
    "fault_missing_field": Effect(create(email=None), Fault(400, 3000), "400/2000", Fault(400, 2000)),
    "invalid_address": Effect(create(**BAD_ADDRESS), Fault(400, 2007), "undeletable", CREATED),
    "fault_invalid_address": Effect(create(**BAD_STATE), Fault(400, 2007), ANY_FAULT, AS_TOLD),
    "associated_partner": Effect(
        create_with(associatedPartnerId=OTHER_TENANT), CREATED, "checked", Fault(400, 3000)
    ),
    "unlisted_culture": Effect(create(culture="xx-YY"), CREATED, "refuse", Fault(400, 3000)),
    "registration_number_elsewhere": Effect(with_number, CREATED, "refused", Fault(400, 600002)),
    "password_in_request": Effect(
        create_with(userCredentials={"password": "x"}), CREATED, "refuse", Fault(400, 3000)
    ),
    "default_page_size": Effect(shown("/customers", lambda page: page["totalCount"]), 3, 2, 2),
    "negative_page_size": Effect(ask("GET", "/customers?size=-1"), OK, "refuse", Fault(400, 2000)),
    "oversized_page": Effect(ask("GET", "/customers?size=501"), OK, "refuse", Fault(400, 2000)),
    "list_order": Effect(
        shown("/customers", lambda page: [item["id"][-1] for item in page["items"]]),
        ["1", "2", "3"],
        "newest",
        ["3", "2", "1"],
    ),
    "fault_bad_continuation_token": Effect(
        ask(*LIST, MS_ContinuationToken="x"), Fault(400, 2000), ANY_FAULT, AS_TOLD
    ),
    "delegated_access": Effect(access_of_a_new_customer, (True,) * 4, False, (False,) * 4),
    "fault_if_match_missing": Effect(change_profile(), Fault(412, 2055), ANY_FAULT, AS_TOLD),
    "fault_stale_etag": Effect(change_profile(If_Match='"1"'), Fault(400, 2055), "412", Fault(412)),
    "fault_relationship_value": Effect(
        ask("PATCH", f"/customers/{OWN}", {"relationshipToPartner": "advisor"}), BLOCKS, ANY_FAULT, AS_TOLD
    ),
    "fault_relationship_ended": Effect(end_twice, Fault(400, 3000), ANY_FAULT, AS_TOLD),
    "fault_unknown_country": Effect(
        ask("GET", "/countryvalidationrules/QQ"), BLOCKS, "404/1000", Fault(404, 1000)
    ),
    "fault_invalid_filter": Effect(ask("GET", "/customers?filter=x"), Fault(400, 2000), ANY_FAULT, AS_TOLD),
    "profile": Effect(listed_after_delete, 2, "real", 3),
    "throttle_calls_per_minute": Effect(among(OWN), 200, 1, 429),
    "throttle_scope": Effect(
        among(OWN, BLOCKED, UNDELETABLE), 429, "customer", 200, {"throttle_calls_per_minute": 4}
    ),
    "throttle_customer_delete": Effect(
        among(BLOCKED, method="DELETE"), 429, False, 400, {"throttle_calls_per_minute": 1}
    ),
    "customer_list_lag_seconds": Effect(listed_after_delete, 2, 300, 3),
    "order_list_delay_seconds": Effect(
        shown(f"/customers/{BLOCKED}/orders", lambda page: page["totalCount"]), 1, 900, 0
    ),
    "audit_delete_operation": Effect(
        lambda world: records_after_delete(world)[0],
        "delete_customer",
        "delete_tip_customer",
        "delete_tip_customer",
    ),
    "audit_failed_attempts": Effect(failed_records, 1, False, 0),
    "audit_remove_relationship_resource": Effect(
        resource_type_of_an_end, "customer", "partner_customer_relationship", "partner_customer_relationship"
    ),
    "fault_audit_window": Effect(
        ask("GET", "/auditrecords?startDate=2001-01-01"), Fault(400, 2000), ANY_FAULT, AS_TOLD
    ),
    **{name: Effect(*effect) for name, effect in {**PEOPLE, **CATALOGUE, **TOKENS}.items()},
    **{name: Effect(*effect) for name, effect in PURCHASES.items()},
    **{name: Effect(*effect) for name, effect in {**SIGN_IN, **SIGN_IN_PAGES}.items()},
}
PROVED_BELOW = {
    "replay_hours",
    "past_the_end",
    "authorization_code_lifetime_seconds",
    "refresh_token_lifetime_seconds",
}


@pytest.mark.parametrize("name", EFFECTS)
def test_a_setting_changes_what_it_names(world: Sandbox, name: str) -> None:
    """By default the service acts in one way, with the setting changed in the other."""
    effect = EFFECTS[name]
    world.set(**effect.beside)
    by_default = effect.act(world)
    world.seed(WORLD)
    world.set(**{**effect.beside, name: effect.value})
    afresh = Sandbox(world.url, world.http)
    assert (effect.by_default, effect.changed) == (by_default, effect.act(afresh))


def test_every_setting_has_a_test_here() -> None:
    """No setting is without a proof of its effect, and no proof is of a setting that is gone."""
    assert set(SETTINGS) == {*EFFECTS, *PROVED_BELOW}


@pytest.mark.parametrize(
    ("hours", "age", "replayed"), [(None, 23.9, True), (None, 24.1, False), (1, 1.1, False), (48, 47, True)]
)
def test_replay_hours_is_how_long_an_answer_is_kept(
    local_sandbox: LocalSandbox, hours: int | None, age: float, replayed: bool
) -> None:
    """`replay_hours`: an answer is given again until it is that old, 24 hours by default (10.1)."""
    settings = {} if hours is None else {"replay_hours": hours}
    local_sandbox.seed(
        {"partners": [partner(OTHER_TENANT, OTHER_CLIENT, customer(OWN))], "settings": settings}
    )
    assert replayed == replays_after(local_sandbox, age)


def replays_after(local: LocalSandbox, hours: float) -> bool:
    """Whether a delete is answered from the store after so many hours."""
    sent = {"MS-RequestId": str(uuid4())}
    token = local.mint(**OF_OTHER, expiresInSeconds=10**6)
    assert 204 == local.call("DELETE", f"/v1/customers/{OWN}", headers=sent, token=token).status
    local.clock.move(hours=hours)
    return 204 == local.call("DELETE", f"/v1/customers/{OWN}", headers=sent, token=token).status


@pytest.mark.parametrize(("value", "fault"), [(None, OK), ("empty", OK), ("refuse", Fault(400, 2000))])
def test_past_the_end_is_empty_or_refused(sandbox: Sandbox, value: str | None, fault: Fault) -> None:
    """`past_the_end`: a page behind the last customer is empty, or answers 400/2000 (3.2)."""
    made = [sandbox.create_customer()["id"] for _ in range(2)]
    token = sandbox.call("GET", "/v1/customers?size=1").json()["continuationToken"]
    sandbox.call("DELETE", f"/v1/customers/{made[1]}")
    sandbox.set(past_the_end=value)
    answer = sandbox.call(
        "GET", "/v1/customers?size=1&seekOperation=Next", headers={"MS-ContinuationToken": token}
    )
    assert fault == fault_of(answer)


def lifetimes(name: str, default: int) -> list[tuple[dict[str, int], int, bool]]:
    """Settings, an age in seconds, and whether what is so old is good."""
    return [
        ({}, default - 1, True),
        ({}, default, False),
        ({name: 1}, 0, True),
        ({name: 1}, 1, False),
        ({name: default + 10}, default + 9, True),
    ]


@pytest.mark.parametrize(("settings", "age", "good"), lifetimes("authorization_code_lifetime_seconds", 600))
def test_a_code_is_good_for_as_long_as_the_setting_says(
    local_sandbox: LocalSandbox, settings: dict[str, int], age: int, good: bool
) -> None:
    """`authorization_code_lifetime_seconds`, from the sign-in on (9.1)."""
    pages = LocalPages(local_sandbox)
    local_sandbox.state.change_settings(settings)
    code = code_of(pages)
    local_sandbox.clock.move(seconds=age)
    assert ((200, 0) if good else (400, 70008)) == redeemed(pages, code)[:2]


@pytest.mark.parametrize(
    ("settings", "age", "good"), lifetimes("refresh_token_lifetime_seconds", 90 * 24 * 3600)
)
def test_a_refresh_token_is_good_for_as_long_as_the_setting_says(
    local_sandbox: LocalSandbox, settings: dict[str, int], age: int, good: bool
) -> None:
    """`refresh_token_lifetime_seconds`, from the redemption on that brought the token (9.1)."""
    pages = LocalPages(local_sandbox)
    _, _, first = redeemed(pages, code_of(pages))
    local_sandbox.clock.move(seconds=3600)
    local_sandbox.state.change_settings(settings)
    _, _, token = redeemed(pages, first, "refresh_token")
    local_sandbox.clock.move(seconds=age)
    assert ((200, 0) if good else (400, 700082)) == redeemed(pages, token, "refresh_token")[:2]


def code_of(pages: LocalPages) -> str:
    """The code that an application gets when the development partner's user signs in on the pages."""
    user, password = development_partner.USER_PRINCIPAL_NAME, development_partner.USER_PASSWORD
    answer = pages.send(pages.password(pages.authorize(), user, password), answer="approve")
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


def redeemed(pages: LocalPages, text: str, kind: str = "code") -> tuple[int, int, str]:
    """What a code or a refresh token brings: status, AADSTS number or 0, and the new refresh token."""
    form = {"grant_type": "authorization_code" if kind == "code" else kind, kind: text}
    shared = {"client_id": PUBLIC, "redirect_uri": "http://localhost:5000"}
    answer = pages.post_to(f"/{TENANT}/oauth2/v2.0/token", {**shared, **form})
    body = json.loads(answer.body)
    return answer.status, body.get("error_codes", [0])[0], body.get("refresh_token", "")


@pytest.mark.parametrize(("digits", "length"), [("7", 28), ("3", 24), ("0", 20)])
def test_times_have_as_many_digits_as_the_setting_says(world: Sandbox, digits: str, length: int) -> None:
    """`timestamp_digits`: 7, 3 or no fraction digits, and a `Z` at the end (14)."""
    world.set(timestamp_digits=digits)
    order = world.call("GET", f"/v1/customers/{BLOCKED}/orders").json()["items"][0]
    assert (length, "Z") == (len(order["creationDate"]), order["creationDate"][-1])


BAD_VALUES = (
    ("fault_active_orders", "200/3000"),
    ("fault_active_orders", "400/"),
    ("fault_active_orders", "four"),
    ("replay", "perhaps"),
    ("replay", 2),
    ("replay", 1.0),
    ("customer_quota", -1),
    ("customer_quota", "75.0"),
    ("customer_quota", True),
    ("customer_quota", 10**12),
    ("default_page_size", 0),
    ("default_page_size", 501),
    ("mfa", "sometimes"),
    ("mfa", ["new"]),
    ("precedence", "id,customer"),
    ("precedence", "id,id,customer"),
    ("domain_suffixes", ""),
    ("domain_suffixes", "a,,b"),
    ("mfa_missing_text", "two\nlines"),
    ("mfa_missing_text", {}),
    ("mfa_missing_text", "x" * 1001),
    ("no_such_setting", 1),
    ("replay_hour", 1),
    ("", 1),
)


@pytest.mark.parametrize(("name", "value"), BAD_VALUES)
def test_a_bad_value_gets_one_sentence_and_changes_nothing(sandbox: Sandbox, name: str, value: Any) -> None:
    """A name that is none and a value that does not fit are told in one sentence; nothing is changed."""
    before = sandbox.control("GET", "/settings").json()
    answer = sandbox.control("PATCH", "/settings", {"list_order": "newest", name: value})
    told = answer.json()["error"]
    assert (400, 1) == (answer.status_code, told.count("\n") + 1)
    assert name[:60] in told
    assert before == sandbox.control("GET", "/settings").json()


@pytest.mark.parametrize("value", ["", "x" * 61, "€"])
def test_a_fault_setting_takes_status_and_code_only(value: str) -> None:
    """What is no `status/code` is refused before the sandbox starts."""
    with pytest.raises(SandboxError, match="fault_active_orders takes an HTTP status and a code"):
        Settings.of({"fault_active_orders": value})


def test_null_goes_back_to_the_default(sandbox: Sandbox) -> None:
    """A value of null is the default again."""
    sandbox.set(customer_quota=5)
    sandbox.set(customer_quota=None)
    assert 75 == sandbox.control("GET", "/settings").json()["customer_quota"]


def test_settings_survive_a_restart_and_the_command_line_wins(
    start_process: StartProcess, start_sandbox: StartSandbox, http: httpx2.Client, tmp_path: Path
) -> None:
    """What was set is in force after a restart; `--set` wins over it and is not kept."""
    file = tmp_path / "sandbox.db"

    def in_force(sandbox: Sandbox) -> tuple[Any, Any]:
        values = sandbox.control("GET", "/settings").json()
        return values["customer_quota"], values["active_orders_separator"]

    process = start_process(database=file)
    first = Sandbox(process.url, http)
    first.set(customer_quota=7, active_orders_separator=" ; ")
    assert (7, " ; ") == in_force(first)
    process.kill()
    second = start_sandbox("--set", "customer_quota=9", database=file)
    assert (9, " ; ") == in_force(second)
    second.control("POST", "/reset")
    assert (9, ", ") == in_force(second)


def documented() -> dict[str, tuple[str, ...]]:
    """The rows of docs/settings.md: name → values, default, section, what it decides."""
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", text, re.MULTILINE)
    assert len(rows) == len({row[0] for row in rows})
    return {name: tuple(rest) for name, *rest in rows}


def test_the_documentation_lists_exactly_the_settings_there_are() -> None:
    """docs/settings.md and the table in settings.py have the same names, values, defaults, sections and words."""
    expected = {
        setting.name: (
            setting.expected,
            f"`{json.dumps(setting.default, ensure_ascii=False)}`",
            setting.section,
            setting.summary,
        )
        for setting in SETTINGS.values()
    }
    assert expected == documented()
    assert list(expected) == list(documented())
