"""Kill -9 under a mixed load: customers, orders, changes, cancellations, deletions and sign-ins of many clients.

Each client has customers of its own and does one thing after the other, so what must be there is known exactly: all
that was answered, and of what was not, the whole of it or nothing, which the answer kept for its request id tells.

Where two servers share a database, one of them is killed and started again while the other goes on.
"""

from __future__ import annotations

import json
import os
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from tests import databases
from tests.conftest import Sandbox, SandboxProcess, new_customer_body
from tests.sandbox.conftest import StartProcess
from tests.sandbox.shopping import BASIC, in_order
from tests.sandbox.signing_in import sign_in_at

from partnercenter.contract import development_partner
from partnercenter.sandbox.store.sign_ins import digest_of

CLIENTS = 16
SETTINGS = {
    "customer_quota": 1_000_000,
    "subscription_quota": 10_000,
    "active_subscription_quota": 1_000_000,
    "seat_quota": 100_000,
    "customers_sign_directly": "true",
}
SERVED_WITH = [part for name, value in SETTINGS.items() for part in ("--set", f"{name}={value}")]
Start = Callable[[], SandboxProcess]
DONE = {"create": 201, "order": 201, "rename": 200, "change": 200, "cancel": 200, "delete": 204}
RECORDED = {
    "create": "add_customer",
    "order": "create_order",
    "rename": "update_customer_billing_profile",
    "change": "update_subscription",
    "cancel": "update_subscription",
    "delete": "delete_customer",
}


@dataclass
class Call:
    """One write, and its answer if there was one. `customer_id` of a create is that of its answer."""

    kind: str
    method: str
    path: str
    body: Any = None
    customer_id: str = ""
    wanted: Any = None
    request_id: str = field(default_factory=lambda: str(uuid4()))
    status: int = 0
    answer: bytes = b""

    def send(self, http: httpx2.Client, url: str, token: str) -> None:
        """Ask; the answer counts only when all of it has come."""
        headers = {"Authorization": f"Bearer {token}", "MS-RequestId": self.request_id}
        content = b"" if self.body is None else json.dumps(self.body).encode()
        answer = http.request(self.method, url + self.path, content=content, headers=headers)
        assert answer.status_code == DONE[self.kind], (self, answer.text)
        self.took(answer.status_code, answer.content)

    def took(self, status: int, answer: bytes) -> None:
        """Write down what was answered."""
        self.status, self.answer = status, answer
        if self.kind == "create":
            self.customer_id = json.loads(answer)["id"]


@dataclass
class Customer:
    """What a customer must be, by the calls that took effect."""

    name: str
    quantities: dict[str, int] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)

    def take(self, call: Call) -> None:
        """What an order, a rename, a change or a cancellation makes of it."""
        if call.kind == "order":
            line = json.loads(call.answer)["lineItems"][0]
            self.quantities[line["subscriptionId"]] = line["quantity"]
        elif call.kind == "rename":
            self.name = call.wanted
        elif call.kind == "change":
            subscription, quantity = call.wanted
            self.quantities[subscription] = quantity
        elif call.kind == "cancel":
            self.cancelled.add(call.wanted)

    @property
    def active(self) -> list[str]:
        """The subscriptions that block its deletion."""
        return sorted(self.quantities.keys() - self.cancelled)


def customers_after(calls: Iterable[Call]) -> dict[str, Customer]:
    """The customers that are there after calls that took effect."""
    customers: dict[str, Customer] = {}
    for call in calls:
        if call.kind == "create":
            customers[call.customer_id] = Customer(call.body["billingProfile"]["companyName"])
        elif call.kind == "delete":
            del customers[call.customer_id]
        else:
            customers[call.customer_id].take(call)
    return customers


