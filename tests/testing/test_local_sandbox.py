"""The sandbox inside a test: the real client and the real service in one process, without a socket."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlencode

import pytest
from azure.core.exceptions import (
    ClientAuthenticationError,
    ServiceRequestError,
    ServiceResponseError,
    ServiceResponseTimeoutError,
)
from azure.core.rest import HttpRequest
from tests.conftest import new_customer_body

import partnercenter.aio
from partnercenter import (
    Cloud,
    CustomerHasActiveOrdersError,
    NotFoundError,
    PartnerCenterClient,
    PermissionDeniedError,
    QuotaExceededError,
    UnexpectedAnswerError,
)
from partnercenter.contract import development_partner
from partnercenter.contract.customers import Customer
from partnercenter.contract.timestamps import parse_timestamp
from partnercenter.sandbox.store.database import Database
from partnercenter.sandbox.store.store import ENDED
from partnercenter.sandbox.worlds.fill import has_partners
from partnercenter.testing import ENDPOINT, LocalSandbox, SandboxError, local_sandbox

CUSTOMER = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"
WORLD = {
    "partners": [
        {
            "tenantId": development_partner.TENANT_ID,
            "companyName": "Development Partner",
            "domain": development_partner.DOMAIN,
            "customers": [{"id": CUSTOMER, "companyName": "Plain", "ageDays": 30}],
        }
    ]
}


@pytest.fixture
def local() -> Iterator[LocalSandbox]:
    """A sandbox with one customer that nothing blocks."""
    with LocalSandbox(WORLD) as opened:
        yield opened


def names(sandbox: LocalSandbox) -> list[str]:
    """The names of the customers of the development partner."""
    return [str(customer.company_profile.company_name) for customer in sandbox.client().customers.list()]


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait for what comes in a moment."""
    for _ in range(2000):
        if is_so():
            return
        time.sleep(0.005)
    pytest.fail("it does not come")


def new_customer() -> Customer:
    """A customer that can be created."""
    return Customer.from_json(new_customer_body())


def test_a_customer_is_deleted(local: LocalSandbox) -> None:
    """It is gone, as from the service, and what was asked can be seen."""
    customer = local.client().customers.by_id(CUSTOMER)
    customer.delete()
    with pytest.raises(NotFoundError):
        customer.get()
    assert [("customers.delete", 204), ("customers.get", 404)] == [
        (request.operation, request.status) for request in local.requests()
    ]


def test_the_asynchronous_client_does_the_same(local: LocalSandbox) -> None:
    """It reads, writes and is refused in an event loop."""

    async def delete_and_create() -> list[str | None]:
        async with local.aio_client() as client:
            await client.customers.by_id(CUSTOMER).delete()
            with pytest.raises(NotFoundError):
                await client.customers.by_id(CUSTOMER).get()
            made = await client.customers.create(new_customer())
            return [made.id, *[customer.id async for customer in client.customers.list()]]

    made, *listed = asyncio.run(delete_and_create())
    assert [made] == listed


def test_what_blocks_is_refused_as_by_the_service() -> None:
    """The error names the order that blocks."""
    with LocalSandbox("demo") as sandbox:
        client = sandbox.client()
        blocked = next(one for one in client.customers.list() if _name(one) == "Juniper Analytics")
        with pytest.raises(CustomerHasActiveOrdersError) as refused:
            client.customers.by_id(str(blocked.id)).delete()
        assert len(refused.value.order_ids) == 1


def _name(customer: Customer) -> str:
    return str(customer.company_profile.company_name)


def test_sandboxes_know_nothing_of_each_other() -> None:
    """What is done in one of two that began alike is done in that one alone: customers, settings, time and faults."""
    with LocalSandbox(WORLD) as one, LocalSandbox(WORLD) as other:
        one.client().customers.by_id(CUSTOMER).delete()
        one.set(mfa="off")
        one.advance(days=400)
        one.faults.add(status=503, times=None)
        one.snapshots.save("mine")
        other_client = other.client(retry_total=0)
        assert "Plain" == _name(other_client.customers.by_id(CUSTOMER).get())
        assert 1 == len(other.requests())
        assert one.settings["mfa"] != other.settings["mfa"]
        assert one.now - other.now > timedelta(days=399)
        assert ([], []) == (other.faults.list(), other.snapshots.list())
    with LocalSandbox(WORLD) as later:
        assert ["Plain"] == names(later)


