"""Endpoints, clouds and other arguments of the client: what is accepted and what is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.client.conftest import Door

from partnercenter import Cloud
from partnercenter.client.addresses import may_carry_token, same_origin
from partnercenter.client.durations import seconds


@pytest.mark.parametrize(
    ("expected", "endpoint"),
    [
        ("https://api.partnercenter.microsoft.com", None),
        ("https://gateway.example", "https://gateway.example"),
        ("https://gateway.example", "https://gateway.example/"),
        ("https://gateway.example", " https://gateway.example/v1/ "),
        ("https://gateway.example/pc", "https://gateway.example/pc/v1"),
        ("https://gateway.example:8443", "https://gateway.example:8443//"),
        ("http://127.0.0.1:8400", "http://127.0.0.1:8400"),
        ("http://127.1.2.3", "http://127.1.2.3"),
        ("http://[::1]:8400", "http://[::1]:8400/"),
        ("http://localhost:8400", "http://localhost:8400"),
        ("HTTP://LOCALHOST:8400", "HTTP://LOCALHOST:8400"),
    ],
)
def test_an_endpoint_is_brought_into_shape(door: Door, expected: str, endpoint: str | None) -> None:
    """TLS addresses and loopback addresses are accepted, with or without version and slashes."""
    assert expected == door.client(endpoint).endpoint


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        " ",
        "gateway.example",
        "//gateway.example",
        "ftp://127.0.0.1",
        "http://gateway.example",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://evil.localhost",
        "http://127.1",
        "http://2130706433",
        "http://0.0.0.0",
        "http://[::]",
        "https://",
        "https://:443",
        "https://user:password@gateway.example",
        "http://localhost@evil.example",
        "http://localhost\\@evil.example",
        "https://gateway.example?x=1",
        "https://gateway.example#x",
        "https://gateway.example:99999",
        "https://gateway.example:port",
        "https://gateway.example:0",
        "https://gate\nway.example",
        "https://gate way.example",
        "https://[::1",
    ],
)
def test_an_endpoint_that_must_not_see_a_token_is_refused(door: Door, endpoint: str) -> None:
    """Plain http to another machine, user information and what is no address raise ValueError at once."""
    with pytest.raises(ValueError, match="endpoint must be an https address"):
        door.client(endpoint)


@pytest.mark.parametrize(
    ("expected", "endpoint"),
    [
        ("'https://…@h'", "https://user:geheim@h"),
        ("'https://…@h/x'", "https://user:ge/heim@geheim@h/x"),
        ("'…@h'", "user:geheim@h"),
        ("'https://h?…'", "https://h?code=geheim"),
        ("'https://h#…'", "https://h#geheim"),
        ("'https://…@h'", "https://user:" + "geheim" * 50 + "@h"),
    ],
)
def test_a_refused_endpoint_keeps_its_secrets(door: Door, expected: str, endpoint: str) -> None:
    """The error for an endpoint shows neither its user information nor its query."""
    with pytest.raises(ValueError, match=r"not .+\.$") as caught:
        door.client(endpoint)
    assert str(caught.value).endswith(f"not {expected}.")
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("cloud", [Cloud.GLOBAL, Cloud.CHINA, Cloud.US_GOVERNMENT])
def test_a_cloud_chooses_the_endpoint(door: Door, cloud: Cloud) -> None:
    """Without an endpoint the cloud's own is used."""
    assert cloud.endpoint == door.client(None, cloud=cloud).endpoint


def test_a_retired_cloud_is_refused(door: Door) -> None:
    """The retired cloud raises ValueError with the day on which it was closed."""
    with pytest.raises(ValueError, match="closed on 29 October 2021"):
        door.client(None, cloud=Cloud.GERMANY)


@pytest.mark.parametrize(
    "options",
    [
        {"timeout": 0},
        {"timeout": -1},
        {"timeout": float("nan")},
        {"timeout": float("inf")},
        {"deadline": 0},
        {"deadline": timedelta(0)},
        {"longest_retry_wait": timedelta(seconds=-1)},
        {"retry_total": -1},
    ],
)
def test_numbers_out_of_range_are_refused(door: Door, options: dict[str, Any]) -> None:
    """A duration of nothing or without end, and a negative count, raise ValueError that names the parameter."""
    kind = type(door.client(None))
    with pytest.raises(ValueError, match=next(iter(options))):
        kind(door.credential, **options)


@pytest.mark.parametrize(
    ("expected", "duration"),
    [(5.0, 5), (0.25, 0.25), (90.0, timedelta(minutes=1.5)), (0.001, timedelta(milliseconds=1))],
)
def test_durations_are_seconds_or_timedeltas(expected: float, duration: Any) -> None:
    """Whole numbers, fractions and timedeltas are durations."""
    assert expected == seconds(duration, "timeout")


@pytest.mark.parametrize(
    ("expected", "url", "other"),
    [
        (True, "https://a.example/x", "HTTPS://A.example:443/y"),
        (True, "http://127.0.0.1:80", "http://127.0.0.1/x"),
        (False, "https://a.example", "http://a.example"),
        (False, "https://a.example", "https://a.example:8443"),
        (False, "https://a.example", "https://b.a.example"),
    ],
)
def test_origins_are_scheme_host_and_port(expected: bool, url: str, other: str) -> None:
    """Two addresses have one origin when scheme, host and port agree."""
    assert expected is same_origin(url, other)


@pytest.mark.parametrize(
    ("expected", "url"),
    [
        (True, "https://a.example"),
        (True, "http://[::1]:1/x"),
        (False, "http://a.example"),
        (False, "ws://[::1]"),
    ],
)
def test_tokens_travel_over_tls_or_loopback(expected: bool, url: str) -> None:
    """A token may go over TLS anywhere and over plain http to this machine."""
    assert expected is may_carry_token(url)
