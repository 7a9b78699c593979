"""Which partner to call and how: flags, then PARTNERCENTER_* variables, then a profile; each value knows its source.

Pure: files and the network are functions that are passed in. The invariant: the well-known secret of local
sandboxes never goes to another machine, and no secret goes anywhere without TLS except to this machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from partnercenter.cleanup.trusted_sandboxes import Refused, SafetyRuleError
from partnercenter.cli.errors import UserError
from partnercenter.contract import development_partner
from partnercenter.contract.clouds import Cloud, find_cloud
from partnercenter.contract.loopback import is_loopback_url

LOCAL_SANDBOX: Final = "http://127.0.0.1:8400"
ADDRESSES: Final = ("endpoint", "authority", "cloud")
NAMES: Final = (
    *ADDRESSES,
    "tenant_id",
    "client_id",
    "client_secret",
    "client_certificate",
    "client_certificate_password",
    "refresh_token",
)
KEPT: Final = ("client_secret_in", "refresh_token_in")
_PROOFS: Final = ("client_secret", "client_certificate", "refresh_token", *KEPT)
_CREDENTIALS: Final = ("tenant_id", "client_id", *_PROOFS)
_LEFT_OUT: Final = "left_out"


@dataclass(frozen=True, slots=True)
class Setting:
    """One value and where it was found."""

    value: str = field(repr=False)
    source: str


@dataclass(frozen=True, slots=True)
class PartnerSettings:
    """Everything that is needed to sign in and to call.

    An application proves itself by a secret, or by a certificate (a path), or by nothing: a public one. There is a
    user when there is a refresh token. `client_secret_in` and `refresh_token_in` say in which place `login` has put
    what the settings do not hold themselves. `note` is what the user should be told, if anything; `profile` the
    name of the profile that counts, whether it exists or not; `sources` where each setting was found.
    """

    cloud: Cloud
    endpoint: str
    authority: str
    tenant_id: str
    client_id: str
    client_secret: str = field(repr=False, default="")
    client_certificate: str = ""
    client_certificate_password: str = field(repr=False, default="")
    refresh_token: str = field(repr=False, default="")
    client_secret_in: str = ""
    refresh_token_in: str = ""
    note: str = ""
    profile: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_user(self) -> bool:
        """Whether a user has signed in, and not the application alone."""
        return bool(self.refresh_token or self.refresh_token_in)


def variable(name: str) -> str:
    """`tenant_id` → `PARTNERCENTER_TENANT_ID`."""
    return f"PARTNERCENTER_{name.upper()}"


def collect(
    flags: Mapping[str, str | None],
    environment: Mapping[str, str],
    profile: Callable[[str | None], Mapping[str, Setting]],
) -> dict[str, Setting]:
    """Find each setting in the nearest place that has it. `flags` has names of `NAMES`, and `profile`.

    What a profile has to prove an application or a user with is left out when a nearer place names another one.
    """
    wanted = flags.get("profile") or environment.get(variable("profile"), "").strip() or None
    own = profile(wanted)
    found = dict(own)
    for name in NAMES:
        given = environment.get(variable(name), "").strip()
        if given:
            found[name] = Setting(given, variable(name))
        flag = flags.get(name)
        if flag is not None:
            found[name] = Setting(flag.strip(), "--" + name.replace("_", "-"))
    return _without_proofs_of_others(found, own)


def _without_proofs_of_others(found: Mapping[str, Setting], own: Mapping[str, Setting]) -> dict[str, Setting]:
    """No secret of one application is used for another, and no refresh token in another tenant."""
    other = {name for name in ("client_id", "tenant_id") if name in own and _differ(found[name], own[name])}
    foreign = _PROOFS if "client_id" in other else KEPT if "tenant_id" in other else ()
    left_out = [found[name] for name in foreign if name in own and found[name] is own[name]]
    kept = {name: setting for name, setting in found.items() if setting not in left_out}
    if left_out:
        kept[_LEFT_OUT] = Setting("", " and ".join(setting.source for setting in left_out))
    return kept


def _differ(one: Setting, other: Setting) -> bool:
    return one.value.lower() != other.value.lower()


def resolve(found: Mapping[str, Setting], *, sandbox_answers: Callable[[], bool]) -> PartnerSettings:
    """Complete what was found into settings that can be used.

    With nothing at all, a sandbox that answers on this machine is used, as its development partner.
    Raises `UserError` when something is missing or wrong, `SafetyRuleError` for a misplaced secret.
    """
    places = resolve_places(found, sandbox_answers=sandbox_answers)
    who = _credentials(found, places.endpoint)
    settings = PartnerSettings(
        places.cloud,
        places.endpoint,
        places.authority,
        note=places.note,
        sources=sources_of(found),
        **who,
    )
    refuse_misplaced_secret(settings)
    return settings


@dataclass(frozen=True, slots=True)
class Places:
    """Where to call and where to sign in; `note` says that this was guessed."""

    cloud: Cloud
    endpoint: str
    authority: str
    note: str = ""


def resolve_places(found: Mapping[str, Setting], *, sandbox_answers: Callable[[], bool]) -> Places:
    """The first half of `resolve`, which needs nobody to sign in as; raises `UserError`."""
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
    return Places(cloud, endpoint, authority, note)


def sources_of(found: Mapping[str, Setting]) -> dict[str, str]:
    """Where each setting was found."""
    return {name: setting.source for name, setting in found.items() if name != _LEFT_OUT}


def refuse_misplaced_secret(settings: PartnerSettings) -> None:
    """Raise `SafetyRuleError` when the well-known secret of local sandboxes would leave this machine."""
    here = is_loopback_url(settings.endpoint) and is_loopback_url(settings.authority)
    if settings.client_secret == development_partner.CLIENT_SECRET and not here:
        raise SafetyRuleError(_MISPLACED_SECRET)


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


def _credentials(found: Mapping[str, Setting], endpoint: str) -> dict[str, str]:
    given = [name for name in _CREDENTIALS if name in found and found[name].value]
    if not given and is_loopback_url(endpoint):
        partner = development_partner
        return {
            "tenant_id": partner.TENANT_ID,
            "client_id": partner.CLIENT_ID,
            "client_secret": partner.CLIENT_SECRET,
        }
    proven = any(name in given for name in _PROOFS)
    needed = ("tenant_id", "client_id", *(() if proven else ("client_secret",)))
    missing = [variable(name) for name in needed if name not in given]
    if missing:
        have = "".join(f" {name} comes from {found[name].source}." for name in given)
        verb = "is" if len(missing) == 1 else "are"
        raise UserError(
            f"{' and '.join(missing)} {verb} missing: set them, or use a profile.{have}{_said_of_left_out(found)}"
        )
    check_tenant(found["tenant_id"])
    _refuse_two_proofs(found, given)
    return {name: found[name].value for name in (*given, "client_certificate_password") if name in found}


def _said_of_left_out(found: Mapping[str, Setting]) -> str:
    if _LEFT_OUT not in found:
        return ""
    return f" {found[_LEFT_OUT].source} is for another application or tenant, so it is not used."


def check_tenant(tenant: Setting) -> None:
    """Raise `UserError` unless the text names one tenant, by its id or by a domain."""
    if not tenant.value or not all(c.isascii() and (c.isalnum() or c in "-.") for c in tenant.value):
        raise UserError(
            f"{tenant.source} must be a tenant id (a GUID) or a domain such as name.onmicrosoft.com."
        )
    if tenant.value.lower() in {"common", "organizations", "consumers"}:
        raise UserError(f"{tenant.source} must name one tenant; {tenant.value} stands for all of them.")


def _refuse_two_proofs(found: Mapping[str, Setting], given: Sequence[str]) -> None:
    """An application has one way to prove itself; which of two is meant cannot be known."""
    if "client_certificate" not in given:
        return
    for name in ("client_secret", "client_secret_in"):
        if name in given:
            raise UserError(
                f"There are two ways to sign in, {found[name].source} and {found['client_certificate'].source}: "
                "leave one of them out."
            )


_NOTHING: Final = (
    "No partner is configured and no sandbox answers at " + LOCAL_SANDBOX + ". Start one with 'partnercenter "
    "sandbox serve', or sign in with 'partnercenter login', or set PARTNERCENTER_TENANT_ID, "
    "PARTNERCENTER_CLIENT_ID and PARTNERCENTER_CLIENT_SECRET."
)
_MISPLACED_SECRET: Final = Refused(
    "well-known-secret-elsewhere",
    "The well-known secret of local sandboxes is public, and the endpoint or the authority is not on this "
    "machine. Nothing was sent: use an application of your own there.",
)
