"""The HTTP that sign-in speaks: what msal takes as its `http_client`.

It carries client secrets and refresh tokens, so it goes to one authority and nowhere else: no redirect is followed,
no other host is asked, plain HTTP is for this machine only, and no proxy sees what is for this machine. What comes
back is a JSON object of bounded size, in bounded time, or an exception; msal would log the body of anything else.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode, urlsplit, urlunsplit

import httpx2
from azure.core.exceptions import ClientAuthenticationError
from azure.core.rest import HttpRequest

from partnercenter.client.addresses import same_origin
from partnercenter.client.attempts import Attempt
from partnercenter.client.errors import HopelessRequestError
from partnercenter.client.network_bounds import bound, until
from partnercenter.client.transport import WITHOUT_PROXY, Httpx2Response, verification, without_cookies
from partnercenter.identity.authorities import Authority
from partnercenter.identity.entra_answers import refusal

DEFAULT_TIMEOUT: Final = 30.0
LARGEST_ANSWER: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """An answer as msal reads it; `text` is a JSON object, and `document` that object."""

    status_code: int
    text: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    document: Mapping[str, Any] = field(repr=False)

    def raise_for_status(self) -> None:
        """Do nothing: answers that msal cannot use were exceptions before it saw them."""


class TokenHttp:
    """Sends to one authority. `timeout`, in seconds, holds for a whole answer; `verify` is as for the client."""

    def __init__(
        self,
        authority: Authority,
        *,
        verify: bool | str | os.PathLike[str] = True,
        timeout: float = DEFAULT_TIMEOUT,
    ) -> None:
        self._authority = authority
        self._verify = verify
        self._timeout = timeout
        self._client: httpx2.Client | None = None
        self._lock = threading.Lock()

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **_: Any,
    ) -> TokenAnswer:
        """Read a document, such as that of discovery; raises azure-core's exceptions for whatever is none."""
        answer = self._send("GET", url, params, headers, None)
        if answer.status_code >= 400:
            raise refusal(answer.document, "Check the tenant and the cloud.", status=answer.status_code)
        return answer

    def post(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | str | None = None,
        headers: Mapping[str, str] | None = None,
        **_: Any,
    ) -> TokenAnswer:
        """Send a form; raises azure-core's exceptions for whatever is no answer of a token endpoint."""
        answer = self._send("POST", url, params, headers, data)
        if answer.status_code >= 500:
            raise refusal(answer.document, status=answer.status_code)
        return answer

    def close(self) -> None:
        """Close every connection; a later call opens new ones."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _opened(self) -> httpx2.Client:
        with self._lock:
            if self._client is None:
                self._client = httpx2.Client(
                    verify=verification(self._verify),
                    mounts=WITHOUT_PROXY,
                    limits=_NEW_CONNECTION_EACH,
                    cookies=without_cookies(),
                )
                bound(self._client)
            return self._client

    def _send(
        self,
        method: str,
        url: str,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
        data: Mapping[str, str] | str | None,
    ) -> TokenAnswer:
        request = self._request(method, url, params, headers, data)
        attempt = Attempt(request, self._timeout, self._timeout, LARGEST_ANSWER)
        client = self._opened()
        with attempt.translated(), until(attempt.ends):
            response = client.send(attempt.build(client), stream=True, follow_redirects=False)
            try:
                for chunk in response.iter_raw():
                    attempt.add(chunk, Httpx2Response(request, response, b""))
            finally:
                response.close()
        return _understood(response, attempt.body, _shown(url))

    def _request(
        self,
        method: str,
        url: str,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
        data: Mapping[str, str] | str | None,
    ) -> HttpRequest:
        if not same_origin(url, self._authority.address):
            raise HopelessRequestError(
                f"Sign-in at {_shown(self._authority.address)} led to {_shown(url)}; nothing was sent there. If that "
                "is where you sign in, name it as authority."
            )
        sent = {name: value for name, value in (headers or {}).items() if value is not None}
        sent["Accept-Encoding"] = "identity"
        if self._authority.is_plain:
            url = urlunsplit(urlsplit(url)._replace(scheme="http"))
            # msal refuses addresses without TLS in the discovery document too; the sandbox is told what msal saw.
            sent["X-Forwarded-Proto"] = "https"
        if data is None:
            return HttpRequest(method, url, params=params, headers=sent)
        sent["Content-Type"] = "application/x-www-form-urlencoded"
        form = data if isinstance(data, str) else urlencode(data)
        return HttpRequest(method, url, params=params, headers=sent, content=form)


# No refresh token is sent where the other side may just have hung up: nobody would know whether it was redeemed.
_NEW_CONNECTION_EACH: Final = httpx2.Limits(max_keepalive_connections=0)


def _understood(response: httpx2.Response, content: bytes, where: str) -> TokenAnswer:
    status = response.status_code
    if 300 <= status < 400:
        raise ClientAuthenticationError(
            message=f"{where} answered with a redirect ({status}), which sign-in never does; it was not followed."
        )
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise _unusable(where, status, f"{media_type[:60] or 'no content type'} instead of JSON")
    try:
        text = content.decode("utf-8-sig")
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise _unusable(where, status, "what is not JSON") from None
    if not isinstance(document, dict):
        raise _unusable(where, status, "JSON that is no object")
    return TokenAnswer(status, text, response.headers, document)


def _unusable(where: str, status: int, what: str) -> ClientAuthenticationError:
    shown = "".join(c for c in what if c.isprintable())
    return ClientAuthenticationError(
        message=f"{where} answered with {shown} (status {status}). Perhaps a proxy, or a page where a network "
        "asks for a sign-in of its own, stands between; or authority is wrong."
    )


def _shown(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"[:200]
