"""A `partnercenter login` that waits for somebody, and the somebody: a browser without a window."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import httpx2
from tests.cli.conftest import Command, Ended
from tests.processes import start
from tests.sandbox.signing_in import PASSWORD, USER, send_form

PASSPHRASE = {"PARTNERCENTER_STORE_PASSPHRASE": "open-sesame-of-the-tests"}


class Login:
    """The command while it waits; `said` is what it has told so far."""

    def __init__(self, command: Command, *arguments: str, env: Mapping[str, str] | None = None) -> None:
        self._command = command
        self._arguments = ("login", *arguments)
        self._environment = {**command.environment, **PASSPHRASE, **(env or {})}
        self._stdout = TemporaryFile()  # noqa: SIM115 - closed by close
        reading, writing = os.pipe()
        self._stderr = os.fdopen(reading, encoding="utf-8")
        with Path(os.devnull).open("rb") as nothing, os.fdopen(writing, "wb") as stderr:
            self.process = start(
                [*command.program, *self._arguments],
                self._environment,
                stdin=nothing.fileno(),
                stdout=self._stdout.fileno(),
                stderr=stderr.fileno(),
            )
        self.said = ""

    def line(self, pattern: str) -> str:
        """The first group of the pattern in the first line that has it."""
        for line in self._stderr:
            self.said += line
            found = re.search(pattern, line)
            if found is not None:
                return found[1]
        raise AssertionError(f"no {pattern!r} in: {self.said}")

    def address(self) -> str:
        """Where to sign in."""
        return self.line(r"^(https?://\S+)$")

    def ended(self) -> Ended:
        """Wait for its end."""
        self.said += self._stderr.read()
        status = self.process.wait(60)
        self._stdout.seek(0)
        ended = Ended(status, self._stdout.read().decode(), self.said)
        return self._command.sane(self._arguments, self._environment, ended)

    def close(self) -> None:
        """End it, if it has not ended."""
        self.process.kill()
        self.process.wait()
        self._stdout.close()
        self._stderr.close()


def sign_in(
    address: str, user: str = USER, password: str = PASSWORD, *, approve: bool = True, verify: Any = True
) -> httpx2.Response:
    """Do what somebody does in a browser, and bring the answer to the command; what that says."""
    with httpx2.Client(timeout=30, trust_env=False, verify=verify) as browser:
        return browser.post(**answer_of(browser, address, user, password, approve=approve))


def answer_of(
    browser: httpx2.Client, address: str, user: str = USER, password: str = PASSWORD, *, approve: bool = True
) -> dict[str, Any]:
    """Sign in; the address and the form that the last page sends by itself."""
    page = send_form(browser, browser.get(address), username=user, password=password)
    if 'value="deny"' in page.text:
        page = send_form(browser, page, answer="approve" if approve else "deny")
    target = re.search(r'action="([^"]*)"', page.text)
    assert target is not None, page.text
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page.text)
    return {"url": unescape(target[1]), "data": {name: unescape(value) for name, value in fields}}


def config_of(command: Command) -> Path:
    """The file of profiles."""
    return Path(command.environment["PARTNERCENTER_CONFIG_DIR"]) / "config.toml"


def kept_files(command: Command) -> list[Path]:
    """The encrypted files, without their locks."""
    folder = config_of(command).parent / "secrets"
    return sorted(path for path in folder.glob("*") if not path.name.startswith("."))
