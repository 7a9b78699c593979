"""The errors about who signs in, on the pages and at the token endpoint alike."""

from __future__ import annotations

from enum import unique

from partnercenter.sandbox.identity.entra_errors import FaultTable


@unique
class UserFault(FaultTable):
    """Why a user may not sign in."""

    UNKNOWN_USER = (
        400,
        "invalid_grant",
        50034,
        (
            "The user account '{subject}' does not exist in the {tenant} directory. To sign into this"
            " application, the account must be added to the directory."
        ),
    )
    FOREIGN_USER = (
        400,
        "invalid_grant",
        50020,
        (
            "User account '{subject}' does not exist in tenant '{tenant}' and cannot access the application"
            " '{resource}' in that tenant. The account needs to be added as an external user in the tenant"
            " first. Sign out and sign in again with a different user account."
        ),
    )
    DISABLED_USER = (400, "invalid_grant", 50057, "The user account is disabled.")
    WRONG_PASSWORD = (
        400,
        "invalid_grant",
        50126,
        "Error validating credentials due to invalid username or password.",
    )
    TOO_MANY_GUESSES = (
        400,
        "invalid_grant",
        50053,
        (
            "The account is locked, you've tried to sign in too many times with an incorrect user ID or"
            " password. Wait a minute."
        ),
    )
    MFA_ENROLMENT_REQUIRED = (
        400,
        "interaction_required",
        50079,
        (
            "Due to a configuration change made by your administrator, you must enroll in multifactor"
            " authentication: this user has no second factor, and 'sign_in_requires_mfa' is set."
        ),
    )
