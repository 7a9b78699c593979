"""Ids from arguments and CSV files: all of them are right, or nothing is called."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnercenter.cli.errors import UserError
from partnercenter.cli.selection import ids_from_arguments, ids_from_csv, ids_from_file

A = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"
B = "6e7c2d2f-3a1b-4b66-8b4a-1d8d6a2cae22"


def test_an_id_that_is_given_twice_counts_once() -> None:
    """Case and braces make no other id; the order is kept."""
    assert [B, A] == ids_from_arguments([B, A, f"{{{B.upper()}}}"])


def test_malformed_ids_are_all_named() -> None:
    """The sentence lists what is no id."""
    with pytest.raises(UserError, match=r"'x', '\\x1b\[2J'.*Nothing was deleted"):
        ids_from_arguments([A, "x", "\x1b[2J"])


@pytest.mark.parametrize(
    "text",
    [
        f"displayName,defaultDomainName,customerId\nOne,one.example,{A}\nTwo,two.example,{B}\n",
        f"\n\ncustomerid\n{A}\n\n{B}\n",
        f'"Customer Id",note\r\n{A},"a, ""b""\nand c"\r\n{B.upper()},\r\n',
        f"note;CUSTOMER_ID\n=1+1;{A}\n;{B}\n",
        f"customerId\tx\n {{{A}}} \ty\n{B}",
        f"customerId,x\n{A},1\n,\n , \n{B},2\n{A},3\n",
        f"\n#TYPE Selected.System.String,,\ncustomerId\n{A}\n{B}\n",
        f'"sep=;"\ncustomerId;a,b,c\n{A};1\n{B};2\n',
        f"sep=\t\ncustomerId\ta,b,c\n{A}\t1\n{B}\t2\n",
    ],
)
def test_the_ids_of_a_csv_file_are_found(text: str) -> None:
    """Header names match without case, other columns are ignored, blank rows too, duplicates count once."""
    assert [A, B] == ids_from_csv(text, "f.csv")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", r"no column customerId .*found: nothing"),
        ("displayName,domain\nx,y\n", r"no column customerId .*found: displayName, domain"),
        ("customerId\n", r"holds no customers"),
        (f"customerId,name\n{A},x\n,Northlake\n", r"line 3 \(no id\)"),
        (f"name,customerId\nx,{A}\nNorthlake\n", r"line 3 \(no id\)"),
        (f"sep=,\ncustomerId\n{A}\n\n,\nx\n", r"line 6 \('x' is no GUID\)"),
        (f"customerId,customer id\n{A},{B}\n", r"more than one column customerId"),
        ("sep=,", r"no column customerId .*found: nothing"),
        (f"customerId\n{A}\nnot-an-id\n", r"line 3 \('not-an-id' is no GUID\)"),
        ("customerId\n" + "x\n" * 30, r"line 11 .*and 20 more"),
        (f'customerId\n"{A}\n', r"line \d+: unexpected end of data"),
        (f'customerId\n"{A}"x\n', r"line 2: .*expected after"),
    ],
)
def test_a_csv_file_with_a_fault_is_refused_whole(text: str, sentence: str) -> None:
    """The line is named, and nothing is deleted."""
    with pytest.raises(UserError, match=sentence) as wrong:
        ids_from_csv(text, "f.csv")
    assert "Nothing was deleted" in str(wrong.value)


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path: Path) -> None:
    """What a spreadsheet saves as CSV UTF-8 is read."""
    file = tmp_path / "f.csv"
    file.write_bytes(b"\xef\xbb\xbfcustomerId\n" + A.encode())
    assert [A] == ids_from_file(str(file))


@pytest.mark.parametrize("content", [b"\xff\xfec\x00u\x00", b"customerId\n\xff\n"])
def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path, content: bytes) -> None:
    """The sentence says how to save it."""
    file = tmp_path / "f.csv"
    file.write_bytes(content)
    with pytest.raises(UserError, match=r"CSV UTF-8"):
        ids_from_file(str(file))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """So is a folder in its place."""
    with pytest.raises(UserError, match=r"none\.csv cannot be read: No such file"):
        ids_from_file(str(tmp_path / "none.csv"))
    with pytest.raises(UserError, match=r"cannot be read: Is a directory"):
        ids_from_file(str(tmp_path))


@given(st.text(max_size=200) | st.text(max_size=100).map(lambda text: f"customerId,x\n{text}"))
def test_any_text_gives_ids_or_one_sentence(text: str) -> None:
    """No file makes the reader fail in another way."""
    try:
        ids = ids_from_csv(text, "f.csv")
    except UserError:
        return
    assert ids
    assert all(len(customer_id) == 36 for customer_id in ids)
