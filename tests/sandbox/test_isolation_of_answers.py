"""Nothing that a partner sends shows it anything of another partner, errors and timing aside.

Two sandboxes are the same, but that in one of them another partner has customers, purchases and users, and goes on
buying, renaming and deleting. A partner sends both the same calls, with its own ids and with those of the other, in
paths, queries, headers and bodies. Where neither answer is an error, the two are the same, byte for byte; and no
answer, error or not, has anything in it of the other partner that was not sent.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import new_customer_body
from tests.sandbox.conftest import TestClock
from tests.sandbox.existing import NEW_COMMERCE
from tests.sandbox.shopping import BASIC as BASIC_ITEM
from tests.sandbox.shopping import in_cart, in_order

from partnercenter.contract.operations import OPERATIONS, Operation
from partnercenter.sandbox.control.minting import mint
from partnercenter.sandbox.nature import Identifiers, Nature
from partnercenter.sandbox.rules.agreements import TEMPLATES
from partnercenter.sandbox.rules.product import Product
from partnercenter.sandbox.service import Service
from partnercenter.sandbox.state import State
from partnercenter.sandbox.store.database import Database
from partnercenter.sandbox.wire.message import Request, Response
from partnercenter.sandbox.worlds.document import read_world

ASKING, OTHER = "0bada5a0-0000-4ca1-8ca1-00000000f001", "0bada5a0-0000-4ca1-8ca1-00000000f002"
CLIENTS: Final = {
    ASKING: "0bada5a0-0000-4ca1-8ca1-00000000f011",
    OTHER: "0bada5a0-0000-4ca1-8ca1-00000000f012",
}
# The one thing by which the service itself tells that somebody has a name: it is taken.
TELLS_OF_DOMAINS: Final = {"domains.exists", "customers.create"}
WORD: Final = "zyxsecret"
Json = dict[str, Any]


class Repeated(Identifiers):
    """Ids by chance, the same again after each `begin`."""

    def __init__(self) -> None:
        self._random = random.Random("0")

    def begin(self, number: int) -> None:
        """From here on the ids of this number."""
        self._random = random.Random(str(number))  # of a number and its negative the seed is the same

    def guid(self) -> str:
        """A GUID."""
        digits = f"{self._random.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"

    def short(self) -> str:
        """Twelve digits."""
        return f"{self._random.getrandbits(48):012x}"

    def long(self) -> str:
        """33 letters."""
        return f"{self._random.getrandbits(128):032x}1"

    def etag(self) -> int:
        """A number."""
        return self._random.getrandbits(62)

    def password(self) -> str:
        """Letters."""
        return self.short()

    def trace_vector(self) -> str:
        """Letters."""
        return self.short()


def customers_of(word: str, purchases: bool) -> list[Json]:
    """Customers of a partner, with a word in every name."""
    bought = [{"product": "azure_plan", "registered": True}] + [
        {"product": product.value, "quantity": 2} for product in Product if product is not Product.AZURE_PLAN
    ]
    return [
        {
            "companyName": f"{word} {number}",
            "domain": f"{word}{number}.onmicrosoft.com",
            "purchases": bought if purchases and number == 0 else [],
        }
        for number in range(3)
    ]


def partner(tenant_id: str, word: str, customers: list[Json]) -> Json:
    """A partner of a world."""
    return {
        "tenantId": tenant_id,
        "companyName": f"{word} partner",
        "domain": f"{word}partner.onmicrosoft.com",
        "applications": [{"clientId": CLIENTS[tenant_id], "clientSecret": "not-used-here"}],
        "customers": customers,
    }


class Sandbox:
    """A sandbox in this process whose time stands still and whose ids are known."""

    def __init__(self, *, has_others: bool) -> None:
        self._ids = Repeated()
        self.state = State(Database("memory"), Nature(TestClock(), self._ids))
        self._service = Service(self.state)
        self._has_others = has_others
        self.begin()

    def begin(self) -> None:
        """As it is before anybody calls."""
        self._ids.begin(-1)
        others = customers_of(WORD, purchases=True) if self._has_others else []
        partners = [
            partner(ASKING, "asking", customers_of("own", purchases=True)),
            partner(OTHER, WORD, others),
        ]
        self.state.fill(read_world({"partners": partners, "settings": {"customers_sign_directly": True}}))
        self._ids.begin(-2)
        self.tokens = {
            tenant: mint(self.state, {"tenantId": tenant, "clientId": client, "kind": "app_user"})[
                "access_token"
            ]
            for tenant, client in CLIENTS.items()
        }

    def call(self, number: int, tenant: str, call: Mapping[str, Any]) -> Response:
        """One call; `number` is that of the step, so that both sandboxes give out the same ids in it."""
        self._ids.begin(number)
        headers = {"authorization": f"Bearer {self.tokens[tenant]}", **call.get("headers", {})}
        body = b"" if call.get("body") is None else json.dumps(call["body"]).encode()
        request = Request(
            call["method"],
            call["path"],
            call.get("query", ""),
            headers,
            body,
            "http://127.0.0.1",
            from_loopback=True,
        )
        return self._service.handle(request)

    def get(self, tenant: str, path: str) -> Any:
        """What a partner reads; None when it may not."""
        answer = self.call(0, tenant, {"method": "GET", "path": path})
        return json.loads(answer.body) if answer.status == 200 else None


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[Sandbox, Sandbox]]:
    """The one with the other partner's things, and the one without."""
    made = Sandbox(has_others=True), Sandbox(has_others=False)
    yield made
    for one in made:
        one.state.close()


