"""`partnercenter sandbox serve|about|seed|reset|settings`: the commands around a sandbox process."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from partnercenter.contract import development_partner as partner

NOTHING = "http://127.0.0.1:9"


def count(cli: Any) -> int:
    return len(cli("customers", "list", "--output", "json").document)


def test_about_tells_address_and_credentials(cli: Any, sandbox: Any) -> None:
    """The well-known values, as JSON or as a table."""
    about = cli("sandbox", "about", "--output", "json").document
    assert (sandbox.url, partner.TENANT_ID) == (about["endpoint"], about["tenantId"])
    assert partner.CLIENT_ID in cli("sandbox", "about").out


def test_a_sandbox_is_seeded_and_reset(cli: Any) -> None:
    """By name, demo when none is given, and emptied again."""
    ended = cli("sandbox", "seed")
    assert (0, 5) == (ended.status, count(cli))
    assert "now holds demo" in ended.err
    assert 0 == cli("sandbox", "seed", "full").status
    assert 75 == count(cli)
    assert (0, "") == ((ended := cli("sandbox", "reset", "--yes")).status, ended.out)
    assert 0 == count(cli)


def test_a_sandbox_is_seeded_from_a_file(cli: Any, tmp_path: Path) -> None:
    """A world of one's own."""
    file = tmp_path / "world.json"
    application = {"clientId": partner.CLIENT_ID, "clientSecret": partner.CLIENT_SECRET}
    document = {
        "partners": [
            {
                "tenantId": partner.TENANT_ID,
                "companyName": "Mine",
                "domain": partner.DOMAIN,
                "applications": [application],
                "customers": [{"companyName": "Only One"}],
            }
        ]
    }
    file.write_text(json.dumps(document), encoding="utf-8-sig")
    assert 0 == cli("sandbox", "seed", str(file)).status
    assert "Only One" in cli("customers", "list").out


@pytest.mark.parametrize(
    ("world", "content", "sentence"),
    [
        ("nonsense", None, "There is no world named 'nonsense'"),
        ("none.json", None, "none.json cannot be read: No such file"),
        ("bad.json", "{", "bad.json is not JSON: "),
        ("list.json", "[]", "must hold one world"),
        ("typo.json", '{"partnrs": []}', "did you mean partners?"),
    ],
)
def test_a_wrong_world_changes_nothing(
    cli: Any, tmp_path: Path, world: str, content: str | None, sentence: str
) -> None:
    """Status 2 and one sentence; what was there is there."""
    cli("sandbox", "seed")
    if content is not None:
        (tmp_path / world).write_text(content, encoding="utf-8")
    ended = cli("sandbox", "seed", str(tmp_path / world) if world.endswith(".json") else world)
    assert (2, "") == (ended.status, ended.out)
    assert sentence in ended.err
    assert 5 == count(cli)


@pytest.mark.parametrize(("answer", "emptied"), [("y\n", True), ("n\n", False), ("\x04", False)])
def test_a_reset_is_asked_for(cli: Any, answer: str, emptied: bool) -> None:
    """At a terminal; without one --yes is needed."""
    cli("sandbox", "seed")
    ended = cli("sandbox", "reset")
    assert (2, "") == (ended.status, ended.out)
    ended = cli.at_terminal("sandbox", "reset", prompt="[y/N]", answer=answer)
    assert (0 if emptied else 1) == ended.status
    assert (0 if emptied else 5) == count(cli)


def test_settings_are_shown_and_changed(cli: Any) -> None:
    """All of them, or those that were changed."""
    shown = {row["name"]: row["value"] for row in cli("sandbox", "settings", "--output", "json").document}
    assert "new" == shown["mfa"]
    changed = cli(
        "sandbox", "settings", "--set", "mfa=old", "--set", "replay=false", "--output", "json"
    ).document
    assert {"mfa": "old", "replay": False} == {row["name"]: row["value"] for row in changed}


