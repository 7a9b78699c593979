"""Applications and users in world documents: what is read, and what is refused in one sentence."""

from __future__ import annotations

from typing import Any

import pytest
from tests.conftest import Sandbox
from tests.sandbox.assertions import keyholder
from tests.sandbox.certificates import curve_certificate, weak_certificate

from partnercenter.sandbox.worlds.document import WorldPartner, read_world

TENANT = "0bada5a0-0000-4ca1-8ca1-0000000000f1"
CLIENT = "0bada5a0-0000-4ca1-8ca1-0000000000f2"
OBJECT = "0bada5a0-0000-4ca1-8ca1-0000000000f3"
DOMAIN = "people.onmicrosoft.com"
PASSWORD = "canary-password-of-a-world"

APPLICATION = {"clientId": CLIENT, "clientSecret": "canary-secret-of-a-world"}
PUBLIC = {"clientId": CLIENT, "public": True}
USER = {"userPrincipalName": f"anna@{DOMAIN}", "password": PASSWORD}


def world(*, applications: list[Any] = [], users: list[Any] = []) -> dict[str, Any]:  # noqa: B006
    """A world of one partner."""
    partner = {"tenantId": TENANT, "companyName": "People", "domain": DOMAIN}
    return {"partners": [{**partner, "applications": applications, "users": users}]}


def read(**members: list[Any]) -> WorldPartner:
    """The partner of such a world."""
    return read_world(world(**members)).partners[0]


def test_an_application_is_read() -> None:
    """With everything that it may have; what is absent has its default."""
    pem = keyholder("application").pem
    redirect = "https://app.example/signed-in?from=entra"
    (made,) = read(
        applications=[{**APPLICATION, "certificates": [pem], "redirectUris": [redirect], "registered": False}]
    ).applications
    assert (False, (redirect,), (pem,), False) == (
        made.public,
        made.redirect_uris,
        made.certificates,
        made.registered,
    )
    (by_certificate,) = read(applications=[{"clientId": CLIENT, "certificates": [pem]}]).applications
    assert by_certificate.client_secret is None
    (public,) = read(applications=[PUBLIC]).applications
    assert (True, None, ()) == (public.public, public.client_secret, public.redirect_uris)


def test_a_user_is_read() -> None:
    """With everything that a user may have; what is absent has its default."""
    (usual,) = read(users=[USER]).users
    assert (True, True, ("AdminAgents",), None) == (usual.mfa, usual.enabled, usual.roles, usual.object_id)
    said = {"displayName": "Anna", "objectId": OBJECT.upper(), "mfa": False, "enabled": False, "roles": []}
    (made,) = read(users=[{**USER, **said}]).users
    assert ("Anna", OBJECT, False, False, ()) == (
        made.display_name,
        made.object_id,
        made.mfa,
        made.enabled,
        made.roles,
    )
    assert PASSWORD not in repr(made)


@pytest.mark.parametrize(
    "uri",
    [
        "http://localhost",
        "http://localhost:8400/signed-in",
        "http://127.0.0.1/",
        "https://app.example",
        "msal0bada5a0://auth",
        "com.example.app://auth",
        "urn:ietf:wg:oauth:2.0:oob",
    ],
)
def test_a_redirect_uri_is_taken(uri: str) -> None:
    """By a public application; those that are neither https nor on this machine by no other."""
    (made,) = read(applications=[{**PUBLIC, "redirectUris": [uri]}]).applications
    assert (uri,) == made.redirect_uris


REDIRECTS = [
    ("", "must be an address of at most 256 characters"),
    ("https://app.example/" + "x" * 256, "must be an address of at most 256 characters"),
    ("/signed-in", "must be an absolute URI"),
    ("https:app.example", "must be an absolute URI"),
    ("https://", "must be an absolute URI"),
    ("https://:443/", "must be an absolute URI"),
    ("https://[::1/", "must be an absolute URI"),
    ("https://app.example:99999/", "must be an absolute URI"),
    ("https://app.example/#done", "must have no fragment"),
    ("https://*.example/", "must have no wildcard"),
    ("https://app.example/a b", "must have no blanks"),
    ("https://app.example\\@evil.example/", "must have no blanks and no characters"),
    ("https://app.example/\r\nX: y", "must have no blanks and no characters"),
    ("https://user@app.example/", "must have no user information"),
    ("http://app.example/", "must be https; http is for localhost"),
    ("http://localhost.evil.example/", "must be https; http is for localhost"),
    ("http://127.0.0.2/", "must be https; http is for localhost"),
    ("javascript://x/%0aalert(1)", "must be https, or http on localhost"),
    ("data://text/html,x", "must be https, or http on localhost"),
    ("file:///etc/passwd", "must be an absolute URI"),
    ("ftp://app.example/", "must be https, or http on localhost"),
]


@pytest.mark.parametrize(("uri", "sentence"), REDIRECTS)
def test_a_bad_redirect_uri_is_named(sandbox: Sandbox, uri: str, sentence: str) -> None:
    """In one sentence with its place; nothing is seeded."""
    _refused(
        sandbox, {"applications": [{**PUBLIC, "redirectUris": ["http://localhost", uri]}]},
        f"partners[0].applications[0].redirectUris[1] {sentence}",
    )  # fmt: skip


