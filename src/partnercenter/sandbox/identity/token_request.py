"""Reading a request for a token; behaviour.md 9.1, client-quirks.md 2.

What was asked, by whom and for what is read here from the body and the `Authorization` header, for both
endpoints (`/{tenant}/oauth2/token`, version 1, and `/{tenant}/oauth2/v2.0/token`, version 2). Whether
tenant, application and secret exist is the caller's to look up: `unknown_tenant`, `unknown_application`,
`check_audience` and `client_secrets.check_client_secret` give the errors. The invariant: a
`TokenRequest` is complete, and neither it nor an error shows its secret.

Only the grant type `client_credentials` with a secret is served; the others are named and refused.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, unquote

from partnercenter.contract.clouds import PARTNER_CENTER_AUDIENCE
from partnercenter.contract.identifiers import parse_guid
from partnercenter.sandbox.identity.audiences import AcceptedAudiences
from partnercenter.sandbox.identity.client_secrets import shown_client_id
from partnercenter.sandbox.identity.entra_errors import EntraError, EntraFault
from partnercenter.sandbox.identity.tokens import ProtocolVersion

_MAX_BODY_LENGTH: Final = 64 * 1024
_MAX_PARAMETERS: Final = 100
_FORM: Final = "application/x-www-form-urlencoded"
_DEFAULT_SUFFIX: Final = "/.default"
CLIENT_CREDENTIALS: Final = "client_credentials"
# Entra serves these; msal-node shortens the name of the device grant (client-quirks.md 2).
_GRANTS_OF_ENTRA: Final = frozenset(
    {
        "password",
        "refresh_token",
        "authorization_code",
        "device_code",
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
    }
)
_PARAMETERS: Final = frozenset(
    {
        "grant_type",
        "client_id",
        "client_secret",
        "client_assertion",
        "client_assertion_type",
        "resource",
        "scope",
    }
)


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A complete request for an app-only token; behaviour.md 9.1.

    `client_id` is in lower case when it is a GUID. `audience` is the `resource`, or the `scope` without its
    `/.default`, as sent.
    """

    version: ProtocolVersion
    client_id: str
    client_secret: str = field(repr=False)
    audience: str


def parse_token_request(
    body: bytes, content_type: str | None, authorization_header: str | None, version: ProtocolVersion
) -> TokenRequest | EntraError:
    """Read a request for a token, or say which error Entra would answer; behaviour.md 9.1.

    The client id and its secret may stand in the body or in an HTTP Basic header, but the secret not in
    both. A blank parameter counts as missing (RFC 6749, 3.2). A body without a content type is read as a
    form.
    """
    form = _read_form(body, content_type)
    if isinstance(form, EntraError):
        return form
    refused_grant = _grant_error(form)
    if refused_grant is not None:
        return refused_grant
    client = _client(form, authorization_header)
    if isinstance(client, EntraError):
        return client
    audience = _resource(form) if version == 1 else _scope(form)
    if isinstance(audience, EntraError):
        return audience
    client_id, client_secret = client
    return TokenRequest(version, parse_guid(client_id) or client_id, client_secret, audience)


def check_audience(request: TokenRequest, audiences: AcceptedAudiences, tenant: str) -> EntraError | None:
    """AADSTS500011 when the sandbox has no API of the audience that was asked for, otherwise None."""
    if audiences.may_be_requested(request.audience):
        return None
    return EntraFault.UNKNOWN_RESOURCE.about(request.audience, tenant=tenant)


def unknown_tenant(tenant: str) -> EntraError:
    """AADSTS90002, for a path that names a tenant which the sandbox does not have."""
    return EntraFault.UNKNOWN_TENANT.about(tenant=tenant)


def unknown_application(client_id: str, tenant: str) -> EntraError:
    """AADSTS700016, for a client id that the tenant does not have."""
    return EntraFault.UNKNOWN_APPLICATION.about(shown_client_id(client_id), tenant=tenant)


