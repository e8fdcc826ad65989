"""What Graph's answers become in a snapshot: nothing it did not say, and nothing it said lost."""

import uuid
from collections.abc import AsyncIterator

import pytest

from functions.catalogue.model import Fetch, ObjectType, Outcome, Read, Relationship
from tests.flow.backup_world import DENIED, NOT_FOUND, Given, Vault, listed, open_vault

MEMBERS = Relationship(name="members", fetch=Fetch.EXPAND, read_scopes=("GroupMember.Read.All", "Member.Read.Hidden"))
GROUPS = ObjectType(
    key="groups", title="Groups", path="/groups", relationships=(MEMBERS,), read_scopes=("Group.Read.All",)
)
ASSIGNMENTS = ObjectType(
    key="appRoleAssignments",
    title="App role assignments",
    path="/servicePrincipals/{parent}/appRoleAssignedTo",
    read=Read.CHILDREN,
    parent="/servicePrincipals",
)
ANN = {"id": "ann", "@odata.type": "#microsoft.graph.user"}


@pytest.fixture
async def vault(azurite: str) -> AsyncIterator[Vault]:
    async with open_vault(azurite, str(uuid.uuid4())) as vault:
        yield vault


async def test_a_list_that_ignores_an_expansion_is_not_taken_for_no_members(vault: Vault):
    def answer(path: str) -> Given:
        if "$expand" in path:
            return listed([{"id": "g"}])  # accepted in silence, as v1.0 does with some options
        if path.startswith("/groups/g/members"):
            return listed([ANN])
        return listed([{"id": "g", "displayName": "Group"}])

    vault.graph.answer = answer
    manifest = await vault.run(GROUPS)
    assert (await vault.records(manifest, "groups"))["g"]["@relationships"]["members"] == [
        {"id": "ann", "type": "user"}
    ]


async def test_members_that_cannot_be_found_are_not_taken_for_none(vault: Vault):
    def answer(path: str) -> Given:
        if "$expand" in path:
            return listed([])
        if path.startswith("/groups/g/members"):
            return NOT_FOUND
        if path.startswith("/groups/g"):
            return {"id": "g"}
        return listed([{"id": "g", "displayName": "Group"}])

    vault.graph.answer = answer
    manifest = await vault.run(GROUPS)
    assert manifest.types["groups"].outcome is Outcome.PARTIAL
    assert (await vault.records(manifest, "groups"))["g"]["@relationships"] == {}, "nobody knows them"


async def test_an_object_deleted_while_it_is_read_keeps_its_last_whole_record(vault: Vault):
    gone = False

    def answer(path: str) -> Given:
        if "$expand" in path:
            return listed([] if gone else [{"id": "g", "members": [ANN]}])
        if path.startswith("/groups/g"):
            return NOT_FOUND
        return listed([{"id": "g", "displayName": "Group"}, {"id": "h", "displayName": "Other"}])

    async def runs() -> list[tuple[str, int]]:
        return [(row.change, row.size) for row in await vault.stores.versions.of_object("groups", "g")]

    def other(path: str) -> Given:
        return listed([]) if path.startswith("/groups/h/members") else answer(path)

    vault.graph.answer = other
    await vault.run(GROUPS)
    [(_, size)] = await runs()
    gone = True
    manifest = await vault.run(GROUPS)
    assert manifest.types["groups"].outcome is Outcome.READ
    assert await runs() == [("deleted", size), ("created", size)]


async def test_parents_that_are_there_but_refuse_their_children_are_not_taken_for_childless(vault: Vault):
    def answer(path: str) -> Given:
        if "appRoleAssignedTo" in path:
            return NOT_FOUND
        if path.startswith("/servicePrincipals/sp"):
            return {"id": "sp"}
        return listed([{"id": "sp"}])

    vault.graph.answer = answer
    plan = await vault.open("appRoleAssignments")
    result = await vault.read(plan, ASSIGNMENTS)
    assert not result.whole


async def test_a_parent_that_is_gone_took_its_children_with_it(vault: Vault):
    def answer(path: str) -> Given:
        if path.startswith("/servicePrincipals/gone"):
            return NOT_FOUND
        if "appRoleAssignedTo" in path:
            return listed([{"id": "a"}])
        return listed([{"id": "gone"}, {"id": "sp"}])

    vault.graph.answer = answer
    manifest = await vault.run(ASSIGNMENTS)
    assert set(await vault.records(manifest, "appRoleAssignments")) == {"a"}
    assert manifest.types["appRoleAssignments"].outcome is Outcome.READ


