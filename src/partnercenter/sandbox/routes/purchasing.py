"""Buying: from the lines of a cart or an order to an order, with every check in between; behaviour.md 4.4 and 8."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection

from partnercenter.contract.resource import member_of
from partnercenter.sandbox.purchase_rows import (
    Current,
    azure_values,
    document_values,
    order_values,
    subscriptions_of,
)
from partnercenter.sandbox.routes.audited import audited_customer, record
from partnercenter.sandbox.routes.call import Call
from partnercenter.sandbox.routes.holdings import buyer, holdings
from partnercenter.sandbox.rules.buying import LineProblem, WantedLine, find_problem
from partnercenter.sandbox.rules.catalogue import CatalogueItem, Term, find_item
from partnercenter.sandbox.rules.etags import with_next_etag
from partnercenter.sandbox.rules.product import Product
from partnercenter.sandbox.rules.purchase_documents import (
    Purchase,
    PurchaseLine,
    new_order_ids,
    new_subscription_id,
    order_document,
)
from partnercenter.sandbox.rules.refusal import Refused
from partnercenter.sandbox.store import commerce as store
from partnercenter.sandbox.store.agreements import has_agreement

Json = dict[str, Any]

_MOST_LINES: Final = 100
# Members of a line of a request that the order repeats.
_REPEATED: Final = (
    "promotionId",
    "customTermEndDate",
    "partnerIdOnRecord",
    "additionalPartnerIdsOnRecord",
    "provisioningContext",
    "attestationAccepted",
    "renewsTo",
)


@dataclass(frozen=True, slots=True)
class LineToBuy:
    """A line that nothing stands against.

    `body` is what was sent, `base_at` the place of the line before it that an add-on is bought on top of.
    """

    item: CatalogueItem
    term: Term
    quantity: int
    parent_id: str | None = None
    base_at: int | None = None
    body: Mapping[str, Any] = field(default_factory=dict)
    renewal_duration: str = ""


def customer_country(call: Call) -> str:
    """The country of the customer's billing address, in whose catalogue it buys."""
    return str(call.customer_document["billingProfile"]["defaultAddress"]["country"]).upper()


def check_agreement(call: Call, connection: Connection) -> None:
    """Raise the fault of a customer that has not accepted the Microsoft Customer Agreement (behaviour.md 3.4)."""
    required = call.settings.flag("agreement_required") and not call.settings.flag("customers_sign_directly")
    if required and not has_agreement(connection, call.found_customer.key):
        raise Refused(403, 13605)


def check_lines(call: Call, lines: Sequence[Json]) -> None:
    """Raise the fault of a cart or an order without lines, with too many, or with one that has no quantity."""
    if not 1 <= len(lines) <= _MOST_LINES:
        raise call.setting_fault("fault_missing_field", f"lineItems must have 1 to {_MOST_LINES} lines.")
    if any("quantity" not in line for line in lines):
        raise call.setting_fault("fault_missing_field", "lineItems.quantity is required.")


def wanted_line(
    number: int, body: Mapping[str, Any], cycle: str = "", *, base: WantedLine | None = None
) -> WantedLine:
    """What a line of a cart or of an order asks for; an order names the item `offerId`, and the cycle once."""
    catalog_item_id = str(body.get("catalogItemId") or body.get("offerId") or "")
    context = body.get("provisioningContext") or {}
    parent = body.get("parentSubscriptionId") or member_of(context, "ParentSubscriptionId")
    return WantedLine(
        number=number,
        catalog_item_id=catalog_item_id,
        item=find_item(catalog_item_id),
        quantity=body["quantity"],
        billing_cycle=str(body.get("billingCycle") or cycle),
        term_duration=body.get("termDuration") or None,
        currency=body.get("currencyCode"),
        parent_id=None if parent is None else str(parent).strip("{} "),
        base=base,
        provisioning=context,
        has_participants=bool(body.get("participants")),
        attestation_accepted=bool(body.get("attestationAccepted")),
        renews_to=member_of(body.get("renewsTo"), "termDuration"),
    )


def find_problems(
    call: Call, connection: Connection, lines: Sequence[WantedLine]
) -> list[LineProblem | None]:
    """What stands against each line, or None; those that can be bought count for those after them."""
    held = holdings(call, connection)
    who = buyer(call, customer_country(call))
    problems = []
    for line in lines:
        problem = find_problem(line, held, who, call.settings)
        if problem is None and line.item is not None:
            held = held.with_bought(line.item, line.quantity)
        problems.append(problem)
    return problems


def line_to_buy(wanted: WantedLine, body: Mapping[str, Any], base_at: int | None = None) -> LineToBuy:
    """A wanted line against which nothing was found."""
    renewal = wanted.renewal_duration
    if wanted.item is None or wanted.term is None or renewal is None:
        raise LookupError(f"Line {wanted.number} is of no item, or of no term of it.")
    return LineToBuy(wanted.item, wanted.term, wanted.quantity, wanted.parent_id, base_at, body, renewal)


