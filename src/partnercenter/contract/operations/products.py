"""The catalogue: products, SKUs, availabilities, inventory; resources.md, "Products, SKUs, availabilities"."""

from __future__ import annotations

from typing import Final

from partnercenter.contract.operation import Operation

TABLE: Final[tuple[Operation, ...]] = ()
