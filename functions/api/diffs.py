"""The calls that compare: one object between two moments, and all objects of a type between two runs."""

import re
from collections.abc import Iterable, Iterator

import msgspec
from msgspec import UNSET, UnsetType

from functions.api.answers import (
    DifferenceAnswer,
    DiffName,
    LinkAnswer,
    LinkChangesAnswer,
    ObjectChange,
    ObjectDiff,
    RunSide,
    SideAnswer,
    SideName,
    TypeDiff,
)
from functions.api.bodies import Body
from functions.api.call import Request
from functions.api.objects import check_kept
from functions.api.params import LIVE
from functions.api.problem import refused
from functions.api.reply import Reply, answer
from functions.backup.called import called, type_of
from functions.backup.compare import Side, compare
from functions.backup.kept import unknown_run
from functions.backup.live import live_record
from functions.backup.read import record_as_of, versions_of
from functions.catalogue import type_named
from functions.catalogue.model import ObjectType
from functions.core import names
from functions.core.compare import (
    ABSENT,
    Absent,
    Difference,
    LinkDifference,
    differences,
    link_differences,
)
from functions.core.manifest import Manifest, read_manifest
from functions.core.record import Json, Object
from functions.core.runid import inverted
from functions.storage.cursors import after as place_of
from functions.storage.cursors import cursor_after
from functions.storage.open import Stores

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_QUESTION = "diff"
_UNREAD: dict[str, SideName | UnsetType] = {"": UNSET, "before": "from", "after": "to"}

_decode = msgspec.json.Decoder(dict[str, object]).decode


async def diff_type(request: Request[Body]) -> Reply:
    """A page of what is not the same in two runs, in the order of ids, with the counts of all."""
    services, query, entry = request.services, request.query, type_named(request.path.type)
    stores, tenant = services.stores, services.settings.tenant_id
    check_kept(entry)
    first, last = await _runs(stores, query.from_, query.to)
    manifests = {run: await _manifest(stores, tenant, run) for run in {first, last}}
    before, after = (Side(tenant=tenant, run=_list_of(manifests[run], entry), key=entry.key) for run in (first, last))
    question = (_QUESTION, tenant, entry.key, before.run, after.run)
    found = await compare(
        stores.of(entry),
        before,
        after,
        bin=_bin_side(manifests[last], entry, after) if inverted(last) <= inverted(first) else None,
        last=place_of(query.cursor, *question) if query.cursor else "",
        top=query.top,
    )
    changes = tuple(
        ObjectChange(
            id=change.id,
            name=change.name,
            change=change.kind,
            properties=change.properties or UNSET,
            fate=change.fate or UNSET,
        )
        for change in found.page
    )
    return answer(
        TypeDiff(
            type=entry.key,
            from_=RunSide(first, before.run),
            to=RunSide(last, after.run),
            created=found.created,
            updated=found.updated,
            deleted=found.deleted,
            changes=changes,
            next_cursor=cursor_after(found.page[-1].id, *question) if found.more else UNSET,
        )
    )


async def diff_object(request: Request[Body]) -> Reply:
    """One object between two runs, or between a run and the tenant as it is now."""
    services, path, query = request.services, request.path, request.query
    stores, entry = services.stores, type_named(path.type)
    check_kept(entry)
    if entry.private:
        raise refused("secretType", f"Records of {entry.key} hold secrets and are not answered")
    rows = await versions_of(stores, path.type, path.id)
    if not rows:
        raise refused("unknownObject", f"No committed run has met {path.id} among {path.type}")
    live = query.to == LIVE
    committed = await stores.runs.committed()
    for run in {query.from_, query.to} - {"", LIVE} - committed:
        raise await unknown_run(stores.runs, run)
    to = query.to or min(committed, key=inverted)
    from_ = query.from_ or (rows[0].run if live else _version_before([row.run for row in rows], to))
    before, left = await _recorded(stores, path.type, path.id, from_)
    if live:
        after, right, before = await _compared_with_now(request, entry, before)
    else:
        after, right = await _recorded(stores, path.type, path.id, to)
    properties = differences(before or {}, after or {}, entry) if before is not None and after is not None else []
    links = link_differences(before, after, entry) if before is not None and after is not None else []
    shown = tuple(map(_difference, properties))
    relationships = tuple(map(_links, links))
    wanted = _ids(properties, links, entry)
    return answer(
        ObjectDiff(
            type=path.type,
            id=path.id,
            name=rows[0].name,
            from_=left,
            to=right,
            change=_change(before, after, same=not (shown or relationships)),
            properties=shown,
            relationships=relationships,
            names=await called(stores, wanted),
        )
    )


