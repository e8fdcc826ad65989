"""The ways of listing a type: one object, one by one, below parents; filters, expansions and ids under other names."""

import json
import uuid
from collections.abc import AsyncIterator

import pytest

from functions.catalogue.model import NAME_ID, ObjectType, Outcome, Read
from functions.core.gzipped import json_lines
from tests.flow.backup_world import DENIED, NOT_FOUND, Given, Json, Vault, listed, open_vault

EXPIRED = (400, {"error": {"code": "Directory_ExpiredPageToken", "message": "The page token has expired."}})
BRANDING = ObjectType(
    key="organization",
    title="Company branding",
    path="/organization/{tenant}/branding",
    read=Read.ONE,
    identity="",
    id_pattern=NAME_ID,
    name="signInPageText",
    select=("signInPageText", "usernameHintText"),
    volatile=frozenset({"usernameHintText"}),
)
WORKFLOWS = ObjectType(
    key="devices",
    title="Workflows",
    path="/workflows",
    read=Read.EACH,
    select=("id",),
    detail=("id", "displayName", "tasks"),
    filter="isEnabled eq true",
    expand=("tasks($expand=createdBy)",),
    page_size=100,
)
CERTIFICATES = ObjectType(
    key="devices",
    title="Certificates",
    path="/applications",
    read=Read.EACH,
    select=("id", "displayName", "keys"),
    detail=("id", "displayName", "keys"),
    only_with="keys",
)
POLICIES = ObjectType(
    key="roleAssignments",
    title="Policies of groups",
    path="/policies/roleManagementPolicies",
    read=Read.CHILDREN,
    parent="/privilegedAccess/group/resources",
    parent_api="beta",
    parent_id="groupId",
    filter="scopeId eq '{parent}' and tenant eq '{tenant}'",
    expand=("rules",),
)
PARTNERS = ObjectType(
    key="namedLocations",
    title="Partners",
    path="/policies/crossTenantAccessPolicy/partners",
    identity="tenantId",
    name="tenantId",
    volatile=frozenset({"lastSeen"}),
)


@pytest.fixture
async def vault(azurite: str) -> AsyncIterator[Vault]:
    async with open_vault(azurite, str(uuid.uuid4())) as vault:
        yield vault


async def lines(vault: Vault, blob: str) -> list[Json]:
    return [json.loads(line) async for line in json_lines(vault.stores.blobs.stream(blob))]


# ---- one object ------------------------------------------------------------------------------------------------------


async def test_one_object_without_an_id_goes_by_the_key_of_its_type(vault: Vault):
    vault.graph.answer = lambda path: {"@odata.context": "x", "signInPageText": "Hello", "usernameHintText": "you@"}
    manifest = await vault.run(BRANDING)
    result = manifest.types[BRANDING.key]
    assert (result.outcome, result.objects, result.created, result.gaps) == (Outcome.READ, 1, 1, ())
    assert vault.graph.asked == [f"/organization/{vault.tenant}/branding?$select=signInPageText,usernameHintText"]
    assert await lines(vault, result.file) == [{"signInPageText": "Hello"}], "as Graph gave it: no id is added"
    assert await lines(vault, result.volatile) == [{"id": BRANDING.key, "usernameHintText": "you@"}]
    [row] = await vault.stores.versions.of_object(BRANDING.key, BRANDING.key)
    assert (row.change, row.name) == ("created", "Hello")
    again = (await vault.run(BRANDING)).types[BRANDING.key]
    assert (again.objects, again.created, again.updated, again.deleted) == (1, 0, 0, 0)


