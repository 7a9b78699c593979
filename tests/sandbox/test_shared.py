"""Processes that serve one PostgreSQL database: whichever of them is called, it is one sandbox.

A test speaks to two server processes, as a load balancer would have it: what one has done is true for the next call
to the other.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from tests import databases
from tests.conftest import Sandbox, SandboxProcess, new_customer_body
from tests.sandbox.conftest import OTHER_CLIENT, OTHER_TENANT, OWN, WORLD, StartProcess

from partnercenter.contract import development_partner
from partnercenter.sandbox.control.minting import mint
from partnercenter.sandbox.errors import SandboxError, StorageError
from partnercenter.sandbox.nature import Nature
from partnercenter.sandbox.service import Service
from partnercenter.sandbox.shared.calls import SharedCalls
from partnercenter.sandbox.state import State
from partnercenter.sandbox.store.migrate import migrate
from partnercenter.sandbox.store.opening import open_store
from partnercenter.sandbox.store.postgres import PostgresDatabase
from partnercenter.sandbox.throttle import Bucket
from partnercenter.sandbox.wire.message import Request, Response

CUSTOMERS = "/v1/customers"


@dataclass
class Pair:
    """Two processes of one sandbox."""

    one: Sandbox
    other: Sandbox

    @property
    def both(self) -> tuple[Sandbox, Sandbox]:
        """The one and the other."""
        return self.one, self.other

    def at_once(self, ask: Callable[[Sandbox], httpx2.Response], times: int) -> list[httpx2.Response]:
        """The answers to calls that come to both at the same time, so many to each."""
        with ThreadPoolExecutor(16) as threads:
            return list(threads.map(ask, self.both * times))


@pytest.fixture(scope="module")
def processes() -> Iterator[tuple[SandboxProcess, SandboxProcess]]:
    """Two processes, of which the second was given settings, too."""
    url = databases.postgres().named(str(uuid4()))
    started = [SandboxProcess(database=url), SandboxProcess("--set", "subscription_quota=4", database=url)]
    try:
        yield started[0], started[1]
    finally:
        for process in started:
            process.stop()


@pytest.fixture
def pair(processes: tuple[SandboxProcess, SandboxProcess], http: httpx2.Client) -> Pair:
    """The two, reset by the one and seeded by the other."""
    made = Pair(*(Sandbox(process.url, http) for process in processes))
    assert 200 == made.one.control("POST", "/reset").status_code
    made.other.seed(WORLD)
    return made


def settings(sandbox: Sandbox, name: str) -> Any:
    """The value of a setting as a process has it."""
    return sandbox.control("GET", "/settings").json()[name]


def statuses(answers: list[httpx2.Response]) -> dict[int, int]:
    """How many answers had which status."""
    codes = [answer.status_code for answer in answers]
    return {code: codes.count(code) for code in sorted(set(codes))}


def test_a_customer_is_there_for_both(pair: Pair) -> None:
    """What one creates the other reads and deletes, and then it is gone for both."""
    made = pair.one.create_customer()["id"]
    assert 200 == pair.other.call("GET", f"{CUSTOMERS}/{made}").status_code
    assert 204 == pair.other.call("DELETE", f"{CUSTOMERS}/{made}").status_code
    assert [404, 404] == [each.call("GET", f"{CUSTOMERS}/{made}").status_code for each in pair.both]


def test_an_answer_is_given_once_whoever_is_asked_again(pair: Pair) -> None:
    """A call that is repeated under its request id has one effect, also when both get it at the same time."""
    request_id, body = {"MS-RequestId": str(uuid4())}, new_customer_body()
    answers = pair.at_once(lambda sandbox: sandbox.call("POST", CUSTOMERS, body, headers=request_id), 4)
    assert {201: 8} == statuses(answers)
    assert 1 == len({answer.json()["id"] for answer in answers})
    gone = {"MS-RequestId": str(uuid4())}
    assert [204, 204] == [
        each.call("DELETE", f"{CUSTOMERS}/{OWN}", headers=gone).status_code for each in pair.both
    ]


def test_the_quota_is_kept_together(pair: Pair) -> None:
    """Creating at both at once makes exactly as many customers as there is room for."""
    pair.one.set(customer_quota=9)
    there = len(pair.one.call("GET", CUSTOMERS).json()["items"])
    answers = pair.at_once(lambda sandbox: sandbox.call("POST", CUSTOMERS, new_customer_body()), 12)
    assert 9 - there == statuses(answers)[201]
    assert 9 == len(pair.other.call("GET", CUSTOMERS).json()["items"])


def test_a_customer_is_deleted_once(pair: Pair) -> None:
    """Of many deletions of one customer at both, one succeeds."""
    made = pair.one.create_customer()["id"]
    answers = pair.at_once(lambda sandbox: sandbox.call("DELETE", f"{CUSTOMERS}/{made}"), 6)
    assert 1 == statuses(answers)[204]


def test_a_domain_is_given_once_though_partners_do_not_wait_for_each_other(pair: Pair) -> None:
    """Two partners ask for the same domain, each at a process of his own: one gets it, the other is told so."""
    tokens = {pair.one.url: pair.one.token, pair.other.url: pair.other.mint(**OF_OTHER)}
    for _ in range(8):
        body = new_customer_body()
        answers = pair.at_once(
            lambda sandbox, b=body: sandbox.call("POST", CUSTOMERS, b, token=tokens[sandbox.url]), 1
        )
        assert {201: 1, 409: 1} == statuses(answers), [answer.text for answer in answers]


OF_OTHER = {"tenantId": OTHER_TENANT, "clientId": OTHER_CLIENT}


def test_pages_go_on_at_the_other(pair: Pair) -> None:
    """A continuation token of one process is good at the other."""
    for _ in range(4):
        pair.one.create_customer()
    first = pair.one.call("GET", f"{CUSTOMERS}?size=3").json()
    following = first["links"]["next"]
    headers = {header["key"]: header["value"] for header in following.get("headers", [])}
    second = pair.other.call("GET", f"/v1{following['uri']}", headers=headers)
    assert 200 == second.status_code, second.text
    assert not {item["id"] for item in first["items"]} & {item["id"] for item in second.json()["items"]}


def test_tokens_are_good_for_both(pair: Pair) -> None:
    """Both sign with one key."""
    keys = [each.http.get(f"{each.url}/common/discovery/keys").json() for each in pair.both]
    assert keys[0] == keys[1]
    assert 200 == pair.other.call("GET", CUSTOMERS, token=pair.one.token).status_code


def test_settings_are_those_of_both(pair: Pair) -> None:
    """What is set at one is in force at the other's next call, over what it was started with, until a reset."""
    assert (5, 4) == (settings(pair.one, "subscription_quota"), settings(pair.other, "subscription_quota"))
    pair.one.set(subscription_quota=7, customer_quota=3)
    assert (7, 3) == (settings(pair.other, "subscription_quota"), settings(pair.other, "customer_quota"))
    pair.other.set(subscription_quota=None)
    assert (5, 5) == (settings(pair.one, "subscription_quota"), settings(pair.other, "subscription_quota"))
    pair.one.control("POST", "/reset")
    assert (4, 75) == (settings(pair.other, "subscription_quota"), settings(pair.other, "customer_quota"))


