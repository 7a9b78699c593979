"""`partnercenter profiles`: listed, chosen and removed, the rest of the file left as it is; and how settings mix."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.cli.sweeping import configure

from partnercenter.cleanup.trusted_sandboxes import SafetyRuleError
from partnercenter.cli.connection_faults import refused_sign_in
from partnercenter.cli.credentials import application_secret
from partnercenter.cli.errors import CommandError, UserError
from partnercenter.cli.login_settings import profile_of, settings_to_sign_in, settled
from partnercenter.cli.profile_file import (
    profile_name,
    profile_reader,
    read_profiles,
    use_profile,
    write_profile,
)
from partnercenter.cli.settings import PartnerSettings, Setting, collect, resolve
from partnercenter.cli.sign_in_kept import kept_settings
from partnercenter.cli.stored_secrets import stored
from partnercenter.contract import development_partner
from partnercenter.private_files import ConfigurationError

TENANT = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"
OTHER = "0f8a1d3a-0d2b-5c77-8a11-4b0c9d8e7f66"
FILE = f"""\
# what is never touched
never = ["{OTHER}"]

[profiles.contoso]  # ours
tenant_id = "{TENANT}"   # the sandbox
client_id = "app"
client_secret_env = "HELD"
unattended = true

# somebody else's
[profiles.fabrikam]
tenant_id = "{OTHER}"
client_id = "app"
client_secret_in = "file"
refresh_token_in = "file"
"""


def config(folder: Path, text: str = FILE) -> dict[str, str]:
    """An environment whose `config.toml` says that."""
    (folder / "config.toml").write_text(text)
    (folder / "config.toml").chmod(0o600)
    return {"PARTNERCENTER_CONFIG_DIR": str(folder)}


def settings_of(environment: dict[str, str], profile: str, flags: dict[str, str | None] | None = None) -> Any:
    """What a command would work with."""
    found = collect({**(flags or {}), "profile": profile}, environment, profile_reader(environment))
    return resolve(found, sandbox_answers=lambda: False)


def test_profiles_are_listed_chosen_and_removed(bare: Any) -> None:
    """By the command; a name that is not there is answered with the nearest one."""
    configure(bare, FILE)
    file = Path(bare.environment["PARTNERCENTER_CONFIG_DIR"]) / "config.toml"
    assert 0 == bare("profiles", "use", "fabrikam").status
    assert f'active_profile = "fabrikam"\n\n{FILE}' == file.read_text()
    listed = bare("profiles", "list", "--output", "json").document
    assert [
        ("contoso", False, "application", TENANT, None),
        ("fabrikam", True, "user", OTHER, "file"),
    ] == [
        tuple(row[key] for key in ("profile", "used", "signsInAs", "tenantId", "secretsIn")) for row in listed
    ]
    for words in (("use", "fabricam"), ("remove", "fabricam")):
        wrong = bare("profiles", *words)
        assert (2, "") == (wrong.status, wrong.out)
        assert wrong.err.endswith("; did you mean 'fabrikam'?\n")
    gone = bare("profiles", "remove", "fabrikam")
    assert (0, "") == (gone.status, gone.out)
    assert "It was the one in use" in gone.err
    assert FILE.partition("[profiles.fabrikam]")[0].strip() == file.read_text().strip()


def test_a_profile_is_written_with_everything_else_left_alone(tmp_path: Path) -> None:
    """Comments and order stay, also the comment before the next table; a key that is taken out is gone."""
    environment = config(tmp_path)
    write_profile(environment, "contoso", {"cloud": "china", "client_id": "new", "client_secret_env": None})
    text = (tmp_path / "config.toml").read_text()
    expected = FILE.replace('client_id = "app"\nclient_secret_env = "HELD"', 'client_id = "new"').replace(
        "unattended = true\n", 'unattended = true\ncloud = "china"\n'
    )
    assert expected == text
    write_profile(environment, "new", {"client_id": "x"})
    assert f'{expected}\n[profiles.new]\nclient_id = "x"\n' == (tmp_path / "config.toml").read_text()
    assert 0o600 == (tmp_path / "config.toml").stat().st_mode & 0o777


@pytest.mark.parametrize(
    "text", ["profiles = { a = { cloud = 'global' } }\n", "profiles.a.cloud = 'global'\n", ""]
)
def test_every_form_of_tables_can_be_written(tmp_path: Path, text: str) -> None:
    """What was there is still there."""
    environment = config(tmp_path, text)
    write_profile(environment, "b", {"client_id": 'a"b'})
    use_profile(environment, "b")
    file = read_profiles(environment)
    assert ('a"b', "b", bool(text)) == (file.profiles["b"]["client_id"], file.active, "a" in file.profiles)


def test_a_file_that_is_not_understood_is_not_changed(tmp_path: Path) -> None:
    """It is an error, as when it is read."""
    environment = config(tmp_path, "nonsense = 1\n")
    with pytest.raises(ConfigurationError, match="'nonsense' is not known there"):
        write_profile(environment, "a", {"client_id": "x"})
    assert "nonsense = 1\n" == (tmp_path / "config.toml").read_text()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('active_profile = ""', "active_profile must be the name of a profile"),
        ("active_profile = 1", "active_profile must be the name of a profile"),
        ('[profiles.x]\nclient_secret_in = "pocket"', "client_secret_in must be keyring or file"),
        ('[profiles.x]\nrefresh_token = "a"', "'refresh_token' is not a setting"),
        ('[profiles.x]\nclient_certificate_password = "a"', "'client_certificate_password' is not a setting"),
        ('[profiles.x]\nclient_certificate = "a"\nclient_secret_in = "file"', "not both"),
    ],
)
def test_what_a_profile_cannot_say_is_an_error(tmp_path: Path, text: str, sentence: str) -> None:
    """In one sentence."""
    with pytest.raises(ConfigurationError, match=sentence):
        read_profiles(config(tmp_path, text))


def test_the_profile_that_counts(tmp_path: Path) -> None:
    """The flag, the variable, the active one, or `default`; an active one that is not there is an error."""
    environment = config(tmp_path, f'active_profile = "contoso"\n{FILE}')
    named = environment | {"PARTNERCENTER_PROFILE": "fabrikam"}
    assert ["x", "fabrikam", "contoso", "default"] == [
        profile_name(named, "x"),
        profile_name(named, None),
        profile_name(environment, None),
        profile_name({"PARTNERCENTER_CONFIG_DIR": str(tmp_path / "none")}, None),
    ]
    assert TENANT == profile_reader(environment)(None)["tenant_id"].value
    with pytest.raises(ConfigurationError, match="no profile 'gone'"):
        profile_reader(config(tmp_path, f'active_profile = "gone"\n{FILE}'))(None)


def test_no_secret_of_one_application_is_used_for_another(tmp_path: Path) -> None:
    """Whatever a profile proves itself by stays with the application, and what is kept with the tenant, too."""
    environment = config(tmp_path) | {"HELD": "s3cret"}
    with pytest.raises(UserError, match=r"HELD, named by profile 'contoso' is for another application"):
        settings_of(environment, "contoso", {"client_id": "other"})
    assert "s3cret" == settings_of(environment, "contoso", {"tenant_id": OTHER}).client_secret
    with pytest.raises(UserError, match=r"client_secret_in of profile .* and refresh_token_in of profile"):
        settings_of(environment, "fabrikam", {"tenant_id": TENANT})
    whole = {"PARTNERCENTER_CLIENT_ID": "other", "PARTNERCENTER_CLIENT_SECRET": "own"}
    settings = settings_of(environment | whole, "fabrikam")
    assert ("other", "own", False) == (settings.client_id, settings.client_secret, settings.has_user)
    same = settings_of(environment, "fabrikam", {"client_id": "APP"})
    assert ("file", "file") == (same.client_secret_in, same.refresh_token_in)


def test_two_proofs_are_one_too_many(tmp_path: Path) -> None:
    """A secret beside a certificate, wherever they come from."""
    environment = config(tmp_path) | {"PARTNERCENTER_CLIENT_CERTIFICATE": "/c.pem"}
    with pytest.raises(
        UserError, match=r"two ways to sign in, client_secret_in of .* and PARTNERCENTER_CLIENT_CERT"
    ):
        settings_of(environment, "fabrikam")
    found = {
        "tenant_id": Setting(TENANT, "a"),
        "client_id": Setting("app", "b"),
        "client_secret": Setting("s", "c"),
        "client_certificate": Setting("/c.pem", "d"),
    }
    with pytest.raises(UserError, match="two ways to sign in, c and d"):
        settings_to_sign_in(found, "x", app_only=True, sandbox_answers=lambda: False)


def test_what_is_kept_is_found_for_its_place_and_application_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another authority, tenant, application or profile has no part in it; the well-known secret stays at home."""
    environment = config(tmp_path) | {"PARTNERCENTER_STORE_PASSPHRASE": "x"}
    monkeypatch.setenv("PARTNERCENTER_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("PARTNERCENTER_STORE_PASSPHRASE", "x")
    kept = kept_settings(environment, "fabrikam")
    assert kept is not None
    stored("client_secret", "file", kept, environment).save(development_partner.CLIENT_SECRET)
    with pytest.raises(SafetyRuleError):
        application_secret(kept)
    stored("client_secret", "file", kept, environment).save("kept")
    assert "kept" == application_secret(kept)
    changes = (
        {"authority": "https://e.example"},
        {"tenant_id": TENANT},
        {"client_id": "o"},
        {"profile": "f"},
    )
    for change in changes:
        assert application_secret(changed(kept, **change)) is None
    given = changed(kept, client_secret="given", sources={"client_secret": "PARTNERCENTER_CLIENT_SECRET"})
    with pytest.raises(UserError, match="PARTNERCENTER_CLIENT_SECRET is not the secret with which"):
        application_secret(given)
    both = {**given.sources, "client_id": "PARTNERCENTER_CLIENT_ID"}
    assert "given" == application_secret(changed(given, sources=both))


def changed(settings: PartnerSettings, **changes: Any) -> PartnerSettings:
    """The settings with other values."""
    from dataclasses import replace

    return replace(settings, **changes)


def test_a_tenant_that_was_not_asked_for_is_refused() -> None:
    """A domain leads to whatever tenant it belongs to, an id to that one only."""
    found = {name: Setting(value, name) for name, value in (("tenant_id", TENANT), ("client_id", "app"))}
    asked = settings_to_sign_in(found, "x", app_only=False, sandbox_answers=lambda: False)
    assert TENANT == settled(asked, TENANT).tenant_id
    for tenant in (OTHER, None):
        with pytest.raises(CommandError, match=r"Nothing was written"):
            settled(asked, tenant)
    assert OTHER == settled(changed(asked, tenant_id="contoso.example"), OTHER).tenant_id


def test_a_profile_says_only_what_does_not_follow() -> None:
    """The addresses of a cloud follow from its name, the authority of a local sandbox from its endpoint."""
    found = {name: Setting(value, name) for name, value in (("tenant_id", TENANT), ("client_id", "app"))}

    def written(**more: str) -> set[str]:
        given = {**found, **{name: Setting(value, name) for name, value in more.items()}}
        settings = settings_to_sign_in(given, "x", app_only=False, sandbox_answers=lambda: False)
        return {key for key, value in profile_of(settings).items() if value is not None}

    assert {"cloud", "tenant_id", "client_id"} == written(cloud="china")
    assert {"cloud", "tenant_id", "client_id", "endpoint"} == written(endpoint="http://127.0.0.1:8400")
    private = written(endpoint="https://proxy.example", authority="https://login.example")
    assert {"cloud", "tenant_id", "client_id", "endpoint", "authority"} == private


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        ("50076", "Sign in again, with MFA."),
        ("50011", "Register http://localhost as a redirect address of application app."),
        ("7000218", "Check the secret of application app, and whether it has one."),
        ("65004", ""),
    ],
)
def test_a_refused_sign_in_is_told_with_what_to_do(number: str, advice: str) -> None:
    """Where it is clear; Entra's own sentence stays in any case."""
    found = {name: Setting(value, name) for name, value in (("tenant_id", TENANT), ("client_id", "app"))}
    settings = settings_to_sign_in(found, "x", app_only=False, sandbox_answers=lambda: False)
    said = f"AADSTS{number}: It did not work."
    assert f"{said} {advice}".strip() == refused_sign_in(said, settings)
