"""Correlation ids: one for each call, or one for everything in a `with` block; behaviour.md 10.1."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import uuid4

from partnercenter.contract.identifiers import require_guid

_bound: ContextVar[str | None] = ContextVar("partnercenter_correlation_id", default=None)


@contextmanager
def correlation(correlation_id: str | None = None) -> Iterator[str]:
    """Send one correlation id with every call of this thread or task until the block ends; yields it.

    Raises `ValueError` for an id that is not a GUID.
    """
    bound = str(uuid4()) if correlation_id is None else require_guid(correlation_id, "correlation_id")
    token = _bound.set(bound)
    try:
        yield bound
    finally:
        _bound.reset(token)


def current_correlation_id() -> str:
    """The id that is bound here, or a new one."""
    return _bound.get() or str(uuid4())
