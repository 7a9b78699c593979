"""The database: its schema and migrations, what it refuses to open, and what its one writer promises."""

from __future__ import annotations

import os
import re
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, text
from tests import databases

from partnercenter.contract.development_partner import TENANT_ID
from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.nature import Nature
from partnercenter.sandbox.state import State
from partnercenter.sandbox.store import migrate as migration
from partnercenter.sandbox.store.applications import find_application
from partnercenter.sandbox.store.customers import count_customers, has_customers
from partnercenter.sandbox.store.database import Database
from partnercenter.sandbox.store.hot import savepoint
from partnercenter.sandbox.store.opening import open_store
from partnercenter.sandbox.store.schema import metadata
from partnercenter.sandbox.store.store import Store
from partnercenter.sandbox.worlds.document import World, WorldCustomer
from partnercenter.sandbox.worlds.named import DEVELOPMENT_PARTNER, named_world

pytestmark = pytest.mark.sqlite

SENTENCE = re.compile(r"[A-Z][^\n]*[.]")
NOBODY = 65534


@pytest.fixture(params=["file", "memory", pytest.param("postgres", marks=pytest.mark.prove)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An open database with one table of notes."""
    names = {"file": lambda: str(tmp_path / "sandbox.db"), "memory": lambda: "memory"}
    name = names.get(request.param, lambda: databases.postgres().new())()
    opened = open_store(name)
    migration.migrate(opened.engine)
    opened.write(lambda c: c.exec_driver_sql("CREATE TABLE notes (word TEXT PRIMARY KEY)")).result()
    try:
        yield opened
    finally:
        opened.close()
        if opened.shared:
            databases.postgres().drop(name)


def words(connection: Connection) -> list[str]:
    """The notes that are there."""
    return list(connection.execute(text("SELECT word FROM notes ORDER BY word")).scalars())


def note(connection: Connection, word: str) -> str:
    """Put in a note."""
    connection.execute(text("INSERT INTO notes VALUES (:word)"), {"word": word})
    return word


def held(database: Store) -> threading.Event:
    """Stop the writer in a piece of work until the event is set, so that what is written meanwhile waits together."""
    go_on, stopped = threading.Event(), threading.Event()

    def wait(_connection: Connection) -> None:
        stopped.set()
        go_on.wait(10)

    database.write(wait)
    stopped.wait(10)
    return go_on


def statements(database: Database) -> list[tuple[Any, ...]]:
    """The schema as SQLite keeps it, blanks aside."""
    query = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%' ORDER BY name"
    rows = database.read(lambda c: c.exec_driver_sql(query).all())
    return [(*row[:3], re.sub(r"\s+", " ", row[3]).replace("( ", "(").replace(" )", ")")) for row in rows]


def upgraded(path: Path) -> Database:
    """A database to which every migration was applied, from nothing."""
    opened = Database(str(path))
    with opened.engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        migration.run_migrations(connection)
    return opened


def refused(path: Path | str) -> str:
    """The sentence with which a database is refused."""
    with pytest.raises(SandboxError) as caught:
        State(Database(str(path)), Nature()).close()
    assert SENTENCE.fullmatch(str(caught.value)), str(caught.value)
    return str(caught.value)


# Schema and migrations


def test_a_fresh_schema_is_the_migrated_one(tmp_path: Path) -> None:
    """A new database and one that went through every migration have the same statements in SQLite's own words."""
    migrated, fresh = upgraded(tmp_path / "migrated.db"), Database(str(tmp_path / "fresh.db"))
    migration.migrate(fresh.engine)
    try:
        assert statements(fresh) == statements(migrated)
        assert any("WITHOUT ROWID" in row[3] for row in statements(fresh))
        assert any("AUTOINCREMENT" in row[3] for row in statements(fresh))
    finally:
        fresh.close()
        migrated.close()


def test_migrations_lead_to_the_declared_schema(tmp_path: Path) -> None:
    """Alembic finds no difference between a migrated database and the tables of the code."""
    migrated = upgraded(tmp_path / "migrated.db")
    try:
        assert [] == migrated.read(lambda c: compare_metadata(MigrationContext.configure(c), metadata))
    finally:
        migrated.close()


def test_the_third_schema_keeps_applications_and_their_secrets(tmp_path: Path) -> None:
    """An application of the schema before has its one secret, hashed as it was, and no more rights than it had."""
    path = tmp_path / "sandbox.db"
    opened = Database(str(path))
    try:
        with opened.engine.begin() as connection:
            config = Config()
            config.set_main_option("script_location", str(Path(migration.__file__).parent / "migrations"))
            config.attributes["connection"] = connection
            command.upgrade(config, "0002")
            connection.exec_driver_sql(
                "INSERT INTO partners VALUES ('p', 'Partner', 'p.example', 'US', 'sandbox', 'direct_bill', 1, 7)"
            )
            connection.exec_driver_sql(
                "INSERT INTO applications VALUES ('c', 'p', 'o', 'App', 'hmac-sha256$00$11', 9, 1)"
            )
            command.upgrade(config, "head")
        kept = opened.read(lambda connection: find_application(connection, "c"))
    finally:
        opened.close()
    assert kept is not None
    [secret] = kept.secrets
    assert ("p", "o", "App", True, False, ()) == (
        kept.tenant_id,
        kept.object_id,
        kept.name,
        kept.is_registered,
        kept.is_public,
        kept.redirect_uris,
    )
    assert ("hmac-sha256$00$11", 7, 9) == (secret.hashed, secret.created_at, secret.expires_at)


def test_every_migration_is_known_by_its_version() -> None:
    """The versions that the sandbox opens are those that have a migration, in their order."""
    config = Config()
    config.set_main_option("script_location", str(Path(migration.__file__).parent / "migrations"))
    scripts = ScriptDirectory.from_config(config).walk_revisions()
    assert list(migration.VERSIONS) == [script.revision for script in scripts][::-1]


def test_opening_twice_changes_nothing(tmp_path: Path) -> None:
    """A database that is opened again has the schema, the key and the partner it had."""
    first = State(Database(str(tmp_path / "sandbox.db")), Nature())
    before, key = statements(first.database), first.signing_key.key_id
    first.close()
    second = State(Database(str(tmp_path / "sandbox.db")), Nature())
    try:
        assert (before, key) == (statements(second.database), second.signing_key.key_id)
    finally:
        second.close()


def test_migrating_keeps_rows_from_cascading(tmp_path: Path) -> None:
    """References are off while tables may be made anew, and on again when the sandbox serves."""
    opened = Database(str(tmp_path / "sandbox.db"))
    try:
        migration.migrate(opened.engine)
        assert 1 == opened.read(lambda c: c.exec_driver_sql("PRAGMA foreign_keys").scalar())
        with opened.engine.connect() as connection:
            assert 1 == connection.exec_driver_sql("PRAGMA foreign_keys").scalar()
    finally:
        opened.close()


@pytest.mark.parametrize("version", ["0004", "9999", "abcdef012345"])
def test_a_database_of_a_later_version_is_refused(tmp_path: Path, version: str) -> None:
    """A schema version that this package does not know is refused with both versions named."""
    path = tmp_path / "sandbox.db"
    State(Database(str(path)), Nature()).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
    connection.close()
    assert f"schema {version}, this one knows {migration.HEAD}" in refused(path)


@pytest.mark.parametrize(
    "statement",
    ["CREATE TABLE songs (name TEXT)", "CREATE TABLE alembic_version (version_num TEXT)"],
)
def test_tables_of_another_program_are_refused(tmp_path: Path, statement: str) -> None:
    """A database with somebody else's tables is refused and left as it is, also one that alembic keeps."""
    path = tmp_path / "songs.db"
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()
    assert "The database holds tables that are not the sandbox's; give another file." == refused(path)
    with sqlite3.connect(path) as connection:
        assert 1 == connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    connection.close()


# What is refused


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """A text file is refused by name, and stays as it is."""
    path = tmp_path / "letter.txt"
    path.write_text("Dear customer, " * 100)
    assert (
        f"The database {path} cannot be opened: file is not a database; give another file, or restore a backup."
        == refused(path)
    )
    assert "Dear customer, " * 100 == path.read_text()


def test_a_damaged_database_is_refused(tmp_path: Path) -> None:
    """A database whose pages are damaged is refused with a sentence."""
    path = tmp_path / "sandbox.db"
    State(Database(str(path)), Nature()).close()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\x55" * (len(content) - 4096)
    path.write_bytes(content)
    assert "malformed" in refused(path)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    """A database in a folder that is not there is refused, and the folder is not made."""
    folder = tmp_path / "nowhere"
    assert f"The folder {folder} of the database does not exist; create it first." == refused(
        folder / "sandbox.db"
    )
    assert not folder.exists()


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    """A folder in place of a file is refused."""
    assert "unable to open database file" in refused(tmp_path)


@pytest.mark.parametrize(
    "url",
    [
        "mysql://localhost/sandbox",
        "redis://localhost",
        "~nobody-of-that-name/sandbox.db",
        "with\0zero",
    ],
)
def test_an_address_of_no_file_is_refused(url: str) -> None:
    """An address that is not that of a SQLite file is refused with one sentence."""
    assert refused(url)


@pytest.mark.parametrize("name", ["a?b.db", "a%20b.db", "a#b.db", "a b.db", "größe.db"])
def test_any_name_of_a_file_is_taken_literally(tmp_path: Path, name: str) -> None:
    """A file name with signs that mean something in an address is the name of the file."""
    State(Database(str(tmp_path / name)), Nature()).close()
    assert (tmp_path / name).is_file()


def test_two_processes_never_share_a_file(tmp_path: Path) -> None:
    """A database that is served is refused to a second server, until the first one ends."""
    path = tmp_path / "sandbox.db"
    first = Database(str(path))
    sentence = refused(path)
    first.close()
    advice = "end that one, or give another file with --database."
    assert f"Another sandbox serves the database {path}; {advice}" == sentence
    Database(str(path)).close()


def test_another_name_of_the_file_is_the_same_file(tmp_path: Path) -> None:
    """A link to a database that is served is refused too."""
    (tmp_path / "link.db").symlink_to(tmp_path / "sandbox.db")
    first = Database(str(tmp_path / "sandbox.db"))
    try:
        assert refused(tmp_path / "link.db").startswith("Another sandbox serves the database")
    finally:
        first.close()


def as_nobody(path: Path) -> str:
    """What opening a database says to a user who may write nowhere."""
    code = (
        "import sys\n"
        "from partnercenter.sandbox.errors import SandboxError\n"
        "from partnercenter.sandbox.nature import Nature\n"
        "from partnercenter.sandbox.state import State\n"
        "from partnercenter.sandbox.store.database import Database\n"
        "if len(sys.argv) > 2: import os; os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[2]))\n"
        "try: State(Database(sys.argv[1]), Nature())\n"
        "except SandboxError as error: print(error)\n"
    )
    drop = [str(NOBODY)] if os.geteuid() == 0 else []
    command = [sys.executable, "-c", code, str(path), *drop]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert "" == done.stderr
    assert SENTENCE.fullmatch(done.stdout.strip()), done.stdout
    return done.stdout.strip()


def test_customers_are_counted_as_far_as_asked() -> None:
    """Whether a partner has so many customers is known from the first one on; those of others are not its own."""
    state = State(Database("memory"), Nature())
    try:
        for number in range(4):
            state.fill(named_world("partners") if number == 3 else _world_of(number))
            counted = [
                state.database.read(lambda connection, n=n: has_customers(connection, TENANT_ID, n))
                for n in range(1, 5)
            ]
            has = state.database.read(lambda connection: count_customers(connection, TENANT_ID))
            assert [n <= has for n in range(1, 5)] == counted
    finally:
        state.close()


def _world_of(customers: int) -> World:
    return World((replace(DEVELOPMENT_PARTNER, customers=(WorldCustomer("One"),) * customers),))


@pytest.mark.skipif(os.name == "nt", reason="permissions of a file are not modes on Windows")
def test_a_new_database_is_its_owners_alone(tmp_path: Path) -> None:
    """The file holds the keys that sign tokens, and so may its log."""
    state = State(Database(str(tmp_path / "sandbox.db")), Nature())
    try:
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.glob("sandbox.db*")}
    finally:
        state.close()
    assert {0o600} == set(modes.values())
    assert {"sandbox.db", "sandbox.db-wal"} <= modes.keys()


@pytest.mark.skipif(os.name == "nt", reason="permissions of a file are not modes on Windows")
def test_a_file_that_cannot_be_written_is_refused() -> None:
    """A database in a folder, or a file, that may only be read is refused with one sentence."""
    # Not below pytest's own folders: those are closed to other users.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "sandbox.db"
        State(Database(str(path)), Nature()).close()
        (folder / "sandbox.db.lock").unlink()
        path.chmod(0o444)
        folder.chmod(0o555)
        try:
            assert as_nobody(path).startswith(f"The database {path} cannot be opened: ")
            folder.chmod(0o777)
            assert "attempt to write a readonly database; let the sandbox write to the file" in as_nobody(
                path
            )
        finally:
            folder.chmod(0o700)


# The writer


def test_a_failure_undoes_itself_alone(database: Store) -> None:
    """Of pieces of work in one commit, one that raises leaves nothing and the others stay."""
    go_on = held(database)
    first = database.write(lambda c: note(c, "first"))
    failing = database.write(lambda c: (note(c, "lost"), 1 / 0))
    twice = database.write(lambda c: note(c, "first"))
    last = database.write(lambda c: note(c, "last"))
    go_on.set()
    assert ("first", "last") == (first.result(10), last.result(10))
    assert isinstance(failing.exception(10), ZeroDivisionError)
    assert "unique" in str(twice.exception(10)).lower()
    assert ["first", "last"] == database.read(words)


def test_work_that_ends_the_thread_does_not_end_the_writer(database: Store) -> None:
    """A piece of work that raises SystemExit fails, and the next one is done."""
    assert isinstance(database.write(lambda _: sys.exit(3)).exception(10), SystemExit)
    assert "next" == database.write(lambda c: note(c, "next")).result(10)


def test_results_come_after_the_commit(database: Store) -> None:
    """Whoever gets a result can read what was written, from any thread."""
    seen: list[list[str]] = []
    done = database.write(lambda c: note(c, "stored"))
    done.add_done_callback(lambda _: seen.append(database.read(words)))
    done.result(10)
    assert ["stored"] == database.read(words)
    database.close()
    assert [["stored"]] == seen


def test_a_failed_commit_fails_every_piece_of_work(database: Store) -> None:
    """When the commit itself fails, nobody is told that something was done, nothing is, and the writer goes on."""
    database.write(lambda c: c.exec_driver_sql("CREATE TABLE owner (word TEXT PRIMARY KEY)")).result(10)
    deferred = "CREATE TABLE pet (owner TEXT REFERENCES owner DEFERRABLE INITIALLY DEFERRED)"
    database.write(lambda c: c.exec_driver_sql(deferred)).result(10)
    go_on = held(database)
    good = database.write(lambda c: note(c, "good"))
    bad = database.write(lambda c: c.exec_driver_sql("INSERT INTO pet VALUES ('nobody')").rowcount)
    go_on.set()
    assert "foreign key" in str(good.exception(10)).lower()
    assert "foreign key" in str(bad.exception(10)).lower()
    assert [] == database.read(words)
    assert "after" == database.write(lambda c: note(c, "after")).result(10)
    assert ["after"] == database.read(words)


def test_a_transaction_that_the_database_gave_up_is_acknowledged_to_nobody(database: Store) -> None:
    """When SQLite undoes the whole transaction within one piece of work, nobody is told otherwise."""

    def give_up(connection: Connection) -> None:
        note(connection, "middle")
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("ROLLBACK")  # as SQLite does by itself for SQLITE_FULL and SQLITE_IOERR
        raise sqlite3.OperationalError("database or disk is full")

    go_on = held(database)
    futures: list[Future[Any]] = [database.write(lambda c: note(c, "before")), database.write(give_up)]
    futures.append(database.write(lambda c: note(c, "after")))
    go_on.set()
    acknowledged = [future.result() for future in futures if future.exception(10) is None]
    assert acknowledged == database.read(words)
    assert "later" == database.write(lambda c: note(c, "later")).result(10)
    assert [*acknowledged, "later"] == database.read(words)


def test_the_reason_why_the_database_gave_up_is_what_is_said() -> None:
    """Not that the savepoints are gone, of which a call has one of its own."""
    database = Database("memory")

    def give_up(connection: Connection) -> None:
        with savepoint(connection):
            connection.exec_driver_sql("ROLLBACK")
            raise sqlite3.OperationalError("database or disk is full")

    try:
        with pytest.raises(sqlite3.OperationalError, match="database or disk is full"):
            database.write(give_up).result(10)
    finally:
        database.close()


def test_a_full_disk_leaves_nothing_and_ends_nothing(tmp_path: Path) -> None:
    """Work that does not fit on the disk fails; what fits is stored, before and after."""
    database = Database(str(tmp_path / "sandbox.db"))
    try:
        database.write(lambda c: c.exec_driver_sql("CREATE TABLE notes (word TEXT PRIMARY KEY)")).result(10)
        database.write(lambda c: c.exec_driver_sql("PRAGMA max_page_count=40").scalar()).result(10)
        one_by_one = [database.write(lambda c, n=n: note(c, f"{n:03}" + "x" * 9000)) for n in range(5)]
        stored = [future.result(20) for future in one_by_one]
        go_on = held(database)
        together = [database.write(lambda c, n=n: note(c, f"1{n:02}" + "x" * 9000)) for n in range(60)]
        go_on.set()
        assert all("disk is full" in str(future.exception(20)) for future in together)
        assert stored == database.read(words)
        database.write(lambda c: c.exec_driver_sql("PRAGMA max_page_count=4000").scalar()).result(10)
        assert "room" == database.write(lambda c: note(c, "room")).result(10)
    finally:
        database.close()


def test_closing_finishes_what_waits(database: Store) -> None:
    """Close waits for every write that was queued before it, and what comes after is refused, not forgotten."""
    go_on = held(database)
    waiting = [database.write(lambda c, n=n: note(c, f"{n:03}")) for n in range(200)]
    threading.Timer(0.05, go_on.set).start()
    database.close()
    assert [f"{n:03}" for n in range(200)] == [future.result(0) for future in waiting]
    with pytest.raises(SandboxError, match="shutting down"):
        database.write(lambda c: note(c, "late")).result(1)
    with pytest.raises(SandboxError, match="shutting down"):
        database.read(words)


def test_no_write_is_lost_between_open_and_closed(tmp_path: Path) -> None:
    """A write that meets a close is either done or refused; it never stays unanswered."""
    for attempt in range(5):
        database = Database(str(tmp_path / f"{attempt}.db"))
        database.write(lambda c: c.exec_driver_sql("CREATE TABLE notes (word TEXT PRIMARY KEY)")).result(10)
        start = threading.Barrier(5)

        def write(
            me: int, database: Database = database, start: threading.Barrier = start
        ) -> list[Future[str]]:
            start.wait()
            return [database.write(lambda c, n=n: note(c, f"{me}-{n}")) for n in range(100)]

        with ThreadPoolExecutor(4) as pool:
            made = [pool.submit(write, me) for me in range(4)]
            start.wait()
            database.close()
            for future in (future for writer in made for future in writer.result(10)):
                error = future.exception(5)
                assert error is None or isinstance(error, SandboxError)


def test_closing_leaves_one_file_and_its_empty_lock(tmp_path: Path) -> None:
    """After a close the write-ahead log is part of the database."""
    database = Database(str(tmp_path / "sandbox.db"))
    database.write(lambda c: c.exec_driver_sql("CREATE TABLE notes (word TEXT)")).result(10)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: database.read(words), range(50)))
    database.close()
    database.close()
    assert ["sandbox.db", "sandbox.db.lock"] == sorted(path.name for path in tmp_path.iterdir())
    assert 0 == (tmp_path / "sandbox.db.lock").stat().st_size


