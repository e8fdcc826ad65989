"""What a restore knows of the tenant: read as a backup reads it, many at once, absence never taken for a refusal."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from functions.catalogue import TYPES
from functions.core.links import Target
from functions.core.record import RELATIONSHIPS
from functions.errors import GraphRejected
from functions.restore.live import Live
from functions.restore.live_paths import record_path
from functions.restore.planning_bulk import read_bin
from functions.restore.planning_space import Space
from tests.flow.planning_world import World, open_world

NOBODY = "00000000-0000-4000-8000-00000000dead"


@pytest.fixture(scope="module")
async def shared(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    data: Path = tmp_path_factory.mktemp("live")
    async with open_world(azurite, data) as world:
        yield world


@pytest.fixture
async def world(shared: World) -> AsyncIterator[World]:
    yield shared
    await shared.tenant.calm()


@pytest.fixture
def live(world: World) -> Live:
    return Live(world.client.with_usage(), "global", world.tenant.tenant_id)


RESTORABLE = [key for key, entry in TYPES.items() if entry.restore is not None and not entry.private]


@pytest.mark.parametrize("key", RESTORABLE)
async def test_an_object_reads_as_its_record(world: World, live: Live, key: str) -> None:
    entry = TYPES[key]
    records = await world.records(await world.attempt(entry), entry)
    assert records, f"the tenant has none of {key}"
    for record in records[:3]:
        identity = str(record[entry.identity]) if entry.identity else key
        names = {link.name for link in entry.relationships if link.restorable}
        held = await live.held(entry, identity, record_path(entry, record), names)
        assert held is not None, f"{identity} of {key} is not found"
        related = record.pop(RELATIONSHIPS, {})
        assert held.record == record
        for name in names & related.keys():
            if name in held.links:
                assert [(t.id, t.type) for t in held.links[name]] == [(i["id"], i["type"]) for i in related[name]]
            else:
                assert list(held.parts[name]) == related[name]


async def test_objects_asked_for_at_once_share_requests(world: World, live: Live) -> None:
    listed = await world.call("GET", "/v1.0/users?$select=id&$top=20")
    people = [str(user["id"]) for user in listed["value"]]
    await live.object(TYPES["users"], people[0])  # what may be selected is asked once
    before = live.client.usage.requests
    found = await asyncio.gather(*(live.object(TYPES["users"], one) for one in (*people, NOBODY)))
    assert [bool(one) for one in found] == [True] * len(people) + [False]
    assert live.client.usage.requests - before == 2  # 21 objects, 20 to a request


async def test_a_refusal_is_no_absence(world: World, live: Live) -> None:
    person = await world.user("refused-person")
    await live.object(TYPES["users"], person)
    await world.tenant.fault(do="refuse", path=f"/users/{person}")
    with pytest.raises(GraphRejected):
        await live.object(TYPES["users"], person)


async def test_one_refused_object_does_not_hide_the_others(world: World, live: Live) -> None:
    first, second = await world.user("near-refused"), await world.user("is-refused")
    await live.object(TYPES["users"], first)
    await world.tenant.fault(do="refuse", path=f"/users/{second}")
    found = await asyncio.gather(*(live.object(TYPES["users"], one) for one in (first, second)), return_exceptions=True)
    assert isinstance(found[0], dict)
    assert isinstance(found[1], GraphRejected)


async def test_where_an_object_stands(world: World, live: Live) -> None:
    here, binned, gone = [await world.user(f"stands-{place}") for place in ("here", "binned", "gone")]
    await world.call("DELETE", f"/v1.0/users/{binned}")
    await world.purge("users", gone)
    states = await asyncio.gather(*(live.state(TYPES["users"], one) for one in (here, binned, gone)))
    assert [state.standing for state in states] == ["live", "deleted", "gone"]
    assert states[1].object["displayName"] == "stands-binned"
    assert states[1].object["accountEnabled"] is True  # as the bin's own type shows it, not what every object has


async def test_the_bin_shows_the_same_of_one_and_of_all(world: World, live: Live) -> None:
    """What is planned from the whole bin is compared with one object of it when the plan is applied."""
    found = (await world.call("POST", "/v1.0/directoryObjects/getAvailableExtensionProperties", {}))["value"]
    name = next(one["name"] for one in found if "User" in one["targetObjects"] and one["dataType"] == "String")
    person = await world.user("binned-extended")
    await world.call("PATCH", f"/v1.0/users/{person}", {name: "A-1"})
    await world.call("DELETE", f"/v1.0/users/{person}")
    one = await live.state(TYPES["users"], person)
    assert one.object[name] == "A-1"
    with Space() as space:
        space.want([("users", person, "", "", "chosen", (), b"{}")])
        assert await read_bin(live, TYPES["users"], space)
        assert space.there("users", person, binned=True) == one


async def test_a_bin_that_is_closed_is_told(world: World, live: Live) -> None:
    entry = TYPES["conditionalAccessPolicies"]
    assert (await live.state(entry, NOBODY)).standing == "gone"
    assert entry.key in live.closed_bins
    await world.tenant.switch(caRestore="supported")
    opened = Live(world.client.with_usage(), "global", world.tenant.tenant_id)
    assert (await opened.state(entry, NOBODY)).standing == "gone"
    assert not opened.closed_bins


async def test_namesakes_have_every_natural_key(world: World, live: Live) -> None:
    group = await world.group("Same-Name")
    found = await live.namesakes(TYPES["groups"], {"displayName": "same-name", "mailNickname": "same-name"})
    assert group in {thing["id"] for thing in found}
    assert not await live.namesakes(TYPES["groups"], {"displayName": "o'nobody"})


async def test_ids_are_all_that_is_live(world: World, live: Live) -> None:
    found = [one async for some in live.ids(TYPES["users"]) for one in some]
    listed = await world.call("GET", "/v1.0/users?$select=id&$top=999")
    assert sorted(found) == sorted(user["id"] for user in listed["value"])


@pytest.mark.parametrize("refused", [False, True])
async def test_missing_targets(world: World, live: Live, *, refused: bool) -> None:
    here, gone = await world.user(f"target-{refused}"), await world.user(f"no-target-{refused}")
    await world.purge("users", gone)
    if refused:
        await world.tenant.fault(do="refuse", path="getByIds")
    named = [Target(here, "user"), Target(gone, "user"), Target(NOBODY, "namedLocation"), Target(NOBODY, "agreement")]
    assert await live.missing(named) == {gone, NOBODY}
