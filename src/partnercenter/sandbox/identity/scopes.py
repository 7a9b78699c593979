"""What a request asks a token for: the `scope` of version 2, the `resource` of version 1; behaviour.md 9.1.

A scope names its resource and, behind the last slash, a permission: `/.default`, or `/user_impersonation`, the one
delegated permission that Partner Center and the applications of the sandbox have. Words of OpenID Connect stand
beside it. Whether there is such a resource is for `audiences` and the directory of applications to say. The
invariant: a `RequestedScope` is about one resource at most, and a text that was read once is read again alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from partnercenter.sandbox.identity.entra_errors import EntraError, EntraFault

DEFAULT: Final = "/.default"
USER_IMPERSONATION: Final = "/user_impersonation"
# A sign-in that asks for no resource gets a token for Microsoft Graph, as from Entra; nothing here takes it.
GRAPH: Final = "00000003-0000-0000-c000-000000000000"
_OPENID_WORDS: Final = frozenset({"openid", "profile", "email", "offline_access"})
_LONGEST: Final = 4096


@dataclass(frozen=True, slots=True)
class RequestedScope:
    """One resource, and what is wanted beside an access token for it.

    `audience` is the resource as sent, without the permission. `scopes` are the words about the resource as sent,
    each once, and none for version 1. `is_default` tells whether `/.default` was asked for. `openid` brings an id
    token, `offline` a refresh token.
    """

    audience: str
    scopes: tuple[str, ...]
    is_default: bool
    openid: bool
    offline: bool


def requested_scope(text: str) -> RequestedScope | EntraError:
    """Read a `scope` of version 2, words separated by blanks; `GRAPH` is its resource when it names none.

    AADSTS900144 for an empty text, 70011 for one that is too long, has a permission without a resource or `/.default`
    beside another permission, 28000 for two resources, 650053 for a permission that no resource has.
    """
    words = tuple(dict.fromkeys(text.split()))
    if not words:
        return EntraFault.MISSING_PARAMETER.about("scope")
    if len(text) > _LONGEST:
        return EntraFault.MALFORMED_SCOPE.about(text)
    openid_words = {word.lower() for word in words} & _OPENID_WORDS
    scopes = tuple(word for word in words if word.lower() not in _OPENID_WORDS)
    audience = _one_resource(text, scopes)
    if isinstance(audience, EntraError):
        return audience
    return RequestedScope(
        audience=audience,
        scopes=scopes,
        is_default=any(word.lower().endswith(DEFAULT) for word in scopes),
        openid="openid" in openid_words,
        offline="offline_access" in openid_words,
    )


def resource_scope(resource: str) -> RequestedScope:
    """What a `resource` of version 1 asks for: every sign-in of a user there brings id and refresh token."""
    return RequestedScope(resource.strip(), (), is_default=True, openid=True, offline=True)


def kept_scope(text: str) -> RequestedScope | EntraError:
    """Read again what a code or a refresh token was given out for: a scope, or a resource of version 1."""
    words = text.split()
    is_scope = len(words) != 1 or words[0].lower() in _OPENID_WORDS or _resource_of(words[0]) is not None
    return requested_scope(text) if is_scope and words else resource_scope(text)


def granted_scope(asked: RequestedScope) -> str:
    """The `scope` of a version 2 answer: what was asked for, so that a client finds it again, and what it means."""
    if asked.audience == GRAPH and not asked.scopes:
        return "openid profile email"
    granted = asked.audience + USER_IMPERSONATION
    return " ".join(dict.fromkeys([*asked.scopes, granted]))


def _one_resource(text: str, scopes: tuple[str, ...]) -> str | EntraError:
    found: dict[str, str] = {}
    for word in scopes:
        resource = _resource_of(word)
        if resource is None:
            return _without_resource(word)
        if not resource:
            return EntraFault.MALFORMED_SCOPE.about(word)
        found.setdefault(resource.lower().removesuffix("/"), resource)
    if len(found) > 1:
        return EntraFault.SEVERAL_RESOURCES.about(text)
    if len({word.lower().endswith(DEFAULT) for word in scopes}) > 1:
        return EntraFault.DEFAULT_BESIDE_OTHERS.about(text)
    return next(iter(found.values()), GRAPH)


def _resource_of(word: str) -> str | None:
    """The resource of a scope with a permission that there is; None for any other word."""
    for ending in (DEFAULT, USER_IMPERSONATION):
        if word.lower().endswith(ending):
            return word[: -len(ending)]
    return None


def _without_resource(word: str) -> EntraError:
    resource, slash, permission = word.rpartition("/")
    if resource.endswith("/"):  # an address alone, such as https://api.partnercenter.microsoft.com
        return EntraFault.MALFORMED_SCOPE.about(word)
    return EntraFault.UNKNOWN_PERMISSION.about(permission, resource=resource if slash else GRAPH)
