"""Answers kept so that a call whose answer was lost can be asked again (behaviour.md 10.1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, insert, select

from partnercenter.sandbox.store.hot import HotStatement
from partnercenter.sandbox.store.schema import replays


@dataclass(frozen=True, slots=True)
class ReplayKey:
    """What makes two calls the same call."""

    partner_id: str
    request_id: str
    method: str
    path: str
    body_digest: str


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as it was given."""

    status: int
    headers: Mapping[str, str]
    body: bytes


_FIND = HotStatement(
    select(replays.c.status, replays.c.headers, replays.c.body).where(
        replays.c.partner_id == bindparam("partner"),
        replays.c.request_id == bindparam("request"),
        replays.c.method == bindparam("verb"),
        replays.c.path == bindparam("address"),
        replays.c.body_digest == bindparam("digest"),
        replays.c.answered_at >= bindparam("since"),
    )
)

# Other partners' too, though a write is about one: what is forgotten is nobody's any more, and two who forget the
# same wait for each other or try again.
_FORGET = HotStatement(delete(replays).where(replays.c.answered_at < bindparam("since")))
_KEEP = HotStatement(insert(replays))


def find_answer(connection: Connection, key: ReplayKey, since: int) -> KeptAnswer | None:
    """The answer given to this call since a time in microseconds, or None."""
    values = {
        "partner": key.partner_id,
        "request": key.request_id,
        "verb": key.method,
        "address": key.path,
        "digest": key.body_digest,
        "since": since,
    }
    row = _FIND.first(connection, values)
    return KeptAnswer(row.status, json.loads(row.headers), bytes(row.body)) if row else None


def keep_answer(
    connection: Connection, key: ReplayKey, answer: KeptAnswer, customer_key: int | None, now: int, since: int
) -> None:
    """Keep an answer as long as the customer it is about, and forget those given before `since`.

    Times are microseconds. An answer without a customer, such as that of a deletion, is kept until then.
    """
    _FORGET.run(connection, {"since": since})
    _KEEP.run(
        connection,
        {
            "partner_id": key.partner_id,
            "request_id": key.request_id,
            "method": key.method,
            "path": key.path,
            "body_digest": key.body_digest,
            "customer_key": customer_key,
            "status": answer.status,
            "headers": json.dumps(dict(answer.headers)),
            "body": answer.body,
            "answered_at": now,
        },
    )
