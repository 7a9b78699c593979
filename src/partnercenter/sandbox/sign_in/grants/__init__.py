"""The grants of the token endpoint, a module for each: what is brought, whether it is good, and for whom.

A grant refuses by raising `EntraRefusedError`, and has no effect then. What can be redeemed once is redeemed in the
same write that keeps the refresh token given out for it: of two who bring the same at once one gets nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from partnercenter.sandbox.identity import token_request
from partnercenter.sandbox.sign_in.grants import (
    authorization_code,
    client_credentials,
    device_code,
    on_behalf_of,
    password,
    refresh_token,
)
from partnercenter.sandbox.sign_in.grants.asking import Asking

GRANTS: Final[Mapping[str, Callable[[Asking], dict[str, Any]]]] = {
    token_request.AUTHORIZATION_CODE: authorization_code.grant,
    token_request.REFRESH_TOKEN: refresh_token.grant,
    token_request.CLIENT_CREDENTIALS: client_credentials.grant,
    token_request.PASSWORD: password.grant,
    token_request.DEVICE_CODE: device_code.grant,
    token_request.ON_BEHALF_OF: on_behalf_of.grant,
}
