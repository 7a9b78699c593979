"""The life of a sandbox customer on the wire: every documented exchange, in order, against a real sandbox.

The exchanges are in `lifecycle/`, one file for each section. Ids, times and names in them are invented; what an
invented value stands for is learned where it is met first. Times are those of the examples, whole years later.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.conftest import Sandbox
from tests.sandbox.conftest import OWN, customer
from tests.sandbox.example_matching import Comparison, Names

from partnercenter.contract import development_partner
from partnercenter.contract.timestamps import format_timestamp, parse_timestamp

Json = dict[str, Any]

OWN_PARTNER = {
    "tenantId": development_partner.TENANT_ID,
    "companyName": development_partner.COMPANY_NAME,
    "domain": development_partner.DOMAIN,
}
EXAMPLES = Path(__file__).parent / "lifecycle"
YEAR = 2023
USER = "admin@harborresale.example"
CUSTOMER = "8e4b7a12-63d5-4f09-b1c8-0a9f2d5e7c46"
SERVICE_ORDER = "hW3kXe8ZnQp5tCv1JyLb6RmFsU9dGaO01"
SERVICE = "DZH318Z4TR55:0001:DZH318Z7YB20"


def sections() -> list[Json]:
    """The exchanges, section by section."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(EXAMPLES.glob("*.json"))]


# Members of which only the form counts: invented each time, or told by the example for something else.
FREE = frozenset({"password", "agreementLink", "originalCorrelationId", "operationDate"})
# Lists in which this sandbox has more than the example shows, by section.
SUBSETS = {7: {0: frozenset({"items"})}, 18: {0: frozenset({"items"})}}
# Headers of which only the form counts.
TRACES = {"ms-cv": r"[A-Za-z0-9+/]{16,}\.0", "ms-serverid": r"\d+"}


@dataclass
class Told:
    """What was found in one section."""

    problems: list[str] = field(default_factory=list)
    additions: set[str] = field(default_factory=set)
    headers: set[str] = field(default_factory=set)


@dataclass
class Life:
    """One run through the examples."""

    sandbox: Sandbox
    names: Names
    token: str
    now: datetime
    gone: str = ""

    def run(self) -> dict[int, Told]:
        """All sections, in order."""
        told = {}
        for section in sections():
            found = told[section["section"]] = Told()
            for place, exchange in enumerate(section["exchanges"]):
                before = BEFORE.get((section["section"], place))
                if before is not None:
                    before(self)
                subsets = SUBSETS.get(section["section"], {}).get(place, frozenset())
                self.exchange(exchange, found, subsets)
        return told

    def exchange(self, exchange: Json, found: Told, subsets: frozenset[str]) -> None:
        """Send one request of the examples, and compare what comes back."""
        wanted, sent = exchange["response"], exchange["request"]
        self.wait_until(parse_timestamp(exchange["at"]) if "at" in exchange else date_of(wanted))
        body = None if "body" not in sent else self.names.translated(sent["body"])
        answer = self.ask(sent["method"], sent["path"], body, sent["headers"])
        place = f"{sent['method']} {sent['path']}"
        if wanted["status"] != answer.status_code:
            found.problems.append(f"{place}: {answer.status_code} {answer.text}")
            return
        comparison = Comparison(self.names, FREE, subsets)
        if "body" in wanted:
            comparison.compare(wanted["body"], answer.json())
        elif answer.content:
            comparison.problems.append("there is a body")
        comparison.problems += self.header_problems(wanted["headers"], answer)
        found.problems += [f"{place}: {problem}" for problem in comparison.problems]
        found.additions |= comparison.additions
        known = {name.lower() for name in wanted["headers"]}
        found.headers |= {name for name in answer.headers if name not in known}

    def ask(self, method: str, path: str, body: Any = None, headers: Json | None = None) -> httpx2.Response:
        """Send a request, with the names of this run in it."""
        sent = {name: self.names.translated(value) for name, value in (headers or {}).items()}
        return self.sandbox.call(
            method, str(self.names.translated(path)), body, token=self.token, headers=sent
        )

    def header_problems(self, wanted: Json, answer: httpx2.Response) -> list[str]:
        """What is not as in the headers of the example."""
        problems = []
        for name, value in wanted.items():
            answered = answer.headers.get(name)
            if answered is None:
                problems.append(f"the header {name} is missing")
            elif not self.is_like(name.lower(), value, answered, answer):
                problems.append(f"the header {name} is {answered!r} instead of {value!r}")
        return problems

    def is_like(self, name: str, value: str, answered: str, answer: httpx2.Response) -> bool:
        """Whether a header is that of the example."""
        if name in TRACES:
            return re.fullmatch(TRACES[name], answered) is not None
        if name == "date":
            return abs(parsedate_to_datetime(answered) - self.now) < self.names.tolerance
        if name == "content-length":
            return int(answered) == len(answer.content)
        return value == answered

    def wait_until(self, moment: datetime) -> None:
        """Let it be as late as it is in the example, years later; time never goes back."""
        later = moment.replace(year=moment.year + self.names.years)
        if later > self.now:
            answer = self.sandbox.control("POST", "/clock", {"set": format_timestamp(later)})
            assert answer.status_code == 200, answer.text
            self.now = later


