"""From a plan to a world of the local sandbox in which the same customers have the like of what they have (S23).

Pure. Ids of orders and subscriptions are new there, so the plan is made anew and compared: a rehearsal tells what the
service would do, not which ids it would be called with.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from partnercenter.cleanup.purchase_kinds import AZURE_PLAN_PRODUCT
from partnercenter.cleanup.sweep_plan import CustomerPlan, Plan
from partnercenter.contract import development_partner

_STATUSES = frozenset({"active", "suspended", "deleted", "expired", "disabled", "pending"})


def world_of(
    plan: Plan, items: Mapping[str, str], add_ons: Mapping[str, str], now: datetime
) -> dict[str, Any]:
    """The world. `items` are the catalogue's items with their products, `add_ons` are bases with an add-on each."""
    return {
        "partners": [
            {
                "tenantId": development_partner.TENANT_ID,
                "companyName": development_partner.COMPANY_NAME,
                "domain": development_partner.DOMAIN,
                "customers": [_customer(one, items, add_ons, now) for one in plan.customers],
            }
        ],
    }


def _customer(
    plan: CustomerPlan, items: Mapping[str, str], add_ons: Mapping[str, str], now: datetime
) -> dict[str, Any]:
    age = 0 if plan.created is None else max(0, (now - plan.created).days)
    oldest = max((int(holding.get("ageDays", 0)) for holding in plan.inventory), default=0)
    return {
        "id": plan.customer_id,
        "companyName": plan.display_name or "Customer",
        "ageDays": max(age, oldest),
        "purchases": [_purchase(holding, items, add_ons) for holding in plan.inventory],
    }


def _purchase(
    holding: Mapping[str, Any], items: Mapping[str, str], add_ons: Mapping[str, str]
) -> dict[str, Any]:
    found = {
        name: holding[name] for name in ("product", "quantity", "orderStatus", "ageDays") if name in holding
    }
    if holding.get("subscriptionStatus") in _STATUSES:
        found["subscriptionStatus"] = holding["subscriptionStatus"]
    item = str(holding.get("item", ""))
    if items.get(item.upper()) == holding["product"] and AZURE_PLAN_PRODUCT not in item:
        found["item"] = item
    below = [
        {
            "name": str(one.get("name", "Azure subscription")),
            "status": "active" if one.get("status") == "active" else "inactive",
        }
        for one in holding.get("azureSubscriptions", ())
    ]
    if below:
        found["azureSubscriptions"] = below
    if holding.get("orderStatus") == "pending":
        found["settlesInSeconds"] = 5
    if holding.get("addOns"):
        base = next((base for base in (item, *add_ons) if base in add_ons), None)
        if base is not None:
            found |= {"item": base, "addOns": [add_ons[base]] * int(holding["addOns"])}
    return found


def differences(planned: Plan, rehearsed: Plan) -> Iterator[str]:
    """How the plan that was made in the sandbox differs from the rehearsed one, a sentence for each customer."""
    there = {one.customer_id: one for one in rehearsed.customers}
    for one in planned.customers:
        other = there.get(one.customer_id)
        name = one.display_name or one.customer_id
        if other is None:
            yield f"{name} could not be built."
        elif one.decision is not other.decision:
            yield f"{name}: {one.decision.value} in the plan, {other.decision.value} in the rehearsal."
        elif _actions(one) != _actions(other):
            yield f"{name}: other steps in the rehearsal than in the plan."


def _actions(plan: CustomerPlan) -> Counter[tuple[int, str]]:
    return Counter((step.stage, step.action.value) for step in plan.steps)
