"""The sandbox is an extra of the package: what it needs may not be installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from partnercenter.cli.errors import UserError


@contextmanager
def needs_sandbox() -> Iterator[None]:
    """Imports of the sandbox; raises `UserError` when a package that it needs is not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "partnercenter":
            raise
        raise UserError(
            f"The sandbox needs the package {error.name}: run pip install 'partnercenter[sandbox]'."
        ) from None
