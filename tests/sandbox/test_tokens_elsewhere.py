"""Keys and sign-ins belong to one data folder: whatever is copied from it, its tokens open nothing elsewhere."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import httpx2
import pytest
from tests.conftest import Sandbox
from tests.sandbox.conftest import StartSandbox

from partnercenter.contract import development_partner

API = "https://api.partnercenter.microsoft.com"
ROOT = Path(__file__).resolve().parents[2]


def signed_in(sandbox: Sandbox, **form: str) -> httpx2.Response:
    """What the token endpoint answers to the application with its secret."""
    return sandbox.http.post(
        f"{sandbox.url}/{development_partner.TENANT_ID}/oauth2/v2.0/token",
        data={
            "client_id": development_partner.CLIENT_ID,
            "client_secret": development_partner.CLIENT_SECRET,
            "scope": f"{API}/.default openid offline_access",
            **form,
        },
    )


def refresh_token(sandbox: Sandbox) -> str:
    """A refresh token of the development partner's user, who has no second factor for it."""
    path = f"/users/{development_partner.USER_PRINCIPAL_NAME}"
    assert 200 == sandbox.control("PATCH", path, {"mfa": False}).status_code
    answer = signed_in(
        sandbox,
        grant_type="password",
        username=development_partner.USER_PRINCIPAL_NAME,
        password=development_partner.USER_PASSWORD,
    )
    return str(answer.json()["refresh_token"])


def redeemed(sandbox: Sandbox, token: str) -> int:
    """The status with which a refresh token is redeemed."""
    return signed_in(sandbox, grant_type="refresh_token", refresh_token=token).status_code


def accepted(sandbox: Sandbox, token: str) -> int:
    """The status with which the API answers a token."""
    return sandbox.call("GET", "/v1/customers", token=token).status_code


def snapshot(file: Path) -> Path:
    """Where a sandbox keeps its snapshot."""
    return file.with_name(f"{file.name}.snapshots") / "same.snapshot"


@pytest.mark.sqlite
def test_tokens_open_the_sandbox_that_gave_them_and_no_other(
    start_sandbox: StartSandbox, tmp_path: Path
) -> None:
    """Two with the same partner, and then with the same snapshot restored in both."""
    one_file, other_file = tmp_path / "one.db", tmp_path / "other.db"
    one, other = start_sandbox(database=one_file), start_sandbox(database=other_file)
    kept = refresh_token(one)
    minted = one.mint(kind="app_user")
    app_only = one.token
    assert 200 == one.control("POST", "/snapshots", {"name": "same"}).status_code
    snapshot(other_file).parent.mkdir(mode=0o700)
    shutil.copy(snapshot(one_file), snapshot(other_file))
    for restores in (False, True):
        for sandbox in (one, other) if restores else ():
            assert 200 == sandbox.control("POST", "/snapshots/same/restore").status_code
        assert [200, 200] == [accepted(one, token) for token in (app_only, minted)]
        assert [401, 401] == [accepted(other, token) for token in (app_only, minted)]
        assert (200, 400) == (redeemed(one, kept), redeemed(other, kept))
    text = snapshot(one_file).read_text(encoding="utf-8")
    assert not any(word in text for word in ("PRIVATE KEY", "refresh_tokens", "signing_keys"))


def test_a_restore_brings_no_revoked_token_back(sandbox: Sandbox) -> None:
    """What was revoked since stays so, and what was not is good where its user is still there."""
    user = f"/users/{development_partner.USER_PRINCIPAL_NAME}"
    sandbox.control("POST", f"{user}/revoke")
    first, second = refresh_token(sandbox), refresh_token(sandbox)
    try:
        assert 200 == sandbox.control("POST", "/snapshots", {"name": "before"}).status_code
        assert {"revoked": 2} == sandbox.control("POST", f"{user}/revoke").json()
        third = refresh_token(sandbox)
        for _ in range(2):
            assert 200 == sandbox.control("POST", "/snapshots/before/restore").status_code
            assert [400, 400, 200] == [redeemed(sandbox, token) for token in (first, second, third)]
        sandbox.seed("demo")
        assert [400, 400, 200] == [redeemed(sandbox, token) for token in (first, second, third)]
    finally:
        sandbox.control("DELETE", "/snapshots/before")


@pytest.mark.parametrize("folder", ["src", "docs", "samples"])
def test_no_key_is_in_the_package(folder: str) -> None:
    """Neither in the code nor in what comes with it."""
    begins = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\s")
    files = [
        file for file in (ROOT / folder).rglob("*") if file.is_file() and "__pycache__" not in file.parts
    ]
    assert files
    assert [] == [file.name for file in files if begins.search(file.read_bytes())]
