"""Whether a host or an address means this very machine.

Tokens and secrets over plain HTTP, exceptions from safety rules and the sandbox's control routes all depend on
the answer, so it is given once, here. Whatever two programs could read in two ways (user information,
backslashes, blanks, names that merely look local or that a resolver may send elsewhere) is not loopback.
"""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from urllib.parse import urlsplit


@lru_cache(maxsize=256)
def is_loopback_host(host: str | None) -> bool:
    """Whether a host name or address, without brackets and port, is of this machine."""
    if not host:
        return False
    if host.lower() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def is_loopback_url(url: str) -> bool:
    """Whether `url` is an http or https address of this machine, beyond doubt."""
    if "\\" in url or any(not "!" <= character <= "~" for character in url):
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and "@" not in parts.netloc and is_loopback_host(host)
