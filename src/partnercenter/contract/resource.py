"""Resources: JSON objects of the service with typed members.

A `Resource` keeps the very object that the service sent and reads its members out of it, so what a
GET returned goes back unharmed in a PATCH or PUT: members that this package does not know, explicit
nulls and enum words of tomorrow included. Names match without regard to case, as the service's do
(behaviour.md 14). Reading never fails: a member of an unexpected shape is handed out as it came.

The declarations of the subclasses carry what is known of each member (required, read-only,
lengths). The sandbox validates with them and the OpenAPI document is made from them.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableSequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from functools import cache
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Generic,
    Self,
    TypeVar,
    Union,
    cast,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
    overload,
)

from partnercenter.contract.timestamps import format_timestamp, parse_timestamp

Json = dict[str, Any]


class OpenEnum(StrEnum):
    """Words of the service; one it does not list stays a plain string and breaks nothing.

    A member equals its wire word. `from_word` reads any case, with or without underscores, because clients
    send `OneTime`, `oneTime` and `one_time` for the same word (client-quirks.md 1).
    """

    @classmethod
    def from_word(cls, word: str) -> Self | None:
        """The member that `word` spells, or None."""
        return cast("Self | None", _words(cls).get(_fold(word)))


def _fold(word: str) -> str:
    return word.replace("_", "").replace("-", "").strip().lower()


@cache
def _words(enum: type[OpenEnum]) -> dict[str, OpenEnum]:
    return {_fold(member.value): member for member in enum}


@dataclass(frozen=True, slots=True)
class Member:
    """What is known of a member beyond its type.

    `wire` is its JSON name when that is not the camelCase of the attribute's name. Lengths count
    characters and hold for strings only. A `nullable` one is answered with null where others are left out.
    """

    wire: str | None = None
    required: bool = False
    read_only: bool = False
    nullable: bool = False
    min_length: int | None = None
    max_length: int | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class MemberShape:
    """A member of a resource after its annotation was read.

    `kind` is the type of one value (`str`, `int`, `bool`, `float`, `datetime`, `dict`, an `OpenEnum`
    or a `Resource`), `many` tells that the member is a list of them.
    """

    attribute: str
    wire: str
    kind: type[Any]
    many: bool
    member: Member


def camel_case(name: str) -> str:
    """`company_profile` → `companyProfile`."""
    head, *rest = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


@dataclass_transform(kw_only_default=True)
class Resource:
    """Base of all resources. `Customer(company_profile=…)` makes a new one, `from_json` wraps what was received."""

    object_type: ClassVar[str | None] = None
    _shapes: ClassVar[dict[str, MemberShape]]
    _shapes_by_wire_name: ClassVar[dict[str, MemberShape]]

    def __init__(self, **members: Any) -> None:
        self._json: Json = {}
        shapes = shapes_of(type(self))
        for name, value in members.items():
            if name not in shapes:
                raise TypeError(f"{type(self).__name__} has no member {name!r}.")
            if value is not None:
                setattr(self, name, value)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name in cls.__annotations__:
            if not name.startswith("_") and name != "object_type":
                setattr(cls, name, _Access(name))

    if not TYPE_CHECKING:  # a declared __setattr__ would make type checkers accept any name

        def __setattr__(self, name: str, value: Any) -> None:
            # A misspelt member would otherwise be kept here and never sent.
            if name != "_json" and name not in shapes_of(type(self)):
                raise AttributeError(f"{type(self).__name__} has no member {name!r}.")
            super().__setattr__(name, value)

    @classmethod
    def from_json(cls, json: Mapping[str, Any]) -> Self:
        """Wrap a decoded JSON object. A dict is kept as it is, not copied: changes are changes of that dict."""
        resource = cls.__new__(cls)
        resource._json = json if isinstance(json, dict) else dict(json)
        return resource

    def to_json(self) -> Json:
        """The JSON object behind this resource, with everything the service sent."""
        return self._json

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Resource) and type(self) is type(other) and self._json == other._json

    def __repr__(self) -> str:
        shown = (
            f"{s.attribute}={_shown(s, getattr(self, s.attribute))}"
            for s in shapes_of(type(self)).values()
            if find_key(self._json, s.wire) is not None
            and s.attribute not in {"links", "attributes", "password"}
        )
        return f"{type(self).__name__}({', '.join(shown)})"


def _shown(shape: MemberShape, value: Any) -> str:
    # Where credentials should be, something of another shape may hold them too.
    expected = value is None or isinstance(value, (Resource, ResourceList))
    return repr(value) if expected or not issubclass(shape.kind, Resource) else "..."


class _Access:
    """Reads and writes one member of the JSON object behind a resource."""

    def __init__(self, attribute: str) -> None:
        self._attribute = attribute

    def __get__(self, resource: Resource | None, owner: type[Resource]) -> Any:
        if resource is None:
            return self
        shape = shapes_of(owner)[self._attribute]
        key = find_key(resource._json, shape.wire)
        return None if key is None else _read(shape, resource._json[key])

    def __set__(self, resource: Resource, value: Any) -> None:
        shape = shapes_of(type(resource))[self._attribute]
        key = find_key(resource._json, shape.wire) or shape.wire
        resource._json[key] = to_wire(value)

    def __delete__(self, resource: Resource) -> None:
        key = find_key(resource._json, shapes_of(type(resource))[self._attribute].wire)
        if key is not None:
            del resource._json[key]


def find_key(json: Mapping[str, Any], wire: str) -> str | None:
    """The key of `json` that spells `wire` in any case, or None."""
    if wire in json:
        return wire
    folded = wire.lower()
    return next((key for key in json if key.lower() == folded), None)


def member_of(value: Any, wire: str) -> Any:
    """What a JSON object holds under `wire` in any case; None when it holds nothing, or is no object."""
    key = find_key(value, wire) if isinstance(value, dict) else None
    return None if key is None else value[key]


def _read(shape: MemberShape, value: Any) -> Any:
    if shape.many:
        if isinstance(value, list) and issubclass(shape.kind, Resource):
            return ResourceList(shape.kind, value)
        return value
    return _read_one(shape.kind, value)


def _read_one(kind: type[Any], value: Any) -> Any:
    if isinstance(value, dict) and issubclass(kind, Resource):
        return kind.from_json(value)
    if isinstance(value, str):
        if issubclass(kind, OpenEnum):
            return kind.from_word(value) or value
        if kind is datetime:
            try:
                return parse_timestamp(value)
            except ValueError:
                return value
    return value


def to_wire(value: Any) -> Any:
    """A value as JSON: resources become their object, enums their word, times the service's text."""
    if isinstance(value, Resource):
        return value.to_json()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return format_timestamp(value)
    if isinstance(value, ResourceList):
        return value.to_json()
    if isinstance(value, (list, tuple)):
        return [to_wire(item) for item in value]
    if isinstance(value, Mapping):
        return {key: to_wire(item) for key, item in value.items()}
    return value


