"""Carts: create, read, change, check out; behaviour.md 4.4."""

from __future__ import annotations

from typing import Final

from partnercenter.contract.operation import Operation

TABLE: Final[tuple[Operation, ...]] = ()
