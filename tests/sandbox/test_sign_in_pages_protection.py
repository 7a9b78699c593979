"""What keeps the sign-in pages from being misused; each test fails when its protection is taken out."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete
from tests.sandbox.conftest import LocalSandbox
from tests.sandbox.local_pages import (
    API,
    CALLBACK,
    CLIENT,
    HOSTILE,
    OTHER_CLIENT,
    OTHER_TENANT,
    PUBLIC,
    TENANT,
    WORLD,
    LocalPages,
    aadsts,
    authorize_query,
    before_the_next_write,
    codes_of,
    flow_of,
)

from partnercenter.contract import development_partner
from partnercenter.sandbox.identity.redirect_uris import answer_address, form_targets, is_registered
from partnercenter.sandbox.identity.sign_in_flows import LIFETIME_SECONDS
from partnercenter.sandbox.sign_in.pages import STYLE_ADDRESS
from partnercenter.sandbox.store.applications import delete_application
from partnercenter.sandbox.store.partner_users import find_partner_user_named, put_partner_user
from partnercenter.sandbox.store.schema import partner_users
from partnercenter.sandbox.wire.message import Response

REGISTERED = ("http://localhost", "http://127.0.0.1/back", CALLBACK, "app.example:back")


@pytest.fixture(scope="module")
def filled() -> Iterator[LocalSandbox]:
    """A sandbox in this process with users of every kind; its passwords are hashed once."""
    local = LocalSandbox()
    local.state.fill(WORLD)
    yield local
    local.state.close()


@pytest.fixture
def pages(filled: LocalSandbox) -> LocalPages:
    """A browser before the pages of a sandbox in which nobody has signed in."""
    filled.state.fill(WORLD)
    return LocalPages(filled)


def query_of(answer: Response) -> dict[str, str]:
    """What an address carries back."""
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def approve(pages: LocalPages, page: Response) -> Response:
    """The last step of a sign-in with a second factor."""
    return pages.send(page, answer="approve")


# What is kept


def test_only_the_digest_of_a_code_is_kept(pages: LocalPages) -> None:
    """Who reads the database learns what a code was for, and cannot use it."""
    asked = authorize_query(
        client_id=CLIENT, nonce="n1", code_challenge="c" * 43, code_challenge_method="S256"
    )
    code = query_of(approve(pages, pages.password(pages.authorize(asked))))["code"]
    kept = codes_of(pages)[0]
    assert hashlib.sha256(code.encode()).hexdigest() == kept["code_hash"]
    assert code not in str(kept)
    assert (CLIENT, "http://localhost:5000", "pwd mfa") == (
        kept["client_id"],
        kept["redirect_uri"],
        kept["amr"],
    )
    assert f"{API}/user_impersonation openid offline_access" == kept["scope"]
    assert ("n1", "c" * 43, "S256") == (
        kept["nonce"],
        kept["code_challenge"],
        kept["code_challenge_method"],
    )
    assert 600_000_000 == int(str(kept["expires_at"])) - int(str(kept["created_at"]))


def test_a_challenge_without_a_method_is_plain(pages: LocalPages) -> None:
    """The default of RFC 7636."""
    approve(pages, pages.password(pages.authorize(authorize_query(code_challenge="c" * 43))))
    assert ["plain"] == [kept["code_challenge_method"] for kept in codes_of(pages)]


def test_who_has_no_second_factor_signs_in_with_a_password(pages: LocalPages) -> None:
    """The code says so: amr has no mfa."""
    assert 302 == pages.password(pages.authorize(), "plain").status
    assert ["pwd"] == [kept["amr"] for kept in codes_of(pages)]


def test_version_1_keeps_the_resource(pages: LocalPages) -> None:
    """`resource`, which may as well be left out until the code is exchanged."""
    for resource in (API, ""):
        query = authorize_query(scope="", resource=resource)
        pages.password(pages.get(f"/{TENANT}/oauth2/authorize", query), "plain")
    assert {API, ""} == {kept["scope"] for kept in codes_of(pages)}


# Who may sign in


@pytest.mark.parametrize(
    ("user", "typed", "code"),
    [
        ("mfa", "wrong", 50126),
        ("mfa", "", 50126),
        ("gone", "wrong", 50126),
        ("gone", "right", 50057),
        ("nobody", "right", 50034),
        ("stranger@other.example", "right", 50020),
        ("stranger@other.example", "wrong", 50126),
        (HOSTILE, "right", 50020),
        ("<b>@\0", "right", 50034),
    ],
)
def test_who_may_not_sign_in_reads_why(pages: LocalPages, user: str, typed: str, code: int) -> None:
    """The same page again with Entra's sentence, and no code; the name stays, the password does not."""
    page = pages.password(pages.authorize(), user, typed)
    assert (200, code) == (page.status, aadsts(page))
    assert 'name="password"' in page.body.decode()
    assert not codes_of(pages)
    text = page.body.decode()
    assert "<script" not in text
    assert "<b>" not in text
    assert 'value="right"' not in text


