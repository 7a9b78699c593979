"""The file of trusted sandboxes grants the right to delete, so it is read strictly and written whole."""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from partnercenter.cleanup.sandbox_registry import (
    change_registry,
    read_registry,
    registry_path,
    with_sandbox,
    without_sandbox,
)
from partnercenter.cleanup.trusted_sandboxes import TrustedSandbox
from partnercenter.private_files import ConfigurationError

MINE = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"
OTHER = "6e7c2d2f-3a1b-4b66-8b4a-1d8d6a2cae22"
ENTRY = {"alias": "mine", "tenantId": MINE}

posix = pytest.mark.skipif(sys.platform == "win32", reason="file modes are POSIX's")


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    """An environment whose configuration folder does not exist yet."""
    return {"PARTNERCENTER_CONFIG_DIR": str(tmp_path / "config")}


def write(environment: Mapping[str, str], text: str | bytes) -> Path:
    path = registry_path(environment)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(0o600)
    return path


def test_without_a_file_nothing_is_trusted(environment: Mapping[str, str]) -> None:
    """No file, no sandbox, and reading makes none."""
    assert () == read_registry(environment)
    assert not registry_path(environment).parent.exists()


@posix
def test_the_file_is_private(environment: Mapping[str, str]) -> None:
    """The file is readable by its owner only, and so is its folder; no other file is left."""
    change_registry(environment, lambda known: with_sandbox(known, MINE, "mine"))
    path = registry_path(environment)
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert 0o700 == stat.S_IMODE(path.parent.stat().st_mode)
    assert {path.name, f".{path.name}.lock"} == {entry.name for entry in path.parent.iterdir()}
    assert (TrustedSandbox("mine", MINE),) == read_registry(environment)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "nonsense",
        "[]",
        "null",
        "{}",
        b"\xff\xfe{\x00}\x00",
        json.dumps({"version": 1}),
        json.dumps({"version": 2, "sandboxes": []}),
        json.dumps({"version": True, "sandboxes": []}),
        json.dumps({"version": 1, "sandboxes": [], "more": 1}),
        json.dumps({"version": 1, "sandboxes": {}}),
        json.dumps({"version": 1, "sandboxes": [MINE]}),
        json.dumps({"version": 1, "sandboxes": [{"alias": "mine"}]}),
        json.dumps({"version": 1, "sandboxes": [{**ENTRY, "more": 1}]}),
        json.dumps({"version": 1, "sandboxes": [{**ENTRY, "tenantId": "*"}]}),
        json.dumps({"version": 1, "sandboxes": [{**ENTRY, "tenantId": f"{{{MINE}}}"}]}),
        json.dumps({"version": 1, "sandboxes": [{**ENTRY, "alias": ""}]}),
        json.dumps({"version": 1, "sandboxes": [{**ENTRY, "alias": "a\x1b[2J"}]}),
        json.dumps({"version": 1, "sandboxes": [{**ENTRY, "alias": "local-sandbox"}]}),
        json.dumps({"version": 1, "sandboxes": [ENTRY, ENTRY]}),
        json.dumps({"version": 1, "sandboxes": [ENTRY, {"alias": "MINE", "tenantId": OTHER}]}),
        '{"version": 1, "sandboxes": [], "sandboxes": []}',
        "[" * 100_000,
        " " * 2_000_000,
    ],
)
def test_a_file_that_is_not_understood_is_refused_and_kept(
    environment: Mapping[str, str], content: str | bytes
) -> None:
    """One thing wrong and nothing of it is believed; a change does not overwrite it either."""
    path = write(environment, content)
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match=r"trusted-sandboxes\.json"):
        read_registry(environment)
    with pytest.raises(ConfigurationError):
        change_registry(environment, lambda known: with_sandbox(known, MINE, "mine"))
    assert before == path.read_bytes()


@posix
@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_can_change_is_refused(environment: Mapping[str, str], mode: int) -> None:
    """Whoever can write the file could grant the right to delete."""
    path = write(environment, json.dumps({"version": 1, "sandboxes": [ENTRY]}))
    path.chmod(mode)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        read_registry(environment)


@posix
def test_a_folder_that_others_can_change_is_refused(environment: Mapping[str, str]) -> None:
    """Whoever can write the folder could replace the file."""
    path = write(environment, json.dumps({"version": 1, "sandboxes": [ENTRY]}))
    path.parent.chmod(0o777)
    with pytest.raises(ConfigurationError, match="chmod 700"):
        read_registry(environment)


@posix
def test_a_path_that_cannot_be_read_is_not_empty(environment: Mapping[str, str]) -> None:
    """A folder in the place of the file is an error, not an empty list."""
    registry_path(environment).mkdir(parents=True)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_registry(environment)


def test_a_write_that_fails_changes_nothing(
    environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is replaced in one step, and a failure before it leaves no temporary file."""
    change_registry(environment, lambda known: with_sandbox(known, MINE, "mine"))
    path = registry_path(environment)
    before = path.read_bytes()

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ConfigurationError, match="No space left"):
        change_registry(environment, lambda known: with_sandbox(known, OTHER, "other"))
    assert before == path.read_bytes()
    assert {path.name, f".{path.name}.lock"} == {entry.name for entry in path.parent.iterdir()}


@posix
def test_changes_at_the_same_time_are_all_kept(environment: Mapping[str, str]) -> None:
    """Two commands that change the file do not undo each other."""
    names = [f"s{number}" for number in range(20)]

    def register(name: str) -> None:
        tenant = f"5d6b1c1e-2f0a-4a55-9a39-{int(name[1:]):012x}"
        change_registry(environment, lambda known: with_sandbox(known, tenant, name))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(register, names))
    assert set(names) == {known.alias for known in read_registry(environment)}


def test_a_sandbox_is_removed_by_alias_or_tenant() -> None:
    """Removing takes the alias in any case, or the tenant id; an unknown one is an error with the names."""
    registry = with_sandbox((TrustedSandbox("mine", MINE),), OTHER, "other")
    assert ("other",) == tuple(known.alias for known in without_sandbox(registry, "MINE"))
    assert ("mine",) == tuple(known.alias for known in without_sandbox(registry, OTHER))
    with pytest.raises(ValueError, match="registered: mine, other"):
        without_sandbox(registry, "third")
