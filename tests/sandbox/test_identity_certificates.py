"""The sandbox's local authority: what it writes, keeps, renews and refuses; client-quirks.md 3."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest
import requests
from cryptography import x509

from partnercenter.sandbox.identity.certificates import TlsFiles, ensure_certificates, trust_instructions
from partnercenter.sandbox.identity.private_files import CertificateError

NOW = datetime.now(UTC)  # the clients of these tests judge by the real time


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "tls"


def server_certificate(files: TlsFiles) -> x509.Certificate:
    return x509.load_pem_x509_certificate(files.certificate.read_bytes())


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


class Hello(BaseHTTPRequestHandler):
    """Greets whoever gets through TLS."""

    def do_GET(self) -> None:
        """Answer any path."""
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Keep quiet."""


@contextmanager
def serving(files: TlsFiles) -> Iterator[int]:
    """A real TLS server with these files on a free port of this machine."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.private_key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hello)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_clients_that_trust_the_authority_reach_the_server(folder: Path) -> None:
    """A TLS server with the files is reached by clients that trust the authority."""
    files = ensure_certificates(folder, [], NOW)
    trust = ssl.create_default_context(cafile=str(files.ca_certificate))
    with serving(files) as port:
        for host in ("localhost", "127.0.0.1"):
            url = f"https://{host}:{port}/"
            assert requests.get(url, verify=str(files.ca_certificate), timeout=10).text == "hello"
            assert httpx2.get(url, verify=trust).text == "hello"


def test_a_client_without_trust_is_kept_out(folder: Path) -> None:
    """A client that was not told to trust the authority refuses the server."""
    with serving(ensure_certificates(folder, [], NOW)) as port, pytest.raises(requests.exceptions.SSLError):
        requests.get(f"https://localhost:{port}/", timeout=10)


def test_trust_set_up_once_survives_a_renewal(folder: Path) -> None:
    """A renewed server is reached by a client that trusts the first copy of the authority."""
    first = ensure_certificates(folder, [], NOW).ca_certificate.read_bytes()
    old = folder.parent / "trusted-earlier.pem"
    old.write_bytes(first)
    renewed = ensure_certificates(folder, ["sandbox.example"], NOW)
    with serving(renewed) as port:
        assert requests.get(f"https://localhost:{port}/", verify=str(old), timeout=10).text == "hello"


def test_the_authority_says_what_it_is(folder: Path) -> None:
    """The authority's certificate names itself as the local sandbox's and may sign others."""
    files = ensure_certificates(folder, [], NOW)
    certificate = x509.load_pem_x509_certificate(files.ca_certificate.read_bytes())
    assert "partnercenter local sandbox authority" in certificate.subject.rfc4514_string()
    assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert b"PRIVATE" not in files.ca_certificate.read_bytes()


def test_the_server_certificate_lasts_a_year_and_covers_the_hosts(folder: Path) -> None:
    """The server certificate is for the local names and the added hosts, for one year."""
    files = ensure_certificates(folder, ["Sandbox.Example", "[fe80::1]", "bücher.example"], NOW)
    certificate = server_certificate(files)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [
        "localhost",
        "sandbox.example",
        "xn--bcher-kva.example",
    ]
    assert [str(ip) for ip in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "::1", "fe80::1"]
    assert timedelta(days=364) < certificate.not_valid_after_utc - NOW <= timedelta(days=365)


def test_good_files_are_used_again(folder: Path) -> None:
    """Nothing is written while the certificate is valid for more than 7 days and covers the hosts."""
    ensure_certificates(folder, ["a.example", "b.example"], NOW)
    before = contents(folder)
    ensure_certificates(folder, ["b.example"], NOW + timedelta(days=357))
    assert before == contents(folder)


@pytest.mark.parametrize(
    ("hosts", "later"),
    [(["c.example"], timedelta()), ([], timedelta(days=358, seconds=1)), ([], timedelta(days=-2))],
    ids=["another host", "a week before the end", "before its time"],
)
def test_a_renewal_replaces_the_server_certificate_only(
    folder: Path, hosts: list[str], later: timedelta
) -> None:
    """A renewed server certificate comes from the same authority."""
    ensure_certificates(folder, [], NOW)
    before = contents(folder)
    ensure_certificates(folder, hosts, NOW + later)
    after = contents(folder)
    assert [name for name in before if before[name] != after[name]] == ["server.pem"]


def foreign(folder: Path) -> bytes:
    """A good server file of another authority."""
    return ensure_certificates(folder.parent / "other", [], NOW).certificate.read_bytes()


def mixed(folder: Path) -> bytes:
    """The key of one server before the certificate of another."""
    own, other = (folder / "server.pem").read_bytes(), foreign(folder)
    marker = b"-----BEGIN CERTIFICATE-----"
    return other.partition(marker)[0] + marker + own.partition(marker)[2]


@pytest.mark.parametrize("damage", [foreign, mixed, lambda _: b"", lambda _: b"rubbish"])
def test_a_damaged_or_foreign_server_file_is_replaced(folder: Path, damage: object) -> None:
    """A server file that is no pair or not from this authority is made anew, and then serves."""
    files = ensure_certificates(folder, [], NOW)
    assert callable(damage)
    files.certificate.write_bytes(damage(folder))
    ensure_certificates(folder, [], NOW)
    with serving(files) as port:
        requests.get(f"https://localhost:{port}/", verify=str(files.ca_certificate), timeout=10)


def test_a_lost_copy_of_the_authority_certificate_is_written_again(folder: Path) -> None:
    """The certificate for clients is written again from the authority when it is gone or was changed."""
    files = ensure_certificates(folder, [], NOW)
    before = contents(folder)
    files.ca_certificate.unlink()
    ensure_certificates(folder, [], NOW)
    assert before == contents(folder)
    files.ca_certificate.write_bytes(b"changed")
    ensure_certificates(folder, [], NOW)
    assert before == contents(folder)


def test_a_lost_authority_is_not_replaced_silently(folder: Path) -> None:
    """When the authority's key is gone, the trust that clients set up is not thrown away without a word."""
    ensure_certificates(folder, [], NOW)
    (folder / "authority.pem").unlink()
    with pytest.raises(
        CertificateError, match=r"put the key back, or delete .*ca\.pem and set up trust again"
    ):
        ensure_certificates(folder, [], NOW)


