"""What a sentence of the life cycle is tried with; the sentences are in `lifecycle_buying` and `lifecycle_ending`.

The sections are those of lifecycle.md; 0 are the rules for every call. In paths and bodies `{order}`,
`{subscription}`, `{version}` (its etag) and `{cart}` are those of the customer; `{made}` is one that a step has made.
That a cart is in use by another request (409, 800064) has no row: the sandbox carries out one write after the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

Json = dict[str, Any]

# Stands for any value but null.
THERE: Final = object()
LEDGERLINE, LEDGER_SERVICE = "DZH318Z9KQ01:0002:DZH318Z9WX42", "DZH318Z4TR55:0001:DZH318Z7YB20"
BASIC, PLAN = "CFQ7TTC0LH18:0001:CFQ7TTC0K971", "DZH318Z0BPS6:0001:DZH318Z0BML6"
RESERVED = "DZH318Z0BQ3W:007J:DZH318Z0F2Q1"
SAME_ID: Final = {"MS-RequestId": "14040404-5a10-4c3e-9f00-abc000007bbc"}
CONTACT: Final = {"firstName": "Ines", "lastName": "Varga", "email": "ines@kestrel.example"}


@dataclass(frozen=True, slots=True)
class Step:
    """One call and its answer: status and code, and values in its body by dotted path.

    `whole` are members laid over the subscription, or the order, as it is read at the path; the result is sent.
    """

    method: str
    path: str
    status: int
    code: int | None = None
    body: Any = None
    whole: Mapping[str, Any] | None = None
    shows: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = "app_user"
    advance: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence of the text, the customer that it is tried on, and how."""

    section: int
    says: str
    steps: tuple[Step, ...]
    bought: tuple[Json, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    agreement: bool = True
    environment: str = "sandbox"


def an_order(offer: str, quantity: int = 1, cycle: str = "one_time", **members: Any) -> Json:
    """The body of an order of one line."""
    line = {"lineItemNumber": 0, "offerId": offer, "quantity": quantity, **members}
    return {"billingCycle": cycle, "lineItems": [line]}


def a_cart(offer: str, quantity: int = 1, cycle: str = "one_time") -> Json:
    """The body of a cart of one line."""
    return {"lineItems": [{"id": 0, "catalogItemId": offer, "quantity": quantity, "billingCycle": cycle}]}


def a_confirmation() -> Json:
    """The body that confirms the customer's agreement."""
    return {
        "primaryContact": CONTACT,
        "templateId": "{template}",
        "dateAgreed": "2023-03-14T00:00:00Z",
        "type": "MicrosoftCustomerAgreement",
    }


SERVICE: Final = {"product": "marketplace", "item": LEDGER_SERVICE, "quantity": 5}
PENDING: Final = {**SERVICE, "subscriptionStatus": "pending"}
SOFTWARE: Final = {"product": "perpetual_software", "item": LEDGERLINE, "quantity": 3}
LICENCES: Final = {"product": "new_commerce", "quantity": 5}
RESERVATION: Final = {"product": "azure_reservation"}
REGISTERED: Final = {"product": "azure_plan", "registered": True}
FOR_THE_PLAN: Final = {"provisioningContext": {"subscriptionId": "{subscription}", "scope": "shared"}}
SUBSCRIPTION, ORDER = (
    "/v1/customers/{customer}/subscriptions/{subscription}",
    "/v1/customers/{customer}/orders/{order}",
)
CUSTOMER, ORDERS, CARTS = (
    "/v1/customers/{customer}",
    "/v1/customers/{customer}/orders",
    "/v1/customers/{customer}/carts",
)
SUBSCRIPTIONS, AGREEMENTS = "/v1/customers/{customer}/subscriptions", "/v1/customers/{customer}/agreements"
ENTITLEMENTS = "/v1/customers/{customer}/entitlements"
BAD_ADDRESS: Final = {
    "companyProfile": {"domain": "wren-books.onmicrosoft.com"},
    "billingProfile": {
        "email": "ada@wren.example",
        "culture": "en-US",
        "language": "en",
        "companyName": "Wren Books",
        "defaultAddress": {
            "country": "US",
            "city": "Bend",
            "state": "OR",
            "addressLine1": "410 Juniper Street",
            "postalCode": "no postal code",
            "firstName": "Ada",
            "lastName": "Stone",
            "phoneNumber": "5415550132",
        },
    },
}
