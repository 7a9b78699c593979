"""The journal of a run: private, durable, believed only when it is whole, and one run of a tenant at a time."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cleanup.sweeping import sealed

from partnercenter.cleanup import journal as journal_module
from partnercenter.cleanup.events import (
    CustomerFinished,
    CustomerStarted,
    CustomerWaits,
    Event,
    Fate,
    RunFinished,
    RunPaused,
    RunStarted,
    RunStopped,
    StepIntended,
    StepSettled,
    StillListed,
    event_from_json,
)
from partnercenter.cleanup.journal import Journal, JournalError, create_journal, read_journal, reopen_journal
from partnercenter.cleanup.state_folder import journal_path, run_ids
from partnercenter.cleanup.sweep_plan import CustomerPlan, Decision, Plan, StepAction
from partnercenter.cleanup.trusted_sandboxes import SafetyRuleError
from partnercenter.private_files import ConfigurationError
from partnercenter.user_folders import state_folder

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ONE = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"
RUN = "20260301-120000-abcdef"
posix_only = pytest.mark.skipif(
    sys.platform == "win32", reason="permissions of a file are not modes on Windows"
)
EVENTS: list[Event] = [
    RunStarted(AT, RUN, "p", "sha256:0", ONE, "alias", 1, resumed=True),
    CustomerStarted(AT, ONE, "", 3),
    StepIntended(AT, ONE, 1, 2, "cancel order", "o1", "r1", "c1", attempt=2),
    StepSettled(AT, ONE, 1, 2, "refused", "r1", 400, 800061, "no", "c1"),
    CustomerWaits(AT, ONE, "order o1", 2.5),
    RunPaused(AT, 57.0, "asked to wait"),
    StillListed(AT, (ONE,)),
    CustomerFinished(AT, ONE, "Northlake", Fate.STUCK, code=2007, advice="Ask support."),
    RunStopped(AT, "why", "S18"),
    RunFinished(AT, RUN, {"stuck": 1}, 12, 3.5),
]


@pytest.fixture
def plan() -> Plan:
    return sealed(
        "http://127.0.0.1:1", [CustomerPlan(ONE, "Northlake", "n.example", Decision.DELETE, "selected")]
    )


def kept(journal: Journal, *events: Event) -> None:
    """Write events as a run does, and close."""

    async def go() -> None:
        for event in events:
            await journal.keep(event)

    asyncio.run(go())
    journal.close()


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_that_was_written_is_read_back(event: Event) -> None:
    """What a journal or a JSON line says of an event is all of it."""
    assert event == event_from_json(json.loads(json.dumps(event.to_json())))


def test_a_journal_holds_the_plan_and_the_events(tmp_path: Path, plan: Plan) -> None:
    """A run can go on from its journal alone."""
    journal = create_journal(tmp_path / "state", plan, RUN)
    kept(journal, *EVENTS)
    past = read_journal(journal.path)
    assert (RUN, plan, EVENTS) == (past.run_id, past.plan, past.events)


@posix_only
def test_only_its_owner_can_read_a_journal(tmp_path: Path, plan: Plan) -> None:
    """Folders have the mode 0700 and files 0600."""
    folder = tmp_path / "state"
    kept(create_journal(folder, plan, RUN), EVENTS[0])
    modes = {path.name: path.stat().st_mode & 0o777 for path in (folder, *folder.rglob("*"))}
    assert {0o700, 0o600} == set(modes.values())
    assert 0o600 == modes[f"{RUN}.jsonl"]


@posix_only
@pytest.mark.parametrize("name", ["", "runs", "locks"])
def test_a_folder_that_others_may_enter_is_refused(tmp_path: Path, plan: Plan, name: str) -> None:
    """A journal decides what is asked again, so nobody else may get at it."""
    folder = tmp_path / "state"
    kept(create_journal(folder, plan, RUN))
    (folder / name).chmod(0o755)
    with pytest.raises(ConfigurationError, match="other users"):
        create_journal(folder, plan, "second")


@posix_only
def test_a_journal_that_others_may_read_is_refused(tmp_path: Path, plan: Plan) -> None:
    """It is not believed any more."""
    journal = create_journal(tmp_path / "state", plan, RUN)
    kept(journal)
    journal.path.chmod(0o640)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        read_journal(journal.path)


@given(cut=st.integers(min_value=1, max_value=400))
def test_a_torn_last_line_is_left_out(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    """A crash while a line is written costs that line and nothing else, wherever it is torn."""
    plan = sealed("http://127.0.0.1:1", [])
    journal = create_journal(tmp_path_factory.mktemp("torn") / "state", plan, RUN)
    kept(journal, *EVENTS)
    whole = journal.path.read_bytes()
    left = whole[: max(len(whole) - cut, whole.index(b"\n") + 1)]
    journal.path.write_bytes(left)
    assert EVENTS[: left.count(b"\n") - 1] == read_journal(journal.path).events


def test_what_follows_a_torn_line_stands_on_its_own(tmp_path: Path, plan: Plan) -> None:
    """A run that goes on does not write behind half a line."""
    folder = tmp_path / "state"
    journal = create_journal(folder, plan, RUN)
    kept(journal, EVENTS[0], EVENTS[1])
    journal.path.write_bytes(journal.path.read_bytes()[:-5])
    again, past = reopen_journal(folder, RUN)
    kept(again, EVENTS[2])
    assert [EVENTS[0]] == past.events
    assert [EVENTS[0], EVENTS[2]] == read_journal(journal.path).events


@pytest.mark.parametrize(
    "damage", [b"{}\n", b"[]\n", b"not json\n", b'{"event":"no such"}\n', b"\xff\n", b"\n"]
)
def test_a_line_that_is_damaged_is_refused(tmp_path: Path, plan: Plan, damage: bytes) -> None:
    """Only the last line may be torn: with any other the rest may not mean what it seems to."""
    journal = create_journal(tmp_path / "state", plan, RUN)
    kept(journal, EVENTS[0])
    journal.path.write_bytes(journal.path.read_bytes() + damage + b'{"event":"torn"')
    with pytest.raises(JournalError, match="is not a journal"):
        read_journal(journal.path)


def test_a_journal_whose_plan_was_edited_is_refused(tmp_path: Path, plan: Plan) -> None:
    """The digest in it must be that of its plan."""
    journal = create_journal(tmp_path / "state", plan, RUN)
    kept(journal)
    journal.path.write_text(journal.path.read_text().replace("Northlake", "Southlake"))
    with pytest.raises(JournalError, match="changed after it was sealed"):
        read_journal(journal.path)


@pytest.mark.parametrize(
    ("customers", "message"), [(2, "names a customer twice"), (0, "changed after it was sealed")]
)
def test_a_plan_that_cannot_be_believed_gets_no_journal(
    tmp_path: Path, plan: Plan, customers: int, message: str
) -> None:
    """Nothing is on disk, and nothing will be called."""
    odd = Plan(
        **{**{name: getattr(plan, name) for name in Plan.__slots__}, "customers": plan.customers * customers}
    )
    with pytest.raises(JournalError, match=message):
        create_journal(tmp_path / "state", odd.sealed() if customers else odd, RUN)
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("run_id", ["", "../x", "a/b", ".hidden", "a b", "x" * 81])
def test_what_is_no_id_of_a_run_forms_no_path(tmp_path: Path, run_id: str) -> None:
    """Nobody reads another file by the name of a run."""
    with pytest.raises(ValueError, match="is not the id of a run"):
        journal_path(tmp_path, run_id)


def test_a_run_that_is_not_there_is_told(tmp_path: Path) -> None:
    """One sentence, and what lists the runs."""
    with pytest.raises(JournalError, match="There is no run nobody; 'partnercenter sweep runs'"):
        read_journal(journal_path(tmp_path, "nobody"))


def test_runs_are_listed_newest_first(tmp_path: Path, plan: Plan) -> None:
    """Their ids begin with the time."""
    assert [] == run_ids(tmp_path / "state")
    for run_id in ("20260301-1", "20260302-1"):
        kept(create_journal(tmp_path / "state", plan, run_id))
    assert ["20260302-1", "20260301-1"] == run_ids(tmp_path / "state")


def test_the_folder_can_be_named(tmp_path: Path) -> None:
    """`PARTNERCENTER_STATE_DIR` says where it is; else the system does."""
    assert tmp_path == state_folder({"PARTNERCENTER_STATE_DIR": f" {tmp_path} "})
    assert "partnercenter" in str(state_folder({}))


def test_s21_a_second_run_of_a_tenant_is_refused(tmp_path: Path, plan: Plan) -> None:
    """While one is at work; the refusal names it. Afterwards another may begin."""
    journal = create_journal(tmp_path / "state", plan, RUN)
    with pytest.raises(SafetyRuleError, match=f"run {RUN}, process {os.getpid()}") as refused:
        create_journal(tmp_path / "state", plan, "second")
    assert "S21" == refused.value.refusal.id
    journal.close()
    create_journal(tmp_path / "state", plan, "second").close()


def test_s21_the_lock_of_a_dead_process_blocks_nobody(tmp_path: Path, plan: Plan) -> None:
    """The system lets go of it with the process."""
    code = (
        "import os, sys; from pathlib import Path; from partnercenter.cleanup.tenant_lock import TenantLock; "
        f"TenantLock.take(Path({str(tmp_path / 'state')!r}), {plan.tenant_id!r}, 'dead'); "
        "print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=-1, stdout=-1, text=True) as process:
        assert process.stdout is not None
        assert "held\n" == process.stdout.readline()
        with pytest.raises(SafetyRuleError, match="run dead"):
            create_journal(tmp_path / "state", plan, RUN)
        process.kill()
    create_journal(tmp_path / "state", plan, RUN).close()


def test_many_workers_share_one_fsync(tmp_path: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred intents at once cost a few writes, and each is on disk when its worker goes on."""
    writes: list[bytes] = []
    append = journal_module._append

    def counted(handle: int, data: bytes) -> None:
        writes.append(data)
        append(handle, data)

    journal = create_journal(tmp_path / "state", plan, RUN)
    monkeypatch.setattr(journal_module, "_append", counted)
    seen: list[bool] = []

    async def worker(number: int) -> None:
        name = f"request-{number}"
        await journal.keep(StepIntended(AT, ONE, 1, number, StepAction.CANCEL_ORDER.value, "o", name, "c"))
        seen.append(f'"{name}"'.encode() in journal.path.read_bytes())

    async def go() -> None:
        await asyncio.gather(*(worker(number) for number in range(100)))

    asyncio.run(go())
    journal.close()
    assert [True] * 100 == seen
    assert len(writes) <= 3


def test_s15_what_cannot_be_written_is_told_to_every_worker(
    tmp_path: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is no intent on disk: each worker that waits learns it, and so does each one after it."""

    def full(handle: int, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    journal = create_journal(tmp_path / "state", plan, RUN)
    monkeypatch.setattr(journal_module, "_append", full)

    async def go() -> list[object]:
        first = await asyncio.gather(*(journal.keep(EVENTS[2]) for _ in range(3)), return_exceptions=True)
        return [*first, *await asyncio.gather(journal.keep(EVENTS[2]), return_exceptions=True)]

    errors = asyncio.run(go())
    journal.close()
    assert [JournalError] * 4 == [type(error) for error in errors]
    assert "No space left" in str(errors[-1])
