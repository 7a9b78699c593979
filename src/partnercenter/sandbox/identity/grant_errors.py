"""The errors about what a request for a token brings: secrets, assertions, codes, refresh tokens.

Numbers and words are those that Entra documents, or is seen to answer, for the case; where it has none for a case
that a sandbox can tell apart, AADSTS70000 is used and the text says what is wrong. No text repeats what was brought.
"""

from __future__ import annotations

from enum import unique

from partnercenter.sandbox.identity.entra_errors import FaultTable

_BAD_ASSERTION = "Client assertion contains an invalid signature. [Reason - "


@unique
class ClientFault(FaultTable):
    """Why an application has not proved who it is."""

    MISSING_SECRET = (
        401,
        "invalid_client",
        7000216,
        "'client_assertion', 'client_secret' or 'request' is required for the '{subject}' grant type.",
    )
    WRONG_SECRET = (
        401,
        "invalid_client",
        7000215,
        (
            "Invalid client secret provided. Ensure the secret being sent in the request is the client "
            "secret value, not the client secret ID, for a secret added to app '{subject}'."
        ),
    )
    EXPIRED_SECRET = (
        401,
        "invalid_client",
        7000222,
        (
            "The provided client secret keys for app '{subject}' are expired. Add a new secret to the "
            "application."
        ),
    )
    MISSING_PROOF = (
        401,
        "invalid_client",
        7000218,
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    )
    PUBLIC_WITH_PROOF = (
        401,
        "invalid_client",
        700025,
        "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
    )
    MALFORMED_ASSERTION = (
        401,
        "invalid_client",
        50027,
        "JWT token is invalid or malformed. The client assertion is {subject}.",
    )
    KEY_NOT_FOUND = (
        401,
        "invalid_client",
        700027,
        _BAD_ASSERTION + "The key was not found. The header of the assertion must name a certificate that is"
        " registered for the application '{subject}' by its thumbprint, in 'x5t', 'x5t#S256' or 'kid'.]",
    )
    KEY_EXPIRED = (401, "invalid_client", 700027, _BAD_ASSERTION + "The key used is expired.]")
    BAD_SIGNATURE = (
        401,
        "invalid_client",
        700027,
        _BAD_ASSERTION + "Client assertion failed signature validation.]",
    )
    WRONG_APPLICATION = (
        401,
        "invalid_client",
        700021,
        (
            "Client assertion application identifier doesn't match 'client_id' parameter: its 'iss' and 'sub'"
            " must both be the client id."
        ),
    )
    WRONG_AUDIENCE = (
        401,
        "invalid_client",
        700023,
        (
            "Client assertion audience claim does not match Realm issuer. It must be the address of the token"
            " endpoint of this tenant, as its discovery document names it."
        ),
    )
    OUT_OF_TIME = (
        401,
        "invalid_client",
        700024,
        "Client assertion is not within its valid time range. {subject}",
    )


@unique
class GrantFault(FaultTable):
    """Why a code, a token or a password is not good for a token."""

    MALFORMED_GRANT = (
        400,
        "invalid_grant",
        9002313,
        "Invalid request. Request is malformed or invalid. The value of '{subject}' was never given out.",
    )
    OF_ANOTHER_CLIENT = (
        400,
        "invalid_grant",
        70000,
        "Provided grant is invalid or malformed. It was given out to another application.",
    )
    OF_ANOTHER_TENANT = (
        400,
        "invalid_grant",
        7000012,
        "The grant was obtained for a different tenant.",
    )
    CODE_EXPIRED = (
        400,
        "invalid_grant",
        70008,
        (
            "The provided authorization code or refresh token has expired due to inactivity. Send a new"
            " interactive authorization request for this user and resource."
        ),
    )
    CODE_REDEEMED = (
        400,
        "invalid_grant",
        54005,
        (
            "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an"
            " existing refresh token."
        ),
    )
    WRONG_REPLY_ADDRESS = (
        400,
        "invalid_grant",
        500112,
        "The reply address does not match the reply address provided when requesting Authorization code.",
    )
    WRONG_VERIFIER = (
        400,
        "invalid_grant",
        501481,
        "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
    )
    REFRESH_TOKEN_EXPIRED = (
        400,
        "invalid_grant",
        700082,
        (
            "The refresh token has expired due to inactivity. The token was issued on {subject} and was"
            " inactive for longer than its lifetime."
        ),
    )
    REFRESH_TOKEN_REVOKED = (
        400,
        "invalid_grant",
        50173,
        (
            "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user"
            " might have changed or reset their password. The grant was issued on '{subject}'."
        ),
    )
    REFRESH_TOKEN_REUSED = (
        400,
        "invalid_grant",
        70000,
        (
            "Provided grant is invalid or malformed. The refresh token was redeemed before, and the setting"
            " refresh_token_reuse of this sandbox refuses it a second time; use the one that it brought."
        ),
    )
    DEVICE_PENDING = (
        400,
        "authorization_pending",
        70016,
        "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
    )
    DEVICE_DECLINED = (400, "authorization_declined", 70018, "The user declined the authorization request.")
    DEVICE_EXPIRED = (
        400,
        "expired_token",
        70020,
        "The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
    )
    UNKNOWN_DEVICE_CODE = (
        400,
        "bad_verification_code",
        7000014,
        "The provided value for the input parameter 'device_code' is not valid.",
    )
    MFA_REQUIRED = (
        400,
        "invalid_grant",
        50076,
        (
            "Due to a configuration change made by your administrator, or because you moved to a new"
            " location, you must use multi-factor authentication to access '{resource}'."
        ),
        "basic_action",
    )
    MALFORMED_ASSERTION = (
        400,
        "invalid_request",
        50027,
        "JWT token is invalid or malformed. The assertion must be an access token of this sandbox.",
    )
    ASSERTION_SIGNATURE = (400, "invalid_grant", 50013, "Assertion failed signature validation.")
    ASSERTION_OUT_OF_TIME = (
        400,
        "invalid_grant",
        500133,
        (
            "Assertion is not within its valid time range. Ensure that the access token is not expired before"
            " using it for user assertion, or request a new token."
        ),
    )
    ASSERTION_AUDIENCE = (
        400,
        "invalid_grant",
        500131,
        (
            "Assertion audience does not match the Client app presenting the assertion. The expected audience"
            " is 'api://{subject}' or '{subject}'. The downstream client must request a token for the expected"
            " audience (the application that made the OBO request) and this application should use that token"
            " as the assertion."
        ),
    )
    ASSERTION_WITHOUT_USER = (
        400,
        "invalid_grant",
        7000114,
        (
            "Application '{subject}' isn't allowed to make application on-behalf-of calls. The assertion is a"
            " token without a user."
        ),
    )
