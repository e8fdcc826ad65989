"""Properties with a permission of their own, values of directory extensions, and what only beta lists."""

import uuid
from collections.abc import AsyncIterator

import pytest

from functions.backup.extras import LONGEST_URL
from functions.catalogue.model import Extra, ObjectType, Outcome, Read
from functions.catalogue.refusals import refused, unlicensed
from tests.flow.backup_world import DENIED, NOT_FOUND, Given, Image, Json, Vault, listed, open_vault

UNLICENSED = (
    403,
    {"error": {"code": "Authentication_RequestFromNonPremiumTenantOrB2CTenant", "message": "Premium is needed."}},
)
SLOW_DOWN = (429, {"error": {"code": "TooManyRequests", "message": "Slow down."}})
BAD = (400, {"error": {"code": "BadRequest", "message": "Could not find a property named 'secretive'."}})
LEAVING = Extra(select=("leaving",), read_scopes=("User-LifeCycleInfo.Read.All",))
ACTIVITY = Extra(select=("activity", "riskLevel"), read_scopes=("AuditLog.Read.All",), licence="Entra ID P1")
USERS = ObjectType(
    key="users",
    title="Users",
    path="/users",
    select=("id", "displayName"),
    page_size=999,
    filter="userType eq 'Guest'",
    extras=(LEAVING, ACTIVITY),
    read_scopes=("User.Read.All",),
    tolerates=(*unlicensed(), *refused("User.Read.All")),
)
VALUED = ObjectType(key="users", title="Users", path="/users", select=("id", "displayName"), extension_values="User")
POLICIES = ObjectType(
    key="conditionalAccessPolicies",
    title="Policies",
    path="/identity/conditionalAccess/policies",
    bucket="conditionalAccess",
    also_beta=True,
    read_scopes=("Policy.Read.All",),
)


@pytest.fixture
async def vault(azurite: str) -> AsyncIterator[Vault]:
    async with open_vault(azurite, str(uuid.uuid4())) as vault:
        yield vault


def person(path: str, **more: object) -> Json:
    """A user with what the query selects."""
    names = path.partition("$select=")[2].partition("&")[0].split(",")
    return {"id": "ann", **{name: f"{name} of ann" for name in names if name != "id"}, **more}


# ---- extras ----------------------------------------------------------------------------------------------------------


async def test_properties_that_may_be_read_are_selected_with_the_others(vault: Vault):
    vault.graph.answer = lambda path: listed([person(path)])
    result = (await vault.run(USERS)).types["users"]
    assert (result.outcome, result.gaps) == (Outcome.READ, ())
    where = "$filter=userType%20eq%20'Guest'"
    assert vault.graph.asked == [
        f"/users?$select=id,leaving&{where}&$top=1",
        f"/users?$select=id,activity,riskLevel&{where}&$top=1",
        f"/users?$select=id,displayName,leaving,activity,riskLevel&{where}&$top=999",
    ]


@pytest.mark.parametrize(
    ("refusal", "code", "word"),
    [(DENIED, "permissionMissing", "AuditLog.Read.All"), (UNLICENSED, "licenceMissing", "Entra ID P1")],
)
async def test_a_refused_extra_is_left_out_and_leaves_the_type_partial(
    vault: Vault, refusal: Given, code: str, word: str
):
    vault.graph.answer = lambda path: refusal if "activity" in path else listed([person(path)])
    manifest = await vault.run(USERS)
    result = manifest.types["users"]
    assert (result.outcome, result.whole) == (Outcome.PARTIAL, True)
    [gap] = result.gaps
    assert (gap.code, "activity, riskLevel" in gap.message) == (code, True)
    assert word in gap.remedy
    assert " User.Read.All" not in gap.remedy, "that one is granted"
    assert set((await vault.records(manifest, "users"))["ann"]) == {"id", "displayName", "leaving"}


