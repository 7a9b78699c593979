"""A credential that blocks, for the asynchronous client."""

from __future__ import annotations

import asyncio
from typing import Any

from azure.core.credentials import AccessToken, AccessTokenInfo


class ThreadedCredential:
    """Lets a credential that blocks serve the asynchronous client: it is asked in a thread, once at a time.

    azure-identity's asynchronous credentials need aiohttp; this needs nothing.
    """

    def __init__(self, credential: Any) -> None:
        self._credential = credential
        self._lock = asyncio.Lock()

    async def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """A token, as the credential gives it; raises what it raises."""
        async with self._lock:
            token: AccessToken = await asyncio.to_thread(self._credential.get_token, *scopes, **options)
            return token

    async def get_token_info(self, *scopes: str, options: Any = None) -> AccessTokenInfo:
        """As `get_token`, in the newer shape of azure-core."""
        if not hasattr(self._credential, "get_token_info"):
            token = await self.get_token(*scopes, **(options or {}))
            return AccessTokenInfo(token.token, token.expires_on)
        async with self._lock:
            info: AccessTokenInfo = await asyncio.to_thread(
                self._credential.get_token_info, *scopes, options=options or {}
            )
            return info

    async def close(self) -> None:
        """Close the credential, if it can be closed."""
        await asyncio.to_thread(getattr(self._credential, "close", lambda: None))

    async def __aenter__(self) -> ThreadedCredential:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()
