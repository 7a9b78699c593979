"""`partnercenter sandbox clock|faults|requests|snapshot`: what one does to a running sandbox besides filling it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

NOTHING = "http://127.0.0.1:9"
GUID = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"


def document(cli: Any, *arguments: str) -> Any:
    """What a command prints as JSON."""
    ended = cli("sandbox", *arguments, "--output", "json")
    assert 0 == ended.status, ended.err
    return ended.document


@pytest.mark.parametrize(
    "arguments",
    [
        ("clock",),
        ("faults", "list"),
        ("faults", "add", "--lost"),
        ("faults", "clear"),
        ("requests",),
        ("snapshot", "list"),
        ("snapshot", "save", "a"),
        ("snapshot", "restore", "a"),
        ("snapshot", "delete", "a"),
    ],
)
def test_no_sandbox_is_one_sentence(bare: Any, arguments: tuple[str, ...]) -> None:
    """Status 1 and where nothing answers; nothing on stdout."""
    ended = bare("sandbox", *arguments, "--endpoint", NOTHING)
    assert (1, "", 1) == (ended.status, ended.out, ended.err.count("\n"))
    assert f"No sandbox answers at {NOTHING} (Connection refused)" in ended.err


# clock


def test_the_clock_is_shown_and_moved(cli: Any) -> None:
    """Advanced and set, in every form of output."""
    assert "P0D" == document(cli, "clock")["ahead"]
    assert "P7D" == document(cli, "clock", "--advance", "P7D")["ahead"]
    moved = document(cli, "clock", "--set", "2126-12-24T00:00:00Z")
    assert "2126-12-24T00:00:00.0000000Z" == moved["now"]
    for form, begins in (
        ("table", "member  value\nnow     2126-12-24T"),
        ("csv", "member,value\nnow,2126-12-24T"),
    ):
        assert cli("sandbox", "clock", "--output", form).out.startswith(begins)
    assert ["now", "real", "ahead"] == list(json.loads(cli("sandbox", "clock", "--output", "jsonl").out))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--advance", "P1D", "--set", "2126-12-24"), "Give either --advance or --set. See "),
        (("--advance", "7 days"), "advanced by an ISO 8601 duration such as P7D"),
        (("--advance", ""), "advanced by an ISO 8601 duration"),
        (("--advance", "-P1D"), "never goes backwards"),
        (("--set", "2001-01-01"), "never goes backwards"),
        (("--set", "tomorrow"), "set to a time such as 2026-12-24T00:00:00Z"),
    ],
)
def test_a_mistake_about_time_is_one_sentence(cli: Any, arguments: tuple[str, ...], sentence: str) -> None:
    """Status 2, and the clock stands where it stood."""
    ended = cli("sandbox", "clock", *arguments)
    assert (2, "", 1) == (ended.status, ended.out, ended.err.count("\n"))
    assert sentence in ended.err
    assert "P0D" == document(cli, "clock")["ahead"]


# faults


def test_faults_are_added_listed_and_taken_away(cli: Any, sandbox: Any) -> None:
    """By options, each under its member's name; a call is hit, and the list tells how often."""
    added = document(
        cli,
        *("faults", "add", "--operation", "customers.list", "--status", "503", "--retry-after", "7"),
        *("--times", "2", "--description", "Not now"),
    )
    assert {
        "operation": "customers.list",
        "times": 2,
        "status": 503,
        "description": "Not now",
        "retryAfter": 7,
        "matched": 0,
        "hits": 0,
        "left": 2,
    } == {name: value for name, value in added.items() if name != "id"}
    answer = sandbox.call("GET", "/v1/customers")
    assert (503, "7") == (answer.status_code, answer.headers["Retry-After"])
    listed = document(cli, "faults", "list")
    assert [(added["id"], 1)] == [(one["id"], one["left"]) for one in listed]
    table = cli("sandbox", "faults", "list").out.splitlines()
    assert ["id", "operation", "status", "description", "retryAfter", "matched", "hits", "left"] == table[
        0
    ].split()
    assert 0 == cli("sandbox", "faults", "clear", added["id"]).status
    assert [] == document(cli, "faults", "list")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--lost",), {"lost": True}),
        (("--reset", "--always"), {"reset": True, "times": None}),
        (("--malformed", "torn", "--skip", "3"), {"malformed": "torn", "skip": 3}),
        (("--delay", "0.5", "--method", "DELETE"), {"delaySeconds": 0.5, "method": "DELETE"}),
        (
            ("--probability", "0.5", "--seed", "7", "--status", "400", "--code", "3000"),
            {"probability": 0.5, "seed": 7, "status": 400, "code": 3000},
        ),
        (
            ("--customer-id", GUID, "--partner-id", GUID, "--retry-after", "0"),
            {"customerId": GUID, "partnerId": GUID, "retryAfter": 0},
        ),
    ],
)
def test_every_option_is_a_member(cli: Any, arguments: tuple[str, ...], expected: dict[str, Any]) -> None:
    """What is not given is not sent."""
    added = document(cli, "faults", "add", *arguments)
    assert expected == {name: added[name] for name in added if name not in {"id", "matched", "hits", "left"}}