def test_an_application_belongs_to_its_tenant(pages: LocalPages) -> None:
    """Unknown in another, found in `common`, where the application decides whose users sign in."""
    query = authorize_query(client_id=OTHER_CLIENT, redirect_uri=CALLBACK)
    assert (400, 700016) == ((page := pages.authorize(query, TENANT)).status, aadsts(page))
    page = pages.authorize(query, "common")
    assert 50020 == aadsts(pages.password(page, "mfa"))
    assert 302 == approve(pages, pages.password(page, "stranger@other.example")).status


def test_a_name_is_compared_without_case(pages: LocalPages) -> None:
    """As everywhere in Entra."""
    assert 302 == pages.password(pages.authorize(), f"PLAIN@{development_partner.DOMAIN.upper()}").status


def test_who_is_disabled_between_two_pages_gets_no_code(pages: LocalPages) -> None:
    """Each page looks anew."""
    page = pages.password(pages.authorize())
    state = pages.local.state

    def disable(connection: object) -> None:
        user = find_partner_user_named(connection, f"mfa@{development_partner.DOMAIN}")  # type: ignore[arg-type]
        assert user is not None
        put_partner_user(connection, replace(user, is_enabled=False))  # type: ignore[arg-type]

    state.database.write(disable).result()
    state.directory.forget()
    assert (400, 50057) == ((answer := approve(pages, page)).status, aadsts(answer))
    assert not codes_of(pages)


@pytest.mark.parametrize(
    ("gone", "code"),
    [
        (lambda connection: delete_application(connection, PUBLIC), 700016),
        (lambda connection: connection.execute(delete(partner_users)), 50057),
    ],
    ids=["application", "user"],
)
def test_what_is_removed_at_the_last_moment_gets_no_code(
    pages: LocalPages, monkeypatch: pytest.MonkeyPatch, gone: Callable[[Any], object], code: int
) -> None:
    """Between the look at application and user and the write that keeps the code."""
    page, state = pages.password(pages.authorize()), pages.local.state
    before_the_next_write(monkeypatch, state, lambda: state.database.write(gone).result())
    assert (400, code) == ((answer := approve(pages, page)).status, aadsts(answer))
    assert not codes_of(pages)


def test_who_has_no_second_factor_must_have_one_when_the_setting_says_so(pages: LocalPages) -> None:
    """`sign_in_requires_mfa`: AADSTS50079 on the page, and no code; with a second factor nothing changes."""
    pages.local.state.change_settings({"sign_in_requires_mfa": True})
    page = pages.password(pages.authorize(), "plain")
    assert (200, 50079, []) == (page.status, aadsts(page), codes_of(pages))
    assert 302 == approve(pages, pages.password(pages.authorize())).status


def test_wrong_passwords_of_a_user_are_bounded(pages: LocalPages) -> None:
    """AADSTS50053 after so many in a minute, for the right one too and on another page; a minute later it is good."""
    pages.local.state.change_settings({"sign_in_tries": 3})
    told = [aadsts(pages.password(pages.authorize(), "plain", "wrong")) for _ in range(4)]
    assert [50126, 50126, 50126, 50053] == told
    assert 50053 == aadsts(pages.password(pages.authorize(), "plain"))
    assert 50126 == aadsts(pages.password(pages.authorize(), "mfa", "wrong"))
    pages.local.clock.move(seconds=61)
    assert 302 == pages.password(pages.authorize(), "plain").status


def test_a_right_password_forgives_the_wrong_ones(pages: LocalPages) -> None:
    """Who mistypes now and then is not locked out."""
    pages.local.state.change_settings({"sign_in_tries": 3})
    for _ in range(3):
        for _ in range(2):
            pages.password(pages.authorize(), "plain", "wrong")
        assert 302 == pages.password(pages.authorize(), "plain").status