def date_of(wanted: Json) -> datetime:
    """When an example was answered."""
    return parsedate_to_datetime(wanted["headers"]["Date"])


def buy_the_service(life: Life) -> None:
    """Before section 11: a subscription is bought in the same way, at the time that its example tells."""
    life.wait_until(datetime(YEAR, 3, 14, 10, 20, 11, 83_000, tzinfo=UTC))
    line = {"id": 0, "catalogItemId": SERVICE, "quantity": 5, "billingCycle": "monthly"}
    cart = life.ask("POST", f"/v1/customers/{CUSTOMER}/carts", {"lineItems": [line]}).json()
    answer = life.ask("POST", f"/v1/customers/{CUSTOMER}/carts/{cart['id']}/checkout")
    life.names.known[SERVICE_ORDER] = answer.json()["orders"][0]["id"]


def meet_another_customer(life: Life) -> None:
    """The customer of the examples is deleted by now; what follows is asked about another one."""
    life.gone = life.gone or life.names.known[CUSTOMER]
    life.names.known[CUSTOMER] = life.sandbox.create_customer()["id"]


def remember_the_customer(life: Life) -> None:
    """The audit records that are shown are those of the customer who was deleted."""
    life.names.known[CUSTOMER] = life.gone


BEFORE: dict[tuple[int, int], Callable[[Life], None]] = {
    (11, 0): buy_the_service,
    (17, 1): meet_another_customer,
    (18, 0): remember_the_customer,
    (19, 0): meet_another_customer,
}
SETTINGS = {
    # The example of a list has an empty last page, its text none.
    "full_page_has_next": True,
    # The example of a changed cart answers 201, its table 200.
    "cart_update_status": "201",
    # The example of an error has none, the table of errors writes them.
    "error_full_stop": "off",
}

_SHAPE = "the shape of behaviour.md 4.2 has it"
_SUBSCRIPTION = "the shape of behaviour.md 5.1 has it"
_RECORD = "records hold the whole resource (behaviour.md 13.1)"
_IN_RECORDS = (
    "AlternateId",
    "Client",
    "CreationDate",
    "CurrencyCode",
    "CurrencySymbol",
    "LineItems",
    "Links",
    "TransactionType",
)
_OF_SUBSCRIPTIONS = ("actionTaken", "attentionNeeded", "partnerId", "renewalTermDuration")
# What the answers have beyond the examples, by section, and why. Nothing else may come, nothing may go.
ADDITIONS: dict[int, dict[str, str]] = {
    4: {"items[].links": "each item links to itself (behaviour.md 3.2)"},
    9: {"orders[].client": _SHAPE, "orders[].lineItems[].termDuration": _SHAPE},
    10: {"client": _SHAPE, "lineItems[].termDuration": _SHAPE, "items[].orderLineItemId": _SHAPE},
    11: {f"items[].{name}": _SUBSCRIPTION for name in _OF_SUBSCRIPTIONS},
    13: {"items[].quantityDetails": "the shape of behaviour.md 6 has it"},
    14: dict.fromkeys(_OF_SUBSCRIPTIONS, _SUBSCRIPTION),
    15: dict.fromkeys(_OF_SUBSCRIPTIONS, _SUBSCRIPTION),
    16: {"client": _SHAPE, "lineItems[].termDuration": _SHAPE},
    18: {
        "items[].participants": "the shape of behaviour.md 13.1 has it",
        **{f"items[].resourceNewValue.{name}": _RECORD for name in _IN_RECORDS},
    },
}
# "present on real answers" (behaviour.md 10.2).
HEADERS = {"request-context"}


