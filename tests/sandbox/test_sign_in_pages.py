"""The sign-in pages over HTTP: what an application asks for, what it gets back, and what it is refused for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from tests.conftest import Sandbox
from tests.sandbox.conftest import StartProcess
from tests.sandbox.local_pages import API, CLIENT, HOSTILE, OTHER_CLIENT, PUBLIC, TENANT, authorize_query
from tests.sandbox.signing_in import (
    PASSWORD,
    USER,
    flow_of,
    parameters_of,
    send_form,
    sign_in_at,
    text_of,
)

from partnercenter.contract import development_partner

V2, V1 = f"/{TENANT}/oauth2/v2.0/authorize", f"/{TENANT}/oauth2/authorize"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def ask(sandbox: Sandbox, path: str = V2, **changes: str) -> httpx2.Response:
    """Open the authorization endpoint."""
    return sandbox.http.get(f"{sandbox.url}{path}?{authorize_query(**changes)}")


@pytest.mark.parametrize(
    "tenant", [TENANT, TENANT.upper(), development_partner.DOMAIN, "common", "Organizations"]
)
@pytest.mark.parametrize("version", ["oauth2", "oauth2/v2.0"])
def test_somebody_signs_in_and_the_application_gets_a_code(
    sandbox: Sandbox, tenant: str, version: str
) -> None:
    """Name, password and the second factor lead back to the address that was asked for, with code and state."""
    scope = {"resource": API, "scope": ""} if version == "oauth2" else {}
    back = sign_in_at(f"{sandbox.url}/{tenant}/{version}/authorize?{authorize_query(**scope)}")
    assert "http://localhost:5000/" == back.partition("?")[0]
    answer = parameters_of(back)
    assert "given & taken" == answer["state"]
    assert 43 == len(answer["code"])
    assert {"code", "session_state", "state"} == set(answer)


def test_the_request_may_come_by_post(sandbox: Sandbox) -> None:
    """Entra takes the request of an application as a form as well."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    page = sandbox.http.post(sandbox.url + V2, content=authorize_query(), headers=form)
    assert (200, "Sign in") == (page.status_code, re.findall("<h1>(.*)</h1>", page.text)[0])


def test_an_application_without_state_gets_none_back(sandbox: Sandbox) -> None:
    """What was not sent is not invented."""
    assert "state" not in parameters_of(sign_in_at(f"{sandbox.url}{V2}?{authorize_query(state='')}"))


def test_the_answer_may_stand_in_the_fragment(sandbox: Sandbox) -> None:
    """`response_mode=fragment` keeps the code from the server behind the address."""
    back = sign_in_at(f"{sandbox.url}{V2}?{authorize_query(response_mode='fragment')}")
    parts = urlsplit(back)
    assert ("", "/") == (parts.query, parts.path)
    assert 43 == len(parameters_of(back)["code"])


def test_the_answer_may_come_as_a_form(sandbox: Sandbox) -> None:
    """`response_mode=form_post` is a page whose form leads to the application, with a button for want of scripts."""
    with httpx2.Client() as browser:
        page = browser.get(f"{sandbox.url}{V2}?{authorize_query(response_mode='form_post')}")
        page = send_form(browser, page, username=USER, password=PASSWORD)
        page = send_form(browser, page, answer="approve")
    assert '<form method="post" action="http://localhost:5000">' in page.text
    assert {"code", "session_state", "state"} == set(re.findall(r'hidden" name="(\w+)"', page.text))
    assert "<button>" in page.text
    script = re.findall("<script>(.*)</script>", page.text)[0]
    assert "document.forms[0].submit()" == script


def test_the_page_says_who_asks_and_for_what(sandbox: Sandbox) -> None:
    """That this is a sandbox, the application, what it asks for, where it leads; the well-known user as a hint."""
    text = text_of(ask(sandbox, login_hint="somebody@else.example"))
    for told in (
        "Local sandbox",
        PUBLIC,
        f"{API}/user_impersonation",
        "http://localhost:5000",
        USER,
        PASSWORD,
    ):
        assert told in text
    assert 'value="somebody@else.example"' in ask(sandbox, login_hint="somebody@else.example").text


