"""The Python of docs/testing.md runs as it is printed."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "testing.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_the_examples_run_one_after_the_other(capsys: pytest.CaptureFixture[str]) -> None:
    """Each block goes on where the one before it has ended."""
    names: dict[str, Any] = {}
    for block in BLOCKS:
        if "def test_" in block:
            continue  # a pytest of its own runs it: test_pytest_plugin
        result = eval(compile(block, "testing.md", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), names)  # noqa: S307
        if inspect.iscoroutine(result):
            asyncio.run(result)
    printed = capsys.readouterr().out
    assert "Juniper Analytics stays: 3000" in printed
    assert "900308" in printed


def test_a_missing_extra_is_told_in_a_sentence() -> None:
    """Without the libraries of the sandbox the import says what to install."""
    script = "import sys; sys.modules['sqlalchemy'] = None; import partnercenter.testing"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stderr.strip().endswith(
        "partnercenter.testing needs sqlalchemy; install it: pip install 'partnercenter[sandbox]'."
    )
