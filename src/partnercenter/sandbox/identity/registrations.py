"""What an application and a user may be registered with; said once for world documents and control routes.

Each check returns how its sentence ends, or None when there is nothing to say against it. The rules are those of
an Entra tenant with work accounts [assumed: behaviour.md names the flows, not the forms of registration].
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

_LONGEST_URI: Final = 256
_SHORTEST_PASSWORD: Final = 8
_LONGEST_PASSWORD: Final = 256
_LONGEST_PEM: Final = 20_000
_LEAST_KEY_BITS: Final = 2048
_LOOPBACK: Final = ("localhost", "127.0.0.1")
_OUT_OF_BAND: Final = "urn:ietf:wg:oauth:2.0:oob"
# What a browser would run, read from the disk or send elsewhere is never among these.
_OWN_SCHEME: Final = re.compile(r"msal[a-z0-9-]*|[a-z][a-z0-9-]*(\.[a-z0-9-]+)+")
_URI_CHARACTERS: Final = re.compile(r"[A-Za-z0-9._~:/?\[\]@!$&'()+,;=%-]*")
_LOCAL_PART: Final = re.compile(r"[A-Za-z0-9!#$%&'+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'+/=?^_`{|}~-]+)*")


def redirect_uri_mistake(uri: str, *, public: bool) -> str | None:
    """What is wrong with an address that answers of a sign-in are sent to.

    It is `https`, or `http` on this machine. A public application may have a scheme of its own, such as
    `msal1234://auth` or `com.example.app://auth`.
    """
    if not uri or len(uri) > _LONGEST_URI:
        return f"must be an address of at most {_LONGEST_URI} characters"
    if "#" in uri:
        return "must have no fragment"
    if "*" in uri:
        return "must have no wildcard"
    if not _URI_CHARACTERS.fullmatch(uri):
        return "must have no blanks and no characters that an address encodes"
    if uri == _OUT_OF_BAND:
        return None if public else "is for public applications only"
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return _NOT_ABSOLUTE
    if not parts.scheme or not parts.netloc:
        return _NOT_ABSOLUTE
    if "@" in parts.netloc:
        return "must have no user information"
    return _scheme_mistake(parts.scheme, host, public=public)


_NOT_ABSOLUTE: Final = "must be an absolute URI, such as http://localhost or https://app.example/signed-in"


def _scheme_mistake(scheme: str, host: str | None, *, public: bool) -> str | None:
    if scheme == "https":
        return None if host else _NOT_ABSOLUTE
    if scheme == "http":
        return None if host in _LOOPBACK else "must be https; http is for localhost and 127.0.0.1 only"
    if not _OWN_SCHEME.fullmatch(scheme):
        return "must be https, or http on localhost, or have a scheme of an app's own such as com.example.app"
    return (
        None if public else "must be https, or http on localhost; other schemes are for public applications"
    )


def principal_name_mistake(name: str, domain: str) -> str | None:
    """What is wrong with the name that a user signs in with; its domain is the partner's."""
    local, _, given = name.rpartition("@")
    if not local or len(local) > 64 or not _LOCAL_PART.fullmatch(local):
        return f"must be a name such as anna@{domain}"
    return (
        None
        if given.lower() == domain.lower()
        else f"must be in the partner's domain, such as {local}@{domain}"
    )


def password_mistake(password: str) -> str | None:
    """What is wrong with a password; the sentence never shows it."""
    if _SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD and password.isprintable():
        return None
    return f"must be a text of one line, of {_SHORTEST_PASSWORD} to {_LONGEST_PASSWORD} characters"


def certificate_mistake(pem: str) -> str | None:
    """What is wrong with the certificate of an application; client-quirks.md 2.

    It is one certificate of an RSA key and never the key itself, which would have to be kept then.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    if "PRIVATE KEY" in pem:
        return "must be the certificate alone; keep its private key to yourself"
    try:
        found = x509.load_pem_x509_certificates(pem[:_LONGEST_PEM].encode("ascii"))
        key = found[0].public_key()
    except (ValueError, TypeError):
        return "must be a certificate in PEM form"
    if len(found) != 1 or len(pem) > _LONGEST_PEM:
        return "must be one certificate, without its chain"
    if not isinstance(key, RSAPublicKey) or key.key_size < _LEAST_KEY_BITS:
        return f"must be the certificate of an RSA key of at least {_LEAST_KEY_BITS} bits"
    return None
