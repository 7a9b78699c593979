"""A sandbox behind TLS that unmodified identity libraries sign in to, and what stands between: proxies, browsers."""

from __future__ import annotations

import json
import re
import select
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import httpx2
import msal
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from tests.conftest import Sandbox, SandboxProcess
from tests.sandbox import sign_in_requests
from tests.sandbox.assertions import Keyholder, keyholder
from tests.sandbox.sign_in_requests import (
    ADMIN,
    CERTIFIED,
    NAMES,
    PASSWORD,
    PUBLIC,
    TENANT,
    SignIns,
)
from tests.sandbox.signing_in import enter_device_code, parameters_of, send_form, text_of

from partnercenter.contract.clouds import Cloud

HOLDER = keyholder("certified")
RETURN = "http://localhost:53682"
PFX_PASSWORD = "canary-pfx-password"
CLOUDS = [cloud for cloud in Cloud if cloud.retired is None]
# Where azure-identity and msal ask about authorities; the second is what older clients of 21Vianet sign in at.
PUBLIC_HOSTS = {"login.microsoftonline.com", "login.chinacloudapi.cn"} | {
    str(urlsplit(address).hostname) for cloud in CLOUDS for address in (cloud.endpoint, cloud.authority)
}


class Returned(NamedTuple):
    """Where a browser is sent at the end of a sign-in, and what it brings there."""

    address: str
    parameters: dict[str, str]
    by_form: bool


@dataclass
class TlsSignIns(SignIns):
    """A sandbox with `sign_in_requests.world` behind TLS; `variables` are those of the running test."""

    ca: str
    folder: Path
    variables: pytest.MonkeyPatch

    @property
    def url(self) -> str:
        """Where it is, by the name of this machine."""
        return self.sandbox.url

    @property
    def options(self) -> dict[str, Any]:
        """What a credential of azure-identity needs to sign in here rather than at the public cloud."""
        return {"authority": self.url, "disable_instance_discovery": True}

    def set(self, **environment: str) -> None:
        """Set variables of the environment."""
        for name, value in environment.items():
            self.variables.setenv(name, value)

    def assertion(self, holder: Keyholder = HOLDER, client_id: str = CERTIFIED) -> str:
        """An assertion signed with an application's certificate."""
        return holder.assertion(client_id, f"{self.url}/{TENANT}/oauth2/v2.0/token")

    def secret_file(self, name: str, content: bytes) -> str:
        """Write a file with a secret in it, outside of what the tests look through for secrets."""
        path = self.folder / name
        path.write_bytes(content)
        path.chmod(0o600)
        return str(path)

    def sign_in(self, address: str, user: str = ADMIN, *, cancel: bool = False) -> Returned:
        """Sign in as somebody at an authorization address, or go away; what the browser brings back."""
        with httpx2.Client(timeout=30, trust_env=False, verify=trusting(self.ca)) as browser:
            page = browser.get(address)
            if cancel:
                return returned(send_form(browser, page, answer="cancel"))
            page = send_form(browser, page, username=NAMES[user], password=PASSWORD)
            if 'value="deny"' in page.text:
                page = send_form(browser, page, answer="approve")
            return returned(page)

    def code_of_page(self, client_id: str, scope: str, user: str = ADMIN) -> str:
        """An authorization code as the pages give it out, without PKCE."""
        query = {"client_id": client_id, "response_type": "code", "redirect_uri": RETURN, "scope": scope}
        address = f"{self.url}/{TENANT}/oauth2/v2.0/authorize?{urlencode(query)}"
        return self.sign_in(address, user).parameters["code"]

    def user_assertion(self, client_id: str) -> str:
        """An access token of a user with MFA for an application, which may pass the user on."""
        application = msal.PublicClientApplication(
            PUBLIC, authority=f"{self.url}/{TENANT}", instance_discovery=False
        )
        flow = application.initiate_auth_code_flow(
            [f"api://{client_id}/.default"], redirect_uri=RETURN, response_mode="form_post"
        )
        answer = application.acquire_token_by_auth_code_flow(flow, self.sign_in(flow["auth_uri"]).parameters)
        return str(answer["access_token"])

    def type_code(self, url: str, code: str, user: str = ADMIN, *, approve: bool = True) -> None:
        """Be the person with the device."""
        enter_device_code(url, code, NAMES[user], PASSWORD, approve=approve, verify=trusting(self.ca))

    @contextmanager
    def browser(self, *, cancel: bool = False) -> Iterator[None]:
        """Be the browser of this machine: sign in at what is opened, or go away, and go where that leads."""

        def browse(address: str) -> None:
            back = self.sign_in(address, cancel=cancel)
            with httpx2.Client(timeout=30, trust_env=False) as browser:
                if back.by_form:
                    browser.post(back.address, data=back.parameters)
                else:
                    browser.get(back.address)

        def opened(address: str, *_: Any, **__: Any) -> bool:
            threading.Thread(target=browse, args=[address], daemon=True).start()
            return True

        with self.variables.context() as patched:
            patched.setattr("webbrowser.open", opened)
            yield


