"""From settings to the credential that they describe: an application alone, or a user who has signed in before."""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from partnercenter.cli.errors import UserError
from partnercenter.cli.output import message
from partnercenter.cli.settings import PartnerSettings, refuse_misplaced_secret, variable
from partnercenter.contract.loopback import is_loopback_url

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

    from partnercenter.identity import SecretStore


def credential_of(settings: PartnerSettings) -> TokenCredential:
    """The credential; raises `UserError` when what it needs is not kept any more, or cannot be read."""
    # What the libraries would warn of on stderr is said once, by the command, as an error.
    logging.getLogger().addHandler(logging.NullHandler())
    if settings.has_user:
        return _user(settings)
    options: dict[str, Any] = {"authority": settings.authority}
    if settings.authority != settings.cloud.authority:
        options["disable_instance_discovery"] = True
    if is_loopback_url(settings.authority):
        # Nothing between this machine and itself gets better by waiting: a sandbox that is not there is said at once.
        options["retry_total"] = 0
    if is_loopback_url(settings.authority) and settings.authority.startswith("http:"):
        from partnercenter.client.loopback import LoopbackTransport

        options["authority"] = "https:" + settings.authority.removeprefix("http:")
        options["transport"] = LoopbackTransport()
    return _application(settings, options)


def _application(settings: PartnerSettings, options: dict[str, Any]) -> TokenCredential:
    if not settings.client_certificate:
        from azure.identity import ClientSecretCredential

        secret = application_secret(settings)
        if secret is None:
            raise UserError(_LOST.format(what="client secret", login=login_command(settings, app_only=True)))
        return ClientSecretCredential(settings.tenant_id, settings.client_id, secret, **options)
    from azure.identity import CertificateCredential

    check_certificate(settings)
    return CertificateCredential(
        settings.tenant_id,
        settings.client_id,
        settings.client_certificate,
        password=settings.client_certificate_password or None,
        **options,
    )


def _user(settings: PartnerSettings) -> TokenCredential:
    from partnercenter.identity import SecureApplicationModelCredential

    if settings.client_certificate:
        check_certificate(settings)
    secret, store = application_secret(settings), _refresh_tokens(settings)
    try:
        return SecureApplicationModelCredential(
            settings.tenant_id,
            settings.client_id,
            store=store,
            client_secret=secret,
            certificate_path=settings.client_certificate or None,
            certificate_password=settings.client_certificate_password or None,
            cloud=settings.cloud,
            authority=settings.authority,
            verify=not settings.authority.startswith("http:"),
        )
    except ValueError as error:
        raise UserError(str(error)) from None


def _refresh_tokens(settings: PartnerSettings) -> SecretStore:
    if settings.refresh_token:
        return _told_store()
    from partnercenter.cli.stored_secrets import stored

    store = stored("refresh_token", settings.refresh_token_in, settings, os.environ)
    with store.exclusive():
        if store.read() is None:
            raise UserError(_LOST.format(what="refresh token", login=login_command(settings)))
    return store


def _told_store() -> SecretStore:
    """The store of PARTNERCENTER_REFRESH_TOKEN, which says once that it cannot keep what follows."""
    from partnercenter.identity import EnvironmentStore

    class ToldStore(EnvironmentStore):
        told = False

        def save(self, secret: str) -> None:
            """Keep the secret in memory, and say that."""
            if not self.told:
                self.told = True
                message(
                    f"The new refresh token cannot be saved in {self.variable}: renew that before it expires."
                )
            super().save(secret)

    return ToldStore(variable("refresh_token"))


def application_secret(settings: PartnerSettings) -> str | None:
    """The application's secret: of the settings, or that which `login` has kept; None when there is none.

    Raises `UserError` for a variable that holds the secret of another application than the profile is about.
    """
    given = settings.client_secret or None
    kept = kept_secret("client_secret", settings.client_secret_in, settings)
    is_kept_elsewhere = bool(settings.client_secret_in or settings.refresh_token_in)
    if given and is_kept_elsewhere and given != kept and _comes_without_its_application(settings):
        raise UserError(
            f"{variable('client_secret')} is not the secret with which profile {settings.profile!r} was signed in: "
            f"unset it, or set {variable('client_id')} to the application that it belongs to."
        )
    secret = given or kept
    refuse_misplaced_secret(replace(settings, client_secret=secret or ""))
    return secret


def kept_secret(kind: str, place: str, settings: PartnerSettings) -> str | None:
    """What `login` has kept, or None when there is none; raises `UserError` when it cannot be opened."""
    if not place:
        return None
    from partnercenter.cli.stored_secrets import stored

    store = stored(kind, place, settings, os.environ)
    with store.exclusive():
        return store.read()


def _comes_without_its_application(settings: PartnerSettings) -> bool:
    named = settings.sources.get("client_id") in {variable("client_id"), "--client-id"}
    return settings.sources.get("client_secret") == variable("client_secret") and not named


def check_certificate(settings: PartnerSettings) -> None:
    """Raise `UserError` unless the certificate's file is there, readable by its owner alone, and can be opened."""
    from partnercenter.identity.client_certificates import client_certificate
    from partnercenter.private_files import check_owner

    path = Path(settings.client_certificate)
    try:
        check_owner(path, path.stat(), forbidden=0o077)
        client_certificate(path, None, settings.client_certificate_password or None)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}.") from None
    except ValueError as error:
        hint = f" Its password comes from {variable('client_certificate_password')}."
        raise UserError(f"{error}{hint if 'password' in str(error) else ''}") from None


def login_command(settings: PartnerSettings, *, app_only: bool = False) -> str:
    """What to type to sign in anew."""
    profile = "" if settings.profile in {"", "default"} else f" --profile {settings.profile}"
    return f"partnercenter login{' --app-only' if app_only else ''}{profile}"


_LOST: Final = "No {what} is kept for this profile, tenant and application; run '{login}'."
