"""Which hosts and addresses are of this machine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnercenter.contract.loopback import is_loopback_host, is_loopback_url


@pytest.mark.parametrize(
    ("expected", "host"),
    [
        (True, "localhost"),
        (True, "LOCALHOST"),
        (True, "127.0.0.1"),
        (True, "127.255.255.254"),
        (True, "::1"),
        (True, "::ffff:127.0.0.1"),
        (False, "::ffff:10.0.0.1"),
        (False, "evil.localhost"),
        (False, "localhost."),
        (False, "0.0.0.0"),
        (False, "10.0.0.1"),
        (False, "example.org"),
        (False, ""),
        (False, None),
    ],
)
def test_loopback_is_meant_literally(expected: bool, host: str | None) -> None:
    """Only localhost and addresses of the loopback networks are this machine."""
    assert expected is is_loopback_host(host)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8400", True),
        ("https://LOCALHOST", True),
        ("http://127.9.9.9", True),
        ("http://[::1]", True),
        ("http://localhost.", False),
        ("http://localhost.evil.example", False),
        ("http://0.0.0.0", False),
        ("http://2130706433", False),
        ("http://127.1", False),
        ("http://user@127.0.0.1", False),
        ("http://127.0.0.1\t", False),
        ("http://127.0.0.1:99999", False),
        ("http://[::1", False),
        ("//127.0.0.1", False),
    ],
)
def test_loopback_is_only_what_every_program_reads_as_loopback(url: str, expected: bool) -> None:
    """An address that two programs could read in two ways is not on this machine."""
    assert expected is is_loopback_url(url)


@given(st.text(max_size=60))
def test_no_text_makes_the_question_fail(text: str) -> None:
    """Any text is answered with yes or no."""
    assert {is_loopback_host(text), is_loopback_url(text)} <= {True, False}
