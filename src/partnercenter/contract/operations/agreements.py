"""Agreements that a customer must have accepted before it buys; behaviour.md 3.4."""

from __future__ import annotations

from typing import Final

from partnercenter.contract.operation import Operation

TABLE: Final[tuple[Operation, ...]] = ()
