"""What a setting is: its kind, its default, the section of behaviour.md it comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from partnercenter.sandbox.errors import SandboxError

Value = str | int | bool
Kind = Literal["fault", "flag", "number", "words", "text"]

_TRUE: Final = {"true", "on", "yes", "1"}
_FALSE: Final = {"false", "off", "no", "0"}
_FAULT: Final = re.compile(r"[45]\d\d(/\d{1,6})?")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. A `fault` is written as `status/code`, or as `status` alone for an answer without a body."""

    name: str
    kind: Kind
    default: Value
    section: str
    summary: str
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = 2**31

    def parse(self, raw: object) -> Value:
        """Read a value given as text or as JSON; raises `SandboxError` with what would be right."""
        text = str(raw) if isinstance(raw, (str, int)) else None
        value = None if text is None else self._parse_text(text if self.kind == "text" else text.strip())
        if value is None:
            shown = str(raw)[:60]
            raise SandboxError(f"The setting {self.name} takes {self.expected}, not {shown!r}.")
        return value

    def _parse_text(self, text: str) -> Value | None:
        match self.kind:
            case "flag":
                word = text.lower()
                return True if word in _TRUE else False if word in _FALSE else None
            case "number":
                number = int(text) if re.fullmatch(r"\d{1,10}", text) else None
                return number if number is not None and self.least <= number <= self.most else None
            case "fault":
                return text if _FAULT.fullmatch(text) else None
            case "words":
                return next((word for word in self.choices if word == text.lower()), None)
            case "text":
                return text if len(text) <= 1000 and text.isprintable() else None

    @property
    def expected(self) -> str:
        """What a value looks like, for messages and docs."""
        match self.kind:
            case "flag":
                return "true or false"
            case "number":
                return f"a whole number from {self.least} to {self.most}"
            case "fault":
                return "an HTTP status and a code such as 400/3000, or a status alone"
            case "words":
                return "one of " + ", ".join(self.choices)
            case "text":
                return "a text"


def fault(name: str, default: str, section: str, summary: str) -> Setting:
    """A setting that names a fault."""
    return Setting(name, "fault", default, section, summary)


def flag(name: str, default: bool, section: str, summary: str) -> Setting:
    """A setting that is on or off."""
    return Setting(name, "flag", default, section, summary)


def number(name: str, default: int, section: str, summary: str, least: int = 0, most: int = 2**31) -> Setting:
    """A setting that is a whole number."""
    return Setting(name, "number", default, section, summary, least=least, most=most)


def words(name: str, choices: tuple[str, ...], section: str, summary: str) -> Setting:
    """A setting that is one of some words; the first is the default."""
    return Setting(name, "words", choices[0], section, summary, choices=choices)


def text(name: str, default: str, section: str, summary: str) -> Setting:
    """A setting that is a text."""
    return Setting(name, "text", default, section, summary)