def test_sandboxes_in_threads_keep_apart() -> None:
    """Sixteen of them, eight at a time: each holds what its own thread has made."""

    def create(count: int) -> tuple[int, int]:
        with LocalSandbox() as sandbox:
            client = sandbox.client()
            for _ in range(count):
                client.customers.create(new_customer())
            return count, len(list(client.customers.list()))

    with ThreadPoolExecutor(8) as pool:
        for made, listed in pool.map(create, [number % 4 for number in range(16)]):
            assert made == listed


def test_threads_share_a_sandbox() -> None:
    """Of thirty calls for three places exactly three get one."""
    with LocalSandbox(settings={"customer_quota": 3}) as sandbox, ThreadPoolExecutor(6) as pool:
        client = sandbox.client()

        def create(_: int) -> bool:
            try:
                client.customers.create(new_customer())
            except QuotaExceededError:
                return False
            return True

        assert 3 == sum(pool.map(create, range(30)))
        assert 3 == len(names(sandbox))


def test_no_socket_is_opened_whatever_the_address(
    local: LocalSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With sockets forbidden, clients of the real clouds' addresses are answered by the sandbox, in both worlds."""

    def forbidden(*_: Any, **__: Any) -> NoReturn:
        raise AssertionError("a socket was opened")

    async def read(cloud: Cloud) -> str:
        async with partnercenter.aio.PartnerCenterClient(
            local.aio_credential(), cloud=cloud, transport=local.aio_transport()
        ) as client:
            return _name(await client.customers.by_id(CUSTOMER).get())

    loop = asyncio.new_event_loop()  # which opens a pair of sockets for itself
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setattr(socket, "socket", forbidden)
    monkeypatch.setattr(socket, "create_connection", forbidden)
    monkeypatch.setattr(socket, "getaddrinfo", forbidden)
    for cloud in Cloud:
        if cloud.retired is None:
            client = PartnerCenterClient(local.credential(), cloud=cloud, transport=local.transport())
            assert not client.endpoint.startswith(ENDPOINT)
            assert "Plain" == _name(client.customers.by_id(CUSTOMER).get())
            assert "Plain" == loop.run_until_complete(read(cloud))
    monkeypatch.undo()
    loop.close()


def test_a_client_without_the_transport_reaches_nothing(local: LocalSandbox) -> None:
    """Nobody listens at the endpoint that the sandbox's clients have."""
    with (
        PartnerCenterClient(local.credential(), endpoint=ENDPOINT, retry_total=0) as client,
        pytest.raises(ServiceRequestError),
    ):
        client.customers.by_id(CUSTOMER).get()


def test_tokens_are_made_to_order(local: LocalSandbox) -> None:
    """A user may do what an application may not; without MFA, or when it has expired, a token is refused."""
    with pytest.raises(PermissionDeniedError):
        local.client(local.credential(kind="app_user", roles=["HelpdeskAgent"])).customers.by_id(
            CUSTOMER
        ).get()
    local.client(local.credential(kind="app_user")).customers.by_id(CUSTOMER).get()
    for order in ({"kind": "app_user", "mfa": False}, {"expires_in_seconds": -5}, {"audience": "another"}):
        with pytest.raises(ClientAuthenticationError):
            local.client(local.credential(**order)).customers.by_id(CUSTOMER).get()  # type: ignore[arg-type]
    local.client(local.credential(claims={"exp": None}), retry_total=0)
    assert local.token(kind="app_user") != local.token(kind="app_user")


def test_the_token_endpoint_is_there_too(local: LocalSandbox) -> None:
    """Whoever signs in himself does it through the transport, and his token is good."""
    form = {
        "grant_type": "client_credentials",
        "client_id": development_partner.CLIENT_ID,
        "client_secret": development_partner.CLIENT_SECRET,
        "scope": Cloud.GLOBAL.scope,
    }
    url = f"{Cloud.GLOBAL.authority}/{development_partner.TENANT_ID}/oauth2/v2.0/token"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    transport = local.transport()
    answer = transport.send(HttpRequest("POST", url, headers=headers, content=urlencode(form)))
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    read = HttpRequest("GET", f"{ENDPOINT}/v1/customers/{CUSTOMER}", headers=bearer)
    assert 200 == transport.send(read).status_code


def test_a_lost_answer_is_asked_for_again(local: LocalSandbox) -> None:
    """The deletion was done, its answer is given again under the same request id, and nothing happens twice."""
    fault = local.faults.add(operation="customers.delete", lost=True)
    local.client().customers.by_id(CUSTOMER).delete()
    first, second = local.requests()
    assert (fault, False, 204) == (first.fault_id, first.replayed, first.status)
    assert (first.request_id, True, 204) == (second.request_id, second.replayed, second.status)


@pytest.mark.parametrize(
    ("order", "error"),
    [
        ({"lost": True}, ServiceResponseError),
        ({"reset": True}, ServiceResponseError),
        ({"malformed": "torn"}, ServiceResponseError),
        ({"malformed": "html"}, UnexpectedAnswerError),
    ],
)
def test_broken_answers_are_the_errors_of_the_client(
    local: LocalSandbox, order: dict[str, Any], error: type[Exception]
) -> None:
    """Each way in which an answer can be broken is what it is over a network, in both worlds."""

    async def read() -> None:
        async with local.aio_client(retry_total=0) as client:
            await client.customers.by_id(CUSTOMER).get()

    local.faults.add(**order, times=2)
    with pytest.raises(error):
        local.client(retry_total=0).customers.by_id(CUSTOMER).get()
    with pytest.raises(error):
        asyncio.run(read())
    assert [] == local.faults.list()


def test_faults_are_listed_and_taken_away(local: LocalSandbox) -> None:
    """One by its id, or all of them; a fault that cannot be is refused with the sentence of the control route."""
    first = local.faults.add(operation="orders.*", retry_after=20, times=None)
    local.faults.add(customer_id=CUSTOMER, status=409, code=600009, description="Too late")
    assert [first] == [fault["id"] for fault in local.faults.list() if fault.get("retryAfter") == 20]
    local.faults.remove(first)
    client = local.client(retry_total=0)
    with pytest.raises(Exception, match="Too late"):
        client.customers.by_id(CUSTOMER).delete()
    local.faults.add(status=503)
    local.faults.clear()
    client.customers.by_id(CUSTOMER).get()
    with pytest.raises(SandboxError, match=r"did you mean customers\.delete"):
        local.faults.add(operation="customers.delet", status=500)
    with pytest.raises(SandboxError, match="no fault '17'"):
        local.faults.remove("17")


def test_an_empty_name_means_nothing(local: LocalSandbox) -> None:
    """As that of a variable that was never set: it does not mean all faults or all snapshots."""
    local.faults.add(status=503)
    local.snapshots.save("before")
    for remove, path in ((local.faults.remove, "faults"), (local.snapshots.delete, "snapshots")):
        with pytest.raises(SandboxError, match=f"There is no control route /_sandbox/{path}/;"):
            remove("")
    assert (1, 1) == (len(local.faults.list()), len(local.snapshots.list()))


def test_a_delay_ends_a_call_at_its_deadline(local: LocalSandbox) -> None:
    """The caller waits no longer than it said, in both worlds; a call that has not begun when all ends never does."""

    async def delete() -> None:
        async with local.aio_client(deadline=0.05) as client:
            await client.customers.by_id(CUSTOMER).delete()

    local.faults.add(operation="customers.delete", delay_seconds=60, times=None)
    with pytest.raises(ServiceResponseTimeoutError):
        local.client(deadline=0.05).customers.by_id(CUSTOMER).delete()
    with pytest.raises(ServiceResponseTimeoutError):
        asyncio.run(delete())
    assert ["Plain"] == names(local)


def test_a_delayed_call_is_done_though_nobody_waits(local: LocalSandbox) -> None:
    """The caller leaves before the call begins, and its effect comes all the same."""
    local.faults.add(operation="customers.delete", delay_seconds=0.2)
    with pytest.raises(ServiceResponseTimeoutError):
        local.client(deadline=0.05).customers.by_id(CUSTOMER).delete()
    wait_until(lambda: bool(local.requests(operation="customers.delete")))
    assert [] == names(local)


def test_a_delayed_call_is_waited_for(local: LocalSandbox) -> None:
    """A caller with patience gets the answer to a read and to a write, in both worlds."""

    async def read() -> Customer:
        async with local.aio_client() as client:
            return await client.customers.by_id(CUSTOMER).get()

    local.faults.add(delay_seconds=0.01, times=None)
    assert CUSTOMER == asyncio.run(read()).id
    local.client().customers.by_id(CUSTOMER).delete()
    assert [] == names(local)


def test_a_call_that_waits_is_reset_when_the_sandbox_ends() -> None:
    """Whoever waits for a delayed call is told at once, and no thread is left."""
    sandbox = LocalSandbox(WORLD)
    sandbox.faults.add(delay_seconds=60)
    failed: list[Exception] = []

    def read() -> None:
        try:
            sandbox.client(retry_total=0).customers.by_id(CUSTOMER).get()
        except ServiceResponseError as error:
            failed.append(error)

    waiting = threading.Thread(target=read)
    waiting.start()
    wait_until(lambda: not sandbox.faults.list())
    sandbox.close()
    waiting.join(10)
    assert "reset" in str(failed[0])


def test_waits_can_be_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody sleeps until a retry, in both worlds; the sandbox's time goes by instead, as long as was asked for."""

    async def delete(sandbox: LocalSandbox) -> None:
        async with sandbox.aio_client() as client:
            await client.customers.by_id(CUSTOMER).delete()

    async def never(_: float) -> None:
        pytest.fail("it waits")

    with LocalSandbox(WORLD, skip_waits=True) as sandbox:
        monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("it waits"))
        began = sandbox.now
        sandbox.faults.add(retry_after=50)
        sandbox.client().customers.by_id(CUSTOMER).get()
        assert timedelta(seconds=50) <= sandbox.now - began < timedelta(seconds=80)
        sleep = asyncio.sleep
        monkeypatch.setattr(asyncio, "sleep", lambda duration: never(duration) if duration else sleep(0))
        sandbox.faults.add(retry_after=50)
        asyncio.run(delete(sandbox))
        assert timedelta(seconds=100) <= sandbox.now - began < timedelta(seconds=160)


