"""Choosing types, looking ahead and comparing over the API's own handlers, on real storage and a scripted Graph."""

import base64
import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from functions.api import backups, diffs, objects, types
from functions.api.bodies import Body, ChooseTypes, LookAhead, StartBackup
from functions.api.call import Request
from functions.api.params import Path, Query
from functions.api.principal import LAPTOP
from functions.backup import activities
from functions.catalogue import TYPES
from functions.catalogue.choice import enabled
from functions.catalogue.model import ObjectType, Preset
from functions.core.manifest import Manifest
from functions.errors import CallerError
from functions.graph.factory import reader
from functions.services import Services
from functions.settings import Secret, Settings
from tests.flow.backup_world import DENIED, NOT_FOUND, Given, Vault, listed, open_vault

PLAIN = {key: ObjectType(key=key, title=key, path=TYPES[key].path) for key in ("users", "namedLocations", "groups")}
SKUS = {
    "value": [
        {
            "capabilityStatus": "Enabled",
            "servicePlans": [{"servicePlanName": "AAD_PREMIUM", "provisioningStatus": "Success"}],
        },
        {
            "capabilityStatus": "Suspended",
            "servicePlans": [{"servicePlanName": "INTUNE_A", "provisioningStatus": "Success"}],
        },
    ]
}


@pytest.fixture
async def vault(azurite: str) -> AsyncIterator[Vault]:
    async with open_vault(azurite, str(uuid.uuid4())) as vault:
        vault.graph.answer = lambda path: SKUS if path.endswith("/subscribedSkus") else NOT_FOUND
        yield vault


