"""Device codes: what a device gets, the page on which its code is typed, and what becomes of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select
from tests.conftest import Sandbox
from tests.sandbox.conftest import LocalSandbox
from tests.sandbox.local_pages import (
    API,
    CLIENT,
    OTHER_CLIENT,
    PUBLIC,
    TENANT,
    WORLD,
    LocalPages,
    aadsts,
    before_the_next_write,
)
from tests.sandbox.signing_in import enter_device_code

from partnercenter.contract import development_partner
from partnercenter.sandbox.identity.user_codes import ALPHABET, LENGTH, typed_user_code
from partnercenter.sandbox.store.applications import delete_application
from partnercenter.sandbox.store.schema import device_codes, partner_users
from partnercenter.sandbox.store.sign_ins import digest_of
from partnercenter.sandbox.wire.message import Response

SCOPE = f"{API}/user_impersonation offline_access openid"
FORM = {"client_id": PUBLIC, "scope": SCOPE}


@pytest.fixture(scope="module")
def filled() -> Iterator[LocalSandbox]:
    """A sandbox in this process with users of every kind."""
    local = LocalSandbox()
    yield local
    local.state.close()


@pytest.fixture
def pages(filled: LocalSandbox) -> LocalPages:
    """A browser before the pages of a sandbox in which nobody has signed in."""
    filled.state.fill(WORLD)
    filled.state.database.write(lambda connection: connection.execute(delete(device_codes))).result()
    return LocalPages(filled)


def new_code(pages: LocalPages, **changes: str) -> dict[str, Any]:
    """What a device is given."""
    answer = pages.post_to(f"/{TENANT}/oauth2/v2.0/devicecode", {**FORM, **changes})
    assert 200 == answer.status, answer.body
    return dict(json.loads(answer.body))


def type_code(pages: LocalPages, code: str) -> Response:
    """Type a code on the page for devices."""
    return pages.send(pages.get("/devicelogin"), user_code=code)


def to_question(pages: LocalPages, code: str) -> Response:
    """Type a code and sign in, up to the question whether it was meant."""
    return pages.send(pages.password(type_code(pages, code)), answer="approve")


def kept(pages: LocalPages) -> dict[str, Any]:
    """The one device code that the sandbox keeps."""
    rows = pages.local.state.database.read(lambda connection: connection.execute(select(device_codes)).all())
    assert 1 == len(rows)
    return dict(rows[0]._mapping)


# What a device is given


@pytest.mark.parametrize("tenant", [TENANT, development_partner.DOMAIN, "organizations", "common"])
def test_version_2_answers_with_numbers(sandbox: Sandbox, tenant: str) -> None:
    """Where to go, what to type, how long it is good, how often to ask."""
    answer = sandbox.http.post(f"{sandbox.url}/{tenant}/oauth2/v2.0/devicecode", data=FORM)
    body = answer.json()
    page = f"{sandbox.url}/devicelogin"
    assert ["user_code", "device_code", "verification_uri", "expires_in", "interval", "message"] == list(body)
    assert (200, page, 900, 5) == (
        answer.status_code,
        body["verification_uri"],
        body["expires_in"],
        body["interval"],
    )
    assert f"open the page {page} and enter the code {body['user_code']} to authenticate" in body["message"]
    assert re.fullmatch(f"[{ALPHABET}]{{9}}", body["user_code"])
    assert 64 == len(body["device_code"])
    assert "no-store" in answer.headers["Cache-Control"]
    assert 200 == sandbox.http.get(page).status_code


def test_version_1_answers_with_texts(sandbox: Sandbox) -> None:
    """`verification_url`, and numbers as texts."""
    form = {"client_id": PUBLIC, "resource": API}
    body = sandbox.http.post(f"{sandbox.url}/{TENANT}/oauth2/devicecode", data=form).json()
    assert (f"{sandbox.url}/devicelogin", "900", "5") == (
        body["verification_url"],
        body["expires_in"],
        body["interval"],
    )
    assert "verification_uri" not in body


@pytest.mark.parametrize(
    ("tenant", "path", "form", "status", "error", "code"),
    [
        (OTHER_CLIENT, "v2.0/", FORM, 400, "invalid_request", 90002),
        (TENANT, "v2.0/", {**FORM, "client_id": OTHER_CLIENT}, 400, "unauthorized_client", 700016),
        (TENANT, "v2.0/", {"scope": SCOPE}, 400, "invalid_request", 900144),
        (TENANT, "v2.0/", {"client_id": PUBLIC}, 400, "invalid_request", 900144),
        (TENANT, "", {"client_id": PUBLIC}, 400, "invalid_request", 900144),
        (TENANT, "v2.0/", {**FORM, "client_id": CLIENT}, 401, "invalid_client", 7000218),
        (TENANT, "", {"client_id": CLIENT, "resource": API}, 401, "invalid_client", 7000218),
        (
            TENANT,
            "v2.0/",
            {**FORM, "scope": "https://vault.example/.default"},
            400,
            "invalid_resource",
            500011,
        ),
        (
            TENANT,
            "",
            {"client_id": PUBLIC, "resource": "https://vault.example"},
            400,
            "invalid_resource",
            500011,
        ),
        (TENANT, "v2.0/", {**FORM, "scope": "a/.default b/.default"}, 400, "invalid_request", 28000),
    ],
)
def test_each_wrong_thing_has_its_error(
    sandbox: Sandbox, tenant: str, path: str, form: dict[str, str], status: int, error: str, code: int
) -> None:
    """Entra's body, as from the token endpoint."""
    answer = sandbox.http.post(f"{sandbox.url}/{tenant}/oauth2/{path}devicecode", data=form)
    assert (status, error, [code]) == (
        answer.status_code,
        answer.json()["error"],
        answer.json()["error_codes"],
    )


