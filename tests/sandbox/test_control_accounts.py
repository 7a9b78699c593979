"""Partners, applications and users, changed while the sandbox runs: what each change does to the next call."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from tests.conftest import Sandbox
from tests.sandbox.assertions import JWT_BEARER, keyholder
from tests.sandbox.conftest import FOREIGN, OTHER_TENANT, WORLD, LocalSandbox, StartSandbox

from partnercenter.contract import development_partner
from partnercenter.sandbox.control.routes import Control
from partnercenter.sandbox.store.sign_ins import (
    RefreshToken,
    add_refresh_token,
    digest_of,
    find_refresh_token,
)
from partnercenter.sandbox.store.times import to_micros
from partnercenter.sandbox.wire.message import Request

TENANT = "0bada5a0-0000-4ca1-8ca1-0000000000f1"
CLIENT = "0bada5a0-0000-4ca1-8ca1-0000000000f2"
OBJECT = "0bada5a0-0000-4ca1-8ca1-0000000000f3"
NOTHING = "0bada5a0-0000-4ca1-8ca1-0000000000ff"
DOMAIN = "people.onmicrosoft.com"
ANNA = f"anna@{DOMAIN}"
PASSWORD = "canary-password-of-anna"
SECRET = "canary-secret-of-an-application"

PARTNER = {"tenantId": TENANT, "companyName": "People", "domain": DOMAIN}
APPLICATION = {"tenantId": TENANT, "clientId": CLIENT, "name": "Tool"}
USER = {"tenantId": TENANT, "userPrincipalName": ANNA, "password": PASSWORD, "objectId": OBJECT}
OWN_APPLICATION = f"/applications/{development_partner.CLIENT_ID}"


def done(sandbox: Sandbox, method: str, path: str, body: Any = None) -> dict[str, Any]:
    """The answer of a control route that did what was asked."""
    answer = sandbox.control(method, path, body)
    assert 200 == answer.status_code, answer.text
    return dict(answer.json())


@pytest.fixture
def staffed(sandbox: Sandbox) -> Sandbox:
    """A sandbox with one more partner, which has an application and a user."""
    done(sandbox, "POST", "/partners", PARTNER)
    done(sandbox, "POST", "/applications", APPLICATION)
    done(sandbox, "POST", "/users", USER)
    return sandbox


def signed_in(
    sandbox: Sandbox, secret: str, *, client: str = CLIENT, tenant: str = TENANT
) -> httpx2.Response:
    """What the token endpoint answers to an application and a secret."""
    return sandbox.http.post(
        f"{sandbox.url}/{tenant}/oauth2/token",
        data={
            "grant_type": "client_credentials",
            "client_id": client,
            "client_secret": secret,
            "resource": "https://api.partnercenter.microsoft.com",
        },
    )


def signed_in_by_key(sandbox: Sandbox) -> httpx2.Response:
    """What the token endpoint answers to an assertion that the certificate's key has signed."""
    endpoint = f"{sandbox.url}/{TENANT}/oauth2/token"
    form = {
        "grant_type": "client_credentials",
        "client_id": CLIENT,
        "client_assertion_type": JWT_BEARER,
        "client_assertion": keyholder("application").assertion(CLIENT, endpoint),
        "resource": "https://api.partnercenter.microsoft.com",
    }
    return sandbox.http.post(endpoint, data=form)


def refused(answer: httpx2.Response) -> str:
    """The number of Entra's refusal."""
    assert answer.status_code in {400, 401}, answer.text
    return str(answer.json()["error_codes"][0])


def asked_as_anna(sandbox: Sandbox) -> httpx2.Response:
    """What the API answers to a token of the user, whose rights it looks up."""
    order = {"tenantId": TENANT, "clientId": CLIENT, "kind": "app_user", "roles": []}
    return sandbox.call("GET", "/v1/customers", token=sandbox.mint(**order, claims={"oid": OBJECT}))


def of_partner(sandbox: Sandbox, **claims: Any) -> httpx2.Response:
    """What the API answers to an app-only token of the partner."""
    token = sandbox.mint(tenantId=TENANT, clientId=CLIENT)
    return sandbox.call("GET", "/v1/customers", token=token, **claims)


# partners


