"""Requests that no client would send, made from a seed: bad HTTP, bad JSON, and tricks with letters."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any, Final
from urllib.parse import quote

from tests.sandbox.near_valid import changed, places

HOST: Final = b"Host: localhost\r\n"
_CHUNKED: Final = b"Transfer-Encoding: chunked\r\n"

BAD_HTTP: Final[tuple[bytes, ...]] = (
    # request lines
    b"\r\n\r\n",
    b"\n\n\n",
    b"\0",
    b" \r\n\r\n",
    b"GET\r\n\r\n",
    b"GET / \r\n\r\n",
    b"GET  /  HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET\t/\tHTTP/1.1\r\n" + HOST + b"\r\n",
    b"get / HTTP/1.1\r\n" + HOST + b"\r\n",
    b"G\xc3\x84T / HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET" * 5000 + b" / HTTP/1.1\r\n" + HOST + b"\r\n",
    b"BREW / HTTP/1.1\r\n" + HOST + b"\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET / HTTP/0.9\r\n" + HOST + b"\r\n",
    b"GET / HTTP/1.2\r\n" + HOST + b"\r\n",
    b"GET / HTTP/2.0\r\n" + HOST + b"\r\n",
    b"GET / HTTP/1.10\r\n" + HOST + b"\r\n",
    b"GET / HTTP/-1.1\r\n" + HOST + b"\r\n",
    b"GET / ICE/1.0\r\n" + HOST + b"\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 500,
    # targets
    b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET * HTTP/1.1\r\n" + HOST + b"\r\n",
    b"CONNECT localhost:80 HTTP/1.1\r\n" + HOST + b"\r\n",
    b"CONNECT / HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET http://other.example/v1/customers HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET http://user:pass@localhost:99999/ HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET http:// HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET http://[::1 HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET file:///etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET //other.example/ HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /../../etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /%2e%2e/%2f..%5c HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /\0 HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /\xff\xfe HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /#part HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET ?x HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /" + b"/" * 8000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /" + b"%" * 8000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /v1/customers?" + b"size=1&" * 1100 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    # headers
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost:\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: \xff\xfe\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost:99999999\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b": no name\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"no colon\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"Blank : x\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b" Folded: x\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"A: x\r\n y\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"A: \0\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"A: \x7f\x01\x1b[31m\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"\xc3\xa9: x\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"A: x\rB: y\r\n\r\n",
    b"GET / HTTP/1.1\n" + b"Host: localhost\n\n",
    b"GET / HTTP/1.1\r" + b"Host: localhost\r\r",
    b"GET / HTTP/1.1\r\n" + HOST + b"A: x\r\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"X-Forwarded-For: \xff, \0x, [::1\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"X-Forwarded-For: ::1%eth0\r\nX-Forwarded-Proto: gopher\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"Connection: upgrade\r\nUpgrade: websocket\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"Connection: \xff, close, upgrade\r\nUpgrade: \xff\r\n\r\n",
    b"GET /v1/customers HTTP/1.1\r\n" + HOST + b"Authorization: Bearer \xff\r\n\r\n",
    b"GET /v1/customers HTTP/1.1\r\n" + HOST + b"Authorization: " + b"Bearer " * 3000 + b"\r\n\r\n",
    b"GET /v1/customers HTTP/1.1\r\n" + HOST + b"Authorization: Bearer eyJhbGciOiJub25lIn0.e30.\r\n\r\n",
    b"GET /v1/customers HTTP/1.1\r\n" + HOST + b"Authorization: Bearer " + b"." * 2000 + b"\r\n\r\n",
    b"GET /v1/nothing HTTP/1.1\r\n" + HOST + b"X-Locale: \xe9\xe9\r\nMS-RequestId: \xff\r\n\r\n",
    # bodies
    b"POST /v1/customers HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n",
    b"POST /v1/customers HTTP/1.1\r\n" + HOST + b"Content-Length: 1e3\r\n\r\n",
    b"POST /v1/customers HTTP/1.1\r\n" + HOST + b"Content-Length: " + b"9" * 40 + b"\r\n\r\n",
    b"POST /v1/customers HTTP/1.1\r\n" + HOST + b"Content-Length: 18446744073709551615\r\n\r\n",
    b"POST /v1/customers HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\n\r\n{}{}{}",
    b"POST /v1/customers HTTP/1.1\r\n" + HOST + b"Content-Length: 200\r\n\r\n{}",
    b"POST /v1/customers HTTP/1.1\r\n" + HOST + b"Content-Length:\r\n\r\n",
    b"POST /v1/customers HTTP/1.1\r\n" + HOST + b"Content-Length: \xd9\xa1\r\n\r\n{",
    b"POST /v1/customers HTTP/1.1\r\n" + HOST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
    b"POST /v1/customers HTTP/1.1\r\n" + HOST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n",
    b"POST /v1/customers HTTP/1.1\r\n" + HOST + b"Expect: miracles\r\nContent-Length: 2\r\n\r\n{}",
    b"POST /v1/customers HTTP/1.1\r\n"
    + HOST
    + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b",
    b"GET /v1/customers HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\nhello",
    b"TRACE /v1/customers HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\nhello",
    b"POST /x/oauth2/token HTTP/1.1\r\n" + HOST + b"Content-Length: 9\r\n\r\n\xff=%ff&%=%%",
)

# Heads and beginnings of bodies after which two servers could disagree about where the next request begins.
_AMBIGUOUS: Final[tuple[tuple[bytes, bytes], ...]] = (
    (b"Content-Length: 5\r\n" + _CHUNKED, b"0\r\n\r\n"),
    (_CHUNKED + b"Content-Length: 5\r\n", b"0\r\n\r\n"),
    (b"Content-Length: 0\r\n" + _CHUNKED, b""),
    (b"Content-Length: 0\r\nContent-Length: 5\r\n", b""),
    (b"Content-Length: 5\r\nContent-Length: 0\r\n", b""),
    (b"Content-Length: 0, 5\r\n", b""),
    (b"Content-Length: +0\r\n", b""),
    (b"Content-Length : 5\r\n", b""),
    (b"Content-Length: 0x5\r\n", b""),
    (b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n"),
    (b"Transfer-Encoding: chunked, identity\r\n", b"0\r\n\r\n"),
    (b"Transfer-Encoding: identity, chunked, chunked\r\n", b"0\r\n\r\n"),
    (b"Transfer-Encoding: \x0bchunked\r\n", b"0\r\n\r\n"),
    (b"Transfer-Encoding:\r\n chunked\r\n", b"0\r\n\r\n"),
    (b"Transfer-Encoding : chunked\r\n", b"0\r\n\r\n"),
    (b"Transfer-Encoding: gzip\r\n", b"0\r\n\r\n"),
    (b"Transfer_Encoding: chunked\r\n", b"0\r\n\r\n"),
    (_CHUNKED + _CHUNKED, b"zero\r\n\r\n"),
    (_CHUNKED, b"-1\r\n"),
    (_CHUNKED, b"0x0\r\n\r\n"),
    (_CHUNKED, b"+0\r\n\r\n"),
    (_CHUNKED, b"1_0\r\n"),
    (_CHUNKED, b"10000000000000000\r\n"),
    (_CHUNKED, b"2\r\n{}0\r\n\r\n"),
    (_CHUNKED, b"2\n{}\n0\n\n"),
    (_CHUNKED, b"2;\n{}\r\n0\r\n\r\n"),
    (_CHUNKED, b" 0\r\n\r\n"),
    (_CHUNKED, b"0 \r\n\r\n"),
    (_CHUNKED, b"0\r\nBad trailer\r\n\r\n"),
)


def ambiguous(method: bytes, path: bytes, hidden: bytes) -> Iterator[bytes]:
    """Requests that hide another one where a lenient server would find it."""
    for headers, body in _AMBIGUOUS:
        yield method + b" " + path + b" HTTP/1.1\r\n" + HOST + headers + b"\r\n" + body + hidden


_BYTES: Final = (
    *(
        b"\0",
        b"\t",
        b"\r",
        b"\n",
        b"\r\n",
        b"\r\n\r\n",
        b":",
        b"::",
        b";",
        b"/",
        b"?",
        b"#",
        b"%",
        b"%00",
        b"%0d%0a",
    ),
    *(b"\x7f", b"\x80", b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xef\xbb\xbf"),
)
_PIECES: Final = (
    *_BYTES,
    b" ",
    b"HTTP/1.1",
    b"Content-Length: 1\r\n",
    _CHUNKED,
    b"Connection: close\r\n",
    b"Connection: upgrade\r\nUpgrade: h2c\r\n",
    b"Expect: 100-continue\r\n",
    HOST,
    b"x" * 3000,
    b"0\r\n\r\n",
)


def damaged(random: Random, request: bytes) -> bytes:
    """A request with one to four bytes or pieces taken out, put in, doubled or swapped."""
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(request) + 1)
        end = min(len(request), at + random.choice((1, 1, 2, 10, 100)))
        middle = {
            "cut": b"",
            "replace": random.choice(_PIECES),
            "insert": random.choice(_PIECES) + request[at:end],
            "double": request[at:end] * 2,
            "byte": bytes([random.randrange(256)]),
        }[random.choice(("cut", "replace", "insert", "double", "byte"))]
        request = request[:at] + middle + request[end:]
    return request


TRICKS: Final[tuple[str, ...]] = (
    "\0",
    "\x1b[31m",
    "\u200b",
    "\u202e",
    "\ufeff",
    "\ufffe",
    "\U0010ffff",
    "é",
    "e\u0301",
    "ﬃ",
    "ß",
    "İ",
    "ı",
    "\u212a",
    "１１１",
    "٣",
    "½",
    "a" * 3000,
    "\u0301" * 300,
    "👩\u200d👩\u200d👧",
    "'; DROP TABLE customers; --",
    "%",
    "%25%30",
    "{}",
    "{{7*7}}",
    "../..",
    "..%2f",
    "a/b",
    "a\\b",
    "?x",
    "#x",
    "<script>",
    "${jndi:ldap://x}",
    "NaN",
    "null",
    "-1",
    "1e400",
    "9" * 400,
    " ",
    "",
    "\t\r\n",
)
_BAD_ENCODINGS: Final = (
    *("%", "%4", "%zz", "%u0041", "%00", "%0D%0AX:%20y"),
    *("%C0%AF", "%ED%A0%80", "%FF%FE", "%F4%90%80%80"),
)


def tricky_segment(random: Random, value: str) -> str:
    """A path segment, percent-encoded: a trick, or a good value with one in it."""
    if random.random() < 0.3:
        return random.choice(("", value)) + random.choice(_BAD_ENCODINGS)
    trick = random.choice(TRICKS)
    at = random.randrange(len(value) + 1)
    return quote(random.choice((trick, value[:at] + trick + value[at:], value + trick)), safe="")


_JSON_TEXTS: Final[tuple[bytes, ...]] = (
    *(json.dumps(trick).encode() for trick in TRICKS),
    *(json.dumps(trick, ensure_ascii=False).encode() for trick in TRICKS),
    rb'"\ud800"',
    rb'"\udc00\ud800"',
    rb'"\u0000"',
    b'"\xff\xfe"',
    b'"\xed\xa0\x80"',
    b'"\xc0\x80"',
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"-1e999",
    b"1e-999",
    b"-0",
    b"-0.0",
    b"0.1",
    b"1.0",
    b"3.0000000000000001",
    b"1E+2",
    b"2147483648",
    b"9223372036854775807",
    b"9223372036854775808",
    b"-9223372036854775809",
    b"9" * 400,
    b"9" * 5000,
    b"0." + b"9" * 5000,
    b"01",
    b"0x10",
    b"true",
    b"null",
    b"[]",
    b"{}",
    b'[null,1,"x",[],{}]',
    b'{"a":1,"A":2,"a":3}',
    b'{"":null}',
    b'{"__proto__":{}}',
    b"[" * 500 + b"]" * 500,
    b'{"a":' * 500 + b"1" + b"}" * 500,
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b"[" + b"{}," * 20_000 + b"{}]",
    b'"9999-12-31T23:59:59.9999999Z"',
    b'"0001-01-01T00:00:00+23:59"',
    b'"2026-02-30T25:61:61Z"',
    b'"P' + b"9" * 300 + b'Y"',
    b"'x'",
    b"",
)
_WHOLE: Final[tuple[bytes, ...]] = (
    b"",
    b" \r\n",
    b"\xef\xbb\xbf",
    b"\xef\xbb\xbf\xef\xbb\xbf{}",
    "{}".encode("utf-16"),
    "{}".encode("utf-32"),
    b"{}\0",
    b"{}{}",
    b"{} // x",
    b"{,}",
    b'{"a":1,}',
    b"{'a':1}",
    b"\xff",
    *_JSON_TEXTS,
)
_MARK: Final = "\u241f"


def bad_json(random: Random, valid: Mapping[str, Any]) -> bytes:
    """A body with a member replaced by a text that JSON, or a careful reader of it, has trouble with."""
    if random.random() < 0.1:
        return random.choice(_WHOLE)
    marked = json.dumps(changed(valid, [(random.choice([*places(valid)]), "replace", _MARK)])).encode()
    text = marked.replace(json.dumps(_MARK).encode(), random.choice(_JSON_TEXTS))
    kind = random.random()
    if kind < 0.05:
        return b"\xef\xbb\xbf" + text
    if kind < 0.1:
        return text[: random.randrange(len(text) + 1)]
    if kind < 0.15:
        return text[:-1] + b"," + text[1:]  # every member twice
    return text
