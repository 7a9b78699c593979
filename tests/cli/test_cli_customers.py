"""`partnercenter customers list|show|create|export` against a real sandbox."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

NOBODY = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"
FLAGS = {
    "--company-name": "Northlake Test",
    "--domain": "northlake7421",
    "--email": "ap@northlake.example",
    "--country": "US",
    "--first-name": "Ada",
    "--last-name": "Stone",
    "--address-line1": "1 Harbor Way",
    "--city": "Seattle",
    "--state": "WA",
    "--postal-code": "98101",
    "--phone-number": "2065550100",
}


def flat(flags: dict[str, str]) -> list[str]:
    return [part for pair in flags.items() for part in pair]


def world(*names: str) -> dict[str, Any]:
    """The development partner with customers of these names."""
    from partnercenter.contract import development_partner as partner

    return {
        "partners": [
            {
                "tenantId": partner.TENANT_ID,
                "companyName": partner.COMPANY_NAME,
                "domain": partner.DOMAIN,
                "applications": [{"clientId": partner.CLIENT_ID, "clientSecret": partner.CLIENT_SECRET}],
                "customers": [{"companyName": name} for name in names],
            }
        ]
    }


def test_customers_are_listed_in_every_form(cli: Any, sandbox: Any) -> None:
    """The columns are those of the export, in each form."""
    sandbox.seed("demo")
    rows = cli("customers", "list", "--output", "json").document
    assert 5 == len(rows)
    assert ["displayName", "defaultDomainName", "customerId"] == list(rows[0])
    lines = cli("customers", "list", "--output", "jsonl").out.splitlines()
    assert rows == [json.loads(line) for line in lines]
    assert rows == list(csv.DictReader(io.StringIO(cli("customers", "list", "--output", "csv").out)))
    table = cli("customers", "list")
    assert (0, "") == (table.status, table.err)
    assert "displayName" == table.out.split()[0]
    assert 6 == len(table.out.splitlines())


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("--name", "ke"), ["Kestrel Bakery"]),
        (("--name", "KESTREL"), ["Kestrel Bakery"]),
        (("--name", "bakery"), []),
        (("--name", "k", "--domain", "zzz"), []),
    ],
)
def test_lists_are_narrowed(cli: Any, sandbox: Any, arguments: tuple[str, ...], names: list[str]) -> None:
    """By the beginning of name and domain, and by number."""
    sandbox.seed("demo")
    rows = cli("customers", "list", "--output", "json", *arguments).document
    assert names == [row["displayName"] for row in rows]


def test_a_limit_takes_the_first(cli: Any, sandbox: Any) -> None:
    """Whatever the pages are."""
    sandbox.seed("demo")
    everyone = cli("customers", "list", "--output", "json").document
    assert everyone[:2] == cli("customers", "list", "--limit", "2", "--output", "json").document
    assert everyone == cli("customers", "list", "--limit", "600", "--output", "json").document


def test_name_and_domain_both_hold(cli: Any, sandbox: Any) -> None:
    """The service filters by one, the command by the other."""
    sandbox.seed("demo")
    domain = cli("customers", "list", "--name", "Kestrel", "--output", "json").document[0][
        "defaultDomainName"
    ]
    rows = cli(
        "customers", "list", "--name", "k", "--domain", domain[:5].upper(), "--output", "json"
    ).document
    assert ["Kestrel Bakery"] == [row["displayName"] for row in rows]


def test_names_cannot_play_with_terminal_or_spreadsheet(cli: Any, sandbox: Any) -> None:
    """A customer may be named anything; only json says it exactly."""
    sandbox.seed(world("=HYPERLINK(1)", "Näme 東京"))
    assert "=HYPERLINK(1)" == cli("customers", "list", "--output", "json").document[0]["displayName"]
    assert "\n'=HYPERLINK(1)," in cli("customers", "list", "--output", "csv").out
    assert "Näme 東京" in cli("customers", "list", env={"LC_ALL": "C.UTF-8"}).out


def test_a_customer_is_shown(cli: Any, sandbox: Any) -> None:
    """All of it in json, member by member in a table; the id may be written in braces."""
    customer = sandbox.create_customer()
    shown = cli("customers", "show", f"{{{customer['id'].upper()}}}", "--output", "json").document
    assert customer["id"] == shown["id"]
    table = [line.split() for line in cli("customers", "show", customer["id"]).out.splitlines()]
    assert ["companyProfile.domain", customer["companyProfile"]["domain"]] in table


def test_an_unknown_customer_is_one_sentence_with_the_correlation_id(cli: Any) -> None:
    """Status 1: the service's words, advice, and what support asks for."""
    ended = cli("customers", "show", NOBODY)
    assert (1, "") == (ended.status, ended.out)
    assert "The service answered 404 (60003): Tenant not found." in ended.err
    assert "(correlation id " in ended.err
    assert 1 == ended.err.count("\n")


