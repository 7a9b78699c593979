"""A secret in Azure Key Vault, by Microsoft's own client against a vault that answers as documented."""

from __future__ import annotations

import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from azure.core.credentials import AccessToken
from tests.client.conftest import Answer, Received, ScriptedServer
from tests.identity.conftest import ACCESS, REFRESH, SCOPE, ScriptedEntra, credential_at

from partnercenter.identity import KeyVaultStore, SecretStore, SecretStoreError

NAME = "partner-refresh-token"
TOKEN = "canary-token-of-the-vault"


class Vault(ScriptedServer):
    """One secret with its versions, that can be deleted and recovered; a challenge for who brings no token."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        super().__init__(tls)
        self.versions: list[str] = []
        self.is_deleted = False
        self.answers(self._answer)

    def _answer(self, received: Received) -> Answer:
        if received.headers.get("authorization") != f"Bearer {TOKEN}":
            challenge = 'Bearer authorization="https://login.example/t", resource="https://vault.azure.net"'
            return Answer(401, json={}, headers={"WWW-Authenticate": challenge})
        folder, name, *action = received.target.partition("?")[0].strip("/").split("/")
        assert NAME == name
        match received.method, folder:
            case "PUT", "secrets" if self.is_deleted:
                return self._error(409, "Conflict", "Secret is in a deleted but recoverable state.")
            case "PUT", "secrets":
                self.versions.append(received.json["value"])
            case "DELETE", "secrets" if self._is_there:
                self.is_deleted = True
                return self._bundle({"recoveryId": f"{self.url}/deletedsecrets/{NAME}"})
            case "GET", "deletedsecrets" if self.is_deleted:
                return self._bundle({"recoveryId": f"{self.url}/deletedsecrets/{NAME}"})
            case "POST", "deletedsecrets" if action == ["recover"]:
                self.is_deleted = False
                return self._bundle({})
        if not self._is_there:
            return self._error(404, "SecretNotFound", f"A secret with (name/id) {NAME} was not found.")
        return self._bundle({"value": self.versions[-1]})

    @property
    def _is_there(self) -> bool:
        return bool(self.versions) and not self.is_deleted

    def _bundle(self, members: dict[str, Any]) -> Answer:
        return Answer(
            json={"id": f"{self.url}/secrets/{NAME}/{len(self.versions)}", "attributes": {}, **members}
        )

    def _error(self, status: int, code: str, message: str) -> Answer:
        return Answer(status, json={"error": {"code": code, "message": message}})


class VaultCredential:
    """Opens the vault; notes what a token was asked for."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.scopes: list[str] = []

    def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        """A token."""
        self.scopes.extend(scopes)
        return AccessToken(self.token, 2**31)


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    """An empty vault, with TLS: Microsoft's client sends no token without."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    server = Vault(context)
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def options(tmp_path: Path) -> dict[str, Any]:
    """What a vault at another address than Azure's needs."""
    return {
        "verify_challenge_resource": False,
        "connection_verify": str(tmp_path / "ca.pem"),
        "retry_total": 0,
    }


def test_a_secret_comes_back(vault: Vault, options: dict[str, Any]) -> None:
    """Each save is a version, and the last is read, by whoever has a credential for the vault."""
    credential = VaultCredential()
    store = KeyVaultStore(vault.url, NAME, credential, client_options=options)
    assert isinstance(store, SecretStore)
    with store.exclusive():
        assert store.read() is None
        store.save("first")
        store.save("second")
    assert "second" == KeyVaultStore(vault.url, NAME, VaultCredential(), client_options=options).read()
    assert ["first", "second"] == vault.versions
    assert {"https://vault.azure.net/.default"} == set(credential.scopes)


def test_a_deleted_secret_is_gone_and_can_be_saved_again(vault: Vault, options: dict[str, Any]) -> None:
    """Key Vault keeps it recoverable, which stands in nobody's way."""
    store = KeyVaultStore(vault.url, NAME, VaultCredential(), client_options=options)
    store.delete()
    store.save("first")
    store.delete()
    assert store.read() is None
    store.save("second")
    assert "second" == store.read()


def test_a_vault_that_refuses_is_told(vault: Vault, options: dict[str, Any]) -> None:
    """With the name of the secret, its vault, and no token."""
    store = KeyVaultStore(vault.url, NAME, VaultCredential("canary-wrong"), client_options=options)
    for act in (store.read, lambda: store.save("canary-secret"), store.delete):
        with pytest.raises(SecretStoreError, match=f"{NAME} of {vault.url} cannot be used") as caught:
            act()
        assert "canary" not in str(caught.value)


def test_two_machines_take_the_newer_token(
    vault: Vault,
    options: dict[str, Any],
    entra: ScriptedEntra,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They share no lock: who redeems a token that the other one has spent reads the vault again."""
    vault.versions.append(f"{REFRESH}-0")
    store = KeyVaultStore(vault.url, NAME, VaultCredential(), client_options=options)
    other = KeyVaultStore(vault.url, NAME, VaultCredential(), client_options=options)
    quicker = threading.Event()

    def overtaken(form: dict[str, str]) -> Answer:
        monkeypatch.setenv("PARTNERCENTER_STATE_DIR", str(tmp_path / "the-other-machine"))
        with credential_at(entra, other) as credential:
            assert f"{ACCESS}-2" == credential.get_token(SCOPE).token
        quicker.set()
        return Answer(400, json={"error": "invalid_grant", "error_description": "AADSTS70000: spent"})

    entra.next_answers = [overtaken]
    with credential_at(entra, store) as credential:
        assert f"{ACCESS}-3" == credential.get_token(SCOPE).token
    assert quicker.is_set()
    assert [f"{REFRESH}-0", f"{REFRESH}-0", f"{REFRESH}-2"] == entra.redeemed
    assert f"{REFRESH}-3" == vault.versions[-1]


def test_without_the_package_the_extra_is_named() -> None:
    """It is optional, and looked for when it is needed."""
    code = (
        "import sys; sys.modules['azure.keyvault.secrets'] = None\n"
        "from partnercenter.identity import KeyVaultStore, SecretStoreError\n"
        "try: KeyVaultStore('https://x.vault.azure.net', 'x', None).read()\n"
        "except SecretStoreError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Azure Key Vault needs the extra: pip install 'partnercenter[keyvault]'.\n" == done.stdout
