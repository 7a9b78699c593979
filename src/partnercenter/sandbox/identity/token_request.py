"""Reading a request for a token; behaviour.md 9.1, client-quirks.md 2.

What was asked, by whom and for what is read here from the body and the `Authorization` header, for both
endpoints (`/{tenant}/oauth2/token`, version 1, and `/{tenant}/oauth2/v2.0/token`, version 2). Whether
tenant, application, secret and code exist is the caller's to look up. The invariant: a `TokenRequest` names a
grant that is served and a client, and neither it nor an error shows what is secret in it.
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
from partnercenter.sandbox.identity.client_assertions import JWT_BEARER
from partnercenter.sandbox.identity.client_secrets import shown_client_id
from partnercenter.sandbox.identity.entra_errors import EntraError, EntraFault
from partnercenter.sandbox.identity.scopes import DEFAULT, RequestedScope, requested_scope, resource_scope
from partnercenter.sandbox.identity.tokens import ProtocolVersion

_MAX_BODY_LENGTH: Final = 64 * 1024
_MAX_PARAMETERS: Final = 100
_FORM: Final = "application/x-www-form-urlencoded"
CLIENT_CREDENTIALS: Final = "client_credentials"
AUTHORIZATION_CODE: Final = "authorization_code"
REFRESH_TOKEN: Final = "refresh_token"
PASSWORD: Final = "password"
DEVICE_CODE: Final = "urn:ietf:params:oauth:grant-type:device_code"
ON_BEHALF_OF: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
GRANTS: Final = (
    AUTHORIZATION_CODE,
    REFRESH_TOKEN,
    CLIENT_CREDENTIALS,
    PASSWORD,
    DEVICE_CODE,
    ON_BEHALF_OF,
)
# msal-node shortens the name of the device grant (client-quirks.md 2).
_SHORT_DEVICE_CODE: Final = "device_code"
_PARAMETERS: Final = frozenset(
    {
        "assertion",
        "client_assertion",
        "client_assertion_type",
        "client_id",
        "client_info",
        "client_secret",
        "code",
        "code_verifier",
        "device_code",
        "grant_type",
        "password",
        "redirect_uri",
        "refresh_token",
        "requested_token_use",
        "resource",
        "scope",
        "username",
    }
)


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A request for a token; behaviour.md 9.1.

    `client_id` is in lower case when it is a GUID. `form` has what was sent, without blank parameters.
    """

    version: ProtocolVersion
    grant: str
    client_id: str
    client_secret: str | None = field(repr=False)
    client_assertion: str | None = field(repr=False)
    form: Mapping[str, str] = field(repr=False)


def parse_token_request(
    body: bytes, content_type: str | None, authorization_header: str | None, version: ProtocolVersion
) -> TokenRequest | EntraError:
    """Read a request for a token, or say which error Entra would answer; behaviour.md 9.1.

    The client id and its secret may stand in the body or in an HTTP Basic header, but the secret not in
    both. A blank parameter counts as missing (RFC 6749, 3.2). A body without a content type is read as a
    form.
    """
    form = read_form(body, content_type)
    if isinstance(form, EntraError):
        return form
    grant = _grant(form)
    if isinstance(grant, EntraError):
        return grant
    client = _client(form, authorization_header)
    if isinstance(client, EntraError):
        return client
    client_id, client_secret = client
    assertion = _client_assertion(form, client_secret)
    if isinstance(assertion, EntraError):
        return assertion
    return TokenRequest(version, grant, client_id, client_secret, assertion, form)


def read_form(body: bytes, content_type: str | None) -> dict[str, str] | EntraError:
    """The parameters of a form, without blank ones; an error for a body that is none, or names one twice."""
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


def asked_scope(request: TokenRequest) -> RequestedScope | EntraError | None:
    """What a request of a user asks for: its `resource` or `scope`; None when it leaves that to the sign-in."""
    resource, scope = request.form.get("resource"), request.form.get("scope")
    if request.version == 1:
        return None if resource is None else resource_scope(resource)
    if resource is not None:
        return EntraFault.RESOURCE_ON_V2.about(PARTNER_CENTER_AUDIENCE)
    return None if scope is None else requested_scope(scope)


def app_only_audience(request: TokenRequest) -> str | EntraError:
    """The resource that an application by itself asks for: one, and in version 2 with `/.default`."""
    form = request.form
    if request.version == 1:
        resource = form.get("resource")
        return EntraFault.MISSING_PARAMETER.about("resource") if resource is None else resource.strip()
    if "resource" in form:
        return EntraFault.RESOURCE_ON_V2.about(PARTNER_CENTER_AUDIENCE)
    scope = form.get("scope", "").strip()
    if not scope:
        return EntraFault.MISSING_PARAMETER.about("scope")
    if len(scope.split()) > 1 or scope == DEFAULT:
        return EntraFault.MALFORMED_SCOPE.about(scope)
    if not scope.lower().endswith(DEFAULT):
        return EntraFault.SCOPE_WITHOUT_DEFAULT.about(scope)
    return scope[: -len(DEFAULT)]


def unknown_tenant(tenant: str) -> EntraError:
    """AADSTS90002, for a path that names a tenant which the sandbox does not have."""
    return EntraFault.UNKNOWN_TENANT.about(tenant=tenant)


def unknown_application(client_id: str, tenant: str) -> EntraError:
    """AADSTS700016, for a client id that the tenant does not have."""
    return EntraFault.UNKNOWN_APPLICATION.about(shown_client_id(client_id), tenant=tenant)


def _grant(form: Mapping[str, str]) -> str | EntraError:
    grant = form.get("grant_type")
    if grant is None:
        return EntraFault.MISSING_PARAMETER.about("grant_type")
    if grant == _SHORT_DEVICE_CODE:
        return DEVICE_CODE
    return grant if grant in GRANTS else EntraFault.UNKNOWN_GRANT.about(grant)


def _client(form: Mapping[str, str], authorization_header: str | None) -> tuple[str, str | None] | EntraError:
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
    if header_secret and "client_secret" in form:
        return EntraFault.MALFORMED_REQUEST.about(
            "The client secret is sent both in the body and in the header."
        )
    return parse_guid(client_id) or client_id, form.get("client_secret", header_secret) or None


def _client_assertion(form: Mapping[str, str], client_secret: str | None) -> str | EntraError | None:
    assertion = form.get("client_assertion")
    if assertion is None:
        return None
    if client_secret is not None:
        return EntraFault.MALFORMED_REQUEST.about("Both 'client_secret' and 'client_assertion' are sent.")
    kind = form.get("client_assertion_type")
    if kind is None:
        return EntraFault.MISSING_PARAMETER.about("client_assertion_type")
    if kind != JWT_BEARER:
        return EntraFault.MALFORMED_REQUEST.about(f"The 'client_assertion_type' must be {JWT_BEARER}.")
    return assertion


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
