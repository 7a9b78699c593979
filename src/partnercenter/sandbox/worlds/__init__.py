"""Worlds: what a seed fills a sandbox with.

A world is a JSON document of partners with their applications, customers and purchases, and of
settings. Those that ship with the package are made in `named`; a user's own comes from a file. Every world
also has the development partner, so that nobody is locked out by a seed.
"""

from __future__ import annotations

from partnercenter.sandbox.worlds.fill import PreparedWorld, has_partners, prepare, put_in
from partnercenter.sandbox.worlds.named import WORLDS, named_world

__all__ = ["WORLDS", "PreparedWorld", "has_partners", "named_world", "prepare", "put_in"]
