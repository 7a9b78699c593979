"""The errors of the sign-in pages: of a request for a code, of the forms, and of the codes of devices.

Who may not sign in, and why, stands in `user_errors`.
"""

from __future__ import annotations

from enum import unique

from partnercenter.sandbox.identity.entra_errors import FaultTable


@unique
class PageFault(FaultTable):
    """Why there is no code, or no page."""

    UNSUPPORTED_RESPONSE_TYPE = (
        400,
        "unsupported_response_type",
        70005,
        "The response type '{subject}' is not enabled for the application; the local sandbox serves 'code'.",
    )
    UNSUPPORTED_RESPONSE_MODE = (
        400,
        "invalid_request",
        70007,
        "'{subject}' is not a supported value of 'response_mode' when requesting a token.",
    )
    UNSUPPORTED_PROMPT = (400, "invalid_request", 90023, "Unsupported 'prompt' value '{subject}'.")
    BAD_CODE_CHALLENGE = (
        400,
        "invalid_request",
        501491,
        "Invalid size of Code_Challenge parameter: it takes 43 to 128 letters, digits and '-._~'.",
    )
    PKCE_REQUIRED = (
        400,
        "invalid_request",
        9002325,
        "Proof Key for Code Exchange is required: send 'code_challenge' and 'code_challenge_method'.",
    )
    UNREGISTERED_REDIRECT = (
        400,
        "invalid_request",
        50011,
        (
            "The redirect URI '{subject}' specified in the request does not match the redirect URIs configured"
            " for the application '{resource}'. Make sure the redirect URI sent in the request matches one"
            " added to your application."
        ),
    )
    LOGIN_REQUIRED = (
        400,
        "login_required",
        50058,
        (
            "Session information is not sufficient for single-sign-on: the local sandbox keeps no sessions, so"
            " 'prompt=none' never succeeds."
        ),
    )
    SIGN_IN_CANCELLED = (
        400,
        "access_denied",
        65004,
        "User declined to consent to access the app.",
    )
    SECOND_FACTOR_DENIED = (
        400,
        "access_denied",
        500121,
        "Authentication failed during strong authentication request. The user denied the second factor.",
    )
    NOT_THIS_BROWSERS_FORM = (
        400,
        "invalid_request",
        165000,
        "Invalid Request: The request tokens do not match the user context. {subject}",
    )
    BAD_USER_CODE = (
        400,
        "bad_verification_code",
        70018,
        "Invalid verification code: that code didn't work. Check the code and try again.",
    )
    EXPIRED_USER_CODE = (
        400,
        "expired_token",
        70019,
        "Verification code expired. Begin again on the device that showed it.",
    )
