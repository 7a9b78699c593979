"""What real clients send, byte by byte, and the headers of each answer; client-quirks.md 1, behaviour.md 10.2, 14."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx2
import pytest
from tests.conftest import Sandbox, new_customer_body
from tests.sandbox.conftest import BLOCKED, OWN, Fault, fault_of

from partnercenter.contract.operations import OPERATIONS, PATH_PARAMETERS

GATEWAY_404 = {"statusCode": 404, "message": "Resource not found"}
GUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
ALWAYS = {
    "ms-requestid": GUID,
    "ms-correlationid": GUID,
    "ms-cv": r"[A-Za-z0-9+/]{16}\.0",
    "ms-serverid": r"[0-9A-Fa-f]+",
    "request-context": f"appId=cid-v1:{GUID}",
    "x-locale": "en-US",
    "date": r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT",
    "content-length": r"\d+",
}

# One way to each status, and to each shape of an answer.
CALLS = (
    # method, path, body, token ("" sends none), status
    ("GET", "/v1/customers", None, None, 200),
    ("GET", f"/v1/customers/{OWN}", None, None, 200),
    ("DELETE", f"/v1/customers/{OWN}", None, None, 204),
    ("DELETE", f"/v1/customers/{BLOCKED}", None, None, 400),
    ("POST", "/v1/customers", {}, None, 400),
    ("GET", "/v1/customers", None, "", 401),
    ("GET", "/v1/customers", None, "garbage", 401),
    ("HEAD", "/v1/domains/free.onmicrosoft.com", None, None, 404),
    ("HEAD", "/v1/domains/free.onmicrosoft.com", None, "", 401),
    ("HEAD", "/v1/nothing", None, None, 404),
    ("GET", "/v1/nothing", None, None, 404),
    ("GET", "/", None, None, 404),
    ("GET", "/v2/customers", None, None, 404),
    ("PUT", "/v1/customers", {}, None, 405),
    ("HEAD", f"/v1/customers/{OWN}", None, None, 405),
    ("OPTIONS", "/v1/customers", None, None, 405),
    ("POST", "/v1/customers", {"ballast": "x" * 5_000_000}, None, 413),
)


@pytest.mark.parametrize(("method", "path", "body", "token", "status"), CALLS)
def test_every_answer_has_the_headers_of_the_service(
    world: Sandbox, method: str, path: str, body: Any, token: str | None, status: int
) -> None:
    """The headers of table 10.2 are on every answer, errors included, each once; a HEAD has no body."""
    answer = world.call(method, path, body, token=token)
    assert status == answer.status_code
    assert {} == {
        n: answer.headers.get(n) for n, p in ALWAYS.items() if not re.fullmatch(p, answer.headers.get(n, ""))
    }
    assert len(answer.headers.raw) == len({name.lower() for name, _ in answer.headers.raw})
    assert "server" not in answer.headers
    if answer.content:
        assert "application/json; charset=utf-8" == answer.headers["content-type"]
        assert len(answer.content) == int(answer.headers["content-length"])
    if method == "HEAD":
        assert b"" == answer.content


@pytest.mark.parametrize(
    "names",
    [
        ("MS-RequestId", "MS-CorrelationId"),
        ("ms-requestid", "MS-CORRELATIONID"),
        ("Ms-RequestID", "ms-correlationId"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/customers", "/v1/nothing", "/v1/customers/x"])
def test_sent_ids_are_echoed_as_they_came(world: Sandbox, names: tuple[str, str], path: str) -> None:
    """Both ids come back in the spelling they were sent in, whatever the case of the header's name."""
    sent = [str(uuid4()).upper(), str(uuid4())]
    answer = world.call("GET", path, headers=dict(zip(names, sent, strict=True)))
    assert sent == [answer.headers["MS-RequestId"], answer.headers["MS-CorrelationId"]]


@pytest.mark.parametrize(
    ("sent", "expected"), [("de-DE", "de-DE"), ("en", "en"), ("", "en-US"), ("*;q=1", "en-US")]
)
def test_the_locale_is_the_callers_or_the_default(sandbox: Sandbox, sent: str, expected: str) -> None:
    """`X-Locale` is echoed when it is one, and `en-US` otherwise (10.1, 10.2)."""
    assert expected == sandbox.call("GET", "/v1/customers", headers={"X-Locale": sent}).headers["X-Locale"]


