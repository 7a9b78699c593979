"""The README's Python runs as it is printed, against a real sandbox."""

from __future__ import annotations

import ast
import asyncio
import functools
import inspect
import re
from pathlib import Path
from typing import Any

import azure.identity
import azure.identity.aio
import pytest
from tests.conftest import Sandbox

import partnercenter
import partnercenter.aio
from partnercenter.contract import development_partner

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.fixture
def names(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the snippets take for granted; credentials and clients of theirs lead to the sandbox."""
    sign_in = {"authority": sandbox.url.replace("http:", "https:"), "disable_instance_discovery": True}
    for module, transport in (
        (azure.identity, partnercenter.LoopbackTransport),
        (azure.identity.aio, partnercenter.AsyncLoopbackTransport),
    ):
        credential = functools.partial(module.ClientSecretCredential, transport=transport(), **sign_in)
        monkeypatch.setattr(module, "ClientSecretCredential", credential)
    for package in (partnercenter, partnercenter.aio):
        client = functools.partial(package.PartnerCenterClient, endpoint=sandbox.url)
        monkeypatch.setattr(package, "PartnerCenterClient", client)
    return {
        "tenant_id": development_partner.TENANT_ID,
        "client_id": development_partner.CLIENT_ID,
        "client_secret": development_partner.CLIENT_SECRET,
        "customer_id": sandbox.create_customer()["id"],
    }


def run(block: str, names: dict[str, Any]) -> None:
    code = compile(block, "README.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    result = eval(code, names)  # noqa: S307 - the README's own text
    if inspect.iscoroutine(result):
        asyncio.run(result)


@pytest.mark.parametrize("block", [block for block in BLOCKS if "ClientSecretCredential(" in block])
def test_a_snippet_that_deletes_deletes(block: str, names: dict[str, Any], sandbox: Sandbox) -> None:
    """The customer is gone when the snippet has run, synchronous or not."""
    run(block, names)
    assert 404 == sandbox.call("GET", f"/v1/customers/{names['customer_id']}").status_code


def test_the_snippet_that_is_refused_says_why(
    names: dict[str, Any], sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    """It prints the code, the order in the way, and what to do."""
    sandbox.seed("demo")
    listed = sandbox.call("GET", "/v1/customers").json()["items"]
    blocked = next(item for item in listed if item["companyProfile"]["companyName"] == "Juniper Analytics")
    names["customer_id"] = blocked["id"]
    (block,) = [block for block in BLOCKS if "except CustomerHasActiveOrdersError" in block]
    credential = azure.identity.ClientSecretCredential(
        names["tenant_id"], names["client_id"], names["client_secret"]
    )
    with partnercenter.PartnerCenterClient(credential) as client:
        run(block, {**names, "client": client})
    orders = sandbox.call("GET", f"/v1/customers/{blocked['id']}/orders").json()["items"]
    assert f"3000 ('{orders[0]['alternateId']}',) " in capsys.readouterr().out


def test_the_snippet_that_clears_lets_the_customer_go(names: dict[str, Any], sandbox: Sandbox) -> None:
    """Its reservation is cancelled when the snippet has run, and the customer can be deleted."""
    sandbox.seed("demo")
    listed = sandbox.call("GET", "/v1/customers").json()["items"]
    blocked = next(item for item in listed if item["companyProfile"]["companyName"] == "Juniper Analytics")
    (block,) = [block for block in BLOCKS if "begin_cancel()" in block]
    credential = azure.identity.ClientSecretCredential(
        names["tenant_id"], names["client_id"], names["client_secret"]
    )
    with partnercenter.PartnerCenterClient(credential) as client:
        run(block, {**names, "client": client, "customer_id": blocked["id"]})
    assert 204 == sandbox.call("DELETE", f"/v1/customers/{blocked['id']}").status_code


def test_the_snippet_of_a_test_needs_no_server() -> None:
    """It has the customers of the world that it names."""
    (block,) = [block for block in BLOCKS if "LocalSandbox" in block]
    names: dict[str, Any] = {}
    run(block, names)
    assert 5 == len(names["customers"])
