"""Logs are streams: every event lies in storage once, whatever fails, comes late, or is delivered twice."""

import gzip
import json
import tracemalloc
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

import pytest

from functions.api.objects import list_versions, search_objects, show_object
from functions.backup import log_reader
from functions.backup.messages import TypeReply
from functions.catalogue.logs import DIRECTORY_AUDITS, PROVISIONING, SIGN_INS
from functions.catalogue.model import ObjectType, Outcome
from functions.core.manifest import read_manifest, write_manifest
from functions.errors import CallerError, StoreError
from tests.flow.backup_world import Given, Vault, listed, open_vault
from tests.flow.log_world import Log

DEVICES = ObjectType(key="devices", title="Devices", path="/devices")
THROTTLED = (429, {"error": {"code": "TooManyRequests", "message": "Slow down."}})
TOO_LONG = (504, {"error": {"code": "UnknownError", "message": ""}})
EXPIRED = (400, {"error": {"code": "Directory_ExpiredPageToken", "message": "The token has expired."}})
NOT_PREMIUM = (
    403,
    {"error": {"code": "Authentication_RequestFromNonPremiumTenantOrB2CTenant", "message": "No premium license"}},
)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
async def vault(azurite: str) -> AsyncIterator[Vault]:
    async with open_vault(azurite, str(uuid.uuid4())) as vault:
        vault.now = NOON
        yield vault


@pytest.fixture
def audits(vault: Vault) -> Log:
    return Log(vault)


# ---- what a run reads ------------------------------------------------------------------------------------------------


async def test_a_first_run_goes_back_as_far_as_events_are_kept(audits: Log):
    for days in range(29):
        audits.add(f"e{days}", days=days, hours=1)
    manifest = await audits.run()
    result = manifest.types["directoryAudits"]
    assert (result.outcome, result.objects, result.gaps) == (Outcome.READ, 29, ())
    assert result.log is not None
    assert (result.log.since, result.log.until) == ("2026-10-23T12:01:00Z", "2026-11-22T11:56:00Z")
    assert await audits.stored() == audits.whole()
    assert all(until - since <= timedelta(days=3) for since, until in audits.asked)


async def test_what_a_manifest_says_of_files_is_true(audits: Log):
    for minutes in range(10, 3000, 100):
        audits.add(f"e{minutes}", minutes=minutes)
    manifest = await audits.run()
    log = manifest.types["directoryAudits"].log
    assert log is not None
    assert [file.name.rpartition("/")[2] for file in log.files] == [
        "2026-11-20.json.gz",
        "2026-11-21.json.gz",
        "2026-11-22.json.gz",
    ]
    for file in log.files:
        data = await audits.vault.stores.blobs.get(file.name)
        assert (len(data), sha256(data).hexdigest()) == (file.bytes, file.sha256)
        text = gzip.decompress(data).decode()
        events = json.loads(text)
        assert len(text.splitlines()) == len(events) + 2, "one event a line"
        assert len(events) == file.events
        assert file.first[:19] == events[0]["activityDateTime"][:19]
        assert file.last[:19] == events[-1]["activityDateTime"][:19]
        assert all("@odata.context" not in event for event in events)
        assert all(list(event) == sorted(event) for event in events)
    assert read_manifest(write_manifest(manifest)) == manifest


async def test_the_next_run_begins_before_the_last_one_ended_and_stores_nothing_twice(audits: Log):
    for minutes in range(10, 2000, 30):
        audits.add(f"a{minutes}", minutes=minutes)
    await audits.run()
    audits.asked.clear()
    audits.vault.now += timedelta(hours=12)
    for minutes in range(10, 700, 30):
        audits.add(f"b{minutes}", minutes=minutes)
    manifest = await audits.run()
    result = manifest.types["directoryAudits"]
    assert result.objects == len(range(10, 700, 30))
    assert await audits.stored() == audits.whole()
    newest = NOON - timedelta(minutes=9)
    assert min(since for since, _ in audits.asked) == newest - timedelta(hours=6, minutes=1)
    assert "2026/11/2026-11-22.2.json.gz" in await audits.files(), "what is later of a day goes into a further file"


