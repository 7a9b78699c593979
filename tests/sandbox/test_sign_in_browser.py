"""The sign-in pages in a real browser: Chromium follows their headers, and people their words."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.conftest import Sandbox
from tests.sandbox.local_pages import API, PUBLIC, TENANT, authorize_query
from tests.sandbox.signing_in import PASSWORD, USER

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")


@dataclass
class Application:
    """An application on this machine that waits for the browser to come back, and then sends it on."""

    url: str
    answers: list[dict[str, str]] = field(default_factory=list)
    origins: list[str | None] = field(default_factory=list)


@contextmanager
def listening() -> Iterator[Application]:
    """An application on a free port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/":
                self._take(parts.query)
            else:
                self._say()

        def do_POST(self) -> None:
            self._take(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def _take(self, sent: str) -> None:
            application.answers.append({name: values[0] for name, values in parse_qs(sent).items()})
            application.origins.append(self.headers["Origin"])
            # Another name of this machine is another origin: the policy of the pages must let the browser go on.
            self.send_response(303)
            self.send_header("Location", f"http://127.0.0.1:{server.server_port}/home")
            self.end_headers()

        def _say(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!DOCTYPE html><title>Home</title><h1>Home</h1>")

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class calls it so
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        application = Application(f"http://localhost:{server.server_port}")
        try:
            yield application
        finally:
            server.shutdown()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"], timeout=120_000)
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium: Any) -> Iterator[Any]:
    """A page of a browser that knows nothing yet; what a policy forbade stands in `complaints`."""
    context = chromium.new_context()
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda message: "Policy" in message.text and page.complaints.append(message.text))
    yield page
    context.close()


def press(tab: Any, name: str) -> None:
    """Press a button."""
    tab.get_by_role("button", name=name, exact=True).click()


def sign_in(tab: Any) -> None:
    """Type name and password, and approve with the second factor."""
    tab.get_by_label("User").fill(USER)
    tab.get_by_label("Password").fill(PASSWORD)
    press(tab, "Sign in")
    press(tab, "Approve")


@pytest.mark.parametrize("mode", ["query", "form_post"])
def test_a_person_signs_in_and_lands_at_the_application(sandbox: Sandbox, tab: Any, mode: str) -> None:
    """With a wrong password first, then the right one and the second factor; the browser keeps no cookie."""
    with listening() as application:
        query = authorize_query(redirect_uri=application.url, response_mode=mode)
        tab.goto(f"{sandbox.url}/{TENANT}/oauth2/v2.0/authorize?{query}")
        tab.get_by_label("User").fill(USER)
        tab.get_by_label("Password").fill("wrong")
        press(tab, "Sign in")
        assert "AADSTS50126" in tab.get_by_role("alert").inner_text()
        assert USER == tab.get_by_label("User").input_value()
        sign_in(tab)
        tab.wait_for_url("http://127.0.0.1:*/home")
        answers, origins = application.answers, application.origins
    assert [] == tab.context.cookies()
    assert ["given & taken"] == [answer["state"] for answer in answers]
    assert [43] == [len(answer["code"]) for answer in answers]
    assert [sandbox.url if mode == "form_post" else None] == origins
    assert [] == tab.complaints


def test_a_form_of_another_site_signs_nobody_in(sandbox: Sandbox, tab: Any) -> None:
    """A page of another site that has got hold of a form sends it from the same browser, and is refused."""
    with listening() as application:
        tab.goto(
            f"{sandbox.url}/{TENANT}/oauth2/v2.0/authorize?{authorize_query(redirect_uri=application.url)}"
        )
        flow = tab.locator("[name=flow]").input_value()
        tab.goto(f"{application.url}/elsewhere")
        tab.evaluate(
            """([action, fields]) => {
                const form = document.body.appendChild(document.createElement("form"));
                form.method = "post"; form.action = action;
                for (const [name, value] of fields) {
                    const input = form.appendChild(document.createElement("input"));
                    input.name = name; input.value = value;
                }
                form.submit();
            }""",
            [
                f"{sandbox.url}/common/login",
                [["flow", flow], ["username", USER], ["password", PASSWORD]],
            ],
        )
        tab.wait_for_url(f"{sandbox.url}/common/login")
        assert "AADSTS165000" in tab.get_by_role("alert").inner_text()
        assert [] == application.answers


def test_no_page_shows_in_a_frame(sandbox: Sandbox, tab: Any) -> None:
    """Not even in a page that somebody opens from this machine."""
    with listening() as application:
        address = f"{sandbox.url}/{TENANT}/oauth2/v2.0/authorize?{authorize_query()}"
        tab.goto(f"{application.url}/elsewhere")
        with tab.expect_response(address):
            tab.evaluate(
                """address => {
                    const frame = document.body.appendChild(document.createElement("iframe"));
                    frame.src = address;
                }""",
                address,
            )
        tab.wait_for_function("document.querySelector('iframe').contentDocument === null")
        tab.frames[1].wait_for_load_state()
        assert 0 == tab.frames[1].locator("[name=flow]").count()


def test_a_person_signs_a_device_in(sandbox: Sandbox, tab: Any) -> None:
    """Type the code, sign in, approve: the page says that the device goes on."""
    form = {"client_id": PUBLIC, "scope": f"{API}/user_impersonation"}
    device = sandbox.http.post(f"{sandbox.url}/{TENANT}/oauth2/v2.0/devicecode", data=form).json()
    tab.goto(device["verification_uri"])
    tab.get_by_label("Code").fill(device["user_code"].lower())
    press(tab, "Next")
    sign_in(tab)
    assert "Is this you?" == tab.get_by_role("heading").inner_text()
    press(tab, "Approve")
    assert "You are signed in" == tab.get_by_role("heading").inner_text()
    assert [] == tab.complaints
