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

_REASON: Final = re.compile(r"\[Errno -?\d+\] ([^()\[\]'\"]+)|(timed out)")


@contextmanager
def faults_worded(settings: PartnerSettings) -> Iterator[None]:
    """Turn what the libraries say about the network and the tenant into a `CommandError`, where it is clear."""
    from azure.core.exceptions import AzureError

    try:
        yield
    except AzureError as error:
        sentence = _no_answer(error, settings) or _no_tenant(error, settings)
        if sentence is None:
            raise
        raise CommandError(sentence) from error


def _no_answer(error: BaseException, settings: PartnerSettings) -> str | None:
    from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError

    from partnercenter.client.errors import HopelessRequestError

    signing_in = isinstance(error, ClientAuthenticationError)
    unsent = error.__cause__ if signing_in else error
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
    refused = error.__cause__ or error.__context__
    while refused is not None and "OIDC Discovery failed" not in str(refused):
        refused = refused.__cause__ or refused.__context__
    if refused is None:
        return None
    if "AADSTS" not in str(refused):
        return f"{settings.authority} is no place to sign in; check PARTNERCENTER_AUTHORITY."
    return f"There is no tenant {settings.tenant_id} at {settings.authority}; check PARTNERCENTER_TENANT_ID."
