"""One clean-up of a partner tenant at a time; interlock S21.

The system holds the lock for as long as the process lives, so one that a dead process left behind blocks nobody.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from partnercenter.cleanup.interlocks import sentence
from partnercenter.cleanup.state_folder import lock_path
from partnercenter.cleanup.trusted_sandboxes import Refused, SafetyRuleError
from partnercenter.private_files import ConfigurationError, private_folder


class TenantLock:
    """The lock of one tenant, held from its making until `release`."""

    def __init__(self, lock: FileLock) -> None:
        self._lock = lock
        _HELD.add(lock)

    @classmethod
    def take(cls, folder: Path, tenant_id: str, run_id: str) -> TenantLock:
        """Take the lock for a run.

        Raises `SafetyRuleError` when another run has it, `ConfigurationError` when it cannot be made.
        """
        path = lock_path(folder, tenant_id)
        private_folder(folder)
        private_folder(path.parent)
        lock = FileLock(
            path,
            mode=0o600,
            thread_local=False,
            fallback_to_soft=False,
            on_acquired=lambda handle: _write_holder(handle, run_id),
        )
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise SafetyRuleError(Refused("S21", f"{sentence('S21')}{_holder(path)}")) from None
        except OSError as error:
            raise ConfigurationError(f"{path} cannot be written: {error.strerror or error}.") from error
        return cls(lock)

    def release(self) -> None:
        """Let go; a second time does nothing."""
        self._lock.release()
        _HELD.discard(self._lock)


# filelock lets go of a lock that nobody refers to; one that was taken is held all the same.
_HELD: Final[set[FileLock]] = set()

# Windows locks the first byte, for reading too; the holder stands behind it.
_WIDTH: Final = 200


def _write_holder(handle: int, run_id: str) -> None:
    with suppress(OSError):
        os.lseek(handle, 1, os.SEEK_SET)
        os.write(handle, f"run {run_id}, process {os.getpid()}".ljust(_WIDTH).encode("ascii"))


def _holder(path: Path) -> str:
    try:
        with path.open("rb", buffering=0) as file:
            file.seek(1)
            text = (file.read(_WIDTH) or b"").decode("ascii", "replace").strip("\0 ")
    except OSError:
        return ""
    return f" It is {text}." if text.isprintable() and text else ""
