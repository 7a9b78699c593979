"""Random lives of customers, through HTTP, beside a small model of them.

After every step the sandbox shows what the model says, its audit records tell exactly what was done and what was
refused, no quota is exceeded and no id was there before. Of a customer that was deleted nothing is left, on any route
and in any table; and it could be deleted exactly when the model found nothing that blocks it.
"""

from __future__ import annotations

import copy
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test
from tests.sandbox.conftest import StartSandbox
from tests.sandbox.life_buying import QUANTITIES, SOLD, SORTS, Buying
from tests.sandbox.life_laws import CANCELLED_BY_ORDER, Codes
from tests.sandbox.life_model import AZURE, MARKETPLACE, NEW_COMMERCE, Customer, Order, Subscription
from tests.sandbox.life_sandbox import LifeSandbox, Record

Json = dict[str, Any]

SHORT_SPANS = ("PT1H", "PT14H", "P1D", "P3D", "P6D", "P7D", "P8D")
LONG_SPANS = ("P31D", "P60D", "P90D", "P1Y")
BASKETS = tuple(SORTS)
OTHER_CHANGES = (
    {"autoRenewEnabled": False},
    {"autoRenewEnabled": True},
    {"friendlyName": "one"},
    {"friendlyName": "another"},
)
STATUSES = ("suspended", "active", "deleted", "expired")


