"""Who calls: from the Authorization header to a partner, or the fault that table 1.5 of behaviour.md names."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from sqlalchemy import Connection

from partnercenter.contract.operations import Operation, TokenKind
from partnercenter.sandbox.identity.audiences import AcceptedAudiences
from partnercenter.sandbox.identity.signing_keys import SigningKey
from partnercenter.sandbox.identity.token_cache import TokenCache
from partnercenter.sandbox.identity.verification import TokenDefect, VerifiedToken, bearer_token
from partnercenter.sandbox.rules.partner_roles import ADMIN_AGENT
from partnercenter.sandbox.settings import Settings
from partnercenter.sandbox.store.applications import Application, find_application
from partnercenter.sandbox.store.database import Database
from partnercenter.sandbox.store.partner_users import PartnerUser, find_partner_user
from partnercenter.sandbox.store.partners import Partner, find_partner
from partnercenter.sandbox.wire.fault import INVALID_TOKEN, Fault, empty_fault, fault, setting_fault

T = TypeVar("T")

_DEFECT_SETTINGS: Final[Mapping[TokenDefect, str]] = {
    TokenDefect.WRONG_AUDIENCE: "fault_wrong_audience",
    TokenDefect.EXPIRED: "fault_expired_token",
}
_LICENSE_OPERATIONS: Final = frozenset({"subscribed_skus.list", "user_licenses.list", "user_licenses.update"})


class Directory:
    """Partners, applications and users of partners, remembered; whoever changes them must say `forget`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Read everything anew."""
        with self._lock:
            self._partners: dict[str, Partner] = {}
            self._applications: dict[str, Application] = {}
            self._users: dict[str, PartnerUser] = {}

    def partner(self, tenant_id: str) -> Partner | None:
        """The partner of a tenant id."""
        return self._remembered(self._partners, tenant_id, find_partner)

    def application(self, client_id: str) -> Application | None:
        """The application of a client id."""
        return self._remembered(self._applications, client_id, find_application)

    def user(self, object_id: str) -> PartnerUser | None:
        """The user of a partner, by the object id."""
        return self._remembered(self._users, object_id, find_partner_user)

    def _remembered(
        self, known: dict[str, T], key: str, find: Callable[[Connection, str], T | None]
    ) -> T | None:
        # `known` is taken once: after a `forget` the answer of a read that began before goes nowhere.
        if key not in known:
            found = self._database.read(lambda connection: find(connection, key))
            if found is None:
                return None
            known[key] = found
        return known[key]


class Gatekeeper:
    """Checks tokens and rights; signature, issuer, audience, times and tenant on every call."""

    def __init__(self, directory: Directory, keys: Mapping[str, SigningKey]) -> None:
        self._directory = directory
        self._keys = keys
        self._cache = TokenCache(4096)
        self._audiences: dict[tuple[bool, bool], AcceptedAudiences] = {}

    def token(self, authorization: str | None, settings: Settings, now: float) -> VerifiedToken:
        """The verified token of a call; raises the 401 of its defect. `now` is in unix seconds."""
        token = bearer_token(authorization)
        if isinstance(token, str):
            verified = self._cache.verify(
                token,
                keys=self._keys,
                audiences=self.audiences(settings),
                now=now,
                clock_skew=settings.number("token_clock_skew_seconds"),
            )
        else:
            verified = token
        if isinstance(verified, TokenDefect):
            raise defect_fault(verified, settings)
        return verified

    def audiences(self, settings: Settings) -> AcceptedAudiences:
        """The audiences that the settings accept."""
        by_id = settings.flag("accept_application_id_audience")
        retired = settings.flag("accept_retired_audience")
        if (by_id, retired) not in self._audiences:
            self._audiences[by_id, retired] = _accepted_audiences(application_id=by_id, retired=retired)
        return self._audiences[by_id, retired]

    def partner(self, token: VerifiedToken, settings: Settings) -> Partner:
        """The partner a token speaks for; raises the 401 of a missing MFA, the 403 of who is no partner."""
        _check_mfa(token, settings)
        partner = self._directory.partner(token.tenant_id)
        application = self._directory.application(token.client_id)
        # An application is registered in the Partner Center of one partner (behaviour.md 9.1).
        registered = (
            application is not None and application.is_registered and application.tenant_id == token.tenant_id
        )
        if partner is None or not partner.is_csp or not registered:
            raise setting_fault(settings, "fault_not_a_partner")
        return partner

    def check_rights(
        self, token: VerifiedToken, partner: Partner, operation: Operation, settings: Settings
    ) -> None:
        """Raise the refusal of an operation that a token of a partner has no right to."""
        if token.kind == "app" and not _may_be_app_only(operation, partner, settings):
            raise fault(settings, 403, 900329)
        if token.kind == "app_user" and ADMIN_AGENT not in self._roles(token):
            raise fault(settings, 403, 900308)
        manages_licenses = token.is_exchanged and operation.name in _LICENSE_OPERATIONS
        if manages_licenses and not settings.flag("partner_token_manages_licenses"):
            raise fault(settings, 400, 900316)

    def _roles(self, token: VerifiedToken) -> tuple[str, ...]:
        """The roles of a token's user now; a token made to order says itself what its user may."""
        if token.roles:
            return token.roles
        user = self._directory.user(token.object_id)
        is_his = user is not None and user.is_enabled and user.tenant_id == token.tenant_id
        return user.roles if user is not None and is_his else ()


def _accepted_audiences(*, application_id: bool, retired: bool) -> AcceptedAudiences:
    """The audiences of the clouds, with or without the application id and the retired one."""
    names = AcceptedAudiences().names
    if not application_id:
        names = frozenset(name for name in names if "://" in name)
    return AcceptedAudiences(names, retired=retired)


def _may_be_app_only(operation: Operation, partner: Partner, settings: Settings) -> bool:
    """Whether a token without a user is enough; also for the PATCH that a sandbox carries out as its delete."""
    if operation.name == "customers.remove_reseller_relationship":
        return partner.is_sandbox and settings.flag("patch_relationship_app_only")
    return TokenKind.APP in operation.tokens


def defect_fault(defect: TokenDefect, settings: Settings) -> Fault:
    """The refusal of a token with this defect (behaviour.md 1.5)."""
    if defect is TokenDefect.MISSING:
        return setting_fault(settings, "fault_no_token", headers={"WWW-Authenticate": "Bearer"})
    if defect is TokenDefect.RETIRED_AUDIENCE:
        return fault(settings, 401, 900420, headers=INVALID_TOKEN)
    return setting_fault(settings, _DEFECT_SETTINGS.get(defect, "fault_invalid_token"), headers=INVALID_TOKEN)


def _check_mfa(token: VerifiedToken, settings: Settings) -> None:
    mode = settings.text("mfa")
    if token.kind != "app_user" or token.has_mfa or mode == "off":
        return
    if mode == "old":
        raise empty_fault(401, INVALID_TOKEN)
    text = settings.text("mfa_missing_text")
    raise setting_fault(settings, "fault_mfa_missing", text, headers=INVALID_TOKEN)
