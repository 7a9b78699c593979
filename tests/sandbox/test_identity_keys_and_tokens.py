"""What the sandbox's signing keys and tokens look like from outside; behaviour.md 9.1, 9.2."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from base64 import urlsafe_b64encode
from hashlib import sha256

import jwt
import pytest

from partnercenter.sandbox.identity.signing_keys import (
    SigningKey,
    generate_signing_key,
    jwks,
    make_spare_key,
    public_jwk,
)
from partnercenter.sandbox.identity.tokens import (
    ProtocolVersion,
    app_only_claims,
    app_user_claims,
    sign,
    token_answer,
)

NOW = 1_800_000_000.75
TENANT = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"
CLIENT = "0b0c1f5a-7c3e-4d0e-8f3b-2f3b1d0c9a77"
OBJECT = "e4b6a1a0-2d0f-4c41-8c3a-9a4f0c0b7d21"
API = "https://api.partnercenter.microsoft.com"


@pytest.fixture(scope="module")
def key() -> SigningKey:
    return generate_signing_key(NOW)


def app_claims(version: ProtocolVersion) -> dict[str, object]:
    return app_only_claims(
        tenant_id=TENANT, client_id=CLIENT, object_id=OBJECT, audience=API, now=NOW, version=version
    )


def test_a_key_is_named_by_the_thumbprint_that_pyjwt_computes(key: SigningKey) -> None:
    """The key id is the RFC 7638 thumbprint of the public key."""
    members = public_jwk(key)
    required = {name: members[name] for name in ("e", "kty", "n")}
    text = json.dumps(required, sort_keys=True, separators=(",", ":"))
    assert urlsafe_b64encode(sha256(text.encode()).digest()).decode().rstrip("=") == key.key_id


def test_a_key_survives_being_kept_as_text(key: SigningKey) -> None:
    """A key rebuilt from its stored members signs and verifies as before."""
    kept = SigningKey(key.key_id, key.private_pem, key.created)
    assert key == kept
    token = sign({"a": 1}, kept)
    assert jwt.decode(token, key.public_key, algorithms=["RS256"]) == {"a": 1}


_TWO_PROCESSES = """
import os, threading
from partnercenter.sandbox.identity.signing_keys import generate_signing_key, make_spare_key

make_spare_key()
for thread in threading.enumerate():
    if thread is not threading.current_thread():
        thread.join()
child = os.fork()
print(generate_signing_key(0.0).key_id, flush=True)
if child:
    os.waitpid(child, 0)
    print(generate_signing_key(0.0).key_id)
else:
    os._exit(0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no process has the memory of another here")
def test_a_spare_key_is_taken_once() -> None:
    """Neither the next key nor a process that is made of this one has the same again."""
    done = subprocess.run([sys.executable, "-c", _TWO_PROCESSES], capture_output=True, text=True, check=True)
    assert len(set(done.stdout.split())) == 3


def test_a_spare_key_is_kept_as_the_text_it_signs_with() -> None:
    """What signs before a restart is verified after it."""
    make_spare_key()
    made = generate_signing_key(NOW)
    kept = SigningKey(made.key_id, made.private_pem, made.created)
    assert jwt.decode(sign({"a": 1}, made), kept.public_key, algorithms=["RS256"]) == {"a": 1}
    assert public_jwk(kept) == public_jwk(made)


def test_the_representation_of_a_key_shows_nothing_private(key: SigningKey) -> None:
    """`repr` of a signing key carries its id and not its private text."""
    assert "PRIVATE" not in repr(key)
    assert key.key_id in repr(key)


def test_the_parsed_key_is_kept(key: SigningKey) -> None:
    """A signing key is parsed once."""
    assert key.private_key is key.private_key
    assert key.public_key is key.public_key


def test_a_key_of_another_kind_is_refused_by_name() -> None:
    """A stored key that is not an RSA key is refused with its id and no part of its text."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    with pytest.raises(ValueError, match="The signing key odd is not an RSA key"):
        _ = SigningKey("odd", pem.decode(), NOW).private_key


def test_the_key_set_is_read_by_pyjwt(key: SigningKey) -> None:
    """A consumer finds the key of a token in the published key set and verifies the token with it."""
    published = jwks([key])
    assert list(published["keys"][0]) == ["kty", "use", "alg", "kid", "n", "e"]
    token = sign({"a": 1}, key)
    found = jwt.PyJWKSet.from_dict(published)[jwt.get_unverified_header(token)["kid"]]
    assert jwt.decode(token, found, algorithms=["RS256"]) == {"a": 1}


def test_an_app_only_token_has_the_documented_claims() -> None:
    """An app-only v1 token has the claims of behaviour.md 9.2 and none of a user."""
    claims = app_claims(1)
    expected = {
        "aud": API,
        "iss": f"https://sts.windows.net/{TENANT}/",
        "iat": 1_800_000_000,
        "nbf": 1_800_000_000,
        "exp": 1_800_003_600,
        "appid": CLIENT,
        "appidacr": "1",
        "oid": OBJECT,
        "sub": OBJECT,
        "tid": TENANT,
        "ver": "1.0",
    }
    assert expected == claims


def test_a_v2_token_names_its_issuer_and_application_in_the_v2_way() -> None:
    """A v2 token has Entra's v2 issuer and `azp`, and keeps `appid`."""
    claims = app_claims(2)
    assert f"https://login.microsoftonline.com/{TENANT}/v2.0" == claims["iss"]
    assert (claims["ver"], claims["azp"], claims["appid"]) == ("2.0", CLIENT, CLIENT)


@pytest.mark.parametrize("version", [1, 2])
def test_a_user_token_has_the_documented_claims(version: ProtocolVersion) -> None:
    """A token for a user has every claim of behaviour.md 9.2, with `mfa` in its `amr`."""
    claims = app_user_claims(
        tenant_id=TENANT,
        client_id=CLIENT,
        object_id=OBJECT,
        audience=API,
        upn="admin@fabrikam.example",
        name="Ada Admin",
        now=NOW,
        version=version,
        roles=["AdminAgents"],
    )
    documented = (
        "aud iss iat nbf exp acr amr appid appidacr oid scp tid upn unique_name name ver tenant_region_scope"
    )
    assert set() == set(documented.split()) - set(claims)
    assert claims["amr"] == ["pwd", "mfa"]
    assert claims["scp"] == "user_impersonation"
    assert claims["roles"] == ["AdminAgents"]
    assert (version == 2) == ("preferred_username" in claims)


def test_the_v1_answer_has_its_numbers_as_strings() -> None:
    """The v1 endpoint writes every number as a string and repeats the resource."""
    answer = token_answer(access_token="t", version=1, resource=API, now=NOW, lifetime=1800)
    expected = {
        "token_type": "Bearer",
        "expires_in": "1800",
        "ext_expires_in": "1800",
        "expires_on": "1800001800",
        "not_before": "1800000000",
        "resource": API,
        "access_token": "t",
    }
    assert expected == answer


def test_the_v2_answer_has_its_numbers_as_numbers() -> None:
    """The v2 endpoint writes numbers and no resource."""
    answer = token_answer(access_token="t", version=2, resource=API, now=NOW)
    assert answer == {"token_type": "Bearer", "expires_in": 3600, "ext_expires_in": 3600, "access_token": "t"}


def test_importing_the_package_imports_nothing_heavy() -> None:
    """The identity package is imported without PyJWT, cryptography, trustme or idna."""
    code = (
        "import sys, partnercenter.sandbox.identity; "
        "print([m for m in ('jwt', 'cryptography', 'trustme', 'idna') if m in sys.modules])"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert output.strip() == "[]"
