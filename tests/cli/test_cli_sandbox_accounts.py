"""`partnercenter sandbox partners|apps|users`: each verb through the front door, and what it says when it cannot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.sandbox.assertions import keyholder

from partnercenter.contract import development_partner

NOTHING = "http://127.0.0.1:9"
TENANT = "0bada5a0-0000-4ca1-8ca1-0000000000f1"
CLIENT = "0bada5a0-0000-4ca1-8ca1-0000000000f2"
DOMAIN = "people.onmicrosoft.com"
ANNA = f"anna@{development_partner.DOMAIN}"
PASSWORD = "canary-password-of-anna"


def document(cli: Any, *arguments: str, **kwargs: Any) -> Any:
    """What a command prints as JSON."""
    ended = cli("sandbox", *arguments, "--output", "json", **kwargs)
    assert 0 == ended.status, ended.err
    return ended.document


def signed_in(sandbox: Any, client: str, secret: str, tenant: str = development_partner.TENANT_ID) -> int:
    """The status of a request for a token."""
    form = {
        "grant_type": "client_credentials",
        "client_id": client,
        "client_secret": secret,
        "resource": "https://api.partnercenter.microsoft.com",
    }
    return int(sandbox.http.post(f"{sandbox.url}/{tenant}/oauth2/token", data=form).status_code)


def test_partners(cli: Any, sandbox: Any) -> None:
    """Added, changed, listed in each form, removed."""
    added = document(
        cli,
        *("partners", "add", DOMAIN, "--company-name", "People", "--tenant-id", TENANT),
        *("--country", "DE", "--kind", "indirect_provider", "--environment", "production", "--no-csp"),
    )
    assert (TENANT, "DE", "indirect_provider", "production", False) == tuple(
        added[name] for name in ("tenantId", "country", "kind", "environment", "isCspPartner")
    )
    changed = document(
        cli,
        *("partners", "change", TENANT, "--company-name", "Persons", "--csp"),
        *("--environment", "sandbox", "--kind", "direct_bill"),
    )
    assert ("Persons", True, "sandbox", "direct_bill") == tuple(
        changed[name] for name in ("companyName", "isCspPartner", "environment", "kind")
    )
    assert changed == document(cli, "partners", "change", TENANT)
    assert changed in document(cli, "partners", "list")
    csv = cli("sandbox", "partners", "list", "--output", "csv").out.splitlines()
    assert "companyName,tenantId,domain,country,environment,kind,isCspPartner," in csv[0]
    assert f"Persons,{TENANT},{DOMAIN},DE,sandbox,direct_bill,true,0,0,0" in csv
    assert 2 == len(cli("sandbox", "partners", "list", "--output", "jsonl").out.splitlines())
    ended = cli("sandbox", "partners", "remove", TENANT, "--yes")
    assert (0, "", "Persons is removed, with 0 customers.\n") == (ended.status, ended.out, ended.err)
    assert [development_partner.TENANT_ID] == [one["tenantId"] for one in document(cli, "partners", "list")]


def test_a_partner_is_removed_after_a_yes(cli: Any, sandbox: Any) -> None:
    """Anything else is a no; without a terminal nothing happens."""
    sandbox.seed("partners")
    (other,) = (one for one in document(cli, "partners", "list") if one["companyName"] == "Other Partner")
    remove = ("sandbox", "partners", "remove", other["tenantId"])
    ended = cli(*remove)
    assert (2, True) == (ended.status, "there is no terminal to ask on" in ended.err)
    ended = cli.at_terminal(*remove, answer="n\n", prompt="[y/N]")
    assert (1, True) == (ended.status, "Remove Other Partner with its 1 customers? [y/N]" in ended.err)
    assert other in document(cli, "partners", "list")
    assert 0 == cli.at_terminal(*remove, answer="y\n", prompt="[y/N]").status
    assert other not in document(cli, "partners", "list")


def test_applications(cli: Any, sandbox: Any) -> None:
    """Registered, changed, listed in each form, removed."""
    added = document(
        cli,
        *("apps", "add", "--client-id", CLIENT, "--name", "Tool", "--public", "--unregistered"),
        *("--redirect-uri", "http://localhost", "--redirect-uri", "com.example.app://auth"),
    )
    uris = ["http://localhost", "com.example.app://auth"]
    assert (development_partner.TENANT_ID, "Tool", True, False, uris) == tuple(
        added[name] for name in ("tenantId", "name", "public", "registered", "redirectUris")
    )
    listed = document(cli, "apps", "list", "--tenant-id", development_partner.TENANT_ID)
    assert (3, True) == (len(listed), added in listed)
    csv = cli("sandbox", "apps", "list", "--output", "csv").out.splitlines()
    assert "name,clientId,tenantId,registered,public,redirectUris,secrets,certificates" == csv[0]
    uris_as_text = "http://localhost com.example.app://auth"
    assert f"Tool,{CLIENT},{development_partner.TENANT_ID},false,true,{uris_as_text},," in csv
    changed = document(
        cli, "apps", "change", CLIENT, "--confidential", "--no-redirect-uris", "--registered", "--name", "T"
    )
    assert {**added, "public": False, "redirectUris": [], "registered": True, "name": "T"} == changed
    kept = document(cli, "apps", "change", CLIENT, "--redirect-uri", "http://localhost")
    assert {**changed, "redirectUris": ["http://localhost"]} == kept
    assert kept == document(cli, "apps", "change", CLIENT)
    ended = cli("sandbox", "apps", "remove", CLIENT)
    assert (0, "", "The application T is removed.\n") == (ended.status, ended.out, ended.err)
    assert 2 == len(document(cli, "apps", "list"))


def test_secrets(cli: Any, sandbox: Any) -> None:
    """Made, printed once, good at once, taken away; the list names them by their key ids."""
    document(cli, "apps", "add", "--client-id", CLIENT)
    made = document(cli, "apps", "add-secret", CLIENT)
    late = document(cli, "apps", "add-secret", CLIENT, "--expires-in", "-60")
    assert (200, 401) == (
        signed_in(sandbox, CLIENT, made["secret"]),
        signed_in(sandbox, CLIENT, late["secret"]),
    )
    shown = cli("sandbox", "apps", "list", "--output", "csv").out
    assert (True, False) == (f"{made['keyId']} {late['keyId']}" in shown, made["secret"] in shown)
    table = cli("sandbox", "apps", "add-secret", CLIENT)
    assert (True, "The secret is not shown again.\n") == ("\nsecret" in table.out, table.err)
    left = document(cli, "apps", "remove-secret", CLIENT, made["keyId"])
    assert late["keyId"] == left["secrets"][0]["keyId"]
    assert 401 == signed_in(sandbox, CLIENT, made["secret"])


def test_certificates(cli: Any, sandbox: Any, tmp_path: Path) -> None:
    """From a file or from stdin; a private key is not sent anywhere."""
    document(cli, "apps", "add", "--client-id", CLIENT)
    (tmp_path / "one.pem").write_text(keyholder("application").pem, encoding="ascii")
    (tmp_path / "key.pem").write_text(
        keyholder("application").key_pem + keyholder("application").pem, encoding="ascii"
    )
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    (one,) = document(cli, "apps", "add-certificate", CLIENT, str(tmp_path / "one.pem"))["certificates"]
    both = document(cli, "apps", "add-certificate", CLIENT, "-", input=keyholder("another").pem)[
        "certificates"
    ]
    assert (2, True) == (len(both), one in both)
    left = document(cli, "apps", "remove-certificate", CLIENT, one["thumbprint"])["certificates"]
    assert [other for other in both if other != one] == left
    for file, sentence in (
        ("key.pem", "holds a private key; give a file with the certificate alone."),
        ("binary", "is not a certificate in PEM form."),
        ("none.pem", "cannot be read: No such file or directory."),
    ):
        ended = cli("sandbox", "apps", "add-certificate", CLIENT, str(tmp_path / file))
        assert (2, "", True) == (ended.status, ended.out, sentence in ended.err)
    entries = sandbox.control("GET", f"/applications/{CLIENT}").json()
    assert left == entries["certificates"]


def test_users(cli: Any, sandbox: Any) -> None:
    """Made, changed, listed in each form, signed out, removed."""
    added = document(
        cli,
        *("users", "add", ANNA, "--object-id", TENANT, "--display-name", "Anna", "--no-mfa", "--disabled"),
        *("--role", "SalesAgents", "--role", "HelpdeskAgents", "--password-stdin"),
        input=f"{PASSWORD}\nignored\n",
    )
    assert (TENANT, "Anna", False, False, ["SalesAgents", "HelpdeskAgents"]) == tuple(
        added[name] for name in ("objectId", "displayName", "mfa", "enabled", "roles")
    )
    assert added in document(cli, "users", "list", "--tenant-id", development_partner.TENANT_ID)
    csv = cli("sandbox", "users", "list", "--output", "csv").out.splitlines()
    assert "userPrincipalName,objectId,tenantId,displayName,mfa,enabled,roles" == csv[0]
    assert (
        f"{ANNA},{TENANT},{development_partner.TENANT_ID},Anna,false,false,SalesAgents HelpdeskAgents" in csv
    )
    changed = document(
        cli, "users", "change", ANNA, "--mfa", "--enabled", "--no-roles", "--display-name", "A"
    )
    assert {**added, "mfa": True, "enabled": True, "roles": [], "displayName": "A"} == changed
    changed = document(cli, "users", "change", TENANT, "--role", "AdminAgents")
    assert ["AdminAgents"] == changed["roles"]
    assert {"revoked": 0} == document(cli, "users", "revoke", ANNA)
    ended = cli("sandbox", "users", "remove", ANNA.upper())
    assert (0, "", f"The user {ANNA} is removed.\n") == (ended.status, ended.out, ended.err)
    assert 1 == len(document(cli, "users", "list"))


def test_a_password_comes_from_stdin_the_terminal_or_nowhere(cli: Any, sandbox: Any) -> None:
    """It is printed only when it was made up, and then once; no flag takes it."""
    ended = cli.at_terminal(
        *("sandbox", "users", "add", ANNA),
        answer=f"{PASSWORD}\n",
        prompt=f"Password of {ANNA}: ",
        then=[("Once more: ", f"{PASSWORD}\n")],
    )
    assert 0 == ended.status, ended.err
    assert PASSWORD not in ended.out + ended.err
    ended = cli.at_terminal(
        *("sandbox", "users", "change", ANNA, "--password"),
        answer=f"{PASSWORD}\n",
        prompt=f"Password of {ANNA}: ",
        then=[("Once more: ", f"{PASSWORD}-2\n")],
    )
    assert (2, True) == (ended.status, "The two passwords differ; nothing was changed." in ended.err)
    one = document(cli, "users", "change", ANNA, "--generate-password")["password"]
    two = cli("sandbox", "users", "change", ANNA, "--generate-password")
    assert (True, True) == (len(one) >= 20, "\npassword" in two.out)
    assert (False, "The password is not shown again.\n") == (one in two.out, two.err)
    assert one not in json.dumps(document(cli, "users", "list"))


MISTAKES = [
    (("users", "add", ANNA), "There is no terminal to ask for the password on; use --password-stdin or"),
    (("users", "add", ANNA, "--password-stdin"), "Nothing came from stdin; the password is its first line."),
    (("users", "add", ANNA, "--password-stdin", "--generate-password"), "Give either --password-stdin or"),
    (("users", "add", ANNA, "--password", PASSWORD), "No such option"),
    (("users", "add", "anna@else.example", "--generate-password"), "must be in the partner's domain"),
    (("users", "add", ANNA, "--role", "Boss"), "'Boss' is not one of 'AdminAgents'"),
    (("users", "change", ANNA, "--role", "AdminAgents", "--no-roles"), "Give either --role or --no-roles."),
    (("users", "change", ANNA, "--password", "--password-stdin"), "Give one of --password, --password-stdin"),
    (("users", "change", ANNA), f"There is no user '{ANNA}'."),
    (("users", "remove", " "), "The name of what is meant is empty."),
    (("users", "revoke", "x/../y"), "There is no user 'x/../y'."),
    (("users", "list", "--tenant-id", "x&y"), "There is no partner with the tenant id 'x&y'."),
    (("apps", "add", "--tenant-id", TENANT), "There is no partner with the tenant id"),
    (("apps", "add", "--redirect-uri", "http://a.example"), "must be https; http is for localhost"),
    (
        ("apps", "change", CLIENT, "--redirect-uri", "x", "--no-redirect-uris"),
        "Give either --redirect-uri or",
    ),
    (("apps", "change", development_partner.CLIENT_ID, "--public"), "cannot be true of an application with"),
    (("apps", "add-secret", development_partner.PUBLIC_CLIENT_ID), "A public application has neither secret"),
    (("apps", "remove-secret", development_partner.CLIENT_ID, ""), "The name of what is meant is empty."),
    (
        ("apps", "remove-certificate", development_partner.CLIENT_ID, "ab"),
        "no certificate with the thumbprint",
    ),
    (("partners", "add", DOMAIN), "Missing option '--company-name'"),
    (("partners", "add", "x y", "--company-name", "X"), "must be the name of a domain"),
    (("partners", "add", DOMAIN, "--company-name", "X", "--kind", "direct"), "must be one of direct_bill,"),
    (
        ("partners", "remove", development_partner.TENANT_ID, "--yes"),
        "The development partner is always there",
    ),
    (("partners", "remove", "", "--yes"), "The name of what is meant is empty."),
    (("partner", "list"), "did you mean 'partners'"),
]


@pytest.mark.parametrize(("arguments", "sentence"), MISTAKES)
def test_a_mistake_is_one_sentence(cli: Any, arguments: tuple[str, ...], sentence: str) -> None:
    """Status 2, nothing on stdout, no password, and nothing is changed."""
    ended = cli("sandbox", *arguments)
    assert (2, "", 1) == (ended.status, ended.out, ended.err.count("\n")), ended.err
    assert sentence in ended.err
    assert PASSWORD not in ended.err


@pytest.mark.parametrize(
    "arguments",
    [("partners", "list"), ("apps", "add"), ("users", "revoke", "x"), ("apps", "remove-secret", "a", "b")],
)
def test_no_sandbox_is_one_sentence(bare: Any, arguments: tuple[str, ...]) -> None:
    """Status 1 and where nothing answers."""
    ended = bare("sandbox", *arguments, "--endpoint", NOTHING)
    assert (1, "", 1) == (ended.status, ended.out, ended.err.count("\n"))
    assert f"No sandbox answers at {NOTHING}" in ended.err
