"""What goes wrong when the sandbox is set up or controlled, told to the person who does it.

Faults that the service answers to its clients are elsewhere: `wire.fault`.
"""

from __future__ import annotations


class SandboxError(Exception):
    """A sentence for the user of the sandbox: what was wrong and what to do."""


class UnknownNameError(SandboxError):
    """What was named is not there."""


class StorageError(SandboxError):
    """What was asked for is right, but the disk does not do it."""