# Readers


def test_a_read_sees_nothing_uncommitted(database: Store) -> None:
    """While a piece of work is half done, a read sees the state before it, or waits for the state after it."""
    half, go_on = threading.Event(), threading.Event()

    def in_two_steps(connection: Connection) -> None:
        note(connection, "one")
        half.set()
        go_on.wait(10)
        note(connection, "two")

    written = database.write(in_two_steps)
    half.wait(10)
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(database.read, words)
        if not getattr(database, "in_memory", False):
            assert [] == read.result(10)
        go_on.set()
        written.result(10)
        assert read.result(10) in ([], ["one", "two"])


def test_a_read_sees_one_state(tmp_path: Path) -> None:
    """Two queries of one read agree, though there was a commit between them."""
    database = Database(str(tmp_path / "sandbox.db"))
    database.write(lambda c: c.exec_driver_sql("CREATE TABLE notes (word TEXT PRIMARY KEY)")).result(10)

    def twice(connection: Connection) -> tuple[list[str], list[str]]:
        before = words(connection)
        database.write(lambda c: note(c, "between")).result(10)
        return before, words(connection)

    try:
        assert ([], []) == database.read(twice)
        assert ["between"] == database.read(words)
    finally:
        database.close()


def test_many_threads_read_at_once(database: Store) -> None:
    """More readers than any pool has connections are all served, while there are writes."""
    gate = threading.Barrier(40)

    def read(_: int) -> list[str]:
        gate.wait(20)
        return [word for _ in range(5) for word in database.read(words)]

    with ThreadPoolExecutor(40) as pool:
        reads = [pool.submit(read, n) for n in range(40)]
        for n in range(20):
            database.write(lambda c, n=n: note(c, f"{n}")).result(10)
        assert 40 == sum(len(set(r.result(20))) <= 20 for r in reads)


# All of it together

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("note"), st.sampled_from("abcdefgh")),
        st.tuples(st.just("fail"), st.sampled_from("abcdefgh")),
        st.tuples(st.just("give up"), st.sampled_from("abcdefgh")),
    ),
    max_size=12,
)


@given(steps=STEPS)
def test_what_is_acknowledged_is_what_is_there(steps: list[tuple[str, str]]) -> None:
    """Whatever fails among the pieces of work that wait together, the acknowledged ones are stored and no other."""
    database = Database("memory")
    try:
        database.write(lambda c: c.exec_driver_sql("CREATE TABLE notes (word TEXT PRIMARY KEY)")).result(10)

        def step(connection: Connection, kind: str, word: str) -> str:
            note(connection, word)
            if kind == "give up":
                driver = connection.connection.driver_connection
                assert driver is not None
                driver.execute("ROLLBACK")
            if kind != "note":
                raise sqlite3.OperationalError(kind)
            return word

        go_on = held(database)
        futures = [database.write(lambda c, k=kind, w=word: step(c, k, w)) for kind, word in steps]
        go_on.set()
        acknowledged = [future.result(0) for future in futures if future.exception(10) is None]
        assert sorted(acknowledged) == database.read(words)
    finally:
        database.close()
