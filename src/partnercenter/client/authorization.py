"""Tokens on requests: azure-core's bearer policies, with loopback allowed and one more try after a 401.

A token goes out over TLS, or to this machine. That is decided anew for each attempt, from the URL that the
attempt really goes to.
"""

from __future__ import annotations

from typing import Any

from azure.core.exceptions import ServiceRequestError
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import AsyncBearerTokenCredentialPolicy, BearerTokenCredentialPolicy

from partnercenter.client.addresses import may_carry_token

_TRIED = "partnercenter_token_renewed"


def _check_address(request: PipelineRequest[Any]) -> None:
    url = request.http_request.url
    if not may_carry_token(url):
        where = url.partition("?")[0]
        raise ServiceRequestError(f"{where} is neither https nor on this machine; the token was not sent.")
    # azure-core knows no loopback; the check above has taken its place.
    request.context.options["enforce_https"] = False


def _was_tried(request: PipelineRequest[Any]) -> bool:
    """Whether this call has renewed its token before; marks it as one that has."""
    tried = bool(request.context.get(_TRIED))
    request.context[_TRIED] = True
    return tried


class TokenPolicy(BearerTokenCredentialPolicy[Any, Any]):
    """Puts the token on each attempt, in the synchronous world."""

    def on_request(self, request: PipelineRequest[Any]) -> None:
        """Put the token on, unless the address must not see it."""
        _check_address(request)
        super().on_request(request)

    def on_challenge(self, request: PipelineRequest[Any], response: PipelineResponse[Any, Any]) -> bool:  # noqa: ARG002
        """After a 401, ask the credential once more; repeat the call only if it gives another token."""
        if _was_tried(request):
            return False
        refused = request.http_request.headers.get("Authorization")
        self.authorize_request(request, *self._scopes)
        return bool(request.http_request.headers.get("Authorization") != refused)


class AsyncTokenPolicy(AsyncBearerTokenCredentialPolicy[Any, Any]):
    """Puts the token on each attempt, in the asynchronous world."""

    async def on_request(self, request: PipelineRequest[Any]) -> None:
        """Put the token on, unless the address must not see it."""
        _check_address(request)
        await super().on_request(request)

    async def on_challenge(self, request: PipelineRequest[Any], response: PipelineResponse[Any, Any]) -> bool:  # noqa: ARG002
        """After a 401, ask the credential once more; repeat the call only if it gives another token."""
        if _was_tried(request):
            return False
        refused = request.http_request.headers.get("Authorization")
        await self.authorize_request(request, *self._scopes)
        return bool(request.http_request.headers.get("Authorization") != refused)
