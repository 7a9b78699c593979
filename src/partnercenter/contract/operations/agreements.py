"""Agreements that a customer must have accepted before it buys; behaviour.md 3.4."""

from __future__ import annotations

from typing import Final

from partnercenter.contract.agreements import (
    Agreement,
    AgreementDocument,
    AgreementMetaData,
    DirectSignedCustomerAgreementStatus,
)
from partnercenter.contract.operation import TEXT, Operation, QueryParameter, TokenKind

_TYPE: Final = QueryParameter(
    "agreementType", "MicrosoftCustomerAgreement, MicrosoftCloudAgreement, or * for both.", TEXT
)
_USER: Final = frozenset({TokenKind.APP_USER})

TABLE: Final[tuple[Operation, ...]] = (
    Operation(
        name="agreement_metadata.list",
        method="GET",
        path="/v1/agreements",
        summary="List the agreements that a customer can accept.",
        documentation="Get agreement metadata for Microsoft Customer Agreement",
        query=(_TYPE,),
        response=AgreementMetaData,
        collection=True,
        tokens=_USER,
        errors=(400, 401, 403, 429, 500),
    ),
    Operation(
        name="agreement_templates.get_document",
        method="GET",
        path="/v1/agreementtemplates/{agreement_template_id}/document",
        summary="Tell where the text of an agreement can be read and fetched.",
        documentation="Download the Microsoft Customer Agreement template",
        query=(
            QueryParameter("language", "A language such as en-US.", TEXT),
            QueryParameter("country", "A country by its ISO 3166 code of two letters.", TEXT),
        ),
        response=AgreementDocument,
        tokens=_USER,
    ),
    Operation(
        name="customer_agreements.list",
        method="GET",
        path="/v1/customers/{customer_id}/agreements",
        summary="List the agreements that were confirmed for a customer.",
        documentation="Get confirmation of customer acceptance of Microsoft Customer Agreement",
        query=(_TYPE,),
        response=Agreement,
        collection=True,
        tokens=_USER,
    ),
    Operation(
        name="customer_agreements.create",
        method="POST",
        path="/v1/customers/{customer_id}/agreements",
        summary="Confirm that a customer has accepted an agreement.",
        documentation="Confirm customer acceptance of Microsoft Customer Agreement",
        request=Agreement,
        response=Agreement,
        tokens=_USER,
        success=(201,),
    ),
    Operation(
        name="customer_agreements.get_direct_signed_status",
        method="GET",
        path="/v1/customers/{customer_id}/directSignedMicrosoftCustomerAgreementStatus",
        summary="Tell whether a customer itself has signed the Microsoft Customer Agreement.",
        documentation="Get the status of direct signing (direct acceptance) of Microsoft Customer Agreement",
        response=DirectSignedCustomerAgreementStatus,
        tokens=_USER,
    ),
)
