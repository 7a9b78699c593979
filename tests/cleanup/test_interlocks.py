"""The interlocks as data: each has its id, its sentence and its line in the docs."""

from __future__ import annotations

from pathlib import Path

import pytest

from partnercenter.cleanup.interlocks import INTERLOCKS, sentence

SAFETY = (Path(__file__).parents[2] / "docs" / "safety.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("interlock_id", INTERLOCKS)
def test_an_interlock_is_documented(interlock_id: str) -> None:
    """`docs/safety.md` has a line for each, and each says something whole."""
    assert f"| {interlock_id} |" in SAFETY
    assert sentence(interlock_id).endswith(".")
