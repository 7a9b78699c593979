"""A credential that blocks, for those who await: its tokens are fetched in a thread.

The asynchronous credentials of azure-identity need another HTTP library; this needs none.
"""

from __future__ import annotations

import asyncio
from typing import Any

from azure.core.credentials import AccessToken, AccessTokenInfo


class AwaitedCredential:
    """Wraps any synchronous token credential. Closing it closes the wrapped one."""

    def __init__(self, credential: Any) -> None:
        self._credential = credential

    async def get_token(self, *scopes: str, **kwargs: Any) -> AccessToken:
        """As the wrapped one; raises what it raises."""
        token: AccessToken = await asyncio.to_thread(self._credential.get_token, *scopes, **kwargs)
        return token

    async def get_token_info(self, *scopes: str, options: Any = None) -> AccessTokenInfo:
        """As `get_token`, in the newer shape of azure-core."""
        if hasattr(self._credential, "get_token_info"):
            info: AccessTokenInfo = await asyncio.to_thread(
                self._credential.get_token_info, *scopes, options=options or {}
            )
            return info
        token = await self.get_token(*scopes, **(options or {}))
        return AccessTokenInfo(token.token, token.expires_on)

    async def close(self) -> None:
        """Close the wrapped credential, if it can be closed."""
        getattr(self._credential, "close", lambda: None)()

    async def __aenter__(self) -> AwaitedCredential:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()
