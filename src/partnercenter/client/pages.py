"""Pages of a list: what stands on one, and how to read on; behaviour.md 3.2 and 14.

Pure. The continuation token that `by_page` takes and gives is the path of the next page together with the
service's own token, as one opaque text.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from partnercenter.client.addresses import path_of_link
from partnercenter.client.errors import PartnerCenterError, UnexpectedAnswerError
from partnercenter.contract.headers import CONTINUATION_TOKEN
from partnercenter.contract.resource import Resource, member_of

R = TypeVar("R", bound=Resource)

PAST_THE_END = 2000
_OF_COLLECTIONS = ("totalCount", "links", "attributes")


@dataclass(frozen=True, slots=True)
class PageAddress:
    """Where a page is: path and query from `/v1` on, and the headers that must go along."""

    path: str
    headers: Mapping[str, str]

    def to_token(self) -> str:
        """The address as an opaque text."""
        return base64.urlsafe_b64encode(json.dumps([self.path, dict(self.headers)]).encode()).decode("ascii")

    @classmethod
    def from_token(cls, token: str, path: str) -> PageAddress:
        """The address out of a text that `to_token` made for this path; raises `ValueError` for any other."""
        try:
            address, headers = json.loads(base64.urlsafe_b64decode(token.encode("ascii")))
            known = set(headers.keys()) <= {CONTINUATION_TOKEN} and all(map(_can_be_sent, headers.values()))
            usable = known and _can_be_sent(address) and address.partition("?")[0] == path
        except (ValueError, TypeError, AttributeError, RecursionError):
            usable = False
        if not usable:
            raise ValueError("The continuation token is not one that by_page of this list gave out.")
        return cls(address, headers)


def _can_be_sent(text: str) -> bool:
    return text.isascii() and text.isprintable()


@dataclass(frozen=True, slots=True)
class ListPage(Generic[R]):
    """The items of a page and where the next one is; None after the last."""

    items: list[R]
    next: PageAddress | None


def read_page(
    document: dict[str, Any], kind: type[R], here: PageAddress, base: str, response: Any
) -> ListPage[R]:
    """A page out of a collection. The last page has no link and no token to the next one.

    Raises `UnexpectedAnswerError` for an object that is no collection, which must not pass for an empty one, and
    for a link that leads elsewhere.
    """
    items = member_of(document, "items")
    if items is None and any(member_of(document, name) is not None for name in _OF_COLLECTIONS):
        items = []
    if not isinstance(items, list):
        what = f"GET {here.path.partition('?')[0]} answered with an object that is not a list of items."
        raise UnexpectedAnswerError(what, response)
    objects = [item for item in items if isinstance(item, dict)]
    try:
        following = _next(document, here, base)
    except ValueError as error:
        raise UnexpectedAnswerError(str(error), response) from None
    return ListPage([kind.from_json(item) for item in objects], following)


def _next(document: dict[str, Any], here: PageAddress, base: str) -> PageAddress | None:
    link = member_of(member_of(document, "links"), "next")
    uri = member_of(link, "uri")
    token = _link_token(link) or member_of(document, "continuationToken")
    headers = {CONTINUATION_TOKEN: token} if isinstance(token, str) and token else {}
    if isinstance(uri, str) and uri:
        return PageAddress(_path(uri, here, base), headers)
    if headers and member_of(document, "links") is None:
        return PageAddress(_with_seek(here.path), headers)
    return None


def _link_token(link: Any) -> str | None:
    headers = member_of(link, "headers")
    for header in headers if isinstance(headers, list) else []:
        name, value = member_of(header, "key"), member_of(header, "value")
        if isinstance(name, str) and name.lower() == CONTINUATION_TOKEN.lower() and isinstance(value, str):
            return value
    return None


def _path(uri: str, here: PageAddress, base: str) -> str:
    """The link from `/v1` on. One to another host, or to another list, is not followed."""
    if not _can_be_sent(uri):
        raise ValueError("The link to the next page cannot be sent and is not followed.")
    path = path_of_link(uri, base)
    if path is None:
        raise ValueError("The link to the next page leads to another host and is not followed.")
    wanted = here.path.partition("?")[0]
    if path.lower() != wanted.lower():
        raise ValueError("The link to the next page leads to another list and is not followed.")
    query = urlsplit(uri).query
    return f"{wanted}?{query}" if query else wanted


def _with_seek(path: str) -> str:
    """The same list with `seekOperation=Next`, for answers that carry a bare token and no links."""
    bare, _, query = path.partition("?")
    pairs = [(name, value) for name, value in parse_qsl(query) if name.lower() != "seekoperation"]
    return f"{bare}?{urlencode([*pairs, ('seekOperation', 'Next')], quote_via=quote)}"


def is_past_the_end(error: PartnerCenterError) -> bool:
    """Whether a refusal of a following page only means that there is none (behaviour.md 3.2)."""
    return error.status_code == 400 and error.code == PAST_THE_END
