"""The tenant as it is now, as far as a restore goes: what Graph says of an object, its links, its parts, and the bin.

In: a Graph client. Out: objects in the shape of a backup's record, read the way a backup reads them, or None where
there is none. An object that is not there and one that could not be read are never confused: every refusal but "not
found" is raised, save that of a recycle bin that is not open to applications; that is told in `closed_bins`.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import msgspec

from functions.backup.addresses import Origin, query, within
from functions.backup.extras import prepare
from functions.backup.listing import listed
from functions.backup.messages import Checkpoint
from functions.backup.reading import Reading
from functions.backup.relationships import relationships
from functions.backup.workspace import Workspace
from functions.catalogue import TYPES
from functions.catalogue.model import Fetch, ObjectType, Read, Relationship
from functions.core.links import Target
from functions.core.plan import LiveState
from functions.core.record import Json, Object, canonical, identity_of
from functions.errors import GraphRejected
from functions.graph.batch import BatchGet, batch
from functions.graph.client import Call, GraphClient
from functions.graph.client import reading as headers_of
from functions.graph.pages import pages, read_page
from functions.restore.live_paths import LISTED_WHOLE, ORIGIN_UNKNOWN, bin_url, filtered, in_directory_bin, origin_of
from functions.restore.together import GATHERING, Together

_CLOSED = frozenset({400, 403, 405, 501})  # what a recycle bin that is not open to applications may answer
_BY_IDS = "/directoryObjects/getByIds"
_MOST_IDS = 1000
_DIRECTORY = {
    "user": "/users",
    "group": "/groups",
    "servicePrincipal": "/servicePrincipals",
    "application": "/applications",
    "device": "/devices",
    "directoryObject": "/directoryObjects",
}
_decode = msgspec.json.Decoder(dict[str, object]).decode


class Held(NamedTuple):
    """An object that is there, as its record would be, without relationships; and those that were asked for."""

    record: Object
    links: Mapping[str, tuple[Target, ...]]
    parts: Mapping[str, tuple[Object, ...]]


class _Group(NamedTuple):
    key: str
    origin: str
    followed: tuple[str, ...]


class _Strict(Reading):
    """A reading in which a refusal is no gap: whoever plans a restore has to know."""

    def refuse(self, error: GraphRejected, part: str, scopes: tuple[str, ...], licence: str) -> None:
        del part, scopes, licence
        raise error


class _NoWorkspace(Workspace):
    """Objects asked for by themselves are not swept: nothing waits on disk."""

    def __init__(self) -> None:
        pass


@dataclass(slots=True)
class Live:
    """One tenant. `closed_bins`: type → Graph's refusal to look into its recycle bin."""

    client: GraphClient
    cloud: str
    tenant: str
    closed_bins: dict[str, GraphRejected] = field(default_factory=dict)
    gathering: float = GATHERING  # seconds in which questions for single objects become one
    _prepared: dict[str, Checkpoint] = field(default_factory=dict)
    _objects: Together[_Group, Held | None] = field(init=False)
    _related: Together[_Group, Held | None] = field(init=False)
    _binned: Together[str, Object | None] = field(init=False)

    def __post_init__(self) -> None:
        self._objects = Together(self._read_objects, wait=self.gathering)
        self._related = Together(self._read_related, wait=self.gathering)
        self._binned = Together(self._read_binned, wait=self.gathering)

    # ---- one object --------------------------------------------------------------------------------------------------

    async def object(self, entry: ObjectType, identity: str, record_path: Mapping[str, str] = {}) -> Object | None:
        """The live object without its relationships. `record_path` fills the "{property}" of its collection."""
        held = await self.held(entry, identity, record_path, ())
        return None if held is None else held.record

    async def held(
        self, entry: ObjectType, identity: str, record_path: Mapping[str, str], followed: Collection[str]
    ) -> Held | None:
        """The live object with some of its relationships."""
        origin = origin_of(entry, self.tenant, record_path)
        if origin == ORIGIN_UNKNOWN:
            return None  # it lies below an object that is not there yet
        return await self._objects.get(_Group(entry.key, origin, tuple(sorted(followed))), identity)

    async def links(
        self, entry: ObjectType, identity: str, relationship: Relationship, record_path: Mapping[str, str] = {}
    ) -> tuple[Target, ...]:
        """Every link of a relationship; none where the object is not there."""
        held = await self._one_relationship(entry, identity, relationship, record_path)
        return held.links[relationship.name] if held else ()

    async def parts(
        self, entry: ObjectType, identity: str, relationship: Relationship, record_path: Mapping[str, str] = {}
    ) -> tuple[Object, ...]:
        """Every contained object of a relationship; none where the object is not there."""
        held = await self._one_relationship(entry, identity, relationship, record_path)
        return held.parts[relationship.name] if held else ()

    async def binned(self, entry: ObjectType, identity: str) -> Object | None:
        """The object as it lies in the recycle bin."""
        if not (entry.restore and entry.restore.deleted) or entry.key in self.closed_bins:
            return None
        return await self._binned.get(entry.key, identity)

    async def state(
        self, entry: ObjectType, identity: str, record_path: Mapping[str, str] = {}, followed: Collection[str] = ()
    ) -> LiveState:
        """Where the object stands, its body and the relationships named in `followed`."""
        held = await self.held(entry, identity, record_path, followed)
        if held is not None:
            return LiveState(id=identity, standing="live", object=held.record, links=held.links, parts=held.parts)
        thing = await self.binned(entry, identity)
        if thing is not None:
            return LiveState(id=identity, standing="deleted", object=thing)
        return LiveState(id=identity, standing="gone")

    async def told_of(self, entry: ObjectType) -> tuple[frozenset[str], frozenset[str] | None]:
        """The properties that the reader may not see now, and the directory extensions whose values it asks for (None:
        the type has none). Of others Graph says nothing, there or not."""
        checkpoint = (await self._reading(entry)).checkpoint
        extensions = frozenset(checkpoint.extension_values) if entry.extension_values else None
        return frozenset(checkpoint.left_out), extensions

    # ---- many objects ------------------------------------------------------------------------------------------------

    async def namesakes(
        self, entry: ObjectType, values: Object, record_path: Mapping[str, str] = {}, *, partly: bool = False
    ) -> list[Object]:
        """Live objects with the same natural keys as `values`, as far as a list shows them; none where one of the keys
        has no value. `partly`: then those that have no value there either; a kind that is not told may be any."""
        keys = [key for key in entry.natural_keys if values.get(key) not in (None, "")]
        without = [key for key in entry.natural_keys if key not in keys and "@odata." not in key]
        origin = origin_of(entry, self.tenant, record_path)
        if origin == ORIGIN_UNKNOWN or not keys or (len(keys) < len(entry.natural_keys) and not partly):
            return []
        wanted = (entry.identity, "createdDateTime", *entry.natural_keys) if entry.select else ()
        names = [name for name in dict.fromkeys(wanted) if name in entry.select]
        url = origin + query(names, (), filtered(entry, values, record_path), 0)
        found = [thing async for thing in self._list(url, entry)]
        return [
            thing
            for thing in found
            if all(_folded(thing.get(key)) == _folded(values.get(key)) for key in keys)
            and not any(thing.get(key) for key in without)
        ]

    async def ids(self, entry: ObjectType) -> AsyncIterator[list[str]]:
        """The ids of all live objects of the type, some at a time."""
        named = tuple(name for name in (entry.identity,) if name in entry.select)
        bare = replace(entry, select=named, extras=(), extension_values="", expand=(), relationships=())
        reading = await self._reading(bare if entry.read is not Read.EACH else replace(bare, select=entry.select))
        if entry.read is Read.EACH:  # its list is enough: no object is read
            async for page in reading.pages(reading.origin.path + reading.list_query()):
                yield [identity_of(item, entry) for item in page.items]
            return
        with Workspace() as workspace:
            async for found in listed(replace(reading, workspace=workspace, checkpoint=Checkpoint()), list):
                if found.items:
                    yield [identity_of(item, entry) for item in found.items]

    async def missing(self, targets: Iterable[Target]) -> frozenset[str]:
        """Those of the named objects that are not live. Kinds that cannot be looked up by id are not among them."""
        wanted = list(dict.fromkeys(targets))
        asked = list(dict.fromkeys(target.id for target in wanted if target.type in _DIRECTORY))
        lost: set[str] = set()
        for start in range(0, len(asked), _MOST_IDS):
            some = asked[start : start + _MOST_IDS]
            kinds = {target.id: target.type for target in wanted}
            lost |= await self._not_there([Target(one, kinds[one]) for one in some])
        for kind, key in LISTED_WHOLE.items():
            named = {target.id for target in wanted if target.type == kind}
            if named:
                async for ids in self.ids(TYPES[key]):
                    named.difference_update(ids)
                lost |= named
        return frozenset(lost)

    # ---- how they are read -------------------------------------------------------------------------------------------

    async def _reading(self, entry: ObjectType) -> Reading:
        """A reading of the type, with what may be selected in it found out once."""
        if entry.key not in self._prepared or not (entry.extras or entry.extension_values):
            first = self._new(Reading, entry, Checkpoint())
            await prepare(first)
            if not (entry.extras or entry.extension_values):
                return self._new(_Strict, entry, first.checkpoint)
            self._prepared[entry.key] = first.checkpoint
        return self._new(_Strict, entry, self._prepared[entry.key])

    async def reading(self, entry: ObjectType, workspace: Workspace) -> Reading:
        """A reading of all objects of the type. Raises for what a backup would tell as a gap."""
        known = (await self._reading(entry)).checkpoint
        own = Checkpoint(left_out=list(known.left_out), extension_values=list(known.extension_values))
        return replace(self._new(_Strict, entry, own), workspace=workspace)

    def _new(self, kind: type[Reading], entry: ObjectType, checkpoint: Checkpoint) -> Reading:
        return kind(self.client, entry, self.cloud, self.tenant, _NoWorkspace(), checkpoint, _never, _silent)

    async def _read_objects(self, group: _Group, ids: Sequence[str]) -> Mapping[str, Held | None]:
        entry = TYPES[group.key]
        chosen = tuple(_alone(link) for link in entry.relationships if link.name in group.followed)
        reading = await self._reading(entry)
        found: dict[str, Held | None] = dict.fromkeys(ids)
        left = list(ids)
        for origin in reading.origins:
            origin = Origin(group.origin, origin.api)
            raws = {identity_of(raw, entry): raw for raw in await reading.objects(left, origin)}
            related = await self._relate(entry, chosen, raws, origin)
            for identity, thing in raws.items():
                if identity in related:  # or it went while its relationships were read
                    found[identity] = held_of(thing, entry, chosen, related[identity])
            left = [identity for identity in left if identity not in raws]
            if not left:
                break
        return found

    async def _read_related(self, group: _Group, ids: Sequence[str]) -> Mapping[str, Held | None]:
        """Relationships of objects of which nothing but the id is known."""
        entry = TYPES[group.key]
        chosen = tuple(
            replace(_alone(link), only=None, hidden=None) for link in entry.relationships if link.name in group.followed
        )
        nothing = msgspec.Raw(b"{}")
        related = await self._relate(entry, chosen, dict.fromkeys(ids, nothing), Origin(group.origin, entry.api))
        return {one: held_of(None, entry, chosen, related[one]) if one in related else None for one in ids}

    async def _relate(
        self,
        entry: ObjectType,
        chosen: tuple[Relationship, ...],
        raws: Mapping[str, msgspec.Raw],
        origin: Origin,
    ) -> Mapping[str, Mapping[str, msgspec.Raw]]:
        if not chosen or not raws:
            return {identity: {} for identity in raws}
        reading = self._new(_Strict, replace(entry, relationships=chosen), Checkpoint())
        return await relationships(reading, raws, origin)

    async def _read_binned(self, key: str, ids: Sequence[str]) -> Mapping[str, Object | None]:
        entry = TYPES[key]
        api = (entry.restore.api if entry.restore else "") or entry.api
        shape = TYPES.get(entry.bin, entry)
        if in_directory_bin(shape):  # read the way its list is, directory extensions included
            reading = await self._reading(shape)
            urls = [BatchGet(one, reading.object_url(shape.path, one)) for one in ids]
        else:
            urls = [BatchGet(one, bin_url(entry, one, self.cloud)) for one in ids]
        found: dict[str, Object | None] = dict.fromkeys(ids)
        for url, reply in zip(urls, await batch(self.client, urls, api=api, bucket=entry.bucket), strict=True):
            failure = reply.failure(url.url)
            if failure is None:
                found[url.id] = _record(msgspec.Raw(reply.body), replace(shape, identity=entry.identity))
            elif failure.status in _CLOSED and isinstance(failure, GraphRejected) and _may_be_closed(entry):
                self.closed_bins[key] = failure
                break
            elif failure.status != 404:
                raise failure
        return found

    async def _one_relationship(
        self, entry: ObjectType, identity: str, relationship: Relationship, record_path: Mapping[str, str]
    ) -> Held | None:
        origin = origin_of(entry, self.tenant, record_path)
        if origin == ORIGIN_UNKNOWN:
            return None
        return await self._related.get(_Group(entry.key, origin, (relationship.name,)), identity)

    async def _list(self, url: str, entry: ObjectType) -> AsyncIterator[Object]:
        async for page in pages(self.client, url, api=entry.api, bucket=entry.bucket):
            for item in page.items:
                yield _decode(item)  # type: ignore[misc]

    async def _not_there(self, targets: Sequence[Target]) -> set[str]:
        """One call for up to a thousand; where the reader may not make it, each is asked for by itself."""
        ids = [target.id for target in targets]
        call = Call(
            method="POST", url=f"{_BY_IDS}?$select=id", body=msgspec.json.encode({"ids": ids}), headers=headers_of(None)
        )  # a read, whatever its verb
        try:
            page = await self.client.exchange(call, lambda reply: read_page(reply.body))
        except GraphRejected as error:
            if error.status != 403:
                raise
            return await self._not_there_one_by_one(targets)
        there = {str(_decode(item)["id"]) for item in page.items}
        while page.next_link:
            link = page.next_link
            page = await self.client.exchange(replace(call, url=link), lambda reply: read_page(reply.body))
            there |= {str(_decode(item)["id"]) for item in page.items}
        return set(ids) - there

    async def _not_there_one_by_one(self, targets: Sequence[Target]) -> set[str]:
        urls = [BatchGet(one.id, within(_DIRECTORY[one.type], one.id) + query(("id",))) for one in targets]
        return await self._new(_Strict, TYPES["users"], Checkpoint()).absent(urls, "v1.0")


