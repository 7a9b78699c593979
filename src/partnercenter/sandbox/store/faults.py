"""What goes wrong below the database, in a sentence: a full disk, a lock, a file that is damaged or read-only."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Final

from partnercenter.sandbox.errors import StorageError

_ADVICE: Final[Mapping[int, str]] = {
    sqlite3.SQLITE_FULL: "make room on the disk and try again",
    sqlite3.SQLITE_IOERR: "make room on the disk, or mend it, and try again",
    sqlite3.SQLITE_BUSY: "another program holds it; end that one and try again",
    sqlite3.SQLITE_READONLY: "let the sandbox write to the file and its folder and try again",
    sqlite3.SQLITE_CANTOPEN: "let the sandbox write to the file and its folder and try again",
    sqlite3.SQLITE_CORRUPT: "give another file, or restore a backup",
    sqlite3.SQLITE_NOTADB: "give another file, or restore a backup",
}


# The driver's words, which go on with the text itself: it may be a key.
_NO_TEXT: Final = "Could not decode to UTF-8 column"


def reason_of(error: BaseException) -> str:
    """What the database says of an error, without a full stop and without anything that stands in it."""
    cause = getattr(error, "orig", error)  # SQLAlchemy wraps what the driver raises
    return str(cause).partition(" with text ")[0].partition("\n")[0].rstrip(".")


def said_of(error: BaseException) -> str:
    """The same with what to do, where that is known."""
    advice = _advice_for(error)
    return f"{reason_of(error)}; {advice}" if advice else reason_of(error)


def storage_fault(error: BaseException) -> StorageError | None:
    """The error for the person who runs the sandbox; None when it is not the disk's or the file's.

    Nothing of what was asked for was done then, and the sandbox goes on: it works again when the cause is gone.
    """
    if isinstance(error, StorageError):
        return error
    return StorageError(f"The database could not do it: {said_of(error)}.") if _advice_for(error) else None


def _advice_for(error: BaseException) -> str | None:
    code = getattr(getattr(error, "orig", error), "sqlite_errorcode", 0)
    if reason_of(error).startswith(_NO_TEXT):
        code = sqlite3.SQLITE_CORRUPT
    return _ADVICE.get(code & 0xFF)  # extended codes say more than is needed here
