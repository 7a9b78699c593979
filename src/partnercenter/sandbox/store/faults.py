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
    sqlite3.SQLITE_READONLY: "let the sandbox write to the file and its folder and repeat the call",
    sqlite3.SQLITE_CANTOPEN: "let the sandbox write to the file and its folder and repeat the call",
    sqlite3.SQLITE_CORRUPT: "restore a backup",
    sqlite3.SQLITE_NOTADB: "restore a backup",
}


# The driver's words, which go on with the text itself: it may be a key.
_NO_TEXT: Final = "Could not decode to UTF-8 column"


def reason_of(error: BaseException) -> str:
    """What the database says of an error, without a full stop and without anything that stands in it."""
    cause = getattr(error, "orig", error)  # SQLAlchemy wraps what the driver raises
    return str(cause).partition(" with text ")[0].partition("\n")[0].rstrip(".")


def storage_fault(error: BaseException) -> StorageError | None:
    """The error for the person who runs the sandbox; None when it is not the disk's or the file's.

    Nothing of what was asked for was done then, and the sandbox goes on: it works again when the cause is gone.
    """
    if isinstance(error, StorageError):
        return error
    reason = reason_of(error)
    code = getattr(getattr(error, "orig", error), "sqlite_errorcode", 0)
    if reason.startswith(_NO_TEXT):
        code = sqlite3.SQLITE_CORRUPT
    advice = _ADVICE.get(code & 0xFF)  # extended codes say more than is needed here
    return StorageError(f"The database could not do it: {reason}; {advice}.") if advice else None
