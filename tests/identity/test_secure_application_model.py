"""The credential redeems what the store holds, and the store holds what follows before anybody gets a token."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from azure.core.credentials import TokenCredential
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError, ServiceResponseError
from azure.identity import ChainedTokenCredential, CredentialUnavailableError
from tests.client.conftest import Answer, ScriptedServer
from tests.identity.conftest import (
    ACCESS,
    CLIENT,
    INVALID_GRANT,
    REFRESH,
    SCOPE,
    SECRET,
    TENANT,
    MemoryStore,
    ScriptedEntra,
    credential_at,
    refused,
    tokens,
)

from partnercenter import Cloud, PartnerCenterClient
from partnercenter.identity import EnvironmentStore, SecretStoreError, SecureApplicationModelCredential
from partnercenter.identity.aio import SecureApplicationModelCredential as AsyncCredential


def test_a_token_is_redeemed_and_its_successor_saved(entra: ScriptedEntra, store: MemoryStore) -> None:
    """The refresh token of the store goes to Entra with the secret; what comes back is in the store."""
    with credential_at(entra, store) as credential:
        before = time.time()
        token = credential.get_token(SCOPE)
    assert f"{ACCESS}-1" == token.token
    assert before + 3590 < token.expires_on < before + 3700
    assert f"{REFRESH}-1" == store.secret
    form = entra.forms[0]
    assert ("refresh_token", f"{REFRESH}-0", CLIENT, SECRET) == (
        form["grant_type"],
        form["refresh_token"],
        form["client_id"],
        form["client_secret"],
    )
    assert {SCOPE, "openid", "profile", "offline_access"} == set(form["scope"].split())


def test_a_public_application_sends_no_secret(entra: ScriptedEntra, store: MemoryStore) -> None:
    """Neither secret nor certificate makes it public."""
    with credential_at(entra, store, client_secret=None) as credential:
        assert f"{ACCESS}-1" == credential.get_token(SCOPE).token
    assert "client_secret" not in entra.forms[0]
    assert "client_assertion" not in entra.forms[0]


def test_it_is_a_credential_like_any_other(entra: ScriptedEntra, store: MemoryStore) -> None:
    """The client takes it, and sends its token."""
    credential = credential_at(entra, store)
    assert isinstance(credential, TokenCredential)
    service = ScriptedServer()
    try:
        service.answers(Answer(json={}))
        with credential, PartnerCenterClient(credential, endpoint=service.url) as client:
            client.customers.by_id(TENANT).get()
    finally:
        service.stop()
    assert f"Bearer {ACCESS}-1" == service.requests[0].headers["authorization"]


def test_both_shapes_of_a_token_are_one(entra: ScriptedEntra, store: MemoryStore) -> None:
    """`get_token_info` gives what `get_token` gives, with the kind of token and when to renew it."""
    entra.next_answers = [tokens(1, refresh_in=1800)]
    with credential_at(entra, store) as credential:
        info = credential.get_token_info(SCOPE)
        assert (f"{ACCESS}-1", "Bearer") == (info.token, info.token_type)
        assert info.refresh_on is not None
        assert 1800 == info.expires_on - info.refresh_on
        assert credential.get_token(SCOPE).token == info.token


def test_a_token_is_kept_until_it_is_nearly_over(entra: ScriptedEntra, store: MemoryStore) -> None:
    """A second call asks nobody; other scopes, and claims of a challenge, are asked for."""
    with credential_at(entra, store) as credential:
        assert credential.get_token(SCOPE) == credential.get_token(SCOPE)
        assert 1 == len(entra.forms)
        assert f"{ACCESS}-2" == credential.get_token("api://other/.default").token
        assert f"{ACCESS}-3" == credential.get_token(SCOPE, claims='{"access_token": {"x": null}}').token
        assert f"{ACCESS}-3" == credential.get_token(SCOPE).token
    assert [f"{REFRESH}-{number}" for number in range(3)] == entra.redeemed
    assert '{"access_token": {"x": null}}' == entra.forms[2]["claims"]


def test_a_short_token_is_not_renewed_with_every_call(entra: ScriptedEntra, store: MemoryStore) -> None:
    """Within half a minute a token that is still good does, whatever its length."""
    entra.next_answers = [tokens(1, expires_in=60)]
    with credential_at(entra, store) as credential:
        assert credential.get_token(SCOPE) == credential.get_token(SCOPE)
    assert 1 == len(entra.forms)


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the credential's clock is ahead by."""
    ahead = [0.0]
    real = time.time
    monkeypatch.setattr(
        "partnercenter.identity.secure_application_model.time.time", lambda: real() + ahead[0]
    )
    return ahead


