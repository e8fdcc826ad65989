"""Real backups verify clean; whatever is damaged in them is found and named, and nothing else is."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.core import names
from functions.core.runid import run_id
from functions.upkeep.retention import RetentionStep
from functions.upkeep.retention_flow import stepped
from tests.flow.verify_world import DEPTHS, Built, Json, Tenant, built, named, rewritten, short


@pytest.fixture(scope="module")
async def three(azurite: str) -> AsyncIterator[Built]:
    async with built(azurite, Tenant.three) as world:
        yield world


@pytest.fixture(scope="module")
async def one(azurite: str) -> AsyncIterator[Built]:
    async with built(azurite, Tenant.run) as world:
        yield world


@pytest.fixture
async def tenant(three: Built) -> Tenant:
    """With three runs."""
    return await three()


@pytest.fixture
async def young(one: Built) -> Tenant:
    """With one run."""
    return await one()


async def test_what_was_backed_up_verifies_clean_at_both_depths(tenant: Tenant):
    runs = tenant.runs
    present = await tenant.keeper.verify("present")
    assert named(present.findings) == []
    assert (present.report.state, present.report.findings_count) == ("done", 0)
    assert present.report.counts["runs"] == 3
    assert [await tenant.keeper.verified_at(one.run_id) for one in runs] == ["", "", ""]
    readable = await tenant.keeper.verify("readable")
    assert named(readable.findings) == []
    assert readable.report.counts["read"] == 3
    assert readable.report.counts["records"] == sum(
        result.objects for one in runs for result in one.types.values() if result.listed
    )
    assert readable.report.counts["events"] == 3
    assert readable.report.counts["rows"] == sum(
        result.created + result.updated + result.deleted
        for one in runs
        for result in one.types.values()
        if result.listed
    )
    assert [await tenant.keeper.verified_at(one.run_id) for one in runs] == [tenant.keeper.now] * 3


FLIPS = {
    "a record": ("devices.json.gz", "snapshots", "memberUnreadable", "devices"),
    "a table of contents": ("_toc/devices.json.gz", "snapshots", "tocUnreadable", "devices"),
    "a volatile property": ("_volatile/devices.json.gz", "snapshots", "volatileUnreadable", "devices"),
    "a secret": ("bitlockerRecoveryKeys.json.gz", "secrets", "memberUnreadable", "bitlockerRecoveryKeys"),
    "a referrer": ("_referrers/by-id.json.gz", "snapshots", "hashDiffers", ""),
    "an index of referrers": ("_referrers/index.json.gz", "snapshots", "hashDiffers", ""),
}


@pytest.mark.parametrize("what", FLIPS)
async def test_a_flipped_byte_is_found_and_named_and_nothing_else_is(tenant: Tenant, what: str):
    file, container, code, key = FLIPS[what]
    _, second, _ = tenant.runs
    name = short(file, second)
    await tenant.keeper.flip(name, container=container)
    assert named((await tenant.keeper.verify("present")).findings) == []
    found = await tenant.keeper.verify("readable")
    assert named(found.findings) == [(code, second.run_id, key, name)]
    assert found.findings[0].remedy
    marks = [bool(await tenant.keeper.verified_at(one.run_id)) for one in tenant.runs]
    assert marks == [True, False, True]


async def test_a_damaged_member_says_how_many_records_it_holds(young: Tenant):
    name = short("devices.json.gz", young.runs[0])
    await young.keeper.flip(name, at=2000)
    found = (await young.keeper.verify()).findings
    assert [one.code for one in found] == ["memberUnreadable"]
    assert "bytes 0 to " in found[0].message
    assert 0 < int(found[0].message.split("; ")[1].split()[0]) < 60


async def test_a_byte_of_a_header_that_every_reader_passes_over_is_found_by_the_hash(young: Tenant):
    for file in ("devices.json.gz", "_toc/devices.json.gz", "_volatile/devices.json.gz"):
        name = short(file, young.runs[0])
        await young.keeper.flip(name, at=8, mask=1)
        assert named((await young.keeper.verify()).findings) == [("hashDiffers", young.runs[0].run_id, "devices", name)]
        await young.keeper.flip(name, at=8, mask=1)
    assert named((await young.keeper.verify()).findings) == []


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize(
    "file", ["devices.json.gz", "_toc/devices.json.gz", "_volatile/devices.json.gz", "_referrers/by-id.json.gz"]
)
async def test_a_file_that_was_cut_short_is_found_at_both_depths(tenant: Tenant, file: str, depth: str):
    _, second, _ = tenant.runs
    name = short(file, second)
    await tenant.keeper.cut(name, 60)
    key = "" if "referrers" in file else "devices"
    assert named((await tenant.keeper.verify(depth)).findings) == [("sizeDiffers", second.run_id, key, name)]


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize(
    ("file", "container"),
    [
        ("devices.json.gz", "snapshots"),
        ("_toc/devices.json.gz", "snapshots"),
        ("_volatile/devices.json.gz", "snapshots"),
        ("_toc/bitlockerRecoveryKeys.json.gz", "secrets"),
        ("_referrers/index.json.gz", "snapshots"),
    ],
)
async def test_a_file_that_is_gone_is_found_at_both_depths(tenant: Tenant, file: str, container: str, depth: str):
    _, second, _ = tenant.runs
    name = short(file, second)
    await tenant.keeper.delete(name, container)
    key = "" if "referrers" in file else file.rpartition("/")[2].partition(".")[0]
    assert named((await tenant.keeper.verify(depth)).findings) == [("fileMissing", second.run_id, key, name)]


async def test_damage_in_a_file_of_a_log_is_found(tenant: Tenant):
    _, second, _ = tenant.runs
    log = second.types["directoryAudits"].log
    assert log is not None
    [file] = log.files
    whole = await tenant.keeper.bytes_of(file.name)
    for damage, code, depth in (
        (tenant.keeper.flip(file.name), "hashDiffers", "readable"),
        (tenant.keeper.cut(file.name, 30), "sizeDiffers", "present"),
        (tenant.keeper.delete(file.name), "fileMissing", "present"),
    ):
        await damage
        assert named((await tenant.keeper.verify(depth)).findings) == [
            (code, second.run_id, "directoryAudits", file.name)
        ]
        await tenant.keeper.put(file.name, whole)
    assert named((await tenant.keeper.verify()).findings) == []


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("row", [False, True], ids=["with its row", "and its row, too"])
async def test_a_run_that_was_removed_is_found(tenant: Tenant, depth: str, *, row: bool):
    _, second, _ = tenant.runs
    await tenant.keeper.drop_run(second.run_id, row=row)
    assert named((await tenant.keeper.verify(depth)).findings) == [("runMissing", second.run_id, "", "")]


async def test_the_newest_run_removed_with_its_row_shows_in_the_index(tenant: Tenant):
    _, _, third = tenant.runs
    await tenant.keeper.drop_run(third.run_id, row=True)
    found = (await tenant.keeper.verify()).findings
    assert {(one.code, one.run) for one in found} == {("rowOfUnknownRun", third.run_id)}
    assert [one.type for one in found] == ["bitlockerRecoveryKeys", "devices"]


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("which", [1, 2], ids=["in the middle", "the newest"])
async def test_an_altered_manifest_is_found(tenant: Tenant, which: int, depth: str):
    run = tenant.runs[which]
    name = names.manifest_name(run.tenant_id, run.run_id)
    data = await tenant.keeper.bytes_of(name)
    await tenant.keeper.put(name, data.replace(b'"startedBy": "test"', b'"startedBy": "rest"'))
    assert named((await tenant.keeper.verify(depth)).findings) == [("manifestAltered", run.run_id, "", name)]


async def test_an_altered_manifest_is_found_by_the_next_one_where_the_table_has_no_hash(tenant: Tenant):
    _, second, _ = tenant.runs
    await forget_hash(tenant, second.run_id)
    name = names.manifest_name(second.tenant_id, second.run_id)
    await tenant.keeper.put(name, (await tenant.keeper.bytes_of(name)).replace(b'"test"', b'"rest"'))
    assert named((await tenant.keeper.verify()).findings) == [("manifestAltered", second.run_id, "", name)]


async def test_a_manifest_that_names_another_before_it_breaks_the_chain(tenant: Tenant):
    _, second, third = tenant.runs
    await forget_hash(tenant, third.run_id)
    name = names.manifest_name(third.tenant_id, third.run_id)
    assert third.previous is not None
    data = await tenant.keeper.bytes_of(name)
    await tenant.keeper.put(name, data.replace(third.previous.sha256.encode(), b"0" * 64))
    found = (await tenant.keeper.verify()).findings
    assert named(found) == [("chainBroken", third.run_id, "", name)]
    assert second.run_id in found[0].message


async def forget_hash(tenant: Tenant, run: str) -> None:
    """As rows were before anybody noted it."""
    table = tenant.keeper.tables.get_table_client("Runs")
    where = f"PartitionKey eq '{tenant.vault.tenant}' and RunId eq '{run}'"
    async for entity in tenant.keeper.rows("Runs", where):
        await table.update_entity({**entity, "ManifestSha256": ""}, mode="replace")


@pytest.mark.parametrize("depth", DEPTHS)
async def test_a_manifest_that_is_gone_or_no_manifest_is_found(tenant: Tenant, depth: str):
    _, second, third = tenant.runs
    name = names.manifest_name(second.tenant_id, second.run_id)
    await tenant.keeper.delete(name)
    assert named((await tenant.keeper.verify(depth)).findings) == [("manifestMissing", second.run_id, "", name)]
    name = names.manifest_name(third.tenant_id, third.run_id)
    await forget_hash(tenant, third.run_id)
    await tenant.keeper.put(name, b"{}")
    assert ("manifestUnreadable", third.run_id, "", name) in named((await tenant.keeper.verify(depth)).findings)


async def test_a_table_of_contents_in_the_place_of_another_is_found(tenant: Tenant):
    first, second, _ = tenant.runs
    name = short("_toc/devices.json.gz", second)
    await tenant.keeper.put(name, await tenant.keeper.bytes_of(short("_toc/devices.json.gz", first)))
    assert named((await tenant.keeper.verify("present")).findings) == [("sizeDiffers", second.run_id, "devices", name)]


def as_before(told: Json) -> None:
    """What manifests said before they had sizes and hashes of every file."""
    for result in told["types"].values():
        for name in ("tocBytes", "tocSha256", "volatileBytes", "volatileSha256"):
            result.pop(name)


async def test_a_swapped_table_of_contents_is_found_by_what_it_says_where_nobody_noted_its_hash(tenant: Tenant):
    _, second, third = tenant.runs
    await rewritten(tenant, third, as_before)
    assert named((await tenant.keeper.verify()).findings) == []
    name = short("_toc/devices.json.gz", third)
    await tenant.keeper.put(name, await tenant.keeper.bytes_of(short("_toc/devices.json.gz", second)))
    assert named((await tenant.keeper.verify("present")).findings) == []
    found = (await tenant.keeper.verify("readable", third.run_id)).findings
    assert {(one.code, one.run, one.type, one.name) for one in found} == {
        ("recordDiffers", third.run_id, "devices", name)
    }
    assert "d001" in {one.object for one in found}
    assert await tenant.keeper.verified_at(third.run_id)  # from when it was whole
    await tenant.keeper.put(short("_volatile/devices.json.gz", third), await tenant.keeper.bytes_of(name))
    codes = {one.code for one in (await tenant.keeper.verify("readable", third.run_id)).findings}
    assert codes == {"recordDiffers", "volatileUnreadable"}


@pytest.mark.parametrize(
    ("code", "key", "change"),
    [
        ("countDiffers", "devices", lambda told: told["types"]["devices"].update(objects=1)),
        (
            "logDiffers",
            "directoryAudits",
            lambda told: told["types"]["directoryAudits"]["log"]["files"][0].update(events=7),
        ),
        (
            "logDiffers",
            "directoryAudits",
            lambda told: told["types"]["directoryAudits"]["log"]["files"][0].update(last="x"),
        ),
        ("referrersDiffer", "", lambda told: told["referrers"].update(named=77)),
    ],
)
async def test_a_manifest_that_says_other_than_its_files_is_found(tenant: Tenant, code: str, key: str, change: Any):
    _, _, third = tenant.runs
    await rewritten(tenant, third, change)
    found = (await tenant.keeper.verify()).findings
    assert [(one.code, one.run, one.type) for one in found] == [(code, third.run_id, key)]


async def test_a_run_without_its_row_is_found_and_so_are_rows_that_nobody_wrote(tenant: Tenant):
    _, second, _ = tenant.runs
    await tenant.keeper.drop_row(second.run_id)
    for depth in DEPTHS:
        assert named((await tenant.keeper.verify(depth)).findings) == [("runUnknown", second.run_id, "", "")]


async def test_a_stray_file_is_told_and_is_no_damage(tenant: Tenant):
    _, second, _ = tenant.runs
    name = short("notes.txt", second)
    await tenant.keeper.put(name, b"hello")
    found = await tenant.keeper.verify()
    assert named(found.findings) == [("strayFile", second.run_id, "", name)]
    assert found.damage == []
    assert await tenant.keeper.verified_at(second.run_id)


ROWS: dict[str, tuple[str, dict[str, Any]]] = {
    "leads to a run that never was": ("rowPointsNowhere", {"Blob": "{tenant}/2020-01-01T000000Z/devices.json.gz"}),
    "leads to another type's file": ("rowPointsNowhere", {"Blob": "{tenant}/{run}/groups.json.gz"}),
    "has a wrong offset": ("rowDiffers", {"Offset": 17}),
    "has a wrong place": ("rowDiffers", {"At": 5}),
    "has a wrong digest": ("rowDiffers", {"Digest": "0" * 64}),
}


@pytest.mark.parametrize("what", ROWS)
async def test_a_row_that_is_not_as_it_was_is_found(tenant: Tenant, what: str):
    code, columns = ROWS[what]
    _, second, _ = tenant.runs
    place = {"tenant": second.tenant_id, "run": second.run_id}
    changed = {name: value.format(**place) if isinstance(value, str) else value for name, value in columns.items()}
    await tenant.keeper.change_version("devices", "d001", second.run_id, **changed)
    found = (await tenant.keeper.verify()).findings
    assert [(one.code, one.run, one.type, one.object) for one in found] == [(code, second.run_id, "devices", "d001")]
    assert named((await tenant.keeper.verify("present")).findings) == []


@pytest.mark.parametrize(
    ("identity", "row_of", "seen_in", "code"),
    [
        ("d001", 2, 2, "rowDiffers"),  # its newest: an older version stands for it
        ("d001", 1, 1, "rowDiffers"),  # in the middle of its history
        ("d010", 0, 0, "objectWithoutRow"),  # its only one
        ("d002", 1, 1, "objectWithoutRow"),  # of its deletion
        ("k2", 1, 1, "objectWithoutRow"),
        ("k1", 2, 2, "rowDiffers"),  # of a type whose rows have no digest
    ],
)
async def test_a_row_that_was_deleted_is_found(tenant: Tenant, identity: str, row_of: int, seen_in: int, code: str):
    runs = tenant.runs
    key = "devices" if identity.startswith("d") else "bitlockerRecoveryKeys"
    await tenant.keeper.drop_version(key, identity, runs[row_of].run_id)
    found = (await tenant.keeper.verify()).findings
    assert [(one.code, one.run, one.type, one.object) for one in found] == [(code, runs[seen_in].run_id, key, identity)]


async def name_row(tenant: Tenant, key: str, identity: str) -> Any:
    """The one row of an object in the table Objects."""
    where = f"PartitionKey eq '{tenant.vault.tenant}|{key}' and Id eq '{identity}'"
    [entity] = [one async for one in tenant.keeper.rows("Objects", where)]
    return entity


async def test_an_object_that_a_search_does_not_find_is_found(tenant: Tenant):
    _, _, third = tenant.runs
    table = tenant.keeper.tables.get_table_client("Objects")
    await table.delete_entity(await name_row(tenant, "devices", "d010"))
    shown_as_gone = await name_row(tenant, "devices", "d011")
    await table.update_entity({**shown_as_gone, "Deleted": third.run_id}, mode="replace")
    found = (await tenant.keeper.verify()).findings
    assert [(one.code, one.run, one.type, one.object) for one in found] == [
        ("nameMissing", third.run_id, "devices", "d010"),
        ("nameMissing", third.run_id, "devices", "d011"),
    ]
    assert '{"replace": true}' in found[0].remedy
    assert named((await tenant.keeper.verify("present")).findings) == []


async def test_a_name_that_shows_what_is_not_there_is_found(tenant: Tenant):
    _, _, third = tenant.runs
    table = tenant.keeper.tables.get_table_client("Objects")
    gone = await name_row(tenant, "devices", "d050")
    await table.update_entity({**gone, "Deleted": ""}, mode="replace")
    live = await name_row(tenant, "devices", "d012")
    await table.create_entity({**live, "RowKey": "former  |d012|00000000", "Name": "former"})
    await table.create_entity({**live, "RowKey": "nobody  |d999|00000000", "Name": "nobody", "Id": "d999"})
    found = (await tenant.keeper.verify()).findings
    assert sorted((one.code, one.run, one.type, one.object) for one in found) == [
        ("nameStale", third.run_id, "devices", identity) for identity in ("d012", "d050", "d999")
    ]


async def test_names_of_an_index_that_is_cut_anywhere_verify_the_same(tenant: Tenant, monkeypatch: pytest.MonkeyPatch):
    _, _, third = tenant.runs
    table = tenant.keeper.tables.get_table_client("Objects")
    await table.delete_entity(await name_row(tenant, "devices", "d010"))
    gone = await name_row(tenant, "devices", "d050")
    await table.update_entity({**gone, "Deleted": ""}, mode="replace")
    await tenant.keeper.drop_version("devices", "d001", third.run_id)
    at_once = await tenant.keeper.verify()
    assert sorted(one.code for one in at_once.findings) == ["nameMissing", "nameStale", "rowDiffers"]
    monkeypatch.setattr("functions.upkeep.verify_index._TOGETHER", 10)
    tenant.keeper.settings = replace(tenant.keeper.settings, time_budget=0.0)
    in_parts = await tenant.keeper.verify()
    assert in_parts.findings == at_once.findings
    assert in_parts.report.counts == at_once.report.counts
    # sixty devices in tens, twice over: their rows, and their names
    assert in_parts.calls.count("verify_index") >= 6 + 6


async def test_files_of_a_log_whose_run_was_removed_are_verified(tenant: Tenant):
    first, _, _ = tenant.runs
    for _ in range(3):
        tenant.vault.now += timedelta(days=1)
        await tenant.run()
    step = await pruned(tenant, keep_all_days=1, keep_daily=200, keep_weekly=0)
    assert step.counts.removed == 2  # of the day with three
    log = first.types["directoryAudits"].log
    assert log is not None
    [file] = log.files
    clean = await tenant.keeper.verify()
    assert named(clean.findings) == []
    assert (clean.report.counts["runsOfLogs"], clean.report.counts["events"]) == (2, 6)
    whole = await tenant.keeper.bytes_of(file.name)
    for damage, code, depth in (
        (tenant.keeper.flip(file.name), "hashDiffers", "readable"),
        (tenant.keeper.cut(file.name, 30), "sizeDiffers", "present"),
        (tenant.keeper.delete(file.name), "fileMissing", "present"),
    ):
        await damage
        found = await tenant.keeper.verify(depth)
        assert named(found.findings) == [(code, first.run_id, "directoryAudits", file.name)]
        await tenant.keeper.put(file.name, whole)


async def test_a_file_of_a_log_that_no_manifest_names_is_a_stray_or_verified_by_what_it_says(tenant: Tenant):
    _, _, third = tenant.runs
    folder = f"{tenant.vault.tenant}/_logs/directoryAudits/2026/11/"
    await tenant.keeper.put(folder + "notes.txt", b"hello")
    found = await tenant.keeper.verify()
    assert named(found.findings) == [("strayFile", "", "directoryAudits", folder + "notes.txt")]
    assert found.damage == []
    await tenant.keeper.delete(folder + "notes.txt")
    # a run that died after it had written its file: no row says that it committed, no manifest names the file
    log = third.types["directoryAudits"].log
    assert log is not None
    blob = tenant.keeper.container().get_blob_client(log.files[0].name)
    data, metadata = await (await blob.download_blob()).readall(), (await blob.get_blob_properties()).metadata
    dead = names.log_name(tenant.vault.tenant, "directoryAudits", "2026-11-01", 1)
    there = tenant.keeper.container().get_blob_client(dead)
    await there.upload_blob(data, metadata={**metadata, "run": "2026-11-01T020000Z"}, overwrite=True)
    clean = await tenant.keeper.verify()
    assert named(clean.findings) == []
    assert (clean.report.counts["runsOfLogs"], clean.report.counts["events"]) == (1, 4)
    await there.upload_blob(data[:-9], metadata={**metadata, "run": "2026-11-01T020000Z"}, overwrite=True)
    short_of = await tenant.keeper.verify("present")
    assert named(short_of.findings) == [("sizeDiffers", "2026-11-01T020000Z", "directoryAudits", dead)]


async def pruned(tenant: Tenant, **rules: Any) -> RetentionStep:
    """A pass of retention, a hundred days later."""
    tenant.vault.now += timedelta(days=100)
    rules = {"retention_mode": "prune", "retention_notice": 0.0, "keep_monthly": 0, "keep_yearly": 0} | rules
    step = RetentionStep(run_id(tenant.vault.now), "test")
    while not step.done:
        settings = replace(tenant.keeper.settings, **rules)
        step = await stepped(step, settings, tenant.vault.stores, tenant.vault.clock)
    return step
