"""The Python of docs/identity.md runs as it is printed, against a real sandbox; and nothing is loaded for nothing."""

from __future__ import annotations

import ast
import asyncio
import functools
import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import Engine
from tests.conftest import Sandbox
from tests.identity.conftest import FIRST_REFRESH_TOKEN

import partnercenter
import partnercenter.aio
import partnercenter.identity.aio
from partnercenter.contract import development_partner

PAGE = (Path(__file__).parents[2] / "docs" / "identity.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def names(address: str, database: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the snippets take for granted; credentials and clients of theirs lead to the sandbox."""
    monkeypatch.chdir(tmp_path)
    for package in (partnercenter.identity, partnercenter.identity.aio):
        kind = functools.partial(package.SecureApplicationModelCredential, authority=address)
        monkeypatch.setattr(package, "SecureApplicationModelCredential", kind)
    for module in (partnercenter, partnercenter.aio):
        client = functools.partial(module.PartnerCenterClient, endpoint=address)
        monkeypatch.setattr(module, "PartnerCenterClient", client)
    return {
        "tenant_id": development_partner.TENANT_ID,
        "client_id": development_partner.CLIENT_ID,
        "client_secret": development_partner.CLIENT_SECRET,
        "passphrase": "a passphrase",
        "refresh_token": FIRST_REFRESH_TOKEN,
    }


def run(block: str, names: dict[str, Any]) -> None:
    code = compile(block, "identity.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    result = eval(code, names)  # noqa: S307 - the page's own text
    if inspect.iscoroutine(result):
        asyncio.run(result)


def test_the_snippets_delete(address: str, names: dict[str, Any], http: httpx2.Client) -> None:
    """One after the other over one store, blocking and not: the customer is gone after each."""
    sandbox = Sandbox(address, http)
    blocks = [block for block in BLOCKS if ".delete()" in block]
    assert 2 == len(blocks)
    for block in blocks:
        names["customer_id"] = sandbox.create_customer()["id"]
        run(block, names)
        assert 404 == sandbox.call("GET", f"/v1/customers/{names['customer_id']}").status_code


def test_a_class_as_the_page_shows_it_is_a_store() -> None:
    """The four methods are all there is to it."""
    from partnercenter.identity import SecretStore

    (block,) = [block for block in BLOCKS if block.startswith("class ")]
    found: dict[str, Any] = {}
    run(block, found)
    assert isinstance(found["DatabaseStore"](), SecretStore)


def test_every_public_name_is_there() -> None:
    """Each name of `__all__` can be had, stands on the page, and is listed by dir()."""
    package = partnercenter.identity
    assert sorted(package.__all__) == dir(package)
    for name in package.__all__:
        assert getattr(package, name) is not None
        assert name == "SecretStore" or name in PAGE
    with pytest.raises(AttributeError, match="has no attribute 'FileStore'"):
        _ = package.FileStore  # type: ignore[attr-defined]


def test_both_credentials_have_one_surface() -> None:
    """The same methods and parameters, down to the defaults."""
    both = (
        partnercenter.identity.SecureApplicationModelCredential,
        partnercenter.identity.aio.SecureApplicationModelCredential,
    )
    first, second = (
        {
            name: [(p.name, p.kind, p.default) for p in inspect.signature(member).parameters.values()]
            for name, member in vars(kind).items()
            if inspect.isfunction(member) and (name == "__init__" or not name.startswith("_"))
        }
        for kind in both
    )
    assert first == second
    assert {"__init__", "get_token", "get_token_info", "close"} == set(first)


def test_nothing_is_loaded_before_it_is_used() -> None:
    """The package costs nothing; the credential brings neither azure-identity nor a store's library along."""
    heavy = ["azure", "msal", "cryptography", "keyring", "httpx2", "filelock", "platformdirs"]
    later = [
        "msal",
        "cryptography.hazmat",
        "keyring",
        "azure.identity",
        "azure.keyvault",
        "filelock",
        "requests",
    ]
    script = (
        f"import sys, partnercenter.identity; print([n for n in {heavy!r} if n in sys.modules]);"
        "from partnercenter.identity import SecureApplicationModelCredential, EnvironmentStore;"
        "SecureApplicationModelCredential('t', 'c', store=EnvironmentStore());"
        f"print([n for n in {later!r} if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ["[]", "[]"] == done.stdout.split("\n")[:2]