def returned(page: httpx2.Response) -> Returned:
    """What the last page of a sign-in brings back to the application."""
    if page.is_redirect:
        address = page.headers["Location"]
        return Returned(address, parameters_of(address), by_form=False)
    action = re.search('<form method="post" action="([^"]*)"', page.text)
    assert action is not None, text_of(page)
    hidden = re.findall('<input type="hidden" name="([^"]*)" value="([^"]*)"', page.text)
    return Returned(unescape(action[1]), {name: unescape(value) for name, value in hidden}, by_form=True)


def trusting(ca: str) -> ssl.SSLContext:
    """What trusts the sandbox's authority."""
    return ssl.create_default_context(cafile=ca)


def pfx(holder: Keyholder, password: str = "") -> bytes:
    """A certificate with its key as PKCS #12."""
    protection = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    certificate: x509.Certificate = holder.certificate
    return serialize_key_and_certificates(b"app", holder.key, certificate, None, protection)


@contextmanager
def sandbox_behind_tls(folder: Path) -> Iterator[tuple[SignIns, str]]:
    """A sandbox process with a certificate for the public names too, its database in `folder`, and its authority."""
    database = folder / "sandbox.db"
    names = [argument for host in sorted(PUBLIC_HOSTS) for argument in ("--tls-host", host)]
    data_in = dict.fromkeys(("XDG_DATA_HOME", "HOME", "LOCALAPPDATA"), str(folder))
    process = SandboxProcess("--tls", *names, database=str(database), env=data_in)
    try:
        exported = next(line for line in process.lines if "REQUESTS_CA_BUNDLE=" in line)
        ca = exported.partition("REQUESTS_CA_BUNDLE=")[2].strip()
        with httpx2.Client(timeout=30, trust_env=False, verify=trusting(ca)) as http:
            sandbox = Sandbox(process.url.replace("127.0.0.1", "localhost"), http)
            sandbox.seed({**sign_in_requests.world(), "settings": {"device_code_interval_seconds": 1}})
            yield SignIns(sandbox, database), ca
        assert not process.errors, process.errors
    finally:
        process.stop()


@contextmanager
def tunnel_to(port: int) -> Iterator[tuple[str, list[str]]]:
    """A proxy that leads every name to a port of this machine; its address, and the names it was asked for."""
    asked: list[str] = []

    def serve(client: socket.socket) -> None:
        with closing(client), socket.create_connection(("127.0.0.1", port), timeout=30) as server:
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += client.recv(1)
            asked.append(head.split()[1].decode())
            client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            ends = {client: server, server: client}
            while True:
                for one in select.select(list(ends), [], [])[0]:
                    chunk = one.recv(65_536)
                    if not chunk:
                        return
                    ends[one].sendall(chunk)

    def accept() -> None:
        while True:
            try:
                client = listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=serve, args=[client], daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
        finally:
            listener.shutdown(socket.SHUT_RDWR)


@contextmanager
def pipeline_that_says(assertion: str) -> Iterator[str]:
    """What a pipeline asks for its federated token: the address of a server that answers with one."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.dumps({"oidcToken": assertion}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/oidc"
        finally:
            server.shutdown()
