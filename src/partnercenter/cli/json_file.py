"""A JSON object out of a file that the user names, or a sentence about what is wrong with the file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from partnercenter.cli.errors import UserError


def read_json_object(file: str, expected: str) -> dict[str, Any]:
    """The object in a file, or on stdin for `-`; raises `UserError`. `expected` says what the file must hold."""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
        document = json.loads(text)
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}.") from None
    except json.JSONDecodeError as error:
        raise UserError(
            f"{file} is not JSON: {error.msg} in line {error.lineno}, column {error.colno}."
        ) from None
    except (UnicodeDecodeError, RecursionError):
        raise UserError(f"{file} is not a JSON document in UTF-8.") from None
    if not isinstance(document, dict):
        raise UserError(f"{file} must hold {expected}.")
    return document
