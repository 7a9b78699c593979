"""A plan: what would be done to which customers of which partner, decided once and carried out exactly so.

Data only, with its JSON form. A plan names the partner tenant, the endpoint, the identity, the selection, when it was
made and when it expires; a digest over all of it tells whether somebody changed it. `planner` makes plans,
`runner` carries them out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Any, Final

from partnercenter.contract.timestamps import format_timestamp, parse_timestamp

Json = dict[str, Any]

VERSION: Final = 1


class Decision(Enum):
    """What is to become of a customer."""

    DELETE = "delete"
    KEEP = "keep"
    STUCK = "stuck"


class StepAction(Enum):
    """What one step does; each but the waiting is one call that changes something."""

    WAIT_FOR_ORDER = "wait"
    CANCEL_ORDER = "cancel order"
    ACTIVATE_SUBSCRIPTION = "activate subscription"
    CANCEL_SUBSCRIPTION = "cancel subscription"
    SUSPEND_SUBSCRIPTION = "suspend subscription"
    CANCEL_AZURE_SUBSCRIPTION = "cancel Azure subscription"
    DELETE_CUSTOMER = "delete customer"


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step. Steps of one stage do not depend on each other; a stage begins when the one before has taken effect.

    `target` is the id of an order, a subscription, an Azure subscription or the customer; `plan_id` is the Azure plan
    that an Azure subscription stands below. `kind` says in words what is cleared, `until` when its window closes.
    """

    number: int
    stage: int
    action: StepAction
    target: str
    kind: str = ""
    name: str = ""
    plan_id: str = ""
    until: datetime | None = None

    def to_json(self) -> Json:
        """The step as JSON; what is empty is left out."""
        found = {
            "number": self.number,
            "stage": self.stage,
            "action": self.action.value,
            "target": self.target,
            "kind": self.kind,
            "name": self.name,
            "planId": self.plan_id,
            "until": None if self.until is None else format_timestamp(self.until),
        }
        return {name: value for name, value in found.items() if value not in ("", None)}

    @classmethod
    def from_json(cls, json: Mapping[str, Any]) -> PlannedStep:
        """The step of a plan file that was checked to be whole; raises `KeyError` or `ValueError` for another."""
        until = json.get("until")
        return cls(
            number=int(json["number"]),
            stage=int(json["stage"]),
            action=StepAction(json["action"]),
            target=str(json["target"]),
            kind=str(json.get("kind", "")),
            name=str(json.get("name", "")),
            plan_id=str(json.get("planId", "")),
            until=None if until is None else parse_timestamp(str(until)),
        )


@dataclass(frozen=True, slots=True)
class CustomerPlan:
    """What is to become of one customer, and why.

    `fingerprint` is of everything the customer had when the plan was made; another one later means that somebody
    changed it, and that the customer is skipped as stale. `stuck_since` is when the first of its windows closed,
    `inventory` what `inventory.holdings` makes of the purchases, for a rehearsal.
    """

    customer_id: str
    display_name: str
    domain: str
    decision: Decision
    reason: str
    created: datetime | None = None
    fingerprint: str = ""
    stuck_since: datetime | None = None
    steps: tuple[PlannedStep, ...] = ()
    inventory: tuple[Mapping[str, Any], ...] = ()

    def to_json(self) -> Json:
        """The customer as JSON."""
        return {
            "customerId": self.customer_id,
            "displayName": self.display_name,
            "domain": self.domain,
            "decision": self.decision.value,
            "reason": self.reason,
            "created": None if self.created is None else format_timestamp(self.created),
            "fingerprint": self.fingerprint,
            "stuckSince": None if self.stuck_since is None else format_timestamp(self.stuck_since),
            "steps": [step.to_json() for step in self.steps],
            "inventory": [dict(holding) for holding in self.inventory],
        }

    @classmethod
    def from_json(cls, json: Mapping[str, Any]) -> CustomerPlan:
        """The customer of a plan file; raises `KeyError` or `ValueError` for what is none."""
        return cls(
            customer_id=str(json["customerId"]),
            display_name=str(json["displayName"]),
            domain=str(json["domain"]),
            decision=Decision(json["decision"]),
            reason=str(json["reason"]),
            created=_moment(json.get("created")),
            fingerprint=str(json.get("fingerprint", "")),
            stuck_since=_moment(json.get("stuckSince")),
            steps=tuple(PlannedStep.from_json(step) for step in json["steps"]),
            inventory=tuple(dict(holding) for holding in json.get("inventory", ())),
        )


@dataclass(frozen=True, slots=True)
class Identity:
    """Who made the plan, as the token tells: the application, and the user where there is one."""

    client_id: str
    user: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole plan. `selection` is what the user asked for, in the words of the command line."""

    plan_id: str
    tenant_id: str
    alias: str
    endpoint: str
    identity: Identity
    selection: Mapping[str, Any]
    made_at: datetime
    expires_at: datetime
    customers: tuple[CustomerPlan, ...] = ()
    digest: str = field(default="")

    @property
    def to_delete(self) -> tuple[CustomerPlan, ...]:
        """The customers that would be deleted."""
        return tuple(customer for customer in self.customers if customer.decision is Decision.DELETE)

    def sealed(self) -> Plan:
        """The plan with the digest of what it says now."""
        return replace(self, digest=self.current_digest())

    def current_digest(self) -> str:
        """The digest of what the plan says, which `digest` must be equal to."""
        body = {name: value for name, value in self.to_json().items() if name != "digest"}
        text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return "sha256:" + hashlib.sha256(text.encode("ascii")).hexdigest()

    def to_json(self) -> Json:
        """The plan as JSON, in the order in which one reads it."""
        return {
            "version": VERSION,
            "planId": self.plan_id,
            "tenantId": self.tenant_id,
            "alias": self.alias,
            "endpoint": self.endpoint,
            "identity": {"clientId": self.identity.client_id, "user": self.identity.user},
            "selection": dict(self.selection),
            "madeAt": format_timestamp(self.made_at),
            "expiresAt": format_timestamp(self.expires_at),
            "customers": [customer.to_json() for customer in self.customers],
            "digest": self.digest,
        }

    @classmethod
    def from_json(cls, json: Mapping[str, Any]) -> Plan:
        """The plan of a plan file; raises `KeyError`, `TypeError` or `ValueError` for what is none."""
        if json["version"] != VERSION:
            raise ValueError(f"its version must be {VERSION}")
        identity = json["identity"]
        return cls(
            plan_id=str(json["planId"]),
            tenant_id=str(json["tenantId"]),
            alias=str(json["alias"]),
            endpoint=str(json["endpoint"]),
            identity=Identity(str(identity["clientId"]), str(identity.get("user", ""))),
            selection=dict(json["selection"]),
            made_at=parse_timestamp(str(json["madeAt"])),
            expires_at=parse_timestamp(str(json["expiresAt"])),
            customers=tuple(CustomerPlan.from_json(customer) for customer in json["customers"]),
            digest=str(json.get("digest", "")),
        )


def _moment(value: Any) -> datetime | None:
    return None if value is None else parse_timestamp(str(value))
