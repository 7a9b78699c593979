"""The members of one JSON object that a person wrote, taken one by one, with one sentence for what is wrong."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any, Final

from partnercenter.contract.identifiers import parse_guid
from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.rules.country_rules import find_country_rules

LONGEST: Final = 500
_DOMAIN: Final = re.compile(
    r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+"
)


class Members:
    """The members of a JSON object; those left at the end are mistakes. `place` is where it stands in `source`."""

    def __init__(self, json: object, place: str, source: str = "the world") -> None:
        if not isinstance(json, dict):
            raise SandboxError(f"In {source}, {place} must be an object in braces.")
        self.place = place
        self.source = source
        self._json: dict[str, Any] = dict(json)
        self._known: list[str] = []

    def has(self, name: str) -> bool:
        """Whether a member is there and not null."""
        self._known.append(name)
        return self._json.get(name) is not None

    def take_text(self, name: str, default: str | None = None) -> str:
        """A text of one line, without the blanks around it."""
        value = self._take(name, default)
        if not isinstance(value, str) or not value.strip() or len(value) > LONGEST or not value.isprintable():
            raise self._wrong(name, f"a text of one line, of at most {LONGEST} characters")
        return value.strip()

    def take_domain(self, name: str) -> str:
        """The name of a domain, in lower case."""
        value = self.take_text(name).lower()
        if not _DOMAIN.fullmatch(value):
            raise self._wrong(name, "the name of a domain, such as contoso.onmicrosoft.com")
        return value

    def take_secret(self, name: str) -> str:
        """A text as it stands; what is right for it is for others to say."""
        value = self._take(name, None)
        if not isinstance(value, str):
            raise self._wrong(name, "a text")
        return value

    def take_texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, none of them twice."""
        values = self.take_list(name)
        if not all(isinstance(value, str) for value in values):
            raise self._wrong(name, "a list of texts")
        if len(set(values)) < len(values):
            raise self.mistake(name, "must name nothing twice")
        return tuple(values)

    def take_country(self, name: str, default: str) -> str:
        """The code of a country, in capitals."""
        value = self.take_text(name, default).upper()
        if find_country_rules(value) is None:
            raise self._wrong(name, "the ISO 3166 code of a country")
        return value

    def take_guid(self, name: str) -> str:
        """A GUID, in lower case."""
        value = self._take(name, None)
        guid = parse_guid(value) if isinstance(value, str) else None
        if guid is None:
            raise self._wrong(name, "a GUID")
        return guid

    def take_word(self, name: str, choices: tuple[str, ...], *, required: bool = False) -> str:
        """One of the words; the first of them when the member is absent."""
        value = self._take(name, None if required else choices[0])
        if value not in choices:
            raise self._wrong(name, "one of " + ", ".join(choices))
        return str(value)

    def take_flag(self, name: str, default: bool) -> bool:
        """True or false."""
        value = self._take(name, default)
        if not isinstance(value, bool):
            raise self._wrong(name, "true or false")
        return value

    def take_number(self, name: str, default: int, most: int) -> int:
        """A whole number from 0 to `most`."""
        value = self._take(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
            raise self._wrong(name, f"a whole number from 0 to {most}")
        return value

    def take_list(self, name: str) -> list[Any]:
        """A list; empty when the member is absent."""
        value = self._take(name, [])
        if not isinstance(value, list):
            raise self._wrong(name, "a list")
        return value

    def take_object(self, name: str) -> dict[str, Any]:
        """An object; empty when the member is absent."""
        value = self._take(name, {})
        if not isinstance(value, dict):
            raise self._wrong(name, "an object in braces")
        return value

    def end(self) -> None:
        """Refuse the members that nobody took."""
        for name in self._unknown():
            near = difflib.get_close_matches(name, self._known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(sorted(set(self._known)))}."
            raise SandboxError(f"In {self.source}, {self.place} has no member {name[:60]!r}; {hint}")

    def _unknown(self) -> Iterator[str]:
        return (name for name in self._json if name not in self._known)

    def _take(self, name: str, default: object) -> Any:
        self._known.append(name)
        value = self._json.get(name)
        return default if value is None else value

    def mistake(self, name: str, said: str) -> SandboxError:
        """The sentence about a member, of which `said` is the end."""
        return SandboxError(f"In {self.source}, {self.place}.{name} {said}.")

    def _wrong(self, name: str, expected: str) -> SandboxError:
        return self.mistake(name, f"must be {expected}")
