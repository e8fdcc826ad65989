"""Ids inside records that lead to nothing: said in the manifest with name and place, and never on a guess."""

import gzip
import uuid
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from functions.backup.references import Found, dangling
from functions.catalogue.model import ObjectType
from functions.core.manifest import Dangling
from functions.core.names import toc_name
from tests.flow.backup_world import NOT_FOUND, Given, Vault, listed, open_vault

USER, GONE, BINNED, APP, APP_ID, LOST = (str(uuid.UUID(int=number)) for number in range(0xA1, 0xA7))
POLICY = str(uuid.UUID(int=0xB1))

USERS = ObjectType(key="users", title="Users", path="/users", bin="deletedUsers")
DELETED_USERS = ObjectType(key="deletedUsers", title="Deleted users", path="/directory/deletedItems/x")
SERVICE_PRINCIPALS = ObjectType(key="servicePrincipals", title="Apps", path="/servicePrincipals", aliases=("appId",))
POLICIES = ObjectType(
    key="conditionalAccessPolicies",
    title="Policies",
    path="/policies",
    references=("conditions.users", "conditions.apps", "rule", "terms", "scope", "clients"),
    depends_on=("users", "servicePrincipals"),
    leads_to={"terms": ("users", "namedLocations"), "rule": ("users",)},
    elsewhere=frozenset({"clients"}),
    organization="organizationId",
)
ENTRIES = (USERS, DELETED_USERS, SERVICE_PRINCIPALS, POLICIES)
LISTS: dict[str, list[dict[str, Any]]] = {
    "/users": [{"id": USER, "displayName": "Ada"}],
    "/directory/deletedItems/x": [{"id": BINNED, "displayName": "Bo"}],
    "/servicePrincipals": [{"id": APP, "displayName": "Ledger", "appId": APP_ID}],
}


def policy(**more: Any) -> dict[str, Any]:
    return {"id": POLICY, "displayName": "Lock down", **more}


@pytest.fixture
async def vault(azurite: str) -> AsyncIterator[Vault]:
    async with open_vault(azurite, str(uuid.uuid4())) as vault:
        yield vault


async def checked(vault: Vault, *policies: Mapping[str, Any], without: str = "") -> Found:
    """A run over the four types, then the look at its references."""
    lists = {**LISTS, "/policies": list(policies)}

    def answer(path: str) -> Given:
        # /v1.0 comes before the path of a single call
        found = next((things for name, things in lists.items() if path.endswith(name)), None)
        return NOT_FOUND if found is None else listed(found)

    vault.graph.answer = answer
    manifest = await vault.run(*(entry for entry in ENTRIES if entry.key != without))
    return await look(vault, manifest.run_id, manifest.bases)


async def look(vault: Vault, run: str, bases: Mapping[str, str]) -> Found:
    entries = {entry.key: entry for entry in ENTRIES}
    return await dangling(vault.tenant, run, bases, entries, vault.stores.blobs)


async def test_what_leads_to_an_object_or_to_one_of_its_other_names_is_sound(vault: Vault):
    found = await checked(
        vault,
        policy(
            conditions={"users": [USER.upper(), "All"], "apps": [APP_ID, "Office365"]},
            rule=f'user.objectId -in ["{USER}"]',
            scope=f"/administrativeUnits/{APP}",
        ),
    )
    assert (found.references.checked, found.references.dangling, found.references.first) == (4, 0, ())
    assert found.alerts == ()


async def test_what_leads_to_nothing_is_told_with_name_and_place(vault: Vault):
    found = await checked(
        vault,
        policy(conditions={"users": [USER, GONE]}, rule=f'(user.manager -eq "{LOST}")', scope=f"/users/{GONE}"),
    )
    assert found.references.first == (
        Dangling("conditionalAccessPolicies", POLICY, "Lock down", "conditions.users", GONE),
        Dangling("conditionalAccessPolicies", POLICY, "Lock down", "rule", LOST),
        Dangling("conditionalAccessPolicies", POLICY, "Lock down", "scope", GONE),
    )
    assert (found.references.checked, found.references.dangling) == (4, 3)


