"""Where `partnercenter login` keeps secrets: the system's keyring, or an encrypted file in the configuration folder.

A secret is kept under a digest of profile, authority, tenant and application. So it is found again only for the
very place and application that it was given to: settings that have changed since never send it anywhere else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from partnercenter.cli.errors import CommandError, UserError
from partnercenter.cli.settings import KEPT, PartnerSettings
from partnercenter.user_folders import config_folder

if TYPE_CHECKING:
    from partnercenter.identity import SecretStore

PASSPHRASE: Final = "PARTNERCENTER_STORE_PASSPHRASE"
KEYRING: Final = "keyring"
FILE: Final = "file"
_FOLDER: Final = "secrets"


def place_for_secrets(environment: Mapping[str, str]) -> str:
    """`keyring` when the system has one, else `file` when there is a passphrase; raises `UserError` without both."""
    from partnercenter.identity.keyring_store import is_keyring_usable

    if is_keyring_usable():
        return KEYRING
    if environment.get(PASSPHRASE):
        return FILE
    raise UserError(
        "There is no place to keep a secret in. Use the system's keyring ('pip install partnercenter[keyring]'), or "
        f"set {PASSPHRASE}: then secrets are kept in an encrypted file of the configuration folder."
    )


def stored(kind: str, place: str, settings: PartnerSettings, environment: Mapping[str, str]) -> SecretStore:
    """The store of one secret, `client_secret` or `refresh_token`; raises `UserError` when it cannot be opened."""
    from partnercenter.identity import EncryptedFileStore, KeyringStore

    name = _name(kind, settings)
    if place == KEYRING:
        return KeyringStore(name)
    passphrase = environment.get(PASSPHRASE)
    if not passphrase:
        raise UserError(
            f"The secrets of profile {settings.profile!r} are in an encrypted file: set {PASSPHRASE} to open it."
        )
    # Its parents would otherwise be made with the rights that are usual for folders.
    config_folder(environment).mkdir(mode=0o700, parents=True, exist_ok=True)
    return EncryptedFileStore(_file(environment, name), passphrase)


def check_replaceable(
    kind: str, place: str, settings: PartnerSettings, environment: Mapping[str, str]
) -> None:
    """Raise `CommandError` when a secret is kept there already that cannot be read, so that none can replace it."""
    from partnercenter.identity import SecretStoreError

    if place != FILE or not _file(environment, _name(kind, settings)).exists():
        return
    store = stored(kind, place, settings, environment)
    try:
        with store.exclusive():
            store.read()
    except SecretStoreError as error:
        raise CommandError(
            f"{error} 'partnercenter logout --profile {settings.profile}' forgets what is kept."
        ) from None


def _name(kind: str, settings: PartnerSettings) -> str:
    where_and_who = (settings.authority.lower(), settings.tenant_id.lower(), settings.client_id.lower())
    digest = hashlib.sha256(json.dumps([settings.profile, *where_and_who]).encode()).hexdigest()
    return f"{kind.replace('_', '-')}-{digest[:32]}"


def _file(environment: Mapping[str, str], name: str) -> Path:
    return config_folder(environment) / _FOLDER / name


def kept_in(settings: PartnerSettings) -> dict[str, str]:
    """Which secrets of the profile are kept in which place: `{"refresh_token": "keyring"}`."""
    places = {name.removesuffix("_in"): getattr(settings, name) for name in KEPT}
    return {kind: place for kind, place in places.items() if place}


def forget(
    settings: PartnerSettings, environment: Mapping[str, str], *, but: PartnerSettings | None = None
) -> list[str]:
    """Remove the secrets that are kept for the settings and not for `but`, readable or not; which there were."""
    spared = {} if but is None else {_name(kind, but): place for kind, place in kept_in(but).items()}
    names = {kind: (_name(kind, settings), place) for kind, place in kept_in(settings).items()}
    return [
        kind
        for kind, (name, place) in names.items()
        if spared.get(name) != place and _forget(name, place, environment)
    ]


def _forget(name: str, place: str, environment: Mapping[str, str]) -> bool:
    from partnercenter.identity import EncryptedFileStore, KeyringStore

    if place == KEYRING:
        kept = KeyringStore(name)
        with kept.exclusive():
            there = kept.read() is not None
            kept.delete()
        return there
    path = _file(environment, name)
    there = path.exists()
    if there:
        # Whoever may remove a file need not be able to open it.
        file = EncryptedFileStore(path, environment.get(PASSPHRASE) or "none")
        with file.exclusive():
            file.delete()
    return there
