"""Profiles: named settings in `config.toml` of the user's configuration folder.

    active_profile = "contoso"

    [profiles.contoso]
    tenant_id = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"
    client_id = "0f8a1d3a-0d2b-5c77-8a11-4b0c9d8e7f66"
    client_secret_env = "CONTOSO_SECRET"

A secret may stand in the file itself only when nobody but its owner can read it; what `partnercenter login` keeps
stands elsewhere, and the profile says where (`stored_secrets`). A key that is not known is an error: it would
otherwise be a setting that silently does nothing. When no profile is named, it is the active one, or `default`.
What holds for clean-ups stands in the same file, and is read by `cleanup.safety_settings`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from partnercenter.cleanup.safety_settings import (
    PROFILE_KEYS,
    TOP_KEYS,
    SafetySettings,
    read_safety,
)
from partnercenter.cli.settings import KEPT, NAMES, Setting, variable
from partnercenter.private_files import ConfigurationError, exclusive, read_private, write_private
from partnercenter.user_folders import config_folder

FILE_NAME: Final = "config.toml"
PLACES: Final = ("keyring", "file")
_DEFAULT: Final = "default"
_ACTIVE: Final = "active_profile"
# The password of a certificate and a refresh token are secrets that never stand in the file.
_IN_FILE: Final = tuple(n for n in NAMES if n not in {"client_certificate_password", "refresh_token"})
_KEYS: Final = (*_IN_FILE, "client_secret_env", *KEPT)
_ONE_OF: Final = ("client_secret", "client_secret_env", "client_secret_in", "client_certificate")
_TOP: Final = ("profiles", _ACTIVE, *TOP_KEYS)


@dataclass(frozen=True, slots=True)
class ProfileFile:
    """What `config.toml` has: where it is, the settings of each profile without its secrets, and the active one."""

    path: Path
    profiles: Mapping[str, Mapping[str, str]]
    active: str | None


def read_profiles(environment: Mapping[str, str]) -> ProfileFile:
    """The profiles; none when there is no file. Raises `ConfigurationError`."""
    path = config_folder(environment) / FILE_NAME
    text = read_private(path)
    document = {} if text is None else _document(path, text)
    shown = {
        name: {key: value for key, value in profile.items() if key in _KEYS and key != "client_secret"}
        for name, profile in document.get("profiles", {}).items()
    }
    return ProfileFile(path, shown, document.get(_ACTIVE))


def profile_name(environment: Mapping[str, str], named: str | None) -> str:
    """The profile that counts: `named`, or that of PARTNERCENTER_PROFILE, or the active one, or `default`.

    Raises `ConfigurationError` when the file, which knows the active one, cannot be believed.
    """
    given = named or environment.get(variable("profile"), "").strip()
    return given or read_profiles(environment).active or _DEFAULT


def require_profile(file: ProfileFile, name: str) -> Mapping[str, str]:
    """The settings of a profile; raises `ConfigurationError`, with the nearest name, when there is none."""
    if name not in file.profiles:
        where = f"in {file.path}{_nearest(name, tuple(file.profiles))}"
        raise ConfigurationError(f"There is no profile {name[:60]!r} {where}")
    return file.profiles[name]


def write_profile(environment: Mapping[str, str], name: str, changes: Mapping[str, str | None]) -> None:
    """Set keys of a profile, which need not exist yet; None takes a key out. The rest of the file stays as it is."""

    def change(text: str) -> str:
        import tomlkit

        document: Any = tomlkit.parse(text)
        if "profiles" not in document:
            document["profiles"] = tomlkit.table(is_super_table=True)
        if name not in document["profiles"]:
            document["profiles"][name] = {}
        _set(document["profiles"][name], changes)
        return tomlkit.dumps(document)

    _change(environment, change)


def _set(profile: Any, changes: Mapping[str, str | None]) -> None:
    """Set and take out keys; what stands after the last key, such as a comment on the next table, stays after it."""
    from tomlkit.items import Table

    body = profile.value.body if isinstance(profile, Table) else []
    after: list[Any] = []
    while body and body[-1][0] is None:
        after.insert(0, body.pop())
    for key, value in changes.items():
        if value is not None:
            profile[key] = value
        elif key in profile:
            del profile[key]
    body.extend(after)


def remove_profile(environment: Mapping[str, str], name: str) -> None:
    """Take a profile out, and the wish to use it when none is named."""

    def change(text: str) -> str:
        import tomlkit

        document: Any = tomlkit.parse(text)
        del document["profiles"][name]
        if document.get(_ACTIVE) == name:
            del document[_ACTIVE]
        return tomlkit.dumps(document)

    _change(environment, change)


def use_profile(environment: Mapping[str, str], name: str) -> None:
    """Make a profile the one that is used when none is named."""

    def change(text: str) -> str:
        import tomlkit

        document: Any = tomlkit.parse(text)
        if _ACTIVE not in document:
            # Its own place is the first line, where no comment about something else stands above it.
            document = tomlkit.parse(f'{_ACTIVE} = ""\n\n{text}')
        document[_ACTIVE] = name
        return tomlkit.dumps(document)

    _change(environment, change)


def _change(environment: Mapping[str, str], change: Callable[[str], str]) -> None:
    """Change the file in one step; comments and order stay. Raises `ConfigurationError`, with nothing changed."""
    path = config_folder(environment) / FILE_NAME
    with exclusive(path):
        text = read_private(path) or ""
        _document(path, text)
        changed = change(text)
        _document(path, changed)
        write_private(path, changed)


def profile_reader(environment: Mapping[str, str]) -> Callable[[str | None], Mapping[str, Setting]]:
    """A function that reads the profile of a name, or with None the default one if there is one."""
    return lambda name: _read(config_folder(environment) / FILE_NAME, name, environment)


def read_safety_settings(environment: Mapping[str, str], named: str | None) -> SafetySettings:
    """What the user has set down for clean-ups; `named` is the profile of the command line.

    Raises `ConfigurationError` for whatever in the file is not understood.
    """
    path = config_folder(environment) / FILE_NAME
    text = read_private(path)
    try:
        document = {} if text is None else _document(path, text)
        wanted = named or environment.get(variable("profile"), "").strip() or document.get(_ACTIVE, _DEFAULT)
        return read_safety(document, wanted)
    except ValueError as error:
        raise ConfigurationError(f"{path}: {error}.") from None


def _read(path: Path, name: str | None, environment: Mapping[str, str]) -> dict[str, Setting]:
    text = read_private(path)
    if text is None:
        if name is None:
            return {}
        raise ConfigurationError(f"There is no profile {name!r}: {path} does not exist.")
    document = _document(path, text)
    profiles: dict[str, dict[str, Any]] = document.get("profiles", {})
    wanted = name or document.get(_ACTIVE, _DEFAULT)
    if wanted not in profiles:
        if name is None and _ACTIVE not in document:
            return {}
        raise ConfigurationError(
            f"There is no profile {wanted!r} in {path}{_nearest(wanted, tuple(profiles))}"
        )
    if any("client_secret" in profile for profile in profiles.values()):
        read_private(path, holds_secrets=True)
    return _settings(wanted, profiles[wanted], environment)


def _document(path: Path, text: str) -> dict[str, Any]:
    """The whole file, in which every key is known."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}.") from None
    for key in document:
        if key not in _TOP:
            raise ConfigurationError(f"{path}: {key!r} is not known there{_nearest(key, _TOP)}")
    active = document.get(_ACTIVE, _DEFAULT)
    if not isinstance(active, str) or not active:
        raise ConfigurationError(f"{path}: {_ACTIVE} must be the name of a profile.")
    profiles = document.get("profiles", {})
    if not isinstance(profiles, dict):
        raise ConfigurationError(f"{path}: profiles must be tables such as [profiles.contoso].")
    for name, profile in profiles.items():
        _check(path, name, profile)
    return document


