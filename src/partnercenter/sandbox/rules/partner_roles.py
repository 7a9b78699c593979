"""The roles that users of a partner can have in Partner Center, and the one that its API needs; behaviour.md 1.5."""

from __future__ import annotations

from typing import Final

ADMIN_AGENT: Final = "AdminAgents"
ROLES: Final = (ADMIN_AGENT, "HelpdeskAgents", "SalesAgents")