async def test_one_object_that_is_not_set_is_read_and_empty(vault: Vault):
    vault.graph.answer = lambda path: NOT_FOUND
    first = (await vault.run(BRANDING)).types[BRANDING.key]
    assert (first.outcome, first.objects, first.whole) == (Outcome.READ, 0, True)
    assert await lines(vault, first.file) == await lines(vault, first.toc) == []
    assert [gap.code for gap in first.gaps] == ["notSet"]
    vault.graph.answer = lambda path: {"signInPageText": "Hello", "usernameHintText": None}
    assert (await vault.run(BRANDING)).types[BRANDING.key].created == 1
    vault.graph.answer = lambda path: NOT_FOUND
    manifest = await vault.run(BRANDING)
    third = manifest.types[BRANDING.key]
    assert (third.outcome, third.objects, third.deleted) == (Outcome.READ, 0, 1)
    assert manifest.bases[BRANDING.key] == manifest.run_id
    assert (await vault.run(BRANDING)).types[BRANDING.key].deleted == 0


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (DENIED, Outcome.REFUSED),
        (
            (400, {"error": {"code": "BadRequest", "message": "Resource not found for the segment 'x'."}}),
            Outcome.FAILED,
        ),
    ],
    ids=["refused", "no such segment"],
)
async def test_one_object_that_cannot_be_read_is_not_taken_for_unset(vault: Vault, answer: Given, outcome: Outcome):
    vault.graph.answer = lambda path: {"signInPageText": "Hello", "usernameHintText": None}
    await vault.run(BRANDING)
    vault.graph.answer = lambda path: answer
    result = await vault.read(await vault.open(BRANDING.key), BRANDING)
    assert (result.outcome, result.deleted, result.whole) == (outcome, 0, False)


# ---- one by one ------------------------------------------------------------------------------------------------------


def workflows(*ids: str, more: str = "") -> Given:
    return listed([{"id": one} for one in ids], **({"@odata.nextLink": more} if more else {}))


def workflow(name: str) -> Json:
    return {"id": name, "displayName": name.title(), "tasks": [{"id": f"task of {name}"}]}


async def test_objects_are_listed_by_id_and_read_one_by_one(vault: Vault):
    def answer(path: str) -> Given:
        name = path.partition("?")[0].removeprefix("/workflows").strip("/")
        return workflow(name) if name else workflows("a", "b", "gone")

    def without(path: str) -> Given:
        return NOT_FOUND if path.startswith("/workflows/gone") else answer(path)

    vault.graph.answer = without
    manifest = await vault.run(WORKFLOWS)
    assert await vault.records(manifest, "devices") == {"a": workflow("a"), "b": workflow("b")}
    assert manifest.types["devices"].outcome is Outcome.READ
    assert vault.graph.asked[0] == "/workflows?$select=id&$filter=isEnabled%20eq%20true&$top=100"
    assert vault.graph.asked[1] == "/workflows/a?$select=id,displayName,tasks&$expand=tasks($expand=createdBy)"
    assert sum("$batch" in call for call in vault.graph.calls) == 1


async def test_an_object_that_cannot_be_read_by_its_id_fails_the_type(vault: Vault):
    vault.graph.answer = lambda path: DENIED if path.startswith("/workflows/b") else workflow("a")
    listing = vault.graph.answer
    vault.graph.answer = lambda path: workflows("a", "b") if path.startswith("/workflows?") else listing(path)
    result = await vault.read(await vault.open("devices"), WORKFLOWS)
    assert (result.outcome, result.objects) == (Outcome.REFUSED, 0)


async def test_another_object_than_the_one_asked_for_is_not_taken(vault: Vault):
    vault.graph.answer = lambda path: workflows("a") if path.startswith("/workflows?") else workflow("other")
    assert (await vault.read(await vault.open("devices"), WORKFLOWS)).outcome is Outcome.FAILED


