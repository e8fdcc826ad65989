"""How many storage requests it takes to plan and to apply for one object, counted on the wire in front of Azurite."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import count

import pytest

from functions.settings import Secret
from functions.storage.open import open_stores
from tests.e2e.relay import Relay, Relays
from tests.flow.restore_world import World, open_world

_NUMBER = count()


@pytest.fixture(scope="module")
async def own_world(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A tenant each run of which reads the same types, as a schedule does: of others the lists of earlier runs, and so
    more files, would be looked through for what named a lost object."""
    async with open_world(azurite, tmp_path_factory.mktemp("counted"), seed=12) as world:
        yield world


@pytest.fixture(scope="module")
async def counted(own_world: World, azurite: str) -> AsyncIterator[tuple[World, list[Relay]]]:
    """The world with stores whose requests are seen."""
    relays = Relays()
    seen: list[Relay] = []

    def through(match: re.Match[str]) -> str:
        seen.append(relays.to(int(match[2])))
        return f"{match[1]}{seen[-1].port}"

    connection = re.sub(r"(Endpoint=http://127\.0\.0\.1:)(\d+)", through, azurite)
    assert len(seen) >= 2, azurite
    stores = await open_stores(replace(own_world.settings, storage_connection=Secret(connection)))
    yield replace(own_world, stores=stores), seen
    await stores.aclose()
    for relay in seen:
        relay.close()
    relays.close()


@pytest.mark.parametrize(("standing", "planning", "most"), [("live", 4, 7), ("bin", 5, 7), ("gone", 9, 9)])
@pytest.mark.parametrize("key", ["users", "groups"])
async def test_one_object_takes_few_requests(
    counted: tuple[World, list[Relay]], key: str, standing: str, planning: int, most: int
):
    world, relays = counted
    name = f"counted-{next(_NUMBER)}"
    friend = await world.user(f"{name}-friend")
    if key == "users":
        thing = await world.user(name, jobTitle="Engineer")
        changed: dict[str, object] = {"jobTitle": "Clerk"}
    else:
        thing = await world.group(name, [friend], [friend], description="before")
        changed = {"description": "after"}
    await world.backup()
    await world.call("PATCH", f"/v1.0/{key}/{thing}", changed)
    if key == "groups":
        await world.call("DELETE", f"/v1.0/groups/{thing}/members/{friend}/$ref")
    if standing == "bin":
        await world.call("DELETE", f"/v1.0/{key}/{thing}")
    if standing == "gone":
        await world.purge(key, thing)
    _seen(relays)
    plan = await world.plan(key, thing)
    planned = _seen(relays)
    assert len(planned) <= planning, planned
    await world.claim(plan)
    progress = await world.walk(plan)
    requests = _seen(relays)
    assert progress.state == "applied"
    assert progress.steps >= (1 if key == "users" else 2)
    assert len(requests) <= most, requests


def _seen(relays: list[Relay]) -> list[str]:
    """The requests since the last time."""
    found = [f"{one.method} {one.target[:90]}" for relay in relays for one in relay.requests]
    for relay in relays:
        relay.requests.clear()
    return found
