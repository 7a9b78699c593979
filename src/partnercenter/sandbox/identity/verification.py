"""Whether a bearer token is one of the sandbox's own and still good; behaviour.md 1.5, 9.1, 9.2.

The answer is data: a `VerifiedToken`, or the one `TokenDefect` that was found first. Which status and
body a defect becomes is decided by the API's error table, not here: behaviour.md 1.5 gives `MISSING` the
code 800001, `RETIRED_AUDIENCE` 900420, and every other defect a bare 401 with `error="invalid_token"`.

The signature, the form and the JSON are PyJWT's work. The times are compared here, because PyJWT reads
the machine's clock and the sandbox's clock can be moved. Nothing in this module raises for any text.

Order of the checks, from what costs nothing to what needs the content, and within the content the order
of PyJWT:

1. there is a token (MISSING) of bearable size (TOO_LARGE);
2. it has the form of a signed token and a readable header (MALFORMED);
3. the header asks for RS256 (WRONG_ALGORITHM) with a key of ours and brings none itself (UNKNOWN_KEY);
4. the signature is right (BAD_SIGNATURE), the content a JSON object with its members (MALFORMED);
5. the time has come (NOT_YET_VALID) and not passed (EXPIRED);
6. it names a tenant (NO_TENANT), and as issuer that tenant's or Partner Center (WRONG_ISSUER);
7. the audience is not the retired one (RETIRED_AUDIENCE), and an accepted one (WRONG_AUDIENCE).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, unique
from functools import lru_cache
from typing import Any, Final, Literal

from partnercenter.contract.identifiers import parse_guid
from partnercenter.sandbox.identity.audiences import AcceptedAudiences, is_retired
from partnercenter.sandbox.identity.signed_claims import SIGNATURE_ONLY, seconds_of
from partnercenter.sandbox.identity.signing_keys import ALGORITHM, SigningKey
from partnercenter.sandbox.identity.tokens import PARTNER_CENTER_ISSUER, issuer_of

_MAX_TOKEN_LENGTH: Final = 16 * 1024
# A header that brings its own key, or an address of one, asks to be trusted on its own word.
_BROUGHT_KEYS: Final = frozenset({"jwk", "jku", "x5u", "x5c"})
_BEARER_TEXT: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*")  # b64token of RFC 6750


@unique
class TokenDefect(Enum):
    """Why a token was refused; the value says it in one line. Behaviour.md 1.5."""

    MISSING = "The request carries no bearer token."
    TOO_LARGE = "The token is longer than 16 KiB."
    MALFORMED = "The text is not a signed JSON Web Token, or a claim that every token has is missing."
    WRONG_ALGORITHM = "The token is not signed with RS256."
    UNKNOWN_KEY = "The token names no signing key of this sandbox, or brings its own."
    BAD_SIGNATURE = "The signature does not belong to this text and key."
    NOT_YET_VALID = "The token becomes valid later than now."
    EXPIRED = "The token has expired."
    NO_TENANT = "The token names no tenant."
    WRONG_ISSUER = "The issuer is not that of the tenant that the token names."
    RETIRED_AUDIENCE = "The audience is https://graph.windows.net, which is no longer supported."
    WRONG_AUDIENCE = "The token is meant for another audience than the Partner Center API."


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """What a good token says; behaviour.md 9.2. Ids are as the token has them, the tenant in lower case.

    `kind` is `app_user` when the token has a `scp`, and `app` otherwise. `is_exchanged` tells a token that
    generatetoken gave out for one of Entra's. The times are unix seconds.
    """

    tenant_id: str
    client_id: str
    object_id: str
    kind: Literal["app", "app_user"]
    audience: str
    upn: str | None
    name: str | None
    has_mfa: bool
    roles: tuple[str, ...]
    not_before: float
    expires_at: float
    key_id: str
    is_exchanged: bool

    def time_defect(self, now: float, clock_skew: float = 0.0) -> TokenDefect | None:
        """What is wrong with the token at this time, if anything."""
        if self.not_before > now + clock_skew:
            return TokenDefect.NOT_YET_VALID
        if self.expires_at <= now - clock_skew:
            return TokenDefect.EXPIRED
        return None


@lru_cache(maxsize=256)
def bearer_token(authorization_header: str | None) -> str | TokenDefect:
    """The token of an `Authorization` header: scheme `Bearer` in any case, one token, no blanks in it.

    No header and another scheme are `MISSING`; a token of other characters than RFC 6750 allows is
    `MALFORMED`.
    """
    scheme, _, token = (authorization_header or "").strip(" \t").partition(" ")
    token = token.lstrip(" ")
    if scheme.lower() != "bearer" or not token:
        return TokenDefect.MISSING
    if len(token) > _MAX_TOKEN_LENGTH:
        return TokenDefect.TOO_LARGE
    return token if _BEARER_TEXT.fullmatch(token) else TokenDefect.MALFORMED


def verify_token(
    token: str,
    *,
    keys: Mapping[str, SigningKey],
    audiences: AcceptedAudiences,
    now: float,
    clock_skew: float = 0.0,
) -> VerifiedToken | TokenDefect:
    """Read a token, or say the first thing that is wrong with it; behaviour.md 1.5, 9.1, 9.2.

    `keys` are the sandbox's signing keys by their id. `clock_skew` seconds of tolerance apply to both
    times; the usual none is right while one clock issues and verifies.
    """
    if not token:
        return TokenDefect.MISSING
    if len(token) > _MAX_TOKEN_LENGTH:
        return TokenDefect.TOO_LARGE
    key = _signing_key(token, keys)
    if isinstance(key, TokenDefect):
        return key
    claims = _signed_claims(token, key)
    if isinstance(claims, TokenDefect):
        return claims
    verified = _read(claims, key.key_id)
    if verified is None:
        return TokenDefect.MALFORMED
    return verified.time_defect(now, clock_skew) or _place_defect(verified, claims, audiences) or verified


def _signing_key(token: str, keys: Mapping[str, SigningKey]) -> SigningKey | TokenDefect:
    import jwt

    if not token.isascii():
        return TokenDefect.MALFORMED
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError:
        return TokenDefect.MALFORMED
    if header.get("alg") != ALGORITHM:
        return TokenDefect.WRONG_ALGORITHM
    if not _BROUGHT_KEYS.isdisjoint(header):
        return TokenDefect.UNKNOWN_KEY
    return keys.get(header.get("kid", "")) or TokenDefect.UNKNOWN_KEY


def _signed_claims(token: str, key: SigningKey) -> dict[str, Any] | TokenDefect:
    import jwt

    try:
        return jwt.decode(token, key.public_key, algorithms=[ALGORITHM], options=SIGNATURE_ONLY)
    except jwt.InvalidSignatureError:
        return TokenDefect.BAD_SIGNATURE
    except jwt.PyJWTError:
        return TokenDefect.MALFORMED


def _read(claims: Mapping[str, Any], key_id: str) -> VerifiedToken | None:
    """The token's content without a judgement on it; None when a claim that every token has is missing."""
    not_before, expires_at = seconds_of(claims.get("nbf")), seconds_of(claims.get("exp"))
    client_id, object_id = _text(claims, "appid") or _text(claims, "azp"), _text(claims, "oid")
    if not_before is None or expires_at is None or client_id is None or object_id is None:
        return None
    return VerifiedToken(
        tenant_id=parse_guid(_text(claims, "tid") or "") or "",
        client_id=client_id,
        object_id=object_id,
        kind="app" if _text(claims, "scp") is None else "app_user",
        audience=_text(claims, "aud") or "",
        upn=_text(claims, "upn") or _text(claims, "preferred_username"),
        name=_text(claims, "name"),
        has_mfa="mfa" in _texts(claims, "amr"),
        roles=_texts(claims, "roles"),
        not_before=not_before,
        expires_at=expires_at,
        key_id=key_id,
        is_exchanged=claims.get("iss") == PARTNER_CENTER_ISSUER,
    )


def _place_defect(
    token: VerifiedToken, claims: Mapping[str, Any], audiences: AcceptedAudiences
) -> TokenDefect | None:
    if not token.tenant_id:
        return TokenDefect.NO_TENANT
    from_entra = claims.get("iss") in (issuer_of(token.tenant_id, 1), issuer_of(token.tenant_id, 2))
    if not from_entra and not token.is_exchanged:
        return TokenDefect.WRONG_ISSUER
    if audiences.accepts(token.audience):
        return None
    return TokenDefect.RETIRED_AUDIENCE if is_retired(token.audience) else TokenDefect.WRONG_AUDIENCE


def _text(claims: Mapping[str, Any], name: str) -> str | None:
    value = claims.get(name)
    return value if isinstance(value, str) and value else None


def _texts(claims: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = claims.get(name)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
