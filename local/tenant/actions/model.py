"""What a POST does that neither creates a plain object nor sets a link, and what a plain write does besides.

    Action    POST /{object}/{name}, or with `collection` POST /{collection}/{name}. `run(call)` gives the answer.
    Effects   of writes to a kind: `created(tenant, row)`, `changed(tenant, row)`, `removed(tenant, row)` are called
              within the same write, after it, with the row as it now is (a removed one: as it was); `restored` after
              the recycle bin gave it back, `linked` and `unlinked(tenant, row, link, target)` after a `$ref`.

A name is one segment or several; `microsoft.graph.` in front of it is understood. All runs inside the write's
transaction: a `GraphFault` undoes everything.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from local.tenant import answers
from local.tenant.message import Reply, Request
from local.tenant.objects import Json, Row
from local.tenant.options import Options
from local.tenant.projection import projection, selected
from local.tenant.rules import Ref
from local.tenant.schema import KINDS
from local.tenant.tenant import Tenant

type Effect = Callable[[Tenant, Row], None]
type LinkEffect = Callable[[Tenant, Row, str, Ref], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """`row` is the object; of an action on a collection below an object that object, else None."""

    tenant: Tenant
    request: Request
    row: Row | None
    body: Json = field(default_factory=dict)

    @property
    def target(self) -> Row:
        assert self.row is not None
        return self.row


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """`writes_with` are application permissions, any of which allows it; () follows the kind's."""

    kind: str
    name: str
    run: Callable[[Call], Reply]
    collection: bool = False
    writes_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    created: Effect | None = None
    changed: Effect | None = None
    removed: Effect | None = None
    restored: Effect | None = None
    linked: LinkEffect | None = None
    unlinked: LinkEffect | None = None


def both(first: Effect, second: Effect) -> Effect:
    """One after the other."""

    def one_by_one(tenant: Tenant, row: Row) -> None:
        first(tenant, row)
        second(tenant, row)

    return one_by_one


def shown(call: Call, kind: str, key: str, status: int = 200) -> Reply:
    """An answer with an object as it now is."""
    row = call.tenant.objects.row(kind, key)
    assert row is not None
    names = selected(KINDS[kind], None, call.request.edition, single=True)
    body: Any = projection(kind, names, single=True).show(row)
    return answers.entity(call.request, KINDS[kind].collection, Options(), body, status)
