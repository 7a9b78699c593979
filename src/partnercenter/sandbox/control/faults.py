"""Faults made to order: added, listed, taken away. What they do is in `injected_faults`.

The order is read here, member by member; a member or a value that is wrong is told in one sentence.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from partnercenter.contract.identifiers import parse_guid
from partnercenter.contract.operations import OPERATIONS
from partnercenter.sandbox.control.asked import Asked, check_names
from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.injected_faults import FaultOrder
from partnercenter.sandbox.wire.message import Response, json_response

_METHODS: Final = tuple(dict.fromkeys(operation.method for operation in OPERATIONS.values()))
_MALFORMED: Final = ("torn", "html")
_MOST_CALLS: Final = 1_000_000
_LONGEST_DELAY: Final = 600
_LONGEST_TEXT: Final = 1024


def show(asked: Asked) -> Response:
    """Every fault that waits, in the order in which they were added."""
    return json_response(200, {"faults": asked.state.faults.all()})


def add(asked: Asked) -> Response:
    """One more fault."""
    said = asked.body()
    added = asked.state.faults.add(read_order(said), said)
    return json_response(200, added.as_json())


def remove(asked: Asked) -> Response:
    """Take one away; the answer shows what is left."""
    asked.state.faults.remove(asked.name)
    return show(asked)


def clear(asked: Asked) -> Response:
    """Take all away."""
    asked.state.faults.clear()
    return show(asked)


def read_order(said: Mapping[str, Any]) -> FaultOrder:
    """What an order says; raises `SandboxError` for anything that it cannot say."""
    check_names(said, MEMBERS, "A fault")
    values: dict[str, Any] = {}
    for name, value in said.items():
        field, read = MEMBERS[name]
        if value is None and name != "times":
            continue
        try:
            values[field] = read(value)
        except _MistakeError as mistake:
            raise SandboxError(f"The member {name} of a fault {mistake}") from None
    _check_together(values)
    if "retry_after" in values:
        values.setdefault("status", 429)
    return FaultOrder(**values)


def _check_together(values: Mapping[str, Any]) -> None:
    answers = [name for name in ("status", "lost", "reset", "malformed") if values.get(name)]
    if values.get("retry_after") is not None and not values.get("status"):
        answers.insert(0, "retryAfter")
    if len(answers) > 1:
        raise SandboxError(f"A fault does one thing to the answer, not {' and '.join(answers)}.")
    if not answers and not values.get("delay_seconds"):
        raise SandboxError(
            "A fault does nothing without one of status, retryAfter, delaySeconds, lost, reset and malformed."
        )
    if "code" in values and "status" not in values:
        raise SandboxError("The member code of a fault needs a status.")
    if "description" in values and not {"status", "retry_after"} & values.keys():
        raise SandboxError("The member description of a fault needs a status.")
    if "seed" in values and "probability" not in values:
        raise SandboxError("The member seed of a fault needs a probability.")


class _MistakeError(Exception):
    """What is wrong with a value; the end of a sentence that begins with the member."""


def _operations(value: Any) -> frozenset[str]:
    if not isinstance(value, str):
        raise _MistakeError("must be the name of an operation, or a pattern such as orders.*.")
    pattern = value.strip().lower()
    found = frozenset(name for name in OPERATIONS if fnmatchcase(name, pattern))
    if not found:
        near = difflib.get_close_matches(pattern, OPERATIONS, n=1)
        hint = f"did you mean {near[0]}?" if near else "it takes such as customers.delete or orders.*."
        raise _MistakeError(f"names no operation with {value[:60]!r}; {hint}")
    return found


def _method(value: Any) -> str:
    method = value.strip().upper() if isinstance(value, str) else ""
    if method not in _METHODS:
        raise _MistakeError(f"must be one of {', '.join(_METHODS)}.")
    return method


def _guid(value: Any) -> str:
    guid = parse_guid(value) if isinstance(value, str) else None
    if guid is None:
        raise _MistakeError("must be a GUID.")
    return guid


def _whole(least: int, most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if type(value) is not int or not least <= value <= most:
            raise _MistakeError(f"must be a whole number from {least} to {most}.")
        return value

    return read


def _times(value: Any) -> int | None:
    if value is None:
        return None
    if type(value) is not int or not 1 <= value <= _MOST_CALLS:
        raise _MistakeError(f"must be a whole number from 1 to {_MOST_CALLS}, or null for every call.")
    return value


def _probability(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= 1:
        raise _MistakeError("must be a number above 0 and up to 1.")
    return float(value)


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= _LONGEST_DELAY:
        raise _MistakeError(f"must be a number of seconds above 0 and up to {_LONGEST_DELAY}.")
    return float(value)


def _text(value: Any) -> str:
    if (
        not isinstance(value, str)
        or not value.strip()
        or len(value) > _LONGEST_TEXT
        or not value.isprintable()
    ):
        raise _MistakeError(f"must be a text of one line and up to {_LONGEST_TEXT} characters.")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _MistakeError("must be true or false.")
    return value


def _malformed(value: Any) -> str | None:
    if isinstance(value, bool):
        return "html" if value else None
    if value not in _MALFORMED:
        raise _MistakeError(f"must be one of {', '.join(_MALFORMED)}, or true.")
    return str(value)


MEMBERS: Final[Mapping[str, tuple[str, Callable[[Any], Any]]]] = {
    "operation": ("operations", _operations),
    "method": ("method", _method),
    "customerId": ("customer_id", _guid),
    "partnerId": ("partner_id", _guid),
    "times": ("times", _times),
    "skip": ("skip", _whole(0, _MOST_CALLS)),
    "probability": ("probability", _probability),
    "seed": ("seed", _whole(-(2**63), 2**63 - 1)),
    "status": ("status", _whole(400, 599)),
    "code": ("code", _whole(0, 999_999)),
    "description": ("description", _text),
    "retryAfter": ("retry_after", _whole(0, 86_400)),
    "delaySeconds": ("delay_seconds", _seconds),
    "lost": ("lost", _flag),
    "reset": ("reset", _flag),
    "malformed": ("malformed", _malformed),
}
