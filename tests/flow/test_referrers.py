"""What named an object is found in the run that still knew it: through the files of the run, or by reading it."""

import json
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from functions.backup import referrers as asked
from functions.backup.referrers import named_by
from functions.catalogue import TYPES
from functions.core.manifest import Manifest
from functions.core.names import snapshot_name
from functions.errors import BlobMissing, FormatError
from tests.flow.company_world import Company, open_company

KEYS = (
    "users",
    "groups",
    "applications",
    "servicePrincipals",
    "appRoleAssignments",
    "conditionalAccessPolicies",
    "domains",
    "bitlockerRecoveryKeys",
)


@pytest.fixture(scope="module")
async def company(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Company]:
    async with open_company(azurite, tmp_path_factory.mktemp("tenant") / Path("data")) as company:
        yield company


@pytest.fixture(scope="module")
async def run(company: Company) -> Manifest:
    return await company.run(*(TYPES[key] for key in KEYS))


async def truth(company: Company, run: Manifest) -> dict[str, set[tuple[str, str]]]:
    """id → (type, id) of every record that holds it as text, from the files of the run alone."""
    found: dict[str, set[tuple[str, str]]] = {}
    people = {record["id"] for record in await company.records(run.types, TYPES["users"])}
    people |= {record["appId"] for record in await company.records(run.types, TYPES["applications"])}
    for key in ("users", "groups", "applications", "conditionalAccessPolicies"):
        for record in await company.records(run.types, TYPES[key]):
            own = {record["id"], record.get("appId")}
            text = json.dumps(record)
            for person in people - own:
                if person in text:
                    found.setdefault(person, set()).add((key, record["id"]))
    return found


async def a_member(company: Company, run: Manifest) -> str:
    groups = await company.records(run.types, TYPES["groups"])
    return str(next(link["id"] for group in groups for link in group["@relationships"]["members"]))


async def test_every_record_that_holds_an_id_is_found(company: Company, run: Manifest):
    held = await truth(company, run)
    assert sum(map(len, held.values())) > 50
    found = await named_by(company.stores, run, held)
    told = {
        target: {(who.type, who.id) for who in by if who.type != "appRoleAssignments"}
        for target, by in found.by.items()
    }
    missing = {target: by - told.get(target, set()) for target, by in held.items() if by - told.get(target, set())}
    assert missing == {}
    places = {who.place for by in found.by.values() for who in by}
    assert {"@relationships.members", "@relationships.manager", "principalId"} <= places


async def test_a_run_without_the_files_tells_the_same(company: Company, run: Manifest):
    ids = [record["id"] for record in await company.records(run.types, TYPES["users"])]
    with_files = await named_by(company.stores, run, ids)
    without = await named_by(company.stores, replace(run, referrers=None), ids)
    assert with_files == without
    assert with_files.by


async def test_ids_are_found_however_they_are_written_and_unknown_ones_are_not(company: Company, run: Manifest):
    member = await a_member(company, run)
    found = await named_by(company.stores, run, [member.upper(), str(uuid.uuid4())])
    assert set(found.by) == {member}
    assert (await named_by(company.stores, run, [])).by == {}


async def test_types_that_the_run_does_not_hold_are_named(company: Company, run: Manifest):
    found = await named_by(company.stores, run, [])
    assert "administrativeUnits" in found.unsearched
    assert not {"groups", "domains", "bitlockerRecoveryKeys"} & set(found.unsearched)
    assert run.referrers is not None
    assert "bitlockerRecoveryKeys" not in run.referrers.types, "secrets stay in their container"


async def test_a_few_requests_are_enough_for_one_object(
    company: Company, run: Manifest, monkeypatch: pytest.MonkeyPatch
):
    names: list[str] = []
    read, get = company.stores.blobs.read, company.stores.blobs.get

    async def counted(name: str, offset: int, length: int) -> bytes:
        names.append(name)
        return await read(name, offset, length)

    async def counted_whole(name: str) -> bytes:
        names.append(name)
        return await get(name)

    monkeypatch.setattr(company.stores.blobs, "read", counted)
    monkeypatch.setattr(company.stores.blobs, "get", counted_whole)
    asked._indexes.clear()
    member = await a_member(company, run)
    names.clear()
    await named_by(company.stores, run, [member])
    assert run.referrers is not None
    assert names == [run.referrers.index, run.referrers.file]
    await named_by(company.stores, run, [member])
    assert names[2:] == [run.referrers.file]


async def test_files_that_were_changed_are_refused(company: Company, run: Manifest):
    assert run.referrers is not None
    asked._indexes.clear()
    with pytest.raises(FormatError, match="hash"):
        await named_by(company.stores, replace(run, referrers=replace(run.referrers, index_sha256="0" * 64)), ["a"])


async def test_a_run_whose_record_is_gone_says_so_and_commits(company: Company):
    entry = TYPES["groups"]
    manifest = await company.run(entry, TYPES["conditionalAccessPolicies"])
    name = snapshot_name(manifest.tenant_id, manifest.run_id, "groups")
    await company.stores.blobs.delete(name)
    with pytest.raises(BlobMissing):
        await named_by(company.stores, replace(manifest, referrers=None), ["a"])
    kept = await named_by(company.stores, manifest, ["a"])
    assert kept.by == {}
