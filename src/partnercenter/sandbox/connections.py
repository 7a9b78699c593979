"""The server's end of a connection, which the application may close before its answer is whole.

ASGI has no word for that. The protocol hands one out in the scope's extensions, which ASGI foresees for what a server
can do beyond it, and the application takes it from there.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import weakref
from functools import partial
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from partnercenter.sandbox.asgi import CLOSE
from partnercenter.sandbox.wire.message import Delivery

# Linger for no time: closing sends a reset and drops what was not sent yet. Windows has shorter numbers there.
_NO_LINGER: Final = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


class ClosableProtocol(HttpToolsProtocol):
    """HTTP/1.1 as uvicorn serves it, with `CLOSE` among the extensions of every request."""

    def on_headers_complete(self) -> None:
        """Begin a request, whose application runs when the parser has returned."""
        super().on_headers_complete()
        if self.cycle is None:  # a websocket is not a request
            return
        # Not the protocol alone: when requests wait behind one another, its cycle is that of the last of them. And
        # weakly, because the cycle holds the scope: what refers to itself is work for the garbage collector.
        close = partial(_close, self.transport, weakref.ref(self.cycle))
        self.scope["extensions"] = {CLOSE: {"call": close}}


def _close(transport: asyncio.Transport, running: weakref.ref[RequestResponseCycle], how: Delivery) -> None:
    """End a connection as a delivery says; what was written of a torn answer is sent before."""
    cycle = running()
    if cycle is not None:
        # The caller is gone: no answer is expected of the application any more.
        cycle.disconnected = True
    if how is Delivery.TORN:
        transport.close()
        return
    if how is Delivery.RESET:
        connection = transport.get_extra_info("socket")
        if connection is not None and connection.family in {socket.AF_INET, socket.AF_INET6}:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    transport.abort()
