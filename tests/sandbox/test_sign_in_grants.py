"""Every grant of the token endpoint over HTTP, what it brings, and how each defect is refused; behaviour.md 9."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from tests.conftest import Sandbox
from tests.sandbox.conftest import LocalSandbox, StartSandbox
from tests.sandbox.local_pages import before_the_next_write
from tests.sandbox.sign_in_requests import (
    ADMIN,
    API,
    CLIENT,
    DISABLED,
    FOREIGN,
    GRAPH,
    NAMES,
    NO_MFA,
    OTHER_TENANT,
    PASSWORD,
    PUBLIC,
    REDIRECT,
    SECOND,
    SECRET,
    STRANGER,
    TENANT,
    UNKNOWN,
    SignIns,
    claims_of,
    shown,
    world,
)

from partnercenter.sandbox.identity.grant_errors import GrantFault
from partnercenter.sandbox.sign_in import SignIn
from partnercenter.sandbox.store.applications import delete_application
from partnercenter.sandbox.store.partner_users import delete_partner_user
from partnercenter.sandbox.store.schema import partner_users
from partnercenter.sandbox.store.sign_ins import (
    RefreshToken,
    add_refresh_token,
    digest_of,
    revoke_refresh_tokens,
)
from partnercenter.sandbox.wire.message import Request

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
ON_BEHALF_OF = "urn:ietf:params:oauth:grant-type:jwt-bearer"
CONFIDENTIAL = {"client_id": CLIENT, "client_secret": SECRET}
AS_SECOND = {"client_id": SECOND, "client_secret": "canary-secret-second"}
VERIFIER = "canary-verifier-0123456789-0123456789-0123456789"
S256 = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
WITH_S256: dict[str, Any] = {"code_challenge": S256, "code_challenge_method": "S256"}
WITH_PLAIN: dict[str, Any] = {"code_challenge": VERIFIER, "code_challenge_method": "plain"}

Form = dict[str, str]


def by_code(code: str, **changes: str) -> Form:
    """A form that redeems an authorization code."""
    return {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT,
        **CONFIDENTIAL,
        **changes,
    }


def by_refresh(token: str, **changes: str) -> Form:
    """A form that redeems a refresh token."""
    return {"grant_type": "refresh_token", "refresh_token": token, **CONFIDENTIAL, **changes}


def by_device(code: str, **changes: str) -> Form:
    """A form with which a device polls."""
    return {"grant_type": DEVICE, "device_code": code, "client_id": PUBLIC, **changes}


def by_password(user: str = NO_MFA, **changes: str) -> Form:
    """A form with a user's password."""
    return {
        "grant_type": "password",
        "username": NAMES[user],
        "password": PASSWORD,
        "client_id": PUBLIC,
        "scope": f"{API}/.default",
        "resource": API,
        **changes,
    }


def by_assertion(assertion: str, **changes: str) -> Form:
    """A form with which an application passes on a user."""
    return {
        "grant_type": ON_BEHALF_OF,
        "requested_token_use": "on_behalf_of",
        "assertion": assertion,
        "scope": f"{API}/.default",
        "resource": API,
        **AS_SECOND,
        **changes,
    }


def without(form: Form, *names: str) -> Form:
    """A form without some parameters."""
    return {name: value for name, value in form.items() if name not in names}


def fitting(form: Form, version: int) -> Form:
    """A form as an endpoint takes it: `resource` for version 1, `scope` for version 2."""
    return without(form, "scope" if version == 1 else "resource")


# What each grant brings

