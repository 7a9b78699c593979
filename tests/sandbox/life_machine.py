"""What all steps of customers' lives share: asking beside the model, and what is true after every step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import httpx2
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant
from tests.conftest import ADDRESS, new_customer_body
from tests.sandbox.life_laws import Codes, Life
from tests.sandbox.life_model import PLAN, RESERVATION, Cart, Customer, Quotas
from tests.sandbox.life_sandbox import LifeSandbox, Record, Sent

from partnercenter.sandbox.rules.agreements import TEMPLATES

T = TypeVar("T")
Json = dict[str, Any]

BAD_POSTAL_CODE = "none"


class Witness(RuleBasedStateMachine):
    """A sandbox and the model of it, compared after every step."""

    front: LifeSandbox

    def begin_life(self) -> None:
        """An empty sandbox with quotas that can be reached."""
        quotas = Quotas()
        now = self.front.begin(
            customer_quota=quotas.customers,
            active_subscription_quota=quotas.subscriptions,
            azure_plan_quota=quotas.plans,
            legacy_azure_quota=quotas.legacy_azure,
            invalid_address="undeletable",
        )
        self.life = Life(now)
        self.keys: dict[str, int] = {}
        self.ids: dict[str, list[tuple[str, str]]] = {}
        self.handed_out: set[str] = set()
        self.saved: tuple[Life, list[Sent]] | None = None
        self.touched: set[str] = set()
        self.agrees = False
        self.was_full = False

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
        self.touched.add(customer.id)
        whole = f"/v1/customers/{customer.id}{path}"
        return self.front.write(method, whole, body, now=self.life.now, customer_id=customer.id)

    def fresh(self, customer_id: str, *ids: tuple[str, str]) -> None:
        """Take note of ids, by the names of path parameters, which nobody had before."""
        for name, value in ids:
            assert value.lower() not in self.handed_out, f"{name} {value} was there before"
            self.handed_out.add(value.lower())
            self.ids.setdefault(customer_id, []).append((name, value))

    def is_done(self, answer: httpx2.Response, codes: Codes, *records: Record) -> bool:
        """Whether a write was done, which it must be unless something stands against it; with its records."""
        self.agrees = False
        if codes:
            assert 400 <= answer.status_code < 500, f"expected one of {codes}, was done: {answer.text}"
            assert answer.json()["code"] in codes, f"expected one of {codes}: {answer.text}"
            records = (*(replace(record, succeeded=False) for record in records[:1]),)
        else:
            assert answer.is_success, answer.text
        assert Counter(records) == self.front.new_records()
        return not codes

    def created(self, has_bad_address: bool) -> Customer:
        """A new customer."""
        made = self.creation(has_bad_address).json()
        assert self.is_done(self.front.sent[-1].answer, set(), Record("add_customer", made["id"], made["id"]))
        self.fresh(made["id"], ("customer_id", made["id"]), ("commerce_id", made["commerceId"]))
        self.life.customers[made["id"]] = customer = Customer(made["id"], has_bad_address)
        key = self.front.key_of(made["id"])
        assert key not in self.keys.values()
        self.keys[made["id"]] = key
        return customer

    def creation(self, has_bad_address: bool = False) -> httpx2.Response:
        """What is answered to the creation of a customer."""
        address = {**ADDRESS, "postalCode": BAD_POSTAL_CODE} if has_bad_address else ADDRESS
        body = new_customer_body(defaultAddress=address)
        return self.front.write("POST", "/v1/customers", body, now=self.life.now)

    def confirmed(self, customer: Customer) -> None:
        """A customer that may buy."""
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

    def is_expired(self, cart: Cart) -> bool:
        """Whether a cart can no longer be used."""
        return self.life.now >= cart.expires

    def nothing_is_left_of(self, *customers: str) -> None:
        """No route and no table knows anything of customers that are gone."""
        ids = {value.lower() for one in customers for _, value in self.ids[one]}
        assert [] == self.front.traces({self.keys[one] for one in customers}, ids)
        for one in customers:
            assert {} == self.front.routes_that_know(one, dict(self.ids[one]))

    @invariant()
    def everything_is_as_the_model_says(self) -> None:
        """The lists of customers, orders, subscriptions, Azure subscriptions and entitlements; each cart."""
        self.agrees = False
        listed = [item["id"] for item in self.front.items("/v1/customers")]
        assert list(self.life.customers) == listed
        for customer in [self.life.customers[one] for one in listed if one in self.touched]:
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
        self.touched, self.agrees = set(), True

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
        assert sum(s.kind == PLAN for one in held for s in one) <= quotas.plans
        for customer, subscriptions in zip(everyone, held, strict=True):
            assert len(subscriptions) <= quotas.subscriptions_each
            assert all(s.quantity <= quotas.seats for s in subscriptions)
            reserved = [o for o in customer.orders.values() if o.kind == RESERVATION]
            lines = [line for order in reserved for line in self.life.entitled(customer, order)]
            assert sum(line.quantity for line in lines) <= quotas.reservations

    def teardown(self) -> None:
        """At the end nothing is left of whoever is gone, by deletion or because a snapshot did not know it."""
        if getattr(self, "agrees", False):
            self.touched = set(self.life.customers)
            self.everything_is_as_the_model_says()
            gone = [one for one in self.keys if one not in self.life.customers]
            self.nothing_is_left_of(*gone)
