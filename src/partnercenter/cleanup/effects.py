"""What the service's answers mean for a step: is it in effect, was it accepted, what does a refusal say.

Pure; behaviour.md 1.5, 4.3, 5.2, 5.3 and 7. Steps are judged by what blocks a deletion: a subscription that is
suspended needs no cancelling any more.
"""

from __future__ import annotations

from typing import Final

from azure.core.exceptions import AzureError, ServiceRequestError

from partnercenter.cleanup.customer_facts import means_gone, means_no_relationship
from partnercenter.cleanup.judgement import PENDING, SETTLED
from partnercenter.cleanup.purchase_kinds import word
from partnercenter.cleanup.sweep_plan import PlannedStep, StepAction
from partnercenter.cleanup.sweep_terms import Answer, Effect, Problem
from partnercenter.client.errors import (
    ChangedMeanwhileError,
    HopelessRequestError,
    PartnerCenterError,
    TokenRefusedError,
    UnexpectedAnswerError,
)
from partnercenter.client.order_cancellation import judge_cancellation
from partnercenter.client.waiting import Progress, in_short
from partnercenter.contract.orders import Order
from partnercenter.contract.resource import Resource, member_of

# Something else is under way on the order or the subscription (behaviour.md 4.3 and 5.3).
_NOT_NOW: Final = frozenset({800014, 800060, 800082})
# The customer's postal address (behaviour.md 1.2): nothing will ever delete it.
_FOR_EVER: Final = frozenset({2007})
_NO_SANDBOX: Final = frozenset({900127})
_TRANSIENT: Final = frozenset({408, 500, 502, 503, 504})


def effect_of(step: PlannedStep, seen: Resource) -> Effect:
    """What the target of a step shows."""
    if isinstance(seen, Order):
        return _effect_on_order(step.action, seen)
    status = word(member_of(seen.to_json(), "status"))
    match step.action:
        case StepAction.CANCEL_AZURE_SUBSCRIPTION:
            return Effect.IN_EFFECT if status == "inactive" else Effect.OPEN
        case StepAction.ACTIVATE_SUBSCRIPTION:
            return Effect.OPEN if status == "pending" else Effect.IN_EFFECT
    return Effect.IN_EFFECT if status in SETTLED else Effect.OPEN


def _effect_on_order(action: StepAction, order: Order) -> Effect:
    if judge_cancellation(order, None).progress is Progress.DONE:
        return Effect.IN_EFFECT
    pending = word(order.status) in PENDING
    if action is StepAction.WAIT_FOR_ORDER:
        return Effect.UNDER_WAY if pending else Effect.IN_EFFECT
    # One for which a purchase order was never sent stays so, and can be taken back (behaviour.md 4.2).
    return Effect.UNDER_WAY if pending and word(order.status) != "pending_po_upload" else Effect.OPEN


def answer_of_success(step: PlannedStep, seen: Resource | None) -> Answer:
    """What a success means; `seen` is the resource in its answer, None where there is none (behaviour.md 1.6)."""
    in_effect = seen is not None and effect_of(step, seen) is Effect.IN_EFFECT
    return Answer.IN_EFFECT if in_effect else Answer.ACCEPTED


def answer_of_refusal(error: AzureError) -> Answer:
    """What an error means for a step."""
    if isinstance(error, ChangedMeanwhileError):
        return Answer.CHANGED
    if isinstance(error, UnexpectedAnswerError):
        return Answer.ACCEPTED if error.status_code and error.status_code < 300 else Answer.REFUSED
    if isinstance(error, PartnerCenterError):
        if is_transient(error):
            return Answer.LOST
        return Answer.NOT_NOW if error.code in _NOT_NOW else Answer.REFUSED
    return Answer.REFUSED if isinstance(error, HopelessRequestError) else Answer.LOST


def is_transient(error: AzureError) -> bool:
    """Whether the same call may fare better in a moment, under the same request id."""
    if isinstance(error, PartnerCenterError):
        return error.status_code in _TRANSIENT
    if isinstance(error, UnexpectedAnswerError):
        return (error.status_code or 0) < 300
    return not isinstance(error, HopelessRequestError)


def was_not_sent(error: AzureError) -> bool:
    """Whether a call never left."""
    return isinstance(error, ServiceRequestError)


def is_unexpected(error: AzureError) -> bool:
    """Whether an error says that something is wrong with more than one step; interlock S18.

    Refusals with one of the service's codes are how it says no; what has no code comes from somewhere else.
    """
    if not isinstance(error, PartnerCenterError) or isinstance(error, TokenRefusedError):
        return True
    if means_gone(error) or means_no_relationship(error):
        return False
    return error.status_code in {403, 405} or (error.status_code or 0) >= 500 or error.code is None


def says_no_sandbox(error: AzureError) -> bool:
    """Whether the service says that the account is no sandbox (behaviour.md 1.5)."""
    return isinstance(error, PartnerCenterError) and error.code in _NO_SANDBOX


def is_for_ever(error: PartnerCenterError) -> bool:
    """Whether a deletion that was refused so will always be (behaviour.md 1.2)."""
    return error.code in _FOR_EVER


def problem_of(error: AzureError) -> Problem:
    """An error as part of an event."""
    if not isinstance(error, PartnerCenterError):
        correlation_id = getattr(error, "correlation_id", None) or ""
        text = in_short(error).strip().splitlines() or [type(error).__name__]
        return Problem(text[0], correlation_id=correlation_id, advice="Try again: resume the run.")
    return Problem(
        error.description,
        error.code,
        error.status_code,
        error.correlation_id or "",
        error.advice or "",
    )
