"""Entitlement, workflows, branding, external identities and attributes: purged or changed, and brought back by plans.

The plans are walked step by step in a tenant inside the test; what is asked is whether the tenant then holds what the
records say, and whether the emulated Graph refuses what Graph refuses.
"""

import base64
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from functions.catalogue import TYPES
from functions.core.calls import token
from functions.core.links import targets
from functions.core.links_remap import referred, remapped
from functions.core.plan import Item, LiveState, Options
from functions.core.plan_draft import placed, stage_of
from functions.core.plan_make import Frame, followed_by, items, numbered
from functions.core.plan_rules import Safety
from functions.core.record import RELATIONSHIPS, Object
from functions.restore.live import Live
from tests.roundtrip.inprocess import TENANT, URL, Directory
from tests.roundtrip.walk import Walked, walk

NOW = "2026-11-22T03:00:00Z"
BASE = "/v1.0/identityGovernance/entitlementManagement"
PROVIDER_SECRET = "******"


class Played:
    """A tenant with what a backup would hold of it, and plans that are made and walked."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self.live = Live(directory.client, "global", TENANT)

    def fresh(self) -> None:
        """Forgets what was read."""
        self.live = Live(self.directory.client, "global", TENANT)

    async def ids(self, key: str) -> list[str]:
        return sorted([one async for some in self.live.ids(TYPES[key]) for one in some])

    async def record(self, key: str, identity: str) -> Object:
        entry = TYPES[key]
        names = tuple(link.name for link in entry.relationships)
        held = await self.live.held(entry, identity, {}, names)
        assert held is not None, f"{key} {identity} is not there"
        related: dict[str, Any] = {
            name: [{"id": target.id, "type": target.type} for target in found] for name, found in held.links.items()
        }
        related |= {name: list(found) for name, found in held.parts.items()}
        return {**held.record, **({RELATIONSHIPS: related} if names else {})}

    async def records(self, key: str) -> list[Object]:
        return [await self.record(key, identity) for identity in await self.ids(key)]

    async def named(self, key: str, name: str) -> Object:
        return next(record for record in await self.records(key) if record.get("displayName") == name)

    async def plan(self, things: Sequence[tuple[str, Object]], options: Options | None = None) -> list[Item]:
        """One plan of all of them, ordered by stage."""
        self.fresh()
        options = options or Options()
        states: list[LiveState] = []
        ids: dict[str, str] = {}
        made: dict[str, int] = {}
        for key, record in things:
            entry = TYPES[key]
            assert entry.restore is not None
            identity = str(record[entry.identity]) if entry.identity else key
            state = await self.live.state(entry, identity, {}, followed_by(entry, options))
            states.append(state)
            if state.standing == "gone" and not entry.restore.keeps_id:
                made[identity] = stage_of(entry)
                ids[identity] = token(identity)
        found: list[Item] = []
        for (key, record), state in zip(things, states, strict=True):
            entry = TYPES[key]
            wanted = referred(remapped(record, entry, ids), entry)
            missing = await self.live.missing([one for one in wanted if not one.id.startswith("{")])
            known = LiveState(
                id=state.id,
                standing=state.standing,
                object=state.object,
                links=state.links,
                parts=state.parts,
                missing=missing,
                twins=state.twins,
            )
            frame = Frame(run="2026-11-22T020000Z", graph_url=URL, tenant=TENANT, made=made, now=NOW)
            found += items(record, known, options, entry, ids, frame, Safety())
        return numbered(sorted(found, key=lambda item: item.stage), 1)

    async def restored(self, things: Sequence[tuple[str, Object]], options: Options | None = None) -> Walked:
        walked = await walk(self.directory, await self.plan(things, options))
        assert walked.refused == []
        self.fresh()
        return walked


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Directory]:
    directory = Directory(tmp_path_factory.mktemp("tenant"))
    yield directory
    directory.close()


@pytest.fixture
def played(directory: Directory) -> Played:
    directory.reset()
    return Played(directory)


def parts(record: Object, name: str) -> list[Any]:
    related = record[RELATIONSHIPS]
    assert isinstance(related, dict)
    found = related[name]
    assert isinstance(found, list)
    return found


def address(key: str, record: Object) -> str:
    restore = TYPES[key].restore
    assert restore is not None
    collection, _ = placed(restore.collection, record, TENANT)
    return f"/v1.0{collection}/{record[TYPES[key].identity]}"


# ---- entitlement management ----------------------------------------------------------------------------------------


async def demolished(played: Played) -> dict[str, list[Object]]:
    """A catalog with its packages, policies, roles and assignments purged, the group they are about with it."""
    catalog = await played.named("accessPackageCatalogs", "Harbour operations")
    within = catalog["id"]
    lost: dict[str, list[Object]] = {"accessPackageCatalogs": [catalog]}
    for key in ("accessPackages", "accessPackageAssignmentPolicies"):
        lost[key] = [one for one in await played.records(key) if one["catalog"]["id"] == within]  # type: ignore[index,call-overload]
    packages = {one["id"] for one in lost["accessPackages"]}
    lost["accessPackageAssignments"] = [
        one
        for one in await played.records("accessPackageAssignments")
        if one["accessPackage"]["id"] in packages  # type: ignore[index,call-overload]
    ]
    lost["entitlementRoleAssignments"] = [
        one for one in await played.records("entitlementRoleAssignments") if str(within) in str(one["appScopeId"])
    ]
    group = next(part["originId"] for part in parts(catalog, "resources") if part["originSystem"] == "AadGroup")
    lost["groups"] = [await played.record("groups", str(group))]
    for found in lost.values():
        for record in found:
            played.directory.purge_named(str(record["id"]))
    return lost


async def test_a_catalog_comes_back_with_all_that_hangs_on_it(played: Played):
    lost = await demolished(played)
    things = [(key, record) for key, found in lost.items() for record in found]
    walked = await played.restored(things)

    def new(old: object) -> str:
        return walked.ids[str(old)]

    [catalog] = lost["accessPackageCatalogs"]
    now = await played.record("accessPackageCatalogs", new(catalog["id"]))
    origins = {walked.ids.get(part["originId"], part["originId"]) for part in parts(catalog, "resources")}
    assert {part["originId"] for part in parts(now, "resources")} == origins
    assert [part["displayName"] for part in parts(now, "customWorkflowExtensions")] == [
        part["displayName"] for part in parts(catalog, "customWorkflowExtensions")
    ]
    for package in lost["accessPackages"]:
        there = await played.record("accessPackages", new(package["id"]))
        assert there["catalog"]["id"] == new(catalog["id"])  # type: ignore[index,call-overload]
        given = {part["role"]["originId"] for part in parts(there, "resourceRoleScopes")}
        wanted = {part["role"]["originId"] for part in parts(package, "resourceRoleScopes")}
        group = str(lost["groups"][0]["id"])
        assert given == {origin.replace(group, new(group)) for origin in wanted}
        incompatible = {walked.ids.get(one.id, one.id) for one in targets(package, "incompatibleAccessPackages") or ()}
        assert {one.id for one in targets(there, "incompatibleAccessPackages") or ()} == incompatible
    extensions = {part["id"] for part in parts(now, "customWorkflowExtensions")}
    staged = 0
    for policy in lost["accessPackageAssignmentPolicies"]:
        there = await played.record("accessPackageAssignmentPolicies", new(policy["id"]))
        asked_now = {(part["sequence"], part["text"]) for part in parts(there, "questions")}
        assert asked_now == {(part["sequence"], part["text"]) for part in parts(policy, "questions")}
        for stage in parts(there, "customExtensionStageSettings"):
            assert stage["customExtension"]["id"] in extensions
            staged += 1
    assert staged > 0
    delivered = [one for one in lost["accessPackageAssignments"] if one["state"] == "delivered"]
    automatic = {one["id"] for one in lost["accessPackageAssignmentPolicies"] if one["automaticRequestSettings"]}
    asked = {
        (new(one["accessPackage"]["id"]), one["target"]["objectId"])  # type: ignore[index,call-overload]
        for one in delivered
        if one["assignmentPolicy"]["id"] not in automatic  # type: ignore[index,call-overload]
    }
    there_now = {
        (one["accessPackage"]["id"], one["target"]["objectId"])  # type: ignore[index,call-overload]
        for one in await played.records("accessPackageAssignments")
    }
    assert asked
    assert asked <= there_now
    scopes = {one["appScopeId"] for one in await played.records("entitlementRoleAssignments")}
    assert f"/AccessPackageCatalog/{new(catalog['id'])}" in scopes


async def test_what_a_second_plan_finds_is_what_nobody_can_write(played: Played):
    lost = await demolished(played)
    order = [(key, record) for key, found in lost.items() for record in found if key != "accessPackageAssignments"]
    walked = await played.restored(order)
    again = []
    for key, _ in order:
        for identity in await played.ids(key):
            if identity in walked.ids.values():
                again.append((key, await played.record(key, identity)))
    assert [step for item in await played.plan(again) for step in item.steps] == []


async def test_history_is_told_and_not_assigned_again(played: Played):
    expired = next(one for one in await played.records("accessPackageAssignments") if one["state"] == "expired")
    played.directory.purge_named(str(expired["id"]))
    [item] = await played.plan([("accessPackageAssignments", expired)])
    assert item.steps == ()
    assert "does not come back" in item.gaps[0].what


async def test_an_assignment_whose_time_is_over_is_not_given_again(played: Played):
    held = next(one for one in await played.records("accessPackageAssignments") if one["state"] == "delivered")
    played.directory.purge_named(str(held["id"]))
    over = {**held, "schedule": {"expiration": {"type": "afterDateTime", "endDateTime": "2026-11-01T00:00:00Z"}}}
    [item] = await played.plan([("accessPackageAssignments", over)])
    assert item.steps == ()
    assert "2026-11-01" in item.gaps[0].why


async def test_a_package_without_its_catalog_is_not_created(played: Played):
    catalog = await played.named("accessPackageCatalogs", "Partners")
    package = next(
        one
        for one in await played.records("accessPackages")
        if one["catalog"]["id"] == catalog["id"]  # type: ignore[index,call-overload]
    )
    for record in (package, catalog):
        played.directory.purge_named(str(record["id"]))
    [item] = await played.plan([("accessPackages", package)])
    assert item.steps == ()
    assert item.gaps[0].why.startswith(f"It belongs to the catalog {catalog['id']}")
    nameless = {**package, "catalog": None}
    [item] = await played.plan([("accessPackages", nameless)])
    assert (item.steps, item.gaps[0].what) == ((), f"{package['displayName']} is not created again")


async def test_graph_refuses_what_does_not_fit_together(played: Played):
    call = played.directory.call
    catalogs = await played.records("accessPackageCatalogs")
    first = await played.named("accessPackageCatalogs", "Harbour operations")
    other = await played.named("accessPackageCatalogs", "Partners")
    resource = parts(first, "resources")[0]
    status, _ = await call("POST", f"{BASE}/accessPackages", {"displayName": "Alone"})
    assert status == 400
    again = {
        "requestType": "adminAdd",
        "resource": {"originId": resource["originId"], "originSystem": resource["originSystem"]},
        "catalog": {"id": first["id"]},
    }
    assert (await call("POST", f"{BASE}/resourceRequests", again))[0] == 400
    unknown = {**again, "catalog": {"id": "99999999-2222-3333-4444-555555555555"}}
    assert (await call("POST", f"{BASE}/resourceRequests", unknown))[0] == 404
    package = next(one for one in await played.records("accessPackages") if one["catalog"]["id"] == other["id"])  # type: ignore[index,call-overload]
    role = {
        "originId": resource["roles"][0]["originId"],
        "originSystem": "AadGroup",
        "resource": {"id": resource["id"]},
    }
    scope = {"originId": resource["originId"], "originSystem": "AadGroup", "isRootScope": True}
    path = f"{BASE}/accessPackages/{package['id']}/resourceRoleScopes"
    assert (await call("POST", path, {"role": role, "scope": scope}))[0] == 400
    assert len(await played.records("accessPackageCatalogs")) == len(catalogs)


# ---- workflows -----------------------------------------------------------------------------------------------------


async def test_a_change_of_tasks_makes_a_new_version(played: Played):
    [identity, *_] = await played.ids("lifecycleWorkflows")
    before = await played.record("lifecycleWorkflows", identity)
    workflow = {name: before[name] for name in ("category", "displayName", "executionConditions")}
    task = {"displayName": "Only this", "taskDefinitionId": "6fc52c9d-398b-4305-9763-15f42c1676fc"}
    path = f"/v1.0/identityGovernance/lifecycleWorkflows/workflows/{identity}/createNewVersion"
    status, _ = await played.directory.call("POST", path, {"workflow": {**workflow, "tasks": [task]}})
    assert status == 200
    await played.restored([("lifecycleWorkflows", before)])
    now = await played.record("lifecycleWorkflows", identity)
    assert [one["displayName"] for one in now["tasks"]] == [one["displayName"] for one in before["tasks"]]  # type: ignore[index,union-attr,call-overload]
    assert now["version"] == before["version"] + 2  # type: ignore[operator]


async def test_a_workflow_rests_when_it_is_created_again(played: Played):
    records = await played.records("lifecycleWorkflows")
    record = next(one for one in records if one["isSchedulingEnabled"] is True)
    played.directory.purge_named(str(record["id"]))
    walked = await played.restored([("lifecycleWorkflows", record)])
    now = await played.record("lifecycleWorkflows", walked.ids[str(record["id"])])
    assert (now["isEnabled"], now["isSchedulingEnabled"]) == (record["isEnabled"], False)
    played.directory.purge_named(str(now["id"]))
    walked = await played.restored([("lifecycleWorkflows", record)], Options(state="asRecorded"))
    now = await played.record("lifecycleWorkflows", walked.ids[str(record["id"])])
    assert now["isSchedulingEnabled"] is True


# ---- the tenant as a whole -----------------------------------------------------------------------------------------


async def test_a_language_comes_back_with_its_images(played: Played):
    before = await played.record("organizationalBrandingLocalizations", "nb-NO")
    [image] = parts(before, "bannerLogo")
    played.directory.purge_named("nb-NO")
    await played.restored([("organizationalBrandingLocalizations", before)])
    now = await played.record("organizationalBrandingLocalizations", "nb-NO")
    assert parts(now, "bannerLogo") == [image]
    assert base64.b64decode(image["base64"]).startswith(b"\x89PNG")
    assert now["signInPageText"] == before["signInPageText"]


async def test_a_setting_keeps_the_values_that_are_newer_than_the_backup(played: Played):
    [identity, *_] = await played.ids("groupSettings")
    now = await played.record("groupSettings", identity)
    values: Any = now["values"]
    newer, *older = values
    record = {**now, "values": [{**older[0], "value": "changed"}, *older[1:]]}
    [item] = await played.plan([("groupSettings", record)])
    [step] = item.steps
    assert newer in step.body["values"]
    status, answer = await played.directory.call("PATCH", address("groupSettings", now), {"values": older})
    assert status == 400
    assert answer["error"]["message"].startswith(f"The expected property '{newer['name']}' defined in template with ")
    assert (await walk(played.directory, [item])).refused == []


async def test_a_domain_is_neither_added_nor_federated(played: Played):
    records = await played.records("domains")
    federated = next(one for one in records if one["authenticationType"] == "Federated")
    [item] = await played.plan([("domains", {**federated, "authenticationType": "Managed"})])
    assert item.steps == ()
    assert any("no plan writes it" in gap.why for gap in item.gaps)
    played.directory.purge_named(str(federated["id"]))
    [item] = await played.plan([("domains", federated)])
    assert item.steps == ()
    assert "does not come back" in item.gaps[0].what


async def test_values_of_an_attribute_come_back_whatever_they_are_called(played: Played):
    before = await played.record("customSecurityAttributeDefinitions", "Crew_Vessels")
    played.directory.purge_named("Crew_Vessels")
    for part in parts(before, "allowedValues"):
        played.directory.purge_named(f"Crew_Vessels/{part['id']}")
    await played.restored([("customSecurityAttributeDefinitions", before)])
    now = await played.record("customSecurityAttributeDefinitions", "Crew_Vessels")
    wanted = sorted((part["id"], part["isActive"]) for part in parts(before, "allowedValues"))
    assert sorted((part["id"], part["isActive"]) for part in parts(now, "allowedValues")) == wanted
    assert any(" " in name for name, _ in wanted)


async def test_predefined_values_are_not_required_again(played: Played):
    path = "/v1.0/directory/customSecurityAttributeDefinitions/Crew_Clearance"
    before = await played.record("customSecurityAttributeDefinitions", "Crew_Clearance")
    assert (await played.directory.call("PATCH", path, {"usePreDefinedValuesOnly": False}))[0] == 204
    assert (await played.directory.call("PATCH", path, {"usePreDefinedValuesOnly": True}))[0] == 400
    [item] = await played.plan([("customSecurityAttributeDefinitions", before)])
    assert item.steps == ()
    assert any("usePreDefinedValuesOnly" in gap.why for gap in item.gaps)


# ---- external identities -------------------------------------------------------------------------------------------


async def test_a_user_flow_comes_back_under_its_name(played: Played):
    before = await played.record("b2xUserFlows", "B2X_1_PartnerSignUp")
    played.directory.purge_named("B2X_1_PartnerSignUp")
    await played.restored([("b2xUserFlows", before)])
    now = await played.record("b2xUserFlows", "B2X_1_PartnerSignUp")
    assert [one["id"] for one in now["identityProviders"]] == [one["id"] for one in before["identityProviders"]]  # type: ignore[index,union-attr,call-overload]
    for name in ("userAttributeAssignments", "languages"):
        assert sorted(part["id"] for part in parts(now, name)) == sorted(part["id"] for part in parts(before, name))


async def test_a_masked_secret_is_never_sent(played: Played):
    [identity, *_] = await played.ids("authenticationEventsFlows")
    before = await played.record("authenticationEventsFlows", identity)
    assert PROVIDER_SECRET in str(before)
    played.directory.purge_named(identity)
    found = await played.plan([("authenticationEventsFlows", before)])
    assert PROVIDER_SECRET not in str([step.body for item in found for step in item.steps])
    assert (await walk(played.directory, found)).refused == []


async def test_a_listener_names_the_new_extension(played: Played):
    extensions = await played.records("customAuthenticationExtensions")
    extension = next(one for one in extensions if one["displayName"] == "Carrier claims")
    listener = next(one for one in await played.records("authenticationEventListeners") if one["displayName"])
    for record in (extension, listener):
        played.directory.purge_named(str(record["id"]))
    things = [("customAuthenticationExtensions", extension), ("authenticationEventListeners", listener)]
    steps = [step for item in await played.plan(things) for step in item.steps]
    assert steps[-1].body["handler"]["customExtension"] == {"id": token(str(extension["id"]))}
    walked = await played.restored(things)
    now = await played.record("authenticationEventListeners", walked.ids[str(listener["id"])])
    assert now["handler"]["customExtension"]["id"] == walked.ids[str(extension["id"])]  # type: ignore[index,call-overload]
