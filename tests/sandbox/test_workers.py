"""Several processes behind one port: all of them answer, and none is left, whatever ends them or their parent."""

from __future__ import annotations

import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from tests import databases
from tests.conftest import Sandbox, new_customer_body
from tests.processes import is_gone, workers_of
from tests.sandbox.conftest import StartProcess
from tests.sandbox.sockets import answered, connected

from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.listening import SharedPort, listen
from partnercenter.sandbox.server import serve

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are found in /proc")

COMMAND = [sys.executable, "-m", "partnercenter", "sandbox", "serve"]
HEALTH = b"GET /_sandbox/health HTTP/1.1\r\nHost: localhost\r\n\r\n"
MANY = 32
REPLACED = "The worker process {} was ended by signal 9. Another worker takes its place.\n"


@pytest.fixture
def database() -> Iterator[str]:
    """The address of a new database."""
    made = databases.postgres().new()
    yield made
    databases.postgres().drop(made)


def wait_for(what: Callable[[], object]) -> None:
    """Wait until something is so; gives up after half a minute."""
    deadline = time.monotonic() + 30
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def sockets(url: str, state: str) -> set[str]:
    """The server's sockets on its port that are in a state, as /proc names them."""
    port = f":{urlsplit(url).port:04X}"
    lines = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()]
    return {f"socket:[{fields[9]}]" for fields in lines if fields[1].endswith(port) and fields[3] == state}


def listening(url: str) -> int:
    """How many processes accept connections."""
    return len(sockets(url, "0A"))


def shares(url: str, workers: Sequence[int]) -> list[int]:
    """How many of `MANY` new connections each worker answers."""
    before = sockets(url, "01")
    with ExitStack() as stack:
        connections = [stack.enter_context(connected(url)) for _ in range(MANY)]
        for connection in connections:
            connection.sendall(HEALTH)
        assert [200] * MANY == [answered(connection)[0] for connection in connections]
        established = sockets(url, "01") - before
        return [len(established & open_in(worker)) for worker in workers]


def open_in(process_id: int) -> set[str]:
    """What a process has open."""
    return {str(path.readlink()) for path in Path(f"/proc/{process_id}/fd").iterdir()}


# Serving


def test_workers_share_the_work_and_replace_each_other(
    start_process: StartProcess, http: httpx2.Client, database: str
) -> None:
    """Connections are spread, settings hold in each, who is killed is replaced, and all end with their parent."""
    process = start_process("--workers", "2", "--set", "customer_quota=3", database=database)
    assert [f"sandbox ready at {process.url}\n"] == process.lines
    first, second = workers_of(process.process.pid)
    assert_both_answer(process.url, first, second)
    for _ in range(8):
        with httpx2.Client(timeout=30, trust_env=False) as own:
            assert 3 == own.get(f"{process.url}/_sandbox/settings").json()["customer_quota"]

    os.kill(first, signal.SIGKILL)
    wait_for(lambda: listening(process.url) == 1)
    with httpx2.Client(timeout=30, trust_env=False) as own:
        created = Sandbox(process.url, own).create_customer()["id"]
    wait_for(lambda: listening(process.url) == 2)
    third = next(worker for worker in workers_of(process.process.pid) if worker != second)
    assert_both_answer(process.url, second, third)
    with httpx2.Client(timeout=30, trust_env=False) as own:
        assert 200 == Sandbox(process.url, own).call("GET", f"/v1/customers/{created}").status_code
    assert [REPLACED.format(first)] == process.errors

    process.process.kill()
    wait_for(lambda: is_gone(second) and is_gone(third))
    process.stop()
    assert [REPLACED.format(first)] == process.errors
    listen("127.0.0.1", urlsplit(process.url).port or 0).close()


def assert_both_answer(url: str, *workers: int) -> None:
    """Connections go to both workers, and to nobody else."""
    counts = shares(url, workers)
    assert MANY == sum(counts)
    assert min(counts) > MANY // 8, counts


