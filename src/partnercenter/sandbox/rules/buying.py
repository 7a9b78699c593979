"""Whether a line can be bought: item, term, seats, what it hangs on, the sandbox's quotas; behaviour.md 4.4 and 8.

Pure. Each problem has two faces: the word that a cart's line shows, and the service error of an order or a checkout.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from partnercenter.contract.enums import CartErrorCode
from partnercenter.sandbox.rules.catalogue import CatalogueItem, Term, following_terms
from partnercenter.sandbox.rules.product import Product
from partnercenter.sandbox.rules.refusal import Refusal, Refused, RefusedBySetting
from partnercenter.sandbox.settings import Settings

LEARN_MORE: Final = "https://learn.microsoft.com/partner-center/develop/set-up-api-access-in-partner-center"
_SCOPES: Final = {"shared", "single"}


@dataclass(frozen=True, slots=True)
class HeldSubscription:
    """A subscription that the customer has: what it is, and its state."""

    id: str
    kind: Product
    item: str
    status: str
    billing_cycle: str


@dataclass(frozen=True, slots=True)
class AzureSubscription:
    """Something reservations can be bought for: an Azure plan, a subscription below it, or a legacy one."""

    is_active: bool
    is_registered: bool


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the customer and its partner have already; `assets` are counted by `product:sku`, as `assets_of` does.

    Only what is not deleted counts. Ids are in lower case.
    """

    subscriptions: Mapping[str, HeldSubscription] = field(default_factory=dict)
    azure: Mapping[str, AzureSubscription] = field(default_factory=dict)
    assets: Mapping[str, int] = field(default_factory=dict)
    reservations: int = 0
    subscriptions_of_customer: int = 0
    subscriptions_of_partner: int = 0
    azure_plans_of_customer: int = 0
    azure_plans_of_partner: int = 0
    legacy_azure_of_partner: int = 0

    def with_bought(self, item: CatalogueItem, quantity: int) -> Holdings:
        """What there is once a line was bought."""
        kind, sku = item.kind, sku_of(item)
        begun = 1 if kind.has_subscription else 0
        plan, legacy = kind is Product.AZURE_PLAN, kind is Product.LEGACY_AZURE
        return replace(
            self,
            assets={**self.assets, sku: self.assets.get(sku, 0) + assets_of(item, quantity)},
            reservations=self.reservations + (quantity if kind is Product.AZURE_RESERVATION else 0),
            subscriptions_of_customer=self.subscriptions_of_customer + begun,
            subscriptions_of_partner=self.subscriptions_of_partner + begun,
            azure_plans_of_customer=self.azure_plans_of_customer + plan,
            azure_plans_of_partner=self.azure_plans_of_partner + plan,
            legacy_azure_of_partner=self.legacy_azure_of_partner + legacy,
        )


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys: in which environment, for how many Azure plans, in which currencies."""

    is_sandbox: bool
    azure_plans_each: int
    can_name_participants: bool
    currencies: frozenset[str]


@dataclass(frozen=True, slots=True)
class WantedLine:
    """A line as a cart or an order asks for it. `parent_id` names the base of an add-on that is there already.

    `base` is the line that an add-on is bought on top of in the same cart, `renews_to` the term that is to follow.
    """

    number: int
    catalog_item_id: str
    item: CatalogueItem | None
    quantity: int
    billing_cycle: str
    term_duration: str | None
    currency: str | None = None
    parent_id: str | None = None
    base: WantedLine | None = None
    provisioning: Mapping[str, Any] = field(default_factory=dict)
    has_participants: bool = False
    attestation_accepted: bool = False
    renews_to: str | None = None

    @property
    def term(self) -> Term | None:
        """The item's term that the line asks for; where it has one only for the cycle, naming it is not needed."""
        if self.item is None:
            return None
        terms = [
            t for t in self.item.terms if not self.billing_cycle or t.billing_cycle == self.billing_cycle
        ]
        if self.term_duration:
            terms = [t for t in terms if t.duration.lower() == self.term_duration.lower()]
        return terms[0] if terms else None

    @property
    def renewal_duration(self) -> str | None:
        """The duration of the terms after the first, empty for the same; None when the item has no such term."""
        if not self.renews_to:
            return ""
        wanted = self.renews_to.lower()
        return next((duration for duration in self.renewals if duration.lower() == wanted), None)

    @property
    def renewals(self) -> tuple[str, ...]:
        """The durations that can follow: those that are billed in the cycle of the first term."""
        if self.item is None or self.term is None:
            return ()
        cycle = self.term.billing_cycle
        terms = (term for term in following_terms(self.item) if term.billing_cycle == cycle)
        return tuple(dict.fromkeys(term.duration for term in terms if term.duration))