async def test_what_the_list_gives_whole_is_not_read_again(vault: Vault):
    """Only an object that has keys loses something in a list; one whose keys the list withholds may have some."""
    whole = {name: {"id": name, "displayName": name.upper(), "keys": []} for name in ("none", "bare")}
    single = {
        name: {"id": name, "displayName": name.upper(), "keys": [{"key": f"key of {name}"}]}
        for name in ("some", "null", "withheld")
    }
    shown = [
        *whole.values(),
        {**single["some"], "keys": [{"key": None}]},
        {**single["null"], "keys": None},
        {"id": "withheld", "displayName": "WITHHELD"},
    ]

    def answer(path: str) -> Given:
        name = path.partition("?")[0].removeprefix("/applications").strip("/")
        return single[name] if name else listed(shown)

    vault.graph.answer = answer
    first = await vault.run(CERTIFICATES)
    assert await vault.records(first, "devices") == whole | single
    assert {path.partition("?")[0] for path in vault.graph.asked[1:]} == {f"/applications/{name}" for name in single}
    again = await vault.run(CERTIFICATES)
    result = again.types["devices"]
    assert (result.objects, result.created, result.updated, result.deleted, result.requests) == (5, 0, 0, 0, 2)


async def test_objects_read_one_by_one_survive_a_listing_that_expires_between_two_activities(vault: Vault):
    """A page's token does not live as long as reading its objects takes; those that were read are not read again."""
    slow = ObjectType(
        key="devices", title="Slow", path="/slow", read=Read.EACH, bucket="reports", select=("id",), name="id"
    )
    names = [f"s{number:03}" for number in range(130)]
    read = expired = 0

    def answer(path: str) -> Given:
        nonlocal read, expired
        if path.startswith("/slow/"):
            read += 1
            return {"id": path.removeprefix("/slow/")}
        issued = path.partition("skiptoken=")[2]
        if issued and read - int(issued) >= 15:
            expired += 1
            return EXPIRED
        if issued:
            return workflows(*names[30:])
        return workflows(*names[:30], more=f"{vault.graph.url}/v1.0/slow?$skiptoken={read}")

    vault.graph.answer = answer
    manifest = await vault.run(slow, budget=0.0)
    assert set(await vault.records(manifest, "devices")) == set(names)
    assert expired > 3, "more often than a list that brings nothing may"
    asked = [path for path in vault.graph.asked if path.startswith("/slow/")]
    assert sorted(asked) == sorted(f"/slow/{name}" for name in names), "each once"
    assert not any("$batch" in call for call in vault.graph.calls), "that bucket does not bear twenty at once"


async def test_a_list_that_always_expires_without_a_new_object_ends(vault: Vault):
    def answer(path: str) -> Given:
        more = f"{vault.graph.url}/v1.0/policies/crossTenantAccessPolicy/partners?$skiptoken=1"
        return EXPIRED if "skiptoken" in path else listed([{"tenantId": "t"}], **{"@odata.nextLink": more})

    vault.graph.answer = answer
    result = await vault.read(await vault.open("namedLocations"), PARTNERS)
    assert (result.outcome, result.gaps[-1].code) == (Outcome.FAILED, "graphError")
    assert len(vault.graph.asked) < 20


# ---- below parents ---------------------------------------------------------------------------------------------------


def pim(path: str) -> Given:
    if path.startswith("/privilegedAccess/group/resources"):
        return listed([{"groupId": "g1"}, {"groupId": "it's"}])
    if "scopeId eq 'g1'" in path:
        return listed([{"id": "p1", "rules": []}, {"id": "shared", "rules": []}])
    if "scopeId eq 'it''s'" in path:
        return listed([{"id": "p2", "rules": []}, {"id": "shared", "rules": []}])
    return 400, {"error": {"code": "BadRequest", "message": "Invalid filter clause."}}


async def test_children_are_found_by_a_filter_that_names_their_parent(vault: Vault):
    vault.graph.answer = pim
    manifest = await vault.run(POLICIES)
    assert sorted(await vault.records(manifest, POLICIES.key)) == ["p1", "p2", "shared"]
    assert vault.graph.calls[0] == "GET /beta/privilegedAccess/group/resources?$select=groupId"
    assert vault.graph.calls[1] == "POST /v1.0/$batch"
    assert vault.graph.asked[1] == (
        "/policies/roleManagementPolicies?"
        f"$filter=scopeId%20eq%20'g1'%20and%20tenant%20eq%20'{vault.tenant}'&$expand=rules"
    )