def _read_form(body: bytes, content_type: str | None) -> dict[str, str] | EntraError:
    kind = (content_type or _FORM).partition(";")[0].strip().lower()
    if kind != _FORM:
        return EntraFault.NOT_A_FORM.about(kind)
    if len(body) > _MAX_BODY_LENGTH:
        return EntraFault.MALFORMED_REQUEST.about("The body is longer than 64 KiB.")
    try:
        pairs = parse_qsl(
            body.decode("utf-8-sig").strip(),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MAX_PARAMETERS,
        )
    except ValueError:
        return EntraFault.MALFORMED_REQUEST.about("The body is not a form in UTF-8.")
    form = dict(pairs)
    if len(form) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next((name for name in sorted(_PARAMETERS) if names.count(name) > 1), None)
        which = f"The parameter '{twice}'" if twice else "A parameter"
        return EntraFault.MALFORMED_REQUEST.about(f"{which} stands in the body more than once.")
    return {name: value for name, value in form.items() if value.strip()}


def _grant_error(form: Mapping[str, str]) -> EntraError | None:
    grant = form.get("grant_type")
    if grant is None:
        return EntraFault.MISSING_PARAMETER.about("grant_type")
    if grant == CLIENT_CREDENTIALS:
        return None
    fault = EntraFault.GRANT_NOT_SERVED if grant in _GRANTS_OF_ENTRA else EntraFault.UNKNOWN_GRANT
    return fault.about(grant)


def _client(form: Mapping[str, str], authorization_header: str | None) -> tuple[str, str] | EntraError:
    header = _basic(authorization_header)
    if isinstance(header, EntraError):
        return header
    header_id, header_secret = header
    client_id = form.get("client_id", header_id)
    if not client_id:
        return EntraFault.MISSING_PARAMETER.about("client_id")
    if header_id and client_id.lower() != header_id.lower():
        return EntraFault.MALFORMED_REQUEST.about(
            "The body and the Authorization header name different clients."
        )
    client_secret = form.get("client_secret", header_secret)
    if not client_secret:
        fault = EntraFault.ASSERTION_NOT_SERVED if "client_assertion" in form else EntraFault.MISSING_SECRET
        return fault.about()
    if header_secret and "client_secret" in form:
        return EntraFault.MALFORMED_REQUEST.about(
            "The client secret is sent both in the body and in the header."
        )
    return client_id, client_secret


def _basic(authorization_header: str | None) -> tuple[str, str] | EntraError:
    """Client id and secret of an HTTP Basic header, both empty when there is none; other schemes are ignored.

    Both parts are percent-decoded (RFC 6749, 2.3.1), but a `+` stays a `+`: many clients send the secret
    as it is, and secrets hold plus signs but no blanks.
    """
    scheme, _, encoded = (authorization_header or "").strip().partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        text = b64decode(encoded.strip(), validate=True).decode("utf-8")
        client_id, colon, secret = text.partition(":")
        client_id, secret = unquote(client_id, errors="strict"), unquote(secret, errors="strict")
    except (binascii.Error, ValueError):
        colon = ""
    if not colon:
        return EntraFault.MALFORMED_REQUEST.about(
            "The Authorization header is not HTTP Basic of 'id:secret'."
        )
    return client_id, secret


def _resource(form: Mapping[str, str]) -> str | EntraError:
    resource = form.get("resource")
    return EntraFault.MISSING_PARAMETER.about("resource") if resource is None else resource.strip()


def _scope(form: Mapping[str, str]) -> str | EntraError:
    if "resource" in form:
        return EntraFault.RESOURCE_ON_V2.about(PARTNER_CENTER_AUDIENCE)
    scope = form.get("scope", "").strip()
    if not scope:
        return EntraFault.MISSING_PARAMETER.about("scope")
    if len(scope.split()) > 1 or scope == _DEFAULT_SUFFIX:
        return EntraFault.MALFORMED_SCOPE.about(scope)
    if not scope.lower().endswith(_DEFAULT_SUFFIX):
        return EntraFault.SCOPE_WITHOUT_DEFAULT.about(scope)
    return scope[: -len(_DEFAULT_SUFFIX)]