@dataclass(frozen=True, slots=True)
class LineProblem:
    """Why a line cannot be bought. `quantities` are what is available and what was bought already."""

    cart_code: CartErrorCode
    refusal: Refusal
    quantities: tuple[int, int] | None = None


def sku_of(item: CatalogueItem) -> str:
    """What assets are counted by: product and SKU, or the offer."""
    return ":".join(item.parts[:2]).lower()


def assets_of(item: CatalogueItem, quantity: int) -> int:
    """How many assets a purchase is: a subscription is one, whatever its seats; of the others each piece counts."""
    return 1 if item.kind.has_subscription else quantity


def find_problem(line: WantedLine, held: Holdings, buyer: Buyer, settings: Settings) -> LineProblem | None:
    """The first thing that stands against a line, or None."""
    return next(_problems(line, held, buyer, settings), None)


def _problems(line: WantedLine, held: Holdings, buyer: Buyer, settings: Settings) -> Iterator[LineProblem]:
    item = line.item
    if item is None:
        refusal = RefusedBySetting("fault_item_unknown")
        yield LineProblem(CartErrorCode.CATALOG_ITEM_ID_IS_NOT_VALID, refusal)
        return
    if item.kind.is_legacy and settings.text("legacy_purchase") == "refuse":
        yield LineProblem(CartErrorCode.LEGACY_OFFER_NOT_ELIGIBLE_FOR_PURCHASE, Refused(403, 2091))
    yield from _form_problems(line, item, buyer)
    yield from _base_problems(line, item, held)
    if item.kind is Product.AZURE_RESERVATION:
        yield from _reservation_problems(line, held)
    yield from _limit_problems(line, item, held)
    if buyer.is_sandbox:
        yield from _sandbox_problems(line, item, held, settings)
        yield from _azure_quota_problems(item, held, buyer, settings)
    if line.quantity < item.minimum_quantity:
        yield LineProblem(CartErrorCode.INVALID_INPUT, Refused(400, 900275, None, line.number))


def _form_problems(line: WantedLine, item: CatalogueItem, buyer: Buyer) -> Iterator[LineProblem]:
    if line.currency and line.currency.upper() not in buyer.currencies:
        yield LineProblem(CartErrorCode.CURRENCY_IS_NOT_SUPPORTED, Refused(400, 900169))
    if line.has_participants and not buyer.can_name_participants:
        text = "Participants can be named by indirect providers only."
        yield LineProblem(CartErrorCode.PARTICIPANTS_IS_NOT_SUPPORTED_FOR_PARTNER, Refused(403, 2006, text))
    if line.term is None:
        offered = ", ".join(f"{t.duration or 'no term'} {t.billing_cycle}" for t in item.terms)
        text = f"The item is not sold for this term and billing cycle. It has {offered}."
        yield LineProblem(CartErrorCode.BILLING_PLAN_NOT_SUPPORTED, Refused(400, 6001, text))
    elif line.renewal_duration is None:
        text = f"The item does not renew for this term. It has {', '.join(line.renewals) or 'no term'}."
        yield LineProblem(CartErrorCode.BILLING_PLAN_NOT_SUPPORTED, Refused(400, 6001, text))
    if item.needs_attestation and not line.attestation_accepted:
        refusal = Refused(400, 900203, None, item.catalog_item_id)
        yield LineProblem(CartErrorCode.ATTESTATION_NOT_ACCEPTED, refusal)
    if not 1 <= line.quantity <= item.maximum_quantity:
        yield LineProblem(CartErrorCode.INVALID_INPUT, Refused(400, 900275, None, line.number))


def _base_problems(line: WantedLine, item: CatalogueItem, held: Holdings) -> Iterator[LineProblem]:
    bases = {base.lower() for base in item.bases}
    if line.parent_id is not None:
        parent = held.subscriptions.get(line.parent_id.lower())
        if parent is None:
            refusal = Refused(404, 20003, None, line.parent_id)
            yield LineProblem(CartErrorCode.SUBSCRIPTION_IS_NOT_VALID, refusal)
        elif not bases:
            yield _refused_item("This is no add-on, so it cannot be bought for another subscription.")
        elif parent.item not in bases:
            yield _refused_item("This add-on cannot be bought for that subscription.")
        elif parent.status != "active":
            yield LineProblem(CartErrorCode.SUBSCRIPTION_IS_NOT_VALID, Refused(400, 800012))
        elif parent.kind.is_legacy and _differs(line, parent.billing_cycle):
            yield _OTHER_CYCLE
    elif line.base is not None and line.base.item is not None:
        if sku_of(line.base.item) not in bases:
            yield _refused_item("This add-on cannot be bought with that item.")
        elif line.base.term is not None and _differs(line, line.base.term.billing_cycle):
            yield _OTHER_CYCLE
    elif bases:
        yield _refused_item("This is an add-on. Name the subscription that it is bought for.")


