"""A customer's users and their licences; behaviour.md 3.6."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from partnercenter.sandbox.routes.call import Handler

HANDLERS: Final[Mapping[str, Handler]] = {}
