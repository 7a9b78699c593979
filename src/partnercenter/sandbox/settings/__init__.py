"""The sandbox's settings: one for each fact of the service that nobody has documented.

behaviour.md marks such facts "assumed". A fact learned later changes one default here. Each setting is
set with `partnercenter sandbox serve --set name=value`, at `/_sandbox/settings`, or by a seed; `make docs` writes
them into docs/settings.md. The setting `profile` gives several others a value at once (`profiles`).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.settings import (
    agreements,
    answers,
    audit,
    cancelling,
    catalogue,
    customers,
    delays,
    deletion,
    purchases,
    requests,
    sign_in,
    sign_in_pages,
    subscriptions,
    throttling,
    tokens,
    users,
)
from partnercenter.sandbox.settings.profiles import PROFILES
from partnercenter.sandbox.settings.setting import Setting, Value, words

__all__ = ["GROUPS", "PROFILES", "SETTINGS", "Setting", "Settings", "Value"]

_PROFILE: Final = words("profile", tuple(PROFILES), "1.7", "Gives several settings a value at once.")

GROUPS: Final[Mapping[str, tuple[Setting, ...]]] = {
    "Profile": (_PROFILE,),
    "Deleting a customer": deletion.TABLE,
    "Tokens": tokens.TABLE,
    "Signing in": sign_in.TABLE,
    "Sign-in pages": sign_in_pages.TABLE,
    "Requests": requests.TABLE,
    "Throttling": throttling.TABLE,
    "Answers": answers.TABLE,
    "Customers": customers.TABLE,
    "Catalogue": catalogue.TABLE,
    "Agreements": agreements.TABLE,
    "Users and licences": users.TABLE,
    "Purchases": purchases.TABLE,
    "Cancelling": cancelling.TABLE,
    "Subscriptions and entitlements": subscriptions.TABLE,
    "Delays": delays.TABLE,
    "Audit": audit.TABLE,
}

SETTINGS: Final[Mapping[str, Setting]] = {
    setting.name: setting for table in GROUPS.values() for setting in table
}
_CHECKS: Final = ["customer", "environment", "id"]
_SUFFIXES: Final = re.compile(r"\s*[a-z0-9.-]+\s*(,\s*[a-z0-9.-]+\s*)*", re.IGNORECASE)
_DEFAULTS: Final[Mapping[str, Value]] = {name: setting.default for name, setting in SETTINGS.items()}


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force: the defaults, what the profile makes of them, and what was changed."""

    changed: Mapping[str, Value]
    _in_force: Mapping[str, Value] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        profile = PROFILES[str(self.changed.get("profile", _PROFILE.default))]
        object.__setattr__(self, "_in_force", {**_DEFAULTS, **profile, **self.changed})

    @classmethod
    def of(cls, given: Mapping[str, object]) -> Settings:
        """Check and read values given as text or JSON; raises `SandboxError` for an unknown name or a wrong value."""
        return cls(dict(_parsed(given)))

    def with_changes(self, given: Mapping[str, object]) -> Settings:
        """These settings with some changed; a value of None goes back to the default."""
        kept = {name: value for name, value in self.changed.items() if name not in given}
        for name in given:
            _find_setting(name)
        return Settings(kept | dict(_parsed({k: v for k, v in given.items() if v is not None})))

    def __getitem__(self, name: str) -> Value:
        return self._in_force[name]

    def flag(self, name: str) -> bool:
        """The value of a setting that is on or off."""
        return bool(self._in_force[name])

    def number(self, name: str) -> int:
        """The value of a setting that is a number."""
        return int(self._in_force[name])

    def text(self, name: str) -> str:
        """The value of a setting that is a word or a text."""
        return str(self._in_force[name])

    def as_json(self) -> dict[str, Value]:
        """Every setting with its value in force."""
        return dict(self._in_force)


def _find_setting(name: str) -> Setting:
    """The setting of that name; raises `SandboxError` with the nearest name that exists."""
    setting = SETTINGS.get(name)
    if setting is None:
        near = difflib.get_close_matches(name, SETTINGS, n=1)
        hint = f"did you mean {near[0]}?" if near else "'partnercenter sandbox settings' lists them."
        raise SandboxError(f"There is no setting named {name[:60]!r}; {hint}")
    return setting


def _parsed(given: Mapping[str, object]) -> Iterator[tuple[str, Value]]:
    for name, raw in given.items():
        value = _find_setting(name).parse(raw)
        if name == "precedence" and sorted(str(value).split(",")) != _CHECKS:
            raise SandboxError(
                "The setting precedence takes id,customer,environment in any order, without blanks."
            )
        if name == "domain_suffixes" and not _SUFFIXES.fullmatch(str(value)):
            raise SandboxError(
                "The setting domain_suffixes takes names such as onmicrosoft.com, joined by commas."
            )
        yield name, value
