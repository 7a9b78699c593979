"""Request ids and correlation ids, as the server receives them."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.client.conftest import (
    CUSTOMER,
    Answer,
    AsyncCredential,
    Credential,
    Door,
    ScriptedServer,
    collection,
    next_link,
)

from partnercenter import PartnerCenterClient
from partnercenter.aio import PartnerCenterClient as AsyncPartnerCenterClient
from partnercenter.client.correlation import correlation, current_correlation_id
from partnercenter.contract.identifiers import parse_guid

BOUND = "0f0f0f0f-0000-4000-8000-000000000001"
INNER = "0f0f0f0f-0000-4000-8000-000000000002"


def read(client: Any) -> Any:
    return client.customers.by_id(CUSTOMER).get()


def test_each_call_has_ids_of_its_own(server: ScriptedServer, door: Door) -> None:
    """Each call carries a request id and a correlation id that no other call has."""
    server.answers(Answer(json={}))
    door.calls(server.url, read, read, read)
    ids = [request.request_id for request in server.requests]
    ids += [request.correlation_id for request in server.requests]
    assert 6 == len(set(ids))
    assert all(parse_guid(value or "") == value for value in ids)


@pytest.mark.parametrize("failure", [Answer(503), Answer(429), Answer(reset=True), Answer(declared=9)])
def test_retries_keep_both_ids(server: ScriptedServer, door: Door, failure: Answer) -> None:
    """An attempt after a failure carries the ids of the first attempt."""
    server.answers(failure, failure, Answer(json={}))
    door.call(server.url, read)
    assert 3 == len(server.requests)
    assert 1 == len({(request.request_id, request.correlation_id) for request in server.requests})


def test_a_page_is_a_call_of_its_own(server: ScriptedServer, door: Door) -> None:
    """Each page of a list is asked for under a request id of its own."""
    server.answers(
        Answer(json=collection({}, links=next_link("/customers?seekOperation=Next", "t"))),
        Answer(json=collection()),
    )
    door.call(server.url, lambda client: client.customers.list())
    assert 2 == len({request.request_id for request in server.requests})


def test_a_bound_correlation_id_goes_with_every_call(server: ScriptedServer, door: Door) -> None:
    """Inside `with client.correlation(id)` every call carries that id, and request ids stay fresh."""
    server.answers(Answer(json={}))
    with correlation(BOUND) as given:
        door.calls(server.url, read, read)
    door.call(server.url, read)
    assert given == BOUND
    assert [BOUND, BOUND] == [request.correlation_id for request in server.requests[:2]]
    assert server.requests[2].correlation_id != BOUND
    assert 3 == len({request.request_id for request in server.requests})


def test_the_client_binds_a_correlation_id(server: ScriptedServer) -> None:
    """`client.correlation()` makes an id, yields it, and the server receives it."""
    server.answers(Answer(json={}))
    with PartnerCenterClient(Credential(), endpoint=server.url) as client, client.correlation() as made:
        read(client)
    assert made == server.requests[0].correlation_id


def test_blocks_nest() -> None:
    """An inner block's correlation id holds until its end, then the outer one's again."""
    with correlation(BOUND):
        with correlation(INNER):
            assert INNER == current_correlation_id()
        assert BOUND == current_correlation_id()
    assert current_correlation_id() not in {BOUND, INNER}


def test_a_block_that_fails_ends_too() -> None:
    """After an exception inside a block its correlation id is bound no more."""
    with pytest.raises(RuntimeError), correlation(BOUND):
        raise RuntimeError
    assert current_correlation_id() != BOUND


@pytest.mark.parametrize("bad", ["", " ", "x", "5d6b1c1e", 5])
def test_only_a_guid_can_be_bound(bad: Any) -> None:
    """A correlation id that is not a GUID raises ValueError and binds nothing."""
    with pytest.raises(ValueError, match="correlation_id"), correlation(bad):
        pass
    assert current_correlation_id() != bad


def test_threads_do_not_share_a_correlation_id() -> None:
    """A correlation id bound in one thread is not seen in another."""
    met = threading.Barrier(2, timeout=10)

    def bind(own: str) -> str:
        with correlation(own):
            met.wait()
            seen = current_correlation_id()
            met.wait()
            return seen

    with ThreadPoolExecutor(2) as pool, correlation():
        assert [BOUND, INNER] == list(pool.map(bind, [BOUND, INNER]))
        assert pool.submit(current_correlation_id).result() not in {BOUND, INNER}


def test_tasks_do_not_share_a_correlation_id(server: ScriptedServer) -> None:
    """Two tasks that bind different ids at the same time send each its own."""
    server.answers(Answer(json={}))

    async def act() -> None:
        async with AsyncPartnerCenterClient(AsyncCredential(), endpoint=server.url) as client:

            async def one(own: str) -> None:
                with client.correlation(own):
                    for _ in range(5):
                        await read(client)

            await asyncio.gather(one(BOUND), one(INNER))
            await read(client)

    asyncio.run(act())
    sent = [request.correlation_id for request in server.requests]
    assert (5, 5) == (sent.count(BOUND), sent.count(INNER))
    assert sent[-1] not in {BOUND, INNER}
