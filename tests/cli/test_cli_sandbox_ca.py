"""`partnercenter sandbox ca`: the local authority is shown, made once, and never given away."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509


@pytest.fixture
def at_home(bare: Any, tmp_path: Path) -> Any:
    """The command with a data folder of its own."""
    bare.environment["XDG_DATA_HOME"] = str(tmp_path / "data")
    return bare


def test_the_authority_is_made_once_and_shown(at_home: Any, tmp_path: Path) -> None:
    """As PEM, as a path, as what to do; it stays the same, and its key is nowhere but in its file."""
    printed = at_home("sandbox", "ca", "--print")
    assert (0, "") == (printed.status, printed.err)
    assert (
        "partnercenter local sandbox authority"
        in x509.load_pem_x509_certificate(printed.out.encode()).subject.rfc4514_string()
    )
    ssl.create_default_context(cadata=printed.out)
    path = Path(at_home("sandbox", "ca", "--path").out.rstrip("\n"))
    assert tmp_path / "data" / "partnercenter" / "tls" / "ca.pem" == path
    assert printed.out == path.read_text(encoding="ascii") == at_home("sandbox", "ca", "--print").out
    hint = at_home("sandbox", "ca", "--install-hint")
    assert (0, True) == (hint.status, f"export SSL_CERT_FILE={path}" in hint.out)
    key = path.with_name("authority.pem")
    assert (0o700, 0o600) == (path.parent.stat().st_mode & 0o777, key.stat().st_mode & 0o777)
    assert "PRIVATE KEY" not in printed.out + hint.out


@pytest.mark.parametrize("arguments", [(), ("--print", "--path"), ("--print", "--install-hint")])
def test_one_thing_is_shown(at_home: Any, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Otherwise nothing is made."""
    ended = at_home("sandbox", "ca", *arguments)
    assert (2, "", True) == (ended.status, ended.out, "Give one of --print, --install-hint" in ended.err)
    assert not (tmp_path / "data").exists()


def test_an_authority_that_others_could_use_is_refused(at_home: Any) -> None:
    """In one sentence that says what to do: for its key, for its folder, for a key that is gone."""
    path = Path(at_home("sandbox", "ca", "--path").out.rstrip("\n"))
    key = path.with_name("authority.pem")
    key.chmod(0o644)
    _refused(at_home, "has the permissions 0644 and must have 0600")
    key.chmod(0o600)
    path.parent.chmod(0o777)
    _refused(at_home, f"Other users may write to {path.parent}")
    path.parent.chmod(0o700)
    key.unlink()
    _refused(at_home, "put the key back, or delete")


def _refused(cli: Any, sentence: str) -> None:
    ended = cli("sandbox", "ca", "--print")
    assert (2, "", 1) == (ended.status, ended.out, ended.err.count("\n")), ended.err
    assert sentence in ended.err
