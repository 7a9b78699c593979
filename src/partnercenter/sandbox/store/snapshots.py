"""Where snapshots are kept: in a folder beside the database file, or in memory beside a database in memory.

A snapshot in a folder is there whole or not at all: it is written under another name, brought to the disk, and
renamed. What a process that was killed has left half written is swept away when the next one opens the folder.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, Final, Protocol

from partnercenter.private_files import sync_folder
from partnercenter.sandbox.errors import StorageError

_SUFFIX: Final = ".snapshot"
_UNFINISHED: Final = ".unfinished"


class Shelf(Protocol):
    """Snapshots by name; the names were checked before."""

    def put(self, name: str, lines: Iterable[bytes]) -> None:
        """Keep a snapshot, in place of one of the same name."""
        ...

    def open(self, name: str) -> IO[bytes] | None:
        """The lines of a snapshot, or None when there is none of that name."""
        ...

    def sizes(self) -> dict[str, int]:
        """The names of all snapshots and their bytes, in the order of names."""
        ...

    def remove(self, name: str) -> None:
        """Take a snapshot away, if it is there."""
        ...


class MemoryShelf:
    """Snapshots that end with the process."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def put(self, name: str, lines: Iterable[bytes]) -> None:
        """Keep a snapshot."""
        self._kept[name] = b"".join(lines)

    def open(self, name: str) -> IO[bytes] | None:
        """The lines of a snapshot."""
        return BytesIO(self._kept[name]) if name in self._kept else None

    def sizes(self) -> dict[str, int]:
        """The names of all snapshots and their bytes."""
        return {name: len(self._kept[name]) for name in sorted(self._kept)}

    def remove(self, name: str) -> None:
        """Take a snapshot away."""
        self._kept.pop(name, None)


class FolderShelf:
    """Snapshots in a folder that belongs to its owner alone; it is made when the first one is kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with _storing():
            for half in folder.glob(f"*{_UNFINISHED}"):
                half.unlink(missing_ok=True)

    def put(self, name: str, lines: Iterable[bytes]) -> None:
        """Keep a snapshot; raises `StorageError` when the disk is full or the folder may not be written to."""
        with _storing():
            self._folder.mkdir(mode=0o700, exist_ok=True)
            # What mkstemp makes is for its owner alone.
            descriptor, made = tempfile.mkstemp(_UNFINISHED, prefix=f"{name}.", dir=self._folder)
            unfinished = Path(made)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.writelines(lines)
                    file.flush()
                    os.fsync(file.fileno())
                unfinished.replace(self._path(name))
                sync_folder(self._folder)
            finally:
                unfinished.unlink(missing_ok=True)

    def open(self, name: str) -> IO[bytes] | None:
        """The lines of a snapshot."""
        with _storing():
            try:
                return self._path(name).open("rb")
            except FileNotFoundError:
                return None

    def sizes(self) -> dict[str, int]:
        """The names of all snapshots and their bytes."""
        with _storing():
            files = sorted(self._folder.glob(f"*{_SUFFIX}"))
            return {file.name.removesuffix(_SUFFIX): file.stat().st_size for file in files}

    def remove(self, name: str) -> None:
        """Take a snapshot away."""
        with _storing():
            self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}{_SUFFIX}"


@contextmanager
def _storing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = f" at {error.filename}" if error.filename else ""
        raise StorageError(
            f"The snapshot could not be stored or read{where}: {error.strerror or error}."
        ) from error
