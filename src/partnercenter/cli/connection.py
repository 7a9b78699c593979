"""From settings to a client: the flags that commands share, the credential, and the two ways to connect.

`reading` is for commands that change nothing that is there; whoever deletes uses `deleting` or `sweeping`, which
apply the safety rules to the very credential that the client then signs in with.
"""

from __future__ import annotations

import functools
import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from partnercenter.cli.connection_faults import faults_worded
from partnercenter.cli.output import message
from partnercenter.cli.settings import LOCAL_SANDBOX, NAMES, PartnerSettings, collect, resolve

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

    from partnercenter.cleanup.checked_credential import CheckedCredential
    from partnercenter.cleanup.safety_settings import SafetySettings
    from partnercenter.cleanup.session import Session
    from partnercenter.cleanup.trusted_sandboxes import Allowed
    from partnercenter.client.aio import PartnerCenterClient as AsyncPartnerCenterClient
    from partnercenter.client.sync import PartnerCenterClient

_FLAGS = (
    ("--endpoint", "Address of the API, without /v1; an address of this machine is a local sandbox."),
    ("--authority", "Where to sign in, without the tenant."),
    ("--cloud", "global, china or us-government."),
    ("--tenant-id", "The partner's tenant: a GUID or a domain."),
    ("--client-id", "The application to sign in as. Its secret comes from PARTNERCENTER_CLIENT_SECRET only."),
    ("--profile", "A profile of config.toml in the configuration folder."),
)


def partner_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the flags that say which partner to call; the command gets `flags`, a mapping."""

    @functools.wraps(command)
    def collected(*args: Any, **kwargs: Any) -> Any:
        flags = {name: kwargs.pop(name) for name in (*NAMES, "profile") if name in kwargs}
        return command(*args, flags=flags, **kwargs)

    wrapped: Callable[..., Any] = collected
    for flag, text in reversed(_FLAGS):
        wrapped = click.option(flag, help=text)(wrapped)
    return wrapped


def partner_settings(flags: Mapping[str, str | None]) -> PartnerSettings:
    """Find the settings of this process, and tell the user when they were guessed."""
    from partnercenter.cli.control import answers_as_sandbox
    from partnercenter.cli.profile_file import profile_name, profile_reader
    from partnercenter.contract.development_partner import TENANT_ID

    found = collect(flags, os.environ, profile_reader(os.environ))
    settings = resolve(found, sandbox_answers=lambda: answers_as_sandbox(LOCAL_SANDBOX, TENANT_ID))
    settings = replace(settings, profile=profile_name(os.environ, flags.get("profile")))
    if settings.note:
        message(settings.note)
    return settings


def _credential_of(settings: PartnerSettings) -> TokenCredential:
    from partnercenter.cli.credentials import credential_of

    return credential_of(settings)


@contextmanager
def signed_in(settings: PartnerSettings) -> Iterator[str]:
    """A token for the service, for whoever only wants to know what it says."""
    with faults_worded(settings):
        credential: Any = _credential_of(settings)
        try:
            yield credential.get_token(settings.cloud.scope).token
        finally:
            credential.close()


@contextmanager
def reading(settings: PartnerSettings) -> Iterator[PartnerCenterClient]:
    """A client for reading and creating."""
    with faults_worded(settings), _client(settings, _credential_of(settings)) as client:
        yield client


@asynccontextmanager
async def reading_side_by_side(settings: PartnerSettings) -> AsyncIterator[AsyncPartnerCenterClient]:
    """A client for reading much at once."""
    with faults_worded(settings):
        async with _async_client(settings, _credential_of(settings)) as client:
            yield client


@contextmanager
def deleting(
    settings: PartnerSettings, *, user_rules: bool = True
) -> Iterator[tuple[PartnerCenterClient, Allowed]]:
    """A client that may delete, and as what the user trusts the sandbox; raises `SafetyRuleError`.

    Without `user_rules` nothing that the user has named counts, so only the development partner is trusted.
    """
    with faults_worded(settings):
        credential = _checked(settings, safety_of({"profile": settings.profile}) if user_rules else None)
        with _client(settings, credential) as client:
            yield client, credential.allowed


def safety_of(flags: Mapping[str, str | None]) -> SafetySettings:
    """What the user has set down for clean-ups; raises `ConfigurationError`."""
    from partnercenter.cli.profile_file import read_safety_settings

    return read_safety_settings(os.environ, flags.get("profile"))


def _checked(settings: PartnerSettings, safety: SafetySettings | None) -> CheckedCredential:
    from partnercenter.cleanup.checked_credential import check_credential
    from partnercenter.cleanup.refusals import looks_like_production, stop_if
    from partnercenter.cleanup.sandbox_registry import read_registry
    from partnercenter.cli.who import domain_of

    credential = check_credential(
        _credential_of(settings),
        scope=settings.cloud.scope,
        endpoint=settings.endpoint,
        registry=lambda: () if safety is None else read_registry(os.environ),
        environment={} if safety is None else os.environ,
        settings_tenant=settings.tenant_id,
        never=() if safety is None else safety.never,
    )
    if safety is not None:
        names = {
            "The profile": safety.profile,
            "What you call the sandbox": credential.allowed.alias,
            "The tenant": settings.tenant_id,
            "The user's domain": domain_of(credential.claims) or "",
        }
        stop_if(looks_like_production(names, safety.words))
    return credential


@asynccontextmanager
async def sweeping(settings: PartnerSettings, safety: SafetySettings | None) -> AsyncIterator[Session]:
    """A session for a clean-up; raises `SafetyRuleError`.

    Without `safety` nothing that the user has named counts, so only the development partner is trusted.
    """
    from partnercenter.cleanup.session import open_session

    with faults_worded(settings):
        credential = _checked(settings, safety)
        async with open_session(
            credential, cloud=settings.cloud, endpoint=settings.endpoint, verify=_verify(settings)
        ) as session:
            yield session


def _client(settings: PartnerSettings, credential: TokenCredential) -> PartnerCenterClient:
    from partnercenter.client.sync import PartnerCenterClient

    return PartnerCenterClient(
        credential, cloud=settings.cloud, endpoint=settings.endpoint, verify=_verify(settings)
    )


def _async_client(settings: PartnerSettings, credential: TokenCredential) -> AsyncPartnerCenterClient:
    from partnercenter.cleanup.threaded_credential import ThreadedCredential
    from partnercenter.client.aio import PartnerCenterClient

    return PartnerCenterClient(
        ThreadedCredential(credential),
        cloud=settings.cloud,
        endpoint=settings.endpoint,
        verify=_verify(settings),
    )


def _verify(settings: PartnerSettings) -> bool:
    """Plain HTTP, which is to this machine only, needs no certificates; so nothing that names them is read."""
    return not settings.endpoint.startswith("http:")
