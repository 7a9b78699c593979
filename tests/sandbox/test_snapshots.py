"""Snapshots: everything is saved and comes back, whole or not at all, whatever happens to the process meanwhile."""

from __future__ import annotations

import json
import random
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import httpx2
import pytest
from tests import databases
from tests.conftest import Sandbox, SandboxProcess, new_customer_body
from tests.sandbox.conftest import BLOCKED, OF_OTHER, OWN, WORLD, StartProcess, StartSandbox

from partnercenter.contract import development_partner
from partnercenter.sandbox.errors import StorageError
from partnercenter.sandbox.store.schema import metadata
from partnercenter.sandbox.store.snapshots import FolderShelf

CUSTOMER = f"/v1/customers/{OWN}"


def save(sandbox: Sandbox, name: str, **members: Any) -> dict[str, Any]:
    """Keep the state under a name."""
    answer = sandbox.control("POST", "/snapshots", {"name": name, **members})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def restore(sandbox: Sandbox, name: str) -> None:
    """Come back to it."""
    answer = sandbox.control("POST", f"/snapshots/{name}/restore")
    assert answer.status_code == 200, answer.text


def names(sandbox: Sandbox) -> list[str]:
    """What was kept."""
    return [kept["name"] for kept in sandbox.control("GET", "/snapshots").json()["snapshots"]]


def shown(sandbox: Sandbox) -> dict[str, Any]:
    """The state as callers see it."""
    other = sandbox.mint(**OF_OTHER)
    return {
        "customers": sandbox.call("GET", "/v1/customers").json()["items"],
        "of another": sandbox.call("GET", "/v1/customers", token=other).json()["items"],
        "orders": sandbox.call("GET", f"/v1/customers/{BLOCKED}/orders").json(),
        "records": sandbox.call("GET", "/v1/auditrecords").json()["items"],
        "settings": sandbox.control("GET", "/settings").json(),
        "ahead": sandbox.control("GET", "/clock").json()["ahead"],
    }


def rows(file: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with databases.opened(file) as connection:
        found = databases.rows_of(connection)
    return {name: sorted((tuple(row.values()) for row in found[name]), key=repr) for name in metadata.tables}


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SandboxProcess, Path]]:
    """One process of this module with its database in a file, and the file."""
    file = tmp_path_factory.mktemp("snapshots") / "sandbox.db"
    process = SandboxProcess(database=str(file))
    try:
        yield process, file
    finally:
        process.stop()


@pytest.fixture
def in_file(filed: tuple[SandboxProcess, Path], http: httpx2.Client) -> Iterator[Sandbox]:
    """That sandbox with the world in it, and without snapshots."""
    sandbox = Sandbox(filed[0].url, http)
    sandbox.seed(WORLD)
    yield sandbox
    forget(sandbox)


@pytest.fixture
def in_memory(world: Sandbox) -> Iterator[Sandbox]:
    """A sandbox in memory with the world in it, and without snapshots."""
    yield world
    forget(world)


@pytest.fixture(params=["in_memory", "in_file"])
def kept(request: pytest.FixtureRequest) -> Sandbox:
    """Either of them."""
    return cast(Sandbox, request.getfixturevalue(request.param))


def forget(sandbox: Sandbox) -> None:
    """Delete every snapshot."""
    for name in names(sandbox):
        assert sandbox.control("DELETE", f"/snapshots/{name}").status_code == 200


def test_everything_comes_back(kept: Sandbox) -> None:
    """Customers of every partner, orders, records, settings and clock, after all of it was changed."""
    kept.set(customer_quota=9)
    kept.control("PATCH", "/clock", {"advance": "P7D"})
    before = shown(kept)
    save(kept, "before-sweep")
    assert 204 == kept.call("DELETE", CUSTOMER).status_code
    made = kept.create_customer()["id"]
    kept.set(customer_quota=None, active_orders_separator=" | ")
    kept.control("PATCH", "/clock", {"advance": "P60D"})
    assert before != shown(kept)
    restore(kept, "before-sweep")
    assert before == shown(kept)
    assert 404 == kept.call("GET", f"/v1/customers/{made}").status_code
    assert 204 == kept.call("DELETE", CUSTOMER).status_code
    kept.control("POST", "/reset")
    restore(kept, "before-sweep")
    assert before == shown(kept)


