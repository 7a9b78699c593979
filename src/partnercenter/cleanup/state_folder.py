"""The folder in which runs are kept: `runs` with a journal for each, `locks` with a lock for each tenant.

Both are their owner's alone; wider ones are refused, because a journal decides what is asked again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from partnercenter.cleanup.config_folder import ConfigurationError, check_owner

_FOLDER_VARIABLE: Final = "PARTNERCENTER_STATE_DIR"
_RUN_ID: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,79}", re.ASCII)
_ENDING: Final = ".jsonl"


def state_folder(environment: Mapping[str, str]) -> Path:
    """The folder, which need not exist: `PARTNERCENTER_STATE_DIR`, or the place the system has for it."""
    named = environment.get(_FOLDER_VARIABLE, "").strip()
    if named:
        return Path(named).expanduser()
    import platformdirs

    return Path(platformdirs.user_state_path("partnercenter", appauthor=False))


def private_folder(path: Path) -> Path:
    """The folder, made when there is none; raises `ConfigurationError` for one that others may enter."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = path.stat()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be made: {error.strerror or error}.") from error
    check_owner(path, status, forbidden=0o077)
    return path


def journal_path(folder: Path, run_id: str) -> Path:
    """Where the journal of a run is; raises `ValueError` for what is no id of a run."""
    if not _RUN_ID.fullmatch(run_id):
        raise ValueError(f"{run_id[:60]!r} is not the id of a run; 'partnercenter sweep runs' lists them.")
    return folder / "runs" / f"{run_id}{_ENDING}"


def lock_path(folder: Path, tenant_id: str) -> Path:
    """Where the lock of a partner tenant is; `tenant_id` is a GUID."""
    return folder / "locks" / f"{tenant_id}.lock"


def run_ids(folder: Path) -> list[str]:
    """The runs that are kept, the newest first."""
    try:
        found = [path.stem for path in (folder / "runs").iterdir() if path.suffix == _ENDING]
    except OSError:
        return []
    return sorted((name for name in found if _RUN_ID.fullmatch(name)), reverse=True)
