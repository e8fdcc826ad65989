"""The same tenant in another guise: shuffled, with volatile properties on the move, or seen by a lagging replica."""

import asyncio
from typing import Any

from tests.tenant import small
from tests.tenant.conftest import Api

POLICIES = "/v1.0/identity/conditionalAccess/policies"


def settled(value: Any) -> Any:
    """A value without the order that means nothing."""
    if isinstance(value, dict):
        return {name: settled(inner) for name, inner in sorted(value.items())}
    if isinstance(value, list):
        return sorted((settled(item) for item in value), key=repr)
    return value


async def test_shuffling_moves_objects_properties_and_sets_and_nothing_else(api: Api) -> None:
    path = "/v1.0/users?$select=id,displayName,otherMails&$top=10"
    plain = [item for page in await api.pages(path) for item in page.body["value"]]
    await api.switch(shuffle=7)
    rounds = [[item for page in await api.pages(path) for item in page.body["value"]] for _ in range(3)]
    for found in rounds:
        assert settled(found) == settled(plain)
        assert [item["id"] for item in found] != [item["id"] for item in plain]
    assert rounds[0] != rounds[1]
    assert len({tuple(item) for item in rounds[0]}) > 1
    assert len({tuple(item["otherMails"][0][0] for item in found) for found in rounds}) > 1
    assert (await api.switch_hits())["shuffle"] >= 3 * small.USERS


async def test_shuffling_reaches_sets_inside_complex_values(api: Api) -> None:
    await api.switch(shuffle=3)
    seen = set()
    for _ in range(8):
        policy = (await api.get(POLICIES)).body["value"][0]
        seen.add(tuple(policy["conditions"]["users"]["excludeGroups"]))
    assert len(seen) > 1
    assert {frozenset(one) for one in seen} == {frozenset({small.GROUP, small.NESTED, small.BIG})}


async def test_volatile_properties_move_by_themselves_on_every_read(api: Api) -> None:
    path = f"/v1.0/users/{small.user(1)}?$select=displayName,onPremisesLastSyncDateTime"
    assert (await api.get(path)).body == (await api.get(path)).body
    await api.switch(volatile=True)
    first, second = (await api.get(path)).body, (await api.get(path)).body
    assert first["onPremisesLastSyncDateTime"] != second["onPremisesLastSyncDateTime"]
    assert first["displayName"] == second["displayName"]
    assert (await api.switch_hits())["volatile"] == 2
    group = (await api.get("/v1.0/groups")).body["value"][0]
    assert group["onPremisesLastSyncDateTime"] is None


async def test_reads_lag_behind_an_update_for_so_many_reads(api: Api) -> None:
    await api.switch(lag={"reads": 2})
    path = f"/v1.0/users/{small.user(1)}"
    await api.call("PATCH", path, {"displayName": "New"})
    seen = [(await api.get(path)).body["displayName"] for _ in range(3)]
    assert seen == ["Person 01", "Person 01", "New"]
    assert (await api.switch_hits())["lag"] == 2


async def test_lists_lag_too(api: Api) -> None:
    await api.switch(lag={"reads": 1})
    await api.call("PATCH", f"/v1.0/users/{small.user(1)}", {"displayName": "New"})
    await api.call("DELETE", f"/v1.0/users/{small.user(2)}")
    filtered = "/v1.0/users?$select=id,displayName&$filter=startswith(displayName,'Person')"
    old = {item["id"]: item["displayName"] for item in (await api.get(filtered)).body["value"]}
    assert old[small.user(1)] == "Person 01"
    assert small.user(2) in old
    new = {item["id"]: item["displayName"] for item in (await api.get(filtered)).body["value"]}
    assert small.user(1) not in new
    assert small.user(2) not in new


async def test_a_new_object_is_missed_until_it_has_arrived(api: Api) -> None:
    await api.switch(lag={"milliseconds": 150, "writes": True})
    body = {"displayName": "Late", "mailEnabled": False, "mailNickname": "late", "securityEnabled": True}
    created = await api.call("POST", "/v1.0/groups", body)
    path = f"/v1.0/groups/{created.body['id']}"
    assert created.status == 201
    assert (await api.get(path)).code == "Request_ResourceNotFound"
    assert (await api.call("PATCH", path, {"description": "x"})).status == 404
    assert created.body["id"] not in (await api.get("/v1.0/groups")).ids
    await asyncio.sleep(0.2)
    assert (await api.call("PATCH", path, {"description": "x"})).status == 204
    await asyncio.sleep(0.2)
    assert (await api.get(path)).body["description"] == "x"


async def test_links_lag_as_well(api: Api) -> None:
    await api.switch(lag={"reads": 1})
    path = f"/v1.0/groups/{small.GROUP}/members"
    await api.call("POST", f"{path}/$ref", {"@odata.id": f"{api.url}/v1.0/users/{small.user(9)}"})
    assert small.user(9) not in (await api.get(path)).ids
    assert small.user(9) in (await api.get(path)).ids


async def test_a_restored_object_is_not_seen_at_once(api: Api) -> None:
    await api.call("DELETE", f"/v1.0/users/{small.user(1)}")
    await api.switch(lag={"reads": 1})
    assert (await api.call("POST", f"/v1.0/directory/deletedItems/{small.user(1)}/restore")).status == 200
    assert (await api.get(f"/v1.0/users/{small.user(1)}")).status == 404
    assert (await api.get(f"/v1.0/users/{small.user(1)}")).status == 200
