"""What a world's customer has bought: each member of a purchase, and each mistake in one; docs/worlds.md."""

from __future__ import annotations

from typing import Any

import pytest
from tests.conftest import Sandbox
from tests.sandbox.conftest import Fault, fault_of
from tests.sandbox.shopping import (
    BASIC,
    CONFERENCING,
    LEDGER,
    OFFICE,
    ONE_OF_EACH_KIND,
    PREMIUM,
    PREMIUM_TRIAL,
    RESERVATION,
    TEAMS_PHONE,
    USER_CAL,
    Shop,
    in_order,
    open_shop,
    reserved_for,
)

from partnercenter.sandbox.worlds.named import WORLDS


@pytest.mark.parametrize("product", ONE_OF_EACH_KIND)
def test_a_product_is_its_usual_item(sandbox: Sandbox, product: str) -> None:
    """A seeded purchase is shown as one that was bought (4.2)."""
    shop = open_shop(sandbox, {"product": product, "ageDays": 3})
    (order,) = shop.items("/orders")
    item = ONE_OF_EACH_KIND[product]
    assert (item.id, "completed") == (order["lineItems"][0]["offerId"], order["status"])
    assert order == shop.get(f"/orders/{order['id']}")


def test_a_purchase_can_name_item_term_cycle_and_renewal(sandbox: Sandbox) -> None:
    """Each is what its subscription has (5.1)."""
    purchase = {
        "product": "new_commerce",
        "item": PREMIUM.id.lower(),
        "term": "P1Y",
        "billingCycle": "annual",
        "quantity": 7,
        "autoRenew": False,
        "subscriptionStatus": "suspended",
        "ageDays": 30,
    }
    subscription = open_shop(sandbox, purchase).the_subscription()
    assert {
        "offerId": PREMIUM.id,
        "termDuration": "P1Y",
        "billingCycle": "annual",
        "quantity": 7,
        "autoRenewEnabled": False,
        "status": "suspended",
        "suspensionReasons": ["CustomerCancellation"],
    } == {
        name: subscription[name]
        for name in (
            "offerId",
            "termDuration",
            "billingCycle",
            "quantity",
            "autoRenewEnabled",
            "status",
            "suspensionReasons",
        )
    }


@pytest.mark.parametrize(
    ("product", "item", "add_on"),
    [("new_commerce", PREMIUM, TEAMS_PHONE), ("legacy", OFFICE, CONFERENCING)],
)
def test_add_ons_are_lines_of_the_same_order(sandbox: Sandbox, product: str, item: Any, add_on: Any) -> None:
    """They hang on the subscription of the first line (5.1)."""
    shop = open_shop(
        sandbox,
        {"product": product, "item": item.id, "quantity": 4, "addOns": [add_on.id, add_on.id.lower()]},
    )
    (order,) = shop.items("/orders")
    base, *below = order["lineItems"]
    assert [add_on.id] * 2 == [line["offerId"] for line in below]
    assert {base["subscriptionId"]} == {line["parentSubscriptionId"] for line in below}
    assert {line["subscriptionId"] for line in below} == {
        added["id"] for added in shop.items(f"/subscriptions/{base['subscriptionId']}/addons")
    }


def test_a_plan_has_the_azure_subscriptions_that_are_named(sandbox: Sandbox) -> None:
    """With their status; one that is active where none is named (7)."""
    below = [{"name": "Web shop"}, {"name": "Old", "status": "inactive"}, {}]
    for named, expected in (
        (below, {"Web shop": "active", "Old": "inactive", "Azure subscription": "active"}),
        ([], {"Azure subscription 1": "active"}),
    ):
        shop = open_shop(sandbox, {"product": "azure_plan", "azureSubscriptions": named})
        path = f"/subscriptions/{shop.the_subscription()['id']}/azureEntitlements"
        assert expected == {item["friendlyName"]: item["status"] for item in shop.items(path)}


