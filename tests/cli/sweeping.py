"""What the tests of `partnercenter sweep` share: a configuration that agrees to unattended runs, plans, requests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CONSENT = "[profiles.default]\nunattended = true\n"


def configure(cli: Any, text: str) -> None:
    """Write `config.toml`."""
    folder = Path(cli.environment["PARTNERCENTER_CONFIG_DIR"])
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / "config.toml"
    path.write_text(text)
    path.chmod(0o600)


def planned(cli: Any, folder: Path, *selection: str) -> tuple[str, dict[str, Any]]:
    """A plan's file, and what it says."""
    file = str(folder / "plan.json")
    ended = cli("sweep", "plan", *selection, "-o", file, "--output", "json")
    assert 0 == ended.status, ended.err
    document: dict[str, Any] = json.loads(ended.out)
    return file, document


def apply(cli: Any, file: str, digest: str, *more: str) -> Any:
    """Apply a plan unattended."""
    return cli("sweep", "apply", file, "--digest", digest, *more)


def names(sandbox: Any) -> set[str]:
    """The customers that are there, by the API."""
    items = sandbox.call("GET", "/v1/customers?size=500").json()["items"]
    return {item["companyProfile"]["companyName"] for item in items}


def writes(sandbox: Any) -> list[str]:
    """The methods, other than GET, of the API calls that reached the sandbox."""
    found = sandbox.control("GET", "/requests?limit=1000").json()
    requests = found if isinstance(found, list) else found["requests"]
    return [one["method"] for one in requests if "/v1/" in one["path"] and one["method"] != "GET"]