def ids_of(sandbox: Sandbox, tenant: str) -> dict[str, list[str]]:
    """What a partner has, by the names of path parameters."""
    found: dict[str, list[str]] = {"user_id": [], "order_id": [], "subscription_id": [], "domain": []}
    customers = sandbox.get(tenant, "/v1/customers")["items"]
    found["customer_id"] = [one["id"] for one in customers]
    found["domain"] = [one["companyProfile"]["domain"] for one in customers]
    for one in found["customer_id"]:
        for name, below in (
            ("order_id", "orders"),
            ("subscription_id", "subscriptions"),
            ("user_id", "users"),
        ):
            items = sandbox.get(tenant, f"/v1/customers/{one}/{below}")["items"]
            found[name] += [item["id"] for item in items]
    return found


PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
LINE: Final = in_order(BASIC_ITEM)
BODIES: Final[Mapping[str, list[Any]]] = {
    "customers.remove_reseller_relationship": [{"relationshipToPartner": "none"}],
    "customers.create": [
        {**new_customer_body(), "companyProfile": {"domain": "{domain}"}},
        {**new_customer_body(), "associatedPartnerId": OTHER},
        {**new_customer_body(), "id": "{customer_id}"},
    ],
    "customer_billing_profile.update": [new_customer_body()["billingProfile"]],
    "customer_agreements.create": [
        {
            "primaryContact": {"firstName": "Ada", "lastName": "Stone", "email": "ada@{domain}"},
            "templateId": TEMPLATES[0].template_id,
            "userId": "{user_id}",
            "dateAgreed": "2026-01-01T00:00:00Z",
            "type": "MicrosoftCloudAgreement",
        }
    ],
    "users.create": [
        {
            "usageLocation": "US",
            "userPrincipalName": "ada@{domain}",
            "firstName": "Ada",
            "lastName": "Stone",
            "displayName": "Ada Stone",
            "passwordProfile": {"forceChangePassword": True, "password": "Qwert123!"},
        }
    ],
    "users.update": [{"id": "{user_id}", "displayName": "Ada", "userPrincipalName": "ada@{domain}"}],
    "orders.create": [
        {
            "referenceCustomerId": "{customer_id}",
            "billingCycle": "monthly",
            "lineItems": [{"lineItemNumber": 0, **LINE, "parentSubscriptionId": "{subscription_id}"}],
        },
        {"billingCycle": "monthly", "lineItems": [{"lineItemNumber": 0, **LINE, "partnerIdOnRecord": OTHER}]},
        {
            "billingCycle": "one_time",
            "lineItems": [
                {
                    "lineItemNumber": 0,
                    "offerId": "DZH318Z0BQ3W:007J:DZH318Z0F2Q1",
                    "quantity": 1,
                    "provisioningContext": {
                        "subscriptionId": "{subscription_id}",
                        "scope": "shared",
                        "duration": "1Year",
                    },
                }
            ],
        },
    ],
    "orders.update": [{"id": "{order_id}", "status": "cancelled"}],
    "carts.create": [
        {"lineItems": [in_cart(BASIC_ITEM)]},
        {
            "lineItems": [
                in_cart(BASIC_ITEM, provisioningContext={"ParentSubscriptionId": "{subscription_id}"})
            ]
        },
    ],
    "subscriptions.update": [
        {"id": "{subscription_id}", "orderId": "{order_id}", "quantity": 3, "status": "active"},
        {"id": "{subscription_id}", "status": "deleted"},
    ],
    "subscriptions.update_support_contact": [
        {"supportTenantId": "{customer_id}", "supportMpnId": "1234567", "name": "Help"},
        {"supportTenantId": OTHER, "supportMpnId": "1234567", "name": "Help"},
    ],
    "subscriptions.create_conversion": [
        {"offerId": "{order_id}", "targetOfferId": NEW_COMMERCE, "quantity": 1}
    ],
    "products.check_inventory": [
        {
            "targetItems": [{"productId": "DZH318Z0BQ3W", "skuId": "007J"}],
            "inventoryContext": {"customerId": "{customer_id}", "azureSubscriptionId": "{subscription_id}"},
        }
    ],
}
VALUES: Final[Mapping[str, list[str]]] = {
    "country": ["US"],
    "product_id": ["DZH318Z0BQ3W", "CFQ7TTC0LH18"],
    "sku_id": ["0001"],
    "line_item_number": ["0"],
    "agreement_template_id": [TEMPLATES[0].template_id],
}
QUERIES: Final = [
    "",
    "size=2",
    "size=500",
    "country=US&targetView=Azure",
    "order_id={order_id}",
    "user_id={user_id}",
    f"mpn_id={OTHER}",
    'filter={"Field":"CompanyName","Value":"' + WORD + '","Operator":"starts_with"}',
    'filter={"Field":"Domain","Value":"' + WORD + '","Operator":"starts_with"}',
    'filter={"Field":"CustomerId","Value":"{customer_id}","Operator":"equals"}',
    'filter={"Field":"CompanyName","Value":"' + WORD + '","Operator":"substring"}',
    "startDate=2026-01-01&endDate=2026-03-02",
]


