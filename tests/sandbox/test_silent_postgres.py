"""A PostgreSQL server that is connected and says nothing: a network that holds up bytes, a machine that is stopped.

Nobody waits for ever: what was asked for fails, or goes on when the server is back, and others are not kept waiting.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import httpx2
import pytest
from sqlalchemy import Connection, event, text
from tests import databases
from tests.conftest import ONE_PROCESS, Sandbox, new_customer_body
from tests.sandbox.conftest import StartProcess
from tests.sandbox.postgres_proxy import Proxy, proxy_to

from partnercenter.sandbox.errors import StorageError
from partnercenter.sandbox.store import postgres, postgres_session
from partnercenter.sandbox.store.migrate import migrate
from partnercenter.sandbox.store.postgres import PostgresDatabase

T = TypeVar("T")

LONGEST_PAUSE = "idle_in_transaction_session_timeout"
UNUSABLE = r"The PostgreSQL database \S+ on 127\.0\.0\.1 cannot be used: [^\n]+\."


@pytest.fixture
def proxy(url: str) -> Iterator[Proxy]:
    """A way to a new database."""
    with proxy_to(url) as made:
        yield made


@pytest.fixture
def database(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresDatabase]:
    """That database, open and with tables; who uses it loses patience soon."""
    monkeypatch.setattr(postgres_session, "_SECONDS_OF_SILENCE", 0.3)
    monkeypatch.setattr(postgres_session, "_SECONDS_BETWEEN_QUESTIONS", 0.1)
    # libpq waits no less than these two seconds.
    with closing(PostgresDatabase(f"{proxy.url}&connect_timeout=2")) as opened:
        migrate(opened.engine)
        yield opened
        proxy.let_go()


def put(connection: Connection, name: str) -> None:
    """Put in a row that can be there once only."""
    connection.execute(text("INSERT INTO settings VALUES (:name, 'here')"), {"name": name})


def names(connection: Connection) -> list[str]:
    """The rows that are there."""
    return list(connection.execute(text("SELECT name FROM settings ORDER BY name")).scalars())


def test_what_is_asked_of_a_silent_server_fails_and_works_again(
    proxy: Proxy, database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reads, counts and writes end with a sentence and keep nothing; when the server is back they work."""
    monkeypatch.setattr(postgres, "_SECONDS_TO_TRY", 1.0)
    assert ([], 0) == (database.read(names), database.shared.changes())
    database.write(lambda connection: put(connection, "before")).result(20)
    proxy.hold()
    with ThreadPoolExecutor(3) as threads:
        written = database.write(lambda connection: put(connection, "lost"))
        asked = [threads.submit(database.read, names), threads.submit(database.shared.changes)]
        for future in (*asked, written):
            with pytest.raises(StorageError, match=UNUSABLE):
                future.result(30)
    proxy.let_go()
    assert ["before"] == eventually(lambda: database.read(names))
    eventually(lambda: database.write(lambda connection: put(connection, "after")).result(20))
    assert ["after", "before"] == database.read(names)


def eventually(work: Callable[[], T]) -> T:
    """What comes of work that fails as long as it is not known that the server is back."""
    while True:
        try:
            return work()
        except StorageError:
            time.sleep(0.05)


@pytest.mark.prove
def test_a_silent_server_is_asked_by_one_at_a_time(proxy: Proxy, database: PostgresDatabase) -> None:
    """Once it is known, calls fail at once, but for the one that finds out whether it is back."""
    database.read(names)
    proxy.hold()
    with pytest.raises(StorageError):
        database.read(names)
    before = proxy.connections
    with ThreadPoolExecutor(20) as threads:
        asked = [threads.submit(database.read, names) for _ in range(200)]
    assert {StorageError} == {type(one.exception()) for one in asked}
    assert proxy.connections - before < 20