def place_order(call: Call, connection: Connection, lines: Sequence[LineToBuy]) -> Json:
    """Put in an order with everything that it begins; returns the order as the answer shows it.

    A legacy order is complete at once; others are pending at first (behaviour.md 4.4).
    """
    now = call.nature.clock.now()
    kind = lines[0].item.kind
    delay = 0 if kind.is_legacy else call.settings.number("order_settle_seconds")
    settles = now + timedelta(seconds=delay)
    order_id, alternate_id = new_order_ids(kind, call.nature.ids)
    purchase = Purchase(
        customer_id=call.found_customer.id,
        country=customer_country(call),
        order_id=order_id,
        alternate_id=alternate_id,
        lines=_purchase_lines(call, lines),
        created=now,
        status=_first_status(lines),
    )
    key = call.found_customer.key
    store.add_order(connection, {"customer_key": key, **order_values(purchase, settles)})
    _begin_subscriptions(call, connection, purchase, settles)
    document = order_document(purchase, show_subscriptions=not delay)
    _record(call, connection, "create_order", document)
    return document


def extend_order(call: Call, connection: Connection, order: Current, lines: Sequence[LineToBuy]) -> Json:
    """Put further lines into an order, as add-ons to legacy offers are bought (behaviour.md 4.1)."""
    now = call.nature.clock.now()
    purchase = Purchase(
        customer_id=call.found_customer.id,
        country=customer_country(call),
        order_id=order.row.id,
        alternate_id=order.row.alternate_id,
        lines=_purchase_lines(call, lines),
        created=now,
    )
    there = order.document["lineItems"]
    added = order_document(purchase)["lineItems"]
    numbered = [{**line, "lineItemNumber": len(there) + place} for place, line in enumerate(added)]
    changed = with_next_etag({**order.document, "lineItems": [*there, *numbered]})
    store.update_order(connection, call.found_customer.key, order.row.id, document_values(changed))
    _begin_subscriptions(call, connection, purchase, now)
    _record(call, connection, "update_order", changed, order.document)
    return changed


def _first_status(lines: Sequence[LineToBuy]) -> str:
    if any(line.item.needs_purchase_order for line in lines):
        return "pending_po_upload"
    return "completed" if lines[0].item.kind.is_legacy else "pending"


def _purchase_lines(call: Call, lines: Sequence[LineToBuy]) -> tuple[PurchaseLine, ...]:
    made: list[PurchaseLine] = []
    for line in lines:
        parent = line.parent_id if line.base_at is None else made[line.base_at].subscription_id
        made.append(
            PurchaseLine(
                item=line.item,
                term=line.term,
                quantity=line.quantity,
                subscription_id=new_subscription_id(line.item.kind, call.nature.ids),
                parent_id=parent,
                friendly_name=str(line.body.get("friendlyName") or ""),
                renewal_duration=line.renewal_duration,
                extra={name: line.body[name] for name in _REPEATED if name in line.body},
            )
        )
    return tuple(made)


def _begin_subscriptions(call: Call, connection: Connection, purchase: Purchase, visible: Any) -> None:
    key, settings = call.found_customer.key, call.settings
    waits = purchase.kind is Product.MARKETPLACE and settings.flag("marketplace_waits_for_activation")
    for values in subscriptions_of(purchase, "pending" if waits else "active", settings, visible):
        store.add_subscription(connection, {"customer_key": key, **values})
        if purchase.kind is Product.AZURE_PLAN:
            # An Azure plan comes with one Azure subscription (behaviour.md 7).
            below = azure_values(
                purchase.customer_id, values["id"], call.nature.ids, purchase.created, "Azure subscription 1"
            )
            store.add_azure_entitlement(connection, {"customer_key": key, **below})


def _record(
    call: Call, connection: Connection, operation: str, order: Json, before: Json | None = None
) -> None:
    record(
        call,
        connection,
        audited_customer(call.found_customer),
        operation,
        resource_type="order",
        resource_id=order["id"],
        customized_data=order_data(order),
        old_value=before,
        new_value=order,
    )


def order_data(order: Json) -> list[tuple[str, str | None]]:
    """The customized data of an order's record (behaviour.md 13.1)."""
    cycle = "".join(word.capitalize() for word in str(order["billingCycle"]).split("_"))
    data: list[tuple[str, str | None]] = [
        ("OrderId", order["id"]),
        ("AlternateId", order["alternateId"]),
        ("BillingCycle", cycle),
    ]
    for number, line in enumerate(order["lineItems"]):
        data.append((f"OfferId-{number}", line["offerId"]))
        if "subscriptionId" in line:
            data.append((f"SubscriptionId-{number}", line["subscriptionId"]))
            data.append((f"SubscriptionName-{number}", line["friendlyName"]))
        data.append((f"Quantity-{number}", str(line["quantity"])))
        data.append((f"PartnerOnRecord-{number}", line.get("partnerIdOnRecord")))
    return data
