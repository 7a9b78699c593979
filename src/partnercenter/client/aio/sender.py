"""Sends calls through the pipeline: headers → retry → token → log → transport."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from azure.core.async_paging import AsyncItemPaged, AsyncList, AsyncPageIterator
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.pipeline import AsyncPipeline
from azure.core.pipeline.transport import AsyncHttpTransport
from azure.core.rest import AsyncHttpResponse, HttpRequest

from partnercenter.client.authorization import AsyncTokenPolicy
from partnercenter.client.call_log import CallLogPolicy
from partnercenter.client.calls import build_request, check, read_object, read_resource, read_resources
from partnercenter.client.client_headers import ClientHeadersPolicy
from partnercenter.client.errors import PartnerCenterError, UnexpectedAnswerError
from partnercenter.client.pages import PageAddress, is_past_the_end, read_page
from partnercenter.client.retrying import AsyncRequestRetryPolicy, RetryRules
from partnercenter.client.waiting import Seen, asked_wait
from partnercenter.contract.operation import Query
from partnercenter.contract.operations import OPERATIONS
from partnercenter.contract.resource import Resource

R = TypeVar("R", bound=Resource)


class AsyncSender:
    """One pipeline to one endpoint, shared by everything a client hands out."""

    def __init__(
        self,
        base: str,
        credential: AsyncTokenCredential,
        scope: str,
        transport: AsyncHttpTransport[HttpRequest, AsyncHttpResponse],
        rules: RetryRules,
        headers: ClientHeadersPolicy,
    ) -> None:
        self.base = base
        self._transport = transport
        self._pipeline: AsyncPipeline[HttpRequest, AsyncHttpResponse] = AsyncPipeline(
            transport,
            [headers, AsyncRequestRetryPolicy(rules), AsyncTokenPolicy(credential, scope), CallLogPolicy()],
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._pipeline.__aexit__()

    async def send(self, request: HttpRequest) -> AsyncHttpResponse:
        """Send one call, with its retries."""
        return (await self._pipeline.run(request)).http_response

    async def sleep(self, seconds: float) -> None:
        """Wait, as the transport does between two attempts."""
        await self._transport.sleep(seconds)

    async def call(
        self,
        name: str,
        ids: Mapping[str, str],
        *,
        query: Query | None = None,
        body: Resource | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[AsyncHttpResponse, str]:
        """Call an operation of the contract; returns its checked answer, and the path it was asked at.

        Raises `PartnerCenterError` for a refusal, `ValueError` for an id that cannot form a path.
        """
        operation = OPERATIONS[name]
        path = operation.url_path(ids, query)
        json = None if body is None else body.to_json()
        response = await self.send(
            build_request(self.base, operation.method, path, json=json, headers=headers)
        )
        check(response, operation, path)
        return response, path

    async def resource(
        self,
        name: str,
        kind: type[R],
        ids: Mapping[str, str],
        *,
        query: Query | None = None,
        body: Resource | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> R:
        """Call an operation that answers with one resource; raises `PartnerCenterError` for a refusal."""
        response, path = await self.call(name, ids, query=query, body=body, headers=headers)
        return read_resource(kind, response, OPERATIONS[name], path)

    async def resources(
        self,
        name: str,
        kind: type[R],
        ids: Mapping[str, str],
        *,
        query: Query | None = None,
        body: Resource | None = None,
    ) -> list[R]:
        """Call an operation that answers with a bare list; raises `PartnerCenterError` for a refusal."""
        response, path = await self.call(name, ids, query=query, body=body)
        return read_resources(kind, response, OPERATIONS[name], path)

    async def look(self, name: str, kind: type[R], ids: Mapping[str, str]) -> Seen[R]:
        """Read a resource that is waited for, with what its answer says about when to read it again."""
        response, path = await self.call(name, ids)
        return Seen(read_resource(kind, response, OPERATIONS[name], path), asked_wait(response))

    def pages(
        self, name: str, kind: type[R], ids: Mapping[str, str], query: Query | None = None
    ) -> AsyncItemPaged[R]:
        """A list that is read page by page, as far as it is iterated."""
        operation = OPERATIONS[name]
        first = PageAddress(operation.url_path(ids, query), {})
        bare = first.path.partition("?")[0]

        def read_from(continuation_token: str | None = None) -> AsyncPageIterator[R]:
            start = PageAddress.from_token(continuation_token, bare) if continuation_token else first
            seen = {start.to_token()}

            async def get_next(token: str | None) -> Any:
                here = PageAddress.from_token(token, bare) if token else start
                response = await self.send(build_request(self.base, "GET", here.path, headers=here.headers))
                try:
                    check(response, operation, here.path)
                except PartnerCenterError as error:
                    # Where reading began, the same refusal means a token that is not valid any more.
                    if here != start and is_past_the_end(error):
                        return None
                    raise
                page = read_page(read_object(response, operation, here.path), kind, here, self.base, response)
                if page.next is not None:
                    if page.next.to_token() in seen:
                        raise UnexpectedAnswerError(
                            f"GET {bare} leads from page to page without end.", response
                        )
                    seen.add(page.next.to_token())
                return page

            async def extract_data(page: Any) -> tuple[Any, Any]:
                if page is None:
                    return None, AsyncList([])
                return page.next.to_token() if page.next else None, AsyncList(page.items)

            return AsyncPageIterator(get_next, extract_data, continuation_token or None)

        return AsyncItemPaged(page_iterator_class=read_from)
