"""Files that are their owner's alone: settings, journals, secrets.

Files are read only when nobody but their owner can have written them, written whole or not at all, and
created for their owner's eyes only. A file that cannot be read is an error with a sentence, never "empty".
Which files there are, and what stands in them, is not known here.
"""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_LARGEST_FILE: Final = 1_048_576
_POLL_SECONDS: Final = 0.01


class ConfigurationError(Exception):
    """A configuration file cannot be used; the message says which, why, and what to do."""


def read_private(path: Path, *, holds_secrets: bool = False) -> str | None:
    """The text of the file, or None when there is no such file.

    Raises `ConfigurationError` when others could have written it (or, with `holds_secrets`, could read it),
    and when it cannot be read or is no text.
    """
    try:
        with path.open("rb") as file:
            check_owner(path, os.fstat(file.fileno()), forbidden=0o077 if holds_secrets else 0o022)
            check_owner(path.parent, path.parent.stat(), forbidden=0o022)
            content = file.read(_LARGEST_FILE + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror or error}.") from error
    if len(content) > _LARGEST_FILE:
        raise ConfigurationError(f"{path} is larger than a configuration file can be.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path} is not UTF-8 text; correct it or remove it.") from None


def check_owner(path: Path, status: os.stat_result, *, forbidden: int) -> None:
    """Raise `ConfigurationError` for what belongs to others, or gives them one of the `forbidden` rights."""
    if sys.platform == "win32":
        return
    if status.st_uid not in {os.geteuid(), 0}:
        raise ConfigurationError(f"{path} belongs to another user, so it is not trusted.")
    if stat.S_IMODE(status.st_mode) & forbidden:
        what = "is readable" if forbidden & 0o044 else "can be changed"
        mode = "700" if stat.S_ISDIR(status.st_mode) else "600"
        raise ConfigurationError(
            f"{path} {what} by other users, so it is not used; run 'chmod {mode} {path}'."
        )


def private_folder(path: Path) -> Path:
    """The folder, made when there is none; raises `ConfigurationError` for one that others may enter."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = path.stat()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be made: {error.strerror or error}.") from error
    check_owner(path, status, forbidden=0o077)
    return path


def write_private(path: Path, text: str) -> None:
    """Replace the file by `text`, durably and in one step, readable by its owner only.

    Raises `ConfigurationError` when it cannot be written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(temporary).unlink()
            raise
        sync_folder(path.parent)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror or error}.") from error


def sync_folder(folder: Path) -> None:
    """Write down which files a folder has, so that a new one survives a loss of power."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Let one process at a time change the file, so that no change undoes another.

    Raises `ConfigurationError` when the lock beside the file cannot be made.
    """
    from filelock import FileLock

    lock = FileLock(
        path.with_name(f".{path.name}.lock"), mode=0o600, poll_interval=_POLL_SECONDS, fallback_to_soft=False
    )
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.acquire()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror or error}.") from error
    try:
        yield
    finally:
        lock.release()
