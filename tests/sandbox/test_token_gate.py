"""The token table, carried out: each kind of token, each defect, each class of routes; behaviour.md 1.5, 9, 11."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from tests.conftest import Sandbox
from tests.sandbox.conftest import OTHER_CLIENT, OTHER_TENANT, OWN, Fault, fault_of
from tests.sandbox.forging import Forger, read
from tests.sandbox.token_table import DEFECTS, KINDS, SWITCHES, Defect, Kind, Route, Switch, Told, told

from partnercenter.contract import development_partner
from partnercenter.contract.clouds import PARTNER_CENTER_APPLICATION_ID
from partnercenter.sandbox.settings import GROUPS

GRANT = b"grant_type=jwt_token"
ASKED = {"ValidateMfa": "true"}


def order(kind: Kind, defect: Defect, issuer: str) -> dict[str, Any]:
    """The order of a token of a kind, in its version, with what its defect changes."""
    wanted = {**kind.order, **defect.changes}
    claims: dict[str, Any] = {}
    if kind.version == 2:
        tenant = wanted.get("tenantId", development_partner.TENANT_ID)
        claims = {"iss": f"https://login.microsoftonline.com/{tenant}/v2.0", "ver": "2.0", "appid": None}
        claims["azp"] = wanted.get("clientId", development_partner.CLIENT_ID)
        if "audience" not in wanted:
            claims["aud"] = PARTNER_CENTER_APPLICATION_ID
    if kind.is_exchanged:
        claims["iss"] = issuer
    return {**wanted, "claims": {**claims, **wanted.get("claims", {})}}


def header(sandbox: Sandbox, kind: Kind, defect: Defect, published: Any, issuer: str) -> str | None:
    """The Authorization header of a token of a kind with a defect."""
    return defect.forge(Forger(sandbox.mint(**order(kind, defect, issuer)), published))


def ask(sandbox: Sandbox, route: Route, authorization: str | None, **headers: str) -> httpx2.Response:
    """Call a class of routes."""
    sent = headers if authorization is None else {"Authorization": authorization, **headers}
    call = route.value
    return sandbox.http.request(call.method, sandbox.url + call.path, content=call.body, headers=sent)


def problem(route: Route, wanted: Told | None, answer: httpx2.Response) -> str | None:
    """In which way an answer is not the one that the table tells."""
    challenge = answer.headers.get("WWW-Authenticate")
    if wanted is None:
        code = answer.json().get("code")
        opened = (answer.status_code, code, challenge) == (route.value.status, route.value.code, None)
        return None if opened else f"not opened: {answer.status_code} {code} {challenge}"
    body = answer.json() if answer.content else None
    got, expected = (
        (answer.status_code, challenge, body),
        (wanted.status, wanted.challenge, wanted.body),
    )
    return None if got == expected else f"{got} instead of {expected}"


def issuer_of_exchanged(sandbox: Sandbox) -> str:
    """What a token of generatetoken says who gave it out."""
    return str(read(exchanged(sandbox, sandbox.token))["iss"])


def exchanged(sandbox: Sandbox, token: str, path: str = "/v3/generatetoken") -> str:
    """The token that is given out for another."""
    answer = sandbox.call("POST", path, content=GRANT, token=token)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def public_key(sandbox: Sandbox) -> Any:
    """The key in the sandbox's key document."""
    return sandbox.http.get(f"{sandbox.url}/common/discovery/v2.0/keys").json()["keys"][0]


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_token_with_every_defect_is_answered_as_the_table_tells(
    world: Sandbox, name: str
) -> None:
    """Status, body and WWW-Authenticate of each class of routes are the table's."""
    kind, published, issuer = KINDS[name], public_key(world), issuer_of_exchanged(world)
    problems = []
    for what, defect in DEFECTS.items():
        if defect.users_only and not kind.has_user:
            continue
        sent = header(world, kind, defect, published, issuer)
        for route in Route:
            found = problem(route, told(kind, defect, route), ask(world, route, sent))
            if found:
                problems.append(f"{what} on {route.name}: {found}")
    assert [] == problems


