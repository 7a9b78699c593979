"""Signed in to a sandbox for a clean-up: the clients, and who is signed in to what.

A session is made of a checked credential only, so a plan or a run never gets a client that was not asked about.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from os import PathLike

from partnercenter.cleanup.checked_credential import AsyncCheckedCredential, CheckedCredential
from partnercenter.cleanup.refusals import stop_if, unfit_audience
from partnercenter.cleanup.threaded_credential import ThreadedCredential
from partnercenter.cleanup.token_claims import SignedIn, audience_of, identity_of
from partnercenter.client.aio import PartnerCenterClient
from partnercenter.contract.clouds import Cloud


@dataclass(frozen=True, slots=True)
class Session:
    """`reading` asks again by itself; `calling` does not, because a run does that."""

    partner: SignedIn
    reading: PartnerCenterClient
    calling: PartnerCenterClient


@asynccontextmanager
async def open_session(
    credential: CheckedCredential | AsyncCheckedCredential,
    *,
    cloud: Cloud = Cloud.GLOBAL,
    endpoint: str | None = None,
    verify: bool | str | PathLike[str] = True,
) -> AsyncIterator[Session]:
    """Open both clients; the arguments are those of `PartnerCenterClient`, and `endpoint` is what was checked.

    Raises `TypeError` for a credential that `check_credential` has not made, and `SafetyRuleError` (S13) for one
    whose token is for somebody else.
    """
    if not isinstance(credential, CheckedCredential | AsyncCheckedCredential):
        raise TypeError(
            f"A clean-up takes a credential that check_credential has made, not {type(credential).__name__}."
        )
    stop_if(unfit_audience(audience_of(credential.claims), cloud.scope))
    awaited = ThreadedCredential(credential) if isinstance(credential, CheckedCredential) else credential
    async with (
        PartnerCenterClient(awaited, cloud=cloud, endpoint=endpoint, verify=verify) as reading,
        PartnerCenterClient(awaited, cloud=cloud, endpoint=endpoint, verify=verify, retry_total=0) as calling,
    ):
        allowed = credential.allowed
        partner = SignedIn(allowed.tenant_id, allowed.alias, reading.endpoint, identity_of(credential.claims))
        yield Session(partner, reading, calling)
