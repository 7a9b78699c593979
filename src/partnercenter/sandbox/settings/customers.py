"""Settings: customers."""

from __future__ import annotations

from typing import Final

from partnercenter.sandbox.settings.setting import fault, flag, number, text, words

TABLE: Final = (
    number("customer_quota", 75, "8", "Customers that a sandbox partner can have.", most=10_000_000),
    fault("fault_customer_quota", "400/800018", "3.1", "One customer more than that."),
    fault("fault_domain_taken", "409/1003", "3.1", "A create with a domain that is taken."),
    text(
        "domain_suffixes",
        "onmicrosoft.com,onmicrosoft.us,partner.onmschina.cn,ccsctp.net",
        "3.1",
        "Suffixes that a new customer's domain may have.",
    ),
    fault("fault_missing_field", "400/3000", "3.1", "A required member is missing or malformed."),
    words(
        "invalid_address",
        ("refuse", "undeletable"),
        "3.1",
        "A bad address: refuse it, or make a customer that can never be deleted.",
    ),
    fault("fault_invalid_address", "400/2007", "3.1", "A create with a bad address."),
    words(
        "unlisted_culture",
        ("accept", "refuse"),
        "3.1",
        "A culture or language that the country's validation rules do not list.",
    ),
    words(
        "registration_number_elsewhere",
        ("optional", "refused"),
        "3.1",
        "A registration number in a country that needs none.",
    ),
    words(
        "associated_partner",
        ("free", "checked", "required"),
        "3.1",
        "The reseller of a new customer: any GUID from any partner; a reseller of the sandbox, from an indirect "
        "provider only; or that, and an indirect provider must name one.",
    ),
    words("password_in_request", ("ignore", "refuse"), "3.1", "A password that the caller sends."),
    number(
        "default_page_size", 500, "3.2", "Items of a page when the caller names no size.", least=1, most=500
    ),
    words(
        "negative_page_size",
        ("default", "refuse"),
        "3.2",
        "A size below 0: as if none were named, or refused.",
    ),
    words("oversized_page", ("cap", "refuse"), "3.2", "A size above 500."),
    flag(
        "full_page_has_next",
        False,
        "3.2",
        "A page that is full leads to a next one even if that is empty, on every list that has pages.",
    ),
    words("list_order", ("creation", "newest"), "3.2", "Order of the customers in a list."),
    fault("fault_bad_continuation_token", "400/2000", "3.2", "An expired or foreign continuation token."),
    words("past_the_end", ("empty", "refuse"), "3.2", "Asking for a page after the last."),
    flag(
        "delegated_access",
        True,
        "3.3",
        "New customers grant delegated access; without it address, email and domains are hidden.",
    ),
    fault("fault_if_match_missing", "412/2055", "3.4", "A billing profile sent back without its etag."),
    fault("fault_stale_etag", "400/2055", "3.4", "A billing profile sent back with an old etag."),
    fault("fault_relationship_value", "400/3000", "3.5", "A PATCH to any relationship but none."),
    fault("fault_relationship_ended", "400/3000", "3.5", "A PATCH of a relationship that has ended."),
    fault("fault_unknown_country", "400/3000", "3.1", "Validation rules of a country that does not exist."),
    fault("fault_invalid_filter", "400/2000", "3.2", "A filter that cannot be understood."),
)
