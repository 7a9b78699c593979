"""Names of the headers that Partner Center and its clients exchange; behaviour.md 10."""

from __future__ import annotations

from typing import Final

REQUEST_ID: Final = "MS-RequestId"
CORRELATION_ID: Final = "MS-CorrelationId"
TRACE_VECTOR: Final = "MS-CV"
SERVER_ID: Final = "MS-ServerId"
REQUEST_CONTEXT: Final = "Request-Context"
LOCALE: Final = "X-Locale"
CONTINUATION_TOKEN: Final = "MS-ContinuationToken"
APPLICATION_NAME: Final = "MS-PartnerCenter-Application"
CLIENT_NAME: Final = "MS-PartnerCenter-Client"
SDK_VERSION: Final = "MS-SdkVersion"
CONTRACT_VERSION: Final = "MS-Contract-Version"
VALIDATE_MFA: Final = "ValidateMfa"
IS_MFA_COMPLIANT: Final = "isMfaCompliant"

DEFAULT_LOCALE: Final = "en-US"
