"""What the commands that control a running sandbox have in common: where it is, its token, `name=value`."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Sequence
from typing import Any

import click

from partnercenter.cli.control import TOKEN_VARIABLE, Control
from partnercenter.cli.errors import UserError
from partnercenter.cli.settings import LOCAL_SANDBOX, Setting, address, variable
from partnercenter.contract.loopback import is_loopback_url


def control_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--endpoint`; the command gets `control`."""

    @functools.wraps(command)
    def collected(*args: Any, endpoint: str | None, **kwargs: Any) -> Any:
        return command(*args, control=_control(endpoint), **kwargs)

    return click.option(
        "--endpoint",
        help=f"Address of the sandbox; PARTNERCENTER_ENDPOINT if that is on this machine, else {LOCAL_SANDBOX}.",
    )(collected)


def _control(flag: str | None) -> Control:
    from_environment = os.environ.get(variable("endpoint"), "").strip()
    if flag is not None:
        endpoint = address(Setting(flag.strip(), "--endpoint"))
    else:
        endpoint = from_environment.rstrip("/") if is_loopback_url(from_environment) else LOCAL_SANDBOX
    return Control(endpoint, os.environ.get(TOKEN_VARIABLE, "").strip() or None)


def name_value_pairs(texts: Sequence[str]) -> dict[str, str]:
    """`name=value` texts as a mapping; raises `UserError` for anything else and for a name given twice."""
    pairs: dict[str, str] = {}
    for text in texts:
        name, separator, value = text.partition("=")
        name = name.strip()
        if not separator or not name:
            raise UserError(f"--set takes name=value, not {text[:60]!r}.")
        if name in pairs:
            raise UserError(f"--set {name} is given twice.")
        pairs[name] = value.strip()
    return pairs
