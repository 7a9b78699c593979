"""Where this package keeps what is the user's: settings in one folder, what it has done in another."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def config_folder(environment: Mapping[str, str]) -> Path:
    """The folder of settings, which need not exist: `PARTNERCENTER_CONFIG_DIR`, or the system's place for it."""
    named = _named(environment, "PARTNERCENTER_CONFIG_DIR")
    if named is not None:
        return named
    import platformdirs

    return Path(platformdirs.user_config_dir("partnercenter", appauthor=False))


def state_folder(environment: Mapping[str, str]) -> Path:
    """The folder of runs and locks, which need not exist: `PARTNERCENTER_STATE_DIR`, or the system's place for it."""
    named = _named(environment, "PARTNERCENTER_STATE_DIR")
    if named is not None:
        return named
    import platformdirs

    return Path(platformdirs.user_state_path("partnercenter", appauthor=False))


def _named(environment: Mapping[str, str], variable: str) -> Path | None:
    value = environment.get(variable, "").strip()
    return Path(value).expanduser() if value else None
