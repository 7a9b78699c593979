"""A customer's users and their licences; behaviour.md 3.6."""

from __future__ import annotations

from typing import Final

from partnercenter.contract.operation import Operation

TABLE: Final[tuple[Operation, ...]] = ()