def test_a_fault_comes_from_a_file(cli: Any, tmp_path: Path) -> None:
    """Or from stdin."""
    order = {"operation": "orders.*", "status": 500, "times": None}
    (tmp_path / "fault.json").write_text(json.dumps(order), encoding="utf-8")
    assert 0 == cli("sandbox", "faults", "add", str(tmp_path / "fault.json")).status
    assert 0 == cli("sandbox", "faults", "add", "-", input=json.dumps(order)).status
    assert [500, 500] == [one["status"] for one in document(cli, "faults", "list")]
    ended = cli("sandbox", "faults", "clear")
    assert (0, "") == (ended.status, ended.out)
    assert "No fault waits in the sandbox" in ended.err
    assert [] == document(cli, "faults", "list")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "A fault does nothing without one of"),
        (("--operation", "customer.delete", "--lost"), "did you mean customers.delete?"),
        (("--lost", "--reset"), "does one thing to the answer, not lost and reset."),
        (("--times", "2", "--always", "--lost"), "Give either --times or --always."),
        (("--times", "0", "--lost"), "0 is not in the range"),
        (("--status", "200"), "200 is not in the range"),
        (("--malformed", "xml"), "'xml' is not one of"),
        (("--probability", "2", "--lost"), "above 0 and up to 1."),
        (("--delay", "nan"), "not valid JSON"),
        (("nothing.json",), "nothing.json cannot be read: No such file"),
        (("nothing.json", "--lost"), "Give either a file or options."),
        (("--customer-id", "x", "--lost"), "customerId of a fault must be a GUID."),
    ],
)
def test_a_mistake_in_a_fault_is_one_sentence(cli: Any, arguments: tuple[str, ...], sentence: str) -> None:
    """Status 2, and no fault waits."""
    ended = cli("sandbox", "faults", "add", *arguments)
    assert (2, "", 1) == (ended.status, ended.out, ended.err.count("\n"))
    assert sentence in ended.err
    assert [] == document(cli, "faults", "list")


@pytest.mark.parametrize(("fault_id", "sentence"), [("77", "There is no fault '77'"), (" ", "is empty")])
def test_a_fault_that_is_not_there_is_named(cli: Any, fault_id: str, sentence: str) -> None:
    """Status 2; an empty id never takes away all."""
    document(cli, "faults", "add", "--lost", "--always")
    ended = cli("sandbox", "faults", "clear", fault_id)
    assert (2, True) == (ended.status, sentence in ended.err)
    assert 1 == len(document(cli, "faults", "list"))


# requests


def test_requests_are_shown_and_forgotten(cli: Any, sandbox: Any) -> None:
    """Those of a correlation id, the newest so many, in every form of output."""
    ids = {"MS-CorrelationId": GUID}
    sandbox.call("GET", f"/v1/customers/{GUID}", headers=ids)
    sandbox.call("DELETE", f"/v1/customers/{GUID}")
    (entry,) = document(cli, "requests", "--correlation-id", GUID)
    assert ("GET", "customers.get", 404, 60003) == tuple(
        entry[name] for name in ("method", "operation", "status", "code")
    )
    assert ["DELETE"] == [one["method"] for one in document(cli, "requests", "--limit", "1")]
    chosen = (
        "--customer-id",
        GUID,
        "--method",
        "delete",
        "--status",
        "404",
        "--operation",
        "customers.delete",
    )
    assert ["DELETE"] == [one["method"] for one in document(cli, "requests", *chosen)]
    assert [] == document(cli, "requests", "--request-id", GUID)
    csv = cli("sandbox", "requests", "--output", "csv").out.splitlines()
    assert (3, True) == (len(csv), csv[0].startswith("time,milliseconds,method,path,"))
    assert 2 == len(cli("sandbox", "requests", "--output", "jsonl").out.splitlines())
    assert "/v1/customers" in cli("sandbox", "requests").out
    ended = cli("sandbox", "requests", "--clear")
    assert (0, "") == (ended.status, ended.out)
    assert [] == document(cli, "requests")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--limit", "0"), "0 is not in the range"),
        (("--status", "x"), "'x' is not a valid integer"),
        (("--clear", "--limit", "1"), "--clear forgets everything; give it alone."),
    ],
)
def test_a_mistake_about_requests_is_one_sentence(
    cli: Any, arguments: tuple[str, ...], sentence: str
) -> None:
    """Status 2."""
    ended = cli("sandbox", "requests", *arguments)
    assert (2, "", 1) == (ended.status, ended.out, ended.err.count("\n"))
    assert sentence in ended.err


