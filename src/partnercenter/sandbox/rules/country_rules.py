"""Per-country rules for addresses, phones, registration numbers and cultures.

What lives here: the rules the sandbox serves at `GET /v1/countryvalidationrules/{iso2}` and the checks it
makes with them when a customer is created or a billing profile changed (behaviour.md 3.1). What does not:
rules that are the same everywhere, such as lengths and required members, and anything about HTTP; the facts
themselves are in `country_rules.json`, built by `tools/build_country_rules.py`.

The one invariant: a check never raises for a value a JSON body can hold. It yields a `Problem` instead,
and does no I/O except the single read of the data file.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, Literal

from partnercenter.contract.customers import CountryValidationRules
from partnercenter.contract.resource import shapes_of

ADDRESS_INVALID: Final = 2007
PROPERTY_INVALID: Final = 3000
_REGISTRATION_UNSUPPORTED: Final = 600002
_REGISTRATION_MISSING: Final = 600049
_REGISTRATION_INVALID: Final = 600050
_PHONE_MISSING: Final = 600051

_WIRE_MEMBERS: Final = {
    shape.attribute: shape.wire
    for shape in shapes_of(CountryValidationRules).values()
    if shape.attribute != "attributes"
}

_OWN_MEMBERS: Final = {
    "state_aliases": "stateAliases",
    "registration_number": "registrationNumber",
    "registration_number_regex": "registrationNumberRegex",
    "phone_required": "phoneRequired",
}

_QUOTED: Final = 60  # characters of a bad value that a description repeats
_SPELLED_OUT: Final = 300  # longest pattern or list of states that a description spells out

_CULTURE: Final = re.compile(r"([a-z]{2})-([a-z]{2})", re.ASCII | re.IGNORECASE)
_LANGUAGE: Final = re.compile(r"[a-z]{2}", re.ASCII | re.IGNORECASE)
_PHONE_SEPARATORS: Final = str.maketrans("", "", " \t\u00a0\u2007\u202f-\u2010\u2011\u2012\u2013./()")
_UNPRINTABLE: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class CountryRules:
    """The rules of one country: the members of the wire resource, then those only the sandbox uses."""

    iso2_code: str
    default_culture: str
    is_state_required: bool
    supported_states_list: tuple[str, ...]
    supported_languages_list: tuple[str, ...]
    supported_cultures_list: tuple[str, ...]
    is_postal_code_required: bool
    postal_code_regex: str | None
    is_city_required: bool
    is_vat_id_supported: bool
    vat_id_regex: str | None
    phone_number_regex: str
    is_tax_id_supported: bool
    is_tax_id_optional: bool
    country_calling_codes_list: tuple[str, ...]
    state_aliases: tuple[str, ...]
    registration_number: Literal["required", "optional"]
    registration_number_regex: str
    phone_required: bool
    sources: Mapping[str, str] = field(hash=False)

    def wire(self) -> dict[str, Any]:
        """Return the body of `GET /v1/countryvalidationrules/{iso2}`, without null members."""
        body: dict[str, Any] = {}
        for member, name in _WIRE_MEMBERS.items():
            value = getattr(self, member)
            if value is not None:
                body[name] = list(value) if isinstance(value, tuple) else value
        body["attributes"] = {"objectType": "CountryValidationRules"}
        return body


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a request: the dotted wire name, the service's code, and a sentence."""

    member: str
    code: int
    description: str


def find_country_rules(iso2: str) -> CountryRules | None:
    """Return the rules of an ISO 3166-1 country, in any case, or None for an unknown code."""
    return _load().get(iso2.upper()) if iso2.isascii() else None


def country_codes() -> tuple[str, ...]:
    """Return the ISO 3166-1 codes of all countries, sorted."""
    return tuple(_load())


