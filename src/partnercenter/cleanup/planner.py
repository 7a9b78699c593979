"""From what a customer has to what is done about it: ordered steps, or why the customer stays. Pure.

What must go first is behaviour.md 1.3 and 7: add-ons before what they stand on, Azure subscriptions and reservations
before the plan, each order once, the deletion last. Nothing is guessed: what is stuck, unknown or unreadable keeps
the customer as it is, and then nothing of it is cancelled either.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from partnercenter.cleanup.blockers import Attachment
from partnercenter.cleanup.clearing import Action, Step
from partnercenter.cleanup.judgement import Blocks
from partnercenter.cleanup.purchase_kinds import Kind
from partnercenter.cleanup.sweep_plan import CustomerPlan, Decision, PlannedStep, StepAction
from partnercenter.contract.identifiers import parse_guid

_ACTIONS: Final[Mapping[Action, StepAction]] = {
    Action.WAIT_FOR_ORDER: StepAction.WAIT_FOR_ORDER,
    Action.CANCEL_ORDER: StepAction.CANCEL_ORDER,
    Action.ACTIVATE_SUBSCRIPTION: StepAction.ACTIVATE_SUBSCRIPTION,
    Action.DELETE_SUBSCRIPTION: StepAction.CANCEL_SUBSCRIPTION,
    Action.SUSPEND_SUBSCRIPTION: StepAction.SUSPEND_SUBSCRIPTION,
    Action.CANCEL_AZURE_SUBSCRIPTION: StepAction.CANCEL_AZURE_SUBSCRIPTION,
}
UNREAD_BUT_HARMLESS: Final = "entitlements"

_Key = tuple[StepAction, str]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one customer. `unread` are the lists that could not be read, in words."""

    customer_id: str
    display_name: str
    domain: str
    created: datetime | None = None
    attachments: Sequence[Attachment] = ()
    unread: Sequence[str] = ()
    inventory: tuple[Mapping[str, object], ...] = ()


@dataclass(slots=True)
class _Node:
    """A step with what must have taken effect before it. `target` is the id as the service writes it."""

    key: _Key
    target: str
    about: Attachment
    after: set[_Key] = field(default_factory=set)


def plan_customer(known: Known, *, keep: str = "") -> CustomerPlan:
    """What is to become of a customer; `keep` is the reason for which the user wants it to stay, if any.

    The same facts in any order make the same plan.
    """
    decision, reason, since = _decide(known, keep)
    steps: tuple[PlannedStep, ...] = ()
    if decision is Decision.DELETE:
        nodes = _nodes(known.attachments)
        if _levels(nodes) is None:
            decision, reason = Decision.KEEP, "What it has stands on each other in a circle."
        else:
            steps = _numbered(nodes)
            steps = (*steps, _deletion(steps, known))
            reason = _said(known.attachments, steps)
    return CustomerPlan(
        customer_id=known.customer_id,
        display_name=known.display_name,
        domain=known.domain,
        decision=decision,
        reason=reason,
        created=known.created,
        stuck_since=since,
        steps=steps,
        inventory=known.inventory,
    )


def _decide(known: Known, keep: str) -> tuple[Decision, str, datetime | None]:
    if keep:
        return Decision.KEEP, keep, None
    # A malformed id names no customer (S14).
    if parse_guid(known.customer_id) is None:
        return Decision.KEEP, "Its id is no GUID.", None
    stuck = [one for one in known.attachments if one.is_stuck]
    if stuck:
        closed = [one.judgement.until for one in stuck if one.judgement.until and one.judgement.closed]
        return Decision.STUCK, " ".join(_why_stuck(one) for one in _sorted(stuck)), min(closed, default=None)
    unread = sorted(what for what in known.unread if what != UNREAD_BUT_HARMLESS)
    if unread:
        return Decision.KEEP, f"This token may not read {' and '.join(unread)}.", None
    unclear = [one for one in known.attachments if _is_unclear(one)]
    if unclear:
        return Decision.KEEP, " ".join(_why_unclear(one) for one in _sorted(unclear)), None
    return Decision.DELETE, "", None


def _sorted(found: Iterable[Attachment]) -> list[Attachment]:
    return sorted(found, key=lambda one: (one.kind.value, one.name, one.id, one.order_id))


def _is_unclear(one: Attachment) -> bool:
    """Whether it is not known if it blocks, or what clears it, or by which id."""
    if one.blocks is Blocks.UNKNOWN:
        return True
    if one.blocks is Blocks.NO:
        return False
    return not one.steps or any(not step.id for step in one.steps) or _is_nowhere(one)


def _is_nowhere(one: Attachment) -> bool:
    return one.kind is Kind.AZURE_SUBSCRIPTION and not one.below


def _label(one: Attachment) -> str:
    name = f" {one.name!r}" if one.name else ""
    of_order = f"order {one.order_id}" if one.order_id else one.id
    return f"{one.product.value}{name} ({of_order})"


def _why_stuck(one: Attachment) -> str:
    ways = ", then ".join(str(step) for step in one.steps if not step.action.is_call)
    until = one.judgement.until
    since = f" since {until:%Y-%m-%d}" if until and one.judgement.closed else ""
    return f"{_label(one)}: {one.judgement.reason}{since}; {ways}."


