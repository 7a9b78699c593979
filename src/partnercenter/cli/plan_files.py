"""Plans on disk: written whole or not at all, read strictly, or a sentence about what is wrong."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from partnercenter.cli.errors import CommandError, UserError

if TYPE_CHECKING:
    from partnercenter.cleanup.sweep_plan import Plan

_LARGEST: Final = 33_554_432


def load_plan(file: str) -> Plan:
    """The plan in a file, or on stdin for `-`; raises `UserError`. Whether it may be applied is not asked here."""
    from partnercenter.cleanup.plan_file import PlanFileError, read_plan

    try:
        data = sys.stdin.buffer.read(_LARGEST) if file == "-" else _bytes(Path(file))
        return read_plan(data.decode("utf-8-sig"))
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}. Nothing was called.") from None
    except UnicodeDecodeError:
        raise UserError(f"{file} is not UTF-8 text. Nothing was called.") from None
    except PlanFileError as error:
        raise UserError(f"{file} is not a plan ({error}). Nothing was called.") from None


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_LARGEST)


def save_plan(file: str, plan: Plan) -> None:
    """Write a plan's file; raises `CommandError`."""
    from partnercenter.cleanup.plan_file import write_plan

    save_text(file, write_plan(plan))


def save_text(file: str, text: str) -> None:
    """Replace a file by a text, in one step; raises `CommandError`."""
    path = Path(file)
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as written:
                written.write(text)
            Path(temporary).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(temporary).unlink()
            raise
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror or error}.") from error
