"""A credential that hands out tokens of one tenant only.

Whoever deletes customers signs in through one of these: the tenant is read out of each token before the
token is sent, so a credential that changes its mind after the check is stopped, not believed. Tokens are
decoded, never verified: that is the service's part. The first token is the one that is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from azure.core.credentials import AccessToken, AccessTokenInfo

from partnercenter.cleanup.token_claims import claims_of
from partnercenter.cleanup.trusted_sandboxes import (
    Allowed,
    Refused,
    SafetyRuleError,
    TrustedSandbox,
    canonical_guid,
    decide,
)


def tenant_of(token: object) -> str | None:
    """The tenant (`tid`) of a token, or None when the token is not a JWT that names exactly one."""
    claims = claims_of(token)
    return None if claims is None else canonical_guid(claims.get("tid"))


def _refuse_unless(tenant_id: str, token: str) -> None:
    found = tenant_of(token)
    if found != tenant_id:
        raise SafetyRuleError(
            Refused(
                "token-changed-tenant",
                f"The credential was checked for tenant {tenant_id} and then handed out a token of "
                f"{found or 'no known tenant'}. The token was not sent, and nothing more is deleted.",
            )
        )


def _options(claims: str | None, tenant_id: str | None, enable_cae: bool) -> dict[str, Any]:
    given = {"claims": claims, "tenant_id": tenant_id, "enable_cae": enable_cae}
    return {name: value for name, value in given.items() if value}


class CheckedCredential:
    """Wraps a credential of any kind; `allowed` says for which tenant, `claims` what the judged token said."""

    def __init__(self, credential: Any, allowed: Allowed, claims: Mapping[str, Any] | None = None) -> None:
        self._credential = credential
        self.allowed = allowed
        self.claims = claims or {}

    def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        enable_cae: bool = False,
        **kwargs: Any,
    ) -> AccessToken:
        """Hand out a token of the checked tenant; raises `SafetyRuleError` for any other."""
        options = _options(claims, tenant_id, enable_cae)
        token: AccessToken = self._credential.get_token(*scopes, **options, **kwargs)
        _refuse_unless(self.allowed.tenant_id, token.token)
        return token

    def get_token_info(self, *scopes: str, options: Any = None) -> AccessTokenInfo:
        """As `get_token`, in the newer shape of azure-core."""
        if hasattr(self._credential, "get_token_info"):
            info: AccessTokenInfo = self._credential.get_token_info(*scopes, options=options or {})
            _refuse_unless(self.allowed.tenant_id, info.token)
            return info
        token = self.get_token(*scopes, **(options or {}))
        return AccessTokenInfo(token.token, token.expires_on)

    def close(self) -> None:
        """Close the wrapped credential, if it can be closed."""
        getattr(self._credential, "close", lambda: None)()

    def __enter__(self) -> CheckedCredential:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


class AsyncCheckedCredential:
    """The same around a credential of `azure.identity.aio`."""

    def __init__(self, credential: Any, allowed: Allowed, claims: Mapping[str, Any] | None = None) -> None:
        self._credential = credential
        self.allowed = allowed
        self.claims = claims or {}

    async def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        enable_cae: bool = False,
        **kwargs: Any,
    ) -> AccessToken:
        """Hand out a token of the checked tenant; raises `SafetyRuleError` for any other."""
        options = _options(claims, tenant_id, enable_cae)
        token: AccessToken = await self._credential.get_token(*scopes, **options, **kwargs)
        _refuse_unless(self.allowed.tenant_id, token.token)
        return token

    async def get_token_info(self, *scopes: str, options: Any = None) -> AccessTokenInfo:
        """As `get_token`, in the newer shape of azure-core."""
        if hasattr(self._credential, "get_token_info"):
            info: AccessTokenInfo = await self._credential.get_token_info(*scopes, options=options or {})
            _refuse_unless(self.allowed.tenant_id, info.token)
            return info
        token = await self.get_token(*scopes, **(options or {}))
        return AccessTokenInfo(token.token, token.expires_on)

    async def close(self) -> None:
        """Close the wrapped credential, if it can be closed."""
        if hasattr(self._credential, "close"):
            await self._credential.close()

    async def __aenter__(self) -> AsyncCheckedCredential:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()


def _judge(
    token: str,
    endpoint: str,
    registry: Callable[[], Sequence[TrustedSandbox]],
    environment: Mapping[str, str],
    settings_tenant: str | None,
    never: Collection[str],
) -> Allowed:
    decision = decide(
        tenant_of(token), endpoint, registry(), environment, settings_tenant=settings_tenant, never=never
    )
    if isinstance(decision, Refused):
        raise SafetyRuleError(decision)
    return decision


def check_credential(
    credential: Any,
    *,
    scope: str,
    endpoint: str,
    registry: Callable[[], Sequence[TrustedSandbox]],
    environment: Mapping[str, str],
    settings_tenant: str | None = None,
    never: Collection[str] = (),
) -> CheckedCredential:
    """Get a token, apply the safety rule to it, and return the credential with which to delete at `endpoint`.

    `never` are the tenants that are not touched even where they are registered.

    Raises `SafetyRuleError`, and what the credential and `registry` raise.
    """
    token = credential.get_token(scope).token
    allowed = _judge(token, endpoint, registry, environment, settings_tenant, never)
    return CheckedCredential(credential, allowed, claims_of(token))


async def check_credential_async(
    credential: Any,
    *,
    scope: str,
    endpoint: str,
    registry: Callable[[], Sequence[TrustedSandbox]],
    environment: Mapping[str, str],
    settings_tenant: str | None = None,
    never: Collection[str] = (),
) -> AsyncCheckedCredential:
    """`check_credential` for a credential of `azure.identity.aio`."""
    token = (await credential.get_token(scope)).token
    allowed = _judge(token, endpoint, registry, environment, settings_tenant, never)
    return AsyncCheckedCredential(credential, allowed, claims_of(token))
