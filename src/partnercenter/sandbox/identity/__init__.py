"""The sandbox's identity provider: keys, tokens, token requests, discovery, and the local authority for TLS.

Everything here decides and nothing listens: the HTTP shell and the store call these functions with their
rows, the time and the request's parts (behaviour.md 9, client-quirks.md 2 and 3). Only `certificates` and
`private_files` touch the disk. Importing the package is cheap: PyJWT, cryptography and trustme are imported
by the first call that needs them.
"""

from .audiences import AcceptedAudiences, issued_audience
from .certificates import TlsFiles, ensure_certificates, trust_instructions
from .client_secrets import StoredSecret, check_client_secret, hash_secret, secret_matches
from .discovery import instance_discovery, openid_configuration, tenant_of_endpoint
from .entra_errors import EntraError, EntraFault
from .private_files import CertificateError
from .signing_keys import SigningKey, generate_signing_key, jwks, public_jwk
from .token_cache import TokenCache
from .token_request import (
    TokenRequest,
    check_audience,
    parse_token_request,
    unknown_application,
    unknown_tenant,
)
from .tokens import (
    DEFAULT_LIFETIME,
    ProtocolVersion,
    app_only_claims,
    app_user_claims,
    issuer_of,
    sign,
    token_answer,
)
from .verification import TokenDefect, VerifiedToken, bearer_token, verify_token

__all__ = [
    "DEFAULT_LIFETIME",
    "AcceptedAudiences",
    "CertificateError",
    "EntraError",
    "EntraFault",
    "ProtocolVersion",
    "SigningKey",
    "StoredSecret",
    "TlsFiles",
    "TokenCache",
    "TokenDefect",
    "TokenRequest",
    "VerifiedToken",
    "app_only_claims",
    "app_user_claims",
    "bearer_token",
    "check_audience",
    "check_client_secret",
    "ensure_certificates",
    "generate_signing_key",
    "hash_secret",
    "instance_discovery",
    "issued_audience",
    "issuer_of",
    "jwks",
    "openid_configuration",
    "parse_token_request",
    "public_jwk",
    "secret_matches",
    "sign",
    "tenant_of_endpoint",
    "token_answer",
    "trust_instructions",
    "unknown_application",
    "unknown_tenant",
    "verify_token",
]
