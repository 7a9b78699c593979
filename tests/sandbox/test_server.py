"""The sandbox as a process: how it starts, what it says, how it ends, and that one client does not block another."""

from __future__ import annotations

import json
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from tests import databases
from tests.conftest import ONE_PROCESS, Sandbox, new_customer_body
from tests.sandbox.conftest import StartProcess
from tests.sandbox.sockets import answered, connected, head, open_files

from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.server import serve

COMMAND = [sys.executable, "-m", "partnercenter", "sandbox", "serve"]


def fails(*arguments: str) -> str:
    """The one sentence with which a server that cannot start ends, status 2, nothing on stdout."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert (2, "", 1) == (done.returncode, done.stdout, len(done.stderr.splitlines())), done
    return done.stderr.strip()


# Starting


def test_the_ready_line_is_the_only_one(start_process: StartProcess, http: httpx2.Client) -> None:
    """With port 0 a free port is taken and told, in exactly one line, when requests are served."""
    process = start_process()
    assert 1 == len(process.lines)
    assert re.fullmatch(r"sandbox ready at http://127\.0\.0\.1:[1-9]\d*\n", process.lines[0])
    assert 200 == http.get(f"{process.url}/_sandbox/health").status_code
    process.stop()
    assert [] == process.errors


def test_the_ready_line_of_tls_is_https(start_process: StartProcess, tmp_path: Path) -> None:
    """With --tls the address is https, after the lines that tell how to trust it."""
    process = start_process("--tls", env={"XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path)})
    assert re.fullmatch(r"sandbox ready at https://127\.0\.0\.1:\d+\n", process.lines[-1])
    assert process.lines[0].startswith("Trust the sandbox")


def test_a_port_in_use_is_one_sentence(start_process: StartProcess) -> None:
    """A second server on a port says so and what to do."""
    port = urlsplit(start_process().url).port
    said = fails("--port", str(port), "--database", "memory")
    assert f"Port {port} on 127.0.0.1 is in use; give another with --port." in said


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("nobody.invalid", "The host 'nobody.invalid' cannot be listened on: "),
        ("192.0.2.1", "Port 0 on 192.0.2.1 cannot be listened on: "),
        ("a" * 70 + ".example", "cannot be listened on: it is not the name or address of a host."),
        ("http://localhost", "cannot be listened on: "),
    ],
)
def test_a_bad_host_is_one_sentence(host: str, said: str) -> None:
    """A host that is none, or is not of this machine, is named."""
    with pytest.raises(SandboxError) as caught:
        serve(host=host, port=0, database="memory", tls=False, announce=print)
    assert said in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a_bad_start_is_one_sentence(tmp_path: Path) -> None:
    """A database that cannot be opened ends the command with one sentence and status 2, nothing half made."""
    said = fails("--port", "0", "--database", str(tmp_path / "nowhere" / "sandbox.db"))
    assert "does not exist; create it first." in said
    assert [] == list(tmp_path.iterdir())


@pytest.mark.sqlite
def test_a_second_server_on_one_file_is_refused(start_process: StartProcess, tmp_path: Path) -> None:
    """Two processes never serve one file; when the first is killed, the next one may."""
    first = start_process(database=tmp_path / "sandbox.db")
    assert "Another sandbox serves the database" in fails(
        "--port", "0", "--database", str(tmp_path / "sandbox.db")
    )
    first.kill()
    start_process(database=tmp_path / "sandbox.db")


def test_ipv6_is_served(start_process: StartProcess, http: httpx2.Client) -> None:
    """An IPv6 address is listened on, and shown in brackets."""
    process = start_process("--host", "::1")
    assert re.fullmatch(r"http://\[::1\]:\d+", process.url)
    sandbox = Sandbox(process.url, http)
    assert 200 == sandbox.control("POST", "/reset").status_code
    assert 200 == sandbox.call("GET", "/v1/customers").status_code


def test_every_address_is_shown_as_this_machine(start_process: StartProcess, http: httpx2.Client) -> None:
    """A server on all addresses names one that works on this machine, control routes included."""
    process = start_process("--host", "0.0.0.0")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", process.url)
    assert 200 == http.post(f"{process.url}/_sandbox/reset").status_code


def test_a_proxy_cannot_be_made_up(start_process: StartProcess, http: httpx2.Client) -> None:
    """A proxy on this machine names its client, who is refused control; the environment lets nobody else name one."""
    process = start_process(env={"FORWARDED_ALLOW_IPS": "*"})
    address = f"{process.url}/_sandbox/reset"
    assert 403 == http.post(address, headers={"X-Forwarded-For": "192.0.2.1"}).status_code
    assert 403 == http.post(address, headers={"X-Forwarded-For": "127.0.0.1, 192.0.2.1"}).status_code
    assert 200 == http.post(address).status_code


# Ending


@pytest.mark.sqlite
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_in_good_order(
    start_process: StartProcess, http: httpx2.Client, tmp_path: Path, number: signal.Signals
) -> None:
    """SIGTERM and SIGINT end it with status 0 and a whole database, though a client keeps its connection."""
    process = start_process(database=tmp_path / "sandbox.db")
    created = Sandbox(process.url, http).create_customer()["id"]
    with connected(process.url) as idle:
        idle.sendall(b"GET /_sandbox/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert 200 == answered(idle)[0]
        process.process.send_signal(number)
        assert 0 == process.process.wait(15)
    assert {"sandbox.db", "sandbox.db.lock"} == {path.name for path in tmp_path.iterdir()}
    with closing(sqlite3.connect(tmp_path / "sandbox.db")) as connection:
        assert [(created,)] == connection.execute("SELECT id FROM customers").fetchall()
    process.stop()
    assert not [line for line in process.errors if "Traceback" in line]


def test_a_signal_before_the_start_is_done_ends_it_too(tmp_path: Path) -> None:
    """Whenever SIGTERM comes, the process ends, and the database can be opened again."""
    for attempt in range(2):
        process = subprocess.Popen(
            [*COMMAND, "--port", "0", "--database", str(tmp_path / "sandbox.db")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + 20
        appeared = tmp_path / ("sandbox.db.lock" if attempt % 2 else "sandbox.db")
        while process.poll() is None and time.monotonic() < deadline and not appeared.exists():
            time.sleep(0.001)
        process.terminate()
        _, said = process.communicate(timeout=20)
        assert process.returncode in {0, -signal.SIGTERM}
        assert "Traceback" not in said
        for path in tmp_path.iterdir():
            path.unlink()


def test_a_write_that_began_is_finished(
    start_process: StartProcess, http: httpx2.Client, tmp_path: Path
) -> None:
    """Creates that are under way when the server is told to end are answered or not done; no answer is a lie."""
    process = start_process("--set", "customer_quota=100000", database=tmp_path / "sandbox.db")
    sandbox = Sandbox(process.url, http)
    token, acknowledged, enough = sandbox.token, [], threading.Event()

    def work() -> None:
        with httpx2.Client(timeout=30, trust_env=False) as own:
            while True:
                try:
                    answer = own.post(
                        f"{process.url}/v1/customers",
                        json=new_customer_body(),
                        headers={"Authorization": f"Bearer {token}"},
                    )
                except httpx2.TransportError:
                    return
                assert answer.status_code == 201, answer.text
                acknowledged.append(answer.json()["id"])
                if len(acknowledged) > 40:
                    enough.set()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert enough.wait(30)
    process.process.terminate()
    assert 0 == process.process.wait(15)
    for thread in threads:
        thread.join(30)
    with databases.opened(tmp_path / "sandbox.db") as connection:
        stored = {row["id"] for row in databases.rows_of(connection)["customers"]}
    assert set(acknowledged) <= stored


def test_a_half_sent_request_does_not_hold_up_the_end(
    start_process: StartProcess, http: httpx2.Client
) -> None:
    """A client that never ends its request is left behind after a few seconds."""
    process = start_process()
    sandbox = Sandbox(process.url, http)
    with connected(process.url) as slow:
        slow.sendall(head(sandbox, "POST", "/v1/customers", "Content-Length: 100") + b"{")
        assert 200 == sandbox.control("GET", "/health").status_code
        process.process.terminate()
        assert 0 == process.process.wait(15)


# Clients that behave badly


def test_a_body_over_the_limit_is_refused(sandbox: Sandbox) -> None:
    """More than 4 MiB is 413 in the gateway's form with the ids of every answer; exactly 4 MiB is read."""
    limit = 4 * 1024 * 1024
    headers = {"MS-CorrelationId": "0bada5a0-0000-4ca1-8ca1-0000000000aa"}
    answer = sandbox.call("POST", "/v1/customers", content=b" " * (limit + 1), headers=headers)
    assert (413, {"statusCode": 413, "message": "The body is longer than 4 MiB"}) == (
        answer.status_code,
        answer.json(),
    )
    assert headers["MS-CorrelationId"] == answer.headers["MS-CorrelationId"]
    assert answer.headers["MS-RequestId"]
    assert 400 == sandbox.call("POST", "/v1/customers", content=b" " * limit).status_code
    chunks = (b" " * 65536 for _ in range(100))
    token = {"Authorization": f"Bearer {sandbox.token}"}
    assert 413 == sandbox.http.post(f"{sandbox.url}/v1/customers", content=chunks, headers=token).status_code


