"""The catalogue of legacy offers; resources.md, "Offers"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from partnercenter.sandbox.routes.call import Handler

HANDLERS: Final[Mapping[str, Handler]] = {}