@dataclass
class Client:
    """One of those at work, with the calls that it made and the refresh tokens that it was given.

    `servers` are the addresses of those that it may ask, each call any of them, as behind a load balancer.
    """

    servers: list[str]
    token: str
    refresh_tokens: list[str]
    calls: list[Call] = field(default_factory=list)
    lost_sign_ins: int = 0

    @property
    def url(self) -> str:
        """Whom to ask."""
        return random.choice(self.servers)

    def work(self, answered: Callable[[], object], over: threading.Event) -> None:
        """Do one thing after another until it is over, or its server is gone and there is no other to ask."""
        insists = len(self.servers) > 1 and random.random() < 0.7
        with httpx2.Client(timeout=60, trust_env=False) as http:
            while not over.is_set():
                try:
                    self.do_something(http)
                except httpx2.TransportError:
                    if not insists:
                        return
                else:
                    answered()

    def do_something(self, http: httpx2.Client) -> None:
        """Ask again what was not answered, or else the next thing."""
        if self.calls and not self.calls[-1].status:
            self.calls[-1].send(http, self.url, self.token)
        elif random.random() < 0.15:
            self.sign_in(http)
        else:
            self.calls.append(self.next_call(http))
            self.calls[-1].send(http, self.url, self.token)

    def next_call(self, http: httpx2.Client) -> Call:
        """Something to do: to a customer of its own, if it has one."""
        customers = customers_after(self.calls)
        if not customers or random.random() < 0.25:
            return Call("create", "POST", "/v1/customers", new_customer_body())
        one = random.choice(sorted(customers))
        path, customer = f"/v1/customers/{one}", customers[one]
        kind = random.choice(["order", "rename", "change", "cancel", "delete"])
        if kind == "rename":
            profile = self.read(http, f"{path}/profiles/billing")
            name = f"Renamed {uuid4()}"
            return Call(kind, "PUT", f"{path}/profiles/billing", {**profile, "companyName": name}, one, name)
        if kind in {"change", "cancel"} and customer.active:
            return self.subscription_call(http, kind, one, random.choice(customer.active))
        if kind == "delete" and not customer.active:
            return Call(kind, "DELETE", path, None, one)
        lines = [{"lineItemNumber": 0, **in_order(BASIC, random.randint(1, 9))}]
        return Call("order", "POST", f"{path}/orders", {"billingCycle": "monthly", "lineItems": lines}, one)

    def subscription_call(self, http: httpx2.Client, kind: str, customer_id: str, subscription: str) -> Call:
        """Seats more, or the end of it."""
        path = f"/v1/customers/{customer_id}/subscriptions/{subscription}"
        body = self.read(http, path)
        if kind == "cancel":
            return Call(kind, "PATCH", path, {**body, "status": "deleted"}, customer_id, subscription)
        quantity = body["quantity"] + 1
        return Call(
            kind, "PATCH", path, {**body, "quantity": quantity}, customer_id, (subscription, quantity)
        )

    def read(self, http: httpx2.Client, path: str) -> dict[str, Any]:
        """A document as it is now."""
        answer = http.get(self.url + path, headers={"Authorization": f"Bearer {self.token}"})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def sign_in(self, http: httpx2.Client) -> None:
        """Redeem the newest refresh token for the next one."""
        try:
            answer = redeem(http, self.url, self.refresh_tokens[-1])
        except httpx2.TransportError:
            self.lost_sign_ins += 1
            raise
        assert answer.status_code == 200, answer.text
        self.refresh_tokens.append(answer.json()["refresh_token"])


def redeem(http: httpx2.Client, url: str, refresh_token: str) -> httpx2.Response:
    """Ask for tokens by a refresh token."""
    form = {
        "grant_type": "refresh_token",
        "refresh_token": refresh_token,
        "client_id": development_partner.PUBLIC_CLIENT_ID,
    }
    return http.post(f"{url}/{development_partner.TENANT_ID}/oauth2/v2.0/token", data=form)


def first_refresh_token(http: httpx2.Client, url: str) -> str:
    """Sign in on the pages."""
    client, address = development_partner.PUBLIC_CLIENT_ID, "http://localhost:5000"
    query = f"client_id={client}&response_type=code&redirect_uri={address}&scope=openid+offline_access"
    tenant = f"{url}/{development_partner.TENANT_ID}/oauth2/v2.0"
    code = sign_in_at(f"{tenant}/authorize?{query}").partition("code=")[2].partition("&")[0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": address, "client_id": client}
    answer = http.post(f"{tenant}/token", data=form)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["refresh_token"])


@dataclass
class Stored:
    """What the database holds."""

    customers: dict[str, Customer]
    records: Counter[tuple[str, str]]
    replays: dict[str, tuple[int, bytes]]
    refresh_tokens: dict[str, bool]

    @classmethod
    def read(cls, database: Path | str) -> Stored:
        """Read it; the database must be sound, and every reference in it must lead somewhere."""
        with databases.left_behind(database) as connection:
            databases.check_sound(connection)
            rows = databases.rows_of(connection)
        keys = {row["key"]: row["id"] for row in rows["customers"]}
        customers = {row["id"]: Customer(row["company_name"]) for row in rows["customers"]}
        for row in rows["subscriptions"]:
            bought = customers[keys[row["customer_key"]]]
            bought.quantities[row["id"]] = json.loads(row["document"])["quantity"]
            if row["status"] == "deleted":
                bought.cancelled.add(row["id"])
        assert len(rows["orders"]) == sum(len(customer.quantities) for customer in customers.values())
        return cls(
            customers,
            Counter((row["customer_id"], row["operation_type"]) for row in rows["audit_records"]),
            {row["request_id"]: (row["status"], bytes(row["body"])) for row in rows["replays"]},
            {row["token_hash"]: row["redeemed_at"] is not None for row in rows["refresh_tokens"]},
        )

    def took_effect(self, call: Call) -> bool:
        """Whether a call that had no answer was carried out; its answer is taken from where it is kept."""
        if call.request_id not in self.replays:
            return False
        call.took(*self.replays[call.request_id])
        return True

    def check(self, effective: list[Call]) -> None:
        """Exactly what these calls lead to is there, each is recorded once, and no answer to them is forgotten."""
        expected = customers_after(effective)
        assert expected == self.customers
        assert self.records == Counter((call.customer_id, RECORDED[call.kind]) for call in effective)
        for call in effective:
            if call.customer_id in expected or call.kind == "delete":
                assert (call.status, call.answer) == self.replays[call.request_id]
        assert len(self.replays) == sum(
            call.customer_id in expected or call.kind == "delete" for call in effective
        )

    def check_sign_ins(self, clients: list[Client]) -> None:
        """Every refresh token that was given out is kept, marked where it was redeemed, and none is there twice."""
        for client in clients:
            hashes = [digest_of(token) for token in client.refresh_tokens]
            assert all(self.refresh_tokens[digest] for digest in hashes[:-1])
            assert hashes[-1] in self.refresh_tokens
        given = sum(len(client.refresh_tokens) for client in clients)
        lost = sum(client.lost_sign_ins for client in clients)
        assert given <= len(self.refresh_tokens) <= given + lost


