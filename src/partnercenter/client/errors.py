"""What goes wrong, as exceptions.

    azure.core.exceptions.AzureError
    ├── ServiceRequestError                        nothing was sent
    │   └── HopelessRequestError                   and trying again would change nothing
    ├── ServiceResponseError                       sent, and the answer was lost
    ├── PollerError                                a poller ended
    │   ├── OperationFailedError                   what was begun will never be done
    │   └── OperationTimeoutError                  not done before the deadline, also TimeoutError
    └── HttpResponseError
        ├── DecodeError
        │   └── UnexpectedAnswerError              a success that cannot be read
        └── PartnerCenterError                     the service refused
            ├── TokenRefusedError                  401, also ClientAuthenticationError
            ├── PermissionDeniedError              403
            ├── NotFoundError                      404, also ResourceNotFoundError
            ├── ConflictError                      409, also ResourceExistsError
            ├── ChangedMeanwhileError              412 and stale etags, also ResourceModifiedError
            ├── ThrottledError                     429
            ├── QuotaExceededError                 a limit of the sandbox
            └── CustomerHasActiveOrdersError       orders stand in the way of a deletion

Each tells what was asked, the service's code and words, both ids, and what to do. No message holds a
token, a secret or a whole body.
"""

from __future__ import annotations

import math
import re
from typing import Any, Final

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    DecodeError,
    HttpResponseError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
    ServiceRequestError,
)

from partnercenter.contract.headers import CORRELATION_ID, REQUEST_ID
from partnercenter.contract.service_error import ServiceError, parse_service_error

_ACTIVE_ORDERS: Final = re.compile(
    r"cannot be removed due to active (?:.*?orders?:\s*(?P<ids>[\w-]+(?:\s*[,;]\s*[\w-]+)*))?",
    re.IGNORECASE | re.DOTALL | re.ASCII,
)
_ORDER_ID: Final = re.compile(r"[\w-]+", re.ASCII)
_QUOTA_CODES: Final = {800018, 800066, 800067, 800068, 800088, 900116, 900419, 6004}


class HopelessRequestError(ServiceRequestError):
    """Nothing was sent, for a reason that stays: an address, a header or a certificate."""


class PartnerCenterError(HttpResponseError):
    """The service refused a call.

    `service_error` holds what it said; `request_id` and `correlation_id` are what support asks for. `method`
    and `path` tell which call it was.
    """

    def __init__(self, response: Any, error: ServiceError, method: str, path: str) -> None:
        self.service_error = error
        self.method = method
        self.path = path
        self.request_id: str | None = _echoed(response, REQUEST_ID)
        self.correlation_id: str | None = _echoed(response, CORRELATION_ID)
        super().__init__(message=self._sentence(), response=response)
        # azure-core would prefer what it makes of the body, and print the whole of it.
        self.message = self._sentence()
        self.args = (self.message,)

    def __reduce__(self) -> tuple[Any, ...]:
        # Copies go without the response: it holds the token of its request, and a pool of connections.
        return _revive, (type(self), self.message, _kept(self))

    @property
    def code(self) -> int | None:
        """The service's code."""
        return self.service_error.code

    @property
    def description(self) -> str:
        """The service's words."""
        return self.service_error.description

    @property
    def data(self) -> tuple[Any, ...]:
        """What the service added."""
        return self.service_error.data

    @property
    def source(self) -> str | None:
        """Which part of the service refused."""
        return self.service_error.source

    @property
    def advice(self) -> str | None:
        """What to do about it."""
        return self.service_error.advice

    def _sentence(self) -> str:
        error = self.service_error
        code = f", code {error.code}" if error.code is not None else ""
        call = f"{self.method} {self.path.partition('?')[0]}"
        parts = [f"{call} was refused with {error.status}{code}: {error.description.rstrip('.')}."]
        if self.advice:
            parts.append(self.advice)
        return " ".join(parts) + ids_note(self.request_id, self.correlation_id)

    def __str__(self) -> str:
        return self.message


class TokenRefusedError(PartnerCenterError, ClientAuthenticationError):
    """The token was missing, wrong, expired or without MFA."""


class PermissionDeniedError(PartnerCenterError):
    """The caller may not do this, or the customer is not the partner's."""


class NotFoundError(PartnerCenterError, ResourceNotFoundError):
    """There is no such thing."""


class ConflictError(PartnerCenterError, ResourceExistsError):
    """It conflicts with something that is there, such as a domain that is taken."""


class ChangedMeanwhileError(PartnerCenterError, ResourceModifiedError):
    """The etag is missing or no longer that of the resource: read it again."""


