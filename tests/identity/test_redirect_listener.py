"""The loopback address at the end of a sign-in: one answer of this very sign-in, and nothing for anybody else."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from partnercenter.identity.redirect_listener import RedirectListener

STATE = "the-state-that-was-sent"


class Waiting:
    """A listener that waits, in a thread; `answer` is what it got."""

    def __init__(self) -> None:
        self.listener = RedirectListener()
        self.url = self.listener.redirect_uri
        self.port = urlsplit(self.url).port
        self.answer: Any = None
        self._thread = threading.Thread(target=self._wait)
        self._thread.start()

    def _wait(self) -> None:
        self.answer = self.listener.wait(STATE, 20)

    def got(self) -> Any:
        """Wait for the answer."""
        self._thread.join(30)
        return self.answer


@pytest.fixture
def waiting() -> Iterator[Waiting]:
    """A listener in the middle of a sign-in."""
    begun = Waiting()
    try:
        yield begun
    finally:
        httpx2.get(f"{begun.url}?code=end&state={STATE}", trust_env=False)
        begun.got()
        begun.listener.close()


def test_what_is_not_the_answer_is_not_taken(waiting: Waiting, http: httpx2.Client) -> None:
    """Another state, none, one twice, another page, another host, another form: refused, and nothing of it shown."""
    url, good = waiting.url, {"code": "c0de", "state": STATE}
    refused = [
        http.post(url, data={"code": "c0de", "state": "another"}),
        http.post(url, data={"code": "c0de"}),
        http.get(url, params=[("code", "c0de"), ("state", STATE), ("state", "another")]),
        http.get(f"{url}?code=c0de&state=%FF"),
        http.get(url),
        http.get(f"{url}/favicon.ico", params=good),
        http.post(url, data=good, headers={"Host": f"evil.example:{waiting.port}"}),
        http.post(url, json=good),
        http.post(url, content=b"x" * 65_537, headers={"Content-Type": "application/x-www-form-urlencoded"}),
        http.put(url, data=good),
    ]
    assert [400, 400, 400, 400, 404, 404, 404, 400, 400, 501] == [answer.status_code for answer in refused]
    assert not any("c0de" in answer.text or STATE in answer.text for answer in refused)
    assert waiting.answer is None
    assert waiting.listener.refused
    taken = http.post(url, data=good)
    assert 200 == taken.status_code
    assert "default-src 'none'" in taken.headers["Content-Security-Policy"]
    assert good == waiting.got()


def test_an_idle_connection_does_not_hold_it_up(waiting: Waiting, http: httpx2.Client) -> None:
    """As browsers open them in advance."""
    with socket.create_connection(("127.0.0.1", waiting.port or 0)):
        refusal = {"error": "access_denied", "state": STATE}
        assert 200 == http.post(waiting.url, data=refusal, timeout=5).status_code
        assert {"error": "access_denied", "state": STATE} == waiting.got()


def test_it_listens_on_loopback_only() -> None:
    """On no interface that another machine could reach."""
    with RedirectListener() as listener:
        names = {server.server_address[0] for server in listener._servers}
    assert names <= {"127.0.0.1", "::1"}


def test_it_stops_waiting() -> None:
    """When the time is over, and after that nobody listens any more."""
    with RedirectListener() as listener:
        assert listener.wait(STATE, 0.01) is None
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(listener.redirect_uri, trust_env=False)
