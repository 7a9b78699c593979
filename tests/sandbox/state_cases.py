"""One combination of the state table, tried on a customer of its own over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_OID, uuid5

import httpx2
from tests.sandbox.conftest import (
    NOBODYS,
    OF_PRODUCTION,
    PRODUCTION_CLIENT,
    PRODUCTION_TENANT,
    Fault,
    customer,
    fault_of,
    partner,
)
from tests.sandbox.state_table import (
    AGES,
    COMPLETED,
    OF_A_MONTH,
    PURCHASES,
    READS,
    WITHOUT_SUBSCRIPTION,
    Action,
    Answer,
    Blocked,
    Cell,
    Done,
    Environment,
    Gone,
    Kind,
    Refused,
    State,
)

from partnercenter.contract import development_partner

if TYPE_CHECKING:
    from tests.conftest import Sandbox

Json = dict[str, Any]

STATUSES = {
    Action.CANCEL_SUBSCRIPTION: "deleted",
    Action.SUSPEND: "suspended",
    Action.REACTIVATE: "active",
}
REFUSAL = (
    "Customer relationship cannot be removed due to active Azure reserved instances."
    "Please cancel the following orders: {}"
)


@dataclass(frozen=True, slots=True)
class Holding:
    """What a customer has, as its reads tell."""

    orders: list[Json]
    subscriptions: list[Json]
    azure: list[Json]


@dataclass(frozen=True, slots=True)
class Case:
    """A cell with a customer of its own, and the sandbox that it is in."""

    sandbox: Sandbox
    cell: Cell
    wanted: Answer
    token: str

    @property
    def path(self) -> str:
        """Where the customer is."""
        return f"/v1/customers/{customer_id(self.cell)}"

    def ask(self, method: str, path: str = "", body: Any = None) -> httpx2.Response:
        """Ask something about the customer, as its partner."""
        return self.sandbox.call(method, self.path + path, body, token=self.token)

    def read(self) -> Holding:
        """Everything that the customer has."""
        orders, subscriptions = self._items("/orders"), self._items("/subscriptions")
        plans = subscriptions[:1] if self.cell.kind is Kind.PLAN else []
        azure = [
            item for plan in plans for item in self._items(f"/subscriptions/{plan['id']}/azureEntitlements")
        ]
        return Holding(orders, subscriptions, azure)

    def _items(self, path: str) -> list[Json]:
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    def act(self, held: Holding) -> httpx2.Response:
        """Ask for what the cell asks; a customer without a subscription is asked for one that nobody has."""
        action = self.cell.action
        if action is Action.DELETE_CUSTOMER:
            return self.ask("DELETE")
        if action is Action.CANCEL_ORDER:
            order_id = held.orders[0]["id"]
            return self.ask("PATCH", f"/orders/{order_id}", {"id": order_id, "status": "cancelled"})
        subscription = target(self.cell, held.subscriptions) or {"id": NOBODYS}
        changed = {**subscription, "status": STATUSES[action]}
        return self.ask("PATCH", f"/subscriptions/{subscription['id']}", changed)

    def problems(self) -> Iterator[str]:
        """What is not as the table says, in words."""
        before = self.read()
        if state_of(self.cell, before) != initial(self.cell):
            yield f"{self.cell}: begins as {state_of(self.cell, before)}"
            return
        answer = self.act(before)
        wanted = self.wanted
        if answer_of(answer) != expected(wanted, before):
            yield f"{self.cell}: {answer_of(answer)} {answer.text[:300]}, not {expected(wanted, before)}"
        elif isinstance(wanted, Refused) and wanted.says not in answer.text:
            yield f"{self.cell}: the refusal says {answer.text}, not {wanted.says}"
        elif isinstance(wanted, Gone):
            if fault_of(self.ask("GET")) != Fault(404, 60003):
                yield f"{self.cell}: the customer is still there"
        else:
            yield from self._problems_afterwards(before)

    def _problems_afterwards(self, before: Holding) -> Iterator[str]:
        wanted, after = self.wanted, self.read()
        if not isinstance(wanted, Done) or wanted == Done():
            if after != before:
                yield f"{self.cell}: something has changed: {after}"
            return
        order, subscription = initial(self.cell)
        reads = (wanted.order or order, wanted.subscription or subscription)
        if state_of(self.cell, after) != reads:
            yield f"{self.cell}: reads {state_of(self.cell, after)} afterwards, not {reads}"
        if bystanders(self.cell, after) != bystanders(self.cell, before):
            yield f"{self.cell}: something else has changed: {after}"


def customer_id(cell: Cell) -> str:
    """The id of the customer that a cell is tried on."""
    return str(uuid5(NAMESPACE_OID, str(cell)))


def target(cell: Cell, subscriptions: list[Json]) -> Json | None:
    """The subscription that is asked about: of an add-on its own, not that of its base."""
    hangs = [item for item in subscriptions if "parentSubscriptionId" in item]
    return next(iter(hangs if cell.kind is Kind.ADD_ON else subscriptions), None)


def bystanders(cell: Cell, held: Holding) -> tuple[list[Json], list[Json], list[Json]]:
    """What the customer has beside the order and the subscription that are asked about."""
    asked = target(cell, held.subscriptions)
    return held.orders[1:], [item for item in held.subscriptions if item != asked], held.azure


def state_of(cell: Cell, held: Holding) -> tuple[str, str | None]:
    """What the order and the subscription read."""
    subscription = target(cell, held.subscriptions)
    return held.orders[0]["status"], None if subscription is None else subscription["status"]


def initial(cell: Cell) -> tuple[str, str | None]:
    """What they read at first."""
    order, subscription = READS.get(cell.state, COMPLETED)
    return order, None if cell.kind in WITHOUT_SUBSCRIPTION else subscription


def fault_in(answer: Answer) -> Fault:
    """Status and code of an answer."""
    match answer:
        case Refused(status, code):
            return Fault(status, code)
        case Blocked():
            return Fault(400, 3000)
        case Gone():
            return Fault(204)
    return Fault(200)


def expected(answer: Answer, held: Holding) -> tuple[Fault, str | None]:
    """The same, with the whole text of a refusal because of orders, which names all of them."""
    ids = ", ".join(order["alternateId"] for order in held.orders)
    return fault_in(answer), REFUSAL.format(ids) if isinstance(answer, Blocked) else None


def answer_of(answer: httpx2.Response) -> tuple[Fault, str | None]:
    """The same of what was answered."""
    fault = fault_of(answer)
    return fault, answer.json()["description"] if fault == Fault(400, 3000) else None


def purchases(kind: Kind, state: State) -> list[Json]:
    """What a world's customer has bought to be in a state."""
    order, subscription = READS.get(state, COMPLETED)
    bought: Json = {
        **PURCHASES[kind],
        "orderStatus": order,
        "subscriptionStatus": subscription or "active",
        "ageDays": AGES[state][kind in OF_A_MONTH],
    }
    if state is State.ORDER_PENDING:
        bought["settlesInSeconds"] = 1_000_000
    if kind is not Kind.PLAN:
        return [bought]
    below = "active" if state is State.ACTIVE_BELOW else "inactive"
    bought["azureSubscriptions"] = [{"name": "Web shop", "status": below}]
    reservation = {"product": "azure_reservation", "ageDays": 1}
    return [bought, reservation] if state is State.RESERVED_BELOW else [bought]


def seed(sandbox: Sandbox, cells: list[Cell], **settings: Any) -> str:
    """Give each cell a customer of its own; returns a token of their partner."""
    customers = [customer(customer_id(cell), *purchases(cell.kind, cell.state)) for cell in cells]
    own = {
        "tenantId": development_partner.TENANT_ID,
        "companyName": development_partner.COMPANY_NAME,
        "domain": development_partner.DOMAIN,
    }
    if cells[0].environment is Environment.SANDBOX:
        sandbox.seed({"settings": settings, "partners": [{**own, "customers": customers}]})
        return sandbox.token
    production = partner(PRODUCTION_TENANT, PRODUCTION_CLIENT, *customers, environment="production")
    sandbox.seed({"settings": settings, "partners": [production]})
    return sandbox.mint(**OF_PRODUCTION)