def test_a_partner_is_added_shown_changed_and_removed(sandbox: Sandbox) -> None:
    """With applications and users of its own; the tenant id is made up when none is given."""
    people = {
        **PARTNER,
        "kind": "indirect_provider",
        "applications": [{"clientId": CLIENT, "clientSecret": SECRET}],
        "users": [{"userPrincipalName": ANNA, "password": PASSWORD}],
    }
    added = done(sandbox, "POST", "/partners", people)
    assert {"companyName": "People", "kind": "indirect_provider", "applications": 1, "users": 1}.items() <= (
        added.items()
    )
    assert 200 == signed_in(sandbox, SECRET).status_code
    made_up = done(sandbox, "POST", "/partners", {"companyName": "Another", "domain": "another.example"})
    listed = done(sandbox, "GET", "/partners")["partners"]
    names = ["Another", development_partner.COMPANY_NAME, "People"]
    assert (names, True) == ([one["companyName"] for one in listed], made_up in listed)
    changes = {"companyName": "Persons", "environment": "production", "kind": None, "isCspPartner": False}
    changed = done(sandbox, "PATCH", f"/partners/{TENANT.upper()}", changes)
    assert {**added, **changes, "kind": "direct_bill"} == changed
    assert changed == done(sandbox, "GET", f"/partners/{TENANT}")
    assert changed == done(sandbox, "DELETE", f"/partners/{TENANT}")
    assert 404 == sandbox.control("GET", f"/partners/{TENANT}").status_code
    assert added["domain"] == done(sandbox, "POST", "/partners", people)["domain"]


def test_a_change_of_a_partner_holds_for_the_next_call(sandbox: Sandbox) -> None:
    """A sandbox account becomes a production one, and leaves the programme; tokens stay what they were."""
    customer = sandbox.create_customer()
    own = f"/partners/{development_partner.TENANT_ID}"
    done(sandbox, "PATCH", own, {"environment": "production"})
    answer = sandbox.call("DELETE", f"/v1/customers/{customer['id']}")
    assert (400, 900127) == (answer.status_code, answer.json()["code"])
    done(sandbox, "PATCH", own, {"isCspPartner": False})
    answer = sandbox.call("GET", f"/v1/customers/{customer['id']}")
    assert (403, 600006) == (answer.status_code, answer.json()["code"])
    done(sandbox, "PATCH", own, {"isCspPartner": True, "environment": "sandbox"})
    assert 204 == sandbox.call("DELETE", f"/v1/customers/{customer['id']}").status_code


def test_a_partner_goes_with_everything(world: Sandbox) -> None:
    """Its application cannot sign in, its token opens nothing, its customers and their domains are gone."""
    token = world.mint(tenantId=OTHER_TENANT, clientId="0bada5a0-0000-4ca1-8ca1-0000000000b2")
    domain = world.call("GET", f"/v1/customers/{FOREIGN}", token=token).json()["companyProfile"]["domain"]
    assert 403 == world.call("GET", f"/v1/customers/{FOREIGN}").status_code
    gone = done(world, "DELETE", f"/partners/{OTHER_TENANT}")
    assert (1, 1) == (gone["customers"], gone["applications"])
    answer = world.call("GET", f"/v1/customers/{FOREIGN}", token=token)
    assert (403, 600006) == (answer.status_code, answer.json()["code"])
    assert 404 == world.call("GET", f"/v1/customers/{FOREIGN}").status_code
    for name in (gone["domain"], domain):
        assert 404 == world.call("HEAD", f"/v1/domains/{name}").status_code
    tenants = [one["tenantId"] for one in done(world, "GET", "/applications")["applications"]]
    assert OTHER_TENANT not in tenants
    assert len(WORLD["partners"]) - 1 == len(done(world, "GET", "/partners")["partners"])


# applications


