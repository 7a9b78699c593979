"""Whether an address is on this very machine.

Secrets and exceptions from safety rules depend on the answer, so anything that two programs could read in two
ways (user information, backslashes, blanks, names that merely look local) is not loopback.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def is_loopback(url: str) -> bool:
    """Whether `url` is an http or https address of this machine, beyond doubt."""
    if "\\" in url or any(not "!" <= character <= "~" for character in url):
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or not host:
        return False
    return host == "localhost" or _is_loopback_address(host)


def _is_loopback_address(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
