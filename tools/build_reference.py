"""Make the tables of the docs from the contract: coverage, migration, service errors.

`docs/rest_operations.csv` lists the operations of the REST API with the calls of the archived SDK and
module; the contract tells which of them are there. With `--check` nothing is written, and a file that
would change ends it with status 1.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from partnercenter.contract.operations import OPERATIONS, Operation
from partnercenter.contract.service_error_catalogue import SERVICE_ERRORS

DOCS = Path(__file__).parent.parent / "docs"
Row = dict[str, str]

_ARGUMENTS = {
    "by_id": "id",
    "by_domain": "domain",
    "by_country": "country",
    "create": "customer",
    "patch": "change",
    "update": "profile",
}


def python_call(operation: Operation, dotnet: str) -> str:
    """Our call for one of the archived .NET SDK: `…Customers.ById().Delete` → `….customers.by_id(id).delete()`."""
    parts = dotnet.removeprefix("IPartner.").replace("()", "").split(".")
    words = [re.sub(r"(?<=[a-z])(?=[A-Z])", "_", part).lower() for part in parts]
    if operation.collection:
        words[-1] = "list"
    calls = []
    for place, word in enumerate(words):
        is_call = word.startswith("by_") or place == len(words) - 1
        calls.append(f"{word}({_ARGUMENTS.get(word, '')})" if is_call else word)
    return "client." + ".".join(calls)


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
            dotnet = "<br>".join(f"`{call}`" for call in row["dotnet"].split(";"))
            powershell = "<br>".join(f"`{call}`" for call in row["powershell"].split(";")) or "–"
            yield f"| {dotnet} | {powershell} | `{calls[row['name']]}` |"


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
        text = kind.template.replace("|", "\\|").replace("<", "&lt;")
        advice = kind.advice.replace("|", "\\|").replace("<", "&lt;")
        yield f"| {status} | {code} | {kind.name} | {text} | {advice} |"


PAGES = {"coverage.md": coverage, "migrating.md": migrating, "errors.md": errors}


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
