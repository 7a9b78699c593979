"""Orders and subscriptions as the service shows them; behaviour.md 4.2 and 5.1.

A small catalogue, one article for each kind of product, gives seeded purchases their names and ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from partnercenter.contract.timestamps import format_timestamp
from partnercenter.sandbox.rules.customer_documents import Json, link, self_links
from partnercenter.sandbox.rules.product import Product


@dataclass(frozen=True, slots=True)
class Article:
    """What a kind of product is called on the wire. `product_type` is None where the service leaves it out."""

    offer_id: str
    name: str
    billing_cycle: str
    term: str
    product_type: str | None = None
    unit_type: str = "Licenses"
    billing_type: str = "license"
    has_subscription: bool = True
    is_microsoft: bool = True


ARTICLES: Final[Mapping[Product, Article]] = {
    Product.AZURE_RESERVATION: Article(
        "DZH318Z0BQ3W:007J:DZH318Z0F2Q1",
        "Reserved VM Instance, Standard_B1s, US East, 1 Year",
        "one_time",
        "P1Y",
        has_subscription=False,
    ),
    Product.PERPETUAL_SOFTWARE: Article(
        "DG7GMGF0DWT0:0001:DG7GMGF0DSQR",
        "Windows Server 2022 - 1 User CAL",
        "one_time",
        "",
        has_subscription=False,
    ),
    Product.SOFTWARE_SUBSCRIPTION: Article(
        "DG7GMGF0DVT7:000D:DG7GMGF0D5ZV",
        "Windows Server CAL - 1 User - 1 year",
        "one_time",
        "P1Y",
        product_type="Software",
    ),
    Product.AZURE_PLAN: Article(
        "DZH318Z0BPS6:0001:DZH318Z0BML6",
        "Azure plan",
        "monthly",
        "",
        product_type="Azure",
        unit_type="Usage-based",
        billing_type="usage",
    ),
    Product.AZURE_SAVINGS_PLAN: Article(
        "DZH318Z08B89:0001:DZH318Z0B1C2",
        "Compute savings plan, 1 year",
        "one_time",
        "P1Y",
        has_subscription=False,
    ),
    Product.NEW_COMMERCE: Article(
        "CFQ7TTC0LH18:0001:CFQ7TTC0K971",
        "Microsoft 365 Business Basic",
        "monthly",
        "P1Y",
        product_type="OnlineServicesNCE",
    ),
    Product.MARKETPLACE: Article(
        "DZH318Z0BXGV:0003:DZH318Z0BMK1",
        "Ledger for Teams",
        "monthly",
        "P1M",
        unit_type="License(s)",
        is_microsoft=False,
    ),
    Product.LEGACY: Article(
        "031C9E47-4802-4248-838E-778FB1D2CC05", "Office 365 Business Premium", "monthly", "P1Y"
    ),
    Product.LEGACY_AZURE: Article(
        "MS-AZR-0145P", "Microsoft Azure", "monthly", "", unit_type="Usage-based", billing_type="usage"
    ),
}


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order of one line, with the subscription that it began where its product has one."""

    customer_id: str
    order_id: str
    alternate_id: str
    subscription_id: str
    product: Product
    quantity: int
    order_status: str
    subscription_status: str
    created: datetime


def order_document(purchase: Purchase) -> Json:
    """The order (behaviour.md 4.2)."""
    article = ARTICLES[purchase.product]
    uri = f"/customers/{purchase.customer_id}/orders/{purchase.order_id}"
    line: Json = {
        "lineItemNumber": 0,
        "offerId": article.offer_id,
        "termDuration": article.term,
        "transactionType": "New",
        "friendlyName": article.name,
        "quantity": purchase.quantity,
    }
    if article.has_subscription:
        line["subscriptionId"] = purchase.subscription_id
    return {
        "id": purchase.order_id,
        "alternateId": purchase.alternate_id,
        "referenceCustomerId": purchase.customer_id,
        "billingCycle": article.billing_cycle,
        "currencyCode": "USD",
        "currencySymbol": "$",
        "lineItems": [{**line, "links": _catalogue_links(article)}],
        "creationDate": format_timestamp(purchase.created),
        "status": purchase.order_status,
        "transactionType": "UserPurchase",
        "links": {
            **self_links(uri),
            "provisioningStatus": link(f"{uri}/provisioningstatus"),
            "patchOperation": link(uri, "PATCH"),
        },
        "attributes": {"objectType": "Order"},
    }


def subscription_document(purchase: Purchase) -> Json:
    """The subscription (behaviour.md 5.1)."""
    article = ARTICLES[purchase.product]
    uri = f"/customers/{purchase.customer_id}/subscriptions/{purchase.subscription_id}"
    document: Json = {
        "id": purchase.subscription_id,
        "offerId": article.offer_id,
        "offerName": article.name,
        "friendlyName": article.name,
        "quantity": purchase.quantity,
        "unitType": article.unit_type,
        "hasPurchasableAddons": False,
        "creationDate": format_timestamp(purchase.created),
        "effectiveStartDate": format_timestamp(purchase.created),
        "commitmentEndDate": format_timestamp(purchase.created + timedelta(days=365)),
        "status": purchase.subscription_status,
        "autoRenewEnabled": purchase.subscription_status == "active",
        "isTrial": False,
        "billingType": article.billing_type,
        "billingCycle": article.billing_cycle,
        "termDuration": article.term,
        "isMicrosoftProduct": article.is_microsoft,
        "publisherName": "Microsoft Corporation" if article.is_microsoft else "Northlake Software",
        "contractType": "subscription",
        "orderId": purchase.order_id,
        "links": {**self_links(uri), **_catalogue_links(article)},
        "attributes": {"objectType": "Subscription"},
    }
    if article.product_type is not None:
        document["productType"] = {"id": article.product_type, "displayName": article.product_type}
    if purchase.product is Product.NEW_COMMERCE:
        # Seven days, to the end of the day given (behaviour.md 5.3).
        document["cancellationAllowedUntilDate"] = format_timestamp(purchase.created + timedelta(days=7))
    return document


def _catalogue_links(article: Article) -> dict[str, Any]:
    parts = article.offer_id.split(":")
    if len(parts) == 1:
        return {"offer": link(f"/offers/{article.offer_id}?country=US")}
    product, sku, availability = parts
    return {
        "product": link(f"/products/{product}?country=US"),
        "sku": link(f"/products/{product}/skus/{sku}?country=US"),
        "availability": link(f"/products/{product}/skus/{sku}/availabilities/{availability}?country=US"),
    }
