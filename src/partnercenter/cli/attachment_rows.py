"""What is attached to a customer, as rows and as one sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from partnercenter.cleanup.blockers import Attachment

COLUMNS: Final = (
    "kind",
    "name",
    "status",
    "blocks",
    "reason",
    "clearedBy",
    "until",
    "closedSince",
    "id",
    "orderId",
    "subscriptionId",
    "below",
)


def row_of(attachment: Attachment) -> dict[str, object]:
    """One attachment; what is not known, or does not apply, is empty."""
    judgement = attachment.judgement
    window = "" if judgement.until is None else _written(judgement.until)
    return {
        "kind": attachment.kind.value,
        "name": attachment.name,
        "status": attachment.status,
        "blocks": judgement.blocks.value,
        "reason": judgement.reason,
        "clearedBy": ", then ".join(str(step) for step in judgement.steps),
        "until": "" if judgement.closed else window,
        "closedSince": window if judgement.closed else "",
        "id": attachment.id,
        "orderId": attachment.order_id,
        "subscriptionId": attachment.subscription_id,
        "below": attachment.below,
    }


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def sentence(attached: Sequence[Attachment]) -> str:
    """Whether the customer can be deleted, as far as what is attached tells."""
    from partnercenter.cleanup.judgement import Blocks

    counts = Counter(attachment.blocks for attachment in attached)
    blocking, unknown = counts[Blocks.YES], counts[Blocks.UNKNOWN]
    stuck = sum(attachment.is_stuck for attachment in attached)
    if not blocking and not unknown:
        return "Nothing that is attached blocks the customer: it can be deleted now."
    parts = []
    if blocking:
        parts.append(f"{_things(blocking)} {'blocks' if blocking == 1 else 'block'} the customer")
    if stuck:
        which = "which" if stuck == blocking else f"{stuck} of which"
        parts.append(f"{which} the API cannot clear")
    if unknown:
        parts.append(f"{'and of' if blocking else 'of'} {_things(unknown)} it is not known")
    said = ", ".join(parts)
    return f"{said[0].upper()}{said[1:]}."


def _things(count: int) -> str:
    return "1 thing" if count == 1 else f"{count} things"
