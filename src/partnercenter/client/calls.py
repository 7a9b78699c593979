"""How a call is built, and how its answer is read. Pure: no waiting, no network.

`build_request` makes what the pipelines of both worlds send; `check` and `read_*` turn what came back into an
error or a resource.
"""

from __future__ import annotations

import json as json_codec
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import uuid4

from azure.core.rest import HttpRequest

from partnercenter.client.correlation import current_correlation_id
from partnercenter.client.errors import UnexpectedAnswerError, error_from_response
from partnercenter.contract.headers import CORRELATION_ID, REQUEST_ID
from partnercenter.contract.identifiers import parse_guid
from partnercenter.contract.operations import Operation
from partnercenter.contract.resource import Resource, member_of

R = TypeVar("R", bound=Resource)


def build_request(
    base: str,
    method: str,
    path: str,
    *,
    json: Any = None,
    headers: Mapping[str, str] | None = None,
) -> HttpRequest:
    """One call: its request id and correlation id are made here and stay the same over every attempt.

    `path` begins at the base, with its query. The request id is the service's idempotency key (behaviour.md
    10.1), so a lost answer can be asked for again without doing the thing twice.
    """
    sent = {"Accept": "application/json", REQUEST_ID: str(uuid4()), CORRELATION_ID: current_correlation_id()}
    body = None
    if json is not None:
        # As ASCII: half of a surrogate pair, left over where the service cut a name short, has no UTF-8.
        body = json_codec.dumps(json, allow_nan=False).encode("ascii")
        sent["Content-Type"] = "application/json"
    elif method in {"POST", "PUT", "PATCH", "DELETE"}:
        sent["Content-Length"] = "0"
    sent.update(headers or {})
    return HttpRequest(method, base + path, headers=sent, content=body)


def require_path(path: str) -> str:
    """The path of a raw request; `ValueError` for one that would leave the endpoint or cannot be sent."""
    odd = "\\" in path or "#" in path or any(c.isspace() or not c.isprintable() for c in path)
    if not path.startswith("/") or path.startswith("//") or odd:
        raise ValueError(
            f"path must begin with one slash and be encoded, such as /v1/customers, not {path[:60]!r}."
        )
    return path


def check(response: Any, operation: Operation, path: str) -> None:
    """Raise the error of an answer that is not a success: `PartnerCenterError`, or `UnexpectedAnswerError`.

    Every 2xx is one, also where the documentation lists another: the thing was done, and to say otherwise would
    lose what the answer holds.
    """
    status = response.status_code
    if status >= 400:
        raise error_from_response(response, operation.method, path)
    if not 200 <= status < 300:
        raise UnexpectedAnswerError(
            f"{operation.method} {path.partition('?')[0]} answered with HTTP {status}, which it never does; "
            "redirects are not followed. Check the endpoint and the proxy.",
            response,
        )


def read_object(response: Any, operation: Operation, path: str) -> dict[str, Any]:
    """The JSON object of a success; a byte order mark is dropped (behaviour.md 10.2).

    Raises `UnexpectedAnswerError` for no body, for one that is not JSON, and for JSON that is not an object.
    """
    value: dict[str, Any] = _read_json(response, operation, path, dict, "an object")
    return value


def _read_json(response: Any, operation: Operation, path: str, kind: type[Any], name: str) -> Any:
    what = f"{operation.method} {path.partition('?')[0]} answered with HTTP {response.status_code}"
    if not response.content.strip():
        raise UnexpectedAnswerError(f"{what} and no body, where a resource was expected.", response)
    try:
        value = json_codec.loads(response.content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        content_type = response.content_type or "no content type"
        raise UnexpectedAnswerError(
            f"{what} and a body that is not JSON ({content_type}).", response
        ) from None
    if not isinstance(value, kind):
        raise UnexpectedAnswerError(f"{what} and JSON that is not {name}.", response)
    return value


def read_resource(kind: type[R], response: Any, operation: Operation, path: str) -> R:
    """The resource of a success; raises as `read_object` does."""
    return kind.from_json(read_object(response, operation, path))


def read_resources(kind: type[R], response: Any, operation: Operation, path: str) -> list[R]:
    """The resources of a success that is a bare list; raises as `read_object` does, for what is no list."""
    items = _read_json(response, operation, path, list, "a list")
    return [kind.from_json(item) for item in items if isinstance(item, dict)]


def etag_header(resource: Resource) -> dict[str, str]:
    """`If-Match` with the quoted etag of a resource, or nothing when it has none (behaviour.md 10.1)."""
    etag = member_of(member_of(resource.to_json(), "attributes"), "etag")
    if not isinstance(etag, (str, int)) or etag == "":
        return {}
    text = str(etag)
    return {"If-Match": text if text.startswith("W/") else f'"{text.strip(chr(34))}"'}


def require_headers(headers: Mapping[str, str] | None) -> dict[str, str]:
    """The headers of a raw request, as the caller gave them.

    Raises `ValueError` for an id that is not a GUID, for what cannot stand in a header, and for a token.
    """
    given = dict(headers or {})
    for name, value in given.items():
        if not name.isascii() or not value.isascii() or not value.isprintable():
            raise ValueError(f"The header {name[:60]!r} must be printable ASCII.")
        if name.lower() in {REQUEST_ID.lower(), CORRELATION_ID.lower()} and parse_guid(value) is None:
            raise ValueError(f"{name} must be a GUID, not {value[:60]!r}.")
        if name.lower() == "authorization":
            raise ValueError("Authorization is set by the credential; leave it out.")
    return given
