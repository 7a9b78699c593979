"""Entitlements and the artifacts of reservations; behaviour.md 6."""

from __future__ import annotations

from typing import Final

from partnercenter.contract.operation import Operation

TABLE: Final[tuple[Operation, ...]] = ()
