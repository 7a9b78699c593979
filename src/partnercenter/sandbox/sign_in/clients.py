"""Who asks for a token: the tenant of the path, the application, and its proof."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from partnercenter.sandbox.identity.client_assertions import check_client_assertion
from partnercenter.sandbox.identity.client_secrets import StoredSecret, check_client_secret
from partnercenter.sandbox.identity.entra_errors import EntraRefusedError
from partnercenter.sandbox.identity.grant_errors import ClientFault
from partnercenter.sandbox.identity.token_request import (
    CLIENT_CREDENTIALS,
    ON_BEHALF_OF,
    TokenRequest,
    unknown_application,
    unknown_tenant,
)
from partnercenter.sandbox.identity.tokens import ClientProof, issuer_of
from partnercenter.sandbox.sign_in.sign_in_call import SignInCall
from partnercenter.sandbox.store.applications import Application
from partnercenter.sandbox.store.partners import Partner

# Where a user signs in without naming a tenant: that of the application, as no other has it.
_ANY_TENANT: Final = frozenset({"common", "organizations"})
_FOR_CONFIDENTIAL_CLIENTS: Final = frozenset({CLIENT_CREDENTIALS, ON_BEHALF_OF})


def find_client(
    call: SignInCall, client_id: str, *, without_user: bool = False
) -> tuple[Partner, Application]:
    """Tenant and application of a request; AADSTS90002 and 700016 where there is none.

    `without_user` there is nobody whose sign-in could tell the tenant, so the path must.
    """
    application = call.state.directory.application(client_id)
    if call.tenant.lower() in _ANY_TENANT and not without_user:
        partner = None if application is None else call.state.directory.partner(application.tenant_id)
        if partner is None:
            raise EntraRefusedError(unknown_application(client_id, call.tenant))
    else:
        partner = call.partner()
        if partner is None:
            raise EntraRefusedError(unknown_tenant(call.tenant))
    if application is None or application.tenant_id != partner.tenant_id:
        raise EntraRefusedError(unknown_application(client_id, partner.tenant_id))
    return partner, application


def check_client(
    call: SignInCall, request: TokenRequest, partner: Partner, application: Application
) -> ClientProof:
    """How an application has proved who it is; refuses one that has not, and a public one that tries to."""
    secret, assertion = request.client_secret, request.client_assertion
    if application.is_public and (secret is not None or assertion is not None):
        raise EntraRefusedError(ClientFault.PUBLIC_WITH_PROOF.about())
    if secret is not None:
        _check_secret(application, secret, call.now)
        return "1"
    if assertion is not None:
        _check_assertion(call, application, partner, assertion)
        return "2"
    if request.grant in _FOR_CONFIDENTIAL_CLIENTS:
        raise EntraRefusedError(ClientFault.MISSING_SECRET.about(request.grant))
    if not application.is_public:
        raise EntraRefusedError(ClientFault.MISSING_PROOF.about())
    return "0"


def _check_secret(application: Application, secret: str, now: float) -> None:
    stored = [
        StoredSecret(one.hashed, None if one.expires_at is None else one.expires_at / 1_000_000)
        for one in application.secrets
    ]
    refused = check_client_secret(application.client_id, secret, stored, now)
    if refused is not None:
        raise EntraRefusedError(refused)


def _check_assertion(call: SignInCall, application: Application, partner: Partner, assertion: str) -> None:
    refused = check_client_assertion(
        assertion,
        application.client_id,
        [one.pem for one in application.certificates],
        frozenset(_own_addresses(call, partner)),
        call.now,
        call.settings.number("assertion_clock_skew_seconds"),
    )
    if refused is not None:
        raise EntraRefusedError(refused)


def _own_addresses(call: SignInCall, partner: Partner) -> Iterator[str]:
    """What an assertion may be meant for, in lower case: the token endpoints as the caller sees them, the issuers."""
    origin = call.request.origin.rstrip("/").lower()
    for tenant in (partner.tenant_id, partner.domain, call.tenant.lower()):
        yield f"{origin}/{tenant}/oauth2/token"
        yield f"{origin}/{tenant}/oauth2/v2.0/token"
        yield f"{origin}/{tenant}/v2.0"
        yield f"{origin}/{tenant}/"
    yield issuer_of(partner.tenant_id, 1)
    yield issuer_of(partner.tenant_id, 2)
