"""Where a client may send a token: TLS to anywhere, plain HTTP to this machine only."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from partnercenter.client.arguments import require_type
from partnercenter.contract.clouds import Cloud
from partnercenter.contract.loopback import is_loopback_host

_USER_INFORMATION: Final = re.compile(r"(https?://)?.*@", re.IGNORECASE | re.DOTALL)
_VERSION_ONE: Final = re.compile(r"\A/v1\.0/", re.IGNORECASE)
_QUERY: Final = re.compile(r"([?#]).*", re.DOTALL)


def may_carry_token(url: str) -> bool:
    """Whether a token may go to this URL: https, or http on loopback."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback_host(parts.hostname))


def same_origin(url: str, other: str) -> bool:
    """Whether two URLs have scheme, host and port in common."""
    first, second = urlsplit(url), urlsplit(other)
    return (first.scheme, first.hostname, _port(first.scheme, first.port)) == (
        second.scheme,
        second.hostname,
        _port(second.scheme, second.port),
    )


def path_of_link(uri: str, base: str) -> str | None:
    """The path of a link from `/v1` on: the service writes it with and without the version (behaviour.md 3.2).

    None for a link to another host, which must not be followed: it would carry the token there.
    """
    parts = urlsplit(uri)
    if (parts.netloc or parts.scheme) and not same_origin(uri, base):
        return None
    path = "/" + (parts.path.rstrip("/") + "/").removeprefix(urlsplit(base).path + "/").strip("/")
    return _VERSION_ONE.sub("/v1/", path) if path.lower().startswith("/v1") else "/v1" + path


def _port(scheme: str, port: int | None) -> int | None:
    return port or {"https": 443, "http": 80}.get(scheme)


def is_plain_address(base: str) -> bool:
    """Whether an address has a host, perhaps a port and a path, and nothing that programs read differently."""
    if any(c in "?#@\\" or c.isspace() or not c.isprintable() for c in base):
        return False
    try:
        parts = urlsplit(base)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def address_without_secrets(endpoint: str) -> str:
    """An address for an error message: without user information and query."""
    return _QUERY.sub(r"\1…", _USER_INFORMATION.sub(r"\1…@", endpoint.strip(), count=1))


def api_base(cloud: Cloud, endpoint: str | None) -> str:
    """The base of every URL, without `/v1` and without a slash at its end.

    Raises `ValueError` for a retired cloud and for an endpoint that may not carry a token, `TypeError` for an
    endpoint that is no text.
    """
    if endpoint is None:
        if cloud.retired is not None:
            raise ValueError(cloud.retired)
        return cloud.endpoint
    base = require_type(endpoint, str, "endpoint").strip().rstrip("/").removesuffix("/v1").rstrip("/")
    if not is_plain_address(base) or not may_carry_token(base):
        raise ValueError(
            f"endpoint must be an https address, or http on this machine such as http://127.0.0.1:8400, "
            f"not {address_without_secrets(endpoint)[:100]!r}."
        )
    return base
