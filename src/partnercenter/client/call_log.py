"""A line for each attempt at level DEBUG: what was asked and answered, with both ids; no header, no body.

Names in a query may be those of customers, so only the path is logged.
"""

from __future__ import annotations

import logging
from typing import Any

from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import SansIOHTTPPolicy

from partnercenter.contract.headers import CORRELATION_ID, REQUEST_ID

log = logging.getLogger("partnercenter")


class CallLogPolicy(SansIOHTTPPolicy[Any, Any]):
    """Logs attempts and their answers."""

    def on_request(self, request: PipelineRequest[Any]) -> None:
        """Log an attempt."""
        if log.isEnabledFor(logging.DEBUG):
            log.debug("%s", _asked(request.http_request))

    def on_response(self, request: PipelineRequest[Any], response: PipelineResponse[Any, Any]) -> None:
        """Log its answer."""
        if log.isEnabledFor(logging.DEBUG):
            log.debug("%s → %s", _asked(request.http_request), response.http_response.status_code)


def _asked(request: Any) -> str:
    headers = request.headers
    ids = f"request id {headers.get(REQUEST_ID)}, correlation id {headers.get(CORRELATION_ID)}"
    return f"{request.method} {request.url.partition('?')[0]} ({ids})"