async def test_a_refused_type_names_its_own_permission_alone(vault: Vault):
    vault.graph.answer = lambda path: DENIED
    result = await vault.read(await vault.open("users"), USERS)
    [gap] = result.gaps
    assert (result.outcome, gap.code) == (Outcome.REFUSED, "permissionMissing")
    assert "User.Read.All" in gap.remedy
    assert "AuditLog" not in gap.remedy


async def test_what_a_list_missed_is_read_with_the_same_properties(vault: Vault):
    missing = False

    def answer(path: str) -> Given:
        if "activity" in path:
            return DENIED
        if path.startswith("/users/ann"):
            return person(path)
        return listed([] if missing and "$top=1&" not in path + "&" else [person(path)])

    vault.graph.answer = answer
    await vault.run(USERS)
    missing = True
    result = (await vault.run(USERS)).types["users"]
    assert (result.objects, result.updated, result.deleted) == (1, 0, 0)


async def test_an_extra_that_fails_otherwise_fails_the_type(vault: Vault):
    vault.graph.answer = lambda path: BAD if "activity" in path else listed([person(path)])
    assert (await vault.read(await vault.open("users"), USERS)).outcome is Outcome.FAILED


async def test_an_extra_is_tried_once_however_many_activities_the_read_takes(vault: Vault):
    throttled = True

    def answer(path: str) -> Given:
        if "leaving" in path and "displayName" not in path:
            return DENIED
        if "activity" in path and throttled:
            return SLOW_DOWN
        more = {} if "skip" in path else {"@odata.nextLink": f"{vault.graph.url}/v1.0/users?skip=1"}
        name = "ben" if "skip" in path else "ann"
        return listed([{"id": name, "displayName": name, "activity": 1, "riskLevel": None}], **more)

    vault.graph.answer = answer
    plan = await vault.open("users")
    last = await vault.call(plan, USERS, None)
    assert last.wait > 0
    throttled = False
    while last.result is None:
        last = await vault.call(plan, USERS, last, 0.0)
    assert (last.result.outcome, last.result.objects) == (Outcome.PARTIAL, 2)
    assert [gap.code for gap in last.result.gaps] == ["permissionMissing"]
    probes = [path for path in vault.graph.asked if "$top=1&" in path + "&"]
    assert len([path for path in probes if "leaving" in path]) == 1
    assert not any("leaving" in path for path in vault.graph.asked if path not in probes)


async def test_a_property_this_cloud_lacks_is_not_tried(vault: Vault):
    entry = ObjectType(
        key="users",
        title="Users",
        path="/users",
        select=("id",),
        extras=(ACTIVITY, LEAVING),
        missing_properties={"local": frozenset({"leaving", "riskLevel"})},
    )
    vault.graph.answer = lambda path: listed([person(path)])
    await vault.run(entry)
    assert vault.graph.asked == ["/users?$select=id,activity", "/users?$select=id,activity"]


async def test_an_extra_of_one_object_is_tried_where_it_is(vault: Vault):
    entry = ObjectType(
        key="organization", title="It", path="/it", read=Read.ONE, identity="", select=("a",), extras=(LEAVING,)
    )
    vault.graph.answer = lambda path: NOT_FOUND
    assert (await vault.run(entry)).types["organization"].outcome is Outcome.READ
    vault.graph.answer = lambda path: DENIED if "leaving" in path else {"a": 1}
    assert (await vault.run(entry)).types["organization"].outcome is Outcome.PARTIAL
    assert vault.graph.asked[0] == "/it?$select=leaving"


# ---- directory extensions --------------------------------------------------------------------------------------------


def extension(name: str, *targets: str) -> Json:
    return {"id": name, "name": name, "targetObjects": list(targets), "dataType": "String"}


