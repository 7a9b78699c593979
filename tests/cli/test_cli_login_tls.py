"""`partnercenter login` over TLS: a local authority that is trusted, and the addresses of every cloud."""

from __future__ import annotations

import socket
import ssl
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.cli.logging_in import config_of, sign_in
from tests.conftest import SandboxProcess

from partnercenter.contract import development_partner as partner
from partnercenter.contract.clouds import Cloud

CLOUDS = (Cloud.GLOBAL, Cloud.CHINA, Cloud.US_GOVERNMENT)


@dataclass(frozen=True)
class Served:
    """A sandbox that serves https, also under the names of the clouds, and its authority's certificate."""

    url: str
    ca: str

    @property
    def trusting(self) -> dict[str, str]:
        """The variables by which a program trusts it."""
        return {"REQUESTS_CA_BUNDLE": self.ca, "SSL_CERT_FILE": self.ca}

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rpartition(":")[2])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One for all tests of this file."""
    folder = str(tmp_path_factory.mktemp("data"))
    names = [word for cloud in CLOUDS for word in ("--tls-host", urlsplit(cloud.authority).netloc)]
    process = SandboxProcess("--tls", *names, env={"XDG_DATA_HOME": folder, "HOME": folder})
    try:
        (ca,) = [line.partition("REQUESTS_CA_BUNDLE=")[2] for line in process.lines if "REQUESTS_CA_" in line]
        yield Served(process.url, ca.split()[0])
    finally:
        process.stop()


@contextmanager
def everywhere(port: int) -> Iterator[str]:
    """A proxy for which every host of the world is one port of this machine; its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_accept, args=(listener, port), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _accept(listener: socket.socket, port: int) -> None:
    with suppress(OSError):
        while True:
            caller, _ = listener.accept()
            threading.Thread(target=_tunnel, args=(caller, port), daemon=True).start()


def _tunnel(caller: socket.socket, port: int) -> None:
    with caller, suppress(OSError):
        while b"\r\n\r\n" not in caller.recv(65_536):
            pass
        with socket.create_connection(("127.0.0.1", port)) as served:
            caller.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            back = threading.Thread(target=_pour, args=(served, caller), daemon=True)
            back.start()
            _pour(caller, served)
            back.join()


def _pour(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while content := source.recv(65_536):
            sink.sendall(content)
        sink.shutdown(socket.SHUT_WR)


def test_a_user_signs_in_over_tls(bare: Any, start_login: Any, served: Served) -> None:
    """By the certificate that the sandbox names; without it nothing is sent, and the sentence says what to set."""
    login = start_login(bare, "--endpoint", served.url, "--no-browser", env=served.trusting)
    address = login.address()
    assert address.startswith(f"{served.url}/{partner.TENANT_ID}/oauth2/v2.0/authorize?")
    sign_in(address, verify=ssl.create_default_context(cafile=served.ca))
    assert 0 == login.ended().status, login.said
    untrusted = bare(
        "login",
        "--endpoint",
        served.url,
        "--no-browser",
        "--profile",
        "other",
        env={"PARTNERCENTER_STORE_PASSPHRASE": "x"},
    )
    assert (1, "") == (untrusted.status, untrusted.out)
    assert "The certificate is not trusted." in untrusted.err
    assert ["default"] == list(tomllib.loads(config_of(bare).read_text())["profiles"])


@pytest.mark.parametrize("cloud", CLOUDS, ids=lambda cloud: cloud.value.name)
def test_each_cloud_signs_in_at_its_own_authority(
    bare: Any, start_login: Any, served: Served, cloud: Cloud
) -> None:
    """Through a proxy to a sandbox that answers for all: the address that is opened, and what is asked for."""
    application = ("--tenant-id", partner.DOMAIN, "--client-id", partner.PUBLIC_CLIENT_ID)
    with everywhere(served.port) as proxy:
        trusting = {**served.trusting, "HTTPS_PROXY": proxy, "NO_PROXY": ""}
        login = start_login(
            bare, "--cloud", cloud.value.name, *application, "--no-browser", "--timeout", "1", env=trusting
        )
        address = urlsplit(login.address())
        assert 1 == login.ended().status
    assert cloud.authority == f"{address.scheme}://{address.netloc}"
    asked = parse_qs(address.query)
    assert [f"{cloud.scope} offline_access openid profile"] == asked["scope"]
    assert ["S256", "form_post"] == [*asked["code_challenge_method"], *asked["response_mode"]]
    assert not Path(config_of(bare)).exists()
