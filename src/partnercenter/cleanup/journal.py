"""What a run has done, on disk: one file of JSON lines for each run, only ever added to; interlocks S15 and S16.

The first line is the whole plan, the others are events, so that a run goes on from its journal alone. A step is in
it, with its request id, before the call leaves, and again once the call is answered. Many workers share one fsync,
which the event loop does not wait for. Nothing in it is secret.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from partnercenter.cleanup.events import Event
from partnercenter.cleanup.interlocks import sentence
from partnercenter.cleanup.past import Past, past_of
from partnercenter.cleanup.state_folder import journal_path
from partnercenter.cleanup.strict_json import decode_strictly
from partnercenter.cleanup.sweep_plan import Plan
from partnercenter.cleanup.tenant_lock import TenantLock
from partnercenter.cleanup.trusted_sandboxes import canonical_guid
from partnercenter.private_files import check_owner, private_folder, sync_folder

VERSION: Final = 1


class JournalError(Exception):
    """A journal cannot be read or written; the message says which, and why."""


class Journal:
    """A journal that is open for writing. While it is, no other run of the tenant begins."""

    def __init__(self, path: Path, plan: Plan, run_id: str, handle: int, lock: TenantLock) -> None:
        self.path = path
        self.plan = plan
        self.run_id = run_id
        self._handle = handle
        self._lock = lock
        self._waiting: list[bytes] = []
        self._noted = 0
        self._on_disk = 0
        self._flushing: asyncio.Future[None] | None = None
        self._failure: str = ""
        self._closed = False

    def note(self, event: Event) -> None:
        """Add an event, to be written with the next one that is waited for."""
        self._waiting.append(_line(event.to_json()))
        self._noted += 1

    async def keep(self, event: Event) -> None:
        """Add an event, and wait until it is on disk; raises `JournalError` when it cannot be."""
        self.note(event)
        wanted = self._noted
        while self._on_disk < wanted:
            if self._failure:
                raise JournalError(self._failure)
            if self._flushing is None:
                self._flushing = asyncio.ensure_future(self._flush())
            # Shielded: one worker that gives up does not take the disk away from the others.
            await asyncio.shield(self._flushing)

    async def _flush(self) -> None:
        lines, self._waiting = self._waiting, []
        try:
            await asyncio.to_thread(_append, self._handle, b"".join(lines))
        except OSError as error:
            self._failure = f"{sentence('S15')} {self.path}: {error.strerror or error}."
        else:
            self._on_disk += len(lines)
        finally:
            self._flushing = None

    async def finish(self) -> None:
        """Write what is left and close."""
        if self._flushing is not None:
            await asyncio.shield(self._flushing)
        self.close()

    def close(self) -> None:
        """Write what is left, and let other runs of the tenant begin; a second time does nothing."""
        if self._closed:
            return
        self._closed = True
        try:
            if self._waiting and not self._failure:
                _append(self._handle, b"".join(self._waiting))
        except OSError:
            # What is left are no intents: those are waited for.
            self._failure = sentence("S15")
        finally:
            os.close(self._handle)
            self._lock.release()


def _append(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]
    os.fsync(handle)


def _line(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record, separators=(",", ":"), ensure_ascii=True).encode("ascii") + b"\n"


def create_journal(folder: Path, plan: Plan, run_id: str) -> Journal:
    """A new journal for a run of a plan, which is on disk when this returns.

    Raises `SafetyRuleError` while another run of the tenant is at work, `ConfigurationError` for a folder that is not
    the user's alone, `JournalError` for a plan that was changed after it was sealed and when nothing can be written.
    """
    _check_plan(plan)
    path = journal_path(folder, run_id)
    lock = TenantLock.take(folder, plan.tenant_id, run_id)
    try:
        private_folder(path.parent)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        try:
            _append(handle, _line({"version": VERSION, "run": run_id, "plan": plan.to_json()}))
            sync_folder(path.parent)
        except BaseException:
            os.close(handle)
            raise
    except OSError as error:
        lock.release()
        raise JournalError(f"{sentence('S15')} {path}: {error.strerror or error}.") from error
    except BaseException:
        lock.release()
        raise
    return Journal(path, plan, run_id, handle, lock)


def reopen_journal(folder: Path, run_id: str) -> tuple[Journal, Past]:
    """The journal of a run that is to go on, and what it says; raises as `create_journal` and `read_journal` do."""
    path = journal_path(folder, run_id)
    lock = TenantLock.take(folder, read_journal(path).plan.tenant_id, run_id)
    try:
        # Read again: while the lock was free, the run may have been at work.
        past = read_journal(path)
        handle = os.open(path, os.O_RDWR | os.O_APPEND)
        try:
            _cut_torn_line(handle)
        except BaseException:
            os.close(handle)
            raise
    except OSError as error:
        lock.release()
        raise JournalError(f"{path} cannot be written: {error.strerror or error}.") from error
    except BaseException:
        lock.release()
        raise
    return Journal(path, past.plan, run_id, handle, lock), past


def _cut_torn_line(handle: int) -> None:
    """Take away the end of a line that a crash has torn, so that the next one does not hang on it."""
    with os.fdopen(os.dup(handle), "rb") as file:
        data = file.read()
    whole = data.rfind(b"\n") + 1
    if whole < len(data):
        os.ftruncate(handle, whole)
        os.fsync(handle)


def read_journal(path: Path) -> Past:
    """What a journal says; only its last line may be torn.

    Raises `JournalError` when there is none or when it cannot be believed, `ConfigurationError` when others could
    have written it.
    """
    try:
        with path.open("rb") as file:
            check_owner(path, os.fstat(file.fileno()), forbidden=0o077)
            check_owner(path.parent, path.parent.stat(), forbidden=0o077)
            lines = file.read().split(b"\n")[:-1]
    except FileNotFoundError:
        raise JournalError(f"There is no run {path.stem}; 'partnercenter sweep runs' lists them.") from None
    except OSError as error:
        raise JournalError(f"{path} cannot be read: {error.strerror or error}.") from error
    if not lines:
        raise JournalError(f"{path} ends before its plan: the run has done nothing.")
    return _believe(path, lines)


def _believe(path: Path, lines: list[bytes]) -> Past:
    number = 0
    try:
        records = []
        for number, line in enumerate(lines, start=1):  # noqa: B007 - told in the message
            record = decode_strictly(line.decode("ascii"))
            if not isinstance(record, dict):
                raise TypeError("it is not an object")
            records.append(record)
        number = 1
        if records[0]["version"] != VERSION:
            raise ValueError(f"its version must be {VERSION}")
        plan = Plan.from_json(records[0]["plan"])
        _check_plan(plan)
        return past_of(str(records[0]["run"]), plan, records[1:])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else error
        raise JournalError(f"{path} is not a journal (line {number}: {what}).") from None


def _check_plan(plan: Plan) -> None:
    if canonical_guid(plan.tenant_id) is None:
        raise JournalError("The plan does not name its partner tenant.")
    if plan.digest != plan.current_digest():
        raise JournalError("The plan was changed after it was sealed.")
    if len({customer.customer_id for customer in plan.customers}) != len(plan.customers):
        raise JournalError("The plan names a customer twice.")