@pytest.mark.prove
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_under_load_loses_nothing(
    http: httpx2.Client, database: str, number: signal.Signals
) -> None:
    """What was begun is finished and answered: each create is kept that was answered, and each that was kept was.

    SIGINT comes to the whole group, as from a terminal.
    """
    arguments = ("--port", "0", "--workers", "2", "--set", "customer_quota=100000", "--database", database)
    with started([*COMMAND, *arguments]) as (process, url):
        token = Sandbox(url, http).token
        workers = workers_of(process.pid)
        created: list[str] = []
        with ThreadPoolExecutor(6) as threads:
            load = [threads.submit(create_until_the_end, url, token, created) for _ in range(6)]
            wait_for(lambda: len(created) > 60)
            if number is signal.SIGINT:
                os.killpg(process.pid, number)
            else:
                process.send_signal(number)
            for one in load:
                one.result(30)
        assert 0 == process.wait(20)
        assert all(is_gone(worker) for worker in workers)
        assert ("", "") == process.communicate()
    with databases.opened(database) as connection:
        assert sorted(created) == sorted(row["id"] for row in databases.rows_of(connection)["customers"])


def create_until_the_end(url: str, token: str, created: list[str]) -> None:
    """Create customers, each over a connection of its own."""
    headers = {"Authorization": f"Bearer {token}", "Connection": "close"}
    while True:
        with httpx2.Client(timeout=30, trust_env=False) as own:
            try:
                answer = own.post(f"{url}/v1/customers", json=new_customer_body(), headers=headers)
            except httpx2.TransportError:
                return
            assert 201 == answer.status_code, answer.text
            created.append(answer.json()["id"])


