"""The file in which the user's trusted sandboxes stand: `trusted-sandboxes.json` in the configuration folder.

It grants the right to delete, so it is read strictly: one thing in it that is not understood and the whole
file is refused, because the rest of it may not mean what it seems to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from partnercenter.cleanup.strict_json import decode_strictly
from partnercenter.cleanup.trusted_sandboxes import LOCAL_ALIAS, TrustedSandbox, canonical_guid
from partnercenter.private_files import ConfigurationError, exclusive, read_private, write_private
from partnercenter.user_folders import config_folder

FILE_NAME: Final = "trusted-sandboxes.json"
_VERSION: Final = 1
_NOBODY: Final = "00000000-0000-0000-0000-000000000000"
_ALIAS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


def registry_path(environment: Mapping[str, str]) -> Path:
    """Where the file is, or would be."""
    return config_folder(environment) / FILE_NAME


def read_registry(environment: Mapping[str, str]) -> tuple[TrustedSandbox, ...]:
    """The sandboxes that the user trusts; raises `ConfigurationError` when the file cannot be believed."""
    path = registry_path(environment)
    text = read_private(path)
    if text is None:
        return ()
    try:
        return _parse(text)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(
            f"{path} is not a list of trusted sandboxes ({error}); correct it, or remove it and register again "
            "with 'partnercenter trust'."
        ) from None


def _parse(text: str) -> tuple[TrustedSandbox, ...]:
    try:
        document = decode_strictly(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"line {error.lineno}: {error.msg}") from None
    if not isinstance(document, dict) or set(document) != {"version", "sandboxes"}:
        raise ValueError("it must be an object with version and sandboxes")
    if document["version"] != _VERSION or isinstance(document["version"], bool):
        raise ValueError(f"its version must be {_VERSION}")
    entries = document["sandboxes"]
    if not isinstance(entries, list):
        raise ValueError("sandboxes must be a list")
    found: tuple[TrustedSandbox, ...] = ()
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict) or set(entry) != {"alias", "tenantId"}:
            raise ValueError(f"entry {number} must have alias and tenantId, and nothing else")
        try:
            found = with_sandbox(found, entry["tenantId"], entry["alias"])
        except ValueError as error:
            raise ValueError(f"entry {number}: {error}") from None
    return found


def with_sandbox(
    registry: Sequence[TrustedSandbox], tenant_id: object, alias: object
) -> tuple[TrustedSandbox, ...]:
    """The registry and one more sandbox; a `ValueError` with the reason when that is not possible."""
    tenant = canonical_guid(tenant_id)
    if tenant is None or tenant == _NOBODY:
        raise ValueError("the tenant id must be a GUID such as 5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11")
    if not isinstance(alias, str) or not _ALIAS.fullmatch(alias):
        raise ValueError(
            "the alias must be 1 to 40 letters, digits, dots, hyphens or underscores, the first a letter or digit"
        )
    if alias.lower() == LOCAL_ALIAS or canonical_guid(alias):
        raise ValueError(f"the alias must not be a GUID or {LOCAL_ALIAS}")
    for known in registry:
        if known.alias.lower() == alias.lower():
            raise ValueError(f"the alias {alias} is taken by tenant {known.tenant_id}")
        if known.tenant_id == tenant:
            raise ValueError(f"tenant {tenant} is registered already, as {known.alias}")
    return (*registry, TrustedSandbox(alias, tenant))


def without_sandbox(registry: Sequence[TrustedSandbox], alias: str) -> tuple[TrustedSandbox, ...]:
    """The registry without the sandbox of that alias or tenant id; a `ValueError` when there is none."""
    wanted = alias.strip().lower()
    kept = tuple(known for known in registry if wanted not in {known.alias.lower(), known.tenant_id})
    if len(kept) == len(registry):
        names = ", ".join(known.alias for known in registry) or "none"
        raise ValueError(f"there is no trusted sandbox {alias[:60]!r}; registered: {names}")
    return kept


def change_registry(
    environment: Mapping[str, str],
    change: Callable[[Sequence[TrustedSandbox]], tuple[TrustedSandbox, ...]],
) -> tuple[TrustedSandbox, ...]:
    """Read the registry, apply `change`, write it back; two processes never undo each other's change.

    Raises `ConfigurationError` for a file that cannot be believed or written, and what `change` raises.
    """
    path = registry_path(environment)
    with exclusive(path):
        changed = change(read_registry(environment))
        entries = [{"alias": known.alias, "tenantId": known.tenant_id} for known in changed]
        write_private(path, json.dumps({"version": _VERSION, "sandboxes": entries}, indent=2) + "\n")
    return changed
