"""Statements on the driver's own path: the rows, the errors and the savepoints that SQLAlchemy would give."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from partnercenter.sandbox.nature import Nature
from partnercenter.sandbox.state import State
from partnercenter.sandbox.store.database import Database
from partnercenter.sandbox.store.hot import HotStatement, savepoint
from partnercenter.sandbox.store.schema import domain_names, partners


@pytest.fixture
def database() -> Iterator[Database]:
    """A database with the development partner."""
    state = State(Database("memory"), Nature())
    try:
        yield state.database
    finally:
        state.close()


def test_rows_are_those_of_sqlalchemy(database: Database) -> None:
    """Every column by its name, and truth values as such, whichever way a row came."""
    query = select(partners).where(partners.c.country == bindparam("country")).limit(5)
    hot = HotStatement(query)

    def both(connection: Connection) -> None:
        values = {"country": "US"}
        plain = connection.execute(query, values).all()
        assert [row._asdict() for row in plain] == [row._asdict() for row in hot.all(connection, values)]
        first = hot.first(connection, values)
        assert plain[0]._asdict() == first._asdict()
        assert isinstance(first.is_csp, bool)
        assert hot.first(connection, {"country": "nowhere"}) is None

    database.read(both)


def test_a_value_too_many_or_too_few_is_refused(database: Database) -> None:
    """A slip in a name is an error, not a condition that is left out."""
    hot = HotStatement(select(partners).where(partners.c.domain == bindparam("domain")))
    for values in ({}, {"domain": "a", "country": "US"}, {"country": "US"}):
        with pytest.raises(ValueError, match="are not those of the statement"):
            database.read(lambda connection, given=values: hot.all(connection, given))


def test_errors_are_those_of_sqlalchemy_without_the_values(database: Database) -> None:
    """Whoever looks for an error of the database finds this one, and finds nothing of what was put in."""
    hot = HotStatement(insert(domain_names))

    def twice(connection: Connection) -> None:
        hot.run(connection, {"name": "the-value.onmicrosoft.com"})
        hot.run(connection, {"name": "the-value.onmicrosoft.com"})

    with pytest.raises(IntegrityError) as refused:
        database.write(twice).result()
    assert "the-value" not in str(refused.value)


def test_a_savepoint_undoes_its_block_alone(database: Database) -> None:
    """What was done before it and after it is kept."""
    hot = HotStatement(insert(domain_names))

    def fail(connection: Connection) -> None:
        with savepoint(connection):
            hot.run(connection, {"name": "inside.example"})
            hot.run(connection, {"name": "before.example"})

    def some(connection: Connection) -> None:
        hot.run(connection, {"name": "before.example"})
        with pytest.raises(IntegrityError):
            fail(connection)
        with savepoint(connection):
            hot.run(connection, {"name": "after.example"})

    database.write(some).result()
    ending = select(domain_names.c.name).where(domain_names.c.name.endswith(".example"))
    names = database.read(lambda connection: set(connection.execute(ending).scalars()))
    assert {"before.example", "after.example"} == names