def test_what_takes_minutes_is_over_in_a_moment() -> None:
    """With the delays of the real service a poller ends when the sandbox's time says so."""
    with LocalSandbox("demo", settings={"profile": "real"}, skip_waits=True) as sandbox:
        client = sandbox.client()
        blocked = next(one for one in client.customers.list() if _name(one) == "Juniper Analytics")
        customer = client.customers.by_id(str(blocked.id))
        (order,) = customer.orders.list()
        began = sandbox.now
        customer.orders.by_id(str(order.id)).begin_cancel().result()
        assert sandbox.now - began >= timedelta(seconds=30)
        customer.delete()


def test_the_clock_moves_forward_only(local: LocalSandbox) -> None:
    """By parts, by a timedelta, by a calendar's month, or to a time; what lies in the past is refused."""
    began = local.now
    assert (
        timedelta(days=8, minutes=30)
        <= local.advance(days=8, minutes=30) - began
        < timedelta(days=8, hours=1)
    )
    assert local.advance(timedelta(hours=12), seconds=1.5) - began > timedelta(days=8, hours=12, seconds=1801)
    assert (datetime(2100, 1, 31, tzinfo=UTC), datetime(2100, 2, 28, tzinfo=UTC)) == tuple(
        moment.replace(hour=0, minute=0, second=0, microsecond=0)
        for moment in (local.set_time(datetime(2100, 1, 31, tzinfo=UTC)), local.advance("P1M"))
    )
    for wrong in ("a while", timedelta(days=-1)):
        with pytest.raises(SandboxError):
            local.advance(wrong)
    with pytest.raises(SandboxError, match="not by both"):
        local.advance("P1D", days=1)
    with pytest.raises(SandboxError, match="never goes backwards"):
        local.set_time(datetime(2026, 1, 1, tzinfo=UTC))


