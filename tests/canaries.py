"""No secret that a test uses may be seen where it does not belong: every output of the run is looked through.

An output is what a process prints that a test starts, what the tests' own process logs, and each file that is in a
test's `tmp_path` when the test ends. A canary is a secret that can be told from any other text: the well-known ones
of the development partner, what tests put into a variable that holds a secret, everything that `canary` makes, and
all that looks like a token. A canary that is seen fails the test that saw it, unless the output is one of `PLACES`.

`tests.conftest` takes the hook and the fixtures from here. What a test reads from a `subprocess.Popen`, started by
itself or by whatever it calls, is seen by that; who starts processes otherwise reports what they say to `saw`.
Outputs of a test are judged with the canaries of that test and with the lasting ones, so the order of tests and the
number of workers make no difference.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest

from partnercenter.contract import development_partner


@dataclass(frozen=True)
class Place:
    """Outputs in which a kind of canary belongs: both are patterns, as file names are matched."""

    output: str
    kind: str
    reason: str


PLACES: Final = (
    Place(
        "stdout of partnercenter sandbox about*", "the development *", "it tells how to sign in to a sandbox"
    ),
    Place("stdout of curl", "a signed token", "it asks the sandbox for one"),
    Place("stdout of pytest", "a signed token", "it repeats what the leaking test of test_canaries logs"),
    Place("file world.json of *", "the development *", "a world says which secrets its applications have"),
    Place(
        "file keyring.json of tests/identity/*",
        "a refresh token or a code",
        "it stands for the system's keyring",
    ),
)

SECRET_VARIABLE: Final = re.compile(
    r"PARTNERCENTER_\w*(SECRET|TOKEN|PASSPHRASE|PASSWORD)\w*|AZURE_CLIENT_SECRET"
)
_SHORTEST: Final = 8  # a shorter text may stand anywhere by chance
_LARGEST_FILE: Final = 64 * 1024 * 1024
_PATTERNS: Final = {
    "a signed token": re.compile(rb"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*"),
    "a refresh token or a code": re.compile(rb"0\.A[\w-]{64}(?![\w-])"),
    "a made canary": re.compile(rb"canary-[a-z]+-[0-9a-f]{32}"),
}
_lasting: Final[dict[bytes, str]] = {}
_of_this_test: Final[dict[bytes, str]] = {}
_leaks: Final[list[str]] = []


def lasting(kind: str, secret: str) -> str:
    """Make a fixed secret of many tests a canary for the whole run; returns it."""
    _lasting[secret.encode()] = kind
    return secret


lasting("the development application's secret", development_partner.CLIENT_SECRET)
lasting("the development user's password", development_partner.USER_PASSWORD)


def saw_environment(environment: Mapping[str, str]) -> None:
    """Make canaries of this test of the secrets in an environment that it gives to a process."""
    for name, text in environment.items():
        if SECRET_VARIABLE.fullmatch(name) and len(text) >= _SHORTEST:
            _of_this_test.setdefault(text.encode(), f"what {name} holds")


def saw(output: str, content: str | bytes) -> None:
    """Look through an output; what is found fails the running test when it ends."""
    found = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    _leaks.extend(f"{kind} stands in: {output}" for kind in _kinds_in(found) if not _belongs(kind, output))


def caught() -> list[str]:
    """What was found since the last time, which is forgotten then."""
    found = list(dict.fromkeys(_leaks))
    _leaks.clear()
    return found


def _kinds_in(content: bytes) -> Iterator[str]:
    for known in (_lasting, _of_this_test):
        yield from (kind for secret, kind in known.items() if secret in content)
    yield from (kind for kind, pattern in _PATTERNS.items() if pattern.search(content))


def _belongs(kind: str, output: str) -> bool:
    return any(fnmatchcase(output, place.output) and fnmatchcase(kind, place.kind) for place in PLACES)


def saw_files(folder: Path, of: str) -> None:
    """Look through every file of a folder."""
    for parent, _, names in os.walk(folder):
        for name in names:
            path = Path(parent, name)
            if path.is_file() and path.stat().st_size <= _LARGEST_FILE:
                saw(f"file {path.relative_to(folder)} of {of}", path.read_bytes())


class WatchedProcess(subprocess.Popen[Any]):
    """A process whose stdout and stderr are looked through as they are read from its pipes."""

    def __init__(self, args: Any, *more: Any, **options: Any) -> None:
        super().__init__(args, *more, **options)
        saw_environment(options.get("env") or {})
        self._outputs = {stream: f"{stream} of {_name(args)}" for stream in ("stdout", "stderr")}
        for stream, output in self._outputs.items():
            pipe = getattr(self, stream)
            if pipe is not None:
                setattr(self, stream, _WatchedPipe(pipe, output))

    def communicate(self, *arguments: Any, **options: Any) -> tuple[Any, Any]:
        """What is left of both; on POSIX it is read without the pipes' own methods."""
        said = super().communicate(*arguments, **options)
        for output, content in zip(self._outputs.values(), said, strict=True):
            saw(output, content or "")
        return said


class _WatchedPipe:
    """A pipe that shows `saw` what is read from it."""

    def __init__(self, pipe: Any, output: str) -> None:
        self._pipe = pipe
        self._output = output

    def read(self, *arguments: Any) -> Any:
        return self._seen(self._pipe.read(*arguments))

    def readline(self, *arguments: Any) -> Any:
        return self._seen(self._pipe.readline(*arguments))

    def __iter__(self) -> Iterator[Any]:
        return map(self._seen, self._pipe)

    def _seen(self, content: Any) -> Any:
        saw(self._output, content or "")
        return content

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pipe, name)


def _name(args: Any) -> str:
    """What a process is called in a finding: a command of this package with its arguments, others without."""
    words = [str(word) for word in ([args] if isinstance(args, str | os.PathLike) else args)]
    if words[0] == sys.executable and words[1:2] == ["-m"]:
        words = words[2:]
    return " ".join(words) if words[0] == "partnercenter" else Path(words[0]).name


@pytest.fixture(autouse=True, scope="session")
def watched_processes() -> Iterator[None]:
    """Let every process be watched that a test starts."""
    unwatched = subprocess.Popen
    subprocess.Popen = WatchedProcess  # type: ignore[misc]
    yield
    subprocess.Popen = unwatched  # type: ignore[misc]


@pytest.fixture
def canary() -> Callable[[str], str]:
    """Makes secrets of a kind, such as `password`, that are recognised wherever they turn up."""
    return lambda kind: f"canary-{kind}-{uuid4().hex}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test, after its teardown, in whose outputs a canary was seen."""
    report = yield
    if call.when != "teardown":
        return report
    for name, text in report.sections:
        saw(f"{name} of {item.nodeid}", text)
    folder = getattr(item, "funcargs", {}).get("tmp_path")
    if folder is not None:
        saw_files(folder, item.nodeid)
    _of_this_test.clear()
    leaks = caught()
    if leaks:
        report.outcome = "failed"
        report.longrepr = "\n".join(["A secret was seen where it does not belong.", *leaks])
    return report
