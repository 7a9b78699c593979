"""How an application proves who it is to the token endpoint, and every way to pretend; client-quirks.md 2."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sandbox.assertions import JWT_BEARER, base64url, keyholder
from tests.sandbox.sign_in_requests import (
    API,
    CERTIFIED,
    CLIENT,
    FOREIGN,
    GRAPH,
    OTHER_TENANT,
    OUTDATED,
    PUBLIC,
    SECOND,
    SECRET,
    TENANT,
    SignIns,
    claims_of,
    shown,
)

from partnercenter.contract import development_partner
from partnercenter.sandbox.identity.client_assertions import check_client_assertion
from partnercenter.sandbox.identity.entra_errors import EntraError
from partnercenter.sandbox.identity.pkce import verifier_fits

HOLDER = keyholder("certified")
APP_ONLY = {"grant_type": "client_credentials", "scope": f"{API}/.default"}


def endpoint(here: SignIns, tenant: str = TENANT, path: str = "oauth2/v2.0/token") -> str:
    """An address of this sandbox as its caller sees it."""
    return f"{here.sandbox.url}/{tenant}/{path}"


def proved(assertion: str, client_id: str = CERTIFIED) -> dict[str, str]:
    """A form of an application that shows an assertion."""
    return {
        **APP_ONLY,
        "client_id": client_id,
        "client_assertion": assertion,
        "client_assertion_type": JWT_BEARER,
    }


def by_hand(header: dict[str, Any], claims: dict[str, Any], signature: bytes | None = None) -> str:
    """A token that no library would make: signed with the HMAC of the public key, or with what is given."""
    text = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
    if signature is None:
        signature = hmac.digest(HOLDER.public_pem, text.encode(), hashlib.sha256)
    return f"{text}.{base64url(signature)}"


def usual_claims(here: SignIns) -> dict[str, Any]:
    """The claims of a good assertion."""
    return {"iss": CERTIFIED, "sub": CERTIFIED, "aud": endpoint(here), "exp": time.time() + 600}


# What is good


@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
@pytest.mark.parametrize(
    "headers",
    [
        {"x5t": HOLDER.x5t},
        {"x5t#S256": HOLDER.x5t_s256},
        {"x5t#S256": HOLDER.x5t_s256, "x5t": "nonsense"},
        {"kid": HOLDER.certificate.fingerprint(HOLDER.certificate.signature_hash_algorithm).hex()},  # type: ignore[arg-type]
        {"kid": HOLDER.x5t},
        {"kid": base64.urlsafe_b64decode(HOLDER.x5t + "=").hex().upper()},
        {"x5t": HOLDER.x5t, "x5c": [keyholder("stranger").pem]},
    ],
    ids=lambda headers: " ".join(headers),
)
def test_a_certificate_is_named_by_its_thumbprint(
    sign_ins: SignIns, algorithm: str, headers: dict[str, Any]
) -> None:
    """RS256 and PS256, each spelling of a thumbprint; a chain in the header is not looked at."""
    assertion = HOLDER.assertion(CERTIFIED, endpoint(sign_ins), algorithm=algorithm, headers=headers)
    answer = sign_ins.ask(proved(assertion))
    assert 200 == answer.status_code, answer.text
    token = answer.json()["access_token"]
    assert ("2", "2") == (claims_of(token)["appidacr"], claims_of(token)["azpacr"])
    assert 200 == sign_ins.accepted(token)


@pytest.mark.parametrize(
    "audience",
    [
        lambda here: endpoint(here),
        lambda here: endpoint(here, path="oauth2/token"),
        lambda here: endpoint(here, TENANT.upper()),
        lambda here: endpoint(here, development_partner.DOMAIN),
        lambda here: endpoint(here, path="v2.0"),
        lambda _: f"https://login.microsoftonline.com/{TENANT}/v2.0",
        lambda _: f"https://sts.windows.net/{TENANT}/",
    ],
    ids=["v2", "v1", "capitals", "domain", "issuer", "public v2 issuer", "public v1 issuer"],
)
def test_an_assertion_is_meant_for_this_token_endpoint(
    sign_ins: SignIns, audience: Callable[[SignIns], str]
) -> None:
    """Each address of the token endpoint of this tenant, and its issuers."""
    answer = sign_ins.ask(proved(HOLDER.assertion(CERTIFIED, audience(sign_ins))))
    assert 200 == answer.status_code, answer.text


def test_an_assertion_follows_the_name_that_the_caller_used(sign_ins: SignIns) -> None:
    """By another host name the token endpoint has that name; the old one is another place."""
    headers = {"Host": "login.microsoftonline.com"}
    named = f"http://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token"
    good = sign_ins.ask(proved(HOLDER.assertion(CERTIFIED, named)), headers=headers)
    assert 200 == good.status_code, good.text
    wrong = sign_ins.ask(proved(HOLDER.assertion(CERTIFIED, endpoint(sign_ins))), headers=headers)
    assert (401, "invalid_client", 700023) == shown(wrong)


@pytest.mark.parametrize("seconds", [{"exp": -200}, {"nbf": 200}, {}], ids=str)
def test_clocks_may_differ_a_little(sign_ins: SignIns, seconds: dict[str, int]) -> None:
    """Entra tolerates five minutes; nbf and iat may be missing."""
    times: dict[str, Any] = {name: time.time() + later for name, later in seconds.items()}
    times = {"nbf": None, "iat": None} | times
    assertion = HOLDER.assertion(CERTIFIED, endpoint(sign_ins), **times)
    assert 200 == sign_ins.ask(proved(assertion)).status_code


def test_a_certificate_serves_users_too(sign_ins: SignIns) -> None:
    """A refresh token of an application with a certificate is redeemed by an assertion."""
    form = {
        "grant_type": "refresh_token",
        "refresh_token": sign_ins.refresh_token(client_id=CERTIFIED),
        "client_id": CERTIFIED,
        "client_assertion": HOLDER.assertion(CERTIFIED, endpoint(sign_ins)),
        "client_assertion_type": JWT_BEARER,
    }
    answer = sign_ins.ask(form)
    assert 200 == answer.status_code, answer.text
    assert "2" == claims_of(answer.json()["access_token"])["appidacr"]


# What is refused


class Case(NamedTuple):
    """A defect of an assertion, how to make it, and the number that answers it."""

    name: str
    make: Callable[[SignIns], str]
    code: int
    client_id: str = CERTIFIED


def made(**changes: Any) -> Callable[[SignIns], str]:
    """An assertion with other claims, headers, key or algorithm."""
    return lambda here: HOLDER.assertion(CERTIFIED, endpoint(here), **changes)


STRANGER = keyholder("stranger")
REFUSED = [
    Case("no token", lambda _: "canary", 50027),
    Case("not ASCII", lambda _: "é.é.é", 50027),
    Case("too long", made(padding="x" * 17_000), 50027),
    Case(
        "HS256 with the public key",
        lambda here: by_hand({"alg": "HS256", "x5t": HOLDER.x5t}, usual_claims(here)),
        50027,
    ),
    Case(
        "none",
        lambda here: by_hand({"alg": "none", "x5t": HOLDER.x5t}, usual_claims(here), b""),
        50027,
    ),
    Case(
        "None, in capitals",
        lambda here: by_hand({"alg": "NONE", "x5t": HOLDER.x5t}, usual_claims(here), b""),
        50027,
    ),
    Case("RS512", made(algorithm="RS512"), 50027),
    Case(
        "its own key in the header",
        made(
            key=STRANGER.key,
            headers={
                "x5t": HOLDER.x5t,
                "jwk": json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(STRANGER.key.public_key())),
            },
        ),
        50027,
    ),
    Case("an address of keys", made(headers={"x5t": HOLDER.x5t, "jku": "https://x.example"}), 50027),
    Case("an address of a certificate", made(headers={"x5t": HOLDER.x5t, "x5u": "https://x.example"}), 50027),
    Case("critical headers", made(headers={"x5t": HOLDER.x5t, "crit": ["x"], "x": 1}), 50027),
    Case("no thumbprint", made(headers={}), 700027),
    Case("thumbprint is no text", made(headers={"x5t": 7}), 700027),
    Case("unregistered certificate", made(key=STRANGER.key, headers={"x5t": STRANGER.x5t}), 700027),
    Case(
        "unregistered certificate in a chain",
        made(key=STRANGER.key, headers={"x5t": STRANGER.x5t, "x5c": [STRANGER.pem]}),
        700027,
    ),
    Case("signed by another key", made(key=STRANGER.key), 700027),
    Case("signed by another registered key", made(key=keyholder("another").key), 700027),
    Case(
        "signature is none",
        lambda here: by_hand({"alg": "RS256", "x5t": HOLDER.x5t}, usual_claims(here)),
        700027,
    ),
    Case("certificate of another application", made(), 700027, SECOND),
    Case(
        "expired certificate",
        lambda here: keyholder("outdated", days=-1).assertion(OUTDATED, endpoint(here)),
        700027,
        OUTDATED,
    ),
    Case("issuer is another", made(iss=CLIENT), 700021),
    Case("subject is another", made(sub=CLIENT), 700021),
    Case("no issuer", made(iss=None), 700021),
    Case("no subject", made(sub=None), 700021),
    Case("for another host", made(aud="https://login.example/x/oauth2/v2.0/token"), 700023),
    Case("for another tenant", lambda here: made(aud=endpoint(here, OTHER_TENANT))(here), 700023),
    Case(
        "for another path", lambda here: made(aud=endpoint(here, path="oauth2/v2.0/authorize"))(here), 700023
    ),
    Case("for many", lambda here: made(aud=[endpoint(here), "https://x.example"])(here), 700023),
    Case("for nobody", made(aud=None), 700023),
    Case("expired", lambda here: made(exp=time.time() - 400)(here), 700024),
    Case("not yet valid", lambda here: made(nbf=time.time() + 400)(here), 700024),
    Case("without an end", made(exp=None), 700024),
    Case("an end that is no number", made(exp="tomorrow"), 700024),
    Case("an end that is true", made(exp=True), 700024),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_an_assertion_that_proves_nothing_is_refused(sign_ins: SignIns, case: Case) -> None:
    """Each defect has its number, and no answer repeats the assertion."""
    assertion = case.make(sign_ins)
    answer = sign_ins.ask(proved(assertion, case.client_id))
    assert (401, "invalid_client", case.code) == shown(answer)
    assert assertion not in answer.text


def test_an_assertion_needs_its_type(sign_ins: SignIns) -> None:
    """AADSTS900144 without the type, 9002313 for another one or beside a secret."""
    form = proved(HOLDER.assertion(CERTIFIED, endpoint(sign_ins)))
    bare = {name: value for name, value in form.items() if name != "client_assertion_type"}
    assert (400, "invalid_request", 900144) == shown(sign_ins.ask(bare))
    for change in ({"client_assertion_type": "x"}, {"client_secret": SECRET}):
        assert (400, "invalid_request", 9002313) == shown(sign_ins.ask(form | change))


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({**APP_ONLY, "client_id": CLIENT}, (401, "invalid_client", 7000216)),
        ({**APP_ONLY, "client_id": PUBLIC}, (401, "invalid_client", 7000216)),
        ({**APP_ONLY, "client_id": PUBLIC, "client_secret": "canary"}, (401, "invalid_client", 700025)),
        ({**proved("canary"), "client_id": PUBLIC}, (401, "invalid_client", 700025)),
        ({"grant_type": "refresh_token", "client_id": CLIENT}, (401, "invalid_client", 7000218)),
        ({"grant_type": "device_code", "client_id": CLIENT}, (401, "invalid_client", 7000218)),
        (
            {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "client_id": PUBLIC},
            (401, "invalid_client", 7000216),
        ),
        (
            {"grant_type": "refresh_token", "client_id": CERTIFIED, "client_secret": "canary"},
            (401, "invalid_client", 7000215),
        ),
    ],
)
def test_a_client_shows_what_it_has_and_no_more(
    sign_ins: SignIns, form: dict[str, str], expected: tuple[int, str, int]
) -> None:
    """A confidential client must prove who it is; a public one must not, and gets no token by itself."""
    assert expected == shown(sign_ins.ask(form))


@pytest.mark.parametrize("resource", [f"api://{FOREIGN}", FOREIGN, GRAPH, "https://vault.example"])
@pytest.mark.parametrize("version", [1, 2])
def test_an_application_gets_no_token_for_what_its_tenant_does_not_have(
    sign_ins: SignIns, resource: str, version: int
) -> None:
    """Another tenant's application, Microsoft Graph and unknown addresses are AADSTS500011; an own one is not."""
    asked = {"resource": resource} if version == 1 else {"scope": f"{resource}/.default"}
    form = {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": SECRET}
    assert (400, "invalid_resource", 500011) == shown(sign_ins.ask(form | asked, version=version))
    own = {name: value.replace(resource, f"api://{SECOND}") for name, value in asked.items()}
    answer = sign_ins.ask(form | own, version=version)
    assert 200 == answer.status_code, answer.text
    assert 401 == sign_ins.accepted(answer.json()["access_token"])


# Pure


@given(st.text() | st.binary().map(base64url) | st.lists(st.binary().map(base64url)).map(".".join))
def test_no_text_is_an_assertion(text: str) -> None:
    """Any text is refused, and none makes the reader raise."""
    refused = check_client_assertion(text, CERTIFIED, [HOLDER.pem], {"x"}, time.time(), 300)
    assert isinstance(refused, EntraError)
    assert not text or len(text) < 8 or text not in refused.description


members = st.none() | st.booleans() | st.floats() | st.text() | st.lists(st.text()) | st.just("x")


@given(
    st.dictionaries(st.sampled_from(["alg", "x5t", "x5t#S256", "kid", "crit", "b64", "typ"]), members),
    st.dictionaries(st.sampled_from(["iss", "sub", "aud", "exp", "nbf"]), members),
)
def test_no_header_and_no_claims_make_the_reader_raise(
    header: dict[str, Any], claims: dict[str, Any]
) -> None:
    """Whatever stands in header and claims, an unsigned assertion is refused."""
    text = by_hand({"alg": "RS256", "x5t": HOLDER.x5t} | header, claims)
    refused = check_client_assertion(text, CERTIFIED, [HOLDER.pem], {"x"}, time.time(), 300)
    assert isinstance(refused, EntraError)


@given(st.dictionaries(st.sampled_from(["iss", "sub", "aud", "exp", "nbf"]), members))
def test_signed_claims_are_good_only_when_all_of_them_are(claims: dict[str, Any]) -> None:
    """An assertion with a good signature, and any claims, is refused unless each claim is right."""
    content = {"iss": CERTIFIED, "sub": CERTIFIED, "aud": "x", "exp": time.time() + 60} | claims
    text = jwt.PyJWS().encode(json.dumps(content).encode(), HOLDER.key, "RS256", {"x5t": HOLDER.x5t})
    refused = check_client_assertion(text, CERTIFIED, [HOLDER.pem], {"x"}, time.time(), 300)
    if refused is None:
        assert (CERTIFIED, CERTIFIED, "x") == (content["iss"], content["sub"], content["aud"])
        assert isinstance(content["exp"], float)
        assert isinstance(content.get("nbf", 0.0), float)


@given(st.text(), st.text(), st.sampled_from([None, "plain", "S256"]))
def test_a_verifier_fits_its_own_challenge_alone(verifier: str, other: str, method: str | None) -> None:
    """The challenge that is made of a verifier fits it, and no other; a missing half never fits."""
    challenge = verifier
    if method == "S256":
        challenge = base64url(hashlib.sha256(verifier.encode("utf-8", "surrogatepass")).digest())
    assert verifier_fits(verifier, challenge, method)
    assert verifier_fits(other, challenge, method) == (other == verifier)
    assert not verifier_fits(None, challenge, method)
    assert not verifier_fits(verifier, None, None)
    assert verifier_fits(None, None, None)