async def test_a_child_that_is_no_longer_below_a_parent_is_deleted_without_a_look_for_an_address_it_has_not(
    vault: Vault,
):
    vault.graph.answer = pim
    await vault.run(POLICIES)
    first = len(vault.graph.asked)
    vault.graph.answer = lambda path: listed([]) if "scopeId eq 'it''s'" in path else pim(path)
    result = (await vault.run(POLICIES)).types[POLICIES.key]
    assert (result.objects, result.deleted) == (2, 1)
    *_, last = vault.graph.asked
    assert (len(vault.graph.asked), last) == (2 * first + 1, vault.graph.asked[0]), "the parents, once more"


async def test_a_404_for_children_of_a_parent_without_an_address_is_looked_up_in_the_list_of_parents(vault: Vault):
    parents, refusing = ["g1", "g2"], "g2"

    def answer(path: str) -> Given:
        if path.startswith("/privilegedAccess/group/resources"):
            return listed([{"groupId": one} for one in parents])
        if f"'{refusing}'" in path:
            parents.remove(refusing) if parting else None
            return NOT_FOUND
        return listed([{"id": "p1", "rules": []}])

    vault.graph.answer, parting = answer, False
    assert not (await vault.read(await vault.open(POLICIES.key), POLICIES)).whole, "it is there"
    parting = True
    assert (await vault.run(POLICIES)).types[POLICIES.key].objects == 1


@pytest.mark.parametrize("budget", [60.0, 0.0])
async def test_children_of_a_parent_that_its_list_left_out_are_not_taken_for_deleted(vault: Vault, budget: float):
    shown: list[list[str]] = []

    def answer(path: str) -> Given:
        if path.startswith("/privilegedAccess/group/resources"):
            return listed([{"groupId": one} for one in (shown.pop(0) if shown else ["g1", "g2", "g3"])])
        of = path.partition("scopeId eq '")[2].partition("'")[0]
        return listed([{"id": f"policy of {of}", "rules": []}])

    vault.graph.answer = answer
    await vault.run(POLICIES)
    shown[:] = [["g1", "g3"]]
    first = len(vault.graph.asked)
    result = (await vault.run(POLICIES, budget=60.0)).types[POLICIES.key]
    assert (result.objects, result.created, result.updated, result.deleted) == (3, 0, 0, 0)
    assert len(vault.graph.asked) == 2 * first + 1, "no children are read twice"
    if budget:
        return
    shown[:] = [["g1"]] * 2  # one call reads the children of g1, the next finds that the list is done
    result = (await vault.run(POLICIES, budget=budget)).types[POLICIES.key]
    assert (result.objects, result.deleted) == (3, 0)


async def test_parents_whose_children_are_written_are_not_read_again(vault: Vault):
    entry = ObjectType(
        key="devices",
        title="Methods",
        path="/users/{parent}/authentication/methods",
        read=Read.CHILDREN,
        parent="/users",
        bucket="reports",
    )
    people = [f"u{number}" for number in range(35)]

    def answer(path: str) -> Given:
        if path.startswith("/users?"):
            return listed([{"id": one} for one in people])
        name = path.split("/")[2]
        return listed([] if name == "u1" else [{"id": f"method of {name}"}])

    vault.graph.answer = answer
    manifest = await vault.run(entry, budget=0.0)
    assert len(await vault.records(manifest, "devices")) == 34
    asked = [path for path in vault.graph.asked if path.endswith("/methods")]
    assert sorted(asked) == sorted(f"/users/{one}/authentication/methods" for one in people), "each once"
    assert vault.graph.asked[0] == "/users?$select=id&$top=999"


# ---- ids, filters, expansions ----------------------------------------------------------------------------------------


