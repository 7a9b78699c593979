"""App+user by the Secure Application Model: a person has signed in with MFA once, a refresh token does the rest.

Every redemption brings a new refresh token (behaviour.md 9.1). The invariant: while a refresh token is redeemed
nobody else is in its store, and the new one is in the store before the access token is handed out.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from azure.core.credentials import AccessToken, AccessTokenInfo, TokenRequestOptions
from azure.core.exceptions import AzureError, ClientAuthenticationError

from partnercenter.client.arguments import require_cloud, require_type
from partnercenter.client.durations import seconds
from partnercenter.contract.clouds import Cloud
from partnercenter.identity.authorities import Authority, sign_in_authority
from partnercenter.identity.entra_answers import refusal, without_secrets
from partnercenter.identity.msal_application import msal_application, understood
from partnercenter.identity.secret_store import SecretStore, SecretStoreError
from partnercenter.identity.token_http import DEFAULT_TIMEOUT, TokenAnswer, TokenHttp

SIGN_IN_AGAIN: Final = "Sign in again, with MFA, and save the new refresh token."
# As azure-identity has it: a token is renewed five minutes early, but not asked for again within half a minute.
_RENEWED_EARLY: Final = 300
_ASKED_AGAIN_AFTER: Final = 30
_CONTINUOUS_ACCESS: Final = {"xms_cc": {"values": ["CP1"]}}


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a token is asked for."""

    scopes: tuple[str, ...]
    enable_cae: bool = False


