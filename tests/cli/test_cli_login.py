"""`partnercenter login`: somebody signs in once, and every command does so from then on; nothing leaks."""

from __future__ import annotations

import io
import json
import os
import signal
import stat
import sys
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from tests.cli.logging_in import (
    PASSPHRASE,
    answer_of,
    config_of,
    kept_files,
    sign_in,
)
from tests.cli.sweeping import writes
from tests.sandbox.signing_in import PASSWORD, USER, enter_device_code

from partnercenter.cli.app import run
from partnercenter.contract import development_partner as partner
from partnercenter.identity import EncryptedFileStore
from partnercenter.sandbox.worlds.named import PRODUCTION_TENANT_ID

SECRETS = (partner.CLIENT_SECRET, PASSWORD, PASSPHRASE["PARTNERCENTER_STORE_PASSPHRASE"])
EXPECTED = {"cloud": "global", "tenant_id": partner.TENANT_ID, "client_id": partner.PUBLIC_CLIENT_ID}


@pytest.fixture
def own(bare: Any) -> Any:
    """The command with a passphrase."""
    bare.environment.update(PASSPHRASE)
    return bare


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def secret_in(path: Path) -> str:
    return str(EncryptedFileStore(path, PASSPHRASE["PARTNERCENTER_STORE_PASSPHRASE"]).read())


def test_a_user_signs_in_once_and_deletes_from_then_on(own: Any, start_login: Any, sandbox: Any) -> None:
    """By the code flow; the profile says where, an encrypted file holds the token, and logout takes it away."""
    login = start_login(own, "--endpoint", sandbox.url, "--no-browser")
    page = sign_in(login.address())
    assert (200, "no-store") == (page.status_code, page.headers["Cache-Control"])
    ended = login.ended()
    assert (0, "") == (ended.status, ended.out)
    assert f"Signed in to tenant {partner.TENANT_ID} ({partner.DOMAIN}) as {USER}" in ended.err
    config = config_of(own)
    assert (0o600, 0o700) == (mode_of(config), mode_of(config.parent))
    profiles = tomllib.loads(config.read_text())["profiles"]
    assert {"default": EXPECTED | {"endpoint": sandbox.url, "refresh_token_in": "file"}} == profiles
    (kept,) = kept_files(own)
    assert (0o600, 0o700) == (mode_of(kept), mode_of(kept.parent))
    before = secret_in(kept)
    assert before not in config.read_text() + kept.read_text() + ended.err

    customer = sandbox.create_customer()["id"]
    deleted = own("customers", "delete", customer, "--yes", "--output", "json")
    assert (0, "deleted") == (deleted.status, deleted.document[0]["outcome"])
    assert 404 == sandbox.call("GET", f"/v1/customers/{customer}").status_code
    assert before != secret_in(kept)

    who = own("whoami", "--output", "json")
    assert 0 == who.status
    shown = {name: who.document[name] for name in ("profile", "tenantId", "domain", "user", "mfa", "roles")}
    assert {
        "profile": "default",
        "tenantId": partner.TENANT_ID,
        "domain": partner.DOMAIN,
        "user": USER,
        "mfa": True,
        "roles": None,
    } == shown
    assert (True, "local-sandbox") == (who.document["trusted"], who.document["alias"])
    assert 0 < who.document["secondsLeft"] <= 3600
    assert "endpoint of profile 'default'" == who.document["sources"]["endpoint"]
    assert "eyJ" not in who.out

    assert 0 == own("logout").status
    assert [] == kept_files(own)
    assert profiles == tomllib.loads(config.read_text())["profiles"]
    after = own("customers", "list")
    assert (2, "") == (after.status, after.out)
    assert "run 'partnercenter login'." in after.err


def test_the_systems_browser_is_opened(own: Any, start_login: Any, sandbox: Any, tmp_path: Path) -> None:
    """With the address that is also shown; without other settings the sandbox's public application is used."""
    script = tmp_path / "browser.py"
    script.write_text("import sys\nfrom tests.cli.logging_in import sign_in\nsign_in(sys.argv[1])\n")
    paths = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
    environment = {"BROWSER": f"{sys.executable} {script} %s", "PYTHONPATH": paths}
    ended = start_login(own, "--endpoint", sandbox.url, "--profile", "mine", env=environment).ended()
    assert (0, "") == (ended.status, ended.out), ended.err
    assert "Use it with --profile mine, or always: 'partnercenter profiles use mine'." in ended.err
    assert ["mine"] == list(tomllib.loads(config_of(own).read_text())["profiles"])
    shown = own("profiles", "list", "--output", "json").document
    assert [("mine", False, "user", "file")] == [
        (row["profile"], row["used"], row["signsInAs"], row["secretsIn"]) for row in shown
    ]


