"""The load balancer of samples/haproxy.cfg before two processes of one sandbox, and before another sandbox."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2
import pytest
from tests import databases
from tests.conftest import Sandbox, SandboxProcess
from tests.sandbox.conftest import OF_OTHER, OTHER_TENANT, WORLD, StartProcess

from partnercenter.contract import development_partner

HAPROXY = shutil.which("haproxy")
pytestmark = [
    pytest.mark.prove,
    pytest.mark.skipif(HAPROXY is None, reason="HAProxy is not installed"),
]
SAMPLE = Path(__file__).parents[2] / "samples" / "haproxy.cfg"


@contextmanager
def balancing(folder: Path, sample: str) -> Iterator[None]:
    """HAProxy with a configuration, in a folder that has what the configuration names."""
    (folder / "haproxy.cfg").write_text(sample)
    process = subprocess.Popen([HAPROXY or "", "-db", "-f", "haproxy.cfg"], cwd=folder)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def test_calls_are_spread_over_processes_and_sorted_by_tenant(
    start_process: StartProcess, http: httpx2.Client, tmp_path: Path
) -> None:
    """Both processes of one sandbox are called, and are one; another partner has a sandbox of his own."""
    url = databases.postgres().named(str(tmp_path))
    one = start_process("--set", "replay_hours=1", database=url)
    two = start_process("--set", "replay_hours=2", database=url)
    other = start_process()
    Sandbox(other.url, http).seed(WORLD)
    (tmp_path / "tenants.map").write_text(f"{OTHER_TENANT} team_a\n")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    text = SAMPLE.read_text()
    for old, new in ((8400, port), (8401, port_of(one)), (8402, port_of(two)), (8403, port_of(other))):
        text = text.replace(f"127.0.0.1:{old}", f"127.0.0.1:{new}")
    with balancing(tmp_path, text):
        front = Sandbox(f"http://127.0.0.1:{port}", http)
        wait_until_well(front)
        about = front.control("GET", "/about").json()
        assert (front.url, development_partner.TENANT_ID) == (about["endpoint"], about["tenantId"])
        assert {1, 2} == {front.control("GET", "/settings").json()["replay_hours"] for _ in range(6)}
        made = {front.create_customer()["id"] for _ in range(4)}
        assert made == {item["id"] for item in front.call("GET", "/v1/customers").json()["items"]}
        his = Sandbox(other.url, http).mint(**OF_OTHER)
        assert 1 == len(front.call("GET", "/v1/customers", token=his).json()["items"])
        one.kill()
        assert {200} == {front.call("GET", f"/v1/customers/{customer}").status_code for customer in made}


def wait_until_well(front: Sandbox) -> None:
    """Return when the load balancer has found a process that is well."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with suppress(httpx2.ConnectError):
            if front.control("GET", "/health").status_code == 200:
                return
        time.sleep(0.05)
    raise AssertionError("The load balancer found no process.")


def port_of(process: SandboxProcess) -> int:
    """The port that a sandbox listens on."""
    return int(process.url.rpartition(":")[2])
