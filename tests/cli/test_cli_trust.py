"""`partnercenter trust`: register, list, remove; nothing is changed by a mistake."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

MINE = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"
OTHER = "6e7c2d2f-3a1b-4b66-8b4a-1d8d6a2cae22"


def listed(cli: Any) -> list[dict[str, str]]:
    ended = cli("trust", "--list", "--output", "json")
    assert 0 == ended.status
    return list(ended.document)


def test_a_tenant_is_registered_listed_and_removed(bare: Any) -> None:
    """The whole life of an entry; registering it once more changes nothing."""
    assert [] == listed(bare)
    assert 0 == bare("trust", MINE.upper(), "--alias", "mine").status
    assert 0 == bare("trust", MINE, "--alias", "mine").status
    assert 0 == bare("trust", OTHER, "--alias", "other").status
    assert [{"alias": "mine", "tenantId": MINE}, {"alias": "other", "tenantId": OTHER}] == listed(bare)
    ended = bare("trust", "--remove", "MINE")
    assert (0, "") == (ended.status, ended.out)
    assert [{"alias": "other", "tenantId": OTHER}] == listed(bare)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Give a tenant id with --alias, or --list, or --remove ALIAS."),
        ((MINE,), "--alias is missing"),
        ((MINE, "--alias", "a", "--list"), "Give a tenant id"),
        (("--alias", "a"), "Give a tenant id"),
        (("--list", "--alias", "a"), "Give a tenant id"),
        (("contoso.onmicrosoft.com", "--alias", "a"), "the tenant id must be a GUID"),
        (("00000000-0000-0000-0000-000000000000", "--alias", "a"), "the tenant id must be a GUID"),
        ((MINE, "--alias", ""), "the alias must be 1 to 40"),
        ((MINE, "--alias", "a b"), "the alias must be 1 to 40"),
        ((MINE, "--alias", "local-sandbox"), "must not be a GUID or local-sandbox"),
        ((MINE, "--alias", OTHER), "must not be a GUID"),
        ((MINE, "--alias", "taken"), "the alias taken is taken"),
        ((OTHER, "--alias", "again"), "is registered already, as taken"),
        (("--remove", "nobody"), "there is no trusted sandbox 'nobody'; registered: taken"),
    ],
)
def test_a_mistake_changes_nothing(bare: Any, arguments: tuple[str, ...], sentence: str) -> None:
    """Status 2 and one sentence; the registry stays as it was."""
    bare("trust", OTHER, "--alias", "taken")
    ended = bare("trust", *arguments)
    assert (2, "") == (ended.status, ended.out)
    assert sentence in ended.err
    assert [{"alias": "taken", "tenantId": OTHER}] == listed(bare)


def test_a_broken_registry_is_an_error_and_is_kept(bare: Any) -> None:
    """A file that is not understood is never taken for an empty one, nor overwritten."""
    bare("trust", MINE, "--alias", "mine")
    file = Path(bare.environment["PARTNERCENTER_CONFIG_DIR"]) / "trusted-sandboxes.json"
    file.write_text("{", encoding="utf-8")
    for arguments in (("--list",), (OTHER, "--alias", "other"), ("--remove", "mine")):
        ended = bare("trust", *arguments)
        assert (2, "") == (ended.status, ended.out)
        assert "is not a list of trusted sandboxes" in ended.err
    assert "{" == file.read_text(encoding="utf-8")
