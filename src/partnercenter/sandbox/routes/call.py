"""A call as handlers see it: routed, with its caller known, its customer found."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row

from partnercenter.contract.operations import Operation
from partnercenter.contract.resource import Resource
from partnercenter.sandbox.identity.verification import VerifiedToken
from partnercenter.sandbox.nature import Nature
from partnercenter.sandbox.rules.body_shape import canonical, find_problems
from partnercenter.sandbox.rules.country_rules import ADDRESS_INVALID, PROPERTY_INVALID, Problem
from partnercenter.sandbox.rules.refusal import Refusal, RefusedBySetting
from partnercenter.sandbox.settings import Settings
from partnercenter.sandbox.store.partners import Partner
from partnercenter.sandbox.wire.fault import Fault, fault, setting_fault
from partnercenter.sandbox.wire.json_body import BodyError, decode_object
from partnercenter.sandbox.wire.message import Request, Response


@dataclass(slots=True)
class Call:
    """One call of one operation. `customer` is set before a handler whose path names one runs.

    `customer_key` is that of the customer the answer is about, if it is still there afterwards: an answer that is
    kept for a replay is purged with its customer. `is_replay` tells that the answer is one that was given before.
    """

    request: Request
    operation: Operation
    ids: Mapping[str, str]
    query: Mapping[str, str]
    request_id: str
    correlation_id: str
    partner: Partner
    token: VerifiedToken
    settings: Settings
    nature: Nature
    page_secret: bytes
    customer: Row[Any] | None = field(default=None)
    customer_key: int | None = field(default=None)
    is_replay: bool = field(default=False)

    @property
    def found_customer(self) -> Row[Any]:
        """The customer that the path names."""
        if self.customer is None:
            raise LookupError(f"{self.operation.name} has no customer in its path.")
        return self.customer

    @property
    def customer_document(self) -> dict[str, Any]:
        """What a GET of that customer answers."""
        document: dict[str, Any] = json.loads(self.found_customer.document)
        return document

    def setting_fault(self, name: str, description: str | None = None, *arguments: object) -> Fault:
        """The fault that a setting names."""
        return setting_fault(self.settings, name, description, arguments=arguments)

    def fault(self, status: int, code: int, description: str | None = None, *arguments: object) -> Fault:
        """A fault whose status and code are documented."""
        return fault(self.settings, status, code, description, arguments=arguments)

    def json_object(self) -> dict[str, Any]:
        """The body as it came; raises the fault of a body that is no JSON object."""
        try:
            return decode_object(self.request.body)
        except BodyError as error:
            raise self.setting_fault("fault_malformed_body", str(error)) from None

    def body(self, resource: type[Resource]) -> dict[str, Any]:
        """The body in the contract's spelling (client-quirks.md 1, rows 1 and 2)."""
        return canonical(resource, self.json_object())

    def checked_body(self, resource: type[Resource]) -> dict[str, Any]:
        """The same, with everything the contract requires of it; raises the fault of the first problem."""
        body = self.body(resource)
        self.check_body(resource, body)
        return body

    def check_body(self, resource: type[Resource], body: dict[str, Any]) -> None:
        """Raise the fault of the first thing that a body lacks or has wrong."""
        for problem in find_problems(resource, body):
            raise self.setting_fault("fault_missing_field", problem.description)

    def refused(self, refusal: Refusal) -> Fault:
        """The fault of a rule's refusal."""
        if isinstance(refusal, RefusedBySetting):
            return self.setting_fault(refusal.name, refusal.description, *refusal.arguments)
        return self.fault(refusal.status, refusal.code, refusal.description, *refusal.arguments)

    def problem_fault(self, problem: Problem) -> Fault:
        """The fault for something wrong with a body; addresses and missing members have settings of their own."""
        names = {ADDRESS_INVALID: "fault_invalid_address", PROPERTY_INVALID: "fault_missing_field"}
        if problem.code in names:
            return self.setting_fault(names[problem.code], problem.description)
        return self.fault(400, problem.code, problem.description)


Handler = Callable[[Call, Connection], Response]
