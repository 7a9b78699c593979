"""The watch over secrets: what it finds, what it leaves alone, and that a test with a leak fails."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.canaries import PLACES, caught, saw, saw_environment, saw_files

from partnercenter.contract import development_partner
from partnercenter.sandbox.nature import Identifiers

ROOT = Path(__file__).resolve().parents[1]
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJvaWQiOiIxMjM0In0.c2lnbmF0dXJl"

LEAKING = """
import logging
import subprocess
import sys

from tests.cli.conftest import Command, bare
from tests.conftest import SandboxProcess

TOKEN = "eyJhbGciOiJSUzI1NiJ9" + ".eyJvaWQiOiIxMjM0In0.c2lnbmF0dXJl"


def test_nothing(bare, tmp_path, canary):
    (tmp_path / "plain.txt").write_text("nothing to see")
    bare("--version", env={"PARTNERCENTER_CLIENT_SECRET": canary("secret")})


def test_output(bare, canary):
    bare.program = (sys.executable, "-c", f"print({canary('password')!r})")
    bare()


def test_error(bare):
    bare.environment["PARTNERCENTER_REFRESH_TOKEN"] = "a-refresh-token-of-a-test"
    bare.program = (sys.executable, "-c", "import sys; print('a-refresh-token-of-a-test', file=sys.stderr)")
    bare()


def test_terminal(bare, canary):
    ask = f"import sys; print({canary('secret')!r}, file=sys.stderr); input()"
    bare.program = (sys.executable, "-c", ask)
    bare.at_terminal(answer="\\n", prompt="canary")


def test_process(canary):
    code = f"import sys; print({canary('secret')!r}, file=sys.stderr)"
    subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)


def test_line(canary):
    with subprocess.Popen([sys.executable, "-c", f"print({canary('secret')!r})"], stdout=-1, text=True) as process:
        assert process.stdout.readline()


def test_log():
    logging.getLogger("partnercenter").warning("signed in with %s", TOKEN)


def test_file(tmp_path):
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "journal.jsonl").write_text(TOKEN)


def test_sandbox():
    SandboxProcess(env={"PARTNERCENTER_CLIENT_SECRET": "sandbox ready at"}).stop()
"""


@pytest.fixture(autouse=True)
def nothing_left() -> None:
    """What a test before this one let be seen was told in that test."""
    assert [] == caught()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("the development application's secret", f"client_secret={development_partner.CLIENT_SECRET}&x"),
        ("the development user's password", f"{development_partner.USER_PASSWORD!r}"),
        ("a signed token", f"Authorization: Bearer {TOKEN}"),
        ("a signed token", f"{TOKEN.rpartition('.')[0]}."),
        ("a refresh token or a code", f"refresh_token={Identifiers().bearer_text()}&client_id=x"),
    ],
    ids=["secret", "password", "token", "token-without-signature", "refresh-token"],
)
def test_a_secret_is_found_in_text_and_in_bytes(kind: str, text: str) -> None:
    """Well-known secrets and whatever looks like a token are found, and the finding does not repeat them."""
    for content in (text, b"\xff\x00" + text.encode() + b"\xfe"):
        saw("stderr of a command", content)
        assert [f"{kind} stands in: stderr of a command"] == caught()


def test_a_made_secret_is_found_by_its_form(canary: Callable[[str], str]) -> None:
    """What the fixture makes is recognised by every process and in every test."""
    saw("a journal", f"... {canary('password')} ...")
    assert ["a made canary stands in: a journal"] == caught()


@pytest.mark.parametrize(
    "name",
    [
        "PARTNERCENTER_CLIENT_SECRET",
        "PARTNERCENTER_REFRESH_TOKEN",
        "PARTNERCENTER_STORE_PASSPHRASE",
        "PARTNERCENTER_SANDBOX_CONTROL_TOKEN",
        "AZURE_CLIENT_SECRET",
    ],
)
def test_the_secrets_of_an_environment_are_found(name: str) -> None:
    """What a process gets in a variable that holds a secret must not be seen; other variables hold none."""
    saw_environment({name: "held-by-a-variable", "PARTNERCENTER_TENANT_ID": "a-tenant-and-no-secret"})
    saw("stdout of a command", "held-by-a-variable a-tenant-and-no-secret")
    assert [f"what {name} holds stands in: stdout of a command"] == caught()


def test_what_is_no_secret_is_left_alone() -> None:
    """Ids, digests, half a token and short values are no canaries."""
    saw_environment({"PARTNERCENTER_CLIENT_SECRET": "short"})
    saw("stdout of a command", f"short eyJhbGci {'a' * 64} {development_partner.CLIENT_ID} eyJ.eyJ.x")
    assert [] == caught()


def test_every_file_below_a_folder_is_looked_through(tmp_path: Path) -> None:
    """Files are found in whatever folder and of whatever kind."""
    file = tmp_path / "a" / "b" / "sandbox.db-wal"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"\x00" * 5000 + TOKEN.encode())
    saw_files(tmp_path, "a test")
    file.unlink()
    assert ["a signed token stands in: file a/b/sandbox.db-wal of a test"] == caught()


def test_a_place_lets_its_own_kind_of_secret_be_seen() -> None:
    """Where a secret belongs it is not reported, and any other secret there is."""
    saw("stdout of partnercenter sandbox about --output json", f"{development_partner.CLIENT_SECRET} {TOKEN}")
    assert ["a signed token stands in: stdout of partnercenter sandbox about --output json"] == caught()
    assert all(place.reason for place in PLACES)


def test_a_test_that_lets_a_secret_be_seen_fails(tmp_path: Path) -> None:
    """A secret that a command, a terminal, a log, a file or a sandbox shows fails its test, and no other one."""
    file = tmp_path / "test_leaking.py"
    file.write_text(LEAKING)
    (tmp_path / "conftest.py").write_text(
        "from tests.conftest import canary, pytest_runtest_makereport, watched_processes"
    )
    options = ("-q", "-n", "0", "-p", "no:cacheprovider", "-p", "no:randomly", f"--rootdir={ROOT}")
    command = [sys.executable, "-m", "pytest", *options, f"--basetemp={tmp_path / 'inner'}", str(file)]
    # What Python compiles of the file would hold its secret once more.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=120, env=environment
    )
    told = done.stdout
    shutil.rmtree(tmp_path / "inner")
    assert {"output", "error", "terminal", "process", "line", "log", "file", "sandbox"} == set(
        re.findall(r"ERROR at teardown of test_(\w+)", told)
    ), told
    assert "9 passed, 8 errors" in told
    assert TOKEN not in told.replace("signed in with " + TOKEN, "")
