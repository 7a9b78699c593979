"""`partnercenter customers create`: from flags, or from a JSON file with a whole customer.

The answer holds the first administrator's password, which the service shows this once only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import click

from partnercenter.cli.connection import partner_options, partner_settings, reading
from partnercenter.cli.errors import UserError
from partnercenter.cli.json_file import read_json_object
from partnercenter.cli.output import message, output_option, record
from partnercenter.contract.resource import find_key, member_of

if TYPE_CHECKING:
    from partnercenter.cli.settings import PartnerSettings
    from partnercenter.client.sync import PartnerCenterClient

# option, JSON member, whether it must be given
_ADDRESS: Final = (
    ("--country", "country", True),
    ("--first-name", "firstName", True),
    ("--last-name", "lastName", True),
    ("--address-line1", "addressLine1", True),
    ("--address-line2", "addressLine2", False),
    ("--city", "city", False),
    ("--state", "state", False),
    ("--postal-code", "postalCode", False),
    ("--phone-number", "phoneNumber", False),
)
_BILLING: Final = (
    ("--company-name", "companyName", True),
    ("--email", "email", True),
    ("--culture", "culture", False),
    ("--language", "language", False),
)
_COMPANY: Final = (
    ("--domain", "domain", True),
    ("--organization-registration-number", "organizationRegistrationNumber", False),
)
_HELP: Final = {
    "--country": "Two letters, such as US.",
    "--domain": "Such as northlake.onmicrosoft.com; without a dot the cloud's suffix is added.",
    "--culture": "Such as en-US; the country's own when absent.",
    "--language": "Such as en; the culture's when absent.",
}


def _member_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option, _, _ in reversed((*_COMPANY, *_BILLING, *_ADDRESS)):
        command = click.option(option, help=_HELP.get(option))(command)
    return command


@click.command(name="create")
@click.option("--file", metavar="FILE.json|-", help="A JSON file with the whole customer, instead of flags.")
@_member_options
@click.option("--dry-run", is_flag=True, help="Print what would be sent, and send nothing.")
@output_option
@partner_options
def command(
    file: str | None, dry_run: bool, form: str, flags: Mapping[str, str | None], **members: str | None
) -> None:
    """Create a customer with a new tenant.

    Its id and the first administrator's password are printed on stdout; the password is shown this once only.
    """
    given = {name: text for name, text in members.items() if text is not None}
    if file is not None and given:
        raise click.UsageError(f"--file holds the whole customer; leave out {_option(next(iter(given)))}.")
    document = _from_file(file) if file is not None else _from_flags(given)
    settings = partner_settings(flags)
    _add_suffix(document, settings)
    _check_address(document)
    with reading(settings) as client:
        _add_culture(document, client)
        if dry_run:
            record(form, document)
            message("Dry run: nothing was sent.")
            return
        from partnercenter.contract.customers import Customer

        record(form, client.customers.create(Customer.from_json(document)).to_json())
    message("Created. The password is shown this once only.")


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def _from_flags(given: Mapping[str, str]) -> dict[str, Any]:
    missing = [
        option
        for option, _, required in (*_COMPANY, *_BILLING, *_ADDRESS)
        if required and not given.get(option[2:].replace("-", "_"), "").strip()
    ]
    if missing:
        raise click.UsageError(f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing.")

    def part(table: tuple[tuple[str, str, bool], ...]) -> dict[str, Any]:
        names = ((option[2:].replace("-", "_"), member) for option, member, _ in table)
        return {member: given[name].strip() for name, member in names if name in given}

    return {
        "companyProfile": part(_COMPANY),
        "billingProfile": {**part(_BILLING), "defaultAddress": part(_ADDRESS)},
    }


def _from_file(file: str) -> dict[str, Any]:
    document = read_json_object(file, "one customer: a JSON object with companyProfile and billingProfile")
    for path in (("companyProfile",), ("billingProfile",), ("billingProfile", "defaultAddress")):
        if not isinstance(_within(document, *path), dict):
            raise UserError(f"{file} has no object {'.'.join(path)}.")
    return document


def _within(value: Any, *path: str) -> Any:
    """What stands at a path of JSON names, whose case does not matter; None when nothing does."""
    for wanted in path:
        value = member_of(value, wanted)
    return value


def _put(document: dict[str, Any], name: str, value: str) -> None:
    document[find_key(document, name) or name] = value


def _add_suffix(document: dict[str, Any], settings: PartnerSettings) -> None:
    company = _within(document, "companyProfile")
    domain = _within(company, "domain")
    if isinstance(domain, str) and domain.strip() and "." not in domain:
        _put(company, "domain", f"{domain.strip()}.{settings.cloud.value.domain_suffix}")


def _check_address(document: dict[str, Any]) -> None:
    country = _within(document, "billingProfile", "defaultAddress", "country")
    if not (isinstance(country, str) and len(country) == 2 and country.isascii() and country.isalpha()):
        raise UserError("The country must be two letters, such as US (ISO 3166-1).")


def _add_culture(document: dict[str, Any], client: PartnerCenterClient) -> None:
    """Take culture and language from the country's rules when they are not given."""
    billing = _within(document, "billingProfile")
    culture = _within(billing, "culture")
    if not culture:
        country = str(_within(billing, "defaultAddress", "country"))
        rules = client.country_validation_rules.by_country(country.upper()).get()
        culture = rules.default_culture or "en-US"
        _put(billing, "culture", culture)
    if not _within(billing, "language"):
        _put(billing, "language", str(culture).split("-")[0].lower())
