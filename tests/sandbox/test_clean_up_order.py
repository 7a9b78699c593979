"""A customer with one of everything, cleared in the order of behaviour.md 1.3, over plain HTTP, in every profile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
from tests.conftest import Sandbox
from tests.sandbox.conftest import OWN, Fault, customer, fault_of

from partnercenter.contract import development_partner

Json = dict[str, Any]

CUSTOMER = f"/v1/customers/{OWN}"
REFUSAL = (
    "Customer relationship cannot be removed due to active Azure reserved instances."
    "Please cancel the following orders: {}"
)
PREMIUM, PHONE = "CFQ7TTC0LCHC:0001:CFQ7TTC0K5BP", "CFQ7TTC0LH0T:0001:CFQ7TTC0K7TP"
TRIAL = "CFQ7TTC0LCHC:0002:CFQ7TTC0K5TR"
BELOW = [{"name": "Web shop"}, {"name": "Data lake"}]

# What the customer has, oldest first.
BOUGHT: dict[str, Json] = {
    "plan": {"product": "azure_plan", "azureSubscriptions": BELOW, "registered": True, "ageDays": 20},
    "reservation": {"product": "azure_reservation", "ageDays": 19},
    "perpetual software": {"product": "perpetual_software", "quantity": 3, "ageDays": 18},
    "software": {"product": "software_subscription", "quantity": 2, "ageDays": 17},
    "licences": {"product": "new_commerce", "item": PREMIUM, "addOns": [PHONE], "ageDays": 6},
    "trial": {"product": "new_commerce", "item": TRIAL, "quantity": 5, "ageDays": 5},
    "service": {"product": "marketplace", "quantity": 5, "ageDays": 4},
    "waiting service": {"product": "marketplace", "subscriptionStatus": "pending", "ageDays": 3},
    "office": {"product": "legacy", "quantity": 5, "ageDays": 2},
    "azure": {"product": "legacy_azure", "ageDays": 1},
}
NEVER_BLOCKS = {"office", "azure"}
LICENCES_AND_SERVICES = {"licences", "trial", "service", "waiting service"}
# Profile: what does not block in it, and how many seconds pass between two questions.
PROFILES = (
    ("fast", NEVER_BLOCKS, 1),
    ("eventual", NEVER_BLOCKS, 1),
    ("real", NEVER_BLOCKS, 30),
    ("strict", set[str](), 1),
    ("lenient-nce", NEVER_BLOCKS | LICENCES_AND_SERVICES, 1),
)


@dataclass
class CleanUp:
    """A tool that clears a customer, one step after the other; it waits in the sandbox's own time."""

    sandbox: Sandbox
    pause: int
    waited: int = 0
    orders: dict[str, Json] = field(default_factory=dict)

    def ask(self, method: str, path: str = "", body: Any = None) -> httpx2.Response:
        """Ask something about the customer."""
        return self.sandbox.call(method, CUSTOMER + path, body)

    def items(self, path: str) -> list[Json]:
        """The items of a collection."""
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    def wait(self, until: Callable[[], bool]) -> None:
        """Ask again and again until something is so."""
        while not until():
            assert self.waited < 3600, "it takes too long"
            self.waited += self.pause
            self.sandbox.control("POST", "/clock", {"advance": f"PT{self.pause}S"}).raise_for_status()

    def subscriptions(self, name: str) -> list[Json]:
        """The subscriptions of an order, add-ons before their base."""
        found = self.items(f"/subscriptions?order_id={self.orders[name]['id']}")
        return sorted(found, key=lambda item: "parentSubscriptionId" not in item)

    def give(self, name: str, status: str) -> None:
        """Give the subscriptions of an order a status, one after the other."""
        for subscription in self.subscriptions(name):
            path = f"/subscriptions/{subscription['id']}"
            answer = self.ask("PATCH", path, {**subscription, "status": status})
            if answer.status_code == 202:
                assert answer.headers["location"] == f"/customers/{OWN}{path}"
            else:
                assert (200, status) == (answer.status_code, answer.json()["status"]), answer.text
            self.wait(lambda path=path: status == self.ask("GET", path).json()["status"])

    def cancel_orders(self, ids: Iterable[str]) -> None:
        """Cancel orders by their ids, then wait until all are cancelled."""
        for order_id in ids:
            answer = self.ask("PATCH", f"/orders/{order_id}", {"id": order_id, "status": "cancelled"})
            assert answer.status_code == 200, answer.text
        for order_id in ids:
            self.wait(
                lambda path=f"/orders/{order_id}": "cancelled" == self.ask("GET", path).json()["status"]
            )

    def clear_below_the_plan(self) -> None:
        """Cancel the Azure subscriptions; each is active for some time still."""
        plan = self.subscriptions("plan")[0]
        path = f"/subscriptions/{plan['id']}"
        for below in self.items(f"{path}/azureEntitlements"):
            answer = self.ask(
                "POST",
                f"{path}/azureEntitlements/{below['id']}/cancel",
                {"cancellationReason": "compromise"},
            )
            assert (200, "active") == (answer.status_code, answer.json()["status"]), answer.text
        self.wait(
            lambda: {"inactive"} == {item["status"] for item in self.items(f"{path}/azureEntitlements")}
        )

    def blocking(self) -> list[str]:
        """What a DELETE is refused for, by name; nothing once it has been carried out."""
        answer = self.ask("DELETE")
        if answer.status_code == 204:
            return []
        names = {order["alternateId"]: name for name, order in self.orders.items()}
        told = answer.json()["description"]
        ids = told.partition("orders: ")[2].split(", ")
        assert (Fault(400, 3000), REFUSAL.format(", ".join(ids))) == (fault_of(answer), told)
        return [names[short_id] for short_id in ids]