def test_an_application_is_added_shown_changed_and_removed(staffed: Sandbox) -> None:
    """By its client id, which is made up when none is given."""
    added = done(staffed, "GET", f"/applications/{CLIENT}")
    assert {"tenantId": TENANT, "name": "Tool", "registered": True, "public": False}.items() <= added.items()
    other = done(staffed, "POST", "/applications", {"public": True, "redirectUris": ["http://localhost"]})
    assert (development_partner.TENANT_ID, True) == (other["tenantId"], other["public"])
    listed = done(staffed, "GET", "/applications")["applications"]
    assert 4 == len(listed)
    assert [added] == done(staffed, "GET", f"/applications?tenantId={TENANT}")["applications"]
    changes = {"name": "Better tool", "public": True, "redirectUris": ["com.example.app://auth"]}
    changed = done(staffed, "PATCH", f"/applications/{CLIENT.upper()}", changes)
    assert {**added, **changes} == changed
    assert changed == done(staffed, "DELETE", f"/applications/{CLIENT}")
    assert 404 == staffed.control("DELETE", f"/applications/{CLIENT}").status_code


def test_an_application_that_is_taken_off_the_register_is_refused(staffed: Sandbox) -> None:
    """By the API, with a token that it took before; and taken again once it is back."""
    assert 200 == of_partner(staffed).status_code
    done(staffed, "PATCH", f"/applications/{CLIENT}", {"registered": False})
    answer = of_partner(staffed)
    assert (403, 600006) == (answer.status_code, answer.json()["code"])
    done(staffed, "PATCH", f"/applications/{CLIENT}", {"registered": None})
    assert 200 == of_partner(staffed).status_code


def test_secrets_come_and_go(staffed: Sandbox) -> None:
    """Several are good at once, each until its end or its removal; only the answer that makes one shows it."""
    path = f"/applications/{CLIENT}/secrets"
    first, second = done(staffed, "POST", path), done(staffed, "POST", path, {"expiresInSeconds": 3600})
    late = done(staffed, "POST", path, {"expiresInSeconds": -1})
    assert (None, True) == (first["expiresAt"], second["expiresAt"] > second["createdAt"])
    for made in (first, second):
        assert len(made["secret"]) >= 40
        assert 200 == signed_in(staffed, made["secret"]).status_code
    assert "7000222" == refused(signed_in(staffed, late["secret"]))
    left = done(staffed, "DELETE", f"{path}/{first['keyId'].upper()}")
    assert [second["keyId"], late["keyId"]] == [one["keyId"] for one in left["secrets"]]
    assert "7000215" == refused(signed_in(staffed, first["secret"]))
    assert 200 == signed_in(staffed, second["secret"]).status_code
    shown = json.dumps([left, done(staffed, "GET", "/applications"), done(staffed, "GET", "/about")])
    assert not any(made["secret"] in shown for made in (first, second, late))


def test_certificates_come_and_go(staffed: Sandbox) -> None:
    """By their SHA-256, however it is written; what its key has signed is taken as long as it is there."""
    path = f"/applications/{CLIENT}/certificates"
    one, two = keyholder("application").pem, keyholder("another").pem
    added = done(staffed, "POST", path, {"pem": one})["certificates"][0]["thumbprint"]
    assert 200 == signed_in_by_key(staffed).status_code
    both = done(staffed, "POST", path, {"pem": two})["certificates"]
    assert (2, 64) == (len(both), len(added))
    colons = ":".join(added[at : at + 2] for at in range(0, 64, 2)).upper()
    left = done(staffed, "DELETE", f"{path}/{colons}")["certificates"]
    assert [one for one in both if one["thumbprint"] != added] == left
    assert "700027" == refused(signed_in_by_key(staffed))


def test_a_list_shows_each_application_with_its_own_keys(staffed: Sandbox) -> None:
    """As it is shown alone, in the list of all and in that of its partner."""
    for path in (f"/applications/{CLIENT}", OWN_APPLICATION):
        done(staffed, "POST", f"{path}/secrets")
    done(staffed, "POST", f"/applications/{CLIENT}/certificates", {"pem": keyholder("application").pem})
    own = done(staffed, "GET", f"/applications/{CLIENT}")
    assert (1, 1) == (len(own["secrets"]), len(own["certificates"]))
    assert [own] == done(staffed, "GET", f"/applications?tenantId={TENANT}")["applications"]
    listed = done(staffed, "GET", "/applications")["applications"]
    assert 3 == len(listed)
    assert listed == [done(staffed, "GET", f"/applications/{one['clientId']}") for one in listed]
    assert [(one["name"], one["clientId"]) for one in listed] == sorted(
        (one["name"], one["clientId"]) for one in listed
    )


# users


