"""The shape of what a kind adds to the rules that all kinds share; each family of kinds has a table of them.

A hook gets a checked body and what the object would become, and returns that, completed; or it raises a `GraphFault`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.tenant.rules.directory import Directory, Object, Ref

type Create = Callable[[Object, Object, Directory], Object]
type CreateChild = Callable[[Object, Object, Directory, Ref], Object]
type Update = Callable[[Object, Object, Object, Directory], Object]
type UpdateChild = Callable[[Object, Object, Object, Directory, Ref], Object]
type Link = Callable[[Object, str, Ref, Directory], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """`create(body, new, directory)`, `update(current, body, new, directory)`: the latter also for a PUT, where
    `new` holds nothing of the old object but what nobody may set. Those of a child get the parent too.
    `link(source, link, target, directory)` is asked before a link is made, `unlink` before one is taken away."""

    create: Create | None = None
    create_child: CreateChild | None = None
    update: Update | None = None
    update_child: UpdateChild | None = None
    delete: Callable[[Object, Directory], None] | None = None
    restore: Callable[[Object, Mapping[str, Any], Object, Directory], Object] | None = None
    link: Link | None = None
    unlink: Link | None = None
