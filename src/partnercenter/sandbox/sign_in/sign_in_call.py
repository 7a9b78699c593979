"""A call of a sign-in address, as its module sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

from partnercenter.contract.identifiers import parse_guid
from partnercenter.sandbox.identity.entra_errors import EntraError
from partnercenter.sandbox.settings import Settings
from partnercenter.sandbox.state import State
from partnercenter.sandbox.store.partners import Partner, find_partner_by_domain
from partnercenter.sandbox.wire.message import Request, Response, json_response

T = TypeVar("T")

_SIGN_INS: Final = "sign-ins"
NOT_CACHED: Final = {"Cache-Control": "no-store, no-cache", "Pragma": "no-cache"}


@dataclass(frozen=True, slots=True)
class SignInCall:
    """Whose sandbox is meant, what was sent, and the tenant in the path: an id, a domain or `common`."""

    state: State
    request: Request
    tenant: str

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.state.settings

    @property
    def now(self) -> float:
        """The machine's time, by which sign-ins and tokens live, in unix seconds."""
        return self.state.nature.real.now().timestamp()

    def partner(self) -> Partner | None:
        """The partner that the path names."""
        guid = parse_guid(self.tenant)
        if guid is not None:
            return self.state.directory.partner(guid)
        domain = self.tenant.lower()
        return self.state.database.read(lambda connection: find_partner_by_domain(connection, domain))

    def write(self, work: Callable[[Connection], T]) -> T:
        """Carry out a write about codes and refresh tokens, whichever partner's they are."""
        return self.state.database.write(work, _SIGN_INS).result()

    def answer(self, body: Any) -> Response:
        """A good answer, which nobody may keep."""
        return json_response(200, body, NOT_CACHED)

    def refusal(self, error: EntraError) -> Response:
        """Entra's answer to a request that it does not grant."""
        return json_response(error.status, self.error_body(error), NOT_CACHED)

    def error_body(self, error: EntraError) -> dict[str, Any]:
        """What such an answer says, wherever it stands."""
        ids = self.state.nature.ids
        sent = parse_guid(self.request.headers.get("client-request-id", ""))
        return error.body(ids.guid(), sent or ids.guid(), self.now)


Answer = Callable[[SignInCall], Response]
