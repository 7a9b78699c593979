"""Which partner to call and how: flags, then PARTNERCENTER_* variables, then a profile; each value knows its source.

Pure: files and the network are functions that are passed in. The invariant: the well-known secret of local
sandboxes never goes to another machine, and no secret goes anywhere without TLS except to this machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from partnercenter.cleanup.trusted_sandboxes import Refused, SafetyRuleError
from partnercenter.cli.errors import UserError
from partnercenter.contract import development_partner
from partnercenter.contract.clouds import Cloud, find_cloud
from partnercenter.contract.loopback import is_loopback_url

LOCAL_SANDBOX: Final = "http://127.0.0.1:8400"
NAMES: Final = ("endpoint", "authority", "cloud", "tenant_id", "client_id", "client_secret")
_CREDENTIALS: Final = ("tenant_id", "client_id", "client_secret")


@dataclass(frozen=True, slots=True)
class Setting:
    """One value and where it was found."""

    value: str = field(repr=False)
    source: str


@dataclass(frozen=True, slots=True)
class PartnerSettings:
    """Everything that is needed to sign in and to call.

    `note` is what the user should be told, if anything; `profile` the one that the command line names.
    """

    cloud: Cloud
    endpoint: str
    authority: str
    tenant_id: str
    client_id: str
    client_secret: str = field(repr=False)
    note: str = ""
    profile: str = ""


def variable(name: str) -> str:
    """`tenant_id` → `PARTNERCENTER_TENANT_ID`."""
    return f"PARTNERCENTER_{name.upper()}"


def collect(
    flags: Mapping[str, str | None],
    environment: Mapping[str, str],
    profile: Callable[[str | None], Mapping[str, Setting]],
) -> dict[str, Setting]:
    """Find each setting in the nearest place that has it. `flags` has the names of `NAMES`, and `profile`."""
    wanted = flags.get("profile") or environment.get(variable("profile"), "").strip() or None
    found = dict(profile(wanted))
    for name in NAMES:
        given = environment.get(variable(name), "").strip()
        if given:
            found[name] = Setting(given, variable(name))
        flag = flags.get(name)
        if flag is not None:
            found[name] = Setting(flag.strip(), "--" + name.replace("_", "-"))
    return found


def resolve(found: Mapping[str, Setting], *, sandbox_answers: Callable[[], bool]) -> PartnerSettings:
    """Complete what was found into settings that can be used.

    With nothing at all, a sandbox that answers on this machine is used, as its development partner.
    Raises `UserError` when something is missing or wrong, `SafetyRuleError` for a misplaced secret.
    """
    note = ""
    if not found:
        if not sandbox_answers():
            raise UserError(_NOTHING)
        found = {"endpoint": Setting(LOCAL_SANDBOX, "default")}
        note = f"No settings: using the sandbox at {LOCAL_SANDBOX} as its development partner."
    cloud = _cloud(found.get("cloud"))
    endpoint = address(found["endpoint"]) if "endpoint" in found else cloud.endpoint
    if "authority" in found:
        authority = address(found["authority"])
    else:
        authority = endpoint if is_loopback_url(endpoint) else cloud.authority
    tenant_id, client_id, client_secret = _credentials(found, endpoint)
    if client_secret == development_partner.CLIENT_SECRET and not (
        is_loopback_url(endpoint) and is_loopback_url(authority)
    ):
        raise SafetyRuleError(_MISPLACED_SECRET)
    return PartnerSettings(cloud, endpoint, authority, tenant_id, client_id, client_secret, note)


def _cloud(setting: Setting | None) -> Cloud:
    if setting is None:
        return Cloud.GLOBAL
    try:
        cloud = find_cloud(setting.value)
    except ValueError as error:
        raise UserError(f"{setting.source}: {error}") from None
    if cloud.retired:
        raise UserError(f"{setting.source}: {cloud.retired}")
    return cloud


def address(setting: Setting) -> str:
    """The address without `/v1` and slashes at its end; a `UserError` unless it is https, or this machine."""
    text = setting.value.rstrip("/").removesuffix("/v1").removesuffix("/v1.0").rstrip("/")
    try:
        parts = urlsplit(text)
        usable = bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        usable = False
    clean = all("!" <= character <= "~" and character != "\\" for character in text)
    if not usable or not clean or parts.scheme not in {"http", "https"} or parts.query or parts.fragment:
        raise UserError(f"{setting.source} must be an address such as https://host or {LOCAL_SANDBOX}.")
    if parts.scheme == "http" and not is_loopback_url(text):
        raise UserError(
            f"{setting.source} must begin with https: secrets and tokens never travel without TLS."
        )
    return parts.geturl()


def _credentials(found: Mapping[str, Setting], endpoint: str) -> tuple[str, str, str]:
    given = [name for name in _CREDENTIALS if name in found and found[name].value]
    if not given and is_loopback_url(endpoint):
        partner = development_partner
        return partner.TENANT_ID, partner.CLIENT_ID, partner.CLIENT_SECRET
    missing = [variable(name) for name in _CREDENTIALS if name not in given]
    if missing:
        have = "".join(f" {name} comes from {found[name].source}." for name in given)
        verb = "is" if len(missing) == 1 else "are"
        raise UserError(f"{' and '.join(missing)} {verb} missing: set them, or use a profile.{have}")
    tenant = found["tenant_id"]
    if not all(c.isascii() and (c.isalnum() or c in "-.") for c in tenant.value):
        raise UserError(
            f"{tenant.source} must be a tenant id (a GUID) or a domain such as name.onmicrosoft.com."
        )
    if tenant.value.lower() in {"common", "organizations", "consumers"}:
        raise UserError(f"{tenant.source} must name one tenant; {tenant.value} stands for all of them.")
    return tenant.value, found["client_id"].value, found["client_secret"].value


_NOTHING: Final = (
    "No partner is configured and no sandbox answers at " + LOCAL_SANDBOX + ". Start one with 'partnercenter "
    "sandbox serve', or set PARTNERCENTER_TENANT_ID, PARTNERCENTER_CLIENT_ID and PARTNERCENTER_CLIENT_SECRET."
)
_MISPLACED_SECRET: Final = Refused(
    "well-known-secret-elsewhere",
    "The well-known secret of local sandboxes is public, and the endpoint or the authority is not on this "
    "machine. Nothing was sent: use an application of your own there.",
)