def seed(sandbox: Sandbox, profile: str, pause: int) -> CleanUp:
    """The customer, with everything that it has bought."""
    own = {
        "tenantId": development_partner.TENANT_ID,
        "companyName": development_partner.COMPANY_NAME,
        "domain": development_partner.DOMAIN,
        "customers": [customer(OWN, *BOUGHT.values(), ageDays=21)],
    }
    sandbox.seed({"settings": {"profile": profile}, "partners": [own]})
    tool = CleanUp(sandbox, pause)
    tool.orders = dict(zip(BOUGHT, tool.items("/orders"), strict=True))
    return tool


def steps(tool: CleanUp) -> Iterator[str]:
    """The clean-up, one step after the other; each yields the name of the order that it has cleared.

    Reservations go before the Azure subscriptions, these before their plan (behaviour.md 7), add-ons before their
    base (1.3).
    """
    tool.cancel_orders([tool.orders["reservation"]["id"]])
    yield "reservation"
    tool.clear_below_the_plan()
    tool.give("plan", "suspended")
    yield "plan"
    for name in ("licences", "trial", "service", "waiting service", "software"):
        tool.give(name, "deleted")
        yield name
    tool.cancel_orders([tool.orders["perpetual software"]["id"]])
    yield "perpetual software"
    for name in ("office", "azure"):
        tool.give(name, "suspended")
        yield name


@pytest.mark.parametrize(("profile", "harmless", "pause"), PROFILES)
def test_each_step_takes_one_order_out_of_the_refusal(
    sandbox: Sandbox, profile: str, harmless: set[str], pause: int
) -> None:
    """The refusal names what is left, oldest first, until nothing is; then the customer is deleted."""
    tool = seed(sandbox, profile, pause)
    left = [name for name in BOUGHT if name not in harmless]
    assert left == tool.blocking()
    clean_up = steps(tool)
    while left:
        cleared = next(clean_up)
        left = [name for name in left if name != cleared]
        assert left == tool.blocking()
    assert Fault(404, 60003) == fault_of(tool.ask("GET"))
    tool.wait(
        lambda: OWN not in {item["id"] for item in sandbox.call("GET", "/v1/customers").json()["items"]}
    )


def test_entitlements_name_the_reservation_and_the_software_only(sandbox: Sandbox) -> None:
    """Azure plans, licences, marketplace and legacy offers are no entitlements (6)."""
    tool = seed(sandbox, "fast", 1)
    ids = [item["referenceOrder"]["id"] for item in tool.items("/entitlements")]
    names = ("reservation", "perpetual software", "software")
    assert [tool.orders[name]["id"] for name in names] == ids


def test_in_the_profile_strict_entitlements_need_a_user(sandbox: Sandbox) -> None:
    """An app-only tool falls back to the orders; what has no subscription there is cancelled by order (1.3)."""
    tool = seed(sandbox, "strict", 1)
    assert Fault(403, 900329) == fault_of(tool.ask("GET", "/entitlements"))
    alone = [
        order
        for order in tool.items("/orders")
        if not any("subscriptionId" in line for line in order["lineItems"])
    ]
    assert [tool.orders[name] for name in ("reservation", "perpetual software")] == alone


def test_a_plan_is_suspended_after_everything_below_it(sandbox: Sandbox) -> None:
    """As long as a reservation or an Azure subscription lives, and until it has ended, it is 403/900115 (7)."""
    tool = seed(sandbox, "real", 60)
    plan = tool.subscriptions("plan")[0]
    path, suspended = f"/subscriptions/{plan['id']}", {**plan, "status": "suspended"}
    answers = [fault_of(tool.ask("PATCH", path, suspended))]
    tool.clear_below_the_plan()
    answers.append(fault_of(tool.ask("PATCH", path, suspended)))
    tool.cancel_orders([tool.orders["reservation"]["id"]])
    answers.append(fault_of(tool.ask("PATCH", path, suspended)))
    assert [Fault(403, 900115), Fault(403, 900115), Fault(202)] == answers
    assert 600 <= tool.waited


def test_what_is_on_its_way_blocks_until_it_has_arrived(sandbox: Sandbox) -> None:
    """A cancelled order reads pending at first, a changed subscription what it was, and both block (1.2, 1.6)."""
    tool = seed(sandbox, "real", 30)
    perpetual, trial = tool.orders["perpetual software"], tool.subscriptions("trial")[0]
    body = {"id": perpetual["id"], "status": "cancelled"}
    first = tool.ask("PATCH", f"/orders/{perpetual['id']}", body)
    assert (200, "pending") == (first.status_code, first.json()["status"])
    assert Fault(409, 800014) == fault_of(tool.ask("PATCH", f"/orders/{perpetual['id']}", body))
    deleted = {**trial, "status": "deleted"}
    assert 202 == tool.ask("PATCH", f"/subscriptions/{trial['id']}", deleted).status_code
    assert Fault(409, 800082) == fault_of(tool.ask("PATCH", f"/subscriptions/{trial['id']}", deleted))
    assert {"perpetual software", "trial"} <= set(tool.blocking())
    tool.wait(lambda: not {"perpetual software", "trial"} & set(tool.blocking()))
    assert 30 <= tool.waited <= 60