@pytest.mark.parametrize(("registered", "fault"), [(True, Fault(201)), (False, Fault(400, 800030))])
@pytest.mark.parametrize("product", ["azure_plan", "legacy_azure"])
def test_a_registered_one_can_be_reserved_for(
    sandbox: Sandbox, product: str, registered: bool, fault: Fault
) -> None:
    """`registered` tells whether reservations can be bought (4.4)."""
    shop = open_shop(sandbox, {"product": product, "registered": registered})
    context = reserved_for(shop.the_subscription()["id"])
    line = in_order(RESERVATION, provisioningContext=context)
    assert fault == fault_of(shop.order(line, cycle="one_time"))


def test_a_pending_order_can_be_completed_after_a_while(sandbox: Sandbox) -> None:
    """`settlesInSeconds`: it and its subscription are there then; without it never (4.4)."""
    purchase = {"product": "new_commerce", "orderStatus": "pending"}
    shop = open_shop(sandbox, {**purchase, "settlesInSeconds": 60}, purchase)

    def statuses() -> list[str]:
        return sorted(order["status"] for order in shop.items("/orders"))

    assert (["pending", "pending"], []) == (statuses(), shop.items("/subscriptions"))
    shop.advance("PT1M")
    assert (["completed", "pending"], 1) == (statuses(), len(shop.items("/subscriptions")))
    shop.advance("P1Y")
    assert ["completed", "pending"] == statuses()


@pytest.mark.parametrize(("agreed", "fault"), [(True, Fault(201)), (False, Fault(403, 13605))])
def test_a_customer_may_buy_once_it_has_agreed(sandbox: Sandbox, agreed: bool, fault: Fault) -> None:
    """`agreement` of a customer, true unless it is said otherwise (3.4)."""
    shop = open_shop(sandbox, customer={"agreement": agreed})
    assert fault == fault_of(shop.order(in_order(BASIC)))


def test_what_is_older_than_its_term_has_lived_on(sandbox: Sandbox) -> None:
    """A purchase of a year ago has been renewed, or has expired (5.2)."""
    renewed = {"product": "new_commerce", "item": BASIC.id, "term": "P1Y", "ageDays": 400}
    shop = open_shop(sandbox, renewed, {**renewed, "item": PREMIUM.id, "autoRenew": False})
    assert {BASIC.id: "active", PREMIUM.id: "disabled"} == {
        subscription["offerId"]: subscription["status"] for subscription in shop.items("/subscriptions")
    }


