"""Lists: the filter of the query, one page that a continuation token leads to, links; behaviour.md 3.2 and 14."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

from partnercenter.contract.headers import CONTINUATION_TOKEN
from partnercenter.contract.identifiers import parse_guid
from partnercenter.sandbox.routes.call import Call
from partnercenter.sandbox.rules.filters import Condition, FilterError, parse_filter
from partnercenter.sandbox.rules.paging import (
    BadContinuationTokenError,
    KeyRange,
    Page,
    Position,
    Seek,
    Window,
    collection,
    cut,
    find_seek,
    key_range,
    make_token,
    part_of,
    read_token,
    window,
)
from partnercenter.sandbox.wire.message import Response, json_response, json_text

_MOST_ITEMS = 500
_BAD_QUERY = (400, 2000)
_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,4000}", re.ASCII)
_SORTING = ("sortfield", "sortdirection", "sortoption.sortfield", "sortoption.sortdirection")
_REMEMBERED = ("filter", "startdate", "enddate", *_SORTING)


class HasKey(Protocol):
    """A row of a list, with the number that tells its place."""

    @property
    def key(self) -> Any:
        """The number."""
        ...


R = TypeVar("R", bound=HasKey)


def recall_query(call: Call) -> None:
    """Let the token say what the query leaves out: clients leave filter, dates and order out (lifecycle.md 4)."""
    position = _position(call)
    if position is not None:
        call.query = {**position.query, **call.query}


def filter_conditions(call: Call) -> list[Condition]:
    """The conditions of the query's filter, none without one; raises the fault of a filter that is none."""
    text = call.query.get("filter", "").strip()
    try:
        return parse_filter(text) if text else []
    except FilterError as error:
        raise call.setting_fault("fault_invalid_filter", str(error)) from None


def own_path(call: Call) -> str:
    """The path of a call as links write it: without `/v1`, with its ids; their owner was found before."""
    path = call.operation.path.removeprefix("/v1")
    for name, value in call.ids.items():
        path = path.replace("{" + name + "}", parse_guid(value) or quote(value, safe="-._~"))
    return path


def own_uri(call: Call) -> str:
    """The address of a call as links write it: its path and its query as it came."""
    parts = query_parts(call)
    return f"{own_path(call)}?{'&'.join(parts)}" if parts else own_path(call)


def query_parts(call: Call, *left_out: str) -> list[str]:
    """The parts of the query as they came, without those of some names; names are in lower case."""
    parts = [part for part in call.request.query_string.split("&") if part]
    return [part for part in parts if part.partition("=")[0].lower() not in left_out]


def page_document(
    call: Call, fetch: Callable[[KeyRange, int], Sequence[R]], show: Callable[[R], Any], *, newest_first: bool
) -> dict[str, Any]:
    """The page that the query and the continuation token ask for, as a collection in the order of its rows' keys."""

    def read(wanted: Window, count: int) -> Sequence[R]:
        return fetch(key_range(wanted, newest_first=newest_first), count)

    return _document(call, read, show)


def page_text(
    call: Call, fetch: Callable[[KeyRange, int], Sequence[R]], show: Callable[[R], str], *, newest_first: bool
) -> str:
    """The same as JSON, when `show` gives each item as JSON already."""
    document = page_document(call, fetch, show, newest_first=newest_first)
    items = ",".join(document["items"])
    return json_text({**document, "items": []}).replace('"items":[]', f'"items":[{items}]', 1)


def sorted_page_document(
    call: Call, rows: Sequence[R], show: Callable[[R], Any], *, is_shown: Callable[[R], bool]
) -> dict[str, Any]:
    """The same of a list in an order of its own. `rows` are all there ever were, so that each page is found again."""

    def read(wanted: Window, count: int) -> Sequence[R]:
        part = part_of(rows, [row.key for row in rows], wanted)
        return [row for row in part if is_shown(row)][:count]

    return _document(call, read, show)


def _document(
    call: Call, read: Callable[[Window, int], Sequence[R]], show: Callable[[R], Any]
) -> dict[str, Any]:
    size = page_size(call)
    position = _position(call)
    seek = find_seek(call.query.get("seekoperation"), position is not None)
    if seek is None:
        raise call.fault(*_BAD_QUERY, "seekOperation must be Next, Previous, First, Last or PageIndex.")
    wanted = window(seek, position)
    page = cut(read(wanted, size + 1), size, wanted)
    if not page.rows and seek is Seek.NEXT and call.settings.text("past_the_end") == "refuse":
        raise call.fault(*_BAD_QUERY, "There is no page after the last one.")
    if len(page.rows) == size and call.settings.flag("full_page_has_next"):
        page = replace(page, has_next=True)
    return _collection(call, page, show)


def whole_list(items: Iterable[Any]) -> Response:
    """A list that is never paged, as a collection without links (behaviour.md 14)."""
    found = list(items)
    return json_response(
        200, {"totalCount": len(found), "items": found, "attributes": {"objectType": "Collection"}}
    )


def linked_list(call: Call, items: Sequence[Any]) -> Response:
    """The same with the link to itself, for the lists that have it (lifecycle.md 7)."""
    uri = own_uri(call)
    document = collection(items, self_uri=uri, page_uri=uri, token=None, has_next=False, has_previous=False)
    return json_response(200, document)


def _collection(call: Call, page: Page[R], show: Callable[[R], Any]) -> dict[str, Any]:
    token = None
    if page.rows:
        query = {name: call.query[name] for name in _REMEMBERED if call.query.get(name)}
        position = Position(page.rows[0].key, page.rows[-1].key, query)
        token = make_token(position, _scope(call), call.page_secret)
    kept = query_parts(call, "seekoperation")
    return collection(
        [show(row) for row in page.rows],
        self_uri=own_uri(call),
        page_uri=f"{own_path(call)}?{'&'.join(kept)}" if kept else own_path(call),
        token=token,
        has_next=page.has_next,
        has_previous=page.has_previous,
    )


def page_size(call: Call) -> int:
    """How many items a page may have, by the query and the settings."""
    size = whole_number(call, "size")
    if size < 0 and call.settings.text("negative_page_size") == "refuse":
        raise call.fault(*_BAD_QUERY, "size must not be negative.")
    size = max(0, size)
    if size > _MOST_ITEMS and call.settings.text("oversized_page") == "refuse":
        raise call.fault(*_BAD_QUERY, f"size must be at most {_MOST_ITEMS}.")
    return min(size or call.settings.number("default_page_size"), _MOST_ITEMS)


def whole_number(call: Call, name: str) -> int:
    """A number of the query, 0 without one; raises the fault of a text that is none."""
    text = call.query.get(name, "").strip() or "0"
    if not _WHOLE_NUMBER.fullmatch(text):
        raise call.fault(*_BAD_QUERY, f"{name} must be a whole number.")
    return int(text)


def _scope(call: Call) -> str:
    """What a token is bound to; size, filter, dates and order may change on the way."""
    return f"{call.partner.tenant_id} {call.operation.name} {own_path(call)}"


def _position(call: Call) -> Position | None:
    token = call.request.headers.get(CONTINUATION_TOKEN.lower(), "").strip()
    if not token:
        return None
    try:
        return read_token(token, _scope(call), call.page_secret)
    except BadContinuationTokenError:
        raise call.setting_fault(
            "fault_bad_continuation_token", "The continuation token is expired, malformed or of another list."
        ) from None