async def test_what_lies_in_the_recycle_bin_is_told_apart(vault: Vault):
    found = await checked(vault, policy(conditions={"users": [BINNED]}))
    assert [(item.target, item.binned) for item in found.references.first] == [(BINNED, True)]


async def test_the_tenant_and_no_role_at_all_are_no_dangling_ids(vault: Vault):
    found = await checked(vault, policy(scope=vault.tenant, conditions={"users": [str(uuid.UUID(int=0))]}))
    assert found.references.dangling == 0


async def test_what_lies_outside_of_the_tenant_is_not_told(vault: Vault):
    found = await checked(vault, policy(clients=[GONE], scope=f"/users/{LOST}", organizationId=vault.tenant.upper()))
    assert [item.target for item in found.references.first] == [LOST]
    found = await checked(vault, policy(scope=f"/users/{LOST}", organizationId=str(uuid.uuid4())))
    assert (found.references.checked, found.references.dangling) == (0, 0)


async def test_pages_and_the_groups_of_everybody_name_no_object(vault: Vault):
    text = f"read https://fjord.example/d/{GONE}?x={LOST} and ask {GONE}"
    everybody = ["acacacac-9df4-4c7d-9d50-4ef0226f57a9", "adadadad-808e-44e2-905a-0b7873a8a531"]
    found = await checked(vault, policy(rule=text, conditions={"users": everybody}))
    assert [(item.place, item.target) for item in found.references.first] == [("rule", GONE)]


async def test_a_place_is_judged_by_the_types_it_leads_to(vault: Vault):
    found = await checked(vault, policy(rule=f'"{GONE}"', scope=LOST), without="servicePrincipals")
    assert [(item.place, item.target) for item in found.references.first] == [("rule", GONE)]
    assert found.references.unjudged == {"conditionalAccessPolicies.scope": ("servicePrincipals",)}


async def test_nothing_is_said_of_ids_that_lead_to_a_type_nobody_has_read(vault: Vault):
    found = await checked(vault, policy(conditions={"users": [GONE]}, terms=[GONE]), without="servicePrincipals")
    assert found.references.first == ()
    assert found.references.unjudged == {
        "conditionalAccessPolicies.conditions.users": ("servicePrincipals",),
        "conditionalAccessPolicies.terms": ("namedLocations",),
    }


async def test_a_list_of_an_earlier_run_is_good_enough(vault: Vault):
    await checked(vault, policy(conditions={"users": [USER, GONE]}))
    found = await checked(vault, policy(conditions={"users": [USER, GONE]}), without="users")
    assert [item.target for item in found.references.first] == [GONE]


async def test_types_that_this_run_did_not_read_are_not_looked_through(vault: Vault):
    found = await checked(vault, policy(conditions={"users": [GONE]}))
    assert found.references.dangling == 1
    found = await checked(vault, without="conditionalAccessPolicies")
    assert (found.references.checked, found.references.dangling) == (0, 0)


async def test_a_damaged_list_makes_no_dangling_ids_but_an_alert(vault: Vault):
    await checked(vault, policy(conditions={"users": [USER]}))
    [run] = {row.run_id for row in (await vault.stores.runs.newest_first(1))[0]}
    name = toc_name(vault.tenant, run, "users")
    await vault.stores.blobs.delete(name)
    await vault.stores.blobs.put(name, gzip.compress(b'[\n{"id":'), content_type="application/gzip")
    found = await look(vault, run, {entry.key: run for entry in ENTRIES})
    assert found.references.first == ()
    assert found.references.unjudged == {"conditionalAccessPolicies.conditions.users": ("users",)}
    assert [(alert.code, alert.message.partition(":")[0]) for alert in found.alerts] == [
        ("referencesUnchecked", "users")
    ]


async def test_a_run_says_it_in_its_manifest(vault: Vault):
    vault.graph.answer = lambda path: listed([{"id": "a", "displayName": "A"}])
    manifest = await vault.run(USERS)
    assert manifest.references is not None
    assert (manifest.references.checked, manifest.references.dangling) == (0, 0)
