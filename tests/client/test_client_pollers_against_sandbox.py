"""Pollers of both clients against a sandbox in which things take time: its clock moves as far as a poller waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from azure.identity import ClientSecretCredential
from azure.identity.aio import ClientSecretCredential as AsyncClientSecretCredential
from tests.client.test_client_against_sandbox import credential_options
from tests.conftest import Sandbox

from partnercenter import (
    AsyncLoopbackTransport,
    Cart,
    CartLineItem,
    LoopbackTransport,
    OperationTimeoutError,
    OrderLineItem,
    OrderStatus,
    PartnerCenterClient,
    SubscriptionStatus,
)
from partnercenter.aio import PartnerCenterClient as AsyncPartnerCenterClient
from partnercenter.client.transport import AsyncHttpx2Transport, Httpx2Transport
from partnercenter.contract import development_partner

SLOW = {
    "order_settle_seconds": 20,
    "order_cancel_seconds": 45,
    "subscription_update_seconds": 30,
    "azure_cancel_seconds": 600,
    "registration_seconds": 60,
}
PERPETUAL = "DG7GMGF0DWT0:0001:DG7GMGF0DSQR"


def world(*purchases: dict[str, Any]) -> dict[str, Any]:
    """The development partner with one customer that has these purchases."""
    partner = development_partner
    applications = [{"clientId": partner.CLIENT_ID, "clientSecret": partner.CLIENT_SECRET}]
    customer = {"companyName": "Northlake Test", "purchases": list(purchases)}
    known = {"tenantId": partner.TENANT_ID, "companyName": partner.COMPANY_NAME, "domain": partner.DOMAIN}
    return {"partners": [{**known, "applications": applications, "customers": [customer]}]}


class Clocked:
    """Runs a poller of either world; whatever it would wait for, the sandbox's clock is advanced instead."""

    def __init__(self, sandbox: Sandbox, is_async: bool) -> None:
        self.sandbox = sandbox
        self.is_async = is_async
        self.waited = 0.0

    def advance(self, seconds: float) -> None:
        """Let the sandbox's time pass."""
        self.waited += seconds
        answer = self.sandbox.control("PATCH", "/clock", {"advance": f"PT{seconds:g}S"})
        assert answer.status_code == 200, answer.text

    def result(self, begin: Callable[[Any], Any]) -> Any:
        """What the poller that `begin` begins on the only customer ends with."""
        advance = self.advance

        class Sync(Httpx2Transport):
            def sleep(self, duration: float) -> None:
                advance(duration)

        class Async(AsyncHttpx2Transport):
            async def sleep(self, duration: float) -> None:
                advance(duration)

        options = credential_options(self.sandbox)
        (customer,) = self.sandbox.call("GET", "/v1/customers").json()["items"]
        if not self.is_async:
            credential = ClientSecretCredential(**options, transport=LoopbackTransport())
            with (
                credential,
                PartnerCenterClient(credential, endpoint=self.sandbox.url, transport=Sync()) as client,
            ):
                return begin(client.customers.by_id(customer["id"])).result(60)

        async def act() -> Any:
            credential = AsyncClientSecretCredential(**options, transport=AsyncLoopbackTransport())
            async with (
                credential,
                AsyncPartnerCenterClient(credential, endpoint=self.sandbox.url, transport=Async()) as client,
            ):
                return await (await begin(client.customers.by_id(customer["id"]))).result()

        return asyncio.run(act())

    def items(self, path: str) -> list[dict[str, Any]]:
        """A list of the only customer."""
        (customer,) = self.sandbox.call("GET", "/v1/customers").json()["items"]
        answer = self.sandbox.call("GET", f"/v1/customers/{customer['id']}/{path}")
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])


@pytest.fixture(params=[False, True], ids=["sync", "aio"])
def clocked(sandbox: Sandbox, request: pytest.FixtureRequest) -> Clocked:
    """Both worlds, one after the other, in a sandbox in which things take time."""
    sandbox.set(**SLOW)
    return Clocked(sandbox, request.param)


def test_a_cancelled_order_is_waited_for(clocked: Clocked) -> None:
    """A cancellation that takes 45 seconds is done after the first look past them."""
    clocked.sandbox.seed({**world({"product": "perpetual_software"}), "settings": SLOW})
    (order,) = clocked.items("orders")
    result = clocked.result(lambda one: one.orders.by_id(order["id"]).begin_cancel())
    assert result.status is OrderStatus.CANCELLED
    assert 5 + 10 + 20 + 40 == clocked.waited