@pytest.mark.prove
def test_who_has_a_session_of_a_silent_server_does_not_find_out_himself(
    proxy: Proxy, database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one has waited for in vain is known to the next one who asks, though he was connected all the time."""
    monkeypatch.setattr(postgres, "_SECONDS_TO_TRY", 0.5)
    database.write(names).result(20)
    proxy.hold()
    with pytest.raises(StorageError):
        database.read(names)
    monkeypatch.setattr(postgres_session, "_SECONDS_OF_SILENCE", 60.0)
    with pytest.raises(StorageError):
        database.write(names).result(30)


@pytest.mark.parametrize("writes", [False, True])
def test_what_takes_long_is_waited_for(proxy: Proxy, database: PostgresDatabase, writes: bool) -> None:
    """A server that works on a statement for long and answers others has not stopped; it is asked now and then."""
    tries: list[int] = []

    def slow(connection: Connection) -> str:
        tries.append(1)
        return str(connection.exec_driver_sql("SELECT 'done' FROM pg_sleep(1.5)").scalar())

    before = proxy.connections
    assert "done" == (database.write(slow).result(20) if writes else database.read(slow))
    assert [1] == tries
    assert proxy.connections - before <= 6


@pytest.mark.prove
def test_the_longest_silence_ends(database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement may not be worked on for ever without a word; what speaks meanwhile may take its time."""
    monkeypatch.setattr(postgres_session, "_LONGEST_SILENCE", 1.0)
    with pytest.raises(StorageError, match=UNUSABLE):
        database.read(lambda connection: connection.exec_driver_sql("SELECT pg_sleep(3)").scalar())
    rows = database.read(lambda connection: connection.exec_driver_sql(SPEAKING).all())
    assert 8 == len(rows)


SPEAKING = "SELECT pg_sleep(0.3), repeat('more than the server keeps back ', 1000) FROM generate_series(1, 8)"


def test_a_short_silence_is_none(proxy: Proxy, database: PostgresDatabase) -> None:
    """Who is just finding out whether the server is there when it comes back goes on with what he did."""
    tries: list[int] = []

    def read(connection: Connection) -> list[str]:
        tries.append(1)
        return names(connection)

    assert [] == database.read(names)
    before = proxy.connections
    proxy.hold()
    with ThreadPoolExecutor(1) as threads:
        reading = threads.submit(database.read, read)
        while proxy.connections == before:
            time.sleep(0.01)
        proxy.let_go()
        assert [] == reading.result(20)
    assert [1] == tries


def test_a_commit_that_nobody_answers_is_neither_lost_nor_doubled(
    proxy: Proxy, database: PostgresDatabase
) -> None:
    """It is given up, and when the server is back it is found out whether the work was kept."""

    @event.listens_for(database.engine, "commit", once=True)
    def hold(_: Connection) -> None:
        proxy.hold()

    before = proxy.connections
    written = database.write(lambda connection: put(connection, "once"))
    while proxy.connections < before + 2:  # whether the server is there, and then a new session
        time.sleep(0.01)
    proxy.let_go()
    written.result(30)
    assert ["once"] == database.read(names)


def test_a_commit_that_is_still_on_its_way_is_waited_for(
    proxy: Proxy, database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session was given up whose commit comes after all: nobody says before that whether the work was kept."""
    monkeypatch.setattr(postgres_session, "_LONGEST_SILENCE", 0.5)
    done: list[str] = []

    def once(connection: Connection) -> str:
        done.append("done")
        put(connection, "once")
        return "result"

    @event.listens_for(database.engine, "commit", once=True)
    def hold(_: Connection) -> None:
        proxy.hold_who_is_there()

    before = proxy.connections
    written = database.write(once)
    # The server answers; then comes a session that waits for the old one, and another.
    while proxy.connections < before + 3:
        time.sleep(0.01)
    assert not written.done()
    proxy.let_go()
    assert "result" == written.result(30)
    assert (["done"], ["once"]) == (done, database.read(names))


def test_a_process_that_stops_in_the_middle_keeps_nobody_for_long(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it has locked is free after a while; what it was doing is undone, and done again when it goes on."""
    assert 500 < postgres_session._OF_WRITERS[LONGEST_PAUSE]
    monkeypatch.setitem(postgres_session._OF_WRITERS, LONGEST_PAUSE, 500)
    with closing(PostgresDatabase(url)) as one, closing(PostgresDatabase(url)) as other:
        migrate(one.engine)
        begun, go_on = threading.Event(), threading.Event()

        def stopped(connection: Connection) -> str:
            put(connection, "mine")
            begun.set()
            go_on.wait(30)
            return ",".join(names(connection))

        stopping = one.write(stopped, "a partner")
        assert begun.wait(20)
        other.write(lambda connection: put(connection, "another's"), "a partner").result(30)
        go_on.set()
        assert "another's,mine" == stopping.result(30)
        assert ["another's", "mine"] == other.read(names)


@pytest.mark.prove
def test_a_sandbox_answers_though_its_database_does_not(
    url: str, proxy: Proxy, start_process: StartProcess, http: httpx2.Client
) -> None:
    """Each of many calls gets its 500, threads do not pile up, another server of the database goes on."""
    process = start_process(*ONE_PROCESS, database=proxy.url)
    sandbox = Sandbox(process.url, http)
    other = Sandbox(start_process(database=url).url, http)
    assert sandbox.token
    assert other.token

    def call(number: int) -> httpx2.Response:
        if number % 3:
            return sandbox.call("GET", "/v1/customers")
        return sandbox.call("POST", "/v1/customers", new_customer_body())

    with ThreadPoolExecutor(60) as threads:
        assert {200, 201} == {answer.status_code for answer in threads.map(call, range(60))}
        usual = threads_of(process.process.pid)
        proxy.hold()
        for _ in range(2):
            answers = [threads.submit(call, number) for number in range(60)]
            assert 200 == other.call("GET", "/v1/customers").status_code
            answered = [answer.result(60) for answer in answers]
            assert {(500, 800003)} == {(each.status_code, each.json()["code"]) for each in answered}
        assert 500 == sandbox.control("GET", "/health").status_code
        assert threads_of(process.process.pid) <= usual + 6  # those of control routes
        created = other.call("POST", "/v1/customers", new_customer_body())
        while created.status_code == 500:
            created = other.call("POST", "/v1/customers", new_customer_body())
        assert 201 == created.status_code
        proxy.let_go()
        while sandbox.control("GET", "/health").status_code == 500:
            time.sleep(0.1)
        assert {200, 201} == {answer.status_code for answer in threads.map(call, range(60))}
    with databases.opened(url) as connection:
        assert databases.rows_of(connection)["customers"]


def threads_of(pid: int) -> int:
    """How many threads a process has."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("\nThreads:")[2].split()[0])
