"""Profiles: named settings in `config.toml` of the user's configuration folder.

    [profiles.contoso]
    tenant_id = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"
    client_id = "0f8a1d3a-0d2b-5c77-8a11-4b0c9d8e7f66"
    client_secret_env = "CONTOSO_SECRET"

A secret may stand in the file itself only when nobody but its owner can read it. A key that is not known is
an error: it would otherwise be a setting that silently does nothing. `default` is used when none is named.
What holds for clean-ups stands in the same file, and is read by `cleanup.safety_settings`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from partnercenter.cleanup.safety_settings import (
    PROFILE_KEYS,
    TOP_KEYS,
    SafetySettings,
    read_safety,
)
from partnercenter.cli.settings import NAMES, Setting, variable
from partnercenter.private_files import ConfigurationError, read_private
from partnercenter.user_folders import config_folder

FILE_NAME: Final = "config.toml"
_DEFAULT: Final = "default"
_KEYS: Final = (*NAMES, "client_secret_env")
_TOP: Final = ("profiles", *TOP_KEYS)


def profile_reader(environment: Mapping[str, str]) -> Callable[[str | None], Mapping[str, Setting]]:
    """A function that reads the profile of a name, or with None the default one if there is one."""
    return lambda name: _read(config_folder(environment) / FILE_NAME, name, environment)


def read_safety_settings(environment: Mapping[str, str], named: str | None) -> SafetySettings:
    """What the user has set down for clean-ups; `named` is the profile of the command line.

    Raises `ConfigurationError` for whatever in the file is not understood.
    """
    path = config_folder(environment) / FILE_NAME
    text = read_private(path)
    wanted = named or environment.get(variable("profile"), "").strip() or _DEFAULT
    try:
        return read_safety({} if text is None else _document(path, text), wanted)
    except ValueError as error:
        raise ConfigurationError(f"{path}: {error}.") from None


def _read(path: Path, name: str | None, environment: Mapping[str, str]) -> dict[str, Setting]:
    text = read_private(path)
    if text is None:
        if name is None:
            return {}
        raise ConfigurationError(f"There is no profile {name!r}: {path} does not exist.")
    profiles = _parse(path, text)
    if name is None and _DEFAULT not in profiles:
        return {}
    wanted = name or _DEFAULT
    if wanted not in profiles:
        raise ConfigurationError(
            f"There is no profile {wanted!r} in {path}{_nearest(wanted, tuple(profiles))}."
        )
    if any("client_secret" in profile for profile in profiles.values()):
        read_private(path, holds_secrets=True)
    return _settings(wanted, profiles[wanted], environment)


def _parse(path: Path, text: str) -> dict[str, dict[str, str]]:
    profiles: dict[str, dict[str, Any]] = _document(path, text).get("profiles", {})
    return {
        name: {key: value for key, value in profile.items() if key not in PROFILE_KEYS}
        for name, profile in profiles.items()
    }


def _document(path: Path, text: str) -> dict[str, Any]:
    """The whole file, in which every key is known."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}.") from None
    for key in document:
        if key not in _TOP:
            raise ConfigurationError(f"{path}: {key!r} is not known there{_nearest(key, _TOP)}.")
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
            raise ConfigurationError(f"{where}: {key!r} is not a setting{_nearest(key, known)}.")
        if not isinstance(value, str) or not value.strip():
            raise ConfigurationError(f"{where}: {key} must be a text that is not empty.")
    if "client_secret" in profile and "client_secret_env" in profile:
        raise ConfigurationError(f"{where}: give client_secret or client_secret_env, not both.")


def _settings(name: str, profile: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, Setting]:
    source = f"profile {name!r}"
    settings = {key: Setting(profile[key].strip(), f"{key} of {source}") for key in NAMES if key in profile}
    holder = profile.get("client_secret_env")
    if holder is not None and environment.get(holder, "").strip():
        settings["client_secret"] = Setting(environment[holder].strip(), f"{holder}, named by {source}")
    return settings


def _nearest(word: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(word, known, n=1)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; there are: {', '.join(known)}" if known else ""
