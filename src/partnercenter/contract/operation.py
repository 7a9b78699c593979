"""What an operation of the REST API is: method, path, query, resources, paging, token kinds.

The operations themselves are declared in `operations`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Final
from urllib.parse import quote, urlencode

from partnercenter.contract.identifiers import require_guid, require_segment
from partnercenter.contract.resource import Resource


class Paging(Enum):
    """How a list is read on. `NONE` also stands for collections that come whole."""

    NONE = "none"
    SEEK = "seek"
    CONTINUATION_TOKEN = "continuation_token"
    SIZE_OFFSET = "size_offset"

    @property
    def has_token(self) -> bool:
        """Whether a page is asked for with a continuation token."""
        return self in {Paging.SEEK, Paging.CONTINUATION_TOKEN}


class TokenKind(Enum):
    """With which kind of token an operation may be called."""

    APP = "app"
    APP_USER = "app_user"


@dataclass(frozen=True, slots=True)
class QueryParameter:
    """A name of the query string; matched without case."""

    name: str
    description: str
    schema: Mapping[str, object]
    required: bool = False


Query = Mapping[str, str | int | list[str] | None]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path.

    `request` and `response` are resource types; a POST without a `request` is sent without a body. With
    `collection` the answer is a collection of `response`, with `array` a bare list of them. `success` are the
    statuses that mean it was done, the usual one first: the archived description lists 200 beside 204 for a delete,
    so a client accepts both (behaviour.md 1.1).
    """

    name: str
    method: str
    path: str
    summary: str
    documentation: str
    query: tuple[QueryParameter, ...] = ()
    request: type[Resource] | None = None
    response: type[Resource] | None = None
    collection: bool = False
    array: bool = False
    paging: Paging = Paging.NONE
    tokens: frozenset[TokenKind] = frozenset({TokenKind.APP, TokenKind.APP_USER})
    sandbox_only: bool = False
    if_match: bool = False
    success: tuple[int, ...] = (200,)
    errors: tuple[int, ...] = (400, 401, 403, 404, 409, 429, 500)

    @property
    def writes(self) -> bool:
        """Whether the operation changes something, so that its answer is kept for a replay (behaviour.md 10.1)."""
        return self.method not in {"GET", "HEAD"}

    @property
    def path_parameters(self) -> tuple[str, ...]:
        """The names in braces, in the order of the path."""
        return _names_in_braces(self.path)

    @property
    def ids_in_query(self) -> tuple[str, ...]:
        """The names of the query that say which resource a write is about."""
        return tuple(p.name for p in self.query if self.writes and p.name in PATH_PARAMETERS)

    def url_path(self, ids: Mapping[str, str], query: Query | None = None) -> str:
        """The path, from `/v1` on, with its ids and its query; of a list each value has the name before it.

        Raises `ValueError` when an id is empty or malformed: such an id would name another resource.
        """
        path = self.path
        for name in self.path_parameters:
            path = path.replace("{" + name + "}", PATH_PARAMETERS[name](ids[name], name))
        given = {name: value for name, value in (query or {}).items() if value is not None and value != []}
        return f"{path}?{urlencode(given, doseq=True, quote_via=quote)}" if given else path


@cache
def _names_in_braces(path: str) -> tuple[str, ...]:
    return tuple(re.findall(r"{(\w+)}", path))


PATH_PARAMETERS: Final[Mapping[str, Callable[[str, str], str]]] = {
    "customer_id": require_guid,
    "domain": require_segment,
    "country": require_segment,
    "order_id": require_segment,
    "line_item_number": require_segment,
    "cart_id": require_guid,
    "subscription_id": require_guid,
    "azure_entitlement_id": require_guid,
    "group_id": require_segment,
    "line_item_id": require_segment,
    "resource_id": require_segment,
    "product_id": require_segment,
    "sku_id": require_segment,
    "availability_id": require_segment,
    "offer_id": require_segment,
    "agreement_template_id": require_segment,
    "user_id": require_guid,
}

TEXT: Final[Mapping[str, object]] = {"type": "string"}
BOOLEAN: Final[Mapping[str, object]] = {"type": "boolean"}
SIZE: Final = QueryParameter(
    "size", "Items of a page; 0 or absent is the service's own choice, 500 is the most.", {"type": "integer"}
)
OFFSET: Final = QueryParameter("offset", "How many items to leave out at the beginning.", {"type": "integer"})
COUNTRY: Final = QueryParameter(
    "country", "The market, as an ISO 3166 code of two letters.", TEXT, required=True
)
FILTER: Final = QueryParameter("filter", "A URL-encoded JSON object with Field, Value and Operator.", TEXT)
SEEK: Final = QueryParameter(
    "seekOperation",
    "Next, Previous, First, Last or PageIndex, together with the header MS-ContinuationToken.",
    TEXT,
)
