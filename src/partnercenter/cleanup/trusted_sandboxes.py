"""The safety rule: customers are deleted only in a partner tenant that the user has named as a sandbox.

Production and sandbox partners share one host and no call tells them apart (behaviour.md 1.8), so the tool
asks the user, once, by tenant id. The tenant that counts is the one of the very token that would be sent.
`decide` is the whole rule and performs no I/O; a doubt about any of its inputs is a refusal.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from partnercenter.contract import development_partner
from partnercenter.contract.identifiers import parse_guid
from partnercenter.contract.loopback import is_loopback_url

ENVIRONMENT_VARIABLE: Final = "PARTNERCENTER_SANDBOX_TENANT_ID"
LOCAL_ALIAS: Final = "local-sandbox"
MOST_CUSTOMERS: Final = 75


@dataclass(frozen=True, slots=True)
class TrustedSandbox:
    """A partner tenant that the user has registered, and the name the user gave it."""

    alias: str
    tenant_id: str


@dataclass(frozen=True, slots=True)
class Allowed:
    """Customers of `tenant_id` may be deleted; `alias` is what the user calls it."""

    tenant_id: str
    alias: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing may be deleted: which interlock says so, and the sentence for the user."""

    id: str
    sentence: str


class SafetyRuleError(Exception):
    """A safety rule forbids what was asked for. Nothing was sent; `refusal` says why."""

    def __init__(self, refusal: Refused) -> None:
        super().__init__(refusal.sentence)
        self.refusal = refusal


def canonical_guid(text: object) -> str | None:
    """The GUID in lower case when `text` is exactly one, without braces or blanks around it; else None."""
    guid = parse_guid(text) if isinstance(text, str) else None
    return guid if guid is not None and isinstance(text, str) and guid == text.lower() else None


def decide(
    token_tenant: object,
    endpoint: str,
    registry: Sequence[TrustedSandbox],
    environment: Mapping[str, str],
    *,
    settings_tenant: str | None = None,
    never: Collection[str] = (),
) -> Allowed | Refused:
    """Say whether customers of the tenant that the token belongs to may be deleted.

    `token_tenant` is the `tid` claim of the token that would be sent, `endpoint` where it would be sent to,
    `settings_tenant` what the settings call the tenant: another GUID there is a refusal. A tenant in `never` is not
    touched, whoever registered it (S05).
    """
    tenant = canonical_guid(token_tenant)
    if tenant is None:
        return _REFUSED_WITHOUT_TENANT
    if tenant in {parse_guid(one) for one in never}:
        return Refused(
            "S05",
            f"Partner tenant {tenant} stands in the list of tenants that are never touched. Nothing was deleted: "
            "take it out of 'never' in config.toml only if it is a sandbox beyond doubt.",
        )
    expected = parse_guid(settings_tenant) if settings_tenant else None
    if expected is not None and expected != tenant:
        return Refused(
            "another-tenant",
            f"The token belongs to tenant {tenant}, but the settings name {expected}. Nothing was deleted: "
            "sign in to the tenant that you mean.",
        )
    named = environment.get(ENVIRONMENT_VARIABLE, "").strip()
    if named and canonical_guid(named) is None:
        return Refused(
            "malformed-environment",
            f"{ENVIRONMENT_VARIABLE} is not a tenant id (a GUID). Nothing was deleted: correct it or unset it.",
        )
    for sandbox in registry:
        if canonical_guid(sandbox.tenant_id) == tenant:
            return Allowed(tenant, sandbox.alias)
    if named and canonical_guid(named) == tenant:
        return Allowed(tenant, tenant)
    return _decide_unregistered(tenant, endpoint)


def _decide_unregistered(tenant: str, endpoint: str) -> Allowed | Refused:
    if tenant != development_partner.TENANT_ID:
        return Refused(
            "tenant-not-registered",
            f"Partner tenant {tenant} is not registered as a sandbox. Nothing was deleted: a production account "
            "must never be cleaned up by mistake. If this is an integration sandbox, register it with "
            f"'partnercenter trust {tenant} --alias NAME'.",
        )
    if not is_loopback_url(endpoint):
        return Refused(
            "development-partner-elsewhere",
            "The development partner of a local sandbox is trusted on this machine only, and the endpoint is "
            "elsewhere. Nothing was deleted: if it is a sandbox of your team, register it with "
            f"'partnercenter trust {tenant} --alias NAME'.",
        )
    return Allowed(tenant, LOCAL_ALIAS)


_REFUSED_WITHOUT_TENANT: Final = Refused(
    "token-without-tenant",
    "The token does not tell which partner tenant it belongs to. Nothing was deleted: use a credential that "
    "hands out tokens of Microsoft Entra ID.",
)


def too_many(count: int) -> Refused | None:
    """Refuse more customers than a sandbox can hold (behaviour.md 8); None when the number is possible."""
    if count <= MOST_CUSTOMERS:
        return None
    return Refused(
        "more-than-a-sandbox-holds",
        f"{count} customers are selected, but an integration sandbox holds at most {MOST_CUSTOMERS}: this is "
        "not one, or some ids are not its own. Nothing was deleted.",
    )
