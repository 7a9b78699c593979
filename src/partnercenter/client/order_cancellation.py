"""Cancelling an order: what is sent, and how to tell that it is done. Pure; behaviour.md 2 and 4.3.

The published sample sends the whole order back, and waits for the order's status alone. But lines that are sent
name what is cancelled, and an order of which only some lines are cancelled stays `completed`: so a full
cancellation names no line, and success is judged line by line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from partnercenter.client.arguments import require_type
from partnercenter.client.errors import PartnerCenterError
from partnercenter.client.waiting import Progress, Verdict
from partnercenter.contract.enums import OrderStatus
from partnercenter.contract.orders import Order, OrderLineItem
from partnercenter.contract.resource import Resource

_NEVER_CANCELLED: Final = frozenset(
    {
        OrderStatus.ERROR,
        OrderStatus.PO_REVIEW_REJECTED,
        OrderStatus.PARTIAL_SUCCESS,
        OrderStatus.SUSPENDED,
    }
)
_CANNOT_BE_CANCELLED: Final = 800061


def cancellation(order_id: str, line_items: Sequence[OrderLineItem] | None) -> Order:
    """What cancels an order, or only these lines of it, each named by its number and its offer.

    Raises `TypeError` for what are no lines, `ValueError` for no lines, for a line without number or offer, and for a
    line that is named twice.
    """
    body = Order.from_json({"id": order_id, "status": "cancelled"})
    if line_items is not None:
        body.line_items = [_named(line) for line in _lines(line_items)]
        if len(set(line_numbers(body))) != len(body.line_items):
            raise ValueError("line_items names a line twice.")
    return body


def _lines(line_items: Any) -> Sequence[OrderLineItem]:
    if isinstance(line_items, (str, bytes)) or not isinstance(line_items, Sequence):
        raise TypeError(f"line_items must be a list of OrderLineItem, not {type(line_items).__name__}.")
    if not line_items:
        raise ValueError("line_items must name at least one line; leave it out to cancel the whole order.")
    return line_items


def _named(line: Any) -> OrderLineItem:
    number, offer = require_type(line, OrderLineItem, "each of line_items").line_item_number, line.offer_id
    if not isinstance(number, int) or not isinstance(offer, str) or not offer:
        raise ValueError("each of line_items must have its line_item_number and its offer_id.")
    return OrderLineItem(line_item_number=number, offer_id=offer)


def line_numbers(order: Order) -> list[int]:
    """The numbers of an order's lines, as far as they are numbers."""
    numbers = [line.line_item_number for line in _read_lines(order)]
    return [number for number in numbers if isinstance(number, int)]


def _read_lines(order: Order) -> list[OrderLineItem]:
    """The lines of an order that was received, as far as they are lines."""
    lines: Any = order.line_items
    return (
        [line for line in lines if isinstance(line, Resource)] if isinstance(lines, Sequence) else []  # type: ignore[misc]
    )


def wanted_lines(state: dict[str, Any]) -> list[int] | None:
    """The numbers of the lines that a poller waits for, out of its state; None for the whole order."""
    lines = state.get("lines")
    return lines if isinstance(lines, list) else None


def in_words(order_id: str, wanted: Sequence[int] | None) -> str:
    """What is waited for."""
    if wanted is None:
        return f"order {order_id} to be cancelled"
    return f"the lines {', '.join(map(str, wanted))} of order {order_id} to be cancelled"


def judge_cancellation(order: Order, wanted: Sequence[int] | None) -> Verdict:
    """Whether an order, or its `wanted` lines, are cancelled (behaviour.md 2 rows 1, 5 and 6).

    A cancelled line has the quantity 0; in an order that was cancelled as a whole the lines keep theirs.
    """
    status = order.status
    lines = _read_lines(order)
    open_lines = [
        line for line in lines if line.quantity != 0 and (wanted is None or line.line_item_number in wanted)
    ]
    if status == OrderStatus.CANCELLED or (lines and not open_lines):
        return Verdict(Progress.DONE, "cancelled")
    state = str(status) if isinstance(status, str) and status else "without a status"
    return Verdict(Progress.FAILED if status in _NEVER_CANCELLED else Progress.PENDING, state)


def may_be_done_already(error: PartnerCenterError) -> bool:
    """Whether a refusal to cancel may only say that the order is cancelled already (behaviour.md 4.3)."""
    return error.status_code == 400 and error.code == _CANNOT_BE_CANCELLED