@pytest.mark.parametrize(
    ("later", "expected"), [(3200, 1), (3400, 2), (3700, 2)], ids=["good", "nearly over", "over"]
)
def test_a_token_is_renewed_five_minutes_early(
    entra: ScriptedEntra, store: MemoryStore, moved: list[float], later: float, expected: int
) -> None:
    """As azure-identity does."""
    with credential_at(entra, store) as credential:
        credential.get_token(SCOPE)
        moved[0] = later
        assert f"{ACCESS}-{expected}" == credential.get_token(SCOPE).token


@pytest.mark.parametrize("failure", [Answer(reset=True), INVALID_GRANT, Answer(503, json={})])
def test_a_token_that_is_still_good_serves_while_sign_in_does_not(
    entra: ScriptedEntra, store: MemoryStore, moved: list[float], failure: Answer
) -> None:
    """What cannot be renewed early is used to its end; then the reason is told."""
    with credential_at(entra, store) as credential:
        first = credential.get_token(SCOPE)
        moved[0] = 3400
        entra.next_answers = [failure]
        assert first == credential.get_token(SCOPE)
        moved[0] = 3700
        entra.next_answers = [failure]
        with pytest.raises((ClientAuthenticationError, ServiceResponseError)):
            credential.get_token(SCOPE)


def test_a_successor_that_is_not_saved_is_told_at_once(
    entra: ScriptedEntra, store: MemoryStore, moved: list[float]
) -> None:
    """Even while the token before is still good."""
    with credential_at(entra, store) as credential:
        credential.get_token(SCOPE)
        moved[0] = 3400
        store.fails = [OSError(28, "No space left on device")]
        with pytest.raises(SecretStoreError, match="No space left"):
            credential.get_token(SCOPE)


def test_capabilities_join_the_claims(entra: ScriptedEntra, store: MemoryStore) -> None:
    """Continuous access evaluation is asked for along with what a challenge wants, and kept apart."""
    with credential_at(entra, store) as credential:
        credential.get_token(SCOPE, enable_cae=True, claims='{"access_token": {"nbf": {"value": "1"}}}')
        credential.get_token(SCOPE)
        with pytest.raises(ValueError, match="claims must be a JSON object"):
            credential.get_token(SCOPE, enable_cae=True, claims="[]")
    asked = json.loads(entra.forms[0]["claims"])
    assert {"access_token": {"nbf": {"value": "1"}, "xms_cc": {"values": ["CP1"]}}} == asked
    assert "claims" not in entra.forms[1]


def test_another_tenant_is_refused(entra: ScriptedEntra, store: MemoryStore) -> None:
    """Nothing is asked for a tenant that the credential is not for."""
    with credential_at(entra, store) as credential:
        with pytest.raises(ClientAuthenticationError, match=f"signs in to {TENANT} only"):
            credential.get_token(SCOPE, tenant_id="6e7c2d2f-3a1b-4b66-8b4a-1d8d6a2cae22")
        assert f"{ACCESS}-1" == credential.get_token(SCOPE, tenant_id=TENANT.upper()).token
        with pytest.raises(ValueError, match="at least one scope"):
            credential.get_token()


