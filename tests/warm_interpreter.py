"""A Python that has imported the package already, and forks for each command that it is told to run.

`processes.start` starts it, one for each worker of the tests, and speaks to it over a socket: a line of JSON with
the descriptors that the command gets as stdin, stdout and stderr, and one for its wait status in the end.
What is forked sets up what a new interpreter would (environment, folder, streams, `sys.argv`) and runs the command as
`python` does, by runpy. It has one thread when it forks, and no state but modules.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import io
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import struct
import sys
import threading
import traceback
from typing import Any, NoReturn

import partnercenter

_LARGEST_CHUNK = 65_536
# What the commands of the tests were seen to import; not keyring, which chooses its backend when it is imported.
_IMPORTED_WHEN_NEEDED = (
    "anyio._backends._asyncio",
    "azure.core.rest._requests_basic",
    "azure.identity",
    "encodings.utf_8_sig",
    "httpcore2",
    "jwt",
    "msal_extensions",
    "netrc",
    "rich.table",
    "tomlkit",
    "uvicorn.lifespan.on",
    "uvicorn.loops.auto",
)
_NOT_BEFORE_ASKED = ("partnercenter.__main__", "partnercenter.sandbox.store.migrations")


def main() -> None:
    """Serve the orders that come over the socket whose descriptor is the only argument, until it is closed."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    import_all()
    gc.collect()
    gc.freeze()
    ended, child_ended = os.pipe()
    os.set_blocking(child_ended, False)
    signal.set_wakeup_fd(child_ended, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    status_pipes: dict[int, int] = {}
    while True:
        ready = select.select([channel, ended], [], [])[0]
        if ended in ready:
            os.read(ended, _LARGEST_CHUNK)
            report_ended(status_pipes)
        if channel in ready:
            order = receive(channel)
            if order is None:
                return
            command, descriptors = order
            pid = os.fork()
            if pid == 0:
                run(command, descriptors[:3])
            status_pipes[pid] = descriptors.pop()
            for descriptor in descriptors:
                os.close(descriptor)
            channel.sendall(struct.pack("!i", pid))


def import_all() -> None:
    """Import every module of the package, and what they import only when it is needed."""
    for module in pkgutil.walk_packages(partnercenter.__path__, "partnercenter."):
        if not module.name.startswith(_NOT_BEFORE_ASKED):
            importlib.import_module(module.name)
    for name in _IMPORTED_WHEN_NEEDED:
        importlib.import_module(name)


def receive(channel: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """The next order and its descriptors; nothing when the tests have ended."""
    text, descriptors, _, _ = socket.recv_fds(channel, _LARGEST_CHUNK, 4)
    while text and not text.endswith(b"\n"):
        text += channel.recv(_LARGEST_CHUNK)
    return (json.loads(text), descriptors) if text else None


def report_ended(status_pipes: dict[int, int]) -> None:
    """Tell how the children ended that have."""
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            with contextlib.suppress(BrokenPipeError):
                os.write(status_pipes[pid], struct.pack("!i", status))
            os.close(status_pipes.pop(pid))


def run(command: dict[str, Any], streams: list[int]) -> NoReturn:
    """Become a new interpreter that runs the command."""
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number, descriptor in enumerate(streams):
            os.dup2(descriptor, number)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        os.environ.clear()
        os.environ.update(command["environment"])
        os.chdir(command["folder"])
        open_streams()
        status = exit_status(command["arguments"])
    finally:
        end(status)


def open_streams() -> None:
    """Text streams over descriptors 0, 1 and 2, as this interpreter's own were when it began."""
    unbuffered = bool(os.environ.get("PYTHONUNBUFFERED"))
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        before = getattr(sys, f"__{name}__")
        raw = os.fdopen(number, "wb" if number else "rb", 0 if number and unbuffered else -1, closefd=False)
        stream = io.TextIOWrapper(
            raw,
            before.encoding,
            before.errors,
            line_buffering=number == 2 or raw.isatty(),
            write_through=unbuffered and number > 0,
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def exit_status(arguments: list[str]) -> int:
    """Run `-m MODULE …` or `SCRIPT …`, and tell with what status an interpreter would end."""
    try:
        if arguments[0] == "-m":
            sys.argv = arguments[1:]
            runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
        else:
            sys.argv = arguments
            sys.path[0] = os.path.dirname(arguments[0])  # noqa: PTH120 - as Python does
            runpy.run_path(arguments[0], run_name="__main__")
    except SystemExit as ended:
        if ended.code is None or isinstance(ended.code, int):
            return ended.code or 0
        sys.stderr.write(f"{ended.code}\n")
        return 1
    except KeyboardInterrupt:
        traceback.print_exc()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def end(status: int) -> NoReturn:
    """Wait for threads, do what was registered for the end, and end."""
    try:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status & 0xFF)


if __name__ == "__main__":
    main()
