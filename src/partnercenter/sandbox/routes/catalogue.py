"""The catalogue by country and by customer, and what is in stock; resources.md, "Products, SKUs, availabilities"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from partnercenter.sandbox.routes.call import Handler

HANDLERS: Final[Mapping[str, Handler]] = {}