def test_only_the_digest_of_a_device_code_is_kept(pages: LocalPages) -> None:
    """With what it was asked for; nobody has decided yet."""
    given_out = new_code(pages)
    row = kept(pages)
    assert digest_of(given_out["device_code"]) == row["device_code_hash"]
    assert given_out["device_code"] not in str(row)
    assert (PUBLIC, SCOPE, "pending", None) == (
        row["client_id"],
        row["scope"],
        row["state"],
        row["user_id"],
    )
    assert 900_000_000 == row["expires_at"] - row["created_at"]


# Typing it


def test_somebody_signs_a_device_in(sandbox: Sandbox) -> None:
    """The whole way, from either page."""
    for path in ("/devicelogin", "/common/oauth2/deviceauth"):
        code = sandbox.http.post(f"{sandbox.url}/{TENANT}/oauth2/v2.0/devicecode", data=FORM).json()[
            "user_code"
        ]
        assert "You are signed in" in enter_device_code(sandbox.url + path, code)


def test_who_approves_is_kept(pages: LocalPages) -> None:
    """The state, the user and the methods of the sign-in, with which tokens are given out."""
    page = to_question(pages, new_code(pages)["user_code"])
    assert ("pending", None, "") == (kept(pages)["state"], kept(pages)["user_id"], kept(pages)["amr"])
    for told in ("mfa@devpartner.onmicrosoft.com", PUBLIC, SCOPE.split()[0], "UTC"):
        assert told in page.body.decode()
    pages.send(page, answer="approve")
    row = kept(pages)
    assert ("approved", "pwd mfa", 36) == (row["state"], row["amr"], len(row["user_id"]))


def test_who_has_no_second_factor_approves_without(pages: LocalPages) -> None:
    """Amr has no mfa."""
    question = pages.password(type_code(pages, new_code(pages)["user_code"]), "plain")
    pages.send(question, answer="approve")
    assert ("approved", "pwd") == (kept(pages)["state"], kept(pages)["amr"])


def test_who_declines_is_not_kept(pages: LocalPages) -> None:
    """The device learns that somebody declined, not who; it cannot be approved any more."""
    page = to_question(pages, new_code(pages)["user_code"])
    assert "Nobody was signed in" in pages.send(page, answer="decline").body.decode()
    assert ("declined", None) == (kept(pages)["state"], kept(pages)["user_id"])
    pages.keep_cookies()
    again = pages.send(page, answer="approve")
    assert (400, 70019, "declined") == (again.status, aadsts(again), kept(pages)["state"])


def test_an_approval_that_is_sent_twice_changes_nothing(pages: LocalPages) -> None:
    """The second is told that the code is over, also when it declines."""
    page = to_question(pages, new_code(pages)["user_code"])
    pages.send(page, answer="approve")
    pages.keep_cookies()
    before = kept(pages)
    assert 70019 == aadsts(type_code(pages, before["user_code"]))
    for answer in ("approve", "decline"):
        again = pages.send(page, answer=answer)
        assert (400, 70019) == (again.status, aadsts(again))
    assert before == kept(pages)


@pytest.mark.parametrize(("faster", "slower"), [("approve", "decline"), ("decline", "approve")])
def test_of_two_who_decide_at_once_the_first_has_decided(
    pages: LocalPages, monkeypatch: pytest.MonkeyPatch, faster: str, slower: str
) -> None:
    """Both have read that the code waits; the one whose write comes later is told that it is over."""
    code = new_code(pages)["user_code"]
    other = LocalPages(pages.local)
    question, others = to_question(pages, code), to_question(other, code)
    before_the_next_write(monkeypatch, pages.local.state, lambda: other.send(others, answer=faster))
    late = pages.send(question, answer=slower)
    assert (400, 70019, f"{faster}d") == (late.status, aadsts(late), kept(pages)["state"])