def test_a_damaged_authority_is_refused(folder: Path) -> None:
    """An authority file that is no certificate and key is refused with what to delete."""
    ensure_certificates(folder, [], NOW)
    (folder / "authority.pem").write_bytes(b"rubbish")
    with pytest.raises(CertificateError, match="is not a certificate authority and its key; delete"):
        ensure_certificates(folder, [], NOW)


def test_a_folder_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    """A folder in the place of a file is reported as a certificate error with its cause."""
    (tmp_path / "file").write_text("")
    with pytest.raises(CertificateError, match="could not be read or written") as refused:
        ensure_certificates(tmp_path / "file" / "tls", [], NOW)
    assert isinstance(refused.value.__cause__, OSError)


@pytest.mark.parametrize(
    "host", ["", "a b", "http://a/", "a:80", "a@b.example", "10.0.0.0/8", "a..b", "x" * 64]
)
def test_what_is_no_host_is_refused(folder: Path, host: str) -> None:
    """A text that is no host is refused by name before anything is written."""
    with pytest.raises(CertificateError, match="is not the name or address of a host"):
        ensure_certificates(folder, [host], NOW)
    assert not folder.exists()


def test_a_time_without_a_zone_is_refused(folder: Path) -> None:
    """A naive time is an error of the caller."""
    with pytest.raises(ValueError, match="time zone"):
        ensure_certificates(folder, [], NOW.replace(tzinfo=None))


def test_processes_that_start_together_share_one_authority(folder: Path) -> None:
    """Several starts at once on an empty folder end with one authority and a server certificate of it."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        all_files = list(pool.map(lambda _: ensure_certificates(folder, [], NOW), range(8)))
    before = contents(folder)
    assert {"authority.pem", "ca.pem", "server.pem"} == set(before)
    assert all_files[0] == ensure_certificates(folder, [], NOW)
    assert before == contents(folder)


def test_the_instructions_name_the_file_for_every_client() -> None:
    """The instructions show the variable or command of each platform with the quoted path."""
    text = trust_instructions(Path("/data of me/ca.pem"))
    for word in (
        "REQUESTS_CA_BUNDLE",
        "SSL_CERT_FILE",
        "NODE_EXTRA_CA_CERTS",
        "curl --cacert",
        "update-ca-certificates",
        "update-ca-trust",
        "security add-trusted-cert",
        "certutil",
    ):
        assert word in text
    assert "REQUESTS_CA_BUNDLE='/data of me/ca.pem'" in text