def test_tries_on_one_page_are_bounded(pages: LocalPages) -> None:
    """AADSTS50053, and the sign-in begins again; names that nobody has count too."""
    pages.local.state.change_settings({"sign_in_tries": 2})
    page = pages.authorize()
    for _ in range(2):
        page = pages.password(page, "nobody", "x")
        assert (200, 50034) == (page.status, aadsts(page))
    page = pages.password(page, "plain")
    assert (400, 50053) == (page.status, aadsts(page))
    assert not codes_of(pages)


# Cross-site request forgery


def to_password(pages: LocalPages) -> Response:
    """The first page of a sign-in."""
    return pages.authorize()


def to_second_factor(pages: LocalPages) -> Response:
    """The second page of a sign-in."""
    return pages.password(pages.authorize())


def to_user_code(pages: LocalPages) -> Response:
    """The page for codes of devices."""
    return pages.get("/devicelogin")


def new_user_code(pages: LocalPages) -> str:
    """A device's code."""
    form = {"client_id": PUBLIC, "scope": f"{API}/.default"}
    answer = pages.post_to(f"/{TENANT}/oauth2/v2.0/devicecode", form)
    return str(json.loads(answer.body)["user_code"])


def to_device(pages: LocalPages) -> Response:
    """The page that asks whether a device may sign in."""
    page = pages.send(to_user_code(pages), user_code=new_user_code(pages))
    return approve(pages, pages.password(page))


STEPS: dict[str, Callable[[LocalPages], Response]] = {
    "password": to_password,
    "second factor": to_second_factor,
    "user code": to_user_code,
    "device": to_device,
}
EVERYTHING = {"username": f"plain@{development_partner.DOMAIN}", "password": "right", "answer": "approve"}


@pytest.mark.parametrize("step", STEPS)
def test_a_form_of_another_browser_is_refused(pages: LocalPages, step: str) -> None:
    """Without the cookie, or with that of another sign-in, the form of a page is nothing: AADSTS165000."""
    page = STEPS[step](pages)
    fields = {**EVERYTHING, "flow": flow_of(page), "user_code": new_user_code(pages)}
    other = LocalPages(pages.local)
    assert (400, 165000) == ((answer := other.post(fields)).status, aadsts(answer))
    to_password(other)
    own = next(iter(pages.cookies))
    other.cookies[own] = next(iter(other.cookies.values()))
    assert (400, 165000) == ((answer := other.post(fields)).status, aadsts(answer))
    assert not codes_of(pages)
    assert 165000 != aadsts(pages.post(fields))


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:8400", "https://127.0.0.1", ""]
)
def test_a_form_of_another_site_is_refused(pages: LocalPages, step: str, origin: str) -> None:
    """A browser says where a form comes from; another scheme or port is another site."""
    page = STEPS[step](pages)
    fields = {**EVERYTHING, "flow": flow_of(page), "user_code": new_user_code(pages)}
    assert (400, 165000) == ((answer := pages.post(fields, origin=origin)).status, aadsts(answer))
    assert not codes_of(pages)
    assert 165000 != aadsts(pages.post(fields))


@pytest.mark.parametrize("step", STEPS)
def test_a_form_is_good_for_ten_minutes(pages: LocalPages, step: str) -> None:
    """An old page is refused with its cookie."""
    page = STEPS[step](pages)
    fields = {**EVERYTHING, "flow": flow_of(page), "user_code": new_user_code(pages)}
    pages.local.clock.move(seconds=LIFETIME_SECONDS)
    assert (400, 165000) == ((answer := pages.post(fields)).status, aadsts(answer))


def test_the_cookie_is_for_no_script_and_no_other_site(pages: LocalPages) -> None:
    """HttpOnly, SameSite, a path, an end, and Secure over TLS; each sign-in has a new one of 256 bits."""
    cookie = pages.authorize().headers["Set-Cookie"]
    _, value, attributes = re.split(r"[=;]", cookie, maxsplit=2)
    assert 43 == len(value)
    assert " Path=/common/login; Max-Age=600; HttpOnly; SameSite=Lax; Secure" == attributes
    assert cookie != pages.authorize().headers["Set-Cookie"]