@contextmanager
def started(command: Sequence[str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A sandbox whose processes are a group of their own, started as a shell does, and its address."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().split()[-1]
        finally:
            process.terminate()
            process.wait(60)


# The port


def test_a_shared_port_is_shared_with_nobody_else() -> None:
    """From the moment it is taken, before anybody listens, until it is given up."""
    with closing(SharedPort("127.0.0.1", 0)) as ours:
        for taken in (SharedPort, listen):
            with pytest.raises(
                SandboxError, match=f"Port {ours.number} on 127.0.0.1 is in use; give another"
            ):
                taken("127.0.0.1", ours.number)
        with closing(ours.for_one_process()) as first, closing(ours.for_one_process()) as second:
            first.listen()
            second.listen()
            with pytest.raises(SandboxError):
                SharedPort("127.0.0.1", ours.number)
    with closing(SharedPort("127.0.0.1", ours.number)) as again:
        assert ours.number == again.number


def test_a_port_in_use_is_one_sentence() -> None:
    """Whoever has it, and before the database is asked for."""
    with closing(SharedPort("127.0.0.1", 0)) as ours:
        said = refused(database="postgresql:///nowhere", port=ours.number)
    assert f"Port {ours.number} on 127.0.0.1 is in use; give another with --port." == said


# Refusals


@pytest.mark.parametrize(
    ("database", "settings", "sentence"),
    [
        ("memory", {}, "Several workers need a PostgreSQL database: give one with --database postgresql://"),
        ("sandbox.db", {}, "Several workers need a PostgreSQL database: "),
        (None, {}, "Several workers need a PostgreSQL database: "),
        (
            "postgresql://127.0.0.1:1/nowhere",
            {},
            "The PostgreSQL database nowhere on 127.0.0.1 cannot be used: ",
        ),
        ("postgresql://127.0.0.1:1/nowhere", {"nothing": "1"}, "There is no setting named 'nothing'"),
    ],
)
def test_a_bad_start_is_one_sentence(database: str | None, settings: dict[str, str], sentence: str) -> None:
    """Before a worker is started."""
    said = refused(database=database, settings=settings)
    assert sentence in said
    assert "\n" not in said


def refused(**given: Any) -> str:
    """Why two workers are not started."""
    with pytest.raises(SandboxError) as caught:
        serve(**{"host": "127.0.0.1", "port": 0, "tls": False, "workers": 2, "announce": print, **given})
    return str(caught.value)


# Longer


@pytest.mark.prove
def test_tls_and_the_control_token_hold_in_every_worker(
    start_process: StartProcess, database: str, tmp_path: Path
) -> None:
    """How to trust it is told once; each worker has the certificate, and looks at the token."""
    environment = {
        "XDG_DATA_HOME": str(tmp_path),
        "HOME": str(tmp_path),
        "PARTNERCENTER_SANDBOX_CONTROL_TOKEN": "canary-control-token",
    }
    process = start_process("--workers", "2", "--tls", database=database, env=environment)
    assert 1 == sum(line.startswith("Trust the sandbox") for line in process.lines)
    assert 1 == sum(line.startswith("sandbox ready at https://") for line in process.lines)
    authority = tmp_path / "partnercenter" / "tls" / "ca.pem"
    context = ssl.create_default_context(cafile=authority)
    for _ in range(12):
        with httpx2.Client(timeout=30, trust_env=False, verify=context) as own:
            assert 403 == own.get(f"{process.url}/_sandbox/settings").status_code
            token = {"Authorization": "Bearer canary-control-token"}
            assert 200 == own.get(f"{process.url}/_sandbox/settings", headers=token).status_code


@pytest.mark.prove
def test_one_socket_for_all_serves_too(database: str) -> None:
    """Where the system does not spread connections, all workers accept from the socket of their parent."""
    program = f"""
from partnercenter.sandbox import listening, server
listening._IS_SPREAD_BY_THE_SYSTEM = False
server.serve(host="127.0.0.1", port=0, database={database!r}, tls=False, workers=2,
             announce=lambda line: print(line, flush=True))
"""
    with started([sys.executable, "-c", program]) as (process, url):
        assert 1 == listening(url)
        assert MANY == sum(shares(url, workers_of(process.pid)))
        process.terminate()
        assert 0 == process.wait(20)
        assert ("", "") == process.communicate()


@pytest.mark.prove
def test_a_worker_that_cannot_begin_ends_all_with_its_sentence(database: str) -> None:
    """As when the database has room for the parent's sessions, and for those of a few workers, but not of all."""
    server, name = databases.postgres(), urlsplit(database).path[1:]
    server.run(f"ALTER DATABASE {name} OWNER TO {databases.WITH_PASSWORD}")
    server.run(f"ALTER DATABASE {name} CONNECTION LIMIT 6")
    limited = database.replace("//postgres:@", f"//{databases.WITH_PASSWORD}@")
    environment = {**os.environ, "PGPASSWORD": "the right one"}
    done = subprocess.run(
        [*COMMAND, "--port", "0", "--workers", "6", "--database", limited],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
        env=environment,
    )
    assert (2, "") == (done.returncode, done.stdout)
    sentence = done.stderr.splitlines()[-1]
    assert f"The PostgreSQL database {name}" in sentence
    assert "too many connections" in sentence
    wait_for(lambda: not sessions(name))


@pytest.mark.prove
def test_what_cannot_be_replaced_is_tried_again_after_growing_pauses(
    start_process: StartProcess, database: str
) -> None:
    """While no worker can begin the other one serves, and the place is filled when it can be."""
    process = start_process("--workers", "2", database=database)
    first, second = workers_of(process.process.pid)
    assert_both_answer(process.url, first, second)  # who has a session keeps it
    name = urlsplit(database).path[1:]
    databases.postgres().run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: len(process.errors) > 3)
    began = time.monotonic()
    while time.monotonic() < began + 4:
        assert 200 == httpx2.get(f"{process.url}/_sandbox/health", trust_env=False).status_code
    assert 7 > len(process.errors)
    assert not is_gone(second)
    databases.postgres().run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    wait_for(lambda: listening(process.url) == 2)
    assert process.errors[0] == REPLACED.format(first)
    for line in process.errors[1:]:
        assert "is not currently accepting connections" in line
        assert line.endswith(" Another worker takes its place.\n")


@pytest.mark.prove
def test_a_signal_ends_all_at_any_moment_of_the_start(database: str) -> None:
    """Whenever SIGTERM comes, or SIGINT to the group, nothing is left and nothing is said."""
    for attempt in range(12):
        process = subprocess.Popen(
            [*COMMAND, "--port", "0", "--workers", "2", "--database", database],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        while not workers_of(process.pid):  # before, it is Python that begins
            assert process.poll() is None
            time.sleep(0.02)
        time.sleep(0.3 * (attempt // 2))
        workers = workers_of(process.pid)
        if attempt % 2:
            os.killpg(process.pid, signal.SIGINT)
        else:
            process.terminate()
        said = process.communicate(timeout=60)
        assert (0, "") == (process.returncode, said[1])
        assert all(is_gone(worker) for worker in workers)


def sessions(database: str) -> int:
    """How many sessions a database has."""
    query = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{database}'"  # noqa: S608
    return int(databases.postgres().run(query)[0][0])
