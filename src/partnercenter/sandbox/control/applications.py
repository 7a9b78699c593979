"""Applications of partners: registered, changed, given secrets and certificates, removed.

No answer shows a secret, but the one that makes it: it is nowhere in clear afterwards.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection

from partnercenter.contract import development_partner
from partnercenter.contract.identifiers import parse_guid
from partnercenter.sandbox.control.accounts import (
    TENANT,
    now_of,
    owner_of,
    register_application,
    sent_members,
    shown_time,
    wanted_tenant,
)
from partnercenter.sandbox.control.asked import Asked, check_names
from partnercenter.sandbox.errors import SandboxError, UnknownNameError
from partnercenter.sandbox.identity.client_secrets import hash_secret
from partnercenter.sandbox.identity.registrations import certificate_mistake
from partnercenter.sandbox.store.applications import (
    Application,
    ApplicationSecret,
    applications_of,
    delete_application,
    find_application,
    put_application,
)
from partnercenter.sandbox.wire.message import Response, json_response
from partnercenter.sandbox.worlds.accounts import (
    NO_KEY_OF_ITS_OWN,
    kept_application,
    kept_certificate,
    read_application,
    read_redirect_uris,
)

_CHANGEABLE: Final = ("name", "registered", "public", "redirectUris")
_LONGEST_LIFE: Final = 10_000_000_000
_MOST_KEYS: Final = 100
_SECRET_BYTES: Final = 30
_PUBLIC: Final = "A public application has neither secret nor certificate; make it a confidential one first."


def show(asked: Asked) -> Response:
    """Every application, or those of the partner that the query names, by name."""
    tenant = wanted_tenant(asked)
    found = asked.state.database.read(lambda connection: applications_of(connection, tenant))
    return json_response(200, {"applications": [_document(one) for one in found]})


def get(asked: Asked) -> Response:
    """One application."""
    return json_response(200, _document(asked.state.database.read(lambda c: _found(c, asked.name))))


def add(asked: Asked) -> Response:
    """Register an application, with members as a world document has them; the client id is made up if absent."""
    ids = asked.state.nature.ids
    members = sent_members(
        asked.body(), "application", tenantId=development_partner.TENANT_ID, clientId=ids.guid()
    )
    tenant_id = members.take_guid(TENANT)
    said = read_application(members, needs_key=False)
    application = kept_application(said, tenant_id, ids, now_of(asked))

    def work(connection: Connection) -> None:
        owner_of(connection, tenant_id)
        register_application(connection, application)

    asked.change(work)
    return json_response(200, _document(application))


def change(asked: Asked) -> Response:
    """Change name, registration in Partner Center, kind and redirect URIs; null is the default again."""
    body = asked.body()
    check_names(body, _CHANGEABLE, "A change of an application")

    def changed(application: Application) -> Application:
        members = sent_members(
            body,
            "application",
            name=application.name,
            registered=application.is_registered,
            public=application.is_public,
            redirectUris=list(application.redirect_uris),
        )
        public = members.take_flag("public", False)
        if public and (application.secrets or application.certificates):
            raise members.mistake("public", NO_KEY_OF_ITS_OWN)
        return replace(
            application,
            name=members.take_text("name", "Application"),
            is_registered=members.take_flag("registered", True),
            is_public=public,
            redirect_uris=read_redirect_uris(members, public=public),
        )

    return _changed(asked, changed)


def remove(asked: Asked) -> Response:
    """Remove an application, with all that users signed in to through it; the answer is what it was."""

    def work(connection: Connection) -> Application:
        application = _found(connection, asked.name)
        delete_application(connection, application.client_id)
        return application

    return json_response(200, _document(asked.change(work)))


def add_secret(asked: Asked) -> Response:
    """Make a secret, which only this answer shows; `expiresInSeconds` of 0 or less: it has expired already."""
    body = asked.body() if asked.request.body.strip() else {}
    check_names(body, ("expiresInSeconds",), "A secret")
    now, text = now_of(asked), secrets.token_urlsafe(_SECRET_BYTES)
    secret = ApplicationSecret(
        asked.state.nature.ids.guid(), hash_secret(text), now, _end(body.get("expiresInSeconds"), now)
    )

    def changed(application: Application) -> Application:
        _check_room(application, len(application.secrets))
        return replace(application, secrets=(*application.secrets, secret))

    _change(asked, changed)
    return json_response(200, {**_secret(secret), "secret": text})


def remove_secret(asked: Asked) -> Response:
    """Take a secret away; the answer shows what is left."""
    key_id = asked.names[1].lower()

    def changed(application: Application) -> Application:
        left = tuple(one for one in application.secrets if one.key_id != key_id)
        if len(left) == len(application.secrets):
            raise UnknownNameError(f"The application has no secret with the key id {asked.names[1][:60]!r}.")
        return replace(application, secrets=left)

    return _changed(asked, changed)


def add_certificate(asked: Asked) -> Response:
    """`{"pem": "-----BEGIN CERTIFICATE…"}`: a certificate with which the application signs assertions."""
    body = asked.body()
    members = sent_members(body, "certificate")
    pem = members.take_secret("pem")
    members.end()
    mistake = certificate_mistake(pem)
    if mistake is not None:
        raise members.mistake("pem", mistake)
    certificate = kept_certificate(pem, now_of(asked))

    def changed(application: Application) -> Application:
        _check_room(application, len(application.certificates))
        if any(one.thumbprint == certificate.thumbprint for one in application.certificates):
            raise SandboxError(f"The application has the certificate {certificate.thumbprint} already.")
        return replace(application, certificates=(*application.certificates, certificate))

    return _changed(asked, changed)


def remove_certificate(asked: Asked) -> Response:
    """Take a certificate away, by its SHA-256 in hex; the answer shows what is left."""
    thumbprint = asked.names[1].lower().replace(":", "")

    def changed(application: Application) -> Application:
        left = tuple(one for one in application.certificates if one.thumbprint != thumbprint)
        if len(left) == len(application.certificates):
            raise UnknownNameError(
                f"The application has no certificate with the thumbprint {asked.names[1][:70]!r}."
            )
        return replace(application, certificates=left)

    return _changed(asked, changed)


def _changed(asked: Asked, changed: Callable[[Application], Application]) -> Response:
    return json_response(200, _document(_change(asked, changed)))


def _change(asked: Asked, changed: Callable[[Application], Application]) -> Application:
    """Put what `changed` makes of the application in its place, in one transaction."""

    def work(connection: Connection) -> Application:
        application = changed(_found(connection, asked.name))
        put_application(connection, application)
        return application

    return asked.change(work)


def _found(connection: Connection, client_id: str) -> Application:
    guid = parse_guid(client_id)
    application = find_application(connection, guid) if guid else None
    if application is None:
        raise UnknownNameError(f"There is no application with the client id {client_id[:60]!r}.")
    return application


def _check_room(application: Application, keys: int) -> None:
    if application.is_public:
        raise SandboxError(_PUBLIC)
    if keys >= _MOST_KEYS:
        raise SandboxError(f"The application has {_MOST_KEYS} of them already; remove one first.")


def _end(seconds: Any, now: int) -> int | None:
    if seconds is None:
        return None
    if type(seconds) is not int or abs(seconds) > _LONGEST_LIFE:
        raise SandboxError("The member expiresInSeconds of a secret must be a whole number of seconds.")
    return now + timedelta(seconds=seconds) // timedelta(microseconds=1)


def _document(application: Application) -> dict[str, Any]:
    return {
        "clientId": application.client_id,
        "tenantId": application.tenant_id,
        "objectId": application.object_id,
        "name": application.name,
        "registered": application.is_registered,
        "public": application.is_public,
        "redirectUris": list(application.redirect_uris),
        "secrets": [_secret(one) for one in application.secrets],
        "certificates": [
            {"thumbprint": one.thumbprint, "createdAt": shown_time(one.created_at)}
            for one in application.certificates
        ],
    }


def _secret(secret: ApplicationSecret) -> dict[str, Any]:
    return {
        "keyId": secret.key_id,
        "createdAt": shown_time(secret.created_at),
        "expiresAt": shown_time(secret.expires_at),
    }
