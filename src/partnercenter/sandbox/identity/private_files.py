"""Files that only their owner may read, written whole or not at all.

The folder and file rules of `certificates` live here, nothing about their content. The invariant: a
secret never stands in a file that another user could read, not for a moment; a file that exists has its
whole content. On Windows the permissions of the user's profile apply and none are checked.
"""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path
from typing import Final

_OWNER_ONLY_FOLDER: Final = 0o700
OWNER_ONLY: Final = 0o600
READABLE: Final = 0o644
_HAS_MODES: Final = os.name != "nt"


class CertificateError(Exception):
    """The local certificates cannot be used; the message says why and what to do.

    It names files and hosts, never what a key file contains.
    """


def make_private_folder(folder: Path) -> None:
    """Make the folder for its owner alone; `CertificateError` when it exists and others may write to it."""
    folder.mkdir(mode=_OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
    if _HAS_MODES and folder.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise CertificateError(
            f"Other users may write to {folder}, so its certificates cannot be trusted; run 'chmod 700' "
            "on it or choose another folder."
        )


def read_private(path: Path) -> bytes | None:
    """The content, or None when there is no such file; `CertificateError` when others may use it."""
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if _HAS_MODES and mode & ~OWNER_ONLY:
                raise CertificateError(
                    f"The key file {path} has the permissions {mode:04o} and must have 0600; it was not "
                    "used, because others may have read it: delete it, or run 'chmod 600' on it if nobody "
                    "could."
                )
            return file.read()
    except FileNotFoundError:
        return None


def write_whole(path: Path, content: bytes, mode: int, *, replace: bool) -> None:
    """Write a file at once. With `replace=False` a file that came into being meanwhile stays as it is."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    written = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        written.chmod(mode)
        if replace:
            written.replace(path)
        else:
            _put_if_absent(written, path)
    finally:
        written.unlink(missing_ok=True)


def _put_if_absent(written: Path, path: Path) -> None:
    try:
        path.hardlink_to(written)
    except FileExistsError:
        return
    except OSError:  # a file system without hard links: the file that comes last stays
        written.replace(path)
