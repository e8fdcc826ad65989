"""For every restorable type: whatever an object was and whatever happened to it, a plan brings it back or says why not.

A case makes an object what it shall be, reads it as a backup does, lets something happen to it, plans with an exact
match, and sends what was planned. Then the object is what it was in everything that is written back, or a gap named
what differs; and a second plan has nothing left to do. `ROUND_TRIPS` sets the number of cases a type.
"""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings

from functions.catalogue import ENTRIES, TYPES
from functions.catalogue.model import ObjectType, Read
from functions.core.calls import token
from functions.core.diff import empty, same, shape
from functions.core.links import targets
from functions.core.plan import Item, LiveState, LossGap, Options
from functions.core.plan_draft import placed, stage_of
from functions.core.plan_make import Frame, followed_by, items, makes, numbered
from functions.core.plan_registry import rules_of
from functions.core.plan_rules import Safety
from functions.core.record import RELATIONSHIPS, Object
from functions.restore.live import Live
from tests.roundtrip.cases import HISTORIES, Edit, History, value_for
from tests.roundtrip.inprocess import TENANT, URL, Directory
from tests.roundtrip.walk import Walked, walk

CASES = int(os.environ.get("ROUND_TRIPS", "20"))
RESTORED = [entry for entry in ENTRIES if entry.restore is not None]
EXACT = Options(mode="exact")
CLOUD = "global"


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Directory]:
    directory = Directory(tmp_path_factory.mktemp("tenant"))
    yield directory
    directory.close()


@dataclass
class Case:
    """One history of one object of a type, played in a tenant."""

    directory: Directory
    entry: ObjectType
    history: History
    live: Live

    async def play(self) -> None:
        entry, history = self.entry, self.history
        assert entry.restore is not None
        ids = sorted([one async for some in self.live.ids(entry) for one in some])
        if not ids:
            return
        identity = ids[history.which % len(ids)]
        donors = [await self.record(one) for one in ids[:3]]
        await self._edit(identity, history.before, donors)
        record = await self.record(identity)
        await self._damage(identity, record, donors)
        found, walked = await self._restore(record)
        await self._judge(record, found, walked)

    async def record(self, identity: str, collection: dict[str, str] | None = None) -> Object:
        """The object as its record would be."""
        path = collection if collection is not None else await self._path(identity)
        names = tuple(link.name for link in self.entry.relationships)
        held = await self.live.held(self.entry, identity, path, names)
        assert held is not None, f"{self.entry.key} {identity} is not there"
        related: dict[str, Any] = {
            name: [{"id": target.id, "type": target.type} for target in found] for name, found in held.links.items()
        }
        related |= {name: list(found) for name, found in held.parts.items()}
        return {**held.record, **({RELATIONSHIPS: related} if names else {})}

    async def _path(self, identity: str) -> dict[str, str]:
        """What fills the collection of a type that lies below others: found by looking through the store."""
        assert self.entry.restore is not None
        if "{" not in self.entry.restore.collection.replace("{tenant}", ""):
            return {}
        for row in self.directory.rows_named(identity):
            _, used = placed(self.entry.restore.collection, row, TENANT)
            if used:
                return used
        return {}

    def address(self, record: Object) -> tuple[str, str]:
        """The version and the object's own path."""
        restore = self.entry.restore
        assert restore is not None
        collection, _ = placed(restore.collection, record, TENANT)
        api = restore.api or self.entry.api
        own = "" if self.entry.read is Read.ONE else f"/{record[self.entry.identity]}"
        return f"/{api}", f"{collection}{own}"

    async def _edit(self, identity: str, edits: tuple[Edit, ...], donors: list[Object]) -> None:
        assert self.entry.restore is not None
        names = sorted(self.entry.restore.update)
        if not names:
            return
        for edit in edits:
            name = names[edit.place % len(names)]
            own = await self.record(identity)
            value = value_for(edit, own.get(name), donors[edit.donor % len(donors)].get(name))
            version, path = self.address(own)
            kind = {"@odata.type": own["@odata.type"]} if "@odata.type" in own else {}
            # what a PUT leaves out goes
            rest = {one: own[one] for one in names if one in own} if self.entry.restore.method == "PUT" else {}
            body = {**kind, **rest, name: value}
            await self.directory.call(self.entry.restore.method or "PATCH", version + path, body)

    async def _damage(self, identity: str, record: Object, donors: list[Object]) -> None:
        restore = self.entry.restore
        assert restore is not None
        version, path = self.address(record)
        await self._edit(identity, self.history.after, donors)
        for number in self.history.cut:
            links = [link for link in self.entry.relationships if not link.contained and not link.single]
            held = [(link.name, target.id) for link in links for target in targets(record, link.name) or ()]
            if held:
                name, target = held[number % len(held)]
                await self.directory.call("DELETE", f"{version}{path}/{name}/{target}/$ref")
        if self.entry.read is Read.ONE or self.history.fate == "kept":
            return
        status, _ = await self.directory.call("DELETE", version + path)
        if self.history.fate == "purged" or status >= 400:
            self.directory.purge_named(str(record[self.entry.identity]))

    async def _restore(self, record: Object) -> tuple[list[Item], Walked]:
        found = await self.planned(record)
        for item in found:
            note(f"{item.scope} {item.standing}: {[(step.method, step.path, step.body) for step in item.steps]}")
            note(f"gaps: {[gap.what for gap in item.gaps]}")
        walked = await walk(self.directory, found)
        assert walked.refused == [], "Graph did not take a planned call"
        return found, walked

    async def planned(self, record: Object, ids: dict[str, str] | None = None) -> list[Item]:
        entry, ids = self.entry, ids or {}
        assert entry.restore is not None
        identity = str(record[entry.identity]) if entry.identity else entry.key
        _, path = placed(entry.restore.collection, record, TENANT)
        state = await self.live.state(entry, ids.get(identity, identity), path, followed_by(entry, EXACT))
        made: dict[str, int] = {}
        if state.standing == "gone":
            state = await self._adopted(record, path, state)
        if state.standing == "gone" and makes(entry) and not entry.restore.keeps_id:
            renewed = [name for name in entry.aliases if name not in entry.restore.create]
            aliases = [str(record[name]) for name in renewed if isinstance(record.get(name), str)]
            made = dict.fromkeys((identity, *aliases), stage_of(entry))
            ids = {**ids, **{old: token(old) for old in made}}
        frame = Frame(run="2026-11-22T020000Z", graph_url=URL, tenant=TENANT, made=made, now="2026-11-22T03:00:00Z")
        return numbered(items(record, state, EXACT, entry, ids, frame, Safety()), 1)

    async def _adopted(self, record: Object, path: dict[str, str], state: LiveState) -> LiveState:
        """The live object that has the natural keys of the lost one, where these are unique."""
        assert self.entry.restore is not None
        if not self.entry.restore.unique:
            return state
        twins = await self.live.namesakes(self.entry, record, path)
        if not twins:
            return state
        return await self.live.state(
            self.entry, str(twins[0][self.entry.identity]), path, followed_by(self.entry, EXACT)
        )

    async def _judge(self, record: Object, found: list[Item], walked: Walked) -> None:
        gaps = [gap for item in found for gap in item.gaps]
        standing = found[0].standing
        identity = str(record[self.entry.identity]) if self.entry.identity else self.entry.key
        present = walked.ids.get(identity) or found[0].live_id or identity
        if standing != "live" and not any(item.makes for item in found):
            assert gaps, f"{self.entry.key} does not come back, and nobody says so"
            return
        _, path = placed(self.entry.restore.collection, record, TENANT)  # type: ignore[union-attr]
        now = await self.record(present, path)
        lost = self._differences(record, now, walked)
        silent = [name for name in lost if not told(name, gaps)]
        assert silent == [], f"{self.entry.key}: differs, and no gap names it: { {n: lost[n] for n in silent} }"
        again = [step for item in await self.planned(record, walked.ids) for step in item.steps]
        assert [(step.method, step.path, step.body) for step in again] == [], "a second plan has something left to do"

    def _differences(self, record: Object, now: Object, walked: Walked) -> dict[str, tuple[Any, Any]]:
        restore, rules = self.entry.restore, rules_of(self.entry.key)
        assert restore is not None
        wanted, actual = rules.normal(shape(record, self.entry)), rules.normal(shape(now, self.entry))
        written = (restore.create | restore.update) - set(rules.generated)
        lost: dict[str, tuple[Any, Any]] = {}
        for name in written & wanted.keys():
            expected = renamed(wanted[name], walked.ids)
            if not same(expected, actual.get(name)) and not (empty(expected) and empty(actual.get(name))):
                lost[name] = (expected, actual.get(name))
        for link in self.entry.relationships:
            if link.restorable and not link.contained:
                ids = {walked.ids.get(target.id, target.id) for target in targets(record, link.name) or ()}
                there = {target.id for target in targets(now, link.name) or ()}
                if ids != there:
                    lost[link.name] = (ids, there)
            elif link.restorable and link.part is not None:
                lost |= self._lost_parts(link.name, link.part.keys, record, now)
        return lost

    def _lost_parts(self, name: str, keys: tuple[str, ...], record: Object, now: Object) -> dict[str, tuple[Any, Any]]:
        before, after = ({repr([part.get(key) for key in keys]) for part in parts(of, name)} for of in (record, now))
        return {name: (before, after)} if before != after else {}