GRANTED: dict[str, Callable[[SignIns], Form]] = {
    "code": lambda here: by_code(here.code()),
    "code with S256": lambda here: by_code(here.code(**WITH_S256), code_verifier=VERIFIER),
    "code with plain": lambda here: by_code(here.code(**WITH_PLAIN), code_verifier=VERIFIER),
    "code of a public client": lambda here: without(
        by_code(here.code(client_id=PUBLIC), client_id=PUBLIC), "client_secret"
    ),
    "code, resource named at last": lambda here: by_code(
        here.code(scope=""), resource=API, scope=f"{API}/.default openid offline_access"
    ),
    "code of a v1 page": lambda here: by_code(here.code(scope=API)),
    "refresh token": lambda here: by_refresh(here.refresh_token()),
    "refresh token of v1": lambda here: by_refresh(here.refresh_token(scope=API), resource=API),
    "device code": lambda here: by_device(here.device_code()),
    "device code as msal-node": lambda here: by_device(here.device_code(), grant_type="device_code"),
    "device code as msal-python": lambda here: (
        without(by_device(code := here.device_code()), "device_code") | {"code": code}
    ),
}


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("grant", GRANTED)
def test_a_user_gets_tokens_that_the_api_takes(sign_ins: SignIns, grant: str, version: int) -> None:
    """Access token with MFA and without roles, refresh token, and id token for this application."""
    answer = sign_ins.ask(fitting(GRANTED[grant](sign_ins), version), version=version)
    assert 200 == answer.status_code, answer.text
    body = answer.json()
    claims, identity = claims_of(body["access_token"]), claims_of(body["id_token"])
    assert 200 == sign_ins.accepted(body["access_token"])
    assert (["pwd", "mfa"], "user_impersonation", ADMIN, TENANT) == tuple(
        claims[name] for name in ("amr", "scp", "oid", "tid")
    )
    assert "roles" not in claims
    assert claims["appidacr"] == ("0" if claims["appid"] == PUBLIC else "1")
    assert (claims["appid"], ADMIN, TENANT, NAMES[ADMIN], "Ada") == tuple(
        identity[name] for name in ("aud", "oid", "tid", "preferred_username", "name")
    )
    assert "nonce" not in identity
    assert body["refresh_token"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_version_1_answers_with_texts_and_its_resource(sign_ins: SignIns) -> None:
    """The numbers of the v1 answer are texts; the scope is the one permission there is (behaviour.md 9.1)."""
    body = sign_ins.ask(by_code(sign_ins.code(scope=API)), version=1).json()
    assert ("3600", "3600", API, "user_impersonation") == tuple(
        body[name] for name in ("expires_in", "ext_expires_in", "resource", "scope")
    )
    assert 3600 == int(body["expires_on"]) - int(body["not_before"])
    assert API == claims_of(body["access_token"])["aud"]


def test_version_2_repeats_the_scope_and_answers_with_numbers(sign_ins: SignIns) -> None:
    """A client finds its token by the scope that it asked for, also a device that sends none (client-quirks.md 2)."""
    body = sign_ins.ask(by_device(sign_ins.device_code())).json()
    assert (3600, 3600) == (body["expires_in"], body["ext_expires_in"])
    assert {f"{API}/.default", f"{API}/user_impersonation"} == set(body["scope"].split())
    assert not {"resource", "expires_on", "client_info"} & set(body)


def test_version_2_gives_what_was_asked_for_and_no_more(sign_ins: SignIns) -> None:
    """Without openid no id token, without offline_access no refresh token."""
    body = sign_ins.ask(by_code(sign_ins.code(scope=f"{API}/.default"))).json()
    assert {"token_type", "expires_in", "ext_expires_in", "access_token", "scope"} == set(body)


def test_what_a_sign_in_was_for_cannot_be_widened_later(sign_ins: SignIns) -> None:
    """A refresh token comes only when the sign-in asked for one, whatever is asked when the code is redeemed."""
    code = sign_ins.code(scope=f"{API}/.default openid")
    body = sign_ins.ask(by_code(code, scope=f"{API}/.default openid offline_access")).json()
    assert "id_token" in body
    assert "refresh_token" not in body


def test_client_info_comes_when_it_is_asked_for(sign_ins: SignIns) -> None:
    """User and tenant, by which msal tells accounts apart."""
    body = sign_ins.ask(by_code(sign_ins.code(), client_info="1")).json()
    info = base64.urlsafe_b64decode(body["client_info"] + "==")
    assert {"uid": ADMIN, "utid": TENANT} == json.loads(info)


def test_the_nonce_comes_back_in_the_id_token(sign_ins: SignIns) -> None:
    """The nonce of the authorization request stands in the id token."""
    body = sign_ins.ask(by_code(sign_ins.code(nonce="n-0S6_WzA2Mj"))).json()
    assert "n-0S6_WzA2Mj" == claims_of(body["id_token"])["nonce"]


def test_a_sign_in_without_a_resource_is_for_graph(sign_ins: SignIns) -> None:
    """Openid alone brings a token for Microsoft Graph, which the API does not take."""
    body = sign_ins.ask(by_code(sign_ins.code(scope="openid profile"))).json()
    assert GRAPH == claims_of(body["access_token"])["aud"]
    assert 401 == sign_ins.accepted(body["access_token"])
    assert "openid" in body["scope"].split()


def test_an_id_token_is_no_access_token(sign_ins: SignIns) -> None:
    """The API does not take it."""
    body = sign_ins.ask(by_code(sign_ins.code())).json()
    assert 401 == sign_ins.accepted(body["id_token"])


@pytest.mark.parametrize("version", [1, 2])
def test_a_user_without_mfa_signs_in_by_password(sign_ins: SignIns, version: int) -> None:
    """The password grant works for a user without a second factor; the token does not say mfa."""
    answer = sign_ins.ask(fitting(by_password(), version), version=version)
    assert 200 == answer.status_code, answer.text
    assert ["pwd"] == claims_of(answer.json()["access_token"])["amr"]
    assert 401 == sign_ins.accepted(answer.json()["access_token"])


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("audience", [f"api://{SECOND}", SECOND])
def test_an_application_passes_on_its_user(sign_ins: SignIns, version: int, audience: str) -> None:
    """On-behalf-of keeps the user and the methods of the sign-in, and is a token of the application that asks."""
    incoming = sign_ins.user_token(audience)
    assert 401 == sign_ins.accepted(incoming)
    answer = sign_ins.ask(fitting(by_assertion(incoming), version), version=version)
    assert 200 == answer.status_code, answer.text
    claims = claims_of(answer.json()["access_token"])
    assert (SECOND, ADMIN, ["pwd", "mfa"]) == (claims["appid"], claims["oid"], claims["amr"])
    assert 200 == sign_ins.accepted(answer.json()["access_token"])


def test_on_behalf_of_keeps_a_missing_factor(sign_ins: SignIns) -> None:
    """Passing a user on does not add MFA."""
    incoming = sign_ins.user_token(amr="pwd")
    body = sign_ins.ask(fitting(by_assertion(incoming), 2)).json()
    assert ["pwd"] == claims_of(body["access_token"])["amr"]


@pytest.mark.parametrize("tenant", ["common", "organizations", "Common", TENANT.upper()])
def test_a_user_signs_in_without_naming_a_tenant(sign_ins: SignIns, tenant: str) -> None:
    """Common and organizations are the tenant of the application."""
    answer = sign_ins.ask(by_code(sign_ins.code()), tenant=tenant)
    assert 200 == answer.status_code, answer.text
    assert TENANT == claims_of(answer.json()["access_token"])["tid"]


def test_a_refresh_token_brings_the_next(sign_ins: SignIns) -> None:
    """Each redemption brings a new refresh token, which is as good, also for another resource."""
    first = sign_ins.refresh_token()
    second = sign_ins.ask(by_refresh(first)).json()["refresh_token"]
    third = sign_ins.ask(by_refresh(second, scope=f"api://{SECOND}/.default"))
    assert 200 == third.status_code, third.text
    assert SECOND == claims_of(third.json()["access_token"])["aud"]
    back = sign_ins.ask(by_refresh(third.json()["refresh_token"]))
    assert 200 == sign_ins.accepted(back.json()["access_token"])
    assert 3 == len({first, second, third.json()["refresh_token"]})


def test_a_device_waits_until_somebody_signs_in(sign_ins: SignIns) -> None:
    """Nobody has decided yet: authorization_pending, as often as the device asks."""
    form = by_device(sign_ins.device_code(state="pending", user_id=None, amr=""))
    for _ in range(2):
        assert (400, "authorization_pending", 70016) == shown(sign_ins.ask(form))


# What is refused


class Case(NamedTuple):
    """A defect, the form that has it, and how it is refused."""

    name: str
    form: Callable[[SignIns], Form]
    expected: tuple[int, str, int]
    tenant: str = TENANT


GRANT = "invalid_grant"
REQUEST = "invalid_request"
REFUSED = [
    Case("code missing", lambda _: without(by_code("x"), "code"), (400, REQUEST, 900144)),
    Case("redirect missing", lambda _: without(by_code("x"), "redirect_uri"), (400, REQUEST, 900144)),
    Case("code unknown", lambda _: by_code("canary-nothing"), (400, GRANT, 9002313)),
    Case("code expired", lambda here: by_code(here.code(ends_in=-1)), (400, GRANT, 70008)),
    Case("code used", lambda here: by_code(here.code(redeemed_at=1)), (400, GRANT, 54005)),
    Case(
        "code used, and expired since",
        lambda here: by_code(here.code(redeemed_at=1, ends_in=-1)),
        (400, GRANT, 54005),
    ),
    Case("code of another client", lambda here: by_code(here.code(client_id=SECOND)), (400, GRANT, 70000)),
    Case(
        "code, other redirect",
        lambda here: by_code(here.code(), redirect_uri=REDIRECT + "/"),
        (400, GRANT, 500112),
    ),
    Case(
        "code, other port",
        lambda here: by_code(here.code(), redirect_uri=REDIRECT.replace("53682", "53683")),
        (400, GRANT, 500112),
    ),
    Case(
        "S256, wrong verifier",
        lambda here: by_code(here.code(**WITH_S256), code_verifier=VERIFIER + "x"),
        (400, GRANT, 501481),
    ),
    Case(
        "S256, its challenge as verifier",
        lambda here: by_code(here.code(**WITH_S256), code_verifier=S256),
        (400, GRANT, 501481),
    ),
    Case("S256, no verifier", lambda here: by_code(here.code(**WITH_S256)), (400, GRANT, 501481)),
    Case(
        "plain, wrong verifier",
        lambda here: by_code(here.code(**WITH_PLAIN), code_verifier=VERIFIER + "x"),
        (400, GRANT, 501481),
    ),
    Case("plain, no verifier", lambda here: by_code(here.code(**WITH_PLAIN)), (400, GRANT, 501481)),
    Case(
        "verifier without challenge",
        lambda here: by_code(here.code(), code_verifier=VERIFIER),
        (400, GRANT, 501481),
    ),
    Case("code of a disabled user", lambda here: by_code(here.code(user_id=DISABLED)), (400, GRANT, 50057)),
    Case(
        "code of another tenant's user",
        lambda here: by_code(here.code(user_id=STRANGER)),
        (400, GRANT, 7000012),
    ),
    Case(
        "code for an unknown resource",
        lambda here: by_code(here.code(scope="https://vault.example/user_impersonation")),
        (400, "invalid_resource", 500011),
    ),
    Case(
        "code for another tenant's application",
        lambda here: by_code(here.code(scope=f"api://{FOREIGN}/user_impersonation")),
        (400, "invalid_resource", 500011),
    ),
    Case(
        "refresh token missing", lambda _: without(by_refresh("x"), "refresh_token"), (400, REQUEST, 900144)
    ),
    Case("refresh token unknown", lambda _: by_refresh("canary-nothing"), (400, GRANT, 9002313)),
    Case(
        "refresh token expired", lambda here: by_refresh(here.refresh_token(ends_in=-1)), (400, GRANT, 700082)
    ),
    Case(
        "refresh token revoked",
        lambda here: by_refresh(here.refresh_token(revoked_at=1)),
        (400, GRANT, 50173),
    ),
    Case(
        "refresh token of another client",
        lambda here: by_refresh(here.refresh_token(client_id=PUBLIC)),
        (400, GRANT, 70000),
    ),
    Case(
        "refresh token of a disabled user",
        lambda here: by_refresh(here.refresh_token(user_id=DISABLED)),
        (400, GRANT, 50057),
    ),
    Case(
        "refresh token of another tenant's user",
        lambda here: by_refresh(here.refresh_token(user_id=STRANGER)),
        (400, GRANT, 7000012),
    ),
    Case("device code missing", lambda _: without(by_device("x"), "device_code"), (400, REQUEST, 900144)),
    Case(
        "device code unknown",
        lambda _: by_device("canary-nothing"),
        (400, "bad_verification_code", 7000014),
    ),
    Case(
        "device code declined",
        lambda here: by_device(here.device_code(state="declined")),
        (400, "authorization_declined", 70018),
    ),
    Case(
        "device code expired",
        lambda here: by_device(here.device_code(state="pending", ends_in=-1)),
        (400, "expired_token", 70020),
    ),
    Case(
        "device code expired after it was approved",
        lambda here: by_device(here.device_code(ends_in=-1)),
        (400, "expired_token", 70020),
    ),
    Case("device code used", lambda here: by_device(here.device_code(state="redeemed")), (400, GRANT, 54005)),
    Case(
        "device code of another client",
        lambda here: by_device(here.device_code(client_id=SECOND)),
        (400, GRANT, 70000),
    ),
    Case(
        "device code of a disabled user",
        lambda here: by_device(here.device_code(user_id=DISABLED)),
        (400, GRANT, 50057),
    ),
    Case("name missing", lambda _: without(by_password(), "username"), (400, REQUEST, 900144)),
    Case("password missing", lambda _: without(by_password(), "password"), (400, REQUEST, 900144)),
    Case("password wrong", lambda _: by_password(password="canary-wrong"), (400, GRANT, 50126)),
    Case("right password, MFA needed", lambda _: by_password(ADMIN), (400, GRANT, 50076)),
    Case(
        "wrong password, MFA needed",
        lambda _: by_password(ADMIN, password="canary-wrong"),
        (400, GRANT, 50126),
    ),
    Case("user unknown", lambda _: by_password(username="canary@x.example"), (400, GRANT, 50034)),
    Case("user disabled", lambda _: by_password(DISABLED), (400, GRANT, 50057)),
    Case("user of another tenant", lambda _: by_password(STRANGER), (400, GRANT, 50034)),
    Case("nothing asked for", lambda _: without(by_password(), "scope", "resource"), (400, REQUEST, 900144)),
    Case("assertion missing", lambda _: without(by_assertion("x"), "assertion"), (400, REQUEST, 900144)),
    Case(
        "token use missing",
        lambda _: without(by_assertion("x"), "requested_token_use"),
        (400, REQUEST, 900144),
    ),
    Case(
        "token use of another kind",
        lambda _: by_assertion("x", requested_token_use="canary"),
        (400, REQUEST, 9002313),
    ),
    Case("assertion is no token", lambda _: by_assertion("canary"), (400, REQUEST, 50027)),
    Case(
        "assertion changed",
        lambda here: by_assertion(here.user_token()[:-8] + "AAAAAAAA"),
        (400, GRANT, 50013),
    ),
    Case(
        "assertion for the API",
        lambda here: by_assertion(here.user_token(API)),
        (400, GRANT, 500131),
    ),
    Case(
        "assertion for another application",
        lambda here: by_assertion(here.user_token(f"api://{CLIENT}")),
        (400, GRANT, 500131),
    ),
    Case(
        "assertion without a user",
        lambda here: by_assertion(
            here.ask(
                {"grant_type": "client_credentials", "scope": f"api://{SECOND}/.default", **CONFIDENTIAL}
            ).json()["access_token"]
        ),
        (400, GRANT, 7000114),
    ),
    Case(
        "assertion expired",
        lambda here: by_assertion(here.sandbox.mint(kind="app_user", audience=SECOND, expiresInSeconds=-1)),
        (400, GRANT, 500133),
    ),
    Case(
        "assertion of a user that is gone",
        lambda here: by_assertion(here.sandbox.mint(kind="app_user", audience=SECOND)),
        (400, GRANT, 50034),
    ),
    Case(
        "assertion of another tenant",
        lambda here: by_assertion(here.sandbox.mint(kind="app_user", audience=SECOND, tenantId=OTHER_TENANT)),
        (400, GRANT, 7000012),
    ),
    Case(
        "id token as assertion",
        lambda here: by_assertion(
            here.ask(
                by_code(here.code(client_id=SECOND), client_id=SECOND, client_secret="canary-secret-second")
            ).json()["id_token"]
        ),
        (400, REQUEST, 50027),
    ),
    Case("tenant unknown", lambda _: by_code("x"), (400, REQUEST, 90002), UNKNOWN),
    Case("tenant of another", lambda _: by_code("x"), (400, "unauthorized_client", 700016), OTHER_TENANT),
    Case(
        "application unknown",
        lambda _: by_code("x", client_id=UNKNOWN),
        (400, "unauthorized_client", 700016),
    ),
    Case(
        "application unknown in common",
        lambda _: by_code("x", client_id=UNKNOWN),
        (400, "unauthorized_client", 700016),
        "common",
    ),
    Case(
        "foreign application",
        lambda _: by_code("x", client_id=FOREIGN, client_secret="canary-secret-foreign"),
        (400, "unauthorized_client", 700016),
    ),
    Case("consumers", lambda _: by_code("x"), (400, REQUEST, 90002), "consumers"),
]


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_each_defect_has_its_error(sign_ins: SignIns, case: Case, version: int) -> None:
    """Status, OAuth error word and AADSTS number, the same at both endpoints; nothing secret comes back."""
    answer = sign_ins.ask(fitting(case.form(sign_ins), version), tenant=case.tenant, version=version)
    assert case.expected == shown(answer)


def test_every_error_of_a_grant_has_a_case() -> None:
    """The table of defects covers the table of errors; what needs a setting, or a poll, has a test of its own."""
    elsewhere = {GrantFault.REFRESH_TOKEN_REUSED, GrantFault.DEVICE_PENDING}
    covered = {case.expected for case in REFUSED}
    assert [] == [fault for fault in set(GrantFault) - elsewhere if fault.value[:3] not in covered]


@pytest.mark.parametrize("scope", [f"{API}/.default {API}/user_impersonation", "a/.default b/.default", "x"])
def test_a_wrong_scope_of_a_user_is_refused(sign_ins: SignIns, scope: str) -> None:
    """What is wrong in a scope is said by its number, and the code is still good."""
    code = sign_ins.code()
    assert 400 == sign_ins.ask(by_code(code, scope=scope)).status_code
    assert 200 == sign_ins.ask(by_code(code)).status_code


def test_a_resource_belongs_to_version_1(sign_ins: SignIns) -> None:
    """AADSTS901002 at the v2 endpoint."""
    form = by_code(sign_ins.code(), resource=API)
    assert (400, "invalid_request", 901002) == shown(sign_ins.ask(form))


def test_missing_mfa_says_what_would_help(sign_ins: SignIns) -> None:
    """AADSTS50076 has the suberror by which clients know that a person must act."""
    body = sign_ins.ask(fitting(by_password(ADMIN), 2)).json()
    assert "basic_action" == body["suberror"]
    assert API in body["error_description"]


def test_a_code_is_good_for_a_second_try_after_a_mistake(sign_ins: SignIns) -> None:
    """A wrong verifier does not use a code up."""
    code = sign_ins.code(**WITH_S256)
    assert 400 == sign_ins.ask(by_code(code, code_verifier=VERIFIER + "x")).status_code
    assert 200 == sign_ins.ask(by_code(code, code_verifier=VERIFIER)).status_code


@pytest.mark.parametrize(
    "redeemed",
    [
        lambda here: by_code(here.code()),
        lambda here: by_code(here.code(scope=f"{API}/.default")),
        lambda here: by_device(here.device_code()),
    ],
    ids=["code", "code without a refresh token", "device code"],
)
def test_a_code_is_redeemed_once_also_by_many_at_once(
    sign_ins: SignIns, redeemed: Callable[[SignIns], Form]
) -> None:
    """Of eight who bring the same code at the same time one gets tokens; afterwards nobody does."""
    form = redeemed(sign_ins)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: sign_ins.ask(form), range(8)))
    assert [200] + [400] * 7 == sorted(answer.status_code for answer in answers)
    lost = [answer for answer in answers if answer.status_code == 400]
    assert {(400, "invalid_grant", 54005)} == {shown(answer) for answer in [*lost, sign_ins.ask(form)]}


