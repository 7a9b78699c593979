"""Self-signed certificates: of any key, and ready ones that no application may have; `assertions` has good ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def self_signed(name: str, key: Key, days: int = 1) -> x509.Certificate:
    """A certificate of a key; it ends in so many days, or ended so many days ago."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, SHA256())
    )


@cache
def weak_certificate() -> str:
    """One whose RSA key is too short."""
    return _pem("weak", rsa.generate_private_key(public_exponent=65537, key_size=1024))  # noqa: S505 - it is to be refused


@cache
def curve_certificate() -> str:
    """One of a key on an elliptic curve."""
    return _pem("curve", ec.generate_private_key(ec.SECP256R1()))


def _pem(name: str, key: Key) -> str:
    return self_signed(name, key).public_bytes(Encoding.PEM).decode()