async def test_nothing_new_writes_nothing(audits: Log):
    audits.add("a", hours=1)
    await audits.run()
    files = await audits.files()
    manifest = await audits.run()
    result = manifest.types["directoryAudits"]
    assert (result.outcome, result.objects, result.bytes) == (Outcome.READ, 0, 0)
    assert result.log is not None
    assert result.log.files == ()
    assert await audits.files() == files


async def test_an_event_that_is_listed_hours_late_is_stored(audits: Log):
    audits.add("a", minutes=10)
    await audits.run()
    audits.vault.now += timedelta(minutes=30)
    audits.add("late", hours=5)  # happened well before the run that did not find it listed
    manifest = await audits.run()
    assert manifest.types["directoryAudits"].objects == 1
    assert await audits.stored() == Counter(["a", "late"])


async def test_events_on_the_boundaries_of_windows_and_slices_are_stored_once(audits: Log):
    first = NOON + timedelta(minutes=1)  # the vault's clock moves by a minute with every run
    since, until = first - timedelta(days=30), first - timedelta(minutes=5)
    for number in range(30):
        midnight = datetime(2026, 10, 24, tzinfo=UTC) + timedelta(days=number)
        audits.events[f"midnight{number}"] = midnight
        audits.events[f"after{number}"] = midnight + timedelta(microseconds=1)
        audits.events[f"before{number}"] = midnight - timedelta(microseconds=1)
    audits.events |= {"since": since, "until": until, "beyond": until + timedelta(microseconds=1)}
    await audits.run()
    assert await audits.stored() == audits.whole() - Counter(["beyond"])
    await audits.run()
    assert await audits.stored() == audits.whole()


async def test_an_api_that_compares_strictly_loses_nothing_on_a_boundary(vault: Vault):
    log = Log(vault, PROVISIONING)
    for number in range(29):
        midnight = datetime(2026, 10, 24, tzinfo=UTC) + timedelta(days=number)
        log.events[f"midnight{number}"] = midnight
        log.events[f"half{number}"] = midnight + timedelta(milliseconds=500)
    await log.run()
    assert await log.stored() == log.whole()
    assert all(" ge " not in path and " le " not in path for path in map(_unquoted, vault.graph.asked))


async def test_events_of_the_future_come_when_their_time_has(audits: Log):
    audits.add("now", minutes=6)
    audits.add("soon", minutes=-20)
    manifest = await audits.run()
    assert await audits.stored() == Counter(["now"])
    assert manifest.types["directoryAudits"].outcome is Outcome.READ
    audits.vault.now += timedelta(hours=1)
    await audits.run()
    assert await audits.stored() == audits.whole()


async def test_a_clock_that_was_ahead_costs_no_event(audits: Log):
    audits.add("a", hours=1)
    audits.vault.now += timedelta(days=4)
    await audits.run()
    audits.vault.now = NOON + timedelta(hours=12)
    audits.add("b", hours=1)
    audits.add("c", hours=11)
    await audits.run()
    assert await audits.stored() == audits.whole()
    audits.vault.now += timedelta(hours=12)
    audits.add("d", hours=1)
    await audits.run()
    assert await audits.stored() == audits.whole()


async def test_a_service_that_ignores_the_window_repeats_itself_and_nothing_is_stored_twice(audits: Log):
    for days in range(1, 9):
        audits.add(f"e{days}", days=days)
    audits.before = lambda since, until, page: listed([audits.event(name) for name in audits.events])
    await audits.run()
    await audits.run()
    assert await audits.stored() == audits.whole()


# ---- what fails ------------------------------------------------------------------------------------------------------