# Settings


def test_a_refresh_token_may_be_redeemed_again_or_not(sign_ins: SignIns) -> None:
    """Entra does not revoke what was redeemed; the setting refuses it, also to many at once."""
    token = sign_ins.refresh_token()
    assert [200, 200] == [sign_ins.ask(by_refresh(token)).status_code for _ in range(2)]
    sign_ins.sandbox.set(refresh_token_reuse="refuse")
    assert (400, "invalid_grant", 70000) == shown(sign_ins.ask(by_refresh(token)))
    fresh = by_refresh(sign_ins.refresh_token())
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: sign_ins.ask(fresh).status_code, range(8)))
    assert [200] + [400] * 7 == sorted(statuses)


def test_passwords_are_not_guessed_here_either(sign_ins: SignIns) -> None:
    """After some wrong passwords the right one is refused, too (AADSTS50053), as on the page."""
    right, wrong = (fitting(form, 2) for form in (by_password(), by_password(password="canary-wrong")))
    assert 200 == sign_ins.ask(right).status_code
    sign_ins.sandbox.set(sign_in_tries=2)
    assert [50126, 50126, 50053] == [shown(sign_ins.ask(wrong))[2] for _ in range(3)]
    assert (400, "invalid_grant", 50053) == shown(sign_ins.ask(right))
    sign_ins.sandbox.set(sign_in_tries=None)
    assert 200 == sign_ins.ask(right).status_code


