"""What goes wrong below a running sandbox: a clear answer, a line in the log, nothing half done, and back to work."""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.conftest import Sandbox, SandboxProcess, new_customer_body
from tests.sandbox.conftest import StartProcess, TestClock

from partnercenter.contract import development_partner
from partnercenter.sandbox.control.minting import mint
from partnercenter.sandbox.errors import SandboxError, StorageError
from partnercenter.sandbox.nature import Nature
from partnercenter.sandbox.service import Service
from partnercenter.sandbox.state import State
from partnercenter.sandbox.store.database import Database
from partnercenter.sandbox.store.faults import storage_fault
from partnercenter.sandbox.store.partners import all_partners
from partnercenter.sandbox.wire.message import Request
from partnercenter.sandbox.worlds.named import named_world

resource = pytest.importorskip("resource", reason="limits of another process are a matter of Linux")
pytestmark = [
    pytest.mark.sqlite,
    pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux limits another process"),
]

SENTENCE = re.compile(r"[A-Z][^\n]*[.]")


def said(process: SandboxProcess, begin: int, *words: str) -> None:
    """The log has lines since then, each of them one sentence with these words; nothing else is in it."""
    deadline = time.monotonic() + 10
    while not (lines := process.errors[begin:]):
        # The answer and the line of the log come by different ways.
        assert time.monotonic() < deadline, "nothing was logged"
        time.sleep(0.01)
    for line in lines:
        assert "The database could not do it: " in line, line
        assert all(word in line for word in words), line


def device_code(sandbox: Sandbox) -> httpx2.Response:
    """Begin a sign-in, which is written down."""
    path = f"/{development_partner.TENANT_ID}/oauth2/v2.0/devicecode"
    form = {"client_id": development_partner.PUBLIC_CLIENT_ID, "scope": "openid"}
    return sandbox.http.post(sandbox.url + path, data=form)


def changes(sandbox: Sandbox) -> dict[str, httpx2.Response]:
    """One change of each sort: of the API, of its settings, its clock and its contents, and of a sign-in."""
    return {
        "create": sandbox.call("POST", "/v1/customers", new_customer_body()),
        "settings": sandbox.control("PATCH", "/settings", {"customer_quota": 9}),
        "clock": sandbox.control("PATCH", "/clock", {"advance": "P1D"}),
        "seed": sandbox.control("POST", "/seed", {"world": "demo"}),
        "sign-in": device_code(sandbox),
    }


def state(sandbox: Sandbox) -> dict[str, Any]:
    """What a sandbox shows of all that `changes` changes."""
    return {
        "customers": sandbox.call("GET", "/v1/customers").json()["items"],
        "settings": sandbox.control("GET", "/settings").json(),
        "ahead": sandbox.control("GET", "/clock").json()["ahead"],
    }


def check_refused(process: SandboxProcess, sandbox: Sandbox, *words: str) -> None:
    """Each change is refused clearly and does nothing; reads go on."""
    before, begin = state(sandbox), len(process.errors)
    answers = changes(sandbox)
    assert (500, 800003) == (answers["create"].status_code, answers["create"].json()["code"])
    for name in ("settings", "clock", "seed"):
        assert 500 == answers[name].status_code, (name, answers[name].text)
        sentence = answers[name].json()["error"]
        assert sentence.startswith("The database could not do it: "), sentence
        assert all(word in sentence for word in words), sentence
    assert (500, "Internal server error") == (
        answers["sign-in"].status_code,
        answers["sign-in"].json()["message"],
    )
    assert before == state(sandbox)
    said(process, begin, *words)
    assert len(answers) == len(process.errors) - begin


def check_at_work(sandbox: Sandbox) -> None:
    """Each change is carried out."""
    assert {"create": 201, "settings": 200, "clock": 200, "seed": 200, "sign-in": 200} == {
        name: answer.status_code for name, answer in changes(sandbox).items()
    }


