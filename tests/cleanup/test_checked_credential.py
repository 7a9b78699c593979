"""A credential that deletes is checked by the tenant of its tokens, at first and ever after."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Sequence
from typing import Any

import pytest
from azure.core.credentials import AccessToken, AccessTokenInfo
from hypothesis import given
from hypothesis import strategies as st

from partnercenter.cleanup.checked_credential import check_credential, check_credential_async, tenant_of
from partnercenter.cleanup.trusted_sandboxes import SafetyRuleError, TrustedSandbox

MINE = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"
OTHER = "6e7c2d2f-3a1b-4b66-8b4a-1d8d6a2cae22"
REAL = "https://api.partnercenter.microsoft.com"


def raw_token(payload: str | bytes) -> str:
    body = payload if isinstance(payload, bytes) else payload.encode()
    return "e30." + base64.urlsafe_b64encode(body).decode().rstrip("=") + ".c2ln"


def token(tenant: object) -> str:
    return raw_token(json.dumps({"aud": "x", "tid": tenant}))


class Tokens:
    """A credential that hands out these tokens, one after another."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self._tokens = list(tokens)
        self.closed = False

    def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
        """The next one."""
        return AccessToken(self._tokens.pop(0), 2_000_000_000)

    def close(self) -> None:
        """Remember it."""
        self.closed = True


class NewTokens(Tokens):
    """The same with the newer method as well."""

    def get_token_info(self, *_scopes: str, **_options: Any) -> AccessTokenInfo:
        """The next one."""
        return AccessTokenInfo(self._tokens.pop(0), 2_000_000_000)


class AsyncTokens:
    """The same for asyncio."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self._tokens = list(tokens)

    async def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
        """The next one."""
        return AccessToken(self._tokens.pop(0), 2_000_000_000)


def check(credential: Any, *, registered: str = MINE) -> Any:
    return check_credential(
        credential,
        scope="s",
        endpoint=REAL,
        registry=lambda: (TrustedSandbox("mine", registered),),
        environment={},
    )


def test_the_tenant_is_read_out_of_the_token() -> None:
    """The `tid` claim is what counts, in any case."""
    assert MINE == tenant_of(token(MINE.upper()))


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "abc",
        "a.b",
        "a.b.c.d",
        "e30.!!!.c2ln",
        raw_token(b"\xff\xfe"),
        raw_token("[]"),
        raw_token("{}"),
        raw_token('{"tid": null}'),
        raw_token('{"tid": ["' + MINE + '"]}'),
        raw_token('{"tid": "' + MINE + '", "tid": "' + OTHER + '"}'),
        raw_token("[" * 50_000),
        token(f"{{{MINE}}}"),
        token(f" {MINE}"),
        "a." + "A" * 70_000 + ".b",
        None,
        b"a.b.c",
    ],
)
def test_a_token_that_is_not_plainly_of_one_tenant_has_none(bad: object) -> None:
    """A malformed token, or one with the claim twice, is of no tenant, so it is refused."""
    assert tenant_of(bad) is None


@given(st.text(max_size=200) | st.binary(max_size=200).map(raw_token) | st.text(max_size=100).map(raw_token))
def test_reading_a_token_never_fails(text: str) -> None:
    """Whatever the credential hands out, the answer is a tenant or none."""
    assert tenant_of(text) is None or len(str(tenant_of(text))) == 36


def test_a_credential_of_another_tenant_is_refused() -> None:
    """What the settings or the user believe does not matter, the token does."""
    with pytest.raises(SafetyRuleError) as refused:
        check(Tokens([token(OTHER)]))
    assert "tenant-not-registered" == refused.value.refusal.id


@pytest.mark.parametrize("kind", [Tokens, NewTokens])
@pytest.mark.parametrize("method", ["get_token", "get_token_info"])
def test_a_credential_that_changes_its_tenant_is_stopped(kind: type[Tokens], method: str) -> None:
    """After the check every token is looked at before it is handed out."""
    checked = check(kind([token(MINE), token(MINE), token(OTHER)]))
    assert token(MINE) == getattr(checked, method)("s").token
    with pytest.raises(SafetyRuleError) as refused:
        getattr(checked, method)("s")
    assert "token-changed-tenant" == refused.value.refusal.id
    assert token(OTHER) not in str(refused.value)


def test_two_registered_tenants_are_not_interchangeable() -> None:
    """A credential checked for one sandbox does not delete in another, although both are trusted."""
    checked = check_credential(
        Tokens([token(MINE), token(OTHER)]),
        scope="s",
        endpoint=REAL,
        registry=lambda: (TrustedSandbox("mine", MINE), TrustedSandbox("other", OTHER)),
        environment={},
    )
    with pytest.raises(SafetyRuleError):
        checked.get_token("s")


def test_an_async_credential_is_checked_alike() -> None:
    """The asyncio twin refuses a changed tenant as well."""

    async def scenario() -> str:
        checked = await check_credential_async(
            AsyncTokens([token(MINE), token(MINE), token(OTHER)]),
            scope="s",
            endpoint=REAL,
            registry=lambda: (TrustedSandbox("mine", MINE),),
            environment={},
        )
        async with checked:
            first = (await checked.get_token("s")).token
            with pytest.raises(SafetyRuleError):
                await checked.get_token_info("s")
        return first

    assert token(MINE) == asyncio.run(scenario())


def test_closing_closes_the_wrapped_credential() -> None:
    """The wrapped credential is given back what it opened."""
    inner = Tokens([token(MINE)])
    with check(inner):
        pass
    assert inner.closed