def test_a_malformed_id_is_refused_before_any_call(bare: Any) -> None:
    """No settings are needed to be told that an id is none."""
    ended = bare("customers", "show", "nonsense")
    assert (2, "") == (ended.status, ended.out)
    assert "must be a GUID" in ended.err


def test_a_customer_is_created_from_flags(cli: Any) -> None:
    """The suffix of the cloud and the culture of the country are added; the password stands in the result."""
    ended = cli("customers", "create", *flat(FLAGS), "--output", "json")
    assert 0 == ended.status, ended.err
    created = ended.document
    assert "northlake7421.onmicrosoft.com" == created["companyProfile"]["domain"]
    assert ("en-US", "en") == (created["billingProfile"]["culture"], created["billingProfile"]["language"])
    assert created["userCredentials"]["password"]
    assert created["userCredentials"]["password"] not in ended.err
    assert created["id"] == cli("customers", "list", "--output", "json").document[0]["customerId"]


def test_a_dry_run_creates_nothing(cli: Any) -> None:
    """What would be sent is printed."""
    ended = cli("customers", "create", *flat(FLAGS), "--dry-run", "--output", "json")
    assert (0, "Dry run: nothing was sent.\n") == (ended.status, ended.err)
    assert "1 Harbor Way" == ended.document["billingProfile"]["defaultAddress"]["addressLine1"]
    assert [] == cli("customers", "list", "--output", "json").document


def test_a_customer_is_created_from_a_file_and_from_stdin(cli: Any, tmp_path: Path) -> None:
    """What a dry run printed can be sent, with names in any case."""
    text = cli("customers", "create", *flat(FLAGS), "--dry-run", "--output", "json").out
    file = tmp_path / "customer.json"
    file.write_text(text.replace("companyProfile", "CompanyProfile"), encoding="utf-8-sig")
    assert 0 == cli("customers", "create", "--file", str(file)).status
    again = cli("customers", "create", "--file", "-", input=text)
    assert 1 == again.status
    assert "409 (1003)" in again.err


