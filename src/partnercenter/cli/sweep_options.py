"""The flags that choose customers, and the `Selection` that they make (S09 to S12), before anything is called."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from partnercenter.cli.errors import UserError
from partnercenter.cli.selection import ids_from_arguments, ids_from_file

if TYPE_CHECKING:
    from partnercenter.cleanup.safety_settings import SafetySettings
    from partnercenter.cleanup.selection import Selection

_FLAGS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("--all everyone", {"is_flag": True, "help": "All customers of the sandbox."}),
    ("--id named", {"multiple": True, "metavar": "ID", "help": "The customer with this id. Repeatable."}),
    ("--file file", {"metavar": "FILE.csv|-", "help": "A CSV file with a column customerId."}),
    (
        "--older-than older_than",
        {"metavar": "AGE", "help": "Customers older than this: P3D, PT12H, 3d, 12h."},
    ),
    (
        "--name name",
        {"metavar": "PATTERN", "help": "Customers whose company name matches, such as 'test-*'."},
    ),
    ("--domain domain", {"metavar": "PATTERN", "help": "Customers whose domain matches."}),
    (
        "--free free",
        {"type": int, "metavar": "N", "help": "As many of the oldest as leave N of 75 places free."},
    ),
    (
        "--keep keep",
        {
            "multiple": True,
            "metavar": "ID|DOMAIN|PATTERN[,until=DAY]",
            "help": "Keep these customers. Repeatable; the profile may have a list as well.",
        },
    ),
    (
        "--max most",
        {"type": int, "metavar": "N", "help": "Refuse a plan that deletes more than N customers."},
    ),
)


def selection_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the flags that choose customers; the command gets `chosen`, a mapping."""
    names = [declared.split()[1] for declared, _ in _FLAGS]

    @functools.wraps(command)
    def collected(*args: Any, **kwargs: Any) -> Any:
        chosen = {name: kwargs.pop(name) for name in names}
        return command(*args, chosen=chosen, **kwargs)

    wrapped: Callable[..., Any] = collected
    for declared, options in reversed(_FLAGS):
        wrapped = click.option(*declared.split(), **options)(wrapped)
    return wrapped


def is_anything_chosen(chosen: Mapping[str, Any]) -> bool:
    """Whether a flag was given."""
    return any(value not in (None, False, ()) for value in chosen.values())


def selection_of(chosen: Mapping[str, Any], safety: SafetySettings, ids: tuple[str, ...] = ()) -> Selection:
    """The selection, and the profile's keep list; raises `UserError` for whatever is wrong in the flags or a file."""
    from partnercenter.cleanup.selection import Selection, parse_age, parse_keep, parse_pattern, with_keep
    from partnercenter.cleanup.trusted_sandboxes import MOST_CUSTOMERS

    ids = (*ids, *chosen["named"])
    file = chosen["file"]
    if ids and file is not None:
        raise UserError("Give customer ids or --file, not both.")
    try:
        made = Selection(
            everyone=chosen["everyone"],
            ids=tuple(ids_from_file(file) if file is not None else ids_from_arguments(ids) if ids else ()),
            older_than=None if chosen["older_than"] is None else parse_age(chosen["older_than"]),
            name="" if chosen["name"] is None else parse_pattern(chosen["name"], "--name"),
            domain="" if chosen["domain"] is None else parse_pattern(chosen["domain"], "--domain"),
            free=chosen["free"],
            keep=tuple(parse_keep(text) for text in chosen["keep"]),
            most=MOST_CUSTOMERS if chosen["most"] is None else chosen["most"],
        )
    except ValueError as error:
        raise UserError(f"{error} Nothing was called.") from None
    _refuse_too_many(len(made.ids))
    return with_keep(made, safety.keep)


def _refuse_too_many(count: int) -> None:
    from partnercenter.cleanup.trusted_sandboxes import SafetyRuleError, too_many

    refusal = too_many(count)
    if refusal is not None:
        raise SafetyRuleError(refusal)