async def test_a_window_that_fails_is_read_again_the_next_time_and_nothing_is_lost(audits: Log):
    for hours in range(1, 30 * 24, 7):
        audits.add(f"e{hours}", hours=hours)
    broken_from = NOON - timedelta(days=10)
    audits.before = lambda since, until, page: (
        (500, {"error": {"code": "generalException"}}) if until > broken_from else None
    )
    plan = await audits.vault.open("directoryAudits", "devices")
    failed = await audits.vault.read(plan, DIRECTORY_AUDITS)
    assert failed.outcome is Outcome.FAILED
    assert [gap.code for gap in failed.gaps] == ["graphUnreachable"]
    assert failed.log is not None
    assert failed.log.until <= "2026-11-12T12:00:00Z"
    assert failed.objects == sum((await audits.stored()).values())
    assert failed.objects > 0, "what was read before stays"
    audits.vault.graph.answer = lambda path: listed([]) if "devices" in path else audits.answer(path)
    outcome = await audits.vault.commit(
        plan, {"directoryAudits": failed, "devices": await audits.vault.read(plan, DEVICES)}
    )
    assert outcome.state == "committed"
    audits.before = lambda since, until, page: None
    manifest = await audits.run()
    assert await audits.stored() == audits.whole()
    assert failed.objects + manifest.types["directoryAudits"].objects == len(audits.events)


async def test_a_crash_between_the_files_and_the_watermark_repeats_the_window_and_stores_nothing_twice(
    audits: Log, monkeypatch: pytest.MonkeyPatch
):
    for hours in range(1, 30 * 24, 7):
        audits.add(f"e{hours}", hours=hours)
    crashed = RuntimeError("the process is gone")

    async def crash(*_: Any) -> None:
        raise crashed

    plan = await audits.vault.open("directoryAudits")
    with monkeypatch.context() as patched:
        patched.setattr(type(audits.vault.stores.logs), "move", crash)
        with pytest.raises(RuntimeError):
            await audits.vault.call(plan, DIRECTORY_AUDITS, None)
    assert sum((await audits.stored()).values()) > 0, "files were written"
    assert (await audits.vault.stores.logs.get("directoryAudits")).watermark == ""
    manifest = await audits.run()
    assert await audits.stored() == audits.whole()
    assert manifest.types["directoryAudits"].outcome is Outcome.READ


async def test_a_crash_before_the_files_loses_nothing(audits: Log, monkeypatch: pytest.MonkeyPatch):
    for hours in range(1, 200, 7):
        audits.add(f"e{hours}", hours=hours)

    async def crash(*_: Any, **__: Any) -> None:
        raise StoreError("storage is away")

    plan = await audits.vault.open("directoryAudits")
    with monkeypatch.context() as patched:
        patched.setattr(type(audits.vault.stores.blobs), "commit", crash)
        reply = await audits.vault.call(plan, DIRECTORY_AUDITS, None)
    assert reply.result is not None
    assert reply.result.outcome is Outcome.FAILED
    await audits.run()
    assert await audits.stored() == audits.whole()


async def test_the_same_call_delivered_twice_gives_the_same(audits: Log):
    for hours in range(1, 30 * 24, 7):
        audits.add(f"e{hours}", hours=hours)
    plan = await audits.vault.open("directoryAudits")
    first = await audits.vault.call(plan, DIRECTORY_AUDITS, None)
    files = await audits.files()
    second = await audits.vault.call(plan, DIRECTORY_AUDITS, None)
    assert first.result is not None
    assert second.result is not None
    assert (first.result.objects, first.result.log) == (second.result.objects, second.result.log)
    assert first.result.objects == len(audits.events)
    assert await audits.files() == files
    assert await audits.stored() == audits.whole()


async def test_two_deliveries_at_once_store_every_event_once(audits: Log):
    import asyncio

    for hours in range(1, 30 * 24, 2):
        audits.add(f"e{hours}", hours=hours)
    audits.page = 20
    plan = await audits.vault.open("directoryAudits")
    one, other = await asyncio.gather(
        audits.vault.call(plan, DIRECTORY_AUDITS, None), audits.vault.call(plan, DIRECTORY_AUDITS, None)
    )
    assert await audits.stored() == audits.whole()
    for reply in (one, other):
        assert reply.result is not None
        assert reply.result.outcome is Outcome.READ
    again = await audits.vault.call(plan, DIRECTORY_AUDITS, None)
    assert again.result is not None
    assert again.result.objects == len(audits.events)


