"""The sandbox's own time: shown, moved forward, kept, and what lives by it and what does not."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from isodate import Duration, duration_isoformat
from tests.conftest import Sandbox
from tests.sandbox.conftest import BLOCKED, OTHER_CLIENT, OTHER_TENANT, OWN, StartProcess, customer, partner

from partnercenter.contract.timestamps import format_timestamp, parse_timestamp
from partnercenter.sandbox.control.clock import LATEST, advanced, target_time
from partnercenter.sandbox.errors import SandboxError

NOW = datetime(2026, 1, 31, 12, 0, 0, tzinfo=UTC)
SENTENCE = re.compile(r"[A-Z][^\n]*[.?]")


def clock(sandbox: Sandbox) -> dict[str, str]:
    """What the clock shows."""
    return dict(sandbox.control("GET", "/clock").json())


def move(sandbox: Sandbox, **order: str) -> dict[str, str]:
    """Move it forward."""
    answer = sandbox.control("PATCH", "/clock", order)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def ahead(shown: dict[str, str]) -> timedelta:
    """By how much the sandbox is ahead, from its two times."""
    return parse_timestamp(shown["now"]) - parse_timestamp(shown["real"])


def test_the_clock_shows_the_machines_time_at_first(sandbox: Sandbox) -> None:
    """Both times are the machine's, in UTC, and one is not ahead of the other."""
    before = datetime.now(UTC)
    shown = clock(sandbox)
    assert ["now", "real", "ahead"] == list(shown)
    assert (shown["real"], "P0D") == (shown["now"], shown["ahead"])
    assert before - timedelta(seconds=1) < parse_timestamp(shown["now"]) < before + timedelta(seconds=60)


@pytest.mark.parametrize("method", ["PATCH", "POST"])
def test_the_clock_is_advanced(sandbox: Sandbox, method: str) -> None:
    """By a duration from the time that it shows; what is moved twice is ahead by both."""
    first = sandbox.control(method, "/clock", {"advance": "P7D"}).json()
    assert ("P7D", timedelta(days=7)) == (first["ahead"], ahead(first))
    second = sandbox.control(method, "/clock", {"advance": "PT1H30M"}).json()
    assert ("P7DT1H30M", timedelta(days=7, minutes=90)) == (second["ahead"], ahead(second))
    assert "P7DT1H30M" == clock(sandbox)["ahead"]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("2126-12-24T00:00:00Z", "2126-12-24T00:00:00.0000000Z"),
        ("2126-12-24T01:00:00+01:00", "2126-12-24T00:00:00.0000000Z"),
        ("2126-12-24T00:00:00.1234567Z", "2126-12-24T00:00:00.1234560Z"),
        ("2126-12-24", "2126-12-24T00:00:00.0000000Z"),
        (" 2126-12-24T00:00:00 ", "2126-12-24T00:00:00.0000000Z"),
    ],
)
def test_the_clock_is_set(sandbox: Sandbox, given: str, shown: str) -> None:
    """To a time in any zone, without one in UTC; from then on it goes on."""
    moved = move(sandbox, set=given)
    assert shown == moved["now"]
    assert parse_timestamp(shown) < parse_timestamp(clock(sandbox)["now"])


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ({"set": "2001-01-01T00:00:00Z"}, "The sandbox's clock never goes backwards; it is 2"),
        ({"advance": "-P1D"}, "The sandbox's clock never goes backwards; it is 2"),
        ({"advance": "-P99999999Y"}, "The sandbox's clock never goes backwards."),
        ({"set": "2200-01-02"}, "The sandbox's clock goes no further than 2200-01-01T00:00:00.0000000Z."),
        ({"set": "9999-12-31T23:59:59-12:00"}, "The clock is set to a time such as 2026-12-24T00:00:00Z"),
        ({"advance": "P200Y"}, "The sandbox's clock goes no further than 2200-01-01T00:00:00.0000000Z."),
        ({"advance": "P99999999Y"}, "The sandbox's clock goes no further than"),
        ({"advance": "P999999999999999999D"}, "The sandbox's clock goes no further than"),
        ({"advance": "PT" + "9" * 50 + "H"}, "The sandbox's clock goes no further than"),
        ({"advance": "P" + "9" * 500 + "D"}, "an ISO 8601 duration such as P7D, P1M or PT12H, not by 'P999"),
        ({"advance": "7 days"}, "an ISO 8601 duration such as P7D, P1M or PT12H, not by '7 days'."),
        ({"advance": ""}, "an ISO 8601 duration"),
        ({"advance": "P"}, "an ISO 8601 duration"),
        ({"advance": "PT"}, "an ISO 8601 duration"),
        ({"advance": "P1DT"}, "an ISO 8601 duration"),
        ({"advance": "P1S"}, "an ISO 8601 duration"),
        ({"advance": "P0.5M"}, "an ISO 8601 duration"),
        ({"advance": "P0001-01-01T00:00:00"}, "an ISO 8601 duration"),
        ({"advance": 7}, "an ISO 8601 duration such as P7D, P1M or PT12H, not by '7'."),
        ({"advance": None}, "an ISO 8601 duration"),
        ({"set": "tomorrow"}, "The clock is set to a time such as 2026-12-24T00:00:00Z, not to 'tomorrow'."),
        ({"set": 5}, "The clock is set to a time"),
        ({"set": "2026-13-01"}, "The clock is set to a time"),
        ({}, 'The clock takes either {"set": "a time"} or {"advance": "a duration"}.'),
        ({"set": "2126-12-24", "advance": "P1D"}, "The clock takes either"),
        ({"advnce": "P1D"}, "The clock has no member 'advnce'; did you mean advance?"),
        ({"zzz": "P1D"}, "The clock has no member 'zzz'; it has set, advance."),
    ],
)
def test_a_mistake_leaves_the_clock_alone(sandbox: Sandbox, order: dict[str, Any], said: str) -> None:
    """Backwards, too far, and what is no time or duration: 400, one sentence, nothing moved."""
    move(sandbox, advance="P1D")
    answer = sandbox.control("PATCH", "/clock", order)
    told = answer.json()["error"]
    assert (400, True) == (answer.status_code, said in told), told
    assert SENTENCE.fullmatch(told)
    assert "P1D" == clock(sandbox)["ahead"]


