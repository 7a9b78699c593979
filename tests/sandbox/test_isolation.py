"""One sandbox, several partners that never see each other."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from tests.conftest import Sandbox, new_customer_body
from tests.sandbox.conftest import (
    FOREIGN,
    OF_OTHER,
    OF_PRODUCTION,
    OTHER_CLIENT,
    OTHER_TENANT,
    PRODUCTION_CLIENT,
    PRODUCTION_TENANT,
    Fault,
    fault_of,
    partner,
)

from partnercenter.contract.operations import OPERATIONS

PARTNERS: dict[str, dict[str, Any]] = {"other": dict(OF_OTHER), "third": dict(OF_PRODUCTION)}
EMPTY = {
    "partners": [partner(OTHER_TENANT, OTHER_CLIENT), partner(PRODUCTION_TENANT, PRODUCTION_CLIENT)],
    "settings": {"customer_quota": 3},
}
BODIES: dict[str, Any] = {
    "customers.remove_reseller_relationship": {"relationshipToPartner": "none"},
    "customer_billing_profile.update": {"companyName": "Taken over"},
}


def test_every_operation_on_another_partners_customer_is_refused_alike(world: Sandbox) -> None:
    """Each operation with a customer in its path answers 403 for a foreign one, and tells nothing of it.

    The code is 20002; Azure entitlements have one of their own (7).
    """
    before = world.call("GET", f"/v1/customers/{FOREIGN}", token=world.mint(**OF_OTHER)).json()
    operations = [
        operation for operation in OPERATIONS.values() if "customer_id" in operation.path_parameters
    ]
    for operation in operations:
        ids = {**dict.fromkeys(operation.path_parameters, "x"), "customer_id": FOREIGN}
        path = operation.path.format(**ids)
        token = world.mint(kind="app_user")
        answer = world.call(operation.method, path, BODIES.get(operation.name), token=token)
        code = 900159 if operation.name.startswith("azure_entitlements.") else 20002
        assert (operation.name, Fault(403, code)) == (operation.name, fault_of(answer))
        assert before["companyProfile"]["companyName"] not in answer.text
    assert before == world.call("GET", f"/v1/customers/{FOREIGN}", token=world.mint(**OF_OTHER)).json()


class TwoPartners(RuleBasedStateMachine):
    """Two partners create, rename, delete and page at random; what each sees must be its own doing only."""

    sandbox: Sandbox
    customers = Bundle("customers")

    def __init__(self) -> None:
        super().__init__()
        self.sandbox.seed(EMPTY)
        self.tokens = {name: self.sandbox.mint(**order) for name, order in PARTNERS.items()}
        self.names: dict[str, dict[str, str]] = {name: {} for name in PARTNERS}
        self.touched: dict[str, set[str]] = {name: set() for name in PARTNERS}

    def call(self, who: str, method: str, path: str, body: Any = None) -> Any:
        """A call of one of the two."""
        return self.sandbox.call(method, path, body, token=self.tokens[who])

    @rule(target=customers, who=st.sampled_from(sorted(PARTNERS)))
    def create(self, who: str) -> str:
        """One of them creates a customer, up to its own quota."""
        answer = self.call(who, "POST", "/v1/customers", new_customer_body())
        if len(self.names[who]) == 3:
            assert Fault(400, 800018) == fault_of(answer)
            return FOREIGN
        made = answer.json()
        self.names[who][made["id"]] = made["billingProfile"]["companyName"]
        self.touched[who].add(made["id"])
        return str(made["id"])

    @rule(who=st.sampled_from(sorted(PARTNERS)), customer_id=customers)
    def delete(self, who: str, customer_id: str) -> None:
        """One of them deletes any customer; it works for its own."""
        own = self.names[who].pop(customer_id, None) is not None
        expected = 204 if own else 404 if not self.is_anybodys(customer_id) else 403
        assert expected == self.call(who, "DELETE", f"/v1/customers/{customer_id}").status_code

    @rule(who=st.sampled_from(sorted(PARTNERS)), customer_id=customers, name=st.sampled_from(["A", "B"]))
    def rename(self, who: str, customer_id: str, name: str) -> None:
        """One of them renames any customer; it works for its own."""
        path = f"/v1/customers/{customer_id}/profiles/billing"
        read = self.call(who, "GET", path)
        assert (customer_id in self.names[who]) == (read.status_code == 200)
        body = {**read.json(), "companyName": name} if read.status_code == 200 else {"companyName": name}
        if self.call(who, "PUT", path, body).status_code == 200:
            assert customer_id in self.names[who]
            self.names[who][customer_id] = name

    def is_anybodys(self, customer_id: str) -> bool:
        """Whether a customer is there at all."""
        return any(customer_id in names for names in self.names.values())

    @invariant()
    def each_sees_its_own(self) -> None:
        """List, reads and audit records of each partner are about its own customers only."""
        for who, expected in self.names.items():
            items = self.call(who, "GET", "/v1/customers").json()["items"]
            assert expected == {item["id"]: item["companyProfile"]["companyName"] for item in items}
            records = self.call(who, "GET", "/v1/auditrecords").json()["items"]
            assert self.touched[who] == {record["customerId"] for record in records}


def test_two_partners_at_work_never_see_each_other(sandbox: Sandbox) -> None:
    """For any order of creates, deletes and renames by two partners each sees its own doing only."""
    machine = type("Machine", (TwoPartners,), {"sandbox": sandbox})
    run_state_machine_as_test(machine, settings=settings(max_examples=15, stateful_step_count=12))  # type: ignore[no-untyped-call]
