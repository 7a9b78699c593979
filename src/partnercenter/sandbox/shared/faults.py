"""Faults made to order that hit the calls of all processes, each as often as it was to, whichever process is called.

They wait in a table until they are used up or taken away, or the last process ends. Every process knows them by
heart; what is counted, is counted in the table.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, or_, select, update

from partnercenter.sandbox.injected_faults import (
    MOST_FAULTS,
    FaultOrder,
    InjectedFault,
    seed_of,
    too_many_faults,
    unknown_fault,
)
from partnercenter.sandbox.routes.call import Call
from partnercenter.sandbox.store.postgres_tables import injected_faults as faults
from partnercenter.sandbox.store.store import Change, Shared

_ALL: Final = select(faults).order_by(faults.c.id)
_IDS: Final = select(faults.c.id).order_by(faults.c.id)
_IS_LEFT: Final = or_(faults.c.times.is_(None), faults.c.hits < faults.c.times)
_THIS: Final = faults.c.id == bindparam("fault")
_MATCH: Final = (
    update(faults).where(_THIS, _IS_LEFT).values(matched=faults.c.matched + 1).returning(faults.c.matched)
)
_HIT: Final = update(faults).where(_THIS, _IS_LEFT).values(hits=faults.c.hits + 1).returning(faults.c.hits)
_REMOVE: Final = delete(faults).where(_THIS)
_COUNT: Final = select(func.count()).select_from(faults)


class SharedFaults:
    """The same as `injected_faults.InjectedFaults`."""

    def __init__(self, shared: Shared, change: Change) -> None:
        self._shared = shared
        self._change = change
        self._waiting: tuple[InjectedFault, ...] = ()

    def read_anew(self, connection: Connection) -> None:
        """Learn which there are."""
        self._waiting = _read(connection)

    def strike(self, call: Call) -> InjectedFault | None:
        """The fault that hits a call, if there is one."""
        return next((fault for fault in self._waiting if self._strikes(fault, call)), None)

    def add(self, order: FaultOrder, said: Mapping[str, Any]) -> InjectedFault:
        """Post a fault; raises `SandboxError` when there are too many."""
        seed = seed_of(order)
        row = {
            "fault_order": json.dumps(asdict(order), default=sorted),
            "said": json.dumps(said),
            "seed": seed,
            "times": order.times,
        }

        def add(connection: Connection) -> int:
            if connection.execute(_COUNT).scalar_one() >= MOST_FAULTS:
                raise too_many_faults()
            return int(connection.execute(insert(faults).returning(faults.c.id), row).scalar_one())

        added = self._change(add)
        return InjectedFault(str(added), order, said, seed)

    def all(self) -> list[dict[str, Any]]:
        """Every fault that waits, as JSON."""
        return [fault.as_json() for fault in self._shared.run(_read)]

    def remove(self, fault_id: str) -> None:
        """Take one away; raises `UnknownNameError` when it is not there."""

        def remove(connection: Connection) -> int:
            known = [str(known) for known in connection.execute(_IDS).scalars()]
            if fault_id not in known:
                raise unknown_fault(fault_id, known)
            return connection.execute(_REMOVE, {"fault": int(fault_id)}).rowcount

        self._change(remove)

    def clear(self) -> None:
        """Take all away."""
        self._change(lambda connection: connection.execute(delete(faults)).rowcount)

    def _strikes(self, fault: InjectedFault, call: Call) -> bool:
        if not fault.order.matches(call):
            return False
        this = {"fault": int(fault.id)}

        def strikes(connection: Connection) -> bool:
            matched = connection.execute(_MATCH, this).scalar()
            if matched is None or not fault.is_due(matched):
                return False
            hits = connection.execute(_HIT, this).scalar()
            if hits == fault.order.times:
                connection.execute(_REMOVE, this)
            return hits is not None

        return self._shared.run(strikes)


def _read(connection: Connection) -> tuple[InjectedFault, ...]:
    return tuple(map(_fault, connection.execute(_ALL)))


def _fault(row: Row[Any]) -> InjectedFault:
    order = json.loads(row.fault_order)
    if order["operations"] is not None:
        order["operations"] = frozenset(order["operations"])
    return InjectedFault(
        str(row.id), FaultOrder(**order), json.loads(row.said), row.seed, row.matched, row.hits
    )