def test_one_line_is_cancelled_and_the_order_stays(clocked: Clocked) -> None:
    """A cancellation of one line of two ends when that line has the quantity 0; the order is completed."""
    clocked.sandbox.seed({**world({"product": "perpetual_software"}), "settings": SLOW})
    lines = [
        CartLineItem(id=n, catalog_item_id=PERPETUAL, quantity=n + 1, billing_cycle="one_time")
        for n in (0, 1)
    ]
    (customer,) = clocked.sandbox.call("GET", "/v1/customers").json()["items"]
    address = f"/v1/customers/{customer['id']}/carts"
    cart = clocked.sandbox.call("POST", address, Cart(line_items=lines).to_json()).json()
    result = clocked.result(lambda one: one.carts.by_id(cart["id"]).begin_checkout())
    order = result.orders[0]
    assert (OrderStatus.COMPLETED, 2) == (order.status, len(order.line_items))
    line = OrderLineItem(line_item_number=1, offer_id=order.line_items[1].offer_id)
    after = clocked.result(lambda one: one.orders.by_id(order.id).begin_cancel(line_items=[line]))
    assert after.status is OrderStatus.COMPLETED
    assert [1, 0] == [found.quantity for found in after.line_items]


def test_a_new_order_that_does_not_show_yet_is_waited_for(clocked: Clocked) -> None:
    """After a checkout, orders that take 20 seconds to settle are waited for."""
    clocked.sandbox.seed({**world({"product": "perpetual_software"}), "settings": SLOW})
    line = CartLineItem(catalog_item_id=PERPETUAL, quantity=1, billing_cycle="one_time")
    (customer,) = clocked.sandbox.call("GET", "/v1/customers").json()["items"]
    address = f"/v1/customers/{customer['id']}/carts"
    cart = clocked.sandbox.call("POST", address, Cart(line_items=[line]).to_json()).json()
    result = clocked.result(lambda one: one.carts.by_id(cart["id"]).begin_checkout())
    assert [OrderStatus.COMPLETED] == [order.status for order in result.orders]
    assert 5 + 10 + 20 == clocked.waited


def test_a_change_that_takes_its_time_is_waited_for(clocked: Clocked) -> None:
    """A change that is answered with 202 is done when the subscription shows it."""
    clocked.sandbox.seed({**world({"product": "new_commerce", "quantity": 5}), "settings": SLOW})
    (found,) = clocked.items("subscriptions")

    def begin(one: Any) -> Any:
        from partnercenter import Subscription

        changed = Subscription.from_json({**found, "status": "suspended"})
        return one.subscriptions.by_id(found["id"]).begin_patch(changed)

    result = clocked.result(begin)
    assert (SubscriptionStatus.SUSPENDED, False) == (result.status, result.auto_renew_enabled)
    assert 5 + 10 + 20 == clocked.waited


def test_an_azure_subscription_ends_after_ten_minutes(clocked: Clocked) -> None:
    """A cancelled Azure subscription is active for ten minutes, then inactive."""
    clocked.sandbox.seed({**world({"product": "azure_plan"}), "settings": SLOW})
    (plan,) = clocked.items("subscriptions")
    (below,) = clocked.items(f"subscriptions/{plan['id']}/azureEntitlements")
    result = clocked.result(
        lambda one: one.subscriptions.by_id(plan["id"]).azure_entitlements.by_id(below["id"]).begin_cancel()
    )
    assert "inactive" == result.status
    assert 600 <= clocked.waited <= 660


def test_a_registration_takes_a_minute(clocked: Clocked) -> None:
    """A registration is waited for until it is there; with a short deadline it is a timeout, then a resumed wait."""
    clocked.sandbox.seed({**world({"product": "azure_plan"}), "settings": SLOW})
    (plan,) = clocked.items("subscriptions")
    with pytest.raises(OperationTimeoutError) as caught:
        clocked.result(
            lambda one: one.subscriptions.by_id(plan["id"]).begin_register(deadline=timedelta(seconds=12))
        )
    assert "it is registering" in str(caught.value)
    token = caught.value.continuation_token
    result = clocked.result(
        lambda one: one.subscriptions.by_id(plan["id"]).begin_register(continuation_token=token)
    )
    assert "registered" == result.status
    assert 60 <= clocked.waited <= 120
