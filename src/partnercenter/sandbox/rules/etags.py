"""Etags of subscriptions and legacy orders: base64 of the id and a version that grows by one; behaviour.md 5.3."""

from __future__ import annotations

import base64
import json
from typing import Any

Json = dict[str, Any]


def first_etag(resource_id: str) -> str:
    """The etag of something new."""
    return _etag(resource_id, 1)


def with_next_etag(document: Json) -> Json:
    """The document with the next version in its etag; unchanged when it has none."""
    attributes = document.get("attributes", {})
    if "etag" not in attributes:
        return document
    content = json.loads(base64.b64decode(attributes["etag"]))
    return {**document, "attributes": {**attributes, "etag": _etag(content["id"], content["version"] + 1)}}


def _etag(resource_id: str, version: int) -> str:
    text = json.dumps({"id": resource_id, "version": version}, separators=(",", ":"))
    return base64.b64encode(text.encode()).decode("ascii")
