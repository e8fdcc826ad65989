"""Two runs of a type against each other: what changed, page by page, and what became of what is gone."""

import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from functions.backup import compare as module
from functions.backup.compare import Compared, Comparison, Side, compare
from functions.catalogue.model import Fetch, ObjectType, Relationship
from functions.core.manifest import Manifest
from tests.flow.backup_world import NOT_FOUND, Given, Vault, listed, open_vault

GROUPS = ObjectType(key="groups", title="Groups", path="/groups", bin="deletedGroups")
BIN = ObjectType(key="deletedGroups", title="Deleted groups", path="/directory/deletedItems/group")


def group(number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"{number:05}", "displayName": f"Group {number}", "padding": "x" * 700, **more}


@pytest.fixture
async def vault(azurite: str) -> AsyncIterator[Vault]:
    async with open_vault(azurite, str(uuid.uuid4())) as vault:
        yield vault


async def run(vault: Vault, groups: list[dict[str, Any]], binned: list[dict[str, Any]] | None = None) -> Manifest:
    def answer(path: str) -> Given:
        if path.endswith("/directory/deletedItems/group"):
            return listed(binned or [])
        return listed(groups) if path.endswith("/groups") else NOT_FOUND  # gone when asked for by id

    vault.graph.answer = answer
    return await vault.run(GROUPS, *([BIN] if binned is not None else []))


async def between(vault: Vault, before: Manifest, after: Manifest, **how: Any) -> Comparison:
    def side(manifest: Manifest, key: str) -> Side:
        return Side(tenant=vault.tenant, run=manifest.bases.get(key, ""), key=key)

    bin_ = side(after, "deletedGroups") if "deletedGroups" in after.bases else None
    return await compare(vault.stores.blobs, side(before, "groups"), side(after, "groups"), bin=bin_, **how)


async def test_each_change_is_told_with_what_differs(vault: Vault):
    first = await run(vault, [group(1), group(2), group(3), group(4)], [])
    second = await run(vault, [group(1), group(2, description="New", padding="y"), group(5)], [group(3)])
    found = await between(vault, first, second)
    assert (found.created, found.updated, found.deleted, found.more) == (1, 1, 2, False)
    assert found.page == [
        Compared("updated", "00002", "Group 2", ("description", "padding")),
        Compared("deleted", "00003", "Group 3", fate="recycleBin"),
        Compared("deleted", "00004", "Group 4", fate="gone"),
        Compared("created", "00005", "Group 5"),
    ]


async def test_without_a_look_into_the_bin_nothing_is_called_gone(vault: Vault):
    first, second = await run(vault, [group(1), group(2)]), await run(vault, [group(2)])
    assert [change.fate for change in (await between(vault, first, second)).page] == ["unknown"]


async def test_backwards_it_is_the_opposite(vault: Vault):
    first, second = await run(vault, [group(1), group(2)]), await run(vault, [group(2, description="")])
    found = await between(vault, second, first)
    assert [(change.kind, change.properties) for change in found.page] == [
        ("created", ()),
        ("updated", ("description",)),
    ]


async def test_a_run_against_itself_and_an_unchanged_one_differ_in_nothing(vault: Vault):
    first, second = await run(vault, [group(1)]), await run(vault, [group(1)])
    for pair in ((first, first), (first, second)):
        found = await between(vault, *pair)
        assert (found.page, found.created, found.updated, found.deleted) == ([], 0, 0, 0)


async def test_pages_hold_every_change_once_and_count_all(vault: Vault, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_READ", 4096)
    monkeypatch.setattr(module, "_GAP", 16)
    monkeypatch.setattr(module, "_TOGETHER", 40_000)
    before = [group(number) for number in range(1500)]
    after = [group(number, description=f"{number}") if number % 7 == 0 else group(number) for number in range(9, 1507)]
    first, second = await run(vault, before), await run(vault, list(reversed(after)))
    seen: list[Compared] = []
    last, more = "", True
    while more:
        found = await between(vault, first, second, last=last, top=100)
        assert (found.created, found.updated, found.deleted) == (7, 213, 9)
        seen += found.page
        last, more = found.page[-1].id, found.more
    assert [change.id for change in seen] == sorted({change.id for change in seen})
    assert len(seen) == 7 + 213 + 9
    assert {change.properties for change in seen if change.kind == "updated"} == {("description",)}


async def test_relationships_are_told_by_name(vault: Vault):
    members = Relationship(name="members", fetch=Fetch.EXPAND, read_scopes=("GroupMember.Read.All",))
    entry = ObjectType(key="groups", title="Groups", path="/groups", relationships=(members,))
    there: list[dict[str, str]] = []

    def answer(path: str) -> Given:
        return listed([{"id": "00001", "displayName": "A", **({"members": there} if "expand" in path else {})}])

    vault.graph.answer = answer
    first = await vault.run(entry)
    there = [{"id": "u", "@odata.type": "#microsoft.graph.user"}]
    second = await vault.run(entry)
    found = await between(vault, first, second)
    assert [change.properties for change in found.page] == [("@relationships.members",)]
