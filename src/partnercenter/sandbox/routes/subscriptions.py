"""Subscriptions: read, change, cancel, activate, register; behaviour.md 5 and 7."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from partnercenter.sandbox.routes.call import Handler

HANDLERS: Final[Mapping[str, Handler]] = {}