def test_a_window_closes_in_a_moment() -> None:
    """A customer's subscription can be cancelled today, and in eight days not any more."""
    bought = {"product": "new_commerce"}
    world = json.loads(json.dumps(WORLD))
    world["partners"][0]["customers"][0]["purchases"] = [bought]
    with LocalSandbox(world) as sandbox:
        customer = sandbox.client().customers.by_id(CUSTOMER)
        (subscription,) = customer.subscriptions.list()
        assert subscription.cancellation_allowed_until_date is not None
        assert sandbox.now < subscription.cancellation_allowed_until_date < sandbox.advance(days=8)


def test_settings_are_given_changed_and_refused(local: LocalSandbox) -> None:
    """Those of the beginning survive a reset; the nearest name is told for one that is none."""
    with LocalSandbox(settings={"customer_quota": 2}) as sandbox:
        sandbox.set(customer_quota=5, mfa="off")
        assert (5, "off") == (sandbox.settings["customer_quota"], sandbox.settings["mfa"])
        sandbox.reset()
        assert 2 == sandbox.settings["customer_quota"]
        with pytest.raises(SandboxError, match="customer_quota"):
            sandbox.set(customer_qota=5)
    with pytest.raises(SandboxError, match="customer_quota"):
        LocalSandbox(settings={"customer_quota": "many"})


