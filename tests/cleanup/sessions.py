"""Sessions with a sandbox, as a library opens them: from a credential that was checked."""

from __future__ import annotations

from functools import partial
from typing import Any

from azure.core.credentials import AccessToken
from tests.conftest import Sandbox

from partnercenter.cleanup.blocking import Opening
from partnercenter.cleanup.checked_credential import CheckedCredential, check_credential
from partnercenter.cleanup.session import open_session
from partnercenter.contract.clouds import Cloud


class OneToken:
    """Hands out one token to those who do not await."""

    def __init__(self, token: str) -> None:
        self._token = token

    def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
        """The token."""
        return AccessToken(self._token, 4_102_444_800)


def checked(sandbox: Sandbox, token: str = "") -> CheckedCredential:
    """The credential of the development partner, or of whom a token names."""
    return check_credential(
        OneToken(token or sandbox.token),
        scope=Cloud.GLOBAL.scope,
        endpoint=sandbox.url,
        registry=lambda: (),
        environment={},
    )


def opening_of(sandbox: Sandbox, token: str = "") -> Opening:
    """What opens a session."""
    return partial(open_session, checked(sandbox, token), endpoint=sandbox.url)