async def test_a_page_token_that_expires_begins_the_slice_anew(audits: Log):
    audits.page = 5
    for minutes in range(6, 2000, 20):
        audits.add(f"e{minutes}", minutes=minutes)
    expired = []

    def once(since: datetime, until: datetime, page: int) -> Given | None:
        if page == 3 and not expired:
            expired.append(page)
            return EXPIRED
        return None

    audits.before = once
    await audits.run()
    assert expired
    assert await audits.stored() == audits.whole()


async def test_tokens_that_never_live_long_enough_make_slices_that_need_none(audits: Log):
    audits.page = 10
    for minutes in range(6, 3 * 24 * 60, 30):
        audits.add(f"e{minutes}", minutes=minutes)
    audits.before = lambda since, until, page: EXPIRED if page > 3 else None
    result = (await audits.run()).types["directoryAudits"]
    assert result.outcome is Outcome.READ
    assert await audits.stored() == audits.whole()


async def test_a_stretch_that_takes_graph_too_long_is_cut_shorter(audits: Log):
    for hours in range(1, 30 * 24, 13):
        audits.add(f"e{hours}", hours=hours)
    audits.before = lambda since, until, page: TOO_LONG if until - since > timedelta(hours=10) else None
    result = (await audits.run()).types["directoryAudits"]
    assert result.outcome is Outcome.READ
    assert await audits.stored() == audits.whole()


async def test_a_throttled_slice_waits_and_comes_back_shorter(audits: Log):
    audits.add("a", days=2)
    throttled = True
    audits.before = lambda since, until, page: THROTTLED if throttled else None
    plan = await audits.vault.open("directoryAudits")
    paused = await audits.vault.call(plan, DIRECTORY_AUDITS, None)
    assert paused.result is None
    assert paused.wait >= 30
    longest = max(until - since for since, until in audits.asked)
    throttled = False
    audits.asked.clear()
    ended = await audits.vault.call(plan, DIRECTORY_AUDITS, paused)
    assert ended.result is not None
    assert ended.result.outcome is Outcome.READ
    assert max(until - since for since, until in audits.asked) < longest
    assert await audits.stored() == audits.whole()


async def test_throttling_without_end_is_a_failure_that_the_next_run_makes_good(audits: Log):
    audits.add("a", days=2)
    audits.before = lambda since, until, page: THROTTLED
    plan = await audits.vault.open("directoryAudits")
    reply: TypeReply | None = None
    calls = 0
    while reply is None or reply.result is None:
        reply = await audits.vault.call(plan, DIRECTORY_AUDITS, reply)
        calls += 1
    assert calls < 12
    assert [gap.code for gap in reply.result.gaps] == ["graphThrottled"]
    audits.before = lambda since, until, page: None
    await audits.run()
    assert await audits.stored() == audits.whole()


async def test_a_log_without_a_licence_is_told_apart_and_leaves_the_others_whole(vault: Vault):
    log = Log(vault, SIGN_INS)
    vault.graph.answer = lambda path: listed([{"id": "d"}]) if path.startswith("/devices") else NOT_PREMIUM
    manifest = await vault.run(SIGN_INS, DEVICES)
    result = manifest.types["signIns"]
    assert (result.outcome, result.log) == (Outcome.UNLICENSED, None)
    assert [gap.code for gap in result.gaps] == ["licenceMissing"]
    assert "Directory.Read.All" in result.gaps[0].remedy
    assert manifest.types["devices"].outcome is Outcome.READ
    vault.graph.answer = log.answer
    log.add("a", days=20)
    await log.run()
    assert await log.stored() == log.whole()


async def test_a_file_that_somebody_damaged_does_not_stop_the_log(audits: Log):
    audits.add("a", hours=1)
    audits.add("b", days=1)
    first = await audits.run()
    log = first.types["directoryAudits"].log
    assert log is not None
    name = log.files[-1].name
    await audits.vault.stores.blobs.replace(name, b"not gzip")
    beside = name.replace(".json.gz", ".copy.json.gz")
    await audits.vault.stores.blobs.replace(beside, b"somebody's")
    audits.add("c", minutes=10)
    result = (await audits.run()).types["directoryAudits"]
    assert result.outcome is Outcome.READ
    assert [(gap.code, name in gap.message) for gap in result.gaps] == [("logUnreadable", True)]
    for damaged in (name, beside):
        await audits.vault.stores.blobs.delete(damaged)
    assert await audits.stored() == audits.whole(), "what the damaged file held and Graph still lists is stored again"


