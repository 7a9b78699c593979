"""What it means that a partner or a sandbox cannot be reached or signed in to, as sentences about its settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

from partnercenter.cli.errors import CommandError
from partnercenter.cli.settings import PartnerSettings
from partnercenter.contract.loopback import is_loopback_url

_NUMBER: Final = re.compile(r"AADSTS(\d+)")
_MFA_IS_MISSING: Final = 900421
_REASON: Final = re.compile(r"\[Errno -?\d+\] ([^()\[\]'\"]+)|(timed out)")


@contextmanager
def faults_worded(settings: PartnerSettings) -> Iterator[None]:
    """Turn what the libraries say about the network and the tenant into a `CommandError`, where it is clear."""
    from azure.core.exceptions import AzureError

    try:
        yield
    except AzureError as error:
        sentence = (
            _no_answer(error, settings) or _no_tenant(error, settings) or _sign_in_anew(error, settings)
        )
        if sentence is None:
            raise
        raise CommandError(sentence) from error


def _no_answer(error: BaseException, settings: PartnerSettings) -> str | None:
    from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError

    from partnercenter.client.errors import HopelessRequestError

    wrapped = isinstance(error, ClientAuthenticationError)
    signing_in = wrapped or urlsplit(settings.authority).netloc in str(error)
    unsent = error.__cause__ if wrapped else error
    reason = _REASON.search(str(unsent))
    if not isinstance(unsent, ServiceRequestError) or isinstance(unsent, HopelessRequestError) or not reason:
        return None
    address = settings.authority if signing_in else settings.endpoint
    if is_loopback_url(address):
        return f"No sandbox answers at {address}; start one with 'partnercenter sandbox serve'."
    said = (reason[1] or reason[2]).strip()
    return f"{urlsplit(address).netloc} does not answer ({said}); check the address and the network."


def _no_tenant(error: BaseException, settings: PartnerSettings) -> str | None:
    """What it means when msal was refused the tenant's description, of which it makes five sentences."""
    missing = (
        f"There is no tenant {settings.tenant_id} at {settings.authority}; check PARTNERCENTER_TENANT_ID."
    )
    if "AADSTS90002" in str(error):
        return missing
    refused = error.__cause__ or error.__context__
    while refused is not None and "OIDC Discovery failed" not in str(refused):
        refused = refused.__cause__ or refused.__context__
    if refused is None:
        return None
    if "AADSTS" not in str(refused):
        return f"{settings.authority} is no place to sign in; check PARTNERCENTER_AUTHORITY."
    return missing


def refused_sign_in(said: str, settings: PartnerSettings) -> str:
    """What was said about a sign-in that did not succeed, and what to do about it."""
    numbers = set(_NUMBER.findall(said))
    if numbers & {"50076", "50079", "50074"}:
        return f"{said} Sign in again, with MFA."
    if numbers & {"50011", "900971"}:
        return f"{said} Register http://localhost as a redirect address of application {settings.client_id}."
    if numbers & {"7000218", "7000215", "700025", "7000222"}:
        return f"{said} Check the secret of application {settings.client_id}, and whether it has one."
    return said


def _sign_in_anew(error: BaseException, settings: PartnerSettings) -> str | None:
    """What it means that a user who had signed in before must do so again."""
    if not settings.has_user:
        return None
    from partnercenter.cli.credentials import login_command
    from partnercenter.identity.secure_application_model import SIGN_IN_AGAIN

    if getattr(error, "code", None) == _MFA_IS_MISSING:
        said = f"The service refused the sign-in because there is no MFA in it ({_MFA_IS_MISSING})."
    elif SIGN_IN_AGAIN in str(error):
        said = str(error).replace(SIGN_IN_AGAIN, "").strip()
    else:
        return None
    if settings.refresh_token:
        return f"{said} Sign in again, and give PARTNERCENTER_REFRESH_TOKEN the new refresh token."
    return f"{said} Run '{login_command(settings)}' again, with MFA."