def test_settings_that_are_changed_at_once_are_both_changed(pair: Pair) -> None:
    """Neither process undoes what the other has just set."""
    names = ["customer_quota", "replay_hours", "default_page_size", "sign_in_tries"]
    with ThreadPoolExecutor(4) as threads:
        for value in range(10, 16):
            list(
                threads.map(
                    lambda pairing, v=value: pairing[1].set(**{pairing[0]: v}),
                    zip(names, pair.both * 2, strict=True),
                )
            )
            for each in pair.both:
                assert [value] * 4 == [settings(each, name) for name in names]


def test_the_clock_is_that_of_both(pair: Pair) -> None:
    """Moved by both at once, it is ahead by the sum."""
    with ThreadPoolExecutor(4) as threads:
        moves = list(
            threads.map(lambda each: each.control("POST", "/clock", {"advance": "P1D"}), pair.both * 3)
        )
    assert {200: 6} == statuses(moves)
    assert ["P6D", "P6D"] == [each.control("GET", "/clock").json()["ahead"] for each in pair.both]
    created = pair.other.create_customer()
    assert 200 == pair.one.call("GET", f"{CUSTOMERS}/{created['id']}").status_code


def test_a_fault_hits_as_often_as_it_was_to(pair: Pair) -> None:
    """Whoever is called, and however many at once; then it is not there any more."""
    pair.one.control("POST", "/faults", {"operation": "customers.get", "status": 503, "times": 5, "skip": 2})
    answers = pair.at_once(lambda sandbox: sandbox.call("GET", f"{CUSTOMERS}/{OWN}"), 10)
    assert {200: 15, 503: 5} == statuses(answers)
    assert [[], []] == [each.control("GET", "/faults").json()["faults"] for each in pair.both]