async def test_a_licence_that_cannot_be_looked_up_costs_no_event(audits: Log):
    audits.vault.graph.answer = lambda path: THROTTLED if "subscribedSkus" in path else audits.answer(path)
    audits.add("a", days=29)
    await audits.run()
    assert await audits.stored() == audits.whole()


async def test_an_event_without_a_time_is_not_passed_over(audits: Log):
    audits.before = lambda since, until, page: listed([{"id": "a", "activityDateTime": None}])
    plan = await audits.vault.open("directoryAudits")
    result = await audits.vault.read(plan, DIRECTORY_AUDITS)
    assert (result.outcome, [gap.code for gap in result.gaps]) == (Outcome.FAILED, ["formatError"])
    assert (await audits.vault.stores.logs.get("directoryAudits")).watermark == ""


# ---- what is lost ----------------------------------------------------------------------------------------------------


async def test_days_that_nobody_read_in_time_are_named(audits: Log):
    audits.add("a", hours=1)
    await audits.run()
    audits.vault.now += timedelta(days=40)
    audits.add("b", days=20)
    result = (await audits.run()).types["directoryAudits"]
    assert result.outcome is Outcome.PARTIAL
    [gap] = result.gaps
    assert gap.code == "logGap"
    assert "2026-11-22 to 2026-12-02" in gap.message
    assert await audits.stored() == audits.whole()
    assert (await audits.run()).types["directoryAudits"].gaps == (), "told once"


async def test_a_tenant_without_a_licence_keeps_seven_days(audits: Log):
    audits.plans = ("EXCHANGE_S_STANDARD",)
    audits.add("a", days=6)
    await audits.run()
    assert min(since for since, _ in audits.asked) == NOON + timedelta(minutes=1) - timedelta(days=7)
    audits.vault.now += timedelta(days=10)
    result = (await audits.run()).types["directoryAudits"]
    assert [gap.code for gap in result.gaps] == ["logGap"]
    assert "2026-11-22 to 2026-11-25" in result.gaps[0].message


async def test_lost_days_are_told_although_the_run_that_found_them_died(audits: Log):
    audits.add("a", hours=1)
    await audits.run()
    audits.vault.now += timedelta(days=40)
    dead = await audits.vault.open("directoryAudits")
    await audits.vault.read(dead, DIRECTORY_AUDITS)  # whose manifest is never written
    result = (await audits.run()).types["directoryAudits"]
    assert [gap.code for gap in result.gaps] == ["logGap"]
    assert "2026-11-22 to 2026-12-02" in result.gaps[0].message


# ---- time and memory -------------------------------------------------------------------------------------------------


async def test_a_log_is_read_in_as_many_calls_as_it_takes(audits: Log):
    audits.page = 4
    for minutes in range(6, 6000, 45):
        audits.add(f"e{minutes}", minutes=minutes)
    plan = await audits.vault.open("directoryAudits")
    reply, calls, moved = None, 0, set()
    while reply is None or reply.result is None:
        reply = await audits.vault.call(plan, DIRECTORY_AUDITS, reply, budget=0.0)
        moved.add((await audits.vault.stores.logs.get("directoryAudits")).watermark)
        calls += 1
    assert calls > 20
    assert len(moved) > 5, "what is done stays done"
    assert reply.result.objects == len(audits.events)
    assert await audits.stored() == audits.whole()


async def test_events_that_move_between_pages_are_stored_once(audits: Log):
    audits.page = 10
    for minutes in range(6, 1000, 10):
        audits.add(f"e{minutes}", minutes=minutes)

    def arrives(since: datetime, until: datetime, page: int) -> None:
        if page == 2 and since > NOON - timedelta(days=3):
            audits.add("late", minutes=7)  # shifts every event behind it to another place

    audits.before = arrives
    await audits.run()
    await audits.run()
    assert await audits.stored() == audits.whole()