@contextmanager
def full_disk(process: SandboxProcess, file: Path) -> Iterator[None]:
    """Let no file of a process grow beyond the largest that it has: the log of its database."""
    size = Path(f"{file}-wal").stat().st_size
    limits = resource.prlimit(process.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.process.pid, resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.prlimit(process.process.pid, resource.RLIMIT_FSIZE, limits)


def test_a_full_disk_is_said_and_survived(
    start_process: StartProcess, http: httpx2.Client, tmp_path: Path
) -> None:
    """API, settings, clock, seed, sign-in and snapshot: each refused in a sentence, each done when there is room."""
    file = tmp_path / "sandbox.db"
    process = start_process(database=file)
    sandbox = Sandbox(process.url, http)
    for _ in range(20):
        sandbox.create_customer()
    with full_disk(process, file):
        check_refused(process, sandbox, "disk", "make room")
    with full_disk(process, file):
        resource.prlimit(process.process.pid, resource.RLIMIT_FSIZE, (2000, resource.RLIM_INFINITY))
        answer = sandbox.control("POST", "/snapshots", {"name": "a"})
        assert (500, True) == (answer.status_code, "File too large" in answer.json()["error"]), answer.text
    assert [] == list(tmp_path.glob("*.snapshots/*"))
    assert 200 == sandbox.control("POST", "/snapshots", {"name": "a"}).status_code
    check_at_work(sandbox)


START = """\
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
from partnercenter.sandbox.control.minting import mint
from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.nature import Nature
from partnercenter.sandbox.service import Service
from partnercenter.sandbox.state import State
from partnercenter.sandbox.store.database import Database
try: State(Database(sys.argv[1]), Nature())
except SandboxError as error: sys.stdout.write(str(error))
"""


@pytest.mark.parametrize("size", [4096, 200_000])
def test_a_disk_that_is_full_at_the_start_is_said(tmp_path: Path, size: int) -> None:
    """However far the first start comes, it ends with one sentence; with room the next one begins from nothing."""
    file = tmp_path / "sandbox.db"
    ended = subprocess.run(
        [sys.executable, "-c", START, str(file), str(size)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ("", 0) == (ended.stderr, ended.returncode)
    assert SENTENCE.fullmatch(ended.stdout), ended.stdout
    assert "cannot be " in ended.stdout
    opened = State(Database(str(file)), Nature())
    try:
        assert [development_partner.TENANT_ID] == [p.tenant_id for p in opened.database.read(all_partners)]
    finally:
        opened.close()


def test_a_lock_of_another_program_is_said_and_survived(
    start_process: StartProcess, http: httpx2.Client, tmp_path: Path
) -> None:
    """While another program writes, reads go on and writes are refused in the end; then they are done."""
    file = tmp_path / "sandbox.db"
    process = start_process(database=file)
    sandbox = Sandbox(process.url, http)
    kept = sandbox.create_customer()["id"]
    with closing(sqlite3.connect(file, isolation_level=None)) as foreign, ThreadPoolExecutor(1) as pool:
        foreign.execute("BEGIN IMMEDIATE")
        call = partial(sandbox.call, "DELETE", f"/v1/customers/{kept}", token=sandbox.token)
        refused = pool.submit(call)
        with httpx2.Client(timeout=30, trust_env=False) as own:
            other = Sandbox(process.url, own, sandbox.token)
            for _ in range(3):
                assert 200 == other.call("GET", f"/v1/customers/{kept}").status_code
        assert (500, 800003) == (refused.result().status_code, refused.result().json()["code"])
        said(process, 0, "locked", "another program holds it")
        foreign.execute("ROLLBACK")
        assert 204 == call().status_code


def test_a_file_that_is_moved_away_is_said_and_survived(
    start_process: StartProcess, http: httpx2.Client, tmp_path: Path
) -> None:
    """Nothing is acknowledged that would go into a file without a name; put back, it is served on."""
    file = tmp_path / "sandbox.db"
    sandbox = Sandbox(start_process(database=file).url, http)
    file.rename(tmp_path / "elsewhere.db")
    for replacement in (False, True):
        if replacement:
            file.write_bytes(b"")
        answers = changes(sandbox)
        assert (500, 800003) == (answers["create"].status_code, answers["create"].json()["code"])
        assert f"The database {file} was moved, removed or replaced" in answers["seed"].json()["error"]
        assert [500, 500, 500] == [answers[name].status_code for name in ("settings", "clock", "sign-in")]
    assert [] == state(sandbox)["customers"]
    (tmp_path / "elsewhere.db").replace(file)
    check_at_work(sandbox)


def test_what_stands_in_the_place_of_a_file_is_never_read(tmp_path: Path) -> None:
    """Be it another database or nothing, of which none is made: a connection that is opened now reads neither."""
    file = tmp_path / "sandbox.db"
    database = Database(str(file))
    file.rename(tmp_path / "elsewhere.db")
    count = "SELECT count(*) FROM sqlite_master"

    def read() -> object:
        return database.read(lambda connection: connection.exec_driver_sql(count).scalar())

    try:
        with pytest.raises(StorageError, match="was moved, removed or replaced"):
            read()
        assert not file.exists()
        with closing(sqlite3.connect(file)) as other, other:
            other.execute("CREATE TABLE songs (name TEXT)")
        with pytest.raises(StorageError, match="was moved, removed or replaced"):
            read()
        (tmp_path / "elsewhere.db").replace(file)
        assert 0 == read()
    finally:
        database.close()


def test_a_file_has_one_name_while_it_is_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a relative path, a symbolic or a hard link it is the same file, and a second server is refused."""
    file = tmp_path / "sandbox.db"
    served = Database(str(file))
    try:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "folder").mkdir()
        (tmp_path / "symbolic.db").symlink_to(file)
        (tmp_path / "other").symlink_to(tmp_path)
        for name in (
            "sandbox.db",
            "folder/../sandbox.db",
            "symbolic.db",
            "other/sandbox.db",
            f"sqlite:///{file}",
        ):
            with pytest.raises(SandboxError, match="Another sandbox serves the database"):
                Database(name)
        (tmp_path / "hard.db").hardlink_to(file)
        with pytest.raises(SandboxError, match="has a second name, a hard link"):
            Database("hard.db")
    finally:
        served.close()
    with pytest.raises(SandboxError, match="has a second name"):
        Database(str(file))
    (tmp_path / "hard.db").unlink()
    Database(str(file)).close()


ROUNDS = [pytest.param(6, id="short"), pytest.param(400, id="long", marks=pytest.mark.prove)]


@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_damaged_file_is_said_and_survived(
    tmp_path: Path, rounds: int, caplog: pytest.LogCaptureFixture
) -> None:
    """It is refused in a sentence, or served: every call has an answer. No key is ever shown.

    With the undamaged file in its place everything is as before.
    """
    whole, file = tmp_path / "whole.db", tmp_path / "sandbox.db"
    first = State(Database(str(whole)), Nature(TestClock()))
    first.fill(named_world("one-of-each"))
    key, before = first.signing_key.private_pem, all_answers(first)
    first.close()
    said_of_all = []
    for _ in range(rounds):
        shutil.copyfile(whole, file)
        damage(file)
        said_of_all += answers_or_refusal(file)
    said_of_all += [record.getMessage() + str(record.exc_info) for record in caplog.records]
    assert not any(part in text for part in key.split()[3:-4] for text in said_of_all)
    shutil.copyfile(whole, file)
    again = State(Database(str(file)), Nature(TestClock()))
    try:
        assert before == all_answers(again)
    finally:
        again.close()


FAULTS = {
    "full": ("make room on the disk", "PRAGMA max_page_count=2", "CREATE TABLE b (c)"),
    "not writable": ("let the sandbox write to the file", "PRAGMA query_only=ON", "DELETE FROM a"),
    "gone": ("let the sandbox write to the file", "SELECT 1", "ATTACH '/nowhere/at-all' AS b"),
    "a letter": ("restore a backup", "SELECT 1", "ATTACH 'letter' AS b"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_to_do_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    """For what SQLite says of a disk or a file; an error of ours is none of it."""
    advice, before, refused = FAULTS[fault]
    monkeypatch.chdir(tmp_path)
    Path("letter").write_text("Dear customer, " * 400)
    with closing(sqlite3.connect("sandbox.db")) as connection:
        connection.execute("CREATE TABLE a (b)")
        connection.execute(before)
        with pytest.raises(sqlite3.Error) as caught:
            connection.execute(refused)
        assert advice in str(storage_fault(caught.value))
        with pytest.raises(sqlite3.Error) as ours:
            connection.execute("SELECT c FROM a")
        assert storage_fault(ours.value) is None


def test_a_text_that_cannot_be_read_is_never_shown(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The driver's own words would go on with it: with a customer's document in a call, with a key at the start."""
    file = tmp_path / "sandbox.db"
    unreadable = "CAST(x'ff' || 'not-to-be-shown' || {0} AS TEXT)"
    first = State(Database(str(file)), Nature(TestClock()))
    first.fill(named_world("one-of-each"))
    first.close()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(f"UPDATE customers SET document = {unreadable.format('document')}")  # noqa: S608 - ours
    answers = all_answers_of(file)
    assert {200, 500} == {status for status, _ in answers}
    lines = [record.getMessage() for record in caplog.records]
    assert all("Could not decode to UTF-8" in line and "restore a backup" in line for line in lines), lines
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(f"UPDATE signing_keys SET private_pem = {unreadable.format('private_pem')}")  # noqa: S608 - ours
    with pytest.raises(SandboxError) as refused:
        all_answers_of(file)
    assert SENTENCE.fullmatch(str(refused.value)), str(refused.value)
    shown = [*lines, *(text for _, text in answers), str(refused.value), caplog.text]
    assert lines
    assert not any("not-to-be-shown" in text for text in shown)


def damage(file: Path) -> None:
    """Change a few bits somewhere in a file."""
    content = bytearray(file.read_bytes())
    for _ in range(random.randint(1, 40)):
        content[random.randrange(len(content))] ^= 1 << random.randrange(8)
    file.write_bytes(content)


def answers_or_refusal(file: Path) -> list[str]:
    """What a damaged database is answered with; each answer is one that the service knows."""
    try:
        answers = all_answers_of(file)
    except SandboxError as error:
        return [str(error)]
    assert {status for status, _ in answers} <= {200, 400, 401, 403, 404, 500}
    return [text for _, text in answers]


def all_answers_of(file: Path) -> list[tuple[int, str]]:
    """The customers of a file, and what each of them has; raises `SandboxError` when it is refused."""
    database = Database(str(file))
    try:
        return all_answers(State(database, Nature(TestClock())))
    finally:
        database.close()


def all_answers(opened: State) -> list[tuple[int, str]]:
    """The customers of a sandbox inside the test, and what each of them has."""
    token, service = mint(opened, {})["access_token"], Service(opened)
    headers = {"authorization": f"Bearer {token}"}

    def get(path: str) -> tuple[int, str]:
        request = Request("GET", path, "", headers, b"", "http://127.0.0.1", from_loopback=True)
        answer = service.handle(request)
        return answer.status, answer.body.decode()

    found = [get("/v1/customers")]
    if found[0][0] == 200:
        # Not by reading JSON: a changed bit may have made none of it.
        ids = re.findall(r'"id":"([0-9a-f-]{36})"', found[0][1])
        found += [
            get(f"/v1/customers/{one}{below}") for one in ids for below in ("", "/orders", "/subscriptions")
        ]
    return found
