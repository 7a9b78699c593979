"""Reading one page of a list that is paged with continuation tokens."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Row

from partnercenter.contract.headers import CONTINUATION_TOKEN
from partnercenter.sandbox.routes.call import Call
from partnercenter.sandbox.rules.paging import (
    BadContinuationTokenError,
    KeyRange,
    Page,
    Position,
    Seek,
    collection,
    cut,
    find_seek,
    key_range,
    make_token,
    read_token,
    window,
)

MOST_ITEMS = 500
_BAD_QUERY = (400, 2000)

Fetch = Callable[[KeyRange, int], Sequence[Row[Any]]]
Show = Callable[[Row[Any]], Any]


def page_document(call: Call, fetch: Fetch, show: Show, *, newest_first: bool) -> dict[str, Any]:
    """The page that the query and the continuation token ask for, as a collection."""
    size = _size(call)
    given = call.request.headers.get(CONTINUATION_TOKEN.lower(), "").strip()
    scope = _scope(call)
    seek = find_seek(call.query.get("seekoperation"), bool(given))
    if seek is None:
        raise call.fault(*_BAD_QUERY, "seekOperation must be Next, Previous, First, Last or PageIndex.")
    wanted = window(seek, _position(call, given, scope))
    keys = key_range(wanted, newest_first=newest_first)
    page = cut(fetch(keys, size + 1), size, wanted)
    if not page.rows and seek is Seek.NEXT and call.settings.text("past_the_end") == "refuse":
        raise call.fault(*_BAD_QUERY, "There is no page after the last one.")
    return _collection(call, page, show, scope)


def _collection(call: Call, page: Page[Row[Any]], show: Show, scope: str) -> dict[str, Any]:
    token = None
    if page.rows:
        token = make_token(Position(page.rows[0].key, page.rows[-1].key), scope, call.page_secret)
    path = call.operation.path.removeprefix("/v1")
    parts = [part for part in call.request.query_string.split("&") if part]
    kept = [part for part in parts if part.partition("=")[0].lower() != "seekoperation"]
    return collection(
        [show(row) for row in page.rows],
        self_uri=f"{path}?{'&'.join(parts)}" if parts else path,
        page_uri=f"{path}?{'&'.join(kept)}" if kept else path,
        token=token,
        has_next=page.has_next,
        has_previous=page.has_previous,
    )


def _size(call: Call) -> int:
    text = call.query.get("size", "").strip() or "0"
    try:
        size = max(0, int(text[:20]))
    except ValueError:
        raise call.fault(*_BAD_QUERY, "size must be a whole number.") from None
    if size > MOST_ITEMS and call.settings.text("oversized_page") == "refuse":
        raise call.fault(*_BAD_QUERY, f"size must be at most {MOST_ITEMS}.")
    return min(size or call.settings.number("default_page_size"), MOST_ITEMS)


def _scope(call: Call) -> str:
    """What a token is bound to; the size of the page may change on the way, the filter may be left out."""
    if call.operation.name == "customers.list":
        return f"{call.partner.tenant_id} {call.operation.name}"
    dates = [call.query.get("startdate", ""), call.query.get("enddate", "")]
    digest = hashlib.sha256("\0".join(dates).encode("utf-8", "replace")).hexdigest()
    return f"{call.partner.tenant_id} {call.operation.name} {digest}"


def _position(call: Call, token: str, scope: str) -> Position | None:
    if not token:
        return None
    try:
        return read_token(token, scope, call.page_secret)
    except BadContinuationTokenError:
        raise call.setting_fault(
            "fault_bad_continuation_token", "The continuation token is expired, malformed or of another list."
        ) from None
