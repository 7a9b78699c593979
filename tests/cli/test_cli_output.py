"""Results on stdout: the same rows in four forms, and no name that can play with a terminal or a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnercenter.cli.output import FORMS, csv_writer, message, print_table, record, rows
from partnercenter.cli.visible import visible, visible_json, width

NASTY = "a\x1b[2Jb\nc\x9b\u202ed\u2028e\x00"


def printed(capsys: pytest.CaptureFixture[str], form: str, name: str) -> str:
    with rows(form, ("displayName", "customerId")) as write:
        write({"displayName": name, "customerId": "1"})
    return capsys.readouterr().out


def test_a_table_shows_control_characters_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    """A customer named with ESC, newline or text direction marks cannot break the terminal."""
    out = printed(capsys, "table", NASTY)
    assert r"a\x1b[2Jb\x0ac\x9b\u202ed\u2028e\x00" in out
    assert 2 == out.count("\n")


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_json_is_exact_and_escapes_what_terminals_obey(capsys: pytest.CaptureFixture[str], form: str) -> None:
    """The value comes back as it was."""
    out = printed(capsys, form, NASTY)
    document = json.loads(out)
    row = document[0] if form == "json" else document
    assert NASTY == row["displayName"]
    assert not set(out) & set("\x1b\x9b\u202e\u2028\x00")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_csv_cell_is_never_a_formula(name: str) -> None:
    """A cell that a spreadsheet would run gets an apostrophe in front."""
    stream = io.StringIO(newline="")
    csv_writer(stream)([name, "safe=1"])
    assert [f"'{name}", "safe=1"] == next(csv.reader(io.StringIO(stream.getvalue(), newline="")))


def test_without_rows_each_form_is_still_well_formed(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing found is a header, an empty list, or nothing."""
    expected = {"table": "a  b\n", "json": "[]\n", "jsonl": "", "csv": "a,b\n"}
    for form in FORMS:
        with rows(form, ("a", "b")):
            pass
        assert expected[form] == capsys.readouterr().out


def test_what_was_found_before_an_error_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """Rows that were taken are not lost; an error before the first row prints nothing."""
    for form in FORMS:
        with suppress(ZeroDivisionError), rows(form, ("a",)) as write:
            write({"a": "kept"})
            raise ZeroDivisionError
        assert "kept" in capsys.readouterr().out
        with suppress(ZeroDivisionError), rows(form, ("a",)):
            raise ZeroDivisionError
        assert "" == capsys.readouterr().out


def test_a_record_is_flat_in_a_table_and_whole_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Nested members are named by their path; links and attributes are for machines."""
    document = {
        "id": "1",
        "profile": {"name": "x", "on": True, "none": None},
        "tags": ["a", "b"],
        "links": {"self": 1},
    }
    record("table", document)
    out = capsys.readouterr().out
    assert ["member", "id", "profile.name", "profile.on", "tags"] == [
        line.split()[0] for line in out.splitlines()
    ]
    record("json", document)
    assert document == json.loads(capsys.readouterr().out)


def test_columns_line_up_for_wide_characters() -> None:
    """East Asian names take two columns each."""
    stream = io.StringIO()
    print_table(stream, ("n", "id"), [{"n": "東京", "id": "1"}, {"n": "abc", "id": "2"}])
    assert ["n     id", "東京  1", "abc   2"] == stream.getvalue().splitlines()


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """It does."""
        return True


def test_a_table_on_a_terminal_is_escaped_and_reads_no_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in a name is text: no control character, no markup, no emoji; NO_COLOR is honoured."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    print_table(stream, ("displayName",), [{"displayName": "[red]x[/red] :smile: \x1b[2J"}])
    assert r"[red]x[/red] :smile: \x1b[2J" in stream.getvalue()
    assert "\x1b[2J" not in stream.getvalue()
    assert "\x1b[3" not in stream.getvalue()


@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_a_table_that_does_not_fit_is_printed_as_blocks(monkeypatch: pytest.MonkeyPatch, term: str) -> None:
    """A block for each row: its members without empty ones, long texts wrapped between words."""
    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("COLUMNS", "32")
    stream = Terminal()
    taken = [{"id": "1", "name": "", "why": "a sentence of many words, for once"}, {"id": "2", "name": "x"}]
    print_table(stream, ("id", "name", "why", "none"), taken)
    assert ["id    1", "why   a sentence of many words,", "      for once", "", "id    2", "name  x"] == [
        line.rstrip() for line in stream.getvalue().splitlines()
    ]


def test_a_record_that_does_not_fit_stays_one_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two columns are members and values already; the values are wrapped between words."""
    monkeypatch.setenv("COLUMNS", "40")
    stream = Terminal()
    row = {"member": "profile.address", "value": "Harbor Way of the old mill"}
    print_table(stream, ("member", "value"), [{"member": "id", "value": "1"}, row])
    assert [
        "member           value",
        "id               1",
        "profile.address  Harbor Way of the old",
        "                 mill",
    ] == stream.getvalue().splitlines()


def test_columns_that_are_empty_in_every_row_are_left_out_of_a_table(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """All the other forms keep them."""
    expected = {
        "table": "b\n1\n",
        "json": '[\n  {\n    "a": "",\n    "b": 1\n  }\n]\n',
        "jsonl": '{"a": "", "b": 1}\n',
        "csv": "a,b\n,1\n",
    }
    for form in FORMS:
        with rows(form, ("a", "b")) as write:
            write({"a": "", "b": 1})
        assert expected[form] == capsys.readouterr().out


def test_messages_are_escaped_and_go_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    """Stdout holds results only."""
    message("name \x1b[31m")
    captured = capsys.readouterr()
    assert ("", "name \\x1b[31m\n") == (captured.out, captured.err)


@given(st.text(max_size=50))
def test_no_text_keeps_a_character_that_terminals_obey(text: str) -> None:
    """Whatever the name is, what is shown is printable; letters of all scripts stay."""
    shown = visible(text)
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp", "Cs"} for character in shown)
    assert width(shown) >= 0


@given(
    st.recursive(st.text(max_size=20) | st.none(), lambda inner: st.lists(inner, max_size=3), max_leaves=5)
)
def test_escaped_json_means_the_same(document: object) -> None:
    """Escaping changes the text, not the document."""
    assert document == json.loads(visible_json(json.dumps(document, indent=2, ensure_ascii=False)))
