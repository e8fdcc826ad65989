"""Each type of the catalogue, read by the typed client as its entry says: one page, a few details, a few parts.

In: a `Client` and entries. Out: `Seen`: what was found, and which way each place was read. Where the objects lie is
taken from the entry; what they look like is left to the client's models.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kiota_abstractions.serialization import Parsable

from functions.catalogue.model import Fetch, ObjectType, Read, Relationship
from tests.typed.client import Answer, Client, Query, Refused
from tests.typed.compare import Finding, findings
from tests.typed.models import of_place

LOOKED_AT = 60  # objects or parents that are asked for parts or children until enough have some


@dataclass
class Seen:
    """`found` says for each finding where it was seen and at which value; `counts` the objects of each place."""

    found: dict[Finding, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    without_builder: set[str] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)


class Reader:
    """`extensions` are the directory extension properties by what they are for; of a relationship, `enough` objects
    that have some are looked at; `rows` of a log."""

    def __init__(
        self, client: Client, tenant: str, *, extensions: Mapping[str, list[str]], enough: int, rows: int
    ) -> None:
        self._client = client
        self._tenant = tenant
        self._extensions = extensions
        self._enough = enough
        self._rows = rows
        self.seen = Seen()

    async def read(self, entries: Iterable[ObjectType]) -> Seen:
        for entry in entries:
            try:
                await self._type(entry)
            except Refused:
                self.seen.refused.add(entry.key)
            except (AssertionError, ValueError, TypeError) as error:  # what a model raises over a value it cannot take
                self.seen.failed.append(f"{entry.key}: {error!r}")
        return self.seen

    async def _type(self, entry: ObjectType) -> None:
        ways = {Read.EACH: self._each, Read.CHILDREN: self._children}
        objects: list[dict[str, Any]] = []
        async for answer in ways.get(entry.read, self._list)(entry):
            self._look(entry.key, answer)
            objects += [raw for raw, _ in answer.objects]
        for relationship in entry.relationships:
            if relationship.fetch is not Fetch.STREAM:
                await self._parts(entry, relationship, objects)

    def _look(self, place: str, answer: Answer) -> None:
        self.seen.counts[place] = self.seen.counts.get(place, 0) + len(answer.objects)
        for raw, model in answer.objects:
            for finding, value in findings(raw, model):
                self.seen.found.setdefault(finding, f"{place}: {value!r}")

    async def _list(self, entry: ObjectType, parent: str = "") -> AsyncIterator[Answer]:
        path, query = self._filled(entry.path, parent), self._query(entry, parent)
        yield await self._get(entry.key, path, query, entry.api)
        if entry.also_beta:
            yield await self._get(entry.key, path, query, "beta")

    async def _each(self, entry: ObjectType) -> AsyncIterator[Answer]:
        listed = await self._get(entry.key, entry.path, self._query(replace(entry, expand=())), entry.api)
        query: Query = {}
        if entry.detail:
            query["select"] = entry.detail
        if entry.expand:
            query["expand"] = entry.expand
        for raw, _ in listed.objects[:LOOKED_AT]:
            if not entry.only_with or raw[entry.only_with] != []:
                yield await self._get(entry.key, f"{entry.path}/{raw[entry.identity]}", query, entry.api)

    async def _children(self, entry: ObjectType) -> AsyncIterator[Answer]:
        parents = await self._get(f"{entry.key}^", entry.parent, {"select": [entry.parent_id]}, entry.parent_api)
        for raw, _ in parents.objects[:LOOKED_AT]:
            async for answer in self._list(entry, raw[entry.parent_id]):
                yield answer
                if answer.objects:
                    return

    async def _parts(self, entry: ObjectType, relationship: Relationship, objects: list[dict[str, Any]]) -> None:
        query: Query = {"expand": relationship.expand} if relationship.expand else {}
        place, found = f"{entry.key}.{relationship.name}", 0
        self.seen.counts[place] = 0
        for raw in objects[:LOOKED_AT]:
            if relationship.only and not _has(raw, *relationship.only):
                continue
            path = f"{self._filled(entry.path)}/{raw[entry.identity]}/{relationship.path or relationship.name}"
            answer = await self._get(place, path, query, relationship.api)
            self._look(place, answer)
            found += bool(answer.objects)
            if found == self._enough:
                return

    async def _get(self, place: str, path: str, query: Query, api: str) -> Answer:
        def model() -> type[Parsable]:
            self.seen.without_builder.add(place)
            return of_place(place)

        return await self._client.get(path, query, api=api, model=model)

    def _filled(self, text: str, parent: str = "") -> str:
        return text.replace("{tenant}", self._tenant).replace("{parent}", parent)

    def _query(self, entry: ObjectType, parent: str = "") -> Query:
        query: Query = {}
        if entry.select:
            extras = [name for extra in entry.extras for name in extra.select]
            query["select"] = [*entry.select, *extras, *self._extensions.get(entry.extension_values, ())]
        if entry.expand:
            query["expand"] = entry.expand
        if entry.filter:
            query["filter"] = self._filled(entry.filter, parent)
        if entry.read is Read.LOG:
            query["top"] = self._rows
        elif entry.page_size:
            query["top"] = entry.page_size
        return query


def _has(raw: dict[str, Any], name: str, wanted: frozenset[str]) -> bool:
    """Whether the property has one of the values wanted; where none is named, any."""
    value = raw.get(name)
    if not wanted:
        return bool(value)
    return bool(wanted & set(value)) if isinstance(value, list) else value in wanted
