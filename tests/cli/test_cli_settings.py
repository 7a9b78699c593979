"""Settings: nearest place first, every error names the source, and no secret goes astray."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from azure.core.exceptions import ServiceRequestError

from partnercenter.cleanup.trusted_sandboxes import SafetyRuleError
from partnercenter.cli.connection_faults import faults_worded
from partnercenter.cli.errors import CommandError, UserError
from partnercenter.cli.profile_file import profile_reader
from partnercenter.cli.settings import LOCAL_SANDBOX, PartnerSettings, Setting, collect, resolve
from partnercenter.contract import development_partner
from partnercenter.contract.clouds import Cloud
from partnercenter.private_files import ConfigurationError

TENANT = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"
CREDENTIALS = {"tenant_id": TENANT, "client_id": "app", "client_secret": "s3cret-value"}
ENVIRONMENT = {f"PARTNERCENTER_{name.upper()}": value for name, value in CREDENTIALS.items()}
WELL_KNOWN = {**CREDENTIALS, "client_secret": development_partner.CLIENT_SECRET}


def found(values: Mapping[str, str]) -> dict[str, Setting]:
    return {name: Setting(value, f"--{name.replace('_', '-')}") for name, value in values.items()}


def settle(values: Mapping[str, str], *, answers: bool = False) -> PartnerSettings:
    return resolve(found(values), sandbox_answers=lambda: answers)


def test_a_flag_wins_over_the_environment_and_that_over_the_profile() -> None:
    """Each value is taken from the nearest place that has it, and remembers the place."""
    profile = {
        name: Setting("profile", f"{name} of profile 'x'") for name in ("endpoint", "cloud", "tenant_id")
    }
    environment = {
        "PARTNERCENTER_CLOUD": " env ",
        "PARTNERCENTER_TENANT_ID": "env",
        "PARTNERCENTER_ENDPOINT": " ",
    }
    result = collect({"tenant_id": "flag", "cloud": None}, environment, lambda _: profile)
    assert {"endpoint": "profile", "cloud": "env", "tenant_id": "flag"} == {
        k: s.value for k, s in result.items()
    }
    assert "--tenant-id" == result["tenant_id"].source
    assert "PARTNERCENTER_CLOUD" == result["cloud"].source


def test_the_profile_is_named_by_flag_or_environment() -> None:
    """--profile wins over PARTNERCENTER_PROFILE; without both the default profile is asked for."""
    asked: list[str | None] = []

    def profile(name: str | None) -> Mapping[str, Setting]:
        asked.append(name)
        return {}

    collect({"profile": "a"}, {"PARTNERCENTER_PROFILE": "b"}, profile)
    collect({"profile": None}, {"PARTNERCENTER_PROFILE": "b"}, profile)
    collect({}, {}, profile)
    assert ["a", "b", None] == asked


def test_nothing_at_all_means_the_sandbox_on_this_machine() -> None:
    """A sandbox that answers is used as its development partner, and the user is told."""
    settings = settle({}, answers=True)
    assert (LOCAL_SANDBOX, LOCAL_SANDBOX) == (settings.endpoint, settings.authority)
    assert development_partner.TENANT_ID == settings.tenant_id
    assert LOCAL_SANDBOX in settings.note


def test_nothing_at_all_and_no_sandbox_is_an_error_that_says_both_ways_out() -> None:
    """The sentence names how to start a sandbox and what to set."""
    with pytest.raises(UserError, match=r"sandbox serve.*PARTNERCENTER_TENANT_ID"):
        settle({})


def test_a_loopback_endpoint_is_its_own_authority_with_the_well_known_credentials() -> None:
    """`--endpoint http://127.0.0.1:PORT` is enough for a sandbox on this machine."""
    settings = settle({"endpoint": "http://127.0.0.1:9000/v1/"})
    assert ("http://127.0.0.1:9000", "http://127.0.0.1:9000") == (settings.endpoint, settings.authority)
    assert development_partner.CLIENT_SECRET == settings.client_secret
    assert "" == settings.note


def test_credentials_alone_mean_the_global_cloud() -> None:
    """A cloud brings endpoint and authority."""
    settings = settle(CREDENTIALS)
    assert (Cloud.GLOBAL.endpoint, Cloud.GLOBAL.authority) == (settings.endpoint, settings.authority)
    assert Cloud.CHINA.authority == settle({**CREDENTIALS, "cloud": "china"}).authority


@pytest.mark.parametrize(
    "values",
    [
        WELL_KNOWN,
        {**WELL_KNOWN, "endpoint": "https://sandbox.team.example"},
        {**WELL_KNOWN, "endpoint": LOCAL_SANDBOX, "authority": "https://login.microsoftonline.com"},
        {**WELL_KNOWN, "endpoint": "https://team.example", "authority": LOCAL_SANDBOX},
        {**WELL_KNOWN, "endpoint": LOCAL_SANDBOX, "authority": "https://127.0.0.1.evil.example"},
        {"endpoint": LOCAL_SANDBOX, "authority": "https://evil.example"},
    ],
)
def test_the_well_known_secret_stays_on_this_machine(values: Mapping[str, str]) -> None:
    """Neither the authority that gets the secret nor the endpoint may be elsewhere."""
    with pytest.raises(SafetyRuleError) as refused:
        settle(values)
    assert "well-known-secret-elsewhere" == refused.value.refusal.id


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"cloud": "mars"}, r"--cloud: There is no cloud named 'mars'"),
        ({**CREDENTIALS, "cloud": "germany"}, r"--cloud: .*closed"),
        ({"endpoint": ""}, r"--endpoint must be an address"),
        ({"endpoint": "nonsense"}, r"--endpoint must be an address"),
        ({"endpoint": "https://"}, r"--endpoint must be an address"),
        ({"endpoint": "https://a:b@host"}, r"--endpoint must be an address"),
        ({"endpoint": "https://host?x=1"}, r"--endpoint must be an address"),
        ({"endpoint": "https://host:99999"}, r"--endpoint must be an address"),
        ({"endpoint": "https://ho st"}, r"--endpoint must be an address"),
        ({"endpoint": "http://evil.example\\@127.0.0.1"}, r"--endpoint must be an address"),
        ({"endpoint": "file:///etc/passwd"}, r"--endpoint must be an address"),
        ({**CREDENTIALS, "endpoint": "http://team.example"}, r"--endpoint must begin with https"),
        ({**CREDENTIALS, "authority": "http://login.example"}, r"--authority must begin with https"),
        ({"endpoint": "https://team.example"}, r"TENANT_ID and PARTNERCENTER_CLIENT_ID and .* are missing"),
        ({"cloud": "global"}, r"are missing"),
        ({"tenant_id": TENANT, "client_id": "a"}, r"PARTNERCENTER_CLIENT_SECRET is missing.*--tenant-id"),
        ({"endpoint": LOCAL_SANDBOX, "client_id": "a"}, r"PARTNERCENTER_TENANT_ID and .* are missing"),
        ({**CREDENTIALS, "tenant_id": "a/b"}, r"--tenant-id must be a tenant id"),
        ({**CREDENTIALS, "tenant_id": "common"}, r"--tenant-id must name one tenant"),
    ],
)
def test_what_is_wrong_is_named_with_its_source(values: Mapping[str, str], sentence: str) -> None:
    """One sentence, with the place of the value, and never the secret."""
    with pytest.raises(UserError, match=sentence) as wrong:
        settle(values)
    assert "s3cret" not in str(wrong.value)


def test_secrets_do_not_show_in_representations() -> None:
    """Neither a setting nor the settings show a secret when printed."""
    assert "s3cret" not in repr(found(CREDENTIALS)) + repr(settle(CREDENTIALS))


def write_config(folder: Path, text: str, mode: int = 0o600) -> Mapping[str, str]:
    (folder / "config.toml").write_text(text, encoding="utf-8")
    (folder / "config.toml").chmod(mode)
    return {"PARTNERCENTER_CONFIG_DIR": str(folder), "HELD": "s3cret-value"}


def test_a_profile_is_read_with_its_sources(tmp_path: Path) -> None:
    """A profile may name the variable that holds its secret."""
    environment = write_config(
        tmp_path,
        f'[profiles.contoso]\ntenant_id = "{TENANT}"\nclient_id = "app"\nclient_secret_env = "HELD"\n',
    )
    settings = profile_reader(environment)("contoso")
    assert CREDENTIALS == {name: setting.value for name, setting in settings.items()}
    assert "HELD, named by profile 'contoso'" == settings["client_secret"].source
    assert {} == profile_reader(environment)(None)


def test_the_default_profile_needs_no_name(tmp_path: Path) -> None:
    """[profiles.default] is used when no profile is named."""
    environment = write_config(tmp_path, '[profiles.default]\ncloud = "china"\n')
    assert "china" == profile_reader(environment)(None)["cloud"].value


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[profiles", r"not valid TOML"),
        ('[profile.x]\ncloud = "global"', r"'profile' is not known there; did you mean 'profiles'"),
        ('[profiles.x]\ntenantid = "a"', r"'tenantid' is not a setting; did you mean 'tenant_id'"),
        ("[profiles.x]\ncloud = 1", r"cloud must be a text"),
        ('[profiles.x]\ncloud = ""', r"cloud must be a text that is not empty"),
        ('profiles = "x"', r"profiles must be tables"),
        ('[profiles]\nx = "y"', r"must be a table"),
        ('[profiles.x]\nclient_secret = "a"\nclient_secret_env = "B"', r"not both"),
        ('[profiles.contoso]\ncloud = "global"', r"no profile 'x'"),
        ('[profiles.xx]\ncloud = "global"', r"no profile 'x' in .*did you mean 'xx'"),
    ],
)
def test_a_profile_that_is_not_understood_is_an_error(tmp_path: Path, text: str, sentence: str) -> None:
    """A key that is not known would be a setting that silently does nothing."""
    environment = write_config(tmp_path, text)
    with pytest.raises(ConfigurationError, match=sentence):
        profile_reader(environment)("x")


def test_a_profile_without_a_file_is_an_error(tmp_path: Path) -> None:
    """Naming a profile that cannot exist is a mistake; naming none is not."""
    environment = {"PARTNERCENTER_CONFIG_DIR": str(tmp_path)}
    assert {} == profile_reader(environment)(None)
    with pytest.raises(ConfigurationError, match=r"no profile 'x'"):
        profile_reader(environment)("x")


@pytest.mark.skipif(sys.platform == "win32", reason="file modes are POSIX's")
def test_a_secret_in_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """A secret may stand in the file only when it is its owner's alone, in whichever profile it stands."""
    text = '[profiles.x]\ncloud = "global"\n[profiles.y]\nclient_secret = "s3cret-value"\n'
    environment = write_config(tmp_path, text, 0o644)
    with pytest.raises(ConfigurationError, match=r"readable by other users.*chmod 600"):
        profile_reader(environment)("x")
    environment = write_config(tmp_path, text)
    assert "s3cret-value" == profile_reader(environment)("y")["client_secret"].value


