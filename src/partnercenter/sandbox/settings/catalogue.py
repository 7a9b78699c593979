"""Settings: the catalogue."""

from __future__ import annotations

from typing import Final

from partnercenter.sandbox.settings.setting import fault, flag

TABLE: Final = (
    fault(
        "fault_catalogue_query",
        "400/2000",
        "11.2",
        "A country or target view that is missing; a country, reservation scope or number that is none.",
    ),
    fault("fault_unknown_offer", "404/1000", "11.2", "A legacy offer that does not exist."),
    flag(
        "reservations_need_scope",
        False,
        "11.2",
        "Reservations are found with reservationScope=AzurePlan only.",
    ),
    flag(
        "inventory_restricts_unsold",
        True,
        "8",
        "An inventory check in a sandbox names what a sandbox cannot buy as restricted.",
    ),
)
