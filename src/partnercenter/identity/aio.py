"""The asynchronous twin of `partnercenter.identity`: the same class, with `await`."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from typing import Any

from azure.core.credentials import AccessToken, AccessTokenInfo, TokenRequestOptions

from partnercenter.contract.clouds import Cloud
from partnercenter.identity.secret_store import SecretStore
from partnercenter.identity.secure_application_model import (
    SecureApplicationModelCredential as _BlockingCredential,
)
from partnercenter.identity.token_http import DEFAULT_TIMEOUT

__all__ = ["SecureApplicationModelCredential"]


class SecureApplicationModelCredential:
    """An `AsyncTokenCredential` for app+user; everything else is as in `partnercenter.identity`.

    msal blocks, so it works in a thread. Cancelling who waits does not stop it: the new refresh token is saved all
    the same, and the access token is there for the next call.
    """

    def __init__(
        self,
        tenant_id: str,
        client_id: str,
        *,
        store: SecretStore,
        client_secret: str | None = None,
        certificate_path: str | os.PathLike[str] | None = None,
        certificate_data: bytes | None = None,
        certificate_password: str | bytes | None = None,
        cloud: Cloud = Cloud.GLOBAL,
        authority: str | None = None,
        verify: bool | str | os.PathLike[str] = True,
        timeout: float | timedelta = DEFAULT_TIMEOUT,
    ) -> None:
        self._credential = _BlockingCredential(
            tenant_id,
            client_id,
            store=store,
            client_secret=client_secret,
            certificate_path=certificate_path,
            certificate_data=certificate_data,
            certificate_password=certificate_password,
            cloud=cloud,
            authority=authority,
            verify=verify,
            timeout=timeout,
        )

    async def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        enable_cae: bool = False,
        **_: Any,
    ) -> AccessToken:
        """An access token for the scopes; raises what the synchronous one raises."""
        return await asyncio.to_thread(
            self._credential.get_token, *scopes, claims=claims, tenant_id=tenant_id, enable_cae=enable_cae
        )

    async def get_token_info(
        self, *scopes: str, options: TokenRequestOptions | None = None
    ) -> AccessTokenInfo:
        """As `get_token`, in the newer shape of azure-core."""
        return await asyncio.to_thread(self._credential.get_token_info, *scopes, options=options)

    async def close(self) -> None:
        """Close the connections; waits for a redemption that is under way."""
        await asyncio.to_thread(self._credential.close)

    async def __aenter__(self) -> SecureApplicationModelCredential:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()
