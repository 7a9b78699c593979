"""The sandbox's own certificate authority, for TLS on the user's machine; client-quirks.md 2 "Traps", 3.

Every identity library refuses plain http, so the token endpoint needs a certificate, and clients must
be told to trust who signed it. The certificates are trustme's work; here is decided when to make them and
how to keep them. The invariant: the authority stays the same as long as its files stay, so trust that
was set up once remains good.

Files of the folder: `authority.pem` (the authority's key and certificate), `ca.pem` (its certificate, for
clients), `server.pem` (the server's key and certificate). Key and certificate share a file so that no crash
and no second process can leave a pair that does not fit.

TLS is judged by the clients' clocks: `now` is the real time here, not the sandbox's movable one.
"""

from __future__ import annotations

import ipaddress
import shlex
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from partnercenter.sandbox.identity.private_files import (
    OWNER_ONLY,
    READABLE,
    CertificateError,
    make_private_folder,
    read_private,
    write_whole,
)

if TYPE_CHECKING:
    import trustme
    from cryptography.x509 import Certificate

_AUTHORITY: Final = "authority.pem"
_PUBLISHED: Final = "ca.pem"
_AUTHORITY_NAME: Final = "partnercenter local sandbox authority"
_ORGANIZATION: Final = "partnercenter"
_LOCAL_HOSTS: Final = ("localhost", "127.0.0.1", "::1")
_LIFETIME: Final = timedelta(days=365)
_RENEW_BEFORE: Final = timedelta(days=7)
_CLOCK_TOLERANCE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """What a TLS server and its clients need.

    `certificate` and `private_key` are for the server and are the same file, `ca_certificate` is for clients.
    """

    ca_certificate: Path
    certificate: Path
    private_key: Path


def ensure_certificates(folder: Path, hosts: Sequence[str], now: datetime) -> TlsFiles:
    """Make the authority and a server certificate in `folder`, or reuse what is there; client-quirks.md 3.

    The server certificate is for localhost, 127.0.0.1, ::1 and `hosts`. It is renewed when it covers one
    of them not, or is valid for 7 days or less; the authority never is. `now` must have a zone.

    Raises `CertificateError` when a key file may be read by others, a file is damaged or cannot be
    written, or a host is none.
    """
    if now.tzinfo is None:
        raise ValueError("now must have a time zone, such as datetime.now(UTC).")
    wanted = list(dict.fromkeys(_host_name(host) for host in (*_LOCAL_HOSTS, *hosts)))
    files = TlsFiles(folder / _PUBLISHED, folder / "server.pem", folder / "server.pem")
    with _using(folder, "the server was not given TLS"):
        authority = _authority(folder / _AUTHORITY, files.ca_certificate)
        server = read_private(files.certificate)
        if server is None or not _still_good(server, authority, wanted, now):
            write_whole(files.certificate, _server_pem(authority, wanted, now), OWNER_ONLY, replace=True)
    return files


def ensure_authority(folder: Path) -> Path:
    """Make the authority in `folder`, or reuse the one that is there; the path of its certificate, for clients.

    Raises `CertificateError` as `ensure_certificates` does.
    """
    with _using(folder, "the authority was not used"):
        _authority(folder / _AUTHORITY, folder / _PUBLISHED)
    return folder / _PUBLISHED


def load_certificate(context: ssl.SSLContext, files: TlsFiles) -> None:
    """Let a server that may be running use the files for every connection that begins from now on.

    Connections that are there go on with what they began with. Raises `CertificateError`.
    """
    try:
        with suppress(ssl.SSLError):
            context.load_cert_chain(files.certificate, files.private_key)
            return
        # Certificate and key are read one after the other: another process has just replaced the file in between.
        context.load_cert_chain(files.certificate, files.private_key)
    except OSError as error:
        raise CertificateError(
            f"{files.certificate} could not be loaded: {error.strerror or error}."
        ) from error