async def test_an_id_may_lie_under_another_name(vault: Vault):
    there = {name: {"tenantId": name, "lastSeen": name, "isServiceProvider": False} for name in ("t1", "t2", "t3")}
    hidden: set[str] = set()

    def answer(path: str) -> Given:
        name = path.partition("?")[0].removeprefix(PARTNERS.path).strip("/")
        if name:
            return there.get(name, NOT_FOUND)
        return listed([thing for name, thing in there.items() if name not in hidden])

    vault.graph.answer = answer
    first = (await vault.run(PARTNERS)).types["namedLocations"]
    assert [entry["id"] for entry in await lines(vault, first.toc)] == ["t1", "t2", "t3"]
    assert (await lines(vault, first.volatile))[0] == {"id": "t1", "lastSeen": "t1"}
    assert (await lines(vault, first.file))[0] == {"isServiceProvider": False, "tenantId": "t1"}
    hidden.add("t2")
    del there["t3"]
    second = (await vault.run(PARTNERS)).types["namedLocations"]
    assert (second.objects, second.created, second.updated, second.deleted) == (2, 0, 0, 1)


async def test_an_object_without_its_id_fails_the_type(vault: Vault):
    vault.graph.answer = lambda path: listed([{"id": "not this one"}])
    assert (await vault.read(await vault.open("namedLocations"), PARTNERS)).gaps[-1].code == "formatError"


ROLES = ObjectType(
    key="roleDefinitions",
    title="Roles",
    path="/roles",
    select=("id", "displayName"),
    filter="scope eq '/' and name eq 'R&D + Größe'",
    expand=("rules($select=id;$expand=target)", "assignments"),
    page_size=50,
)


async def test_a_list_carries_filter_and_expansion_and_so_does_what_it_missed(vault: Vault):
    role: Json = {"id": "r", "displayName": "R", "rules": [{"id": "1"}], "assignments": []}
    missing = False

    def answer(path: str) -> Given:
        if path.startswith("/roles/r"):
            return role
        return listed([] if missing else [role])

    vault.graph.answer = answer
    await vault.run(ROLES)
    missing = True
    result = (await vault.run(ROLES)).types["roleDefinitions"]
    assert (result.objects, result.updated, result.deleted) == (1, 0, 0), "the same record by either way"
    expand = "$expand=rules($select=id;$expand=target),assignments"
    assert vault.graph.asked == [
        (
            "/roles?$select=id,displayName&$filter=scope%20eq%20'/'%20and%20name%20eq%20'R%26D%20%2B%20Gr%C3%B6%C3%9Fe'"
            f"&{expand}&$top=50"
        )
    ] * 2 + [f"/roles/r?$select=id,displayName&{expand}"]


async def test_what_is_expanded_is_followed_to_its_last_page(vault: Vault):
    def answer(path: str) -> Given:
        if "settings" in path and "skip" in path:
            return listed([{"id": "s3"}])
        if "definitions" in path:
            return listed([{"id": "d2"}])
        if "settings" in path:
            return listed([{"id": "s2"}], **{"@odata.nextLink": f"{vault.graph.url}/v1.0/settings?skip=1"})
        rule = {
            "id": "rule",
            "definitions": [{"id": "d1"}],
            "definitions@odata.nextLink": f"{vault.graph.url}/v1.0/definitions",
        }
        role = {
            "id": "r",
            "displayName": "R",
            "rules": [rule],
            "assignments": [{"id": "s1"}],
            "assignments@odata.nextLink": f"{vault.graph.url}/v1.0/settings",
        }
        return listed([role])

    vault.graph.answer = answer
    [record] = (await vault.records(await vault.run(ROLES), "roleDefinitions")).values()
    assert record["assignments"] == [{"id": "s1"}, {"id": "s2"}, {"id": "s3"}]
    assert record["rules"] == [{"id": "rule", "definitions": [{"id": "d1"}, {"id": "d2"}]}]


async def test_an_expansion_that_breaks_off_fails_the_type(vault: Vault):
    role = {
        "id": "r",
        "displayName": "R",
        "rules": [],
        "assignments": [{"id": "s1"}],
        "assignments@odata.nextLink": f"{vault.graph.url}/v1.0/settings",
    }
    vault.graph.answer = lambda path: NOT_FOUND if "settings" in path else listed([role])
    assert not (await vault.read(await vault.open("roleDefinitions"), ROLES)).whole
