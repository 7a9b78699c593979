"""`partnercenter login`: sign in, then keep what it brought. Nothing is written before the sign-in has succeeded."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import click

from partnercenter.cli.connection import partner_options
from partnercenter.cli.errors import UserError
from partnercenter.cli.interruption import DeferringSignals
from partnercenter.cli.output import message

if TYPE_CHECKING:
    from partnercenter.cli.settings import PartnerSettings

_LONGEST_WAIT: Final = 3600
_USUAL_WAIT: Final = 300
_LONGEST_SECRET: Final = 4096


@click.command(name="login")
@click.option("--app-only", is_flag=True, help="Sign in as the application alone, without a user.")
@click.option("--device-code", is_flag=True, help="Show a code to type in a browser of any device.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser; the address is shown in any case.")
@click.option(
    "--secret-stdin", is_flag=True, help="Read the application's secret from stdin, which may be a pipe."
)
@click.option(
    "--certificate",
    metavar="FILE",
    help="The application's certificate with its key, PEM or PFX, instead of a secret.",
)
@click.option(
    "--timeout",
    "seconds",
    metavar="SECONDS",
    type=click.IntRange(1, _LONGEST_WAIT),
    default=_USUAL_WAIT,
    show_default=True,
    help="How long to wait for the user.",
)
@partner_options
def command(
    app_only: bool,
    device_code: bool,
    no_browser: bool,
    secret_stdin: bool,
    certificate: str | None,
    seconds: int,
    flags: Mapping[str, str | None],
) -> None:
    """Sign in once, and let all other commands do so by the profile that this writes.

    A user signs in in a browser of this machine, with MFA, and a refresh token is kept from then on; --app-only
    keeps the application's secret instead. Secrets go to the system's keyring, or to an encrypted file when
    PARTNERCENTER_STORE_PASSPHRASE is set; config.toml only says where. A sandbox on this machine needs no settings:
    its development partner signs in.
    """
    if app_only and (device_code or no_browser):
        raise click.UsageError("--app-only signs no user in: leave out --device-code and --no-browser.")
    if device_code and no_browser:
        raise click.UsageError("--device-code opens no browser: leave out --no-browser.")
    if secret_stdin and certificate is not None:
        raise click.UsageError("Give --secret-stdin or --certificate, not both.")
    settings = _settings(flags, certificate, app_only=app_only, secret_stdin=secret_stdin)
    if settings.note:
        message(settings.note)
    if device_code and (settings.client_secret or settings.client_certificate):
        raise UserError(
            "--device-code is for public applications, which have no secret, and this one has: leave it out, and use "
            "--no-browser where no browser can be opened."
        )
    from partnercenter.cli.sign_in import sign_in_application, sign_in_user
    from partnercenter.cli.sign_in_kept import keep, place_to_keep

    # Before the user takes the trouble: it would be in vain.
    place = place_to_keep(settings, os.environ, user=not app_only)
    with DeferringSignals() as signals:
        try:
            if app_only:
                done = sign_in_application(settings)
            else:
                done = sign_in_user(settings, device_code=device_code, no_browser=no_browser, seconds=seconds)
        except KeyboardInterrupt:
            message("\nNothing was written.")
            raise
        with signals.held():
            kept = keep(done, place, os.environ)
    _tell(kept, done.claims)


def _settings(
    flags: Mapping[str, str | None], certificate: str | None, *, app_only: bool, secret_stdin: bool
) -> PartnerSettings:
    """Everything that is known before the sign-in, with the secret; nobody else is asked for it."""
    from partnercenter.cli.control import answers_as_sandbox
    from partnercenter.cli.credentials import check_certificate, kept_secret
    from partnercenter.cli.login_settings import check_profile_name, settings_to_sign_in
    from partnercenter.cli.profile_file import profile_name, profile_reader, read_profiles
    from partnercenter.cli.settings import LOCAL_SANDBOX, Setting, collect
    from partnercenter.contract.development_partner import TENANT_ID

    name = check_profile_name(profile_name(os.environ, flags.get("profile")))
    exists = name in read_profiles(os.environ).profiles
    found = collect(flags, os.environ, lambda _: profile_reader(os.environ)(name) if exists else {})
    if certificate is not None:
        found["client_certificate"] = Setting(str(_absolute(certificate)), "--certificate")
        found = {key: setting for key, setting in found.items() if key != "client_secret"}
    if secret_stdin:
        found["client_secret"] = Setting(_secret_of_stdin(), "--secret-stdin")
        found = {key: setting for key, setting in found.items() if key != "client_certificate"}
    settings = settings_to_sign_in(
        found,
        name,
        app_only=app_only,
        sandbox_answers=lambda: answers_as_sandbox(LOCAL_SANDBOX, TENANT_ID),
    )
    if settings.client_certificate:
        check_certificate(settings)
        return settings
    if not settings.client_secret and "client_secret_in" in found:
        kept = kept_secret("client_secret", found["client_secret_in"].value, settings)
        settings = replace(settings, client_secret=kept or "")
    if app_only and not settings.client_secret:
        settings = replace(settings, client_secret=_asked_secret())
    return settings


def _absolute(file: str) -> Any:
    from pathlib import Path

    return Path(file).expanduser().absolute()


def _secret_of_stdin() -> str:
    secret = sys.stdin.readline(_LONGEST_SECRET).strip()
    if not secret:
        raise UserError("--secret-stdin: stdin brought no secret.")
    return secret


def _asked_secret() -> str:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UserError(
            "The application's secret is missing and there is no terminal to ask on: set "
            "PARTNERCENTER_CLIENT_SECRET, or use --secret-stdin or --certificate FILE."
        )
    from getpass import getpass

    try:
        secret = getpass("Client secret: ", stream=sys.stderr).strip()
    except EOFError:
        secret = ""
    if not secret:
        raise UserError("No secret was given.")
    return secret


def _tell(settings: PartnerSettings, claims: Mapping[str, Any]) -> None:
    """Say who is signed in, and what will be refused later if it stays as it is."""
    from partnercenter.cli.profile_file import profile_name
    from partnercenter.cli.who import domain_of, has_mfa, user_of

    user = user_of(claims)
    who = f"as {user}" if user else f"as application {settings.client_id}"
    domain = domain_of(claims)
    where = f"{settings.tenant_id}{f' ({domain})' if domain else ''}"
    message(f"Signed in to tenant {where} {who}; profile {settings.profile!r} was written.")
    if profile_name(os.environ, None) != settings.profile:
        name = settings.profile
        message(f"Use it with --profile {name}, or always: 'partnercenter profiles use {name}'.")
    if has_mfa(claims) is False:
        message("The token has no MFA in it: Partner Center refuses such tokens (900421). Sign in with MFA.")
