"""The applications of partners, with their secrets and certificates."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, select, true

from partnercenter.sandbox.store.schema import application_certificates, application_secrets, applications


@dataclass(frozen=True, slots=True)
class ApplicationSecret:
    """A secret of an application, hashed; it has no end without `expires_at`."""

    key_id: str
    hashed: str = field(repr=False)
    created_at: int
    expires_at: int | None = None


@dataclass(frozen=True, slots=True)
class ApplicationCertificate:
    """A certificate with which an application signs its assertions; `thumbprint` is its SHA-256 in hex."""

    thumbprint: str
    pem: str
    created_at: int


@dataclass(frozen=True, slots=True)
class Application:
    """An app registration; one that is not registered in Partner Center gets tokens but no answers.

    One that is public has neither secret nor certificate: it signs in with a user only.
    """

    client_id: str
    tenant_id: str
    object_id: str
    name: str
    is_registered: bool
    is_public: bool = False
    redirect_uris: tuple[str, ...] = ()
    secrets: tuple[ApplicationSecret, ...] = ()
    certificates: tuple[ApplicationCertificate, ...] = ()


_ALL = select(applications).order_by(applications.c.name, applications.c.client_id)
_APPLICATION = select(applications).where(applications.c.client_id == bindparam("id"))
_SECRETS = (
    select(application_secrets)
    .join(applications)
    .order_by(application_secrets.c.created_at, application_secrets.c.key_id)
)
_CERTIFICATES = (
    select(application_certificates)
    .join(applications)
    .order_by(application_certificates.c.created_at, application_certificates.c.thumbprint)
)
_COUNT = select(func.count()).select_from(applications).where(applications.c.tenant_id == bindparam("id"))


def find_application(connection: Connection, client_id: str) -> Application | None:
    """The application of a client id in lower case."""
    found = _applications(connection, applications.c.client_id == client_id)
    return found[0] if found else None


def applications_of(connection: Connection, tenant_id: str | None = None) -> list[Application]:
    """The applications of a partner, or of all of them, by name."""
    return _applications(connection, true() if tenant_id is None else applications.c.tenant_id == tenant_id)


def count_applications(connection: Connection, tenant_id: str) -> int:
    """How many applications a partner has."""
    return connection.execute(_COUNT, {"id": tenant_id}).scalar_one()


def add_applications(connection: Connection, added: Sequence[Application]) -> None:
    """Put in applications whose client ids are new."""
    if added:
        connection.execute(insert(applications), [_row(one) for one in added])
    _add_keys(connection, added)


def put_application(connection: Connection, application: Application) -> None:
    """Put in an application, or put this one in the place of the one with its client id."""
    if connection.execute(_APPLICATION, {"id": application.client_id}).first() is None:
        add_applications(connection, [application])
        return
    # Not deleted and put in anew: what users signed in to with it would go with it.
    connection.execute(
        applications.update().where(applications.c.client_id == application.client_id), _row(application)
    )
    for table in (application_secrets, application_certificates):
        connection.execute(delete(table).where(table.c.client_id == application.client_id))
    _add_keys(connection, [application])


def delete_application(connection: Connection, client_id: str) -> bool:
    """Delete an application with all that was signed in through it; whether there was one."""
    gone = connection.execute(delete(applications).where(applications.c.client_id == client_id))
    return gone.rowcount > 0


def _applications(connection: Connection, which: ColumnElement[bool]) -> list[Application]:
    """The applications for which this holds, by name, in three queries however many there are."""
    secrets: dict[str, list[ApplicationSecret]] = {}
    for row in connection.execute(_SECRETS.where(which)):
        secret = ApplicationSecret(row.key_id, row.hashed, row.created_at, row.expires_at)
        secrets.setdefault(row.client_id, []).append(secret)
    certificates: dict[str, list[ApplicationCertificate]] = {}
    for row in connection.execute(_CERTIFICATES.where(which)):
        certificate = ApplicationCertificate(row.thumbprint, row.pem, row.created_at)
        certificates.setdefault(row.client_id, []).append(certificate)
    return [
        Application(
            client_id=row.client_id,
            tenant_id=row.tenant_id,
            object_id=row.object_id,
            name=row.name,
            is_registered=row.is_registered,
            is_public=row.is_public,
            redirect_uris=tuple(json.loads(row.redirect_uris)),
            secrets=tuple(secrets.get(row.client_id, ())),
            certificates=tuple(certificates.get(row.client_id, ())),
        )
        for row in connection.execute(_ALL.where(which))
    ]


def _row(application: Application) -> dict[str, object]:
    return {
        "client_id": application.client_id,
        "tenant_id": application.tenant_id,
        "object_id": application.object_id,
        "name": application.name,
        "is_registered": application.is_registered,
        "is_public": application.is_public,
        "redirect_uris": json.dumps(application.redirect_uris),
    }


def _add_keys(connection: Connection, holders: Sequence[Application]) -> None:
    secrets = [
        {
            "client_id": holder.client_id,
            "key_id": one.key_id,
            "hashed": one.hashed,
            "created_at": one.created_at,
            "expires_at": one.expires_at,
        }
        for holder in holders
        for one in holder.secrets
    ]
    if secrets:
        connection.execute(insert(application_secrets), secrets)
    certificates = [
        {
            "client_id": holder.client_id,
            "thumbprint": one.thumbprint,
            "pem": one.pem,
            "created_at": one.created_at,
        }
        for holder in holders
        for one in holder.certificates
    ]
    if certificates:
        connection.execute(insert(application_certificates), certificates)
