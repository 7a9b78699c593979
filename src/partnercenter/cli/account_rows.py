"""Partners, applications and users of a sandbox as rows, and the addresses of one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from partnercenter.cli.errors import UserError
from partnercenter.cli.output import record

PARTNERS: Final = "/_sandbox/partners"
APPLICATIONS: Final = "/_sandbox/applications"
USERS: Final = "/_sandbox/users"

PARTNER_COLUMNS: Final = (
    "companyName",
    "tenantId",
    "domain",
    "country",
    "environment",
    "kind",
    "isCspPartner",
    "applications",
    "users",
    "customers",
)
APPLICATION_COLUMNS: Final = (
    "name",
    "clientId",
    "tenantId",
    "registered",
    "public",
    "redirectUris",
    "secrets",
    "certificates",
)
USER_COLUMNS: Final = (
    "userPrincipalName",
    "objectId",
    "tenantId",
    "displayName",
    "mfa",
    "enabled",
    "roles",
)
_NAME_OF_ONE: Final = {"secrets": "keyId", "certificates": "thumbprint"}


def account_row(form: str, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """One of them: whole in json and jsonl; for eyes and spreadsheets each list as one text, of keys their names."""
    if form in {"json", "jsonl"}:
        return document
    return {name: _text(name, value) for name, value in document.items()}


def _text(name: str, value: object) -> object:
    if not isinstance(value, list):
        return value
    return " ".join(str(one[_NAME_OF_ONE[name]] if name in _NAME_OF_ONE else one) for one in value)


def account_record(form: str, document: Mapping[str, Any]) -> None:
    """Print one of them."""
    record(form, account_row(form, document))


def one_of(collection: str, name: str, *below: str) -> str:
    """The address of one of them, or of something below it; raises `UserError` for an empty name.

    Without the name it would be the address of all.
    """
    if not all(part.strip() for part in (name, *below)):
        raise UserError("The name of what is meant is empty.")
    return "/".join((collection, *(quote(part.strip(), safe="@") for part in (name, *below))))


def of_partner(collection: str, tenant_id: str | None) -> str:
    """The address of all of them, or of those of one partner."""
    return collection if tenant_id is None else f"{collection}?tenantId={quote(tenant_id, safe='')}"


def given(**members: object) -> dict[str, object]:
    """The members that were given on the command line, to be sent."""
    return {name: value for name, value in members.items() if value is not None}
