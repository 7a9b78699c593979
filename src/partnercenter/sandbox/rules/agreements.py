"""Agreements: which there are, what their confirmation must look like, and how all is shown; behaviour.md 3.4."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from partnercenter.contract.agreements import Agreement
from partnercenter.contract.enums import AgreementType
from partnercenter.contract.timestamps import format_timestamp, parse_timestamp
from partnercenter.sandbox.rules.body_shape import find_problems
from partnercenter.sandbox.rules.country_rules import PROPERTY_INVALID, Problem
from partnercenter.sandbox.rules.customer_creation import is_email_address
from partnercenter.sandbox.rules.customer_documents import Json

DOCUMENT_LIFETIME: Final = timedelta(minutes=5)
_CONTACT: Final = ("firstName", "lastName", "email", "phoneNumber")


@dataclass(frozen=True, slots=True)
class Template:
    """An agreement that can be confirmed; `link` is where its text is."""

    template_id: str
    agreement_type: AgreementType
    link: str


TEMPLATES: Final = (
    Template(
        "5c2e91d4-70ab-4f3d-9b16-e8d30a7c4f52",
        AgreementType.MICROSOFT_CLOUD_AGREEMENT,
        "https://agreements.example/cloud",
    ),
    Template(
        "0f7be3c6-95a4-4d18-b2e7-1c60d8a45f39",
        AgreementType.MICROSOFT_CUSTOMER_AGREEMENT,
        "https://agreements.example/mca",
    ),
)


def find_template(template_id: str) -> Template | None:
    """The template of an id, compared without case."""
    folded = template_id.strip().lower()
    return next((template for template in TEMPLATES if template.template_id == folded), None)


def metadata_document(template: Template) -> Json:
    """A template as the list of agreements shows it (lifecycle.md 5)."""
    return {
        "templateId": template.template_id,
        "agreementType": template.agreement_type.value,
        "agreementLink": template.link,
        "versionRank": 0,
    }


def text_document(template: Template, language: str, country: str, now: datetime) -> Json:
    """Where a template's text is to be had in the next five minutes."""
    until = quote(format_timestamp(now + DOCUMENT_LIFETIME), safe="")
    address = f"{template.link}/{language}/{country}"
    return {
        "displayUri": f"{address}?se={until}",
        "downloadUri": f"{address}/download?se={until}",
        "language": language,
        "country": country,
    }


def agreement_problems(body: Mapping[str, Any]) -> Iterator[Problem]:
    """What the canonical body of a confirmation lacks or has in a wrong form."""
    for found in find_problems(Agreement, dict(body)):
        yield Problem(found.member, PROPERTY_INVALID, found.description)
    contact = body.get("primaryContact")
    email = contact.get("email") if isinstance(contact, dict) else None
    if isinstance(email, str) and email.strip() and not is_email_address(email):
        name = "primaryContact.email"
        yield Problem(name, PROPERTY_INVALID, f"{name} is not an e-mail address.")


def refusal_text(body: Mapping[str, Any], latest: datetime | None) -> str | None:
    """Why a confirmation of the right form is refused, or None. Later than `latest` nothing can have been agreed."""
    template = find_template(body["templateId"])
    if template is None:
        return "templateId must be that of an agreement; GET /v1/agreements?agreementType=* lists them."
    if body["type"] != template.agreement_type.value:
        return f"type must be {template.agreement_type.value}, which the template is of."
    if latest is not None and parse_timestamp(body["dateAgreed"]) > latest:
        return "dateAgreed must not be in the future."
    return None


def contact_key(contact: Mapping[str, Any]) -> str:
    """A contact in a form that compares: without case and outer blanks."""
    return json.dumps([str(contact.get(name, "")).strip().casefold() for name in _CONTACT])


def confirmed_document(body: Mapping[str, Any], user_id: str) -> Json:
    """The answer to a confirmation; the date stays as it was written (lifecycle.md 6)."""
    contact = body["primaryContact"]
    return {
        "userId": user_id,
        "primaryContact": {name: contact[name] for name in _CONTACT if name in contact},
        "templateId": body["templateId"].strip().lower(),
        "dateAgreed": body["dateAgreed"],
        "type": body["type"],
    }


def listed_document(confirmed: Mapping[str, Any]) -> Json:
    """A confirmation as lists show it: without who confirmed it, with where the text is (lifecycle.md 6)."""
    link = next(t.link for t in TEMPLATES if t.template_id == confirmed["templateId"])
    shown = {name: value for name, value in confirmed.items() if name != "userId"}
    return {**shown, "agreementLink": link}
