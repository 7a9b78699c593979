"""Results on stdout, in the form the user chose: table, json, jsonl or csv.

A table is for eyes, so its cells are escaped; json and jsonl are exact; csv is meant for spreadsheets, so a
cell that one would take for a formula gets an apostrophe in front (use json where that matters).
Columns are the same in every form, and their names are JSON's; a table leaves out those that are empty.
"""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, TextIO

import click

from partnercenter.cli.visible import visible, visible_json, width

FORMS: Final = ("table", "json", "jsonl", "csv")
Row = Mapping[str, object]
_GAP: Final = 3
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def output_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--output` to a command."""
    return click.option(
        "--output",
        "form",
        type=click.Choice(FORMS),
        default="table",
        show_default=True,
        help="Form of the result on stdout; messages go to stderr.",
    )(command)


def prepare_streams() -> None:
    """Make stdout and stderr able to print any name, whatever the locale."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def message(text: str) -> None:
    """Say something on stderr; names inside are escaped."""
    click.echo("\n".join(visible(line) for line in text.split("\n")), err=True)


@contextmanager
def rows(form: str, columns: Sequence[str], *, one: bool = False) -> Iterator[Callable[[Row], None]]:
    """Hand out a function that takes one row. What was taken is printed even when an error ends the block.

    jsonl and csv print each row at once; table and json print at the end, json with `one` as an object.
    """
    if form in {"jsonl", "csv"}:
        write = _line_writer(form, columns)
        yield write
        write(None)
        return
    taken: list[Row] = []
    try:
        yield taken.append
    except BaseException:
        if taken:
            _print_all(form, columns, taken, one=False)
        raise
    _print_all(form, columns, taken, one=one)


def _print_all(form: str, columns: Sequence[str], taken: Sequence[Row], *, one: bool) -> None:
    if form == "json":
        _write_json(sys.stdout, taken[0] if one and taken else taken)
    else:
        print_table(sys.stdout, columns, taken)


def _line_writer(form: str, columns: Sequence[str]) -> Callable[[Row | None], None]:
    """A function that prints a row at once. None says that all is well and there are no more rows."""
    stream = sys.stdout
    write_cells = csv_writer(stream)
    begun = False

    def write(row: Row | None) -> None:
        nonlocal begun
        if form == "csv" and not begun:
            write_cells(columns)
            begun = True
        if row is None:
            return
        if form == "csv":
            write_cells([_cell(row.get(column)) for column in columns])
        else:
            _write_json_line(stream, row)

    return write


def record(form: str, document: Mapping[str, Any]) -> None:
    """Print one resource: as it is in json and jsonl, as member and value otherwise."""
    if form == "json":
        _write_json(sys.stdout, document)
    elif form == "jsonl":
        _write_json_line(sys.stdout, document)
    else:
        with rows(form, ("member", "value")) as write:
            for member, value in _flat(document, ""):
                write({"member": member, "value": value})


def _flat(value: object, path: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in {"links", "attributes"}:
                yield from _flat(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        yield path, ", ".join(str(item) for item in value)
    elif value is not None:
        yield path, value


def _cell(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _write_json(stream: TextIO, document: object) -> None:
    import json  # here, because the start of every command would pay for it

    stream.write(visible_json(json.dumps(document, indent=2, ensure_ascii=False)) + "\n")


def json_line(document: object) -> None:
    """Print one line of JSON on stdout, at once."""
    _write_json_line(sys.stdout, document)


def _write_json_line(stream: TextIO, document: object) -> None:
    import json  # as above

    stream.write(visible_json(json.dumps(document, ensure_ascii=False)) + "\n")
    stream.flush()


def csv_writer(stream: TextIO) -> Callable[[Sequence[str]], None]:
    """A function that writes one row of CSV in which no cell is a formula."""

    def write(cells: Sequence[str]) -> None:
        safe = (f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell for cell in cells)
        shown = (visible(cell) if stream.isatty() else cell for cell in safe)
        stream.write(",".join(_quoted(cell) for cell in shown) + "\n")
        stream.flush()

    return write


def _quoted(cell: str) -> str:
    """The cell as RFC 4180 has it; the standard writer leaves a lone carriage return bare."""
    return '"' + cell.replace('"', '""') + '"' if any(c in cell for c in ',"\r\n') else cell


def print_table(stream: TextIO, columns: Sequence[str], taken: Sequence[Row]) -> None:
    """Print rows for eyes, without the columns that are empty in all of them.

    With rich on a terminal, in plain columns elsewhere; as members and values where a terminal is too narrow.
    """
    lines = [[visible(_cell(row.get(column))) for column in columns] for row in taken]
    shown = [i for i in range(len(columns)) if not lines or any(line[i] for line in lines)]
    names = [columns[i] for i in shown]
    cells = [[line[i] for i in shown] for line in lines]
    widths = [max(width(line[i]) for line in (names, *cells)) for i in range(len(names))]
    room = shutil.get_terminal_size().columns if stream.isatty() else None
    if room is not None and sum(widths) + _GAP * (len(widths) - 1) > room:
        _print_blocks(stream, names, cells, room)
    elif room is not None and os.environ.get("TERM") != "dumb":
        _print_rich_table(stream, names, cells, room)
    else:
        for line in (names, *cells):
            padded = (cell + " " * (size - width(cell)) for cell, size in zip(line, widths, strict=True))
            stream.write("  ".join(padded).rstrip() + "\n")
    stream.flush()


def _print_blocks(stream: TextIO, names: Sequence[str], cells: Sequence[Sequence[str]], room: int) -> None:
    """Print members and values: a block for each row, or one for all rows of two columns, which are that."""
    blocks: list[list[tuple[str, str]]]
    if len(names) == 2:
        blocks = [[(line[0], line[1]) for line in (names, *cells)]]
    else:
        blocks = [list(zip(names, line, strict=True)) for line in cells]
    margin = 2 + max(width(member) for block in blocks for member, _ in block)
    stream.write("\n".join(_block(block, margin, room) for block in blocks))


def _block(pairs: Sequence[tuple[str, str]], margin: int, room: int) -> str:
    """A line for each member that has a value; values are wrapped between words only."""
    text = ""
    for member, value in pairs:
        if value:
            parts = textwrap.wrap(
                value, max(1, room - margin), break_long_words=False, break_on_hyphens=False
            )
            wrapped = ("\n" + " " * margin).join(parts)
            text += f"{member}{' ' * (margin - width(member))}{wrapped}\n"
    return text


def _print_rich_table(
    stream: TextIO, columns: Sequence[str], cells: Sequence[Sequence[str]], room: int
) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        table.add_column(Text(column), overflow="fold", no_wrap=column == "customerId")
    for line in cells:
        table.add_row(*(Text(cell) for cell in line))
    Console(file=stream, width=room, highlight=False, markup=False, emoji=False).print(table)
