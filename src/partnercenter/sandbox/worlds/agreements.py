"""The agreement that a world's customer has accepted, so that it can buy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from partnercenter.contract.enums import AgreementType
from partnercenter.contract.timestamps import format_timestamp
from partnercenter.sandbox.rules.agreements import TEMPLATES, confirmed_document, contact_key
from partnercenter.sandbox.store.times import to_micros
from partnercenter.sandbox.wire.message import json_text


def agreement_values(customer: Mapping[str, Any], agreement_id: str, moment: datetime) -> dict[str, Any]:
    """The columns of a confirmed Microsoft Customer Agreement, accepted by the customer's billing contact."""
    kind = AgreementType.MICROSOFT_CUSTOMER_AGREEMENT
    template = next(template for template in TEMPLATES if template.agreement_type == kind)
    profile = customer["billingProfile"]
    address = profile["defaultAddress"]
    contact = {
        "firstName": address["firstName"],
        "lastName": address["lastName"],
        "email": profile["email"],
    }
    body = {
        "primaryContact": contact,
        "templateId": template.template_id,
        "dateAgreed": format_timestamp(moment),
        "type": kind.value,
    }
    return {
        "id": agreement_id,
        "agreement_type": kind.value,
        "contact_folded": contact_key(contact),
        "created_at": to_micros(moment),
        "document": json_text(confirmed_document(body, str(customer["id"]))),
    }
