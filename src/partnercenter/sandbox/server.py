"""The sandbox as a process: opens its database, listens, says when it is ready, and ends cleanly."""

from __future__ import annotations

import asyncio
import errno
import logging
import signal
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import platformdirs
import uvicorn

from partnercenter.sandbox.asgi import create_app
from partnercenter.sandbox.connections import connections_within
from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.identity.certificates import (
    TlsFiles,
    ensure_authority,
    ensure_certificates,
    load_certificate,
    trust_instructions,
)
from partnercenter.sandbox.identity.private_files import CertificateError
from partnercenter.sandbox.limits import DEFAULT_LIMITS, Limits
from partnercenter.sandbox.nature import Nature
from partnercenter.sandbox.settings import Settings
from partnercenter.sandbox.state import State
from partnercenter.sandbox.store.opening import open_store

log = logging.getLogger(__name__)

_BACKLOG = 512
_CERTIFICATE_CHECK_SECONDS: Final = 12 * 3600.0
_SECONDS_TO_END = 3
# The writer gives the interpreter away with every statement and waits this long to have it back from the event loop.
_SECONDS_TO_SWITCH: Final = 0.0005
_EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}


def data_folder() -> Path:
    """Where the sandbox keeps its database and certificates unless told otherwise."""
    return Path(platformdirs.user_data_dir("partnercenter", appauthor=False))


def authority_certificate() -> Path:
    """Where the certificate of the local authority stands; the authority is made when there is none yet.

    Raises `SandboxError` when its folder cannot be used.
    """
    with _for_the_user():
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
    certificate_check_seconds: float = _CERTIFICATE_CHECK_SECONDS,
    announce: Callable[[str], None],
) -> None:
    """Serve until a SIGINT or SIGTERM comes, then finish what was begun and return.

    `database` is `memory`, the path of a SQLite file, a `postgresql://` address, or None for the file in the user's
    data folder. `port` 0 takes a free one. `announce` gets the line that tells the address once requests are
    accepted, and with `tls` the lines that tell how to trust the certificate. The certificate is renewed while the
    server runs, if need be, every `certificate_check_seconds`. Raises `SandboxError` for what the user can mend.
    """
    Settings.of(settings or {})
    sys.setswitchinterval(_SECONDS_TO_SWITCH)
    certificates = _Certificates([host, *tls_hosts], certificate_check_seconds) if tls else None
    files = certificates.ensured() if certificates else None
    with _ended_by_signals(), closing(_listen(host, port)) as listener:
        address = f"{'https' if tls else 'http'}://{_shown(host)}:{listener.getsockname()[1]}"
        with closing(open_store(database or default_database())) as opened:
            app = create_app(State(opened, Nature(), settings), control_token=control_token)
            config = uvicorn.Config(
                app,
                http=connections_within(limits.within_open_files(), app),
                ws="none",
                log_level="warning",
                access_log=False,
                server_header=False,
                date_header=False,  # answers carry the time of the sandbox's own clock
                # Not what the environment says: who may name another caller decides who may control the sandbox.
                forwarded_allow_ips="127.0.0.1",
                lifespan="on",
                timeout_graceful_shutdown=_SECONDS_TO_END,
                ssl_certfile=str(files.certificate) if files else None,
                ssl_keyfile=str(files.private_key) if files else None,
            )
            if files:
                announce(trust_instructions(files.ca_certificate))
            ready = f"sandbox ready at {address}"
            _Announcing(config, lambda: announce(ready), certificates).run(sockets=[listener])


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """SIGINT and SIGTERM end the block in good order, whenever they come.

    A server that was told to end and did so has done its work: the exit status is 0, as with other servers that
    run until somebody stops them. uvicorn raises each signal once more when it has ended; without a handler of
    ours SIGTERM would then kill the process before the database is closed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass(frozen=True, slots=True)
class _Certificates:
    """The certificate of a server that is reached by these hosts, and how often it is looked after."""

    hosts: Sequence[str]
    check_seconds: float

    def ensured(self) -> TlsFiles:
        """The files, renewed when they do not last long any more; raises `SandboxError`."""
        named = [host for host in self.hosts if host not in _EVERY_ADDRESS]
        with _for_the_user():
            return ensure_certificates(_tls_folder(), named, datetime.now(UTC))

    async def keep_fresh(self, context: ssl.SSLContext) -> None:
        """Renew the certificate of a running server before it ends; never returns.

        What goes wrong is logged and tried again with the next check: the certificate in use lasts some days more.
        """
        while True:
            await asyncio.sleep(self.check_seconds)
            try:
                files = await asyncio.to_thread(self.ensured)
                with _for_the_user():
                    load_certificate(context, files)
            except SandboxError as error:
                log.warning("the certificate was not renewed: %s", error)


class _Announcing(uvicorn.Server):
    """A server that tells when it accepts requests, and keeps its certificate fresh."""

    def __init__(
        self, config: uvicorn.Config, ready: Callable[[], None], certificates: _Certificates | None
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._certificates = certificates
        self._fresh: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self._certificates and self.config.ssl is not None:
            self._fresh = asyncio.create_task(self._certificates.keep_fresh(self.config.ssl))
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End without waiting for clients that only keep their connection for later.

        uvicorn closes such a connection in good order. Over TLS that lasts until the client has closed it too,
        and a client that waits for its next call does not.
        """
        if self._fresh is not None:
            self._fresh.cancel()
        for connection in list(self.server_state.connections) if self.config.is_ssl else ():
            cycle = getattr(connection, "cycle", None)
            if connection.transport is not None and (cycle is None or cycle.response_complete):
                connection.transport.abort()
        await super().shutdown(sockets=sockets)


@contextmanager
def _for_the_user() -> Iterator[None]:
    try:
        yield
    except CertificateError as error:
        raise SandboxError(str(error)) from error


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


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not the name or address of a host"
        raise SandboxError(f"The host {host[:100]!r} cannot be listened on: {reason}.") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise SandboxError(f"Port {port} on {host} is in use; give another with --port.") from error
        raise SandboxError(f"Port {port} on {host} cannot be listened on: {error.strerror}.") from error
    return listener


def _shown(host: str) -> str:
    """The host as it stands in an address; one that means every address is shown as this machine's own."""
    host = _EVERY_ADDRESS.get(host, host)
    return f"[{host}]" if ":" in host else host