def test_the_store_is_read_anew_each_time(entra: ScriptedEntra, store: MemoryStore) -> None:
    """What another process saved meanwhile is what is redeemed."""
    with credential_at(entra, store) as credential:
        credential.get_token(SCOPE)
        store.secret = "rotated-elsewhere"
        credential.get_token("api://other/.default")
    assert [f"{REFRESH}-0", "rotated-elsewhere"] == entra.redeemed


def test_a_refused_token_is_tried_again_only_if_it_was_changed(
    entra: ScriptedEntra, store: MemoryStore
) -> None:
    """Who has no lock in common may have been quicker: once, and only with another token."""
    reads: list[str] = []

    def rotate(store: MemoryStore) -> None:
        reads.append("read")
        if len(reads) == 2:
            store.secret = "rotated-elsewhere"

    store.on_read = rotate
    entra.next_answers = [INVALID_GRANT]
    with credential_at(entra, store) as credential:
        assert f"{ACCESS}-2" == credential.get_token(SCOPE).token
    assert [f"{REFRESH}-0", "rotated-elsewhere"] == entra.redeemed
    assert f"{REFRESH}-2" == store.secret


def test_a_refused_token_stays_and_the_reason_is_told(entra: ScriptedEntra, store: MemoryStore) -> None:
    """Entra's sentence with its number, its correlation id, and what to do; nothing is asked twice."""
    # With this header msal does not remember the answer, so a second question would leave.
    entra.next_answers = [replace(INVALID_GRANT, headers={"Retry-After": "0"})]
    with credential_at(entra, store) as credential, pytest.raises(ClientAuthenticationError) as caught:
        credential.get_token(SCOPE)
    assert caught.value.message == (
        "Signing in was refused: AADSTS700082: The refresh token has expired due to inactivity. Correlation id "
        "2e1d0000-0000-0000-0000-000000000000. Sign in again, with MFA, and save the new refresh token."
    )
    assert [f"{REFRESH}-0"] == entra.redeemed
    assert f"{REFRESH}-0" == store.secret


def test_other_refusals_say_what_to_check(entra: ScriptedEntra, store: MemoryStore) -> None:
    """A wrong secret is no reason to sign in again."""
    entra.next_answers = [refused("invalid_client", "AADSTS7000215: Invalid client secret provided.", 401)]
    with (
        credential_at(entra, store) as credential,
        pytest.raises(ClientAuthenticationError, match=r"AADSTS7000215.*Check tenant, client id"),
    ):
        credential.get_token(SCOPE)


def test_an_empty_store_is_told_from_a_refusal(entra: ScriptedEntra) -> None:
    """Chains of credentials go on to the next one."""
    with (
        credential_at(entra, MemoryStore(None)) as credential,
        pytest.raises(CredentialUnavailableError, match=r"no refresh token in the store\. Sign in again"),
    ):
        credential.get_token(SCOPE)
    chain = ChainedTokenCredential(
        credential_at(entra, MemoryStore(None)), credential_at(entra, MemoryStore())
    )
    assert f"{ACCESS}-1" == chain.get_token(SCOPE).token


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), RuntimeError("own trouble")])
def test_a_token_is_not_handed_out_before_its_successor_is_saved(
    entra: ScriptedEntra, store: MemoryStore, failure: Exception
) -> None:
    """The successor is kept in memory and saved first of all by the next call; the old one is not redeemed again."""
    store.fails = [failure, failure]
    with credential_at(entra, store) as credential:
        for _ in range(2):
            with pytest.raises(SecretStoreError, match="could not be saved, so no access token") as caught:
                credential.get_token(SCOPE)
            assert REFRESH not in str(caught.value)
        assert f"{REFRESH}-0" == store.secret
        assert f"{ACCESS}-2" == credential.get_token(SCOPE).token
    assert [f"{REFRESH}-0", f"{REFRESH}-1"] == entra.redeemed
    assert [f"{REFRESH}-1", f"{REFRESH}-2"] == store.saved


