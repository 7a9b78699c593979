"""The fixtures for users' tests, in a pytest of its own."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
from tests.testing.test_documentation import BLOCKS

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]
THEIR_TESTS = """
import asyncio
import pytest
from partnercenter.testing import SandboxError

pytestmark = pytest.mark.partnercenter("demo")
used = []

def test_the_modules_world(partnercenter_client, partnercenter_sandbox):
    assert len(list(partnercenter_client.customers.list())) == 5
    assert len(partnercenter_sandbox.requests()) == 1
    partnercenter_sandbox.reset()
    used.append(partnercenter_sandbox)

@pytest.mark.parametrize("_", range(2))
def test_each_test_has_its_own(partnercenter_client, _):
    customers = list(partnercenter_client.customers.list())
    assert len(customers) == 5
    partnercenter_client.customers.by_id(customers[0].id).get()

@pytest.mark.partnercenter(settings={"customer_quota": 7}, skip_waits=True)
def test_the_nearest_mark_counts(partnercenter_sandbox, partnercenter_client):
    assert partnercenter_sandbox.settings["customer_quota"] == 7
    assert list(partnercenter_client.customers.list()) == []

def test_asynchronous(partnercenter_aio_client):
    async def count():
        return len([customer async for customer in partnercenter_aio_client.customers.list()])
    assert asyncio.run(count()) == 5

def test_it_ends_with_its_test():
    with pytest.raises(SandboxError, match="was closed"):
        used[0].reset()

@pytest.mark.partnercenter("domo")
def test_a_wrong_world(partnercenter_sandbox):
    pass
"""


def test_tests_get_sandboxes_of_their_own(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has a fresh one with the world of the nearest mark, the example of the docs too; a wrong world is told."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    (documented,) = [block for block in BLOCKS if "def test_" in block]
    pytester.makepyfile(test_theirs=THEIR_TESTS, test_documented=documented)
    # In a process of its own: pytester throws away what a run inside this one has imported, and its classes with it.
    result = pytester.runpytest_subprocess("-p", "partnercenter.pytest_plugin", "--strict-markers", "-Werror")
    result.assert_outcomes(passed=7, errors=1)
    result.stdout.fnmatch_lines(["*There is no world named 'domo'; the worlds are *"])


def test_pytest_finds_the_fixtures() -> None:
    """The package declares the module as a plugin of pytest."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (module,) = project["entry-points"]["pytest11"].values()
    assert callable(import_module(module).pytest_configure)


def test_pytest_starts_as_fast_as_before() -> None:
    """Loading the plugin loads nothing that the package is built on."""
    heavy = ["azure", "httpx2", "sqlalchemy", "partnercenter.testing", "partnercenter.client"]
    script = f"import sys, partnercenter.pytest_plugin; print([n for n in {heavy!r} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "[]" == done.stdout.strip()
