"""Domains and countries: what is asked before a customer is created; behaviour.md 3.1, lifecycle.md 1."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from tests.conftest import Sandbox
from tests.sandbox.conftest import OF_OTHER, Fault, fault_of


def test_a_free_domain_is_404_and_a_taken_one_200_without_a_body(sandbox: Sandbox) -> None:
    """`HEAD` answers 404 for a free domain, 200 for one that a customer has, no body either way (3.1)."""
    domain = sandbox.create_customer()["companyProfile"]["domain"]
    free, taken = (sandbox.call("HEAD", f"/v1/domains/{name}") for name in (f"x{domain}", domain))
    assert [(404, b"", "0"), (200, b"", "0")] == [
        (answer.status_code, answer.content, answer.headers["Content-Length"]) for answer in (free, taken)
    ]


def test_a_domain_is_taken_for_everybody_in_any_case(world: Sandbox) -> None:
    """One partner's domain is taken for the others, upper case or not, and a partner's own domain too."""
    domain = world.create_customer()["companyProfile"]["domain"]
    token = world.mint(**OF_OTHER)
    names = (domain, domain.upper(), "devpartner.onmicrosoft.com")
    assert [200, 200, 200] == [
        world.call("HEAD", f"/v1/domains/{name}", token=token).status_code for name in names
    ]


@pytest.mark.parametrize(
    "name", ["x", "not a domain", "é.onmicrosoft.com", "%", "a/b", "\x00", "'", "x" * 3000]
)
def test_a_strange_domain_is_free(sandbox: Sandbox, name: str) -> None:
    """A name that nobody could have is free, and never an error."""
    assert 404 == sandbox.call("HEAD", f"/v1/domains/{quote(name, safe='')}").status_code


def test_a_domain_needs_a_token(sandbox: Sandbox) -> None:
    """Without a token the answer is 401, without a body as for every HEAD."""
    answer = sandbox.call("HEAD", "/v1/domains/x.onmicrosoft.com", token="")
    assert (401, b"") == (answer.status_code, answer.content)


def test_the_rules_of_the_united_states_are_the_recorded_ones(sandbox: Sandbox) -> None:
    """`countryvalidationrules/US` has the members and values that were recorded (3.1)."""
    rules = sandbox.call("GET", "/v1/countryvalidationrules/US").json()
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
        "attributes": {"objectType": "CountryValidationRules"},
    }
    rest = {
        "supportedStatesList",
        "isVatIdSupported",
        "phoneNumberRegex",
        "isTaxIdSupported",
        "isTaxIdOptional",
    }
    assert recorded == {name: rules[name] for name in recorded}
    assert rest == rules.keys() - recorded.keys()
    assert {"OR", "WA", "DC"} <= set(rules["supportedStatesList"])


def test_the_rules_of_portugal_are_the_observed_ones(sandbox: Sandbox) -> None:
    """PT needs no state, has its postal code and a VAT id with a pattern (3.1)."""
    rules = sandbox.call("GET", "/v1/countryvalidationrules/pt").json()
    assert (False, r"^\d{4}(-\d{3})?$", True) == (
        rules["isStateRequired"],
        rules["postalCodeRegex"],
        rules["isVatIdSupported"],
    )
    assert rules["vatIdRegex"]


@pytest.mark.parametrize("code", ["QQ", "USA", "U", "ſs", "%20", "%00", "us%2Fca", "€€"])
def test_an_unknown_country_is_refused(sandbox: Sandbox, code: str) -> None:
    """A code that is no country answers 400/3000."""
    path = f"/v1/countryvalidationrules/{quote(code, safe='%')}"
    assert Fault(400, 3000) == fault_of(sandbox.call("GET", path))