def test_a_planted_cookie_is_not_taken_over(pages: LocalPages) -> None:
    """Whoever can set a cookie in somebody's browser cannot make it the one of a sign-in to come."""
    first = pages.authorize()
    name = next(iter(pages.cookies))
    pages.cookies[name] = "planted"
    assert 165000 == aadsts(pages.password(first))
    pages.authorize()
    assert "planted" not in list(pages.cookies.values())[1:]


# Forged, changed and repeated forms


def test_a_flow_is_taken_as_it_was_sealed(pages: LocalPages) -> None:
    """One changed byte anywhere, or the seal of another sandbox, and it is refused."""
    page = to_password(pages)
    raw = bytearray(base64.urlsafe_b64decode(flow_of(page)))
    for position in (0, 31, 32, len(raw) // 2, len(raw) - 1):
        changed = bytearray(raw)
        changed[position] ^= 1
        flow = base64.urlsafe_b64encode(changed).decode()
        assert 165000 == aadsts(pages.post({**EVERYTHING, "flow": flow}))
    other = LocalSandbox()
    other.state.fill(WORLD)
    elsewhere = LocalPages(other, pages.cookies)
    assert 165000 == aadsts(elsewhere.post({**EVERYTHING, "flow": flow_of(page)}))
    other.state.close()


def test_the_second_factor_cannot_be_skipped(pages: LocalPages) -> None:
    """The first page's form does not do the work of the second; a flow that says otherwise has no seal."""
    page = to_password(pages)
    answer = pages.send(page, answer="approve")
    assert (200, True) == (answer.status, 'name="password"' in answer.body.decode())
    answer = pages.send(
        page, answer="approve", username=f"mfa@{development_partner.DOMAIN}", password="right"
    )
    assert (200, True) == (answer.status, 'value="deny"' in answer.body.decode())
    answer = pages.send(answer, username="x", password="x", answer="sign-in")
    assert (200, True) == (answer.status, 'value="deny"' in answer.body.decode())
    assert not codes_of(pages)


@pytest.mark.parametrize("user", ["mfa", "plain"])
def test_a_form_that_is_sent_twice_gives_one_code(pages: LocalPages, user: str) -> None:
    """Who sends the last form again, with the cookie that belonged to it, gets no second code."""
    page, fields = (
        to_password(pages),
        {"username": f"{user}@{development_partner.DOMAIN}", "password": "right"},
    )
    if user == "mfa":
        page, fields = pages.send(page, **fields), {"answer": "approve"}
    assert "code" in query_of(pages.send(page, **fields))
    assert not pages.cookies
    pages.keep_cookies()
    again = pages.send(page, **fields)
    assert (400, 165000, None) == (again.status, aadsts(again), again.headers.get("Location"))
    assert 1 == len(codes_of(pages))


def test_a_code_is_nothing_that_anybody_chose(pages: LocalPages) -> None:
    """What a request calls a code, a session or a flow is ignored; the same request again leads to another code."""
    query = authorize_query(code="planted", session_state="planted", flow="planted", flow_id="planted")
    answers = [query_of(pages.password(pages.authorize(query), "plain")) for _ in range(2)]
    assert answers[0]["code"] != answers[1]["code"]
    assert "planted" not in str(answers)
    other = LocalSandbox()
    other.state.fill(WORLD)
    assert not {answer["code"] for answer in answers} & set(map(str, codes_of(LocalPages(other))))
    other.state.close()


# Clickjacking, and what else a page must not allow


def every_page(pages: LocalPages) -> Iterator[Response]:
    """One page of each kind."""
    yield from (step(pages) for step in STEPS.values())
    yield pages.authorize(authorize_query(client_id=HOSTILE))
    yield pages.send(to_device(pages), answer="approve")
    yield pages.password(pages.authorize(authorize_query(response_mode="form_post")), "plain")


def test_no_page_can_be_framed_kept_or_run_scripts(pages: LocalPages) -> None:
    """The headers of every page: no frame, no cache, nothing loaded but the style sheet, no address told."""
    shown = list(every_page(pages))
    assert 7 == len(shown)
    for page in shown:
        assert "text/html; charset=utf-8" == page.headers["Content-Type"], page.body
        assert "DENY" == page.headers["X-Frame-Options"]
        assert "no-store" in page.headers["Cache-Control"]
        assert "nosniff" == page.headers["X-Content-Type-Options"]
        policy = policy_of(page)
        for name in ("default-src", "frame-ancestors", "base-uri"):
            assert ["'none'"] == policy[name]
        assert ["'self'"] == policy["style-src"]
        assert "'self'" in policy["form-action"]
        assert STYLE_ADDRESS in page.body.decode()
    referrers = [page.headers["Referrer-Policy"] for page in shown]
    assert ["same-origin"] * 6 + ["origin"] == referrers
    assert [False] * 6 + [True] == ["script-src" in policy_of(page) for page in shown]


def policy_of(page: Response) -> dict[str, list[str]]:
    """The content security policy of a page."""
    parts = [part.split() for part in page.headers["Content-Security-Policy"].split(";")]
    return {name: values for name, *values in parts}


def test_the_one_script_is_named_by_its_digest(pages: LocalPages) -> None:
    """What stands between the tags is what the policy lets run, and the form leads to the application only."""
    page = pages.password(
        pages.authorize(authorize_query(response_mode="form_post", redirect_uri=CALLBACK)), "plain"
    )
    script = re.findall(r"<script>(.*?)</script>", page.body.decode())[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert [f"'sha256-{digest}'"] == policy_of(page)["script-src"]
    assert ["'self'", "https://app.example"] == policy_of(page)["form-action"]


def test_the_way_back_tells_nobody_where_it_came_from(pages: LocalPages) -> None:
    """The redirect with the code is not kept, and gives no referrer."""
    answer = pages.password(pages.authorize(), "plain")
    assert (302, "no-referrer") == (answer.status, answer.headers["Referrer-Policy"])
    assert "no-store" in answer.headers["Cache-Control"]


# Odd requests


@pytest.mark.parametrize("state", ["\U0001f600" * 600, '"\\' * 1000, "\0\x1f\u2028" * 200, "x" * 7000])
def test_a_long_state_comes_back_whole(pages: LocalPages, state: str) -> None:
    """Whatever fits into a request fits into the forms of the pages."""
    answer = pages.password(pages.authorize(authorize_query(state=state)), "plain")
    assert state == query_of(answer)["state"]


def test_a_request_that_is_too_long_is_refused(pages: LocalPages) -> None:
    """AADSTS9002313 on a page, before anything of it is looked at."""
    page = pages.authorize(authorize_query(state="x" * 8200))
    assert (400, 9002313) == (page.status, aadsts(page))


NAMES = st.sampled_from(
    [
        "client_id",
        "redirect_uri",
        "response_type",
        "response_mode",
        "scope",
        "state",
        "prompt",
        "code_challenge",
        "code_challenge_method",
        "nonce",
        "login_hint",
        "resource",
        "flow",
        "username",
        "password",
        "answer",
        "user_code",
    ]
)
VALUES = st.one_of(
    st.text(max_size=30),
    st.sampled_from([PUBLIC, CLIENT, CALLBACK, "code", "query", API, "openid", "none", "S256"]),
)


@given(
    form=st.dictionaries(NAMES, VALUES, max_size=8),
    path=st.sampled_from(
        ["oauth2/authorize", "oauth2/v2.0/authorize", "oauth2/devicecode", "oauth2/v2.0/devicecode"]
    ),
)
def test_no_request_is_answered_with_a_failure(filled: LocalSandbox, form: dict[str, str], path: str) -> None:
    """Page, redirect to an address of the application, or Entra's error: never anything else."""
    pages = LocalPages(filled)
    for answer in (pages.post_to(f"/{TENANT}/{path}", form), pages.post_to("/common/login", form)):
        assert answer.status in {200, 302, 400, 401}
        back = answer.headers.get("Location", CALLBACK)
        assert back.startswith((CALLBACK, "http://localhost"))
        assert answer.status != 400 or aadsts(answer)


# Hostile names


def test_names_of_the_store_are_escaped(pages: LocalPages) -> None:
    """Application, partner, user, state: whatever somebody called them, they are text."""
    query = authorize_query(
        client_id=OTHER_CLIENT, redirect_uri=CALLBACK, state=HOSTILE, response_mode="form_post"
    )
    first = pages.authorize(query, OTHER_TENANT)
    second = pages.password(first, HOSTILE)
    last = approve(pages, second)
    for page in (first, second, last):
        text = page.body.decode()
        assert 200 == page.status
        assert "&lt;script&gt;" in text
        assert len(re.findall("<script", text)) == (page is last)
        assert "<img" not in text


# Where a sign-in may lead: the rule alone


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ("http://localhost", True),
        ("http://localhost/", True),
        ("http://localhost:1", True),
        ("http://LOCALHOST:65535/", True),
        ("http://127.0.0.1:8400/back", True),
        (CALLBACK, True),
        ("app.example:back", True),
        ("http://127.0.0.1:8400", False),
        ("http://127.0.0.2/back", False),
        ("http://[::1]/", False),
        ("https://localhost:1", False),
        (CALLBACK + "/", False),
        (CALLBACK + "?x", False),
        (CALLBACK.upper(), False),
        (CALLBACK.replace("https", "http"), False),
        ("https://app.example:444/callback", False),
        ("http://localhost:", False),
        ("http://localhost:123456", False),
        ("http://localhost#x", False),
        ("", False),
    ],
)
def test_an_address_fits_or_not(asked: str, fits: bool) -> None:
    """Loopback with any port (RFC 8252, 7.3), every other letter by letter."""
    assert fits == is_registered(REGISTERED, asked)


