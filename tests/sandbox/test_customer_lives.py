"""Random lives of customers, through HTTP, beside a small model of them.

After every step the sandbox shows what the model says, its audit records tell exactly what was done and what was
refused, no quota is exceeded and no id was there before. Of a customer that was deleted nothing is left, on any route
and in any table; and it could be deleted exactly when the model found nothing that blocks it.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.conftest import ADDRESS, new_customer_body
from tests.sandbox.conftest import StartSandbox
from tests.sandbox.life_model import (
    AZURE,
    RESERVATION,
    Cart,
    Codes,
    Customer,
    Item,
    Life,
    Line,
    Order,
    Subscription,
    Wanted,
)
from tests.sandbox.life_sandbox import LifeSandbox, Record, Sent

from partnercenter.contract.timestamps import parse_timestamp
from partnercenter.sandbox.rules.agreements import TEMPLATES
from partnercenter.sandbox.rules.catalogue import CatalogueItem, find_item, items

T = TypeVar("T")
Json = dict[str, Any]

BAD_POSTAL_CODE = "none"
ADVANCES = ("PT1H", "PT14H", "P1D", "P6D", "P7D", "P8D", "P31D", "P60D", "P90D", "P1Y", "P400D")
STATUSES = ("suspended", "active", "deleted", "expired")
# What the machine has in mind when it draws; the small numbers are more likely.
QUANTITIES = (1, 1, 1, 2, 2, 5, 25, 26, 0)


def as_sold(item: CatalogueItem) -> Iterator[Item]:
    """An item of the catalogue as the model knows it, once for each of its terms."""
    targets = [target for target in map(find_item, item.converts_to) if target is not None]
    for term in item.terms:
        years, months = term.duration.endswith("Y"), int(term.duration[1:-1] or 0)
        yield Item(
            id=item.catalog_item_id,
            kind=item.kind.value,
            months=months * 12 if years else months,
            cycle=term.billing_cycle,
            least=item.minimum_quantity,
            most=item.maximum_quantity,
            bases=frozenset(item.bases),
            once=item.most_per_customer == 1,
            in_sandbox=item.sold_in_sandbox,
            needs_attestation=item.needs_attestation,
            waits_for_purchase_order=item.needs_purchase_order,
            becomes=tuple(next(as_sold(target)) for target in targets),
        )


SOLD = [sold for item in items() for sold in as_sold(item)]
KINDS = list(dict.fromkeys(item.kind for item in SOLD))


def duration_of(item: Item) -> str | None:
    """The term as a request names it."""
    return (
        None if not item.months else f"P{item.months // 12}Y" if item.months % 12 == 0 else f"P{item.months}M"
    )


class Lives(RuleBasedStateMachine):
    """Customers of one sandbox from their creation to their deletion."""

    front: LifeSandbox

    @initialize()
    def begin(self) -> None:
        """An empty sandbox with quotas that can be reached."""
        quotas = Life(self.front.now()).quotas
        now = self.front.begin(
            customer_quota=quotas.customers,
            active_subscription_quota=quotas.subscriptions,
            azure_plan_quota=quotas.plans,
            legacy_azure_quota=quotas.legacy_azure,
            invalid_address="undeletable",
        )
        self.life = Life(now)
        self.domains: dict[str, str] = {}
        self.keys: dict[str, int] = {}
        self.ids: dict[str, dict[str, str]] = {}
        self.handed_out: set[str] = set()
        self.saved: tuple[Life, list[Sent]] | None = None

    # What the rules share

    def choose(self, data: st.DataObject, options: Sequence[T]) -> T:
        """One of several things, by its place: ids are others each time."""
        return options[data.draw(st.integers(0, len(options) - 1))]

    def customer(self, data: st.DataObject) -> Customer:
        """One of the customers."""
        return self.choose(data, list(self.life.customers.values()))

    def has(self, what: Callable[[Customer], Any]) -> bool:
        """Whether any customer has something."""
        return any(what(customer) for customer in self.life.customers.values())

    def one_with(self, data: st.DataObject, what: Callable[[Customer], Any]) -> Customer:
        """One of the customers that have something."""
        return self.choose(data, [one for one in self.life.customers.values() if what(one)])

    def write(self, customer: Customer, method: str, path: str = "", body: Any = None) -> httpx2.Response:
        """A write below a customer."""
        whole = f"/v1/customers/{customer.id}{path}"
        return self.front.write(method, whole, body, now=self.life.now, customer_id=customer.id)

    def fresh(self, customer_id: str, *ids: tuple[str, str]) -> None:
        """Take note of ids, by the names of path parameters, which nobody had before."""
        for name, value in ids:
            assert value.lower() not in self.handed_out, f"{name} {value} was there before"
            self.handed_out.add(value.lower())
            self.ids.setdefault(customer_id, {})[name] = value

    def is_done(self, answer: httpx2.Response, codes: Codes, *records: Record) -> bool:
        """Whether a write was done, which it must be unless something stands against it; with its records."""
        if codes:
            assert 400 <= answer.status_code < 500, f"expected one of {codes}, was done: {answer.text}"
            assert answer.json()["code"] in codes, f"expected one of {codes}: {answer.text}"
            records = (*(replace(record, succeeded=False) for record in records[:1]),)
        else:
            assert answer.is_success, answer.text
        assert Counter(records) == self.front.new_records()
        return not codes

    # Customers

    @rule(bad_address=st.sampled_from([False, False, False, True]))
    def create(self, bad_address: bool) -> None:
        """Create a customer, up to the quota; one with an address that is not valid can never be deleted."""
        address = {**ADDRESS, "postalCode": BAD_POSTAL_CODE} if bad_address else ADDRESS
        body = new_customer_body(defaultAddress=address)
        answer = self.front.write("POST", "/v1/customers", body, now=self.life.now)
        if len(self.life.customers) >= self.life.quotas.customers:
            assert not self.is_done(answer, {800018})
            return
        made = answer.json()
        assert self.is_done(answer, set(), Record("add_customer", made["id"], made["id"]))
        self.fresh(made["id"], ("customer_id", made["id"]), ("commerce_id", made["commerceId"]))
        self.life.customers[made["id"]] = Customer(made["id"], bad_address)
        key = self.front.key_of(made["id"])
        assert key not in self.keys.values()
        self.keys[made["id"]] = key

    @precondition(lambda self: self.life.customers)
    @rule(data=st.data())
    def confirm_agreement(self, data: st.DataObject) -> None:
        """Confirm that a customer has accepted what it must accept before it buys; not twice by the same contact."""
        customer = self.customer(data)
        contact = {"firstName": "Ada", "lastName": "Stone", "email": "ada@stone.example"}
        body = {
            "primaryContact": contact,
            "templateId": TEMPLATES[1].template_id,
            "dateAgreed": "2026-01-01T00:00:00Z",
            "type": "MicrosoftCustomerAgreement",
        }
        answer = self.write(customer, "POST", "/agreements", body)
        codes = {600061} if customer.agreed else set()
        self.is_done(answer, codes, Record("create_agreement", customer.id, ""))
        customer.agreed = True

    @precondition(lambda self: self.life.customers)
    @rule(data=st.data(), by=st.sampled_from(["DELETE", "DELETE", "PATCH"]))
    def delete(self, data: st.DataObject, by: str) -> None:
        """Delete a customer, which works exactly when nothing blocks it; then nothing of it is left."""
        customer = self.customer(data)
        body = {"relationshipToPartner": "none"} if by == "PATCH" else None
        blockers = self.life.blockers(customer)
        answer = self.write(customer, by, "", body)
        codes = {2007} if customer.has_bad_address else {3000} if blockers else set()
        if not self.is_done(answer, codes, Record("delete_customer", customer.id, customer.id)):
            named = answer.json()["description"].partition("following orders: ")[2]
            assert customer.has_bad_address or blockers == set(named.split(", "))
            return
        del self.life.customers[customer.id]
        self.nothing_is_left_of(customer.id)

    def nothing_is_left_of(self, *customers: str) -> None:
        """No route and no table knows anything of customers that are gone."""
        ids = {value.lower() for one in customers for value in self.ids[one].values()}
        assert [] == self.front.traces({self.keys[one] for one in customers}, ids)
        for one in customers:
            assert {} == self.front.routes_that_know(one, self.ids[one])

    # Buying

    def line(self, data: st.DataObject, customer: Customer, sold: Sequence[Item] = SOLD) -> Wanted:
        """A line that the customer might buy, or be refused."""
        kinds = [kind for kind in KINDS if any(item.kind == kind for item in sold)]
        kind = self.choose(data, kinds)
        item = self.choose(data, [item for item in sold if item.kind == kind])
        held = list(customer.subscriptions)
        below = [*customer.azure, *(s.id for s in customer.subscriptions.values() if s.kind in AZURE)]
        return Wanted(
            item=item,
            quantity=self.choose(data, QUANTITIES),
            parent=self.choose(data, [None, *held]) if item.bases else None,
            azure=self.choose(data, [*below, *below, *held, None]) if kind == RESERVATION else None,
            attested=data.draw(st.booleans()) if item.needs_attestation else False,
        )

    @precondition(lambda self: self.life.customers)
    @rule(data=st.data(), count=st.sampled_from([1, 1, 1, 2]))
    def order(self, data: st.DataObject, count: int) -> None:
        """Order one or two things without a cart."""
        customer = self.customer(data)
        first = self.line(data, customer)
        same_cycle = [item for item in SOLD if item.cycle == first.item.cycle]
        wanted = [first, *(self.line(data, customer, same_cycle) for _ in range(count - 1))]
        body = {
            "referenceCustomerId": customer.id,
            "billingCycle": first.item.cycle,
            "lineItems": [
                {"lineItemNumber": number, "offerId": line.item.id, **wire_line(line)}
                for number, line in enumerate(wanted)
            ],
        }
        codes = set().union(*self.life.objections(customer, wanted))
        if len({line.item.kind for line in wanted}) > 1:
            codes.add(4018)
        if not customer.agreed:
            codes = {13605}
        answer = self.write(customer, "POST", "/orders", body)
        made = answer.json()
        if self.is_done(
            answer, codes, Record("create_order", customer.id, "" if codes else made["id"].lower())
        ):
            self.take(customer, made, wanted)

    def take(self, customer: Customer, made: Json, wanted: list[Wanted]) -> None:
        """Let the model have an order that the service has taken."""
        self.fresh(customer.id, ("order_id", made["id"]))
        if made["alternateId"] != made["id"]:
            self.fresh(customer.id, ("alternate_id", made["alternateId"]))
        lines = [
            Line(asked.item, asked.quantity, line.get("subscriptionId"), asked.azure)
            for asked, line in zip(wanted, made["lineItems"], strict=True)
        ]
        renewing = {}
        for begun in [line.subscription for line in lines if line.subscription is not None]:
            self.fresh(customer.id, ("subscription_id", begun))
            path = f"/v1/customers/{customer.id}/subscriptions/{begun}"
            renewing[begun] = self.front.document(path)["autoRenewEnabled"]
            for below in self.front.items(f"{path}/azureEntitlements"):
                self.fresh(customer.id, ("azure_entitlement_id", below["id"]))
                customer.azure[below["id"]] = (begun, True)
        order = Order(made["id"], made["alternateId"], parse_timestamp(made["creationDate"]), lines)
        self.life.buy(customer, order, wanted, renewing)

    def cart_lines(self, data: st.DataObject, customer: Customer) -> list[list[Wanted]]:
        """Up to three lines of a cart, some with an add-on on top."""
        lines = []
        for _ in range(data.draw(st.integers(1, 3))):
            base = self.line(data, customer)
            add_ons = [item for item in SOLD if base.item.sku in item.bases and item.cycle == base.item.cycle]
            with_add_on = add_ons and data.draw(st.booleans())
            on_top = [self.line(data, customer, add_ons)] if with_add_on else []
            lines.append([base, *(replace(add_on, parent=None, base=base.item) for add_on in on_top)])
        return lines

    @precondition(lambda self: self.life.customers)
    @rule(data=st.data())
    def create_cart(self, data: st.DataObject) -> None:
        """Put things into a new cart."""
        customer = self.customer(data)
        lines = self.cart_lines(data, customer)
        answer = self.write(
            customer, "POST", "/carts", {"lineItems": [wire_cart_line(line) for line in lines]}
        )
        assert self.is_done(answer, set())
        made = answer.json()
        self.fresh(customer.id, ("cart_id", made["id"]))
        expires = parse_timestamp(made["expirationTimestamp"])
        customer.carts[made["id"]] = self.told(customer, made, Cart(made["id"], expires, lines, [], False))

    def told(self, customer: Customer, made: Json, cart: Cart) -> Cart:
        """What the service tells of the lines of a cart: which cannot be bought, and in which orders they end."""
        found = [line for base in made["lineItems"] for line in (base, *base.get("addonItems", ()))]
        objections = self.life.objections(customer, [line for lines in cart.lines for line in lines])
        assert [bool(codes) for codes in objections] == ["error" in line for line in found]
        groups = [base["orderGroup"] for base in made["lineItems"]]
        kinds = [(base.item.kind, base.item.cycle) for base, *_ in cart.lines]
        assert len(set(zip(groups, kinds, strict=True))) == len(set(groups)) == len(set(kinds))
        return replace(cart, groups=groups, had_errors=any(objections))

    @precondition(lambda self: self.has(lambda one: one.carts))
    @rule(data=st.data())
    def update_cart(self, data: st.DataObject) -> None:
        """Put other things into a cart, unless it is too late."""
        customer = self.one_with(data, lambda one: one.carts)
        cart = self.choose(data, list(customer.carts.values()))
        lines = self.cart_lines(data, customer)
        body = {"lineItems": [wire_cart_line(line) for line in lines]}
        answer = self.write(customer, "PUT", f"/carts/{cart.id}", body)
        codes = {800008} if self.is_expired(cart) else {800065} if cart.is_ordered else set()
        if self.is_done(answer, codes):
            customer.carts[cart.id] = self.told(
                customer, answer.json(), replace(cart, lines=lines, failed=None)
            )

    def is_expired(self, cart: Cart) -> bool:
        """Whether a cart can no longer be used."""
        return self.life.now >= cart.expires

    @precondition(lambda self: self.has(lambda one: one.carts))
    @rule(data=st.data())
    def check_out(self, data: st.DataObject) -> None:
        """Buy what is in a cart, or once more what could not be bought before."""
        customer = self.one_with(data, lambda one: one.carts)
        cart = self.choose(data, list(customer.carts.values()))
        todo = list(dict.fromkeys(cart.groups if cart.failed is None else cart.failed))
        groups = [flat(cart, name) for name in todo]
        found = self.life.group_objections(customer, groups)
        answer = self.write(customer, "POST", f"/carts/{cart.id}/checkout")
        codes = self.checkout_codes(customer, cart, found)
        if codes:
            self.is_done(answer, codes, Record("create_order", customer.id, ""))
            return
        result = answer.json()
        made = result["orders"][len(cart.orders) :]
        failed = [name for name, objections in zip(todo, found, strict=True) if objections]
        self.is_done(
            answer,
            set(),
            *(Record("create_order", customer.id, order["id"].lower()) for order in made),
            *(Record("create_order", customer.id, "", succeeded=False) for _ in failed),
        )
        assert failed == [error["orderGroupId"] for error in result["orderErrors"]]
        for error, objections in zip(result["orderErrors"], filter(None, found), strict=True):
            assert error["code"] in objections
        bought = [group for group, objections in zip(groups, found, strict=True) if not objections]
        for order, group in zip(made, bought, strict=True):
            self.take(customer, order, group)
        cart.failed = failed
        cart.orders += [order["id"] for order in made]

    def checkout_codes(self, customer: Customer, cart: Cart, found: list[Codes]) -> Codes:
        """Why nothing of a cart can be checked out."""
        if self.is_expired(cart):
            return {800008}
        if cart.failed == []:
            return set()
        if not customer.agreed:
            return {13605}
        nothing = all(found) and not cart.orders
        return {800009} if nothing and cart.had_errors else set()

    # Clearing what blocks

    @precondition(lambda self: self.has(lambda one: one.orders))
    @rule(data=st.data(), by_line=st.booleans())
    def cancel_order(self, data: st.DataObject, by_line: bool) -> None:
        """Cancel an order, or some of its lines."""
        customer = self.one_with(data, lambda one: one.orders)
        order = self.choose(data, list(customer.orders.values()))
        body: Json = {"id": order.id, "status": "cancelled"}
        lines = None
        if by_line:
            lines = data.draw(st.sets(st.integers(0, len(order.lines)), min_size=1))
            offers = {number: {"offerId": line.item.id} for number, line in enumerate(order.lines)}
            body["lineItems"] = [{"lineItemNumber": n, **offers.get(n, {})} for n in sorted(lines)]
        answer = self.write(customer, "PATCH", f"/orders/{order.id}", body)
        codes = self.life.cancel_order_objections(order, lines)
        if self.is_done(answer, codes, Record("update_order", customer.id, order.id.lower())):
            self.life.cancel_order(customer, order, lines)

    @precondition(lambda self: self.has(lambda one: one.subscriptions))
    @rule(data=st.data(), wanted=st.sampled_from(STATUSES))
    def change_status(self, data: st.DataObject, wanted: str) -> None:
        """Suspend, reactivate or cancel a subscription; its add-ons go with it."""
        customer, subscription = self.subscription(data)
        codes = self.life.status_objections(customer, subscription, wanted)
        if wanted == subscription.status:
            self.change(customer, subscription, {"status": wanted}, set(), changes=False)
        elif self.change(customer, subscription, {"status": wanted}, codes, with_add_ons=wanted != "active"):
            self.life.set_status(customer, subscription, wanted)

    @precondition(lambda self: self.has(lambda one: one.subscriptions))
    @rule(data=st.data(), wanted=st.sampled_from(QUANTITIES))
    def change_quantity(self, data: st.DataObject, wanted: int) -> None:
        """Take more or fewer seats."""
        customer, subscription = self.subscription(data)
        codes = self.life.quantity_objections(subscription, wanted)
        if wanted == subscription.quantity:
            self.change(customer, subscription, {"quantity": wanted}, set(), changes=False)
        elif self.change(customer, subscription, {"quantity": wanted}, codes):
            self.life.set_quantity(subscription, wanted)

    @precondition(lambda self: self.has(lambda one: one.subscriptions))
    @rule(data=st.data(), renews=st.booleans())
    def change_renewal(self, data: st.DataObject, renews: bool) -> None:
        """Let a subscription renew by itself, or not."""
        customer, subscription = self.subscription(data)
        codes = self.life.change_objections(subscription)
        if renews and not codes and subscription.ends is None:
            codes = {800093}
        differs = renews != subscription.renews
        body = {"autoRenewEnabled": renews}
        if self.change(customer, subscription, body, codes if differs else set(), changes=differs):
            subscription.renews = renews

    @precondition(lambda self: self.has(lambda one: one.subscriptions))
    @rule(data=st.data(), wanted=st.sampled_from(QUANTITIES))
    def schedule_quantity(self, data: st.DataObject, wanted: int) -> None:
        """Order another number of seats for the next term, which new commerce can do."""
        customer, subscription = self.subscription(data)
        codes = self.life.change_objections(subscription)
        if not codes and subscription.kind != "new_commerce":
            codes = {900263}
        codes = codes or self.life.seats_objections(subscription, wanted)
        differs = wanted != subscription.next_quantity
        body = {"scheduledNextTermInstructions": {"quantity": wanted}}
        if self.change(customer, subscription, body, codes if differs else set(), changes=differs):
            subscription.next_quantity = wanted

    @precondition(lambda self: self.has(lambda one: one.subscriptions))
    @rule(data=st.data(), name=st.sampled_from(["one", "another"]))
    def rename(self, data: st.DataObject, name: str) -> None:
        """Call a subscription something else."""
        customer, subscription = self.subscription(data)
        path = f"/v1/customers/{customer.id}/subscriptions/{subscription.id}"
        differs = name != self.front.document(path)["friendlyName"]
        codes = self.life.change_objections(subscription) if differs else set()
        self.change(customer, subscription, {"friendlyName": name}, codes, changes=differs)

    def subscription(self, data: st.DataObject) -> tuple[Customer, Subscription]:
        """One of the subscriptions, with its customer."""
        customer = self.one_with(data, lambda one: one.subscriptions)
        return customer, self.choose(data, list(customer.subscriptions.values()))

    def change(
        self,
        customer: Customer,
        subscription: Subscription,
        members: Json,
        codes: Codes,
        *,
        changes: bool = True,
        with_add_ons: bool = False,
    ) -> bool:
        """Read a subscription, change members of it and send it back; whether it was done."""
        path = f"/subscriptions/{subscription.id}"
        body = {**self.front.document(f"/v1/customers/{customer.id}{path}"), **members}
        answer = self.write(customer, "PATCH", path, body)
        add_ons = customer.add_ons(subscription.id) if with_add_ons else []
        records = [
            Record("update_subscription", customer.id, changed.id.lower())
            for changed in (subscription, *add_ons)
        ]
        return self.is_done(answer, codes, *(records if changes else [])) and changes

    @precondition(lambda self: self.has(lambda one: one.subscriptions))
    @rule(data=st.data())
    def activate(self, data: st.DataObject) -> None:
        """Activate a subscription, as only those of the marketplace can be, once."""
        customer, subscription = self.subscription(data)
        codes = {800042} if subscription.kind != "marketplace" else set()
        if not codes and subscription.status != "pending":
            codes = {2011} if subscription.status == "deleted" else {800041}
        answer = self.write(customer, "POST", f"/subscriptions/{subscription.id}/activate")
        if self.is_done(answer, codes, Record("update_subscription", customer.id, subscription.id.lower())):
            subscription.status = "active"

    @precondition(lambda self: self.has(lambda one: one.subscriptions))
    @rule(data=st.data())
    def register(self, data: st.DataObject) -> None:
        """Register something, of which reservations can then be bought if it is an active Azure subscription."""
        customer = self.one_with(data, lambda one: one.subscriptions)
        target = self.choose(data, [*customer.azure, *customer.subscriptions])
        state = self.life.azure_state(customer, target)
        deleted_azure = target in customer.subscriptions and customer.subscriptions[target].kind in AZURE
        codes = set() if state else {800011} if state is None and not deleted_azure else {800012}
        records = (
            []
            if target in customer.registered and not codes
            else [Record("update_subscription", customer.id, target.lower())]
        )
        answer = self.write(customer, "POST", f"/subscriptions/{target}/registrations")
        if self.is_done(answer, codes, *records):
            customer.registered.add(target)

    @precondition(lambda self: self.has(lambda one: one.azure))
    @rule(data=st.data(), reason=st.sampled_from(["compromise", "compromise", "boredom"]))
    def cancel_azure_subscription(self, data: st.DataObject, reason: str) -> None:
        """Cancel an Azure subscription below a plan; the answer still says active."""
        customer = self.one_with(data, lambda one: one.azure)
        azure_id = self.choose(data, list(customer.azure))
        plan, active = customer.azure[azure_id]
        path = f"/subscriptions/{plan}/azureEntitlements/{azure_id}/cancel"
        answer = self.write(customer, "POST", path, {"cancellationReason": reason})
        codes = {900307} if reason != "compromise" else set()
        records = [Record("update_subscription", customer.id, azure_id)] if active or codes else []
        if self.is_done(answer, codes, *records):
            customer.azure[azure_id] = (plan, False)

    @precondition(lambda self: self.has(lambda one: one.subscriptions))
    @rule(data=st.data())
    def convert(self, data: st.DataObject) -> None:
        """Make a trial a paid subscription; the answer tells inside when that cannot be."""
        customer, subscription = self.subscription(data)
        targets = subscription.item.becomes if subscription.status == "active" else ()
        body = {
            "offerId": subscription.item.id,
            "targetOfferId": targets[0].id if targets else SOLD[0].id,
            "billingCycle": targets[0].cycle if targets else "monthly",
        }
        answer = self.write(customer, "POST", f"/subscriptions/{subscription.id}/conversions", body)
        done = bool(targets)
        record = Record("convert_trial_subscription", customer.id, subscription.id.lower(), succeeded=done)
        assert self.is_done(answer, set(), record)
        assert done == ("error" not in answer.json())
        if done:
            self.life.convert(subscription, targets[0])

    @precondition(lambda self: self.has(lambda one: one.subscriptions))
    @rule(data=st.data())
    def name_supporter(self, data: st.DataObject) -> None:
        """Leave something behind that only a table of its own knows."""
        customer, subscription = self.subscription(data)
        body = {"supportTenantId": customer.id, "supportMpnId": "1234567"}
        answer = self.write(customer, "PUT", f"/subscriptions/{subscription.id}/supportcontact", body)
        assert 200 == answer.status_code
        self.front.new_records()

    # The same call again, time, and snapshots

    @precondition(lambda self: self.front.sent)
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        """Send a write again under its request id: it has the same answer, and no second effect."""
        sent = self.choose(data, self.front.sent)
        created = sent.answer.json()["id"] if sent.customer_id is None and sent.answer.is_success else None
        about = sent.customer_id or created
        answer = self.front.repeat(sent)
        if about is None or about in self.life.customers or sent.ends:
            assert (sent.answer.status_code, sent.answer.content) == (answer.status_code, answer.content)
        else:
            # What was kept about a customer went with it.
            gone = {1003} if created else {60003, 900118}
            assert answer.json()["code"] in gone
        assert Counter() == self.front.new_records()

    @precondition(lambda self: self.life.customers)
    @rule(by=st.sampled_from(ADVANCES))
    def advance(self, by: str) -> None:
        """Let time go by."""
        self.life.advance(self.front.move(advance=by))
        self.front.sent = [s for s in self.front.sent if (self.life.now - s.at).days < 1]

    @rule()
    def save(self) -> None:
        """Keep everything as it is now."""
        assert self.front.sandbox.control("POST", "/snapshots", {"name": "life", "replace": True}).is_success
        self.saved = copy.deepcopy(self.life), list(self.front.sent)

    @precondition(lambda self: self.saved)
    @rule()
    def restore(self) -> None:
        """Come back to what was kept."""
        assert self.saved is not None
        assert self.front.sandbox.control("POST", "/snapshots/life/restore").is_success
        self.life, self.front.sent = copy.deepcopy(self.saved[0]), list(self.saved[1])
        self.life.advance(self.front.now())
        self.front.forget_records()

    # What is true after every step

    @invariant()
    def everything_is_as_the_model_says(self) -> None:
        """The lists of customers, orders, subscriptions, Azure subscriptions and entitlements; each cart."""
        listed = [item["id"] for item in self.front.items("/v1/customers")]
        assert list(self.life.customers) == listed
        for customer in self.life.customers.values():
            path = f"/v1/customers/{customer.id}"
            orders = {
                order["id"]: (order["status"], [line["quantity"] for line in order["lineItems"]])
                for order in self.front.items(f"{path}/orders")
            }
            assert {
                o.id: (o.status, [line.quantity for line in o.lines]) for o in customer.orders.values()
            } == orders
            shown = {
                s["id"]: (s["status"], s["quantity"], s["autoRenewEnabled"])
                for s in self.front.items(f"{path}/subscriptions")
            }
            assert {s.id: (s.status, s.quantity, s.renews) for s in customer.subscriptions.values()} == shown
            self.what_hangs_on_them(customer, path)

    def what_hangs_on_them(self, customer: Customer, path: str) -> None:
        """Azure subscriptions, entitlements and carts of a customer."""
        for azure_id, (plan, active) in customer.azure.items():
            status = self.front.document(f"{path}/subscriptions/{plan}/azureEntitlements/{azure_id}")[
                "status"
            ]
            assert ("active" if active else "inactive") == status
        entitled = Counter(
            (order.id, line.quantity if order.status == "completed" else 0)
            for order in customer.orders.values()
            for line in self.life.entitled(customer, order)
        )
        assert entitled == Counter(
            (item["referenceOrder"]["id"], item["quantity"])
            for item in self.front.items(f"{path}/entitlements")
        )
        for cart in customer.carts.values():
            answer = self.front.read(f"{path}/carts/{cart.id}")
            if self.is_expired(cart):
                assert (404, 800008) == (answer.status_code, answer.json()["code"])
            else:
                assert ("Ordered" if cart.is_ordered else "Active") == answer.json()["status"]

    @invariant()
    def no_quota_is_exceeded(self) -> None:
        """Whatever happened, the sandbox never holds more than it may (8)."""
        quotas, everyone = self.life.quotas, list(self.life.customers.values())
        held = [list(customer.held()) for customer in everyone]
        assert len(everyone) <= quotas.customers
        assert sum(map(len, held)) <= quotas.subscriptions
        assert sum(s.kind == "azure_plan" for one in held for s in one) <= quotas.plans
        for customer, subscriptions in zip(everyone, held, strict=True):
            assert len(subscriptions) <= quotas.subscriptions_each
            assert all(s.quantity <= quotas.seats for s in subscriptions)
            reserved = [o for o in customer.orders.values() if o.kind == RESERVATION]
            lines = [line for order in reserved for line in self.life.entitled(customer, order)]
            assert sum(line.quantity for line in lines) <= quotas.reservations

    def teardown(self) -> None:
        """At the end nothing is left of whoever is gone, by deletion or because a snapshot did not know it."""
        if hasattr(self, "life"):
            gone = [one for one in self.keys if one not in self.life.customers]
            self.nothing_is_left_of(*gone)


def wire_line(line: Wanted) -> Json:
    """The members of a line of an order."""
    members: Json = {"quantity": line.quantity}
    if duration_of(line.item) is not None:
        members["termDuration"] = duration_of(line.item)
    if line.parent is not None:
        members["parentSubscriptionId"] = line.parent
    if line.azure is not None:
        members["provisioningContext"] = {
            "subscriptionId": line.azure,
            "scope": "shared",
            "duration": "1Year",
        }
    if line.attested:
        members["attestationAccepted"] = True
    return members


def wire_cart_line(lines: list[Wanted]) -> Json:
    """A line of a cart with its add-ons."""
    base, *add_ons = [
        {"catalogItemId": line.item.id, "billingCycle": line.item.cycle, **wire_line(line)} for line in lines
    ]
    if "parentSubscriptionId" in base:
        base["provisioningContext"] = {"ParentSubscriptionId": base.pop("parentSubscriptionId")}
    return {**base, "addonItems": add_ons} if add_ons else base


def flat(cart: Cart, group: str) -> list[Wanted]:
    """The lines of a group of a cart, each followed by its add-ons."""
    return [
        line for lines, name in zip(cart.lines, cart.groups, strict=True) if name == group for line in lines
    ]


SHORT_AND_LONG = [
    pytest.param(12, 30, id="short"),
    pytest.param(400, 60, id="long", marks=pytest.mark.prove),
]


@pytest.mark.parametrize(("examples", "steps"), SHORT_AND_LONG)
def test_customers_live_as_the_model_says(
    start_sandbox: StartSandbox, tmp_path: Path, examples: int, steps: int
) -> None:
    """For any life of customers the sandbox and the model agree after every step."""
    file = tmp_path / "sandbox.db"
    front = LifeSandbox(start_sandbox(database=file), file)
    machine = type("Machine", (Lives,), {"front": front})
    run_state_machine_as_test(machine, settings=settings(max_examples=examples, stateful_step_count=steps))  # type: ignore[no-untyped-call]
