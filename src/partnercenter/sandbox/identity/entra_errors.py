"""The error answers of the sandbox's identity provider, as data; client-quirks.md 2 "Errors".

Each row of a table is one error of Entra: status, OAuth error word, AADSTS number, text. Here stand what a
table is, and what is wrong with a request and with what it asks for. What goes wrong on the sign-in pages stands in
`page_errors`, why somebody may not sign in in `user_errors`, what is wrong with what a request for a token brings in
`grant_errors`. The invariant: no answer carries a secret; a value of the caller is shown shortened, and a client id
only when it has the form of one, since people put the secret there by mistake.

The texts are close to Entra's, because clients show them word for word and people search for them; a
text that speaks of the sandbox says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, unique
from typing import Any, Final, TypeVar

T = TypeVar("T")

_SHOWN: Final = 120
_NOT_FOUND_BECAUSE: Final = (
    " This can happen if the application has not been installed by the administrator of the tenant or"
    " consented to by any user in the tenant. You may have sent your authentication request to the wrong"
    " tenant."
)


@dataclass(frozen=True, slots=True)
class EntraError:
    """One refusal of the token endpoint: the HTTP status and what the body says.

    `code` is the number after `AADSTS`, `description` the text without that prefix. A `suberror` tells a client what
    kind of interaction would help.
    """

    status: int
    error: str
    code: int
    description: str
    suberror: str | None = None

    def body(self, trace_id: str, correlation_id: str, now: float) -> dict[str, Any]:
        """The JSON body of client-quirks.md 2; `now` is in unix seconds."""
        timestamp = f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d %H:%M:%SZ}"
        body: dict[str, Any] = {
            "error": self.error,
            "error_description": f"AADSTS{self.code}: {self.description} Trace ID: {trace_id} "
            f"Correlation ID: {correlation_id} Timestamp: {timestamp}",
            "error_codes": [self.code],
            "timestamp": timestamp,
            "trace_id": trace_id,
            "correlation_id": correlation_id,
            "error_uri": f"https://login.microsoftonline.com/error?code={self.code}",
        }
        return body if self.suberror is None else body | {"suberror": self.suberror}


class EntraRefusedError(Exception):
    """A request that is not granted, raised where it turns out; it never carries more than `error` says."""

    def __init__(self, error: EntraError) -> None:
        super().__init__(f"AADSTS{error.code}")
        self.error = error


def granted(result: T | EntraError) -> T:
    """The result, or the refusal that stands in its place."""
    if isinstance(result, EntraError):
        raise EntraRefusedError(result)
    return result


class FaultTable(Enum):
    """Errors as rows: status, OAuth error word, AADSTS number, text, and the `suberror` where there is one.

    `{subject}` in a text is what the request got wrong, `{tenant}` where it was sent, `{resource}` what it was to be
    for.
    """

    def about(self, subject: str = "", *, tenant: str = "", resource: str = "") -> EntraError:
        """This error for one request; what the caller sent is shown shortened and on one line."""
        status, error, code, text, *suberror = self.value
        said = text.format(subject=_shown(subject), tenant=_shown(tenant), resource=_shown(resource))
        return EntraError(status, error, code, said, *suberror)


@unique
class EntraFault(FaultTable):
    """What can be wrong with a request, the tenant and the application that it names, and what it asks for."""

    MISSING_PARAMETER = (
        400,
        "invalid_request",
        900144,
        "The request body must contain the following parameter: '{subject}'.",
    )
    NOT_A_FORM = (
        400,
        "invalid_request",
        900144,
        (
            "The request body must contain the following parameter: 'grant_type'. It was not read, "
            "because its content type is '{subject}'; send application/x-www-form-urlencoded."
        ),
    )
    MALFORMED_REQUEST = (
        400,
        "invalid_request",
        9002313,
        "Invalid request. Request is malformed or invalid. {subject}",
    )
    RESOURCE_ON_V2 = (
        400,
        "invalid_request",
        901002,
        (
            "The 'resource' request parameter is not supported. Send 'scope' with '{subject}/.default' to"
            " this endpoint, or 'resource' to /oauth2/token."
        ),
    )
    UNKNOWN_GRANT = (
        400,
        "unsupported_grant_type",
        70003,
        "There is no grant type '{subject}'.",
    )
    UNKNOWN_TENANT = (
        400,
        "invalid_request",
        90002,
        (
            "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are "
            "signing into the correct cloud. Check with your subscription administrator, this may happen "
            "if there are no active subscriptions for the tenant."
        ),
    )
    UNKNOWN_APPLICATION = (
        400,
        "unauthorized_client",
        700016,
        "Application with identifier '{subject}' was not found in the directory '{tenant}'."
        + _NOT_FOUND_BECAUSE,
    )
    UNKNOWN_RESOURCE = (
        400,
        "invalid_resource",
        500011,
        "The resource principal named {subject} was not found in the tenant named {tenant}."
        + _NOT_FOUND_BECAUSE,
    )
    MALFORMED_SCOPE = (
        400,
        "invalid_scope",
        70011,
        "The provided value for the input parameter 'scope' is not valid. The scope {subject} is not valid.",
    )
    SCOPE_WITHOUT_DEFAULT = (
        400,
        "invalid_scope",
        1002012,
        (
            "The provided value for scope {subject} is not valid. Client credential flows must have a "
            "scope value with /.default suffixed to the resource identifier (application ID URI)."
        ),
    )
    DEFAULT_BESIDE_OTHERS = (
        400,
        "invalid_scope",
        70011,
        (
            "The provided value for the input parameter 'scope' is not valid. The scope {subject} is not"
            " valid. .default scope can't be combined with resource-specific scopes."
        ),
    )
    SEVERAL_RESOURCES = (
        400,
        "invalid_request",
        28000,
        (
            "Provided value for the input parameter scope is not valid because it contains more than one"
            " resource. Scope {subject} is not valid."
        ),
    )
    UNKNOWN_PERMISSION = (
        400,
        "invalid_client",
        650053,
        (
            "The application asked for scope '{subject}' that doesn't exist on the resource '{resource}'."
            " Contact the app vendor."
        ),
    )


def _shown(text: str) -> str:
    line = "".join(character if character.isprintable() else " " for character in text)
    return line if len(line) <= _SHOWN else line[:_SHOWN] + "…"
