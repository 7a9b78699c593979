"""Where a sign-in may lead back to, and what the way back looks like.

The invariant: an address that `is_registered` lets through leads to the host that the application has registered. It
holds printable ASCII only, so it can stand in a header, and is never a script.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, Literal, get_args
from urllib.parse import urlencode

ResponseMode = Literal["query", "fragment", "form_post"]
RESPONSE_MODES: Final[tuple[ResponseMode, ...]] = get_args(ResponseMode)

_ADDRESS: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+")
_SCRIPTS: Final = ("javascript:", "data:", "vbscript:")
_LOOPBACK: Final = re.compile(
    r"http://(?P<host>localhost|127\.0\.0\.1)(?::\d{1,5})?(?P<path>/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?",
    re.IGNORECASE,
)
_BARE_HOST: Final = re.compile(r"https?://[^/?]+", re.IGNORECASE)
_HOST_AND_PORT: Final = re.compile(r"[A-Za-z0-9.-]+(:\d{1,5})?")


def is_registered(registered: Iterable[str], asked: str) -> bool:
    """Whether an application may be answered at this address.

    An address of this machine by plain HTTP fits with any port, as native applications take a free one (RFC 8252,
    7.3), when host and path are those that were registered. Every other must be the same letter by letter.
    """
    if not _ADDRESS.fullmatch(asked) or asked.lower().startswith(_SCRIPTS):
        return False
    loopback = _without_port(asked)
    return any(
        asked == known or (loopback is not None and loopback == _without_port(known)) for known in registered
    )


def answer_address(redirect_uri: str, mode: ResponseMode, answer: Mapping[str, str]) -> str:
    """The address that carries an answer back in its query or in its fragment."""
    base, mark, fragment = redirect_uri.partition("#")
    if _BARE_HOST.fullmatch(base):
        base += "/"
    if mode == "fragment":
        return f"{base}#{urlencode(answer)}"
    joined = f"{base}{'&' if '?' in base else '?'}{urlencode(answer)}"
    return joined + mark + fragment


def form_targets(redirect_uri: str) -> tuple[str, ...]:
    """What a content security policy must name, so that a form of ours may lead to this address.

    Browsers apply the policy to every redirect that follows. An application on this machine often goes on to another
    port of it, so every port is allowed to one.
    """
    scheme, colon, rest = redirect_uri.partition(":")
    host = re.split(r"[/?#]", rest.removeprefix("//"), maxsplit=1)[0].rpartition("@")[2]
    if scheme.lower() not in {"http", "https"} or not _HOST_AND_PORT.fullmatch(host):
        return (scheme + colon,)
    if host.partition(":")[0].lower() in {"localhost", "127.0.0.1"}:
        hosts = ("localhost:*", "127.0.0.1:*")
        return tuple(f"{known}://{name}" for known in ("http", "https") for name in hosts)
    return (f"{scheme}://{host}",)


def _without_port(address: str) -> tuple[str, str] | None:
    """Host and path of an address of this machine by plain HTTP; None for any other."""
    match = _LOOPBACK.fullmatch(address)
    return (match["host"].lower(), match["path"] or "/") if match else None