def _alone(relationship: Relationship) -> Relationship:
    """The relationship of a single object: it is asked for below the object, not expanded in the list of all."""
    return replace(relationship, fetch=Fetch.BATCH) if relationship.fetch is Fetch.EXPAND else relationship


def held_of(
    thing: msgspec.Raw | None,
    entry: ObjectType,
    chosen: Iterable[Relationship],
    related: Mapping[str, msgspec.Raw],
) -> Held:
    """What was read of an object, decoded; `thing` None where only its relationships were asked for."""
    links: dict[str, tuple[Target, ...]] = {}
    parts: dict[str, tuple[Object, ...]] = {}
    for relationship in chosen:
        if relationship.name not in related:
            continue  # hidden from the reader
        items: list[Object] = msgspec.json.decode(related[relationship.name])
        if relationship.contained:
            parts[relationship.name] = tuple(items)
        else:
            links[relationship.name] = tuple(Target(str(i["id"]), str(i.get("type") or "")) for i in items)
    return Held({} if thing is None else _record(thing, entry), links, parts)


def _record(thing: msgspec.Raw, entry: ObjectType) -> Object:
    record: Object = _decode(canonical(thing, entry).data)  # type: ignore[assignment]
    return record


def _may_be_closed(entry: ObjectType) -> bool:
    """The directory's own bin is open to applications; others are described for people, or for few clouds."""
    return not entry.bin or not in_directory_bin(TYPES[entry.bin])


def _folded(value: Json) -> Json:
    return value.casefold() if isinstance(value, str) else value


def _never() -> bool:
    return False


async def _silent(phase: str, objects: int) -> None:
    """Nobody watches the reading of a few objects."""
