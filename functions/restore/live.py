"""The tenant as it is now, as far as one restore goes: what Graph says of an object, its links and what it names.

In: a Graph client and a catalogue entry. Out: decoded objects, or None where there is none. An object that is not there
and an object that could not be read are never confused: every refusal but "not found" is raised.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from urllib.parse import quote

import msgspec

from functions.catalogue.model import ObjectType, Relationship
from functions.core.links import Target
from functions.core.plan import LiveState
from functions.core.record import Json, Object
from functions.errors import GraphRejected
from functions.graph.batch import BatchGet, batch
from functions.graph.client import GraphClient
from functions.graph.pages import pages

_ABSENT = frozenset({404})
_NO_BIN = frozenset({400, 403, 404, 405, 501})  # Conditional Access: described for few clouds, and may refuse an app
_COLLECTIONS = {
    "user": "/users",
    "group": "/groups",
    "servicePrincipal": "/servicePrincipals",
    "application": "/applications",
    "device": "/devices",
}
_LOCATIONS = "/identity/conditionalAccess/namedLocations"
_MOST = 999

_decode = msgspec.json.Decoder(dict[str, object]).decode


@dataclass(frozen=True, slots=True)
class Live:
    """Reads one type of one tenant."""

    client: GraphClient
    entry: ObjectType
    cloud: str

    async def object(self, identity: str) -> Object | None:
        """The live object."""
        return await self._one(f"{self._collection}/{identity}{self._select('?')}", _ABSENT)

    async def binned(self, identity: str) -> Object | None:
        """The object as it lies in the recycle bin."""
        template = self.entry.restore.deleted if self.entry.restore else ""
        if not template:
            return None
        path = template.replace("{id}", identity)
        if template == "/directory/deletedItems/{id}":
            # Without the cast Graph knows only the properties that every directory object has.
            path += f"/microsoft.graph.{self.entry.key.removesuffix('s')}"
        return await self._one(path + self._select("?"), _NO_BIN if self._is_policy else _ABSENT)

    async def targets(self, identity: str, relationship: Relationship) -> tuple[Target, ...]:
        """Every link of a relationship."""
        path = f"{self._collection}/{identity}/{relationship.name}?$select=id"
        if relationship.single:
            held = await self._one(path, _ABSENT)
            return (_target(held),) if held else ()
        found = pages(self.client, f"{path}&$top={_MOST}", api=relationship.api, bucket=self.entry.bucket)
        return tuple(sorted([_target(_decoded(raw)) async for page in found for raw in page.items]))

    async def namesakes(self, values: Object) -> list[Object]:
        """Live objects with the same natural keys as `values`: their ids and times of creation."""
        keys = self.entry.natural_keys
        path = f"{self._collection}?$select={','.join(('id', 'createdDateTime', *keys))}"
        if self._is_policy:
            path = self._collection  # short lists, for which no filter by name is sure to be served
        else:
            literal = str(values[keys[0]]).replace("'", "''")
            path += "&$filter=" + quote(f"{keys[0]} eq '{literal}'")
        found = pages(self.client, path, bucket=self.entry.bucket)
        things = [_decoded(raw) async for page in found for raw in page.items]
        return [thing for thing in things if all(_folded(thing.get(key)) == _folded(values.get(key)) for key in keys)]

    async def state(self, identity: str, links: Collection[str]) -> LiveState:
        """Where the object stands, its body and the relationships named in `links`."""
        thing = await self.object(identity)
        if thing is not None:
            chosen = [relationship for relationship in self.entry.relationships if relationship.name in links]
            held = {relationship.name: await self.targets(identity, relationship) for relationship in chosen}
            return LiveState(id=identity, standing="live", object=thing, links=held)
        thing = await self.binned(identity)
        if thing is not None:
            return LiveState(id=identity, standing="deleted", object=thing)
        return LiveState(id=identity, standing="gone")

    async def missing(self, named: Iterable[Target]) -> frozenset[str]:
        """Those of the named objects that are not live. Kinds that cannot be looked up by id are not among them."""
        wanted = list(named)
        asked = [BatchGet(t.id, f"{_COLLECTIONS[t.type]}/{t.id}?$select=id") for t in wanted if t.type in _COLLECTIONS]
        lost = {t.id for t in wanted if t.type == "namedLocation"}
        if lost:
            found = pages(self.client, _LOCATIONS, bucket="conditionalAccess")
            lost -= {str(_decoded(raw)["id"]) async for page in found for raw in page.items}
        for item, reply in zip(asked, await batch(self.client, asked), strict=True):
            failure = reply.failure(item.url)
            if failure is not None and failure.status != 404:
                raise failure
            if failure is not None:
                lost.add(item.id)
        return frozenset(lost)

    @property
    def _collection(self) -> str:
        return self.entry.restore.collection if self.entry.restore else self.entry.path

    @property
    def _is_policy(self) -> bool:
        return self.entry.bucket == "conditionalAccess"

    def _select(self, mark: str) -> str:
        names = self.entry.select_in(self.cloud)
        return f"{mark}$select={','.join(names)}" if names else ""

    async def _one(self, url: str, absent: frozenset[int]) -> Object | None:
        try:
            reply = await self.client.get(url, bucket=self.entry.bucket)
        except GraphRejected as error:
            if error.status in absent:
                return None
            raise
        return _decoded(reply.body)


def _decoded(raw: bytes | msgspec.Raw) -> Object:
    thing: Object = _decode(raw)  # type: ignore[assignment]
    return thing


def _target(thing: Object) -> Target:
    return Target(str(thing["id"]), str(thing.get("@odata.type") or "").rpartition(".")[2])


def _folded(value: Json) -> Json:
    return value.casefold() if isinstance(value, str) else value