def test_the_clock_outlives_a_kill(start_process: StartProcess, http: httpx2.Client, tmp_path: Path) -> None:
    """What was moved is kept before the answer comes, and goes on after a restart."""
    first = start_process(database=tmp_path / "sandbox.db")
    moved = move(Sandbox(first.url, http), set="2126-12-24T00:00:00Z")
    first.kill()
    again = clock(Sandbox(start_process(database=tmp_path / "sandbox.db").url, http))
    assert ahead(moved) == ahead(again)
    assert again["now"].startswith("2126-12-24T00:0")


@pytest.mark.parametrize("begin_anew", ["reset", "seed"])
def test_a_new_world_lives_in_real_time(sandbox: Sandbox, begin_anew: str) -> None:
    """A reset and a seed take the clock back, and what they make is made at the machine's time."""
    move(sandbox, advance="P60D")
    if begin_anew == "reset":
        sandbox.control("POST", "/reset")
    sandbox.seed({"partners": [partner(OTHER_TENANT, OTHER_CLIENT, customer(OWN, {"product": "legacy"}))]})
    assert "P0D" == clock(sandbox)["ahead"]
    token = sandbox.mint(tenantId=OTHER_TENANT, clientId=OTHER_CLIENT)
    order = sandbox.call("GET", f"/v1/customers/{OWN}/orders", token=token).json()["items"][0]
    assert abs(parse_timestamp(order["creationDate"]) - datetime.now(UTC)) < timedelta(minutes=5)


def test_tokens_live_by_the_machines_time(sandbox: Sandbox) -> None:
    """After 60 days in the sandbox an hour's token is good, a new one too, and one that has expired is not."""
    minted, expired = sandbox.mint(), sandbox.mint(expiresInSeconds=-5)
    from_sign_in = sandbox.token
    move(sandbox, advance="P60D")
    answers = [
        sandbox.call("GET", "/v1/customers", token=token).status_code
        for token in (minted, from_sign_in, sandbox.mint(), expired)
    ]
    assert [200, 200, 200, 401] == answers
    assert 200 == Sandbox(sandbox.url, sandbox.http).call("GET", "/v1/customers").status_code


