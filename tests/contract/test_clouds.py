"""The national clouds and their names."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from partnercenter.contract.clouds import Cloud, find_cloud


@pytest.mark.parametrize(
    ("cloud", "endpoint", "authority", "scope"),
    [
        (
            Cloud.GLOBAL,
            "https://api.partnercenter.microsoft.com",
            "https://login.microsoftonline.com",
            "https://api.partnercenter.microsoft.com/.default",
        ),
        (
            Cloud.CHINA,
            "https://partner.partnercenterapi.microsoftonline.cn",
            "https://login.partner.microsoftonline.cn",
            "https://partner.partnercenterapi.microsoftonline.cn/.default",
        ),
        (
            Cloud.US_GOVERNMENT,
            "https://api.partnercenter.microsoft.com",
            "https://login.microsoftonline.us",
            "https://api.partnercenter.microsoft.com/.default",
        ),
    ],
)
def test_a_cloud_has_its_addresses(cloud: Cloud, endpoint: str, authority: str, scope: str) -> None:
    """API base, authority and scope of each cloud are those of behaviour.md 9.4."""
    assert (endpoint, authority, scope) == (cloud.endpoint, cloud.authority, cloud.scope)
    assert cloud.retired is None


def test_the_german_cloud_is_retired() -> None:
    """The German cloud says when it was closed and what to use."""
    assert Cloud.GERMANY.retired is not None
    assert "29 October 2021" in Cloud.GERMANY.retired
    assert "global" in Cloud.GERMANY.retired


@pytest.mark.parametrize("cloud", Cloud)
def test_addresses_are_plain(cloud: Cloud) -> None:
    """Every address is https with a host and nothing after it."""
    for address in (cloud.endpoint, cloud.authority):
        parts = urlsplit(address)
        assert ("https", "", "", "") == (parts.scheme, parts.path, parts.query, parts.fragment)
        assert parts.hostname


@pytest.mark.parametrize(
    ("expected", "name"),
    [
        *((cloud, cloud.value.name) for cloud in Cloud),
        (Cloud.GLOBAL, "GlobalCloud"),
        (Cloud.GLOBAL, "Public"),
        (Cloud.GLOBAL, "AzureCloud"),
        (Cloud.CHINA, "ChinaCloud"),
        (Cloud.CHINA, "AzureChinaCloud"),
        (Cloud.CHINA, "21Vianet"),
        (Cloud.US_GOVERNMENT, "USGovernment"),
        (Cloud.US_GOVERNMENT, "us_government"),
        (Cloud.US_GOVERNMENT, "AzureUSGovernment"),
        (Cloud.GERMANY, "GermanCloud"),
        (Cloud.GERMANY, " GERMANY "),
    ],
)
def test_clouds_are_found_by_their_names(expected: Cloud, name: str) -> None:
    """Our names and those of the archived SDKs and module are found in any case."""
    assert expected is find_cloud(name)


@pytest.mark.parametrize("name", ["", "mars", "global cloud 2"])
def test_an_unknown_cloud_is_refused(name: str) -> None:
    """Any other name raises ValueError that lists the clouds."""
    with pytest.raises(ValueError, match="global, china, us-government, germany"):
        find_cloud(name)
