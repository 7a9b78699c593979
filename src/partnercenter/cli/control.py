"""Talks to the control routes of a sandbox (`/_sandbox/…`).

With the standard library only: no proxy, no redirect, no retry, so a control token goes to the host that was
named and nowhere else, and never without TLS except to this machine.
"""

from __future__ import annotations

import http.client
import json
import os
import ssl
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from partnercenter.cli.errors import UNTRUSTED, CommandError, UserError
from partnercenter.contract.loopback import is_loopback_url

TOKEN_VARIABLE: Final = "PARTNERCENTER_SANDBOX_CONTROL_TOKEN"
_LARGEST_ANSWER: Final = 16_777_216


@dataclass(frozen=True, slots=True)
class Control:
    """One sandbox; `token` opens its control routes from other machines."""

    endpoint: str
    token: str | None = field(default=None, repr=False)
    timeout: float = 60.0

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Call a control route and return its decoded answer.

        Raises `CommandError` when nothing or something else than a sandbox answers, `UserError` when the
        sandbox says that the request was wrong.
        """
        if self.token and self.endpoint.startswith("http:") and not is_loopback_url(self.endpoint):
            raise UserError("The control token is not sent without TLS: use an https endpoint.")
        status, text = self._exchange(method, path, None if body is None else json.dumps(body).encode())
        try:
            answer = json.loads(text) if text.strip() else None
        except ValueError:
            answer = text
        if 200 <= status < 300 and not isinstance(answer, str):
            return answer
        said = answer.get("error") if isinstance(answer, dict) else None
        if isinstance(said, str):
            raise UserError(said) if 400 <= status < 500 else CommandError(said)
        raise CommandError(f"What answers at {self.endpoint} is not a sandbox (status {status}).")

    def _exchange(self, method: str, path: str, body: bytes | None) -> tuple[int, str]:
        parts = urlsplit(self.endpoint)
        headers = {"Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        host = str(parts.hostname)
        connection = (
            http.client.HTTPSConnection(host, parts.port, timeout=self.timeout, context=_tls())
            if parts.scheme == "https"
            else http.client.HTTPConnection(host, parts.port, timeout=self.timeout)
        )
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read(_LARGEST_ANSWER).decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, ssl.SSLCertVerificationError):
                raise CommandError(f"{self.endpoint}: {UNTRUSTED}") from error
            raise CommandError(
                f"No sandbox answers at {self.endpoint} ({_reason(error)}). Start one with 'partnercenter "
                "sandbox serve', or name another with --endpoint."
            ) from error
        finally:
            connection.close()


def _tls() -> ssl.SSLContext:
    """What trusts the certificates that the client trusts too: those of REQUESTS_CA_BUNDLE or SSL_CERT_FILE."""
    bundle = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE")
    try:
        return ssl.create_default_context(cafile=bundle or None)
    except OSError as error:
        raise UserError(f"The certificate bundle {bundle} cannot be read: {_reason(error)}.") from None


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error or type(error).__name__).strip()


def answers_as_sandbox(endpoint: str, tenant_id: str) -> bool:
    """Whether a sandbox with that development partner answers at once."""
    try:
        about = Control(endpoint, timeout=1.0).call("GET", "/_sandbox/about")
    except (CommandError, UserError):
        return False
    return isinstance(about, dict) and about.get("tenantId") == tenant_id