def test_a_device_code_is_typed_elsewhere(own: Any, start_login: Any, sandbox: Any) -> None:
    """The address and the code are shown, and the command goes on when somebody has typed it."""
    sandbox.set(device_code_interval_seconds=1)
    login = start_login(own, "--endpoint", sandbox.url, "--device-code")
    shown = login.line(r"Open (.* and type the code \S+) there\.$")
    address, code = shown.split(" in a browser")[0], shown.rpartition(" ")[2]
    assert address.startswith(f"{sandbox.url}/")
    enter_device_code(address, code)
    ended = login.ended()
    assert 0 == ended.status, ended.err
    assert {**EXPECTED, "endpoint": sandbox.url, "refresh_token_in": "file"} == tomllib.loads(
        config_of(own).read_text()
    )["profiles"]["default"]


def test_a_device_code_that_is_declined_or_not_used_leaves_nothing(
    own: Any, start_login: Any, sandbox: Any
) -> None:
    """One sentence each, and no file."""
    sandbox.set(device_code_interval_seconds=1)
    login = start_login(own, "--endpoint", sandbox.url, "--device-code", "--timeout", "1")
    declined = start_login(own, "--endpoint", sandbox.url, "--device-code")
    shown = declined.line(r"Open (.* and type the code \S+) there\.$")
    enter_device_code(shown.split(" in a browser")[0], shown.rpartition(" ")[2], approve=False)
    late, refused = login.ended(), declined.ended()
    assert (1, 1) == (late.status, refused.status)
    assert "Nobody signed in within 1 seconds. Nothing was written.\n" in late.err
    assert "The user declined" in refused.err
    assert not config_of(own).exists()


@pytest.mark.parametrize(("approve", "sentence"), [(False, "AADSTS500121"), (True, "within 1 seconds")])
def test_a_sign_in_that_does_not_succeed_leaves_nothing(
    own: Any, start_login: Any, sandbox: Any, approve: bool, sentence: str
) -> None:
    """Declined on the page, or not done in time after an answer that belongs to another sign-in."""
    seconds = "1" if approve else "30"
    login = start_login(own, "--endpoint", sandbox.url, "--no-browser", "--timeout", seconds)
    address = login.address()
    with httpx2.Client(timeout=30, trust_env=False) as browser:
        answer = answer_of(browser, address, approve=approve)
        if approve:
            answer["data"]["state"] = "of-another"
        status = browser.post(**answer).status_code
    ended = login.ended()
    assert (1, "") == (ended.status, ended.out)
    assert (400 if approve else 200) == status
    assert sentence in ended.err
    assert ("An answer came that does not belong to it" in ended.err) == approve
    assert "Nothing was written." in ended.err
    assert not config_of(own).exists()
    assert [] == kept_files(own)


def test_an_interruption_leaves_nothing_and_nobody_listening(
    own: Any, start_login: Any, sandbox: Any
) -> None:
    """Status 130, no file, and the port is closed."""
    login = start_login(own, "--endpoint", sandbox.url, "--no-browser")
    redirect = parse_qs(urlsplit(login.address()).query)["redirect_uri"][0]
    with httpx2.Client(trust_env=False) as browser:
        assert 404 == browser.get(redirect).status_code
        login.process.send_signal(signal.SIGINT)
        ended = login.ended()
        assert (130, "") == (ended.status, ended.out)
        assert ended.err.endswith("Nothing was written.\npartnercenter: Interrupted.\n")
        with pytest.raises(httpx2.ConnectError):
            browser.get(redirect)
    assert not config_of(own).exists()


