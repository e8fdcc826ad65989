"""What the generator hands out: an object of a kind, or a link between two objects handed out before it."""

from typing import Any, NamedTuple


class Object(NamedTuple):
    """`properties` is sparse. Parts may be shared with other objects: read them, do not change them.

    An object is stored, and linked to, under its kind's key property. One whose id comes back below another parent (a
    rule `Expiration_Admin_Eligibility` in every policy) has `key` "{key of the parent}/{id}" instead."""

    kind: str
    properties: dict[str, Any]
    key: str = ""


class Link(NamedTuple):
    kind: str
    source_id: str
    link: str
    target_kind: str
    target_id: str


type Item = Object | Link
