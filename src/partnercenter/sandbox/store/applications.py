"""The applications of partners, with their secrets and certificates."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, delete, insert, select

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
    .where(application_secrets.c.client_id == bindparam("id"))
    .order_by(application_secrets.c.created_at, application_secrets.c.key_id)
)
_CERTIFICATES = (
    select(application_certificates)
    .where(application_certificates.c.client_id == bindparam("id"))
    .order_by(application_certificates.c.created_at, application_certificates.c.thumbprint)
)


def find_application(connection: Connection, client_id: str) -> Application | None:
    """The application of a client id in lower case."""
    row = connection.execute(_APPLICATION, {"id": client_id}).first()
    if row is None:
        return None
    return Application(
        client_id=row.client_id,
        tenant_id=row.tenant_id,
        object_id=row.object_id,
        name=row.name,
        is_registered=row.is_registered,
        is_public=row.is_public,
        redirect_uris=tuple(json.loads(row.redirect_uris)),
        secrets=tuple(
            ApplicationSecret(found.key_id, found.hashed, found.created_at, found.expires_at)
            for found in connection.execute(_SECRETS, {"id": client_id})
        ),
        certificates=tuple(
            ApplicationCertificate(found.thumbprint, found.pem, found.created_at)
            for found in connection.execute(_CERTIFICATES, {"id": client_id})
        ),
    )


def applications_of(connection: Connection, tenant_id: str | None = None) -> list[Application]:
    """The applications of a partner, or of all of them, by name."""
    query = _ALL if tenant_id is None else _ALL.where(applications.c.tenant_id == tenant_id)
    ids = [row.client_id for row in connection.execute(query)]
    return [found for found in (find_application(connection, one) for one in ids) if found is not None]


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
