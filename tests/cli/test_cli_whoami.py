"""`partnercenter whoami` and `logout`: applications by secret and by certificate, keyrings, prompts."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path
from typing import Any

import pytest
from tests.cli.logging_in import PASSPHRASE, config_of, sign_in
from tests.sandbox.assertions import keyholder

from partnercenter.cli.who import domain_of, has_mfa, is_user, roles_of, user_of
from partnercenter.contract import development_partner as partner

ROOT = str(Path(__file__).parents[2])


@pytest.mark.parametrize(
    ("claims", "user", "domain", "mfa", "roles"),
    [
        ({}, None, None, None, None),
        ({"appid": "a", "roles": ["AdminAgents"]}, None, None, None, ["AdminAgents"]),
        (
            {"scp": "user_impersonation", "upn": "a@b.example", "amr": ["pwd"]},
            "a@b.example",
            "b.example",
            False,
            None,
        ),
        ({"unique_name": "a@b", "amr": ["pwd", "mfa"], "wids": ["1"]}, "a@b", "b", True, ["1"]),
        ({"preferred_username": "nobody", "amr": "mfa", "roles": "x"}, "nobody", None, False, None),
        ({"upn": 1, "scp": "x"}, None, None, False, None),
    ],
)
def test_only_what_a_token_says_is_told(
    claims: dict[str, Any], user: str | None, domain: str | None, mfa: bool | None, roles: list[str] | None
) -> None:
    """An application has no MFA to tell of; roles come from the token or from nowhere."""
    assert (user, domain, mfa, roles) == (
        user_of(claims),
        domain_of(claims),
        has_mfa(claims),
        roles_of(claims),
    )
    assert ("scp" in claims or user is not None) == is_user(claims)


def test_the_development_partner_is_told(cli: Any, sandbox: Any) -> None:
    """Without any setting but the endpoint: app-only, trusted as what it is, for eyes and for programs."""
    ended = cli("whoami")
    assert (0, "") == (ended.status, ended.err)
    shown = dict(line.split(None, 1) for line in ended.out.splitlines())
    assert {
        "tenantId": partner.TENANT_ID,
        "clientId": partner.CLIENT_ID,
        "signsInAs": "application",
        "roles": "not told by the token",
        "trusted": "true",
        "alias": "local-sandbox",
        "sources.endpoint": "PARTNERCENTER_ENDPOINT",
    }.items() <= shown.items()
    assert {"user", "domain", "mfa", "profile"}.isdisjoint(shown)


def test_a_tenant_that_is_not_named_is_not_trusted(cli: Any, sandbox: Any) -> None:
    """And the command says so, with status 0: asking is no mistake."""
    from partnercenter.sandbox.worlds.named import OTHER_CLIENT_ID, OTHER_TENANT_ID

    sandbox.seed("partners")
    other = {
        "PARTNERCENTER_TENANT_ID": OTHER_TENANT_ID,
        "PARTNERCENTER_CLIENT_ID": OTHER_CLIENT_ID,
        "PARTNERCENTER_CLIENT_SECRET": partner.CLIENT_SECRET,
    }
    document = cli("whoami", "--output", "json", env=other).document
    assert (OTHER_TENANT_ID, False, None) == (document["tenantId"], document["trusted"], document["alias"])
    assert document["domain"] is None


def test_a_certificate_signs_an_application_in(
    cli: Any, sandbox: Any, start_login: Any, tmp_path: Path
) -> None:
    """Alone or with a user; the profile has its path only, and a file that others can read is refused."""
    pem = tmp_path / "app.pem"
    held = keyholder("whoami")
    pem.write_text(held.key_pem + held.pem)
    pem.chmod(0o644)
    added = sandbox.control("POST", f"/applications/{partner.CLIENT_ID}/certificates", {"pem": held.pem})
    assert added.status_code < 300, added.text
    who = ("--tenant-id", partner.TENANT_ID, "--client-id", partner.CLIENT_ID, "--certificate", str(pem))
    wide = cli("login", "--app-only", *who)
    assert (2, "") == (wide.status, wide.out)
    assert f"run 'chmod 600 {pem}'" in wide.err
    pem.chmod(0o600)
    done = cli("login", "--app-only", *who)
    assert 0 == done.status, done.err
    profile = tomllib.loads(config_of(cli).read_text())["profiles"]["default"]
    assert (str(pem), False) == (profile["client_certificate"], "client_secret_in" in profile)
    assert 0 == cli("customers", "list").status
    key = held.key_pem.split()[5]
    assert key not in done.err + config_of(cli).read_text()
    login = start_login(cli, *who, "--no-browser")
    sign_in(login.address())
    assert 0 == login.ended().status
    profile = tomllib.loads(config_of(cli).read_text())["profiles"]["default"]
    assert (str(pem), "file") == (profile["client_certificate"], profile["refresh_token_in"])
    ended = cli("whoami", "--output", "json", env=PASSPHRASE)
    assert (0, partner.USER_PRINCIPAL_NAME) == (ended.status, ended.document["user"]), ended.err


def test_the_systems_keyring_is_used_where_there_is_one(
    cli: Any, sandbox: Any, start_login: Any, tmp_path: Path
) -> None:
    """It holds the refresh token until logout, and no file does."""
    file = tmp_path / "keyring.json"
    cli.environment |= {
        "PYTHON_KEYRING_BACKEND": "tests.identity.keyrings.FileKeyring",
        "TEST_KEYRING_FILE": str(file),
        "PYTHONPATH": os.pathsep.join([ROOT, os.environ.get("PYTHONPATH", "")]),
    }
    login = start_login(cli, "--no-browser", env={**cli.environment, "PARTNERCENTER_STORE_PASSPHRASE": ""})
    sign_in(login.address())
    assert 0 == login.ended().status
    profile = tomllib.loads(config_of(cli).read_text())["profiles"]["default"]
    assert "keyring" == profile["refresh_token_in"]
    assert not (config_of(cli).parent / "secrets").exists()
    (before,) = json.loads(file.read_text()).values()
    who = cli("whoami", "--output", "json")
    assert (0, partner.USER_PRINCIPAL_NAME) == (who.status, who.document["user"])
    assert before not in json.loads(file.read_text()).values()
    assert 0 == cli("profiles", "remove", "default").status
    assert {} == json.loads(file.read_text())
    assert "" == config_of(cli).read_text()


def test_the_secret_is_asked_for_where_somebody_can_answer(cli: Any, sandbox: Any) -> None:
    """Hidden, on the terminal; it is kept encrypted and shows nowhere."""
    cli.environment |= PASSPHRASE
    ended = cli.at_terminal(
        "login",
        "--app-only",
        "--tenant-id",
        partner.TENANT_ID,
        "--client-id",
        partner.CLIENT_ID,
        prompt="Client secret: ",
        answer=f"{partner.CLIENT_SECRET}\n",
    )
    assert 0 == ended.status, ended.err
    assert partner.CLIENT_SECRET not in ended.err + ended.out
    other = cli("whoami", env={"PARTNERCENTER_STORE_PASSPHRASE": "wrong"})
    assert (1, "") == (other.status, other.out)
    assert "the passphrase is wrong, or the file was changed." in other.err
    none = cli("whoami", env={"PARTNERCENTER_STORE_PASSPHRASE": "", "PARTNERCENTER_DEBUG": "1"})
    assert (2, "") == (none.status, none.out)
    assert "set PARTNERCENTER_STORE_PASSPHRASE to open it." in none.err
    assert 0 == cli("logout", env={"PARTNERCENTER_STORE_PASSPHRASE": ""}).status
    again = cli("logout")
    assert (0, "Nothing is kept for profile 'default'.\n") == (again.status, again.err)
