"""One clean-up of a partner tenant at a time; interlock S21.

The system holds the lock for as long as the process lives, so one that a dead process left behind blocks nobody.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from partnercenter.cleanup.config_folder import ConfigurationError
from partnercenter.cleanup.interlocks import sentence
from partnercenter.cleanup.state_folder import lock_path, private_folder
from partnercenter.cleanup.trusted_sandboxes import Refused, SafetyRuleError


class TenantLock:
    """The lock of one tenant, held from its making until `release`."""

    def __init__(self, handle: int) -> None:
        self._handle: int | None = handle

    @classmethod
    def take(cls, folder: Path, tenant_id: str, run_id: str) -> TenantLock:
        """Take the lock for a run.

        Raises `SafetyRuleError` when another run has it, `ConfigurationError` when it cannot be made.
        """
        path = lock_path(folder, tenant_id)
        private_folder(folder)
        private_folder(path.parent)
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise ConfigurationError(f"{path} cannot be written: {error.strerror or error}.") from error
        try:
            _lock(handle)
        except OSError:
            holder = _holder(handle)
            os.close(handle)
            raise SafetyRuleError(Refused("S21", f"{sentence('S21')}{holder}")) from None
        _write_holder(handle, run_id)
        return cls(handle)

    def release(self) -> None:
        """Let go; a second time does nothing."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)


# What is locked is the first byte; the holder is written behind it, where Windows lets others read.
_WIDTH = 200


def _write_holder(handle: int, run_id: str) -> None:
    with suppress(OSError):
        os.lseek(handle, 1, os.SEEK_SET)
        os.write(handle, f"run {run_id}, process {os.getpid()}".ljust(_WIDTH).encode("ascii"))


def _holder(handle: int) -> str:
    try:
        os.lseek(handle, 1, os.SEEK_SET)
        text = os.read(handle, _WIDTH).decode("ascii", "replace").strip("\0 ")
    except OSError:
        return ""
    return f" It is {text}." if text.isprintable() and text else ""


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
