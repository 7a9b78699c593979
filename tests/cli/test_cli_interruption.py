"""Signals while customers are deleted: what is in hand is finished, and everything is reported."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import Any

import pytest

from partnercenter.cli.interruption import Interruption


def left(sandbox: Any) -> list[str]:
    return [item["id"] for item in sandbox.call("GET", "/v1/customers").json()["items"]]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_is_heard_between_two_customers(cli: Any, sandbox: Any, number: signal.Signals) -> None:
    """The rest is kept and reported, status 130, whichever signal it was."""
    sandbox.seed("full")
    ended = cli.at_terminal(
        "customers", "delete", "--all", "--yes", "--output", "json",
        prompt="[3/75]", answer="", do=lambda pid: os.kill(pid, number),
    )  # fmt: skip
    assert 130 == ended.status, ended.err
    assert 75 == len(ended.document)
    assert "Stopping after the current customer" in ended.err
    kept = [row["customerId"] for row in ended.document if row["outcome"] == "kept"]
    assert sorted(kept) == sorted(left(sandbox))
    assert f"Interrupted: {len(kept)} customers left" in ended.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_second_signal_stops_at_once(number: signal.Signals) -> None:
    """The first is noted, the second ends what is in hand, and afterwards all is as it was."""
    before = signal.getsignal(number)
    with Interruption() as interruption:
        signal.raise_signal(number)
        assert interruption.asked()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
    assert before == signal.getsignal(number)


def test_an_ignored_signal_stays_ignored(cli: Any, sandbox: Any) -> None:
    """With `nohup` a terminal that is closed ends nothing."""
    sandbox.seed("full")
    process = subprocess.Popen(
        [
            "/bin/sh",
            "-c",
            'trap "" HUP; exec "$@"',
            "sh",
            *cli.program,
            "customers",
            "delete",
            "--all",
            "--yes",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=cli.environment,
        text=True,
    )
    assert process.stderr is not None
    while "[3/75]" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGHUP)
    assert "75 deleted." in process.communicate(timeout=60)[1]
    assert 0 == process.returncode
    assert [] == left(sandbox)