# snapshots


@pytest.fixture
def seeded(sandbox: Any) -> Iterator[Any]:
    """A sandbox with five customers, whose snapshots go with the test."""
    sandbox.seed("demo")
    yield sandbox
    for kept in sandbox.control("GET", "/snapshots").json()["snapshots"]:
        sandbox.control("DELETE", f"/snapshots/{kept['name']}")


def test_a_snapshot_is_saved_restored_listed_and_deleted(cli: Any, seeded: Any) -> None:
    """What was deleted since is there again."""
    saved = document(cli, "snapshot", "save", "before-sweep")
    assert ("before-sweep", 5) == (saved["name"], saved["customers"])
    cli("sandbox", "reset", "--yes")
    ended = cli("sandbox", "snapshot", "restore", "before-sweep")
    assert (0, True) == (ended.status, "is as it was in the snapshot before-sweep." in ended.err)
    assert 5 == seeded.call("GET", "/v1/customers").json()["totalCount"]
    assert [saved] == document(cli, "snapshot", "list")
    heading = "name,madeAt,partners,customers,orders,subscriptions,size"
    assert heading == cli("sandbox", "snapshot", "list", "--output", "csv").out.splitlines()[0]
    assert "before-sweep" in cli("sandbox", "snapshot", "list").out
    assert 0 == cli("sandbox", "snapshot", "delete", "before-sweep").status
    assert [] == document(cli, "snapshot", "list")
    assert 5 == seeded.call("GET", "/v1/customers").json()["totalCount"]


def test_a_snapshot_gives_way_only_if_it_is_said(cli: Any, seeded: Any) -> None:
    """With --replace."""
    assert 0 == cli("sandbox", "snapshot", "save", "a").status
    cli("sandbox", "reset", "--yes")
    ended = cli("sandbox", "snapshot", "save", "a")
    assert (2, True) == (ended.status, "There is a snapshot 'a' already" in ended.err)
    assert 0 == document(cli, "snapshot", "save", "a", "--replace")["customers"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("save", "a b"), "has up to 64 letters, digits, hyphens and underscores"),
        (("save", ""), "has up to 64 letters"),
        (("save",), "Missing argument 'NAME'"),
        (("restore", "none"), "There is no snapshot 'none'; there are: none."),
        (("restore", "../a"), "There is no snapshot '../a'"),
        (("restore", ""), "The name of the snapshot is empty."),
        (("delete", " "), "The name of the snapshot is empty."),
        (("delete", "none"), "There is no snapshot 'none'"),
        (("svae", "a"), "did you mean 'save'?"),
    ],
)
def test_a_mistake_about_snapshots_is_one_sentence(
    cli: Any, seeded: Any, arguments: tuple[str, ...], sentence: str
) -> None:
    """Status 2, and the state stays as it is."""
    ended = cli("sandbox", "snapshot", *arguments)
    assert (2, "", 1) == (ended.status, ended.out, ended.err.count("\n"))
    assert sentence in ended.err
    assert 5 == seeded.call("GET", "/v1/customers").json()["totalCount"]


# serve


def test_a_sandbox_is_started_with_a_profile(bare: Any) -> None:
    """`--set profile=eventual` gives several settings a value at once; one that is given itself wins."""
    process = subprocess.Popen(
        [
            *(*bare.program, "sandbox", "serve", "--port", "0", "--database", "memory"),
            *("--set", "profile=eventual", "--set", "order_settle_seconds=9"),
        ],
        stdout=subprocess.PIPE,
        text=True,
        env=bare.environment,
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        rows = bare("sandbox", "settings", "--endpoint", url, "--output", "json").document
        values = {row["name"]: row["value"] for row in rows}
        assert ("eventual", 3, 9) == tuple(
            values[name] for name in ("profile", "customer_list_lag_seconds", "order_settle_seconds")
        )
    finally:
        process.terminate()
        process.communicate(timeout=30)