PATHS = (
    "/v1/customers/{id}",
    "/v1.0/customers/{id}",
    "/V1/Customers/{id}",
    "/V1.0/CUSTOMERS/{id}",
    "/v1//customers/{id}",
    "//v1/customers//{id}",
    "/v1/customers/{id}/",
    "/v1/customers/{id}//",
    "/v1/customers/{{{id}}}",
    "/v1/customers/%7B{id}%7D",
    "/v1/customers/%7b{id}%7d/",
    "/v1/customers/({id})",
    "/v1/customers/{ID}",
    "/v1/Customers/%7B{ID}%7D",
    "/v1/customers/%20{id}",
    "/v1/%63ustomers/{id}",
    "/v1/customers/{id}?",
    "/v1/customers/{id}?anything=1&anything=2",
)


@pytest.mark.parametrize("form", PATHS)
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_one_path_in_many_spellings_is_one_customer(world: Sandbox, method: str, form: str) -> None:
    """Version, case, slashes, braces and percent-encoding make no difference (14, client-quirks.md 1)."""
    target = form.format(id=OWN, ID=OWN.upper())
    status, _, _ = raw_call(world, f"{method} {target} HTTP/1.1")
    assert {"GET": 200, "DELETE": 204}[method] == status


NO_ROUTES = (
    "/",
    "/v1",
    "/v1/",
    "/v2/customers",
    "/v1.1/customers",
    "/customers",
    "/v1/customer",
    "/v1/customers/{id}/nothing",
    "/v1/customers/{id}/profiles",
    "/v1/customers/{id}/orders/x/y",
    "/v1/v1/customers",
    "/v1/customers%2F{id}",
    "/v1/domains",
    "/v1/domains/",
    "/favicon.ico",
    "/v1/../v1/nothing",
)


@pytest.mark.parametrize("form", NO_ROUTES)
def test_an_unknown_route_has_the_gateways_shape(world: Sandbox, form: str) -> None:
    """A path that no operation has answers the gateway's 404, before any look at the token (1.5, 11.1 C)."""
    status, _, body = raw_call(world, f"GET {form.format(id=OWN)} HTTP/1.1", authorized=False)
    assert (404, GATEWAY_404) == (status, json.loads(body))


ALLOWED = {
    "/v1/customers": "GET, POST",
    "/v1/customers/{id}": "DELETE, GET, PATCH",
    "/v1/customers/{id}/profiles/billing": "GET, PUT",
    "/v1/customers/{id}/orders": "GET, POST",
    "/v1/customers/{id}/users": "DELETE, GET, PATCH, POST",
    "/v1/domains/x.onmicrosoft.com": "HEAD",
    "/v1/countryvalidationrules/US": "GET",
    "/v1/auditrecords": "GET",
}


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "PROPFIND"])
@pytest.mark.parametrize("form", ALLOWED)
def test_an_unsupported_verb_names_the_supported_ones(world: Sandbox, form: str, method: str) -> None:
    """405 with `Allow` and a fault for each known path (1.5)."""
    answer = world.call(method, form.format(id=OWN))
    assert (405, ALLOWED[form]) == (answer.status_code, answer.headers["Allow"])
    assert {"code", "description", "data", "source"} == set(answer.json())


def test_the_verbs_of_every_path_are_those_of_the_contract(world: Sandbox) -> None:
    """For each path of the contract `Allow` names exactly its operations."""
    by_path: dict[str, set[str]] = {}
    for operation in OPERATIONS.values():
        by_path.setdefault(operation.path, set()).add(operation.method)
    for path, methods in by_path.items():
        ids = {**dict.fromkeys(PATH_PARAMETERS, "x"), "customer_id": OWN}
        target = path.format(**ids)
        answer = world.call("TRACE", target)
        assert (path, methods) == (path, set(answer.headers["Allow"].split(", ")))


def raw_call(
    world: Sandbox,
    request_line: str,
    *headers: str,
    body: bytes = b"",
    authorized: bool = True,
) -> tuple[int, dict[str, str], bytes]:
    """Send exactly these bytes on a connection of their own; status, headers in lower case, and body."""
    lines = [request_line, "Host: localhost", "Connection: close", *headers]
    if authorized:
        lines.append(f"authorization: bearer {world.token}")
    sent = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
    address = urlsplit(world.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(sent)
        return parsed(b"".join(iter(lambda: connection.recv(65536), b"")))


def parsed(received: bytes) -> tuple[int, dict[str, str], bytes]:
    """A whole answer taken apart."""
    head, _, body = received.partition(b"\r\n\r\n")
    status_line, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return int(status_line.split()[1]), headers, body


DELETES = (
    (),
    ("Content-Length: 0",),
    ("Content-Type: application/json",),
    ("Content-Type: application/json; charset=utf-8", "Content-Length: 0"),
    ("Accept: application/json", "Accept-Language: en", "accept-encoding: gzip, deflate"),
    ("MS-Contract-Version: v1", "MS-PartnerCenter-Client: x", "MS-SdkVersion: 1", "X-Locale: en-US"),
    ("ValidateMfa: true", "ocp-apim-subscription-key: x", "x-ms-customeruser-upn: x"),
)


@pytest.mark.parametrize("headers", DELETES)
def test_a_delete_is_taken_with_and_without_length_and_type(world: Sandbox, headers: tuple[str, ...]) -> None:
    """DELETE works with `Content-Length: 0`, without, and with a type; 204 has no body and a length of 0."""
    status, received, body = raw_call(world, f"DELETE /v1/customers/{OWN} HTTP/1.1", *headers)
    assert (204, "0", b"", None) == (status, received["content-length"], body, received.get("content-type"))


def test_a_delete_with_a_body_is_taken_and_the_body_ignored(world: Sandbox) -> None:
    """Some clients send `{}` or `null` with a DELETE."""
    answer = world.call("DELETE", f"/v1/customers/{OWN}", {})
    assert 204 == answer.status_code


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "x", ""])
def test_a_get_with_a_content_type_is_a_get(world: Sandbox, content_type: str) -> None:
    """Content-Type on a GET changes nothing."""
    assert 200 == world.call("GET", "/v1/customers", headers={"Content-Type": content_type}).status_code