@pytest.mark.parametrize("work", [("list",), ("delete", TENANT, "--yes")])
def test_a_sandbox_that_does_not_answer_is_named(bare: Any, work: tuple[str, ...]) -> None:
    """With its address and the command that starts one."""
    ended = bare("customers", *work, "--endpoint", "http://127.0.0.1:9")
    sentence = "No sandbox answers at http://127.0.0.1:9; start one with 'partnercenter sandbox serve'."
    assert (1, "", f"partnercenter: {sentence}\n") == (ended.status, ended.out, ended.err)


def test_a_partner_that_does_not_answer_is_named(cli: Any) -> None:
    """With host and reason, whether it is the one to sign in to or the one to call."""
    ended = cli("customers", "list", "--authority", "https://nowhere.invalid", env=ENVIRONMENT)
    assert (1, "") == (ended.status, ended.out)
    assert ended.err.startswith("partnercenter: nowhere.invalid does not answer (")
    assert ended.err.endswith("); check the address and the network.\n")


def test_a_service_that_does_not_answer_is_named() -> None:
    """With host and reason, and without the ids of the call that was never sent."""
    service = settle({**CREDENTIALS, "endpoint": "https://api.example:8443"})
    fault = ServiceRequestError("GET https://api.example:8443/v1: no connection (timed out) (request id 1).")
    expected = "api.example:8443 does not answer (timed out); check the address and the network."
    with pytest.raises(CommandError) as raised, faults_worded(service):
        raise fault
    assert expected == str(raised.value)


