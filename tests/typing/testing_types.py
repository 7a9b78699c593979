"""What a type checker must see in `partnercenter.testing`. Checked by mypy, never run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, assert_type

from azure.core.credentials import TokenCredential
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.pipeline.transport import AsyncHttpTransport, HttpTransport
from azure.core.rest import AsyncHttpResponse, HttpRequest, HttpResponse

import partnercenter.aio
from partnercenter import Cloud, PartnerCenterClient
from partnercenter.testing import LocalSandbox, SeenRequest


def test_something() -> None:
    """A test as somebody writes it."""
    with LocalSandbox("one-of-each", settings={"customer_quota": 3}, skip_waits=True) as sandbox:
        assert_type(sandbox, LocalSandbox)
        assert_type(sandbox.client(retry_total=0, deadline=timedelta(seconds=5)), PartnerCenterClient)
        assert_type(sandbox.aio_client(locale="de-DE"), partnercenter.aio.PartnerCenterClient)
        assert_type(sandbox.credential(kind="app_user", mfa=False, roles=["AdminAgent"]), TokenCredential)
        assert_type(sandbox.aio_credential(expires_in_seconds=-1), AsyncTokenCredential)
        assert_type(sandbox.transport(), HttpTransport[HttpRequest, HttpResponse])
        assert_type(sandbox.aio_transport(), AsyncHttpTransport[HttpRequest, AsyncHttpResponse])
        PartnerCenterClient(sandbox.credential(), cloud=Cloud.CHINA, transport=sandbox.transport())
        assert_type(sandbox.token(claims={"tid": None}), str)
        assert_type(sandbox.seed(Path("world.json")), dict[str, int])
        assert_type(sandbox.seed({"partners": []}), dict[str, int])
        assert_type(sandbox.settings, Mapping[str, Any])
        sandbox.set(customer_quota=None)
        assert_type(sandbox.now, datetime)
        assert_type(sandbox.advance("P1M"), datetime)
        assert_type(sandbox.advance(timedelta(days=1), hours=1.5), datetime)
        assert_type(sandbox.set_time(datetime(2100, 1, 1, tzinfo=UTC)), datetime)
        assert_type(sandbox.faults.add(operation="customers.*", status=503, times=None), str)
        assert_type(sandbox.faults.list(), list[dict[str, Any]])
        assert_type(sandbox.requests(status=404, limit=5), list[SeenRequest])
        assert_type(sandbox.requests()[0].status, int | None)
        sandbox.snapshots.save("before", replace=True)
        assert_type(sandbox.control("GET", "/users"), dict[str, Any])

        sandbox.client(verify=False)  # type: ignore[call-arg]
        sandbox.credential(kind="user")  # type: ignore[arg-type]
        sandbox.faults.add(operations="customers.*")  # type: ignore[call-arg]
        sandbox.requests(state=404)  # type: ignore[call-arg]
        LocalSandbox(5)  # type: ignore[arg-type]
