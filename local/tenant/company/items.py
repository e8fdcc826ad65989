"""What the generator hands out: an object of a kind, or a link between two objects handed out before it."""

from typing import Any, NamedTuple


class Object(NamedTuple):
    """`properties` holds `id` and is sparse. Parts may be shared with other objects: read them, do not change them."""

    kind: str
    properties: dict[str, Any]


class Link(NamedTuple):
    kind: str
    source_id: str
    link: str
    target_kind: str
    target_id: str


type Item = Object | Link
