"""The tokens that the sandbox gives out: claims, signature, and the answer around them.

Behaviour.md 9.1 (answers) and 9.2 (claims). Who may have a token is decided before, by the grants; whether an access
token is good is decided after, in `verification`. The invariant: an access token that is built here for a known
tenant and an accepted audience is accepted there, and an id token never is.

Decisions, where the reference leaves room:

- The version of a token follows the endpoint that gave it out, not, as in Entra, the registration of
  the API: a test can then have either form by choosing the endpoint.
- `iss` carries Entra's public names, because that is what callers read there (behaviour.md 9.2), and so
  that a token fetched from `localhost` is good at `127.0.0.1`. The discovery document names the
  sandbox's own address instead; `discovery` says why.
- `appid` stands in both versions, `azp` beside it in v2; `upn` and `unique_name` in both, and
  `preferred_username` beside them in v2.
- `iat` and `nbf` are the time of issue; Entra's five minutes of tolerance would only blur tests of expiry.
- The `sub` of an id token is the user's object id for every application, where Entra's is of the pair of both.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from partnercenter.contract.clouds import PARTNER_CENTER_AUDIENCE
from partnercenter.sandbox.identity.signing_keys import ALGORITHM, SigningKey

ProtocolVersion = Literal[1, 2]
# How an application has proved who it is: not at all, as it is public; by a secret; by a certificate.
ClientProof = Literal["0", "1", "2"]
DEFAULT_LIFETIME: Final = 3600
# Whose name stands in a token that generatetoken gave out; what it looks like is nobody's business but the service's.
PARTNER_CENTER_ISSUER: Final = f"{PARTNER_CENTER_AUDIENCE}/generatetoken"


def issuer_of(tenant_id: str, version: ProtocolVersion) -> str:
    """The `iss` of a tenant's tokens; behaviour.md 9.2."""
    if version == 1:
        return f"https://sts.windows.net/{tenant_id}/"
    return f"https://login.microsoftonline.com/{tenant_id}/v2.0"


def app_only_claims(
    *,
    tenant_id: str,
    client_id: str,
    object_id: str,
    audience: str,
    now: float,
    version: ProtocolVersion = 1,
    lifetime: int = DEFAULT_LIFETIME,
    roles: Sequence[str] = (),
    proof: ClientProof = "1",
) -> dict[str, Any]:
    """The claims of a token for an application by itself: no `scp`, `upn` or `amr`; behaviour.md 9.2.

    `object_id` is that of the application's service principal, `lifetime` is in seconds.
    """
    claims: dict[str, Any] = {
        "aud": audience,
        "iss": issuer_of(tenant_id, version),
        "iat": int(now),
        "nbf": int(now),
        "exp": int(now) + lifetime,
        "appid": client_id,
        "appidacr": proof,
        "oid": object_id,
        "sub": object_id,
        "tid": tenant_id,
        "ver": f"{version}.0",
    }
    if version == 2:
        claims |= {"azp": client_id, "azpacr": proof}
    if roles:
        claims["roles"] = list(roles)
    return claims


def app_user_claims(
    *,
    tenant_id: str,
    client_id: str,
    object_id: str,
    audience: str,
    upn: str,
    name: str,
    now: float,
    version: ProtocolVersion = 1,
    lifetime: int = DEFAULT_LIFETIME,
    amr: Sequence[str] = ("pwd", "mfa"),
    roles: Sequence[str] = (),
    proof: ClientProof = "1",
) -> dict[str, Any]:
    """The claims of a token for an application and its signed-in user; behaviour.md 9.2.

    `object_id` is the user's. Leave `mfa` out of `amr` for a sign-in without a second factor.
    """
    claims = app_only_claims(
        tenant_id=tenant_id,
        client_id=client_id,
        object_id=object_id,
        audience=audience,
        now=now,
        version=version,
        lifetime=lifetime,
        roles=roles,
        proof=proof,
    )
    claims |= {
        "acr": "1",
        "amr": list(amr),
        "scp": "user_impersonation",
        "upn": upn,
        "unique_name": upn,
        "name": name,
        "tenant_region_scope": "NA",
    }
    if version == 2:
        claims["preferred_username"] = upn
    return claims


def id_token_claims(
    *,
    tenant_id: str,
    client_id: str,
    object_id: str,
    upn: str,
    name: str,
    now: float,
    version: ProtocolVersion,
    lifetime: int = DEFAULT_LIFETIME,
    nonce: str | None = None,
) -> dict[str, Any]:
    """The claims that tell an application who has signed in; client-quirks.md 2.

    A `nonce` stands in them only when the application has sent one: msal-node refuses any other.
    """
    claims: dict[str, Any] = {
        "aud": client_id,
        "iss": issuer_of(tenant_id, version),
        "iat": int(now),
        "nbf": int(now),
        "exp": int(now) + lifetime,
        "name": name,
        "oid": object_id,
        "preferred_username": upn,
        "sub": object_id,
        "tid": tenant_id,
        "upn": upn,
        "ver": f"{version}.0",
    }
    return claims if nonce is None else claims | {"nonce": nonce}


def client_info(object_id: str, tenant_id: str) -> str:
    """What msal tells accounts apart by, when it asks for it: user and tenant in base64url."""
    text = json.dumps({"uid": object_id, "utid": tenant_id}, separators=(",", ":"))
    return urlsafe_b64encode(text.encode("ascii")).decode("ascii").rstrip("=")


def sign(claims: Mapping[str, Any], key: SigningKey) -> str:
    """The token: the claims, signed with RS256; its header names the key."""
    import jwt

    return jwt.encode(dict(claims), key.private_key, algorithm=ALGORITHM, headers={"kid": key.key_id})


def token_answer(
    *,
    access_token: str,
    version: ProtocolVersion,
    resource: str,
    now: float,
    lifetime: int = DEFAULT_LIFETIME,
) -> dict[str, Any]:
    """The body that brings a token; behaviour.md 9.1.

    The v1 endpoint writes its numbers as strings and repeats the `resource` asked for; the v2 endpoint
    writes numbers and neither resource nor absolute times.
    """
    if version == 2:
        return {
            "token_type": "Bearer",
            "expires_in": lifetime,
            "ext_expires_in": lifetime,
            "access_token": access_token,
        }
    return {
        "token_type": "Bearer",
        "expires_in": str(lifetime),
        "ext_expires_in": str(lifetime),
        "expires_on": str(int(now) + lifetime),
        "not_before": str(int(now)),
        "resource": resource,
        "access_token": access_token,
    }


def user_members(
    *,
    scope: str,
    refresh_token: str | None,
    id_token: str | None,
    info: str | None,
) -> dict[str, str]:
    """What an answer says beside the token when somebody has signed in; what there is not, is left out."""
    members = {"scope": scope, "refresh_token": refresh_token, "id_token": id_token, "client_info": info}
    return {name: value for name, value in members.items() if value is not None}