def test_faults_are_listed_and_taken_away_by_both(pair: Pair) -> None:
    """With what they have hit so far."""
    added = pair.one.control(
        "POST", "/faults", {"status": 503, "times": None, "seed": 3, "probability": 0.5}
    ).json()
    answers = pair.at_once(lambda sandbox: sandbox.call("GET", CUSTOMERS), 10)
    (listed,) = pair.other.control("GET", "/faults").json()["faults"]
    assert {**added, "matched": 20, "hits": statuses(answers)[503]} == listed
    assert 200 == pair.other.control("DELETE", f"/faults/{added['id']}").status_code
    assert 404 == pair.one.control("DELETE", f"/faults/{added['id']}").status_code
    assert 200 == pair.one.call("GET", CUSTOMERS).status_code


def test_the_log_has_the_requests_of_both(pair: Pair) -> None:
    """Every call that was answered stands in it, in the order of the answers, whoever is asked for it."""
    pair.one.control("DELETE", "/requests")
    ids = [str(uuid4()) for _ in range(6)]
    for request_id, sandbox in zip(ids, pair.both * 3, strict=True):
        sandbox.call("GET", CUSTOMERS, headers={"MS-RequestId": request_id})
        shown = [each.control("GET", "/requests").json()["requests"] for each in pair.both]
        assert shown[0] == shown[1]
        assert request_id == shown[0][-1]["requestId"]
    assert ids == [entry["requestId"] for entry in shown[0]]


def test_calls_are_throttled_together(pair: Pair) -> None:
    """A limit holds for the calls to both, and the window that is told is that of both."""
    while True:  # once, unless a minute begins in between
        pair.other.seed(WORLD)  # which begins to count anew
        pair.one.set(throttle_calls_per_minute=6)
        begun = pair.one.control("GET", "/clock").json()["real"][:16]
        answers = pair.at_once(lambda sandbox: sandbox.call("GET", f"{CUSTOMERS}/{OWN}"), 5)
        if begun == pair.one.control("GET", "/clock").json()["real"][:16]:
            break
    assert {200: 6, 429: 4} == statuses(answers)


def test_a_clock_that_is_behind_takes_no_calls_away(url: str) -> None:
    """Of two machines one is in the next minute already: each minute keeps its count, whoever counts last."""
    with closing(PostgresDatabase(url)) as database:
        migrate(database.engine)
        ahead, behind = (SharedCalls(database.shared) for _ in range(2))
        bucket = Bucket("customers", OTHER_TENANT, "")
        counts = [
            ahead.count(bucket, 8),
            behind.count(bucket, 7),
            ahead.count(bucket, 8),
            behind.count(bucket, 7),
        ]
    assert [1, 1, 2, 2] == counts