@pytest.mark.parametrize("switch", SWITCHES, ids=str)
def test_a_setting_changes_the_answer(world: Sandbox, switch: Switch) -> None:
    """Where the reference leaves the answer open, the setting decides; without it the table's holds."""
    kind, defect = KINDS[switch.kind], DEFECTS[switch.defect]
    sent = header(world, kind, defect, public_key(world), issuer_of_exchanged(world))
    world.set(**switch.settings)
    assert problem(switch.route, switch.told, ask(world, switch.route, sent)) is None


def test_every_setting_about_tokens_is_in_the_table() -> None:
    """No answer to a token can be set that the table does not try."""
    tried = {name for switch in SWITCHES for name in switch.settings}
    shown_elsewhere = {
        "generatetoken_expires_in",
        "mfa_missing_text",
        "mfa_verdict",
        "token_lifetime_seconds",
    }
    about_tokens = {setting.name for setting in GROUPS["Tokens"]}
    assert about_tokens == tried | shown_elsewhere


def test_the_exchanged_token_opens_what_the_other_one_opens_and_ends_with_it(world: Sandbox) -> None:
    """A token of generatetoken, for either form of body, has tenant, user and end of the one it was given for."""
    given = world.mint(kind="app_user", expiresInSeconds=100)
    for path in ("/generatetoken", "/v3/generatetoken", "/GenerateToken"):
        for body in (GRANT, json.dumps(GRANT.decode()).encode()):
            answer = world.call("POST", path, content=body, token=given)
            assert (200, "Bearer", True) == (
                answer.status_code,
                answer.json()["token_type"],
                95 < answer.json()["expires_in"] <= 100,
            )
            new, old = read(answer.json()["access_token"]), read(given)
            told = ("tid", "appid", "oid", "scp", "amr", "upn", "roles", "exp")
            assert {name: old[name] for name in told} == {name: new[name] for name in told}
            assert new["iss"] != old["iss"]


@pytest.mark.parametrize(
    "body",
    [b"", b"grant_type=password", b'"grant_type=password"', b'{"grant_type": "jwt_token"}', b'"', b"\xff"],
)
def test_another_grant_is_refused(world: Sandbox, body: bytes) -> None:
    """A body that does not ask for the exchange is a malformed one, and says what is expected."""
    answer = world.call("POST", "/v3/generatetoken", content=body)
    assert (Fault(400, 800002), "The body must say grant_type=jwt_token.") == (
        fault_of(answer),
        answer.json()["description"],
    )


def test_an_exchange_is_traced_and_logged_as_every_call(world: Sandbox) -> None:
    """Its answer echoes the ids, and it stands in the log of requests without token and body."""
    sent = {"MS-RequestId": str(uuid4()), "MS-CorrelationId": str(uuid4())}
    answer = world.call("POST", "/v3/generatetoken", content=GRANT, headers=sent)
    assert sent == {name: answer.headers[name] for name in sent}
    logged = world.control("GET", "/requests").json()["requests"][-1]
    assert ("/v3/generatetoken", 200, development_partner.TENANT_ID) == (
        logged["path"],
        logged["status"],
        logged["partnerTenantId"],
    )


def verdict(world: Sandbox, token: str, asked: str = "true") -> tuple[int, str | None]:
    """Status and MFA verdict of a call."""
    answer = world.call("GET", "/v1/customers", token=token, headers={"ValidateMfa": asked})
    return answer.status_code, answer.headers.get("isMfaCompliant")


def test_who_asks_is_told_whether_the_user_had_a_second_factor(world: Sandbox) -> None:
    """`ValidateMfa: true` is answered for app+user, refused or not, and for nobody else (9.2)."""
    with_mfa, without = world.mint(kind="app_user"), world.mint(kind="app_user", mfa=False)
    assert (200, "true") == verdict(world, with_mfa)
    assert (200, "true") == verdict(world, with_mfa, "True")
    assert (401, "false") == verdict(world, without)
    assert (200, None) == verdict(world, with_mfa, "false")
    assert (200, None) == verdict(world, world.token)
    assert (401, None) == verdict(world, "garbage")
    world.set(mfa="off")
    assert (200, "false") == verdict(world, without)
    world.set(mfa_verdict="off")
    assert (200, None) == verdict(world, without)


