"""Orders and subscriptions as the service shows them; behaviour.md 4.2 and 5.1.

A purchase is an order of one or more lines; what kind of product it is decides the style of its ids and whether its
lines begin subscriptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from partnercenter.contract.timestamps import format_timestamp
from partnercenter.sandbox.nature import Identifiers
from partnercenter.sandbox.rules.catalogue import CatalogueItem, Currency, Term, currency_of, find_item
from partnercenter.sandbox.rules.catalogue_links import catalogue_links
from partnercenter.sandbox.rules.customer_documents import link, self_links
from partnercenter.sandbox.rules.etags import first_etag
from partnercenter.sandbox.rules.product import Product
from partnercenter.sandbox.rules.subscription_life import Windows, first_window
from partnercenter.sandbox.rules.terms import midnight, term_members

Json = dict[str, Any]

_SHORT_IDS = {Product.NEW_COMMERCE, Product.AZURE_PLAN}
_WITH_TIME = {Product.NEW_COMMERCE}
_WITH_ACTIONS = {Product.SOFTWARE_SUBSCRIPTION, Product.MARKETPLACE}
_SUSPENSION_REASONS = {"suspended": "CustomerCancellation", "expired": "Expiration"}
_RENEW_BY_THEMSELVES = {Product.NEW_COMMERCE, Product.MARKETPLACE, Product.LEGACY, Product.LEGACY_AZURE}


@dataclass(frozen=True, slots=True)
class PurchaseLine:
    """One line of an order. `parent_id` is the subscription that an add-on hangs on.

    `extra` are the members of the request that the answer repeats, such as `provisioningContext`. `renews` is None
    for what is usual for its kind.
    """

    item: CatalogueItem
    term: Term
    quantity: int
    subscription_id: str | None = None
    parent_id: str | None = None
    friendly_name: str = ""
    renewal_duration: str = ""
    renews: bool | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order with its lines, all of one kind of product."""

    customer_id: str
    country: str
    order_id: str
    alternate_id: str
    lines: tuple[PurchaseLine, ...]
    created: datetime
    status: str = "completed"

    @property
    def kind(self) -> Product:
        """The kind of product that all lines are of."""
        return self.lines[0].item.kind

    @property
    def billing_cycle(self) -> str:
        """How often it is billed; the lines of an order have one cycle."""
        return self.lines[0].term.billing_cycle


def new_order_ids(kind: Product, ids: Identifiers) -> tuple[str, str]:
    """Id and alternate id of a new order, in one of the three styles (behaviour.md 4.2)."""
    short = ids.short()
    if kind.is_legacy:
        return ids.guid().upper(), short
    return (short if kind in _SHORT_IDS else ids.long()), short


def new_subscription_id(kind: Product, ids: Identifiers) -> str | None:
    """Id of the subscription that a line begins, or None where it begins none; legacy ones are in upper case."""
    if not kind.has_subscription:
        return None
    return ids.guid().upper() if kind.is_legacy else ids.guid()


def order_document(purchase: Purchase, *, show_subscriptions: bool = True) -> Json:
    """The order (behaviour.md 4.2); without its subscriptions as long as they are not there yet (4.4)."""
    uri = f"/customers/{purchase.customer_id}/orders/{purchase.order_id}"
    currency = currency_of(purchase.country)
    return {
        "id": purchase.order_id,
        "alternateId": purchase.alternate_id,
        "referenceCustomerId": purchase.customer_id,
        "billingCycle": purchase.billing_cycle,
        "currencyCode": currency.code,
        "currencySymbol": currency.symbol,
        "lineItems": [
            _line(purchase, number, line, uri, show_subscriptions=show_subscriptions)
            for number, line in enumerate(purchase.lines)
        ],
        "creationDate": format_timestamp(purchase.created),
        "status": purchase.status,
        "transactionType": "UserPurchase",
        "links": {
            **self_links(uri),
            "provisioningStatus": link(f"{uri}/provisioningstatus"),
            "patchOperation": link(uri, "PATCH"),
        },
        "client": {
            "marketplaceCountry": purchase.country,
            "deviceFamily": "UniversalStore-PartnerCenter",
            "name": "Partner Center API",
        },
        "attributes": {
            **({"etag": first_etag(purchase.order_id)} if purchase.kind.is_legacy else {}),
            "objectType": "Order",
        },
    }


def _line(purchase: Purchase, number: int, line: PurchaseLine, uri: str, *, show_subscriptions: bool) -> Json:
    document: Json = {
        "lineItemNumber": number,
        "offerId": line.item.catalog_item_id,
        "termDuration": "" if line.item.kind is Product.PERPETUAL_SOFTWARE else line.term.duration,
        "transactionType": "New",
        "friendlyName": line.friendly_name or line.item.title,
        "quantity": line.quantity,
        **line.extra,
    }
    links = catalogue_links(line.item, purchase.country)
    if line.subscription_id is not None and show_subscriptions:
        document["subscriptionId"] = line.subscription_id
        subscription = f"/customers/{purchase.customer_id}/subscriptions/{line.subscription_id}"
        links = {"subscription": link(subscription), **links}
    if line.parent_id is not None:
        document["parentSubscriptionId"] = line.parent_id
    if line.item.kind is Product.MARKETPLACE:
        links["activationLinks"] = link(f"{uri}/lineitems/{number}/activationlinks")
    return {**document, "links": links}


