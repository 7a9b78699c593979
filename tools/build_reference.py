"""Make the tables of the docs from the code: coverage, migration, errors, commands, settings, catalogue.

`docs/rest_operations.csv` lists the operations of the REST API with the calls of the archived SDK and
module; the contract tells which of them are there. With `--check` nothing is written, and a file that
would change ends it with status 1.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from partnercenter.cli.app import root
from partnercenter.contract.operations import OPERATIONS, Operation
from partnercenter.contract.service_error_catalogue import SERVICE_ERRORS
from partnercenter.sandbox.rules.catalogue import CatalogueItem, Term, currencies, default_item, items
from partnercenter.sandbox.rules.product import Product
from partnercenter.sandbox.settings import GROUPS, PROFILES, SETTINGS

DOCS = Path(__file__).parent.parent / "docs"
Row = dict[str, str]

_ARGUMENTS = {
    "azure_entitlements.cancel": "reason",
    "users.update": "user",
    "users.update_by_query": "user",
    "users.reset_password": "password_profile",
}


def python_call(operation: Operation, dotnet: str) -> str:
    """Our call for one of the archived .NET SDK: `…Customers.ById().Delete` → `….customers.by_id(id).delete()`.

    What is sent is named after its resource. Where that SDK has no chain of calls, ours is the operation's name below
    the customer, without saying `customer_` again, with the other ids of its path and its query.
    """
    if not dotnet.startswith("IPartner."):
        names = (*operation.path_parameters, *operation.ids_in_query)
        others = [name for name in names if name != "customer_id"]
        given = ", ".join(filter(None, [*others, argument_of(operation)]))
        return f"client.customers.by_id(id).{operation.name.removeprefix('customer_')}({given})"
    words = [snake_case(part) for part in dotnet.removeprefix("IPartner.").replace("()", "").split(".")]
    last = "list" if operation.collection else words[-1]
    steps = [f"{word}({word.removeprefix('by_')})" if word.startswith("by_") else word for word in words[:-1]]
    return ".".join(["client", *steps, f"{last}({argument_of(operation)})"])


def argument_of(operation: Operation) -> str:
    """What the last call takes: the last word of the resource that is sent, unless our method takes another."""
    sent = "" if operation.request is None else snake_case(operation.request.__name__).rpartition("_")[2]
    return _ARGUMENTS.get(operation.name, sent)


def snake_case(name: str) -> str:
    """`BillingProfile` → `billing_profile`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def read_operations() -> list[Row]:
    """The rows of the list of REST operations."""
    with (DOCS / "rest_operations.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def calls_by_operation() -> dict[str, str]:
    """Our call for each operation that is there."""
    calls = {}
    for row in read_operations():
        operation = OPERATIONS.get(row["name"])
        if operation is not None:
            calls[row["name"]] = python_call(operation, row["dotnet"].split(";")[0])
    return calls


def coverage() -> Iterator[str]:
    """docs/coverage.md."""
    rows = read_operations()
    calls = calls_by_operation()
    yield "# Coverage"
    yield ""
    yield f"{len(calls)} of the {len(rows)} operations of Partner Center's REST API are there, each one in the client"
    yield "(sync and async) and in the local sandbox. This page is made by `make docs` from the contract."
    for area in dict.fromkeys(row["area"] for row in rows):
        members = [row for row in rows if row["area"] == area]
        there = sum(row["name"] in calls for row in members)
        yield ""
        yield f"## {area.replace('_', ' ').capitalize()} ({there} of {len(members)})"
        yield ""
        yield "| operation | method | path | call |"
        yield "| --- | --- | --- | --- |"
        for row in members:
            call = f"`{calls[row['name']]}`" if row["name"] in calls else "–"
            yield f"| {row['name']} | {row['method']} | `{row['path']}` | {call} |"


def migrating() -> Iterator[str]:
    """docs/migrating.md: the written part, then the table."""
    written = (DOCS / "migrating.head.md").read_text(encoding="utf-8").rstrip("\n")
    yield from written.split("\n")
    yield ""
    yield "| .NET and Java SDK | PowerShell module | partnercenter |"
    yield "| --- | --- | --- |"
    calls = calls_by_operation()
    for row in read_operations():
        if row["name"] in calls:
            yield f"| {_listed(row['dotnet'])} | {_listed(row['powershell'])} | `{calls[row['name']]}` |"


def _listed(calls: str) -> str:
    return "<br>".join(f"`{call}`" for call in calls.split(";") if call) or "–"


def errors() -> Iterator[str]:
    """docs/errors.md: the catalogue of service errors."""
    yield "# Service errors"
    yield ""
    yield "What Partner Center answers when it refuses, and what to do. The pair of status and code decides: the same"
    yield "code can mean two things. Exceptions carry the advice as `error.advice`. This page is made by `make docs`."
    yield ""
    yield "| status | code | name | text | what to do |"
    yield "| --- | --- | --- | --- | --- |"
    for (status, code), kind in sorted(SERVICE_ERRORS.items()):
        yield f"| {status} | {code} | {kind.name} | {_cell(kind.template)} | {_cell(kind.advice)} |"


def settings() -> Iterator[str]:
    """docs/settings.md: the written parts around a table for each group of settings."""
    yield from (DOCS / "settings.head.md").read_text(encoding="utf-8").rstrip("\n").split("\n")
    for title, table in GROUPS.items():
        yield ""
        yield f"## {title}"
        yield ""
        yield "| setting | values | default | section | what it decides |"
        yield "| --- | --- | --- | --- | --- |"
        for setting in table:
            default = json.dumps(setting.default, ensure_ascii=False)
            cells = (f"`{setting.name}`", setting.expected, f"`{default}`", setting.section, setting.summary)
            yield f"| {' | '.join(_cell(cell) for cell in cells)} |"
        if title == "Profile":
            yield from _profiles()
    yield ""
    yield from (DOCS / "settings.tail.md").read_text(encoding="utf-8").rstrip("\n").split("\n")


def _profiles() -> Iterator[str]:
    yield ""
    yield "A setting that is given itself wins over the profile."
    yield ""
    yield "| profile | what it sets |"
    yield "| --- | --- |"
    for name, values in PROFILES.items():
        shown = ", ".join(f"`{key}={json.dumps(value)}`" for key, value in values.items())
        yield f"| `{name}` | {shown or 'nothing: the defaults, everything at once'} |"


def catalogue() -> Iterator[str]:
    """docs/catalogue.md: the written part, then what the sandbox sells, by kind, and the currencies."""
    yield from (DOCS / "catalogue.head.md").read_text(encoding="utf-8").rstrip("\n").split("\n")
    for kind in Product:
        yield ""
        yield f"## {kind.value.replace('_', ' ').capitalize().replace(' azure', ' Azure')}"
        yield ""
        yield "| id | title | quantity | terms | what to know |"
        yield "| --- | --- | --- | --- | --- |"
        for item in items():
            if item.kind is kind:
                terms = "<br>".join(_term(term) for term in item.terms)
                quantity = f"{item.minimum_quantity} to {item.maximum_quantity}"
                notes = ". ".join(_notes(item))
                yield f"| `{item.catalog_item_id}` | {item.title} | {quantity} | {terms} | {notes} |"
    yield ""
    yield "## Currencies"
    yield ""
    yield "| currency | countries |"
    yield "| --- | --- |"
    countries: dict[str, list[str]] = {}
    for country, currency in currencies().items():
        countries.setdefault(f"{currency.code} ({currency.symbol})", []).append(country)
    for shown, named in countries.items():
        yield f"| {shown} | {', '.join(named)}{' and all others' if 'US' in named else ''} |"


def _term(term: Term) -> str:
    return f"{term.duration or 'no term'}, {term.billing_cycle}: {term.price:.2f}"


def _notes(item: CatalogueItem) -> Iterator[str]:
    if item == default_item(item.kind):
        yield "**Seeded**"
    if item.segment != "commercial":
        yield f"Segment {item.segment}"
    if item.bases:
        yield f"Add-on for {_codes(item.bases)}"
    if item.is_trial:
        yield f"Trial, becomes {_codes(item.converts_to)}"
    if item.most_per_customer is not None:
        yield f"At most {item.most_per_customer} for a customer"
    if item.includes:
        yield f"Comes with {_codes(item.includes)}"
    if not item.sold_in_sandbox:
        yield "Cannot be bought in a sandbox"
    if item.minimum_quantity > int(SETTINGS["seat_quota"].default):
        yield "Cannot be bought in a sandbox, which allows fewer seats"
    if item.needs_attestation:
        yield "Needs an attestation"
    if item.needs_purchase_order:
        yield "Waits for a purchase order"
    if not item.is_microsoft_product:
        yield f"By {item.publisher_name}"


def _codes(ids: Iterable[str]) -> str:
    return ", ".join(f"`{known}`" for known in ids)


def commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command below a group, with what one types to call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        elif command is not None:
            yield f"{path} {name}", command


def command_line() -> Iterator[str]:
    """docs/command-line.md: the written part, then each command."""
    written = (DOCS / "command-line.head.md").read_text(encoding="utf-8").rstrip("\n")
    yield from written.split("\n")
    yield ""
    yield "## Commands"
    for path, command in commands(root, "partnercenter"):
        yield ""
        yield f"### {path}"
        yield ""
        yield from (" ".join(part.split()) for part in (command.help or "").split("\n\n"))
        yield from _arguments(command)
        yield from _options(command)


def _arguments(command: click.Command) -> Iterator[str]:
    arguments = [parameter for parameter in command.params if isinstance(parameter, click.Argument)]
    if arguments:
        shown = ", ".join(f"`{argument.make_metavar(click.Context(command))}`" for argument in arguments)
        yield ""
        yield f"Takes {shown}."


def _options(command: click.Command) -> Iterator[str]:
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    calls_a_partner = {option.name for option in options} >= PARTNER_OPTIONS
    own = [option for option in options if not (calls_a_partner and option.name in PARTNER_OPTIONS)]
    if own:
        yield ""
        yield "| option | meaning |"
        yield "| --- | --- |"
        for option in own:
            yield f"| `{' '.join(option.opts)}` | {_cell(option.help or '')} |"
    if calls_a_partner:
        yield ""
        yield "Also takes the flags of [which partner is called](#which-partner-is-called)."


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


PARTNER_OPTIONS = {"endpoint", "authority", "cloud", "tenant_id", "client_id", "profile"}
PAGES = {
    "command-line.md": command_line,
    "coverage.md": coverage,
    "migrating.md": migrating,
    "errors.md": errors,
    "settings.md": settings,
    "catalogue.md": catalogue,
}


def main() -> int:
    """Write the pages, or with `--check` compare them."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--check", action="store_true", help="write nothing, fail if a page is out of date")
    check = parser.parse_args().check
    stale = []
    for name, make in PAGES.items():
        text = "\n".join(make()) + "\n"
        page = DOCS / name
        if page.exists() and page.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not check:
            page.write_text(text, encoding="utf-8")
    if check and stale:
        print(f"out of date: {', '.join(stale)}; run make docs")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
