"""Snapshots of a sandbox as rows, and the address of one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from partnercenter.cli.errors import UserError

COLUMNS: Final = ("name", "madeAt", "partners", "customers", "orders", "subscriptions", "size")


def snapshot_row(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """One snapshot, with its counts beside its other members."""
    shown = {**snapshot, **snapshot["counts"]}
    return {column: shown.get(column) for column in COLUMNS}


def snapshot_path(name: str) -> str:
    """Where a snapshot is; raises `UserError` for an empty name, whose address would be that of all."""
    if not name.strip():
        raise UserError("The name of the snapshot is empty.")
    return f"/_sandbox/snapshots/{quote(name, safe='')}"