async def test_memory_does_not_grow_with_the_log(audits: Log, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(log_reader, "MOST_WAITING", 1 << 20)
    times = [NOON - timedelta(hours=8) + timedelta(seconds=number) for number in range(20_000)]
    filling = "x" * 1000

    def answer(path: str) -> Given:
        if path.startswith("/subscribedSkus"):
            return listed([])
        number = int(path.rpartition("skiptoken=")[2]) if "skiptoken" in path else 0
        if "2026-11-22T" not in path and not number:
            return listed([])
        here = [
            {"id": f"e{at:06}", "activityDateTime": times[at].isoformat(), "text": filling}
            for at in range(number * 1000, min((number + 1) * 1000, 20_000))
        ]
        link = f"{audits.vault.graph.url}/v1.0/auditLogs/directoryAudits?$skiptoken={number + 1}"
        return listed(here, **({"@odata.nextLink": link} if number < 19 else {}))

    audits.vault.graph.answer = answer
    plan = await audits.vault.open("directoryAudits")
    tracemalloc.start()
    try:
        result = await audits.vault.read(plan, DIRECTORY_AUDITS)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert result.objects == 20_000
    assert result.log is not None
    assert len(result.log.files) > 10, "emptied as it grew"
    assert peak < 16 << 20, f"{peak / 1e6:.0f} MB for 22 MB of events"


# ---- among the other types -------------------------------------------------------------------------------------------


async def test_a_log_is_no_base_and_makes_no_versions(audits: Log):
    audits.vault.graph.answer = lambda path: (
        listed([{"id": "d", "displayName": "D"}]) if path.startswith("/devices") else audits.answer(path)
    )
    audits.add("a", hours=1)
    manifest = await audits.vault.run(DIRECTORY_AUDITS, DEVICES)
    assert set(manifest.bases) == {"devices"}
    assert await audits.vault.stores.versions.of_object("directoryAudits", "a") == []
    row = await audits.vault.stores.runs.get(manifest.run_id)
    assert row.types["directoryAudits"]["objects"] == 1
    assert row.types["directoryAudits"]["log"] is None, "a row has too little room for the files"
    second = await audits.vault.run(DIRECTORY_AUDITS, DEVICES)
    assert second.types["directoryAudits"].outcome is Outcome.READ


@pytest.mark.parametrize("call", [search_objects, show_object, list_versions], ids=lambda call: call.__name__)
async def test_a_log_has_no_objects_to_ask_for(vault: Vault, call: Any):
    asked = SimpleNamespace(
        services=SimpleNamespace(stores=vault.stores),
        path=SimpleNamespace(type="signIns", id="a"),
        query=SimpleNamespace(run="", name="", deleted=None, top=10, cursor=""),
    )
    with pytest.raises(CallerError) as refusal:
        await call(asked)
    assert (refusal.value.status, refusal.value.slug) == (404, "logType")


async def test_a_run_that_ended_gets_no_more_events(audits: Log):
    audits.add("a", hours=1)
    plan = await audits.vault.open("directoryAudits")
    await audits.vault.open("directoryAudits")  # buries the first
    late = await audits.vault.call(plan, DIRECTORY_AUDITS, None)
    assert late.result is not None
    assert late.result.outcome is Outcome.FAILED
    assert await audits.stored() == Counter()


async def test_a_cloud_without_the_log_is_not_asked(vault: Vault):
    from dataclasses import replace

    entry = replace(DIRECTORY_AUDITS, missing_in=frozenset({"local"}))
    plan = await vault.open("directoryAudits")
    result = await vault.read(plan, entry)
    assert (result.outcome, [gap.code for gap in result.gaps]) == (Outcome.UNAVAILABLE, ["notInThisCloud"])
    assert vault.graph.asked == []


def _unquoted(path: str) -> str:
    from urllib.parse import unquote

    return unquote(path)
