"""Tokens on requests: azure-core's bearer policies, with loopback allowed and one more try after a 401.

A token goes out over TLS, or to this machine. That is decided anew for each attempt, from the URL that the
attempt really goes to.
"""
# azure-core's policies ask again only if a 401 has a WWW-Authenticate header. Partner Center sends some without
# (code 900420), so `send` is extended for those.

from __future__ import annotations

import threading
from typing import Any

from azure.core.credentials import TokenCredential
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import AsyncBearerTokenCredentialPolicy, BearerTokenCredentialPolicy

from partnercenter.client.addresses import may_carry_token
from partnercenter.client.errors import HopelessRequestError

_TRIED = "partnercenter_token_renewed"


def _check_address(request: PipelineRequest[Any]) -> None:
    url = request.http_request.url
    if not may_carry_token(url):
        where = url.partition("?")[0]
        raise HopelessRequestError(f"{where} is neither https nor on this machine; the token was not sent.")


def _was_tried(request: PipelineRequest[Any]) -> bool:
    """Whether this call has renewed its token before; marks it as one that has."""
    tried = bool(request.context.get(_TRIED))
    request.context[_TRIED] = True
    return tried


def _is_bare_refusal(response: PipelineResponse[Any, Any]) -> bool:
    """Whether this is a 401 that azure-core does not take for a challenge."""
    answer = response.http_response
    return answer.status_code == 401 and "WWW-Authenticate" not in answer.headers


class TokenPolicy(BearerTokenCredentialPolicy[Any, Any]):
    """Puts the token on each attempt, in the synchronous world."""

    def __init__(self, credential: TokenCredential, scope: str) -> None:
        super().__init__(credential, scope)
        self._lock = threading.Lock()

    def on_request(self, request: PipelineRequest[Any]) -> None:
        """Put the token on, unless the address must not see it; threads that need one share one request for it."""
        _check_address(request)
        with self._lock:
            token = self._token
            if token is None or self._need_new_token:
                # Not from self._token: another thread may take it away after a 401.
                token = self._token = self._get_token(*self._scopes)
        self._update_headers(request.http_request.headers, token.token)

    def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        """Send an attempt; after a 401 once more, with another token."""
        response = super().send(request)
        if _is_bare_refusal(response) and self.on_challenge(request, response):
            response = self.next.send(request)
        return response

    def on_challenge(self, request: PipelineRequest[Any], response: PipelineResponse[Any, Any]) -> bool:  # noqa: ARG002
        """After a 401, ask the credential once more; repeat the call only if it gives another token."""
        if _was_tried(request):
            return False
        refused = request.http_request.headers.get("Authorization")
        token = self._token = self._get_token(*self._scopes)
        self._update_headers(request.http_request.headers, token.token)
        return bool(request.http_request.headers.get("Authorization") != refused)


class AsyncTokenPolicy(AsyncBearerTokenCredentialPolicy[Any, Any]):
    """Puts the token on each attempt, in the asynchronous world."""

    async def on_request(self, request: PipelineRequest[Any]) -> None:
        """Put the token on, unless the address must not see it."""
        _check_address(request)
        # azure-core knows no loopback; the check above has taken its place.
        request.context.options["enforce_https"] = False
        await super().on_request(request)

    async def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        """Send an attempt; after a 401 once more, with another token."""
        response = await super().send(request)
        if _is_bare_refusal(response) and await self.on_challenge(request, response):
            response = await self.next.send(request)
        return response

    async def on_challenge(self, request: PipelineRequest[Any], response: PipelineResponse[Any, Any]) -> bool:  # noqa: ARG002
        """After a 401, ask the credential once more; repeat the call only if it gives another token."""
        if _was_tried(request):
            return False
        refused = request.http_request.headers.get("Authorization")
        await self.authorize_request(request, *self._scopes)
        return bool(request.http_request.headers.get("Authorization") != refused)