def test_slow_clients_do_not_block_others(sandbox: Sandbox) -> None:
    """While clients hold half a head, half a body and an unread answer, others are served at once."""
    with (
        connected(sandbox.url) as half_head,
        connected(sandbox.url) as half_body,
        connected(sandbox.url) as unread,
    ):
        half_head.sendall(b"GET /v1/customers HTTP/1.1\r\nHos")
        half_body.sendall(head(sandbox, "POST", "/v1/customers", "Content-Length: 5000") + b"{")
        unread.sendall(head(sandbox, "GET", "/_sandbox/openapi.json") * 20)
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: sandbox.call("GET", "/v1/customers").status_code, range(50)))
        assert [200] * 50 == answers
        assert 201 == sandbox.call("POST", "/v1/customers", new_customer_body()).status_code


def test_half_a_request_is_not_carried_out(sandbox: Sandbox) -> None:
    """A delete whose body never came completely is not done, though its head was whole."""
    customer = sandbox.create_customer()["id"]
    for ending in ("Content-Length: 10", "Transfer-Encoding: chunked"):
        with connected(sandbox.url) as connection:
            connection.sendall(head(sandbox, "DELETE", f"/v1/customers/{customer}", ending) + b"3\r\n{}")
            connection.shutdown(socket.SHUT_WR)
            assert b"204" not in connection.recv(65536)
    assert 200 == sandbox.call("GET", f"/v1/customers/{customer}").status_code