def test_wrong_guesses_count_together(pair: Pair) -> None:
    """Who guesses at one process is locked out at the other."""
    pair.one.control("POST", "/reset")
    pair.one.set(sign_in_tries=3)

    def guess(sandbox: Sandbox) -> str:
        address = f"{sandbox.url}/{development_partner.TENANT_ID}/oauth2/v2.0/token"
        form = {
            "grant_type": "password",
            "client_id": development_partner.PUBLIC_CLIENT_ID,
            "scope": "https://api.partnercenter.microsoft.com/.default",
            "username": development_partner.USER_PRINCIPAL_NAME,
            "password": "wrong",
        }
        return str(sandbox.http.post(address, data=form).json()["error_description"])[:12]

    answers = [guess(sandbox) for sandbox in (*pair.both, *pair.both)]
    assert ["AADSTS50126:"] * 3 + ["AADSTS50053:"] == answers


def test_partners_applications_and_users_are_those_of_both(pair: Pair) -> None:
    """Who is removed at one is refused by the other, though it has just let him in."""
    token = pair.other.mint(**OF_OTHER)
    assert 200 == pair.other.call("GET", CUSTOMERS, token=token).status_code
    assert 200 == pair.one.control("DELETE", f"/applications/{OTHER_CLIENT}").status_code
    assert 403 == pair.other.call("GET", CUSTOMERS, token=token).status_code


def test_snapshots_are_those_of_both(pair: Pair) -> None:
    """One saves, the other restores, and the first one knows the settings that came back."""
    pair.one.set(customer_quota=11)
    assert 200 == pair.one.control("POST", "/snapshots", {"name": "before"}).status_code
    pair.other.control("POST", "/reset")
    assert 75 == settings(pair.one, "customer_quota")
    assert 200 == pair.other.control("POST", "/snapshots/before/restore").status_code
    assert 11 == settings(pair.one, "customer_quota")
    assert 200 == pair.one.call("GET", f"{CUSTOMERS}/{OWN}").status_code


def test_what_processes_share_ends_with_the_last_of_them(
    start_process: StartProcess, http: httpx2.Client
) -> None:
    """Faults and what was set over `--set` outlive a process as long as another one is there."""
    url = databases.postgres().named(str(uuid4()))

    def started() -> tuple[SandboxProcess, Sandbox]:
        process = start_process("--set", "customer_quota=9", database=url)
        return process, Sandbox(process.url, http)

    first, sandbox = started()
    sandbox.control("POST", "/faults", {"status": 503, "times": None})
    sandbox.set(customer_quota=5)
    second, other = started()
    first.stop()
    assert (503, 5) == (other.call("GET", CUSTOMERS).status_code, settings(other, "customer_quota"))
    second.stop()
    _, last = started()
    assert (200, 9) == (last.call("GET", CUSTOMERS).status_code, settings(last, "customer_quota"))


def test_a_call_that_waited_happens_in_the_time_of_the_others(url: str) -> None:
    """A call that was admitted before the clock was moved elsewhere, and written after it, is of the new time."""
    with ExitStack() as stack:
        mine, theirs = (stack.enter_context(closing(State(open_store(url), Nature()))) for _ in range(2))
        go_on, begun = threading.Event(), threading.Event()
        mine.database.write(lambda _: (begun.set(), go_on.wait(20)), "a partner")
        assert begun.wait(20)
        moving = threading.Thread(
            target=lambda: theirs.move_clock(lambda _, ahead: ahead + timedelta(days=5))
        )
        moving.start()
        while not mine.database.read(lambda connection: connection.exec_driver_sql(WAITING).scalar()):
            time.sleep(0.01)
        body = json.dumps(new_customer_body()).encode()
        headers = {"authorization": f"Bearer {mint(mine, {})['access_token']}"}
        origin = "http://127.0.0.1"
        submitted = Service(mine).submit(
            Request("POST", "/v1/customers", "", headers, body, origin, from_loopback=True)
        )
        while not mine.database._writer._jobs.qsize():  # admitted, and waiting to be written
            time.sleep(0.01)
        go_on.set()
        moving.join(20)
        assert 201 == whole(submitted).status
        created = mine.database.read(lambda c: c.exec_driver_sql("SELECT created_at FROM customers").scalar())
        assert created / 1_000_000 > time.time() + timedelta(days=4).total_seconds()