async def test_a_refused_relationship_names_the_permission_it_lacks(vault: Vault):
    vault.graph.answer = lambda path: DENIED if "members" in path else listed([{"id": "g", "displayName": "Group"}])
    manifest = await vault.run(GROUPS)
    [gap] = manifest.types["groups"].gaps
    assert gap.code == "permissionMissing"
    assert "GroupMember.Read.All" in gap.remedy
    assert "Member.Read.Hidden" in gap.remedy
    assert " Group.Read.All" not in gap.remedy, "that one is granted"


async def test_a_property_that_came_back_in_an_earlier_call_is_not_called_missing(vault: Vault):
    entry = ObjectType(key="devices", title="Devices", path="/devices", select=("id", "displayName", "model"))

    def answer(path: str) -> Given:
        if "skiptoken" in path:
            return listed([{"id": "b", "displayName": "B"}])
        more = {"@odata.nextLink": f"{vault.graph.url}/v1.0/devices?$skiptoken=1"}
        return listed([{"id": "a", "displayName": "A", "model": "M"}], **more)

    vault.graph.answer = answer
    assert (await vault.run(entry, budget=0.0)).types["devices"].gaps == ()


async def test_an_id_cannot_lead_to_another_address(vault: Vault):
    def answer(path: str) -> Given:
        return listed([]) if "members" in path else listed([{"id": "g?x=/../y#z", "displayName": "Group"}])

    vault.graph.answer = answer
    await vault.run(GROUPS)
    assert any(path.startswith("/groups/g%3Fx%3D%2F..%2Fy%23z/members?") for path in vault.graph.asked)


async def test_links_are_set_down_before_those_of_the_whole_page_are_there(vault: Vault):
    blocked = "g150"

    def answer(path: str) -> Given:
        if "$expand" in path:
            return listed([])
        if "/members" in path:
            if path.startswith(f"/groups/{blocked}/"):
                return 429, {"error": {"code": "TooManyRequests", "message": "Slow down."}}
            return listed([ANN])
        return listed([{"id": f"g{number}", "displayName": "Group"} for number in range(200)])

    vault.graph.answer = answer
    plan = await vault.open("groups")
    paused = await vault.call(plan, GROUPS, None)
    assert paused.checkpoint is not None
    assert paused.wait > 0
    assert 0 < paused.checkpoint.snapshot.count < 150, "memory does not hold the links of a page"
    assert paused.checkpoint.waits == 1
    blocked = "g190"
    paused = await vault.call(plan, GROUPS, paused)
    assert paused.checkpoint is not None
    assert paused.checkpoint.waits == 1, "there was progress between the two"
    blocked, last = "", paused
    while last.result is None:
        last = await vault.call(plan, GROUPS, last)
    assert last.result.objects == 200
    assert len({path for path in vault.graph.asked if "/g0/members" in path}) == 1


PEOPLE = ObjectType(key="users", title="Users", path="/users", select=("id", "displayName"), page_size=999)
PLACES = ObjectType(key="namedLocations", title="Places", path="/places", bucket="conditionalAccess")


@pytest.mark.parametrize("entry", [PEOPLE, PLACES], ids=["in a batch", "one by one"])
async def test_an_object_that_a_list_left_out_is_not_taken_for_deleted(vault: Vault, entry: ObjectType):
    there = {name: {"id": name, "displayName": name.title()} for name in ("ann", "ben", "cleo")}
    left_out: set[str] = set()

    def answer(path: str) -> Given:
        name = path.partition("?")[0].removeprefix(entry.path).strip("/")
        if name:
            return there.get(name, NOT_FOUND)
        return listed([thing for thing in there.values() if thing["id"] not in left_out])

    vault.graph.answer = answer
    await vault.run(entry)
    left_out.add("ben")
    del there["cleo"]
    second = await vault.run(entry)
    result = second.types[entry.key]
    assert (result.outcome, result.objects, result.created, result.updated, result.deleted) == (
        Outcome.READ,
        2,
        0,
        0,
        1,
    )
    assert set(await vault.records(second, entry.key)) == {"ann", "ben"}


async def test_what_cannot_be_told_is_not_a_deletion(vault: Vault):
    listing: list[dict[str, str]] = [{"id": "ann", "displayName": "Ann"}, {"id": "ben", "displayName": "Ben"}]

    def answer(path: str) -> Given:
        return DENIED if path.startswith("/users/") else listed(listing)

    vault.graph.answer = answer
    await vault.run(PEOPLE)
    del listing[0]
    plan = await vault.open("users")
    result = await vault.read(plan, PEOPLE)
    assert (result.outcome, result.deleted) == (Outcome.REFUSED, 0)
