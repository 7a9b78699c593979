"""Agreements that a customer must have accepted before it buys; behaviour.md 3.4, lifecycle.md 5 and 6."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection

from partnercenter.contract.agreements import Agreement
from partnercenter.contract.enums import AgreementType
from partnercenter.sandbox.routes.audited import audited_customer, record
from partnercenter.sandbox.routes.call import Call, Handler
from partnercenter.sandbox.routes.page import whole_list
from partnercenter.sandbox.rules.agreements import (
    TEMPLATES,
    agreement_problems,
    confirmed_document,
    contact_key,
    find_template,
    listed_document,
    metadata_document,
    refusal_text,
    text_document,
)
from partnercenter.sandbox.rules.country_rules import find_country_rules, normalise_language
from partnercenter.sandbox.store import agreements as store
from partnercenter.sandbox.store.agreements import NewAgreement
from partnercenter.sandbox.store.times import to_micros
from partnercenter.sandbox.wire.fault import newer_fault
from partnercenter.sandbox.wire.message import Response, json_response, json_text

_LANGUAGE: Final = "en-US"
_COUNTRY: Final = "US"


def list_metadata(call: Call, connection: Connection) -> Response:  # noqa: ARG001 - data, not store
    """The agreements of a type."""
    wanted = _types(call)
    return whole_list(metadata_document(t) for t in TEMPLATES if t.agreement_type in wanted)


def get_document(call: Call, connection: Connection) -> Response:  # noqa: ARG001 - data, not store
    """Where the text of an agreement is."""
    template = find_template(call.ids["agreement_template_id"])
    if template is None:
        raise call.setting_fault(
            "fault_unknown_agreement_template", "There is no agreement template of this id."
        )
    language = normalise_language(call.query.get("language", "").strip() or _LANGUAGE)
    country = find_country_rules(call.query.get("country", "").strip() or _COUNTRY)
    if language is None:
        raise call.setting_fault("fault_agreement_query", "language must be written as en or en-US.")
    if country is None:
        text = "country must be the ISO 3166 code of a country, of two letters."
        raise call.setting_fault("fault_agreement_query", text)
    now = call.nature.clock.now()
    return json_response(200, text_document(template, language, country.iso2_code, now))


def list_confirmed(call: Call, connection: Connection) -> Response:
    """What was confirmed for a customer, oldest first."""
    wanted = _types(call)
    rows = store.list_agreements(connection, call.found_customer.key)
    return whole_list(listed_document(json.loads(r.document)) for r in rows if r.agreement_type in wanted)


def confirm(call: Call, connection: Connection) -> Response:
    """Confirm that the customer has accepted an agreement; the same contact cannot do it twice."""
    body = call.body(Agreement)
    for problem in agreement_problems(body):
        raise call.problem_fault(problem)
    now = call.nature.clock.now()
    may_be_ahead = call.settings.text("agreement_date_ahead") == "accept"
    refusal = refusal_text(body, None if may_be_ahead else now)
    if refusal is not None:
        raise call.setting_fault("fault_agreement_refused", refusal)
    customer = call.found_customer
    contact = contact_key(body["primaryContact"])
    if store.is_confirmed_by(connection, customer.key, body["type"], contact):
        raise newer_fault(call.settings, 400, 600061, "PartnerConfirmedAgreementAlreadyExists")
    document = confirmed_document(body, call.token.object_id)
    new = NewAgreement(
        customer_key=customer.key,
        id=call.nature.ids.guid(),
        agreement_type=body["type"],
        contact_folded=contact,
        created_at=to_micros(now),
        document=json_text(document),
    )
    store.add_agreement(connection, new)
    record(
        call,
        connection,
        audited_customer(customer),
        "create_agreement",
        resource_type="agreement",
        resource_id=new.id,
        customized_data=(("AgreementType", body["type"]), ("TemplateId", document["templateId"])),
        new_value=document,
    )
    return json_response(201, document)


def get_direct_signed_status(call: Call, connection: Connection) -> Response:  # noqa: ARG001 - a setting decides
    """Whether the customer itself has signed; a sandbox has nobody who could."""
    return json_response(200, {"isSigned": call.settings.flag("customers_sign_directly")})


def _types(call: Call) -> tuple[AgreementType, ...]:
    """The types of agreements that the query asks for; `*` is all of them."""
    word = call.query.get("agreementtype", "").strip()
    if not word:
        all_of_them = call.settings.text("agreements_without_type") == "all"
        return tuple(AgreementType) if all_of_them else (AgreementType.MICROSOFT_CLOUD_AGREEMENT,)
    if word == "*":
        return tuple(AgreementType)
    found = AgreementType.from_word(word)
    if found is None:
        text = f"agreementType must be {', '.join(AgreementType)}, or * for all of them."
        raise call.setting_fault("fault_agreement_query", text)
    return (found,)


HANDLERS: Final[Mapping[str, Handler]] = {
    "agreement_metadata.list": list_metadata,
    "agreement_templates.get_document": get_document,
    "customer_agreements.list": list_confirmed,
    "customer_agreements.create": confirm,
    "customer_agreements.get_direct_signed_status": get_direct_signed_status,
}
