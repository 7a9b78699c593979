"""What goes wrong below the database, in a sentence: a full disk, a lock, a file that is damaged or read-only."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Final

from partnercenter.sandbox.errors import StorageError

_ADVICE: Final[Mapping[int, str]] = {
    sqlite3.SQLITE_FULL: "make room on the disk and repeat the call",
    sqlite3.SQLITE_IOERR: "make room on the disk, or mend it, and repeat the call",
    sqlite3.SQLITE_BUSY: "another program holds it; end that one and repeat the call",
    sqlite3.SQLITE_LOCKED: "another program holds it; end that one and repeat the call",
    sqlite3.SQLITE_READONLY: "let the sandbox write to the file and its folder and repeat the call",
    sqlite3.SQLITE_PERM: "let the sandbox write to the file and its folder and repeat the call",
    sqlite3.SQLITE_CANTOPEN: "let the sandbox write to the file and its folder and repeat the call",
    sqlite3.SQLITE_CORRUPT: "restore a backup",
    sqlite3.SQLITE_NOTADB: "restore a backup",
}


def storage_fault(error: BaseException) -> StorageError | None:
    """The error for the person who runs the sandbox; None when it is not the disk's or the file's.

    Nothing of what was asked for was done then, and the sandbox goes on: it works again when the cause is gone.
    """
    if isinstance(error, StorageError):
        return error
    cause = getattr(error, "orig", error)  # SQLAlchemy wraps what the driver raises
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF  # extended codes say more than is needed here
    advice = _ADVICE.get(code)
    return StorageError(f"The database could not do it: {cause}; {advice}.") if advice else None
