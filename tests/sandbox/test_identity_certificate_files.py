"""How the files of the local authority are kept: permissions, failed writes, odd file systems."""

from __future__ import annotations

import os
import ssl
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from partnercenter.sandbox.identity.certificates import ensure_certificates
from partnercenter.sandbox.identity.private_files import CertificateError

NOW = datetime.now(UTC)
posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no permission bits")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "tls"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@posix_only
def test_only_the_owner_may_read_the_keys(folder: Path) -> None:
    """The folder is 0700, key files are 0600, the clients' certificate is readable, nothing else is left."""
    ensure_certificates(folder, [], NOW)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {"authority.pem": 0o600, "ca.pem": 0o644, "server.pem": 0o600}


@posix_only
@pytest.mark.parametrize("name", ["authority.pem", "server.pem"])
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644, 0o700])
def test_a_key_file_with_wider_permissions_is_refused(folder: Path, name: str, mode: int) -> None:
    """A key file that others may use is refused in one sentence that names it, its mode and the remedy."""
    ensure_certificates(folder, [], NOW)
    (folder / name).chmod(mode)
    with pytest.raises(CertificateError) as refused:
        ensure_certificates(folder, [], NOW)
    message = str(refused.value)
    assert f"{folder / name} has the permissions {mode:04o} and must have 0600" in message
    assert "chmod 600" in message
    assert "\n" not in message


@posix_only
def test_a_folder_that_others_may_write_to_is_refused(folder: Path) -> None:
    """A folder in which others could put their own authority is refused."""
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    with pytest.raises(CertificateError, match="Other users may write to"):
        ensure_certificates(folder, [], NOW)
    assert list(folder.iterdir()) == []


def test_a_failed_write_leaves_the_old_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk is full during a renewal, the old files stay whole and no part of a new one is left."""
    ensure_certificates(folder, [], NOW)
    before = contents(folder)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CertificateError, match="No space left on device"):
        ensure_certificates(folder, ["new.example"], NOW)
    assert before == contents(folder)


def test_a_file_system_without_hard_links_is_good_enough(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a file cannot have two names, the authority is written and used all the same."""

    def unsupported(path: Path, target: Path) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(Path, "hardlink_to", unsupported)
    files = ensure_certificates(folder, [], NOW)
    assert {"authority.pem", "ca.pem", "server.pem"} == set(contents(folder))
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(files.certificate, files.private_key)
