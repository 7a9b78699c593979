"""Plain HTTP to a sandbox on this machine, for azure-identity's credentials.

azure-identity and msal refuse an authority without TLS. Handed to a credential as `transport=`, these speak
plain HTTP to loopback addresses and to nothing else:

    ClientSecretCredential(tenant_id, client_id, client_secret, authority="https://127.0.0.1:8400",
                           disable_instance_discovery=True, transport=LoopbackTransport())
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from azure.core.exceptions import ServiceRequestError
from azure.core.pipeline.transport import AsyncioRequestsTransport, RequestsTransport

from partnercenter.contract.loopback import is_loopback_host


class LoopbackTransport(RequestsTransport):
    """Sends to loopback hosts over plain HTTP; refuses every other host before anything is sent."""

    def send(self, request: Any, *, proxies: Any = None, **kwargs: Any) -> Any:  # noqa: ARG002 - loopback has no proxy
        """Send one attempt."""
        _make_plain(request)
        return super().send(request, proxies=_NO_PROXIES, **kwargs)


class AsyncLoopbackTransport(AsyncioRequestsTransport):
    """The same for azure.identity.aio."""

    async def send(self, request: Any, *, proxies: Any = None, **kwargs: Any) -> Any:  # noqa: ARG002 - as above
        """Send one attempt."""
        _make_plain(request)
        return await super().send(request, proxies=_NO_PROXIES, **kwargs)


_NO_PROXIES = {"http": "", "https": ""}


def _make_plain(request: Any) -> None:
    parts = urlsplit(request.url)
    if not is_loopback_host(parts.hostname):
        raise ServiceRequestError(
            f"{parts.hostname} is not this machine: a secret goes over plain HTTP to loopback addresses only."
        )
    request.url = urlunsplit(parts._replace(scheme="http"))
    # msal refuses addresses without TLS in the discovery document too; so the sandbox is told what the caller saw.
    request.headers["X-Forwarded-Proto"] = "https"