MISTAKES: list[tuple[dict[str, Any], str]] = [
    (
        {"applications": [{**APPLICATION, "public": True}]},
        "applications[0].public cannot be true of an application with a secret or a certificate",
    ),
    (
        {"applications": [{**PUBLIC, "certificates": "CERTIFICATE"}]},
        "applications[0].public cannot be true of",
    ),
    ({"applications": [{"clientId": CLIENT}]}, "applications[0].clientSecret must be a text, unless"),
    (
        {"applications": [{**APPLICATION, "redirectUris": ["com.example.app://auth"]}]},
        "redirectUris[0] must be https, or http on localhost; other schemes are for public",
    ),
    (
        {"applications": [{**APPLICATION, "redirectUris": ["urn:ietf:wg:oauth:2.0:oob"]}]},
        "redirectUris[0] is for public applications only",
    ),
    (
        {"applications": [{**PUBLIC, "redirectUris": ["http://localhost"] * 2}]},
        "redirectUris must name nothing twice",
    ),
    ({"applications": [{**PUBLIC, "redirectUris": [1]}]}, "redirectUris must be a list of texts"),
    ({"applications": [{**PUBLIC, "redirectUris": "http://localhost"}]}, "redirectUris must be a list"),
    ({"applications": [PUBLIC, PUBLIC]}, f"names the client {CLIENT} twice"),
    (
        {"applications": [{**APPLICATION, "certificates": ["x"]}]},
        "certificates[0] must be a certificate in PEM",
    ),
    (
        {"applications": [{**APPLICATION, "certificates": ["\u00fc"]}]},
        "certificates[0] must be a certificate",
    ),
    (
        {"applications": [{**APPLICATION, "certificates": "WITH KEY"}]},
        "must be the certificate alone; keep its",
    ),
    (
        {"applications": [{**APPLICATION, "certificates": "CHAIN"}]},
        "must be one certificate, without its chain",
    ),
    ({"applications": [{**APPLICATION, "certificates": "WEAK"}]}, "of an RSA key of at least 2048 bits"),
    ({"applications": [{**APPLICATION, "certificates": "CURVE"}]}, "of an RSA key of at least 2048 bits"),
    ({"applications": [{**APPLICATION, "certificates": "TWICE"}]}, "certificates must name nothing twice"),
    (
        {"users": [{**USER, "userPrincipalName": "anna"}]},
        "must be a name such as anna@people.onmicrosoft.com",
    ),
    ({"users": [{**USER, "userPrincipalName": f"a b@{DOMAIN}"}]}, "must be a name such as"),
    ({"users": [{**USER, "userPrincipalName": f"{'a' * 65}@{DOMAIN}"}]}, "must be a name such as"),
    (
        {"users": [{**USER, "userPrincipalName": "anna@other.onmicrosoft.com"}]},
        "users[0].userPrincipalName must be in the partner's domain, such as anna@people.onmicrosoft.com",
    ),
    ({"users": [{**USER, "password": None}]}, "users[0].password must be a text"),
    (
        {"users": [{**USER, "password": "canary"}]},
        "users[0].password must be a text of one line, of 8 to 256",
    ),
    ({"users": [{**USER, "password": f"{PASSWORD}\n"}]}, "users[0].password must be a text of one line"),
    ({"users": [{**USER, "objectId": "x"}]}, "users[0].objectId must be a GUID"),
    ({"users": [{**USER, "mfa": "yes"}]}, "users[0].mfa must be true or false"),
    (
        {"users": [{**USER, "roles": ["Admin agent"]}]},
        "users[0].roles must be a list of some of AdminAgents, HelpdeskAgents, SalesAgents",
    ),
    ({"users": [{**USER, "roles": ["AdminAgents"] * 2}]}, "users[0].roles must name nothing twice"),
    ({"users": [{**USER, "upn": "x"}]}, "users[0] has no member 'upn'"),
    (
        {"users": [USER, {**USER, "userPrincipalName": f"ANNA@{DOMAIN}"}]},
        f"names the user anna@{DOMAIN} twice",
    ),
    (
        {
            "users": [
                {**USER, "objectId": OBJECT},
                {**USER, "userPrincipalName": f"ben@{DOMAIN}", "objectId": OBJECT},
            ]
        },
        f"names the object id {OBJECT} twice",
    ),
    ({"users": [USER] * 1001}, "more than 1000 users of partners"),
]


@pytest.mark.parametrize(("members", "sentence"), MISTAKES)
def test_a_mistake_is_one_sentence(sandbox: Sandbox, members: dict[str, Any], sentence: str) -> None:
    """With its place, without secrets; nothing is seeded."""
    _refused(sandbox, members, sentence)


CERTIFICATES = {
    "CERTIFICATE": lambda: [keyholder("application").pem],
    "WITH KEY": lambda: [keyholder("application").key_pem + keyholder("application").pem],
    "CHAIN": lambda: [keyholder("application").pem + keyholder("another").pem],
    "WEAK": lambda: [weak_certificate()],
    "CURVE": lambda: [curve_certificate()],
    "TWICE": lambda: [keyholder("application").pem, keyholder("application").pem + "\n"],
}


def _refused(sandbox: Sandbox, members: dict[str, Any], sentence: str) -> None:
    for application in members.get("applications", ()):
        make = CERTIFICATES.get(str(application.get("certificates")))
        if make is not None:
            application["certificates"] = make()
    answer = sandbox.control("POST", "/seed", world(**members))
    said = answer.json()["error"]
    assert 400 == answer.status_code
    assert sentence in said
    assert (True, 1) == (said.endswith("."), len(said.splitlines()))
    assert "canary" not in said
    assert 200 == sandbox.call("GET", "/v1/customers").status_code