def test_revoking_ends_what_was_given_out_and_not_what_comes_after(sign_ins: SignIns) -> None:
    """Every refresh token of the user ends; a new sign-in brings one that is good."""
    first = sign_ins.ask(by_code(sign_ins.code(user_id=NO_MFA))).json()["refresh_token"]
    sign_ins.revoke(NO_MFA)
    assert (400, "invalid_grant", 50173) == shown(sign_ins.ask(by_refresh(first)))
    second = sign_ins.ask(by_code(sign_ins.code(user_id=NO_MFA))).json()["refresh_token"]
    assert 200 == sign_ins.ask(by_refresh(second)).status_code


WITHOUT_MFA: dict[str, Callable[[SignIns], Form]] = {
    "code": lambda here: by_code(here.code(amr="pwd")),
    "refresh token": lambda here: by_refresh(here.refresh_token(amr="pwd")),
    "device code": lambda here: by_device(here.device_code(amr="pwd")),
    "password": lambda _: by_password(),
    "on behalf of": lambda here: by_assertion(here.user_token(amr="pwd")),
}


@pytest.mark.parametrize("grant", WITHOUT_MFA)
def test_a_sign_in_without_mfa_may_be_refused(sign_ins: SignIns, grant: str) -> None:
    """The setting has every grant refuse a sign-in without a second factor, and leaves the others alone."""
    form = fitting(WITHOUT_MFA[grant](sign_ins), 2)
    sign_ins.sandbox.set(sign_in_requires_mfa=True)
    assert (400, "invalid_grant", 50076) == shown(sign_ins.ask(form))
    assert 200 == sign_ins.ask(by_code(sign_ins.code())).status_code
    sign_ins.sandbox.set(sign_in_requires_mfa=False)
    assert 200 == sign_ins.ask(form).status_code


