"""What an order of a fault may say: every member, every mistake, and anything at all."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import Sandbox
from tests.sandbox.near_valid import JSON, near_valid

from partnercenter.contract.operations import OPERATIONS
from partnercenter.sandbox.control.faults import read_order
from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.injected_faults import FaultOrder

GUID = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"
SENTENCE = re.compile(r"[A-Z][^\n]*[.?]")

VALID: Mapping[str, Any] = {
    "operation": "customers.*",
    "method": "DELETE",
    "customerId": GUID,
    "partnerId": GUID,
    "times": 3,
    "skip": 1,
    "probability": 0.5,
    "seed": 7,
    "status": 503,
    "code": 800003,
    "description": "Not today.",
    "retryAfter": 5,
    "delaySeconds": 0.5,
    "lost": False,
    "reset": False,
    "malformed": False,
}


def test_every_member_is_read() -> None:
    """An order with all of them says all of it."""
    assert FaultOrder(
        operations=frozenset(name for name in OPERATIONS if name.startswith("customers.")),
        method="DELETE",
        customer_id=GUID,
        partner_id=GUID,
        times=3,
        skip=1,
        probability=0.5,
        seed=7,
        status=503,
        code=800003,
        description="Not today.",
        retry_after=5,
        delay_seconds=0.5,
    ) == read_order(VALID)


@pytest.mark.parametrize(
    ("said", "order"),
    [
        ({"status": 500}, FaultOrder(status=500)),
        ({"status": 500, "times": None}, FaultOrder(status=500, times=None)),
        ({"status": 500, "code": None, "customerId": None}, FaultOrder(status=500)),
        ({"retryAfter": 0}, FaultOrder(status=429, retry_after=0)),
        ({"retryAfter": 9, "description": "x"}, FaultOrder(status=429, retry_after=9, description="x")),
        ({"malformed": True}, FaultOrder(malformed="html")),
        ({"malformed": "torn"}, FaultOrder(malformed="torn")),
        ({"lost": True, "delaySeconds": 1}, FaultOrder(lost=True, delay_seconds=1)),
        ({"method": " get ", "reset": True}, FaultOrder(method="GET", reset=True)),
        ({"operation": "customers.get", "lost": True}, FaultOrder(frozenset({"customers.get"}), lost=True)),
        ({"customerId": f"{{{GUID.upper()}}}", "lost": True}, FaultOrder(customer_id=GUID, lost=True)),
    ],
)
def test_what_is_not_said_has_its_default(said: Mapping[str, Any], order: FaultOrder) -> None:
    """One call, any call; null is as good as nothing, but for `times`, where it means always."""
    assert order == read_order(said)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            {},
            "A fault does nothing without one of status, retryAfter, delaySeconds, lost, reset and malformed.",
        ),
        ({"lost": False}, "A fault does nothing without one of"),
        ({"statsu": 500}, "A fault has no member 'statsu'; did you mean status?"),
        ({"zzz": 500}, "A fault has no member 'zzz'; it has operation, method,"),
        ({"operation": "customer.delete", "lost": True}, "did you mean customers.delete?"),
        ({"operation": "zzz", "lost": True}, "it takes such as customers.delete or orders.*."),
        ({"operation": 5, "lost": True}, "must be the name of an operation, or a pattern such as orders.*."),
        ({"method": "BREW", "lost": True}, "The member method of a fault must be one of GET, POST,"),
        ({"customerId": "5", "lost": True}, "The member customerId of a fault must be a GUID."),
        ({"partnerId": 5, "lost": True}, "The member partnerId of a fault must be a GUID."),
        ({"times": 0, "lost": True}, "a whole number from 1 to 1000000, or null for every call."),
        ({"times": True, "lost": True}, "The member times of a fault must be a whole number"),
        ({"skip": -1, "lost": True}, "The member skip of a fault must be a whole number from 0 to 1000000."),
        ({"skip": 1.5, "lost": True}, "The member skip of a fault must be a whole number"),
        ({"probability": 0, "lost": True}, "must be a number above 0 and up to 1."),
        ({"probability": 1.1, "lost": True}, "must be a number above 0 and up to 1."),
        ({"seed": 5, "lost": True}, "The member seed of a fault needs a probability."),
        (
            {"seed": 2**63, "probability": 1, "lost": True},
            "The member seed of a fault must be a whole number",
        ),
        ({"status": 200}, "The member status of a fault must be a whole number from 400 to 599."),
        ({"status": "503"}, "The member status of a fault must be a whole number from 400 to 599."),
        ({"code": 5, "lost": True}, "The member code of a fault needs a status."),
        ({"retryAfter": 5, "code": 5, "lost": True}, "A fault does one thing to the answer"),
        ({"description": "x", "lost": True}, "The member description of a fault needs a status."),
        ({"status": 400, "description": "a\nb"}, "must be a text of one line"),
        ({"status": 400, "description": " "}, "must be a text of one line"),
        ({"status": 400, "description": "x" * 1025}, "up to 1024 characters."),
        ({"retryAfter": 1.5}, "The member retryAfter of a fault must be a whole number from 0 to 86400."),
        ({"delaySeconds": 601}, "must be a number of seconds above 0 and up to 600."),
        ({"delaySeconds": True}, "must be a number of seconds above 0 and up to 600."),
        ({"lost": 1}, "The member lost of a fault must be true or false."),
        ({"malformed": "xml"}, "must be one of torn, html, or true."),
        ({"malformed": ["torn"]}, "must be one of torn, html, or true."),
        ({"status": 503, "lost": True}, "A fault does one thing to the answer, not status and lost."),
        (
            {"reset": True, "malformed": True},
            "A fault does one thing to the answer, not reset and malformed.",
        ),
        ({"retryAfter": 5, "lost": True}, "not retryAfter and lost."),
    ],
)
def test_a_mistake_is_one_sentence(sandbox: Sandbox, said: Mapping[str, Any], sentence: str) -> None:
    """400 with what is wrong, the nearest name where one is near, and no fault is added."""
    answer = sandbox.control("POST", "/faults", content=json.dumps(said).encode())
    told = answer.json()["error"]
    assert (400, ["error"]) == (answer.status_code, list(answer.json()))
    assert sentence in told
    assert SENTENCE.fullmatch(told)
    assert {"faults": []} == sandbox.control("GET", "/faults").json()


@settings(max_examples=300)
@given(said=near_valid(VALID) | st.dictionaries(st.sampled_from(list(VALID)), JSON))
def test_any_order_is_understood_or_refused_in_a_sentence(said: dict[str, Any]) -> None:
    """Whatever stands in an order: a fault that does something to some call, or one sentence."""
    told = ""
    try:
        order = read_order(said)
    except SandboxError as refused:
        told = str(refused)
    if told:
        assert SENTENCE.fullmatch(told), told
        assert len(told) < 400
        return
    effects = (order.status, order.delay_seconds, order.lost, order.reset, order.malformed)
    assert any(effects)
    assert sum(map(bool, (order.status, order.lost, order.reset, order.malformed))) <= 1
    assert order.operations is None or order.operations <= OPERATIONS.keys()
    assert order.times is None or order.times >= 1
    assert order == read_order(said)
