"""Plans as files: read strictly, refused when they are not what was sealed, or not for here and now.

Interlocks S02 and S14. Pure: a text and what is known of this call to a plan, or to one sentence. A file may have
been written by anybody, so no member is taken that is not known, and no id that has not the form of one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from partnercenter.cleanup.interlocks import sentence
from partnercenter.cleanup.strict_json import decode_strictly
from partnercenter.cleanup.sweep_plan import VERSION, CustomerPlan, Decision, Plan, PlannedStep, StepAction
from partnercenter.cleanup.trusted_sandboxes import MOST_CUSTOMERS, Refused, canonical_guid
from partnercenter.contract.identifiers import require_segment

_ORDER_ID: Final = re.compile(r"[A-Za-z0-9_-]{6,80}")
_WORDS: Final[Mapping[str, Mapping[str, Any]]] = {
    "plan": {
        "version": int,
        "planId": str,
        "tenantId": str,
        "alias": str,
        "endpoint": str,
        "identity": dict,
        "selection": dict,
        "madeAt": str,
        "expiresAt": str,
        "customers": list,
        "digest": str,
    },
    "identity": {"clientId": str, "user": str},
    "customer": {
        "customerId": str,
        "displayName": str,
        "domain": str,
        "decision": str,
        "reason": str,
        "created": (str, type(None)),
        "fingerprint": str,
        "stuckSince": (str, type(None)),
        "steps": list,
        "inventory": list,
    },
    "step": {
        "number": int,
        "stage": int,
        "action": str,
        "target": str,
        "kind": str,
        "name": str,
        "planId": str,
        "until": str,
    },
}
_OPTIONAL: Final = {"kind", "name", "planId", "until", "inventory"}
_BY_ORDER: Final = {StepAction.WAIT_FOR_ORDER, StepAction.CANCEL_ORDER}


class PlanFileError(Exception):
    """A file is no plan; the message says where and why."""


def write_plan(plan: Plan) -> str:
    """The text of a plan's file."""
    return json.dumps(plan.to_json(), indent=2, ensure_ascii=False) + "\n"


def read_plan(text: str) -> Plan:
    """The plan in a text, whatever its digest; raises `PlanFileError` for what is none."""
    try:
        document = decode_strictly(text)
        return _plan(document)
    except json.JSONDecodeError as error:
        raise PlanFileError(f"it is not JSON: {error.msg} in line {error.lineno}") from None
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError) as error:
        raise PlanFileError(str(error) or "it is no plan") from None


def _plan(document: object) -> Plan:
    members = _checked(document, "plan", "the plan")
    if members["version"] != VERSION:
        raise ValueError(f"its version is {members['version']}, and this program reads version {VERSION}")
    _checked(members["identity"], "identity", "identity")
    customers = [_customer(each, f"customers[{i}]") for i, each in enumerate(members["customers"])]
    if len({customer.customer_id for customer in customers}) != len(customers):
        raise ValueError("a customer stands in it twice")
    if canonical_guid(members["tenantId"]) != members["tenantId"]:
        raise ValueError("tenantId must be a GUID")
    return Plan.from_json(members)


def _customer(json_value: object, place: str) -> CustomerPlan:
    members = _checked(json_value, "customer", place)
    if canonical_guid(members["customerId"]) != members["customerId"]:
        raise ValueError(f"S14: {place}.customerId must be a GUID in lower case")
    steps = [_checked(each, "step", f"{place}.steps[{i}]") for i, each in enumerate(members["steps"])]
    if any(not isinstance(holding, dict) for holding in members.get("inventory", [])):
        raise ValueError(f"{place}.inventory must hold objects")
    customer = CustomerPlan.from_json({**members, "steps": steps})
    _check_steps(customer, place)
    return customer


def _checked(value: object, kind: str, place: str) -> dict[str, Any]:
    """The members of an object; none is missing, unknown or of another type."""
    words = _WORDS[kind]
    if not isinstance(value, dict):
        raise TypeError(f"{place} must be an object")
    unknown = sorted(set(value) - set(words))
    missing = sorted(set(words) - set(value) - _OPTIONAL)
    if unknown:
        raise ValueError(f"{place} has a member {unknown[0][:40]!r} that plans do not have")
    if missing:
        raise ValueError(f"{place} has no {missing[0]}")
    for name, member in value.items():
        if not isinstance(member, words[name]) or isinstance(member, bool):
            raise TypeError(f"{place}.{name} is of the wrong type")
    return value


def _check_steps(customer: CustomerPlan, place: str) -> None:
    if customer.decision is not Decision.DELETE:
        if customer.steps:
            raise ValueError(f"{place} is not to be deleted, and yet has steps")
        return
    numbers = [step.number for step in customer.steps]
    stages = [step.stage for step in customer.steps]
    if numbers != list(range(1, len(numbers) + 1)) or stages != sorted(stages) or not stages or stages[0] < 1:
        raise ValueError(f"{place}: its steps are not numbered in their order")
    *others, last = customer.steps
    if last.action is not StepAction.DELETE_CUSTOMER or last.target != customer.customer_id:
        raise ValueError(f"{place}: its last step must delete this very customer")
    if any(step.action is StepAction.DELETE_CUSTOMER for step in others):
        raise ValueError(f"{place}: only its last step may delete a customer")
    if others and others[-1].stage >= last.stage:
        raise ValueError(f"{place}: the deletion must stand in a stage of its own")
    _check_targets(others, place)


def _check_targets(steps: Sequence[PlannedStep], place: str) -> None:
    seen: set[tuple[StepAction, str]] = set()
    for step in steps:
        where = f"S14: {place}, step {step.number}"
        if step.action in _BY_ORDER and not _ORDER_ID.fullmatch(step.target):
            raise ValueError(f"{where}: {step.target[:40]!r} is no id of an order")
        if step.action not in _BY_ORDER and canonical_guid(step.target) is None:
            raise ValueError(f"{where}: {step.target[:40]!r} is no GUID")
        if step.action is StepAction.CANCEL_AZURE_SUBSCRIPTION and canonical_guid(step.plan_id) is None:
            raise ValueError(f"{where}: planId must be a GUID")
        require_segment(step.target, "The id")
        call = (step.action, canonical_guid(step.target) or step.target)
        if call in seen:
            raise ValueError(f"{place}, step {step.number}: it stands there twice")
        seen.add(call)


def why_not(plan: Plan, tenant_id: str, endpoint: str, now: datetime) -> Refused | None:
    """Refuse a plan that was edited, has expired, or was made for another tenant or endpoint; None for a good one."""
    if plan.digest != plan.current_digest():
        return _refused(
            "It was changed after it was sealed; look at it, and seal it with 'partnercenter sweep seal'."
        )
    if plan.tenant_id != tenant_id:
        return _refused(f"It was made for tenant {plan.tenant_id}, and the token belongs to {tenant_id}.")
    if plan.endpoint.rstrip("/").lower() != endpoint.rstrip("/").lower():
        return _refused(f"It was made for {plan.endpoint}, and the settings name {endpoint}.")
    if not plan.made_at < plan.expires_at:
        return _refused("It expires before it was made.")
    if now >= plan.expires_at:
        return _refused(f"It expired at {plan.expires_at:%Y-%m-%d %H:%M} UTC; make a new one.")
    if len(plan.to_delete) > MOST_CUSTOMERS:
        return Refused("S09", f"{sentence('S09')} It names {len(plan.to_delete)}.")
    return None


def _refused(reason: str) -> Refused:
    return Refused("S02", f"{sentence('S02')} {reason}")
