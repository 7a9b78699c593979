"""GUIDs, and ids that become part of a path."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnercenter.contract.identifiers import parse_guid, require_guid, require_segment

GUID = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"


@pytest.mark.parametrize(
    "text",
    [
        GUID,
        GUID.upper(),
        "{" + GUID + "}",
        "(" + GUID.upper() + ")",
        f" {GUID}\r\n",
        "{" + GUID.title() + "}",
    ],
)
def test_guids_are_read_in_every_spelling(text: str) -> None:
    """Case, braces and blanks around a GUID do not matter."""
    assert GUID == parse_guid(text)
    assert GUID == require_guid(text, "customer_id")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "{}",
        "{",
        "x",
        GUID[:-1],
        GUID + "0",
        GUID.replace("-", ""),
        "{" + GUID,
        GUID + "}",
        "{" + GUID + ")",
        "{{" + GUID + "}}",
        GUID.replace("5", "g", 1),
        GUID.replace("5", "５", 1),
        GUID + "/orders",
        "../" + GUID,
        f"{GUID}?x",
        f"{GUID}\x00",
    ],
)
def test_what_is_no_guid_is_refused(text: str) -> None:
    """Anything else is no GUID, and the error names the parameter."""
    assert parse_guid(text) is None
    with pytest.raises(ValueError, match="customer_id must be a GUID such as"):
        require_guid(text, "customer_id")


@pytest.mark.parametrize("value", [None, 5, b"x", UUID(GUID)])
def test_only_text_is_an_id(value: Any) -> None:
    """A value that is no text raises ValueError that names the parameter."""
    with pytest.raises(ValueError, match="customer_id"):
        require_guid(value, "customer_id")
    with pytest.raises(ValueError, match="order_id"):
        require_segment(value, "order_id")


@given(guid=st.uuids(), braces=st.sampled_from(["{}", "()", "  ", "\t\n"]), upper=st.booleans())
def test_every_guid_is_read(guid: UUID, braces: str, upper: bool) -> None:
    """Every GUID in every spelling gives the same text, and reading that again changes nothing."""
    text = str(guid).upper() if upper else str(guid)
    assert str(guid) == parse_guid(braces[0] + text + braces[1])
    assert str(guid) == parse_guid(str(guid))


@given(text=st.text())
def test_what_is_read_is_a_guid(text: str) -> None:
    """Any text is a GUID in lower case or none."""
    guid = parse_guid(text)
    assert guid is None or guid == str(UUID(guid))


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        ("7c1e90a4b2d", "7c1e90a4b2d"),
        ("Qm3xTz7-_1", "Qm3xTz7-_1"),
        ("name.onmicrosoft.com", "name.onmicrosoft.com"),
        ("%C3%B1and%C3%BA.example", "ñandú.example"),
        ("DG7%3A0001%3ADG8", "DG7:0001:DG8"),
        ("100%25", "100%"),
        ("%252e%252e", "%2e%2e"),
        ("a%3Bb%26c%3Dd", "a;b&c=d"),
        ("...", "..."),
    ],
)
def test_ids_are_encoded_as_one_segment(expected: str, value: str) -> None:
    """An id becomes one percent-encoded segment of a path."""
    assert expected == require_segment(value, "order_id")


@pytest.mark.parametrize(
    "value",
    [
        *("", " ", "\t", ".", "..", "a/b", "/", "../x", "a\\b", "a?b", "a#b", " a", "a ", "a b", "a\nb"),
        *("a\x00b", "\x7f", "a\u2028b", "a\u200bb", "\ud800"),
    ],
)
def test_ids_that_are_paths_are_refused(value: str) -> None:
    """An id that is empty or would name another resource raises ValueError that names the parameter."""
    with pytest.raises(ValueError, match="order_id must"):
        require_segment(value, "order_id")


@given(value=st.text())
def test_segments_stay_segments(value: str) -> None:
    """Any text is refused, or becomes a segment without separators from which the text can be read again."""
    try:
        segment = require_segment(value, "order_id")
    except ValueError:
        return
    assert value == unquote(segment)
    assert segment
    assert not set("/\\?# ") & set(segment)
    assert segment not in {".", ".."}
