"""Orders, carts, subscriptions and entitlements: what each call sends, and what it makes of the answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from tests.client.conftest import CUSTOMER, Answer, Door, ScriptedServer, collection, fault

from partnercenter import (
    AzureEntitlement,
    BillingCycleType,
    Cart,
    CartErrorCode,
    CartLineItem,
    CartStatus,
    ChangedMeanwhileError,
    ConflictError,
    Conversion,
    Entitlement,
    EntitlementType,
    NotFoundError,
    Order,
    OrderLineItem,
    OrderLineItemActivationLink,
    OrderLineItemProvisioningStatus,
    OrderStatus,
    PartnerCenterError,
    PermissionDeniedError,
    ReservedInstanceArtifact,
    Subscription,
    SubscriptionStatus,
    SupportContact,
    Transition,
    TransitionEligibility,
    TransitionErrorCode,
    Upgrade,
    UpgradeErrorCode,
    UpgradeOffer,
    UpgradeType,
)

ORDER = "Qm3xTz7RkP0aVb9sYd2LcW8eJh5uNf4g1"
CART = "f06a3d91-7c2e-48b5-9d13-6b5e0c4a82f7"
SUBSCRIPTION = "9a1f2b34-5c6d-4e7f-8a90-b1c2d3e4f506"
AZURE = "0a6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"
CUSTOMERS = f"/v1/customers/{CUSTOMER}"
THIS_ORDER = f"{CUSTOMERS}/orders/{ORDER}"
THIS_CART = f"{CUSTOMERS}/carts/{CART}"
THIS_SUBSCRIPTION = f"{CUSTOMERS}/subscriptions/{SUBSCRIPTION}"
THIS_AZURE = f"{THIS_SUBSCRIPTION}/azureEntitlements/{AZURE}"
ARTIFACT = "/groups/5e0c9a7b/lineitems/1f7c3d52/resource/9c52e7f4"

Action = Callable[[Any], Any]


def one(client: Any) -> Any:
    return client.customers.by_id(CUSTOMER)


def order(client: Any) -> Any:
    return one(client).orders.by_id(ORDER)


def cart(client: Any) -> Any:
    return one(client).carts.by_id(CART)


def subscription(client: Any) -> Any:
    return one(client).subscriptions.by_id(SUBSCRIPTION)


def azure(client: Any) -> Any:
    return subscription(client).azure_entitlements.by_id(AZURE)


def artifact(uri: Any) -> ReservedInstanceArtifact:
    return ReservedInstanceArtifact.from_json({"artifactType": "reservedinstance", "link": {"uri": uri}})


LISTS: list[tuple[str, type[Any], Action]] = [
    (f"{CUSTOMERS}/orders", Order, lambda c: one(c).orders.list()),
    (
        f"{CUSTOMERS}/orders?billingType=one_time&include_price=true",
        Order,
        lambda c: one(c).orders.list(billing_cycle=BillingCycleType.ONE_TIME, include_price=True),
    ),
    (
        f"{CUSTOMERS}/orders?billingType=quarterly",
        Order,
        lambda c: one(c).orders.list(billing_cycle="quarterly"),
    ),
    (
        f"{THIS_ORDER}/provisioningstatus",
        OrderLineItemProvisioningStatus,
        lambda c: order(c).provisioning_status.list(),
    ),
    (
        f"{THIS_ORDER}/activationlinks",
        OrderLineItemActivationLink,
        lambda c: order(c).order_activation_links.list(),
    ),
    (
        f"{THIS_ORDER}/lineitems/0/activationlinks",
        OrderLineItemActivationLink,
        lambda c: order(c).order_line_items.by_id(0).activation_link.list(),
    ),
    (f"{CUSTOMERS}/subscriptions", Subscription, lambda c: one(c).subscriptions.list()),
    (
        f"{CUSTOMERS}/subscriptions?order_id={ORDER}&mpn_id=4711",
        Subscription,
        lambda c: one(c).subscriptions.list(order_id=ORDER, mpn_id="4711"),
    ),
    (f"{THIS_SUBSCRIPTION}/addons", Subscription, lambda c: subscription(c).add_ons.list()),
    (f"{THIS_SUBSCRIPTION}/upgrades", Upgrade, lambda c: subscription(c).upgrades.list()),
    (f"{THIS_SUBSCRIPTION}/conversions", Conversion, lambda c: subscription(c).conversions.list()),
    (f"{THIS_SUBSCRIPTION}/transitions", Transition, lambda c: subscription(c).transitions.list()),
    (
        f"{THIS_SUBSCRIPTION}/transitions?operationId=7",
        Transition,
        lambda c: subscription(c).transitions.list(operation_id="7"),
    ),
    (
        f"{THIS_SUBSCRIPTION}/transitioneligibilities?eligibilityType=immediate",
        TransitionEligibility,
        lambda c: subscription(c).transition_eligibilities.list(eligibility_type="immediate"),
    ),
    (
        f"{THIS_SUBSCRIPTION}/activationlinks",
        OrderLineItemActivationLink,
        lambda c: subscription(c).activation_links.list(),
    ),
    (
        f"{THIS_SUBSCRIPTION}/azureEntitlements",
        AzureEntitlement,
        lambda c: subscription(c).azure_entitlements.list(),
    ),
    (f"{CUSTOMERS}/entitlements", Entitlement, lambda c: one(c).entitlements.list()),
    (
        f"{CUSTOMERS}/entitlements?entitlementType=reservedinstance&showExpiry=true",
        Entitlement,
        lambda c: one(c).entitlements.list(
            entitlement_type=EntitlementType.RESERVED_INSTANCE, show_expiry=True
        ),
    ),
]


@pytest.mark.parametrize(("expected", "kind", "action"), LISTS, ids=[row[0] for row in LISTS])
def test_lists_are_asked_for_and_read(
    server: ScriptedServer, door: Door, expected: str, kind: type[Any], action: Action
) -> None:
    """Each list is one GET at its address, and gives resources of its kind."""
    server.answers(Answer(json=collection({"future": 1}, {"future": 2})))
    found = door.call(server.url, action)
    assert [kind.from_json({"future": 1}), kind.from_json({"future": 2})] == found
    assert [("GET", expected)] == [(sent.method, sent.target) for sent in server.requests]


CALLS: list[tuple[str, str, Any, Action]] = [
    ("GET", THIS_ORDER, None, lambda c: order(c).get()),
    ("GET", f"{THIS_ORDER}?include_price=true", None, lambda c: order(c).get(include_price=True)),
    (
        "POST",
        f"{CUSTOMERS}/orders",
        {"billingCycle": "monthly"},
        lambda c: one(c).orders.create(Order(billing_cycle="monthly")),
    ),
    (
        "PATCH",
        THIS_ORDER,
        {"id": ORDER, "billingCycle": "annual"},
        lambda c: order(c).patch(Order(id=ORDER, billing_cycle=BillingCycleType.ANNUAL)),
    ),
    ("PATCH", THIS_ORDER, {"id": ORDER, "status": "cancelled"}, lambda c: order(c).cancel()),
    (
        "PATCH",
        THIS_ORDER,
        {"id": ORDER, "status": "cancelled", "lineItems": [{"lineItemNumber": 1, "offerId": "a:b:c"}]},
        lambda c: order(c).cancel(
            line_items=[OrderLineItem(line_item_number=1, offer_id="a:b:c", quantity=5, friendly_name="x")]
        ),
    ),
    (
        "POST",
        f"{CUSTOMERS}/carts",
        {"lineItems": [{"catalogItemId": "a:b:c", "quantity": 1, "billingCycle": "one_time"}]},
        lambda c: one(c).carts.create(
            Cart(
                line_items=[CartLineItem(catalog_item_id="a:b:c", quantity=1, billing_cycle="one_time")],
            )
        ),
    ),
    ("GET", THIS_CART, None, lambda c: cart(c).get()),
    ("PUT", THIS_CART, {"id": CART.upper()}, lambda c: cart(c).put(Cart(id=CART.upper()))),
    ("POST", f"{THIS_CART}/checkout", None, lambda c: cart(c).checkout()),
    ("GET", THIS_SUBSCRIPTION, None, lambda c: subscription(c).get()),
    (
        "PATCH",
        THIS_SUBSCRIPTION,
        {"id": SUBSCRIPTION, "status": "suspended"},
        lambda c: subscription(c).patch(Subscription(id=SUBSCRIPTION, status=SubscriptionStatus.SUSPENDED)),
    ),
    (
        "POST",
        f"{THIS_SUBSCRIPTION}/upgrades",
        {"targetOffer": {"id": "x"}, "upgradeType": "upgrade_only"},
        lambda c: subscription(c).upgrades.create(
            Upgrade(target_offer=UpgradeOffer(id="x"), upgrade_type=UpgradeType.UPGRADE_ONLY)
        ),
    ),
    (
        "POST",
        f"{THIS_SUBSCRIPTION}/transitions",
        {"toCatalogItemId": "a:b:c"},
        lambda c: subscription(c).transitions.create(Transition(to_catalog_item_id="a:b:c")),
    ),
    (
        "POST",
        f"{THIS_SUBSCRIPTION}/conversions",
        {"offerId": "a", "targetOfferId": "b"},
        lambda c: subscription(c).conversions.create(Conversion(offer_id="a", target_offer_id="b")),
    ),
    ("GET", f"{THIS_SUBSCRIPTION}/supportcontact", None, lambda c: subscription(c).support_contact.get()),
    (
        "PUT",
        f"{THIS_SUBSCRIPTION}/supportcontact",
        {"supportTenantId": "t", "supportMpnId": "m"},
        lambda c: subscription(c).support_contact.update(
            SupportContact(support_tenant_id="t", support_mpn_id="m")
        ),
    ),
    (
        "GET",
        f"{THIS_SUBSCRIPTION}/provisioningstatus",
        None,
        lambda c: subscription(c).provisioning_status.get(),
    ),
    (
        "GET",
        f"{THIS_SUBSCRIPTION}/registrationstatus",
        None,
        lambda c: subscription(c).registration_status.get(),
    ),
    ("POST", f"{THIS_SUBSCRIPTION}/activate", None, lambda c: subscription(c).activate()),
    ("GET", THIS_AZURE, None, lambda c: azure(c).get()),
    ("POST", f"{THIS_AZURE}/cancel", {"cancellationReason": "compromise"}, lambda c: azure(c).cancel()),
    (
        "POST",
        f"{THIS_AZURE}/cancel",
        {"cancellationReason": "other"},
        lambda c: azure(c).cancel(reason="other"),
    ),
    (
        "GET",
        f"{CUSTOMERS}/artifacts/reservedinstance/groups/g/lineitems/l/resource/r",
        None,
        lambda c: one(c).artifacts.get_reserved_instance("g", "l", "r"),
    ),
    (
        "GET",
        f"{CUSTOMERS}/artifacts/virtualmachinereservedinstance/groups/g/lineitems/l/resource/r",
        None,
        lambda c: one(c).artifacts.get_virtual_machine_reserved_instance("g", "l", "r"),
    ),
]


@pytest.mark.parametrize(
    ("method", "target", "body", "action"), CALLS, ids=[f"{row[0]} {row[1]}" for row in CALLS]
)
def test_calls_send_what_was_given(
    server: ScriptedServer, door: Door, method: str, target: str, body: Any, action: Action
) -> None:
    """Each call is one request with the documented body, and gives the resource of its answer."""
    server.answers(Answer(json={"future": [1]}))
    assert {"future": [1]} == door.call(server.url, action).to_json()
    sent = server.requests[0]
    assert (method, target) == (sent.method, sent.target)
    if body is None:
        assert b"" == sent.body
        assert "content-type" not in sent.headers
        assert method == "GET" or sent.headers["content-length"] == "0"
    else:
        assert body == sent.json
    assert 1 == len(server.requests)


def test_a_registration_is_asked_for_without_a_body(server: ScriptedServer, door: Door) -> None:
    """A registration is accepted with 202, and there is nothing to read in the answer."""
    server.answers(Answer(202, headers={"Location": f"{THIS_SUBSCRIPTION}/registrationstatus"}))
    assert door.call(server.url, lambda c: subscription(c).registration.register()) is None
    sent = server.requests[0]
    assert ("POST", f"{THIS_SUBSCRIPTION}/registrations", b"") == (sent.method, sent.target, sent.body)


@pytest.mark.parametrize("status", [200, 201])
def test_a_cart_is_there_whatever_its_success_is_called(
    server: ScriptedServer, door: Door, status: int
) -> None:
    """A new, changed or checked-out cart is read from a 200 and from a 201."""
    server.answers(Answer(status, json={"id": CART, "status": "Active"}))
    created, changed, checked_out = door.calls(
        server.url,
        lambda c: one(c).carts.create(Cart()),
        lambda c: cart(c).put(Cart()),
        lambda c: cart(c).checkout(),
    )
    assert (CART, CART) == (created.id, changed.id)
    assert created.status is CartStatus.ACTIVE
    assert checked_out.orders is None


def test_a_line_that_cannot_be_bought_says_why(server: ScriptedServer, door: Door) -> None:
    """A cart with a bad line is a success, and the line tells the word and the number of its error."""
    error = {
        "errorCode": "sandbox_limit_exceeded",
        "errorDescription": "The sandbox limit has been met",
        "additionalInformation": {"availableQuantity": 25},
    }
    server.answers(Answer(201, json={"lineItems": [{"id": 0, "error": error}]}))
    found = door.call(server.url, lambda c: one(c).carts.create(Cart())).line_items[0].error
    assert found.error_code is CartErrorCode.SANDBOX_LIMIT_EXCEEDED
    assert (10009, 25) == (found.error_code.number, found.additional_information["availableQuantity"])


def test_orders_that_failed_are_told_beside_the_others(server: ScriptedServer, door: Door) -> None:
    """A checkout that succeeds in part hands out both the orders and the errors."""
    server.answers(
        Answer(
            201,
            json={
                "orders": [{"id": ORDER, "status": "pending"}],
                "orderErrors": [{"orderGroupId": "1", "code": 800018, "description": "limit"}],
            },
        )
    )
    result = door.call(server.url, lambda c: cart(c).checkout())
    assert [OrderStatus.PENDING] == [found.status for found in result.orders]
    assert [("1", 800018)] == [(found.order_group_id, found.code) for found in result.order_errors]


@pytest.mark.parametrize("etag", [None, "eyJpZCI6IjQxZDljOGU1IiwidmVyc2lvbiI6MX0="])
def test_a_subscription_goes_back_whole_with_its_etag(
    server: ScriptedServer, door: Door, etag: str | None
) -> None:
    """What was read goes back in a PATCH with one member changed, and the etag, if any, in If-Match."""
    attributes = {"objectType": "Subscription"} | ({"etag": etag} if etag else {})
    read_before = {"id": SUBSCRIPTION, "Future": None, "autoRenewEnabled": True, "attributes": attributes}
    server.answers(Answer(json={"id": SUBSCRIPTION, "status": "suspended"}))
    changed = Subscription.from_json(dict(read_before))
    changed.status = SubscriptionStatus.SUSPENDED
    answer = door.call(server.url, lambda c: subscription(c).patch(changed))
    assert answer.status is SubscriptionStatus.SUSPENDED
    assert {**read_before, "status": "suspended"} == server.requests[0].json
    assert (f'"{etag}"' if etag else None) == server.requests[0].headers.get("if-match")


@pytest.mark.parametrize(
    "accepted",
    [
        Answer(202, headers={"Location": f"/customers/{CUSTOMER}/subscriptions/{SUBSCRIPTION}"}),
        Answer(202, headers={"Location": "https://elsewhere.example/take-the-token"}),
        Answer(202),
        Answer(202, json={"id": "odd"}),
        Answer(200),
        Answer(204),
    ],
)
def test_an_accepted_change_is_read_once(server: ScriptedServer, door: Door, accepted: Answer) -> None:
    """After an answer without the subscription it is read once, at its own address and nowhere else."""
    server.answers(accepted, Answer(json={"id": SUBSCRIPTION, "quantity": 5}))
    answer = door.call(server.url, lambda c: subscription(c).patch(Subscription(quantity=6)))
    assert 5 == answer.quantity
    assert [("PATCH", THIS_SUBSCRIPTION), ("GET", THIS_SUBSCRIPTION)] == [
        (sent.method, sent.target) for sent in server.requests
    ]


@pytest.mark.parametrize(
    ("expected", "answer", "action"),
    [
        (NotFoundError, Answer(404, json=fault(20000, "Order Id not found")), lambda c: order(c).get()),
        (
            ConflictError,
            Answer(409, json=fault(800014, "There is a pending adjustment requested for this order")),
            lambda c: order(c).cancel(),
        ),
        (
            PartnerCenterError,
            Answer(400, json=fault(800061, "Order cannot be cancelled")),
            lambda c: order(c).cancel(),
        ),
        (
            ChangedMeanwhileError,
            Answer(400, json=fault(2055, "Etag is no longer valid")),
            lambda c: subscription(c).patch(Subscription()),
        ),
        (
            PermissionDeniedError,
            Answer(403, json=fault(900329, "This resource does not support application-only authentication")),
            lambda c: one(c).entitlements.list(),
        ),
    ],
)
def test_refusals_are_the_exceptions_of_their_kind(
    server: ScriptedServer, door: Door, expected: type[Exception], answer: Answer, action: Action
) -> None:
    """A refusal of commerce raises the exception of its status and code."""
    server.answers(answer)
    with pytest.raises(expected) as caught:
        door.call(server.url, action)
    assert type(caught.value) is expected
    assert 1 == len(server.requests)


@pytest.mark.parametrize(
    ("expected", "link"),
    [
        (f"{CUSTOMERS}/artifacts/reservedinstance{ARTIFACT}", f"{{}}/artifacts/reservedinstance{ARTIFACT}"),
        (
            f"{CUSTOMERS}/artifacts/virtualmachinereservedinstance{ARTIFACT}",
            f"/v1{{}}/Artifacts/VirtualMachineReservedInstance{ARTIFACT}",
        ),
        (
            f"{CUSTOMERS}/artifacts/reservedinstance{ARTIFACT}",
            f"/v1.0{{}}/artifacts/reservedinstance{ARTIFACT}/",
        ),
    ],
)
def test_an_artifact_leads_to_its_reservations(
    server: ScriptedServer, door: Door, expected: str, link: str
) -> None:
    """Following an artifact reads the reservations at its link, however that is written."""
    server.answers(
        Answer(json={"type": "reservedinstance", "virtualMachineReservations": [{"reservationId": "r"}]})
    )
    found = artifact(link.format(f"/customers/{CUSTOMER}"))
    details = door.call(server.url, lambda c: one(c).artifacts.follow(found))
    assert "r" == details.virtual_machine_reservations[0].reservation_id
    assert [expected] == [sent.target for sent in server.requests]


@pytest.mark.parametrize(
    "uri",
    [
        None,
        "",
        5,
        f"/customers/{SUBSCRIPTION}/artifacts/reservedinstance{ARTIFACT}",
        f"/customers/{CUSTOMER}/artifacts/other{ARTIFACT}",
        f"/customers/{CUSTOMER}/artifacts/reservedinstance/groups/../lineitems/x/resource/y",
        f"/customers/{CUSTOMER}/artifacts/reservedinstance/groups/a%2Fb/lineitems/x/resource/y",
        f"/customers/{CUSTOMER}",
        f"https://elsewhere.example/v1/customers/{CUSTOMER}/artifacts/reservedinstance{ARTIFACT}",
        f"//elsewhere.example/customers/{CUSTOMER}/artifacts/reservedinstance{ARTIFACT}",
        "http://[",
    ],
)
def test_no_other_link_of_an_artifact_is_followed(server: ScriptedServer, door: Door, uri: Any) -> None:
    """A link that leads to no reservation of this customer raises ValueError, and nothing is sent."""
    with pytest.raises(ValueError):
        door.call(server.url, lambda c: one(c).artifacts.follow(artifact(uri)))
    assert [] == server.requests


def test_error_codes_without_words_compare_as_numbers(server: ScriptedServer, door: Door) -> None:
    """Codes of upgrades and transitions are numbers that equal the members of their enums."""
    server.answers(Answer(json=collection({"upgradeErrors": [{"code": 6}], "events": []})))
    upgrade = door.call(server.url, lambda c: subscription(c).upgrades.list())[0]
    assert upgrade.upgrade_errors[0].code == UpgradeErrorCode.SUBSCRIPTION_ADD_ONS_PRESENT
    assert 12 == TransitionErrorCode.USER_LICENSE_ERROR


LINE = OrderLineItem(line_item_number=0, offer_id="a:b:c")
WRONG: list[tuple[type[Exception], str, Action]] = [
    (TypeError, "order must be an Order, not dict.", lambda c: one(c).orders.create({})),
    (TypeError, "order must be an Order, not NoneType.", lambda c: order(c).patch(None)),
    (TypeError, "cart must be a Cart, not Order.", lambda c: one(c).carts.create(Order())),
    (TypeError, "cart must be a Cart, not dict.", lambda c: cart(c).put({})),
    (TypeError, "subscription must be a Subscription, not dict.", lambda c: subscription(c).patch({})),
    (
        TypeError,
        "subscription must be a Subscription, not NoneType.",
        lambda c: subscription(c).begin_patch(None),
    ),
    (TypeError, "upgrade must be an Upgrade, not str.", lambda c: subscription(c).upgrades.create("x")),
    (
        TypeError,
        "transition must be a Transition, not dict.",
        lambda c: subscription(c).transitions.create({}),
    ),
    (
        TypeError,
        "conversion must be a Conversion, not dict.",
        lambda c: subscription(c).conversions.create({}),
    ),
    (
        TypeError,
        "contact must be a SupportContact, not dict.",
        lambda c: subscription(c).support_contact.update({}),
    ),
    (TypeError, "reason must be a str, not NoneType.", lambda c: azure(c).cancel(None)),
    (ValueError, "reason must not be empty.", lambda c: azure(c).cancel(" ")),
    (ValueError, "reason must not be empty.", lambda c: azure(c).begin_cancel("")),
    (
        TypeError,
        "artifact must be a ReservedInstanceArtifact, not dict.",
        lambda c: one(c).artifacts.follow({}),
    ),
    (TypeError, "billing_cycle must be a str, not int.", lambda c: one(c).orders.list(billing_cycle=5)),
    (TypeError, "include_price must be a bool, not str.", lambda c: one(c).orders.list(include_price="yes")),
    (TypeError, "include_price must be a bool, not int.", lambda c: order(c).get(include_price=1)),
    (
        TypeError,
        "entitlement_type must be a str, not bool.",
        lambda c: one(c).entitlements.list(entitlement_type=True),
    ),
    (
        TypeError,
        "line_items must be a list of OrderLineItem, not OrderLineItem.",
        lambda c: order(c).cancel(line_items=LINE),
    ),
    (
        TypeError,
        "each of line_items must be an OrderLineItem, not int.",
        lambda c: order(c).cancel(line_items=[0]),
    ),
    (
        ValueError,
        "line_items must name at least one line; leave it out to cancel the whole order.",
        lambda c: order(c).cancel(line_items=[]),
    ),
    (
        ValueError,
        "each of line_items must have its line_item_number and its offer_id.",
        lambda c: order(c).cancel(line_items=[OrderLineItem(line_item_number=0)]),
    ),
    (
        ValueError,
        "each of line_items must have its line_item_number and its offer_id.",
        lambda c: order(c).begin_cancel(line_items=[OrderLineItem(offer_id="a:b:c")]),
    ),
    (ValueError, "line_items names a line twice.", lambda c: order(c).cancel(line_items=[LINE, LINE])),
    (
        ValueError,
        f"order is that of the id other, not of {ORDER}.",
        lambda c: order(c).patch(Order(id="other")),
    ),
    (
        ValueError,
        f"cart is that of the id {SUBSCRIPTION}, not of {CART}.",
        lambda c: cart(c).put(Cart(id=SUBSCRIPTION)),
    ),
    (
        ValueError,
        f"subscription is that of the id {CART}, not of {SUBSCRIPTION}.",
        lambda c: subscription(c).patch(Subscription(id=CART)),
    ),
    (
        ValueError,
        "cart_id must be a GUID such as 5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11, not 'x'.",
        lambda c: one(c).carts.by_id("x"),
    ),
    (
        ValueError,
        "subscription_id must be a GUID such as 5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11, not ''.",
        lambda c: one(c).subscriptions.by_id(""),
    ),
    (
        ValueError,
        "azure_entitlement_id must be a GUID such as 5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11, not '..'.",
        lambda c: subscription(c).azure_entitlements.by_id(".."),
    ),
    (ValueError, "order_id must not be empty.", lambda c: one(c).orders.by_id(" ")),
    (ValueError, "mpn_id must not be empty.", lambda c: one(c).subscriptions.list(mpn_id="")),
    (ValueError, "line_item_number must not be empty.", lambda c: order(c).order_line_items.by_id("")),
    (
        ValueError,
        "operation_id must not be empty.",
        lambda c: subscription(c).transitions.list(operation_id=""),
    ),
    (
        ValueError,
        "group_id must not be empty.",
        lambda c: one(c).artifacts.get_reserved_instance("", "l", "r"),
    ),
    (
        ValueError,
        "interval must be longer than nothing and not endless, but is 0.",
        lambda c: order(c).begin_cancel(interval=0),
    ),
    (
        ValueError,
        "deadline must be longer than nothing and not endless, but is inf.",
        lambda c: cart(c).begin_checkout(deadline=float("inf")),
    ),
    (
        ValueError,
        f"The continuation token is not one that begin_cancel gave out for {THIS_ORDER}.",
        lambda c: order(c).begin_cancel(continuation_token="eyJ4IjoxfQ=="),
    ),
    (
        ValueError,
        f"The continuation token is not one that begin_checkout gave out for {THIS_CART}/checkout.",
        lambda c: cart(c).begin_checkout(continuation_token="ä"),
    ),
]


@pytest.mark.parametrize(("kind", "sentence", "action"), WRONG)
def test_wrong_arguments_are_refused_before_anything_is_sent(
    server: ScriptedServer, door: Door, kind: type[Exception], sentence: str, action: Action
) -> None:
    """A wrong type, id, line or duration raises an exception that names it, and nothing is sent."""
    with pytest.raises(kind, match=f"^{re.escape(sentence)}$"):
        door.call(server.url, action)
    assert [] == server.requests
