"""Azurite's table service, and the requests that a table client sends it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import urllib.request
from email.utils import formatdate
from typing import Any, Final

from benchmarks.load import http_request

# The account that every Azurite has; its documentation shows the key.
_ACCOUNT: Final = "devstoreaccount1"
_KEY: Final = base64.b64decode(
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)
_TABLE: Final = "customers"
_PARTITION: Final = "partner"


class Table:
    """A table in a running Azurite; every row is a customer as the sandbox answers it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._call("POST", "Tables", {"TableName": _TABLE})

    def get(self, row: str) -> bytes:
        """The request that reads one row by its keys."""
        return self._request("GET", _one(row))

    def delete(self, row: str) -> bytes:
        """The request that deletes one row."""
        return self._request("DELETE", _one(row), headers={"If-Match": "*"})

    def insert(self, row: str, document: str) -> bytes:
        """The request that puts a row in and, as it does by default, answers with it."""
        return self._request("POST", _TABLE, _entity(row, document))

    def page(self, size: int) -> bytes:
        """The request that reads the first rows."""
        return self._request("GET", f"{_TABLE}()", query=f"?$top={size}")

    def _call(self, method: str, resource: str, body: dict[str, str]) -> None:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/{_ACCOUNT}/{resource}",
            data=json.dumps(body).encode(),
            headers=_headers(resource),
            method=method,
        )
        urllib.request.urlopen(request, timeout=30).close()

    def _request(
        self,
        method: str,
        resource: str,
        body: dict[str, Any] | None = None,
        *,
        query: str = "",
        headers: dict[str, str] | None = None,
    ) -> bytes:
        content = b"" if body is None else json.dumps(body).encode()
        return http_request(
            method, f"/{_ACCOUNT}/{resource}{query}", {**_headers(resource), **(headers or {})}, content
        )


def _one(row: str) -> str:
    return f"{_TABLE}(PartitionKey='{_PARTITION}',RowKey='{row}')"


def _entity(row: str, document: str) -> dict[str, str]:
    return {"PartitionKey": _PARTITION, "RowKey": row, "document": document}


def _headers(resource: str) -> dict[str, str]:
    """The headers of the table client library, signed with the shared key (SharedKeyLite of the table service)."""
    date = formatdate(usegmt=True)
    signed = f"{date}\n/{_ACCOUNT}/{_ACCOUNT}/{resource}"
    signature = base64.b64encode(hmac.new(_KEY, signed.encode(), hashlib.sha256).digest()).decode("ascii")
    return {
        "x-ms-date": date,
        "x-ms-version": "2019-02-02",
        "Accept": "application/json;odata=minimalmetadata",
        "Content-Type": "application/json",
        "DataServiceVersion": "3.0",
        "Authorization": f"SharedKeyLite {_ACCOUNT}:{signature}",
    }