@pytest.mark.parametrize(
    "script", ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "a\nb:c", "x"]
)
def test_what_is_no_address_never_fits(script: str) -> None:
    """Not even when somebody has registered it."""
    assert not is_registered((script,), script)


ODD = st.sampled_from(
    [*"@\\/:?#%.[]\t\n\r ;,&=", "//", "@@", "evil.example", "%2e", "\u3002", "localhost", "0x7f.1"]
)
NEAR = st.lists(
    st.one_of(
        ODD, st.sampled_from([*REGISTERED, "http://", "https://", "127.0.0.1", ":80", "/back", "callback"])
    ),
    max_size=8,
).map("".join)


@given(
    st.one_of(
        NEAR, NEAR.map("http://localhost{}".format), NEAR.map("https://app.example{}".format), st.text()
    )
)
def test_no_address_leads_to_another_host(asked: str) -> None:
    """Whatever is let through has a registered host for more than one reader of addresses, and no odd letter."""
    if not is_registered(REGISTERED, asked):
        return
    assert re.fullmatch("[!-~]+", asked)
    assert "\\" not in asked
    for host in (urlsplit(asked).hostname, httpx2.URL(asked).host or None):
        assert host in {"localhost", "127.0.0.1", "app.example", None}
    assert urlsplit(asked).hostname is not None or asked == "app.example:back"


