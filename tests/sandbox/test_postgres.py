"""A sandbox whose database is PostgreSQL: what is the same, what is refused, and what broken sessions leave behind.

All the other tests of this folder run over PostgreSQL too, with PARTNERCENTER_TESTS_DATABASE=postgres, as
`make prove` has them do.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx2
import pytest
from psycopg import OperationalError
from sqlalchemy import Connection, event, inspect, text
from sqlalchemy.exc import DBAPIError
from tests import databases
from tests.conftest import Sandbox, new_customer_body
from tests.sandbox.conftest import StartProcess
from tests.sandbox.postgres_proxy import proxy_to

from partnercenter.contract import development_partner
from partnercenter.sandbox.errors import SandboxError, StorageError
from partnercenter.sandbox.nature import Nature
from partnercenter.sandbox.state import State
from partnercenter.sandbox.store import migrate as migration
from partnercenter.sandbox.store import postgres, postgres_session, postgres_tables
from partnercenter.sandbox.store.customers import NewCustomer, add_customer, find_customer
from partnercenter.sandbox.store.dump import dump, load
from partnercenter.sandbox.store.opening import open_store
from partnercenter.sandbox.store.postgres import PostgresDatabase
from partnercenter.sandbox.store.postgres_session import passes
from partnercenter.sandbox.store.schema import metadata

SENTENCE = re.compile(r"[A-Z][^\n]*[.]")
SESSIONS = """\
SELECT pid FROM pg_stat_activity WHERE application_name = 'partnercenter sandbox' AND datname = '{name}'"""
END_SESSIONS = SESSIONS.replace("pid", "pg_terminate_backend(pid)")


@pytest.fixture(scope="module")
def with_tables() -> Iterator[str]:
    """The name of a database that has the tables, to be copied."""
    made = databases.postgres().new()
    with closing(PostgresDatabase(made)) as opened:
        migration.migrate(opened.engine)
    yield name_of(made)
    databases.postgres().drop(made)


@pytest.fixture
def database(with_tables: str) -> Iterator[PostgresDatabase]:
    """A new database that is open and has the tables."""
    made = databases.postgres().new(f"TEMPLATE {with_tables}")
    with closing(PostgresDatabase(made)) as opened:
        yield opened
    databases.postgres().drop(made)


def name_of(url: str) -> str:
    """The name of a database."""
    return url.partition("?")[0].rpartition("/")[2]


def end_sessions(url: str) -> int:
    """End the sessions of the sandbox that serves a database, as somebody who maintains the server may; how many."""
    return len(databases.postgres().run(END_SESSIONS.format(name=name_of(url))))


def setting(connection: Connection, name: str) -> None:
    """Put in a row that can be there once only."""
    connection.execute(text("INSERT INTO settings VALUES (:name, 'here')"), {"name": name})


def settings(connection: Connection) -> list[str]:
    """The rows that are there."""
    return list(connection.execute(text("SELECT name FROM settings ORDER BY name")).scalars())


def refused(url: str) -> str:
    """The sentence with which a database is refused."""
    with pytest.raises(SandboxError) as caught, closing(open_store(url)) as opened:
        State(opened, Nature())
    assert SENTENCE.fullmatch(str(caught.value)), str(caught.value)
    return str(caught.value)


# The service


def test_a_state_outlives_the_server(url: str, start_process: StartProcess, http: httpx2.Client) -> None:
    """Customers, settings, the clock, snapshots and replays are there after the sandbox was started anew."""
    first = start_process(database=url)
    before = Sandbox(first.url, http)
    kept, gone = before.create_customer()["id"], before.create_customer()["id"]
    before.set(customer_quota=7)
    before.control("POST", "/snapshots", {"name": "two"})
    before.control("POST", "/clock", {"advance": "P3D"})
    again = {"MS-RequestId": str(uuid4())}
    assert 204 == before.call("DELETE", f"/v1/customers/{gone}", headers=again).status_code
    first.kill()
    after = Sandbox(start_process(database=url).url, http)
    assert [kept] == [item["id"] for item in after.call("GET", "/v1/customers").json()["items"]]
    assert 7 == after.control("GET", "/settings").json()["customer_quota"]
    assert "P3D" == after.control("GET", "/clock").json()["ahead"]
    assert 204 == after.call("DELETE", f"/v1/customers/{gone}", headers=again).status_code
    assert 200 == after.control("POST", "/snapshots/two/restore").status_code
    assert {kept, gone} == {item["id"] for item in after.call("GET", "/v1/customers").json()["items"]}


def restart(_: str) -> None:
    """Restart the server, which ends every session."""
    databases.postgres().restart()


def crash(url: str) -> None:
    """Let the server crash, as soon as there is a session to die of."""
    while True:
        with suppress(DBAPIError):
            sessions = databases.postgres().run(SESSIONS.format(name=name_of(url)))
            if sessions:
                databases.postgres().kill(random.choice(sessions)[0])
                return
        time.sleep(0.05)


def conflict(url: str) -> None:
    """From now on let transactions be given up for the sake of others, some at once and some when they commit."""
    with databases.opened(url) as connection:
        connection.exec_driver_sql(CONFLICT.format(state=random.choice(["40001", "40P01", "55P03"])))


CONFLICT = """\
CREATE OR REPLACE FUNCTION conflict() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF random() < 0.1 THEN RAISE SQLSTATE '{state}'; END IF;
RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER at_once AFTER INSERT OR DELETE ON customers FOR EACH ROW EXECUTE FUNCTION conflict();
DROP TRIGGER IF EXISTS at_commit ON customers;
CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT OR DELETE ON customers
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION conflict()"""
DISTURBANCES = [end_sessions, restart, crash, conflict]


@pytest.mark.parametrize("disturb", DISTURBANCES)
def test_what_breaks_sessions_loses_and_doubles_nothing(
    url: str, start_process: StartProcess, http: httpx2.Client, disturb: Callable[[str], object]
) -> None:
    """While sessions, the server or transactions end, each customer that was acknowledged is there, and once."""
    check_while_disturbed(url, start_process, http, disturb, clients=3, times=2)


@pytest.mark.prove
@pytest.mark.parametrize("disturb", DISTURBANCES)
def test_what_breaks_sessions_often_loses_and_doubles_nothing(
    url: str, start_process: StartProcess, http: httpx2.Client, disturb: Callable[[str], object]
) -> None:
    """The same, for as long as a team would not stand it."""
    check_while_disturbed(url, start_process, http, disturb, clients=6, times=30)


def check_while_disturbed(
    url: str,
    start_process: StartProcess,
    http: httpx2.Client,
    disturb: Callable[[str], object],
    clients: int,
    times: int,
) -> None:
    """Let clients create and delete at two sandboxes of a database that is disturbed, and repeat what failed."""
    servers = [Sandbox(start_process(database=url).url, http) for _ in range(2)]
    servers[0].set(customer_quota=100_000)
    token = servers[0].token
    over = threading.Event()

    def insist(method: str, path: str, body: Any = None) -> httpx2.Response:
        headers = {"MS-RequestId": str(uuid4())}
        for _ in range(200):
            answer = random.choice(servers).call(method, path, body, token=token, headers=headers)
            if answer.status_code < 500:
                return answer
            time.sleep(0.05)
        raise AssertionError(answer.text)

    def work(_: int) -> tuple[list[str], list[str]]:
        there, gone = [], []
        while not over.is_set() or not gone:
            created = insist("POST", "/v1/customers", new_customer_body())
            assert 201 == created.status_code, created.text
            there.append(created.json()["id"])
            if len(there) % 3 == 0:
                gone.append(there.pop())
                assert 204 == insist("DELETE", f"/v1/customers/{gone[-1]}").status_code
            assert 200 == insist("GET", f"/v1/customers/{there[-1]}").status_code
        return there, gone

    with ThreadPoolExecutor(clients) as pool:
        working = [pool.submit(work, n) for n in range(clients)]
        for _ in range(times):
            time.sleep(0.3)
            disturb(url)
        time.sleep(0.3)
        over.set()
        done = [worker.result(60) for worker in working]
    with databases.opened(url) as connection:
        rows = databases.rows_of(connection)
    there = {customer for kept, _ in done for customer in kept}
    assert there == {row["id"] for row in rows["customers"]}
    records = [(row["operation_type"], row["customer_id"]) for row in rows["audit_records"]]
    assert len(records) == len(set(records))
    gone = {customer for _, left in done for customer in left}
    assert gone == {customer for kind, customer in records if kind == "delete_customer"}
    assert there | gone == {customer for kind, customer in records if kind == "add_customer"}


def test_a_write_waits_for_a_server_that_is_away_for_a_moment(
    url: str, start_process: StartProcess, http: httpx2.Client
) -> None:
    """A read is answered at once, and not well; a write is answered when the server is back."""
    with proxy_to(url) as proxy, ThreadPoolExecutor(1) as pool:
        sandbox = Sandbox(start_process(database=proxy.url).url, http)
        assert sandbox.token
        proxy.cut()
        assert 500 == sandbox.call("GET", "/v1/customers").status_code
        waiting = pool.submit(sandbox.call, "POST", "/v1/customers", new_customer_body())
        time.sleep(0.5)
        assert not waiting.done()
        proxy.mend()
        assert 201 == waiting.result(30).status_code


@pytest.mark.prove
def test_a_server_that_is_away_for_long_is_a_service_error(
    url: str, start_process: StartProcess, http: httpx2.Client
) -> None:
    """A write waits some seconds for the server, then fails with nothing kept; all is well when it is back."""
    sandbox = Sandbox(start_process(database=url).url, http)
    assert sandbox.token
    with ThreadPoolExecutor(1) as pool:
        back = pool.submit(databases.postgres().restart, 20)
        time.sleep(3)
        read, written = (
            sandbox.call("GET", "/v1/customers"),
            sandbox.call("POST", "/v1/customers", new_customer_body()),
        )
        health = sandbox.control("GET", "/health")
        back.result(60)
    assert [(500, 800003), (500, 800003)] == [(a.status_code, a.json()["code"]) for a in (read, written)]
    assert 500 == health.status_code
    assert re.fullmatch(r"The PostgreSQL database .* cannot be used: .*\.", health.json()["error"])
    assert 201 == sandbox.call("POST", "/v1/customers", new_customer_body()).status_code
    assert 1 == len(sandbox.call("GET", "/v1/customers").json()["items"])


# Commits whose session does not live to tell


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_commit_without_an_answer_is_neither_lost_nor_doubled(
    database: PostgresDatabase, is_kept: bool
) -> None:
    """Whether or not the commit came through before the connection broke, the work is kept once and acknowledged."""
    done: list[str] = []

    def once(connection: Connection) -> str:
        done.append("done")
        setting(connection, "once")
        return "result"

    @event.listens_for(database.engine, "commit", once=True)
    def break_off(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        if is_kept:
            driver.commit()
        driver.pgconn.finish()

    assert "result" == database.write(once).result(20)
    assert ["once"] == database.read(settings)
    assert (1 if is_kept else 2) == len(done)
    database.write(lambda connection: setting(connection, "next")).result(20)
    assert ["next", "once"] == database.read(settings)


@pytest.mark.parametrize("state", ["40001", "40P01", "55P03"])
def test_conflicts_with_others_are_tried_again(database: PostgresDatabase, state: str) -> None:
    """Serialisation failures, deadlocks and waits for locks undo the transaction, and all of it is done again."""
    tries: list[int] = []

    def work(connection: Connection) -> str:
        setting(connection, "mine")
        tries.append(1)
        if len(tries) == 1:
            connection.exec_driver_sql(f"DO $$ BEGIN RAISE SQLSTATE '{state}'; END $$")
        return "done"

    assert "done" == database.write(work).result(20)
    assert (["mine"], 2) == (database.read(settings), len(tries))


def test_a_wait_for_somebody_elses_lock_ends(database: PostgresDatabase) -> None:
    """Somebody who has locked a row for a while delays the write of it, and no more."""
    database.write(lambda connection: setting(connection, "locked")).result(20)
    with database.engine.begin() as other:
        other.exec_driver_sql("SELECT name FROM settings FOR UPDATE")
        waiting = database.write(lambda c: c.exec_driver_sql("UPDATE settings SET value = 'mine'").rowcount)
        assert ["locked"] == database.read(settings)
        time.sleep(0.3)
        assert not waiting.done()
    assert 1 == waiting.result(20)


@pytest.mark.parametrize("waits", [True, False])
def test_what_another_process_has_to_itself_is_waited_for(
    url: str, monkeypatch: pytest.MonkeyPatch, waits: bool
) -> None:
    """Work about everything may last longer than a server may be away, but not for ever."""
    monkeypatch.setattr(postgres, "_SECONDS_TO_TRY", 0.2)
    monkeypatch.setattr(postgres, "_SECONDS_TO_WAIT_FOR_OTHERS", 30.0 if waits else 0.2)
    monkeypatch.setitem(postgres_session._OF_WRITERS, "lock_timeout", 100)
    begun, go_on, tries = threading.Event(), threading.Event(), []
    with closing(PostgresDatabase(url)) as one, closing(PostgresDatabase(url)) as other:
        migration.migrate(one.engine)
        has_all = other.write(lambda _: (begun.set(), go_on.wait(30)))
        assert begun.wait(20)

        @event.listens_for(one.engine, "before_cursor_execute")
        def count(_: Any, __: Any, statement: str, *___: Any) -> None:
            if "pg_advisory_xact_lock" in statement:
                tries.append(statement)

        waiting = one.write(lambda connection: setting(connection, "mine"), "a partner")
        while len(tries) < 5 and not waiting.done():
            time.sleep(0.01)
        go_on.set()
        has_all.result(20)
        if waits:
            waiting.result(20)
        else:
            with pytest.raises(StorageError, match="cannot be used: canceling statement due to lock timeout"):
                waiting.result(20)
        assert ["mine"] * waits == one.read(settings)


def test_a_read_survives_its_connection(database: PostgresDatabase) -> None:
    """Connections that were killed while nobody used them are not noticed by who reads next."""
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: database.read(settings), range(8)))
        assert end_sessions(
            database.read(
                lambda connection: connection.exec_driver_sql("SELECT current_database()").scalar_one()
            )
        )
        assert [[]] * 8 == list(pool.map(lambda _: database.read(settings), range(8)))


def test_a_transaction_that_was_given_up_is_acknowledged_to_nobody(database: PostgresDatabase) -> None:
    """PostgreSQL answers a COMMIT of a failed transaction without an error; what was in it is not acknowledged."""

    def give_up(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        driver.rollback()
        raise ZeroDivisionError

    go_on = threading.Event()
    database.write(lambda _: go_on.wait(10))
    together = [
        database.write(lambda connection: setting(connection, "before")),
        database.write(give_up),
        database.write(lambda connection: setting(connection, "after")),
    ]
    go_on.set()
    before, given_up, after = (future.exception(20) is None for future in together)
    assert database.read(settings) == ["after"] * after + ["before"] * before
    assert not given_up
    assert database.write(lambda connection: setting(connection, "next")).result(20) is None


def test_a_commit_waits_for_the_disk(url: str) -> None:
    """A server that is set to acknowledge before the disk has it does not do so for the sandbox."""
    databases.postgres().run(f"ALTER DATABASE {name_of(url)} SET synchronous_commit = off")
    with_default = PostgresDatabase(url)
    try:
        migration.migrate(with_default.engine)
        shown = with_default.write(lambda c: c.exec_driver_sql("SHOW synchronous_commit").scalar())
        assert "on" == shown.result(20)
    finally:
        with_default.close()


# What is refused


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://partner:canary%zz@localhost/sandbox",
        "postgresql://partner:canary@localhost:port/sandbox?nonsense=canary",
        "postgresql://partner:canary@127.0.0.1:1/sandbox",
        "postgresql://partner:canary@host.invalid/sandbox",
        "mysql://partner:canary@localhost/sandbox",
    ],
)
def test_an_address_that_leads_nowhere_is_one_sentence(url: str) -> None:
    """What is wrong with an address is said without its password."""
    assert "canary" not in refused(url)


def test_a_refused_password_is_not_shown(url: str) -> None:
    """A wrong password is one sentence, in which it does not stand."""
    wrong = url.replace("//postgres:@", f"//{databases.WITH_PASSWORD}:canary@")
    sentence = refused(wrong)
    assert f'password authentication failed for user "{databases.WITH_PASSWORD}"' in sentence
    assert "canary" not in sentence


def test_a_database_that_is_not_there_is_named(url: str) -> None:
    """The sentence says which database it is."""
    assert 'database "nobodys" does not exist' in refused(url.replace(name_of(url), "nobodys"))


def test_what_is_about_everything_is_committed_by_itself(database: PostgresDatabase) -> None:
    """Work about parts that waits together is one transaction; work about everything is none with it."""
    go_on = threading.Event()
    database.write(lambda _: go_on.wait(10), "a part")

    def number(connection: Connection) -> str:
        return str(connection.exec_driver_sql("SELECT pg_current_xact_id()").scalar())

    parts = ("a part", "another part", None, "a part")
    waiting = [database.write(number, part) for part in parts]
    go_on.set()
    first, second, everything, last = (future.result(20) for future in waiting)
    assert first == second
    assert 3 == len({first, everything, last})


def test_several_sandboxes_serve_one_database(url: str) -> None:
    """Each has a claim of its own, and a claim ends with its sandbox."""
    with closing(PostgresDatabase(url)) as first:
        migration.migrate(first.engine)
        with closing(PostgresDatabase(url)) as second:
            first.write(lambda connection: setting(connection, "one")).result(20)
            second.write(lambda connection: setting(connection, "another")).result(20)
            assert (["another", "one"], 2) == (first.read(settings), first.read(postgres_tables.processes))
        while first.read(postgres_tables.processes) > 1:  # a session ends a moment after its connection
            time.sleep(0.01)


def test_a_database_of_a_later_version_is_refused(url: str) -> None:
    """A schema version that this package does not know is refused with both versions named."""
    State(open_store(url), Nature()).close()
    with databases.opened(url) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert f"schema 9999, this one knows {migration.HEAD}" in refused(url)
    assert refused(url).endswith("or give another database.")


def test_tables_of_another_program_are_refused_and_left(url: str) -> None:
    """A database with somebody else's tables stays as it is."""
    with databases.opened(url) as connection:
        connection.exec_driver_sql("CREATE TABLE songs (name TEXT)")
    assert "The database holds tables that are not the sandbox's; give another database." == refused(url)
    with databases.opened(url) as connection:
        assert ["songs"] == inspect(connection).get_table_names()


