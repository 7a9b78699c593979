"""Where an artifact's link leads: to which operation of the contract, with which ids. Pure; behaviour.md 6."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import unquote

from partnercenter.client.addresses import path_of_link
from partnercenter.contract.entitlements import ReservedInstanceArtifact
from partnercenter.contract.identifiers import parse_guid
from partnercenter.contract.operations import OPERATIONS
from partnercenter.contract.resource import member_of

_NAMES: Final = ("artifacts.get_reserved_instance", "artifacts.get_virtual_machine_reserved_instance")
_PATTERNS: Final = {
    name: re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", OPERATIONS[name].path), re.IGNORECASE | re.ASCII)
    for name in _NAMES
}


def artifact_address(
    artifact: ReservedInstanceArtifact, customer_id: str, base: str
) -> tuple[str, dict[str, str]]:
    """The operation that reads what an artifact's link leads to, and its ids.

    Raises `ValueError` for an artifact without a link, and for a link to another host, another customer, or to
    anything that is no reservation.
    """
    uri: Any = member_of(member_of(artifact.to_json(), "link"), "uri")
    if not isinstance(uri, str) or not uri:
        raise ValueError("The artifact has no link.")
    path = path_of_link(uri, base) or ""
    for name, pattern in _PATTERNS.items():
        found = pattern.fullmatch(path)
        if found is not None and parse_guid(unquote(found["customer_id"])) == customer_id:
            return name, {key: unquote(value) for key, value in found.groupdict().items()}
    raise ValueError("The artifact's link leads to no reservation of this customer and is not followed.")
