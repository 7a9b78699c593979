"""Backups: everything is in them, whoever writes meanwhile, and a restore is whole or not at all."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.conftest import Sandbox, new_customer_body
from tests.processes import start
from tests.sandbox.conftest import WORLD, StartProcess
from tests.sandbox.signing_in import sign_in_at

from partnercenter.contract import development_partner
from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.nature import Nature
from partnercenter.sandbox.state import State
from partnercenter.sandbox.store.backup import back_up, restore
from partnercenter.sandbox.store.database import Database
from partnercenter.sandbox.store.schema import metadata
from partnercenter.sandbox.worlds.named import named_world

pytestmark = pytest.mark.sqlite


def rows(file: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, keys and sign-ins among them."""
    with closing(sqlite3.connect(file)) as connection:
        return {
            name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr)  # noqa: S608 - our own names
            for name in metadata.tables
        }


def fill(file: Path, world: str) -> Path:
    """A database that nobody serves, with a named world in it."""
    opened = State(Database(str(file)), Nature())
    opened.fill(named_world(world))
    opened.close()
    return file


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a database with something of each kind in it."""
    folder = tmp_path_factory.mktemp("made")
    back_up(fill(folder / "sandbox.db", "one-of-each"), folder / "a.backup", replaces=False)
    return folder / "a.backup"


def refresh_token(sandbox: Sandbox) -> str:
    """Sign in as the development partner's user."""
    client, address = development_partner.PUBLIC_CLIENT_ID, "http://localhost:5000"
    query = f"client_id={client}&response_type=code&redirect_uri={address}&scope=openid+offline_access"
    tenant = f"{sandbox.url}/{development_partner.TENANT_ID}/oauth2/v2.0"
    code = sign_in_at(f"{tenant}/authorize?{query}").partition("code=")[2].partition("&")[0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": address, "client_id": client}
    answer = sandbox.http.post(f"{tenant}/token", data=form)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["refresh_token"])


def redeemed(sandbox: Sandbox, token: str) -> int:
    """The status with which a refresh token is answered."""
    form = {
        "grant_type": "refresh_token",
        "refresh_token": token,
        "client_id": development_partner.PUBLIC_CLIENT_ID,
    }
    tenant = f"{sandbox.url}/{development_partner.TENANT_ID}/oauth2/v2.0"
    return sandbox.http.post(f"{tenant}/token", data=form).status_code


def test_everything_comes_back(start_process: StartProcess, http: httpx2.Client, tmp_path: Path) -> None:
    """Rows, keys and sign-ins, though the server that runs was reset meanwhile; another file serves the copy."""
    file, backup = tmp_path / "sandbox.db", tmp_path / "a.backup"
    first = start_process(database=file)
    sandbox = Sandbox(first.url, http)
    sandbox.seed(WORLD)
    sandbox.seed("demo")
    sandbox.set(customer_quota=9)
    token, refresh = sandbox.token, refresh_token(sandbox)
    before = rows(file)
    held = back_up(file, backup, replaces=False)
    assert before == rows(backup)
    assert (0o600, 5) == (stat.S_IMODE(backup.stat().st_mode), held.rows["customers"])
    # One file, which can be read where nothing may be written: its head names no log (https://sqlite.org/fileformat.html).
    assert b"\1\1" == backup.read_bytes()[18:20]
    sandbox.control("POST", "/reset")
    with pytest.raises(SandboxError, match="Another sandbox serves the database"):
        restore(backup, file, replaces=True)
    other = tmp_path / "other.db"
    assert held == restore(backup, other, replaces=False)
    assert (0o600, before) == (stat.S_IMODE(other.stat().st_mode), rows(other))
    again = Sandbox(start_process(database=other).url, http, token)
    assert 5 == again.call("GET", "/v1/customers").json()["totalCount"]
    assert 200 == redeemed(again, refresh)
    first.stop()
    restore(backup, file, replaces=True)
    assert before == rows(file)