def test_every_row_comes_back(in_file: Sandbox, filed: tuple[SandboxProcess, Path]) -> None:
    """Each value of each table, the answers kept for replays among them; the signing keys were never gone."""
    sandbox, file = in_file, filed[1]
    sandbox.seed({**WORLD, "settings": {"customer_list_lag_seconds": 600}})
    sandbox.call("POST", "/v1/customers", new_customer_body(), headers={"MS-RequestId": str(uuid4())})
    sandbox.create_customer(companyName="Füße & 東京 \U0001f600")
    gone = sandbox.create_customer()["id"]
    sandbox.call("DELETE", f"/v1/customers/{gone}", headers={"MS-RequestId": str(uuid4())})
    sandbox.control("PATCH", "/clock", {"advance": "PT1S"})
    before = rows(file)
    assert before["replays"]
    assert before["departures"]
    save(sandbox, "all")
    sandbox.seed("demo")
    assert before != rows(file)
    restore(sandbox, "all")
    assert before == rows(file)


def test_tokens_are_good_before_and_after(kept: Sandbox) -> None:
    """A token from before a snapshot, one from after it and one of a partner that comes back with it."""
    first = kept.token
    save(kept, "a")
    second, other = kept.mint(), kept.mint(**OF_OTHER)
    kept.seed("empty")
    assert 403 == kept.call("GET", "/v1/customers", token=other).status_code
    restore(kept, "a")
    answers = [kept.call("GET", "/v1/customers", token=token).status_code for token in (first, second, other)]
    assert [200, 200, 200] == answers


def test_what_was_restored_is_repeated_as_then(kept: Sandbox) -> None:
    """A delete that came after the snapshot is done again under its request id; one before it is not."""
    before, after = ({"MS-RequestId": str(uuid4())} for _ in range(2))
    body = new_customer_body()
    first = kept.call("POST", "/v1/customers", body, headers=before)
    save(kept, "a")
    assert 204 == kept.call("DELETE", CUSTOMER, headers=after).status_code
    restore(kept, "a")
    assert first.content == kept.call("POST", "/v1/customers", body, headers=before).content
    assert 200 == kept.call("GET", CUSTOMER).status_code
    assert 204 == kept.call("DELETE", CUSTOMER, headers=after).status_code
    assert 404 == kept.call("GET", CUSTOMER).status_code


def test_ids_of_pages_are_not_mixed_up(kept: Sandbox) -> None:
    """A customer that is created after a restore never takes the place of one that was undone."""
    save(kept, "a")
    kept.create_customer()
    page = kept.call("GET", "/v1/customers?size=4").json()
    token = kept.call("GET", "/v1/customers?size=3").json()["continuationToken"]
    assert 4 == page["totalCount"]
    restore(kept, "a")
    made = kept.create_customer()["id"]
    following = kept.call("GET", "/v1/customers?size=3", headers={"MS-ContinuationToken": token}).json()
    assert [made] == [item["id"] for item in following["items"]]


@pytest.mark.sqlite
def test_snapshots_outlive_a_restart(
    start_process: StartProcess, http: httpx2.Client, tmp_path: Path
) -> None:
    """They stand beside the database file, for its owner alone, and are restored by the next process."""
    first = start_process(database=tmp_path / "sandbox.db")
    sandbox = Sandbox(first.url, http)
    sandbox.seed(WORLD)
    sandbox.set(customer_quota=9)
    before = shown(sandbox)
    save(sandbox, "Kept_1-a")
    sandbox.control("POST", "/reset")
    first.kill()
    folder = tmp_path / "sandbox.db.snapshots"
    assert ["Kept_1-a.snapshot"] == [path.name for path in folder.iterdir()]
    assert (0o700, 0o600) == (
        stat.S_IMODE(folder.stat().st_mode),
        stat.S_IMODE((folder / "Kept_1-a.snapshot").stat().st_mode),
    )
    again = Sandbox(start_process(database=tmp_path / "sandbox.db").url, http)
    restore(again, "Kept_1-a")
    assert before == shown(again)


def test_a_setting_of_the_command_line_wins_over_a_snapshot(start_sandbox: StartSandbox) -> None:
    """As it wins over what the database keeps."""
    sandbox = start_sandbox("--set", "customer_quota=3")
    sandbox.set(default_page_size=7)
    save(sandbox, "a")
    sandbox.set(customer_quota=5, default_page_size=8)
    restore(sandbox, "a")
    values = sandbox.control("GET", "/settings").json()
    assert (3, 7) == (values["customer_quota"], values["default_page_size"])


def test_snapshots_are_listed(kept: Sandbox) -> None:
    """By name, with when they were made, what they hold and how large they are."""
    assert [] == names(kept)
    second = save(kept, "b")
    kept.seed("empty")
    first = save(kept, "a")
    assert {"snapshots": [first, second]} == kept.control("GET", "/snapshots").json()
    assert ["name", "madeAt", "counts", "size"] == list(first)
    counts = {"partners": 4, "customers": 6, "orders": 2, "subscriptions": 0}
    assert ("b", counts, True) == (second["name"], second["counts"], second["size"] > first["size"] > 0)
    assert second["madeAt"] < first["madeAt"]


