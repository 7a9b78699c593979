"""Arguments of callers: a wrong type is refused with a sentence that names it, before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

from partnercenter.contract.clouds import Cloud
from partnercenter.contract.filters import SimpleFieldFilter
from partnercenter.contract.identifiers import parse_guid
from partnercenter.contract.resource import OpenEnum, Resource, member_of

T = TypeVar("T")


def require_type(value: Any, kind: type[T], name: str) -> T:
    """The value, or a `TypeError` that names the parameter."""
    if not isinstance(value, kind):
        article = "an" if kind.__name__[0] in "AEIOU" else "a"
        raise TypeError(f"{name} must be {article} {kind.__name__}, not {type(value).__name__}.")
    return value


def require_cloud(cloud: Any) -> Cloud:
    """The cloud, or a `TypeError` for its name."""
    if not isinstance(cloud, Cloud):
        raise TypeError(f"cloud must be a Cloud such as Cloud.CHINA, not {repr(cloud)[:60]}.")
    return cloud


def require_credential(credential: T) -> T:
    """The credential, or a `TypeError` for what gives no tokens, such as a token itself; it is not shown."""
    if not (hasattr(credential, "get_token") or hasattr(credential, "get_token_info")):
        raise TypeError(
            "credential must be a token credential such as those of azure-identity, "
            f"not {type(credential).__name__}."
        )
    return credential


def day_query(day: date | None, name: str) -> str | None:
    """A day as queries write it; raises `TypeError` for what is neither date nor None."""
    return None if day is None else f"{require_type(day, date, name):%Y-%m-%d}"


def filter_query(value: SimpleFieldFilter | None) -> str | None:
    """A filter as queries write it; raises `TypeError` for what is neither filter nor None."""
    return None if value is None else require_type(value, SimpleFieldFilter, "filter").to_query()


def word_query(value: OpenEnum | str | None, name: str) -> str | None:
    """A word of an enum as queries write it; raises `TypeError` for what is neither text nor None."""
    return None if value is None else str(require_type(value, str, name))


def words_query(values: Iterable[OpenEnum | str] | None, name: str) -> list[str] | None:
    """Words of an enum as queries write them; raises `TypeError` for a single text and for what is none."""
    if values is None:
        return None
    if isinstance(values, str):
        raise TypeError(f"{name} must be a list of words, not a single text.")
    return [str(require_type(value, str, name)) for value in values]


def flag_query(value: bool, name: str) -> str | None:
    """`true` for a flag that is set, nothing for one that is not; raises `TypeError` for what is no bool."""
    return "true" if require_type(value, bool, name) else None


def require_own(resource: Resource, own_id: str, name: str) -> None:
    """Refuse a resource that was read from another address with a `ValueError`: it would overwrite this one."""
    given = member_of(resource.to_json(), "id")
    if isinstance(given, str) and given not in {"", own_id} and (parse_guid(given) or given) != own_id:
        raise ValueError(f"{name} is that of the id {given[:60]}, not of {own_id}.")
