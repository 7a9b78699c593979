"""Everything a database holds as lines of JSON, and back again.

Only SQLAlchemy's tables are used: a dump knows columns and values, no files and no pages, and what one database has
written another one reads.
The signing keys stay out of it, so that tokens are good whatever state is loaded, and so do sign-ins: a refresh token
that was revoked or a code that was used does not come back, and none is good in another sandbox. The first line is
the head, the last one the digest of all before it; in between each table has a line that names its columns and one
for each row.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection, LargeBinary, Table, func, insert, select

from partnercenter.sandbox.store.migrate import HEAD
from partnercenter.sandbox.store.partners import clear
from partnercenter.sandbox.store.schema import metadata, signing_keys
from partnercenter.sandbox.store.sign_ins import SIGN_INS, all_sign_ins, put_back_sign_ins

_FORM: Final = "partnercenter-sandbox-1"
_ROWS_AT_ONCE: Final = 1000
_NEXT_KEY: Final = """\
SELECT setval(counter, last) FROM (
    SELECT pg_get_serial_sequence('{table}', '{column}')::regclass AS counter, max({column}) AS last FROM {table}
) AS keys
WHERE last > coalesce(pg_sequence_last_value(counter), 0)"""
TABLES: Final[tuple[Table, ...]] = tuple(
    table for table in metadata.sorted_tables if table not in {signing_keys, *SIGN_INS}
)
COUNTED: Final = ("partners", "customers", "orders", "subscriptions")


class DumpError(Exception):
    """The dump cannot be loaded; the message says why."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands at the beginning of a dump: where it comes from, and how many rows each table has."""

    form: str
    schema: str
    name: str
    made_at: str
    rows: Mapping[str, int]


def dump(connection: Connection, name: str, made_at: str) -> Iterator[bytes]:
    """The lines of everything that is there."""
    digest = hashlib.sha256()
    for document in _documents(connection, name, made_at):
        line = _line(document)
        digest.update(line)
        yield line
    yield _line({"sha256": digest.hexdigest()})


def read_head(line: bytes) -> Head:
    """The head out of the first line; raises `DumpError`."""
    try:
        head = Head(**json.loads(line))
    except (TypeError, ValueError):
        raise DumpError("it is damaged") from None
    if head.form != _FORM or head.schema != HEAD:
        raise DumpError(
            f"another version of partnercenter has made it (schema {head.schema}, this one has {HEAD})"
        )
    if set(head.rows) != {table.name for table in TABLES}:
        raise DumpError("another version of partnercenter has made it (it has other tables)")
    return head


def check(lines: Iterable[bytes]) -> Head:
    """Read a dump to its end without loading it; raises `DumpError` when anything of it is not as it was made."""
    digest = hashlib.sha256()
    head, last = None, b""
    for line in lines:
        head = head or read_head(line)
        digest.update(last)
        last = line
    if head is None or last != _line({"sha256": digest.hexdigest()}):
        raise DumpError("it is damaged")
    return head


def load(connection: Connection, lines: Iterable[bytes]) -> None:
    """Replace everything by what a dump holds, which was checked before; raises `DumpError` for other columns.

    Sign-ins stay, where their application and their user do.
    """
    sign_ins = all_sign_ins(connection)
    clear(connection)
    documents = (json.loads(line) for line in lines)
    rows_of = next(documents)["rows"]
    for table in TABLES:
        columns = [column.name for column in table.columns]
        if next(documents) != _title(table):
            raise DumpError("another version of partnercenter has made it (its tables have other columns)")
        left = rows_of[table.name]
        while left:
            rows = [
                dict(zip(columns, values, strict=True))
                for values in islice(documents, min(left, _ROWS_AT_ONCE))
            ]
            connection.execute(insert(table), [_decoded(table, row) for row in rows])
            left -= len(rows)
    _go_on_with_new_keys(connection)
    put_back_sign_ins(connection, sign_ins)


def _go_on_with_new_keys(connection: Connection) -> None:
    """Let new rows have greater keys than those that were put in; SQLite does that by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in TABLES:
        column = table.autoincrement_column
        if column is not None:
            connection.exec_driver_sql(_NEXT_KEY.format(table=table.name, column=column.name))


def _documents(connection: Connection, name: str, made_at: str) -> Iterator[Any]:
    counts = {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in TABLES
    }
    yield asdict(Head(_FORM, HEAD, name, made_at, counts))
    for table in TABLES:
        yield _title(table)
        for row in connection.execute(select(table)).yield_per(_ROWS_AT_ONCE):
            yield [_encoded(value) for value in row]


def _title(table: Table) -> dict[str, Any]:
    return {"table": table.name, "columns": [column.name for column in table.columns]}


def _line(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _encoded(value: Any) -> Any:
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value


def _decoded(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    for column in table.columns:
        if isinstance(column.type, LargeBinary) and row[column.name] is not None:
            row[column.name] = base64.b64decode(row[column.name])
    return row
