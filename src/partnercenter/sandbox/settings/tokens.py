"""Settings: tokens."""

from __future__ import annotations

from typing import Final

from partnercenter.sandbox.settings.setting import fault, flag, number, text, words

TABLE: Final = (
    fault("fault_no_token", "401/800001", "1.5", "A call without a token."),
    fault("fault_invalid_token", "401", "1.5", "A token that is not ours or not whole."),
    fault("fault_expired_token", "401", "1.5", "A token whose time is over."),
    fault("fault_wrong_audience", "401", "1.5", "A token for an audience that is neither ours nor retired."),
    fault(
        "fault_not_a_partner",
        "403/600006",
        "1.5",
        "A token of a tenant that is no partner, or of an unregistered app.",
    ),
    fault("fault_mfa_missing", "401/900421", "1.5", "An app+user token without MFA."),
    text("mfa_missing_text", "MFA is required to access this API.", "1.5", "Description of that fault."),
    words("mfa", ("new", "old", "off"), "1.5", "MFA check: new (code), old (no body), off."),
    words(
        "mfa_verdict",
        ("header", "body", "off"),
        "9.2",
        "Where isMfaCompliant stands for ValidateMfa: true: a header, a member of the body, nowhere.",
    ),
    flag(
        "accept_retired_audience",
        False,
        "9.1",
        "Take tokens for https://graph.windows.net, as the archived SDKs ask by default.",
    ),
    flag(
        "accept_application_id_audience",
        True,
        "9.1",
        "Take tokens whose audience is Partner Center's application id.",
    ),
    number("token_lifetime_seconds", 3600, "9.1", "How long a token is valid.", least=1, most=86_400),
    number(
        "token_clock_skew_seconds",
        0,
        "1.5",
        "By how much a token may be too early or too late, by the machine's clock.",
        most=3600,
    ),
    flag(
        "unversioned_generatetoken",
        True,
        "9.1",
        "POST /generatetoken still answers; it was announced to end in August 2025.",
    ),
    words(
        "generatetoken_expires_in",
        ("number", "text"),
        "9.1",
        "How the answer of generatetoken says for how many seconds its token is good.",
    ),
    flag(
        "partner_token_manages_licenses",
        False,
        "11.2",
        "Licence calls take the token that generatetoken gave out.",
    ),
    flag(
        "patch_relationship_app_only",
        True,
        "3.5",
        "PATCH of a sandbox customer works with an app-only token.",
    ),
)
