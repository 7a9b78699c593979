"""Which services the licences of the catalogue open, as data; resources.md "Licenses".

The keys are the `license_sku` of the catalogue's items.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Plan:
    """One service."""

    id: str
    service_name: str
    display_name: str


@dataclass(frozen=True, slots=True)
class LicenseSku:
    """What a licence is for."""

    id: str
    part_number: str
    name: str
    plans: tuple[Plan, ...]


_EXCHANGE: Final = Plan(
    "9aaf7827-d63c-4b61-89c3-182f06f82e5c", "EXCHANGE_S_STANDARD", "Exchange Online (Plan 1)"
)
_EXCHANGE_2: Final = Plan(
    "efb87545-963c-4e0d-99df-69c6916d9eb0", "EXCHANGE_S_ENTERPRISE", "Exchange Online (Plan 2)"
)
_SHAREPOINT: Final = Plan("c7699d2e-19aa-44de-8edf-1736da088ca1", "SHAREPOINTSTANDARD", "SharePoint (Plan 1)")
_SHAREPOINT_2: Final = Plan(
    "5dbe027f-2339-4123-9542-606e4d348a72", "SHAREPOINTENTERPRISE", "SharePoint (Plan 2)"
)
_TEAMS: Final = Plan("57ff2da0-773e-42df-b2af-ffb7a2317929", "TEAMS1", "Microsoft Teams")
_OFFICE_WEB: Final = Plan("e95bec33-7c88-4a70-8e19-b10bd9d0c014", "SHAREPOINTWAC", "Office for the web")
_OFFICE: Final = Plan(
    "43de0ff5-c92c-492b-9116-175376d08c38", "OFFICESUBSCRIPTION", "Microsoft 365 Apps for enterprise"
)
_OFFICE_BUSINESS: Final = Plan(
    "094e7854-93fc-4d55-b2c0-3ab5369ebdc1", "OFFICE_BUSINESS", "Microsoft 365 Apps for business"
)
_INTUNE: Final = Plan("c1ec4a95-1f05-45b3-a911-aa3fa01094f5", "INTUNE_A", "Microsoft Intune Plan 1")
_DIRECTORY: Final = Plan("41781fb2-bc02-4b7c-bd55-b576c07bb09d", "AAD_PREMIUM", "Microsoft Entra ID P1")
_PHONE: Final = Plan("4828c8ec-dc2e-4779-b502-87ac9ce28ab7", "MCOEV", "Microsoft 365 Phone System")
_AUDIO: Final = Plan("3e26ee1f-8a5f-4d52-aee2-b81ce45c8f40", "MCOMEETADV", "Microsoft 365 Audio Conferencing")
_COPILOT: Final = Plan(
    "3f30311c-6b1e-48a4-ab79-725b469da960", "M365_COPILOT_BUSINESS_CHAT", "Microsoft Copilot with Graph chat"
)
_WINDOWS_365: Final = Plan(
    "5a13ac64-3234-4a3b-a7fd-0ac4dd06e2a4", "CPC_B_2C_4RAM_128GB", "Windows 365 Business 2 vCPU, 4 GB, 128 GB"
)

LICENSE_SKUS: Final[Mapping[str, LicenseSku]] = {
    sku.id: sku
    for sku in (
        LicenseSku(
            "3b555118-da6a-4418-894f-7df1e2096870",
            "O365_BUSINESS_ESSENTIALS",
            "Microsoft 365 Business Basic",
            (_EXCHANGE, _SHAREPOINT, _TEAMS, _OFFICE_WEB),
        ),
        LicenseSku(
            "cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46",
            "SPB",
            "Microsoft 365 Business Premium",
            (_EXCHANGE, _SHAREPOINT, _TEAMS, _OFFICE_WEB, _OFFICE_BUSINESS, _INTUNE, _DIRECTORY),
        ),
        LicenseSku(
            "05e9a617-0261-4cee-bb44-138d3ef5d965",
            "SPE_E3",
            "Microsoft 365 E3",
            (_EXCHANGE_2, _SHAREPOINT_2, _TEAMS, _OFFICE_WEB, _OFFICE, _INTUNE, _DIRECTORY),
        ),
        LicenseSku(
            "e43b5b99-8dfb-405f-9987-dc307f34bcbd", "MCOEV", "Microsoft Teams Phone Standard", (_PHONE,)
        ),
        LicenseSku(
            "639dec6b-bb19-468b-871c-c5c441c4b0cb",
            "Microsoft_365_Copilot",
            "Microsoft Copilot for Microsoft 365",
            (_COPILOT,),
        ),
        LicenseSku(
            "439ac253-bfbc-49c7-acc0-6b951407b5ef",
            "CPC_B_2C_4RAM_128GB_WHB",
            "Windows 365 Business 2 vCPU, 4 GB, 128 GB (with Windows Hybrid Benefit)",
            (_WINDOWS_365,),
        ),
        LicenseSku(
            "4b590615-0888-425a-a965-b3bf7789848d",
            "M365EDU_A3_FACULTY",
            "Microsoft 365 A3 for faculty",
            (_EXCHANGE_2, _SHAREPOINT_2, _TEAMS, _OFFICE_WEB, _OFFICE, _INTUNE, _DIRECTORY),
        ),
        LicenseSku(
            "f245ecc8-75af-4f8e-b61f-27d8114de5f3",
            "O365_BUSINESS_PREMIUM",
            "Microsoft 365 Business Standard",
            (_EXCHANGE, _SHAREPOINT, _TEAMS, _OFFICE_WEB, _OFFICE_BUSINESS),
        ),
        LicenseSku(
            "6fd2c87f-b296-42f0-b197-1e91e994b900",
            "ENTERPRISEPACK",
            "Office 365 E3",
            (_EXCHANGE_2, _SHAREPOINT_2, _TEAMS, _OFFICE_WEB, _OFFICE),
        ),
        LicenseSku(
            "0c266dff-15dd-4b49-8397-2bb16070ed52",
            "MCOMEETADV",
            "Microsoft 365 Audio Conferencing",
            (_AUDIO,),
        ),
    )
}