def token(*roles: str) -> str:
    claims = base64.urlsafe_b64encode(json.dumps({"roles": roles}).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJub25lIn0.{claims}."


def asking(vault: Vault, body: Body | None = None, *, held: str = "token", cloud: str = "local", **named: Any) -> Any:
    settings = Settings(tenant_id=vault.tenant, graph_url=vault.graph.url, cloud=cloud, graph_token=Secret(held))
    client = vault.client if held == "token" else reader(settings, pace=0.0)
    here = Services(settings, vault.stores, vault.clock, {"reader": client})
    path = Path(type=named.pop("type", ""), id=named.pop("id", ""))
    return Request(
        caller=LAPTOP, path=path, query=Query(**named), body=body or Body(), origin="http://here", services=here
    )


async def said(handler: Any, request: Any) -> Any:
    try:
        return json.loads((await handler(request)).body)
    finally:
        if request.services.reader is not None and request.services.settings.graph_token.reveal() != "token":
            await request.services.reader.aclose()


async def test_without_a_choice_the_standard_types_are_backed_up(vault: Vault):
    shown = await said(types.show_choice, asking(vault))
    standard = [key for key, entry in TYPES.items() if entry.preset in {Preset.ESSENTIAL, Preset.STANDARD}]
    assert (shown["preset"], shown["enabled"], shown["changedAt"]) == ("standard", standard, "")
    assert set(shown["presets"]["essential"]) < set(shown["presets"]["standard"]) < set(shown["presets"]["everything"])
    assert set(TYPES) - set(shown["presets"]["everything"]) == {"userAuthenticationMethods"}


async def test_a_choice_is_kept_and_its_consequences_are_told(vault: Vault):
    body = ChooseTypes(preset=Preset.ESSENTIAL, on=["devices"], off=["users", "deletedGroups"])
    shown = await said(types.choose_types, asking(vault, body))
    assert "devices" in shown["enabled"]
    assert "users" not in shown["enabled"]
    assert {"users", "deletedUsers"} & set(shown["enabled"]) == set()
    told = {(warning["type"], warning["code"]) for warning in shown["warnings"]}
    assert ("users", "dependedOn") in told
    assert ("deletedGroups", "recycleBin") in told
    users = next(warning["message"] for warning in shown["warnings"] if warning["type"] == "users")
    assert "conditionalAccessPolicies" in users
    again = await said(types.show_choice, asking(vault))
    assert (again["enabled"], again["on"], again["changedBy"]) == (shown["enabled"], ["devices"], LAPTOP.label)
    assert again["changedAt"] == "2026-11-22T02:00:00Z"


async def test_everything_says_that_it_copies_secrets(vault: Vault):
    shown = await said(types.choose_types, asking(vault, ChooseTypes(preset=Preset.EVERYTHING)))
    secret = {warning["type"] for warning in shown["warnings"] if warning["code"] == "holdsSecrets"}
    assert secret == {key for key, entry in TYPES.items() if entry.private}
    assert secret


async def test_the_timer_backs_up_what_was_chosen(vault: Vault, monkeypatch: pytest.MonkeyPatch):
    await vault.stores.choices.choose_types(
        types.Choice(Preset.ESSENTIAL, frozenset(), frozenset({"users"})), at="2026-11-22T02:00:00Z", by="test"
    )
    started: list[Any] = []

    class Starter:
        async def get_status(self, instance_id: str) -> Any:
            return None

        async def start_new(self, name: str, instance_id: str, client_input: Any) -> str:
            started.append(client_input)
            return instance_id

    async def services() -> Services:
        return asking(vault).services

    monkeypatch.setattr(activities, "services", services)
    await activities.scheduled(Starter(), past_due=False)
    row = await vault.stores.choices.types()
    assert list(started[0]["types"]) == list(enabled(row.choice, TYPES.values()))
    assert "users" not in started[0]["types"]


async def test_the_token_is_held_against_what_the_types_need(vault: Vault):
    held = token("User.Read.All", "Group.ReadWrite.All", "Mail.Read")
    found = await said(
        types.look_ahead, asking(vault, LookAhead(types=["users", "groups", "namedLocations"]), held=held)
    )
    assert found["permissionsKnown"]
    assert {"User.Read.All", "Group.Read.All", "Policy.Read.All"} <= set(found["permissions"])
    assert found["missing"]["Policy.Read.All"] == ["namedLocations"]
    assert {"User.Read.All", "Group.Read.All"} & set(found["missing"]) == set(), "to write is also to read"
    assert found["spare"] == ["Group.ReadWrite.All", "Mail.Read"]
    assert "Policy.Read.All" in found["types"]["namedLocations"][0]["remedy"]


async def test_licences_are_told_from_the_subscriptions_in_force(vault: Vault):
    intune = next(key for key, entry in TYPES.items() if entry.licence == "Microsoft Intune")
    body = LookAhead(types=["namedLocations", intune])
    found = await said(types.look_ahead, asking(vault, body))
    assert found["licences"] == {"Entra ID P1": "present", "Microsoft Intune": "missing"}
    assert [gap["code"] for gap in found["types"][intune]] == ["licenceMissing"]
    vault.graph.answer = lambda path: DENIED
    found = await said(types.look_ahead, asking(vault, body))
    assert set(found["licences"].values()) == {"unknown"}
    assert found["types"] == {}


async def test_a_token_that_says_nothing_leaves_permissions_unknown(vault: Vault):
    found = await said(types.look_ahead, asking(vault, LookAhead(types=["users"])))
    assert (found["permissionsKnown"], found["missing"], found["spare"]) == (False, {}, [])


async def test_types_that_do_not_exist_in_the_cloud_need_nothing(vault: Vault):
    key = next(key for key, entry in TYPES.items() if "usGov" in entry.missing_in)
    found = await said(types.look_ahead, asking(vault, LookAhead(types=[key]), cloud="usGov"))
    assert found["permissions"] == []
    assert [gap["code"] for gap in found["types"][key]] == ["notInThisCloud"]


async def test_each_type_says_how_it_stands(vault: Vault):
    def answer(path: str) -> Given:
        return DENIED if "Locations" in path else listed([{"id": "a", "displayName": "A"}])

    vault.graph.answer = answer
    plan = await vault.open("users", "namedLocations")
    results = {key: await vault.read(plan, TYPES[key] if key == "namedLocations" else PLAIN[key]) for key in plan.bases}
    await vault.commit(plan, results)
    await vault.stores.choices.choose_types(types.Choice(off=frozenset({"groups"})), at="", by="")
    shown = {item["key"]: item for item in (await said(types.list_types, asking(vault, cloud="usGov")))["types"]}
    assert set(shown) == set(TYPES)
    assert (shown["users"]["status"], shown["users"]["last"]["objects"]) == ("read", 1)
    assert "remedy" not in shown["users"]
    assert shown["namedLocations"]["status"] == "refused"
    assert "Policy.Read.All" in shown["namedLocations"]["remedy"]
    assert (shown["groups"]["status"], shown["groups"]["enabled"]) == ("off", False)
    assert shown["applications"]["status"] == "neverRead"
    absent = next(
        key for key, entry in TYPES.items() if "usGov" in entry.missing_in and entry.preset is Preset.STANDARD
    )
    assert shown[absent]["status"] == "notInThisCloud"
    assert [key for key, item in shown.items() if item["status"] != "read" and not item.get("remedy")] == []


# Comparing


async def two_runs(vault: Vault, before: Any, after: Any) -> tuple[Manifest, Manifest]:
    manifests = []
    for users in (before, after):
        vault.graph.answer = lambda path, users=users: NOT_FOUND if "/users/" in path else listed(users)
        manifests.append(await vault.run(PLAIN["users"]))
    return manifests[0], manifests[1]


ANNA, BERT, CARL = (str(uuid.UUID(int=number)) for number in (1, 2, 3))


async def test_two_runs_are_compared_and_paged(vault: Vault):
    first, second = await two_runs(
        vault,
        [{"id": ANNA, "displayName": "Anna"}, {"id": BERT, "displayName": "Bert"}],
        [{"id": ANNA, "displayName": "Anna B."}, {"id": CARL, "displayName": "Carl"}],
    )
    shown = await said(diffs.diff_type, asking(vault, type="users", top=2))
    assert (shown["from"]["runId"], shown["to"]["runId"]) == (first.run_id, second.run_id)
    assert (shown["created"], shown["updated"], shown["deleted"]) == (1, 1, 1)
    assert [(change["id"], change["change"]) for change in shown["changes"]] == [(ANNA, "updated"), (BERT, "deleted")]
    assert shown["changes"][0]["properties"] == ["displayName"]
    assert shown["changes"][1]["fate"] == "unknown"
    rest = await said(diffs.diff_type, asking(vault, type="users", top=2, cursor=shown["nextCursor"]))
    assert [change["id"] for change in rest["changes"]] == [CARL]
    assert "nextCursor" not in rest


@pytest.mark.parametrize(
    ("named", "slug"),
    [
        ({"type": "groups"}, "typeNotInRun"),
        ({"type": "users", "from_": "2020-01-01T000000Z"}, "unknownRun"),
        ({"type": "signIns"}, "logType"),
        ({"type": "users", "cursor": "AAAAAAAAAAAAAAAA"}, "invalidCursor"),
    ],
)
async def test_what_cannot_be_compared_is_refused_by_name(vault: Vault, named: dict[str, str], slug: str):
    await two_runs(vault, [], [])
    with pytest.raises(CallerError) as refusal:
        await diffs.diff_type(asking(vault, **named))
    assert refusal.value.slug == slug


async def test_an_object_is_compared_by_path_with_names_beside_ids(vault: Vault):
    first, second = await two_runs(
        vault,
        [{"id": ANNA, "displayName": "Anna", "address": {"city": "Halden"}, "phones": ["1", "2"], "note": BERT}],
        [{"id": ANNA, "displayName": "Anna", "address": {"city": "Moss"}, "phones": ["2", "3"], "note": None}],
    )
    shown = await said(diffs.diff_object, asking(vault, type="users", id=ANNA))
    assert (shown["change"], shown["from"]["at"], shown["to"]["at"]) == ("updated", first.run_id, second.run_id)
    assert shown["properties"] == [
        {"path": "address.city", "before": "Halden", "after": "Moss"},
        {"path": "note", "before": BERT, "after": None},
        {"path": "phones", "added": ["3"], "removed": ["1"]},
    ]


async def test_an_object_that_came_or_went_is_told_so(vault: Vault):
    first, second = await two_runs(vault, [{"id": ANNA, "displayName": "Anna"}], [{"id": BERT, "displayName": "Bert"}])
    for identity, change in ((ANNA, "deleted"), (BERT, "created")):
        named = {"type": "users", "id": identity, "from_": first.run_id, "to": second.run_id}
        shown = await said(diffs.diff_object, asking(vault, **named))
        assert (shown["change"], shown["properties"]) == (change, [])


async def test_an_object_is_compared_with_the_tenant_as_it_is_now(vault: Vault):
    now: dict[str, Any] = {"id": ANNA, "displayName": "Anna", "jobTitle": "Mate", "accountEnabled": True}

    def answer(path: str) -> Given:
        if path.startswith(f"/users/{ANNA}?"):
            assert "jobTitle" in path, "what a backup selects is selected"
            return now
        if path.startswith(f"/users/{ANNA}/manager"):
            return {"id": BERT, "@odata.type": "#microsoft.graph.user"}
        if path.startswith(f"/users/{ANNA}/"):
            return listed([])
        return listed([])

    vault.graph.answer = lambda path: listed([{**now, "jobTitle": "Deckhand"}])
    await vault.run(ObjectType(key="users", title="Users", path="/users"))
    vault.graph.answer = answer
    shown = await said(diffs.diff_object, asking(vault, type="users", id=ANNA, to="live"))
    assert shown["to"] == {"at": "live", "object": "live"}
    assert {"path": "jobTitle", "before": "Deckhand", "after": "Mate"} in shown["properties"]
    vault.graph.answer = lambda path: NOT_FOUND if f"/{ANNA}" in path else listed([])
    shown = await said(diffs.diff_object, asking(vault, type="users", id=ANNA, to="live"))
    assert (shown["change"], shown["to"]["object"]) == ("deleted", "gone")


async def test_a_policy_that_only_beta_knows_is_compared_with_beta(vault: Vault):
    policy = {"id": ANNA, "displayName": "Preview", "state": "enabled"}
    entry = TYPES["conditionalAccessPolicies"]

    def there(path: str, *policies: Any) -> Given:
        return next(iter(policies), NOT_FOUND) if f"/{ANNA}" in path else listed(policies)

    vault.graph.answer = lambda path: there(path)
    vault.graph.beta = lambda path: there(path, policy)
    await vault.run(entry)
    vault.graph.beta = lambda path: there(path, {**policy, "state": "disabled"})
    shown = await said(diffs.diff_object, asking(vault, type=entry.key, id=ANNA, to="live"))
    assert (shown["change"], shown["to"]["object"]) == ("updated", "live")
    assert shown["properties"] == [{"path": "state", "before": "enabled", "after": "disabled"}]
    vault.graph.beta = None
    shown = await said(diffs.diff_object, asking(vault, type=entry.key, id=ANNA, to="live"))
    assert (shown["change"], shown["to"]["object"]) == ("deleted", "gone")


async def test_nothing_is_said_of_extension_values_that_cannot_be_read_now(vault: Vault):
    now = {"id": ANNA, "displayName": "Anna", "extension_1_a": "kept", "extension_9_b": "other"}

    def answer(path: str) -> Given:
        if path.startswith("/applications?"):
            own = {"name": "extension_1_a", "targetObjects": ["User"]}
            return listed([{"id": "x", "extensionProperties": [own]}])
        if path.startswith(f"/users/{ANNA}/manager"):
            return NOT_FOUND
        return {"id": ANNA, "displayName": "Anna"} if f"/users/{ANNA}?" in path else listed([])

    vault.graph.answer = lambda path: listed([now])
    await vault.run(PLAIN["users"])
    vault.graph.answer, vault.graph.posted = answer, lambda path, body: DENIED
    shown = await said(diffs.diff_object, asking(vault, type="users", id=ANNA, to="live"))
    assert {"path": "extension_1_a", "before": "kept"} in shown["properties"], "asked for, and not there"
    assert "extension_9_b" not in {change["path"] for change in shown["properties"]}


async def test_an_earlier_run_says_nothing_of_what_became_of_later_objects(vault: Vault):
    first, second = await moment(vault, [], []), await moment(vault, [ANNA], [])
    shown = await said(diffs.diff_type, asking(vault, type="users", from_=second, to=first))
    assert [(change["change"], change["fate"]) for change in shown["changes"]] == [("deleted", "unknown")]


async def test_with_no_type_switched_on_nothing_is_started(vault: Vault):
    await said(types.choose_types, asking(vault, ChooseTypes(preset=Preset.STANDARD, off=list(TYPES))))
    with pytest.raises(CallerError) as refusal:
        await backups.start_backup(asking(vault, StartBackup()))
    assert refusal.value.slug == "invalidBody"


async def test_a_type_that_this_version_does_not_know_does_not_keep_a_run_from_opening(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
):
    async def services() -> Services:
        return asking(vault).services

    monkeypatch.setattr(activities, "services", services)
    request = {"runId": "2026-11-22T020000Z", "tenantId": vault.tenant, "types": ["users", "ofTomorrow"]}
    plan = await activities.open_run({**request, "startedBy": "test", "nonce": ""})
    assert plan["bases"] == {"users": "", "ofTomorrow": ""}


# A timeline that tells the recycle bin from the end


BIN = ObjectType(key="deletedUsers", title="Deleted users", path="/directory/deletedItems/microsoft.graph.user")


async def moment(vault: Vault, live: list[str], binned: list[str] | None) -> str:
    """One run, in which these users are live and these lie in the bin; None: the bin is not read."""

    def answer(path: str) -> Given:
        ids = binned or [] if "deletedItems" in path else live
        return (
            listed([{"id": one, "displayName": "X"} for one in ids])
            if path.endswith(("/deletedItems/microsoft.graph.user", "/users"))
            else NOT_FOUND
        )

    vault.graph.answer = answer
    return (await vault.run(PLAIN["users"], *([] if binned is None else [BIN]))).run_id


async def timeline(vault: Vault) -> list[tuple[str, str, str]]:
    shown = await said(objects.list_versions, asking(vault, type="users", id=ANNA))
    return [(one["change"], one.get("fate", ""), one.get("goneRunId", "")) for one in shown["versions"]]


async def test_a_deletion_that_the_bin_holds_is_not_the_end(vault: Vault):
    await moment(vault, [ANNA], [])
    await moment(vault, [], [ANNA])
    assert await timeline(vault) == [("deleted", "recycleBin", ""), ("created", "", "")]
    purged = await moment(vault, [], [])
    assert await timeline(vault) == [("deleted", "recycleBin", purged), ("created", "", "")]


async def test_what_was_restored_is_not_called_gone(vault: Vault):
    await moment(vault, [ANNA], [])
    await moment(vault, [], [ANNA])
    await moment(vault, [ANNA], [])
    assert await timeline(vault) == [("created", "", ""), ("deleted", "recycleBin", ""), ("created", "", "")]
    await moment(vault, [], [])
    assert (await timeline(vault))[0] == ("deleted", "gone", "")


async def test_what_the_bin_held_before_an_object_came_back_says_nothing_of_its_next_deletion(vault: Vault):
    for live, binned in (([ANNA], []), ([], [ANNA]), ([ANNA], None), ([], None)):
        await moment(vault, live, binned)
    assert [fate for change, fate, _ in await timeline(vault) if change == "deleted"] == ["unknown", "recycleBin"]


async def test_where_nobody_looked_into_the_bin_the_fate_is_unknown(vault: Vault):
    await moment(vault, [ANNA], None)
    await moment(vault, [], None)
    assert await timeline(vault) == [("deleted", "unknown", ""), ("created", "", "")]
