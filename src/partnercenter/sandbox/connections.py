"""The server's end of a connection, which the application may close before its answer is whole.

ASGI has no word for that. The protocol hands one out in the scope's extensions, which ASGI foresees for what a server
can do beyond it, and the application takes it from there.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from partnercenter.sandbox.asgi import CLOSE
from partnercenter.sandbox.wire.message import Delivery

# Linger for no time: closing sends a reset and drops what was not sent yet. Windows has shorter numbers there.
_NO_LINGER: Final = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


class ClosableProtocol(HttpToolsProtocol):
    """HTTP/1.1 as uvicorn serves it, with `CLOSE` among the extensions of every request."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Remember what all requests of the connection get."""
        super().connection_made(transport)
        self._extensions: dict[str, Any] = {CLOSE: self._close}

    def on_message_begin(self) -> None:
        """Hand it to the next one."""
        super().on_message_begin()
        self.scope["extensions"] = self._extensions

    def _close(self, how: Delivery) -> None:
        """End the connection as a delivery says; what was written of a torn answer is sent before."""
        if how is Delivery.TORN:
            self.transport.close()
            return
        if how is Delivery.RESET:
            connection = self.transport.get_extra_info("socket")
            if connection is not None and connection.family in {socket.AF_INET, socket.AF_INET6}:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self.transport.abort()
