"""What the client adds to a call: one call after another, beside bare HTTP libraries on the same server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import aiohttp
import httpx2
import requests
from azure.core.credentials import AccessToken

from benchmarks.measuring import Row, in_turns, median, time_row
from benchmarks.servers import Sandbox
from partnercenter import PartnerCenterClient
from partnercenter.aio import PartnerCenterClient as AsyncClient

_CALLS = 400


class _Known:
    def __init__(self, server: Sandbox) -> None:
        self._token = server.headers["Authorization"].removeprefix("Bearer ")

    def get_token(self, *_scopes: str, **_: object) -> AccessToken:
        return AccessToken(self._token, int(time.time()) + 3600)


class _KnownAsync:
    def __init__(self, server: Sandbox) -> None:
        self._known = _Known(server)

    async def get_token(self, *_scopes: str, **_: object) -> AccessToken:
        return self._known.get_token()

    async def close(self) -> None:
        """Nothing is open."""

    async def __aenter__(self) -> _KnownAsync:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def calls(server: Sandbox) -> Iterator[Row]:
    """The synchronous client beside requests and httpx2, the asynchronous one beside aiohttp and httpx2."""
    customer = server.seed(10)[0]
    url = f"{server.url}/v1/customers/{customer}"

    def with_client() -> float:
        with PartnerCenterClient(_Known(server), endpoint=server.url) as client:
            one = client.customers.by_id(customer)
            one.get()
            began = time.perf_counter()
            for _ in range(_CALLS):
                one.get()
            return (time.perf_counter() - began) / _CALLS

    def with_requests() -> float:
        with requests.Session() as session:
            session.headers.update(server.headers)
            session.get(url, timeout=10).json()
            began = time.perf_counter()
            for _ in range(_CALLS):
                session.get(url, timeout=10).json()
            return (time.perf_counter() - began) / _CALLS

    def with_httpx2() -> float:
        with httpx2.Client(headers=server.headers) as session:
            session.get(url).json()
            began = time.perf_counter()
            for _ in range(_CALLS):
                session.get(url).json()
            return (time.perf_counter() - began) / _CALLS

    async def with_async_client() -> float:
        async with AsyncClient(_KnownAsync(server), endpoint=server.url) as client:
            one = client.customers.by_id(customer)
            await one.get()
            began = time.perf_counter()
            for _ in range(_CALLS):
                await one.get()
            return (time.perf_counter() - began) / _CALLS

    async def with_aiohttp() -> float:
        async with aiohttp.ClientSession(headers=server.headers) as session:
            began = time.perf_counter()
            for _ in range(_CALLS):
                async with session.get(url) as answer:
                    await answer.json()
            return (time.perf_counter() - began) / _CALLS

    async def with_async_httpx2() -> float:
        async with httpx2.AsyncClient(headers=server.headers) as session:
            (await session.get(url)).json()
            began = time.perf_counter()
            for _ in range(_CALLS):
                (await session.get(url)).json()
            return (time.perf_counter() - began) / _CALLS

    times = in_turns(
        {
            "client": with_client,
            "requests": with_requests,
            "httpx2": with_httpx2,
            "async client": lambda: asyncio.run(with_async_client()),
            "aiohttp": lambda: asyncio.run(with_aiohttp()),
            "async httpx2": lambda: asyncio.run(with_async_httpx2()),
        }
    )
    for mine, rivals in (("client", ("requests", "httpx2")), ("async client", ("aiohttp", "async httpx2"))):
        for rival in rivals:
            yield time_row(
                f"{mine}: GET one customer", median(times[mine]), f"raw {rival}", median(times[rival])
            )
