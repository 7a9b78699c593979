"""Deleting chosen customers, one after another, and what became of each.

One failure does not stop the others; a token of another tenant or an interruption does. A customer counts as
deleted only when a fresh read says that it is gone. The caller has asked the user and checked the credential.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from azure.core.exceptions import AzureError, ClientAuthenticationError, ResourceNotFoundError

from partnercenter.cleanup.customer_facts import (
    CustomerFacts,
    GoneCustomer,
    UnreadableCustomer,
    means_gone,
    means_no_relationship,
)
from partnercenter.cleanup.trusted_sandboxes import SafetyRuleError
from partnercenter.client.errors import PartnerCenterError
from partnercenter.client.sync import PartnerCenterClient

_PAUSES_BETWEEN_READS: Final = (0.0, 0.5, 1.0, 2.0, 4.0)


class Outcome(Enum):
    """What became of a customer."""

    DELETED = "deleted"
    ALREADY_GONE = "already gone"
    FAILED = "failed"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one customer, and, when it is still there, why and what to do."""

    customer_id: str
    display_name: str
    outcome: Outcome
    code: str = ""
    description: str = ""
    correlation_id: str = ""
    advice: str = ""

    @property
    def done(self) -> bool:
        """Whether the customer is gone."""
        return self.outcome in {Outcome.DELETED, Outcome.ALREADY_GONE}


def _result_of_error(customer_id: str, display_name: str, error: AzureError) -> Result:
    """The result for a customer whose deletion, or reading, ended with `error`."""
    if not isinstance(error, PartnerCenterError):
        advice = "Check the credentials." if isinstance(error, ClientAuthenticationError) else "Try again."
        return Result(
            customer_id, display_name, Outcome.FAILED, description=_first_line(error), advice=advice
        )
    return Result(
        customer_id,
        display_name,
        Outcome.ALREADY_GONE if means_gone(error) else Outcome.FAILED,
        code=str(error.code or ""),
        description=error.description or _first_line(error),
        correlation_id=error.correlation_id or "",
        advice="" if means_gone(error) else error.advice or "",
    )


def _first_line(error: AzureError) -> str:
    return (error.message or str(error) or type(error).__name__).strip().splitlines()[0]


def result_without_deletion(found: GoneCustomer | UnreadableCustomer) -> Result:
    """The result for a customer that could not be read, or need not be deleted."""
    return _result_of_error(found.customer_id, "", found.error)


def kept(customer: CustomerFacts, reason: str) -> Result:
    """The result for a customer that was left alone."""
    return Result(customer.customer_id, customer.display_name, Outcome.KEPT, description=reason)


def delete_customers(
    client: PartnerCenterClient,
    customers: Sequence[CustomerFacts],
    *,
    stop: Callable[[], bool],
    pause: Callable[[float], None],
) -> Iterator[Result]:
    """Delete the customers and yield one result for each, in order.

    `stop` is asked before each one. After a `SafetyRuleError` or a `KeyboardInterrupt` the rest is
    yielded as kept, and then the exception goes on.
    """
    ended: SafetyRuleError | KeyboardInterrupt | None = None
    for customer in customers:
        if ended is not None or stop():
            yield kept(customer, "Not attempted.")
            continue
        try:
            result = _delete_one(client, customer, pause)
        except SafetyRuleError as refusal:
            ended, result = refusal, kept(customer, "The token was not the checked one; nothing was sent.")
        except KeyboardInterrupt as interrupt:
            ended, result = interrupt, _interrupted(customer)
        yield result
    if ended is not None:
        raise ended


def _delete_one(
    client: PartnerCenterClient, customer: CustomerFacts, pause: Callable[[float], None]
) -> Result:
    with client.correlation() as correlation_id:
        try:
            client.customers.by_id(customer.customer_id).delete()
        except AzureError as error:
            failed = _result_of_error(customer.customer_id, customer.display_name, error)
            return replace(failed, correlation_id=failed.correlation_id or correlation_id)
        doubt = _why_still_there(client, customer.customer_id, pause)
    deleted = Result(
        customer.customer_id, customer.display_name, Outcome.DELETED, correlation_id=correlation_id
    )
    if doubt is None:
        return deleted
    return replace(
        deleted,
        outcome=Outcome.FAILED,
        description=f"The service accepted the deletion, but {doubt}.",
        advice="Wait some minutes and delete it again: a customer that is gone by then counts as done.",
    )


def _why_still_there(
    client: PartnerCenterClient, customer_id: str, pause: Callable[[float], None]
) -> str | None:
    """None when a fresh read says that the customer is gone, else the reason to doubt it.

    The delete has just succeeded at the same address, so here a 404 of any shape means gone.
    """
    for seconds in _PAUSES_BETWEEN_READS:
        if seconds:
            pause(seconds)
        try:
            client.customers.by_id(customer_id).get()
        except AzureError as error:
            gone = isinstance(error, ResourceNotFoundError) or means_no_relationship(error)
            return None if gone else f"it could not be confirmed: {_first_line(error)}"
    return "the customer can still be read"


def _interrupted(customer: CustomerFacts) -> Result:
    return Result(
        customer.customer_id,
        customer.display_name,
        Outcome.FAILED,
        description="Interrupted while it was being deleted: it may be gone or still there.",
        advice="Delete it again: a customer that is gone counts as done.",
    )
