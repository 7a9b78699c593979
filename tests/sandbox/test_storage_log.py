"""SQLite's write-ahead log: what it promises, how long it gets, and what damage in it comes to."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.store.backup import back_up
from partnercenter.sandbox.store.database import Database

pytestmark = pytest.mark.sqlite

# The last one takes several pages, the one before it a single one.
WORDS = [f"{number:03}{'x' * 300 * (number % 9)}" for number in range(39)] + ["039" + "x" * 20_000]
FRAME = 24 + 4096


def make_notes(connection: Connection) -> None:
    """A table of words, which take a page or several."""
    connection.execute(text("CREATE TABLE notes (word TEXT PRIMARY KEY) WITHOUT ROWID"))


def note(connection: Connection, word: str) -> None:
    """Put in a word."""
    connection.execute(text("INSERT INTO notes VALUES (:word)"), {"word": word})


def words(connection: Connection) -> list[str]:
    """The words that are there."""
    return list(connection.execute(text("SELECT word FROM notes ORDER BY word")).scalars())


def salts_of(log: Path, frame: int) -> bytes:
    """The numbers in the head of a frame, which are those in the head of its log."""
    place = 32 + frame * FRAME + 8
    return log.read_bytes()[place : place + 8]


def pragma(connection: Connection, name: str) -> object:
    """What a connection is set to."""
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


@dataclass(frozen=True)
class Crashed:
    """A database as a crash has left it: each word of `WORDS` a commit of its own, all of them in the log."""

    folder: Path

    def copy(self, to: Path) -> Path:
        """Another one like it."""
        shutil.rmtree(to, ignore_errors=True)
        shutil.copytree(self.folder, to)
        return to / "sandbox.db"

    @property
    def log(self) -> bytes:
        """Its log."""
        return (self.folder / "sandbox.db-wal").read_bytes()

    def ends(self) -> list[int]:
        """Where the last frame of each commit begins; only such a frame has a number of pages in its head."""
        log = self.log
        return [place for place in range(32, len(log), FRAME) if any(log[place + 4 : place + 8])]


@pytest.fixture(scope="module")
def crashed(tmp_path_factory: pytest.TempPathFactory) -> Crashed:
    """A database that was not closed."""
    folder = tmp_path_factory.mktemp("crashed")
    database = Database(str(folder / "served.db"))
    try:
        database.write(make_notes).result(10)
        for word in WORDS:
            database.write(lambda connection, word=word: note(connection, word)).result(10)
        (folder / "left").mkdir()
        for suffix in ("", "-wal"):
            shutil.copyfile(folder / f"served.db{suffix}", folder / "left" / f"sandbox.db{suffix}")
    finally:
        database.close()
    return Crashed(folder / "left")


def opened(file: Path) -> list[str]:
    """The words of a database that was not closed; raises `SandboxError` when it is refused."""
    database = Database(str(file))
    try:
        return database.read(words)
    finally:
        database.close()


def test_every_commit_goes_to_the_disk(tmp_path: Path) -> None:
    """The connections that write and read have a log that is brought to the disk with every commit."""
    database = Database(str(tmp_path / "sandbox.db"))
    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    try:
        for run in (lambda work: database.write(work).result(10), database.read):
            assert expected == {name: run(lambda c, name=name: pragma(c, name)) for name in expected}
    finally:
        database.close()


def test_a_crash_loses_nothing(crashed: Crashed, tmp_path: Path) -> None:
    """What was acknowledged is in the log, and is there when the database is opened again."""
    assert WORDS == opened(crashed.copy(tmp_path / "again"))


@settings(max_examples=25)
@given(data=st.data())
def test_damage_in_the_log_never_goes_unnoticed(
    crashed: Crashed, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """A changed bit is refused again and again until it is mended, wherever it is before the last commit."""
    folder = tmp_path_factory.getbasetemp() / "damaged"
    file, log = crashed.copy(folder), bytearray(crashed.log)
    place = data.draw(st.integers(0, crashed.ends()[-2] + FRAME - 1))
    log[place] ^= 1 << data.draw(st.integers(0, 7))
    (folder / "sandbox.db-wal").write_bytes(log)
    with pytest.raises(SandboxError) as refused:
        opened(file)
    assert f"The log {file}-wal is damaged" in str(refused.value)
    with pytest.raises(SandboxError, match="is damaged"):
        opened(file)
    assert log == (folder / "sandbox.db-wal").read_bytes()
    (folder / "sandbox.db-wal").write_bytes(crashed.log)
    assert WORDS == opened(file)


@pytest.mark.parametrize("byte", range(24))
def test_damage_in_the_head_of_an_acknowledged_commit_is_noticed(
    crashed: Crashed, tmp_path: Path, byte: int
) -> None:
    """Be it the number of a page or of pages, a salt or a sum: one commit behind it is enough."""
    file, log = crashed.copy(tmp_path / "damaged"), bytearray(crashed.log)
    assert crashed.ends()[-2] == crashed.ends()[-3] + FRAME
    log[crashed.ends()[-2] + byte] ^= 1 << 2
    (file.parent / "sandbox.db-wal").write_bytes(log)
    with pytest.raises(SandboxError, match="is damaged, and changes that were acknowledged are lost"):
        opened(file)
    with pytest.raises(SandboxError, match="is damaged, and changes that were acknowledged are lost"):
        back_up(file, tmp_path / "a.backup", replaces=False)


@pytest.mark.parametrize("frame", range(-4, 0))
def test_a_commit_that_came_to_the_disk_in_parts_is_no_damage(
    crashed: Crashed, tmp_path: Path, frame: int
) -> None:
    """A loss of power may leave the end of the last commit without its beginning; those before it are there."""
    file, log = crashed.copy(tmp_path / "parts"), bytearray(crashed.log)
    assert crashed.ends()[-2] < len(log) - 4 * FRAME
    begin = len(log) + frame * FRAME
    log[begin + 24 : begin + FRAME] = bytes(4096)
    (file.parent / "sandbox.db-wal").write_bytes(log)
    assert WORDS[:-1] == opened(file)


def test_what_an_earlier_log_has_left_is_no_damage(tmp_path: Path) -> None:
    """A log that begins anew is written over the one before it, whose commits stand behind one that was cut off."""
    database, left = Database(str(tmp_path / "served.db")), tmp_path / "sandbox.db"
    try:
        database.write(make_notes).result(10)
        for word in WORDS:
            database.write(partial(note, word=word)).result(10)
        with closing(sqlite3.connect(tmp_path / "served.db")) as other:
            other.execute("PRAGMA wal_checkpoint(RESTART)")
        database.write(partial(note, word="anew")).result(10)
        begin = 32 + FRAME * next(
            number
            for number in range(len(WORDS))
            if (tmp_path / "served.db-wal").read_bytes()[16:24]
            != salts_of(tmp_path / "served.db-wal", number)
        )
        database.write(partial(note, word="cut off" + "x" * 20_000)).result(10)
        for suffix in ("", "-wal"):
            shutil.copyfile(tmp_path / f"served.db{suffix}", f"{left}{suffix}")
    finally:
        database.close()
    log = bytearray(Path(f"{left}-wal").read_bytes())
    log[begin + 24 : begin + FRAME] = bytes(4096)
    Path(f"{left}-wal").write_bytes(log)
    assert [*WORDS, "anew"] == opened(left)


def test_a_log_that_never_came_to_the_disk_is_no_damage(crashed: Crashed, tmp_path: Path) -> None:
    """A loss of power during the first commit may leave the length of the log and nothing of what is in it."""
    file = crashed.copy(tmp_path / "zeros")
    (file.parent / "sandbox.db-wal").write_bytes(bytes(32 + 3 * FRAME))
    database = Database(str(file))
    assert [] == database.read(lambda c: c.execute(text("SELECT name FROM sqlite_master")).all())
    database.close()


def test_what_failed_commits_have_left_is_no_damage(crashed: Crashed, tmp_path: Path) -> None:
    """Frames of two commits that the disk refused, where the next ones were not written over them."""
    file, log, ends = crashed.copy(tmp_path / "left"), crashed.log, crashed.ends()
    left = b"".join(log[place : place + FRAME] for place in ends[3:9:4])
    (file.parent / "sandbox.db-wal").write_bytes(log[: ends[-2] + FRAME] + left)
    assert WORDS[:-1] == opened(file)


@settings(max_examples=25)
@given(data=st.data())
def test_a_log_that_was_cut_off_is_no_damage(
    crashed: Crashed, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Where a crash has cut off what was being written, the commits before it are there."""
    folder = tmp_path_factory.getbasetemp() / "cut"
    file, log = crashed.copy(folder), crashed.log
    size = data.draw(st.integers(32 + 3 * FRAME, len(log)))
    (folder / "sandbox.db-wal").write_bytes(log[:size])
    left = opened(file)
    assert WORDS[: len(left)] == left
    if size == len(log):
        assert WORDS == left


def test_the_log_stays_short(tmp_path: Path) -> None:
    """Steady writes, with readers at work, fill it up to a thousand pages, and after a long write it is cut again."""
    database = Database(str(tmp_path / "sandbox.db"))
    log = tmp_path / "sandbox.db-wal"

    def fill(connection: Connection, name: str, megabytes: int) -> None:
        rows = [{"word": f"{name}{number}{'y' * 3900}"} for number in range(megabytes * 250)]
        connection.execute(text("INSERT INTO notes VALUES (:word)"), rows)

    def sizes(name: str) -> Iterator[int]:
        for number in range(12):
            database.write(partial(fill, name=f"{name}{number}-", megabytes=1)).result(30)
            database.read(lambda c: c.execute(text("SELECT count(*) FROM notes")).scalar())
            yield log.stat().st_size

    try:
        database.write(make_notes).result(10)
        assert max(sizes("steady")) < 2000 * FRAME
        database.write(partial(fill, name="long", megabytes=20)).result(60)
        assert log.stat().st_size > 20_000_000
        assert 16_777_216 >= list(sizes("after"))[-1]
    finally:
        database.close()
