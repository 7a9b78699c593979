"""From an exception to one sentence and an exit status.

Whatever goes wrong, the user reads what was wrong and what to do, never a traceback and never a secret.
"""

from __future__ import annotations

import math
import re
import sys
from typing import Final

DONE: Final = 0
FAILED: Final = 1
USAGE: Final = 2
REFUSED: Final = 3
INTERRUPTED: Final = 130

UNTRUSTED: Final = (
    "The certificate is not trusted. For a sandbox that serves TLS, set REQUESTS_CA_BUNDLE and SSL_CERT_FILE to "
    "the file that 'partnercenter sandbox serve --tls' names."
)
_UNTRUSTED_WORDS: Final = ("CERTIFICATE_VERIFY_FAILED", "the server's certificate is not trusted")
_IDS_OF_SIGN_IN: Final = re.compile(r"\s*Trace ID: .*")
_REFUSED_BY_ENTRA: Final = "Signing in was refused: "
_UNDER_THE_SAME_ID: Final = "repeat the call under the same request id."


class UserError(Exception):
    """The user must change something; the message is the whole explanation. Ends with status 2."""


class CommandError(Exception):
    """The command could not do what it was asked to; the message says why. Ends with status 1."""


def explain(error: BaseException) -> tuple[str, int] | None:
    """The sentence and the exit status for an exception that a user can meet; None for a defect of ours."""
    if isinstance(error, KeyboardInterrupt):
        return "Interrupted.", INTERRUPTED
    if isinstance(error, UserError):
        return str(error), USAGE
    if isinstance(error, CommandError):
        return str(error), FAILED
    return _explain_by_module(error)


def _explain_by_module(error: BaseException) -> tuple[str, int] | None:
    """Look at types whose modules are imported only when something of theirs was used."""
    if _is(error, "partnercenter.cleanup.trusted_sandboxes", "SafetyRuleError"):
        return str(error), REFUSED
    if _is(error, "partnercenter.private_files", "ConfigurationError"):
        return str(error), USAGE
    if _is(error, "partnercenter.cleanup.journal", "JournalError"):
        return str(error), FAILED
    if _is(error, "partnercenter.sandbox.errors", "SandboxError"):
        return str(error), USAGE
    if _is(error, "partnercenter.client.errors", "PartnerCenterError"):
        return _explain_service_error(error), FAILED
    if _is(error, "partnercenter.identity.secret_store", "SecretStoreError"):
        return _sentence(error), FAILED
    if _is(error, "azure.core.exceptions", "ClientAuthenticationError") and not _lost(error):
        return _explain_refused_sign_in(error), FAILED
    if _is(error, "azure.core.exceptions", "AzureError"):
        if any(words in str(error) for words in _UNTRUSTED_WORDS):
            return UNTRUSTED, FAILED
        return f"No usable answer: {_sentence(error)} Check the address and the network.", FAILED
    if isinstance(error, ValueError) and _raised_by_client(error):
        return str(error), FAILED
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror or error}.", FAILED
    return None


def _is(error: BaseException | None, module: str, name: str) -> bool:
    kind = getattr(sys.modules.get(module), name, None)
    return kind is not None and isinstance(error, kind)


def _raised_by_client(error: BaseException) -> bool:
    """Whether the client refused something, such as a link of the service to another host."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and str(trace.tb_frame.f_globals.get("__name__")).startswith(
        "partnercenter.client"
    )


def _lost(error: BaseException) -> bool:
    """Whether signing in failed because nobody answered."""
    reasons = ("ServiceRequestError", "ServiceResponseError")
    return any(_is(error.__cause__, "azure.core.exceptions", name) for name in reasons)


def _sentence(error: BaseException) -> str:
    lines = str(getattr(error, "message", None) or error).strip().splitlines()
    text = lines[0].strip() if lines else type(error).__name__
    text = _IDS_OF_SIGN_IN.sub("", text.removeprefix("Authentication failed: "))
    return text if text.endswith((".", "!", "?")) else text + "."


def _explain_refused_sign_in(error: BaseException) -> str:
    """What `partnercenter.identity` says is a whole explanation; what azure-identity says is none."""
    said = _sentence(error)
    if said.startswith(_REFUSED_BY_ENTRA):
        return said
    return f"Signing in failed: {said} Check tenant id, client id and client secret."


def _explain_service_error(error: BaseException) -> str:
    """Such as "The service answered 404 (60003): Tenant not found. …advice… (correlation id …)"."""
    status, code = getattr(error, "status_code", None), getattr(error, "code", None)
    said = str(getattr(error, "description", None) or _sentence(error)).strip()
    said = said if said.endswith(".") else said + "."
    advice = _advice(error)
    correlation = getattr(error, "correlation_id", None)
    parts = [f"The service answered {status}" + (f" ({code})" if code else "") + f": {said}", advice]
    if correlation:
        parts.append(f"(correlation id {correlation})")
    return " ".join(part for part in parts if part)


def _advice(error: BaseException) -> str:
    """What the user of a command can do: it sends request ids of its own, and knows how long it shall wait."""
    seconds = getattr(error, "retry_after", None)
    if seconds is not None:
        count = math.ceil(seconds)
        return f"Wait {count} second{'' if count == 1 else 's'} before the next call."
    advice = str(getattr(error, "advice", None) or "").strip()
    return advice.replace(_UNDER_THE_SAME_ID, "run the command again.")