async def test_values_of_directory_extensions_are_selected_by_name(vault: Vault):
    def posted(path: str, body: bytes) -> Given:
        assert (path, body) == ("/directoryObjects/getAvailableExtensionProperties", b"{}")
        more = {"@odata.nextLink": f"{vault.graph.url}/v1.0/directoryObjects/more"}
        return listed([extension("extension_9_b", "User"), extension("extension_9_g", "Group")], **more)

    def answer(path: str) -> Given:
        if path.startswith("/directoryObjects"):
            return listed([extension("extension_1_a", "Group", "User")])
        return listed([{"id": "ann", "displayName": "Ann", "extension_9_b": "value"}])

    vault.graph.answer, vault.graph.posted = answer, posted
    manifest = await vault.run(VALUED)
    assert vault.graph.asked[-1] == "/users?$select=id,displayName,extension_1_a,extension_9_b"
    result = manifest.types["users"]
    assert (result.outcome, result.gaps) == (Outcome.READ, ()), "a value that was never set does not come back"
    assert (await vault.records(manifest, "users"))["ann"]["extension_9_b"] == "value"


@pytest.mark.parametrize("applications", [True, False])
async def test_where_all_extensions_are_refused_those_of_own_apps_are_read(vault: Vault, applications: bool):
    def answer(path: str) -> Given:
        if path == "/applications?$select=id&$expand=extensionProperties":
            own = [extension("extension_1_a", "User"), extension("extension_1_g", "Group")]
            return listed([{"id": "x", "extensionProperties": own}]) if applications else DENIED
        return listed([person(path)])

    vault.graph.posted = lambda path, body: DENIED
    vault.graph.answer = answer
    manifest = await vault.run(VALUED)
    result = manifest.types["users"]
    read = {name for name in (await vault.records(manifest, "users"))["ann"] if name.startswith("extension_")}
    assert read == ({"extension_1_a"} if applications else set())
    assert (result.outcome, {gap.code for gap in result.gaps}) == (Outcome.PARTIAL, {"permissionMissing"})
    assert "apps of other tenants" in result.gaps[0].message
    scopes = ["Directory.Read.All", *(() if applications else ("Application.Read.All",))]
    assert all(scope in gap.remedy for scope, gap in zip(scopes, result.gaps, strict=True))


async def test_extensions_that_no_request_can_name_are_named_in_the_gap(vault: Vault):
    names = [f"extension_0123456789abcdef0123456789abcdef_attribute{number:03}" for number in range(90)]
    vault.graph.posted = lambda path, body: listed([extension(name, "User") for name in reversed(names)])
    vault.graph.answer = lambda path: listed([person(path)])
    manifest = await vault.run(VALUED)
    result = manifest.types["users"]
    [gap] = result.gaps
    assert (result.outcome, gap.code) == (Outcome.PARTIAL, "extensionValuesLeftOut")
    read = {name for name in (await vault.records(manifest, "users"))["ann"] if name.startswith("extension_")}
    assert read == set(names[: len(read)])
    assert f"{90 - len(read)} of 90" in gap.message
    assert all((name in gap.message) is (name not in read) for name in names)
    longest = max(len(path) for path in vault.graph.asked)
    assert LONGEST_URL - len(names[0]) <= longest <= LONGEST_URL


@pytest.mark.parametrize("principals", [1000, 1001])
async def test_an_empty_answer_is_not_believed_of_a_large_tenant(vault: Vault, principals: int):
    many = [extension(f"extension_2_{number:02}", "User") for number in range(30)]

    def answer(path: str) -> Given:
        if path == "/servicePrincipals/$count":
            return Image(f"\ufeff{principals}".encode(), "text/plain")
        if path == "/applications?$select=id&$expand=extensionProperties":
            own = [extension("extension_1_a", "User"), extension("extension_1_g", "Group")]
            return listed([{"id": "x", "extensionProperties": own}, {"id": "y", "extensionProperties": many[:20]}])
        return listed(many) if path == "/applications/y/extensionProperties" else listed([person(path)])

    vault.graph.posted = lambda path, body: listed([])
    vault.graph.answer = answer
    manifest = await vault.run(VALUED)
    result = manifest.types["users"]
    read = {name for name in (await vault.records(manifest, "users"))["ann"] if name.startswith("extension_")}
    large = principals > 1000
    assert read == ({"extension_1_a", *(one["name"] for one in many)} if large else set())
    told = ["extensionsOfOthersUnknown"] if large else []
    assert (result.outcome, [gap.code for gap in result.gaps]) == (Outcome.READ, told)


