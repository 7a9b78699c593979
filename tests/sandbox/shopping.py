"""What tests of purchases share: a customer that buys over HTTP, what can be bought, and the moving of time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx2

if TYPE_CHECKING:
    from tests.conftest import Sandbox

TENANT = "0bada5a0-0000-4ca1-8ca1-0000000000b1"
CLIENT = "0bada5a0-0000-4ca1-8ca1-0000000000b2"
CUSTOMER = "11111111-0000-4000-8000-000000000001"
NEIGHBOUR = "11111111-0000-4000-8000-000000000002"
NOBODYS_ID = "99999999-0000-4000-8000-000000000000"


class Item(NamedTuple):
    """Something that can be bought: its id, and a term that it has."""

    id: str
    term: str
    cycle: str

    def for_term(self, term: str, cycle: str) -> Item:
        """The same for another term."""
        return Item(self.id, term, cycle)


BASIC = Item("CFQ7TTC0LH18:0001:CFQ7TTC0K971", "P1Y", "monthly")
PREMIUM = Item("CFQ7TTC0LCHC:0001:CFQ7TTC0K5BP", "P1Y", "monthly")
PREMIUM_TRIAL = Item("CFQ7TTC0LCHC:0002:CFQ7TTC0K5TR", "P1M", "monthly")
TEAMS_PHONE = Item("CFQ7TTC0LH0T:0001:CFQ7TTC0K7TP", "P1Y", "monthly")
COPILOT = Item("CFQ7TTC0MM8R:0002:CFQ7TTC0K3CP", "P1Y", "annual")
WINDOWS_365 = Item("CFQ7TTC0LHXL:0009:CFQ7TTC0K2HB", "P1M", "monthly")
USER_CAL = Item("DG7GMGF0DWT0:0001:DG7GMGF0DSQR", "", "one_time")
SQL_SERVER = Item("DG7GMGF0D7FV:0001:DG7GMGF0D3P1", "", "one_time")
SQL_ENTERPRISE = Item("DG7GMGF0D7FT:0001:DG7GMGF0D3P2", "", "one_time")
CAL_FOR_A_YEAR = Item("DG7GMGF0DVT7:000D:DG7GMGF0D5ZV", "P1Y", "annual")
CAL_FOR_THREE_YEARS = CAL_FOR_A_YEAR.for_term("P3Y", "triennial")
RESERVATION = Item("DZH318Z0BQ3W:007J:DZH318Z0F2Q1", "P1Y", "one_time")
UNSOLD_RESERVATION = Item("DZH318Z0BQ3W:00B2:DZH318Z0F2R1", "P1Y", "one_time")
AZURE_PLAN = Item("DZH318Z0BPS6:0001:DZH318Z0BML6", "", "monthly")
SAVINGS_PLAN = Item("DZH318Z08B89:0001:DZH318Z0B1C2", "P1Y", "monthly")
LEDGER = Item("DZH318Z0BXGV:0003:DZH318Z0BMK1", "P1M", "monthly")
LEDGER_FOR_A_YEAR = LEDGER.for_term("P1Y", "annual")
OFFICE = Item("031C9E47-4802-4248-838E-778FB1D2CC05", "P1Y", "monthly")
OFFICE_E3 = Item("796B6B5F-613C-4E24-A17C-EBA730D49C02", "P1Y", "monthly")
OFFICE_TRIAL = Item("467EAB54-127B-42D3-B046-3844B860BEBF", "P1M", "monthly")
CONFERENCING = Item("C94271D8-B431-4A25-A3C5-A57737A1C909", "P1Y", "monthly")
LEGACY_AZURE = Item("MS-AZR-0145P", "", "monthly")
UNKNOWN = Item("CFQ7TTC0XXXX:0001:CFQ7TTC0XXXX", "P1Y", "monthly")

ONE_OF_EACH_KIND: Mapping[str, Item] = {
    "new_commerce": BASIC,
    "perpetual_software": USER_CAL,
    "software_subscription": CAL_FOR_A_YEAR,
    "azure_plan": AZURE_PLAN,
    "marketplace": LEDGER,
    "legacy": OFFICE,
    "legacy_azure": LEGACY_AZURE,
    "azure_reservation": RESERVATION,
    "azure_savings_plan": SAVINGS_PLAN,
}
# What the last two are bought for: a plan that is registered.
REGISTERED_PLAN = {"product": "azure_plan", "registered": True}


def in_cart(item: Item, quantity: int = 1, **members: Any) -> dict[str, Any]:
    """A line of a cart; keyword arguments replace members, None leaves one out."""
    line = {
        "catalogItemId": item.id,
        "quantity": quantity,
        "billingCycle": item.cycle,
        "termDuration": item.term or None,
        **members,
    }
    return {name: value for name, value in line.items() if value is not None}


def in_order(item: Item, quantity: int = 1, **members: Any) -> dict[str, Any]:
    """A line of an order, without its number."""
    line = {"offerId": item.id, "quantity": quantity, "termDuration": item.term or None, **members}
    return {name: value for name, value in line.items() if value is not None}


def reserved_for(subscription_id: str, scope: str = "shared") -> dict[str, Any]:
    """What the line of a reservation names."""
    return {"subscriptionId": subscription_id, "scope": scope, "duration": "1Year"}


def on_top_of(subscription_id: str) -> dict[str, Any]:
    """What an add-on's line of a cart names when its base is there already."""
    return {"ParentSubscriptionId": subscription_id}


