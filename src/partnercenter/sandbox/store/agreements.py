"""Confirmations that a customer has accepted an agreement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select

from partnercenter.contract.enums import AgreementType
from partnercenter.sandbox.store.schema import agreements


@dataclass(frozen=True, slots=True)
class NewAgreement:
    """A confirmation to put in; `contact_folded` is who accepted, in a form that compares."""

    customer_key: int
    id: str
    agreement_type: str
    contact_folded: str
    created_at: int
    document: str


_OF_TYPE = select(agreements.c.id).where(
    agreements.c.customer_key == bindparam("customer"), agreements.c.agreement_type == bindparam("type")
)
_BY_CONTACT = _OF_TYPE.where(agreements.c.contact_folded == bindparam("contact"))
_LIST = (
    select(agreements)
    .where(agreements.c.customer_key == bindparam("customer"))
    .order_by(agreements.c.created_at, agreements.c.id)
)
_INSERT = insert(agreements)


def has_agreement(connection: Connection, customer_key: int) -> bool:
    """Whether the customer's acceptance of the Microsoft Customer Agreement was confirmed (behaviour.md 3.4)."""
    values = {"customer": customer_key, "type": AgreementType.MICROSOFT_CUSTOMER_AGREEMENT.value}
    return connection.execute(_OF_TYPE, values).first() is not None


def is_confirmed_by(connection: Connection, customer_key: int, agreement_type: str, contact: str) -> bool:
    """Whether the same contact has confirmed an agreement of this type before."""
    values = {"customer": customer_key, "type": agreement_type, "contact": contact}
    return connection.execute(_BY_CONTACT, values).first() is not None


def list_agreements(connection: Connection, customer_key: int) -> Sequence[Row[Any]]:
    """A customer's confirmations, oldest first."""
    return connection.execute(_LIST, {"customer": customer_key}).all()


def add_agreement(connection: Connection, new: NewAgreement) -> None:
    """Put in a confirmation."""
    connection.execute(_INSERT, asdict(new))