class Lives(Buying):
    """Customers of one sandbox from their creation to their deletion."""

    @initialize(baskets=st.lists(st.lists(st.sampled_from(BASKETS), max_size=3), min_size=1, max_size=2))
    def begin(self, baskets: list[list[str]]) -> None:
        """A customer or two that may buy, and have bought what can be bought at once."""
        self.begin_life()
        for basket in baskets:
            customer = self.created(has_bad_address=False)
            self.confirmed(customer)
            for sort in basket:
                self.ordered_together(customer, sort)

    # Customers

    @precondition(lambda self: len(self.life.customers) < self.life.quotas.customers)
    @rule(has_bad_address=st.sampled_from([False, False, False, True]))
    def create(self, has_bad_address: bool) -> None:
        """Create a customer; one with an address that is not valid can never be deleted."""
        self.created(has_bad_address)

    @precondition(lambda self: not self.was_full and len(self.life.customers) == self.life.quotas.customers)
    @rule()
    def create_one_too_many(self) -> None:
        """Beyond the quota no customer is created (8)."""
        self.was_full = not self.is_done(self.creation(), {800018})

    @precondition(lambda self: self.has(lambda one: not one.agreed))
    @rule(data=st.data())
    def confirm_agreement(self, data: st.DataObject) -> None:
        """Confirm that a customer has accepted what it must accept before it buys; not twice by the same contact."""
        self.confirmed(self.customer(data))

    @precondition(lambda self: self.life.customers)
    @rule(data=st.data(), by=st.sampled_from(["DELETE", "DELETE", "PATCH"]))
    def delete(self, data: st.DataObject, by: str) -> None:
        """Delete a customer, which works exactly when nothing blocks it; then nothing of it is left."""
        self.deleted(self.customer(data), by)

    def deleted(self, customer: Customer, by: str) -> None:
        """No customer any more, unless something blocks."""
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

    # Clearing what blocks

    @precondition(lambda self: self.has(lambda one: one.orders))
    @rule(data=st.data(), by_line=st.booleans())
    def cancel_order(self, data: st.DataObject, by_line: bool) -> None:
        """Cancel an order, or some of its lines."""
        customer = self.one_with(data, lambda one: one.orders)
        order = self.choose(data, list(customer.orders.values()))
        numbers = st.sets(st.integers(0, len(order.lines)), min_size=1)
        self.order_cancelled(customer, order, data.draw(numbers) if by_line else None)

    def order_cancelled(self, customer: Customer, order: Order, lines: set[int] | None = None) -> None:
        """An order or lines of it cancelled, unless something stands against it."""
        body: Json = {"id": order.id, "status": "cancelled"}
        if lines is not None:
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
        self.status_changed(*self.subscription(data), wanted)

    def status_changed(self, customer: Customer, subscription: Subscription, wanted: str) -> None:
        """A subscription in another status, unless something stands against it."""
        differs = wanted != subscription.status
        codes = self.life.status_objections(customer, subscription, wanted) if differs else set()
        body = {"status": wanted}
        with_add_ons = wanted in {"suspended", "deleted"}
        if self.change(customer, subscription, body, codes, changes=differs, with_add_ons=with_add_ons):
            self.life.set_status(customer, subscription, wanted)

    @precondition(lambda self: self.has(lambda one: one.orders))
    @rule(data=st.data(), then_delete=st.booleans())
    def clear(self, data: st.DataObject, then_delete: bool) -> None:
        """Clear whatever blocks a customer, in the order of a clean-up tool, and perhaps delete it (1.3)."""
        customer = self.one_with(data, lambda one: one.orders)
        for order in list(customer.orders.values()):
            if order.kind in CANCELLED_BY_ORDER and order.status != "cancelled":
                self.order_cancelled(customer, order)
        for azure_id in [azure_id for azure_id, (_, active) in customer.azure.items() if active]:
            self.azure_cancelled(customer, azure_id)
        add_ons_first = sorted(customer.subscriptions.values(), key=lambda one: one.parent is None)
        for subscription in [one for one in add_ons_first if one.status in {"active", "pending"}]:
            if subscription.kind in AZURE or self.life.status_objections(customer, subscription, "deleted"):
                self.status_changed(customer, subscription, "suspended")
            else:
                self.status_changed(customer, subscription, "deleted")
        if then_delete:
            self.deleted(customer, "DELETE")

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
    @rule(data=st.data(), wanted=st.sampled_from(QUANTITIES))
    def schedule_quantity(self, data: st.DataObject, wanted: int) -> None:
        """Order another number of seats for the next term, which new commerce can do."""
        customer, subscription = self.subscription(data)
        codes = self.life.change_objections(subscription)
        if not codes and subscription.kind != NEW_COMMERCE:
            codes = {900263}
        codes = codes or self.life.seats_objections(subscription, wanted)
        differs = wanted != subscription.next_quantity
        body = {"scheduledNextTermInstructions": {"quantity": wanted}}
        if self.change(customer, subscription, body, codes if differs else set(), changes=differs):
            subscription.next_quantity = wanted

    @precondition(lambda self: self.has(lambda one: one.subscriptions))
    @rule(data=st.data(), members=st.sampled_from(OTHER_CHANGES))
    def change_name_or_renewal(self, data: st.DataObject, members: Json) -> None:
        """Call a subscription something else, let it renew by itself, or not."""
        customer, subscription = self.subscription(data)
        before = self.front.document(f"/v1/customers/{customer.id}/subscriptions/{subscription.id}")
        differs = any(before[name] != value for name, value in members.items())
        codes = self.life.change_objections(subscription) if differs else set()
        renews = members.get("autoRenewEnabled", subscription.renews)
        if renews and not subscription.renews and not codes and subscription.ends is None:
            codes = {800093}
        if self.change(customer, subscription, members, codes, changes=differs):
            subscription.renews = renews

    def subscription(self, data: st.DataObject) -> tuple[Customer, Subscription]:
        """One of the subscriptions, with its customer."""
        customer = self.one_with(data, lambda one: one.subscriptions)
        subscriptions = list(customer.subscriptions.values())
        bases = [one for one in subscriptions if customer.add_ons(one.id)]
        return customer, self.choose(data, subscriptions + 3 * bases)

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
        if subscription.status == "deleted":
            codes, changes = {2011}, True
        path = f"/subscriptions/{subscription.id}"
        body = {**self.front.document(f"/v1/customers/{customer.id}{path}"), **members}
        answer = self.write(customer, "PATCH", path, body)
        add_ons = customer.add_ons(subscription.id) if with_add_ons else []
        records = [
            Record("update_subscription", customer.id, changed.id.lower())
            for changed in (subscription, *add_ons)
        ]
        return self.is_done(answer, codes, *(records if changes else [])) and changes

    @precondition(lambda self: self.has(lambda one: has_kind(one, MARKETPLACE)))
    @rule(data=st.data())
    def activate(self, data: st.DataObject) -> None:
        """Activate a subscription, as only those of the marketplace can be, once."""
        customer, subscription = self.subscription(data)
        codes = {800042} if subscription.kind != MARKETPLACE else set()
        if not codes and subscription.status != "pending":
            codes = {2011} if subscription.status == "deleted" else {800041}
        answer = self.write(customer, "POST", f"/subscriptions/{subscription.id}/activate")
        if self.is_done(answer, codes, Record("update_subscription", customer.id, subscription.id.lower())):
            self.life.activate(subscription)

    @precondition(lambda self: self.has(self.azure_of))
    @rule(data=st.data())
    def register(self, data: st.DataObject) -> None:
        """Register something, as only active Azure subscriptions can be."""
        customer = self.one_with(data, self.azure_of)
        self.registered(customer, self.choose(data, [*customer.azure, *customer.subscriptions]))

    @precondition(lambda self: self.has(lambda one: one.azure))
    @rule(data=st.data(), reason=st.sampled_from(["compromise", "compromise", "boredom"]))
    def cancel_azure_subscription(self, data: st.DataObject, reason: str) -> None:
        """Cancel an Azure subscription below a plan; the answer still says active."""
        customer = self.one_with(data, lambda one: one.azure)
        self.azure_cancelled(customer, self.choose(data, list(customer.azure)), reason)

    def azure_cancelled(self, customer: Customer, azure_id: str, reason: str = "compromise") -> None:
        """An Azure subscription that is not active any more, if the reason is one."""
        plan, active = customer.azure[azure_id]
        path = f"/subscriptions/{plan}/azureEntitlements/{azure_id}/cancel"
        answer = self.write(customer, "POST", path, {"cancellationReason": reason})
        codes = {900307} if reason != "compromise" else set()
        records = [Record("update_subscription", customer.id, azure_id)] if active or codes else []
        if self.is_done(answer, codes, *records):
            customer.azure[azure_id] = (plan, False)

    @precondition(lambda self: self.has(lambda one: any(s.item.becomes for s in one.subscriptions.values())))
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

    @precondition(lambda self: self.has(lambda one: one.subscriptions and not one.has_supporter))
    @rule(data=st.data())
    def name_supporter(self, data: st.DataObject) -> None:
        """Leave something behind that only a table of its own knows."""
        customer = self.one_with(data, lambda one: one.subscriptions and not one.has_supporter)
        subscription = self.choose(data, list(customer.subscriptions.values()))
        body = {"supportTenantId": customer.id, "supportMpnId": "1234567"}
        answer = self.write(customer, "PUT", f"/subscriptions/{subscription.id}/supportcontact", body)
        customer.has_supporter = self.is_done(answer, set())

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
    @rule(by=st.sampled_from(SHORT_SPANS))
    def advance(self, by: str) -> None:
        """Let some time go by, in which windows close."""
        self.moved(by)

    @precondition(lambda self: self.life.customers)
    @rule(by=st.sampled_from(LONG_SPANS))
    def age(self, by: str) -> None:
        """Let more time go by, in which terms end."""
        self.moved(by)

    def moved(self, by: str) -> None:
        """The sandbox and the model some time later."""
        self.life.advance(self.front.move(advance=by))
        self.touched |= set(self.life.customers)
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
        self.touched |= set(self.life.customers)
        self.front.forget_records()


def has_kind(customer: Customer, kind: str) -> bool:
    """Whether a customer has a subscription of a kind."""
    return any(subscription.kind == kind for subscription in customer.subscriptions.values())


SHORT_AND_LONG = [
    pytest.param(10, 25, id="short"),
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
    run_state_machine_as_test(machine, settings=settings(max_examples=examples, stateful_step_count=steps))
