"""What a sandbox holds, found through its own answers: path parameters and bodies that mean something there."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from tests.conftest import Sandbox, new_customer_body
from tests.sandbox.near_valid import near_valid

from partnercenter.contract import development_partner
from partnercenter.contract.operations import Operation
from partnercenter.sandbox.rules.agreements import TEMPLATES
from partnercenter.sandbox.rules.catalogue import items
from partnercenter.sandbox.rules.product import Product

Json = dict[str, Any]
Place = Mapping[str, str]

NEW_COMMERCE = "CFQ7TTC0LH18:0001:CFQ7TTC0K971"
_BASE = "CFQ7TTC0LCHC:0001:CFQ7TTC0K5BP"
_ADD_ON = "CFQ7TTC0LH0T:0001:CFQ7TTC0K7TP"
_TRIAL = "CFQ7TTC0LCHC:0002:CFQ7TTC0K5TR"
_DOMAIN = "existing.onmicrosoft.com"

WORLD: Mapping[str, Any] = {
    "settings": {
        "customer_quota": 1_000_000,
        "subscription_quota": 10_000,
        "active_subscription_quota": 10_000,
    },
    "partners": [
        {
            "tenantId": development_partner.TENANT_ID,
            "companyName": development_partner.COMPANY_NAME,
            "domain": development_partner.DOMAIN,
            "customers": [
                {
                    "companyName": "Has everything",
                    "domain": _DOMAIN,
                    "purchases": [
                        {"product": "azure_plan", "registered": True},
                        *(
                            {"product": p.value, "quantity": 2}
                            for p in Product
                            if p is not Product.AZURE_PLAN
                        ),
                        {"product": "new_commerce", "quantity": 5, "item": _BASE, "addOns": [_ADD_ON]},
                        {"product": "new_commerce", "quantity": 5, "item": _TRIAL},
                        {"product": "marketplace", "subscriptionStatus": "pending"},
                        {"product": "new_commerce", "subscriptionStatus": "suspended"},
                    ],
                },
                {"companyName": "Has nothing"},
                {"companyName": "Can never be deleted", "undeletable": "There is no such street."},
            ],
        }
    ],
}


@dataclass
class Existing:
    """The sandbox filled with `WORLD`: `places` are sets of path parameters that belong together."""

    sandbox: Sandbox
    places: list[Place] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sandbox.seed(WORLD)
        self.user_token = self.sandbox.mint(kind="app_user")
        self.customers = [item["id"] for item in self._items("/v1/customers")]
        self._path = f"/v1/customers/{self.customers[0]}"
        self._fill()
        self.billing: Json = self._get(f"{self._path}/profiles/billing")
        self.orders = self._items(f"{self._path}/orders")
        self.subscriptions = self._items(f"{self._path}/subscriptions")
        self.places = [dict(place) for place in self._find()]
        assert self.sandbox.control("POST", "/snapshots", {"name": "existing", "replace": True}).is_success

    def _fill(self) -> None:
        lines = [
            {"catalogItemId": NEW_COMMERCE, "quantity": 1, "billingCycle": "monthly", "termDuration": "P1M"}
        ]
        for _ in range(2):
            made = self._send("POST", f"{self._path}/carts", {"lineItems": lines})
            self.places.append({"customer_id": self.customers[0], "cart_id": made["id"]})
        self._send("POST", f"{self._path}/carts/{made['id']}/checkout")
        self._send("POST", f"{self._path}/users", self._user("kim"))

    def restore(self) -> None:
        """Take back what calls have changed; ids are as they were."""
        self.user_token = self.sandbox.mint(kind="app_user")
        assert self.sandbox.control("POST", "/snapshots/existing/restore").is_success

    def later(self) -> None:
        """Let the longest term end, and see that everything can still be read."""
        self.sandbox.control("POST", "/clock", {"advance": "P4Y"})
        for customer in [item["id"] for item in self._items("/v1/customers")]:
            for part in ("orders", "subscriptions", "entitlements"):
                self._items(f"/v1/customers/{customer}/{part}")

    def paths(self, names: Sequence[str]) -> list[Place]:
        """Every set of values with which these parameters of a path name what is there."""
        whole = [place for place in self.places if set(names) <= place.keys()]
        if whole or "customer_id" not in names:
            return whole or [{}]
        rest = self.paths([name for name in names if name != "customer_id"])
        return [{**place, "customer_id": customer} for customer in self.customers for place in rest]

    def bodies(self, name: str) -> Sequence[Mapping[str, Any]]:
        """Bodies of an operation that are right; none for one that takes no body."""
        return self._bodies().get(name, ())

    def calls(self, operation: Operation) -> st.SearchStrategy[tuple[Place, Any]]:
        """A path and a nearly right body of an operation; a body with an id is sent to what has that id."""
        names = operation.path_parameters
        paths = self.paths(names)
        calls = []
        for body in self.bodies(operation.name):
            own = [place for place in paths if body.get("id") in place.values()]
            calls.append(st.tuples(st.sampled_from(own or paths), near_valid(body)))
        return st.one_of(calls) if calls else st.tuples(self._chosen_path(names), st.none())

    def _chosen_path(self, names: Sequence[str]) -> st.SearchStrategy[Place]:
        """One of those sets; a domain and a country may be anything."""
        anything = {name: st.text(min_size=1) for name in ("domain", "country") if name in names}
        places = st.sampled_from(self.paths(names))
        return places | st.fixed_dictionaries(anything) if anything else places

    def _find(self) -> Iterator[Place]:
        """What is there, customers first."""
        yield from self.places
        for customer in self.customers:
            path = f"/v1/customers/{customer}"
            yield {"customer_id": customer}
            yield {"domain": self._get(f"{path}/profiles/company")["domain"]}
            for user in self._items(f"{path}/users"):
                yield {"customer_id": customer, "user_id": user["id"]}
            for order in self._items(f"{path}/orders"):
                for line in order["lineItems"]:
                    number = str(line["lineItemNumber"])
                    yield {"customer_id": customer, "order_id": order["id"], "line_item_number": number}
            yield from self._below_subscriptions(customer)
            yield from self._artifacts(customer)
        yield from ({"country": country} for country in ("US", "de", " br", "ZZ", "USA", "12"))
        yield from ({"agreement_template_id": template.template_id} for template in TEMPLATES)
        for item in items():
            names = ("product_id", "sku_id", "availability_id") if len(item.parts) == 3 else ("offer_id",)
            yield dict(zip(names, item.parts, strict=True))

    def _below_subscriptions(self, customer: str) -> Iterator[Place]:
        path = f"/v1/customers/{customer}/subscriptions"
        for subscription in self._items(path):
            place = {"customer_id": customer, "subscription_id": subscription["id"]}
            yield place
            for below in self._items(f"{path}/{subscription['id']}/azureEntitlements"):
                yield {**place, "azure_entitlement_id": below["id"]}

    def _artifacts(self, customer: str) -> Iterator[Place]:
        for entitlement in self._items(f"/v1/customers/{customer}/entitlements"):
            for artifact in entitlement["entitledArtifacts"]:
                *_, group, _, line, _, resource = artifact["link"]["uri"].split("/")
                ids = {"group_id": group, "line_item_id": line, "resource_id": resource}
                yield {"customer_id": customer, **ids}

    def _bodies(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        user = self._user("ada")
        cart_line = {
            "catalogItemId": NEW_COMMERCE,
            "quantity": 1,
            "billingCycle": "monthly",
            "termDuration": "P1Y",
        }
        base = {**cart_line, "catalogItemId": _BASE, "addonItems": [{**cart_line, "catalogItemId": _ADD_ON}]}
        carts = [{"lineItems": [cart_line, base]}]
        return {
            "customers.create": [new_customer_body()],
            "customers.remove_reseller_relationship": [{"relationshipToPartner": "none"}],
            "customer_billing_profile.update": [self.billing],
            "customer_agreements.create": [
                {
                    "primaryContact": {"firstName": "Ada", "lastName": "Stone", "email": "ada@stone.example"},
                    "templateId": TEMPLATES[0].template_id,
                    "dateAgreed": "2026-01-01T00:00:00Z",
                    "type": "MicrosoftCloudAgreement",
                }
            ],
            "users.create": [user],
            "users.update": [{**user, "state": "active"}],
            "users.update_by_query": [{**user, "state": "active"}],
            "users.reset_password": [{"passwordProfile": user["passwordProfile"]}],
            "user_licenses.update": [
                {
                    "licensesToAssign": [
                        {"skuId": "3b555118-da6a-4418-894f-7df1e2096870", "excludedPlans": []}
                    ],
                    "licensesToRemove": ["cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46"],
                },
                {"licensesToAssign": [{"skuId": "3b555118-da6a-4418-894f-7df1e2096870"}]},
            ],
            "orders.create": list(self._new_orders()),
            "orders.update": [*self._order_changes()],
            "carts.create": carts,
            "carts.update": carts,
            "subscriptions.update": [*self._subscription_changes()],
            "subscriptions.update_support_contact": [
                {"supportTenantId": self.customers[0], "supportMpnId": "1234567", "name": "Help"}
            ],
            "azure_entitlements.cancel": [{"cancellationReason": "compromise"}],
            "subscriptions.create_upgrade": [
                {"targetOffer": {"id": NEW_COMMERCE}, "upgradeType": "upgrade_only"}
            ],
            "subscriptions.create_transition": [
                {"toCatalogItemId": NEW_COMMERCE, "transitionType": "transition_only", "quantity": 1}
            ],
            "subscriptions.create_conversion": [
                {"offerId": _TRIAL, "targetOfferId": _BASE, "quantity": 3, "billingCycle": "monthly"}
            ],
            "products.check_inventory": [
                {
                    "targetItems": [{"productId": "DZH318Z0BQ3W", "skuId": "007J"}],
                    "inventoryContext": {"customerId": self.customers[0], "azureSubscriptionId": "x"},
                }
            ],
        }

    def _new_orders(self) -> Iterator[Json]:
        line = {"lineItemNumber": 0, "offerId": NEW_COMMERCE, "quantity": 2, "termDuration": "P1M"}
        yield {"referenceCustomerId": self.customers[0], "billingCycle": "monthly", "lineItems": [line]}
        plan = next(s["id"] for s in self.subscriptions if s["offerId"].startswith("DZH318Z0BPS6:"))
        context = {"subscriptionId": plan, "scope": "shared", "duration": "1Year"}
        reserved = {
            "offerId": "DZH318Z0BQ3W:007J:DZH318Z0F2Q1",
            "quantity": 1,
            "provisioningContext": context,
        }
        yield {"billingCycle": "one_time", "lineItems": [{"lineItemNumber": 0, **reserved}]}

    def _order_changes(self) -> Iterator[Json]:
        for order in self.orders:
            yield {"id": order["id"], "status": "cancelled"}
        for order in self.orders:
            named = [{"lineItemNumber": 0, "offerId": order["lineItems"][0]["offerId"]}]
            yield {"id": order["id"], "status": "cancelled", "lineItems": named}
        legacy = next(order for order in self.orders if "offer" in order["lineItems"][0]["links"])
        yield {**legacy, "billingCycle": "annual"}
        yield {**legacy, "lineItems": [{"lineItemNumber": 7, "offerId": NEW_COMMERCE, "quantity": 1}]}

    def _subscription_changes(self) -> Iterator[Json]:
        words = itertools.cycle(["suspended", "deleted", "active"])
        for subscription, word in zip(self.subscriptions, words, strict=False):
            yield {**subscription, "status": word}
            yield {**subscription, "quantity": 3, "friendlyName": "Another", "autoRenewEnabled": False}
        product = {
            "productId": "CFQ7TTC0LH18",
            "skuId": "0001",
            "billingCycle": "annual",
            "termDuration": "P1Y",
        }
        renewing = next(
            s for s in self.subscriptions if s["autoRenewEnabled"] and s["offerId"] == NEW_COMMERCE
        )
        yield {**renewing, "scheduledNextTermInstructions": {"product": product, "quantity": 4}}

    def _user(self, name: str) -> Json:
        return {
            "usageLocation": "us",
            "userPrincipalName": f"{name}@{_DOMAIN}",
            "firstName": name,
            "lastName": "Stone",
            "displayName": f"{name} Stone",
            "passwordProfile": {"forceChangePassword": True, "password": "Qwert123!"},
        }

    def _get(self, path: str) -> Any:
        return self._send("GET", path)

    def _items(self, path: str) -> list[Any]:
        found: list[Any] = self._get(path)["items"]
        return found

    def _send(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.sandbox.call(method, path, body, token=self.user_token)
        assert answer.is_success, answer.text
        return answer.json()