def crash(processes: list[SandboxProcess], clients: list[Client], killed: int, start: Start) -> None:
    """Let clients work, and kill a server after a random number of answers; others go on until it is back."""
    answered, over = threading.Semaphore(0), threading.Event()
    threads = [threading.Thread(target=client.work, args=(answered.release, over)) for client in clients]
    for thread in threads:
        thread.start()
    wait_for(answered, 250)
    processes[killed].kill()
    if len(processes) > 1:
        wait_for(answered, 50)
        processes[killed] = start()
        for client in clients:
            client.servers[killed] = processes[killed].url
        wait_for(answered, 50)
    over.set()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


def wait_for(answered: threading.Semaphore, most: int) -> None:
    """Wait for a random number of answers."""
    for _ in range(random.randrange(1, most)):
        assert answered.acquire(timeout=60)


def survive(start: Start, http: httpx2.Client, database: Path | str, servers: int, rounds: int) -> None:
    """Crash, look, ask again, look again, and crash again, on one database; the servers crash by turns."""
    processes = [start() for _ in range(servers)]
    token = Sandbox(processes[0].url, http).token
    clients: list[Client] = [
        Client([], token, [first_refresh_token(http, processes[0].url)]) for _ in range(CLIENTS)
    ]
    effective: list[Call] = []
    for killed in islice(cycle(random.sample(range(servers), servers)), rounds):
        for client in clients:
            client.servers, client.calls = [process.url for process in processes], []
        crash(processes, clients, killed, start)
        calls = [call for client in clients for call in client.calls]
        stored = Stored.read(database)
        unanswered = [call for call in calls if not call.status]
        assert len(unanswered) <= CLIENTS
        happened = effective + [call for call in calls if call.status or stored.took_effect(call)]
        stored.check(happened)
        stored.check_sign_ins(clients)

        if servers == 1:
            processes[0] = start()
        there = customers_after(happened)
        answered = [
            call for call in calls if call.status and (call.customer_id in there or call.kind == "delete")
        ]
        for call in random.sample(answered, min(20, len(answered))) + unanswered:
            ask_again(call, http, random.choice(processes).url, token)
        ids = {call.request_id for call in happened}
        effective = happened + [call for call in unanswered if call.request_id not in ids]
        Stored.read(database).check(effective)
        for client in clients:
            client.servers = [process.url for process in processes]
            client.sign_in(http)


def ask_again(call: Call, http: httpx2.Client, url: str, token: str) -> None:
    """Under the same request id: the first answer once more, or the effect for the first time."""
    before = (call.status, call.answer)
    call.send(http, url, token)
    assert before in ((0, b""), (call.status, call.answer))


LONG = pytest.param(
    int(os.environ.get("PARTNERCENTER_CRASH_ROUNDS", "50")), id="long", marks=pytest.mark.prove
)


@pytest.mark.parametrize("rounds", [pytest.param(2, id="short"), LONG])
def test_a_mixed_load_survives_kills(
    start_process: StartProcess, http: httpx2.Client, tmp_path: Path, rounds: int
) -> None:
    """All that was answered is there, what was not is there once or not at all, and asking again is answered."""
    database = tmp_path / "sandbox.db"
    survive(lambda: start_process(*SERVED_WITH, database=database), http, database, 1, rounds)


@pytest.mark.parametrize("rounds", [pytest.param(1, id="short"), LONG])
def test_a_mixed_load_on_two_servers_survives_kills_of_one(
    url: str, start_process: StartProcess, http: httpx2.Client, rounds: int
) -> None:
    """The same of two servers of one database: one is killed and comes back while the other goes on."""
    survive(lambda: start_process(*SERVED_WITH, database=url), http, url, 2, rounds)
