"""The log of requests: what it shows, how it is searched, and what never gets into it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.conftest import Sandbox, new_customer_body
from tests.sandbox.conftest import BLOCKED, NOT_CSP_CLIENT, NOT_CSP_TENANT, OF_OTHER, OWN, LocalSandbox

from partnercenter.contract import development_partner
from partnercenter.contract.timestamps import parse_timestamp
from partnercenter.sandbox.request_log import MOST_ENTRIES

MEMBERS = [
    "time",
    "milliseconds",
    "method",
    "path",
    "operation",
    "status",
    "code",
    "requestId",
    "correlationId",
    "customerId",
    "partnerTenantId",
    "applicationId",
    "tokenKind",
    "faultId",
    "replayed",
]
CUSTOMER = f"/v1/customers/{OWN}"


def logged(sandbox: Sandbox, query: str = "") -> list[dict[str, Any]]:
    """What the log shows."""
    answer = sandbox.control("GET", f"/requests{query}")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["requests"])


def test_an_entry_tells_what_a_call_was_and_how_it_ended(world: Sandbox) -> None:
    """Every member of a refused delete."""
    ids = {"MS-RequestId": str(uuid4()), "MS-CorrelationId": str(uuid4())}
    before = datetime.now(UTC)
    world.call("DELETE", f"/v1/Customers/{BLOCKED.upper()}?why=not", headers=ids)
    entry = logged(world)[-1]
    assert MEMBERS == list(entry)
    assert abs(parse_timestamp(entry.pop("time")) - before) < timedelta(minutes=1)
    assert 0 < entry.pop("milliseconds") < 60_000
    assert {
        "method": "DELETE",
        "path": f"/v1/Customers/{BLOCKED.upper()}?why=not",
        "operation": "customers.delete",
        "status": 400,
        "code": 3000,
        "requestId": ids["MS-RequestId"],
        "correlationId": ids["MS-CorrelationId"],
        "customerId": BLOCKED,
        "partnerTenantId": development_partner.TENANT_ID,
        "applicationId": development_partner.CLIENT_ID,
        "tokenKind": "app",
        "faultId": None,
        "replayed": False,
    } == entry


def test_ids_that_were_made_up_are_those_of_the_answer(world: Sandbox) -> None:
    """A call without ids is found by the ids that its answer carries."""
    answer = world.call("GET", CUSTOMER)
    assert [answer.headers["MS-RequestId"]] == [
        entry["requestId"] for entry in logged(world, f"?correlationId={answer.headers['MS-CorrelationId']}")
    ]


@pytest.mark.parametrize(
    ("method", "path", "order", "expected"),
    [
        ("GET", "/v1/nowhere", {}, (404, None, None, None)),
        ("PUT", "/v1/customers", {}, (405, 900141, None, None)),
        ("GET", "/v1/customers", None, (401, 800001, "customers.list", None)),
        ("GET", "/v1/customers", {"expiresInSeconds": -5}, (401, None, "customers.list", None)),
        (
            "GET",
            "/v1/customers",
            {"tenantId": NOT_CSP_TENANT, "clientId": NOT_CSP_CLIENT},
            (403, 600006, "customers.list", NOT_CSP_TENANT),
        ),
        ("DELETE", "/v1/customers/x", {}, (400, 800002, "customers.delete", development_partner.TENANT_ID)),
    ],
)
def test_refusals_are_logged_as_far_as_they_came(
    world: Sandbox, method: str, path: str, order: Mapping[str, Any] | None, expected: tuple[Any, ...]
) -> None:
    """A request that no route, no token or no partner was found for is there too, with what is known of it."""
    token = "" if order is None else world.mint(**order)
    world.call(method, path, token=token)
    entry = logged(world)[-1]
    assert (method, path) == (entry["method"], entry["path"])
    assert expected == (entry["status"], entry["code"], entry["operation"], entry["partnerTenantId"])


def test_a_request_that_nobody_looked_at_is_logged(sandbox: Sandbox) -> None:
    """A body that is too long, and a host that is none."""
    sandbox.call("POST", "/v1/customers", content=b" " * (4 * 1024 * 1024 + 1))
    sandbox.call("GET", "/v1/customers", headers={"Host": "a b"})
    assert [413, 400] == [entry["status"] for entry in logged(sandbox)]


def test_the_kind_of_token_is_told(world: Sandbox) -> None:
    """An app's, or a user's; and whose."""
    world.call("GET", "/v1/customers", token=world.mint(kind="app_user"))
    world.call("GET", "/v1/customers", token=world.mint(**OF_OTHER))
    entries = logged(world)[-2:]
    assert ["app_user", "app"] == [entry["tokenKind"] for entry in entries]
    assert OF_OTHER["clientId"] == entries[1]["applicationId"]


def test_a_fault_is_named_by_its_id(world: Sandbox) -> None:
    """Whatever it did; a reset left no status."""
    orders: list[dict[str, Any]] = [{"status": 503}, {"delaySeconds": 0.01}, {"malformed": "html"}]
    ids = []
    for order in orders:
        ids.append(world.control("POST", "/faults", order).json()["id"])
        world.call("GET", CUSTOMER)
    entries = logged(world, "?operation=customers.get")
    assert (ids, [503, 200, 200]) == (
        [entry["faultId"] for entry in entries],
        [entry["status"] for entry in entries],
    )


def test_a_replay_is_told(world: Sandbox) -> None:
    """The first answer is none, the same one given again is."""
    headers = {"MS-RequestId": str(uuid4())}
    for _ in range(2):
        world.call("DELETE", CUSTOMER, headers=headers)
    assert [False, True] == [entry["replayed"] for entry in logged(world, "?operation=customers.delete")]


def test_the_time_is_the_sandboxs(world: Sandbox) -> None:
    """It moves with the clock; how long a call took does not."""
    world.control("PATCH", "/clock", {"advance": "P60D"})
    world.call("GET", CUSTOMER)
    entry = logged(world)[-1]
    assert parse_timestamp(entry["time"]) > datetime.now(UTC) + timedelta(days=59)
    assert entry["milliseconds"] < 60_000


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [0, 1, 2, 3, 4]),
        ("?limit=2", [3, 4]),
        ("?method=get", [0, 3, 4]),
        ("?METHOD=GET&Status=200", [0, 4]),
        ("?status=404", [3]),
        ("?operation=Customers.Get", [0, 3]),
        (f"?customerId={OWN}", [0, 1, 2, 3]),
        (f"?customerId=%7B{OWN.upper()}%7D&limit=1", [3]),
        (f"?customerId={OWN}&method=DELETE", [1, 2]),
        ("?requestId=0bada5a0-0000-4ca1-8ca1-0000000000AA", [1, 2]),
        ("?correlationId=0bada5a0-0000-4ca1-8ca1-0000000000cc", [2]),
        ("?correlationId=nothing", []),
        ("?customerid=&limit=", [0, 1, 2, 3, 4]),
    ],
)
def test_the_log_is_searched(world: Sandbox, query: str, expected: list[int]) -> None:
    """By any of its members, without case, the newest last; with a limit the newest so many."""
    request_id = {"MS-RequestId": "0bada5a0-0000-4ca1-8ca1-0000000000aa"}
    world.call("GET", CUSTOMER)
    world.call("DELETE", CUSTOMER, headers=request_id)
    world.call(
        "DELETE",
        CUSTOMER,
        headers={**request_id, "MS-CorrelationId": "0bada5a0-0000-4ca1-8ca1-0000000000cc"},
    )
    world.call("GET", CUSTOMER)
    world.call("GET", "/v1/customers")
    everything = logged(world)
    assert [everything[place] for place in expected] == logged(world, query)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?limit=0", "The limit of the requests must be a whole number from 1 to 10000."),
        ("?limit=10001", "The limit of the requests must be a whole number from 1 to 10000."),
        ("?limit=x", "The limit of the requests must be a whole number"),
        ("?limit=" + "9" * 5000, "The limit of the requests must be a whole number"),
        ("?status=20", "The status of the requests must be a whole number from 100 to 599."),
        ("?status=two", "The status of the requests must be a whole number"),
        ("?correlatonId=x", "has no member 'correlatonid'; did you mean correlationId?"),
        ("?zzz=x", "has no member 'zzz'; it has correlationId, requestId,"),
    ],
)
def test_a_wrong_query_is_one_sentence(sandbox: Sandbox, query: str, said: str) -> None:
    """400, and what would be right."""
    answer = sandbox.control("GET", f"/requests{query}")
    assert 400 == answer.status_code
    assert said in answer.json()["error"]
    assert re.fullmatch(r"[A-Z][^\n]*[.?]", answer.json()["error"])


def test_nothing_that_opens_a_door_is_logged(world: Sandbox) -> None:
    """No token, no header, no body: neither of what was asked nor of what was answered."""
    body = new_customer_body()
    made = world.call("POST", "/v1/customers", body, headers={"X-Private": "a-private-header"})
    path = f"/v1/customers/{made.json()['id']}"
    world.call("GET", f"{path}?access_token={world.token}&x=1&client%5Fsecret=hush&Password=hush")
    world.call("GET", path, token="not-a-token-at-all")
    world.call("POST", "/v1/customers", content=b"not-a-body-at-all")
    text = world.control("GET", "/requests").text
    private = (
        world.token,
        world.token.split(".")[2],
        "a-private-header",
        "not-a-token-at-all",
        "not-a-body-at-all",
        "hush",
        made.json()["userCredentials"]["password"],
        body["billingProfile"]["companyName"],
        body["companyProfile"]["domain"],
        development_partner.CLIENT_SECRET,
    )
    assert [] == [secret for secret in private if secret in text]
    assert f"{path}?access_token=...&x=1&client%5Fsecret=...&Password=..." in text


def test_control_and_sign_in_are_not_logged(sandbox: Sandbox) -> None:
    """The log is of the API alone."""
    assert sandbox.token
    sandbox.control("GET", "/settings")
    assert [] == logged(sandbox)


def test_a_long_path_is_cut(sandbox: Sandbox) -> None:
    """So that the log stays small."""
    sandbox.call("GET", "/v1/customers/" + "x" * 5000)
    entry = logged(sandbox)[-1]
    assert (500, 100) == (len(entry["path"]), len(entry["customerId"]))


@pytest.mark.parametrize("how", ["delete", "reset", "seed"])
def test_the_log_is_forgotten(world: Sandbox, how: str) -> None:
    """By a DELETE, a reset and a seed."""
    world.call("GET", CUSTOMER)
    if how == "delete":
        assert {"requests": []} == world.control("DELETE", "/requests").json()
    elif how == "reset":
        world.control("POST", "/reset")
    else:
        world.seed("empty")
    assert [] == logged(world)


def test_the_log_is_bounded(local_sandbox: LocalSandbox) -> None:
    """The oldest entries give way to the newest."""
    token = local_sandbox.mint()
    for number in range(MOST_ENTRIES + 5):
        local_sandbox.call("GET", f"/v1/n{number}", token=token)
    kept = local_sandbox.state.requests.newest(lambda _: True, MOST_ENTRIES * 2)
    assert (MOST_ENTRIES, "/v1/n5", f"/v1/n{MOST_ENTRIES + 4}") == (len(kept), kept[0].path, kept[-1].path)