def test_an_application_signs_in_alone(own: Any, sandbox: Any) -> None:
    """With its secret from stdin; one that is not its own is refused before it is sent anywhere."""
    who = ("--tenant-id", partner.DOMAIN, "--client-id", partner.CLIENT_ID)
    place = ("--endpoint", sandbox.url)
    wrong = own("login", "--app-only", "--secret-stdin", *who, *place, input="wrong\n")
    assert (1, "") == (wrong.status, wrong.out)
    assert "AADSTS7000215" in wrong.err
    assert not config_of(own).exists()
    done = own("login", "--app-only", "--secret-stdin", *who, *place, input=f"{partner.CLIENT_SECRET}\n")
    assert 0 == done.status, done.err
    profile = tomllib.loads(config_of(own).read_text())["profiles"]["default"]
    assert (partner.TENANT_ID, "file") == (profile["tenant_id"], profile["client_secret_in"])
    assert partner.CLIENT_SECRET not in config_of(own).read_text() + done.err
    assert 0 == own("customers", "list").status
    other = own("customers", "list", env={"PARTNERCENTER_CLIENT_SECRET": "of-another-application"})
    assert (2, "") == (other.status, other.out)
    assert (
        "PARTNERCENTER_CLIENT_SECRET is not the secret with which profile 'default' was signed" in other.err
    )
    elsewhere = own("customers", "list", "--authority", "https://login.example")
    assert (2, "") == (elsewhere.status, elsewhere.out)
    assert "No client secret is kept for this profile, tenant and application" in elsewhere.err


def test_a_refresh_token_of_the_environment_signs_in(own: Any, start_login: Any, sandbox: Any) -> None:
    """It is told once that what follows it cannot be kept; what has expired is told with what to do."""
    login = start_login(own, "--endpoint", sandbox.url, "--no-browser")
    sign_in(login.address())
    assert 0 == login.ended().status
    (kept,) = kept_files(own)
    given = {
        "PARTNERCENTER_REFRESH_TOKEN": secret_in(kept),
        "PARTNERCENTER_TENANT_ID": partner.TENANT_ID,
        "PARTNERCENTER_CLIENT_ID": partner.PUBLIC_CLIENT_ID,
        "PARTNERCENTER_ENDPOINT": sandbox.url,
        "PARTNERCENTER_CONFIG_DIR": str(kept.parent.parent.parent / "elsewhere"),
    }
    who = own("whoami", "--output", "jsonl", env=given)
    assert (0, USER) == (who.status, json.loads(who.out)["user"])
    assert 1 == who.err.count("The new refresh token cannot be saved in PARTNERCENTER_REFRESH_TOKEN")
    assert "PARTNERCENTER_REFRESH_TOKEN" == json.loads(who.out)["sources"]["refresh_token"]
    bad = own("status", env={**given, "PARTNERCENTER_REFRESH_TOKEN": "0.never-given-out"})
    assert (1, "") == (bad.status, bad.out)
    assert "AADSTS9002313" in bad.err
    assert "Sign in again, and give PARTNERCENTER_REFRESH_TOKEN the new refresh token." in bad.err
    assert "never-given-out" not in bad.err
    revoked = sandbox.control("POST", f"/users/{USER}/revoke", {})
    assert revoked.status_code < 300, revoked.text
    old = own("customers", "list")
    assert (1, "") == (old.status, old.out)
    assert "AADSTS50173" in old.err
    assert "Run 'partnercenter login' again, with MFA." in old.err


def test_a_user_of_a_tenant_that_was_not_named_deletes_nothing(
    own: Any, start_login: Any, sandbox: Any
) -> None:
    """Neither by the profile nor by the variable: the token's tenant counts, though the settings name a domain."""
    sandbox.seed("partners")
    public = {"tenantId": PRODUCTION_TENANT_ID, "public": True, "redirectUris": ["http://localhost"]}
    client_id = sandbox.control("POST", "/applications", public).json()["clientId"]
    domain = "productionpartner.onmicrosoft.com"
    user = {"tenantId": PRODUCTION_TENANT_ID, "userPrincipalName": f"boss@{domain}", "password": PASSWORD}
    assert sandbox.control("POST", "/users", user).is_success
    asked = ("--endpoint", sandbox.url, "--no-browser", "--tenant-id", domain, "--client-id", client_id)
    login = start_login(own, *asked)
    sign_in(login.address(), f"boss@{domain}")
    assert 0 == login.ended().status
    assert 0 == own("trust", partner.TENANT_ID, "--alias", "ours").status
    (kept,) = kept_files(own)
    by_variable = {
        "PARTNERCENTER_REFRESH_TOKEN": secret_in(kept),
        "PARTNERCENTER_TENANT_ID": domain,
        "PARTNERCENTER_CLIENT_ID": client_id,
        "PARTNERCENTER_SANDBOX_TENANT_ID": partner.TENANT_ID,
    }
    sandbox.control("DELETE", "/requests")
    for env, command in (
        ({}, ("customers", "delete", "--all", "--yes")),
        (by_variable, ("sweep", "plan", "--all")),
    ):
        ended = own(*command, env=env)
        assert (3, "") == (ended.status, ended.out)
        assert f"Partner tenant {PRODUCTION_TENANT_ID} is not registered as a sandbox" in ended.err
    assert [] == writes(sandbox)


