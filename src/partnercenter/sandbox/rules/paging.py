"""Pages of a list: the continuation token, the links, and which rows come next; behaviour.md 3.2 and 14.

A token holds the keys of the first and last row of its page, so a page costs the same wherever it is
and rows that come or go in between move nobody. It also holds the filter, the dates and the order of the list,
because clients follow with the token alone (lifecycle.md 4). It is signed, and bound to the partner and the list: a
foreign, old or forged one is refused.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Generic, TypeVar

from partnercenter.contract.headers import CONTINUATION_TOKEN
from partnercenter.sandbox.rules.customer_documents import link

R = TypeVar("R")
_TAG_LENGTH = 12


class Seek(Enum):
    """What a caller asks for; the words of `seekOperation`."""

    FIRST = "first"
    NEXT = "next"
    PREVIOUS = "previous"
    LAST = "last"
    PAGE_INDEX = "pageindex"


class BadContinuationTokenError(ValueError):
    """The token was not made by this sandbox for this list."""


@dataclass(frozen=True, slots=True)
class Position:
    """The first and last key of a page, and the query that the list began with."""

    first: int
    last: int
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Window:
    """Which rows to read, in terms of the list's own order.

    `start` is inclusive, `after` and `before` are exclusive bounds; `backwards` reads from the end, and the
    rows must then be turned round.
    """

    start: int | None = None
    after: int | None = None
    before: int | None = None
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class KeyRange:
    """A window in terms of keys: exclusive bounds, and the direction to read in."""

    after: int | None
    before: int | None
    descending: bool

    def holds(self, key: int) -> bool:
        """Whether a key is within the bounds."""
        return (self.after is None or key > self.after) and (self.before is None or key < self.before)


def key_range(wanted: Window, *, newest_first: bool) -> KeyRange:
    """The keys that a window means in a list that grows at its end, or with `newest_first` at its start."""
    if newest_first:
        start = None if wanted.start is None else wanted.start + 1
        return KeyRange(wanted.before, start if wanted.after is None else wanted.after, not wanted.backwards)
    start = None if wanted.start is None else wanted.start - 1
    return KeyRange(start if wanted.after is None else wanted.after, wanted.before, wanted.backwards)


def part_of(rows: Sequence[R], keys: Sequence[int], wanted: Window) -> list[R]:
    """The rows that a window means in a list whose order is not that of its keys, in the direction it is read."""
    place = {key: at for at, key in enumerate(keys)}
    low = 0 if wanted.start is None else place.get(wanted.start, 0)
    if wanted.after is not None:
        low = place.get(wanted.after, -1) + 1
    high = len(rows) if wanted.before is None else place.get(wanted.before, len(rows))
    part = list(rows[low:high])
    return part[::-1] if wanted.backwards else part


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """The rows of one page, and whether there is anything on either side."""

    rows: Sequence[R]
    has_next: bool
    has_previous: bool


def find_seek(word: str | None, has_token: bool) -> Seek | None:
    """The seek operation a query asks for; without one a token means `next`. None for an unknown word."""
    if word is None or not word.strip():
        return Seek.NEXT if has_token else Seek.FIRST
    folded = word.replace("_", "").strip().lower()
    return next((seek for seek in Seek if seek.value == folded), None)


def window(seek: Seek, position: Position | None) -> Window:
    """The rows that an operation wants, from the page that the token stands for."""
    if seek is Seek.LAST:
        return Window(backwards=True)
    if position is None or seek is Seek.FIRST:
        return Window()
    if seek is Seek.NEXT:
        return Window(after=position.last)
    if seek is Seek.PREVIOUS:
        return Window(before=position.first, backwards=True)
    return Window(start=position.first)


def cut(rows: Sequence[R], size: int, wanted: Window) -> Page[R]:
    """A page out of up to `size + 1` rows that were read for a window."""
    more = len(rows) > size
    kept = list(rows[:size])
    if wanted.backwards:
        kept.reverse()
        return Page(kept, has_next=wanted.before is not None, has_previous=more)
    return Page(kept, has_next=more, has_previous=wanted.after is not None or wanted.start is not None)


def make_token(position: Position, scope: str, secret: bytes) -> str:
    """The token of a page; `scope` names partner and list."""
    content = [position.first, position.last, dict(position.query)]
    payload = json.dumps(content, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_tag(payload, scope, secret) + payload).decode("ascii")


def read_token(token: str, scope: str, secret: bytes) -> Position:
    """The page a token stands for; raises `BadContinuationTokenError`."""
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii"))
    except ValueError:
        raise BadContinuationTokenError from None
    tag, payload = raw[:_TAG_LENGTH], raw[_TAG_LENGTH:]
    if not hmac.compare_digest(tag, _tag(payload, scope, secret)):
        raise BadContinuationTokenError
    first, last, query = json.loads(payload)
    return Position(int(first), int(last), query)


def _tag(payload: bytes, scope: str, secret: bytes) -> bytes:
    return hmac.new(secret, payload + b"\0" + scope.encode(), hashlib.sha256).digest()[:_TAG_LENGTH]


def collection(
    items: Sequence[Any],
    *,
    self_uri: str,
    page_uri: str,
    token: str | None,
    has_next: bool,
    has_previous: bool,
) -> dict[str, Any]:
    """The collection around a page. `page_uri` is its address without `seekOperation`."""
    links = {"self": link(self_uri)}
    if token is not None:
        for name, there in (("next", has_next), ("previous", has_previous)):
            if there:
                join = "&" if "?" in page_uri else "?"
                headers = [{"key": CONTINUATION_TOKEN, "value": token}]
                uri = f"{page_uri}{join}seekOperation={name.capitalize()}"
                links[name] = {"uri": uri, "method": "GET", "headers": headers}
    document: dict[str, Any] = {"totalCount": len(items), "items": list(items)}
    if token is not None and has_next:
        document["continuationToken"] = token
    return {**document, "links": links, "attributes": {"objectType": "Collection"}}


def offset_collection(
    items: Sequence[Any], self_uri: str, bare_uri: str, *, size: int, offset: int
) -> dict[str, Any]:
    """A collection of the items from an offset on. `bare_uri` is its address without size and offset."""
    page = list(items[offset : offset + size])
    join = "" if bare_uri.endswith("?") else "&"
    links = {"self": link(self_uri)}
    if offset + size < len(items):
        links["next"] = link(f"{bare_uri}{join}offset={offset + size}&size={size}")
    if offset > 0:
        links["previous"] = link(f"{bare_uri}{join}offset={max(0, offset - size)}&size={size}")
    return {
        "totalCount": len(page),
        "items": page,
        "links": links,
        "attributes": {"objectType": "Collection"},
    }
