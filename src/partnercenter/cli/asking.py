"""Questions to the person at the terminal. Asked on stderr, answered on stdin; an end of input is a no."""

from __future__ import annotations

import sys

from partnercenter.cli.errors import UserError
from partnercenter.cli.visible import visible


def require_terminal(what: str) -> None:
    """Raise `UserError` when there is nobody to ask."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UserError(
            f"{what} needs a confirmation and there is no terminal to ask on; use --yes in scripts."
        )


def ask(question: str) -> str:
    """The answer, without blanks around it."""
    sys.stderr.write(f"{visible(question)} ")
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not answer.endswith("\n"):
        sys.stderr.write("\n")
    return answer.strip()


def yes(question: str) -> bool:
    """Whether the answer is y or yes; anything else is no."""
    return ask(f"{question} [y/N]").lower() in {"y", "yes"}