def test_a_setting_goes_back_to_its_default(cli: Any) -> None:
    """`--set NAME=null` undoes a change, and leaves the other changes alone."""
    cli("sandbox", "settings", "--set", "customer_quota=5", "--set", "mfa=old")
    ended = cli("sandbox", "settings", "--set", "customer_quota=null", "--output", "json")
    assert (0, [{"name": "customer_quota", "value": 75}]) == (ended.status, ended.document)
    shown = {row["name"]: row["value"] for row in cli("sandbox", "settings", "--output", "json").document}
    assert "old" == shown["mfa"]


@pytest.mark.parametrize(
    ("pairs", "sentence"),
    [
        (("mfa",), "--set takes name=value, not 'mfa'"),
        (("=x",), "--set takes name=value"),
        (("mfa=old", "mfa=new"), "--set mfa is given twice"),
        (("mfaa=old",), "did you mean mfa?"),
        (("mfa=maybe",), "one of new, old, off"),
        (("mfa=old", "replay=maybe"), "true or false"),
    ],
)
def test_a_wrong_setting_changes_none(cli: Any, pairs: tuple[str, ...], sentence: str) -> None:
    """Status 2, and the right settings beside it are not made either."""
    ended = cli("sandbox", "settings", *(part for pair in pairs for part in ("--set", pair)))
    assert (2, "") == (ended.status, ended.out)
    assert sentence in ended.err
    shown = {row["name"]: row["value"] for row in cli("sandbox", "settings", "--output", "json").document}
    assert "new" == shown["mfa"]


@pytest.mark.parametrize("command", ["about", "seed", "settings", "reset"])
def test_what_is_no_sandbox_is_told(bare: Any, command: str) -> None:
    """Status 1 and one sentence when nothing answers, status 2 for an address that is none."""
    extra = ("--yes",) if command == "reset" else ()
    ended = bare("sandbox", command, "--endpoint", NOTHING, *extra)
    assert (1, "") == (ended.status, ended.out)
    assert f"No sandbox answers at {NOTHING} (Connection refused)" in ended.err
    ended = bare("sandbox", command, "--endpoint", "nonsense", *extra)
    assert (2, "") == (ended.status, ended.out)
    assert "--endpoint must be an address" in ended.err


def test_the_environment_of_a_real_partner_is_no_sandbox(bare: Any) -> None:
    """PARTNERCENTER_ENDPOINT counts only when it is on this machine, so a reset never goes to a service."""
    environment = {"PARTNERCENTER_ENDPOINT": "https://api.partnercenter.microsoft.com"}
    ended = bare("sandbox", "settings", "--set", "mfa", env=environment)
    assert 2 == ended.status
    ended = bare("sandbox", "about", env=environment)
    assert "api.partnercenter" not in ended.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--set", "nonsense"), "--set takes name=value"),
        (("--set", "nonsense=1"), "no setting named 'nonsense'"),
        (("--set", "mfa=maybe"), "one of new, old, off"),
        (("--tls-host", "x"), "--tls-host needs --tls"),
        (("--host", "nonsense.invalid"), "cannot be listened on"),
        (("--database", "/nonexistent/folder/x.db"), "/nonexistent"),
        (("--database", ""), "--database is empty; give a file or 'memory'."),
        (("--database", " "), "--database is empty; give a file or 'memory'."),
        (
            ("--database", "postgresql://me@127.0.0.1:1/x"),
            "The PostgreSQL database x on 127.0.0.1 cannot be used: ",
        ),
    ],
)
def test_a_sandbox_that_cannot_start_says_why(bare: Any, arguments: tuple[str, ...], sentence: str) -> None:
    """Status 2, one sentence, and no line that says it were ready."""
    ended = bare(
        "sandbox",
        "serve",
        "--port",
        "0",
        *(("--database", "memory") if "--database" not in arguments else ()),
        *arguments,
    )
    assert (2, "") == (ended.status, ended.out)
    assert sentence in ended.err
    assert 1 == ended.err.count("\n")


