"""What one process serves: its store and application, its HTTP server, the certificate that it keeps fresh."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import uvicorn

from partnercenter.sandbox.asgi import create_app
from partnercenter.sandbox.connections import connections_within
from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.identity.certificates import TlsFiles, ensure_certificates, load_certificate
from partnercenter.sandbox.identity.private_files import CertificateError
from partnercenter.sandbox.limits import Limits
from partnercenter.sandbox.nature import Nature
from partnercenter.sandbox.state import State
from partnercenter.sandbox.store.opening import open_store

log = logging.getLogger(__name__)

ENDING_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
_SECONDS_TO_END: Final = 3
# The writer gives the interpreter away with every statement and waits this long to have it back from the event loop.
_SECONDS_TO_SWITCH: Final = 0.0005


@dataclass(frozen=True, slots=True)
class Certificates:
    """The certificate of a server that is reached by these hosts, and how often it is looked after."""

    folder: Path
    hosts: Sequence[str]
    check_seconds: float

    def ensured(self) -> TlsFiles:
        """The files, renewed when they do not last long any more; raises `SandboxError`."""
        with certificates_for_the_user():
            return ensure_certificates(self.folder, self.hosts, datetime.now(UTC))

    async def keep_fresh(self, context: ssl.SSLContext) -> None:
        """Renew the certificate of a running server before it ends; never returns.

        What goes wrong is logged and tried again with the next check: the certificate in use lasts some days more.
        """
        while True:
            await asyncio.sleep(self.check_seconds)
            try:
                files = await asyncio.to_thread(self.ensured)
                with certificates_for_the_user():
                    load_certificate(context, files)
            except SandboxError as error:
                log.warning("the certificate was not renewed: %s", error)


@dataclass(frozen=True, slots=True)
class Serving:
    """What a process is to serve; one process can tell it to another. `files` are there already."""

    database: str = field(repr=False)
    settings: Mapping[str, str]
    control_token: str | None = field(repr=False)
    limits: Limits
    certificates: Certificates | None
    files: TlsFiles | None

    def prepare(self) -> None:
        """Bring the database to where a process can serve it; raises `SandboxError`."""
        with closing(open_store(self.database)) as opened:
            State(opened, Nature(), self.settings)

    def run(self, listener: socket.socket, ready: Callable[[], None]) -> None:
        """Serve until a SIGINT or SIGTERM comes, then finish what was begun; `ready` is called once.

        Raises `SandboxError` when it cannot begin.
        """
        sys.setswitchinterval(_SECONDS_TO_SWITCH)
        with closing(open_store(self.database)) as opened:
            app = create_app(State(opened, Nature(), self.settings), control_token=self.control_token)
            config = uvicorn.Config(
                app,
                http=connections_within(self.limits.within_open_files(), app),
                ws="none",
                log_level="warning",
                access_log=False,
                server_header=False,
                date_header=False,  # answers carry the time of the sandbox's own clock
                # Not what the environment says: who may name another caller decides who may control the sandbox.
                forwarded_allow_ips="127.0.0.1",
                lifespan="on",
                timeout_graceful_shutdown=_SECONDS_TO_END,
                ssl_certfile=str(self.files.certificate) if self.files else None,
                ssl_keyfile=str(self.files.private_key) if self.files else None,
            )
            _Announcing(config, ready, self.certificates).run(sockets=[listener])


class _Announcing(uvicorn.Server):
    """A server that tells when it accepts requests, and keeps its certificate fresh."""

    def __init__(
        self, config: uvicorn.Config, ready: Callable[[], None], certificates: Certificates | None
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
def ended_by_signals() -> Iterator[None]:
    """SIGINT and SIGTERM end the block in good order, whenever they come.

    A server that was told to end and did so has done its work: the exit status is 0, as with other servers that
    run until somebody stops them. uvicorn raises each signal once more when it has ended; without a handler of
    ours SIGTERM would then kill the process before the database is closed. A second signal would interrupt the end.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    is_told = False

    def end(_signal: int, _frame: object) -> None:
        nonlocal is_told
        if not is_told:
            is_told = True
            raise KeyboardInterrupt

    before = {number: signal.signal(number, end) for number in ENDING_SIGNALS}
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def certificates_for_the_user() -> Iterator[None]:
    """What is wrong with certificates becomes a `SandboxError`."""
    try:
        yield
    except CertificateError as error:
        raise SandboxError(str(error)) from error
