"""The sandbox as a command runs it: checks what it is given, listens, says when it is ready, and ends cleanly."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import platformdirs

from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.identity.certificates import ensure_authority, trust_instructions
from partnercenter.sandbox.limits import DEFAULT_LIMITS, Limits
from partnercenter.sandbox.listening import EVERY_ADDRESS, SharedPort, listen, shown
from partnercenter.sandbox.serving import Certificates, Serving, certificates_for_the_user, ended_by_signals
from partnercenter.sandbox.settings import Settings
from partnercenter.sandbox.store.opening import is_postgres
from partnercenter.sandbox.workers import keep_serving

_CERTIFICATE_CHECK_SECONDS: Final = 12 * 3600.0


def data_folder() -> Path:
    """Where the sandbox keeps its database and certificates unless told otherwise."""
    return Path(platformdirs.user_data_dir("partnercenter", appauthor=False))


def authority_certificate() -> Path:
    """Where the certificate of the local authority stands; the authority is made when there is none yet.

    Raises `SandboxError` when its folder cannot be used.
    """
    with certificates_for_the_user():
        return ensure_authority(_tls_folder())


def serve(
    *,
    host: str,
    port: int,
    database: str | None,
    tls: bool,
    tls_hosts: Sequence[str] = (),
    settings: Mapping[str, str] | None = None,
    control_token: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
    workers: int = 1,
    certificate_check_seconds: float = _CERTIFICATE_CHECK_SECONDS,
    announce: Callable[[str], None],
) -> None:
    """Serve until a SIGINT or SIGTERM comes, then finish what was begun and return.

    `database` is `memory`, the path of a SQLite file, a `postgresql://` address, or None for the file in the user's
    data folder. `port` 0 takes a free one. With more `workers` than one so many other processes serve, each within
    `limits` of its own; that takes PostgreSQL. `announce` gets, once requests are accepted, with `tls` the lines that
    tell how to trust the certificate, and then the one that tells the address. The certificate is renewed while the
    server runs, if need be, every `certificate_check_seconds`. Raises `SandboxError` for what the user can mend.
    """
    if workers > 1 and not is_postgres(database or ""):
        raise SandboxError(
            "Several workers need a PostgreSQL database: give one with --database postgresql://…, "
            "or leave out --workers."
        )
    settings = dict(settings or {})
    Settings.of(settings)
    certificates = files = None
    if tls:
        named = [name for name in (host, *tls_hosts) if name not in EVERY_ADDRESS]
        certificates = Certificates(_tls_folder(), named, certificate_check_seconds)
        files = certificates.ensured()

    def ready(port: int) -> None:
        if files:
            announce(trust_instructions(files.ca_certificate))
        announce(f"sandbox ready at {'https' if tls else 'http'}://{shown(host)}:{port}")

    with ended_by_signals():
        serving = Serving(
            database or default_database(), settings, control_token, limits, certificates, files
        )
        if workers == 1:
            with closing(listen(host, port)) as listener:
                serving.run(listener, lambda: ready(listener.getsockname()[1]))
        else:
            with closing(SharedPort(host, port)) as shared:
                serving.prepare()
                keep_serving(workers, serving, shared.for_one_process, lambda: ready(shared.number))


def _tls_folder() -> Path:
    return data_folder() / "tls"


def default_database() -> str:
    """The file that is served unless told otherwise; its folder is made. Raises `SandboxError` when it cannot be."""
    folder = data_folder()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SandboxError(
            f"The folder {folder} cannot be made ({error.strerror}); give --database."
        ) from error
    return str(folder / "sandbox.db")
