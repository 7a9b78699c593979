"""Where a client may send a token: TLS to anywhere, plain HTTP to this machine only."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from partnercenter.contract.clouds import Cloud


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address means this machine."""
    if not host:
        return False
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def may_carry_token(url: str) -> bool:
    """Whether a token may go to this URL: https, or http on loopback."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))


def same_origin(url: str, other: str) -> bool:
    """Whether two URLs have scheme, host and port in common."""
    first, second = urlsplit(url), urlsplit(other)
    return (first.scheme, first.hostname, _port(first.scheme, first.port)) == (
        second.scheme,
        second.hostname,
        _port(second.scheme, second.port),
    )


def _port(scheme: str, port: int | None) -> int | None:
    return port or {"https": 443, "http": 80}.get(scheme)


def api_base(cloud: Cloud, endpoint: str | None) -> str:
    """The base of every URL, without `/v1` and without a slash at its end.

    Raises `ValueError` for a retired cloud and for an endpoint that may not carry a token.
    """
    if endpoint is None:
        if cloud.retired is not None:
            raise ValueError(cloud.retired)
        return cloud.endpoint
    base = endpoint.strip().rstrip("/").removesuffix("/v1")
    try:
        usable = bool(urlsplit(base).hostname) and may_carry_token(base)
    except ValueError:
        usable = False
    if not usable or "?" in base or "#" in base or "@" in base:
        raise ValueError(
            f"endpoint must be an https address, or http on this machine such as http://127.0.0.1:8400, "
            f"not {endpoint[:100]!r}."
        )
    return base
