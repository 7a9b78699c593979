"""What resources have in common: attributes, links, and the small values that several of them hold.

behaviour.md 14; resources.md, "Common".
"""

from __future__ import annotations

from typing import Annotated

from partnercenter.contract.resource import Member, Resource

READ_ONLY = Member(read_only=True)


class ResourceAttributes(Resource):
    """The name of the resource's type, and its etag where it has one."""

    etag: Annotated[str | None, Member(read_only=True, description="opaque; sent back in If-Match")] = None
    object_type_name: Annotated[str | None, Member(wire="objectType", read_only=True)] = None


class LinkHeader(Resource):
    """A header that must go along, unchanged, with the link it stands in."""

    key: str | None = None
    value: str | None = None


class Link(Resource):
    """Where something related is; `uri` is relative and mostly without `/v1`."""

    uri: Annotated[str | None, READ_ONLY] = None
    method: Annotated[str | None, READ_ONLY] = None
    headers: Annotated[list[LinkHeader] | None, READ_ONLY] = None


class StandardResourceLinks(Resource):
    """Links of one resource."""

    self_link: Annotated[Link | None, Member(wire="self", read_only=True)] = None


class KeyValuePair(Resource):
    """A key and its value, which is null where there is none, such as no partner on record (lifecycle.md 18)."""

    key: str | None = None
    value: Annotated[str | None, Member(nullable=True)] = None


class ItemType(Resource):
    """Kind of a product, with at most one level of sub type."""

    id: Annotated[str | None, READ_ONLY] = None
    display_name: Annotated[str | None, READ_ONLY] = None
    sub_type: Annotated[ItemType | None, READ_ONLY] = None


class Contact(Resource):
    """A person to turn to."""

    first_name: Annotated[str | None, Member(required=True, min_length=1, max_length=50)] = None
    last_name: Annotated[str | None, Member(required=True, min_length=1, max_length=50)] = None
    email: Annotated[str | None, Member(required=True, min_length=1, max_length=320)] = None
    phone_number: Annotated[str | None, Member(max_length=40)] = None
