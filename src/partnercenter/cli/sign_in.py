"""Signing in for `partnercenter login`: a user in a browser or by a code, or the application alone."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from partnercenter.cli.connection import signed_in
from partnercenter.cli.connection_faults import faults_worded, refused_sign_in
from partnercenter.cli.errors import CommandError, UserError
from partnercenter.cli.output import message
from partnercenter.cli.settings import PartnerSettings

if TYPE_CHECKING:
    from partnercenter.identity.interactive import SigningIn


@dataclass(frozen=True, slots=True)
class Done:
    """A sign-in that succeeded: with which settings, what the token says, and what is to be kept of a user."""

    settings: PartnerSettings
    claims: Mapping[str, Any]
    refresh_token: str = field(default="", repr=False)


def sign_in_application(settings: PartnerSettings) -> Done:
    """Get a token as the application alone; raises `CommandError` and azure-core's exceptions."""
    with signed_in(settings) as token:
        return Done(settings, _claims(token))


def sign_in_user(settings: PartnerSettings, *, device_code: bool, no_browser: bool, seconds: float) -> Done:
    """Let a user sign in; raises `CommandError`, azure-core's exceptions, `UserError` where there is no browser."""
    from partnercenter.identity.interactive import (
        SignInError,
        sign_in_with_browser,
        sign_in_with_device_code,
    )

    if not (device_code or no_browser):
        _require_browser()
    with faults_worded(settings):
        try:
            if device_code:
                tokens = sign_in_with_device_code(_signing_in(settings, seconds), _show_code)
            else:
                tokens = sign_in_with_browser(
                    _signing_in(settings, seconds), _show_address if no_browser else _open_browser
                )
        except SignInError as error:
            raise CommandError(f"{refused_sign_in(str(error), settings)} Nothing was written.") from None
    return Done(settings, _claims(tokens.access_token), tokens.refresh_token)


def _signing_in(settings: PartnerSettings, seconds: float) -> SigningIn:
    from partnercenter.identity.authorities import sign_in_authority
    from partnercenter.identity.client_certificates import client_certificate
    from partnercenter.identity.interactive import SigningIn

    proof: str | dict[str, str] | None = settings.client_secret or None
    if settings.client_certificate:
        proof = client_certificate(
            settings.client_certificate, None, settings.client_certificate_password or None
        )
    try:
        authority = sign_in_authority(settings.cloud, settings.authority)
    except ValueError as error:
        raise UserError(str(error)) from None
    return SigningIn(
        authority,
        settings.tenant_id,
        settings.client_id,
        proof,
        settings.cloud.scope,
        seconds,
        verify=not authority.is_plain,
    )


def _claims(token: str) -> Mapping[str, Any]:
    from partnercenter.cleanup.token_claims import claims_of

    return claims_of(token) or {}


def _show_code(address: str, code: str) -> None:
    message(f"Open {address} in a browser of any device, and type the code {code} there.")


def _show_address(address: str) -> None:
    message(f"Open this address in a browser of this machine to sign in:\n{address}")


def _open_browser(address: str) -> None:
    """Open the system's browser. It may stay in the foreground until it is closed, so it is not waited for."""
    import webbrowser

    message(f"A browser opens to sign in. If it does not, open this address on this machine:\n{address}")
    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


def _require_browser() -> None:
    """Raise `UserError` where there is no browser and nobody who could open one."""
    import webbrowser

    try:
        webbrowser.get()
    except webbrowser.Error:
        if not sys.stderr.isatty():
            raise UserError(_NO_BROWSER) from None


_NO_BROWSER: Final = (
    "There is no browser here. Use --device-code to sign in on another device, --no-browser to open the address on "
    "this machine yourself, or --app-only to sign in without a user."
)