async def _compared_with_now(
    request: Request[Body], entry: ObjectType, before: Object | None
) -> tuple[Object | None, SideAnswer, Object | None]:
    """The live object, and what it can be compared with: nothing is said of properties that could not be read now."""
    now = await live_record(request.services.reader, entry, request.path.id, request.services.settings)
    if now is None:
        return None, SideAnswer(LIVE, "gone"), before
    comparable = before and {name: value for name, value in before.items() if now.tells(name)}
    return now.record, SideAnswer(LIVE, "live"), comparable


async def _runs(stores: Stores, from_: str, to: str) -> tuple[str, str]:
    """The two runs: by default the newest, and the one before `to`."""
    committed = await stores.runs.committed()
    for run in {from_, to} - {""} - committed:
        raise await unknown_run(stores.runs, run)
    newest_first = sorted(committed, key=inverted)
    if not newest_first:
        raise refused("unknownRun", "No run has committed yet")
    to = to or newest_first[0]
    earlier = [run for run in newest_first if inverted(run) > inverted(to)]
    return from_ or (earlier[0] if earlier else to), to


async def _manifest(stores: Stores, tenant: str, run: str) -> Manifest:
    return read_manifest(await stores.blobs.get(names.manifest_name(tenant, run)))


def _list_of(manifest: Manifest, entry: ObjectType) -> str:
    run = manifest.bases.get(entry.key, "")
    if not run:
        raise refused("typeNotInRun", f"No run up to {manifest.run_id} has read {entry.key} to its end")
    return run


def _bin_side(manifest: Manifest, entry: ObjectType, after: Side) -> Side | None:
    """The recycle bin as the same run found it: another run's says nothing about what is gone in this one."""
    run = manifest.bases.get(entry.bin, "") if entry.bin else ""
    return Side(tenant=after.tenant, run=run, key=entry.bin) if run and run == after.run else None


def _version_before(runs: list[str], to: str) -> str:
    """The run of the version before the one that was in force at `to`; with one version alone, the run before it."""
    past = [run for run in runs if inverted(run) >= inverted(to)]
    return past[1] if len(past) > 1 else past[0] if past else to


async def _recorded(stores: Stores, key: str, identity: str, run: str) -> tuple[Object | None, SideAnswer]:
    found = await record_as_of(stores, key, identity, run)
    if found is None:
        return None, SideAnswer(run, "unknown")
    if found.deleted:
        return None, SideAnswer(run, "gone")
    record: Object = _decode(found.data)  # type: ignore[assignment]
    return record, SideAnswer(run, "live")


def _change(before: Object | None, after: Object | None, *, same: bool) -> DiffName:
    if before is None and after is None:
        return "same"
    if before is None:
        return "created"
    if after is None:
        return "deleted"
    return "same" if same else "updated"


def _difference(found: Difference) -> DifferenceAnswer:
    return DifferenceAnswer(
        path=found.path,
        before=_value(found.before),
        after=_value(found.after),
        added=found.added or UNSET,
        removed=found.removed or UNSET,
    )


def _value(value: Json | Absent) -> object | UnsetType:
    return UNSET if value is ABSENT else value


def _links(found: LinkDifference) -> LinkChangesAnswer:
    return LinkChangesAnswer(
        name=found.name,
        added=tuple(map(_link, found.added)),
        removed=tuple(map(_link, found.removed)),
        changed=tuple(map(_difference, found.changed)),
        unread=_UNREAD[found.unread],
    )


def _link(target: Object) -> LinkAnswer:
    """A link as it is; of an object that lives inside this one, all of it."""
    plain = target.keys() <= {"id", "type"}
    return LinkAnswer(
        id=str(target.get("id", "")),
        type=str(target.get("type", "")) if plain else UNSET,
        object=UNSET if plain else target,
    )


def _ids(properties: list[Difference], links: list[LinkDifference], entry: ObjectType) -> dict[str, Iterable[str]]:
    """The ids that stand in the answer, with the types they may be of."""
    wanted: dict[str, Iterable[str]] = {}
    for link in links:
        for target in (*link.added, *link.removed):
            key = type_of(str(target.get("type", "")))
            if key:
                wanted[str(target.get("id"))] = (key,)
    for found in properties:
        for text in _texts((found.before, found.after, *found.added, *found.removed)):
            for identity in _GUID.findall(text.lower()):
                wanted.setdefault(identity, entry.depends_on)
    return wanted


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