def test_who_interrupts_a_save_loses_nothing(entra: ScriptedEntra, store: MemoryStore) -> None:
    """In a program that goes on all the same, such as a notebook, the next call saves the successor first."""
    store.fails = [KeyboardInterrupt()]
    with credential_at(entra, store) as credential:
        with pytest.raises(KeyboardInterrupt):
            credential.get_token(SCOPE)
        credential.get_token(SCOPE)
    assert [f"{REFRESH}-0", f"{REFRESH}-1"] == entra.redeemed
    assert [f"{REFRESH}-1", f"{REFRESH}-2"] == store.saved


def test_what_could_not_be_saved_gives_way_to_a_new_sign_in(entra: ScriptedEntra, store: MemoryStore) -> None:
    """Somebody who signed in meanwhile is not overwritten by what was kept in memory."""
    store.fails = [OSError(28, "No space left on device")]
    with credential_at(entra, store) as credential:
        with pytest.raises(SecretStoreError):
            credential.get_token(SCOPE)
        store.secret = "signed-in-again"
        credential.get_token(SCOPE)
    assert [f"{REFRESH}-0", "signed-in-again"] == entra.redeemed
    assert [f"{REFRESH}-2"] == store.saved


@pytest.mark.parametrize(
    "members",
    [
        {"id_token": "no-token-at-all"},
        {"expires_in": "soon"},
        {"access_token": None},
        {"client_info": "%%%"},
    ],
)
def test_a_successor_is_saved_although_the_rest_cannot_be_used(
    entra: ScriptedEntra, store: MemoryStore, members: dict[str, Any]
) -> None:
    """Whatever else is wrong with an answer, its refresh token replaces the one that is spent."""
    entra.next_answers = [tokens(1, **members)]
    with credential_at(entra, store) as credential, pytest.raises(ClientAuthenticationError):
        credential.get_token(SCOPE)
    assert f"{REFRESH}-1" == store.secret


def test_an_answer_without_a_successor_keeps_what_there_is(entra: ScriptedEntra, store: MemoryStore) -> None:
    """A refresh token that does not rotate is good again, and not written again."""
    entra.next_answers = [tokens(1, refresh_token=None), tokens(2, refresh_token=f"{REFRESH}-0")]
    with credential_at(entra, store) as credential:
        credential.get_token(SCOPE)
        credential.get_token("api://other/.default")
    assert [] == store.saved


def test_threads_share_one_redemption(entra: ScriptedEntra, store: MemoryStore) -> None:
    """Many that need a token at once cause one request."""
    with credential_at(entra, store) as credential, ThreadPoolExecutor(8) as pool:
        assert {f"{ACCESS}-1"} == {token.token for token in pool.map(credential.get_token, [SCOPE] * 16)}
    assert 1 == len(entra.forms)


def test_no_connection_is_no_refusal(entra: ScriptedEntra, store: MemoryStore) -> None:
    """What failed for the network can be tried again, and says so by its type."""
    entra.stop()
    with credential_at(entra, store) as credential, pytest.raises(ServiceRequestError):
        credential.get_token(SCOPE)