def test_a_user_is_added_shown_changed_and_removed(staffed: Sandbox) -> None:
    """By principal name without case, or by object id."""
    added = done(staffed, "GET", f"/users/{ANNA.upper()}")
    assert added == done(staffed, "GET", f"/users/{OBJECT.upper()}")
    assert {
        "objectId": OBJECT,
        "tenantId": TENANT,
        "userPrincipalName": ANNA,
        "displayName": "anna",
        "mfa": True,
        "enabled": True,
        "roles": ["AdminAgents"],
    }.items() <= added.items()
    own = {"userPrincipalName": f"ben@{development_partner.DOMAIN}", "password": PASSWORD}
    assert development_partner.TENANT_ID == done(staffed, "POST", "/users", own)["tenantId"]
    assert 3 == len(done(staffed, "GET", "/users")["users"])
    assert [added] == done(staffed, "GET", f"/users?tenantId={TENANT}")["users"]
    changes = {"displayName": "Anna", "mfa": False, "roles": ["SalesAgents"]}
    assert {**added, **changes} == done(staffed, "PATCH", f"/users/{ANNA}", changes)
    nulls = dict.fromkeys(changes)
    assert added == done(staffed, "PATCH", f"/users/{ANNA}", nulls)
    assert added == done(staffed, "DELETE", f"/users/{ANNA}")
    assert 404 == staffed.control("GET", f"/users/{ANNA}").status_code


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"roles": []}, 403),
        ({"roles": ["HelpdeskAgents"]}, 403),
        ({"enabled": False}, 403),
        ({"mfa": False}, 200),
    ],
)
def test_a_change_of_a_user_holds_for_the_next_call(
    staffed: Sandbox, changes: dict[str, Any], status: int
) -> None:
    """A token that was good is not, once its user may do less."""
    assert 200 == asked_as_anna(staffed).status_code
    done(staffed, "PATCH", f"/users/{ANNA}", changes)
    answer = asked_as_anna(staffed)
    assert status == answer.status_code
    assert status == 200 or 900308 == answer.json()["code"]


@pytest.mark.parametrize(
    ("method", "path", "body", "ended"),
    [
        ("POST", "/users/{user}/revoke", None, True),
        ("PATCH", "/users/{user}", {"password": "another-password"}, True),
        ("PATCH", "/users/{user}", {"enabled": False}, True),
        ("PATCH", "/users/{user}", {"mfa": False, "roles": [], "displayName": "A"}, False),
        ("PATCH", "/users/{user}", {"enabled": True}, False),
    ],
)
def test_refresh_tokens_end(
    local_sandbox: LocalSandbox, method: str, path: str, body: Any, *, ended: bool
) -> None:
    """When they are revoked, the password is another one, or the user is disabled; not otherwise."""
    state, text = local_sandbox.state, str(uuid4())
    control = Control(state)

    def ask(verb: str, where: str, sent: Any) -> dict[str, Any]:
        content = b"" if sent is None else json.dumps(sent).encode()
        address = "/_sandbox" + where.replace("{user}", development_partner.USER_PRINCIPAL_NAME)
        request = Request(verb, address, "", {}, content, "http://127.0.0.1", from_loopback=True)
        answer = control.handle(request)
        assert 200 == answer.status
        return dict(json.loads(answer.body))

    user, now = ask("GET", "/users/{user}", None), to_micros(state.nature.real.now())
    token = RefreshToken(
        digest_of(text), development_partner.CLIENT_ID, user["objectId"], "openid", "pwd", now, now + 10**9
    )
    state.database.write(lambda connection: add_refresh_token(connection, token)).result()
    answer = ask(method, path, body)
    kept = state.database.read(lambda connection: find_refresh_token(connection, text))
    assert kept is not None
    assert ended == (kept.revoked_at is not None)
    if path.endswith("revoke"):
        assert {"revoked": 1} == answer
        assert {"revoked": 0} == ask(method, path, body)


