"""What the text around the documented exchanges says, sentence by sentence; a row for each."""

from __future__ import annotations

import re
from typing import Any

import httpx2
import pytest
from tests.conftest import Sandbox
from tests.sandbox.conftest import Fault, fault_of
from tests.sandbox.lifecycle_buying import BUYING
from tests.sandbox.lifecycle_ending import ENDING
from tests.sandbox.lifecycle_facts import THERE, Fact, Step
from tests.sandbox.shopping import CLIENT, CUSTOMER, TENANT, open_shop

Json = dict[str, Any]

_PLACE = re.compile(r"\{(\w+)\}")


class Scene:
    """The customer of a fact, and the names that stand for what it has."""

    def __init__(self, sandbox: Sandbox, fact: Fact) -> None:
        self.shop = open_shop(
            sandbox,
            *fact.bought,
            settings=fact.settings,
            customer={"agreement": fact.agreement, "domain": "kestrel.onmicrosoft.com"},
            environment=fact.environment,
        )
        self.sandbox = sandbox
        self.tokens = {
            kind: sandbox.mint(tenantId=TENANT, clientId=CLIENT, kind=kind) for kind in ("app", "app_user")
        }
        now = self.shop.now()
        self.names = {
            "customer": CUSTOMER,
            "domain": "kestrel.onmicrosoft.com",
            "today": f"{now:%Y-%m-%d}",
            "us_today": f"{now:%m/%d/%Y}",
        }
        self._meet("order", "/orders", "id")
        self._meet("subscription", "/subscriptions", "id")
        agreements = self._send("GET", "/v1/agreements?agreementType=MicrosoftCustomerAgreement")
        self.names["template"] = agreements.json()["items"][0]["templateId"]

    def _meet(self, name: str, path: str, member: str) -> None:
        for item in self.shop.items(path)[:1]:
            self.names[name] = item[member]
            self.names["version"] = item["attributes"].get("etag", "")

    def filled(self, value: Any) -> Any:
        """A text, or a body, with the names in it."""
        if isinstance(value, dict):
            return {name: self.filled(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self.filled(item) for item in value]
        return _PLACE.sub(lambda found: self.names[found[1]], value) if isinstance(value, str) else value

    def _send(self, method: str, path: str, body: Any = None, kind: str = "app_user", **headers: str) -> Any:
        return self.sandbox.call(method, path, body, token=self.tokens[kind], headers=headers)

    def ask(self, step: Step) -> httpx2.Response:
        """Carry out one step."""
        if step.advance:
            self.shop.advance(step.advance)
        path, body = self.filled(step.path).replace("{{", "{").replace("}}", "}"), self.filled(step.body)
        if step.whole is not None:
            body = {**self._send("GET", path).json(), **step.whole}
        answer: httpx2.Response = self._send(
            step.method, path, body, step.kind, **self.filled(dict(step.headers))
        )
        if step.path.endswith("/carts") and answer.status_code == 201:
            self.names["cart"] = answer.json()["id"]
        if step.path == "/v1/customers" and answer.status_code == 201:
            self.names["made"] = answer.json()["id"]
        return answer


def shown(document: Any, path: str) -> Any:
    """A value by its dotted path; None where there is nothing."""
    for name in path.split("."):
        document = document[int(name)] if isinstance(document, list) else document.get(name)
        if document is None:
            return None
    return document


FACTS = BUYING + ENDING


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: f"{fact.section}: {fact.says}")
def test_what_the_text_says_is_so(sandbox: Sandbox, fact: Fact) -> None:
    """Each call of the row is answered as the sentence says."""
    scene = Scene(sandbox, fact)
    for step in fact.steps:
        answer = scene.ask(step)
        assert Fault(step.status, step.code) == fault_of(answer), (step, answer.text)
        values = {path: shown(answer.json(), path) for path in step.shows}
        there = {path for path, value in step.shows.items() if value is THERE and values[path] is not None}
        assert dict(step.shows) == {**values, **dict.fromkeys(there, THERE)}, answer.text


def test_a_change_that_takes_long_says_where_to_look(sandbox: Sandbox) -> None:
    """The Location is relative and without /v1 (section 14)."""
    fact = next(fact for fact in FACTS if fact.says.startswith("202"))
    scene = Scene(sandbox, fact)
    answer = scene.ask(fact.steps[0])
    where = scene.filled("/customers/{customer}/subscriptions/{subscription}")
    assert (202, b"", where) == (answer.status_code, answer.content, answer.headers["location"])
