"""Whether the sandbox is well, how one signs in to it, and what it serves."""

from __future__ import annotations

from functools import cache
from typing import Any

from partnercenter._version import __version__
from partnercenter.contract import development_partner
from partnercenter.contract.openapi import openapi_document
from partnercenter.sandbox.control.asked import Asked
from partnercenter.sandbox.wire.message import Response, json_response
from partnercenter.sandbox.worlds.named import WORLDS


def health(asked: Asked) -> Response:
    """200 as long as the database answers."""
    asked.state.database.read(lambda connection: connection.exec_driver_sql("SELECT 1").scalar())
    return json_response(200, {"status": "ok"})


def about(asked: Asked) -> Response:
    """Where the sandbox is and how the development partner signs in (design: fixed, well-known values)."""
    origin = asked.request.origin
    values = {
        "endpoint": origin,
        "authority": origin,
        "tenantId": development_partner.TENANT_ID,
        "domain": development_partner.DOMAIN,
        "clientId": development_partner.CLIENT_ID,
        "clientSecret": development_partner.CLIENT_SECRET,
        "publicClientId": development_partner.PUBLIC_CLIENT_ID,
        "userPrincipalName": development_partner.USER_PRINCIPAL_NAME,
        "userPassword": development_partner.USER_PASSWORD,
        "version": __version__,
        "worlds": list(WORLDS),
    }
    return json_response(200, values)


def openapi(asked: Asked) -> Response:
    """The OpenAPI document of everything that is served."""
    return json_response(200, {**_document(), "servers": [{"url": asked.request.origin}]})


@cache
def _document() -> dict[str, Any]:
    return openapi_document(__version__)
