"""A device that polls while somebody signs in elsewhere; RFC 8628, client-quirks.md 2."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from partnercenter.sandbox.identity.entra_errors import EntraRefusedError
from partnercenter.sandbox.identity.grant_errors import GrantFault
from partnercenter.sandbox.sign_in.grants.asking import Asking
from partnercenter.sandbox.sign_in.grants.issuing import SignedIn, user_answer
from partnercenter.sandbox.store.sign_ins import DeviceCode, find_device_code, redeem_device_code


def grant(asking: Asking) -> dict[str, Any]:
    """The tokens of who has approved the device, once; `authorization_pending` until then."""
    text = asking.required("device_code", "code")
    code = asking.call.state.database.read(lambda connection: find_device_code(connection, text))
    if code is None:
        raise EntraRefusedError(GrantFault.UNKNOWN_DEVICE_CODE.about())
    user = asking.user(_approved_by(asking, code))
    # Polls carry no scope: what was approved counts.
    signed_in = SignedIn(user, code.amr.split(), asking.scope(code.scope), code.scope)
    code_hash = code.device_code_hash

    def redeem(connection: Connection) -> None:
        if not redeem_device_code(connection, code_hash):
            raise EntraRefusedError(GrantFault.CODE_REDEEMED.about())

    return user_answer(asking, signed_in, redeem)


def _approved_by(asking: Asking, code: DeviceCode) -> str:
    if code.client_id != asking.application.client_id:
        raise EntraRefusedError(GrantFault.OF_ANOTHER_CLIENT.about())
    if code.state == "redeemed":
        raise EntraRefusedError(GrantFault.CODE_REDEEMED.about())
    if code.state == "declined":
        raise EntraRefusedError(GrantFault.DEVICE_DECLINED.about())
    if code.expires_at <= asking.micros:
        raise EntraRefusedError(GrantFault.DEVICE_EXPIRED.about())
    if code.state == "pending" or code.user_id is None:
        raise EntraRefusedError(GrantFault.DEVICE_PENDING.about())
    return code.user_id