@pytest.mark.parametrize(
    "missing", ["--company-name", "--domain", "--email", "--country", "--first-name", "--address-line1"]
)
def test_what_is_missing_is_named(bare: Any, missing: str) -> None:
    """Before any call, and so is what is blank."""
    flags = {name: text for name, text in FLAGS.items() if name != missing}
    assert f"{missing} is missing" in bare("customers", "create", *flat(flags)).err
    ended = bare("customers", "create", *flat({**FLAGS, missing: " "}))
    assert (2, "") == (ended.status, ended.out)
    assert f"{missing} is missing" in ended.err


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{", "is not JSON: "),
        (b"\xff", "is not a JSON document in UTF-8"),
        (b"[]", "must hold one customer"),
        (b"{}", "has no object companyProfile"),
        (b'{"companyProfile": {}, "billingProfile": 1}', "has no object billingProfile"),
        (b'{"companyProfile": {}, "billingProfile": {}}', "has no object billingProfile.defaultAddress"),
        (
            b'{"companyProfile": {}, "billingProfile": {"defaultAddress": {"country": "USA"}}}',
            "must be two letters",
        ),
        (b'{"companyProfile": {}, "billingProfile": {"defaultAddress": {}}}', "must be two letters"),
        (None, "cannot be read: No such file"),
    ],
)
def test_a_file_that_is_no_customer_is_refused(
    cli: Any, tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    """Status 2 and one sentence that names the file or the member."""
    file = tmp_path / "customer.json"
    if content is not None:
        file.write_bytes(content)
    ended = cli("customers", "create", "--file", str(file))
    assert (2, "") == (ended.status, ended.out)
    assert sentence in ended.err


def test_a_file_and_flags_exclude_each_other(bare: Any, tmp_path: Path) -> None:
    """The file holds the whole customer."""
    ended = bare("customers", "create", "--file", str(tmp_path / "x.json"), "--domain", "x")
    assert 2 == ended.status
    assert "leave out --domain" in ended.err


def test_what_the_service_refuses_is_told(cli: Any) -> None:
    """Its own words, status 1, and nothing was created."""
    ended = cli("customers", "create", *flat({**FLAGS, "--postal-code": "nonsense"}))
    assert (1, "") == (ended.status, ended.out)
    assert "The service answered 400" in ended.err
    assert [] == cli("customers", "list", "--output", "json").document


def test_an_export_holds_all_customers(cli: Any, sandbox: Any, tmp_path: Path) -> None:
    """To a file or to stdout; a formula is made harmless."""
    sandbox.seed(world("=1+1", "Comma, Inc", 'Quo"te'))
    file = tmp_path / "out.csv"
    ended = cli("customers", "export", str(file))
    assert (0, "", f"3 customers written to {file}.\n") == (ended.status, ended.out, ended.err)
    text = file.read_text(encoding="utf-8")
    assert text == cli("customers", "export", "-").out
    rows = list(csv.DictReader(io.StringIO(text)))
    assert ["'=1+1", "Comma, Inc", 'Quo"te'] == [row["displayName"] for row in rows]
    assert [file] == [entry for entry in tmp_path.iterdir() if entry.is_file()]


def test_an_export_replaces_a_file_only_when_told(cli: Any, sandbox: Any, tmp_path: Path) -> None:
    """What is there is kept, also when the export fails."""
    file = tmp_path / "out.csv"
    file.write_text("precious", encoding="utf-8")
    ended = cli("customers", "export", str(file))
    assert (2, "") == (ended.status, ended.out)
    assert "use --force" in ended.err
    unreachable = {"PARTNERCENTER_ENDPOINT": "http://127.0.0.1:9"}
    assert 1 == cli("customers", "export", str(file), "--force", env=unreachable).status
    assert "precious" == file.read_text(encoding="utf-8")
    file.chmod(0o640)
    assert 0 == cli("customers", "export", str(file), "--force").status
    assert file.read_text(encoding="utf-8").startswith("displayName,")
    assert 0o640 == stat.S_IMODE(file.stat().st_mode)


def test_an_export_goes_through_links(cli: Any, sandbox: Any, tmp_path: Path) -> None:
    """The file that a link names is replaced, or made; the link stays."""
    sandbox.seed("demo")
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, content in (("old.csv", "old"), ("new.csv", None)):
        link, target = tmp_path / f"link-{name}", folder / name
        link.symlink_to(target)
        if content is not None:
            target.write_text(content, encoding="utf-8")
            assert 2 == cli("customers", "export", str(link)).status
        assert 0 == cli("customers", "export", str(link), "--force").status
        assert link.is_symlink()
        assert target.read_text(encoding="utf-8").startswith("displayName,")


@pytest.mark.parametrize("kind", ["pipe", "link", "loop"])
@pytest.mark.parametrize("flags", [(), ("--force",)])
def test_an_export_replaces_regular_files_only(
    bare: Any, tmp_path: Path, kind: str, flags: tuple[str, ...]
) -> None:
    """A pipe or a device is left as it is, status 2 before any call."""
    target, pipe = tmp_path / kind, tmp_path / "pipe"
    os.mkfifo(pipe)
    if kind != "pipe":
        target.symlink_to({"link": pipe, "loop": target}[kind])
    ended = bare("customers", "export", str(target), *flags)
    assert (2, "") == (ended.status, ended.out)
    assert f"{target} is not a regular file; use - for stdout.\n" in ended.err
    assert (pipe.is_fifo(), kind != "pipe") == (True, target.is_symlink())


@pytest.mark.parametrize(("target", "sentence"), [("", "is a folder"), ("none/out.csv", "The folder of ")])
def test_an_export_needs_a_place(cli: Any, tmp_path: Path, target: str, sentence: str) -> None:
    """Status 2 before any call."""
    ended = cli("customers", "export", str(tmp_path / target))
    assert 2 == ended.status
    assert sentence in ended.err


def test_without_settings_the_way_out_is_told(bare: Any) -> None:
    """Status 2, unless a sandbox happens to answer at the usual address."""
    ended = bare("customers", "list")
    assert ended.status in {0, 2}
    assert "http://127.0.0.1:8400" in ended.err


def test_what_does_not_answer_is_named(bare: Any) -> None:
    """A port on which nothing listens is status 1 and one sentence."""
    ended = bare("customers", "list", "--endpoint", "http://127.0.0.1:9")
    assert (1, "") == (ended.status, ended.out)
    assert "No sandbox answers at http://127.0.0.1:9; " in ended.err
    assert 1 == ended.err.count("\n")


def test_a_wrong_secret_is_one_sentence_without_the_secret(cli: Any) -> None:
    """Signing in failed, and nothing of the secret is shown."""
    from partnercenter.contract import development_partner as partner

    credentials = {
        "PARTNERCENTER_TENANT_ID": partner.TENANT_ID,
        "PARTNERCENTER_CLIENT_ID": partner.CLIENT_ID,
        "PARTNERCENTER_CLIENT_SECRET": "wr0ng-s3cret",
    }
    ended = cli("customers", "list", env=credentials)
    assert (1, "") == (ended.status, ended.out)
    assert "Signing in failed" in ended.err
    assert "wr0ng" not in ended.err
    assert 1 == ended.err.count("\n")


def test_the_well_known_secret_is_refused_elsewhere(bare: Any) -> None:
    """Status 3, before any name is looked up."""
    from partnercenter.contract import development_partner as partner

    credentials = {
        "PARTNERCENTER_TENANT_ID": partner.TENANT_ID,
        "PARTNERCENTER_CLIENT_ID": partner.CLIENT_ID,
        "PARTNERCENTER_CLIENT_SECRET": partner.CLIENT_SECRET,
    }
    ended = bare("customers", "list", env=credentials)
    assert (3, "") == (ended.status, ended.out)
    assert "Nothing was sent" in ended.err
    assert partner.CLIENT_SECRET not in ended.err


def test_a_profile_is_used(bare: Any, sandbox: Any) -> None:
    """--profile takes the settings of the file."""
    folder = Path(bare.environment["PARTNERCENTER_CONFIG_DIR"])
    folder.mkdir(mode=0o700)
    (folder / "config.toml").write_text(f'[profiles.local]\nendpoint = "{sandbox.url}"\n', encoding="utf-8")
    assert 0 == bare("customers", "list", "--profile", "local").status
    assert 0 == bare("customers", "list", env={"PARTNERCENTER_PROFILE": "local"}).status
    ended = bare("customers", "list", "--profile", "locl")
    assert 2 == ended.status
    assert "did you mean 'local'?" in ended.err
