"""The root of the command: version, help, completion, start-up, and mistakes at the top."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from typing import Any

import pytest

from partnercenter._version import __version__


def in_shell(command: Any, script: str) -> Any:
    """The command as `"$@"` of a shell script."""
    return dataclasses.replace(command, program=("sh", "-c", script, "sh", *command.program))


HEAVY = (
    "azure",
    "cryptography",
    "filelock",
    "httpx2",
    "keyring",
    "msal",
    "rich",
    "sqlalchemy",
    "starlette",
    "tomlkit",
    "uvicorn",
)


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_the_version_is_told(bare: Any, flag: str) -> None:
    """On stdout, with nothing else."""
    assert (0, f"partnercenter {__version__}\n", "") == (
        (ended := bare(flag)).status,
        ended.out,
        ended.err,
    )


def imported(*arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "partnercenter", *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return {
        line.rpartition("|")[2].strip()
        for line in done.stderr.splitlines()
        if line.startswith("import time:")
    }


def test_the_version_needs_no_other_module() -> None:
    """Not even click is imported for the version."""
    names = imported("--version")
    assert {"partnercenter", "partnercenter._version"} == {n for n in names if n.startswith("partnercenter")}
    assert "click" not in names


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("customers", "--help"),
        ("customers", "list", "--help"),
        ("customers", "delete", "--help"),
        ("sandbox", "serve", "--help"),
        ("demo", "--help"),
        ("trust", "--help"),
        ("login", "--help"),
        ("whoami", "--help"),
        ("profiles", "remove", "--help"),
    ],
)
def test_help_is_light(arguments: tuple[str, ...]) -> None:
    """No help imports what only work needs."""
    roots = {name.partition(".")[0] for name in imported(*arguments)}
    assert set() == roots & set(HEAVY)


def test_without_a_command_the_help_is_shown(bare: Any) -> None:
    """It is a mistake all the same."""
    ended = bare()
    assert (2, "") == (ended.status, ended.out)
    assert "Commands:" in ended.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("custmers",), "did you mean 'customers'?"),
        (
            ("nonsense",),
            "there are: customers, sweep, login, logout, whoami, profiles, status, trust, sandbox, demo, completion.",
        ),
        (("customers", "lst"), "did you mean 'list'?"),
        (("--nonsense",), "No such option"),
        (("customers", "list", "--outptu", "json"), "--output"),
        (("customers", "list", "--output", "xml"), "'xml' is not one of"),
        (("customers", "list", "--limit", "0"), "0 is not in the range"),
        (("customers", "list", "--limit", "x"), "'x' is not a valid integer"),
        (("customers", "list", "more"), "unexpected extra argument"),
        (("customers", "show"), "Missing argument 'ID'"),
        (("customers", "delete"), "Give customer ids, or --file FILE.csv, or --all."),
        (("sandbox", "serve", "--port", "70000"), "70000 is not in the range"),
        (("completion", "tcsh"), "'tcsh' is not one of"),
        (("customers", "list", "--client-secret", "x"), "No such option"),
    ],
)
def test_a_mistake_in_the_command_line_is_one_sentence(
    bare: Any, arguments: tuple[str, ...], sentence: str
) -> None:
    """Status 2, one line on stderr with where to read more, nothing on stdout."""
    ended = bare(*arguments)
    assert (2, "") == (ended.status, ended.out)
    assert sentence in ended.err
    assert "--help'." in ended.err
    assert 1 == ended.err.count("\n")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_are_printed(bare: Any, shell: str) -> None:
    """The script calls the command back."""
    ended = bare("completion", shell)
    assert 0 == ended.status
    assert "_PARTNERCENTER_COMPLETE" in ended.out


def test_commands_and_flags_are_completed(bare: Any) -> None:
    """What a shell asks is answered from the table of commands."""
    asked = {
        "_PARTNERCENTER_COMPLETE": "bash_complete",
        "COMP_WORDS": "partnercenter customers de",
        "COMP_CWORD": "2",
    }
    assert "plain,delete\n" == bare(env=asked).out
    asked["COMP_WORDS"] = "partnercenter customers list --dom"
    asked["COMP_CWORD"] = "3"
    assert "plain,--domain\n" == bare(env=asked).out


@pytest.mark.parametrize("flag", ["--version", "--help"])
def test_a_full_disk_is_one_sentence(bare: Any, flag: str) -> None:
    """Status 1, as nothing was written."""
    ended = in_shell(bare, '"$@" > /dev/full')(flag)
    assert (1, "partnercenter: No space left on device.\n") == (ended.status, ended.err)


@pytest.mark.parametrize("flag", ["--version", "--help"])
def test_a_reader_that_goes_away_is_no_error_message(bare: Any, flag: str) -> None:
    """`partnercenter … | head` ends quietly."""
    process = subprocess.Popen(
        [*bare.program, flag], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=bare.environment
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert 0 == process.wait(30)
    assert b"" == said


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("arguments", [("--version",), ("--help",), ("customers", "list")])
def test_a_closed_stream_is_a_null_device(cli: Any, closed: str, arguments: tuple[str, ...]) -> None:
    """What would be written to it is dropped, and the work is done, as with git."""
    ended = in_shell(cli, f'"$@" {closed}')(*arguments)
    assert (0, "") == (ended.status, ended.err)
    assert (">&-" in closed.replace("2>&-", "")) == ("" == ended.out)


@pytest.mark.parametrize(
    "form",
    [
        "table",
        "jsonl",
        pytest.param("json", marks=pytest.mark.prove),
        pytest.param("csv", marks=pytest.mark.prove),
    ],
)
def test_work_goes_on_when_the_reader_goes_away(cli: Any, sandbox: Any, form: str) -> None:
    """Every customer is deleted, and the exit status is that of the work."""
    sandbox.seed("full")
    script = 'exec 3>&1; { "$@" 2>&1; echo $? >&3; } | true'
    assert "0\n" == in_shell(cli, script)("customers", "list", "--output", form).out
    assert "0\n" == in_shell(cli, script)("customers", "delete", "--all", "--yes", "--output", form).out
    assert [] == sandbox.call("GET", "/v1/customers").json()["items"]


def test_work_that_fails_unseen_is_a_failure(cli: Any, sandbox: Any) -> None:
    """Status 1 when a customer could not be deleted, though nobody reads why."""
    sandbox.seed("demo")
    script = 'exec 3>&1; { "$@"; echo $? >&3; } | true'
    assert "1\n" == in_shell(cli, script)("customers", "delete", "--all", "--yes").out
