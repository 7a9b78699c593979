"""The OpenAPI 3.1 document, derived from the operations and the resources they name.

Nothing is written here that stands in a declaration: paths, parameters, bodies and statuses come from
`operations`, schemas from the members of the resources.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime
from typing import Any, Final

from partnercenter.contract.headers import CONTINUATION_TOKEN, CORRELATION_ID, REQUEST_ID
from partnercenter.contract.operations import OPERATIONS, Operation
from partnercenter.contract.resource import MemberShape, OpenEnum, Resource, shapes_of

Json = dict[str, Any]

_FAULT: Final[Json] = {
    "type": "object",
    "description": "A service error, or with statusCode and message a fault of the gateway.",
    "properties": {
        "code": {"type": "integer"},
        "description": {"type": "string", "minLength": 1, "maxLength": 1024},
        "data": {"type": "array"},
        "source": {"type": "string"},
        "statusCode": {"type": "integer"},
        "message": {"type": "string"},
    },
    "anyOf": [{"required": ["code", "description", "source"]}, {"required": ["statusCode", "message"]}],
}
_SIMPLE: Final[dict[type[Any], Json]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    dict: {"type": "object"},
    datetime: {"type": "string"},
}
_TRACED: Final[Json] = {
    name: {"$ref": f"#/components/headers/{name}"} for name in (REQUEST_ID, CORRELATION_ID)
}
_TRACE_HEADER: Final[Json] = {
    "description": "As it was sent, or a new one.",
    "required": True,
    "schema": {"type": "string", "format": "uuid"},
}
_STATUS_TEXT: Final = {
    200: "Done.",
    201: "Created.",
    202: "Begun; no body, Location tells where to look.",
    204: "Done; no body.",
    400: "The request, or the state of what it is about, does not allow it.",
    401: "No token, or one that is not accepted.",
    403: "The caller may not do this.",
    404: "There is no such thing.",
    405: "The path has no such method; Allow names those it has.",
    408: "The request did not arrive in time.",
    409: "It conflicts with something that is there.",
    412: "The etag is missing or old.",
    413: "The body is too large.",
    414: "The address is too long.",
    429: "Too many requests; wait as long as Retry-After says.",
    431: "The headers are too many or too large.",
    500: "The service failed.",
    503: "There is no room for one more connection; try again.",
}

# Refusals of what any server bounds, whatever the operation.
_OF_EVERY_OPERATION: Final = (405, 408, 413, 414, 431, 503)
# Answered before there is a request whose ids could be told.
_OF_CONNECTIONS: Final = frozenset({408, 414, 431, 503})


def openapi_document(version: str) -> Json:
    """The whole document; `version` is that of the package."""
    paths: Json = {}
    for operation in OPERATIONS.values():
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Partner Center", "version": version},
        "paths": paths,
        "security": [{"bearer": []}],
        "components": {
            "schemas": {"Fault": deepcopy(_FAULT), **_schemas()},
            "headers": dict.fromkeys(_TRACED, _TRACE_HEADER),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _operation(operation: Operation) -> Json:
    result: Json = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": f"Documentation: {operation.documentation}.",
        "tags": [operation.name.partition(".")[0]],
        "parameters": list(_parameters(operation)),
        "responses": {str(status): _response(operation, status) for status in _statuses(operation)},
        "x-token-kinds": sorted(kind.value for kind in operation.tokens),
        "x-sandbox-only": operation.sandbox_only,
    }
    if operation.request is not None:
        schema = {"$ref": f"#/components/schemas/{_request_name(operation.request)}"}
        result["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return result


def _parameters(operation: Operation) -> Iterator[Json]:
    for name in operation.path_parameters:
        schema = (
            {"type": "string", "format": "uuid"}
            if name == "customer_id"
            else {"type": "string", "minLength": 1}
        )
        yield {"name": name, "in": "path", "required": True, "schema": schema}
    for parameter in operation.query:
        yield {
            "name": parameter.name,
            "in": "query",
            "description": parameter.description,
            "schema": dict(parameter.schema),
            **({"required": True} if parameter.required else {}),
        }
    for name in (REQUEST_ID, CORRELATION_ID):
        yield {"name": name, "in": "header", "schema": {"type": "string", "format": "uuid"}}
    if operation.paging.has_token:
        yield {"name": CONTINUATION_TOKEN, "in": "header", "schema": {"type": "string"}}
    if operation.if_match:
        yield {"name": "If-Match", "in": "header", "schema": {"type": "string"}}


def _statuses(operation: Operation) -> tuple[int, ...]:
    return tuple(sorted({*operation.success, *operation.errors, *_OF_EVERY_OPERATION}))


def _response(operation: Operation, status: int) -> Json:
    described: Json = {"description": _STATUS_TEXT.get(status, "Refused.")}
    if status not in _OF_CONNECTIONS:
        described["headers"] = _TRACED
    if operation.method == "HEAD" or status in {202, 204, 401}:
        return described
    if status >= 400:
        described["content"] = _content("Fault")
    elif operation.response is not None:
        name = operation.response.__name__
        name = f"{name}Collection" if operation.collection else name
        described["content"] = _content(name, array=operation.array)
    return described


def _content(name: str, *, array: bool = False) -> Json:
    schema: Json = {"$ref": f"#/components/schemas/{name}"}
    return {"application/json": {"schema": {"type": "array", "items": schema} if array else schema}}


def _schemas() -> Json:
    """Every resource that an operation names or contains; those that are sent have a schema of their own."""
    schemas: Json = {}
    for operation in OPERATIONS.values():
        if operation.response is not None:
            _add(schemas, operation.response, sent=False)
            if operation.collection:
                schemas[f"{operation.response.__name__}Collection"] = _collection(operation.response)
        if operation.request is not None:
            _add(schemas, operation.request, sent=True)
    return schemas


def _collection(resource: type[Resource]) -> Json:
    items = {"type": "array", "items": {"$ref": f"#/components/schemas/{resource.__name__}"}}
    return {
        "type": "object",
        "required": ["totalCount", "items", "attributes"],
        "properties": {
            "totalCount": {"type": "integer"},
            "items": items,
            "continuationToken": {"type": "string"},
            "links": {"type": "object"},
            "attributes": {"type": "object"},
        },
    }


def _request_name(resource: type[Resource]) -> str:
    return f"{resource.__name__}Request"


def _add(schemas: Json, resource: type[Resource], *, sent: bool) -> None:
    name = _request_name(resource) if sent else resource.__name__
    if name in schemas:
        return
    shapes = [shape for shape in shapes_of(resource).values() if not (sent and shape.member.read_only)]
    schemas[name] = {"type": "object"}
    properties = {shape.wire: _member(schemas, shape, sent=sent) for shape in shapes}
    schemas[name] = {"type": "object", "properties": properties}
    required = [shape.wire for shape in shapes if sent and shape.member.required]
    if required:
        schemas[name]["required"] = required
    if resource.__doc__:
        schemas[name]["description"] = re.sub(r"\s+", " ", resource.__doc__).strip()


def _member(schemas: Json, shape: MemberShape, *, sent: bool) -> Json:
    schema = _kind(schemas, shape, sent=sent)
    if shape.many:
        schema = {"type": "array", "items": schema}
    elif shape.kind is str and sent:
        for word, value in (("minLength", shape.member.min_length), ("maxLength", shape.member.max_length)):
            if value is not None:
                schema[word] = value
    if shape.member.nullable:
        schema["type"] = [schema["type"], "null"]
    if shape.member.description:
        schema["description"] = shape.member.description
    return schema


def _kind(schemas: Json, shape: MemberShape, *, sent: bool) -> Json:
    if issubclass(shape.kind, Resource):
        _add(schemas, shape.kind, sent=sent)
        name = _request_name(shape.kind) if sent else shape.kind.__name__
        return {"$ref": f"#/components/schemas/{name}"}
    if issubclass(shape.kind, OpenEnum):
        words = ", ".join(member.value for member in shape.kind)
        return {"type": "string", "description": f"One of {words}; more may come."}
    return dict(_SIMPLE.get(shape.kind, {}))
