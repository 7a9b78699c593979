"""Which customers are meant: ids on the command line, or a CSV file with a column customerId.

Everything is checked before anything is called: one bad id and nothing is deleted.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from partnercenter.cli.errors import UserError
from partnercenter.contract.identifiers import parse_guid

_ID_COLUMN: Final = "customerid"
_MOST_SHOWN: Final = 10
_FIRST_LINE_OF_A_PROGRAM: Final = re.compile(
    r'(?:#TYPE\s.*|"?sep=(?P<separator>[,;\t])"?)\s*', re.IGNORECASE | re.DOTALL
)


def ids_from_arguments(texts: Sequence[str]) -> list[str]:
    """The ids, each once, in their usual form."""
    bad = [text for text in texts if parse_guid(text) is None]
    if bad:
        shown = ", ".join(repr(text[:60]) for text in bad[:_MOST_SHOWN])
        raise UserError(f"Not a customer id (a GUID): {shown}. Nothing was deleted.")
    return _once(texts)


def ids_from_file(file: str) -> list[str]:
    """The ids of a CSV file; `-` is stdin. Other columns are ignored; rows without an id are an error."""
    return ids_from_csv(_read(file), file)


def ids_from_csv(text: str, file: str) -> list[str]:
    """The ids of a CSV text with a header line, separated by commas, semicolons or tabs.

    A first line that PowerShell (#TYPE) or Excel (sep=) puts before the header is skipped.
    """
    lines = _rows(text, file)
    _, header = next(lines, (0, []))
    names = ["".join(c for c in name.casefold() if c.isalnum()) for name in header]
    if names.count(_ID_COLUMN) != 1:
        found = ", ".join(name.strip()[:40] for name in header) or "nothing"
        fault = "more than one" if _ID_COLUMN in names else "no"
        raise UserError(
            f"{file} has {fault} column customerId in its first line (found: {found}). Nothing was deleted."
        )
    column = names.index(_ID_COLUMN)
    good: list[str] = []
    bad: list[str] = []
    for number, cells in lines:
        cell = cells[column].strip() if column < len(cells) else ""
        if parse_guid(cell) is None:
            bad.append(f"line {number} ({repr(cell[:60]) + ' is no GUID' if cell else 'no id'})")
        else:
            good.append(cell)
    if bad:
        more = f" and {len(bad) - _MOST_SHOWN} more" if len(bad) > _MOST_SHOWN else ""
        raise UserError(
            f"{file} has rows without a customer id: {', '.join(bad[:_MOST_SHOWN])}{more}. Nothing was deleted: "
            "correct or remove these rows."
        )
    if not good:
        raise UserError(f"{file} holds no customers. Nothing was deleted.")
    return _once(good)


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(guid for guid in map(parse_guid, texts) if guid is not None))


def _read(file: str) -> str:
    try:
        if file == "-":
            return sys.stdin.buffer.read().decode("utf-8-sig")
        return Path(file).read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}. Nothing was deleted.") from None
    except UnicodeDecodeError:
        raise UserError(f"{file} is not UTF-8 text; save it as 'CSV UTF-8'. Nothing was deleted.") from None


def _rows(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, with the number of its last line."""
    lines, separator = _lines(text)
    reader = csv.reader(lines, delimiter=separator, strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise UserError(f"{file}, line {reader.line_num}: {error}. Nothing was deleted.") from None


def _lines(text: str) -> tuple[list[str], str]:
    """The lines, with that of PowerShell or Excel made blank, and the separator of their cells."""
    lines = list(io.StringIO(text, newline=""))
    filled = [number for number, line in enumerate(lines) if line.strip()]
    skipped = _FIRST_LINE_OF_A_PROGRAM.fullmatch(lines[filled[0]]) if filled else None
    if skipped is not None:
        lines[filled.pop(0)] = "\n"
    header = lines[filled[0]] if filled else ""
    named = skipped["separator"] if skipped is not None else None
    return lines, named or max(",;\t", key=header.count)
