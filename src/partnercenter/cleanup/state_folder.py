"""What the user's state folder has of runs: `runs` with a journal for each, `locks` with a lock for each tenant.

Both are their owner's alone; wider ones are refused, because a journal decides what is asked again.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

_RUN_ID: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,79}", re.ASCII)
_ENDING: Final = ".jsonl"


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