TYPES = (
    (),
    ("Content-Type: application/json",),
    ("Content-Type: application/json; charset=utf-8",),
    ("content-type: text/json;charset=UTF-8",),
    ("Content-Type: application/x-www-form-urlencoded",),
)


@pytest.mark.parametrize("headers", TYPES)
def test_a_post_is_read_as_json_whatever_its_type(world: Sandbox, headers: tuple[str, ...]) -> None:
    """A POST is taken without Content-Type, with and without charset."""
    body = json.dumps(new_customer_body()).encode()
    length = f"Content-Length: {len(body)}"
    assert 201 == raw_call(world, "POST /v1/customers HTTP/1.1", length, *headers, body=body)[0]


def test_a_chunked_body_is_put_together(world: Sandbox) -> None:
    """Transfer-Encoding: chunked, cut in the middle of a character and with an extension, is one body."""
    body = json.dumps(new_customer_body(companyName="Zoë"), ensure_ascii=False).encode()
    cut = body.index("ë".encode()) + 1
    chunks = b"".join(b"%x;a=b\r\n%s\r\n" % (len(part), part) for part in (body[:5], body[5:cut], body[cut:]))
    status, _, answer = raw_call(
        world, "POST /v1/customers HTTP/1.1", "Transfer-Encoding: chunked", body=chunks + b"0\r\n\r\n"
    )
    assert (201, "Zoë") == (status, json.loads(answer)["billingProfile"]["companyName"])


