"""Secrets of sign-in go to the authority of a cloud, or to one that is named and can be trusted with them."""

from __future__ import annotations

import pytest

from partnercenter import Cloud
from partnercenter.identity.authorities import Authority, sign_in_authority

TENANT = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"


@pytest.mark.parametrize(
    ("cloud", "address", "scope"),
    [
        (
            Cloud.GLOBAL,
            "https://login.microsoftonline.com",
            "https://api.partnercenter.microsoft.com/.default",
        ),
        (
            Cloud.CHINA,
            "https://login.partner.microsoftonline.cn",
            "https://partner.partnercenterapi.microsoftonline.cn/.default",
        ),
        (
            Cloud.US_GOVERNMENT,
            "https://login.microsoftonline.us",
            "https://api.partnercenter.microsoft.com/.default",
        ),
    ],
)
def test_each_cloud_signs_in_at_its_own_host(cloud: Cloud, address: str, scope: str) -> None:
    """Authority and scope go together."""
    assert Authority(address) == sign_in_authority(cloud)
    assert (f"{address}/{TENANT}", scope) == (sign_in_authority(cloud).of_tenant(TENANT), cloud.scope)


def test_a_retired_cloud_says_why() -> None:
    """Unless an authority is named in its place, as for the API."""
    with pytest.raises(ValueError, match="closed on 29 October 2021; use the global cloud"):
        sign_in_authority(Cloud.GERMANY)
    assert Authority("https://login.example") == sign_in_authority(Cloud.GERMANY, "https://login.example")


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("https://login.microsoftonline.us/", Authority("https://login.microsoftonline.us")),
        (" login.microsoftonline.us ", Authority("https://login.microsoftonline.us")),
        ("https://proxy.example:8443", Authority("https://proxy.example:8443")),
        ("https://localhost:8400", Authority("https://localhost:8400")),
        ("http://localhost:8400", Authority("https://localhost:8400", is_plain=True)),
        ("HTTP://127.0.0.1:8400/", Authority("https://127.0.0.1:8400", is_plain=True)),
        ("http://[::1]:8400", Authority("https://[::1]:8400", is_plain=True)),
    ],
)
def test_another_authority_can_be_named(named: str, expected: Authority) -> None:
    """A proxy, a private endpoint, a sandbox; plain HTTP is for this machine."""
    assert expected == sign_in_authority(Cloud.GLOBAL, named)


@pytest.mark.parametrize(
    "named",
    [
        "",
        "https://",
        "http://login.microsoftonline.com",
        "http://localhost.example",
        "http://127.0.0.1.example:8400",
        "http://localhost@login.example",
        "https://user:canary@login.example",
        "https://login.example/tenant",
        "https://login.example?x=canary",
        "https://login.example#x",
        "https://login.example\\@other.example",
        "https://login.exa mple",
        "https://login.example:0",
        "https://login.example:port",
        "ftp://login.example",
        "file:///etc/passwd",
    ],
)
def test_an_address_that_cannot_be_trusted_is_refused(named: str) -> None:
    """With a sentence that shows no secret of it."""
    with pytest.raises(ValueError, match="authority must be an https address without a path") as caught:
        sign_in_authority(Cloud.GLOBAL, named)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("tenant", ["", "a/b", "..\\x", "a b", "a?b", "x" * 256, "té"])
def test_what_is_no_tenant_is_refused(tenant: str) -> None:
    """A tenant is a part of the address, so it must not change the rest of it."""
    with pytest.raises(ValueError, match="tenant_id must be the GUID of a tenant"):
        sign_in_authority(Cloud.GLOBAL).of_tenant(tenant)
