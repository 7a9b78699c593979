"""What a request asks a token for; behaviour.md 9.1, client-quirks.md 2 "Token audience"."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnercenter.sandbox.identity.entra_errors import EntraError
from partnercenter.sandbox.identity.scopes import (
    GRAPH,
    RequestedScope,
    granted_scope,
    kept_scope,
    requested_scope,
    resource_scope,
)

API = "https://api.partnercenter.microsoft.com"
OWN = "api://c11e47de-7e10-4ca1-8ca1-00000000d002"
IMPERSONATION = f"{API}/user_impersonation"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{API}/.default", RequestedScope(API, (f"{API}/.default",), True, False, False)),
        (f" {API}//.DEFAULT ", RequestedScope(f"{API}/", (f"{API}//.DEFAULT",), True, False, False)),
        (
            f"{API}/.default offline_access openid profile",
            RequestedScope(API, (f"{API}/.default",), True, True, True),
        ),
        (IMPERSONATION, RequestedScope(API, (IMPERSONATION,), False, False, False)),
        (f"{IMPERSONATION} {IMPERSONATION}", RequestedScope(API, (IMPERSONATION,), False, False, False)),
        (f"{OWN}/.default OpenId", RequestedScope(OWN, (f"{OWN}/.default",), True, True, False)),
        ("openid email offline_access", RequestedScope(GRAPH, (), False, True, True)),
    ],
)
def test_a_scope_names_one_resource_and_what_is_wanted_beside_it(text: str, expected: RequestedScope) -> None:
    """Resource, permissions and the words of OpenID Connect are told apart, without regard to case."""
    assert expected == requested_scope(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", 900144),
        (" ", 900144),
        (API, 70011),
        ("/.default", 70011),
        (f"{API}/.default {IMPERSONATION}", 70011),
        (f"{API}/.default " + "x" * 5000, 70011),
        (f"{API}/.default {OWN}/.default", 28000),
        (f"{API}/Customers.Read", 650053),
        ("User.Read", 650053),
    ],
)
def test_a_scope_that_is_none_has_its_number(text: str, code: int) -> None:
    """Each mistake in a scope is an error of Entra's, which shows no more of it than a line."""
    error = requested_scope(text)
    assert isinstance(error, EntraError)
    assert code == error.code
    assert len(error.description) < 400


def test_two_spellings_of_a_resource_are_one() -> None:
    """A resource in capitals or with a slash behind it is no second resource."""
    asked = requested_scope(f"{API}/user_impersonation {API.upper()}//user_impersonation")
    assert isinstance(asked, RequestedScope)
    assert API == asked.audience


def test_a_resource_of_version_1_brings_everything() -> None:
    """Version 1 knows no offline_access: users always get an id token and a refresh token."""
    assert RequestedScope(API, (), True, True, True) == resource_scope(f" {API} ")


@pytest.mark.parametrize(
    "text", [f"{API}/.default openid", IMPERSONATION, "openid", "offline_access", f"{OWN}/.default"]
)
def test_a_kept_scope_is_read_as_it_was(text: str) -> None:
    """What is kept of a scope of version 2 means the same later."""
    assert requested_scope(text) == kept_scope(text)


@pytest.mark.parametrize("resource", [API, f"{API}/", GRAPH, OWN, ""])
def test_a_kept_resource_is_read_as_it_was(resource: str) -> None:
    """What is kept of a resource of version 1 means the same later, also none."""
    assert resource_scope(resource) == kept_scope(resource)


@pytest.mark.parametrize(
    ("text", "granted"),
    [
        (f"{API}/.default openid", f"{API}/.default {IMPERSONATION}"),
        (IMPERSONATION, IMPERSONATION),
        ("openid profile", "openid profile email"),
    ],
)
def test_what_is_granted_repeats_what_was_asked(text: str, granted: str) -> None:
    """A client finds a token in its cache by the words that it asked for (client-quirks.md 2)."""
    asked = requested_scope(text)
    assert isinstance(asked, RequestedScope)
    assert granted == granted_scope(asked)


words = st.sampled_from(
    [
        "openid",
        "offline_access",
        API,
        f"{API}/.default",
        IMPERSONATION,
        "/",
        "/.default",
        "x/user_impersonation",
    ]
)


@given(st.text() | st.lists(words).map(" ".join))
def test_no_text_makes_the_reader_raise(text: str) -> None:
    """Any text is a scope or an error, and what is granted for it can be asked for again."""
    asked = requested_scope(text)
    kept_scope(text)
    if isinstance(asked, RequestedScope):
        assert set(asked.scopes) <= set(text.split())
        again = requested_scope(granted_scope(asked)) if not asked.is_default else asked
        assert isinstance(again, RequestedScope)
        assert asked.audience == again.audience
