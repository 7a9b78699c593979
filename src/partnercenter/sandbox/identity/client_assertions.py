"""The certificates with which applications prove who they are (`private_key_jwt`); RFC 7523, client-quirks.md 2.

An application signs a short JSON Web Token, whose header names the certificate. The invariant: the key that verifies
an assertion, and the algorithms it may verify, are those of a registered certificate. What the header says only
chooses among them; a key or an address of one that stands in it is never looked at.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from partnercenter.sandbox.identity.client_secrets import shown_client_id
from partnercenter.sandbox.identity.entra_errors import EntraError
from partnercenter.sandbox.identity.grant_errors import ClientFault
from partnercenter.sandbox.identity.signed_claims import SIGNATURE_ONLY, seconds_of

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.x509 import Certificate

JWT_BEARER: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_ALGORITHMS: Final = ("RS256", "PS256")
_MAX_LENGTH: Final = 16 * 1024
# A header that brings its own key, or an address of one, asks to be trusted on its own word; `crit` asks for what we
# do not know. `x5c` may stand there: clients send their chain along, and it is not looked at.
_REFUSED_HEADERS: Final = frozenset({"jwk", "jku", "x5u", "crit", "b64"})


def certificate_thumbprint(pem: str) -> str:
    """The SHA-256 of a certificate in hex; `ValueError` when the text holds none, or more than one."""
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256

    certificates = x509.load_pem_x509_certificates(pem.encode("ascii"))
    if len(certificates) != 1:
        raise ValueError("Give one certificate in a text, without its chain.")
    return certificates[0].fingerprint(SHA256()).hex()


def check_client_assertion(
    assertion: str,
    client_id: str,
    certificates: Iterable[str],
    audiences: Collection[str],
    now: float,
    clock_skew: float,
) -> EntraError | None:
    """None when an application has signed this with one of its certificates, otherwise the error to answer.

    `certificates` are PEM texts, `audiences` the addresses that the assertion may be meant for, in lower case, `now`
    is in unix seconds, and `clock_skew` in seconds how far the application's clock may be off. AADSTS50027 for a text
    that is no assertion, 700027 for a certificate that is unknown, has expired or has not signed it, 700021 for one
    of another application, 700023 for one for another place, 700024 for one out of its time.
    """
    header = _header(assertion)
    if isinstance(header, EntraError):
        return header
    certificate = _named_certificate(header, certificates)
    if certificate is None:
        return ClientFault.KEY_NOT_FOUND.about(shown_client_id(client_id))
    if not _is_in_time(certificate, now):
        return ClientFault.KEY_EXPIRED.about()
    claims = _signed_claims(assertion, str(header["alg"]), certificate)
    if isinstance(claims, EntraError):
        return claims
    return _place_error(claims, client_id, audiences) or _time_error(claims, now, clock_skew)


def _header(assertion: str) -> Mapping[str, Any] | EntraError:
    import jwt

    if len(assertion) > _MAX_LENGTH:
        return ClientFault.MALFORMED_ASSERTION.about("longer than 16 KiB")
    try:
        header = jwt.get_unverified_header(assertion.encode("ascii"))
    except (jwt.PyJWTError, UnicodeEncodeError):
        return ClientFault.MALFORMED_ASSERTION.about("not a signed JSON Web Token")
    if header.get("alg") not in ASSERTION_ALGORITHMS:
        return ClientFault.MALFORMED_ASSERTION.about("not signed with RS256 or PS256")
    if not _REFUSED_HEADERS.isdisjoint(header):
        return ClientFault.MALFORMED_ASSERTION.about("one that brings its own key")
    return header


def _named_certificate(header: Mapping[str, Any], certificates: Iterable[str]) -> Certificate | None:
    """The certificate that the header names: by `x5t#S256`, else by `x5t`, else by `kid`."""
    name = next((header[name] for name in ("x5t#S256", "x5t", "kid") if name in header), None)
    if not isinstance(name, str):
        return None
    kind = next(kind for kind in ("x5t#S256", "x5t", "kid") if kind in header)
    for pem in certificates:
        certificate, names = _read(pem)
        if name.rstrip("=") in names[kind] or (kind == "kid" and name.lower() in names[kind]):
            return certificate
    return None


@lru_cache(maxsize=256)
def _read(pem: str) -> tuple[Certificate, Mapping[str, frozenset[str]]]:
    """A certificate, and what a header may call it; `kid` is a thumbprint in one of the spellings that are around."""
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA1, SHA256

    certificate = x509.load_pem_x509_certificate(pem.encode("ascii"))
    # SHA-1 only finds the certificate, as Entra's `x5t` does; whether it signed is for its key to say.
    short, long = certificate.fingerprint(SHA1()), certificate.fingerprint(SHA256())  # noqa: S303
    x5t, x5t_s256 = _base64url(short), _base64url(long)
    return certificate, {
        "x5t": frozenset({x5t}),
        "x5t#S256": frozenset({x5t_s256}),
        "kid": frozenset({x5t, x5t_s256, short.hex(), long.hex()}),
    }


def _is_in_time(certificate: Certificate, now: float) -> bool:
    moment = datetime.fromtimestamp(now, UTC)
    return certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc


def _signed_claims(assertion: str, algorithm: str, certificate: Certificate) -> dict[str, Any] | EntraError:
    import jwt

    key = _rsa_key(certificate)
    if key is None:
        return ClientFault.BAD_SIGNATURE.about()
    try:
        return jwt.decode(assertion, key, algorithms=[algorithm], options=SIGNATURE_ONLY)
    except jwt.InvalidSignatureError:
        return ClientFault.BAD_SIGNATURE.about()
    except jwt.PyJWTError:
        return ClientFault.MALFORMED_ASSERTION.about("without a JSON object in it")


def _rsa_key(certificate: Certificate) -> RSAPublicKey | None:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    key = certificate.public_key()
    return key if isinstance(key, RSAPublicKey) else None


def _place_error(claims: Mapping[str, Any], client_id: str, audiences: Collection[str]) -> EntraError | None:
    if not all(str(claims.get(name)).lower() == client_id for name in ("iss", "sub")):
        return ClientFault.WRONG_APPLICATION.about()
    audience = claims.get("aud")
    if not isinstance(audience, str) or audience.lower() not in audiences:
        return ClientFault.WRONG_AUDIENCE.about()
    return None


def _time_error(claims: Mapping[str, Any], now: float, clock_skew: float) -> EntraError | None:
    expires_at, not_before = seconds_of(claims.get("exp")), seconds_of(claims.get("nbf", 0))
    if expires_at is None or not_before is None:
        return ClientFault.OUT_OF_TIME.about("Its 'exp' and 'nbf' must be numbers of seconds.")
    if not_before > now + clock_skew or expires_at <= now - clock_skew:
        return ClientFault.OUT_OF_TIME.about(
            f"Current time: {now:.0f}, assertion valid from {not_before:.0f}, expiry time {expires_at:.0f}."
        )
    return None


def _base64url(digest: bytes) -> str:
    return urlsafe_b64encode(digest).decode("ascii").rstrip("=")
