"""The pure rules of buying, and of which lines of a cart end in one order; behaviour.md 4.4 and 8."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st
from tests.sandbox.near_valid import JSON
from tests.sandbox.rule_strategies import SOLD

from partnercenter.contract.enums import CartErrorCode
from partnercenter.sandbox.rules.buying import (
    AzureSubscription,
    Buyer,
    HeldSubscription,
    Holdings,
    LineProblem,
    WantedLine,
    find_problem,
    sku_of,
)
from partnercenter.sandbox.rules.cart_documents import OrderGroups
from partnercenter.sandbox.rules.catalogue import items
from partnercenter.sandbox.rules.product import Product
from partnercenter.sandbox.rules.refusal import Refused, RefusedBySetting
from partnercenter.sandbox.settings import SETTINGS, Settings

DEFAULTS: Final = Settings.of({})
PLAN: Final = "aaaaaaaa-0000-4000-8000-000000000001"
BASE: Final = "bbbbbbbb-0000-4000-8000-000000000002"
BUYERS = st.builds(
    Buyer,
    is_sandbox=st.booleans(),
    azure_plans_each=st.sampled_from([1, 3]),
    can_name_participants=st.booleans(),
    currencies=st.just(frozenset({"USD"})),
)
SANDBOX = Buyer(
    is_sandbox=True, azure_plans_each=1, can_name_participants=False, currencies=frozenset({"USD"})
)
STATUSES = st.sampled_from(["active", "pending", "suspended", "expired", "disabled"])
HELD = st.builds(
    Holdings,
    subscriptions=st.dictionaries(
        st.just(BASE),
        st.builds(
            HeldSubscription,
            id=st.just(BASE),
            kind=st.sampled_from(Product),
            item=st.sampled_from(sorted({sku_of(item) for item in items()})),
            status=STATUSES,
            billing_cycle=st.sampled_from(["monthly", "annual"]),
        ),
    ),
    azure=st.dictionaries(st.just(PLAN), st.builds(AzureSubscription, st.booleans(), st.booleans())),
    assets=st.dictionaries(st.sampled_from(sorted({sku_of(item) for item in items()})), st.integers(0, 30)),
    reservations=st.integers(0, 3),
    subscriptions_of_customer=st.integers(0, 6),
    subscriptions_of_partner=st.integers(0, 400),
    azure_plans_of_customer=st.integers(0, 2),
    azure_plans_of_partner=st.integers(0, 11),
    legacy_azure_of_partner=st.integers(0, 11),
)
CONTEXTS = st.dictionaries(st.sampled_from(["subscriptionId", "SCOPE", "duration"]), JSON) | st.just(
    {"subscriptionId": PLAN, "scope": "shared"}
)


def lines(bases: st.SearchStrategy[WantedLine | None]) -> st.SearchStrategy[WantedLine]:
    """Lines of whatever a body may hold once it was checked for its form."""
    return st.builds(
        WantedLine,
        number=st.integers(0, 99),
        catalog_item_id=st.text(max_size=5),
        item=st.none() | st.sampled_from(items()),
        quantity=st.integers(-1, 30) | st.integers(),
        billing_cycle=st.sampled_from(["monthly", "annual", "one_time", "triennial", "", "x"]),
        term_duration=st.sampled_from([None, "P1M", "p1y", "P3Y", "x"]),
        currency=st.sampled_from([None, "USD", "usd", "EUR", ""]),
        parent_id=st.sampled_from([None, None, BASE, BASE.upper(), "x", ""]),
        base=bases,
        provisioning=CONTEXTS,
        has_participants=st.booleans(),
        attestation_accepted=st.booleans(),
        renews_to=st.sampled_from([None, None, "P1M", "p1y", "x"]),
    )


LINES = lines(st.none() | lines(st.none()))


@given(line=LINES, held=HELD, buyer=BUYERS)
def test_every_line_is_judged(line: WantedLine, held: Holdings, buyer: Buyer) -> None:
    """Whatever a line asks for, it can be bought or there is a word and a service error that says why not."""
    problem = find_problem(line, held, buyer, DEFAULTS)
    if problem is None:
        assert line.item is not None
        assert line.term is not None
        assert line.renewal_duration is not None
        assert line.item.minimum_quantity <= line.quantity <= line.item.maximum_quantity
    else:
        assert isinstance(problem.cart_code, CartErrorCode)
        assert is_told(problem)


def is_told(problem: LineProblem) -> bool:
    """Whether a problem has a fault: one that is documented, or one that a setting names."""
    refusal = problem.refusal
    if isinstance(refusal, RefusedBySetting):
        return refusal.name in SETTINGS
    return isinstance(refusal, Refused) and 400 <= refusal.status < 500 and refusal.code > 0


@given(wanted=st.lists(st.tuples(st.sampled_from(SOLD), st.integers(1, 26)), max_size=40))
def test_no_sequence_of_purchases_exceeds_a_quota(wanted: list[tuple[Any, int]]) -> None:
    """What is bought counts for what comes after it: 5 subscriptions, 25 seats, 2 reservations, 1 plan (8)."""
    held = Holdings(azure={PLAN: AzureSubscription(is_active=True, is_registered=True)})
    bought: list[tuple[Product, int]] = []
    for number, ((item, term), quantity) in enumerate(wanted):
        line = WantedLine(
            number=number,
            catalog_item_id=item.catalog_item_id,
            item=item,
            quantity=quantity,
            billing_cycle=term.billing_cycle,
            term_duration=term.duration or None,
            provisioning={"subscriptionId": PLAN, "scope": "single"},
            attestation_accepted=True,
        )
        if find_problem(line, held, SANDBOX, DEFAULTS) is None:
            held = held.with_bought(item, quantity)
            bought.append((item.kind, quantity))
    begun = [kind for kind, _ in bought if kind.has_subscription]
    assert len(begun) == held.subscriptions_of_customer == held.subscriptions_of_partner <= 5
    assert begun.count(Product.AZURE_PLAN) == held.azure_plans_of_customer == held.azure_plans_of_partner <= 1
    assert begun.count(Product.LEGACY_AZURE) == held.legacy_azure_of_partner <= 5
    reserved = sum(quantity for kind, quantity in bought if kind is Product.AZURE_RESERVATION)
    assert reserved == held.reservations <= 2
    assert all(quantity <= 25 for kind, quantity in bought if kind.has_seats)
    assert sum(held.assets.values()) == sum(
        1 if kind.has_subscription else quantity for kind, quantity in bought
    )


@given(held=HELD, bought=st.sampled_from(SOLD), quantity=st.integers(1, 25))
def test_what_was_bought_only_adds(held: Holdings, bought: Any, quantity: int) -> None:
    """A purchase takes nothing away, and leaves the subscriptions that were there as they are."""
    item, _ = bought
    after = held.with_bought(item, quantity)
    assert (held.subscriptions, held.azure) == (after.subscriptions, after.azure)
    assert all(after.assets[sku] >= count for sku, count in held.assets.items())
    names = ("reservations", "subscriptions_of_customer", "azure_plans_of_partner", "legacy_azure_of_partner")
    assert all(0 <= getattr(after, name) - getattr(held, name) <= quantity for name in names)


@given(wanted=st.lists(LINES, max_size=12))
def test_lines_of_one_kind_and_cycle_end_in_one_order(wanted: list[WantedLine]) -> None:
    """Two lines share a group exactly when they are of one kind of product with one billing cycle (4.4)."""
    groups = OrderGroups()
    names = [groups.name_of(line) for line in wanted]
    kinds = [group_key(line) for line in wanted]
    for name, kind in zip(names, kinds, strict=True):
        assert [other == name for other in names] == [other == kind for other in kinds]
    numbered = list(dict.fromkeys(name for name in names if name != "OMS-0"))
    assert [str(number) for number in range(len(numbered))] == numbered


def group_key(line: WantedLine) -> object:
    """What decides the group of a line; legacy Azure has one of its own."""
    kind = line.item.kind if line.item is not None else None
    cycle = line.term.billing_cycle if line.term is not None else line.billing_cycle
    return "OMS-0" if kind is Product.LEGACY_AZURE else (kind, cycle)
