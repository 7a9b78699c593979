"""Steps of customers' lives: what is bought, by orders and by carts, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from tests.sandbox.life_laws import Codes
from tests.sandbox.life_machine import Witness
from tests.sandbox.life_model import AZURE, PLAN, RESERVATION, Cart, Customer, Item, Line, Order, Wanted
from tests.sandbox.life_sandbox import Record

from partnercenter.contract.timestamps import parse_timestamp
from partnercenter.sandbox.rules.catalogue import CatalogueItem, find_item, items

Json = dict[str, Any]

# What comes more often is more likely.
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
BASES = frozenset[str]().union(*(item.bases for item in SOLD))


def sort_of(item: Item) -> str:
    """What an item is drawn by: its kind, but trials, add-ons and their bases are sorts of their own."""
    if item.becomes or item.bases:
        return "trial" if item.becomes else "add-on"
    return "base" if item.sku in BASES else item.kind


SORTS = list(dict.fromkeys(map(sort_of, SOLD)))


def duration_of(item: Item) -> str | None:
    """The term as a request names it."""
    return (
        None if not item.months else f"P{item.months // 12}Y" if item.months % 12 == 0 else f"P{item.months}M"
    )


class Buying(Witness):
    """Customers that buy."""

    def line(self, data: st.DataObject, customer: Customer, sold: Sequence[Item] = SOLD) -> Wanted:
        """A line that the customer might buy, or be refused."""
        held = list(customer.subscriptions)
        below = self.azure_of(customer)
        # Without anything to hang on, these would be refused only.
        skus = {one.item.sku for one in customer.subscriptions.values()}
        counts = {RESERVATION: 2 * bool(below), "add-on": 3 * bool(skus & BASES)}
        sorts = [sort for sort in SORTS for _ in range(counts.get(sort, 1))]
        sort = self.choose(data, [sort for sort in sorts if sort in map(sort_of, sold)])
        item = self.choose(
            data, [item for item in sold if sort_of(item) == sort and (not item.bases or item.bases & skus)]
        )
        bases = [s.id for s in customer.subscriptions.values() if s.item.sku in item.bases]
        return Wanted(
            item=item,
            quantity=self.choose(data, QUANTITIES if item.most > 1 else (1, 1, 1, 1, 2)),
            parent=self.choose(data, [*bases * 5, *held, None]) if item.bases else None,
            azure=self.choose(data, [*below, *below, *held, None]) if sort == RESERVATION else None,
            attested=data.draw(st.booleans()) if item.needs_attestation else False,
        )

    def azure_of(self, customer: Customer) -> list[str]:
        """What reservations might be bought for."""
        return [*customer.azure, *(s.id for s in customer.subscriptions.values() if s.kind in AZURE)]

    @precondition(lambda self: self.life.customers)
    @rule(data=st.data(), count=st.sampled_from([1, 1, 1, 2]))
    def order(self, data: st.DataObject, count: int) -> None:
        """Order one or two things without a cart."""
        customer = self.customer(data)
        first = self.line(data, customer)
        same_cycle = [item for item in SOLD if item.cycle == first.item.cycle]
        self.ordered(customer, first, *(self.line(data, customer, same_cycle) for _ in range(count - 1)))

    def ordered(self, customer: Customer, *wanted: Wanted) -> None:
        """An order, if nothing stands against it."""
        body = {
            "referenceCustomerId": customer.id,
            "billingCycle": wanted[0].item.cycle,
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

    def ordered_together(self, customer: Customer, basket: str) -> None:
        """Orders of which one hangs on another: what a basket is called by, and what that needs."""
        needed = {"add-on": "base", RESERVATION: PLAN}.get(basket)
        item = next(item for item in SOLD if sort_of(item) == basket and item.in_sandbox)
        if needed is None:
            self.ordered(customer, Wanted(item, min(5, item.most)))
            return
        below = [one for one in SOLD if sort_of(one) == needed and (not item.bases or one.sku in item.bases)]
        self.ordered(customer, Wanted(below[0], min(5, below[0].most)))
        bought = [one.id for one in customer.subscriptions.values() if one.item == below[0]]
        if bought and basket == RESERVATION:
            self.registered(customer, bought[-1])
            self.ordered(customer, Wanted(item, 1, azure=bought[-1]))
        elif bought:
            self.ordered(customer, Wanted(item, 5, parent=bought[-1]))

    def registered(self, customer: Customer, target: str) -> None:
        """Something that reservations can be bought for, if it is an active Azure subscription."""
        state = self.life.azure_state(customer, target)
        deleted_azure = target in customer.subscriptions and customer.subscriptions[target].kind in AZURE
        codes = set() if state else {800011} if state is None and not deleted_azure else {800012}
        record = Record("update_subscription", customer.id, target.lower())
        answer = self.write(customer, "POST", f"/subscriptions/{target}/registrations")
        if self.is_done(answer, codes, *([] if target in customer.registered and not codes else [record])):
            customer.registered.add(target)

    def take(self, customer: Customer, made: Json, wanted: Sequence[Wanted]) -> None:
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
            on_top: list[Wanted] = []
            has_add_on: bool = data.draw(st.booleans()) if add_ons else False
            if has_add_on:
                quantity = self.choose(data, QUANTITIES)
                on_top = [Wanted(self.choose(data, add_ons), quantity, base=base.item)]
            lines.append([base, *on_top])
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
