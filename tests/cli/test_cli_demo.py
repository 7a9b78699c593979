"""`partnercenter demo`: it shows what it says, and leaves nothing behind, however it ends."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from partnercenter.cli.sandbox_process import sandbox_process


@pytest.fixture
def scratch(bare: Any, tmp_path: Path) -> Path:
    """A folder for temporary files, so that what is left over can be seen."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    bare.environment["TMPDIR"] = str(folder)
    return folder


def answers(url: str) -> bool:
    try:
        urllib.request.urlopen(f"{url}/_sandbox/health", timeout=2).close()
    except OSError:
        return False
    return True


def running() -> list[str]:
    """The command lines of all processes, where the system shows them as files."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found.append(entry.read_bytes().decode(errors="replace"))
    return found


def address(line: str) -> str:
    return line.split("it answers at ")[1].split(",")[0]


def test_the_demo_shows_deletions_a_replay_a_refusal_and_a_plan(bare: Any, scratch: Path) -> None:
    """Status 0, the service's own words, and neither process nor file afterwards."""
    ended = bare("demo", env={"PARTNERCENTER_ENDPOINT": "https://api.partnercenter.microsoft.com"})
    assert (0, "") == (ended.status, ended.err)
    assert "The sandbox holds 5 of 75 customers" in ended.out
    assert 2 <= ended.out.count("204 No Content")
    assert "204 No Content, as after a lost answer: done once, told twice" in ended.out
    assert "404, code 60003: Tenant not found" in ended.out
    assert "active Azure reserved instances" in ended.out
    assert "advice: " in ended.out
    assert "- cancel   azure reservation" in ended.out
    assert "Juniper Analytics: deleted" in ended.out
    assert "Old Mill Imports: stuck" in ended.out
    assert "Quota used: 5 of 75 before, 1 of 75 now." in ended.out
    assert not answers(address(ended.out))
    assert [] == list(scratch.iterdir())


def test_the_demo_does_not_depend_on_the_environment(bare: Any, scratch: Path) -> None:
    """Neither the user's safety rule nor the user's certificates and proxies count for it."""
    config = scratch.parent / "config"
    config.mkdir(mode=0o700)
    (config / "trusted-sandboxes.json").write_text("{", encoding="utf-8")
    ended = bare(
        "demo",
        env={
            "PARTNERCENTER_SANDBOX_TENANT_ID": "junk",
            "SSL_CERT_FILE": "/nonexistent/ca.pem",
            "REQUESTS_CA_BUNDLE": "/nonexistent/ca.pem",
            "HTTP_PROXY": "http://127.0.0.1:9",
        },
    )
    assert (0, "") == (ended.status, ended.err)
    assert "Quota used: 5 of 75 before, 1 of 75 now." in ended.out


def test_a_killed_demo_leaves_no_sandbox(bare: Any, scratch: Path) -> None:
    """The sandbox ends with the process that started it, even when that could not stop it."""
    process = subprocess.Popen(
        [*bare.program, "demo"], stdout=subprocess.PIPE, text=True, env=bare.environment
    )
    assert process.stdout is not None
    assert "Starting" in process.stdout.readline()
    url = address(process.stdout.readline())
    assert answers(url)
    process.kill()
    process.communicate(timeout=30)
    deadline = time.monotonic() + 30
    while any(str(scratch) in arguments for arguments in running()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(str(scratch) in arguments for arguments in running())
    assert not answers(url)


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.prove)])
@pytest.mark.parametrize(
    "moment", ["Starting", "it answers at", "The sandbox holds", "Doing what the plan says"]
)
def test_an_interrupted_demo_leaves_nothing(
    bare: Any, scratch: Path, number: signal.Signals, moment: str
) -> None:
    """Status 130 at whatever moment, without process and files."""
    process = subprocess.Popen(
        [*bare.program, "demo"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**bare.environment, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    seen = ""
    while moment not in seen:
        line = process.stdout.readline()
        assert line, seen
        seen += line
    if moment == "Starting":
        deadline = time.monotonic() + 30
        while not list(scratch.iterdir()) and time.monotonic() < deadline:
            os.sched_yield()
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (130, "partnercenter: Interrupted.\n") == (process.returncode, err)
    assert [] == list(scratch.iterdir())
    seen += out
    if "it answers at" in seen:
        assert not answers(address(seen))
    assert not any(str(scratch) in arguments for arguments in running())


def test_an_interrupt_while_the_watch_over_the_start_begins_is_not_held_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What ends a sandbox that does not start in time keeps nobody from ending before."""
    start = threading.Timer.start

    def interrupted(timer: threading.Timer) -> None:
        start(timer)
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Timer, "start", interrupted)
    with pytest.raises(KeyboardInterrupt), sandbox_process():
        pass
    waiting = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
    assert all(timer.daemon or timer.finished.is_set() for timer in waiting)
