"""The state table, carried out: every kind of purchase in every state, each action, in both environments."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from tests.conftest import Sandbox
from tests.sandbox.state_cases import Case, seed
from tests.sandbox.state_table import (
    SWITCHES,
    Cell,
    Environment,
    Kind,
    Refused,
    filled_cells,
    possible_cells,
)

from partnercenter.sandbox.settings import SETTINGS

ANSWERS = dict(filled_cells())


def test_every_combination_that_can_be_is_in_the_table_once() -> None:
    """No kind, state, action and environment is missing, none stands there twice."""
    told = Counter(cell for cell, _ in filled_cells())
    possible = set(possible_cells())
    missing = sorted(str(cell) for cell in possible - set(told))
    impossible = sorted(str(cell) for cell in set(told) - possible)
    twice = sorted(str(cell) for cell, times in told.items() if times > 1)
    assert ([], [], []) == (missing, impossible, twice)


def test_every_setting_that_the_table_names_is_one_of_the_sandbox() -> None:
    """What the reference leaves open can be changed under the name that stands in the row."""
    named = {answer.setting for answer in ANSWERS.values() if answer.setting}
    assert set() == named - set(SETTINGS)


def cells_of(kind: Kind, environment: Environment) -> list[Cell]:
    """The cells of one kind in one environment."""
    return [cell for cell in possible_cells() if (cell.kind, cell.environment) == (kind, environment)]


@pytest.mark.parametrize("environment", Environment)
@pytest.mark.parametrize("kind", Kind)
def test_every_row_of_the_state_table_holds(sandbox: Sandbox, kind: Kind, environment: Environment) -> None:
    """Each answer is the table's; afterwards everything reads as it says, and a refusal has changed nothing."""
    cells = cells_of(kind, environment)
    token = seed(sandbox, cells)
    assert [] == [x for cell in cells for x in Case(sandbox, cell, ANSWERS[cell], token).problems()]


FAULTS = {answer.setting: cell for cell, answer in ANSWERS.items() if answer.setting.startswith("fault_")}


@pytest.mark.parametrize("setting", sorted(FAULTS))
def test_a_refusal_that_the_reference_leaves_open_is_the_one_that_its_setting_says(
    sandbox: Sandbox, setting: str
) -> None:
    """With another status and code in the setting, that is what is answered."""
    cell = FAULTS[setting]
    token = seed(sandbox, [cell], **{setting: "412/1003"})
    assert [] == list(Case(sandbox, cell, Refused(412, 1003), token).problems())


@pytest.mark.parametrize("switch", SWITCHES, ids=str)
def test_a_setting_changes_what_it_decides(sandbox: Sandbox, switch: tuple[Any, ...]) -> None:
    """A row whose answer a setting decides has another one under another value of it."""
    setting, value, kind, state, action, wanted = switch
    cell = Cell(kind, state, action, Environment.SANDBOX)
    token = seed(sandbox, [cell], **{setting: value})
    assert [] == list(Case(sandbox, cell, wanted, token).problems())


def test_every_setting_that_the_table_names_is_tried_with_another_value() -> None:
    """No name stands in the table that would not change anything."""
    named = {answer.setting for answer in ANSWERS.values() if answer.setting}
    assert set() == named - set(FAULTS) - {switch[0] for switch in SWITCHES}
