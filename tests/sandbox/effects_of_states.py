"""What the settings that the state table names change; `test_settings` proves it.

For each an act, what it is answered by default, another value of the setting, and what it is answered then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tests.sandbox.conftest import Fault, fault_of
from tests.sandbox.state_cases import Case, fault_in, seed
from tests.sandbox.state_table import SWITCHES, Action, Cell, Environment, Kind, State, filled_cells

if TYPE_CHECKING:
    from tests.conftest import Sandbox

Act = Callable[["Sandbox"], Any]

ANY_FAULT = "417/800036"
AS_TOLD = Fault(417, 800036)
_ANSWERS = dict(filled_cells())


def acted(cell: Cell) -> Act:
    """What the action of a combination is answered, under the settings in force."""

    def act(sandbox: Sandbox) -> Fault:
        token = seed(sandbox, [cell], **sandbox.control("GET", "/settings").json())
        case = Case(sandbox, cell, _ANSWERS[cell], token)
        return fault_of(case.act(case.read()))

    return act


_FAULTS = {
    answer.setting: (acted(cell), fault_in(answer), ANY_FAULT, AS_TOLD)
    for cell, answer in _ANSWERS.items()
    if answer.setting.startswith("fault_")
}
_SWITCHED = {
    setting: (acted(cell), fault_in(_ANSWERS[cell]), value, fault_in(answer))
    for setting, value, kind, state, action, answer in SWITCHES
    for cell in [Cell(kind, state, action, Environment.SANDBOX)]
    if fault_in(answer) != fault_in(_ANSWERS[cell])
}


def base_with_add_on(sandbox: Sandbox) -> Fault:
    """What the cancellation of a subscription with an active add-on is answered."""
    cell = Cell(Kind.ADD_ON, State.IN_WINDOW, Action.CANCEL_SUBSCRIPTION, Environment.SANDBOX)
    token = seed(sandbox, [cell], **sandbox.control("GET", "/settings").json())
    case = Case(sandbox, cell, _ANSWERS[cell], token)
    base = next(item for item in case.read().subscriptions if "parentSubscriptionId" not in item)
    return fault_of(case.ask("PATCH", f"/subscriptions/{base['id']}", {**base, "status": "deleted"}))


def last_page_leads_on(sandbox: Sandbox) -> bool:
    """Whether a page that holds all customers names a next one."""
    there = sandbox.call("GET", "/v1/customers").json()["totalCount"]
    return "next" in sandbox.call("GET", f"/v1/customers?size={there}").json()["links"]


STATES: Mapping[str, tuple[Act, Any, Any, Any]] = {
    **_FAULTS,
    **_SWITCHED,
    "cancel_base_with_add_ons": (base_with_add_on, Fault(200), "refuse", Fault(400, 800096)),
    "full_page_has_next": (last_page_leads_on, False, True, True),
}
