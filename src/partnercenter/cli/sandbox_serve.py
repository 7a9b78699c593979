"""`partnercenter sandbox serve`."""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

import click

from partnercenter.cli.control import TOKEN_VARIABLE
from partnercenter.cli.control_options import name_value_pairs
from partnercenter.cli.errors import UserError
from partnercenter.cli.output import message
from partnercenter.cli.sandbox_package import needs_sandbox
from partnercenter.sandbox.limits import DEFAULT_LIMITS, Limits

STOP_VARIABLE: Final = "PARTNERCENTER_SANDBOX_STOP_WITH_STDIN"
_SHORTEST_TOKEN: Final = 16
_THROW_AWAY: Final = "memory"


@click.command(name="serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8400, show_default=True, help="0 takes a free one."
)
@click.option(
    "--database",
    metavar="FILE|URL|memory",
    help="An SQLite file, a postgresql:// address, or 'memory' for a throw-away one; by default a file in your "
    "data folder.",
)
@click.option(
    "--tls", is_flag=True, help="Serve https with a local certificate authority, and say how to trust it."
)
@click.option(
    "--tls-host", "tls_hosts", multiple=True, help="One more name for the certificate; may be repeated."
)
@click.option("--set", "pairs", multiple=True, metavar="NAME=VALUE", help="One setting; may be repeated.")
@click.option(
    "--max-connections",
    type=click.IntRange(1, 100_000),
    default=DEFAULT_LIMITS.connections,
    show_default=True,
    help="When a worker has more, the one that is waited for longest is closed.",
)
@click.option(
    "--client-timeout",
    type=click.FloatRange(0.1, 3600),
    default=DEFAULT_LIMITS.client_seconds,
    show_default=True,
    help="Seconds that a client may take to send a request, or to go on taking an answer.",
)
@click.option(
    "--keep-alive",
    type=click.FloatRange(0, 3600),
    default=DEFAULT_LIMITS.keep_alive_seconds,
    show_default=True,
    help="Seconds that a connection may stay open between two requests.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Processes that serve behind the port; several need a PostgreSQL database.",
)
def command(
    host: str,
    port: int,
    database: str | None,
    tls: bool,
    tls_hosts: tuple[str, ...],
    pairs: tuple[str, ...],
    max_connections: int,
    client_timeout: float,
    keep_alive: float,
    workers: int,
) -> None:
    """Run a sandbox until it is interrupted.

    It prints one line when it accepts requests. Its control routes (/_sandbox/...) answer on this machine
    only, unless PARTNERCENTER_SANDBOX_CONTROL_TOKEN holds a token of 16 characters or more that opens
    them.
    """
    if tls_hosts and not tls:
        raise click.UsageError("--tls-host needs --tls.")
    if database is not None and not database.strip():
        raise UserError("--database is empty; give a file or 'memory'.")
    settings = name_value_pairs(pairs)
    with needs_sandbox(), _without_collections():
        if database == _THROW_AWAY:
            _make_ahead()
        from partnercenter.sandbox.server import serve
    if os.environ.get(STOP_VARIABLE):
        threading.Thread(target=_stop_with_stdin, daemon=True).start()
    try:
        serve(
            host=host,
            port=port,
            database=database,
            tls=tls,
            tls_hosts=tls_hosts,
            settings=settings,
            control_token=_control_token(),
            limits=Limits(max_connections, client_timeout, keep_alive),
            workers=workers,
            announce=_announce,
        )
    except KeyboardInterrupt:
        message("sandbox stopped")


@contextmanager
def _without_collections() -> Iterator[None]:
    """Imports make many objects and hardly a cycle among them, and all of them stay: never look at them."""
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()


def _make_ahead() -> None:
    """Make what a new sandbox begins with in threads, while the modules of the server are imported."""
    from partnercenter.contract.development_partner import USER_PASSWORD
    from partnercenter.sandbox.identity.passwords import remembered_hash
    from partnercenter.sandbox.identity.signing_keys import make_spare_key

    make_spare_key()
    threading.Thread(target=remembered_hash, args=(USER_PASSWORD,), name="password").start()


def _stop_with_stdin() -> None:
    """End this process as SIGTERM does when whoever holds the other end of stdin is gone."""
    with suppress(OSError):
        # Not by sys.stdin: a thread that waits inside it would break the end of the interpreter.
        while os.read(0, 4096):
            pass
    os.kill(os.getpid(), signal.SIGTERM)


def _control_token() -> str | None:
    token = os.environ.get(TOKEN_VARIABLE, "").strip()
    if token and len(token) < _SHORTEST_TOKEN:
        raise UserError(f"{TOKEN_VARIABLE} must have at least {_SHORTEST_TOKEN} characters.")
    return token or None


def _announce(line: str) -> None:
    click.echo(line)