@pytest.fixture
def told(sandbox: Sandbox) -> dict[int, Told]:
    """What a run through all examples has found, by section."""
    sandbox.set(**SETTINGS)
    now = datetime.now(UTC)
    names = Names(years=now.year - YEAR + 1, tolerance=timedelta(seconds=30))
    token = sandbox.mint(kind="app_user", userPrincipalName=USER)
    return Life(sandbox, names, token, now).run()


def test_every_documented_exchange_is_answered_as_it_is_documented(told: dict[int, Told]) -> None:
    """Status, headers, members and values are those of the 19 sections, in their order."""
    assert list(range(1, 20)) == list(told)
    assert [] == [f"{section}: {x}" for section, found in told.items() for x in found.problems]


def test_what_answers_have_beyond_the_examples_is_known(told: dict[int, Told]) -> None:
    """Each further member, and each further header, stands in the list with its reason."""
    assert {section: set(ADDITIONS.get(section, ())) for section in told} == {
        section: found.additions for section, found in told.items()
    }
    assert [HEADERS] * len(told) == [found.headers for found in told.values()]


def snippet(section: int) -> Json:
    """The example without a request in a section."""
    return dict(sections()[section - 1]["snippets"][0])


def compared(example: Json, answered: Json, *free: str) -> tuple[list[str], set[str]]:
    """What is not as in an example by itself, and what there is beyond it."""
    comparison = Comparison(Names(0, timedelta()), frozenset(free))
    comparison.compare(example, answered)
    return comparison.problems, comparison.additions


def test_a_line_that_the_sandbox_refuses_says_why(sandbox: Sandbox) -> None:
    """The cart is made, its line has an error; the words of the example are those of 800018 (section 8)."""
    sandbox.set(fault_seat_quota="400/800018", error_full_stop="off")
    customer_id = sandbox.create_customer()["id"]
    example = snippet(8)
    line = {name: example[name] for name in ("id", "catalogItemId", "quantity", "billingCycle")}
    answer = sandbox.call("POST", f"/v1/customers/{customer_id}/carts", {"lineItems": [line]})
    assert 201 == answer.status_code
    # behaviour.md 4.4: additionalInformation {availableQuantity, purchasedQuantity}.
    assert ([], {"error.additionalInformation"}) == compared(example, answer.json()["lineItems"][0])


def test_a_reserved_instance_is_listed_with_its_artifact(sandbox: Sandbox) -> None:
    """Between software, by its type in any spelling; its product is another than that of the example (section 13)."""
    bought = [{"product": "azure_plan"}, {"product": "azure_reservation"}, {"product": "perpetual_software"}]
    sandbox.seed({"partners": [{**OWN_PARTNER, "customers": [customer(OWN, *bought)]}]})
    path = f"/v1/customers/{OWN}/entitlements?entitlementType=reservedInstance"
    found = sandbox.call("GET", path).json()["items"]
    additions = {"referenceOrder.alternateId", "quantityDetails"}
    assert ([], additions) == compared(snippet(13), found[0], "productId", "skuId")
    assert 1 == len(found)
