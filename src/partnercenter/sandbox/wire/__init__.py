"""Requests read and answers written: paths, bodies, headers, faults. Knows HTTP, knows no rule and no table."""