@given(st.sampled_from(REGISTERED), st.sampled_from(["query", "fragment"]), st.text(), st.text(min_size=1))
def test_an_answer_stays_at_its_address(address: str, mode: str, state: str, code: str) -> None:
    """Nothing in an answer changes host or path, and every value arrives as it was."""
    back = answer_address(address, mode, {"code": code, "state": state})  # type: ignore[arg-type]
    before, after = urlsplit(address), urlsplit(back)
    assert (before.scheme, before.netloc) == (after.scheme, after.netloc)
    assert (before.path or "/") == after.path
    carried = parse_qs(after.query or after.fragment, keep_blank_values=True, errors="strict")
    assert {"code": [code], "state": [state]} == carried


@given(st.text(), st.sampled_from(["https://", "http://", "app:", ""]))
def test_an_address_adds_nothing_to_the_policy(rest: str, scheme: str) -> None:
    """What stands in the policy for an address is one source for each word, whatever was registered."""
    address = scheme + rest
    if is_registered((address,), address):
        for target in form_targets(address):
            assert re.fullmatch(r"[A-Za-z0-9+.-]+:(//[A-Za-z0-9.-]+(:(\d+|\*))?)?", target)


def test_an_address_of_an_application_of_its_own_kind(pages: LocalPages) -> None:
    """A scheme that only a program on this machine knows is answered like any other address."""
    query = authorize_query(client_id=OTHER_CLIENT, redirect_uri="app://back")
    page = pages.authorize(query, OTHER_TENANT)
    assert ["'self'", "app:"] == policy_of(page)["form-action"]
    answer = approve(pages, pages.password(page, "stranger@other.example"))
    assert answer.headers["Location"].startswith("app://back?code=")


def test_a_form_without_an_origin_is_a_scripts(pages: LocalPages) -> None:
    """Who is no browser says nothing of where a form comes from, and signs in with flow and cookie alone."""
    fields = {"flow": flow_of(pages.authorize()), **EVERYTHING}
    assert 302 == pages.post(fields).status