@pytest.mark.parametrize(
    ("path", "changes", "code"),
    [
        (f"/{OTHER_CLIENT}/oauth2/v2.0/authorize", {}, 90002),
        ("/consumers/oauth2/v2.0/authorize", {}, 90002),
        (V2, {"client_id": OTHER_CLIENT}, 700016),
        (V2, {"client_id": "<b>"}, 700016),
        (V2, {"client_id": ""}, 900144),
        (V2, {"redirect_uri": ""}, 900144),
        (V2, {"redirect_uri": "https://evil.example"}, 50011),
        (V1, {"redirect_uri": "https://evil.example"}, 50011),
        (V2, {"redirect_uri": "http://localhost.evil.example"}, 50011),
        (V2, {"redirect_uri": "http://localhost@evil.example"}, 50011),
        (V2, {"redirect_uri": "http://localhost:1@evil.example"}, 50011),
        (V2, {"redirect_uri": "http://localhost:80\\@evil.example"}, 50011),
        (V2, {"redirect_uri": "http://localhost\r\nLocation: https://evil.example"}, 50011),
        (V2, {"redirect_uri": "https://localhost"}, 50011),
        (V2, {"redirect_uri": "http://localhost/other"}, 50011),
        (V2, {"redirect_uri": "http://localhost?x=1"}, 50011),
        (V2, {"redirect_uri": "http://127.0.0.1"}, 50011),
        (V2, {"redirect_uri": "//evil.example"}, 50011),
        (V2, {"redirect_uri": "javascript:alert(1)"}, 50011),
    ],
)
def test_who_is_not_known_is_never_redirected_to(
    sandbox: Sandbox, path: str, changes: dict[str, str], code: int
) -> None:
    """An unknown tenant or application, and an address that is not registered: a page, whatever else is wrong."""
    for also in ({}, {"response_type": "token"}, {"prompt": "none"}):
        answer = ask(sandbox, path, **{**also, **changes})
        assert (400, True) == (answer.status_code, f"AADSTS{code}: " in answer.text)
        assert not {"location", "refresh", "set-cookie"} & set(answer.headers)
        assert "http-equiv" not in answer.text
        assert "<form" not in answer.text


@pytest.mark.parametrize("name", ["redirect_uri", "client_id", "state", "scope", "unknown"])
def test_a_parameter_that_stands_there_twice_is_refused(sandbox: Sandbox, name: str) -> None:
    """Two readers of one request could each take another of them."""
    answer = sandbox.http.get(f"{sandbox.url}{V2}?{authorize_query(unknown='x')}&{name}=x")
    assert (400, True) == (answer.status_code, "AADSTS9002313: " in answer.text)


@pytest.mark.parametrize(
    ("path", "changes", "error", "code"),
    [
        (V2, {"response_type": ""}, "invalid_request", 900144),
        (V2, {"response_type": "token"}, "unsupported_response_type", 70005),
        (V2, {"response_type": "code id_token"}, "unsupported_response_type", 70005),
        (V2, {"response_mode": "smoke"}, "invalid_request", 70007),
        (V2, {"scope": ""}, "invalid_request", 900144),
        (V2, {"scope": "https://vault.example/.default"}, "invalid_resource", 500011),
        (V2, {"resource": API}, "invalid_request", 901002),
        (V1, {"resource": "https://vault.example"}, "invalid_resource", 500011),
        (V2, {"prompt": "none"}, "login_required", 50058),
        (V2, {"prompt": "none login"}, "invalid_request", 90023),
        (V2, {"prompt": "sing"}, "invalid_request", 90023),
        (V2, {"code_challenge": "short"}, "invalid_request", 501491),
        (V2, {"code_challenge": CHALLENGE, "code_challenge_method": "S512"}, "invalid_request", 9002313),
        (V2, {"code_challenge_method": "S256"}, "invalid_request", 900144),
    ],
)
@pytest.mark.parametrize("mode", ["", "fragment"])
def test_what_is_wrong_is_told_to_the_application(
    sandbox: Sandbox, path: str, changes: dict[str, str], error: str, code: int, mode: str
) -> None:
    """Each defect goes back to the registered address with OAuth's word, Entra's sentence, and the state."""
    answer = ask(sandbox, path, **{"response_mode": mode, **changes})
    back = answer.headers["Location"]
    told = parameters_of(back)
    expected_mark = "#" if mode and "response_mode" not in changes else "?"
    assert (302, f"http://localhost:5000/{expected_mark}") == (answer.status_code, back[:23])
    assert (error, "given & taken") == (told["error"], told["state"])
    assert told["error_description"].startswith(f"AADSTS{code}: ")


@pytest.mark.parametrize("prompt", ["", "login", "select_account", "consent", "login consent"])
def test_whatever_is_prompted_for_the_page_is_shown(sandbox: Sandbox, prompt: str) -> None:
    """The sandbox keeps no sessions, so everybody signs in anew; parameters that nobody knows are ignored."""
    page = ask(sandbox, prompt=prompt, claims="{}", client_info="1", nonce="n", x_unknown="y")
    assert (200, True) == (page.status_code, 'name="password"' in page.text)


@pytest.mark.parametrize("changes", [{}, {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}])
@pytest.mark.parametrize("client_id", [PUBLIC, CLIENT])
def test_pkce_is_the_applications_choice(sandbox: Sandbox, client_id: str, changes: dict[str, str]) -> None:
    """Public and confidential applications sign in with a code challenge or without one."""
    assert 200 == ask(sandbox, client_id=client_id, **changes).status_code