def test_texts_of_another_encoding_are_refused() -> None:
    """A database that cannot keep every character is refused before anything is in it."""
    made = databases.postgres().new("ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    try:
        assert "keeps texts as LATIN1; give one that was made with ENCODING 'UTF8'." in refused(made)
    finally:
        databases.postgres().drop(made)


def test_a_missing_driver_is_one_sentence(url: str) -> None:
    """Without the extra the sentence says what to install."""
    code = (
        "import sys\n"
        "sys.modules['psycopg'] = None\n"
        "from partnercenter.sandbox.store.opening import open_store\n"
        "from partnercenter.sandbox.errors import SandboxError\n"
        "try: open_store(sys.argv[1])\n"
        "except SandboxError as error: print(error)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, url], capture_output=True, text=True, timeout=60, check=True
    )
    assert said.stdout.strip().endswith("install it: pip install 'partnercenter[sandbox,postgres]'.")


# Schema and values


def schema_of(connection: Connection) -> dict[str, Any]:
    """Columns, keys and indexes of every table."""
    found = inspect(connection)
    return {
        table: [
            [
                (column["name"], str(column["type"]), column["nullable"])
                for column in found.get_columns(table)
            ],
            found.get_pk_constraint(table),
            sorted(found.get_foreign_keys(table), key=repr),
            sorted(found.get_indexes(table), key=repr),
            sorted(found.get_unique_constraints(table), key=repr),
        ]
        for table in sorted(found.get_table_names())
    }


def test_migrations_lead_to_the_same_tables(database: PostgresDatabase) -> None:
    """A database that went through every migration has the tables that a new one has."""
    migrated = databases.postgres().new()
    try:
        with databases.opened(migrated) as connection:
            migration.run_migrations(connection)
            postgres_tables.metadata.create_all(connection)
            assert schema_of(connection) == database.read(schema_of)
    finally:
        databases.postgres().drop(migrated)


def test_a_dump_of_another_database_is_gone_on_with(database: PostgresDatabase) -> None:
    """What was dumped from SQLite is loaded whole, and what is new gets keys that nobody had."""
    source = State(open_store("memory"), Nature())
    source.database.write(lambda connection: add_customer(connection, a_customer(1))).result(20)
    lines = source.database.read(lambda connection: list(dump(connection, "there", "now")))
    source.close()

    def load_and_add(connection: Connection) -> int:
        load(connection, lines)
        return add_customer(connection, a_customer(2))

    key = database.write(load_and_add).result(20)
    loaded = database.read(lambda connection: find_customer(connection, a_customer(1).id))
    assert loaded is not None
    assert loaded.key < key
    assert {table.name for table in metadata.sorted_tables} <= set(database.read(schema_of))


def a_customer(number: int) -> NewCustomer:
    """A customer of the development partner."""
    return NewCustomer(
        partner_id=development_partner.TENANT_ID,
        id=f"00000000-0000-4000-8000-{number:012}",
        domain=f"a{number}.example",
        company_name="With \0 zero",
        relationship="reseller",
        associated_partner_id=None,
        etag=-(2**63),
        undeletable_reason=None,
        delegated_access=True,
        created_at=1,
        document=json.dumps({"name": "With \0 zero"}),
    )


def test_a_zero_in_what_is_looked_for_is_no_error(
    url: str, start_process: StartProcess, http: httpx2.Client
) -> None:
    """PostgreSQL's texts have no U+0000; who looks for one finds nothing, as with SQLite."""
    sought = json.dumps({"Field": "CompanyName", "Value": "With \0", "Operator": "starts_with"})
    sandbox = Sandbox(start_process(database=url).url, http)
    sandbox.create_customer(companyName="Without")
    found = sandbox.call("GET", f"/v1/customers?filter={quote(sought)}")
    assert (200, []) == (found.status_code, found.json()["items"])


def test_what_was_tried_for_long_enough_is_not_tried_again() -> None:
    """An error that was put into words is final, though a broken connection is behind it."""
    lost = OperationalError("the connection is lost")
    assert passes(lost)
    said = StorageError("The database cannot be used.")
    said.__context__ = lost
    assert not passes(said)