def test_a_port_that_is_taken_is_named(bare: Any) -> None:
    """With the way out."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = bare("sandbox", "serve", "--port", str(port), "--database", "memory")
    assert 2 == ended.status
    assert f"Port {port} on 127.0.0.1 is in use" in ended.err


def test_a_sandbox_is_ended_by_ctrl_c(bare: Any) -> None:
    """Quietly and with status 0: that is how one ends it."""
    process = subprocess.Popen(
        [*bare.program, "sandbox", "serve", "--port", "0", "--database", "memory"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=bare.environment,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("sandbox ready at http://127.0.0.1:")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (0, "") == (process.returncode, out)
    assert "Traceback" not in err


def test_the_control_token_is_taken_from_the_environment(bare: Any) -> None:
    """It opens the control routes of a sandbox that has one, and is in no message."""
    token = {"PARTNERCENTER_SANDBOX_CONTROL_TOKEN": "open-sesame-please"}
    process = subprocess.Popen(
        [*bare.program, "sandbox", "serve", "--port", "0", "--database", "memory"],
        stdout=subprocess.PIPE,
        text=True,
        env={**bare.environment, **token},
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        assert 0 == bare("sandbox", "seed", "--endpoint", url, env=token).status
        for environment in ({}, {"PARTNERCENTER_SANDBOX_CONTROL_TOKEN": "wrong-sesame"}):
            ended = bare("sandbox", "seed", "--endpoint", url, env=environment)
            assert (2, "") == (ended.status, ended.out)
            assert "control token" in ended.err
            assert "sesame" not in ended.err
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_a_control_token_that_could_be_guessed_is_refused(bare: Any) -> None:
    """Fewer than 16 characters are status 2 and one sentence, without the token."""
    token = {"PARTNERCENTER_SANDBOX_CONTROL_TOKEN": "fifteen-letters"}
    ended = bare("sandbox", "serve", "--port", "0", "--database", "memory", env=token)
    sentence = "partnercenter: PARTNERCENTER_SANDBOX_CONTROL_TOKEN must have at least 16 characters.\n"
    assert (2, "", sentence) == (ended.status, ended.out, ended.err)


def test_a_sandbox_with_tls_is_used_once_its_authority_is_trusted(bare: Any, tmp_path: Path) -> None:
    """Token, list and deletion over https; without the trust one sentence says what to set."""
    process = subprocess.Popen(
        [*bare.program, "sandbox", "serve", "--port", "0", "--database", "memory", "--tls"],
        stdout=subprocess.PIPE,
        text=True,
        env={**bare.environment, "XDG_DATA_HOME": str(tmp_path / "data")},
    )
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline()]
        while "sandbox ready at" not in lines[-1]:
            assert lines[-1]
            lines.append(process.stdout.readline())
        url = lines[-1].split()[-1]
        authority = next(w for line in lines for w in line.split() if w.endswith("ca.pem")).partition("=")[2]
        for command in (("customers", "list"), ("sandbox", "seed")):
            ended = bare(*command, "--endpoint", url)
            assert (1, "") == (ended.status, ended.out)
            assert "set REQUESTS_CA_BUNDLE and SSL_CERT_FILE" in ended.err
        for command in (("customers", "list"), ("sandbox", "about")):
            ended = bare(*command, "--endpoint", url, env={"REQUESTS_CA_BUNDLE": "/nonexistent/ca.pem"})
            assert ended.status in {1, 2}
            assert "/nonexistent/ca.pem" in ended.err
            assert 1 == ended.err.count("\n")
        trust = {"REQUESTS_CA_BUNDLE": authority, "SSL_CERT_FILE": authority}
        assert 0 == bare("sandbox", "seed", "--endpoint", url, env=trust).status
        ended = bare(
            "customers", "delete", "--all", "--yes", "--output", "json", "--endpoint", url, env=trust
        )
        assert 3 == sum(row["outcome"] == "deleted" for row in ended.document)
    finally:
        process.terminate()
        process.communicate(timeout=30)