def kept_token(local: LocalSandbox) -> str:
    """A refresh token of the admin in a sandbox of this process."""
    local.seed(world())
    now = local.clock.now().timestamp()
    token = RefreshToken(
        token_hash=digest_of("canary-refresh"),
        client_id=CLIENT,
        user_id=ADMIN,
        scope=API,
        amr="pwd mfa",
        created_at=int(now * 1_000_000),
        expires_at=int((now + 600) * 1_000_000),
    )
    local.state.database.write(lambda connection: add_refresh_token(connection, token)).result()
    return "canary-refresh"


def ask_locally(local: LocalSandbox, form: Form) -> dict[str, Any]:
    """What the token endpoint of a sandbox in this process answers."""
    path, content = f"/{TENANT}/oauth2/v2.0/token", urlencode(form).encode()
    asked = Request("POST", path, "", {}, content, "http://127.0.0.1", from_loopback=True)
    answer = SignIn(local.state).find(asked)
    assert answer is not None
    return dict(json.loads(answer.body))


@pytest.mark.parametrize(
    ("happens", "number"),
    [
        (lambda connection: revoke_refresh_tokens(connection, ADMIN, 1), 50173),
        (lambda connection: delete_partner_user(connection, ADMIN), 50057),
        (lambda connection: delete_application(connection, CLIENT), 700016),
        (
            lambda connection: connection.execute(partner_users.update().values(is_enabled=False)),
            50057,
        ),
    ],
    ids=["revoked", "user removed", "application removed", "user disabled"],
)
def test_what_happens_at_the_same_moment_counts(
    local_sandbox: LocalSandbox,
    monkeypatch: pytest.MonkeyPatch,
    happens: Callable[[Any], object],
    number: int,
) -> None:
    """After the look at token, user and application, and before the write: nothing is given out."""
    form, state = by_refresh(kept_token(local_sandbox)), local_sandbox.state
    before_the_next_write(monkeypatch, state, lambda: state.database.write(happens).result())
    assert [number] == ask_locally(local_sandbox, form)["error_codes"]


