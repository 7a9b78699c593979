"""Runs of plans against a real sandbox: what is left, what the interlocks hold back, what the journal knows."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from azure.core.credentials import AccessToken
from azure.core.rest import HttpRequest
from tests.cleanup.sweeping import (
    EVERYTHING,
    QUICK,
    SOME_OF_ALL,
    FixedCredential,
    Swept,
    effects,
    go_on,
    make_plan,
    names_of,
    remaining,
    sealed,
    sweep,
    with_customers,
    world_of,
)
from tests.conftest import Sandbox

from partnercenter.cleanup import journal as journal_module
from partnercenter.cleanup.events import (
    CustomerFinished,
    CustomerStarted,
    Event,
    Fate,
    RunFinished,
    RunPaused,
    RunStarted,
    RunStopped,
    StepIntended,
    StepSettled,
    StillListed,
)
from partnercenter.cleanup.journal import JournalError, read_journal
from partnercenter.cleanup.runner import RunNature, RunRules, run
from partnercenter.cleanup.state_folder import journal_path
from partnercenter.cleanup.stop import Stop
from partnercenter.cleanup.sweep_plan import CustomerPlan, Decision, Plan
from partnercenter.cleanup.trusted_sandboxes import Refused, SafetyRuleError
from partnercenter.client.aio import PartnerCenterClient
from partnercenter.client.transport import AsyncHttpx2Transport

STUCK = {
    "Reservation, older than 60 days",
    "Perpetual software, older than 60 days",
    "Software subscription, older than 60 days",
    "Savings plan, for the portal only",
    "Savings plan, order pending",
    "Savings plan, order completed",
    "Bad address",
}
# What a run does to `SOME_OF_ALL`, once each.
WHOLE = Counter(
    {
        ("customer", "add_customer"): 6,
        ("customer", "delete_customer"): 6,
        ("order", "cancelled"): 6,
        ("subscription", "deleted"): 5,
        ("subscription", "suspended"): 2,
        ("azure_entitlement", "inactive"): 2,
    }
)


def by_kind(sandbox: Sandbox) -> Counter[tuple[str, str]]:
    """How often each kind of thing was done; nothing twice to the same thing."""
    done = effects(sandbox)
    assert [] == [effect for effect, count in Counter(done).items() if count > 1]
    return Counter((kind, what) for kind, _, what in done)


def hurried(sandbox: Sandbox) -> RunNature:
    """Whatever a run waits for, the sandbox's clock is advanced instead."""

    async def sleep(seconds: float) -> None:
        advance = {"advance": f"PT{max(seconds, 0.1):.3f}S"}
        answer = await asyncio.to_thread(sandbox.control, "PATCH", "/clock", advance)
        assert answer.status_code == 200, answer.text
        await asyncio.sleep(0.01)

    return RunNature(sleep=sleep)


def fault(sandbox: Sandbox, **order: Any) -> None:
    """Order a fault."""
    answer = sandbox.control("POST", "/faults", order)
    assert answer.status_code == 200, answer.text


