"""Fixtures of pytest for sandboxes inside tests; pytest finds them when the package is installed.

    @pytest.mark.partnercenter("one-of-each", settings={"customer_quota": 60})
    def test_what_is_blocked_stays(partnercenter_sandbox, partnercenter_client):
        ...

Without the mark, a sandbox begins with the development partner and no customer. Nothing is imported before a test
asks for one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from partnercenter import PartnerCenterClient
    from partnercenter.aio import PartnerCenterClient as AsyncPartnerCenterClient
    from partnercenter.testing import LocalSandbox

_MARK: Final = "partnercenter"


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line(
        "markers",
        f"{_MARK}(world, settings, skip_waits): what the test's sandbox is made with, as LocalSandbox takes it",
    )


@pytest.fixture
def partnercenter_sandbox(request: pytest.FixtureRequest) -> Iterator[LocalSandbox]:
    """A sandbox of the test's own, with the world and the settings of the mark `partnercenter` that is nearest."""
    from partnercenter.testing import LocalSandbox

    mark = request.node.get_closest_marker(_MARK)
    arguments, options = (mark.args, mark.kwargs) if mark else ((), {})
    with LocalSandbox(*arguments, **options) as sandbox:
        yield sandbox


@pytest.fixture
def partnercenter_client(partnercenter_sandbox: LocalSandbox) -> PartnerCenterClient:
    """A client of the test's sandbox, signed in as the development partner's application."""
    return partnercenter_sandbox.client()


@pytest.fixture
def partnercenter_aio_client(partnercenter_sandbox: LocalSandbox) -> AsyncPartnerCenterClient:
    """The asynchronous one; it needs no loop before its first call."""
    return partnercenter_sandbox.aio_client()
