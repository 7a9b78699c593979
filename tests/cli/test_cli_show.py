"""`partnercenter customers show`: what is attached, what blocks, what clears it and until when."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from partnercenter import Subscription
from partnercenter.cleanup.blockers import Belongings, attachments
from partnercenter.contract.collection import ItemType

COLUMNS = [
    "kind",
    "name",
    "status",
    "blocks",
    "reason",
    "clearedBy",
    "until",
    "closedSince",
    "id",
    "orderId",
    "subscriptionId",
    "below",
]


def world(*purchases: dict[str, Any], **customer: Any) -> dict[str, Any]:
    """The development partner with one customer that has these purchases."""
    from partnercenter.contract import development_partner as partner

    return {
        "partners": [
            {
                "tenantId": partner.TENANT_ID,
                "companyName": partner.COMPANY_NAME,
                "domain": partner.DOMAIN,
                "applications": [{"clientId": partner.CLIENT_ID, "clientSecret": partner.CLIENT_SECRET}],
                "customers": [{"companyName": "Northlake Test", "purchases": list(purchases), **customer}],
            }
        ]
    }


def the_customer(sandbox: Any) -> str:
    """The id of the only customer."""
    (customer,) = sandbox.call("GET", "/v1/customers").json()["items"]
    return str(customer["id"])


def test_json_is_the_customer_with_what_is_attached(cli: Any, sandbox: Any) -> None:
    """The json document is the customer's own, with `attached` as its last member."""
    sandbox.seed(world({"product": "azure_reservation", "ageDays": 2}, {"product": "legacy"}))
    known = the_customer(sandbox)
    ended = cli("customers", "show", known, "--output", "json")
    own = sandbox.call("GET", f"/v1/customers/{known}").json()
    (order, _) = sandbox.call("GET", f"/v1/customers/{known}/orders").json()["items"]
    attached = ended.document.pop("attached")
    assert (0, "") == (ended.status, ended.err)
    assert own == {name: value for name, value in ended.document.items() if name != "attached"}
    assert [("azure reservation", "yes"), ("legacy", "no")] == [
        (row["kind"], row["blocks"]) for row in attached
    ]
    assert COLUMNS == list(attached[0])
    assert f"PATCH order {order['id']} with status cancelled" == attached[0]["clearedBy"]
    assert (order["id"], order["id"]) == (attached[0]["id"], attached[0]["orderId"])
    assert attached[0]["until"].endswith("Z")


def test_jsonl_and_csv_have_a_row_for_each_thing(cli: Any, sandbox: Any) -> None:
    """A row for each attachment, with the columns of the json, in the same order."""
    sandbox.seed(world({"product": "azure_plan"}, {"product": "new_commerce", "quantity": 5}))
    known = the_customer(sandbox)
    rows = cli("customers", "show", known, "--output", "json").document["attached"]
    assert ["new commerce", "azure subscription", "azure plan"] == [row["kind"] for row in rows]
    lines = cli("customers", "show", known, "--output", "jsonl").out.splitlines()
    assert rows == [json.loads(line) for line in lines]
    table = list(csv.DictReader(io.StringIO(cli("customers", "show", known, "--output", "csv").out)))
    assert rows == table


def test_a_table_is_the_customer_then_what_is_attached_then_a_sentence(cli: Any, sandbox: Any) -> None:
    """Three parts with a blank line between them, the sentence last."""
    sandbox.seed(world({"product": "perpetual_software"}, {"product": "marketplace"}))
    ended = cli("customers", "show", the_customer(sandbox))
    customer, attached, sentence = ended.out.split("\n\n")
    assert customer.startswith("member")
    assert "Northlake Test" in customer
    assert ["kind", "name", "status", "blocks"] == attached.split()[:4]
    assert 3 == len(attached.splitlines())
    assert "2 things block the customer.\n" == sentence
    assert (0, "") == (ended.status, ended.err)


@pytest.mark.parametrize(
    ("sentence", "purchases"),
    [
        ("Nothing that is attached blocks the customer: it can be deleted now.", []),
        ("Nothing that is attached blocks the customer: it can be deleted now.", [{"product": "legacy"}]),
        ("1 thing blocks the customer.", [{"product": "new_commerce"}]),
        ("1 thing blocks the customer, which the API cannot clear.", [{"product": "azure_savings_plan"}]),
        (
            "2 things block the customer, 1 of which the API cannot clear.",
            [{"product": "perpetual_software", "ageDays": 61}, {"product": "perpetual_software"}],
        ),
    ],
)
def test_the_sentence_says_whether_it_can_be_deleted(
    cli: Any, sandbox: Any, sentence: str, purchases: list[dict[str, Any]]
) -> None:
    """The last line tells how many things block, and how many of them no call clears."""
    sandbox.seed(world(*purchases, ageDays=70))
    assert sentence == cli("customers", "show", the_customer(sandbox)).out.splitlines()[-1]


@pytest.mark.parametrize(
    ("expected", "blocking", "unknown"),
    [
        ("Of 1 thing it is not known.", 0, 1),
        ("1 thing blocks the customer, and of 2 things it is not known.", 1, 2),
    ],
)
def test_what_is_not_known_is_not_said_to_be_free(expected: str, blocking: int, unknown: int) -> None:
    """A customer with something that cannot be judged is not said to be deletable."""
    from partnercenter.cli.attachment_rows import sentence

    active = [Subscription(status="active", product_type=ItemType(id="SaaS"))] * blocking
    odd = [Subscription(status="active", product_type=ItemType(id="Quantum"))] * unknown
    assert expected == sentence(attachments(Belongings(active + odd), datetime.now(UTC)))


def test_a_closed_window_says_since_when(cli: Any, sandbox: Any) -> None:
    """Past its window a thing shows `closedSince` instead of `until`, and what is left to do."""
    sandbox.seed(world({"product": "new_commerce", "ageDays": 20}, ageDays=30))
    (row,) = cli("customers", "show", the_customer(sandbox), "--output", "json").document["attached"]
    assert ("", True) == (row["until"], row["closedSince"].endswith("Z"))
    assert f"PATCH subscription {row['id']} with status suspended" == row["clearedBy"]


def test_what_may_not_be_read_is_said(cli: Any, sandbox: Any) -> None:
    """Where entitlements are refused to an application, stderr says so and the rest is judged."""
    sandbox.seed(world({"product": "azure_reservation"}))
    sandbox.set(entitlements_app_only=False)
    ended = cli("customers", "show", the_customer(sandbox))
    assert (0, "This token may not read entitlements; what else can be read had to do.\n") == (
        ended.status,
        ended.err,
    )
    assert "1 thing blocks the customer.\n" in ended.out


def test_names_of_what_is_attached_cannot_play_with_the_terminal(cli: Any, sandbox: Any) -> None:
    """Control characters in the name of a subscription are escaped in a table, and exact in json."""
    sandbox.seed(world({"product": "legacy"}))
    known = the_customer(sandbox)
    (subscription,) = sandbox.call("GET", f"/v1/customers/{known}/subscriptions").json()["items"]
    address = f"/v1/customers/{known}/subscriptions/{subscription['id']}"
    name = "=cmd|\u202eevil\u2066"
    answer = sandbox.call("PATCH", address, {**subscription, "friendlyName": name})
    assert 200 == answer.status_code, answer.text
    assert "\\u202eevil\\u2066" in cli("customers", "show", known).out
    assert name == cli("customers", "show", known, "--output", "json").document["attached"][0]["name"]
    assert "'=cmd|" in cli("customers", "show", known, "--output", "csv").out