def writes(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The requests that were to change something."""
    requests = sandbox.control("GET", "/requests?limit=5000").json()["requests"]
    return [request for request in requests if request["method"] != "GET" and request.get("operation")]


def run_id_of(swept: Swept) -> str:
    """The run's id."""
    return str(swept.of(RunStarted)[0].run_id)


@pytest.mark.parametrize("profile", ["fast", "eventual"])
def test_one_of_each_is_emptied_but_for_the_stuck(sandbox: Sandbox, tmp_path: Path, profile: str) -> None:
    """Everything that the service can clear is cleared, whatever takes time; the rest is stuck and says why."""
    sandbox.seed("one-of-each")
    sandbox.set(profile=profile)
    swept = sweep(sandbox, tmp_path / "state", nature=hurried(sandbox))
    if Fate.STALE in swept.fates.values():
        # Pending orders are completed after a while; on a slow machine that may be between plan and run.
        swept = sweep(sandbox, tmp_path / "state", nature=hurried(sandbox))
    left = {name: fate for name, fate in swept.fates.items() if fate is not Fate.DELETED}
    assert dict.fromkeys(STUCK, Fate.STUCK) == left
    assert STUCK == remaining(sandbox)
    assert all(one.reason for one in swept.of(CustomerFinished) if one.fate is Fate.STUCK)
    by_kind(sandbox)


def test_a_full_sandbox_is_emptied(sandbox: Sandbox, tmp_path: Path) -> None:
    """75 customers; the counts say so, and the list shows nobody."""
    sandbox.seed("full")
    swept = sweep(sandbox, tmp_path / "state")
    (finished,) = swept.of(RunFinished)
    assert {"deleted": 75} == finished.counts
    assert set() == remaining(sandbox)


def test_each_effect_happens_once(sandbox: Sandbox, tmp_path: Path) -> None:
    """One call clears one thing: distinct orders, add-ons before bases, plans after what is below them."""
    sandbox.seed(SOME_OF_ALL)
    swept = sweep(sandbox, tmp_path / "state")
    assert {Fate.DELETED} == set(swept.fates.values())
    assert WHOLE == by_kind(sandbox)
    assert len(writes(sandbox)) == len(swept.of(StepIntended))


def test_nothing_is_read_twice_without_need(sandbox: Sandbox, tmp_path: Path) -> None:
    """The reading of the stale check is that of the first attempt: four lists, the calls, and one look afterwards."""
    sandbox.seed(world_of(Licences=["new_commerce"] * 5))

    def forget(_: Plan) -> None:
        sandbox.control("DELETE", "/requests")

    sweep(sandbox, tmp_path / "state", between=forget)
    requests = sandbox.control("GET", "/requests").json()["requests"]
    asked = Counter(request["operation"] for request in requests if request.get("operation"))
    wanted = {
        "customers.get": 2,
        "subscriptions.list": 1,
        "orders.list": 1,
        "entitlements.list": 1,
        "subscriptions.update": 5,
        "customers.delete": 1,
        "customers.list": 1,
    }
    assert wanted == dict(asked)


def test_what_the_plan_keeps_or_knows_to_be_stuck_is_not_called(sandbox: Sandbox, tmp_path: Path) -> None:
    """Both are told, with their reason, and not one request is about them."""
    sandbox.seed(world_of(Kept=[], Stuck=[], Deleted=[]))
    decisions = {"Kept": Decision.KEEP, "Stuck": Decision.STUCK}

    def decide(plan: Plan) -> Plan:
        sandbox.control("DELETE", "/requests")
        return with_customers(
            plan, lambda one: replace(one, decision=decisions.get(one.display_name, one.decision))
        )

    swept = sweep(sandbox, tmp_path / "state", between=decide)
    assert {"Kept": Fate.KEPT, "Stuck": Fate.STUCK, "Deleted": Fate.DELETED} == swept.fates
    requests = sandbox.control("GET", "/requests").json()["requests"]
    ids = names_of(swept.plan)
    about = {name for name, one in ids.items() if any(one in request["path"] for request in requests)}
    assert {"Deleted"} == about


def test_s03_a_customer_that_changed_since_the_plan_is_skipped(sandbox: Sandbox, tmp_path: Path) -> None:
    """Somebody suspended a subscription: the customer is left alone and said to be stale; the others go."""
    sandbox.seed(world_of(Changed=["new_commerce", "perpetual_software"], Same=["new_commerce"]))

    def change(plan: Plan) -> None:
        customer_id = names_of(plan)["Changed"]
        path = f"/v1/customers/{customer_id}/subscriptions"
        (one,) = sandbox.call("GET", path).json()["items"]
        changed = sandbox.call("PATCH", f"{path}/{one['id']}", {**one, "status": "suspended"})
        assert 200 == changed.status_code
        sandbox.control("DELETE", "/requests")

    swept = sweep(sandbox, tmp_path / "state", between=change)
    assert {"Changed": Fate.STALE, "Same": Fate.DELETED} == swept.fates
    assert {"Changed"} == remaining(sandbox)
    assert [] == [one for one in writes(sandbox) if names_of(swept.plan)["Changed"] in one["path"]]


def test_a_customer_that_is_gone_already_is_a_success(sandbox: Sandbox, tmp_path: Path) -> None:
    """Somebody else deleted it between plan and run."""
    sandbox.seed(world_of(First=[], Second=[]))

    def delete(plan: Plan) -> None:
        assert 204 == sandbox.call("DELETE", f"/v1/customers/{names_of(plan)['First']}").status_code

    swept = sweep(sandbox, tmp_path / "state", between=delete)
    assert {"First": Fate.ALREADY_GONE, "Second": Fate.DELETED} == swept.fates


def test_one_customer_s_failure_does_not_stop_the_others(sandbox: Sandbox, tmp_path: Path) -> None:
    """It is told with code, correlation id and advice."""
    sandbox.seed(world_of(Refused=["new_commerce"], **{f"C{n}": ["new_commerce"] for n in range(5)}))

    def refuse(plan: Plan) -> None:
        fault(
            sandbox,
            operation="subscriptions.update",
            customerId=names_of(plan)["Refused"],
            times=None,
            status=400,
            code=900117,
        )

    swept = sweep(sandbox, tmp_path / "state", between=refuse)
    assert {"Refused"} == remaining(sandbox)
    (failed,) = [one for one in swept.of(CustomerFinished) if one.fate is Fate.FAILED]
    assert ("Refused", 900117) == (failed.display_name, failed.code)
    assert failed.correlation_id
    assert failed.reason


def test_orders_that_no_list_showed_are_found_by_the_refusal(sandbox: Sandbox, tmp_path: Path) -> None:
    """The refusal names them by their short ids; they are read, cleared, and the deletion is asked for anew."""
    sandbox.seed(world_of(Hidden=EVERYTHING))

    def hide(plan: Plan) -> Plan:
        # As a plan would be that was made before the purchases showed.
        return with_customers(plan, lambda one: replace(one, steps=one.steps[-1:]))

    swept = sweep(sandbox, tmp_path / "state", between=hide)
    assert {"Hidden": Fate.DELETED} == swept.fates
    assert {1, 2} == {intent.round for intent in swept.of(StepIntended)}


class JournalReader(AsyncHttpx2Transport):
    """Sends, and notes whether the request id of each call that changes something was on disk before."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.on_disk: list[bool] = []

    async def send(self, request: HttpRequest, **options: Any) -> Any:
        """Send one attempt."""
        if request.method != "GET":
            (journal,) = (self.folder / "runs").iterdir()
            self.on_disk.append(request.headers["MS-RequestId"] in journal.read_text())
        return await super().send(request, **options)


def with_transport(sandbox: Sandbox, folder: Path, transport: AsyncHttpx2Transport) -> Swept:
    """Sweep everything through a transport."""

    async def go() -> Swept:
        credential = FixedCredential(sandbox.token)
        async with PartnerCenterClient(
            credential, endpoint=sandbox.url, retry_total=0, transport=transport
        ) as client:
            plan = await make_plan(client)
            events = [e async for e in run(plan, client, folder=folder, rules=QUICK)]
            return Swept(plan, events)

    return asyncio.run(go())


def test_s15_the_intent_is_on_disk_before_the_call_leaves(sandbox: Sandbox, tmp_path: Path) -> None:
    """Whenever a request that changes something leaves, its request id is in the journal."""
    sandbox.seed(SOME_OF_ALL)
    transport = JournalReader(tmp_path / "state")
    swept = with_transport(sandbox, tmp_path / "state", transport)
    assert {Fate.DELETED} == set(swept.fates.values())
    assert [True] * len(swept.of(StepIntended)) == transport.on_disk


def test_s15_without_a_journal_nothing_is_called(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk is full no further call leaves, and the run says so."""
    sandbox.seed(SOME_OF_ALL)
    append, intents = journal_module._append, []

    def fills_up(handle: int, data: bytes) -> None:
        if b'"step intended"' in data:
            intents.append(data)
            if len(intents) > 2:
                raise OSError(28, "No space left on device")
        append(handle, data)

    monkeypatch.setattr(journal_module, "_append", fills_up)
    swept = sweep(sandbox, tmp_path / "state")
    (stopped,) = swept.of(RunStopped)
    assert "S15" == stopped.interlock
    assert len(swept.fates) == 6
    past = read_journal(journal_path(tmp_path / "state", run_id_of(swept)))
    known = {event.request_id for event in past.events if isinstance(event, StepIntended)}
    assert {one["requestId"] for one in writes(sandbox)} <= known


@pytest.mark.parametrize("trouble", [{"lost": True}, {"reset": True}, {"status": 503}, {"malformed": "torn"}])
@pytest.mark.parametrize(
    "operation", ["orders.update", "subscriptions.update", "azure_entitlements.cancel", "customers.delete"]
)
def test_s16_an_answer_that_is_lost_costs_nothing(
    sandbox: Sandbox, tmp_path: Path, trouble: dict[str, Any], operation: str
) -> None:
    """The call is asked again under the same request id, so that its effect happens once."""
    sandbox.seed(SOME_OF_ALL)

    def order(_: Plan) -> None:
        fault(sandbox, operation=operation, times=2, **trouble)

    swept = sweep(sandbox, tmp_path / "state", between=order, nature=hurried(sandbox))
    assert {Fate.DELETED} == set(swept.fates.values())
    assert WHOLE == by_kind(sandbox)


def test_s16_what_was_lost_for_good_is_settled_when_the_run_goes_on(sandbox: Sandbox, tmp_path: Path) -> None:
    """The run that goes on reads what became of it, or asks under the old request id; nothing happens twice.

    By the order in which answers are lost the first run gives up (S18), or finds out by reading that all is done.
    """
    sandbox.seed(SOME_OF_ALL)

    def lose(_: Plan) -> None:
        for operation in ("orders.update", "customers.delete"):
            fault(sandbox, operation=operation, times=None, lost=True)

    first = sweep(sandbox, tmp_path / "state", between=lose, nature=hurried(sandbox))
    told = {name for name, fate in first.fates.items() if fate is Fate.DELETED}
    assert set() == told & remaining(sandbox)
    sandbox.control("DELETE", "/faults")
    again = go_on(sandbox, tmp_path / "state", run_id_of(first))
    assert set() == remaining(sandbox)
    assert WHOLE == by_kind(sandbox)
    assert {"deleted": 6} == again.of(RunFinished)[0].counts
    asked = Counter((one["path"], one["requestId"]) for one in writes(sandbox))
    assert {1} == set(Counter(path for path, _ in asked).values())


def test_s17_a_throttled_step_is_never_skipped(sandbox: Sandbox, tmp_path: Path) -> None:
    """All workers pause as long as `Retry-After` says, and then everything is done."""
    sandbox.seed(SOME_OF_ALL)

    def throttle(_: Plan) -> None:
        for operation in ("orders.update", "customers.delete", "customers.get", "subscriptions.list"):
            fault(sandbox, operation=operation, retryAfter=1, times=2)

    swept = sweep(sandbox, tmp_path / "state", between=throttle)
    assert {Fate.DELETED} == set(swept.fates.values())
    assert WHOLE == by_kind(sandbox)
    pauses = swept.of(RunPaused)
    assert pauses
    assert all(0.9 < pause.seconds <= 1.0 for pause in pauses)


@pytest.mark.parametrize(
    "trouble", [{"status": 500}, {"lost": True}, {"malformed": "html"}, {"status": 403, "code": 900308}]
)
def test_s18_unexpected_answers_in_a_row_stop_the_run(
    sandbox: Sandbox, tmp_path: Path, trouble: dict[str, Any]
) -> None:
    """Something is wrong with more than one customer, so the rest is not even attempted."""
    sandbox.seed(world_of(**{f"C{n:02}": ["new_commerce"] for n in range(20)}))

    def order(_: Plan) -> None:
        sandbox.control("DELETE", "/requests")
        fault(sandbox, times=None, **trouble)

    swept = sweep(sandbox, tmp_path / "state", between=order, nature=hurried(sandbox))
    (stopped,) = swept.of(RunStopped)
    assert "S18" == stopped.interlock
    assert 20 == len(swept.fates)
    assert Counter(swept.fates.values())[Fate.NOT_ATTEMPTED] >= 15
    assert [] == writes(sandbox)


def test_s18_refusals_with_a_code_are_expected(sandbox: Sandbox, tmp_path: Path) -> None:
    """A service that says no in its own words is no reason to stop."""
    sandbox.seed(world_of(**{f"C{n:02}": ["new_commerce"] for n in range(20)}))

    def order(_: Plan) -> None:
        fault(sandbox, operation="subscriptions.update", times=None, status=400, code=900117)

    swept = sweep(sandbox, tmp_path / "state", between=order)
    assert [] == swept.of(RunStopped)
    assert {Fate.FAILED} == set(swept.fates.values())


class NeverDeletes(AsyncHttpx2Transport):
    """Says that a customer was deleted without asking anybody."""

    async def send(self, request: HttpRequest, **options: Any) -> Any:
        """Send one attempt."""
        answer = (
            await super().send(HttpRequest("GET", request.url, headers=request.headers), **options)
            if request.method == "DELETE"
            else await super().send(request, **options)
        )
        if request.method == "DELETE":
            answer._request = request
            answer._response.status_code = 204
            answer._content = b""
        return answer


def test_s19_a_deletion_counts_only_when_a_read_says_gone(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A 204 alone deletes nobody."""
    sandbox.seed(world_of(One=[]))
    monkeypatch.setattr("partnercenter.cleanup.customer_run._LONGEST_PAUSE", 0.01)
    swept = with_transport(sandbox, tmp_path / "state", NeverDeletes())
    (finished,) = swept.of(CustomerFinished)
    assert Fate.FAILED == finished.fate
    assert "can still be read" in finished.reason


def test_a_list_that_lags_is_waited_for_and_then_told(sandbox: Sandbox, tmp_path: Path) -> None:
    """A deleted customer may show in the list for a while (behaviour.md 1.6)."""
    sandbox.seed(world_of(One=[], Two=[]))
    sandbox.set(customer_list_lag_seconds=2)
    rules = replace(QUICK, list_deadline=0.5)
    first = sweep(sandbox, tmp_path / "state", rules=rules)
    assert [set(names_of(first.plan).values())] == [set(one.customer_ids) for one in first.of(StillListed)]
    sandbox.seed(world_of(One=[], Two=[]))
    assert [] == sweep(sandbox, tmp_path / "state").of(StillListed)


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("when", [1, 4, 9])
def test_s20_an_interrupted_run_is_told_and_goes_on(
    sandbox: Sandbox, tmp_path: Path, times: int, when: int
) -> None:
    """Once: what is in flight is answered. Twice: at once. Either way resuming ends as if nothing had been."""
    sandbox.seed(SOME_OF_ALL)
    stop, seen = Stop(), Counter[type[Event]]()

    def on_event(event: Event) -> None:
        seen[type(event)] += 1
        if isinstance(event, StepIntended) and seen[StepIntended] == when:
            for _ in range(times):
                stop.ask()

    first = sweep(sandbox, tmp_path / "state", stop=stop, on_event=on_event)
    (stopped,) = first.of(RunStopped)
    assert "S20" == stopped.interlock
    assert 6 == len(first.fates)
    assert {Fate.INTERRUPTED, Fate.NOT_ATTEMPTED} & set(first.fates.values())
    if times == 1:
        asked = {intent.request_id for intent in first.of(StepIntended)}
        answered = {one.request_id for one in first.of(StepSettled) if one.request_id}
        assert {one["requestId"] for one in writes(sandbox)} <= answered <= asked
    go_on(sandbox, tmp_path / "state", run_id_of(first))
    assert set() == remaining(sandbox)
    assert WHOLE == by_kind(sandbox)


def test_s20_who_was_asked_to_stop_before_begins_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    """Not one request leaves."""
    sandbox.seed(SOME_OF_ALL)
    stop = Stop()
    stop.ask()

    def forget(_: Plan) -> None:
        sandbox.control("DELETE", "/requests")

    swept = sweep(sandbox, tmp_path / "state", stop=stop, between=forget)
    assert {Fate.NOT_ATTEMPTED} == set(swept.fates.values())
    assert [] == [r for r in sandbox.control("GET", "/requests").json()["requests"] if r.get("operation")]


def test_whoever_stops_listening_stops_the_run(sandbox: Sandbox, tmp_path: Path) -> None:
    """The journal is closed, the lock is free, and the run can go on."""
    sandbox.seed(SOME_OF_ALL)

    async def go() -> str:
        credential = FixedCredential(sandbox.token)
        async with PartnerCenterClient(credential, endpoint=sandbox.url, retry_total=0) as client:
            plan = await make_plan(client)
            events = run(plan, client, folder=tmp_path / "state", rules=QUICK)
            async for event in events:
                if isinstance(event, RunStarted):
                    run_id = event.run_id
                if isinstance(event, StepSettled):
                    break
            await events.aclose()
            return run_id

    go_on(sandbox, tmp_path / "state", asyncio.run(go()))
    assert set() == remaining(sandbox)
    assert WHOLE == by_kind(sandbox)


def test_s21_only_one_run_of_a_tenant_is_at_work(sandbox: Sandbox, tmp_path: Path) -> None:
    """A second one is refused before it calls anything."""
    sandbox.seed(world_of(One=[]))
    refused: list[str] = []

    def on_event(event: Event) -> None:
        if isinstance(event, CustomerStarted):
            with pytest.raises(SafetyRuleError) as error:
                journal_module.create_journal(tmp_path / "state", swept_plan[0], "second")
            refused.append(error.value.refusal.id)

    swept_plan: list[Plan] = []
    sweep(sandbox, tmp_path / "state", between=swept_plan.append, on_event=on_event)
    assert ["S21"] == refused


def test_s22_the_first_customer_goes_alone_and_is_verified(sandbox: Sandbox, tmp_path: Path) -> None:
    """Until one is gone from a read nothing is called for any other; it is the one of the fewest steps."""
    sandbox.seed(SOME_OF_ALL)
    swept = sweep(sandbox, tmp_path / "state")
    kinds = [event for event in swept.events if isinstance(event, (CustomerStarted, CustomerFinished))]
    assert [CustomerStarted, CustomerFinished] == [type(event) for event in kinds[:2]]
    assert {"Bare"} == {event.display_name for event in kinds[:2]}
    assert 5 == sum(isinstance(event, CustomerStarted) for event in kinds[2:7])


def test_s22_when_the_first_fails_the_next_goes_alone(sandbox: Sandbox, tmp_path: Path) -> None:
    """They go one by one until one was verified."""
    sandbox.seed(world_of(**{f"C{n}": ["new_commerce"] for n in range(4)}))

    def refuse(_: Plan) -> None:
        fault(sandbox, operation="subscriptions.update", times=2, status=400, code=900117)

    swept = sweep(sandbox, tmp_path / "state", between=refuse)
    order = [type(e) for e in swept.events if isinstance(e, (CustomerStarted, CustomerFinished))]
    assert [CustomerStarted, CustomerFinished] * 2 == order[:4]
    assert 2 == sum(fate is Fate.DELETED for fate in swept.fates.values())


def test_an_account_that_is_no_sandbox_stops_the_run(sandbox: Sandbox, tmp_path: Path) -> None:
    """The first customer finds it out, and nobody else is touched (behaviour.md 1.5)."""
    sandbox.seed(world_of(**{f"C{n}": ["new_commerce"] for n in range(4)}))

    def production(_: Plan) -> None:
        fault(sandbox, operation="customers.delete", times=None, status=400, code=900127)

    swept = sweep(sandbox, tmp_path / "state", between=production)
    (stopped,) = swept.of(RunStopped)
    assert "S22" == stopped.interlock
    assert Counter({Fate.NOT_ATTEMPTED: 3, Fate.INTERRUPTED: 0, Fate.FAILED: 1}) == Counter(
        swept.fates.values()
    )


class ChangingCredential(FixedCredential):
    """Hands out tokens that are soon over, and one of another tenant after a while."""

    def __init__(self, token: str, good: int) -> None:
        super().__init__(token)
        self.left = good

    async def get_token(self, *_: str, **__: Any) -> AccessToken:
        """The token."""
        self.left -= 1
        if self.left < 0:
            raise SafetyRuleError(Refused("token-changed-tenant", "A token of another tenant."))
        return AccessToken(self.token, 1)


def test_a_token_of_another_tenant_stops_everything(sandbox: Sandbox, tmp_path: Path) -> None:
    """It is not sent, and nothing more is done."""
    sandbox.seed(SOME_OF_ALL)

    async def go() -> Swept:
        async with PartnerCenterClient(
            ChangingCredential(sandbox.token, 60), endpoint=sandbox.url, retry_total=0
        ) as client:
            plan = await make_plan(client)
            events = run(plan, client, folder=tmp_path / "state", rules=QUICK)
            return Swept(plan, [event async for event in events])

    swept = asyncio.run(go())
    (stopped,) = swept.of(RunStopped)
    assert ("token-changed-tenant", "A token of another tenant.") == (stopped.interlock, stopped.reason)
    assert 6 == len(swept.fates)
    go_on(sandbox, tmp_path / "state", run_id_of(swept))
    assert set() == remaining(sandbox)
    assert WHOLE == by_kind(sandbox)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (
            lambda plan: replace(plan, endpoint="https://elsewhere.example").sealed(),
            SafetyRuleError,
            "elsewhere",
        ),
        (lambda plan: replace(plan, alias="edited"), JournalError, "changed after it was sealed"),
    ],
)
def test_a_plan_for_something_else_calls_nothing(
    sandbox: Sandbox,
    tmp_path: Path,
    change: Callable[[Plan], Plan],
    error: type[Exception],
    message: str,
) -> None:
    """Another endpoint, or an edited plan: refused before a journal is begun."""
    sandbox.seed(world_of(One=[]))
    with pytest.raises(error, match=message):
        sweep(sandbox, tmp_path / "state", between=change)
    assert {"One"} == remaining(sandbox)
    assert not (tmp_path / "state").exists()


def test_an_id_that_is_none_forms_no_path(sandbox: Sandbox, tmp_path: Path) -> None:
    """A plan with a malformed id fails for that customer, in one sentence, and calls nothing for it."""
    odd = CustomerPlan("not-a-guid", "Odd", "", Decision.DELETE, "selected", fingerprint="f")

    def empty(_: Plan) -> Plan:
        sandbox.control("DELETE", "/requests")
        return sealed(sandbox.url, [odd])

    swept = sweep(sandbox, tmp_path / "state", between=empty)
    (finished,) = swept.of(CustomerFinished)
    assert Fate.FAILED == finished.fate
    assert "It could not be read." == finished.reason
    assert [] == [r for r in sandbox.control("GET", "/requests").json()["requests"] if r.get("operation")]


def test_entitlements_that_an_application_may_not_read_are_done_without(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """Orders and subscriptions have to do then (behaviour.md 6)."""
    sandbox.seed(SOME_OF_ALL)
    sandbox.set(entitlements_app_only=False)
    swept = sweep(sandbox, tmp_path / "state")
    assert {Fate.DELETED} == set(swept.fates.values())
    assert WHOLE == by_kind(sandbox)


def test_a_customer_s_time_is_bounded(sandbox: Sandbox, tmp_path: Path) -> None:
    """What takes too long is a failure that says what it waited for; the others are done."""
    sandbox.seed(SOME_OF_ALL)
    sandbox.set(azure_cancel_seconds=600)
    rules = RunRules(customer_deadline=1.5, list_deadline=1)
    swept = sweep(sandbox, tmp_path / "state", rules=rules)
    failed = {one.display_name: one.reason for one in swept.of(CustomerFinished) if one.fate is Fate.FAILED}
    assert {"Plan", "Everything"} == set(failed)
    assert "still waited for: cancel Azure subscription" in failed["Plan"]


def test_the_journal_holds_no_secret(sandbox: Sandbox, tmp_path: Path) -> None:
    """Neither the token nor anything else that opens a door."""
    sandbox.seed(SOME_OF_ALL)
    swept = sweep(sandbox, tmp_path / "state")
    text = journal_path(tmp_path / "state", run_id_of(swept)).read_text()
    assert sandbox.token not in text
    assert "Bearer" not in text
    written = sorted(text.splitlines()[1:])
    assert sorted(json.dumps(event.to_json(), separators=(",", ":")) for event in swept.events) == written


@pytest.mark.parametrize("seed", [pytest.param(1, marks=pytest.mark.prove), 2])
def test_with_faults_on_the_end_is_the_same(sandbox: Sandbox, tmp_path: Path, seed: int) -> None:
    """Lost answers, storms of 429, errors of the server and slow calls change how long it takes, and nothing else."""
    sandbox.seed(SOME_OF_ALL)

    def storm(_: Plan) -> None:
        for order in (
            {"lost": True, "probability": 0.05},
            {"status": 500, "probability": 0.05},
            {"status": 503, "probability": 0.05},
            {"retryAfter": 1, "probability": 0.05},
            {"delaySeconds": 0.2, "probability": 0.1},
            {"malformed": "torn", "probability": 0.03},
        ):
            fault(sandbox, times=None, seed=seed, **order)

    swept = sweep(sandbox, tmp_path / "state", between=storm, nature=hurried(sandbox))
    for _ in range(5):
        if {Fate.DELETED} == set(swept.fates.values()) or not remaining(sandbox):
            break
        again = go_on(sandbox, tmp_path / "state", run_id_of(swept))
        assert {"deleted"} >= set(again.of(RunFinished)[0].counts) or remaining(sandbox)
    sandbox.control("DELETE", "/faults")
    assert set() == remaining(sandbox)
    assert WHOLE == by_kind(sandbox)
