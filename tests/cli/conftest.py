"""The command through its front door: a subprocess, with a configuration folder of its own."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Protocol

import pytest
from tests.canaries import saw, saw_environment
from tests.processes import start


class RunningSandbox(Protocol):
    """What these tests use of the fixture `sandbox`."""

    url: str


@dataclass(frozen=True)
class Ended:
    """How the command ended and what it said; `err` is what stood on the terminal when there was one."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Stdout as JSON."""
        return json.loads(self.out)


@dataclass
class Command:
    """Runs `partnercenter`, or another program in the same environment."""

    environment: dict[str, str]
    program: Sequence[str] = field(default=(sys.executable, "-m", "partnercenter"))

    def __call__(self, *arguments: str, input: str = "", env: Mapping[str, str] | None = None) -> Ended:  # noqa: A002
        """Run with nobody at a terminal."""
        environment = {**self.environment, **(env or {})}
        with TemporaryFile() as stdin, TemporaryFile() as stdout, TemporaryFile() as stderr:
            stdin.write(input.encode())
            stdin.seek(0)
            process = start(
                [*self.program, *arguments],
                environment,
                stdin=stdin.fileno(),
                stdout=stdout.fileno(),
                stderr=stderr.fileno(),
            )
            try:
                status = process.wait(120)
            finally:
                process.kill()
                process.wait()
            return self.sane(arguments, environment, Ended(status, _text(stdout), _text(stderr)))

    def at_terminal(
        self,
        *arguments: str,
        answer: str,
        prompt: str,
        then: Sequence[tuple[str, str]] = (),
        do: Callable[[int], None] | None = None,
    ) -> Ended:
        """Run with somebody at a terminal who waits for `prompt` and types `answer`; `do` gets the process id.

        `then` are further prompts, each with its answer.
        """
        master, slave = pty.openpty()
        process = subprocess.Popen(
            [*self.program, *arguments],
            stdin=slave,
            stderr=slave,
            stdout=subprocess.PIPE,
            env=self.environment,
            text=True,
            encoding="utf-8",
            start_new_session=True,  # a password is never asked for on the terminal of whoever runs the tests
        )
        os.close(slave)
        try:
            shown = _read_until(master, prompt)
            if do is not None:
                do(process.pid)
            os.write(master, answer.encode())
            for further, reply in then:
                shown += _read_until(master, further)
                os.write(master, reply.encode())
            out = process.communicate(timeout=60)[0]
            ended = Ended(process.returncode, out, (shown + _rest(master)).replace("\r\n", "\n"))
            return self.sane(arguments, self.environment, ended)
        finally:
            process.kill()
            process.wait()
            os.close(master)

    def sane(self, arguments: Sequence[str], environment: Mapping[str, str], ended: Ended) -> Ended:
        """No test sees a traceback, a defect, or a secret where it does not belong."""
        assert "Traceback" not in ended.out + ended.err, ended.err
        assert "This is a defect" not in ended.err, ended.err
        saw_environment(environment)
        name = " ".join(["partnercenter" if self.program[0] == sys.executable else "a program", *arguments])
        saw(f"stdout of {name}", ended.out)
        saw(f"stderr of {name}", ended.err)
        return ended


def _text(written: IO[bytes]) -> str:
    written.seek(0)
    return written.read().decode().replace("\r\n", "\n")


def _read_until(master: int, prompt: str) -> str:
    shown, deadline = "", time.monotonic() + 60
    while prompt not in shown:
        assert time.monotonic() < deadline, f"no {prompt!r} in: {shown}"
        if select.select([master], [], [], 1)[0]:
            try:
                shown += os.read(master, 65_536).decode()
            except OSError as error:
                raise AssertionError(f"no {prompt!r} in: {shown}") from error
    return shown


def _rest(master: int) -> str:
    rest = b""
    with contextlib.suppress(OSError):
        while select.select([master], [], [], 0.2)[0]:
            chunk = os.read(master, 65_536)
            if not chunk:
                break
            rest += chunk
    return rest.decode()


@pytest.fixture
def bare(tmp_path: Path) -> Command:
    """The command without any setting."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("PARTNERCENTER_")}
    folder = tmp_path / "config"
    folders = {"PARTNERCENTER_CONFIG_DIR": str(folder), "PARTNERCENTER_STATE_DIR": str(tmp_path / "state")}
    return Command({**kept, **folders, "COLUMNS": "200", "TERM": "xterm"})


@pytest.fixture
def cli(bare: Command, sandbox: RunningSandbox) -> Command:
    """The command with the address of the test's sandbox."""
    return Command({**bare.environment, "PARTNERCENTER_ENDPOINT": sandbox.url})


@pytest.fixture
def start_login() -> Iterator[Callable[..., Any]]:
    """Starts `partnercenter login`, which waits for somebody; whatever still waits at the end is ended."""
    from tests.cli.logging_in import Login

    started: list[Login] = []

    def start(command: Command, *arguments: str, env: Mapping[str, str] | None = None) -> Login:
        started.append(Login(command, *arguments, env=env))
        return started[-1]

    yield start
    for login in started:
        login.close()
