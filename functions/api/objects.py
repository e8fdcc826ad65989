"""The calls about objects: search by name, one record, its timeline. Only committed runs are seen."""

import msgspec
from msgspec import UNSET

from functions.api.answers import Found, FoundList, RecordAnswer, VersionAnswer, VersionList
from functions.api.bodies import Body
from functions.api.call import Request
from functions.api.problem import refused
from functions.api.reply import Reply, answer
from functions.backup.fates import Fate, fates
from functions.backup.kept import unknown_run
from functions.backup.read import record_as_of, versions_of
from functions.catalogue import type_named
from functions.catalogue.model import ObjectType, Read
from functions.storage.versions import VersionRow


async def search_objects(request: Request[Body]) -> Reply:
    """A page of the objects of a type, by name; deleted ones and others unless asked for one of the two."""
    stores, path, query = request.services.stores, request.path, request.query
    check_kept(type_named(path.type))
    rows, cursor = await stores.objects.search(
        path.type,
        query.name,
        deleted=query.deleted,
        top=query.top,
        cursor=query.cursor,
        committed=await stores.runs.counted(),
    )
    found = tuple(Found(path.type, row.id, row.name, bool(row.deleted), row.deleted or UNSET) for row in rows)
    return answer(FoundList(found, cursor or UNSET))


async def show_object(request: Request[Body]) -> Reply:
    """The record as of a run; of an object that was gone by then, its last record, marked as deleted."""
    stores, path, run = request.services.stores, request.path, request.query.run
    check_kept(type_named(path.type))
    if run and run not in await stores.runs.committed():
        raise await unknown_run(stores.runs, run)
    found = await record_as_of(stores, path.type, path.id, run)
    if found is None:
        raise refused("unknownObject", _nowhere(path.type, path.id, run))
    version = found.version
    content = RecordAnswer(
        type=path.type,
        id=version.id,
        name=version.name,
        run_id=version.run,
        change=version.change,
        digest=version.digest,
        deleted=bool(found.deleted),
        record=msgspec.Raw(found.data),
    )
    return answer(content)


async def list_versions(request: Request[Body]) -> Reply:
    """The timeline, newest first; of a deletion, what became of the object."""
    stores, path = request.services.stores, request.path
    check_kept(type_named(path.type))
    rows = await versions_of(stores, path.type, path.id)
    if not rows:
        raise refused("unknownObject", _nowhere(path.type, path.id, ""))
    after = await fates(stores, request.services.settings.tenant_id, type_named(path.type), rows)
    return answer(VersionList(tuple(_version(row, after.get(row.run)) for row in rows)))


def _version(row: VersionRow, fate: Fate | None) -> VersionAnswer:
    return VersionAnswer(
        run_id=row.run,
        change=row.change,
        name=row.name,
        digest=row.digest,
        fate=fate.state if fate else UNSET,
        gone_run_id=(fate.gone_since if fate else "") or UNSET,
    )


def check_kept(entry: ObjectType) -> None:
    """Refuses a type whose objects are kept as a stream of events. Raises logType."""
    if entry.read is Read.LOG:
        raise refused("logType", f"{entry.key} is a log: it has events, no objects")


def _nowhere(key: str, identity: str, run: str) -> str:
    return f"No committed run{f' up to {run}' if run else ''} has met {identity} among {key}"
