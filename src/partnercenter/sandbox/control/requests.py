"""What was asked of the service lately: read by whoever wants to know what a client did, and forgotten."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from partnercenter.contract.identifiers import parse_guid
from partnercenter.sandbox.control.asked import Asked, check_names
from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.request_log import MOST_ENTRIES, LoggedRequest
from partnercenter.sandbox.wire.message import Response, json_response

_LIMIT: Final = "limit"
_USUAL_LIMIT: Final = 1000

Test = Callable[[LoggedRequest], bool]


def show(asked: Asked) -> Response:
    """The newest requests that the query asks for, newest last."""
    spelled = {name.lower(): name for name in MEMBERS}
    query = {spelled.get(name, name): value.strip() for name, value in asked.request.query().items()}
    check_names(query, MEMBERS, "The query of the requests")
    tests = [_TESTS[name](value) for name, value in query.items() if value and name != _LIMIT]
    most = _whole(query.get(_LIMIT) or str(_USUAL_LIMIT), _LIMIT, 1, MOST_ENTRIES)
    found = asked.state.requests.newest(lambda entry: all(test(entry) for test in tests), most)
    return json_response(200, {"requests": [entry.as_json() for entry in found]})


def clear(asked: Asked) -> Response:
    """Forget them all."""
    asked.state.requests.clear()
    return json_response(200, {"requests": []})


def _whole(text: str, name: str, least: int, most: int) -> int:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1
    if not least <= number <= most:
        raise SandboxError(f"The {name} of the requests must be a whole number from {least} to {most}.")
    return number


def _by_id(name: str) -> Callable[[str], Test]:
    def with_value(text: str) -> Test:
        wanted = parse_guid(text) or text.lower()

        def is_it(entry: LoggedRequest) -> bool:
            value = str(getattr(entry, name) or "")
            return (parse_guid(value) or value.lower()) == wanted

        return is_it

    return with_value


def _by_word(name: str) -> Callable[[str], Test]:
    return lambda text: lambda entry: str(getattr(entry, name) or "").lower() == text.lower()


def _by_status(text: str) -> Test:
    wanted = _whole(text, "status", 100, 599)
    return lambda entry: entry.status == wanted


_TESTS: Final[Mapping[str, Callable[[str], Test]]] = {
    "correlationId": _by_id("correlation_id"),
    "requestId": _by_id("request_id"),
    "customerId": _by_id("customer_id"),
    "method": _by_word("method"),
    "status": _by_status,
    "operation": _by_word("operation"),
}
MEMBERS: Final = (*_TESTS, _LIMIT)
