"""What the settings of the catalogue change; `test_settings` proves it.

For each an act, what it shows by default, another value of the setting, and what the act shows then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tests.sandbox.conftest import Fault, fault_of

if TYPE_CHECKING:
    from tests.conftest import Sandbox

Act = Callable[["Sandbox"], Any]

ANY_FAULT = "417/800036"
AS_TOLD = Fault(417, 800036)
RESERVATIONS = "/products?country=US&targetView=AzureReservationsVM"
UNSOLD = {"targetItems": [{"productId": "DZH318Z0BQ3W", "skuId": "00HX"}]}


def refused(path: str) -> Act:
    """What a GET is answered."""
    return lambda sandbox: fault_of(sandbox.call("GET", f"/v1{path}"))


def found(path: str) -> Act:
    """The ids in a list."""
    return lambda sandbox: [item["id"] for item in sandbox.call("GET", f"/v1{path}").json()["items"]]


def restricted(sandbox: Sandbox) -> bool:
    """Whether what a sandbox does not sell is restricted."""
    answer = sandbox.call("POST", "/v1/extensions/product/checkInventory?country=US", UNSOLD)
    return bool(answer.json()[0]["isRestricted"])


CATALOGUE: Mapping[str, tuple[Act, Any, Any, Any]] = {
    "fault_catalogue_query": (refused("/products?country=US"), Fault(400, 2000), ANY_FAULT, AS_TOLD),
    "fault_unknown_offer": (refused("/offers/x?country=US"), Fault(404, 1000), ANY_FAULT, AS_TOLD),
    "reservations_need_scope": (found(RESERVATIONS), ["DZH318Z0BQ3W"], True, []),
    "inventory_restricts_unsold": (restricted, True, False, False),
}
