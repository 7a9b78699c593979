"""Which tokens the sandbox takes and why it refuses the others; behaviour.md 1.5, 9.1, 9.2."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any, NamedTuple

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnercenter.sandbox.identity.audiences import AcceptedAudiences
from partnercenter.sandbox.identity.signing_keys import generate_signing_key, public_jwk
from partnercenter.sandbox.identity.tokens import app_only_claims, app_user_claims, sign
from partnercenter.sandbox.identity.verification import TokenDefect, VerifiedToken, verify_token

NOW = 1_800_000_000.0
TENANT = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"
CLIENT = "0b0c1f5a-7c3e-4d0e-8f3b-2f3b1d0c9a77"
OBJECT = "e4b6a1a0-2d0f-4c41-8c3a-9a4f0c0b7d21"
API = "https://api.partnercenter.microsoft.com"
GRAPH = "https://graph.windows.net"
AUDIENCES = AcceptedAudiences()
KEY = generate_signing_key(NOW)
OTHER_KEY = generate_signing_key(NOW)
KEYS = {KEY.key_id: KEY}


def claims(**changes: Any) -> dict[str, Any]:
    """The claims of a good app-only token with some changed; a change to `...` leaves the claim out."""
    good = app_only_claims(tenant_id=TENANT, client_id=CLIENT, object_id=OBJECT, audience=API, now=NOW)
    return {name: value for name, value in (good | changes).items() if value is not ...}


def token(**changes: Any) -> str:
    return sign(claims(**changes), KEY)


def with_header(**header: Any) -> str:
    return jwt.encode(claims(), KEY.private_key, algorithm="RS256", headers={"kid": KEY.key_id, **header})


def segment(content: Any) -> str:
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def unsigned(algorithm: str) -> str:
    header = {"alg": algorithm, "typ": "JWT", "kid": KEY.key_id}
    return f"{segment(header)}.{segment(claims())}."


def hmac_with_the_public_key() -> str:
    """The classic confusion: the published key, taken as the secret of HS256."""
    import hashlib
    import hmac

    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    secret = KEY.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    text = f"{segment({'alg': 'HS256', 'kid': KEY.key_id})}.{segment(claims())}"
    return f"{text}.{segment(hmac.new(secret, text.encode(), hashlib.sha256).digest())}"


def signed_content(content: bytes) -> str:
    """Any bytes as the content of a token whose signature is right."""
    return jwt.PyJWS().encode(content, KEY.private_key, algorithm="RS256", headers={"kid": KEY.key_id})


def tampered() -> str:
    header, _, signature = token().split(".")
    return f"{header}.{segment(claims(tid=OBJECT))}.{signature}"


def with_other_key(**header: Any) -> str:
    return jwt.encode(claims(), OTHER_KEY.private_key, algorithm="RS256", headers=header)


class Case(NamedTuple):
    """A bad token and its defect."""

    name: str
    make: Callable[[], str]
    defect: TokenDefect


CASES = [
    Case("empty", lambda: "", TokenDefect.MISSING),
    Case("seventeen kilobytes", lambda: "a" * (16 * 1024 + 1), TokenDefect.TOO_LARGE),
    Case("long but well signed", lambda: token(name="n" * 20_000), TokenDefect.TOO_LARGE),
    Case("no dots", lambda: "abc", TokenDefect.MALFORMED),
    Case("rubbish in three parts", lambda: "a.b.c", TokenDefect.MALFORMED),
    Case("not ascii", lambda: "é.é.é", TokenDefect.MALFORMED),
    Case("half a surrogate pair", lambda: "\ud800.a.b", TokenDefect.MALFORMED),
    Case("header is a list", lambda: f"{segment([])}.{segment({})}.AAAA", TokenDefect.MALFORMED),
    Case(
        "key id is a number", lambda: f"{segment({'alg': 'RS256', 'kid': 1})}.e30.AA", TokenDefect.MALFORMED
    ),
    Case("five parts, as encrypted", lambda: token() + ".AAAA.AAAA", TokenDefect.MALFORMED),
    Case("unknown critical header", lambda: with_header(crit=["exp"], exp=1), TokenDefect.MALFORMED),
    Case("content is no JSON", lambda: signed_content(b"hello"), TokenDefect.MALFORMED),
    Case("content is a list", lambda: signed_content(b"[]"), TokenDefect.MALFORMED),
    Case("content nested deeply", lambda: signed_content(b"[" * 5_000), TokenDefect.MALFORMED),
    Case("no exp", lambda: token(exp=...), TokenDefect.MALFORMED),
    Case("no nbf", lambda: token(nbf=...), TokenDefect.MALFORMED),
    Case("exp is a text", lambda: token(exp="1900000000"), TokenDefect.MALFORMED),
    Case("exp is true", lambda: token(exp=True), TokenDefect.MALFORMED),
    Case("exp is infinite", lambda: token(exp=float("inf")), TokenDefect.MALFORMED),
    Case("exp is no number", lambda: token(exp=float("nan")), TokenDefect.MALFORMED),
    Case("exp is past all floats", lambda: token(exp=10**400), TokenDefect.MALFORMED),
    Case("no application", lambda: token(appid=...), TokenDefect.MALFORMED),
    Case("no object", lambda: token(oid=""), TokenDefect.MALFORMED),
    Case("algorithm none", lambda: unsigned("none"), TokenDefect.WRONG_ALGORITHM),
    Case("algorithm NONE", lambda: unsigned("NONE"), TokenDefect.WRONG_ALGORITHM),
    Case("algorithm is null", lambda: f"{segment({'alg': None})}.e30.AAAA", TokenDefect.WRONG_ALGORITHM),
    Case(
        "algorithm is a list", lambda: f"{segment({'alg': ['RS256']})}.e30.AAAA", TokenDefect.WRONG_ALGORITHM
    ),
    Case("HS256 with the public key", hmac_with_the_public_key, TokenDefect.WRONG_ALGORITHM),
    Case(
        "RS512 with our key",
        lambda: jwt.encode(claims(), KEY.private_key, algorithm="RS512", headers={"kid": KEY.key_id}),
        TokenDefect.WRONG_ALGORITHM,
    ),
    Case(
        "PS256 with our key",
        lambda: jwt.encode(claims(), KEY.private_key, algorithm="PS256", headers={"kid": KEY.key_id}),
        TokenDefect.WRONG_ALGORITHM,
    ),
    Case(
        "no key id", lambda: jwt.encode(claims(), KEY.private_key, algorithm="RS256"), TokenDefect.UNKNOWN_KEY
    ),
    Case("another sandbox", lambda: sign(claims(), OTHER_KEY), TokenDefect.UNKNOWN_KEY),
    Case("brings its key", lambda: with_other_key(jwk=public_jwk(OTHER_KEY)), TokenDefect.UNKNOWN_KEY),
    Case("brings our own key", lambda: with_header(jwk=public_jwk(KEY)), TokenDefect.UNKNOWN_KEY),
    Case(
        "address of its keys", lambda: with_header(jku="https://evil.example/keys"), TokenDefect.UNKNOWN_KEY
    ),
    Case("certificate chain", lambda: with_header(x5c=["AAAA"]), TokenDefect.UNKNOWN_KEY),
    Case("address of its chain", lambda: with_header(x5u="https://evil.example/c"), TokenDefect.UNKNOWN_KEY),
    Case("our key's name, another key", lambda: with_other_key(kid=KEY.key_id), TokenDefect.BAD_SIGNATURE),
    Case("changed content", tampered, TokenDefect.BAD_SIGNATURE),
    Case("no signature", lambda: token().rpartition(".")[0] + ".", TokenDefect.BAD_SIGNATURE),
    Case("from the future", lambda: token(nbf=NOW + 1), TokenDefect.NOT_YET_VALID),
    Case("expires this second", lambda: token(exp=NOW), TokenDefect.EXPIRED),
    Case("expired and for another", lambda: token(exp=NOW - 1, aud="https://x"), TokenDefect.EXPIRED),
    Case("no tenant", lambda: token(tid=...), TokenDefect.NO_TENANT),
    Case("tenant is a domain", lambda: token(tid="fabrikam.example"), TokenDefect.NO_TENANT),
    Case("issuer of another tenant", lambda: token(tid=OBJECT), TokenDefect.WRONG_ISSUER),
    Case("no issuer", lambda: token(iss=...), TokenDefect.WRONG_ISSUER),
    Case(
        "issuer is a list",
        lambda: signed_content(json.dumps(claims(iss=[])).encode()),
        TokenDefect.WRONG_ISSUER,
    ),
    Case("strange issuer", lambda: token(iss=f"https://evil.example/{TENANT}/"), TokenDefect.WRONG_ISSUER),
    Case("retired audience", lambda: token(aud=GRAPH), TokenDefect.RETIRED_AUDIENCE),
    Case("retired audience, slash", lambda: token(aud=GRAPH + "/"), TokenDefect.RETIRED_AUDIENCE),
    Case("another API", lambda: token(aud="https://graph.microsoft.com"), TokenDefect.WRONG_AUDIENCE),
    Case("no audience", lambda: token(aud=...), TokenDefect.WRONG_AUDIENCE),
    Case("a list of audiences", lambda: token(aud=[API]), TokenDefect.WRONG_AUDIENCE),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_token_with_a_defect_is_refused_with_that_defect(case: Case) -> None:
    """Each kind of bad token is refused for its own reason."""
    assert case.defect is verify_token(case.make(), keys=KEYS, audiences=AUDIENCES, now=NOW)


def test_every_defect_has_a_case_and_a_description() -> None:
    """The table of bad tokens covers every defect, and each defect says in one line what it is."""
    assert set(TokenDefect) == {case.defect for case in CASES}
    assert all(defect.value and "\n" not in defect.value for defect in TokenDefect)


def test_a_good_app_only_token_is_read() -> None:
    """A token that the sandbox issued to an application says who it is for."""
    expected = VerifiedToken(
        tenant_id=TENANT,
        client_id=CLIENT,
        object_id=OBJECT,
        kind="app",
        audience=API,
        upn=None,
        name=None,
        has_mfa=False,
        roles=(),
        not_before=NOW,
        expires_at=NOW + 3600,
        key_id=KEY.key_id,
        is_exchanged=False,
    )
    assert expected == verify_token(token(), keys=KEYS, audiences=AUDIENCES, now=NOW)


@pytest.mark.parametrize("amr", [("pwd", "mfa"), ("pwd",)])
def test_a_user_token_tells_whether_its_user_had_a_second_factor(amr: tuple[str, ...]) -> None:
    """A token for a user carries the user's names and whether `mfa` is in `amr`."""
    user = app_user_claims(
        tenant_id=TENANT,
        client_id=CLIENT,
        object_id=OBJECT,
        audience=API,
        upn="a@f.example",
        name="Ada",
        now=NOW,
        version=2,
        amr=amr,
        roles=("AdminAgents",),
    )
    result = verify_token(sign(user, KEY), keys=KEYS, audiences=AUDIENCES, now=NOW)
    assert isinstance(result, VerifiedToken)
    assert (result.kind, result.upn, result.name) == ("app_user", "a@f.example", "Ada")
    assert ("mfa" in amr, ("AdminAgents",)) == (result.has_mfa, result.roles)


