"""Tokens made to order for tests: of a user, without MFA, expired, for another audience.

The failure side of sign-in must be as easy to reach as the success side. Every member has a default, and
an unknown one is a mistake that is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from partnercenter.contract import development_partner
from partnercenter.contract.clouds import PARTNER_CENTER_AUDIENCE
from partnercenter.sandbox.control.asked import Asked, check_names
from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.identity.tokens import app_only_claims, app_user_claims, sign
from partnercenter.sandbox.rules.partner_roles import ADMIN_AGENT
from partnercenter.sandbox.state import State
from partnercenter.sandbox.wire.message import Response, json_response

_DEFAULTS: Final[Mapping[str, Any]] = {
    "tenantId": development_partner.TENANT_ID,
    "clientId": development_partner.CLIENT_ID,
    "kind": "app",
    "audience": PARTNER_CENTER_AUDIENCE,
    "userPrincipalName": development_partner.USER_PRINCIPAL_NAME,
    "mfa": True,
    "roles": [ADMIN_AGENT],
    "expiresInSeconds": 3600,
    "claims": {},
}
_KINDS: Final = ("app", "app_user")


def tokens(asked: Asked) -> Response:
    """A token made to order; without a body one of the development partner."""
    order = asked.body() if asked.request.body.strip() else {}
    return json_response(200, mint(asked.state, order))


def mint(state: State, order: Mapping[str, Any]) -> dict[str, Any]:
    """Sign a token with what `order` asks for; raises `SandboxError` for a member that is not known or not right."""
    values = _read(order)
    now = state.nature.real.now().timestamp()
    lifetime = values["expiresInSeconds"]
    shared = {
        "tenant_id": values["tenantId"],
        "client_id": values["clientId"],
        "object_id": state.nature.ids.guid(),
        "audience": values["audience"],
        # An expired token was valid once: it began an hour before its end.
        "now": now if lifetime > 0 else now + lifetime - 3600,
        "lifetime": lifetime if lifetime > 0 else 3600,
    }
    if values["kind"] == "app":
        claims = app_only_claims(**shared)
    else:
        upn = values["userPrincipalName"]
        amr = ("pwd", "mfa") if values["mfa"] else ("pwd",)
        claims = app_user_claims(
            **shared, upn=upn, name=upn.partition("@")[0], amr=amr, roles=values["roles"]
        )
    claims = {name: value for name, value in {**claims, **values["claims"]}.items() if value is not None}
    try:
        token = sign(claims, state.signing_key)
    except (TypeError, ValueError) as error:
        raise SandboxError(
            f"A token with these claims cannot be signed: {str(error).rstrip('.')}."
        ) from error
    return {"token_type": "Bearer", "access_token": token, "claims": claims}


def _read(order: Mapping[str, Any]) -> dict[str, Any]:
    check_names(order, _DEFAULTS, "A token order")
    for name, value in order.items():
        if type(value) is not type(_DEFAULTS[name]):
            raise SandboxError(
                f"The member {name} of a token order must be {_EXPECTED[type(_DEFAULTS[name])]}."
            )
    values = {**_DEFAULTS, **order}
    if values["kind"] not in _KINDS:
        raise SandboxError(f"The member kind of a token order must be one of {', '.join(_KINDS)}.")
    if not all(isinstance(role, str) for role in values["roles"]):
        raise SandboxError("The member roles of a token order must be a list of texts.")
    if abs(values["expiresInSeconds"]) > 10**9:
        raise SandboxError("The member expiresInSeconds of a token order is too large.")
    return values


_EXPECTED: Final = {
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    list: "a list",
    dict: "an object",
}
