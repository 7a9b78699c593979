"""What the package shows, what importing it costs, and whether its generated half is current."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import partnercenter
import partnercenter.aio
import partnercenter.client.aio as aio_client
import partnercenter.client.sync as sync_client

ROOT = Path(__file__).parents[1]
HEAVY = [
    "azure",
    "httpx2",
    "msal",
    "sqlalchemy",
    "starlette",
    "cryptography",
    "rich",
    "click",
    "requests",
    "asyncio",
]


def test_every_public_name_is_there() -> None:
    """Each name of `__all__` can be had, stands there once, and is listed by dir()."""
    assert len(partnercenter.__all__) == len(set(partnercenter.__all__))
    for name in partnercenter.__all__:
        assert getattr(partnercenter, name) is not None
    assert sorted(partnercenter.__all__) == dir(partnercenter)


def test_star_import_gives_exactly_the_public_names() -> None:
    """`from partnercenter import *` binds the names of `__all__` and no other."""
    bound: dict[str, Any] = {}
    exec("from partnercenter import *", bound)  # noqa: S102 - a star import needs a namespace of its own
    assert set(partnercenter.__all__) == set(bound) - {"__builtins__"}


def test_every_name_for_type_checkers_is_public() -> None:
    """What type checkers see imported is what `__all__` and the lazy loader hand out."""
    source = inspect.getsource(partnercenter)
    block = source.partition("if TYPE_CHECKING:")[2].partition("__all__")[0]
    words = block.replace("(", " ").replace(")", " ").replace(",", " ").split()
    seen = {word for word in words if word[:1].isupper()}
    assert set(partnercenter.__all__) - {"__version__"} == seen - {"Any"}


def test_unknown_names_are_attribute_errors() -> None:
    """A name that is not public raises AttributeError as for any module."""
    with pytest.raises(AttributeError, match="module 'partnercenter' has no attribute 'PartnerCentre'"):
        _ = partnercenter.PartnerCentre  # type: ignore[attr-defined]


def test_every_error_is_public() -> None:
    """Every exception that a caller can act on is a public name."""
    from partnercenter.client import errors

    inner = {"HopelessRequestError"}
    defined = {n for n, v in vars(errors).items() if inspect.isclass(v) and v.__module__ == errors.__name__}
    assert defined - inner == {name for name in partnercenter.__all__ if name.endswith("Error")}


def test_importing_the_package_loads_nothing_heavy() -> None:
    """`import partnercenter` loads none of the libraries that the package is built on."""
    script = f"import sys, partnercenter; print([n for n in {HEAVY!r} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "[]" == done.stdout.strip()


def test_importing_the_client_loads_no_sandbox() -> None:
    """The client loads neither the sandbox nor the command line nor their libraries."""
    script = (
        "import sys; from partnercenter import PartnerCenterClient; import partnercenter.aio;"
        "names = ['sqlalchemy', 'starlette', 'uvicorn', 'rich', 'click', 'azure.identity', 'msal',"
        " 'partnercenter.sandbox', 'partnercenter.cli', 'partnercenter.cleanup'];"
        "print([n for n in names if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "[]" == done.stdout.strip()


def surface(module: Any) -> dict[str, list[str]]:
    """Public classes of a package with their public members and parameters, without what tells the worlds apart."""
    found = {}
    for path in sorted(Path(module.__file__).parent.glob("*.py")):
        part = (
            __import__(f"{module.__name__}.{path.stem}", fromlist=["_"])
            if path.stem != "__init__"
            else module
        )
        for name, kind in vars(part).items():
            if inspect.isclass(kind) and kind.__module__ == part.__name__ and "Sender" not in name:
                members = [(n, v) for n, v in vars(kind).items() if not n.startswith("_") or n == "__init__"]
                found[name] = [f"{n}{parameters(v)}" for n, v in members]
    return found


def parameters(member: Any) -> str:
    """Names, kinds and defaults of the parameters of a method."""
    if not inspect.isfunction(member):
        return ""
    return str([(p.name, p.kind, p.default) for p in inspect.signature(member).parameters.values()])


def test_both_clients_have_one_surface() -> None:
    """Both clients have the same classes, methods and parameters, down to the defaults."""
    assert surface(sync_client) == surface(aio_client)
    assert "CustomerOperations" in surface(aio_client)
    assert ["PartnerCenterClient"] == partnercenter.aio.__all__
    assert partnercenter.aio.PartnerCenterClient is not partnercenter.PartnerCenterClient


def test_every_method_of_the_clients_is_documented() -> None:
    """Every public class and method of both clients has a docstring."""
    for module in (sync_client, aio_client):
        for path in sorted(Path(module.__file__).parent.glob("*.py")):
            if path.stem == "__init__":
                continue
            part = __import__(f"{module.__name__}.{path.stem}", fromlist=["_"])
            for kind in (
                k for k in vars(part).values() if inspect.isclass(k) and k.__module__ == part.__name__
            ):
                assert kind.__doc__, kind
                for name, member in vars(kind).items():
                    assert name.startswith("_") or not inspect.isfunction(member) or member.__doc__, (
                        kind,
                        name,
                    )


def test_no_word_of_the_other_world_is_left_in_the_generated_client() -> None:
    """The generated client mentions neither await nor async."""
    for path in (ROOT / "src/partnercenter/client/sync").glob("*.py"):
        first, _, rest = path.read_text(encoding="utf-8").partition("\n")
        assert first == (
            f"# Generated from src/partnercenter/client/aio/{path.name} by tools/generate_sync.py; do not edit."
        )
        assert "async" not in rest.lower()
        assert "await" not in rest


def test_the_generated_client_is_current() -> None:
    """The synchronous client is what its generator makes of the asynchronous one today."""
    command = [sys.executable, str(ROOT / "tools" / "generate_sync.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ("", 0) == (done.stdout + done.stderr, done.returncode)