def test_expect_continue_is_answered_before_the_body(world: Sandbox) -> None:
    """A client that waits for `100 Continue`, as .NET does, gets it, and then its answer."""
    body = json.dumps(new_customer_body()).encode()
    head = (
        f"POST /v1/customers HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {world.token}\r\n"
        f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
    )
    address = urlsplit(world.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(head.encode())
        interim = connection.recv(65536)
        connection.sendall(body)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert b"HTTP/1.1 100 Continue\r\n\r\n" == interim
    assert 201 == parsed(received)[0]


def test_two_calls_on_one_connection_do_not_mix(world: Sandbox) -> None:
    """A HEAD with a length and a DELETE with 204 leave the connection ready for the next call."""
    lines = (
        "HEAD /v1/nothing HTTP/1.1\r\nHost: localhost\r\n\r\n"
        f"DELETE /v1/customers/{OWN} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {world.token}\r\n\r\n"
        "GET /v1/nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    address = urlsplit(world.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(lines.encode())
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert [b"404", b"204", b"404"] == re.findall(rb"HTTP/1\.1 (\d{3}) ", received)
    assert received.endswith(json.dumps(GATEWAY_404, separators=(",", ":")).encode())


AUTHORIZATIONS = (
    ("Authorization", "Bearer {}", 200),
    ("authorization", "bearer {}", 200),
    ("AUTHORIZATION", "BEARER  {}", 200),
    ("Authorization", "{}", 401),
    ("Authorization", "Basic {}", 401),
    ("Authorization", "Bearer", 401),
    ("Authorization", "Bearer {} {}", 401),
)


@pytest.mark.parametrize(("name", "form", "status"), AUTHORIZATIONS)
def test_the_authorization_header_is_read_in_any_case(
    world: Sandbox, name: str, form: str, status: int
) -> None:
    """The header's name and the word Bearer match without case."""
    header = f"{name}: {form.format(world.token, world.token)}"
    assert status == raw_call(world, "GET /v1/customers HTTP/1.1", header, authorized=False)[0]


def test_if_match_with_a_space_before_the_colon_is_no_server_error(world: Sandbox) -> None:
    """One documented example writes `If-Match : "…"`; the server refuses it or reads it, and stays up."""
    path = f"/v1/customers/{OWN}/profiles/billing"
    body = world.call("GET", path).content
    length = f"Content-Length: {len(body)}"
    status = raw_call(world, f"PUT {path} HTTP/1.1", length, 'If-Match : "1"', body=body)[0]
    assert status in {200, 400}
    assert 200 == world.call("GET", path).status_code


REPEATED = (
    # query, how many of three customers
    ("?size=1&size=3", 1),
    ("?SIZE=2&size=1", 2),
    ("?size=1&seekOperation=First&seekoperation=Last", 1),
    ("?&&size=2&&", 2),
    ("?size=2&unknown=%zz&=1", 2),
    ("?sortField=x&sortOption.sortField=y&mpn_id=1&showExpiry=true", 3),
)


@pytest.mark.parametrize(("query", "expected"), REPEATED)
def test_of_a_repeated_query_name_the_first_counts(world: Sandbox, query: str, expected: int) -> None:
    """Repeated, empty, unknown and malformed query names are tolerated (client-quirks.md 1)."""
    assert expected == len(world.call("GET", f"/v1/customers{query}").json()["items"])


def test_one_request_id_for_everything_works(sandbox: Sandbox) -> None:
    """A client with a constant `MS-RequestId` can do everything (client-quirks.md 1)."""
    sent = {"MS-RequestId": "00000000-0000-0000-0000-000000000001"}

    def call(method: str, path: str, body: Any = None) -> httpx2.Response:
        return sandbox.call(method, f"/v1/{path}", body, headers=sent)

    made = [call("POST", "customers", new_customer_body()).json()["id"] for _ in range(3)]
    assert made == [item["id"] for item in call("GET", "customers").json()["items"]]
    billing = f"customers/{made[0]}/profiles/billing"
    for name in ("First", "Second"):
        profile = {**call("GET", billing).json(), "companyName": name}
        assert 200 == call("PUT", billing, profile).status_code
        assert name == call("GET", billing).json()["companyName"]
    assert [204, 204, 204] == [call("DELETE", f"customers/{customer_id}").status_code for customer_id in made]
    assert [] == call("GET", "customers").json()["items"]
    assert Fault(404, 60003) == fault_of(call("GET", f"customers/{made[0]}"))


BROKEN_BYTES = (
    b"GET\r\n\r\n",
    b"\x00\x01\x02\r\n\r\n",
    b"GET /v1/customers HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /v1/customers HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1",
)


@pytest.mark.parametrize("sent", BROKEN_BYTES)
def test_bytes_that_are_no_http_do_not_stop_the_server(sandbox: Sandbox, sent: bytes) -> None:
    """Whatever arrives on the port, the next caller is served."""
    address = urlsplit(sandbox.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert received == b"" or 400 <= int(received.split()[1]) < 500
    assert 200 == sandbox.call("GET", "/v1/customers").status_code


def test_a_body_that_never_comes_changes_nothing(sandbox: Sandbox) -> None:
    """A create whose caller leaves in the middle of the body makes no customer."""
    body = json.dumps(new_customer_body()).encode()
    head = (
        f"POST /v1/customers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {sandbox.token}\r\n"
        f"Content-Length: {len(body) + 1}\r\n\r\n"
    )
    address = urlsplit(sandbox.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(head.encode() + body)
    assert [] == sandbox.call("GET", "/v1/customers").json()["items"]


def documents(world: Sandbox) -> Iterator[Any]:
    """One answer of every read with a body."""
    for path in (
        "customers",
        f"customers/{BLOCKED}",
        f"customers/{BLOCKED}/orders",
        f"customers/{BLOCKED}/subscriptions",
    ):
        yield world.call("GET", f"/v1/{path}").json()
    yield world.call("GET", f"/v1/customers/{BLOCKED}/profiles/billing").json()
    yield world.call("GET", f"/v1/customers/{BLOCKED}/profiles/company").json()
    yield world.call("GET", "/v1/countryvalidationrules/US").json()
    yield world.call("GET", "/v1/auditrecords").json()


def test_no_read_shows_a_null_and_every_name_is_camel_case(world: Sandbox) -> None:
    """Null members are left out of answers, and names begin with a lower letter (14)."""
    wrong = [name for document in documents(world) for name in wrong_members(document)]
    assert [] == wrong


def wrong_members(value: Any, place: str = "") -> Iterator[str]:
    """Members that are null or begin with an upper letter."""
    if isinstance(value, dict):
        for name, member in value.items():
            if member is None or not name[:1].islower():
                yield f"{place}.{name}"
            yield from wrong_members(member, f"{place}.{name}")
    elif isinstance(value, list):
        for item in value:
            yield from wrong_members(item, f"{place}[]")
