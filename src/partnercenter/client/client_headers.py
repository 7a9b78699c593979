"""Who is calling, as the service's own statistics see it; behaviour.md 10.1."""

from __future__ import annotations

import platform
from typing import Any

from azure.core.pipeline import PipelineRequest
from azure.core.pipeline.policies import SansIOHTTPPolicy

from partnercenter._version import __version__
from partnercenter.contract.headers import APPLICATION_NAME, CLIENT_NAME, LOCALE, SDK_VERSION


class ClientHeadersPolicy(SansIOHTTPPolicy[Any, Any]):
    """Names the application, this package and the locale on each attempt."""

    def __init__(self, application_name: str | None, locale: str) -> None:
        self._headers = {
            "User-Agent": f"partnercenter-python/{__version__} Python/{platform.python_version()}",
            CLIENT_NAME: "partnercenter-python",
            SDK_VERSION: __version__,
            LOCALE: locale,
        }
        if application_name is not None:
            self._headers[APPLICATION_NAME] = application_name
        for name, value in self._headers.items():
            if not value.isascii() or not value.isprintable():
                raise ValueError(f"{name} must be printable ASCII, not {value[:60]!r}.")

    def on_request(self, request: PipelineRequest[Any]) -> None:
        """Add the headers that the call has not set itself."""
        for name, value in self._headers.items():
            request.http_request.headers.setdefault(name, value)
