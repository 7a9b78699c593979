"""What is asked before the first change: whether this sign-in has its rights, and who the partner is (S13, S06).

Only GET. That customers can be listed proves the token's tenant to be a partner and its application to be registered.
"""

from __future__ import annotations

from azure.core.exceptions import AzureError, ClientAuthenticationError

from partnercenter.cleanup.refusals import looks_like_production, refuse
from partnercenter.cleanup.safety_settings import SafetySettings
from partnercenter.cleanup.trusted_sandboxes import SafetyRuleError
from partnercenter.client.aio import PartnerCenterClient
from partnercenter.client.errors import PartnerCenterError, PermissionDeniedError


async def probe(client: PartnerCenterClient, safety: SafetySettings) -> None:
    """Raise `SafetyRuleError` for a sign-in without rights or a partner whose company has a forbidden word."""
    try:
        await client.request("GET", "/v1/customers?size=1")
    except (PermissionDeniedError, ClientAuthenticationError) as error:
        said = str(getattr(error, "description", None) or error.message).strip()
        raise SafetyRuleError(refuse("S13", f"The customers cannot be listed with it: {said}")) from error
    refusal = looks_like_production({"The partner's company": await _company(client)}, safety.words)
    if refusal is not None:
        raise SafetyRuleError(refusal)


async def _company(client: PartnerCenterClient) -> str:
    """The name in the partner's legal profile; empty where nobody tells."""
    try:
        answer = await client.request("GET", "/v1/profiles/legalbusiness")
        profile = answer.json()
    except (PartnerCenterError, AzureError, ValueError):
        return ""
    return str(profile.get("companyName") or "") if isinstance(profile, dict) else ""