@dataclass(frozen=True)
class Shop:
    """A customer that buys. Paths are those below it; times are the sandbox's own."""

    sandbox: Sandbox
    customer_id: str = CUSTOMER
    _tokens: dict[str, str] = field(default_factory=dict)

    def of(self, customer_id: str) -> Shop:
        """Another customer of the same partner."""
        return replace(self, customer_id=customer_id)

    def token(self, kind: str = "app") -> str:
        """A token of the partner, or of one of its users."""
        if kind not in self._tokens:
            self._tokens[kind] = self.sandbox.mint(tenantId=TENANT, clientId=CLIENT, kind=kind)
        return self._tokens[kind]

    def call(
        self, method: str, path: str, body: Any = None, *, kind: str = "app", **headers: str
    ) -> httpx2.Response:
        """Call what is below the customer; an underscore in a header's name stands for a hyphen."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        whole = f"/v1/customers/{self.customer_id}{path}"
        return self.sandbox.call(method, whole, body, token=self.token(kind), headers=sent)

    def get(self, path: str) -> Any:
        """What a read shows."""
        answer = self.call("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def items(self, path: str) -> list[dict[str, Any]]:
        """The items of a collection."""
        return list(self.get(path)["items"])

    def fill_cart(self, *lines: dict[str, Any]) -> dict[str, Any]:
        """A new cart."""
        answer = self.call("POST", "/carts", {"lineItems": list(lines)})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def check_out(self, cart: Mapping[str, Any], **headers: str) -> httpx2.Response:
        """What a checkout is answered."""
        return self.call("POST", f"/carts/{cart['id']}/checkout", **headers)

    def order(self, *lines: dict[str, Any], cycle: str = "monthly", **members: Any) -> httpx2.Response:
        """What an order without a cart is answered; the lines are numbered here."""
        numbered = [{"lineItemNumber": number, **line} for number, line in enumerate(lines)]
        return self.call("POST", "/orders", {"billingCycle": cycle, "lineItems": numbered, **members})

    def buy(self, item: Item, quantity: int = 1, **members: Any) -> dict[str, Any]:
        """An order of one line, as it is shown once it is complete."""
        answer = self.order(in_order(item, quantity, **members), cycle=item.cycle)
        assert answer.status_code == 201, answer.text
        return dict(self.get(f"/orders/{answer.json()['id']}"))

    def buy_subscription(self, item: Item, quantity: int = 1, **members: Any) -> dict[str, Any]:
        """The subscription that such an order begins."""
        line = self.buy(item, quantity, **members)["lineItems"][0]
        return self.subscription(line["subscriptionId"])

    def subscription(self, subscription_id: str) -> dict[str, Any]:
        """A subscription as it is now."""
        return dict(self.get(f"/subscriptions/{subscription_id}"))

    def the_subscription(self) -> dict[str, Any]:
        """The only subscription that the customer has."""
        (subscription,) = self.items("/subscriptions")
        return subscription

    def change(
        self, subscription: Mapping[str, Any], headers: Mapping[str, str] | None = None, **members: Any
    ) -> httpx2.Response:
        """What the PATCH of a whole subscription is answered; None leaves a member out of it."""
        body = {name: value for name, value in {**subscription, **members}.items() if value is not None}
        return self.call("PATCH", f"/subscriptions/{subscription['id']}", body, **(headers or {}))

    def cancel_order(self, order: Mapping[str, Any], **members: Any) -> httpx2.Response:
        """What the PATCH that cancels an order is answered."""
        body = {"id": order["id"], "status": "cancelled", **members}
        return self.call("PATCH", f"/orders/{order['id']}", body)

    def advance(self, duration: str) -> None:
        """Let so much time pass."""
        answer = self.sandbox.control("POST", "/clock", {"advance": duration})
        assert answer.status_code == 200, answer.text

    def advance_to(self, moment: str) -> None:
        """Let time pass until then."""
        answer = self.sandbox.control("POST", "/clock", {"set": moment})
        assert answer.status_code == 200, answer.text

    def now(self) -> datetime:
        """The time that it is in the sandbox."""
        return datetime.fromisoformat(self.sandbox.control("GET", "/clock").json()["now"])

    def records(self) -> list[dict[str, Any]]:
        """The audit records of the partner, newest first."""
        answer = self.sandbox.call("GET", "/v1/auditrecords", token=self.token())
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])


def open_shop(
    sandbox: Sandbox,
    *purchases: Mapping[str, Any],
    neighbours: int = 0,
    has: tuple[Mapping[str, Any], ...] = (),
    settings: Mapping[str, Any] | None = None,
    customer: Mapping[str, Any] | None = None,
    **partner: Any,
) -> Shop:
    """A sandbox with one customer that has bought `purchases`.

    So many `neighbours` of the same partner have bought what `has` names; members can be added to both.
    """
    first = {"id": CUSTOMER, "companyName": "Kestrel", "purchases": list(purchases), **(customer or {})}
    others = [
        {
            "id": f"11111111-0000-4000-8000-{n + 2:012}",
            "companyName": f"Neighbour {n}",
            "purchases": list(has),
        }
        for n in range(neighbours)
    ]
    made = {
        "tenantId": TENANT,
        "companyName": "Partner",
        "domain": "partner.onmicrosoft.com",
        "applications": [{"clientId": CLIENT, "clientSecret": "not-used-here"}],
        "customers": [first, *others],
        **partner,
    }
    sandbox.seed({"partners": [made], "settings": dict(settings or {})})
    return Shop(sandbox)