def test_a_write_is_not_admitted_by_what_was_true_before(url: str) -> None:
    """What could not ask the others first is answered by their settings, or not at all."""
    with ExitStack() as stack:
        mine, theirs = (stack.enter_context(closing(State(open_store(url), Nature()))) for _ in range(2))
        service = Service(mine)
        body = json.dumps(new_customer_body()).encode()
        headers = {"authorization": f"Bearer {mint(mine, {})['access_token']}"}
        request = Request("POST", "/v1/customers", "", headers, body, "http://127.0.0.1", from_loopback=True)

        def answers_while_nobody_answers() -> list[int]:
            go_on, begun = threading.Event(), threading.Event()
            mine.database.write(lambda _: (begun.set(), go_on.wait(20)), "a partner")
            assert begun.wait(20)
            with pytest.MonkeyPatch.context() as away:
                away.setattr(mine.database.shared, "changes", is_away)
                submitted = [service.submit(request) for _ in range(2)]
                while mine.database._writer._jobs.qsize() < 2:
                    time.sleep(0.01)
            go_on.set()
            return [whole(one).status for one in submitted]

        theirs.change_settings({"customer_quota": 0})
        assert [500, 500] == answers_while_nobody_answers()
        assert [400, 400] == answers_while_nobody_answers()
        theirs.change_settings({"customer_quota": 1})
        assert [500, 500] == answers_while_nobody_answers()
        assert [201, 409] == sorted(answers_while_nobody_answers())
        assert 1 == mine.database.read(lambda c: c.exec_driver_sql("SELECT count(*) FROM customers").scalar())


def is_away() -> int:
    """What a server says that is not there."""
    raise StorageError("The PostgreSQL database cannot be used.")


WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


def whole(answer: Any) -> Response:
    """An answer, when it is there."""
    while not isinstance(answer, Response):
        answer = answer.result(20)
    return answer


def test_processes_that_begin_at_once_begin_one_sandbox(url: str) -> None:
    """They make the tables, the key and the development partner once."""
    with ThreadPoolExecutor(4) as threads:
        states = list(threads.map(lambda _: State(open_store(url), Nature()), range(4)))
    try:
        assert 1 == len({tuple(state.keys) for state in states})
    finally:
        for state in states:
            state.close()


def test_a_database_is_not_upgraded_while_others_serve_it(url: str) -> None:
    """A process of a later version is told to wait; the others go on."""
    earlier = State(open_store(url), Nature())
    with databases.opened(url) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    with closing(open_store(url)) as later, pytest.raises(SandboxError, match="end those first"):
        State(later, Nature())
    earlier.close()


def test_a_database_that_was_upgraded_meanwhile_is_not_written(url: str) -> None:
    """A process that lost its session, and comes back to a later version, says so and leaves it alone."""
    with closing(PostgresDatabase(url)) as database:
        State(database, Nature())
        with databases.opened(url) as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        databases.postgres().run(END_SESSIONS.format(name=url.partition("?")[0].rpartition("/")[2]))
        with pytest.raises(StorageError, match="upgraded by a later version"):
            database.write(
                lambda connection: connection.exec_driver_sql("DELETE FROM partners").rowcount
            ).result(20)
        with databases.opened(url) as connection:
            assert 1 == connection.exec_driver_sql("SELECT count(*) FROM partners").scalar()


END_SESSIONS = """\
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE application_name = 'partnercenter sandbox' AND datname = '{name}'"""