# A legacy add-on is billed as its base is; so are the lines of one order.
_OTHER_CYCLE: Final = LineProblem(CartErrorCode.BILLING_PLAN_NOT_SUPPORTED, Refused(400, 800085))


def _differs(line: WantedLine, cycle: str) -> bool:
    return line.term is not None and line.term.billing_cycle != cycle


def _refused_item(text: str) -> LineProblem:
    refusal = RefusedBySetting("fault_item_refused", text)
    return LineProblem(CartErrorCode.BASE_OFFER_SEAT_QUANTITY_NOT_MET, refusal)


def _reservation_problems(line: WantedLine, held: Holdings) -> Iterator[LineProblem]:
    """A reservation names a registered Azure subscription and its scope (behaviour.md 4.4)."""
    context = {str(name).lower(): str(value) for name, value in line.provisioning.items()}
    named = context.get("subscriptionid", "").strip("{} ").lower()
    scope = context.get("scope", "").lower()
    if not named or scope not in _SCOPES:
        text = "A reservation needs provisioningContext with subscriptionId and scope, which is shared or single."
        yield LineProblem(CartErrorCode.INVALID_INPUT, Refused(400, 800002, text))
        return
    azure = held.azure.get(named)
    if azure is None:
        yield LineProblem(CartErrorCode.SUBSCRIPTION_IS_NOT_VALID, Refused(400, 800011))
    elif not azure.is_active:
        yield LineProblem(CartErrorCode.SUBSCRIPTION_IS_NOT_VALID, Refused(400, 800012))
    elif not azure.is_registered:
        yield LineProblem(CartErrorCode.SUBSCRIPTION_NOT_REGISTERED, Refused(400, 800030))


def _limit_problems(line: WantedLine, item: CatalogueItem, held: Holdings) -> Iterator[LineProblem]:
    if item.most_per_customer is None:
        return
    owned, wanted = held.assets.get(sku_of(item), 0), assets_of(item, line.quantity)
    if owned + wanted > item.most_per_customer:
        left = max(0, item.most_per_customer - owned)
        refusal = RefusedBySetting("fault_asset_limit", None, wanted, left)
        code = CartErrorCode.MAX_ALLOWED_SEATS_PER_SUBSCRIPTION_EXCEEDED
        yield LineProblem(code, refusal, (left, owned))


def _sandbox_problems(
    line: WantedLine, item: CatalogueItem, held: Holdings, settings: Settings
) -> Iterator[LineProblem]:
    if not item.sold_in_sandbox:
        refusal = RefusedBySetting("fault_reservation_sku", None, item.title, LEARN_MORE)
        yield LineProblem(CartErrorCode.UNABLE_TO_PROCESS_CART_LINE_ITEM, refusal)
    seats = settings.number("seat_quota")
    if item.kind.has_seats and max(line.quantity, item.minimum_quantity) > seats:
        yield _sandbox_limit("fault_seat_quota", (seats, 0))
    if item.kind.has_subscription:
        each, together = settings.number("subscription_quota"), settings.number("active_subscription_quota")
        if held.subscriptions_of_customer >= each or held.subscriptions_of_partner >= together:
            yield _sandbox_limit("fault_subscription_quota", (0, held.subscriptions_of_customer))
    reservations = settings.number("reservation_quota")
    if item.kind is Product.AZURE_RESERVATION and held.reservations + line.quantity > reservations:
        left = max(0, reservations - held.reservations)
        yield _sandbox_limit("fault_reservation_quota", (left, held.reservations))


def _azure_quota_problems(
    item: CatalogueItem, held: Holdings, buyer: Buyer, settings: Settings
) -> Iterator[LineProblem]:
    if item.kind is Product.AZURE_PLAN and (
        held.azure_plans_of_customer >= buyer.azure_plans_each
        or held.azure_plans_of_partner >= settings.number("azure_plan_quota")
    ):
        yield _sandbox_limit("fault_azure_plan_quota", (0, held.azure_plans_of_customer))
    if item.kind is Product.LEGACY_AZURE and held.legacy_azure_of_partner >= settings.number(
        "legacy_azure_quota"
    ):
        yield _sandbox_limit("fault_legacy_azure_quota", (0, held.legacy_azure_of_partner))
    if item.kind is Product.AZURE_SAVINGS_PLAN and held.azure_plans_of_customer == 0:
        text = "An Azure savings plan can be bought for a customer with an Azure plan only."
        refusal = RefusedBySetting("fault_savings_plan_without_plan", text)
        yield LineProblem(CartErrorCode.SUBSCRIPTION_IS_NOT_VALID, refusal)


def _sandbox_limit(setting: str, quantities: tuple[int, int]) -> LineProblem:
    return LineProblem(CartErrorCode.SANDBOX_LIMIT_EXCEEDED, RefusedBySetting(setting), quantities)
