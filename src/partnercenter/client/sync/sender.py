# Generated from src/partnercenter/client/aio/sender.py by tools/generate_sync.py; do not edit.
"""Sends calls through the pipeline: headers → retry → token → log → transport."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from azure.core.credentials import TokenCredential
from azure.core.paging import ItemPaged, PageIterator
from azure.core.pipeline import Pipeline
from azure.core.pipeline.transport import HttpTransport
from azure.core.rest import HttpRequest, HttpResponse

from partnercenter.client.authorization import TokenPolicy
from partnercenter.client.call_log import CallLogPolicy
from partnercenter.client.calls import build_request, check, read_object, read_resource, read_resources
from partnercenter.client.client_headers import ClientHeadersPolicy
from partnercenter.client.errors import PartnerCenterError, UnexpectedAnswerError
from partnercenter.client.pages import PageAddress, is_past_the_end, read_page
from partnercenter.client.retrying import RequestRetryPolicy, RetryRules
from partnercenter.client.waiting import Seen, asked_wait
from partnercenter.contract.operation import Query
from partnercenter.contract.operations import OPERATIONS
from partnercenter.contract.resource import Resource

R = TypeVar("R", bound=Resource)


class Sender:
    """One pipeline to one endpoint, shared by everything a client hands out."""

    def __init__(
        self,
        base: str,
        credential: TokenCredential,
        scope: str,
        transport: HttpTransport[HttpRequest, HttpResponse],
        rules: RetryRules,
        headers: ClientHeadersPolicy,
    ) -> None:
        self.base = base
        self._transport = transport
        self._pipeline: Pipeline[HttpRequest, HttpResponse] = Pipeline(
            transport,
            [headers, RequestRetryPolicy(rules), TokenPolicy(credential, scope), CallLogPolicy()],
        )

    def close(self) -> None:
        """Close every connection."""
        self._pipeline.__exit__()

    def send(self, request: HttpRequest) -> HttpResponse:
        """Send one call, with its retries."""
        return (self._pipeline.run(request)).http_response

    def sleep(self, seconds: float) -> None:
        """Wait, as the transport does between two attempts."""
        self._transport.sleep(seconds)

    def call(
        self,
        name: str,
        ids: Mapping[str, str],
        *,
        query: Query | None = None,
        body: Resource | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[HttpResponse, str]:
        """Call an operation of the contract; returns its checked answer, and the path it was asked at.

        Raises `PartnerCenterError` for a refusal, `ValueError` for an id that cannot form a path.
        """
        operation = OPERATIONS[name]
        path = operation.url_path(ids, query)
        json = None if body is None else body.to_json()
        response = self.send(build_request(self.base, operation.method, path, json=json, headers=headers))
        check(response, operation, path)
        return response, path

    def resource(
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
        response, path = self.call(name, ids, query=query, body=body, headers=headers)
        return read_resource(kind, response, OPERATIONS[name], path)

    def resources(
        self,
        name: str,
        kind: type[R],
        ids: Mapping[str, str],
        *,
        query: Query | None = None,
        body: Resource | None = None,
    ) -> list[R]:
        """Call an operation that answers with a bare list; raises `PartnerCenterError` for a refusal."""
        response, path = self.call(name, ids, query=query, body=body)
        return read_resources(kind, response, OPERATIONS[name], path)

    def look(self, name: str, kind: type[R], ids: Mapping[str, str]) -> Seen[R]:
        """Read a resource that is waited for, with what its answer says about when to read it again."""
        response, path = self.call(name, ids)
        return Seen(read_resource(kind, response, OPERATIONS[name], path), asked_wait(response))

    def pages(
        self, name: str, kind: type[R], ids: Mapping[str, str], query: Query | None = None
    ) -> ItemPaged[R]:
        """A list that is read page by page, as far as it is iterated."""
        operation = OPERATIONS[name]
        first = PageAddress(operation.url_path(ids, query), {})
        bare = first.path.partition("?")[0]

        def read_from(continuation_token: str | None = None) -> PageIterator[R]:
            start = PageAddress.from_token(continuation_token, bare) if continuation_token else first
            seen = {start.to_token()}

            def get_next(token: str | None) -> Any:
                here = PageAddress.from_token(token, bare) if token else start
                response = self.send(build_request(self.base, "GET", here.path, headers=here.headers))
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

            def extract_data(page: Any) -> tuple[Any, Any]:
                if page is None:
                    return None, []
                return page.next.to_token() if page.next else None, list(page.items)

            return PageIterator(get_next, extract_data, continuation_token or None)

        return ItemPaged(page_iterator_class=read_from)
