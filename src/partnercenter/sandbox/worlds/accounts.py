"""Applications and users of partners, read out of JSON, and made into what the store keeps.

Worlds and the control routes read them by the same functions, so that both take and refuse the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from partnercenter.sandbox.identity.client_assertions import certificate_thumbprint
from partnercenter.sandbox.identity.client_secrets import hash_secret
from partnercenter.sandbox.identity.passwords import remembered_hash
from partnercenter.sandbox.identity.registrations import (
    certificate_mistake,
    password_mistake,
    principal_name_mistake,
    redirect_uri_mistake,
)
from partnercenter.sandbox.nature import Identifiers
from partnercenter.sandbox.rules.partner_roles import ADMIN_AGENT, ROLES
from partnercenter.sandbox.store.applications import (
    Application,
    ApplicationCertificate,
    ApplicationSecret,
)
from partnercenter.sandbox.store.partner_users import PartnerUser
from partnercenter.sandbox.worlds.members import Members

NO_KEY_OF_ITS_OWN: Final = "cannot be true of an application with a secret or a certificate"


@dataclass(frozen=True, slots=True)
class WorldApplication:
    """An app registration; a public one has no secret and no certificates. `certificates` are PEM texts."""

    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    name: str = "Application"
    registered: bool = True
    secret_expired: bool = False
    public: bool = False
    redirect_uris: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorldUser:
    """Somebody who signs in for a partner; with `mfa` a second factor is asked for."""

    user_principal_name: str
    password: str = field(repr=False)
    display_name: str | None = None
    object_id: str | None = None
    mfa: bool = True
    enabled: bool = True
    roles: tuple[str, ...] = (ADMIN_AGENT,)


def read_application(members: Members, *, needs_key: bool = True) -> WorldApplication:
    """An application; raises `SandboxError`.

    With `needs_key` one that is not public has a secret or a certificate.
    """
    public = members.take_flag("public", False)
    result = WorldApplication(
        client_id=members.take_guid("clientId"),
        client_secret=members.take_text("clientSecret") if members.has("clientSecret") else None,
        name=members.take_text("name", "Application"),
        registered=members.take_flag("registered", True),
        secret_expired=members.take_flag("secretExpired", False),
        public=public,
        redirect_uris=read_redirect_uris(members, public=public),
        certificates=read_certificates(members),
    )
    members.end()
    if public and (result.client_secret is not None or result.certificates):
        raise members.mistake("public", NO_KEY_OF_ITS_OWN)
    if needs_key and not public and result.client_secret is None and not result.certificates:
        raise members.mistake(
            "clientSecret", "must be a text, unless the application is public or has certificates"
        )
    return result


def read_redirect_uris(members: Members, *, public: bool) -> tuple[str, ...]:
    """The addresses to which answers of a sign-in may go."""
    uris = members.take_texts("redirectUris")
    for number, uri in enumerate(uris):
        mistake = redirect_uri_mistake(uri, public=public)
        if mistake is not None:
            raise members.mistake(f"redirectUris[{number}]", mistake)
    return uris


def read_certificates(members: Members) -> tuple[str, ...]:
    """The certificates of an application, in PEM form, none of them twice."""
    pems = members.take_texts("certificates")
    for number, pem in enumerate(pems):
        mistake = certificate_mistake(pem)
        if mistake is not None:
            raise members.mistake(f"certificates[{number}]", mistake)
    if len({certificate_thumbprint(pem) for pem in pems}) < len(pems):
        raise members.mistake("certificates", "must name nothing twice")
    return pems


def read_user(members: Members, domain: str) -> WorldUser:
    """A user of the partner with this domain; raises `SandboxError`."""
    name = members.take_text("userPrincipalName")
    mistake = principal_name_mistake(name, domain)
    if mistake is not None:
        raise members.mistake("userPrincipalName", mistake)
    result = WorldUser(
        user_principal_name=name,
        password=read_password(members),
        display_name=members.take_text("displayName") if members.has("displayName") else None,
        object_id=members.take_guid("objectId") if members.has("objectId") else None,
        mfa=members.take_flag("mfa", True),
        enabled=members.take_flag("enabled", True),
        roles=read_roles(members),
    )
    members.end()
    return result


def read_password(members: Members) -> str:
    """A password, as it stands."""
    password = members.take_secret("password")
    mistake = password_mistake(password)
    if mistake is not None:
        raise members.mistake("password", mistake)
    return password


def read_roles(members: Members) -> tuple[str, ...]:
    """Some of the roles, or none of them; an admin agent when the member is absent."""
    if not members.has("roles"):
        return (ADMIN_AGENT,)
    roles = members.take_texts("roles")
    if not set(roles) <= set(ROLES):
        raise members.mistake("roles", f"must be a list of some of {', '.join(ROLES)}")
    return roles


def kept_application(
    application: WorldApplication, tenant_id: str, ids: Identifiers, now: int
) -> Application:
    """What the store keeps of an application that is registered `now`, in microseconds."""
    secret = application.client_secret
    ends = now - 1 if application.secret_expired else None
    return Application(
        client_id=application.client_id,
        tenant_id=tenant_id,
        object_id=ids.guid(),
        name=application.name,
        is_registered=application.registered,
        is_public=application.public,
        redirect_uris=application.redirect_uris,
        secrets=() if secret is None else (ApplicationSecret(ids.guid(), hash_secret(secret), now, ends),),
        certificates=tuple(kept_certificate(pem, now) for pem in application.certificates),
    )


def kept_certificate(pem: str, now: int) -> ApplicationCertificate:
    """What the store keeps of a certificate."""
    return ApplicationCertificate(certificate_thumbprint(pem), pem, now)


def kept_user(user: WorldUser, tenant_id: str, ids: Identifiers, now: int) -> PartnerUser:
    """What the store keeps of a user who is made `now`, in microseconds."""
    return PartnerUser(
        object_id=user.object_id or ids.guid(),
        tenant_id=tenant_id,
        user_principal_name=user.user_principal_name,
        display_name=user.display_name or user.user_principal_name.partition("@")[0],
        password_hash=remembered_hash(user.password),
        has_mfa=user.mfa,
        is_enabled=user.enabled,
        roles=user.roles,
        created_at=now,
    )
