"""What docs/control.md says of the control routes is what the sandbox does."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from tests.conftest import Sandbox
from tests.sandbox.assertions import keyholder

from partnercenter.sandbox.control.faults import MEMBERS as FAULT_MEMBERS
from partnercenter.sandbox.control.requests import MEMBERS as QUERY_MEMBERS
from partnercenter.sandbox.control.routes import ROUTES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "control.md").read_text(encoding="utf-8")
CALLS = re.findall(r"^\$ curl (.+)$", PAGE, re.MULTILINE)


def test_every_route_is_in_the_table_and_has_an_example() -> None:
    """With its methods, in the order of the page's table; each method of each route is called in an example."""
    rows = re.findall(r"^\| \[`(/\S+)`\]\(#[\w-]+\) \| ([A-Z, ]+) \|", PAGE, re.MULTILINE)
    assert {pattern: ", ".join(methods) for pattern, methods in ROUTES.items()} == dict(rows)
    examples = {parsed(call)[:2] for call in CALLS}
    for pattern, methods in ROUTES.items():
        shape = re.compile(re.sub(r"{\w+}", r"[\\w.@-]+", pattern))
        called = {method for method, path in examples if shape.fullmatch(path.partition("?")[0])}
        assert set(methods) <= called, pattern


def parsed(call: str) -> tuple[str, str, bytes]:
    """Method, path below `/_sandbox` and body of an example."""
    words = shlex.split(call)
    method, body, address = "GET", b"", ""
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "-d":
            body = words.pop(0).encode()
        else:
            address = word
    return method, address.removeprefix("localhost:8400/_sandbox"), body


def test_every_example_works_in_the_order_of_the_page(sandbox: Sandbox) -> None:
    """Each call of the page is answered 200, and an answer that the page shows has the members of the true one."""
    shown = dict(re.findall(r"^\$ curl (.+)\n(\{.*\})$", PAGE, re.MULTILINE))
    for call in CALLS:
        method, path, body = parsed(call)
        if path.startswith("/faults/"):
            path = f"/faults/{sandbox.control('GET', '/faults').json()['faults'][0]['id']}"
        if method == "DELETE" and path.startswith("/applications/") and path.count("/") > 2:
            path = made_key(sandbox, path)
        body = body.replace(b"-----BEGIN CERTIFICATE-----\xe2\x80\xa6", certificate_as_json())
        answer = sandbox.control(method, path, content=body)
        assert 200 == answer.status_code, f"{call}: {answer.text}"
        if call in shown:
            expected = json.loads(shown[call].replace("{…}", "{}"))
            assert list(expected) == [name for name in answer.json() if name in expected], call
            assert set(expected) >= set(answer.json()) - {"domain"}, call


def made_key(sandbox: Sandbox, path: str) -> str:
    """The address of the secret or the certificate that was made, in place of the page's."""
    application, _, kind = path.rpartition("/")[0].rpartition("/")
    key = sandbox.control("GET", application).json()[kind][0]
    return f"{application}/{kind}/{key.get('keyId') or key['thumbprint']}"


def certificate_as_json() -> bytes:
    """A certificate as it stands between the quotation marks of JSON."""
    return json.dumps(keyholder("application").pem)[1:-1].encode()


@pytest.mark.parametrize("name", [*FAULT_MEMBERS, *QUERY_MEMBERS])
def test_every_member_is_explained(name: str) -> None:
    """Of a fault, and of the query of the requests."""
    assert f"`{name}`" in PAGE
