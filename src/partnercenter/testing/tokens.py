"""Credentials whose tokens are made to order by the sandbox in this process, without signing in anywhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

from azure.core.credentials import AccessToken

# The answer of `POST /_sandbox/tokens`.
Mint = Callable[[], Mapping[str, Any]]


class LocalCredential:
    """A token credential; each token is signed when it is asked for, for whatever scope."""

    def __init__(self, mint: Mint) -> None:
        self._mint = mint

    def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
        """A new token."""
        minted = self._mint()
        ends = minted["claims"].get("exp")
        return AccessToken(minted["access_token"], ends if isinstance(ends, int) else int(time.time()))


class AsyncLocalCredential:
    """The same for the asynchronous client."""

    def __init__(self, mint: Mint) -> None:
        self._credential = LocalCredential(mint)

    async def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """A new token."""
        return self._credential.get_token(*scopes, **options)

    async def close(self) -> None:
        """Do nothing: there is nothing open."""

    async def __aenter__(self) -> AsyncLocalCredential:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.close()
