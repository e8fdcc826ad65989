"""Making a plan: the record from storage and the tenant's state from Graph in, a stored plan out. Nothing is written to
the tenant."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Protocol
from uuid import uuid4

import msgspec

from functions import log
from functions.catalogue import type_named
from functions.catalogue.model import ObjectType
from functions.clock import Clock, iso
from functions.core.links_remap import referred, remapped
from functions.core.plan import Choice, Plan, dump
from functions.core.plan_make import Frame, not_restorable, plan
from functions.core.record import Object
from functions.errors import CallerError, PlanNotApplicable
from functions.graph.client import GraphClient
from functions.restore.live import Live
from functions.settings import Settings
from functions.storage.open import Stores
from functions.storage.restores import PlanRow


class RecordSource(Protocol):
    """Reads one object's record as of a run: `functions.backup.read.record_as_of`."""

    async def __call__(self, stores: Stores, key: str, identity: str, run: str = "") -> Any: ...


async def make_plan(
    choice: Choice,
    *,
    records: RecordSource,
    stores: Stores,
    graph: GraphClient,
    settings: Settings,
    clock: Clock,
    by: str = "",
) -> Plan:
    """Plans a restore and keeps the plan, `planned`, until `settings.plan_lifetime` has passed.

    Raises CallerError 404 `unknownObject` where no run holds the object, PlanNotApplicable for a type, property or
    relationship that is not restored, and the errors of Graph and storage.
    """
    entry = type_named(choice.type)
    _check(choice, entry)
    found = await records(stores, choice.type, choice.id, choice.run)
    if found is None:
        raise CallerError(404, "unknownObject", "No backup up to this run holds the object.")
    record: Object = msgspec.json.decode(found.data)
    choice = replace(choice, id=str(record["id"]))

    mentioned = [choice.id, *(target.id for target in referred(record, entry))]
    ids = await stores.ids.resolve(mentioned)
    live = Live(graph, entry, settings.cloud)
    state = await live.state(ids[choice.id], [r.name for r in entry.relationships if choice.follows(r.name)])
    there = {target.id for targets in state.links.values() for target in targets}
    named = [target for target in referred(remapped(record, entry, ids), entry) if target.id not in there]
    state = replace(state, missing=await live.missing(named), twins=await _twins(live, entry, record, state.standing))

    now = clock()
    frame = Frame(
        plan_id=str(uuid4()),
        tenant_id=settings.tenant_id,
        run=found.version.run,
        created_at=iso(now),
        expires_at=iso(now + timedelta(seconds=settings.plan_lifetime)),
        graph_url=settings.graph_url,
    )
    made = plan(record, state, choice, entry, ids, frame)
    await stores.restores.create(
        PlanRow(
            plan_id=made.plan_id,
            type=made.type,
            object_id=made.object_id,
            run=made.run,
            created_by=by,
            created_at=made.created_at,
            expires_at=made.expires_at,
        ),
        dump(made),
    )
    log.info("restore.planned", plan=made.plan_id, type=made.type, steps=len(made.steps), gaps=len(made.gaps))
    return made


def _check(choice: Choice, entry: ObjectType) -> None:
    if entry.restore is None:
        raise not_restorable(entry)
    writable = entry.restore.create | entry.restore.update
    links = {relationship.name for relationship in entry.relationships if relationship.restorable}
    unknown = sorted(((choice.properties or frozenset()) - writable) | ((choice.relationships or frozenset()) - links))
    if unknown:
        raise PlanNotApplicable(
            f"{entry.title}: {', '.join(unknown)} cannot be restored",
            remedy=f"Choose among {', '.join(sorted(writable | links))}",
        )


async def _twins(live: Live, entry: ObjectType, record: Object, standing: str) -> tuple[str, ...]:
    if standing == "live" or not all(record.get(key) for key in entry.natural_keys):
        return ()
    return tuple(sorted(str(thing["id"]) for thing in await live.namesakes(record)))
