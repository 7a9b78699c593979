"""`partnercenter sandbox backup|restore`: what a person sees of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from partnercenter.sandbox.nature import Nature
from partnercenter.sandbox.state import State
from partnercenter.sandbox.store.database import Database
from partnercenter.sandbox.worlds.named import named_world


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database with the demo's customers."""
    opened = State(Database(str(tmp_path / "sandbox.db")), Nature())
    opened.fill(named_world("demo"))
    opened.close()
    return tmp_path / "sandbox.db"


def test_a_backup_is_made_and_restored(bare: Any, database: Path, tmp_path: Path) -> None:
    """What it holds is printed, stderr says that it is secret, and nothing gives way unless it is said so."""
    file, other = str(tmp_path / "a.backup"), str(tmp_path / "other.db")
    ended = bare("sandbox", "backup", file, "--database", str(database), "--output", "json")
    assert 0 == ended.status, ended.err
    held = json.loads(ended.out)
    assert (file, 5) == (held["file"], held["customers"])
    assert f"{file} is a backup of {database}. Keep it secret" in ended.err
    again = bare("sandbox", "backup", file, "--database", str(database))
    assert (2, "", 1) == (again.status, again.out, again.err.count("\n"))
    assert "replace it with --force" in again.err
    assert 0 == bare("sandbox", "backup", file, "--database", str(database), "--force").status
    restored = bare("sandbox", "restore", file, "--database", other)
    assert (0, f"{other} is as it was in the backup {file}.\n") == (restored.status, restored.err)
    assert 2 == bare("sandbox", "restore", file, "--database", other).status
    assert 0 == bare("sandbox", "restore", file, "--database", other, "--force").status


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("memory", "has no backup; keep a snapshot"),
        (" ", "--database is empty"),
        ("postgresql://a:canary@b/c", "is backed up with pg_dump"),
        ("postgres://a:canary@b/c", "is backed up with pg_dump"),
        ("postgres-is-no-file://a:canary@b/c", "give the path of a SQLite file"),
        ("/nowhere/at-all/sandbox.db", "The folder /nowhere/at-all of the database does not exist"),
    ],
)
def test_no_database_is_one_sentence(bare: Any, tmp_path: Path, name: str, said: str) -> None:
    """Status 2 and what to do; nothing on stdout, and no file."""
    ended = bare("sandbox", "backup", str(tmp_path / "a.backup"), "--database", name)
    assert (2, "", 1) == (ended.status, ended.out, ended.err.count("\n"))
    assert said in ended.err
    assert "canary" not in ended.err
    assert [] == list(tmp_path.iterdir())


def test_any_name_of_a_file_is_a_file(
    bare: Any, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only an address is one, whatever a file is called."""
    monkeypatch.chdir(tmp_path)
    database.rename("postgresql.db")
    assert 0 == bare("sandbox", "backup", str(tmp_path / "a.backup"), "--database", "postgresql.db").status


def test_a_server_at_work_is_not_restored_below(bare: Any, database: Path, tmp_path: Path) -> None:
    """A backup is made beside it; a restore is refused, and nothing changes."""
    file = str(tmp_path / "a.backup")
    served = Database(str(database))
    try:
        assert 0 == bare("sandbox", "backup", file, "--database", str(database)).status
        ended = bare("sandbox", "restore", file, "--database", str(database), "--force")
        assert (2, "") == (ended.status, ended.out)
        assert "Another sandbox serves the database" in ended.err
    finally:
        served.close()
