"""How a rule says no: which service error, and in which words. Rules know no HTTP; the service makes the answer."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 - the service's own word
    """A service error that the documentation names by status and code.

    Without a description the catalogue's text is filled with `arguments`.
    """

    def __init__(self, status: int, code: int, description: str | None = None, *arguments: object) -> None:
        super().__init__(description or f"{status}/{code}")
        self.status = status
        self.code = code
        self.description = description
        self.arguments = arguments


class RefusedBySetting(Exception):  # noqa: N818 - as above
    """A service error that is assumed, so that the setting `name` says which it is."""

    def __init__(self, name: str, description: str | None = None, *arguments: object) -> None:
        super().__init__(description or name)
        self.name = name
        self.description = description
        self.arguments = arguments


Refusal = Refused | RefusedBySetting