def test_who_denies_the_second_factor_is_not_signed_in(sandbox: Sandbox) -> None:
    """The application is told so: access_denied, AADSTS500121."""
    told = parameters_of(sign_in_at(f"{sandbox.url}{V2}?{authorize_query()}", approve=False))
    assert ("access_denied", "given & taken") == (told["error"], told["state"])
    assert told["error_description"].startswith("AADSTS500121: ")


def test_who_cancels_is_not_signed_in(sandbox: Sandbox) -> None:
    """The application is told so: access_denied, AADSTS65004."""
    with httpx2.Client() as browser:
        page = browser.get(f"{sandbox.url}{V2}?{authorize_query()}")
        told = parameters_of(send_form(browser, page, answer="cancel").headers["Location"])
    assert "access_denied" == told["error"]
    assert told["error_description"].startswith("AADSTS65004: ")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"flow": ""},
        {"flow": "x"},
        {"flow": "é"},
        {"flow": "AAAA" * 30},
        {"flow": "x" * 70_000},
        {"username": USER, "password": PASSWORD},
    ],
)
def test_a_form_that_was_never_shown_is_refused(sandbox: Sandbox, fields: dict[str, Any]) -> None:
    """One clear sentence, never more."""
    answer = sandbox.http.post(f"{sandbox.url}/common/login", data=fields)
    assert 400 == answer.status_code
    assert re.search("AADSTS(165000|9002313): ", answer.text)


def test_the_style_sheet_is_served(sandbox: Sandbox) -> None:
    """The one thing that a page needs beside itself."""
    page = ask(sandbox)
    sheet = sandbox.http.get(sandbox.url + re.findall(r'href="([^"]+)"', page.text)[0])
    assert (200, "text/css; charset=utf-8") == (sheet.status_code, sheet.headers["Content-Type"])


@pytest.mark.parametrize("path", [V1, V2])
def test_text_of_the_caller_is_escaped(sandbox: Sandbox, path: str) -> None:
    """What stands in a request is text on the page, never markup; in an address it is encoded."""
    hostile = {"login_hint": HOSTILE, "state": HOSTILE, "nonce": HOSTILE}
    page = ask(sandbox, path, **hostile)
    assert "<script" not in page.text
    assert "onerror=alert" not in re.sub(r'value="[^"]*"', "", page.text)
    back = ask(sandbox, path, **hostile, prompt="none").headers["Location"]
    assert re.fullmatch(r"[!#$%&'()*+,./0-9:;=?@A-Z\[\]_a-z~-]+", back)
    assert HOSTILE == parameters_of(back)["state"]
    refused = ask(sandbox, path, client_id=HOSTILE, redirect_uri=HOSTILE)
    assert "<script" not in refused.text


def test_a_page_needs_its_own_verb(sandbox: Sandbox) -> None:
    """405 with `Allow`."""
    for method, path, allow in (
        ("PUT", V2, "GET, POST"),
        ("GET", "/common/login", "POST"),
        ("POST", "/devicelogin", "GET"),
    ):
        answer = sandbox.http.request(method, sandbox.url + path)
        assert (405, allow) == (answer.status_code, answer.headers["Allow"])


def test_one_browser_signs_in_twice_at_once(sandbox: Sandbox) -> None:
    """Two tabs do not disturb each other, and each gets a code of its own."""
    with httpx2.Client() as browser:
        pages = [browser.get(f"{sandbox.url}{V2}?{authorize_query(state=name)}") for name in "ab"]
        assert flow_of(pages[0]) != flow_of(pages[1])
        second = [send_form(browser, page, username=USER, password=PASSWORD) for page in pages]
        backs = [send_form(browser, page, answer="approve").headers["Location"] for page in second]
    assert ["a", "b"] == [parameters_of(back)["state"] for back in backs]
    assert 2 == len({parameters_of(back)["code"] for back in backs})


def test_a_sign_in_goes_on_in_another_process(
    start_process: StartProcess, http: httpx2.Client, tmp_path: Path
) -> None:
    """All that a page knows stands in its form: the sandbox may start anew between two pages."""
    first = start_process(database=tmp_path / "sandbox.db")
    with httpx2.Client(timeout=30, trust_env=False) as browser:
        page = browser.get(f"{first.url}{V2}?{authorize_query()}")
        first.stop()
        second = start_process(database=tmp_path / "sandbox.db")
        fields = {"flow": flow_of(page), "username": USER, "password": PASSWORD}
        page = browser.post(f"{second.url}/common/login", data=fields)
        answer = send_form(browser, page, answer="approve")
    assert "code" in parameters_of(answer.headers["Location"])


def test_the_documented_script_signs_in(sandbox: Sandbox) -> None:
    """docs/sign-in-pages.md: two forms lead to a code."""
    page = Path(__file__).resolve().parents[2] / "docs" / "sign-in-pages.md"
    script = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)[0]
    names: dict[str, Any] = {}
    exec(script, names)  # noqa: S102 - the documentation's own text
    code = names["code_for"](f"{sandbox.url}{V2}?{authorize_query()}", USER, PASSWORD)
    assert 43 == len(code)