def test_a_password_is_kept_as_a_digest_and_shown_nowhere(start_sandbox: StartSandbox, tmp_path: Any) -> None:
    """Neither in an answer nor in the database file; and so is a secret."""
    fresh = start_sandbox(database=tmp_path / "sandbox.db")
    said = [
        done(fresh, "POST", "/partners", PARTNER),
        done(fresh, "POST", "/applications", {**APPLICATION, "clientSecret": SECRET}),
        done(fresh, "POST", "/users", USER),
        done(fresh, "PATCH", f"/users/{ANNA}", {"password": f"{PASSWORD}-2"}),
        done(fresh, "GET", "/users"),
        done(fresh, "GET", "/applications"),
    ]
    made = done(fresh, "POST", f"/applications/{CLIENT}/secrets")["secret"]
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file())
    for secret in (PASSWORD, SECRET, made):
        assert secret not in json.dumps(said)
        assert secret.encode() not in kept
    assert not any(word in json.dumps(said) for word in ("scrypt", "hmac", "hash"))


# mistakes


USED: list[tuple[str, str, Any, int, str]] = [
    ("POST", "/partners", {}, 400, "In the request, partner.companyName must be a text"),
    ("POST", "/partners", {"companyName": "A"}, 400, "partner.domain must be a text"),
    ("POST", "/partners", {**PARTNER, "tenantId": "x"}, 400, "partner.tenantId must be a GUID."),
    (
        "POST",
        "/partners",
        {**PARTNER, "kind": "direct"},
        400,
        "one of direct_bill, indirect_provider, indirect_r",
    ),
    ("POST", "/partners", {**PARTNER, "customers": []}, 400, "partner has no member 'customers'"),
    ("POST", "/partners", PARTNER, 400, f"There is a partner with the tenant id {TENANT} already."),
    ("POST", "/partners", {**PARTNER, "tenantId": NOTHING}, 400, f"The domain {DOMAIN} is taken already."),
    (
        "POST",
        "/partners",
        {"companyName": "B", "domain": "b.example", "applications": [{"clientId": CLIENT, "public": True}]},
        400,
        f"There is an application with the client id {CLIENT} already.",
    ),
    (
        "POST",
        "/partners",
        {
            "companyName": "B",
            "domain": "b.example",
            "users": [{"userPrincipalName": "a@b.example", "password": PASSWORD, "objectId": OBJECT}],
        },
        400,
        f"There is a user with the object id {OBJECT} already.",
    ),
    ("POST", "/partners", [], 400, "JSON object"),
    (
        "PATCH",
        f"/partners/{TENANT}",
        {"domain": "x.example"},
        400,
        "has no member 'domain'; it has companyName",
    ),
    ("PATCH", f"/partners/{TENANT}", {"companyName": ""}, 400, "partner.companyName must be a text"),
    ("PATCH", f"/partners/{TENANT}", {"environment": "test"}, 400, "must be one of sandbox, production."),
    ("PATCH", f"/partners/{NOTHING}", {}, 404, f"There is no partner with the tenant id '{NOTHING}'."),
    ("DELETE", "/partners/people", None, 404, "There is no partner with the tenant id 'people'."),
    (
        "DELETE",
        f"/partners/{development_partner.TENANT_ID}",
        None,
        400,
        "The development partner is always there; a reset empties it.",
    ),
    ("POST", "/applications", {"tenantId": NOTHING}, 400, "There is no partner with the tenant id"),
    (
        "POST",
        "/applications",
        APPLICATION,
        400,
        f"There is an application with the client id {CLIENT} already.",
    ),
    ("POST", "/applications", {"clientId": "x"}, 400, "application.clientId must be a GUID."),
    (
        "POST",
        "/applications",
        {"public": True, "clientSecret": SECRET},
        400,
        "application.public cannot be true of an application with a secret or a certificate.",
    ),
    ("POST", "/applications", {"redirectUri": "x"}, 400, "did you mean redirectUris?"),
    ("PATCH", f"/applications/{CLIENT}", {"clientSecret": SECRET}, 400, "has no member 'clientSecret'"),
    (
        "PATCH",
        f"/applications/{CLIENT}",
        {"redirectUris": ["http://a.example"]},
        400,
        "redirectUris[0] must be h",
    ),
    (
        "PATCH",
        OWN_APPLICATION,
        {"public": True},
        400,
        "application.public cannot be true of an application with a secret",
    ),
    (
        "PATCH",
        f"/applications/{NOTHING}",
        {},
        404,
        f"There is no application with the client id '{NOTHING}'.",
    ),
    ("GET", "/applications/tool", None, 404, "There is no application with the client id 'tool'."),
    ("GET", "/applications?tenantId=x", None, 404, "There is no partner with the tenant id 'x'."),
    ("GET", "/applications?tenant=x", None, 400, "The list is narrowed by tenantId only, not by 'tenant'."),
    (
        "POST",
        f"/applications/{development_partner.PUBLIC_CLIENT_ID}/secrets",
        {},
        400,
        "A public application has neither secret nor certificate",
    ),
    (
        "POST",
        f"/applications/{CLIENT}/secrets",
        {"expiresInSeconds": "1"},
        400,
        "must be a whole number of s",
    ),
    (
        "POST",
        f"/applications/{CLIENT}/secrets",
        {"expiresInSeconds": 10**11},
        400,
        "must be a whole number of s",
    ),
    ("POST", f"/applications/{CLIENT}/secrets", {"secret": SECRET}, 400, "A secret has no member 'secret'"),
    ("POST", f"/applications/{NOTHING}/secrets", {}, 404, "There is no application"),
    ("DELETE", f"/applications/{CLIENT}/secrets/{NOTHING}", None, 404, "no secret with the key id"),
    ("POST", f"/applications/{CLIENT}/certificates", {}, 400, "certificate.pem must be a text."),
    (
        "POST",
        f"/applications/{CLIENT}/certificates",
        {"pem": "x"},
        400,
        "pem must be a certificate in PEM form.",
    ),
    ("POST", f"/applications/{CLIENT}/certificates", {"pem": "KEY"}, 400, "must be the certificate alone"),
    (
        "DELETE",
        f"/applications/{CLIENT}/certificates/ab",
        None,
        404,
        "no certificate with the thumbprint 'ab'.",
    ),
    ("POST", "/users", USER, 400, f"There is a user named {ANNA} already."),
    ("POST", "/users", {**USER, "userPrincipalName": f"ben@{DOMAIN}"}, 400, f"object id {OBJECT} already."),
    ("POST", "/users", {**USER, "tenantId": NOTHING}, 400, "There is no partner with the tenant id"),
    (
        "POST",
        "/users",
        {"userPrincipalName": ANNA},
        400,
        "user.userPrincipalName must be in the partner's domain",
    ),
    (
        "POST",
        "/users",
        {**USER, "password": "canary"},
        400,
        "user.password must be a text of one line, of 8 to",
    ),
    ("PATCH", f"/users/{ANNA}", {"userPrincipalName": "x"}, 400, "A change of a user has no member"),
    ("PATCH", f"/users/{ANNA}", {"password": None}, 400, "user.password must be a text."),
    ("PATCH", f"/users/{ANNA}", {"roles": ["Boss"]}, 400, "user.roles must be a list of some of AdminAgents"),
    ("PATCH", "/users/ben@people.onmicrosoft.com", {}, 404, "There is no user 'ben@people.onmicrosoft.com'."),
    ("POST", f"/users/{NOTHING}/revoke", None, 404, f"There is no user '{NOTHING}'."),
]


def test_a_mistake_is_one_sentence_and_changes_nothing(staffed: Sandbox) -> None:
    """Whatever is wrong; no sentence shows a password or a secret."""
    before, holder = everybody(staffed), keyholder("application")
    for method, path, body, status, sentence in USED:
        sent = {"pem": holder.key_pem + holder.pem} if body == {"pem": "KEY"} else body
        answer = staffed.control(method, path, sent)
        said = answer.json()["error"]
        assert (status, True) == (answer.status_code, sentence in said), f"{method} {path} {body}: {said}"
        assert (True, 1, False) == (said.endswith((".", "?")), len(said.splitlines()), "canary" in said), said
    assert before == everybody(staffed)


def test_a_certificate_is_held_once(staffed: Sandbox) -> None:
    """The same one again is a mistake."""
    path, body = f"/applications/{CLIENT}/certificates", {"pem": keyholder("application").pem}
    done(staffed, "POST", path, body)
    answer = staffed.control("POST", path, body)
    assert (400, True) == (answer.status_code, "has the certificate" in answer.json()["error"])


def everybody(sandbox: Sandbox) -> list[Any]:
    """All partners, applications and users."""
    return [sandbox.control("GET", path).json() for path in ("/partners", "/applications", "/users")]
