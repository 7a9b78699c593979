"""`PartnerCenterClient`: the root from which every operation is reached."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any

from azure.core.credentials_async import AsyncTokenCredential
from azure.core.pipeline.transport import AsyncHttpTransport
from azure.core.rest import AsyncHttpResponse, HttpRequest

from partnercenter.client.addresses import api_base
from partnercenter.client.aio.audit_records import AuditRecords
from partnercenter.client.aio.customers import Customers
from partnercenter.client.aio.markets import CountryValidationRulesGroup, Domains
from partnercenter.client.aio.sender import AsyncSender
from partnercenter.client.calls import build_request, with_request_id
from partnercenter.client.client_headers import ClientHeadersPolicy
from partnercenter.client.correlation import correlation
from partnercenter.client.errors import error_from_response
from partnercenter.client.retrying import RetryRules
from partnercenter.client.transport import DEFAULT_TIMEOUT, AsyncHttpx2Transport
from partnercenter.contract.clouds import Cloud
from partnercenter.contract.headers import DEFAULT_LOCALE


class PartnerCenterClient:
    """Partner Center, for the partner that the credential's tokens name.

    `credential` is any token credential, such as those of azure-identity. `cloud` chooses API base and scope
    together; `endpoint` replaces the API base, for the local sandbox or a proxy, and must be https or on this
    machine; `scope` replaces what tokens are asked for. `timeout` is in seconds, for each silence of the other
    side. `retry_total` counts the attempts after the first, `longest_retry_wait` (seconds) caps what a
    `Retry-After` may ask for, `deadline` (seconds) caps a call with all its attempts. `verify` is True, or the path
    of a certificate bundle. `transport` replaces the network and makes `timeout` and `verify` its own affair.

    Raises `ValueError` for a retired cloud and an endpoint that may not carry a token.

        async with PartnerCenterClient(credential) as client:
            await client.customers.by_id(customer_id).delete()
    """

    def __init__(
        self,
        credential: AsyncTokenCredential,
        *,
        cloud: Cloud = Cloud.GLOBAL,
        endpoint: str | None = None,
        scope: str | None = None,
        transport: AsyncHttpTransport[HttpRequest, AsyncHttpResponse] | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        verify: bool | str = True,
        retry_total: int = 3,
        longest_retry_wait: float = 60.0,
        deadline: float = 300.0,
        application_name: str | None = None,
        locale: str = DEFAULT_LOCALE,
    ) -> None:
        self._sender = AsyncSender(
            api_base(cloud, endpoint),
            credential,
            scope or cloud.scope,
            transport or AsyncHttpx2Transport(timeout=timeout, verify=verify),
            RetryRules(total=retry_total, longest_wait=longest_retry_wait, deadline=deadline),
            ClientHeadersPolicy(application_name, locale),
        )
        self.customers = Customers(self._sender)
        self.domains = Domains(self._sender)
        self.country_validation_rules = CountryValidationRulesGroup(self._sender)
        self.audit_records = AuditRecords(self._sender)

    @property
    def endpoint(self) -> str:
        """The base of every URL, without `/v1`."""
        return self._sender.base

    def correlation(self, correlation_id: str | None = None) -> AbstractContextManager[str]:
        """Send one correlation id with every call of this task or thread inside the `with` block; gives the id."""
        return correlation(correlation_id)

    async def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncHttpResponse:
        """Call what this package has no method for, with the same ids, retries, token and errors.

        `path` begins with `/v1` and may carry a query. Returns the answer, whose body is in `.content`, `.text()` and
        `.json()`. Raises `PartnerCenterError` for a refusal, `ValueError` for a path that is not below the endpoint.
        """
        if not path.startswith("/") or path.startswith("//") or "\\" in path:
            raise ValueError(f"path must begin with one slash, such as /v1/customers, not {path[:60]!r}.")
        sent = build_request(
            self._sender.base, method.upper(), path, json=json, headers=with_request_id(headers)
        )
        response = await self._sender.send(sent)
        if response.status_code >= 400:
            raise error_from_response(response, method.upper(), path)
        return response

    async def close(self) -> None:
        """Close every connection."""
        await self._sender.close()

    async def __aenter__(self) -> PartnerCenterClient:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.close()