def check_address(
    address: Mapping[str, object],
    rules: CountryRules,
    *,
    member: str = "billingProfile.defaultAddress",
) -> Iterator[Problem]:
    """Yield what the country's rules refuse in an address: city, state, postal code, phone.

    `address` has the camelCase keys of the wire; `member` is its own dotted name. An absent member, a
    null and a blank string are the same thing. Where a country has a list, a state is one of its keys, another
    name of one, or its ISO 3166-2 code with or without the country; the documented length of `state`, 0 to 2
    characters, holds only where a country has no list. Case never matters. A problem carries 2007, a missing
    phone that the country needs 600051 (behaviour.md 3.1 and 11.2).
    """
    yield from _check_city(address.get("city"), rules, f"{member}.city")
    yield from _check_state(address.get("state"), rules, f"{member}.state")
    yield from _check_postal_code(address.get("postalCode"), rules, f"{member}.postalCode")
    yield from _check_phone(address.get("phoneNumber"), rules, f"{member}.phoneNumber")


def check_registration_number(
    number: object,
    rules: CountryRules,
    *,
    others: Literal["optional", "refused"] = "optional",
) -> Iterator[Problem]:
    """Yield what is wrong with an organization registration number.

    `others` says what happens where the country does not require one: newer pages make it optional, the
    older service refused it with 600002 (behaviour.md 3.1, table "Registration number and phone").
    """
    member = "companyProfile.organizationRegistrationNumber"
    required = rules.registration_number == "required"
    if _is_missing(number):
        if required:
            description = "Organization registration id information is missing."
            yield Problem(member, _REGISTRATION_MISSING, description)
        return
    if not required and others == "refused":
        description = "Organization registration id value is not supported."
        yield Problem(member, _REGISTRATION_UNSUPPORTED, description)
        return
    pattern = rules.registration_number_regex
    if not isinstance(number, str) or not _matches(pattern, _upper(number.strip())):
        description = (
            f"Organization registration id information is invalid and should be of the format {pattern}."
        )
        yield Problem(member, _REGISTRATION_INVALID, description)


def check_culture_and_language(
    culture: object,
    language: object,
    rules: CountryRules,
    *,
    member: str = "billingProfile",
) -> Iterator[Problem]:
    """Yield 3000 for a malformed or missing culture or language.

    A well-formed culture that the country does not list is accepted: partners use others, and nothing in
    behaviour.md 3.1 says that the service refuses them.
    """
    example = rules.default_culture
    if not isinstance(culture, str) or normalise_culture(culture) is None:
        description = f"The culture must have a form such as {example}, but it is {_quote(culture)}."
        yield Problem(f"{member}.culture", PROPERTY_INVALID, description)
    if not isinstance(language, str) or normalise_language(language) is None:
        description = (
            f"The language must be two letters, or a culture such as {example}, but it is {_quote(language)}."
        )
        yield Problem(f"{member}.language", PROPERTY_INVALID, description)


def normalise_culture(culture: str) -> str | None:
    """Return a culture as the service answers it, `EN-US` as `en-US`; None when it is malformed."""
    found = _CULTURE.fullmatch(culture.strip())
    return f"{found[1].lower()}-{found[2].upper()}" if found else None


def normalise_language(language: str) -> str | None:
    """Return a language as the service answers it, `En` as `en`; None when it is malformed.

    A culture is a valid language too (resources.md, CustomerBillingProfile) and is normalised as one.
    """
    text = language.strip()
    return text.lower() if _LANGUAGE.fullmatch(text) else normalise_culture(text)


@cache
def _load() -> dict[str, CountryRules]:
    text = files("partnercenter.sandbox.rules").joinpath("country_rules.json").read_text(encoding="utf-8")
    return {code: _from_data(data) for code, data in sorted(json.loads(text).items())}


def _from_data(data: Mapping[str, Any]) -> CountryRules:
    members: dict[str, Any] = {}
    for member, name in (_WIRE_MEMBERS | _OWN_MEMBERS).items():
        value = data.get(name)
        members[member] = tuple(value) if isinstance(value, list) else value
    return CountryRules(**members, sources=MappingProxyType(data["sources"]))


def _check_city(value: object, rules: CountryRules, member: str) -> Iterator[Problem]:
    if _is_missing(value):
        if rules.is_city_required:
            yield _address_problem(member, f"The city is required in {rules.iso2_code}.")
    elif not isinstance(value, str):
        yield _not_text(member, "city", value)


