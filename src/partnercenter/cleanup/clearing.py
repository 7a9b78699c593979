"""The calls that clear what stands in the way of a deletion; behaviour.md 1.2, "which call cancels which product"."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Action(Enum):
    """What is done to one thing, in words; `{}` is its id."""

    WAIT_FOR_ORDER = "wait until order {} is completed"
    CANCEL_ORDER = "PATCH order {} with status cancelled"
    ACTIVATE_SUBSCRIPTION = "POST activate of subscription {}"
    DELETE_SUBSCRIPTION = "PATCH subscription {} with status deleted"
    SUSPEND_SUBSCRIPTION = "PATCH subscription {} with status suspended"
    CANCEL_AZURE_SUBSCRIPTION = "POST cancel of Azure subscription {}"
    USE_AZURE_PORTAL = "cancel {} in the Azure portal"
    ASK_SUPPORT = "ask Microsoft's support to cancel order {}"

    @property
    def is_call(self) -> bool:
        """Whether the API can do it."""
        return self not in {Action.USE_AZURE_PORTAL, Action.ASK_SUPPORT}


@dataclass(frozen=True, slots=True)
class Step:
    """An action on one thing."""

    action: Action
    id: str

    def __str__(self) -> str:
        return self.action.value.format(self.id)