def test_a_name_is_not_taken_twice(kept: Sandbox) -> None:
    """Unless it is said that the first one gives way."""
    save(kept, "a")
    kept.seed("empty")
    answer = kept.control("POST", "/snapshots", {"name": "a"})
    assert (400, True) == (answer.status_code, "There is a snapshot 'a' already" in answer.json()["error"])
    restore(kept, "a")
    assert 200 == kept.call("GET", CUSTOMER).status_code
    kept.seed("empty")
    assert 0 == save(kept, "a", replace=True)["counts"]["customers"]
    assert ["a"] == names(kept)


def test_snapshots_are_deleted(kept: Sandbox) -> None:
    """The answer shows what is left, and the state stays as it is."""
    save(kept, "a")
    save(kept, "b")
    assert ["b"] == [one["name"] for one in kept.control("DELETE", "/snapshots/a").json()["snapshots"]]
    assert (404, "There is no snapshot 'a'; there are: b.") == (
        (answer := kept.control("POST", "/snapshots/a/restore")).status_code,
        answer.json()["error"],
    )
    assert 200 == kept.call("GET", CUSTOMER).status_code


def test_a_name_that_is_not_there_is_named(in_memory: Sandbox) -> None:
    """404, with the nearest one that is."""
    sandbox = in_memory
    assert "there are: none." in sandbox.control("DELETE", "/snapshots/a").json()["error"]
    save(sandbox, "before-sweep")
    for method, path in (("DELETE", "/snapshots/before-swep"), ("POST", "/snapshots/before-swep/restore")):
        answer = sandbox.control(method, path)
        assert (404, "There is no snapshot 'before-swep'; did you mean before-sweep?") == (
            answer.status_code,
            answer.json()["error"],
        )


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ({}, 'A snapshot needs a name: {"name": "before-sweep"}.'),
        ({"name": 5}, "A snapshot needs a name"),
        (
            {"name": ""},
            "A snapshot's name has up to 64 letters, digits, hyphens and underscores; '' has not.",
        ),
        ({"name": "x" * 65}, "has up to 64 letters"),
        ({"name": "../up"}, "has up to 64 letters"),
        ({"name": "a/b"}, "has up to 64 letters"),
        ({"name": "a.b"}, "has up to 64 letters"),
        ({"name": "a b"}, "has up to 64 letters"),
        ({"name": "a\n"}, "has up to 64 letters"),
        ({"name": "é"}, "has up to 64 letters"),
        ({"name": "\ud800"}, "has up to 64 letters"),
        ({"name": "a", "replace": "yes"}, "The member replace of a snapshot must be true or false."),
        ({"nme": "a"}, "A snapshot has no member 'nme'; did you mean name?"),
    ],
)
def test_a_wrong_name_is_one_sentence(sandbox: Sandbox, order: dict[str, Any], said: str) -> None:
    """400, and nothing is kept."""
    answer = sandbox.control("POST", "/snapshots", content=json.dumps(order).encode())
    assert (400, True) == (answer.status_code, said in answer.json()["error"]), answer.text
    assert [] == names(sandbox)


@pytest.mark.parametrize("name", ["..%2Fsandbox", "%2e%2e", "a%2Fb", "%00", "a.snapshot"])
def test_a_path_leads_to_no_other_file(kept: Sandbox, name: str) -> None:
    """A name in a path that is none is not there, whatever it would be on the disk."""
    save(kept, "a")
    assert 404 == kept.control("POST", f"/snapshots/{name}/restore").status_code
    assert 404 == kept.control("DELETE", f"/snapshots/{name}").status_code
    assert ["a"] == names(kept)


def damage_head(text: str) -> str:
    """Of another version."""
    return text.replace('"schema":"', '"schema":"9', 1)


