"""Applications prove themselves by a certificate in the formats that azure-identity reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from tests.identity.conftest import (
    ACCESS,
    CLIENT,
    SCOPE,
    TENANT,
    MemoryStore,
    ScriptedEntra,
    credential_at,
)
from tests.sandbox.certificates import self_signed

from partnercenter.identity import SecureApplicationModelCredential
from partnercenter.identity.client_certificates import client_certificate

PASSWORD = "canary password"


KEY = rsa.generate_private_key(65537, 2048)
CERTIFICATE = self_signed("application", KEY)
THUMBPRINT = CERTIFICATE.fingerprint(hashes.SHA1()).hex()  # noqa: S303 - the name that Entra gives certificates


def pem(encryption: KeySerializationEncryption, key: Any = KEY) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption) + CERTIFICATE.public_bytes(  # type: ignore[no-any-return]
        Encoding.PEM
    )


SEALED = BestAvailableEncryption(PASSWORD.encode())
FORMS = [
    (pem(NoEncryption()), None),
    (pem(SEALED), PASSWORD),
    (CERTIFICATE.public_bytes(Encoding.PEM) + pem(NoEncryption()), None),
    (pkcs12.serialize_key_and_certificates(b"x", KEY, CERTIFICATE, None, NoEncryption()), None),
    (pkcs12.serialize_key_and_certificates(b"x", KEY, CERTIFICATE, None, SEALED), PASSWORD.encode()),
]


@pytest.mark.parametrize(("content", "password"), FORMS)
def test_every_form_of_a_certificate_is_read(
    tmp_path: Path, content: bytes, password: str | bytes | None
) -> None:
    """From bytes and from a file, PEM in any order and PKCS12, with a password and without."""
    path = tmp_path / "certificate"
    path.write_bytes(content)
    found = client_certificate(None, content, password)
    assert THUMBPRINT == found["thumbprint"]
    assert found == client_certificate(path, None, password)
    assert found == client_certificate(str(path), None, password)


def test_the_certificate_signs_instead_of_a_secret(entra: ScriptedEntra, store: MemoryStore) -> None:
    """Entra gets an assertion that this key has signed, and no secret."""
    options = {"client_secret": None, "certificate_data": FORMS[1][0], "certificate_password": PASSWORD}
    with credential_at(entra, store, **options) as credential:
        assert f"{ACCESS}-1" == credential.get_token(SCOPE).token
    form = entra.forms[0]
    assert "client_secret" not in form
    where = f"{entra.url.replace('http:', 'https:')}/{TENANT}/oauth2/v2.0/token"
    claims = jwt.decode(form["client_assertion"], KEY.public_key(), algorithms=["RS256"], audience=where)
    assert (CLIENT, CLIENT) == (claims["iss"], claims["sub"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((None, FORMS[1][0], None), "certificate_data: it is encrypted; give certificate_password"),
        ((None, FORMS[4][0], None), "certificate_data: it is encrypted; give certificate_password"),
        ((None, FORMS[1][0], "canary"), "certificate_data: its password is wrong"),
        ((None, FORMS[4][0], "canary"), "certificate_data: its password is wrong"),
        ((None, b"canary", None), "certificate_data: is not a certificate with its private key"),
        ((None, b"", None), "certificate_data: is not a certificate with its private key"),
        ((None, CERTIFICATE.public_bytes(Encoding.PEM), None), "is not a certificate with its private key"),
        ((None, pem(NoEncryption()).partition(b"-----BEGIN CERT")[0], None), "is not a certificate"),
        ((None, pem(NoEncryption(), ec.generate_private_key(ec.SECP256R1())), None), "must be an RSA key"),
        (("nowhere.pem", None, None), "certificate_path nowhere.pem cannot be read: No such file"),
        (("nowhere.pem", b"x", None), "Give either certificate_path or certificate_data"),
        ((None, None, PASSWORD), "Give either certificate_path or certificate_data"),
    ],
)
def test_what_is_no_certificate_is_refused(arguments: tuple[Any, Any, Any], words: str) -> None:
    """With a sentence that shows nothing of key or password."""
    with pytest.raises(ValueError, match=words) as caught:
        client_certificate(*arguments)
    assert "canary" not in str(caught.value)


def test_a_password_alone_is_not_a_public_application(store: MemoryStore) -> None:
    """Who gives one meant a certificate."""
    with pytest.raises(ValueError, match="certificate_path or certificate_data"):
        SecureApplicationModelCredential(TENANT, CLIENT, store=store, certificate_password=PASSWORD)
