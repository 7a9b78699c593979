"""An answer as HTTP/1.1 has it on the wire: byte for byte what uvicorn makes of the same answer told by ASGI."""

from __future__ import annotations

import re
from functools import lru_cache
from http import HTTPStatus
from typing import Final

from partnercenter.sandbox.wire.message import Response

_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def answer_bytes(response: Response, *, is_head: bool, keep_alive: bool) -> bytes:
    """Head and body of a whole answer, the head alone if the request was a HEAD.

    Raises `ValueError` for a header that would end before its value does.
    """
    headers, body = response.headers, response.body
    if _CONTROL.search("\t".join(headers.values())):
        raise ValueError("The value of a header has control characters in it.")
    lines = [f"{name.lower()}: {value}\r\n" for name, value in headers.items()]
    length = f"content-length: {len(body)}\r\n"
    end = "\r\n" if keep_alive else "connection: close\r\n\r\n"
    head = f"{_status_line(response.status)}{''.join(lines)}{length}{end}".encode("latin-1", "replace")
    return head if is_head else head + body


@lru_cache(maxsize=64)
def _status_line(status: int) -> str:
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
