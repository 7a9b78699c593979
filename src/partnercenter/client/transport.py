"""httpx2 behind azure-core's transport interface, for both worlds.

Answers are read whole, up to a limit, before the pipeline sees them. Redirects are not followed: Partner
Center sends none, and a token must not travel to where somebody points. TLS contexts are costly and made
once, at the first call.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import ssl
import threading
import time
from collections.abc import AsyncIterator, Iterator, MutableMapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import httpx2
from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.transport import AsyncHttpTransport, HttpTransport
from azure.core.rest import AsyncHttpResponse, HttpRequest, HttpResponse

from partnercenter.client.attempts import Attempt
from partnercenter.client.errors import HopelessRequestError
from partnercenter.client.network_bounds import bound, until

DEFAULT_TIMEOUT: Final = 100.0
LARGEST_ANSWER: Final = 64 * 1024 * 1024

# httpx2 logs every URL at INFO, with its query; `call_log` writes ours, without.
logging.getLogger("httpx2").setLevel(logging.WARNING)


class _Answer:
    """What both kinds of response have in common: everything, once the body is read."""

    def __init__(self, request: HttpRequest, response: httpx2.Response, content: bytes) -> None:
        self._request = request
        self._response = response
        self._content = content
        self._encoding: str | None = None

    @property
    def request(self) -> HttpRequest:
        """What was asked."""
        return self._request

    @property
    def status_code(self) -> int:
        """The HTTP status."""
        return self._response.status_code

    @property
    def headers(self) -> MutableMapping[str, str]:
        """The headers; names match without case."""
        return self._response.headers

    @property
    def reason(self) -> str:
        """The reason phrase."""
        return self._response.reason_phrase

    @property
    def content_type(self) -> str | None:
        """The Content-Type header."""
        return self._response.headers.get("Content-Type")

    @property
    def is_closed(self) -> bool:
        """Whether the connection is back in the pool; it is, once the body was read."""
        return True

    @property
    def is_stream_consumed(self) -> bool:
        """Whether the body was read."""
        return True

    @property
    def encoding(self) -> str | None:
        """The charset of the body."""
        return self._encoding or self._response.charset_encoding

    @encoding.setter
    def encoding(self, value: str | None) -> None:
        self._encoding = value

    @property
    def url(self) -> str:
        """Where it was asked."""
        return self._request.url

    @property
    def content(self) -> bytes:
        """The body."""
        return self._content

    def text(self, encoding: str | None = None) -> str:
        """The body as text, never failing; a byte order mark is dropped."""
        try:
            text = self._content.decode(encoding or self.encoding or "utf-8-sig", "replace")
        except LookupError:
            text = self._content.decode("utf-8-sig", "replace")
        return text.removeprefix("\ufeff")

    def json(self) -> Any:
        """The body as decoded JSON."""
        return json.loads(self.text())

    def raise_for_status(self) -> None:
        """Raise azure-core's HttpResponseError for a refusal."""
        if self.status_code >= 400:
            raise HttpResponseError(response=self)

    def __repr__(self) -> str:
        return f"<HttpResponse: {self.status_code} {self.reason}>"


class Httpx2Response(_Answer, HttpResponse):
    """An answer of the synchronous transport."""

    def read(self) -> bytes:
        """The body."""
        return self._content

    def iter_raw(self, **_: Any) -> Iterator[bytes]:
        """The body, in one piece."""
        yield self._content

    def iter_bytes(self, **_: Any) -> Iterator[bytes]:
        """The body, in one piece."""
        yield self._content

    def close(self) -> None:
        """Do nothing: the connection was given back when the body had been read."""

    def __enter__(self) -> Httpx2Response:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncHttpx2Response(_Answer, AsyncHttpResponse):
    """An answer of the asynchronous transport."""

    async def read(self) -> bytes:
        """The body."""
        return self._content

    async def iter_raw(self, **_: Any) -> AsyncIterator[bytes]:
        """The body, in one piece."""
        yield self._content

    async def iter_bytes(self, **_: Any) -> AsyncIterator[bytes]:
        """The body, in one piece."""
        yield self._content

    async def close(self) -> None:
        """Do nothing: the connection was given back when the body had been read."""

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.close()