class ThrottledError(PartnerCenterError):
    """Too many calls; `retry_after` tells how many seconds to wait, if the service said so."""

    @property
    def retry_after(self) -> float | None:
        """Seconds until the service takes calls again."""
        return self.service_error.retry_after

    @property
    def advice(self) -> str | None:
        """How long to wait, in whole seconds where the service said so."""
        if not self.retry_after:
            return super().advice
        seconds = math.ceil(self.retry_after)
        return f"Wait {seconds} second{'' if seconds == 1 else 's'} before the next call."


class QuotaExceededError(PartnerCenterError):
    """A limit of the sandbox has been met (behaviour.md 8)."""


class CustomerHasActiveOrdersError(PartnerCenterError):
    """A customer cannot be deleted while these orders are active.

    `order_ids` are the ids that the service names; they are the short ones, to be compared with an order's
    `id` and `alternate_id` alike (behaviour.md 4.2).
    """

    @property
    def order_ids(self) -> tuple[str, ...]:
        """The ids in the service's text."""
        return active_order_ids(self.description)


class UnexpectedAnswerError(DecodeError):
    """The service said yes, but with something that is not the answer: a web page, a torn body, nothing."""

    def __init__(self, message: str, response: Any) -> None:
        self.request_id: str | None = _echoed(response, REQUEST_ID)
        self.correlation_id: str | None = _echoed(response, CORRELATION_ID)
        super().__init__(message=message, response=response)
        self.message = message + ids_note(self.request_id, self.correlation_id)
        self.args = (self.message,)

    def __reduce__(self) -> tuple[Any, ...]:
        return _revive, (type(self), self.message, _kept(self))

    def __str__(self) -> str:
        return self.message


class PollerError(AzureError):
    """What ends a poller. `resource` is what was seen last, None when nothing was."""

    def __init__(self, message: str, resource: Any, correlation_id: str) -> None:
        self.resource = resource
        self.correlation_id = correlation_id
        super().__init__(f"{message.rstrip('.')}.{ids_note(None, correlation_id)}")

    def __reduce__(self) -> tuple[Any, ...]:
        return _revive, (type(self), self.message, _kept(self))

    def __str__(self) -> str:
        return self.message


class OperationFailedError(PollerError):
    """What was begun has ended in a state in which it will never be done."""


class OperationTimeoutError(PollerError, TimeoutError):
    """What was begun does not show yet at the deadline; it may still be carried out.

    `continuation_token`, given to the same `begin_…` method, takes the wait up again.
    """


def _echoed(response: Any, name: str) -> str | None:
    """An id as the service echoed it, or as it was sent: the gateway's own refusals carry none."""
    sent = getattr(response.request, "headers", {})
    value = response.headers.get(name) or sent.get(name)
    return None if value is None else str(value)


def ids_note(request_id: str | None, correlation_id: str | None) -> str:
    """What support asks for, as the end of a message: ` (request id …, correlation id …)`, or nothing."""
    ids = [("request id", request_id), ("correlation id", correlation_id)]
    known = ", ".join(f"{name} {value}" for name, value in ids if value)
    return f" ({known})" if known else ""


def _kept(error: AzureError) -> dict[str, Any]:
    """What a copy of an error keeps: plain data."""
    lost = ("exc_type", "exc_value", "exc_traceback", "inner_exception", "response", "error")
    return {**vars(error), **dict.fromkeys(lost)}


def _revive(kind: type[AzureError], message: str, state: dict[str, Any]) -> AzureError:
    error = kind.__new__(kind, message)
    error.args = (message,)
    error.__dict__.update(state)
    return error


_BY_STATUS: Final[dict[int, type[PartnerCenterError]]] = {
    401: TokenRefusedError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    412: ChangedMeanwhileError,
    429: ThrottledError,
}


def active_order_ids(description: str) -> tuple[str, ...]:
    """The order ids in the service's "cannot be removed" text; empty for any other text (behaviour.md 1.5)."""
    match = _ACTIVE_ORDERS.search(description)
    return tuple(_ORDER_ID.findall(match["ids"])) if match and match["ids"] else ()


def error_from_response(response: Any, method: str, path: str) -> PartnerCenterError:
    """The exception for a refusal; `response` has been read."""
    error = parse_service_error(response.status_code, response.reason, response.headers, response.content)
    return _error_type(error)(response, error, method, path)


def _error_type(error: ServiceError) -> type[PartnerCenterError]:
    if _ACTIVE_ORDERS.search(error.description):
        return CustomerHasActiveOrdersError
    if error.code in _QUOTA_CODES:
        return QuotaExceededError
    if error.code == 2055:
        return ChangedMeanwhileError
    return _BY_STATUS.get(error.status, PartnerCenterError)
