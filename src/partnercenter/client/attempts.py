"""One attempt of a call: its bounds in time and size, and its failures in the words of azure-core.

Both transports drive it. An answer that grows too large, or does not end in time, is given up.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
from azure.core.exceptions import (
    ServiceRequestError,
    ServiceRequestTimeoutError,
    ServiceResponseError,
    ServiceResponseTimeoutError,
)
from azure.core.rest import HttpRequest

from partnercenter.client.errors import HopelessRequestError, UnexpectedAnswerError, ids_note
from partnercenter.contract.headers import CORRELATION_ID, REQUEST_ID


class Attempt:
    """What both transports know of one attempt: its bounds, and what it has received so far.

    `timeout` and `time_left` are in seconds, `largest` is in bytes; `ends` is the moment of `time.monotonic` at which
    it is given up.
    """

    def __init__(self, request: HttpRequest, timeout: float, time_left: float | None, largest: int) -> None:
        self._request = request
        self._what = f"{request.method} {request.url.partition('?')[0]}"
        self._timeout = timeout if time_left is None else min(timeout, time_left)
        self.ends = None if time_left is None else time.monotonic() + time_left
        self._largest = largest
        self._chunks: list[bytes] = []
        self._size = 0

    @property
    def body(self) -> bytes:
        """What was received."""
        return b"".join(self._chunks)

    def build(self, client: httpx2.Client | httpx2.AsyncClient) -> httpx2.Request:
        """The request as httpx2 sends it."""
        return client.build_request(
            self._request.method,
            self._request.url,
            headers=self._request.headers,
            content=self._request.content,
            timeout=self._timeout,
        )

    def add(self, chunk: bytes, answer: Any) -> None:
        """Take a piece of the body.

        Raises `UnexpectedAnswerError` when the body is too large, `ServiceResponseTimeoutError` when it is too late.
        """
        self._size += len(chunk)
        if self._size > self._largest:
            raise UnexpectedAnswerError(
                f"{self._what} answered with more than {self._largest} bytes; the rest was not read.", answer
            )
        if self.ends is not None and time.monotonic() > self.ends:
            raise ServiceResponseTimeoutError(self._sentence("the answer was not complete in time"))
        self._chunks.append(chunk)

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Translate httpx2's exceptions to azure-core's, which tell whether anything was sent.

        Raises `ServiceRequestError` when nothing was, `HopelessRequestError` when it would be in vain to try again,
        and `ServiceResponseError` when the answer was lost.
        """
        try:
            yield
        except (httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            raise ServiceRequestTimeoutError(self._sentence("no connection in time"), error=error) from error
        except (httpx2.TimeoutException, TimeoutError) as error:
            reason = "the answer was not complete in time" if self._chunks else "no answer in time"
            raise ServiceResponseTimeoutError(self._sentence(reason), error=error) from error
        except (httpx2.ConnectError, httpx2.ProxyError) as error:
            raise self._without_connection(error) from error
        except (httpx2.UnsupportedProtocol, httpx2.LocalProtocolError, httpx2.InvalidURL) as error:
            raise HopelessRequestError(self._sentence(f"it cannot be sent ({error})"), error=error) from error
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            reason = str(error) or type(error).__name__
            raise ServiceResponseError(
                self._sentence(f"the answer was lost ({reason})"), error=error
            ) from error

    def _without_connection(self, error: httpx2.TransportError) -> ServiceRequestError:
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
            cause = cause.__cause__ or cause.__context__
        if cause is None:
            return ServiceRequestError(self._sentence(f"no connection ({error})"), error=error)
        reason = f"the server's certificate is not trusted ({cause.verify_message})"
        return HopelessRequestError(
            f"{self._sentence(reason)} Give the certificate of its authority as verify=PATH or in SSL_CERT_FILE.",
            error=error,
        )

    def _sentence(self, reason: str) -> str:
        headers = self._request.headers
        return f"{self._what}: {reason}{ids_note(headers.get(REQUEST_ID), headers.get(CORRELATION_ID))}."