def trust_instructions(ca_path: Path) -> str:
    """How to make clients trust the sandbox, for a terminal; client-quirks.md 3."""
    path = shlex.quote(str(ca_path))
    return f"""\
Trust the sandbox for the programs of one shell (Python and curl then trust nothing else):
  Python, requests, azure-identity, msal   export REQUESTS_CA_BUNDLE={path}
  Python, httpx2, ssl                      export SSL_CERT_FILE={path}
  Node.js (in addition to its own list)    export NODE_EXTRA_CA_CERTS={path}
  curl                                     curl --cacert {path} …
Trust it in the store of the machine or user (.NET, Java with the system store, browsers):
  Debian, Ubuntu   sudo cp {path} /usr/local/share/ca-certificates/partnercenter-sandbox.crt && sudo \
update-ca-certificates
  Fedora, RHEL     sudo cp {path} /etc/pki/ca-trust/source/anchors/partnercenter-sandbox.pem && sudo \
update-ca-trust
  macOS            security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db {path}
  Windows          certutil -user -addstore Root "{ca_path}"
Whoever has the file authority.pem beside it can pretend to be any host to those who trust it: keep it to
yourself, and remove the trust when you no longer need the sandbox."""


@contextmanager
def _using(folder: Path, otherwise: str) -> Iterator[None]:
    """Make the folder and use it; an error of the disk is told with what was not done because of it."""
    try:
        make_private_folder(folder)
        yield
    except OSError as error:
        raise CertificateError(
            f"The certificates in {folder} could not be read or written ({error.strerror or error}); "
            f"{otherwise}."
        ) from error


def _host_name(host: str) -> str:
    """The host as a certificate has it: an address in its short form, a name in lower case and ASCII."""
    import idna

    bare = host.strip().removeprefix("[").removesuffix("]")
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        pass
    wildcard = "*." if bare.startswith("*.") else ""
    try:
        return wildcard + idna.encode(bare.removeprefix(wildcard), uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError) as error:
        raise CertificateError(
            f"{host[:100]!r} is not the name or address of a host; no certificate was made. Give names "
            "without scheme, port and path."
        ) from error


def _authority(path: Path, published: Path) -> trustme.CA:
    """The authority of the folder, made when there is none, and its certificate published for clients."""
    import trustme

    was_published = published.exists()  # asked first: another process may be making both just now
    pem = read_private(path)
    if pem is None:
        if was_published:
            raise CertificateError(
                f"{published} is there but the authority's key {path} is not, so clients trust an authority "
                f"that can no longer sign: put the key back, or delete {published} and set up trust again."
            )
        made = trustme.CA(organization_name=_ORGANIZATION, organization_unit_name=_AUTHORITY_NAME)
        write_whole(path, made.private_key_pem.bytes() + made.cert_pem.bytes(), OWNER_ONLY, replace=False)
        pem = read_private(path) or b""
    try:
        _matching_certificate(pem)
        authority = trustme.CA.from_pem(pem, pem)
    except (ValueError, TypeError) as error:
        raise CertificateError(
            f"{path} is not a certificate authority and its key; "
            f"delete {path} and {published} and set up trust again."
        ) from error
    public = authority.cert_pem.bytes()
    if not published.exists() or published.read_bytes() != public:
        write_whole(published, public, READABLE, replace=True)
    return authority


def _server_pem(authority: trustme.CA, hosts: Sequence[str], now: datetime) -> bytes:
    leaf = authority.issue_cert(
        *hosts,
        organization_name=_ORGANIZATION,
        organization_unit_name="partnercenter local sandbox",
        not_before=now - _CLOCK_TOLERANCE,
        not_after=now + _LIFETIME,
    )
    return leaf.private_key_and_cert_chain_pem.bytes()


def _still_good(pem: bytes, authority: trustme.CA, hosts: Sequence[str], now: datetime) -> bool:
    """Whether the pair fits together, comes from this authority, covers the hosts and lasts a while."""
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature

    try:
        certificate = _matching_certificate(pem)
        certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(authority.cert_pem.bytes()))
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    covered = {*names.get_values_for_type(x509.DNSName)}
    covered.update(str(address) for address in names.get_values_for_type(x509.IPAddress))
    lasts = certificate.not_valid_before_utc <= now and certificate.not_valid_after_utc - now > _RENEW_BEFORE
    return lasts and covered.issuperset(hosts)


def _matching_certificate(pem: bytes) -> Certificate:
    """The certificate of a file with its key; `ValueError` or `TypeError` when they are no pair."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    certificate = x509.load_pem_x509_certificate(pem)
    if load_pem_private_key(pem, password=None).public_key() != certificate.public_key():
        raise ValueError("The key does not belong to the certificate.")
    return certificate