@pytest.mark.parametrize(
    "audience",
    [
        API,
        API + "/",
        API.upper(),
        "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd",
        "https://partner.partnercenterapi.microsoftonline.cn",
    ],
)
@pytest.mark.parametrize(
    "issuer", [f"https://sts.windows.net/{TENANT}/", f"https://login.microsoftonline.com/{TENANT}/v2.0"]
)
def test_every_name_of_the_api_and_both_issuers_are_good(audience: str, issuer: str) -> None:
    """The API takes its address, its application id and the addresses of other clouds, from either issuer."""
    result = verify_token(token(aud=audience, iss=issuer), keys=KEYS, audiences=AUDIENCES, now=NOW)
    assert isinstance(result, VerifiedToken)


def test_the_clock_skew_widens_both_ends() -> None:
    """A tolerance of a minute lets in a token a minute before and after its time, and no further."""
    good = token()
    for now, expected in [
        (NOW - 61, TokenDefect.NOT_YET_VALID),
        (NOW - 60, None),
        (NOW + 3659, None),
        (NOW + 3660, TokenDefect.EXPIRED),
    ]:
        result = verify_token(good, keys=KEYS, audiences=AUDIENCES, now=now, clock_skew=60)
        assert expected is (result if isinstance(result, TokenDefect) else None)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
