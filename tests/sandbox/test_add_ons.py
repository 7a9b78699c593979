"""A subscription and the add-ons that hang on it: what is done to one, and what becomes of both; behaviour.md 5.3."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from tests.conftest import Sandbox
from tests.sandbox.conftest import OWN, Fault, customer, fault_of

from partnercenter.contract import development_partner

Json = dict[str, Any]

LICENCES = {
    "product": "new_commerce",
    "term": "P1Y",
    "item": "CFQ7TTC0LCHC:0001:CFQ7TTC0K5BP",
    "addOns": ["CFQ7TTC0LH0T:0001:CFQ7TTC0K7TP"],
}
OFFICE = {
    "product": "legacy",
    "item": "031C9E47-4802-4248-838E-778FB1D2CC05",
    "addOns": ["C94271D8-B431-4A25-A3C5-A57737A1C909"],
}


@dataclass
class Pair:
    """A base and its add-on."""

    sandbox: Sandbox

    def read(self) -> tuple[Json, Json]:
        """Both, as they are now."""
        items = self.sandbox.call("GET", f"/v1/customers/{OWN}/subscriptions").json()["items"]
        add_on = next(item for item in items if "parentSubscriptionId" in item)
        base = next(item for item in items if item["id"] == add_on["parentSubscriptionId"])
        return base, add_on

    def statuses(self) -> tuple[str, str]:
        """What they read."""
        base, add_on = self.read()
        return base["status"], add_on["status"]

    def change(self, which: str, **members: Any) -> Fault:
        """Change one of them."""
        one = self.read()[which == "add-on"]
        path = f"/v1/customers/{OWN}/subscriptions/{one['id']}"
        return fault_of(self.sandbox.call("PATCH", path, {**one, **members}))


def pair(sandbox: Sandbox, purchase: Json = LICENCES, age: int = 2, **settings: Any) -> Pair:
    """A customer who bought a base and an add-on together some days ago."""
    own = {
        "tenantId": development_partner.TENANT_ID,
        "companyName": development_partner.COMPANY_NAME,
        "domain": development_partner.DOMAIN,
        "customers": [customer(OWN, {**purchase, "ageDays": age})],
    }
    sandbox.seed({"settings": settings, "partners": [own]})
    return Pair(sandbox)


OK = Fault(200)
REFUSING = {"cancel_base_with_add_ons": "refuse"}
LIVES = (
    # settings, steps (which, status, answer), what base and add-on read in the end
    ({}, [("base", "suspended", OK)], ("suspended", "suspended")),
    ({}, [("add-on", "suspended", OK)], ("active", "suspended")),
    ({}, [("base", "deleted", OK)], ("deleted", "deleted")),
    ({}, [("add-on", "deleted", OK)], ("active", "deleted")),
    ({}, [("add-on", "deleted", OK), ("base", "deleted", OK)], ("deleted", "deleted")),
    ({}, [("base", "deleted", OK), ("add-on", "deleted", Fault(400, 2011))], ("deleted", "deleted")),
    ({}, [("base", "suspended", OK), ("add-on", "active", Fault(409, 27009))], ("suspended", "suspended")),
    ({}, [("base", "suspended", OK), ("base", "active", OK)], ("active", "suspended")),
    (
        {},
        [("base", "suspended", OK), ("base", "active", OK), ("add-on", "active", OK)],
        ("active", "active"),
    ),
    ({}, [("base", "suspended", OK), ("add-on", "deleted", OK)], ("suspended", "deleted")),
    (REFUSING, [("base", "deleted", Fault(400, 800096))], ("active", "active")),
    (REFUSING, [("add-on", "deleted", OK), ("base", "deleted", OK)], ("deleted", "deleted")),
    (REFUSING, [("base", "suspended", OK)], ("suspended", "suspended")),
)


@pytest.mark.parametrize(("settings", "steps", "ends"), LIVES)
def test_a_base_takes_its_add_on_along_and_not_the_other_way(
    sandbox: Sandbox, settings: Json, steps: list[tuple[str, str, Fault]], ends: tuple[str, str]
) -> None:
    """Suspended and cancelled bases take their add-ons along; a child cannot be enabled under an inactive base."""
    both = pair(sandbox, **settings)
    answers = [both.change(which, status=status) for which, status, _ in steps]
    assert ([answer for _, _, answer in steps], ends) == (answers, both.statuses())


WAYS = ((LICENCES, "suspended"), (LICENCES, "deleted"), (OFFICE, "suspended"))


@pytest.mark.parametrize(("purchase", "status"), WAYS)
def test_an_add_on_that_went_with_its_base_reads_like_one_that_went_alone(
    sandbox: Sandbox, purchase: Json, status: str
) -> None:
    """Renewal, reasons and what was scheduled for the next term are those of a change of its own (5.2)."""
    assert after_change_of("add-on", sandbox, purchase, status) == after_change_of(
        "base", sandbox, purchase, status
    )


def after_change_of(which: str, sandbox: Sandbox, purchase: Json, status: str) -> Json:
    """The add-on after one of the two was changed, without what differs from one world to the next."""
    both = pair(sandbox, purchase)
    if purchase is LICENCES:
        assert OK == both.change("add-on", scheduledNextTermInstructions={"quantity": 1})
    assert OK == both.change(which, status=status)
    add_on = both.read()[1]
    hidden = ("id", "orderId", "parentSubscriptionId", "links", "attributes", "refundableQuantity")
    return {
        name: value
        for name, value in add_on.items()
        if name not in hidden and not name.endswith(("Date", "DateTime"))
    }


def test_a_base_past_its_window_keeps_its_add_on(sandbox: Sandbox) -> None:
    """A refused cancellation of the base leaves both as they were."""
    both = pair(sandbox, age=20)
    before = both.read()
    assert Fault(400, 900117) == both.change("base", status="deleted")
    assert before == both.read()


def test_a_suspended_licence_neither_renews_nor_changes_at_its_next_term(sandbox: Sandbox) -> None:
    """Suspending turns renewal off and drops what was scheduled; reactivating brings neither back (5.2)."""
    both = pair(sandbox)
    both.change("base", scheduledNextTermInstructions={"quantity": 3})
    assert (True, {"quantity": 3}) == renewal(both)
    both.change("base", status="suspended")
    assert (False, None) == renewal(both)
    both.change("base", status="active")
    assert ("active", (False, None)) == (both.statuses()[0], renewal(both))


def renewal(both: Pair) -> tuple[bool, Any]:
    """Whether the base renews, and what was scheduled for its next term."""
    base = both.read()[0]
    return base["autoRenewEnabled"], base.get("scheduledNextTermInstructions")
