# Generated from src/partnercenter/client/aio/partner_center_client.py by tools/generate_sync.py; do not edit.
"""`PartnerCenterClient`: the root from which every operation is reached."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from os import PathLike
from types import TracebackType
from typing import Any

from azure.core.credentials import TokenCredential
from azure.core.pipeline.transport import HttpTransport
from azure.core.rest import HttpRequest, HttpResponse

from partnercenter.client.addresses import api_base
from partnercenter.client.arguments import require_cloud, require_credential
from partnercenter.client.calls import build_request, require_headers, require_path
from partnercenter.client.client_headers import ClientHeadersPolicy
from partnercenter.client.correlation import correlation
from partnercenter.client.durations import seconds
from partnercenter.client.errors import error_from_response
from partnercenter.client.retrying import RetryRules
from partnercenter.client.sync.agreements import AgreementDetails, AgreementTemplates
from partnercenter.client.sync.audit_records import AuditRecords
from partnercenter.client.sync.catalogue import Extensions, Products
from partnercenter.client.sync.customers import Customers
from partnercenter.client.sync.markets import CountryValidationRulesGroup, Domains
from partnercenter.client.sync.offers import OfferCategories, Offers
from partnercenter.client.sync.sender import Sender
from partnercenter.client.transport import DEFAULT_TIMEOUT, Httpx2Transport
from partnercenter.contract.clouds import Cloud
from partnercenter.contract.headers import DEFAULT_LOCALE


class PartnerCenterClient:
    """Partner Center, for the partner that the credential's tokens name.

    `credential` is any token credential, such as those of azure-identity. `cloud` chooses API base and scope
    together; `endpoint` replaces the API base, for the local sandbox or a proxy, and must be https or on this
    machine; `scope` replaces what tokens are asked for. `timeout` holds for connecting and for each silence of the
    other side. `retry_total` counts the attempts after the first, `longest_retry_wait` caps what a `Retry-After` may
    ask for, `deadline` caps a call with all its attempts. `verify` is True, or the path of a certificate bundle.
    `transport` replaces the network and makes `timeout` and `verify` its own affair. Durations are seconds or
    `timedelta`.

    Raises `ValueError` for a retired cloud, for an endpoint that may not carry a token, and for numbers out of range,
    `TypeError` for what is no credential or no `Cloud`.

        with PartnerCenterClient(credential) as client:
            client.customers.by_id(customer_id).delete()
    """

    def __init__(
        self,
        credential: TokenCredential,
        *,
        cloud: Cloud = Cloud.GLOBAL,
        endpoint: str | None = None,
        scope: str | None = None,
        transport: HttpTransport[HttpRequest, HttpResponse] | None = None,
        timeout: float | timedelta = DEFAULT_TIMEOUT,
        verify: bool | str | PathLike[str] = True,
        retry_total: int = 3,
        longest_retry_wait: float | timedelta = 60.0,
        deadline: float | timedelta = 300.0,
        application_name: str | None = None,
        locale: str = DEFAULT_LOCALE,
    ) -> None:
        if retry_total < 0:
            raise ValueError(f"retry_total must not be negative, but is {retry_total}.")
        longest_wait = seconds(longest_retry_wait, "longest_retry_wait")
        self._sender = Sender(
            api_base(require_cloud(cloud), endpoint),
            require_credential(credential),
            scope or cloud.scope,
            transport or Httpx2Transport(timeout=seconds(timeout, "timeout"), verify=verify),
            RetryRules(total=retry_total, longest_wait=longest_wait, deadline=seconds(deadline, "deadline")),
            ClientHeadersPolicy(application_name, locale),
        )
        self.customers = Customers(self._sender)
        self.agreement_details = AgreementDetails(self._sender)
        self.agreement_templates = AgreementTemplates(self._sender)
        self.domains = Domains(self._sender)
        self.country_validation_rules = CountryValidationRulesGroup(self._sender)
        self.products = Products(self._sender)
        self.offers = Offers(self._sender)
        self.offer_categories = OfferCategories(self._sender)
        self.extensions = Extensions(self._sender)
        self.audit_records = AuditRecords(self._sender)

    @property
    def endpoint(self) -> str:
        """The base of every URL, without `/v1`."""
        return self._sender.base

    def correlation(self, correlation_id: str | None = None) -> AbstractContextManager[str]:
        """Send one correlation id with every call of this task or thread inside the `with` block; gives the id.

        Raises `ValueError` for an id that is not a GUID.
        """
        return correlation(correlation_id)

    def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpResponse:
        """Call what this package has no method for, with the same ids, retries, token and errors.

        `path` begins with `/v1` and may carry a query. Returns the answer, whose body is in `.content`, `.text()` and
        `.json()`; a redirect is returned too, not followed. Raises `PartnerCenterError` for a refusal, `ValueError`
        for a path that is not below the endpoint and for headers that cannot be sent.
        """
        sent = build_request(
            self._sender.base,
            method.upper(),
            require_path(path),
            json=json,
            headers=require_headers(headers),
        )
        response = self._sender.send(sent)
        if response.status_code >= 400:
            raise error_from_response(response, method.upper(), path)
        return response

    def close(self) -> None:
        """Close every connection; the client stays usable, and a later call opens new ones."""
        self._sender.close()

    def __enter__(self) -> PartnerCenterClient:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self.close()