R = TypeVar("R", bound=Resource)


class ResourceList(MutableSequence[R], Generic[R]):
    """A list of resources over the JSON list that the service sent; changing it changes that list."""

    def __init__(self, kind: type[R], json: list[Any]) -> None:
        self._kind = kind
        self._json = json

    def to_json(self) -> list[Any]:
        """The JSON list behind this one."""
        return self._json

    @overload
    def __getitem__(self, index: int) -> R: ...
    @overload
    def __getitem__(self, index: slice) -> MutableSequence[R]: ...
    def __getitem__(self, index: int | slice) -> R | MutableSequence[R]:
        if isinstance(index, slice):
            return ResourceList(self._kind, self._json[index])
        return cast(R, _read_one(self._kind, self._json[index]))

    @overload
    def __setitem__(self, index: int, value: R) -> None: ...
    @overload
    def __setitem__(self, index: slice, value: Iterable[R]) -> None: ...
    def __setitem__(self, index: int | slice, value: R | Iterable[R]) -> None:
        if isinstance(index, slice):
            self._json[index] = [to_wire(item) for item in cast("Iterable[R]", value)]
        else:
            self._json[index] = to_wire(value)

    def __delitem__(self, index: int | slice) -> None:
        del self._json[index]

    def __len__(self) -> int:
        return len(self._json)

    def __iter__(self) -> Iterator[R]:
        return (cast(R, _read_one(self._kind, item)) for item in self._json)

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, (ResourceList, list)) else NotImplemented

    def __add__(self, other: Iterable[R]) -> list[R]:
        return [*self, *other]

    def __radd__(self, other: Iterable[R]) -> list[R]:
        return [*other, *self]

    def copy(self) -> list[R]:
        """The resources as a plain list."""
        return list(self)

    def sort(self, *, key: Callable[[R], Any], reverse: bool = False) -> None:
        """Put the resources in the order of a key."""
        self[:] = sorted(self, key=key, reverse=reverse)

    def insert(self, index: int, value: R) -> None:
        """Put a resource before the position `index`."""
        self._json.insert(index, to_wire(value))

    def __repr__(self) -> str:
        return f"[{', '.join(repr(item) if isinstance(item, Resource) else '...' for item in self)}]"


def shapes_of(resource: type[Resource]) -> dict[str, MemberShape]:
    """The members of a resource, by attribute name, those of its base classes first."""
    # Read at first use, not when the class is made: annotations may name classes that come later.
    shapes: dict[str, MemberShape] | None = resource.__dict__.get("_shapes")
    if shapes is None:
        hints = get_type_hints(resource, include_extras=True)
        names = (name for name in hints if not name.startswith("_") and name != "object_type")
        shapes = {name: _shape(name, hints[name]) for name in names}
        resource._shapes = shapes
    return shapes


def shapes_by_wire_name(resource: type[Resource]) -> dict[str, MemberShape]:
    """The members of a resource, by JSON name in lower case."""
    shapes: dict[str, MemberShape] | None = resource.__dict__.get("_shapes_by_wire_name")
    if shapes is None:
        shapes = {shape.wire.lower(): shape for shape in shapes_of(resource).values()}
        resource._shapes_by_wire_name = shapes
    return shapes


def _shape(name: str, hint: Any) -> MemberShape:
    member = Member()
    if get_origin(hint) is Annotated:
        hint, *extras = get_args(hint)
        member = next((extra for extra in extras if isinstance(extra, Member)), member)
    kind, many = _kind(hint)
    return MemberShape(name, member.wire or camel_case(name), kind, many, member)


def _kind(hint: Any) -> tuple[type[Any], bool]:
    """One type out of an annotation such as `SomeEnum | str | None` or `list[Link] | None`."""
    if get_origin(hint) in {Union, types.UnionType}:
        options = [option for option in get_args(hint) if option is not type(None)]
        special = [o for o in options if isinstance(o, type) and issubclass(o, (OpenEnum, Resource))]
        return _kind((special or options)[0])
    if get_origin(hint) in {list, MutableSequence}:
        return _kind(get_args(hint)[0])[0], True
    if get_origin(hint) is dict:
        return dict, False
    return (hint if isinstance(hint, type) else object), False