def subscription_document(purchase: Purchase, line: PurchaseLine, status: str, windows: Windows) -> Json:
    """The subscription that a line begins (behaviour.md 5.1)."""
    item, kind = line.item, line.item.kind
    uri = f"/customers/{purchase.customer_id}/subscriptions/{line.subscription_id}"
    start = purchase.created if kind in _WITH_TIME else midnight(purchase.created)
    document: Json = {
        "id": line.subscription_id,
        "offerId": item.catalog_item_id,
        "offerName": item.title,
        "friendlyName": line.friendly_name or item.title,
        "quantity": line.quantity,
        "unitType": item.unit_type,
        "hasPurchasableAddons": item.has_add_ons,
        "creationDate": format_timestamp(purchase.created),
        "effectiveStartDate": format_timestamp(start),
        **term_members(purchase.created, line.term.duration, with_time=kind in _WITH_TIME),
        **first_window(kind, purchase.created, line.quantity, windows),
        "status": status,
        "autoRenewEnabled": _renews(line, status),
        "isTrial": item.is_trial,
        "billingType": item.billing_type,
        "billingCycle": line.term.billing_cycle,
        "termDuration": line.term.duration,
        "renewalTermDuration": line.renewal_duration,
        "isMicrosoftProduct": item.is_microsoft_product,
        "partnerId": line.extra.get("partnerIdOnRecord", ""),
        "attentionNeeded": False,
        "actionTaken": False,
        "contractType": "subscription",
        "publisherName": item.publisher_name,
        "orderId": purchase.order_id,
        "links": _subscription_links(purchase, line, uri),
        "attributes": {
            **({"etag": first_etag(str(line.subscription_id))} if kind.has_etag else {}),
            "objectType": "Subscription",
        },
    }
    return _with_kind(document, line)


def _renews(line: PurchaseLine, status: str) -> bool:
    usual = line.item.kind in _RENEW_BY_THEMSELVES if line.renews is None else line.renews
    return usual and status in {"active", "pending"}


def _with_kind(document: Json, line: PurchaseLine) -> Json:
    """The members that only some kinds have."""
    item = line.item
    if item.product_type is not None:
        document["productType"] = {"id": item.product_type, "displayName": item.product_type}
    if line.parent_id is not None:
        document["parentSubscriptionId"] = line.parent_id
    if item.kind in _WITH_ACTIONS:
        document["actions"] = ["Cancel", "Edit"]
    if item.kind is Product.LEGACY_AZURE:
        document["entitlementId"] = str(line.subscription_id).lower()
    if document["status"] in _SUSPENSION_REASONS:
        document["suspensionReasons"] = [_SUSPENSION_REASONS[document["status"]]]
    if "promotionId" in line.extra:
        document["promotionId"] = line.extra["promotionId"]
    return document


def _subscription_links(purchase: Purchase, line: PurchaseLine, uri: str) -> Json:
    links = catalogue_links(line.item, purchase.country)
    if line.item.kind is Product.MARKETPLACE:
        links["activationLinks"] = link(f"{uri}/activationlinks")
    if line.parent_id is not None:
        parent = f"/customers/{purchase.customer_id}/subscriptions/{line.parent_id}"
        links["parentSubscription"] = link(parent)
    return {**links, **self_links(uri)}


def with_prices(order: Json) -> Json:
    """The order with `pricing` on each line and `totalPrice`, as `include_price` asks for (behaviour.md 4.2)."""
    lines = [{**line, "pricing": _pricing(line, str(order["billingCycle"]))} for line in order["lineItems"]]
    total = sum(line["pricing"]["extendedPrice"] for line in lines)
    return {**order, "lineItems": lines, "totalPrice": round(total, 2)}


def _pricing(line: Json, billing_cycle: str) -> Json:
    item = find_item(line["offerId"])
    terms = [] if item is None else [term for term in item.terms if term.billing_cycle == billing_cycle]
    price = next((term.price for term in terms if term.duration == line["termDuration"]), None)
    if price is None:
        price = terms[0].price if terms else 0.0
    names = ("listPrice", "discountedPrice", "proratedPrice", "price")
    return {**dict.fromkeys(names, price), "extendedPrice": round(price * line["quantity"], 2)}


def currency_codes(country: str, partner_country: str) -> tuple[Currency, set[str]]:
    """The currency of a customer's orders, and those that a request may name (behaviour.md 4.2)."""
    market = currency_of(country)
    return market, {market.code, currency_of(partner_country).code}
