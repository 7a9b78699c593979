"""Agreements that a customer accepts before it buys; behaviour.md 3.4, resources.md "Agreements"."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from partnercenter.contract.collection import READ_ONLY, Contact
from partnercenter.contract.enums import AgreementType
from partnercenter.contract.resource import Member, Resource


class AgreementMetaData(Resource):
    """An agreement that there is: its template, and where its text is; the highest `version_rank` is the newest."""

    template_id: Annotated[str | None, READ_ONLY] = None
    agreement_type: Annotated[AgreementType | str | None, READ_ONLY] = None
    agreement_link: Annotated[str | None, READ_ONLY] = None
    version_rank: Annotated[int | None, READ_ONLY] = None


class AgreementDocument(Resource):
    """Where the text of a template can be read and fetched; both addresses live five minutes."""

    display_uri: Annotated[str | None, READ_ONLY] = None
    download_uri: Annotated[str | None, READ_ONLY] = None
    language: Annotated[str | None, READ_ONLY] = None
    country: Annotated[str | None, READ_ONLY] = None


class Agreement(Resource):
    """The confirmation that somebody accepted an agreement for the customer. `user_id` is who confirmed it."""

    user_id: Annotated[str | None, Member(description="taken from the token of the user who confirms")] = None
    primary_contact: Annotated[Contact | None, Member(required=True)] = None
    template_id: Annotated[
        str | None,
        Member(required=True, min_length=1, max_length=100, description="of the agreement's metadata"),
    ] = None
    date_agreed: Annotated[datetime | None, Member(required=True)] = None
    type: Annotated[AgreementType | str | None, Member(required=True)] = None
    agreement_link: Annotated[str | None, READ_ONLY] = None


class DirectSignedCustomerAgreementStatus(Resource):
    """Whether the customer itself has signed the Microsoft Customer Agreement."""

    is_signed: Annotated[bool | None, READ_ONLY] = None
