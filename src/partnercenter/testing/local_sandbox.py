"""`LocalSandbox`: a sandbox as an object, with its clients and its controls."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Unpack
from urllib.parse import urlencode

from azure.core.credentials import TokenCredential
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.pipeline.transport import AsyncHttpTransport, HttpTransport
from azure.core.rest import AsyncHttpResponse, HttpRequest, HttpResponse
from isodate import duration_isoformat

from partnercenter.client.aio import PartnerCenterClient as AsyncPartnerCenterClient
from partnercenter.client.sync import PartnerCenterClient
from partnercenter.client.transport import AsyncHttpx2Transport, Httpx2Transport
from partnercenter.contract.timestamps import format_timestamp, parse_timestamp
from partnercenter.sandbox.control.routes import PREFIX
from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.nature import Nature
from partnercenter.sandbox.state import State
from partnercenter.sandbox.store.database import Database
from partnercenter.sandbox.wire.json_body import BodyError, decode_object
from partnercenter.sandbox.wire.message import Request
from partnercenter.testing.controls import Faults, Snapshots
from partnercenter.testing.network import AsyncLocalTransport, Line, LocalTransport
from partnercenter.testing.orders import ClientOptions, RequestFilter, TokenOrder, in_json
from partnercenter.testing.requests import SeenRequest, seen_request
from partnercenter.testing.skipping import AsyncSkippingTransport, SkippingTransport
from partnercenter.testing.templates import template_of
from partnercenter.testing.tokens import AsyncLocalCredential, LocalCredential

# An address of this machine on which nobody listens: it is written in answers and requests, and never connected to.
ENDPOINT: Final = "http://127.0.0.1:1"

World = str | os.PathLike[str] | Mapping[str, Any]


class LocalSandbox:
    """A sandbox of its own in this process, filled with a world.

    `world` is the name of one that ships with the package, the path of a JSON file, or a document (docs/worlds.md);
    without one there is the development partner, and no customer. `settings` are laid over the defaults and the
    world's, and survive a seed and a reset (docs/settings.md).

    With `skip_waits` its clients wait for nothing: where one would pause, before it tries again or looks whether
    something is done, the sandbox's own time moves forward by as much.

    Several at once know nothing of each other, and one may be used by several threads and event loops; only the key
    that signs tokens is the same in all sandboxes of a process. Nothing is written to a disk and no socket is opened,
    whatever address a client is given. Raises `SandboxError` for a world or a setting that is none.

        with LocalSandbox("one-of-each", settings={"customer_quota": 60}) as sandbox:
            for customer in sandbox.client().customers.list():
                ...
    """

    def __init__(
        self,
        world: World = "empty",
        *,
        settings: Mapping[str, object] | None = None,
        skip_waits: bool = False,
    ) -> None:
        template = template_of(_seed(world))
        database = Database("memory", template.image)
        try:
            self._state = State(database, Nature(), settings, template.keys)
        except BaseException:
            database.close()
            raise
        self._line = Line(self._state)
        self._skip_waits = skip_waits
        self.faults = Faults(self.control)
        self.snapshots = Snapshots(self.control)

    def client(
        self, credential: TokenCredential | None = None, **options: Unpack[ClientOptions]
    ) -> PartnerCenterClient:
        """A client of this sandbox; unless a credential is given, one of the development partner's application."""
        return PartnerCenterClient(
            credential or self.credential(), endpoint=ENDPOINT, transport=self.transport(), **options
        )

    def aio_client(
        self, credential: AsyncTokenCredential | None = None, **options: Unpack[ClientOptions]
    ) -> AsyncPartnerCenterClient:
        """An asynchronous client of this sandbox, of `partnercenter.aio`; see `client`."""
        return AsyncPartnerCenterClient(
            credential or self.aio_credential(), endpoint=ENDPOINT, transport=self.aio_transport(), **options
        )

    def credential(self, **order: Unpack[TokenOrder]) -> TokenCredential:
        """A credential whose tokens are made to order, each when it is asked for."""
        return LocalCredential(lambda: self._mint(order))

    def aio_credential(self, **order: Unpack[TokenOrder]) -> AsyncTokenCredential:
        """The same for the asynchronous client."""
        return AsyncLocalCredential(lambda: self._mint(order))

    def token(self, **order: Unpack[TokenOrder]) -> str:
        """A token made to order; raises `SandboxError` for an order that cannot be carried out."""
        return str(self._mint(order)["access_token"])

    def transport(self) -> HttpTransport[HttpRequest, HttpResponse]:
        """What stands in place of the network in a client that is made elsewhere, whatever its endpoint and cloud."""
        inner = LocalTransport(self._line)
        if self._skip_waits:
            return SkippingTransport(self._skip, inner=inner, verify=False)
        return Httpx2Transport(inner=inner, verify=False)

    def aio_transport(self) -> AsyncHttpTransport[HttpRequest, AsyncHttpResponse]:
        """The same for the asynchronous client."""
        inner = AsyncLocalTransport(self._line)
        if self._skip_waits:
            return AsyncSkippingTransport(self._skip, inner=inner, verify=False)
        return AsyncHttpx2Transport(inner=inner, verify=False)

    def control(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Call any route of docs/control.md, such as `control("POST", "/users", {…})`; gives its answer.

        Raises `SandboxError` with the sentence of a refusal.
        """
        path, _, query = path.partition("?")
        sent = b"" if body is None else json.dumps(body).encode("utf-8")
        request = Request(method.upper(), PREFIX + path, query, {}, sent, ENDPOINT, from_loopback=True)
        response = self._line.control(request)
        answer: dict[str, Any] = json.loads(response.body)
        if response.status >= 400:
            raise SandboxError(answer["error"])
        return answer

    def seed(self, world: World) -> dict[str, int]:
        """Replace everything by a world, and go back to real time; returns how much it holds.

        Raises `SandboxError` for a world that is none, and changes nothing then.
        """
        counts: dict[str, int] = self.control("POST", "/seed", _seed(world))
        return counts

    def reset(self) -> None:
        """Go back to the development partner without customers, to the settings of the beginning and to real time."""
        self.control("POST", "/reset")

    @property
    def settings(self) -> Mapping[str, Any]:
        """Every setting with its value in force."""
        return self.control("GET", "/settings")

    def set(self, **changes: object) -> None:
        """Change settings; None is the default again. Raises `SandboxError` for a setting or a value that is none."""
        self.control("PATCH", "/settings", changes)

    @property
    def now(self) -> datetime:
        """The sandbox's own time, in UTC."""
        return parse_timestamp(self.control("GET", "/clock")["now"])

    def advance(
        self,
        by: timedelta | str = timedelta(),
        /,
        *,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
    ) -> datetime:
        """Move the sandbox's own time forward; returns what it is then.

        A text is an ISO 8601 duration such as P1M, whose months are the calendar's. Tokens and the throttle live by
        the machine's time. Raises `SandboxError` for a time that is no duration, or lies in the past.
        """
        more = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        if isinstance(by, timedelta):
            return self._move({"advance": duration_isoformat(by + more)})
        if more:
            raise SandboxError(
                "The clock is advanced by a text or by days, hours, minutes and seconds, not by both."
            )
        return self._move({"advance": by})

    def set_time(self, moment: datetime) -> datetime:
        """Set the sandbox's own time, which never goes back; without a zone it is UTC. Raises `SandboxError`."""
        return self._move({"set": format_timestamp(moment)})

    def requests(self, **like: Unpack[RequestFilter]) -> list[SeenRequest]:
        """The requests to the API that are like this, the newest last; no more than 1000 unless `limit` says it."""
        query = urlencode(in_json(like))
        return [seen_request(shown) for shown in self.control("GET", f"/requests?{query}")["requests"]]

    def forget_requests(self) -> None:
        """Forget every request that was answered until now."""
        self.control("DELETE", "/requests")

    def close(self) -> None:
        """End the sandbox; its clients fail from then on. Done twice, it does nothing."""
        self._line.close()
        self._state.close()

    def __enter__(self) -> LocalSandbox:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self.close()

    def _mint(self, order: Mapping[str, Any]) -> Mapping[str, Any]:
        return self.control("POST", "/tokens", in_json(order))

    def _skip(self, seconds: float) -> None:
        self.advance(seconds=seconds)

    def _move(self, order: Mapping[str, str]) -> datetime:
        return parse_timestamp(self.control("POST", "/clock", order)["now"])


def _seed(world: World) -> dict[str, Any]:
    """A world as the body of a seed; raises `SandboxError` for a file that cannot be read."""
    if isinstance(world, str):
        return {"world": world}
    if isinstance(world, Mapping):
        return dict(world)
    path = Path(world)
    try:
        return decode_object(path.read_bytes())
    except OSError as error:
        raise SandboxError(f"The world {path} cannot be read: {error.strerror}.") from error
    except BodyError as error:
        raise SandboxError(f"The world {path} cannot be read: {error}") from error
