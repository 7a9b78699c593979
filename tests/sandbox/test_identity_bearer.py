"""Finding the token in an Authorization header; RFC 6750, behaviour.md 1.5 "No token"."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnercenter.sandbox.identity.verification import TokenDefect, bearer_token

BEARERS = [
    (None, TokenDefect.MISSING),
    ("", TokenDefect.MISSING),
    ("Bearer", TokenDefect.MISSING),
    ("Bearer   ", TokenDefect.MISSING),
    ("Basic YTpi", TokenDefect.MISSING),
    ("abc.def.ghi", TokenDefect.MISSING),
    ("Bearer a b", TokenDefect.MALFORMED),
    ("Bearer a\tb", TokenDefect.MALFORMED),
    ("Bearer a,b", TokenDefect.MALFORMED),
    ("Bearer é", TokenDefect.MALFORMED),
    ("Bearer a\n", TokenDefect.MALFORMED),
    ("Bearer " + "a" * 16_385, TokenDefect.TOO_LARGE),
    ("Bearer a.b-c_d", "a.b-c_d"),
    ("bearer a", "a"),
    ("BEARER  a ", "a"),
]


@pytest.mark.parametrize(("header", "expected"), BEARERS)
def test_the_bearer_token_of_a_header(header: str | None, expected: str | TokenDefect) -> None:
    """One token after the scheme in any case is found; anything else is refused."""
    assert expected == bearer_token(header)


@given(st.text(), st.sampled_from(["", "Bearer ", "bearer"]))
def test_no_header_makes_the_reader_raise(text: str, scheme: str) -> None:
    """Any header is answered with a defect or with a token that has no blanks."""
    result = bearer_token(scheme + text)
    assert isinstance(result, TokenDefect) or len(result.split()) == 1
