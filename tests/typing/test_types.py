"""The public types, as a type checker sees them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_strict_type_checker_sees_the_public_types() -> None:
    """Mypy --strict agrees with every assert_type and every expected error of the checked files."""
    files = sorted(str(path) for path in Path(__file__).parent.glob("*_types.py"))
    assert files
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", *files]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert ("", 0) == (done.stdout + done.stderr, done.returncode)
