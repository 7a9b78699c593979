"""An application by itself; behaviour.md 9.1 "App-only"."""

from __future__ import annotations

from functools import partial
from typing import Any

from partnercenter.sandbox.identity.entra_errors import granted
from partnercenter.sandbox.identity.token_request import app_only_audience
from partnercenter.sandbox.identity.tokens import app_only_claims
from partnercenter.sandbox.sign_in.grants.asking import Asking
from partnercenter.sandbox.sign_in.grants.issuing import token_alone
from partnercenter.sandbox.sign_in.resources import check_audience


def grant(asking: Asking) -> dict[str, Any]:
    """A token without a user; no refresh token, as the application can ask again."""
    audience = granted(app_only_audience(asking.request))
    check_audience(asking.call, audience, asking.partner.tenant_id, is_for_user=False)
    return token_alone(asking, audience, partial(app_only_claims, object_id=asking.application.object_id))