def filled(value: Any, values: Mapping[str, str]) -> Any:
    """A text, or a document, with its placeholders replaced."""
    if isinstance(value, str):
        return PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), value)
    if isinstance(value, dict):
        return {name: filled(inner, values) for name, inner in value.items()}
    return [filled(inner, values) for inner in value] if isinstance(value, list) else value


def pools(own: Mapping[str, list[str]], others: Mapping[str, list[str]]) -> dict[str, st.SearchStrategy[str]]:
    """What may stand for each name: the caller's own, or the other partner's."""
    names = own.keys() | VALUES.keys()
    return {
        name: st.sampled_from(own.get(name, []) or ["x"])
        | st.sampled_from(others.get(name, []) or VALUES.get(name, ["x"]))
        for name in sorted(names)
    }


@st.composite
def a_call(draw: st.DrawFn, chosen: Mapping[str, st.SearchStrategy[str]]) -> Json:
    """Any operation, about anything."""
    operation: Operation = draw(st.sampled_from(sorted(OPERATIONS.values(), key=lambda one: one.name)))
    values = {name: draw(strategy) for name, strategy in chosen.items()}
    path = {name: values.get(name, "x") for name in operation.path_parameters}
    body = filled(draw(st.sampled_from(BODIES.get(operation.name, [None]))), values)
    if operation.name == "customers.create" and "{" not in str(body) and draw(st.booleans()):
        body = {**body, "companyProfile": {"domain": f"fresh{draw(st.integers(0, 99))}.onmicrosoft.com"}}
    headers = draw(
        st.sampled_from(
            [
                {},
                {"ms-partnercenter-client": OTHER},
                {"ms-requestid": values["customer_id"]},
                {"if-match": "*"},
            ]
        )
    )
    query = filled(draw(st.sampled_from(QUERIES)), values)
    return {
        "name": operation.name,
        "method": operation.method,
        "path": operation.path.format(**path),
        "query": query,
        "body": body,
        "headers": headers,
    }


