"""Remembered answers: never another one than the database would give now."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import func, update
from tests.sandbox.conftest import (
    OF_OTHER,
    OTHER_CLIENT,
    OTHER_TENANT,
    OWN,
    WORLD,
    LocalSandbox,
    customer,
    partner,
)

from partnercenter.sandbox.store.schema import customers

PATH = f"/v1/customers/{OWN}"


def read(sandbox: LocalSandbox, **order: Any) -> tuple[int, Any]:
    """Status and body of a GET of the customer."""
    answer = sandbox.call("GET", PATH, token=sandbox.mint(**order))
    return answer.status, json.loads(answer.body)


def fill(sandbox: LocalSandbox, name: str = "Before") -> None:
    """One customer of another partner than the development partner."""
    there = customer(OWN, companyName=name)
    sandbox.seed({"partners": [partner(OTHER_TENANT, OTHER_CLIENT, there)]})


def rename(sandbox: LocalSandbox) -> None:
    """Write another name into the database, and nothing else anywhere."""
    other = update(customers).values(document=func.replace(customers.c.document, "Before", "After"))
    sandbox.state.database.write(lambda connection: connection.execute(other)).result()


def test_a_change_a_seed_and_a_deletion_show_at_once(local_sandbox: LocalSandbox) -> None:
    """Each answer after a write is that of the new state, though the customer was read before."""
    fill(local_sandbox)
    for _ in range(2):
        status, body = read(local_sandbox, **OF_OTHER)
        assert (200, "Before") == (status, body["companyProfile"]["companyName"])
    fill(local_sandbox, "After")
    assert "After" == read(local_sandbox, **OF_OTHER)[1]["companyProfile"]["companyName"]
    token = local_sandbox.mint(**OF_OTHER)
    assert 204 == local_sandbox.call("DELETE", PATH, token=token).status
    assert 200 != read(local_sandbox, **OF_OTHER)[0]


def test_what_one_partner_read_another_does_not_get(local_sandbox: LocalSandbox) -> None:
    """The answer is remembered for its partner alone."""
    local_sandbox.seed(WORLD)
    assert 200 == read(local_sandbox)[0]
    assert 403 == read(local_sandbox, **OF_OTHER)[0]
    assert 200 == read(local_sandbox)[0]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_commit_around_a_read_is_seen_by_the_next(local_sandbox: LocalSandbox, moment: str) -> None:
    """An answer that was read before a commit is not given after it, whenever the read began and ended."""
    fill(local_sandbox)
    database = local_sandbox.state.database
    plain = database.read
    token = local_sandbox.mint(**OF_OTHER)
    local_sandbox.call("GET", PATH, token=token)

    def interrupted(work: Any) -> Any:
        database.read = plain  # type: ignore[method-assign]
        if moment == "before":
            rename(local_sandbox)
        answer = plain(work)
        if moment == "after":
            rename(local_sandbox)
        return answer

    database._writer.commits += 2  # as after a write of something else
    database.read = interrupted  # type: ignore[method-assign]
    local_sandbox.call("GET", PATH, token=token)
    assert "After" == read(local_sandbox, **OF_OTHER)[1]["companyProfile"]["companyName"]


def test_nothing_is_remembered_while_a_commit_is_made(local_sandbox: LocalSandbox) -> None:
    """The state may change between two reads in the middle of the same commit."""
    fill(local_sandbox)
    writer = local_sandbox.state.database._writer
    in_the_middle = writer.commits + 1
    writer.commits = in_the_middle
    assert "Before" == read(local_sandbox, **OF_OTHER)[1]["companyProfile"]["companyName"]
    rename(local_sandbox)
    writer.commits = in_the_middle
    assert "After" == read(local_sandbox, **OF_OTHER)[1]["companyProfile"]["companyName"]
