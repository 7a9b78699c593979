"""Whether the log of a database that was not closed is damaged.

SQLite takes the first frame of its write-ahead log that does not fit for the end. That is right for a commit that a
crash has cut off; but what was acknowledged behind a damaged frame would be forgotten without a word. Each commit
is on disk before the next begins, so where a frame does not fit and two commits end at or behind it, the first
was acknowledged. A commit whose last frame does not say any more that it ends one cannot be told from a part of the
next; one bit does that only where the database has 2, 4, 8, … pages. The format is documented:
https://sqlite.org/walformat.html.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

_HEADER: Final = struct.Struct(">8I")
_FRAME: Final = struct.Struct(">6I")
_SUMMED_OF_HEADER: Final = 24
_SUMMED_OF_FRAME: Final = 8
_BYTE_ORDERS: Final = {0x377F0682: "<", 0x377F0683: ">"}
# Where the index of the log says how many of its frames are good.
_INDEX: Final = struct.Struct("=16xI")
_32_BITS: Final = 0xFFFFFFFF
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Log:
    """What the header of a log says of its frames; `sums` are those that the first frame goes on from."""

    byte_order: str
    page_size: int
    salts: Pair
    sums: Pair


@dataclass(frozen=True, slots=True)
class _Frame:
    """One page. Frames of the log before this one have other salts; the last page of a commit ends it."""

    content: bytes
    has_salts: bool
    is_last: bool
    sums: Pair


def has_lost_commits(database: Path) -> bool:
    """Whether acknowledged commits stand behind damage in the log of a database that nobody serves.

    Changes neither the database nor its log. Raises `sqlite3.Error` when the database cannot be opened.
    """
    path = Path(f"{database}-wal")
    if not path.exists() or path.stat().st_size <= _HEADER.size:
        return False
    good = _good_frames(database)
    with path.open("rb") as file:
        log = _log(file.read(_HEADER.size))
        if log is None:  # nothing of it can be read; where a page follows, there was a commit
            return any(file.read(_FRAME.size))
        # Looked for first, because sums take their time: a crash seldom leaves the end of a commit.
        ends = any(frame.has_salts and frame.is_last for frame in _frames(file, log, good))
        return ends and _two_commits_end(file, log, good)


def _good_frames(database: Path) -> int:
    """How many frames SQLite itself takes for good."""
    # Whoever may only read neither moves the log into the database nor deletes it.
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        (count,) = _INDEX.unpack_from(Path(f"{database}-shm").read_bytes())
    return int(count)


def _log(header: bytes) -> _Log | None:
    magic, _, page_size, _, *salts, first, second = _HEADER.unpack(header)
    order = _BYTE_ORDERS.get(magic)
    if order is None or _sums(header[:_SUMMED_OF_HEADER], order, (0, 0)) != (first, second):
        return None
    return _Log(order, page_size, (salts[0], salts[1]), (first, second))


def _frames(file: IO[bytes], log: _Log, first: int) -> Iterator[_Frame]:
    size = _FRAME.size + log.page_size
    file.seek(_HEADER.size + first * size)
    while len(content := file.read(size)) == size:
        _, pages, salt, other_salt, *sums = _FRAME.unpack_from(content)
        yield _Frame(content, (salt, other_salt) == log.salts, pages > 0, (sums[0], sums[1]))


def _two_commits_end(file: IO[bytes], log: _Log, good: int) -> bool:
    """Whether two commits end in frames that follow each other, from the first on that is not good."""
    before = [next(_frames(file, log, good - 1)).sums if good else log.sums]
    ends = 0
    for frame in _frames(file, log, good):
        sums = [_sums_of(frame, log.byte_order, start) for start in before]
        fits = frame.sums in sums
        if not (frame.has_salts and fits):
            ends = 0  # damaged, or left by an earlier log or by a commit that never came to its end
        ends += frame.is_last
        if ends > 1:
            return True
        # What is damaged may be the sums themselves; the next frame goes on from those that were written with it.
        before = [frame.sums] if fits else [frame.sums, sums[0]]
    return False


def _sums_of(frame: _Frame, byte_order: str, before: Pair) -> Pair:
    sums = _sums(frame.content[:_SUMMED_OF_FRAME], byte_order, before)
    return _sums(frame.content[_FRAME.size :], byte_order, sums)


def _sums(content: bytes, byte_order: str, begin: Pair) -> Pair:
    """The checksum of the format: two sums over pairs of words, each of which goes into the other."""
    first, second = begin
    for word, next_word in struct.iter_unpack(f"{byte_order}II", content):
        first = (first + word + second) & _32_BITS
        second = (second + next_word + first) & _32_BITS
    return first, second