DAMAGES = {
    "cut": (lambda text: text[: len(text) // 2], "it is damaged. Nothing was changed."),
    "without its end": (lambda text: text.rpartition("{")[0], "it is damaged. Nothing was changed."),
    "a letter": (
        lambda text: text.replace("Customer 01", "Customer 99"),
        "it is damaged. Nothing was changed.",
    ),
    "empty": (lambda text: text[:0], "it is damaged. Nothing was changed."),
    "not JSON": (lambda text: "x" + text, "it is damaged. Nothing was changed."),
    "another version": (damage_head, "another version of partnercenter has made it (schema 9"),
}


@pytest.mark.sqlite
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_snapshot_changes_nothing(
    in_file: Sandbox, filed: tuple[SandboxProcess, Path], damage: str
) -> None:
    """It is refused in one sentence, is listed, and can be deleted."""
    sandbox, file = in_file, filed[1]
    save(sandbox, "a")
    stored = file.with_name("sandbox.db.snapshots") / "a.snapshot"
    spoil, said = DAMAGES[damage]
    stored.write_text(spoil(stored.read_text(encoding="utf-8")), encoding="utf-8")
    sandbox.seed("demo")
    before = rows(file)
    answer = sandbox.control("POST", "/snapshots/a/restore")
    assert (400, True) == (answer.status_code, said in answer.json()["error"]), answer.text
    assert before == rows(file)
    assert ["a"] == names(sandbox)
    assert {"snapshots": []} == sandbox.control("DELETE", "/snapshots/a").json()


@pytest.mark.sqlite
def test_a_folder_that_cannot_be_made_is_one_sentence(start_sandbox: StartSandbox, tmp_path: Path) -> None:
    """500 with the reason of the disk; the sandbox goes on."""
    sandbox = start_sandbox(database=tmp_path / "sandbox.db")
    (tmp_path / "sandbox.db.snapshots").write_text("in the way")
    answer = sandbox.control("POST", "/snapshots", {"name": "a"})
    assert 500 == answer.status_code
    assert "The snapshot could not be stored or read at " in answer.json()["error"]
    assert 200 == sandbox.call("GET", "/v1/customers").status_code


def test_writes_go_on_while_a_snapshot_is_made(start_sandbox: StartSandbox, tmp_path: Path) -> None:
    """It holds the state of one commit: every customer of it has its domain and its record, and no other has."""
    sandbox = start_sandbox("--set", "customer_quota=100000", database=tmp_path / "sandbox.db")
    token, ended = sandbox.token, threading.Event()

    def work() -> None:
        with httpx2.Client(timeout=30, trust_env=False) as own:
            while not ended.is_set():
                headers = {"Authorization": f"Bearer {token}"}
                made = own.post(f"{sandbox.url}/v1/customers", json=new_customer_body(), headers=headers)
                assert made.status_code == 201, made.text

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    kept = [save(sandbox, f"s{number}")["counts"]["customers"] for number in range(5)]
    ended.set()
    for thread in threads:
        thread.join(30)
    for number, count in enumerate(kept):
        restore(sandbox, f"s{number}")
        held = rows(tmp_path / "sandbox.db")
        assert [count] * 2 == [len(held["customers"]), len(held["audit_records"])]
        assert {row[2] for row in held["customers"]} == {row[2] for row in held["audit_records"]}


@pytest.mark.sqlite
def test_what_was_begun_is_swept_away(tmp_path: Path) -> None:
    """A snapshot that could not be written to its end leaves the older one; what a killed process left goes too."""
    shelf = FolderShelf(tmp_path / "kept")
    shelf.put("a", [b"whole\n"])

    def breaking() -> Iterator[bytes]:
        yield b"half"
        raise OSError(28, "No space left on device")

    with pytest.raises(StorageError, match="No space left on device"):
        shelf.put("a", breaking())
    (tmp_path / "kept" / "b.x.unfinished").write_bytes(b"half")
    with closing(FolderShelf(tmp_path / "kept").open("a") or BytesIO()) as lines:
        assert b"whole\n" == lines.read()
    assert ["a.snapshot"] == [path.name for path in (tmp_path / "kept").iterdir()]


@pytest.mark.sqlite
def test_a_kill_leaves_no_half_snapshot(
    start_process: StartProcess, http: httpx2.Client, tmp_path: Path
) -> None:
    """Killed while it saves over an older one: the snapshot is the old or the new state, and nothing else is left."""
    file = tmp_path / "sandbox.db"
    folder = tmp_path / "sandbox.db.snapshots"
    partner = {"tenantId": development_partner.TENANT_ID, "companyName": "x", "domain": "x.onmicrosoft.com"}
    customers = [{"companyName": f"Customer {number}"} for number in range(1500)]
    process = start_process(database=file)
    sandbox = Sandbox(process.url, http)
    sandbox.seed("demo")
    save(sandbox, "a")
    sandbox.seed({"partners": [{**partner, "customers": customers}]})
    for attempt in range(2):

        def save_until_killed(url: str = process.url) -> None:
            with httpx2.Client(timeout=30, trust_env=False) as own:
                try:
                    own.post(f"{url}/_sandbox/snapshots", json={"name": "a", "replace": True})
                except httpx2.TransportError:
                    return

        saving = threading.Thread(target=save_until_killed)
        saving.start()
        if attempt:
            saving.join(random.uniform(0.0, 0.2))
        else:
            while not list(folder.glob("*.unfinished")) and saving.is_alive():
                pass
        process.kill()
        saving.join(30)
        process = start_process(database=file)
        sandbox = Sandbox(process.url, http)
        assert ["a.snapshot"] == [path.name for path in folder.iterdir()]
        restore(sandbox, "a")
        listed = sandbox.call("GET", "/v1/customers?size=500").json()["totalCount"]
        assert listed in {5, 500}
