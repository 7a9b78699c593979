"""The certificate of a running server is renewed before it ends, without a restart and without a lost connection."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography import x509

from partnercenter.sandbox.identity.certificates import ensure_certificates, load_certificate
from partnercenter.sandbox.identity.private_files import CertificateError

_SERVE = """
from partnercenter.sandbox.server import serve
serve(host="{host}", port=0, database="memory", tls=True, tls_hosts=["team.example"],
      certificate_check_seconds=0.1, announce=lambda line: print(line, flush=True))
"""


class Server(NamedTuple):
    """A server that looks after its certificate ten times a second."""

    port: int
    folder: Path
    process: subprocess.Popen[str]

    def connected(self, host: str = "127.0.0.1", name: str | None = None) -> ssl.SSLSocket:
        """A new connection, whose certificate must be for the name."""
        context = ssl.create_default_context(cafile=self.folder / "ca.pem")
        plain = socket.create_connection((host, self.port), timeout=30)
        return context.wrap_socket(plain, server_hostname=name or host)


StartServer = Callable[..., Server]


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[StartServer]:
    """Starts servers with a data folder of the test's own."""
    with ExitStack() as running:

        def start(host: str = "127.0.0.1") -> Server:
            process = running.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", _SERVE.format(host=host)],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                    env={**os.environ, "XDG_DATA_HOME": str(tmp_path)},
                )
            )
            running.callback(process.terminate)
            assert process.stdout is not None
            for line in process.stdout:
                if line.startswith("sandbox ready at "):
                    port = int(line.rstrip().rpartition(":")[2])
                    return Server(port, tmp_path / "partnercenter" / "tls", process)
            assert process.stderr is not None
            raise AssertionError(process.stderr.read())

        yield start


def shown(connection: ssl.SSLSocket) -> x509.Certificate:
    """The certificate that a connection began with."""
    der = connection.getpeercert(binary_form=True)
    assert der is not None
    return x509.load_der_x509_certificate(der)


def asked(connection: ssl.SSLSocket) -> bytes:
    """The first line of the answer to a request on this connection."""
    connection.sendall(b"GET /_sandbox/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
    answer = b""
    while b'"ok"}' not in answer:
        answer += connection.recv(4096)
    return answer.partition(b"\r\n")[0]


def grow_old(server: Server) -> None:
    """Put a certificate in the place of the server's that the same authority made almost a year ago."""
    (server.folder / "server.pem").unlink()
    hosts = ["127.0.0.1", "team.example"]
    ensure_certificates(server.folder, hosts, datetime.now(UTC) - timedelta(days=360))


def wait_for(what: Callable[[], bool]) -> None:
    """Wait until something is so; gives up after half a minute."""
    deadline = time.monotonic() + 30
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_new_connections_see_a_new_certificate_and_old_ones_go_on(start_server: StartServer) -> None:
    """When the one that is there lasts 5 days more; it is one for a year, for the same hosts."""
    server = start_server()
    with server.connected() as old:
        assert b"HTTP/1.1 200 OK" == asked(old)
        first = shown(old)
        grow_old(server)

        def is_new() -> bool:
            with server.connected(name="team.example") as other:
                certificate = shown(other)
                rest = certificate.not_valid_after_utc - datetime.now(UTC)
                return certificate.serial_number != first.serial_number and rest > timedelta(days=300)

        wait_for(is_new)
        assert b"HTTP/1.1 200 OK" == asked(old)
        assert first == shown(old)


def test_what_stands_in_the_way_of_a_renewal_is_said_and_tried_again(start_server: StartServer) -> None:
    """The server goes on with what it has, and renews once its folder is as it should be."""
    server = start_server()
    with server.connected() as connection:
        first = shown(connection)
    authority = server.folder / "authority.pem"
    authority.chmod(0o644)
    assert server.process.stderr is not None
    assert "the certificate was not renewed: The key file" in server.process.stderr.readline()
    with server.connected() as connection:
        assert (b"HTTP/1.1 200 OK", first) == (asked(connection), shown(connection))
    (server.folder / "server.pem").unlink()
    authority.chmod(0o600)

    def is_new() -> bool:
        with server.connected() as other:
            return shown(other) != first

    wait_for(is_new)


@pytest.mark.parametrize(
    ("host", "names"),
    [
        ("127.0.0.1", ("127.0.0.1", "localhost", "team.example")),
        ("::1", ("::1", "localhost", "team.example")),
    ],
)
def test_every_host_is_covered(start_server: StartServer, host: str, names: tuple[str, ...]) -> None:
    """Those of this machine, and those that the user names; another one is not."""
    if ":" in host and not _has_ipv6():
        pytest.skip("This machine has no IPv6.")
    server = start_server(host)
    for name in names:
        with server.connected(host, name) as connection:
            assert b"HTTP/1.1 200 OK" == asked(connection)
    with pytest.raises(ssl.SSLCertVerificationError):
        server.connected(host, "else.example")


def _has_ipv6() -> bool:
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            return False
        return True


class Replaced(ssl.SSLContext):
    """Meets a file that is replaced between the reading of its certificate and of its key, so many times."""

    left: int

    def load_cert_chain(self, *paths: Any) -> None:
        """Fail as a pair that does not fit does, then do it."""
        self.left -= 1
        if self.left >= 0:
            raise ssl.SSLError(116, "[X509: KEY_VALUES_MISMATCH] key values mismatch")
        super().load_cert_chain(*paths)


@pytest.mark.parametrize(("times", "sentence"), [(0, None), (1, None), (2, "could not be loaded")])
def test_a_file_that_is_replaced_meanwhile_is_read_again(
    tmp_path: Path, times: int, sentence: str | None
) -> None:
    """Once; what does not fit even then is told."""
    files = ensure_certificates(tmp_path / "tls", [], datetime.now(UTC))
    context = Replaced(ssl.PROTOCOL_TLS_SERVER)
    context.left = times
    if sentence is None:
        load_certificate(context, files)
        assert -1 == context.left
    else:
        with pytest.raises(CertificateError, match=sentence):
            load_certificate(context, files)