def test_who_is_removed_while_deciding_decides_nothing(
    pages: LocalPages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code waits for somebody else."""
    question, state = to_question(pages, new_code(pages)["user_code"]), pages.local.state

    def remove() -> None:
        state.database.write(lambda connection: connection.execute(delete(partner_users))).result()

    before_the_next_write(monkeypatch, state, remove)
    answer = pages.send(question, answer="approve")
    assert (400, 50057, "pending") == (answer.status, aadsts(answer), kept(pages)["state"])


def test_a_device_whose_application_is_removed_meanwhile_gets_no_code(
    pages: LocalPages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told as one that was never there."""
    state = pages.local.state

    def remove() -> None:
        state.database.write(lambda connection: delete_application(connection, PUBLIC)).result()

    before_the_next_write(monkeypatch, state, remove)
    answer = pages.post_to(f"/{TENANT}/oauth2/v2.0/devicecode", FORM)
    assert (400, [700016]) == (answer.status, json.loads(answer.body)["error_codes"])


@pytest.mark.parametrize("answer", ["", "perhaps", "sign-in"])
def test_no_answer_is_no_approval(pages: LocalPages, answer: str) -> None:
    """The question is asked again."""
    page = pages.send(to_question(pages, new_code(pages)["user_code"]), answer=answer)
    assert (200, True, "pending") == (page.status, "Is this you?" in page.body.decode(), kept(pages)["state"])


@pytest.mark.parametrize("answer", ["cancel", "deny"])
def test_who_stops_on_the_way_leaves_the_code_as_it_was(pages: LocalPages, answer: str) -> None:
    """Only somebody who is signed in decides."""
    page = type_code(pages, new_code(pages)["user_code"])
    if answer == "deny":
        page = pages.password(page)
    ended = pages.send(page, answer=answer)
    assert (400, "pending") == (ended.status, kept(pages)["state"])
    assert aadsts(ended) == {"cancel": 65004, "deny": 500121}[answer]


def test_somebody_of_another_tenant_cannot_approve(pages: LocalPages) -> None:
    """The application decides whose users sign in."""
    page = type_code(pages, new_code(pages)["user_code"])
    assert 50020 == aadsts(pages.password(page, "stranger@other.example"))


def test_a_code_that_is_over_is_told_apart(pages: LocalPages) -> None:
    """Unknown, malformed, expired and used codes have their sentences, on the page where they were typed."""
    code = new_code(pages)["user_code"]
    for typed in ("", "ABC", "I" * LENGTH, "A" * LENGTH, "<script>"):
        page = type_code(pages, typed)
        assert (200, 70018, True) == (page.status, aadsts(page), 'name="user_code"' in page.body.decode())
    question = to_question(pages, code)
    pages.local.clock.move(seconds=300)
    assert 0 == aadsts(type_code(pages, code))
    pages.local.clock.move(seconds=600)
    assert 70019 == aadsts(type_code(pages, code))
    assert 165000 == aadsts(pages.send(question, answer="approve"))


def test_a_code_that_expires_meanwhile_is_not_approved(pages: LocalPages) -> None:
    """However far the sign-in had come."""
    pages.local.state.change_settings({"device_code_lifetime_seconds": 60})
    question = to_question(pages, new_code(pages)["user_code"])
    pages.local.clock.move(seconds=60)
    assert (400, 70019) == ((page := pages.send(question, answer="approve")).status, aadsts(page))
    assert "pending" == kept(pages)["state"]


def test_guessing_codes_is_bounded(pages: LocalPages) -> None:
    """After so many wrong ones in a minute none is looked at, whoever types them; a minute later it is good."""
    pages.local.state.change_settings({"sign_in_tries": 3})
    code = new_code(pages)["user_code"]
    for _ in range(3):
        assert 70018 == aadsts(type_code(LocalPages(pages.local), "A" * LENGTH))
    assert 50053 == aadsts(type_code(pages, code))
    pages.local.clock.move(seconds=61)
    assert 0 == aadsts(type_code(pages, code))


@given(
    code=st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH),
    gaps=st.lists(st.sampled_from(["", " ", "-", "  ", "\t"]), min_size=LENGTH, max_size=LENGTH),
    small=st.booleans(),
)
def test_a_code_may_be_typed_in_many_ways(code: str, gaps: list[str], small: bool) -> None:
    """Without regard to case, blanks and hyphens."""
    typed = "".join(gap + letter for gap, letter in zip(gaps, code, strict=True))
    assert code == typed_user_code(typed.lower() if small else typed)


@given(st.text())
def test_what_cannot_be_a_code_is_none(text: str) -> None:
    """A code is nine letters of the alphabet, whatever was typed."""
    code = typed_user_code(text)
    assert code is None or (LENGTH == len(code) and set(code) <= set(ALPHABET))
