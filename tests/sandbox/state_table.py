"""The state table: what each action does to each kind of purchase in each state, in a sandbox and in production.

Data only; `test_state_table` carries it out. A row holds for every kind and every state that it names, and begins
with the section of behaviour.md that it comes from. An answer that the reference leaves open names the setting that
decides. What cannot be is in `IMPOSSIBLE`, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final


class Kind(Enum):
    """A kind of purchase: what is in a world's purchase of it."""

    RESERVATION = "azure_reservation"
    PERPETUAL = "perpetual_software"
    SOFTWARE = "software_subscription"
    LINUX = "software_subscription of SUSE"
    NEW_COMMERCE = "new_commerce"
    ADD_ON = "new_commerce add-on"
    TRIAL = "new_commerce trial"
    MONTHLY_SAAS = "marketplace by the month"
    YEARLY_SAAS = "marketplace by the year"
    PLAN = "azure_plan"
    SAVINGS_PLAN = "azure_savings_plan"
    LEGACY = "legacy"
    LEGACY_AZURE = "legacy_azure"


class State(Enum):
    """What has become of a purchase; those with a window are completed and active."""

    ORDER_PENDING = "order pending"
    BOUGHT_TODAY = "bought today"
    IN_WINDOW = "bought two days ago"
    PAST_WINDOW = "past the 7-day window"
    PAST_60_DAYS = "older than 60 days"
    RENEWED = "renewed some days ago"
    PENDING_ACTIVATION = "pending activation"
    SUSPENDED = "suspended, within the window"
    SUSPENDED_LATER = "suspended, past the window"
    DELETED = "deleted"
    EXPIRED = "expired"
    DISABLED = "disabled"
    CANCELLED = "order cancelled"
    ACTIVE_BELOW = "with an active Azure subscription"
    INACTIVE_BELOW = "with an inactive Azure subscription"
    RESERVED_BELOW = "with a live reservation"


class Action(Enum):
    """What is asked: a PATCH of the order, three PATCHes of the subscription, the DELETE of the customer."""

    CANCEL_ORDER = "cancel by order"
    CANCEL_SUBSCRIPTION = "cancel by subscription"
    SUSPEND = "suspend"
    REACTIVATE = "reactivate"
    DELETE_CUSTOMER = "delete customer"