WHERE = "In the world, a purchase of the customer 'Kestrel' is not valid: "
IN_LIST = "In the world, partners[0].customers[0].purchases[0]"
NEW = {"product": "new_commerce"}
BAD: tuple[tuple[dict[str, Any], str], ...] = (
    (
        {**NEW, "item": "CFQ7TTC0LH18:0001:CFQ7TTC0K972"},
        f"{WHERE}the catalogue has no item 'CFQ7TTC0LH18:0001:CFQ7TTC0K972'; did you mean {BASIC.id}?",
    ),
    (
        {**NEW, "item": "cfq7ttc0lh18:0001"},
        f"{WHERE}the catalogue has no item 'cfq7ttc0lh18:0001'; did you mean {BASIC.id}?",
    ),
    ({**NEW, "item": "?"}, f"{WHERE}the catalogue has no item '?'."),
    ({**NEW, "item": USER_CAL.id}, f"{WHERE}the item {USER_CAL.id} is perpetual_software, not new_commerce."),
    (
        {"product": "legacy", "item": LEDGER.id},
        f"{WHERE}the item {LEDGER.id} is marketplace, not legacy.",
    ),
    (
        {**NEW, "item": PREMIUM_TRIAL.id, "term": "P1Y"},
        f"{WHERE}the item {PREMIUM_TRIAL.id} has these terms only: P1M monthly.",
    ),
    (
        {**NEW, "item": PREMIUM_TRIAL.id, "billingCycle": "annual"},
        f"{WHERE}the item {PREMIUM_TRIAL.id} has these terms only: P1M monthly.",
    ),
    (
        {"product": "perpetual_software", "term": "P1Y"},
        f"{WHERE}the item {USER_CAL.id} has these terms only: none one_time.",
    ),
    ({**NEW, "addOns": [TEAMS_PHONE.id]}, f"{WHERE}{TEAMS_PHONE.id} is no add-on of {BASIC.id}."),
    ({**NEW, "addOns": [BASIC.id]}, f"{WHERE}{BASIC.id} is no add-on of {BASIC.id}."),
    ({**NEW, "addOns": ["?"]}, f"{WHERE}the catalogue has no item '?'."),
    ({**NEW, "addOns": [7]}, f"{IN_LIST}.addOns[0] must be a text."),
    ({**NEW, "addOns": TEAMS_PHONE.id}, f"{IN_LIST}.addOns must be a list."),
    (
        {**NEW, "azureSubscriptions": [{"name": "x"}]},
        f"{WHERE}azureSubscriptions are what an azure_plan has.",
    ),
    (
        {"product": "azure_plan", "azureSubscriptions": [{"status": "deleted"}]},
        f"{IN_LIST}.azureSubscriptions[0].status must be one of active, inactive.",
    ),
    (
        {"product": "azure_plan", "azureSubscriptions": [{"names": "x"}]},
        f"{IN_LIST}.azureSubscriptions[0] has no member 'names'; did you mean name?",
    ),
    ({**NEW, "registered": True}, f"{WHERE}only an azure_plan and a legacy_azure are registered."),
    ({**NEW, "registered": "yes"}, f"{IN_LIST}.registered must be true or false."),
    ({**NEW, "settlesInSeconds": 60}, f"{WHERE}settlesInSeconds is for an order that is pending."),
    ({**NEW, "autoRenew": 1}, f"{IN_LIST}.autoRenew must be true or false."),
    (
        {**NEW, "orderStatus": "error"},
        f"{IN_LIST}.orderStatus must be one of completed, pending, cancelled.",
    ),
    (
        {**NEW, "subscriptionStatus": "inactive"},
        f"{IN_LIST}.subscriptionStatus must be one of active, suspended, deleted, expired, disabled, pending.",
    ),
    ({**NEW, "items": "x"}, f"{IN_LIST} has no member 'items'; did you mean item?"),
)


@pytest.mark.parametrize(("purchase", "sentence"), BAD, ids=lambda value: str(value)[:60])
def test_a_mistake_gets_one_sentence_and_changes_nothing(
    shop: Shop, purchase: dict[str, Any], sentence: str
) -> None:
    """The sentence says where, and what would be right; the world that was there stays."""
    order = shop.buy(USER_CAL)
    customer = {"companyName": "Kestrel", "purchases": [purchase]}
    partner = {
        "tenantId": "0bada5a0-0000-4ca1-8ca1-0000000000b1",
        "companyName": "Partner",
        "domain": "p.example.com",
    }
    answer = shop.sandbox.control("POST", "/seed", {"partners": [{**partner, "customers": [customer]}]})
    assert (400, sentence) == (answer.status_code, answer.json()["error"])
    assert [order] == shop.items("/orders")


def test_every_world_that_ships_can_be_walked_through(sandbox: Sandbox) -> None:
    """Whatever a named world holds can be read: orders, subscriptions, entitlements, what is below plans."""
    for name in ("demo", "one-of-each", "stuck", "full-of-each"):
        assert name in WORLDS
        sandbox.seed(name)
        for listed in sandbox.call("GET", "/v1/customers").json()["items"]:
            paths = [
                f"/v1/customers/{listed['id']}{below}"
                for below in ("/orders", "/subscriptions", "/entitlements")
            ]
            answers = [sandbox.call("GET", path) for path in paths]
            assert [200] * 3 == [answer.status_code for answer in answers]
            for subscription in answers[1].json()["items"]:
                one = f"{paths[1]}/{subscription['id']}"
                assert subscription == sandbox.call("GET", one).json()
                assert 200 == sandbox.call("GET", f"{one}/provisioningstatus").status_code
            for order in answers[0].json()["items"]:
                assert order == sandbox.call("GET", f"{paths[0]}/{order['id']}").json()
