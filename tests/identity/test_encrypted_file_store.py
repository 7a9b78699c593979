"""A secret in a file: worthless without its passphrase, found out when changed, readable for its owner only."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock, Timeout
from hypothesis import given, settings
from hypothesis import strategies as st

from partnercenter.identity import EncryptedFileStore, SecretStore, SecretStoreError

PASSPHRASE = "canary passphrase"
SECRET = "canary-refresh-token"
# Made by the first release that had such files; never change it.
VERSION_1 = {
    "format": "partnercenter-secret",
    "version": 1,
    "salt": "2waPSc/9J4t9P7o4ayzv1w==",
    "nonce": "XRc/oD8VbMti2zG9",
    "secret": "62SA9Bk4WJwJ5cK6yyaEWWsR80VDbQcu/17+kPh5GG6+f8Mj",
}

posix = pytest.mark.skipif(sys.platform == "win32", reason="file modes are POSIX's")


@pytest.fixture(autouse=True)
def cheap_keys(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are slow to make, on purpose; one test is about the real ones."""
    if request.function is not test_files_of_today_stay_readable:
        monkeypatch.setattr("partnercenter.identity.encrypted_file_store._SCRYPT_N", 2**4)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file in a folder that does not exist yet."""
    return tmp_path / "secrets" / "refresh-token"


@pytest.fixture
def kept(path: Path) -> Path:
    """A file that holds the secret."""
    EncryptedFileStore(path, PASSPHRASE).save(SECRET)
    return path


def test_a_secret_comes_back(path: Path) -> None:
    """For whoever knows the passphrase, as text or as bytes; none is there before and after."""
    store = EncryptedFileStore(path, PASSPHRASE)
    assert isinstance(store, SecretStore)
    assert store.read() is None
    with store.exclusive():
        store.save(SECRET)
    assert SECRET == EncryptedFileStore(path, PASSPHRASE.encode()).read()
    store.save("ünother")
    assert "ünother" == EncryptedFileStore(path, PASSPHRASE).read()
    store.delete()
    assert store.read() is None
    store.delete()


def test_the_file_tells_nothing(kept: Path) -> None:
    """Neither the secret nor the passphrase stands in it, and saving the same twice makes another file."""
    before = kept.read_bytes()
    assert b"canary" not in before
    EncryptedFileStore(kept, PASSPHRASE).save(SECRET)
    assert before != kept.read_bytes()
    assert PASSPHRASE not in repr(EncryptedFileStore(kept, PASSPHRASE))


def test_files_of_today_stay_readable(kept: Path) -> None:
    """What version 1 means is settled, with everything that makes its key."""
    kept.write_text(json.dumps(VERSION_1))
    assert SECRET == EncryptedFileStore(kept, PASSPHRASE).read()


@posix
def test_file_and_folder_are_their_owners(kept: Path) -> None:
    """0600 in 0700, and nothing is left beside it."""
    assert (0o600, 0o700) == (stat.S_IMODE(kept.stat().st_mode), stat.S_IMODE(kept.parent.stat().st_mode))
    assert [kept.name] == [entry.name for entry in kept.parent.iterdir()]


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601])
def test_a_file_that_others_may_use_is_refused(kept: Path, mode: int) -> None:
    """With the command that mends it."""
    kept.chmod(mode)
    with pytest.raises(SecretStoreError, match=f"chmod 600 {kept}"):
        EncryptedFileStore(kept, PASSPHRASE).read()


@posix
@pytest.mark.parametrize("mode", [0o755, 0o701, 0o770, 0o777])
def test_a_folder_that_others_may_use_is_refused(kept: Path, mode: int) -> None:
    """For reading, for writing and for locking."""
    kept.parent.chmod(mode)
    store = EncryptedFileStore(kept, PASSPHRASE)
    before = kept.read_bytes()
    for act in (store.read, lambda: store.save("x"), lambda: store.exclusive().__enter__()):
        with pytest.raises(SecretStoreError, match=f"chmod 700 {kept.parent}"):
            act()
    assert before == kept.read_bytes()


def test_a_wrong_passphrase_is_one_sentence(kept: Path) -> None:
    """It changes nothing; an empty one is refused at once."""
    with pytest.raises(SecretStoreError) as caught:
        EncryptedFileStore(kept, "another").read()
    assert f"{kept} cannot be opened: the passphrase is wrong, or the file was changed." == str(caught.value)
    assert SECRET == EncryptedFileStore(kept, PASSPHRASE).read()
    with pytest.raises(ValueError, match="must not be empty"):
        EncryptedFileStore(kept, "")


@given(data=st.data())
@settings(max_examples=60)
def test_a_changed_file_is_found_out(kept: Path, data: st.DataObject) -> None:
    """Whichever byte is changed, the secret is the old one or there is an error; never another one."""
    content = kept.read_bytes()
    store = EncryptedFileStore(kept, PASSPHRASE)
    store.read()  # makes the key, which is slow, once
    at = data.draw(st.integers(0, len(content) - 1))
    changed = content[:at] + bytes([data.draw(st.integers(0, 255))]) + content[at + 1 :]
    try:
        kept.write_bytes(changed)
        assert SECRET == store.read()
    except SecretStoreError as error:
        assert "canary" not in str(error)  # noqa: PT017 - either of both is right
    finally:
        kept.write_bytes(content)


def test_what_a_file_says_of_itself_is_sealed_along(kept: Path) -> None:
    """A salt and a nonce of one's own, or a secret of another file, do not open."""
    document = json.loads(kept.read_text())
    other = EncryptedFileStore(kept.with_name("other"), PASSPHRASE)
    other.save("of another file")
    changes = json.loads(other.path.read_text())
    for name in ("salt", "nonce", "secret"):
        kept.write_text(json.dumps({**document, name: changes[name]}))
        with pytest.raises(SecretStoreError, match="the file was changed"):
            EncryptedFileStore(kept, PASSPHRASE).read()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is no encrypted secret"),
        ("{}", "is no encrypted secret"),
        ("[]", "is no encrypted secret"),
        ("[" * 100_000, "is no encrypted secret"),
        (
            '{"format": "partnercenter-secret", "version": 2, "salt": "", "nonce": "", "secret": ""}',
            "later version",
        ),
        (
            '{"format": "partnercenter-secret", "version": 1, "salt": "", "nonce": "", "secret": ""}',
            "is no encrypt",
        ),
        (
            '{"format": "other", "version": 1, "salt": "", "nonce": "", "secret": ""}',
            "is no encrypted secret",
        ),
        (" " * 2_000_000, "larger than"),
    ],
)
def test_what_is_no_such_file_is_refused(kept: Path, content: str, words: str) -> None:
    """With a sentence, and it stays as it is."""
    kept.write_text(content)
    with pytest.raises(SecretStoreError, match=words):
        EncryptedFileStore(kept, PASSPHRASE).read()


def test_a_save_that_fails_keeps_what_there_was(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is replaced in one step, and a failure before it leaves nothing behind."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    store = EncryptedFileStore(kept, PASSPHRASE)
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(SecretStoreError, match="No space left"):
        store.save("new")
    assert SECRET == store.read()
    assert [kept.name] == [entry.name for entry in kept.parent.iterdir()]


def test_the_lock_holds_between_processes_and_ends_with_them(kept: Path) -> None:
    """Another process is kept out, and one that dies holds nobody up."""
    code = (
        "import sys; from partnercenter.identity import EncryptedFileStore; "
        f"lock = EncryptedFileStore({str(kept)!r}, 'x').exclusive(); lock.__enter__(); "
        "print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=-1, stdout=-1, text=True) as process:
        assert process.stdout is not None
        assert "held\n" == process.stdout.readline()
        with pytest.raises(Timeout):
            FileLock(kept.with_name(f".{kept.name}.lock")).acquire(timeout=0)
        process.kill()
    with EncryptedFileStore(kept, "x").exclusive():
        assert kept.exists()
