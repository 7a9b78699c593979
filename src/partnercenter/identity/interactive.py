"""Sign a user in: in a browser, or on another device by a code. Both end with a refresh token; behaviour.md 9.1.

msal speaks the protocol (PKCE, state, nonce); what is here shows the user where to go and waits, for a bounded time.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from partnercenter.identity.redirect_listener import RedirectListener

if TYPE_CHECKING:
    from msal import ClientApplication, PublicClientApplication

_NUMBER: Final = re.compile(r"AADSTS(\d+)")
_IDS: Final = re.compile(r"\s*Trace ID: .*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class UserTokens:
    """What a sign-in brought."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)


class SignInError(Exception):
    """The user was not signed in. `number` is that of Entra's error (the digits after AADSTS), or empty."""

    def __init__(self, sentence: str, number: str = "") -> None:
        super().__init__(sentence)
        self.number = number


def sign_in_with_browser(
    application: ClientApplication, scope: str, *, seconds: float, show: Callable[[str], None]
) -> UserTokens:
    """Let the user sign in in a browser of this machine; `show` gets the address, once, and brings it there.

    Raises `SignInError`, also when no answer has come after `seconds`.
    """
    with RedirectListener() as listener:
        flow = application.initiate_auth_code_flow(
            [scope],
            redirect_uri=listener.redirect_uri,
            response_mode="form_post",
            # Whoever is signed in to the browser already is seldom the user of a sandbox.
            prompt="select_account",
        )
        show(flow["auth_uri"])
        answer = listener.wait(flow["state"], seconds)
    if answer is None:
        stray = " An answer came that does not belong to it, and was refused." if listener.refused else ""
        raise SignInError(f"Nobody signed in within {seconds:g} seconds.{stray}")
    try:
        return _tokens(application.acquire_token_by_auth_code_flow(flow, dict(answer)))
    except (ValueError, RuntimeError):
        # msal's words would show what was compared, such as the nonce.
        raise SignInError("The answer to the sign-in is not the one that was asked for.") from None


def sign_in_with_device_code(
    application: PublicClientApplication,
    scope: str,
    *,
    seconds: float,
    show: Callable[[str, str], None],
) -> UserTokens:
    """Let the user sign in on any device; `show` gets the address to go to and the code to type there.

    Raises `SignInError`, also when the code was not used after `seconds`, or has expired.
    """
    flow = application.initiate_device_flow([scope])
    if "user_code" not in flow:
        raise _error(flow)
    flow["expires_at"] = min(flow["expires_at"], time.time() + seconds)
    show(str(flow["verification_uri"]), str(flow["user_code"]))
    answer = application.acquire_token_by_device_flow(flow)
    if answer.get("error") in {"authorization_pending", "slow_down"}:
        raise SignInError("Nobody signed in before the code expired.")
    return _tokens(answer)


def _tokens(answer: Mapping[str, Any]) -> UserTokens:
    if "access_token" not in answer:
        raise _error(answer)
    refresh_token = answer.get("refresh_token")
    if not refresh_token:
        raise SignInError("The sign-in brought no refresh token, so it cannot be kept.")
    return UserTokens(str(answer["access_token"]), str(refresh_token))


def _error(answer: Mapping[str, Any]) -> SignInError:
    """Entra's sentence without its ids; where it has none, its word for the error."""
    said = _IDS.sub("", str(answer.get("error_description") or answer.get("error") or "")).strip()
    number = _NUMBER.search(said)
    if answer.get("error") in {"access_denied", "authorization_declined"} and number is None:
        said = "The user declined" + (f": {said}" if said and said != answer.get("error") else "")
    said = " ".join(said.split()) or "The sign-in was refused"
    return SignInError(said if said.endswith((".", "!", "?")) else said + ".", number[1] if number else "")