def test_worlds_come_by_name_from_files_and_as_documents(local: LocalSandbox, tmp_path: Path) -> None:
    """Whatever form a world has, it is put in at the beginning and by a seed; one that is none is refused whole."""
    file = tmp_path / "world.json"
    file.write_text(json.dumps(WORLD), encoding="utf-8")
    with LocalSandbox(file) as sandbox:
        assert ["Plain"] == names(sandbox)
        assert {"partners": 1, "customers": 5} == {
            name: count for name, count in sandbox.seed("demo").items() if name in {"partners", "customers"}
        }
        assert 5 == len(names(sandbox))
        sandbox.reset()
        assert [] == names(sandbox)
        sandbox.seed(WORLD)
        assert ["Plain"] == names(sandbox)
        for wrong in ("domo", {"partners": [{"companyName": 5}]}, tmp_path / "none.json", tmp_path):
            with pytest.raises(SandboxError):
                sandbox.seed(wrong)
            with pytest.raises(SandboxError):
                LocalSandbox(wrong)
        file.write_text("[]", encoding="utf-8")
        with pytest.raises(SandboxError, match=r"world.json cannot be read: The body must be a JSON object"):
            sandbox.seed(file)
        assert ["Plain"] == names(sandbox)


def test_a_world_ages_no_more_than_a_minute_before_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A world that was put in longer ago is put in anew, so that a customer made now is made now."""
    world = json.loads(json.dumps(WORLD))
    world["partners"][0]["companyName"] = "Only of this test"
    first = _created(world)
    assert first == _created(world)
    real = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: real() + 61)
    assert first < _created(world)


def _created(world: dict[str, Any]) -> datetime:
    with LocalSandbox(world) as sandbox:
        partner = sandbox.control("GET", f"/partners/{development_partner.TENANT_ID}")
        return parse_timestamp(partner["createdAt"])


def test_requests_are_found_and_forgotten(local: LocalSandbox) -> None:
    """By what they have in common; a member that is none is refused."""
    client = local.client(retry_total=0)
    with client.correlation() as correlation_id:
        client.customers.by_id(CUSTOMER).get()
    with pytest.raises(NotFoundError):
        client.customers.by_id(development_partner.TENANT_ID).get()
    (found,) = local.requests(correlation_id=correlation_id)
    assert ("GET", f"/v1/customers/{CUSTOMER}", CUSTOMER, "app") == (
        found.method,
        found.path,
        found.customer_id,
        found.token_kind,
    )
    assert abs(local.now - found.time) < timedelta(minutes=1)
    assert [404] == [request.status for request in local.requests(status=404, limit=5)]
    local.forget_requests()
    assert [] == local.requests()
    with pytest.raises(SandboxError, match="limit"):
        local.requests(limit=0)


def test_snapshots_bring_everything_back(local: LocalSandbox) -> None:
    """A deleted customer is there again; names that are taken or unknown are refused."""
    local.snapshots.save("before")
    local.client().customers.by_id(CUSTOMER).delete()
    with pytest.raises(SandboxError, match="already"):
        local.snapshots.save("before")
    local.snapshots.restore("before")
    assert ["Plain"] == names(local)
    local.snapshots.save("before", replace=True)
    assert ["before"] == [snapshot["name"] for snapshot in local.snapshots.list()]
    local.snapshots.delete("before")
    with pytest.raises(SandboxError, match="no snapshot"):
        local.snapshots.restore("before")


def test_every_other_control_route_is_there(local: LocalSandbox) -> None:
    """Partners, applications and users are made, and count at once; a wrong path is told."""
    about = local.control("get", "/about")
    assert (ENDPOINT, development_partner.TENANT_ID) == (about["endpoint"], about["tenantId"])
    application = local.control(
        "POST", "/applications", {"name": "Another", "clientSecret": "canary-of-a-test"}
    )
    client = local.client(local.credential(client_id=application["clientId"]))
    client.customers.by_id(CUSTOMER).get()
    local.control("DELETE", f"/applications/{application['clientId']}")
    with pytest.raises(PermissionDeniedError):
        client.customers.by_id(CUSTOMER).get()
    assert ["admin"] == [
        user["userPrincipalName"].partition("@")[0]
        for user in local.control("GET", f"/users?tenantId={development_partner.TENANT_ID}")["users"]
    ]
    with pytest.raises(SandboxError, match="There is no control route"):
        local.control("GET", "/nothing")


def test_after_its_end_a_sandbox_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients fail at once, without trying again, and controls with a sentence; to close it twice does nothing."""
    sandbox = LocalSandbox(WORLD)
    client = sandbox.client()
    client.customers.by_id(CUSTOMER).get()
    sandbox.close()
    sandbox.close()
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("it waits to try again"))
    with pytest.raises(ServiceRequestError, match="the local sandbox was closed"):
        client.customers.by_id(CUSTOMER).get()
    with pytest.raises(SandboxError, match="was closed"):
        sandbox.client().customers.by_id(CUSTOMER).get()


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a thread nor a file, whatever was done."""
    for variable in ("TMPDIR", "HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    before = set(threading.enumerate())
    with LocalSandbox(WORLD) as sandbox:
        sandbox.faults.add(operation="customers.delete", delay_seconds=60)
        sandbox.snapshots.save("one")
        with pytest.raises(ServiceResponseTimeoutError):
            sandbox.client(deadline=0.02).customers.by_id(CUSTOMER).delete()
        sandbox.client().customers.create(new_customer())
        assert set(threading.enumerate()) > before
    assert before == set(threading.enumerate())
    assert [] == list(tmp_path.iterdir())


def test_a_setting_that_is_refused_leaves_no_database_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks the one that was opened for it is told that it has ended."""
    opened: list[Database] = []

    def open_and_note(url: str, image: bytes) -> Database:
        opened.append(Database(url, image))
        return opened[-1]

    monkeypatch.setattr(local_sandbox, "Database", open_and_note)
    with pytest.raises(SandboxError, match="customer_quota"):
        LocalSandbox(settings={"customer_quota": "many"})
    (database,) = opened
    with pytest.raises(SandboxError, match=ENDED):
        database.read(has_partners)


def test_a_head_has_no_body_and_the_clock_of_the_sandbox(local: LocalSandbox) -> None:
    """The headers are those of the service, trace ids and the sandbox's own time among them."""
    local.set_time(datetime(2100, 1, 1, tzinfo=UTC))
    answer = local.client().request("GET", f"/v1/customers/{CUSTOMER}")
    assert "2100" in answer.headers["date"]
    assert str(len(answer.content)) == answer.headers["content-length"]
    assert {"ms-requestid", "ms-correlationid", "ms-cv"} <= {name.lower() for name in answer.headers}