def test_a_client_that_leaves_gets_its_effect_once(sandbox: Sandbox) -> None:
    """A client that sends a whole create and leaves before the answer may ask again under the same id."""
    body = new_customer_body()
    content = json.dumps(body).encode()
    request_id = "0bada5a0-0000-4ca1-8ca1-0000000000bb"
    with connected(sandbox.url) as connection:
        extra = (f"Content-Length: {len(content)}", f"MS-RequestId: {request_id}")
        connection.sendall(head(sandbox, "POST", "/v1/customers", *extra) + content)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    headers = {"MS-RequestId": request_id}
    first = sandbox.call("POST", "/v1/customers", content=content, headers=headers)
    again = sandbox.call("POST", "/v1/customers", content=content, headers=headers)
    assert (201, first.content) == (again.status_code, again.content)
    domains = [
        item["companyProfile"]["domain"] for item in sandbox.call("GET", "/v1/customers").json()["items"]
    ]
    assert [body["companyProfile"]["domain"]] == domains


def test_requests_in_one_packet_are_answered_in_order(sandbox: Sandbox) -> None:
    """Several requests sent at once on one connection get their answers in their order."""
    with connected(sandbox.url) as connection:
        paths = ("/v1/customers", "/nowhere", "/_sandbox/health")
        connection.sendall(b"".join(head(sandbox, "GET", path) for path in paths))
        reader = connection.makefile("rb")
        statuses = []
        for _ in paths:
            statuses.append(int(reader.readline().split()[1]))
            length = 0
            while (line := reader.readline()) != b"\r\n":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            reader.read(length)
        assert [200, 404, 200] == statuses


@pytest.mark.parametrize(
    "sent",
    [
        b"\0\0\0\0\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /v1/customers HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET http://other.example/v1/customers HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"CONNECT other.example:443 HTTP/1.1\r\nHost: other.example:443\r\n\r\n",
        b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
)
def test_strange_requests_are_refused(sandbox: Sandbox, sent: bytes) -> None:
    """What is no request for this server is answered with 4xx, and the server goes on."""
    with connected(sandbox.url) as connection:
        connection.sendall(sent)
        assert 400 <= answered(connection)[0] < 500
    assert 200 == sandbox.control("GET", "/health").status_code


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are counted in /proc")
def test_lost_clients_leave_nothing_behind(start_process: StartProcess, http: httpx2.Client) -> None:
    """Connections that were dropped at any point are closed, and their number does not grow."""
    process = start_process(*ONE_PROCESS)
    sandbox = Sandbox(process.url, http)
    sandbox.call("GET", "/v1/customers")

    number = process.process.pid
    before = open_files(number)
    whole = head(sandbox, "GET", "/v1/customers")
    for cut in range(0, len(whole) + 1, 20):
        with connected(process.url) as connection:
            connection.sendall(whole[:cut])
    deadline = time.monotonic() + 20
    while open_files(number) > before + 5 and time.monotonic() < deadline:
        assert 200 == sandbox.control("GET", "/health").status_code
    assert open_files(number) <= before + 5