def test_writes_go_on_while_a_backup_is_made(
    start_process: StartProcess, http: httpx2.Client, tmp_path: Path
) -> None:
    """Each holds the state of one commit: every customer in it has its domain and its record, and no other has."""
    file = tmp_path / "sandbox.db"
    sandbox = Sandbox(start_process("--set", "customer_quota=100000", database=file).url, http)
    token, ended = sandbox.token, threading.Event()

    def work() -> None:
        with httpx2.Client(timeout=30, trust_env=False) as own:
            while not ended.is_set():
                headers = {"Authorization": f"Bearer {token}"}
                answer = own.post(f"{sandbox.url}/v1/customers", json=new_customer_body(), headers=headers)
                assert answer.status_code == 201, answer.text

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        counts = [
            back_up(file, tmp_path / f"{number}.backup", replaces=False).rows["customers"]
            for number in range(5)
        ]
    finally:
        ended.set()
        for thread in threads:
            thread.join(30)
    assert counts == sorted(counts)
    for number, count in enumerate(counts):
        held = rows(tmp_path / f"{number}.backup")
        assert [count] * 2 == [len(held["customers"]), len(held["audit_records"])]
        assert {row[2] for row in held["customers"]} == {row[2] for row in held["audit_records"]}


def test_a_log_that_a_crash_left_is_no_part_of_what_is_restored(
    start_process: StartProcess, http: httpx2.Client, tmp_path: Path, made: Path
) -> None:
    """Neither of the two databases is mixed into the other."""
    file, other = tmp_path / "sandbox.db", tmp_path / "other.db"
    process = start_process(database=file)
    Sandbox(process.url, http).seed("demo")
    process.kill()
    for suffix in ("", "-wal"):
        shutil.copyfile(f"{file}{suffix}", f"{other}{suffix}")
    back_up(other, tmp_path / "crashed.backup", replaces=False)
    assert 5 == len(rows(tmp_path / "crashed.backup")["customers"])
    shutil.copyfile(f"{file}-wal", f"{other}-wal")
    other.unlink()
    for crashed in (file, other):  # the second one was taken away by hand
        assert Path(f"{crashed}-wal").stat().st_size > 0
        restore(made, crashed, replaces=True)
        assert not Path(f"{crashed}-wal").exists()
        assert rows(made) == rows(crashed)


def cut(content: bytes) -> bytes:
    """Without its end."""
    return content[: len(content) // 2]


def spoilt(content: bytes) -> bytes:
    """With a page that is not as it was."""
    place = 8192 * 5
    return content[:place] + bytes(8192) + content[place + 8192 :]


def of_later(file: Path) -> None:
    """Of a version to come."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def with_an_orphan(file: Path) -> None:
    """With a row that refers to none."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE orders SET customer_key = 999999")


def with_a_false_index(file: Path) -> None:
    """With an index that does not lead to the rows of its table: every page is sound, and all of them are not."""
    names = ("ix_replays_answered_at", "ix_audit_records_partner_id_key")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("PRAGMA writable_schema=ON")
        roots = dict(connection.execute("SELECT name, rootpage FROM sqlite_master"))
        for name, other in (names, names[::-1]):
            connection.execute("UPDATE sqlite_master SET rootpage = ? WHERE name = ?", (roots[other], name))


def with_a_false_name(file: Path) -> None:
    """With an index whose statement is none, which SQLite says with its name, which is no text."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute(
            "UPDATE sqlite_master SET name = CAST(x'ff' || name AS TEXT), sql = 'none' WHERE name LIKE 'ix_replays%'"
        )


def of_a_namesake(file: Path) -> None:
    """Of another program, with a table that has one of our names."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("ALTER TABLE alembic_version RENAME COLUMN version_num TO number")


def of_another(file: Path) -> None:
    """Of another program."""
    file.unlink()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE songs (name TEXT)")


