"""The certificates with which applications prove who they are (`private_key_jwt`); client-quirks.md 2."""

from __future__ import annotations


def certificate_thumbprint(pem: str) -> str:
    """The SHA-256 of a certificate in hex; `ValueError` when the text holds none, or more than one."""
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256

    certificates = x509.load_pem_x509_certificates(pem.encode("ascii"))
    if len(certificates) != 1:
        raise ValueError("Give one certificate in a text, without its chain.")
    return certificates[0].fingerprint(SHA256()).hex()
