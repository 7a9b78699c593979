"""Carts, from their creation to their checkout; behaviour.md 4.4."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from partnercenter.sandbox.routes.call import Handler

HANDLERS: Final[Mapping[str, Handler]] = {}
