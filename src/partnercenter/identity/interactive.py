"""Sign a user in: in a browser, or on another device by a code. Both end with a refresh token; behaviour.md 9.1.

msal speaks the protocol (PKCE, state, nonce) over `TokenHttp`; what is here shows the user where to go, and waits
for a bounded time. Nothing is kept here: that is the caller's part.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from partnercenter.client.addresses import same_origin
from partnercenter.identity.authorities import Authority
from partnercenter.identity.entra_answers import sentence_of
from partnercenter.identity.msal_application import msal_application, understood
from partnercenter.identity.redirect_listener import RedirectListener
from partnercenter.identity.token_http import TokenHttp


@dataclass(frozen=True, slots=True)
class UserTokens:
    """What a sign-in brought."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)


class SignInError(Exception):
    """The user was not signed in; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class SigningIn:
    """Which application signs whom in, and where.

    `proof` is how the application proves itself, as msal takes it; None is a public one. `seconds` is how long the
    user may take.
    """

    authority: Authority
    tenant_id: str
    client_id: str
    proof: str | dict[str, str] | None = field(repr=False)
    scope: str
    seconds: float
    verify: bool = True


def sign_in_with_browser(signing_in: SigningIn, show: Callable[[str], None]) -> UserTokens:
    """Let the user sign in in a browser of this machine; `show` gets the address, once, and brings it there.

    Raises `SignInError`, also when no answer has come in time, and azure-core's exceptions when Entra is not reached.
    """
    with _application(signing_in) as application, RedirectListener() as listener:
        with understood():
            flow = application.initiate_auth_code_flow(
                [signing_in.scope],
                redirect_uri=listener.redirect_uri,
                response_mode="form_post",
                # Whoever is signed in to the browser already is seldom the user of a sandbox.
                prompt="select_account",
            )
        show(_address(signing_in.authority, flow["auth_uri"]))
        answer = listener.wait(flow["state"], signing_in.seconds)
        if answer is None:
            stray = " An answer came that does not belong to it, and was refused." if listener.refused else ""
            raise SignInError(f"Nobody signed in within {signing_in.seconds:g} seconds.{stray}")
        with understood():
            brought = application.acquire_token_by_auth_code_flow(flow, dict(answer))
    return _tokens(brought)


def sign_in_with_device_code(signing_in: SigningIn, show: Callable[[str, str], None]) -> UserTokens:
    """Let the user sign in on any device; `show` gets the address to go to, and the code to type there.

    The application must be a public one. Raises as `sign_in_with_browser`, and when the code has expired.
    """
    with _application(signing_in) as application:
        with understood():
            flow = application.initiate_device_flow([signing_in.scope])
        if not {"user_code", "verification_uri", "device_code"} <= flow.keys():
            raise _error(flow)
        patience = min(float(flow["expires_at"]) - time.time(), signing_in.seconds)
        flow["expires_at"] = time.time() + patience
        show(_address(signing_in.authority, str(flow["verification_uri"])), str(flow["user_code"]))
        with understood():
            answer = application.acquire_token_by_device_flow(flow)
    if answer.get("error") in {"authorization_pending", "slow_down"}:
        raise SignInError(f"Nobody signed in within {patience:.0f} seconds.")
    return _tokens(answer)


@contextmanager
def _application(signing_in: SigningIn) -> Iterator[Any]:
    """The msal application, as long as its connections are open."""
    http = TokenHttp(signing_in.authority, verify=signing_in.verify)
    try:
        authority_url = signing_in.authority.of_tenant(signing_in.tenant_id)
        yield msal_application(authority_url, signing_in.client_id, signing_in.proof, http)
    finally:
        http.close()


def _address(authority: Authority, url: str) -> str:
    """Where a browser finds the page; raises `SignInError` for one that no password may be typed into.

    The page may be on another host than the authority, as Entra's page for device codes is.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise SignInError(f"The sign-in led to {url[:200]!r}, which is no page to sign in on.")
    is_plain = authority.is_plain and same_origin(url, authority.address)
    return urlunsplit(parts._replace(scheme="http")) if is_plain else url


def _tokens(answer: Mapping[str, Any]) -> UserTokens:
    if "access_token" not in answer:
        raise _error(answer)
    refresh_token = answer.get("refresh_token")
    if not refresh_token:
        raise SignInError("The sign-in brought no refresh token, so it cannot be kept.")
    return UserTokens(str(answer["access_token"]), str(refresh_token))


def _error(answer: Mapping[str, Any]) -> SignInError:
    said = sentence_of(answer) or "The sign-in was refused"
    if answer.get("error") in {"access_denied", "authorization_declined"} and "AADSTS" not in said:
        said = "The user declined" + ("" if said == answer["error"] else f": {said}")
    return SignInError(said if said.endswith((".", "!", "?")) else said + ".")