header_names = st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jwk", "jku", "zip", "x"])
claim_names = st.sampled_from(
    ["aud", "iss", "nbf", "exp", "appid", "azp", "oid", "tid", "scp", "amr", "roles", "upn", "x"]
)
good_headers = st.just("RS256") | st.just(KEY.key_id) | json_values


@given(st.text())
def test_no_text_makes_the_verification_raise(text: str) -> None:
    """Any text in the place of a token is answered with a defect."""
    assert isinstance(verify_token(text, keys=KEYS, audiences=AUDIENCES, now=NOW), TokenDefect)


@given(
    st.dictionaries(header_names, good_headers, max_size=5),
    st.binary(max_size=40) | json_values,
    st.binary(max_size=300),
)
def test_no_token_shaped_text_makes_the_verification_raise(
    header: dict[str, Any], content: Any, signature: bytes
) -> None:
    """Any header, content and signature in the form of a token are refused without an exception."""
    text = f"{segment(header)}.{segment(content)}.{segment(signature)}"
    assert isinstance(verify_token(text, keys=KEYS, audiences=AUDIENCES, now=NOW), TokenDefect)


@given(st.dictionaries(claim_names, json_values))
def test_no_signed_content_makes_the_verification_raise(changes: dict[str, Any]) -> None:
    """Whatever the claims of a well signed token are, the answer is a token or a defect."""
    content = json.dumps(claims() | changes).encode()
    result = verify_token(signed_content(content), keys=KEYS, audiences=AUDIENCES, now=NOW)
    assert isinstance(result, VerifiedToken | TokenDefect)
