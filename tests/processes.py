"""Starts commands of the package in processes of their own, fast.

Most of what a short command costs is importing, so on Linux it is forked from an interpreter that has imported all
(`warm_interpreter`). `PARTNERCENTER_TESTS_COLD=1` starts a new interpreter for each instead, as happens
on other systems anyway. Tests that look at starting itself do not come here.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from tests import warm_interpreter

_WARM = sys.platform == "linux" and not os.environ.get("PARTNERCENTER_TESTS_COLD")
_HAS_PROC = Path("/proc/self/stat").exists()
_READ_AT_THE_START = ("PYTHON", "LC_", "LANG")


class Forked:
    """A process forked from the warm interpreter; what `subprocess.Popen` has of this is the same there."""

    def __init__(self, pid: int, status_pipe: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._status_pipe = status_pipe

    def poll(self) -> int | None:
        """The exit status, when it has ended."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float | None = None) -> int:
        """The exit status once it has ended."""
        if self.returncode is None:
            if not select.select([self._status_pipe], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("partnercenter", timeout or 0)
            status = os.read(self._status_pipe, 4)
            os.close(self._status_pipe)
            assert status, "the warm interpreter has ended"
            self.returncode = os.waitstatus_to_exitcode(struct.unpack("!i", status)[0])
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


class _WarmInterpreter:
    def __init__(self) -> None:
        self._channel, its_end = socket.socketpair()
        self._lock = threading.Lock()
        with its_end:
            descriptor = its_end.fileno()
            self._process = subprocess.Popen(
                [sys.executable, str(warm_interpreter.__file__), str(descriptor)],
                stdin=subprocess.DEVNULL,
                pass_fds=[descriptor],
            )
        atexit.register(self._end)

    def start(self, arguments: Sequence[str], environment: Mapping[str, str], streams: list[int]) -> Forked:
        order = {"arguments": arguments, "environment": dict(environment), "folder": str(Path.cwd())}
        reading, writing = os.pipe()
        try:
            with self._lock:
                text = json.dumps(order).encode() + b"\n"
                sent = socket.send_fds(self._channel, [text], [*streams, writing])
                self._channel.sendall(text[sent:])
                answer = self._channel.recv(4, socket.MSG_WAITALL)
        finally:
            os.close(writing)
        assert len(answer) == 4, "the warm interpreter has ended"
        return Forked(struct.unpack("!i", answer)[0], reading)

    def _end(self) -> None:
        self._channel.close()
        self._process.wait(30)


@cache
def _warm() -> _WarmInterpreter:
    return _WarmInterpreter()


def start(
    program: Sequence[str], environment: Mapping[str, str], *, stdin: int, stdout: int, stderr: int
) -> Forked | subprocess.Popen[bytes]:
    """Start a program with an environment, and descriptors as its streams, which stay the caller's to close."""
    if _WARM and program[0] == sys.executable and _begins_alike(environment) and _can_be_forked(program[1]):
        return _warm().start(program[1:], environment, [stdin, stdout, stderr])
    return subprocess.Popen(program, stdin=stdin, stdout=stdout, stderr=stderr, env=dict(environment))


def workers_of(process_id: int) -> list[int]:
    """The ids of the processes that a server has started to serve with it; none for one that serves alone."""
    return [
        number
        for number in (int(path.name) for path in Path("/proc").glob("[1-9]*"))
        if _status(number)[1] == process_id and b"spawn_main" in _command_line(number)
    ]


def end_with_workers(process: Forked | subprocess.Popen[bytes]) -> None:
    """End a server and the processes that serve with it, all without a warning."""
    workers = workers_of(process.pid) if _HAS_PROC else []
    process.kill()
    process.wait(30)
    for worker in workers:
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
    while not all(map(is_gone, workers)):
        time.sleep(0.01)


def is_gone(process_id: int) -> bool:
    """Whether a process has ended, though nobody may have asked for its status."""
    return _status(process_id)[0] in {"", "Z"}


def _status(process_id: int) -> tuple[str, int]:
    """The state of a process, in a letter, and its parent."""
    try:
        state, parent = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[:2]
    except (FileNotFoundError, ProcessLookupError):
        return "", 0
    return state, int(parent)


def _command_line(process_id: int) -> bytes:
    try:
        return Path(f"/proc/{process_id}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def _can_be_forked(first: str) -> bool:
    return first == "-m" or first.endswith(".py")


def _begins_alike(environment: Mapping[str, str]) -> bool:
    """Whether an interpreter with that environment begins as the warm one did: what it reads then is the same."""
    return all(
        environment.get(name) == os.environ.get(name)
        for name in environment.keys() | os.environ.keys()
        if name.startswith(_READ_AT_THE_START)
    )