def rewritten(change: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    """A change of a file's bytes."""
    return lambda file: file.write_bytes(change(file.read_bytes()))


SPOILT: dict[str, tuple[Callable[[Path], object], str]] = {
    "cut": (rewritten(cut), "malformed|damaged"),
    "a page": (rewritten(spoilt), "malformed|damaged"),
    "empty": (rewritten(lambda _: b""), "it is empty"),
    "a letter": (rewritten(lambda _: b"Dear customer, " * 400), "file is not a database"),
    "an orphan": (with_an_orphan, "it is damaged"),
    "a false index": (with_a_false_index, "it is damaged"),
    "a false name": (with_a_false_name, "it is damaged"),
    "a later version": (of_later, "made by a later version of partnercenter"),
    "a namesake": (of_a_namesake, "no such column: version_num"),
    "another program's": (of_another, "tables that are not the sandbox's"),
    "none": (Path.unlink, "There is no backup"),
}


@pytest.mark.parametrize("spoil", SPOILT)
def test_what_is_no_backup_changes_nothing(tmp_path: Path, made: Path, spoil: str) -> None:
    """One sentence, the database is as it was, or is still not there, and nothing is left beside it."""
    backup = tmp_path / "a.backup"
    shutil.copyfile(made, backup)
    change, sentence = SPOILT[spoil]
    change(backup)
    (tmp_path / "data").mkdir()
    with pytest.raises(SandboxError, match=sentence):
        restore(backup, tmp_path / "data" / "sandbox.db", replaces=False)
    assert ["sandbox.db.lock"] == [path.name for path in (tmp_path / "data").iterdir()] or spoil == "none"
    file = fill(tmp_path / "data" / "sandbox.db", "demo")
    before = file.read_bytes()
    with pytest.raises(SandboxError, match=sentence):
        restore(backup, file, replaces=True)
    assert before == file.read_bytes()
    assert {"sandbox.db", "sandbox.db.lock"} == {path.name for path in (tmp_path / "data").iterdir()}


def test_nothing_is_replaced_unasked(tmp_path: Path, made: Path) -> None:
    """A backup and a database stay unless it is said so; the database is never taken for its own backup."""
    file = fill(tmp_path / "sandbox.db", "demo")
    kept = tmp_path / "kept"
    kept.write_text("a letter")
    with pytest.raises(SandboxError, match="is there already; give another file, or replace it with --force"):
        back_up(file, kept, replaces=False)
    with pytest.raises(SandboxError, match="is there already"):
        back_up(file, tmp_path, replaces=True)
    for name in ("sandbox.db", "sandbox.db-wal", "sandbox.db.lock"):
        with pytest.raises(SandboxError, match="belongs to the database itself"):
            back_up(file, tmp_path / "." / name, replaces=True)
    with pytest.raises(SandboxError, match="There is no database"):
        back_up(tmp_path / "nothing.db", kept, replaces=True)
    with pytest.raises(SandboxError, match="cannot be made: No such file or directory"):
        back_up(file, tmp_path / "nowhere" / "a.backup", replaces=False)
    before = file.read_bytes()
    with pytest.raises(SandboxError, match="is there already; replace it with --force"):
        restore(made, file, replaces=False)
    with pytest.raises(SandboxError, match="is the database itself"):
        restore(file, file, replaces=True)
    assert ("a letter", before) == (kept.read_text(), file.read_bytes())
    assert {"sandbox.db", "sandbox.db.lock", "kept"} == {path.name for path in tmp_path.iterdir()}


def test_who_reads_what_gives_way_reads_it_whole(tmp_path: Path, made: Path) -> None:
    """What comes in its place is another file, which is there from one moment to the next."""
    file, kept = fill(tmp_path / "sandbox.db", "demo"), tmp_path / "kept"
    kept.write_text("a letter")
    before = rows(file)
    with kept.open("rb") as letter, file.open("rb") as replaced:
        back_up(file, kept, replaces=True)
        assert {"sandbox.db", "sandbox.db.lock", "kept"} == {path.name for path in tmp_path.iterdir()}
        restore(made, file, replaces=True)
        assert b"a letter" == letter.read()
        (tmp_path / "replaced.db").write_bytes(replaced.read())
    assert [before, before, rows(made)] == [rows(tmp_path / "replaced.db"), rows(kept), rows(file)]


def test_a_damaged_database_is_restored_and_never_backed_up(tmp_path: Path, made: Path) -> None:
    """A backup is good when it is made; what is damaged beyond opening gives way to one."""
    file, kept = fill(tmp_path / "sandbox.db", "demo"), tmp_path / "kept"
    for change in (spoilt, lambda content: b"\x55" * len(content)):
        file.write_bytes(change(file.read_bytes()))
        with pytest.raises(SandboxError, match=r"cannot be made: .*(damaged|malformed|not a database)"):
            back_up(file, kept, replaces=False)
        assert not kept.exists()
        shutil.copyfile(file, tmp_path / "sandbox.db-wal")
        restore(made, file, replaces=True)
        assert {"sandbox.db", "sandbox.db.lock"} == {path.name for path in tmp_path.iterdir()}
        assert rows(made) == rows(file)


def test_a_database_that_another_program_holds_is_not_replaced(tmp_path: Path, made: Path) -> None:
    """Its log would be taken away under that program."""
    file = fill(tmp_path / "sandbox.db", "demo")
    with closing(sqlite3.connect(file)) as other:
        before = other.execute("SELECT id FROM customers ORDER BY id").fetchall()
        with pytest.raises(SandboxError, match=f"cannot be restored: .*; another program holds {file}"):
            restore(made, file, replaces=True)
        assert before == other.execute("SELECT id FROM customers ORDER BY id").fetchall()
    restore(made, file, replaces=True)
    assert rows(made) == rows(file)


FULL = """\
import resource, sys
from pathlib import Path
from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.store.backup import back_up, restore
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, resource.RLIM_INFINITY))
for work in (back_up, restore):
    try: work(Path(sys.argv[1]), Path(sys.argv[2]), replaces=True)
    except SandboxError as error: print(error)
    sys.argv[1:3] = sys.argv[3:5]
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the limit on the size of files is Linux's")
def test_a_full_disk_leaves_what_was_there(tmp_path: Path, made: Path) -> None:
    """Neither a backup nor a database gives way to a part of one."""
    file, kept, other = fill(tmp_path / "sandbox.db", "demo"), tmp_path / "kept", tmp_path / "other.db"
    kept.write_text("a letter")
    fill(other, "demo")
    before = other.read_bytes()
    arguments = [str(path) for path in (file, kept, made, other)]
    ended = subprocess.run(
        [sys.executable, "-c", FULL, *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert "" == ended.stderr
    assert ["cannot be made" in ended.stdout, "cannot be restored" in ended.stdout] == [True, True], (
        ended.stdout
    )
    assert ("a letter", before) == (kept.read_text(), other.read_bytes())
    assert [] == list(tmp_path.glob("*.unfinished*"))


def run_until_killed(*arguments: str, seconds: float) -> int:
    """Run a command of the sandbox, and kill it after a time unless it has ended; its status."""
    with Path(os.devnull).open("r+") as nothing:
        process = start(
            [sys.executable, "-m", "partnercenter", "sandbox", *arguments],
            os.environ,
            stdin=nothing.fileno(),
            stdout=nothing.fileno(),
            stderr=nothing.fileno(),
        )
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
        return process.wait(30)


@pytest.mark.parametrize(
    "rounds", [pytest.param(3, id="short"), pytest.param(150, id="long", marks=pytest.mark.prove)]
)
def test_a_kill_leaves_the_old_or_the_new(tmp_path: Path, made: Path, rounds: int) -> None:
    """Killed at any moment of a backup or a restore, what was there is there whole, or what was to come is."""
    file, target, served = fill(tmp_path / "sandbox.db", "demo"), tmp_path / "target", tmp_path / "served.db"
    new, old = rows(file), rows(made)
    left_by_an_earlier_one = tmp_path / "served.db.abcd_123.unfinished"
    of_another = tmp_path / "served.db.backup.abcd_123.unfinished"
    for half in (left_by_an_earlier_one, of_another):
        half.write_text("half")
    for _ in range(rounds):
        shutil.copyfile(made, target)
        shutil.copyfile(made, served)
        killed = random.uniform(0.0, 0.3)
        run_until_killed("backup", str(target), "--database", str(file), "--force", seconds=killed)
        assert rows(target) in (old, new)
        backup = tmp_path / "whole"
        back_up(file, backup, replaces=True)
        status = run_until_killed(
            "restore", str(backup), "--database", str(served), "--force", seconds=random.uniform(0.0, 0.3)
        )
        left = rows(served)
        assert left == new if status == 0 else left in (old, new)
    restore(made, served, replaces=True)
    assert [of_another] == list(tmp_path.glob("served.db.*.unfinished*"))