def read_secrets(sandbox: Sandbox) -> set[str]:
    """Every text of the other partner's that only it should see: its ids, names, addresses."""
    texts: set[str] = set()

    def take(value: Any) -> None:
        if isinstance(value, str):
            if re.fullmatch(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{12}|[0-9a-f]{32}1", value) or WORD in value:
                texts.add(value)
        elif isinstance(value, dict):
            for inner in value.values():
                take(inner)
        elif isinstance(value, list):
            for inner in value:
                take(inner)

    for one in (sandbox.get(OTHER, "/v1/customers") or {"items": []})["items"]:
        take(one)
        for below in ("orders", "subscriptions", "users", "entitlements", "agreements", "profiles/billing"):
            take(sandbox.get(OTHER, f"/v1/customers/{one['id']}/{below}"))
    take(sandbox.get(OTHER, "/v1/auditrecords"))
    return texts


def without_page(body: bytes) -> str:
    """An answer without the token of its next page, which every sandbox seals with a key of its own."""
    return re.sub(r'"continuationToken":"[^"]*"|"value":"[^"]*"', "", body.decode())


EXAMPLES = [pytest.param(40, id="short"), pytest.param(400, id="long", marks=pytest.mark.prove)]


@pytest.mark.parametrize("examples", EXAMPLES)
def test_no_answer_shows_another_partners_things(both: tuple[Sandbox, Sandbox], examples: int) -> None:
    """Whatever is sent, and whatever the other partner does meanwhile."""
    with_others, alone = both
    for sandbox in both:
        sandbox.begin()
    own, others = ids_of(with_others, ASKING), ids_of(with_others, OTHER)
    assert own == ids_of(alone, ASKING)
    assert all(others.values())
    secrets = read_secrets(with_others) - read_secrets(alone)
    assert len(secrets) > 30
    of_asking = a_call(pools(own, others))
    of_other = a_call(pools(others, others))
    shown: set[str] = set()

    @settings(max_examples=examples)
    @given(steps=st.lists(st.tuples(st.booleans(), of_asking, of_other), min_size=1, max_size=12))
    def ask(steps: list[tuple[bool, Json, Json]]) -> None:
        for sandbox in both:
            sandbox.begin()
        sent = ""
        for number, (acts, asked, done) in enumerate(steps, 1):
            if acts:
                with_others.call(-number, OTHER, done)
            first, second = with_others.call(number, ASKING, asked), alone.call(number, ASKING, asked)
            sent += json.dumps(asked)  # records tell later what was sent
            text = first.body.decode() + str(dict(first.headers))
            assert not [secret for secret in secrets if secret in text and secret not in sent], (asked, text)
            if first.status < 400 and second.status < 400:
                shown.add(asked["name"])
                assert without_page(first.body) == without_page(second.body), asked
                assert first.status == second.status
            elif min(first.status, second.status) < 400:
                assert asked["name"] in TELLS_OF_DOMAINS, (asked, first.body, second.body)
                return

    ask()
    assert {"customers.list", "audit_records.list"} <= shown or examples < 100