def test_nothing_secret_is_logged_or_raised(
    entra: ScriptedEntra,
    store: MemoryStore,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Not at the lowest level of any logger, not by what is refused, and not when the other side repeats it."""
    caplog.set_level(logging.DEBUG)
    echo = f"AADSTS1: {REFRESH}-1 of {SECRET} is not good"
    entra.next_answers = [
        tokens(1),
        refused("invalid_grant", echo),
        Answer(200, body=f"<html>{REFRESH}-9</html>".encode()),
        tokens(4, id_token=f"{ACCESS}.{ACCESS}"),
    ]
    failures = []
    with credential_at(entra, store) as credential:
        credential.get_token(SCOPE)
        for number in range(3):
            with pytest.raises(ClientAuthenticationError) as caught:
                credential.get_token(f"api://other-{number}/.default")
            failures.append(repr(caught.value) + str(caught.value) + repr(credential))
    shown = "\n".join([*failures, caplog.text, *capfd.readouterr()])
    assert "AADSTS1" in shown
    assert [] == [canary for canary in ("canary", SECRET, ACCESS, REFRESH) if canary in shown]


def test_the_environment_is_only_read(entra: ScriptedEntra, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first token comes from the variable; what follows stays in memory."""
    monkeypatch.setenv("SOME_TOKEN", f" {REFRESH}-0 ")
    store = EnvironmentStore("SOME_TOKEN")
    with credential_at(entra, store) as credential:
        credential.get_token(SCOPE)
        credential.get_token("api://other/.default")
    assert [f"{REFRESH}-0", f"{REFRESH}-1"] == entra.redeemed
    assert f"{REFRESH}-2" == store.read()
    assert f"{REFRESH}-0" == EnvironmentStore("SOME_TOKEN").read()
    store.delete()
    assert store.read() is None
    monkeypatch.setenv("SOME_TOKEN", "  ")
    assert EnvironmentStore("SOME_TOKEN").read() is None


def test_what_is_wrong_is_said_before_anything_is_sent(store: MemoryStore) -> None:
    """A retired cloud, a store that is none, two proofs at once, an unusable tenant."""
    options: Any = {"store": store}
    with pytest.raises(ValueError, match="29 October 2021"):
        SecureApplicationModelCredential(TENANT, CLIENT, cloud=Cloud.GERMANY, **options)
    with pytest.raises(TypeError, match="methods of a SecretStore"):
        SecureApplicationModelCredential(TENANT, CLIENT, store="secret")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="either client_secret or a certificate"):
        SecureApplicationModelCredential(TENANT, CLIENT, client_secret="x", certificate_data=b"x", **options)
    with pytest.raises(ValueError, match="tenant_id must be"):
        SecureApplicationModelCredential("../common", CLIENT, **options)
    with pytest.raises(ValueError, match="timeout must be"):
        SecureApplicationModelCredential(TENANT, CLIENT, timeout=0, **options)


def test_the_asynchronous_twin_gives_the_same(entra: ScriptedEntra, store: MemoryStore) -> None:
    """Both shapes of a token, from one redemption."""

    async def act() -> tuple[str, str]:
        async with AsyncCredential(
            TENANT, CLIENT, store=store, client_secret=SECRET, authority=entra.url
        ) as credential:
            token, info = await asyncio.gather(credential.get_token(SCOPE), credential.get_token_info(SCOPE))
            return token.token, info.token

    assert (f"{ACCESS}-1", f"{ACCESS}-1") == asyncio.run(act())
    assert [f"{REFRESH}-1"] == store.saved


def test_who_stops_waiting_loses_no_token(entra: ScriptedEntra, store: MemoryStore) -> None:
    """A cancelled await leaves the redemption at work: its successor is saved, its token there for the next call."""
    arrived, go_on = threading.Event(), threading.Event()

    def late(form: dict[str, str]) -> Answer:
        arrived.set()
        go_on.wait(10)
        return tokens(1)

    entra.next_answers = [late]

    async def act() -> str:
        async with AsyncCredential(
            TENANT, CLIENT, store=store, client_secret=SECRET, authority=entra.url
        ) as credential:
            waiting = asyncio.create_task(credential.get_token(SCOPE))
            await asyncio.to_thread(arrived.wait, 10)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            go_on.set()
            return (await credential.get_token(SCOPE)).token

    assert f"{ACCESS}-1" == asyncio.run(act())
    assert [f"{REFRESH}-0"] == entra.redeemed
    assert f"{REFRESH}-1" == store.secret