class Httpx2Transport(HttpTransport[HttpRequest, HttpResponse]):
    """The synchronous transport.

    `timeout` is in seconds, for connecting and for each silence of the other side. `verify` is True, False or
    the path of a certificate bundle; when it is True the variables REQUESTS_CA_BUNDLE and SSL_CERT_FILE are
    honoured. `inner` replaces the network, for example by an application in the same process. An answer of more than
    `largest_answer` bytes is given up. Proxies come from the environment; plain HTTP, which stays on this machine,
    uses none.
    """

    takes_time_left = True

    def __init__(
        self,
        *,
        timeout: float = DEFAULT_TIMEOUT,
        verify: bool | str | os.PathLike[str] = True,
        inner: httpx2.BaseTransport | None = None,
        largest_answer: int = LARGEST_ANSWER,
    ) -> None:
        self._timeout = timeout
        self._verify = verify
        self._inner = inner
        self._largest = largest_answer
        self._client: httpx2.Client | None = None
        self._lock = threading.Lock()

    def open(self) -> None:
        """Make the connection pool; done by the first call too."""
        self._opened()

    def _opened(self) -> httpx2.Client:
        with self._lock:
            if self._client is None:
                self._client = httpx2.Client(
                    timeout=self._timeout,
                    verify=verification(self._verify),
                    transport=self._inner,
                    mounts=WITHOUT_PROXY,
                    limits=_LIMITS,
                    cookies=without_cookies(),
                )
                bound(self._client)
            return self._client

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def sleep(self, duration: float) -> None:
        """Wait between two attempts."""
        time.sleep(duration)

    def send(self, request: HttpRequest, *, time_left: float | None = None, **_: Any) -> HttpResponse:
        """Send one attempt and read its answer whole, within `time_left` seconds if given."""
        client = self._opened()
        attempt = Attempt(request, self._timeout, time_left, self._largest)
        with attempt.translated(), until(attempt.ends):
            response = client.send(attempt.build(client), stream=True, follow_redirects=False)
            try:
                for chunk in response.iter_bytes():
                    attempt.add(chunk, Httpx2Response(request, response, b""))
                return Httpx2Response(request, response, attempt.body)
            finally:
                response.close()

    def __enter__(self) -> Httpx2Transport:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncHttpx2Transport(AsyncHttpTransport[HttpRequest, AsyncHttpResponse]):
    """The asynchronous transport; see `Httpx2Transport`."""

    takes_time_left = True

    def __init__(
        self,
        *,
        timeout: float = DEFAULT_TIMEOUT,
        verify: bool | str | os.PathLike[str] = True,
        inner: httpx2.AsyncBaseTransport | None = None,
        largest_answer: int = LARGEST_ANSWER,
    ) -> None:
        self._timeout = timeout
        self._verify = verify
        self._inner = inner
        self._largest = largest_answer
        self._client: httpx2.AsyncClient | None = None

    async def open(self) -> None:
        """Make the connection pool; done by the first call too."""
        self._opened()

    def _opened(self) -> httpx2.AsyncClient:
        if self._client is None:
            self._client = httpx2.AsyncClient(
                timeout=self._timeout,
                verify=verification(self._verify),
                transport=self._inner,
                mounts=WITHOUT_PROXY,
                limits=_LIMITS,
                cookies=without_cookies(),
            )
        return self._client

    async def close(self) -> None:
        """Close every connection."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def sleep(self, duration: float) -> None:
        """Wait between two attempts."""
        await asyncio.sleep(duration)

    async def send(
        self, request: HttpRequest, *, time_left: float | None = None, **_: Any
    ) -> AsyncHttpResponse:
        """Send one attempt and read its answer whole, within `time_left` seconds if given."""
        client = self._opened()
        attempt = Attempt(request, self._timeout, time_left, self._largest)
        with attempt.translated():
            async with asyncio.timeout(time_left):
                response = await client.send(attempt.build(client), stream=True, follow_redirects=False)
                try:
                    async for chunk in response.aiter_bytes():
                        attempt.add(chunk, AsyncHttpx2Response(request, response, b""))
                    return AsyncHttpx2Response(request, response, attempt.body)
                finally:
                    await response.aclose()

    async def __aenter__(self) -> AsyncHttpx2Transport:
        await self.open()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.close()


_LIMITS: Final = httpx2.Limits(max_connections=100, max_keepalive_connections=50, keepalive_expiry=60)
# A proxy would read what plain HTTP carries, and cannot reach the loopback addresses of this machine.
WITHOUT_PROXY: Final = dict.fromkeys(("http://", "all://localhost", "all://127.0.0.1", "all://[::1]"))


def without_cookies() -> CookieJar:
    """A jar that takes no cookie and gives none: a token says who calls, and nobody else can say more."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=()))


def verification(verify: bool | str | os.PathLike[str]) -> Any:
    """What httpx2 takes for `verify`: True, False, or a context with the bundle."""
    if verify is True:
        verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE") or True
    if isinstance(verify, bool):
        return verify
    bundle = os.fspath(verify)
    try:
        if Path(bundle).is_dir():
            return ssl.create_default_context(capath=bundle)
        return ssl.create_default_context(cafile=bundle)
    except (OSError, ssl.SSLError) as error:
        reason = getattr(error, "strerror", None) or error
        raise HopelessRequestError(f"The certificate bundle {bundle} cannot be read: {reason}.") from error