class SecureApplicationModelCredential:
    """A `TokenCredential` for app+user: redeems the refresh token of a store, and saves the one that follows it.

    `tenant_id` is the partner's, `client_id` the application's. With neither `client_secret` nor a certificate
    (`certificate_path` or `certificate_data`, PEM or PKCS12, with `certificate_password`) the application is a
    public one. `store` holds the refresh token: `KeyringStore`, `EncryptedFileStore`, `EnvironmentStore`,
    `KeyVaultStore`, or your own. `cloud` chooses where to sign in; `authority` replaces that, for a proxy or the
    local sandbox. `timeout`, in seconds or as a `timedelta`, holds for each answer; `verify` is True or the path of
    a certificate bundle.

    Threads may share one, and so may processes the store. Access tokens are kept in memory until five minutes before
    their end.

    Raises `ValueError` for a retired cloud, an unusable authority, certificate or tenant, `TypeError` for what is no
    store.

        store = EncryptedFileStore(path, passphrase)
        credential = SecureApplicationModelCredential(tenant_id, client_id, client_secret=secret, store=store)
        with PartnerCenterClient(credential) as client: ...
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
        if not isinstance(store, SecretStore):
            raise TypeError(
                "store must have the methods of a SecretStore, such as KeyringStore, "
                f"not be a {type(store).__name__}."
            )
        self._tenant_id = tenant_id
        self._client_id = require_type(client_id, str, "client_id")
        self._authority = sign_in_authority(require_cloud(cloud), authority)
        self._authority_url = self._authority.of_tenant(tenant_id)
        self._client_credential: str | dict[str, str] | None = client_secret
        if (certificate_path, certificate_data, certificate_password) != (None, None, None):
            if client_secret is not None:
                raise ValueError("Give either client_secret or a certificate.")
            from partnercenter.identity.client_certificates import client_certificate

            self._client_credential = client_certificate(
                certificate_path, certificate_data, certificate_password
            )
        self._store = store
        self._http = _RotationHttp(self._authority, verify=verify, timeout=seconds(timeout, "timeout"))
        self._application: Any = None
        self._lock = threading.Lock()
        self._tokens: dict[_Wanted, AccessTokenInfo] = {}
        self._asked_at: dict[_Wanted, float] = {}
        self._unsaved: _Unsaved | None = None

    def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        enable_cae: bool = False,
        **_: Any,
    ) -> AccessToken:
        """An access token for the scopes.

        Raises `ClientAuthenticationError` when Entra refuses, with its sentence and number; its subclasses
        `CredentialUnavailableError` when the store is empty and `SecretStoreError` when it cannot be read or written;
        `ServiceRequestError` and `ServiceResponseError` when the network fails.
        """
        options: TokenRequestOptions = {"enable_cae": enable_cae}
        if claims:
            options["claims"] = claims
        if tenant_id:
            options["tenant_id"] = tenant_id
        token = self.get_token_info(*scopes, options=options)
        return AccessToken(token.token, token.expires_on)

    def get_token_info(self, *scopes: str, options: TokenRequestOptions | None = None) -> AccessTokenInfo:
        """As `get_token`, in the newer shape of azure-core."""
        if not scopes:
            raise ValueError("A token is for at least one scope, such as Cloud.GLOBAL.scope.")
        asked = options or {}
        self._require_own_tenant(asked.get("tenant_id"))
        wanted = _Wanted(scopes, bool(asked.get("enable_cae")))
        claims = asked.get("claims")
        with self._lock:
            kept = None if claims else self._kept(wanted)
            if kept is not None and not self._is_due(wanted, kept):
                return kept
            self._asked_at[wanted] = time.time()
            try:
                token = self._redeem(wanted, claims)
            except SecretStoreError:
                raise
            except AzureError:
                # What cannot be renewed early is used to its end, as azure-identity does.
                if kept is None:
                    raise
                return kept
            self._tokens[wanted] = token
            return token

    def close(self) -> None:
        """Close the connections; waits for a redemption that is under way."""
        with self._lock:
            self._http.close()

    def __enter__(self) -> SecureApplicationModelCredential:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _require_own_tenant(self, tenant_id: str | None) -> None:
        if tenant_id is not None and tenant_id.lower() != self._tenant_id.lower():
            raise ClientAuthenticationError(
                message=f"This credential signs in to {self._tenant_id} only, not to {tenant_id[:60]!r}."
            )

    def _kept(self, wanted: _Wanted) -> AccessTokenInfo | None:
        """The token in memory, if it is still good."""
        kept = self._tokens.get(wanted)
        return kept if kept is not None and kept.expires_on > time.time() else None

    def _is_due(self, wanted: _Wanted, kept: AccessTokenInfo) -> bool:
        """Whether a token that is still good should be renewed."""
        now = time.time()
        if now - self._asked_at.get(wanted, 0.0) < _ASKED_AGAIN_AFTER:
            return False
        return kept.expires_on - now < _RENEWED_EARLY or (kept.refresh_on or now + 1) <= now

    def _redeem(self, wanted: _Wanted, claims: str | None) -> AccessTokenInfo:
        asked = _claims(claims, wanted.enable_cae)
        application = self._opened()
        with self._store.exclusive():
            refresh_token = self._read()
            answer = self._exchange(application, refresh_token, wanted.scopes, asked)
            if answer.get("error") == "invalid_grant":
                # Whoever shares a store without sharing its lock, as in a Key Vault, may have been quicker.
                newer = self._read()
                if newer != refresh_token:
                    refresh_token = newer
                    answer = self._exchange(application, refresh_token, wanted.scopes, asked)
        if "error" in answer:
            raise refusal(answer, _advice(answer), secrets=self._secrets(refresh_token))
        return _token_of(answer)

    def _read(self) -> str:
        """The refresh token to redeem; one that could not be saved before is saved first."""
        stored = self._store.read()
        unsaved, self._unsaved = self._unsaved, None
        if unsaved is not None and stored == unsaved.replaced:
            self._keep(unsaved.replaced, unsaved.secret)
            return unsaved.secret
        if not stored:
            from azure.identity import CredentialUnavailableError

            raise CredentialUnavailableError(
                message=f"There is no refresh token in the store. {SIGN_IN_AGAIN}"
            )
        return stored

    def _exchange(
        self, application: Any, refresh_token: str, scopes: Sequence[str], claims: str | None
    ) -> dict[str, Any]:
        """Redeem a refresh token; the one that follows it is saved whatever else is wrong with the answer."""
        self._http.received = None
        try:
            with understood():
                return dict(
                    application.acquire_token_by_refresh_token(
                        refresh_token, list(scopes), data={"claims": claims}
                    )
                )
        finally:
            received, self._http.received = self._http.received, None
            if received and received != refresh_token:
                self._keep(refresh_token, received)

    def _keep(self, replaced: str, secret: str) -> None:
        self._unsaved = _Unsaved(replaced, secret)
        try:
            self._store.save(secret)
        except Exception as error:
            reason = without_secrets(str(error).rstrip("."), self._secrets(replaced, secret))
            raise SecretStoreError(
                message="The new refresh token could not be saved, so no access token is handed out: "
                f"{reason}. It is kept in memory; the next call saves it first."
            ) from None
        self._unsaved = None

    def _opened(self) -> Any:
        """The msal application, whose making asks for the discovery document."""
        if self._application is None:
            self._application = msal_application(
                self._authority_url, self._client_id, self._client_credential, self._http
            )
        return self._application

    def _secrets(self, *others: str) -> list[str]:
        own = [self._client_credential] if isinstance(self._client_credential, str) else []
        return [*own, *others]


@dataclass(frozen=True, slots=True)
class _Unsaved:
    """A refresh token that exists only here, and the one in the store that it follows."""

    replaced: str
    secret: str


class _RotationHttp(TokenHttp):
    """Remembers the refresh token of the last answer, before msal looks at the rest of it."""

    def __init__(
        self, authority: Authority, *, verify: bool | str | os.PathLike[str], timeout: float
    ) -> None:
        super().__init__(authority, verify=verify, timeout=timeout)
        self.received: str | None = None

    def post(self, url: str, *arguments: Any, **options: Any) -> TokenAnswer:
        """Send a form."""
        answer = super().post(url, *arguments, **options)
        received = answer.document.get("refresh_token")
        self.received = received if isinstance(received, str) else None
        return answer


def _token_of(answer: dict[str, Any]) -> AccessTokenInfo:
    with understood():
        refresh_on = answer.get("refresh_on")
        return AccessTokenInfo(
            require_type(answer["access_token"], str, "access_token"),
            int(time.time()) + int(answer["expires_in"]),
            token_type=str(answer.get("token_type", "Bearer")),
            refresh_on=None if refresh_on is None else int(refresh_on),
        )


def _claims(claims: str | None, enable_cae: bool) -> str | None:
    """The claims to ask for: those of a challenge, and that the caller can deal with continuous access evaluation."""
    if not enable_cae:
        return claims
    try:
        asked = json.loads(claims) if claims else {}
        asked["access_token"] = {**asked.get("access_token", {}), **_CONTINUOUS_ACCESS}
    except (ValueError, TypeError, AttributeError):
        raise ValueError("claims must be a JSON object, as a challenge has it.") from None
    return json.dumps(asked)


def _advice(answer: dict[str, Any]) -> str:
    if answer.get("error") in {"invalid_grant", "interaction_required"}:
        return SIGN_IN_AGAIN
    return "Check tenant, client id and client secret or certificate."
