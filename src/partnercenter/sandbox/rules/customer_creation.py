"""What a new customer, or a changed billing profile, must look like; behaviour.md 3.1.

The shape is checked from the contract's declarations, the address by the country's rules; what is here
is the rest, and the order in which problems are found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from partnercenter.contract.customers import Customer, CustomerBillingProfile
from partnercenter.contract.identifiers import parse_guid
from partnercenter.contract.resource import Resource
from partnercenter.sandbox.rules.body_shape import find_problems
from partnercenter.sandbox.rules.country_rules import (
    ADDRESS_INVALID,
    PROPERTY_INVALID,
    CountryRules,
    Problem,
    check_address,
    check_culture_and_language,
    check_registration_number,
    find_country_rules,
    normalise_culture,
    normalise_language,
)
from partnercenter.sandbox.settings import Settings

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_STATE_LIMIT = 2
_COUNTRY_LENGTH = 2


def customer_problems(body: Mapping[str, Any], settings: Settings) -> Iterator[Problem]:
    """Everything that is wrong with the canonical body of a create."""
    yield from _shape_problems(Customer, body, "")
    company = body.get("companyProfile")
    if isinstance(company, dict) and isinstance(company.get("domain"), str):
        yield from _domain_problems(company["domain"], settings)
    billing = body.get("billingProfile")
    if isinstance(billing, dict):
        yield from _profile_rules(billing, "billingProfile.", settings)
    reseller = body.get("associatedPartnerId")
    if isinstance(reseller, str) and parse_guid(reseller) is None:
        yield Problem(
            "associatedPartnerId", PROPERTY_INVALID, "associatedPartnerId must be the GUID of a partner."
        )
    rules = _rules_of(billing)
    if rules is not None:
        number = company.get("organizationRegistrationNumber") if isinstance(company, dict) else None
        elsewhere = settings.text("registration_number_elsewhere")
        yield from check_registration_number(
            number, rules, others="refused" if elsewhere == "refused" else "optional"
        )


def associated_partner_problem(
    reseller: str | None, *, from_provider: bool, is_reseller: bool, mode: str
) -> Problem | None:
    """What is wrong with the reseller that a create names, or does not name (behaviour.md 3.1).

    `is_reseller` tells whether it is an indirect reseller that exists, `mode` is the setting `associated_partner`.
    """
    name = "associatedPartnerId"
    if mode == "free":
        return None
    if reseller is None:
        if mode == "required" and from_provider:
            return Problem(name, PROPERTY_INVALID, f"{name} is required of an indirect provider.")
        return None
    if not from_provider:
        return Problem(name, PROPERTY_INVALID, f"{name} can be given by indirect providers only.")
    if not is_reseller:
        return Problem(name, PROPERTY_INVALID, f"{name} must be the tenant id of an indirect reseller.")
    return None


def billing_profile_problems(body: Mapping[str, Any], settings: Settings) -> Iterator[Problem]:
    """Everything that is wrong with the canonical body of a billing profile."""
    yield from _shape_problems(CustomerBillingProfile, body, "")
    yield from _profile_rules(body, "", settings)


def is_email_address(text: str) -> bool:
    """Whether a text has the form of an e-mail address."""
    return _EMAIL.fullmatch(text) is not None


def is_address_problem(problem: Problem) -> bool:
    """Whether the service may take the customer all the same, and never let it be deleted (behaviour.md 1.2)."""
    return problem.code == ADDRESS_INVALID


def normalised_profile(profile: Mapping[str, Any]) -> dict[str, Any]:
    """The profile with culture, language and country as the service writes them: `EN-US` → `en-US`."""
    result = dict(profile)
    result["culture"] = normalise_culture(str(profile["culture"])) or profile["culture"]
    result["language"] = normalise_language(str(profile["language"])) or profile["language"]
    address = dict(profile["defaultAddress"])
    address["country"] = str(address["country"]).upper()
    result["defaultAddress"] = address
    return result


def _shape_problems(resource: type[Resource], body: Mapping[str, Any], prefix: str) -> Iterator[Problem]:
    for found in find_problems(resource, dict(body), prefix):
        yield Problem(found.member, PROPERTY_INVALID, found.description)


def _domain_problems(domain: str, settings: Settings) -> Iterator[Problem]:
    name = "companyProfile.domain"
    suffixes = [suffix.strip().lower() for suffix in settings.text("domain_suffixes").split(",")]
    suffix = next((s for s in suffixes if domain.lower().endswith("." + s)), None)
    if suffix is None:
        wanted = ", ".join(suffixes)
        yield Problem(
            name,
            PROPERTY_INVALID,
            f"{name} must be a name below one of {wanted}, such as name.{suffixes[0]}.",
        )
    elif not _LABEL.fullmatch(domain[: -len(suffix) - 1]):
        yield Problem(
            name,
            PROPERTY_INVALID,
            f"{name} must have one label of letters, digits and hyphens before .{suffix}.",
        )


def _profile_rules(profile: Mapping[str, Any], prefix: str, settings: Settings) -> Iterator[Problem]:
    email = profile.get("email")
    if isinstance(email, str) and email.strip() and not is_email_address(email):
        yield Problem(f"{prefix}email", PROPERTY_INVALID, f"{prefix}email is not an e-mail address.")
    address = profile.get("defaultAddress")
    if not isinstance(address, dict):
        return
    country = address.get("country")
    rules = _rules_of(profile)
    if rules is None:
        if isinstance(country, str) and len(country) == _COUNTRY_LENGTH:
            text = f"{prefix}defaultAddress.country is not the ISO 3166 code of a country."
            yield Problem(f"{prefix}defaultAddress.country", PROPERTY_INVALID, text)
        return
    yield from _culture_problems(profile, rules, prefix, settings)
    yield from check_address(address, rules, member=f"{prefix}defaultAddress")
    state = address.get("state")
    if isinstance(state, str) and not rules.supported_states_list and len(state) > _STATE_LIMIT:
        name = f"{prefix}defaultAddress.state"
        yield Problem(name, ADDRESS_INVALID, f"{name} must have at most {_STATE_LIMIT} characters.")


def _culture_problems(
    profile: Mapping[str, Any], rules: CountryRules, prefix: str, settings: Settings
) -> Iterator[Problem]:
    culture, language = profile.get("culture"), profile.get("language")
    if culture is None or language is None:
        return
    yield from check_culture_and_language(culture, language, rules, member=prefix.rstrip(".") or "profile")
    if settings.text("unlisted_culture") == "refuse":
        yield from _unlisted(
            f"{prefix}culture", normalise_culture(str(culture)), rules.supported_cultures_list
        )
        language_alone = (normalise_language(str(language)) or "").partition("-")[0]
        yield from _unlisted(f"{prefix}language", language_alone, rules.supported_languages_list)


def _unlisted(name: str, value: str | None, listed: tuple[str, ...]) -> Iterator[Problem]:
    if value and value not in listed:
        yield Problem(name, PROPERTY_INVALID, f"{name} must be one of {', '.join(listed)} in this country.")


def _rules_of(profile: object) -> CountryRules | None:
    address = profile.get("defaultAddress") if isinstance(profile, dict) else None
    country = address.get("country") if isinstance(address, dict) else None
    return find_country_rules(country) if isinstance(country, str) else None