def test_a_passphrase_that_opens_nothing_is_told_before_anybody_signs_in(
    own: Any, start_login: Any, sandbox: Any
) -> None:
    """What was kept is as it was; another application's secret has a file of its own, so nothing is in its way."""
    place = ("--endpoint", sandbox.url, "--no-browser", "--timeout", "1")
    login = start_login(own, *place[:3])
    sign_in(login.address())
    assert 0 == login.ended().status
    (kept,) = kept_files(own)
    before = secret_in(kept)
    other = {"PARTNERCENTER_STORE_PASSPHRASE": "another"}
    for named in ((), ("--tenant-id", partner.DOMAIN)):
        refused = own("login", *place, *named, env=other)
        assert (1, "") == (refused.status, refused.out)
        assert f"{kept} cannot be opened: the passphrase is wrong, or the file was changed." in refused.err
        assert "'partnercenter logout --profile default' forgets what is kept." in refused.err
        assert 1 == refused.err.count("\n")
    assert before == secret_in(kept)
    asked = own("login", *place, "--client-id", partner.CLIENT_ID, env=other)
    assert "Open this address" in asked.err


def test_a_sign_in_without_mfa_is_told(own: Any, sandbox: Any, start_login: Any) -> None:
    """At once, and again when the service refuses it, with what to type."""
    assert 200 == sandbox.control("PATCH", f"/users/{USER}", {"mfa": False}).status_code
    login = start_login(own, "--endpoint", sandbox.url, "--no-browser", "--profile", "weak")
    sign_in(login.address())
    ended = login.ended()
    assert 0 == ended.status
    assert "The token has no MFA in it" in ended.err
    refused = own("customers", "list", "--profile", "weak")
    assert (1, "") == (refused.status, refused.out)
    assert (
        "there is no MFA in it (900421). Run 'partnercenter login --profile weak' again, with MFA"
        in refused.err
    )


@pytest.mark.parametrize(
    ("arguments", "env", "sentence"),
    [
        (("--cloud", "germany"), {}, "Microsoft Cloud Germany was closed"),
        (("--app-only", "--device-code"), {}, "--app-only signs no user in"),
        (("--device-code", "--no-browser"), {}, "--device-code opens no browser"),
        (("--secret-stdin", "--certificate", "x"), {}, "not both"),
        (("--tenant-id", "a.example"), {}, "--client-id is missing"),
        (("--client-id", "a"), {}, "--tenant-id is missing"),
        (("--profile", "../x"), {}, "The name of a profile is 1 to 60 letters"),
        (("--no-browser",), {"PARTNERCENTER_STORE_PASSPHRASE": ""}, "There is no place to keep a secret in"),
        (
            (),
            {"BROWSER": "", "PATH": "/nowhere", "DISPLAY": ""},
            "There is no browser here. Use --device-code",
        ),
        (("--app-only", "--tenant-id", "a.example", "--client-id", "a"), {}, "no terminal to ask on"),
        (
            ("--certificate", "/no/such.pem", "--app-only", "--tenant-id", "a.example"),
            {},
            "--client-id is missing",
        ),
        (
            ("--certificate", "/no/such.pem", "--tenant-id", "a.example", "--client-id", "a"),
            {},
            "/no/such.pem cannot be read",
        ),
        (
            ("--device-code", "--tenant-id", "a.example", "--client-id", "a"),
            {"PARTNERCENTER_CLIENT_SECRET": "s3cret"},
            "--device-code is for public applications",
        ),
        (
            ("--tenant-id", "a.example", "--client-id", "a", "--endpoint", "https://team.example"),
            {"PARTNERCENTER_CLIENT_SECRET": partner.CLIENT_SECRET},
            "The well-known secret of local sandboxes is public",
        ),
    ],
)
def test_what_cannot_work_is_refused_before_anybody_is_asked(
    own: Any,
    arguments: tuple[str, ...],
    env: dict[str, str],
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One sentence, nothing on stdout, nothing written; in this process, as nothing is started."""
    for name, value in {**own.environment, **env}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    monkeypatch.setattr("webbrowser._tryorder", [])
    assert run(["login", "--endpoint", "http://127.0.0.1:9", *arguments]) in {2, 3}
    out, err = capsys.readouterr()
    assert "" == out
    assert sentence in err
    assert 1 == err.count("\n")
    assert not config_of(own).exists()
    assert not any(secret in err for secret in (*SECRETS, "s3cret"))