def _why_unclear(one: Attachment) -> str:
    reason = (
        one.judgement.reason
        if one.blocks is Blocks.UNKNOWN
        else "it blocks, and nothing is known to clear it"
    )
    return f"{_label(one)}: {reason}."


def _said(attachments: Sequence[Attachment], steps: Sequence[PlannedStep]) -> str:
    """Why it is deleted, in words: what it has, what of it needs a step and what goes with the customer."""
    blocking = sum(one.blocks is Blocks.YES for one in attachments)
    rest = len(attachments) - blocking
    if not attachments:
        return "It has nothing."
    clearing = len(steps) - 1
    things = f"{clearing} step{'' if clearing == 1 else 's'} to clear {blocking} of {len(attachments)} things"
    parts = [things] if blocking else []
    if rest:
        parts.append(f"{rest} need{'s' if rest == 1 else ''} no step")
    said = ", ".join(parts)
    return f"{said[0].upper()}{said[1:]}."


def _nodes(attachments: Iterable[Attachment]) -> dict[_Key, _Node]:
    """The steps of everything that blocks, each once, with what comes before each."""
    blocking = _sorted(one for one in attachments if one.blocks is Blocks.YES)
    nodes: dict[_Key, _Node] = {}
    own: list[tuple[Attachment, list[_Key]]] = []
    for one in blocking:
        calls = [step for step in one.steps if step.action.is_call]
        keys = [_key(step) for step in calls]
        for place, (key, step) in enumerate(zip(keys, calls, strict=True)):
            nodes.setdefault(key, _Node(key, step.id, one)).after.update(keys[:place])
        own.append((one, keys))
    for one, keys in own:
        for before in _before(one, own):
            for key in keys:
                nodes[key].after.update(step for step in before if step not in keys)
    return nodes


def _before(one: Attachment, own: Sequence[tuple[Attachment, list[_Key]]]) -> Iterator[list[_Key]]:
    """The steps of what stands on one thing, and of the reservations where it is an Azure plan."""
    for other, keys in own:
        stands_on_it = bool(one.subscription_id) and _same(other.below) == _same(one.subscription_id)
        reserved = one.product is Kind.AZURE_PLAN and other.product is Kind.AZURE_RESERVATION
        if other is not one and one.kind is not Kind.AZURE_SUBSCRIPTION and (stands_on_it or reserved):
            yield keys


def _same(name: str) -> str:
    return parse_guid(name) or name


def _key(step: Step) -> _Key:
    return _ACTIONS[step.action], _same(step.id)


def _levels(nodes: Mapping[_Key, _Node]) -> dict[_Key, int] | None:
    """The stage of each step: one more than the latest that it waits for. None when they go in a circle."""
    levels: dict[_Key, int] = {}
    while len(levels) < len(nodes):
        ready = [
            key for key, node in nodes.items() if key not in levels and all(k in levels for k in node.after)
        ]
        if not ready:
            return None
        found = {key: 1 + max((levels[before] for before in nodes[key].after), default=0) for key in ready}
        levels.update(found)
    return levels


def _numbered(nodes: Mapping[_Key, _Node]) -> tuple[PlannedStep, ...]:
    """The steps in the order in which they are done."""
    levels = _levels(nodes) or {}
    ordered = sorted(nodes, key=lambda key: (levels[key], list(StepAction).index(key[0]), key[1]))
    return tuple(_step(number, levels[key], nodes[key]) for number, key in enumerate(ordered, start=1))


def _deletion(steps: Sequence[PlannedStep], known: Known) -> PlannedStep:
    """The deletion, after all steps."""
    return PlannedStep(
        number=len(steps) + 1,
        stage=max((step.stage for step in steps), default=0) + 1,
        action=StepAction.DELETE_CUSTOMER,
        target=known.customer_id,
        kind="customer",
        name=known.display_name,
    )


def _step(number: int, stage: int, node: _Node) -> PlannedStep:
    action = node.key[0]
    about = node.about
    return PlannedStep(
        number=number,
        stage=stage,
        action=action,
        target=node.target,
        kind=about.kind.value,
        name=about.name,
        plan_id=about.below if action is StepAction.CANCEL_AZURE_SUBSCRIPTION else "",
        until=None if about.judgement.closed else about.judgement.until,
    )


def steps_left(attachments: Sequence[Attachment], named: Collection[str] = ()) -> tuple[PlannedStep, ...]:
    """The steps for what still stands in the way after a refused deletion, without the deletion; behaviour.md 1.5.

    `named` are the long or short ids of the orders in the refusal. The service's word counts more than the judgement:
    a legacy subscription that should have gone with the customer is suspended when its order is named, and also
    when nothing else is known that could stand in the way.
    """
    nodes = _nodes(one for one in attachments if not one.is_stuck and not _is_unclear(one))
    wanted = {_same(name) for name in named}
    for one in _sorted(attachments):
        is_meant = bool({_same(one.order_id), _same(one.alternate_id)} & wanted) if wanted else not nodes
        if is_meant and one.product is Kind.LEGACY and one.status == "active" and one.subscription_id:
            key = (StepAction.SUSPEND_SUBSCRIPTION, _same(one.subscription_id))
            nodes[key] = _Node(key, one.subscription_id, one)
    return () if _levels(nodes) is None else _numbered(nodes)
