"""Durations as callers write them: seconds, or a `timedelta`."""

from __future__ import annotations

import math
from datetime import timedelta


def seconds(duration: float | timedelta, name: str) -> float:
    """The seconds of a duration; `ValueError` that names the parameter unless it is positive and finite."""
    value = duration.total_seconds() if isinstance(duration, timedelta) else float(duration)
    if not math.isfinite(value) or value <= 0:
        raise ValueError(f"{name} must be longer than nothing and not endless, but is {duration}.")
    return value