class Environment(Enum):
    """The kind of partner account."""

    SANDBOX = "sandbox"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal, of which `says` is a part of the text; afterwards everything is as it was before.

    `setting` is the one that decides it, where the reference leaves it open.
    """

    status: int
    code: int
    says: str = ""
    setting: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """A 200, and what order and subscription read afterwards; None for what they read before."""

    order: str | None = None
    subscription: str | None = None
    setting: str = ""


@dataclass(frozen=True, slots=True)
class Gone:
    """A 204: the customer is no more."""

    setting: str = ""


@dataclass(frozen=True, slots=True)
class Blocked:
    """A refusal that names every order of the customer, in the documented words."""

    setting: str = ""


Answer = Refused | Done | Gone | Blocked
Kinds = frozenset[Kind]
States = frozenset[State]


@dataclass(frozen=True, slots=True)
class Cell:
    """One combination."""

    kind: Kind
    state: State
    action: Action
    environment: Environment

    def __str__(self) -> str:
        where = self.environment.value
        return f"{self.kind.value}, {self.state.value}: {self.action.value} in {where}"


K, S = Kind, State

# What is seeded for each kind, beside its age and its status.
PURCHASES: Final[Mapping[Kind, Mapping[str, Any]]] = {
    K.RESERVATION: {"product": "azure_reservation"},
    K.PERPETUAL: {"product": "perpetual_software", "quantity": 2},
    K.SOFTWARE: {"product": "software_subscription", "quantity": 2},
    K.LINUX: {"product": "software_subscription", "item": "DG7GMGF0GCKR:0003:DG7GMGF0D9SL"},
    K.NEW_COMMERCE: {"product": "new_commerce", "term": "P1Y", "quantity": 5},
    K.ADD_ON: {
        "product": "new_commerce",
        "term": "P1Y",
        "item": "CFQ7TTC0LCHC:0001:CFQ7TTC0K5BP",
        "addOns": ["CFQ7TTC0LH0T:0001:CFQ7TTC0K7TP"],
    },
    K.TRIAL: {"product": "new_commerce", "item": "CFQ7TTC0LCHC:0002:CFQ7TTC0K5TR", "quantity": 25},
    K.MONTHLY_SAAS: {"product": "marketplace", "term": "P1M", "quantity": 5},
    K.YEARLY_SAAS: {"product": "marketplace", "term": "P1Y", "quantity": 5},
    K.PLAN: {"product": "azure_plan", "registered": True},
    K.SAVINGS_PLAN: {"product": "azure_savings_plan"},
    K.LEGACY: {"product": "legacy", "quantity": 5},
    K.LEGACY_AZURE: {"product": "legacy_azure"},
}
OF_A_MONTH: Final = {K.TRIAL, K.MONTHLY_SAAS}

# How many days ago it was bought: by state, and for what is of a month.
AGES: Final[Mapping[State, tuple[int, int]]] = {
    S.ORDER_PENDING: (0, 0),
    S.BOUGHT_TODAY: (0, 0),
    S.IN_WINDOW: (2, 2),
    S.PAST_WINDOW: (20, 20),
    S.PAST_60_DAYS: (75, 75),
    S.RENEWED: (368, 33),
    S.PENDING_ACTIVATION: (0, 0),
    S.SUSPENDED: (0, 0),
    S.SUSPENDED_LATER: (20, 20),
    S.DELETED: (0, 0),
    S.EXPIRED: (375, 40),
    S.DISABLED: (425, 80),
    S.CANCELLED: (0, 0),
    S.ACTIVE_BELOW: (2, 2),
    S.INACTIVE_BELOW: (2, 2),
    S.RESERVED_BELOW: (3, 3),
}
# What order and subscription read before anything is asked.
READS: Final[Mapping[State, tuple[str, str | None]]] = {
    S.ORDER_PENDING: ("pending", None),
    S.PENDING_ACTIVATION: ("completed", "pending"),
    S.SUSPENDED: ("completed", "suspended"),
    S.SUSPENDED_LATER: ("completed", "suspended"),
    S.DELETED: ("completed", "deleted"),
    S.EXPIRED: ("completed", "expired"),
    S.DISABLED: ("completed", "disabled"),
    S.CANCELLED: ("cancelled", "deleted"),
}
COMPLETED: Final = ("completed", "active")

WITHOUT_SUBSCRIPTION: Final = frozenset({K.RESERVATION, K.PERPETUAL, K.SAVINGS_PLAN})
WITH_SUBSCRIPTION: Final = frozenset(Kind) - WITHOUT_SUBSCRIPTION
SOFTWARE: Final = frozenset({K.SOFTWARE, K.LINUX})
LICENCES: Final = frozenset({K.NEW_COMMERCE, K.ADD_ON, K.TRIAL})
SAAS: Final = frozenset({K.MONTHLY_SAAS, K.YEARLY_SAAS})
LEGACY: Final = frozenset({K.LEGACY, K.LEGACY_AZURE})
YOUNG: Final = frozenset({S.BOUGHT_TODAY, S.IN_WINDOW})
LATE: Final = frozenset({S.PAST_WINDOW, S.PAST_60_DAYS})
BY_AGE: Final = YOUNG | LATE
BELOW: Final = frozenset({S.ACTIVE_BELOW, S.INACTIVE_BELOW, S.RESERVED_BELOW})
SUSPENDED: Final = frozenset({S.SUSPENDED, S.SUSPENDED_LATER})
ENDED: Final = frozenset({S.EXPIRED, S.DISABLED})

_ALL_KINDS: Final = frozenset(Kind)
# kinds, states that they are never in, why, section
IMPOSSIBLE: Final[tuple[tuple[frozenset[Kind], frozenset[State], str, str], ...]] = (
    (WITHOUT_SUBSCRIPTION, SUSPENDED | {S.DELETED, S.DISABLED}, "it has no subscription", "5.1"),
    (frozenset({K.PERPETUAL}), frozenset({S.EXPIRED}), "it never ends", "6"),
    (_ALL_KINDS - SAAS, frozenset({S.PENDING_ACTIVATION}), "only marketplace software is activated", "5.4"),
    (_ALL_KINDS - {K.PLAN}, BELOW, "only an Azure plan has something below it", "7"),
    (frozenset({K.PLAN}), frozenset({S.BOUGHT_TODAY, S.IN_WINDOW}), "what is below it is named", "7"),
    (
        frozenset({K.PLAN}),
        frozenset({S.DELETED, S.EXPIRED}),
        "it is active or suspended, or disabled",
        "5.2, 8",
    ),
    (LICENCES | SAAS | LEGACY | {K.PLAN}, frozenset({S.CANCELLED}), "its order cannot be cancelled", "1.2"),
    (LEGACY, frozenset({S.ORDER_PENDING}), "its order is completed at once", "4.4"),
    (LEGACY, frozenset({S.EXPIRED}), "it is active, suspended or deleted", "5.2"),
    (frozenset({K.LEGACY}), frozenset({S.DISABLED}), "it is active, suspended or deleted", "5.2"),
    (
        _ALL_KINDS - LICENCES - SAAS - {K.LEGACY},
        frozenset({S.RENEWED}),
        "it has no term, or does not renew by itself",
        "5.1",
    ),
)


def possible_states(kind: Kind) -> frozenset[State]:
    """The states that a purchase of this kind can be in."""
    never = [states for kinds, states, _, _ in IMPOSSIBLE if kind in kinds]
    return frozenset(State) - frozenset[State]().union(*never)


# Answers that several rows share.
ORDER_CANCELLED: Final = Done(order="cancelled")
BOTH_ENDED: Final = Done(order="cancelled", subscription="deleted")
IS_DELETED: Final = Done(subscription="deleted")
IS_SUSPENDED: Final = Done(subscription="suspended")
IS_ACTIVE: Final = Done(subscription="active")
UNCHANGED: Final = Done()
PAST_60: Final = Refused(400, 900117, "60-day", "fault_order_too_old")
PAST_30_DAYS: Final = Refused(400, 900117, "30-day")
PAST_14_DAYS: Final = Refused(400, 900117, "14-day")
PAST_7_DAYS: Final = Refused(400, 900117, "7-day")
PAST_24_HOURS: Final = Refused(400, 900213, "24-hour")
WINDOW_CLOSED: Final = Refused(400, 900117, "7-day", "fault_window_closed")
NEVER: Final = Refused(400, 800061, setting="fault_never_cancelled")
IN_PROGRESS: Final = Refused(409, 800060, setting="fault_order_in_progress")
AGAIN: Final = Refused(400, 800061, setting="fault_cancel_again")
NOT_HERE: Final = Refused(403, 800019, setting="fault_production_order_cancel")
BY_SUBSCRIPTION: Final = Refused(400, 800063, "to suspend subscriptions", "fault_cancel_by_subscription")
BY_PATCH: Final = Refused(403, 800077)
PLAN_ORDER: Final = Refused(400, 800061, setting="fault_cancel_azure_plan_order")
IN_THE_PORTAL: Final = Refused(403, 900321)
NOT_FOUND: Final = Refused(404, 20003)
IS_GONE: Final = Refused(400, 2011, "deleted status")
IS_OVER: Final = Refused(400, 800040, setting="fault_ended_subscription")
LOCKED: Final = Refused(400, 800096, setting="fault_status_locked")
NOT_ACTIVATED: Final = Refused(400, 800081)
ACTIVE_UNDER_IT: Final = Refused(403, 900115)
BASE_INACTIVE: Final = Refused(409, 27009)
ONLY_IN_A_SANDBOX: Final = Refused(400, 900127, setting="fault_production_delete")

# Section, kinds, states (None: all that the kinds have), in a sandbox, in production (None: another row tells).
Row = tuple[str, set[Kind] | Kinds, States | set[State] | None, Answer | None, Answer | None]

CANCEL_ORDER: Final[tuple[Row, ...]] = (
    ("4.3", {K.RESERVATION, K.PERPETUAL} | SOFTWARE, {S.ORDER_PENDING}, IN_PROGRESS, None),
    ("4.3", {K.PERPETUAL} | SOFTWARE, {S.ORDER_PENDING}, None, IN_PROGRESS),
    ("1.2, 4.3", {K.RESERVATION}, BY_AGE - {S.PAST_60_DAYS}, ORDER_CANCELLED, None),
    ("1.2, 4.3", {K.RESERVATION}, {S.PAST_60_DAYS, S.EXPIRED}, PAST_60, None),
    ("4.3", {K.RESERVATION}, {S.CANCELLED}, AGAIN, None),
    ("1.2, 4.3", {K.RESERVATION}, None, None, NOT_HERE),
    ("1.2, 4.3", {K.PERPETUAL}, BY_AGE - {S.PAST_60_DAYS}, ORDER_CANCELLED, ORDER_CANCELLED),
    ("1.2, 4.3", {K.PERPETUAL}, {S.PAST_60_DAYS}, PAST_60, PAST_30_DAYS),
    ("1.2, 4.3", SOFTWARE, BY_AGE - {S.PAST_60_DAYS} | SUSPENDED | {S.DELETED}, BOTH_ENDED, None),
    ("1.2, 4.3", SOFTWARE, {S.PAST_60_DAYS} | ENDED, PAST_60, None),
    ("4.3", {K.SOFTWARE}, YOUNG | {S.SUSPENDED, S.DELETED}, None, BOTH_ENDED),
    ("4.3", {K.SOFTWARE}, LATE | {S.SUSPENDED_LATER} | ENDED, None, PAST_7_DAYS),
    ("4.3", {K.LINUX}, BY_AGE | SUSPENDED | {S.DELETED} | ENDED, None, NEVER),
    ("4.3", {K.PERPETUAL} | SOFTWARE, {S.CANCELLED}, AGAIN, AGAIN),
    ("1.2, 4.3", LICENCES | LEGACY, None, BY_SUBSCRIPTION, BY_SUBSCRIPTION),
    # Two documented codes contend for production; a setting chooses.
    ("1.2, 4.3", SAAS, None, BY_PATCH, NOT_HERE),
    ("1.2", {K.PLAN}, None, PLAN_ORDER, PLAN_ORDER),
    ("1.2", {K.SAVINGS_PLAN}, None, IN_THE_PORTAL, IN_THE_PORTAL),
)

CANCEL_SUBSCRIPTION: Final[tuple[Row, ...]] = (
    ("1.2, 5.1", WITHOUT_SUBSCRIPTION, None, NOT_FOUND, NOT_FOUND),
    ("4.4", WITH_SUBSCRIPTION - LEGACY, {S.ORDER_PENDING}, NOT_FOUND, NOT_FOUND),
    ("5.2", WITH_SUBSCRIPTION - {K.PLAN}, {S.DELETED}, IS_GONE, IS_GONE),
    ("4.3, 5.2", SOFTWARE, {S.CANCELLED}, IS_GONE, IS_GONE),
    ("5.2", WITH_SUBSCRIPTION - LEGACY - {K.PLAN}, ENDED, IS_OVER, IS_OVER),
    ("5.2, 8", {K.PLAN, K.LEGACY_AZURE}, {S.DISABLED}, IS_OVER, IS_OVER),
    ("1.2, 5.3", SOFTWARE, BY_AGE - {S.PAST_60_DAYS} | SUSPENDED, IS_DELETED, None),
    ("1.2", SOFTWARE, {S.PAST_60_DAYS}, PAST_60, None),
    ("4.3", {K.SOFTWARE}, YOUNG | {S.SUSPENDED}, None, IS_DELETED),
    ("4.3", {K.SOFTWARE}, LATE | {S.SUSPENDED_LATER}, None, PAST_7_DAYS),
    ("4.3", {K.LINUX}, BY_AGE | SUSPENDED, None, NEVER),
    ("1.2, 5.3", LICENCES, YOUNG | {S.RENEWED, S.SUSPENDED}, IS_DELETED, IS_DELETED),
    ("5.3", LICENCES, LATE | {S.SUSPENDED_LATER}, WINDOW_CLOSED, WINDOW_CLOSED),
    ("1.2", SAAS, {S.PENDING_ACTIVATION} | YOUNG | {S.RENEWED, S.SUSPENDED}, IS_DELETED, None),
    ("1.2, 5.3", SAAS, LATE | {S.SUSPENDED_LATER}, WINDOW_CLOSED, None),
    ("4.3", {K.MONTHLY_SAAS}, {S.PENDING_ACTIVATION, S.BOUGHT_TODAY, S.SUSPENDED}, None, IS_DELETED),
    (
        "4.3",
        {K.MONTHLY_SAAS},
        BY_AGE - {S.BOUGHT_TODAY} | {S.RENEWED, S.SUSPENDED_LATER},
        None,
        PAST_24_HOURS,
    ),
    ("4.3", {K.YEARLY_SAAS}, {S.PENDING_ACTIVATION, S.RENEWED, S.SUSPENDED} | YOUNG, None, IS_DELETED),
    ("4.3", {K.YEARLY_SAAS}, LATE | {S.SUSPENDED_LATER}, None, PAST_14_DAYS),
    ("1.2, 5.2", {K.PLAN}, BELOW | LATE | SUSPENDED, LOCKED, LOCKED),
    ("5.2", LEGACY, BY_AGE | SUSPENDED, LOCKED, LOCKED),
    ("5.2", {K.LEGACY}, {S.RENEWED}, LOCKED, LOCKED),
)

SUSPEND: Final[tuple[Row, ...]] = (
    ("1.2, 5.1", WITHOUT_SUBSCRIPTION, None, NOT_FOUND, NOT_FOUND),
    ("4.4", WITH_SUBSCRIPTION - LEGACY, {S.ORDER_PENDING}, NOT_FOUND, NOT_FOUND),
    ("5.2", WITH_SUBSCRIPTION - {K.PLAN}, {S.DELETED}, IS_GONE, IS_GONE),
    ("4.3, 5.2", SOFTWARE, {S.CANCELLED}, IS_GONE, IS_GONE),
    ("5.2", WITH_SUBSCRIPTION - LEGACY - {K.PLAN}, ENDED, IS_OVER, IS_OVER),
    ("5.2, 8", {K.PLAN, K.LEGACY_AZURE}, {S.DISABLED}, IS_OVER, IS_OVER),
    ("5.3", WITH_SUBSCRIPTION, SUSPENDED, UNCHANGED, UNCHANGED),
    ("5.2", SOFTWARE, BY_AGE, LOCKED, LOCKED),
    ("5.2", LICENCES | SAAS | {K.LEGACY}, BY_AGE | {S.RENEWED}, IS_SUSPENDED, IS_SUSPENDED),
    ("5.2", {K.LEGACY_AZURE}, BY_AGE, IS_SUSPENDED, IS_SUSPENDED),
    ("5.4, 11.2", SAAS, {S.PENDING_ACTIVATION}, NOT_ACTIVATED, NOT_ACTIVATED),
    ("5.2, 7", {K.PLAN}, {S.ACTIVE_BELOW, S.RESERVED_BELOW}, ACTIVE_UNDER_IT, ACTIVE_UNDER_IT),
    ("5.2, 7", {K.PLAN}, {S.INACTIVE_BELOW} | LATE, IS_SUSPENDED, IS_SUSPENDED),
)

REACTIVATE: Final[tuple[Row, ...]] = (
    ("1.2, 5.1", WITHOUT_SUBSCRIPTION, None, NOT_FOUND, NOT_FOUND),
    ("4.4", WITH_SUBSCRIPTION - LEGACY, {S.ORDER_PENDING}, NOT_FOUND, NOT_FOUND),
    ("5.2", WITH_SUBSCRIPTION - {K.PLAN}, {S.DELETED}, IS_GONE, IS_GONE),
    ("4.3, 5.2", SOFTWARE, {S.CANCELLED}, IS_GONE, IS_GONE),
    ("5.2", WITH_SUBSCRIPTION - LEGACY - {K.PLAN}, ENDED, IS_OVER, IS_OVER),
    ("5.2, 8", {K.PLAN, K.LEGACY_AZURE}, {S.DISABLED}, IS_OVER, IS_OVER),
    ("5.2", WITH_SUBSCRIPTION - {K.ADD_ON}, SUSPENDED, IS_ACTIVE, IS_ACTIVE),
    # The base of the add-on is suspended like it.
    ("5.3", {K.ADD_ON}, SUSPENDED, BASE_INACTIVE, BASE_INACTIVE),
    ("5.3", WITH_SUBSCRIPTION - {K.PLAN}, BY_AGE, UNCHANGED, UNCHANGED),
    ("5.3", LICENCES | SAAS | {K.LEGACY}, {S.RENEWED}, UNCHANGED, UNCHANGED),
    ("5.3", {K.PLAN}, BELOW | LATE, UNCHANGED, UNCHANGED),
    ("5.4, 11.2", SAAS, {S.PENDING_ACTIVATION}, NOT_ACTIVATED, NOT_ACTIVATED),
)

_SETTLED: Final = Gone("settled_blocks")
DELETE_CUSTOMER: Final[tuple[Row, ...]] = (
    ("1.1, 1.5", frozenset(Kind), None, None, ONLY_IN_A_SANDBOX),
    ("1.2", frozenset(Kind) - LEGACY, {S.ORDER_PENDING}, Blocked("blocks_pending_orders"), None),
    ("1.2", {K.RESERVATION, K.PERPETUAL} | SOFTWARE, BY_AGE, Blocked(), None),
    ("1.2", {K.SAVINGS_PLAN}, BY_AGE, Blocked("blocks_azure_savings_plan"), None),
    ("1.2, 7", {K.PLAN}, BELOW | LATE, Blocked(), None),
    ("1.2", LICENCES, BY_AGE | {S.RENEWED}, Blocked("blocks_new_commerce"), None),
    ("1.2", SAAS, BY_AGE | {S.RENEWED, S.PENDING_ACTIVATION}, Blocked("blocks_marketplace"), None),
    ("1.2", {K.RESERVATION, K.PERPETUAL, K.SAVINGS_PLAN} | SOFTWARE, {S.CANCELLED}, Gone(), None),
    ("1.2", {K.RESERVATION, K.SAVINGS_PLAN}, {S.EXPIRED}, _SETTLED, None),
    ("1.2", SOFTWARE | LICENCES | SAAS, SUSPENDED | {S.DELETED} | ENDED, _SETTLED, None),
    # Its suspension has been seen to clear the way.
    ("1.2, 7", {K.PLAN}, SUSPENDED, Gone(), None),
    ("1.2, 8", {K.PLAN}, {S.DISABLED}, _SETTLED, None),
    ("1.2", LEGACY, None, Gone("blocks_legacy"), None),
)

TABLE: Final[Mapping[Action, tuple[Row, ...]]] = {
    Action.CANCEL_ORDER: CANCEL_ORDER,
    Action.CANCEL_SUBSCRIPTION: CANCEL_SUBSCRIPTION,
    Action.SUSPEND: SUSPEND,
    Action.REACTIVATE: REACTIVATE,
    Action.DELETE_CUSTOMER: DELETE_CUSTOMER,
}


def filled_cells() -> Iterator[tuple[Cell, Answer]]:
    """Every combination of every row, with its answer."""
    for action, rows in TABLE.items():
        for _, kinds, states, sandbox, production in rows:
            for kind in kinds:
                for state in possible_states(kind) if states is None else states:
                    if sandbox is not None:
                        yield Cell(kind, state, action, Environment.SANDBOX), sandbox
                    if production is not None:
                        yield Cell(kind, state, action, Environment.PRODUCTION), production


def possible_cells() -> Iterator[Cell]:
    """Every combination that can be."""
    for kind in Kind:
        for state in possible_states(kind):
            for action in Action:
                for environment in Environment:
                    yield Cell(kind, state, action, environment)


# What changes when a setting has another value: setting, value, kind, state, action, and the answer in a sandbox.
SWITCHES: Final[tuple[tuple[str, Any, Kind, State, Action, Answer], ...]] = (
    ("blocks_pending_orders", False, K.RESERVATION, S.ORDER_PENDING, Action.DELETE_CUSTOMER, Gone()),
    ("blocks_azure_savings_plan", False, K.SAVINGS_PLAN, S.IN_WINDOW, Action.DELETE_CUSTOMER, Gone()),
    ("blocks_new_commerce", False, K.NEW_COMMERCE, S.IN_WINDOW, Action.DELETE_CUSTOMER, Gone()),
    ("blocks_new_commerce", False, K.ADD_ON, S.IN_WINDOW, Action.DELETE_CUSTOMER, Gone()),
    ("blocks_marketplace", False, K.MONTHLY_SAAS, S.PENDING_ACTIVATION, Action.DELETE_CUSTOMER, Gone()),
    ("profile", "lenient-nce", K.TRIAL, S.PAST_60_DAYS, Action.DELETE_CUSTOMER, Gone()),
    ("profile", "lenient-nce", K.YEARLY_SAAS, S.IN_WINDOW, Action.DELETE_CUSTOMER, Gone()),
    ("profile", "lenient-nce", K.SOFTWARE, S.IN_WINDOW, Action.DELETE_CUSTOMER, Blocked()),
    ("blocks_legacy", True, K.LEGACY, S.IN_WINDOW, Action.DELETE_CUSTOMER, Blocked()),
    ("blocks_legacy", True, K.LEGACY, S.SUSPENDED, Action.DELETE_CUSTOMER, Gone()),
    ("profile", "strict", K.LEGACY_AZURE, S.IN_WINDOW, Action.DELETE_CUSTOMER, Blocked()),
    ("settled_blocks", True, K.NEW_COMMERCE, S.SUSPENDED, Action.DELETE_CUSTOMER, Blocked()),
    ("settled_blocks", True, K.RESERVATION, S.EXPIRED, Action.DELETE_CUSTOMER, Blocked()),
    ("settled_blocks", True, K.SOFTWARE, S.CANCELLED, Action.DELETE_CUSTOMER, Gone()),
    ("order_cancel_days", 90, K.RESERVATION, S.PAST_60_DAYS, Action.CANCEL_ORDER, ORDER_CANCELLED),
    ("order_cancel_days", 1, K.PERPETUAL, S.IN_WINDOW, Action.CANCEL_ORDER, Refused(400, 900117, "1-day")),
    ("sandbox_applies_windows", True, K.SOFTWARE, S.PAST_WINDOW, Action.CANCEL_ORDER, PAST_7_DAYS),
    ("sandbox_applies_windows", True, K.SOFTWARE, S.PAST_WINDOW, Action.CANCEL_SUBSCRIPTION, PAST_7_DAYS),
    ("sandbox_applies_windows", True, K.PERPETUAL, S.PAST_WINDOW, Action.CANCEL_ORDER, ORDER_CANCELLED),
    ("sandbox_applies_windows", True, K.PERPETUAL, S.PAST_60_DAYS, Action.CANCEL_ORDER, PAST_60),
    ("sandbox_applies_windows", True, K.LINUX, S.BOUGHT_TODAY, Action.CANCEL_ORDER, NEVER),
    ("cancel_again", "accept", K.PERPETUAL, S.CANCELLED, Action.CANCEL_ORDER, UNCHANGED),
    ("cancel_again", "accept", K.SOFTWARE, S.CANCELLED, Action.CANCEL_ORDER, UNCHANGED),
    ("software_can_be_suspended", True, K.SOFTWARE, S.IN_WINDOW, Action.SUSPEND, IS_SUSPENDED),
    (
        "sandbox_applies_new_commerce_window",
        False,
        K.NEW_COMMERCE,
        S.PAST_60_DAYS,
        Action.CANCEL_SUBSCRIPTION,
        IS_DELETED,
    ),
    ("new_commerce_window_days", 30, K.ADD_ON, S.PAST_WINDOW, Action.CANCEL_SUBSCRIPTION, IS_DELETED),
    ("marketplace_window_days", 30, K.MONTHLY_SAAS, S.PAST_WINDOW, Action.CANCEL_SUBSCRIPTION, IS_DELETED),
)