async def test_extensions_that_cannot_be_asked_for_fail_the_type(vault: Vault):
    vault.graph.posted = lambda path, body: {"value": [{"id": "no name"}]}
    vault.graph.answer = lambda path: listed([person(path)])
    assert (await vault.read(await vault.open("users"), VALUED)).outcome is Outcome.FAILED


# ---- what only beta lists --------------------------------------------------------------------------------------------

STABLE = {"id": "stable", "displayName": "Stable", "state": "enabled"}
PREVIEW = {"id": "preview", "displayName": "Preview", "conditions": {"new": True}}


def policy(path: str, *there: Json) -> Given:
    name = path.partition("?")[0].removeprefix(POLICIES.path).strip("/")
    return next((one for one in there if one["id"] == name), NOT_FOUND) if name else listed(there)


async def test_what_only_beta_lists_is_read_from_beta(vault: Vault):
    vault.graph.answer = lambda path: policy(path, STABLE)
    vault.graph.beta = lambda path: policy(path, {**STABLE, "more": 1}, PREVIEW)
    manifest = await vault.run(POLICIES)
    result = manifest.types[POLICIES.key]
    records = await vault.records(manifest, POLICIES.key)
    assert records == {"stable": STABLE, "preview": PREVIEW}, "v1.0 speaks for what it knows"
    assert (result.outcome, [gap.code for gap in result.gaps]) == (Outcome.READ, ["onlyInBeta"])
    assert "leaves out 1;" in result.gaps[0].message
    again = (await vault.run(POLICIES)).types[POLICIES.key]
    assert (again.objects, again.updated, again.deleted) == (2, 0, 0)


async def test_nothing_is_said_of_beta_when_it_has_no_more(vault: Vault):
    vault.graph.answer = lambda path: policy(path, STABLE)
    assert (await vault.run(POLICIES)).types[POLICIES.key].gaps == ()


async def test_a_policy_of_beta_that_both_lists_left_out_is_not_taken_for_deleted(vault: Vault):
    vault.graph.answer = lambda path: policy(path, STABLE)
    vault.graph.beta = lambda path: policy(path, STABLE, PREVIEW)
    await vault.run(POLICIES)
    vault.graph.beta = lambda path: PREVIEW if path.endswith("/preview") else policy(path, STABLE)
    result = (await vault.run(POLICIES)).types[POLICIES.key]
    assert (result.objects, result.deleted) == (2, 0)
    vault.graph.beta = lambda path: policy(path, STABLE)
    assert (await vault.run(POLICIES)).types[POLICIES.key].deleted == 1


async def test_a_beta_that_refuses_leaves_the_type_partial(vault: Vault):
    vault.graph.answer, vault.graph.beta = lambda path: policy(path, STABLE), lambda path: DENIED
    result = (await vault.run(POLICIES)).types[POLICIES.key]
    assert (result.outcome, result.objects) == (Outcome.PARTIAL, 1)
    assert [gap.code for gap in result.gaps] == ["permissionMissing"]


async def test_a_policy_that_only_a_refusing_beta_could_show_is_not_taken_for_deleted(vault: Vault):
    vault.graph.answer = lambda path: policy(path, STABLE)
    vault.graph.beta = lambda path: policy(path, STABLE, PREVIEW)
    await vault.run(POLICIES)
    vault.graph.beta = lambda path: DENIED
    result = await vault.read(await vault.open(POLICIES.key), POLICIES)
    assert (result.whole, result.deleted) == (False, 0)