def _check_state(value: object, rules: CountryRules, member: str) -> Iterator[Problem]:
    choices = _choices(rules)
    if _is_missing(value):
        if rules.is_state_required:
            yield _address_problem(member, f"The state is required in {rules.iso2_code}{choices}.")
    elif not isinstance(value, str):
        yield _not_text(member, "state", value)
    elif rules.supported_states_list and not _is_state(_fold(value), rules):
        yield _address_problem(
            member,
            f"The state {_quote(value)} is not on the list of {rules.iso2_code}{choices}.",
        )


def _check_postal_code(value: object, rules: CountryRules, member: str) -> Iterator[Problem]:
    pattern = rules.postal_code_regex
    if _is_missing(value):
        if rules.is_postal_code_required:
            yield _address_problem(member, f"The postal code is required in {rules.iso2_code}.")
    elif not isinstance(value, str):
        yield _not_text(member, "postal code", value)
    elif pattern is not None and not _matches(pattern, _upper(value.strip())):
        yield _address_problem(
            member,
            f"The postal code {_quote(value)} is not valid in {rules.iso2_code}{_format(pattern)}.",
        )


def _check_phone(value: object, rules: CountryRules, member: str) -> Iterator[Problem]:
    if _is_missing(value):
        if rules.phone_required:
            yield Problem(member, _PHONE_MISSING, "Customer phone number is missing.")
    elif not isinstance(value, str):
        yield _not_text(member, "phone number", value)
    else:
        national = _national_digits(value, rules)
        if national is None or not _matches(rules.phone_number_regex, national):
            codes = " or ".join(f"+{code}" for code in rules.country_calling_codes_list)
            yield _address_problem(
                member,
                f"The phone number {_quote(value)} is not valid in {rules.iso2_code}; "
                f"send the national digits, or {codes} before them.",
            )


def _national_digits(value: str, rules: CountryRules) -> str | None:
    digits = value.translate(_PHONE_SEPARATORS)
    if not digits.startswith("+"):
        return digits
    for code in rules.country_calling_codes_list:
        if digits.startswith(f"+{code}"):
            return digits[len(code) + 1 :]
    return None


def _address_problem(member: str, description: str) -> Problem:
    return Problem(member, ADDRESS_INVALID, description)


def _not_text(member: str, name: str, value: object) -> Problem:
    return _address_problem(member, f"The {name} must be a string, but it is {_quote(value)}.")


def _choices(rules: CountryRules) -> str:
    if not rules.supported_states_list:
        return ""
    text = ", ".join(rules.supported_states_list)
    if len(text) <= _SPELLED_OUT:
        return f"; use one of {text}"
    return f"; GET /v1/countryvalidationrules/{rules.iso2_code} lists them"


def _format(pattern: str) -> str:
    return f", where the format is {pattern}" if len(pattern) <= _SPELLED_OUT else ""


def _is_missing(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _matches(pattern: str, text: str) -> bool:
    return _compiled(pattern).fullmatch(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)  # as in ECMA 262, where \d is 0 to 9 only


def _upper(text: str) -> str:
    return text.upper() if text.isascii() else text  # other letters may change into ASCII ones


@cache
def _folded(states: tuple[str, ...]) -> frozenset[str]:
    return frozenset(_fold(state) for state in states)


def _is_state(folded: str, rules: CountryRules) -> bool:
    aliases = _folded(rules.state_aliases)
    iso = f"{rules.iso2_code}-{folded}"  # the file holds these codes with the country only
    return folded in _folded(rules.supported_states_list) or folded in aliases or iso in aliases


def _fold(text: str) -> str:
    # Upper case, not casefold: only so do the dotless and dotted i of Turkish names meet their capitals.
    return unicodedata.normalize("NFC", text.strip().upper()).replace("\u0130", "I")


def _quote(value: object) -> str:
    match value:
        case None:
            return "missing"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            shown = "".join(
                "\ufffd" if unicodedata.category(letter) in _UNPRINTABLE else letter
                for letter in value[:_QUOTED]
            )
            return f"'{shown}…'" if len(value) > _QUOTED else f"'{shown}'"
        case list() | tuple():
            return "a list"
        case _:
            return "an object"