def _check(path: Path, name: str, profile: Any) -> None:
    where = f"{path}, profile {name!r}"
    if not isinstance(profile, dict):
        raise ConfigurationError(f"{where}: it must be a table, [profiles.{name}].")
    for key, value in profile.items():
        if key in PROFILE_KEYS:
            continue
        if key not in _KEYS:
            known = (*_KEYS, *PROFILE_KEYS)
            raise ConfigurationError(f"{where}: {key!r} is not a setting{_nearest(key, known)}")
        if not isinstance(value, str) or not value.strip():
            raise ConfigurationError(f"{where}: {key} must be a text that is not empty.")
        if key in KEPT and value not in PLACES:
            raise ConfigurationError(f"{where}: {key} must be {' or '.join(PLACES)}.")
    proofs = [key for key in _ONE_OF if key in profile]
    if len(proofs) > 1:
        raise ConfigurationError(f"{where}: give {proofs[0]} or {proofs[1]}, not both.")


def _settings(name: str, profile: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, Setting]:
    source = f"profile {name!r}"
    settings = {
        key: Setting(profile[key].strip(), f"{key} of {source}")
        for key in (*_IN_FILE, *KEPT)
        if key in profile
    }
    holder = profile.get("client_secret_env")
    if holder is not None and environment.get(holder, "").strip():
        settings["client_secret"] = Setting(environment[holder].strip(), f"{holder}, named by {source}")
    return settings


def _nearest(word: str, known: tuple[str, ...]) -> str:
    """The end of a sentence about a word that is not known."""
    near = get_close_matches(word, known, n=1)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; there are: {', '.join(known)}." if known else "."
