"""What the sandbox remembers of verified tokens, and when it stops; speed.md."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest

from partnercenter.sandbox.identity.audiences import AcceptedAudiences
from partnercenter.sandbox.identity.signing_keys import SigningKey, generate_signing_key
from partnercenter.sandbox.identity.token_cache import TokenCache
from partnercenter.sandbox.identity.tokens import app_only_claims, sign
from partnercenter.sandbox.identity.verification import TokenDefect, VerifiedToken

NOW = 1_800_000_000.0
TENANT = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"
CLIENT = "0b0c1f5a-7c3e-4d0e-8f3b-2f3b1d0c9a77"
OBJECT = "e4b6a1a0-2d0f-4c41-8c3a-9a4f0c0b7d21"
API = "https://api.partnercenter.microsoft.com"
GRAPH = "https://graph.windows.net"
AUDIENCES = AcceptedAudiences()
KEY = generate_signing_key(NOW)
OTHER_KEY = generate_signing_key(NOW)
KEYS = {KEY.key_id: KEY}


def token(**changes: str) -> str:
    """A good app-only token with some claims changed."""
    good = app_only_claims(tenant_id=TENANT, client_id=CLIENT, object_id=OBJECT, audience=API, now=NOW)
    return sign(good | changes, KEY)


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tokens whose signatures were checked, in order."""
    calls: list[str] = []
    decode = jwt.decode

    def counted(text: str, *arguments: Any, **options: Any) -> dict[str, Any]:
        calls.append(text)
        return decode(text, *arguments, **options)

    monkeypatch.setattr(jwt, "decode", counted)
    return calls


def test_the_cache_answers_from_memory(checked: list[str]) -> None:
    """A token seen before is answered without checking its signature again."""
    cache = TokenCache(10)
    first = cache.verify(token(), keys=KEYS, audiences=AUDIENCES, now=NOW)
    second = cache.verify(token(), keys=KEYS, audiences=AUDIENCES, now=NOW + 1)
    assert isinstance(first, VerifiedToken)
    assert first is second
    assert [token()] == checked


def test_a_cached_token_expires_and_comes_back_with_the_clock() -> None:
    """A cached token is refused past its time, and good again when the sandbox's clock is set back."""
    cache = TokenCache(10)

    def at(now: float) -> VerifiedToken | TokenDefect:
        return cache.verify(token(), keys=KEYS, audiences=AUDIENCES, now=now)

    assert isinstance(at(NOW), VerifiedToken)
    assert TokenDefect.EXPIRED is at(NOW + 3600)
    assert isinstance(at(NOW + 3599), VerifiedToken)
    assert TokenDefect.NOT_YET_VALID is at(NOW - 1)


def test_a_withdrawn_key_ends_the_cached_tokens_it_signed() -> None:
    """A cached token is refused once its key is gone or replaced, and stays good when a key is added."""
    cache = TokenCache(10)
    both = {**KEYS, OTHER_KEY.key_id: OTHER_KEY}
    forged = {KEY.key_id: SigningKey(KEY.key_id, OTHER_KEY.private_pem, NOW)}
    expectations: list[tuple[dict[str, SigningKey], TokenDefect | None]] = [
        (KEYS, None),
        (both, None),
        (forged, TokenDefect.BAD_SIGNATURE),
        (KEYS, None),
        ({OTHER_KEY.key_id: OTHER_KEY}, TokenDefect.UNKNOWN_KEY),
    ]
    for keys, expected in expectations:
        result = cache.verify(token(), keys=keys, audiences=AUDIENCES, now=NOW)
        assert expected is (result if isinstance(result, TokenDefect) else None)


def test_a_changed_audience_setting_reaches_cached_tokens() -> None:
    """A token that was accepted for the retired audience is refused when the setting is taken back."""
    cache = TokenCache(10)
    old = token(aud=GRAPH)
    lenient = AcceptedAudiences(retired=True)
    assert isinstance(cache.verify(old, keys=KEYS, audiences=lenient, now=NOW), VerifiedToken)
    assert TokenDefect.RETIRED_AUDIENCE is cache.verify(old, keys=KEYS, audiences=AUDIENCES, now=NOW)


def test_the_cache_is_bounded_and_keeps_what_is_used(checked: list[str]) -> None:
    """A full cache forgets the token that was not used for longest; refused tokens take no room."""
    cache = TokenCache(2)
    texts = [token(sub=str(number)) for number in range(3)]
    for text in (texts[0], texts[1], texts[0], "rubbish", texts[2]):
        cache.verify(text, keys=KEYS, audiences=AUDIENCES, now=NOW)
    assert len(cache) == 2
    checked.clear()
    for text in (texts[0], texts[2], texts[1]):
        cache.verify(text, keys=KEYS, audiences=AUDIENCES, now=NOW)
    assert [texts[1]] == checked


def test_a_cache_without_room_is_refused() -> None:
    """A cache for no entries is an error when it is made."""
    with pytest.raises(ValueError, match="max_entries must be at least 1, not 0"):
        TokenCache(0)


def test_the_cache_serves_many_threads() -> None:
    """Threads that use more tokens than fit all get right answers, and the bound holds."""
    cache = TokenCache(3)
    texts = [token(sub=str(number)) for number in range(6)] * 40
    with ThreadPoolExecutor(8) as pool:
        results = list(
            pool.map(lambda text: cache.verify(text, keys=KEYS, audiences=AUDIENCES, now=NOW), texts)
        )
    assert all(isinstance(result, VerifiedToken) for result in results)
    assert len(cache) == 3
