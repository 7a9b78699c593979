"""Agreements: `client.agreement_details`, `client.agreement_templates` and those of a customer; behaviour.md 3.4."""

from __future__ import annotations

from azure.core.async_paging import AsyncItemPaged

from partnercenter.client.aio.sender import AsyncSender
from partnercenter.client.arguments import require_type, word_query
from partnercenter.contract.agreements import (
    Agreement,
    AgreementDocument,
    AgreementMetaData,
    DirectSignedCustomerAgreementStatus,
)
from partnercenter.contract.enums import AgreementType
from partnercenter.contract.identifiers import require_segment


class AgreementDetails:
    """The agreements that a customer can accept."""

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender

    def list(self, *, agreement_type: AgreementType | str | None = None) -> AsyncItemPaged[AgreementMetaData]:
        """Agreements of one type, or with `"*"` of all; without a type the service chooses.

        Needs the token of a user (behaviour.md 9.3).
        """
        query = {"agreementType": word_query(agreement_type, "agreement_type")}
        return self._sender.pages("agreement_metadata.list", AgreementMetaData, {}, query)


class AgreementTemplates:
    """The texts of agreements."""

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender

    def by_id(self, agreement_template_id: str) -> AgreementTemplateOperations:
        """What can be asked about one template; raises `ValueError` for an id that cannot be one."""
        require_segment(agreement_template_id, "agreement_template_id")
        return AgreementTemplateOperations(self._sender, agreement_template_id)


class AgreementTemplateOperations:
    """The template of one agreement."""

    def __init__(self, sender: AsyncSender, agreement_template_id: str) -> None:
        self.document = AgreementTemplateDocument(sender, agreement_template_id)


class AgreementTemplateDocument:
    """The text of one agreement."""

    def __init__(self, sender: AsyncSender, agreement_template_id: str) -> None:
        self._sender = sender
        self._ids = {"agreement_template_id": agreement_template_id}

    async def get(self, *, language: str | None = None, country: str | None = None) -> AgreementDocument:
        """Where the text can be read and fetched in the next five minutes, in a language and for a country.

        Needs the token of a user. Raises `NotFoundError` when there is no such template.
        """
        query = {"language": word_query(language, "language"), "country": word_query(country, "country")}
        name = "agreement_templates.get_document"
        return await self._sender.resource(name, AgreementDocument, self._ids, query=query)


class CustomerAgreements:
    """The agreements that one customer has accepted."""

    def __init__(self, sender: AsyncSender, customer_id: str) -> None:
        self._sender = sender
        self._ids = {"customer_id": customer_id}

    def list(self, *, agreement_type: AgreementType | str | None = None) -> AsyncItemPaged[Agreement]:
        """What was confirmed of one type, or with `"*"` of all; without a type the service chooses.

        Needs the token of a user (behaviour.md 9.3).
        """
        query = {"agreementType": word_query(agreement_type, "agreement_type")}
        return self._sender.pages("customer_agreements.list", Agreement, self._ids, query)

    async def create(self, agreement: Agreement) -> Agreement:
        """Confirm that the customer has accepted an agreement; most purchases need that of the Customer Agreement.

        Needs the token of a user, who is the one that confirms. Raises `PartnerCenterError` with code 600061 when the
        same contact was confirmed before, `TypeError` for what is no `Agreement` (behaviour.md 3.4).
        """
        require_type(agreement, Agreement, "agreement")
        return await self._sender.resource("customer_agreements.create", Agreement, self._ids, body=agreement)

    async def get_direct_signed_customer_agreement_status(self) -> DirectSignedCustomerAgreementStatus:
        """Whether the customer itself has signed the Microsoft Customer Agreement. Needs the token of a user."""
        name = "customer_agreements.get_direct_signed_status"
        return await self._sender.resource(name, DirectSignedCustomerAgreementStatus, self._ids)