def test_a_tenant_that_does_not_exist_is_named(cli: Any, sandbox: Any) -> None:
    """With the place where it was looked for and the variable to change."""
    ended = cli("customers", "list", env=ENVIRONMENT)
    sentence = f"There is no tenant {TENANT} at {sandbox.url}; check PARTNERCENTER_TENANT_ID."
    assert (1, "", f"partnercenter: {sentence}\n") == (ended.status, ended.out, ended.err)


def test_a_refused_sign_in_is_told_without_its_traces(cli: Any) -> None:
    """The service's words without trace id and timestamp."""
    ended = cli(
        "customers",
        "list",
        env={**ENVIRONMENT, "PARTNERCENTER_TENANT_ID": development_partner.TENANT_ID},
    )
    assert (1, "") == (ended.status, ended.out)
    assert ended.err.startswith("partnercenter: Signing in failed: AADSTS700016: ")
    assert not {"Trace", "Timestamp:"} & set(ended.err.split())


class Busy(BaseHTTPRequestHandler):
    """Refuses every call with the status of its type."""

    status = 429
    retry_after = "100000"

    def do_GET(self) -> None:
        """Refuse."""
        self.send_response(self.status)
        self.send_header("Retry-After", self.retry_after)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Be quiet."""


@pytest.mark.parametrize(
    ("status", "retry_after", "advice"),
    [
        (429, "100000", "Wait 100000 seconds before the next call."),
        (503, "100000", "Wait a few minutes and run the command again."),
        pytest.param(502, "0", "Wait a few minutes and run the command again.", marks=pytest.mark.prove),
        (504, "0", "Wait a few minutes and run the command again."),
    ],
)
def test_a_busy_service_is_told_with_how_long_to_wait(
    cli: Any, sandbox: Any, status: int, retry_after: str, advice: str
) -> None:
    """In the words of somebody who runs commands, not of somebody who sends requests."""
    kind = type("Handler", (Busy,), {"status": status, "retry_after": retry_after})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        endpoint = f"http://127.0.0.1:{server.server_port}"
        ended = cli("customers", "list", "--endpoint", endpoint, "--authority", sandbox.url)
        server.shutdown()
    assert (1, "") == (ended.status, ended.out)
    assert f"The service answered {status}" in ended.err
    assert advice in ended.err
    assert "request id" not in ended.err
