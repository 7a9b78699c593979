"""What is refused inside an answer that says success: it is recorded as a failure, and has no effect."""

from __future__ import annotations

from typing import Any

import pytest
from tests.conftest import Sandbox
from tests.sandbox.conftest import OWN, Fault, customer, fault_of

from partnercenter.contract import development_partner

PATH = f"/v1/customers/{OWN}"
BASIC = "CFQ7TTC0LH18:0001:CFQ7TTC0K971"


@pytest.fixture
def subscribed(sandbox: Sandbox) -> Sandbox:
    """A customer with a new-commerce subscription that is no trial."""
    partner = {
        "tenantId": development_partner.TENANT_ID,
        "companyName": development_partner.COMPANY_NAME,
        "domain": development_partner.DOMAIN,
        "customers": [customer(OWN, {"product": "new_commerce"})],
    }
    sandbox.seed({"partners": [partner]})
    return sandbox


def records(sandbox: Sandbox) -> list[tuple[str, str]]:
    """Operation and status of every audit record, newest first."""
    items = sandbox.call("GET", "/v1/auditrecords").json()["items"]
    return [(item["operationType"], item["operationStatus"]) for item in items]


def cart_of(*items: str) -> dict[str, Any]:
    """A cart with one of each item, monthly."""
    line = {"quantity": 1, "billingCycle": "monthly", "termDuration": "P1M"}
    return {"lineItems": [{"catalogItemId": item, **line} for item in items]}


def test_a_conversion_that_cannot_be_is_recorded(subscribed: Sandbox) -> None:
    """The answer tells the error inside, the audit log that the conversion failed (13.1)."""
    subscription = subscribed.call("GET", f"{PATH}/subscriptions").json()["items"][0]
    body = {"offerId": subscription["offerId"], "targetOfferId": BASIC}
    user = subscribed.mint(kind="app_user")
    answer = subscribed.call(
        "POST", f"{PATH}/subscriptions/{subscription['id']}/conversions", body, token=user
    )
    assert (200, 1) == (answer.status_code, answer.json()["error"]["code"])
    assert ("convert_trial_subscription", "failed") == records(subscribed)[0]
    assert subscription == subscribed.call("GET", f"{PATH}/subscriptions").json()["items"][0]


def test_each_group_of_a_cart_that_cannot_be_bought_is_recorded(subscribed: Sandbox) -> None:
    """A checkout that orders one group and not another leaves a record of each (4.4, 13.1)."""
    marketplace = "DZH318Z0BXGV:0003:DZH318Z0BMK1"
    made = subscribed.call("POST", f"{PATH}/carts", cart_of(BASIC, marketplace)).json()
    subscribed.set(subscription_quota=2)
    answer = subscribed.call("POST", f"{PATH}/carts/{made['id']}/checkout")
    assert (201, 1, 1) == (
        answer.status_code,
        len(answer.json()["orders"]),
        len(answer.json()["orderErrors"]),
    )
    assert [("create_order", "failed"), ("create_order", "succeeded")] == records(subscribed)[:2]


def test_a_cart_of_which_nothing_was_ordered_can_still_be_changed(subscribed: Sandbox) -> None:
    """A checkout without an order leaves the cart active, to be changed or checked out again (4.4)."""
    path = f"{PATH}/carts/{subscribed.call('POST', f'{PATH}/carts', cart_of(BASIC)).json()['id']}"
    subscribed.set(subscription_quota=1)
    for _ in range(2):
        answer = subscribed.call("POST", f"{path}/checkout")
        assert (201, [], [800066]) == (
            answer.status_code,
            answer.json()["orders"],
            [error["code"] for error in answer.json()["orderErrors"]],
        )
        assert "Active" == subscribed.call("GET", path).json()["status"]
    subscribed.set(subscription_quota=5)
    assert 200 == subscribed.call("PUT", path, cart_of(BASIC, BASIC)).status_code
    bought = subscribed.call("POST", f"{path}/checkout").json()
    assert ([2], []) == ([len(order["lineItems"]) for order in bought["orders"]], bought["orderErrors"])
    assert "Ordered" == subscribed.call("GET", path).json()["status"]
    assert Fault(400, 800065) == fault_of(subscribed.call("PUT", path, cart_of(BASIC)))


def test_a_cart_whose_add_on_is_wrong_cannot_be_checked_out(subscribed: Sandbox) -> None:
    """An error of an add-on is an error of the cart (4.4, 11.2)."""
    cart = cart_of(BASIC)
    phone = "CFQ7TTC0LH0T:0001:CFQ7TTC0K7TP"
    cart["lineItems"][0]["addonItems"] = [{"catalogItemId": phone, "quantity": 1, "billingCycle": "monthly"}]
    made = subscribed.call("POST", f"{PATH}/carts", cart).json()
    (line,) = made["lineItems"]
    assert ("error" in line, "error" in line["addonItems"][0]) == (False, True)
    assert Fault(400, 800009) == fault_of(subscribed.call("POST", f"{PATH}/carts/{made['id']}/checkout"))
    assert ("create_order", "failed") == records(subscribed)[0]
