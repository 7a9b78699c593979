"""`client.request`: the way to operations that the package has no method for."""

from __future__ import annotations

from typing import Any

import pytest
from tests.client.conftest import SECRET_TOKEN, Answer, Door, ScriptedServer, fault

from partnercenter import NotFoundError

OWN = "aaaaaaaa-0000-4000-8000-00000000000a"


def test_a_raw_request_has_everything_a_call_has(server: ScriptedServer, door: Door) -> None:
    """A raw request carries token, ids and body, is retried, and its answer is handed out."""
    server.answers(Answer(503), Answer(202, json={"ok": True}, headers={"Location": "/x"}))
    got = door.call(
        server.url, lambda client: client.request("post", "/v1/invoices?x=1&y=%C3%A4", json={"a": [1, "ä"]})
    )
    assert (202, {"ok": True}, "/x") == (got.status_code, got.json(), got.headers["location"])
    sent = server.requests[1]
    assert ("POST", "/v1/invoices?x=1&y=%C3%A4") == (sent.method, sent.target)
    assert {"a": [1, "ä"]} == sent.json
    assert f"Bearer {SECRET_TOKEN}" == sent.headers["authorization"]
    assert server.requests[0].request_id == sent.request_id


@pytest.mark.parametrize("body", [[], {}, "success", 0, False])
def test_every_json_value_can_be_a_body(server: ScriptedServer, door: Door, body: Any) -> None:
    """Lists, texts, numbers and false are bodies; only None means none."""
    server.answers(Answer(204))
    door.call(server.url, lambda client: client.request("PUT", "/v1/x", json=body))
    assert body == server.requests[0].json


def test_a_refused_raw_request_raises(server: ScriptedServer, door: Door) -> None:
    """A refusal of a raw request raises the same exceptions as any call."""
    server.answers(Answer(404, json=fault(1000, "Not found.")))
    with pytest.raises(NotFoundError, match=r"DELETE /v1/x was refused with 404, code 1000"):
        door.call(server.url, lambda client: client.request("delete", "/v1/x?secret=1"))


def test_a_redirect_is_handed_out(server: ScriptedServer, door: Door) -> None:
    """A redirect of a raw request is returned, not followed."""
    server.answers(Answer(302, headers={"Location": "https://storage.example/x"}))
    got = door.call(server.url, lambda client: client.request("GET", "/v1/x"))
    assert (302, 1) == (got.status_code, len(server.requests))


def test_own_headers_go_along(server: ScriptedServer, door: Door) -> None:
    """Headers of the caller are sent, and a request id of the caller replaces ours in any case of its name."""
    server.answers(Answer(204))
    headers = {"ms-requestid": OWN, "X-Locale": "de-DE", "Accept": "text/csv"}
    door.call(server.url, lambda client: client.request("GET", "/v1/x", headers=headers))
    sent = server.requests[0].headers
    assert (OWN, "de-DE", "text/csv") == (sent["ms-requestid"], sent["x-locale"], sent["accept"])


@pytest.mark.parametrize(
    "headers",
    [
        {"MS-RequestId": "mine"},
        {"ms-correlationid": ""},
        {"authorization": "Bearer x"},
        {"X-Name": "a\r\nHost: evil.example"},
        {"X-Näme": "a"},
        {"X-Name": "ñ"},
    ],
)
def test_odd_headers_are_refused(server: ScriptedServer, door: Door, headers: dict[str, str]) -> None:
    """Ids that are no GUIDs, a token, and what cannot stand in a header raise ValueError."""
    with pytest.raises(ValueError, match=r"must be|leave it out"):
        door.call(server.url, lambda client: client.request("GET", "/v1/x", headers=headers))
    assert [] == server.requests


@pytest.mark.parametrize(
    "path",
    [
        "",
        "v1/x",
        "//evil.example/x",
        "/\\evil.example",
        "https://evil.example/x",
        "@evil.example",
        "/v1/a b",
        "/v1/x#y",
        "/v1/x\r\nHost: evil.example",
        "\t/v1",
    ],
)
def test_odd_paths_are_refused(server: ScriptedServer, door: Door, path: str) -> None:
    """A path that would leave the endpoint or cannot be sent raises ValueError."""
    with pytest.raises(ValueError, match="path must begin with one slash"):
        door.call(server.url, lambda client: client.request("GET", path))
    assert [] == server.requests


def test_what_is_no_json_is_refused(server: ScriptedServer, door: Door) -> None:
    """A number that JSON has no word for raises ValueError before anything is sent."""
    with pytest.raises(ValueError, match="JSON"):
        door.call(server.url, lambda client: client.request("POST", "/v1/x", json={"n": float("nan")}))
    assert [] == server.requests