def test_the_verdict_in_a_body_leaves_the_rest_of_it_alone(world: Sandbox) -> None:
    """With `mfa_verdict=body` objects get one member more, and what has no body keeps none."""
    token = world.mint(kind="app_user")
    world.set(mfa_verdict="body")
    path = f"/v1/customers/{OWN}"
    plain = world.call("GET", path, token=token).json()
    assert {**plain, "isMfaCompliant": True} == world.call("GET", path, token=token, headers=ASKED).json()
    gone = world.call("DELETE", path, token=token, headers=ASKED)
    assert (204, b"", None) == (gone.status_code, gone.content, gone.headers.get("isMfaCompliant"))


def test_tokens_live_by_the_machines_clock(world: Sandbox) -> None:
    """Months later by the sandbox's clock a token is still good for its hour (nature: the machine's clock)."""
    token = world.mint()
    assert world.control("POST", "/clock", {"advance": "P60D"}).status_code == 200
    assert world.call("GET", "/v1/customers", token=token).status_code == 200
    assert world.call("GET", "/v1/customers", token=world.mint(expiresInSeconds=-1)).status_code == 401


@pytest.mark.parametrize(("early", "status"), [(50, 200), (70, 401)])
def test_the_tolerance_holds_for_both_ends(world: Sandbox, early: int, status: int) -> None:
    """`token_clock_skew_seconds` lets in a token that far before its begin and behind its end, and none farther."""
    world.set(token_clock_skew_seconds=60)
    now = int(time.time())
    too_early = world.mint(claims={"nbf": now + early, "exp": now + 3600})
    too_late = world.mint(claims={"nbf": now - 3600, "exp": now - early})
    assert [status] * 2 == [
        world.call("GET", "/v1/customers", token=token).status_code for token in (too_early, too_late)
    ]


USER = "22222222-0000-4000-8000-000000000001"
ADMIN_AGENT = {
    "objectId": USER,
    "userPrincipalName": f"ada@{development_partner.DOMAIN}",
    "password": "Not-used-here-1",
}
WITHOUT_ROLE = Fault(403, 900308)


def of_user(sandbox: Sandbox, **order: Any) -> str:
    """A token of the user as sign-in gives it out: without roles, which the directory knows."""
    return sandbox.mint(kind="app_user", claims={"oid": USER, "roles": None}, **order)


def change(**members: Any) -> Callable[[Sandbox], httpx2.Response]:
    """Change the user."""
    return lambda sandbox: sandbox.control("PATCH", f"/users/{USER}", members)


@pytest.mark.parametrize(
    ("expected", "act"),
    [
        (Fault(200), change(displayName="Ada")),
        (Fault(200), change(roles=["HelpdeskAgents", "AdminAgents"])),
        (WITHOUT_ROLE, change(roles=["HelpdeskAgents", "SalesAgents"])),
        (WITHOUT_ROLE, change(roles=[])),
        (WITHOUT_ROLE, change(enabled=False)),
        (WITHOUT_ROLE, lambda sandbox: sandbox.control("DELETE", f"/users/{USER}")),
    ],
    ids=["another name", "both roles", "other roles", "no role", "disabled", "deleted"],
)
def test_a_user_may_what_its_roles_allow_now(
    world: Sandbox, expected: Fault, act: Callable[[Sandbox], httpx2.Response]
) -> None:
    """A token opens the API as long as its user is there, enabled, and has the role (1.5), and again afterwards."""
    assert world.control("POST", "/users", ADMIN_AGENT).status_code < 300
    token, app_only = of_user(world), world.mint()
    tokens = (token, exchanged(world, token))
    paths = ("/v1/customers", f"/v1/customers/{OWN}/users")

    def opened() -> list[Fault]:
        return [fault_of(world.call("GET", path, token=one)) for path in paths for one in tokens]

    assert [Fault(200)] * 4 == opened()
    assert act(world).status_code < 300
    assert [expected] * 4 == opened()
    assert Fault(200) == fault_of(world.call("GET", "/v1/customers", token=app_only))
    if change(enabled=True, roles=["AdminAgents"])(world).status_code < 300:
        assert [Fault(200)] * 4 == opened()


def test_a_user_has_no_role_in_the_tenant_of_another_partner(world: Sandbox) -> None:
    """An admin agent of one partner is nobody for another one, whose token names it."""
    assert world.control("POST", "/users", ADMIN_AGENT).status_code < 300
    token = of_user(world, tenantId=OTHER_TENANT, clientId=OTHER_CLIENT)
    assert WITHOUT_ROLE == fault_of(world.call("GET", "/v1/customers", token=token))