def test_what_is_done_happens_in_the_sandboxs_time(world: Sandbox) -> None:
    """Records, the window of records, and delays of lists go by the sandbox's clock."""
    move(world, advance="P30D")
    made = world.create_customer()["id"]
    moment = parse_timestamp(clock(world)["now"])
    record = world.call("GET", "/v1/auditrecords?size=1").json()["items"][0]
    assert (made, True) == (
        record["customerId"],
        abs(parse_timestamp(record["operationDate"]) - moment) < timedelta(minutes=5),
    )
    world.set(order_list_delay_seconds=365 * 86_400)
    assert 0 == world.call("GET", f"/v1/customers/{BLOCKED}/orders").json()["totalCount"]
    move(world, advance="P1Y1D")
    assert 1 == world.call("GET", f"/v1/customers/{BLOCKED}/orders").json()["totalCount"]


def test_answers_are_kept_for_hours_of_the_sandbox(world: Sandbox) -> None:
    """A day later in the sandbox a request id begins another call (10.1)."""
    headers, path = {"MS-RequestId": str(uuid4())}, f"/v1/customers/{OWN}"
    assert [204, 204] == [world.call("DELETE", path, headers=headers).status_code for _ in range(2)]
    move(world, advance="PT25H")
    assert 404 == world.call("DELETE", path, headers=headers).status_code


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        ("P1M", "2026-02-28T12:00:00.0000000Z"),
        ("P1Y1M", "2027-02-28T12:00:00.0000000Z"),
        ("P2Y1M", "2028-02-29T12:00:00.0000000Z"),
        ("P1M1D", "2026-03-01T12:00:00.0000000Z"),
        ("P2W", "2026-02-14T12:00:00.0000000Z"),
        ("P1.5D", "2026-02-02T00:00:00.0000000Z"),
        ("PT0,5S", "2026-01-31T12:00:00.5000000Z"),
        ("p1dt1h", "2026-02-01T13:00:00.0000000Z"),
        ("+P7D", "2026-02-07T12:00:00.0000000Z"),
        ("P0D", "2026-01-31T12:00:00.0000000Z"),
    ],
)
def test_durations_go_by_the_calendar(duration: str, expected: str) -> None:
    """Months and years end on the last day of a month where the day is not there."""
    assert expected == format_timestamp(advanced(NOW, duration))


DURATIONS = st.builds(
    Duration,
    years=st.integers(0, 100),
    months=st.integers(0, 30),
    days=st.integers(0, 2000),
    seconds=st.integers(0, 10**6),
)


@given(duration=DURATIONS, age=st.timedeltas(timedelta(), timedelta(days=20_000)))
def test_every_duration_goes_forward(duration: Duration, age: timedelta) -> None:
    """By years and months of the calendar and then by seconds, never backwards; the written form is read back."""
    now = NOW + age
    reached = advanced(now, duration_isoformat(duration))
    months = now.year * 12 + now.month - 1 + int(duration.years) * 12 + int(duration.months)
    landed = reached - duration.tdelta
    assert (months // 12, months % 12 + 1) == (landed.year, landed.month)
    assert landed.day == now.day or (landed.day < now.day and (landed + timedelta(days=1)).day == 1)
    assert reached >= now


@given(
    st.text(alphabet="PTYMWDHS+-.,0123456789 e:", max_size=30)
    | st.text(max_size=10)
    | st.none()
    | st.integers()
    | st.lists(st.integers(), max_size=2)
)
def test_whatever_stands_for_a_duration_or_a_time(given: Any) -> None:
    """It is one that goes forward and not too far, or one sentence."""
    for name in ("advance", "set"):
        told = ""
        try:
            target = target_time({name: given}, NOW)
        except SandboxError as refused:
            told = str(refused)
        if told:
            assert SENTENCE.fullmatch(told), told
        else:
            assert NOW <= target <= LATEST


def test_an_order_is_json(sandbox: Sandbox) -> None:
    """A body that is no object is one sentence."""
    for content in (b"", b"[]", b"P7D", json.dumps("P7D").encode()):
        answer = sandbox.control("PATCH", "/clock", content=content)
        assert (400, True) == (answer.status_code, bool(SENTENCE.fullmatch(answer.json()["error"])))


def test_answers_are_dated_by_the_sandboxs_clock(sandbox: Sandbox) -> None:
    """The Date header of an API answer is the sandbox's time, by which clients judge whether a window is open."""
    moved = parse_timestamp(move(sandbox, advance="P40D")["now"]).replace(microsecond=0)
    dated = parsedate_to_datetime(sandbox.call("GET", "/v1/customers").headers["Date"])
    assert timedelta(0) <= dated - moved < timedelta(minutes=1)