def parts(record: Object, name: str) -> list[Object]:
    related = record.get(RELATIONSHIPS)
    found = related.get(name) if isinstance(related, dict) else None
    return [part for part in found if isinstance(part, dict)] if isinstance(found, list) else []


def renamed(value: Any, ids: dict[str, str]) -> Any:
    """The same value with the new ids in it."""
    if isinstance(value, str):
        for old, new in ids.items():
            # Inside a text only what cannot be anything else; a scope tag goes by a number.
            value = new if value == old else value.replace(old, new) if len(old) > 8 else value
        return value
    if isinstance(value, list):
        return [renamed(item, ids) for item in value]
    if isinstance(value, dict):
        return {key: renamed(item, ids) for key, item in value.items()}
    return value


def told(name: str, gaps: list[LossGap]) -> bool:
    """Whether a gap names the property or relationship, or says that the object is left alone altogether."""
    whole = ("Nothing is written", "is left as it is", "does not come back", "is not created again")
    spoken = {"accountEnabled": "stays enabled"}.get(name, name)
    return any(
        name in gap.what or name in gap.why or spoken in gap.what or any(part in gap.what for part in whole)
        for gap in gaps
    )


@pytest.mark.parametrize("key", [entry.key for entry in RESTORED])
def test_what_a_backup_holds_comes_back_or_is_named(directory: Directory, key: str):
    @settings(
        max_examples=CASES,
        deadline=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(HISTORIES)
    def law(history: History) -> None:
        directory.reset()
        live = Live(directory.client, CLOUD, TENANT, gathering=0.0)
        asyncio.run(Case(directory, TYPES[key], history, live).play())

    law()