# Other sandboxes


def test_what_another_sandbox_gave_out_is_worthless(sign_ins: SignIns, start_sandbox: StartSandbox) -> None:
    """Refresh tokens and assertions of a sandbox with the same partners are not taken."""
    other: Sandbox = start_sandbox()
    other.seed(world())
    form = {**by_password(), "scope": f"api://{SECOND}/.default offline_access"}
    answer = other.http.post(f"{other.url}/{TENANT}/oauth2/v2.0/token", data=fitting(form, 2))
    assert 200 == answer.status_code, answer.text
    body = answer.json()
    here = fitting(by_assertion(body["access_token"]), 2)
    assert (400, "invalid_grant", 50013) == shown(sign_ins.ask(here))
    form = by_refresh(body["refresh_token"], client_id=PUBLIC)
    assert (400, "invalid_grant", 9002313) == shown(sign_ins.ask(without(form, "client_secret")))


# Realms


@pytest.mark.parametrize(
    ("name", "kind"), [(NAMES[ADMIN], "Managed"), ("x@nowhere.example", "Unknown"), ("x", "Unknown")]
)
def test_the_realm_of_a_user_is_never_federated(sign_ins: SignIns, name: str, kind: str) -> None:
    """Msal asks before it sends a password."""
    answer = sign_ins.sandbox.http.get(
        f"{sign_ins.sandbox.url}/common/userrealm/{name}", params={"api-version": "1.0"}
    )
    assert (200, kind) == (answer.status_code, answer.json()["account_type"])
    assert name.rpartition("@")[2] == answer.json()["domain_name"]
