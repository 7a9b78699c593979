"""Compares what the sandbox answers with an example whose ids, times and names were invented.

What was invented is told by its form: ids, etags, times. Each invented value is met somewhere for the first time;
from then on it stands for what was answered there, and must be answered again wherever the example repeats it.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from partnercenter.contract.timestamps import format_timestamp, parse_timestamp

_GUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_FORMS = (
    ("guid", _GUID),
    ("time", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"),
    ("day", r"\d{4}-\d\d-\d\d"),
    ("etag", r"eyJ[A-Za-z0-9+/]+=*"),
    ("token", r"AQAAA[A-Za-z0-9+/]+=*"),
    ("long", r"[A-Za-z0-9_-]{32}1"),
    ("group", r"[0-9a-f]{20}"),
    ("ticks", r"\d{18}"),
    ("short", r"[0-9a-f]{12}"),
    ("number", r"-?\d{17,20}"),
)
# Between blanks, slashes, quotation marks in addresses, and the underscores that join the ids of records.
_BEFORE, _AFTER = r"(?:(?<=%22)|(?<![A-Za-z0-9-]))", r"(?![A-Za-z0-9-])"
_INVENTED = re.compile("|".join(rf"(?P<{name}>{_BEFORE}{form}{_AFTER})" for name, form in _FORMS))
_PATTERNS = {**dict(_FORMS), "etag": r"[A-Za-z0-9+/]+=*", "token": r"[A-Za-z0-9_-]+=*"}
_FOREIGN_DOMAIN = re.compile(r"https?://\S+")


@dataclass
class Names:
    """What the invented values of the examples stand for in this run, and by how many years it is later."""

    years: int
    tolerance: timedelta
    known: dict[str, str] = field(default_factory=dict)

    def copy(self) -> Names:
        """The same names, to try something."""
        return Names(self.years, self.tolerance, dict(self.known))

    def translated(self, value: Any) -> Any:
        """A request of the example as this run must send it."""
        if isinstance(value, dict):
            return {name: self.translated(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self.translated(item) for item in value]
        return _INVENTED.sub(self._translated_token, value) if isinstance(value, str) else value

    def _translated_token(self, match: re.Match[str]) -> str:
        example = match[0]
        if example in self.known:
            return self.known[example]
        return self.later(example) if match.lastgroup in {"time", "day"} else example

    def later(self, example: str) -> str:
        """A time of the example, so many years later."""
        year = int(example[:4]) + self.years
        return f"{year:04}{example[4:]}"

    def problem(self, example: str, answered: str) -> str | None:
        """Why a text that was answered is not that of the example, or None; learns what is new in it."""
        pattern, met = self._pattern(example)
        found = re.fullmatch(pattern, answered)
        if found is None:
            return f"{answered!r} is not like {example!r}"
        for token, value in zip(met, found.groups(), strict=True):
            told = self._learn(token, value)
            if told is not None:
                return told
        return None

    def _pattern(self, example: str) -> tuple[str, list[str]]:
        """A regular expression for the text, and the invented values that are its groups."""
        pattern, place, met = "", 0, list[str]()
        for match in _INVENTED.finditer(example):
            pattern += re.escape(example[place : match.start()])
            place = match.end()
            known = self._known(match[0])
            if known is not None:
                pattern += re.escape(known)
            elif match.lastgroup == "day":
                pattern += re.escape(self.later(match[0]))
            else:
                pattern += f"({_PATTERNS[str(match.lastgroup)]})"
                met.append(match[0])
        return pattern + re.escape(example[place:]), met

    def _known(self, example: str) -> str | None:
        """What an invented value stands for; ids of records write it in lower case."""
        if example in self.known or example != example.lower():
            return self.known.get(example)
        folded = {known.lower(): value.lower() for known, value in self.known.items()}
        return folded.get(example)

    def _learn(self, example: str, value: str) -> str | None:
        if re.fullmatch(_PATTERNS["time"], example):
            return self._learn_time(example, value)
        if example.startswith("eyJ") and _version(example) != _version(value):
            return f"the etag {value} is of version {_version(value)}, not {_version(example)}"
        if value in self.known.values() and self.known.get(example) != value:
            return f"{value} stands for two things, one of which is {example}"
        self.known[example] = value
        return None

    def _learn_time(self, example: str, value: str) -> str | None:
        """Midnight is exact; other times are those at which something was done, give or take."""
        expected = parse_timestamp(self.later(example))
        late = abs(parse_timestamp(value) - expected)
        if late > (timedelta() if _is_midnight(expected) else self.tolerance):
            return f"{value} is not the time {format_timestamp(expected)}"
        if not _is_midnight(expected):
            self.known[example] = value
        return None


def _is_midnight(moment: datetime) -> bool:
    return (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0)


def _version(etag: str) -> Any:
    try:
        return json.loads(base64.b64decode(etag))["version"]
    except (binascii.Error, ValueError, KeyError):
        return None


@dataclass
class Comparison:
    """What is not as in the example, and what there is beyond it; paths are member names joined by dots.

    Of members in `free`, only the form counts. Lists in `subsets` may have more items, and theirs in any order.
    """

    names: Names
    free: frozenset[str] = frozenset()
    subsets: frozenset[str] = frozenset()
    problems: list[str] = field(default_factory=list)
    additions: set[str] = field(default_factory=set)

    def compare(self, example: Any, answered: Any, path: str = "") -> None:
        """Compare one value."""
        name = path.rpartition(".")[2].removesuffix("[]")
        if name in self.free:
            self._compare_forms(example, answered, path)
        elif isinstance(example, dict) and isinstance(answered, dict):
            self._compare_objects(example, answered, path)
        elif isinstance(example, list) and isinstance(answered, list):
            self._compare_lists(example, answered, path)
        elif isinstance(example, str) and isinstance(answered, str):
            self._compare_texts(example, answered, path)
        elif type(example) is not type(answered) or example != answered:
            self.problems.append(f"{path}: {answered!r} instead of {example!r}")

    def _compare_objects(self, example: dict[str, Any], answered: dict[str, Any], path: str) -> None:
        counts_more = {"totalCount"} if any(f"{path}items" == name for name in self.subsets) else set[str]()
        for name, value in example.items():
            below = f"{path}.{name}" if path else name
            if name not in answered:
                self.problems.append(f"{below} is missing")
            elif name in counts_more:
                self.compare(len(answered["items"]), answered[name], below)
            else:
                self.compare(value, answered[name], below)
        self.additions |= {f"{path}.{name}" if path else name for name in answered if name not in example}

    def _compare_lists(self, example: list[Any], answered: list[Any], path: str) -> None:
        if path in self.subsets:
            for item in example:
                self._find(item, answered, path)
            return
        if len(example) != len(answered):
            self.problems.append(f"{path} has {len(answered)} items instead of {len(example)}: {answered}")
        for one, other in zip(example, answered, strict=False):
            self.compare(one, other, f"{path}[]")

    def _find(self, example: Any, answered: list[Any], path: str) -> None:
        """Find an item of the example among others, the one that is most like it."""
        tried = []
        for item in answered:
            attempt = Comparison(self.names.copy(), self.free, self.subsets)
            attempt.compare(example, item, f"{path}[]")
            tried.append(attempt)
        best = min(tried, key=lambda attempt: len(attempt.problems), default=None)
        if best is None:
            self.problems.append(f"{path} is empty")
            return
        self.names.known.update(best.names.known)
        self.problems += best.problems
        self.additions |= best.additions

    def _compare_texts(self, example: str, answered: str, path: str) -> None:
        if example.startswith("{") and answered.startswith("{"):
            self.compare(json.loads(example), json.loads(answered), path)
            return
        problem = self.names.problem(example, answered)
        if problem is not None:
            self.problems.append(f"{path}: {problem}")

    def _compare_forms(self, example: Any, answered: Any, path: str) -> None:
        same = isinstance(answered, type(example)) and answered
        if isinstance(example, str) and same:
            same = list(_forms(example)) == list(_forms(answered))
        if not same:
            self.problems.append(f"{path}: {answered!r} has not the form of {example!r}")


def _forms(text: str) -> Iterator[str | None]:
    if _FOREIGN_DOMAIN.fullmatch(text):
        yield "address"
        return
    yield from (match.lastgroup for match in _INVENTED.finditer(text))
