"""The host killed in the middle of a backup, at exact places: after a restart the run ends as if nothing had been.

A relay holds one request on its way to storage or Graph (`before`), or its answer on the way back (`after`: the effect
is there and the app does not know); then the process gets SIGKILL. What was held never arrives.
"""

import shutil
from collections.abc import Iterator

import pytest

from tests.e2e.relay import Relays, When
from tests.e2e.stage import Stage
from tests.e2e.verify import assert_no_change, assert_whole, same_records

_KEYS = ("users", "groups", "namedLocations")

type Place = tuple[str, str, str, int, When]

# Where a run is cut: the service, the request, how many of its kind pass first, on which way it is held.
_PLACES: dict[str, Place] = {
    "before its row": ("tables", "POST", r"/Runs\b", 0, "before"),
    "between pages": ("graph", "GET", r"/v1.0/users\?\$select=id,businessPhones.*skiptoken", 0, "before"),
    "with a page read": ("graph", "GET", r"/v1.0/users\?\$select=id,businessPhones.*skiptoken", 1, "after"),
    "with blocks staged": ("blobs", "PUT", r"/users\.json\.gz\?.*comp=block(&|$)", 0, "after"),
    "before its checkpoint": ("blobs", "PUT", r"/_work/.*/users\..*comp=blocklist", 0, "before"),
    "after its checkpoint": ("blobs", "PUT", r"/_work/.*/users\..*comp=blocklist", 0, "after"),
    "before the snapshot file": ("blobs", "PUT", r"Z[-\d]*/users\.json\.gz\?.*comp=blocklist", 0, "before"),
    "after the snapshot file": ("blobs", "PUT", r"Z[-\d]*/users\.json\.gz\?.*comp=blocklist", 0, "after"),
    "after the table of contents": ("blobs", "PUT", r"/_toc/users\.json\.gz\?.*comp=blocklist", 0, "after"),
    "between file and rows": ("tables", "POST", r"\$batch", 0, "before"),
    "in the middle of the rows": ("tables", "POST", r"\$batch", 1, "after"),
    "between rows and manifest": ("blobs", "PUT", r"/manifest\.json", 0, "before"),
    "after the manifest": ("blobs", "PUT", r"/manifest\.json", 0, "after"),
    "before it is called committed": ("tables", "PUT|PATCH", r"/Runs\(PartitionKey='[-0-9a-f]*',", 0, "before"),
    "in the clean-up": ("blobs", "DELETE", r"/_work/", 0, "after"),
}


@pytest.fixture(scope="module")
def reborn_stage(azurite: str, relays: Relays, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A stage whose host is killed again and again; each test changes the tenant, so that runs write rows."""
    data = tmp_path_factory.mktemp("killed")
    with Stage(data, azurite, relays, users=20, GRAPH_RETRY_LIMIT="2") as stage:
        yield stage


@pytest.fixture
def reborn(reborn_stage: Stage) -> Stage:
    """The same without the faults and switches of the test before."""
    reborn_stage.calm()
    return reborn_stage


_covering: dict[str, tuple[str, int]] = {}  # tenant → the last run that was seen to hold it, and the writes until then


def _held(stage: Stage, run: str) -> None:
    """Notes that a run, which has been looked at, holds the tenant as it is."""
    _covering[stage.tenant_id] = run, stage.mark()


def _base(stage: Stage) -> str:
    """A run that holds the tenant as it is: the one with which the test before ended, unless it failed."""
    if stage.tenant_id in _covering:
        run, mark = _covering[stage.tenant_id]
        newest = next(row for row in stage.vault.runs() if row["State"] == "committed")
        if (newest["RunId"], stage.mark()) == (run, mark):
            return run
    return stage.backup(*_KEYS)


def _change(stage: Stage, place: str) -> set[tuple[str, str, str]]:
    """Changes the tenant in every way; returns the version rows that the next run must write, no others."""
    name = place.replace(" ", "-")
    existing = [one["id"] for one in stage.listed("/v1.0/users") if one["displayName"].startswith("first-")]
    expected = set[tuple[str, str, str]]()
    for identity in existing:
        stage.purge("users", identity)
        expected.add(("users", identity, "deleted"))
    for one in [one["id"] for one in stage.listed("/v1.0/users") if one["displayName"].startswith("second-")]:
        stage.admin("PATCH", f"/v1.0/users/{one}", {"displayName": f"second-{name}"})
        expected.add(("users", one, "updated"))
    expected |= {("users", stage.user(f"{which}-{name}"), "created") for which in ("first", "other")}
    if not any(change == "updated" for _, _, change in expected):
        expected.add(("users", stage.user(f"second-{name}"), "created"))
    return expected


def _cut(stage: Stage, place: str) -> str:
    """Starts a run and kills the host at a place; returns the run's id. The host is down."""
    service, method, target, skip, when = _PLACES[place]
    hold = getattr(stage, service).hold(method, target, when=when, skip=skip)
    run = stage.start(*_KEYS)
    hold.wait()
    stage.kill()
    return run


@pytest.mark.parametrize("place", _PLACES)
def test_a_killed_run_ends_like_an_undisturbed_one(reborn: Stage, place: str) -> None:
    stage = reborn
    base = _base(stage)
    expected = _change(stage, place)
    stage.switch(maxPage=9)
    run = _cut(stage, place)
    stage.restart()
    assert stage.ended(run)["state"] == "committed"
    stage.idle()
    manifest = assert_whole(stage.vault, run)
    assert {result["outcome"] for result in manifest["types"].values()} == {"read"}
    assert manifest["previous"]["runId"] == base
    assert stage.vault.changes(run) == expected
    _assert_found(stage)
    undisturbed = stage.backup(*_KEYS)
    assert_no_change(stage.vault, undisturbed)
    same_records(stage.vault, run, undisturbed, _KEYS)
    _held(stage, undisturbed)


def _assert_found(stage: Stage) -> None:
    """A search shows the tenant as it is."""
    present = {one["id"]: one["displayName"] for one in stage.listed("/v1.0/users")}
    assert {identity: one["name"] for identity, one in stage.names("users", deleted="false").items()} == present


_BROKEN = [
    "after its checkpoint",
    "after the snapshot file",
    "in the middle of the rows",
    "after the manifest",
    "before it is called committed",
]


@pytest.mark.parametrize("place", _BROKEN)
def test_a_connection_to_storage_that_breaks_changes_nothing(reborn: Stage, place: str) -> None:
    stage = reborn
    base = _base(stage)
    expected = _change(stage, f"broken-{place}")
    service, method, target, skip, when = _PLACES[place]
    hold = getattr(stage, service).hold(method, target, when=when, skip=skip)
    run = stage.start(*_KEYS)
    hold.wait()
    hold.drop()
    assert stage.ended(run)["state"] == "committed"
    stage.idle()
    manifest = assert_whole(stage.vault, run)
    assert {result["outcome"] for result in manifest["types"].values()} == {"read"}
    assert manifest["previous"]["runId"] == base
    assert stage.vault.changes(run) == expected
    _assert_found(stage)
    _held(stage, run)


def test_a_host_that_is_stopped_in_mid_run_goes_on_when_it_is_started(reborn: Stage) -> None:
    stage = reborn
    _base(stage)
    expected = _change(stage, "stopped")
    hold = stage.graph.hold("GET", r"/v1.0/users\?\$select=id,businessPhones")
    run = stage.start(*_KEYS)
    hold.wait()
    assert stage.host is not None
    stage.host.stop()
    stage.graph.break_off()
    stage.restart()
    assert stage.ended(run)["state"] == "committed"
    stage.idle()
    assert_whole(stage.vault, run)
    assert stage.vault.changes(run) == expected
    _held(stage, run)


@pytest.mark.parametrize("place", ["with a page read", "in the middle of the rows", "between rows and manifest"])
def test_a_run_that_died_for_good_is_ignored_and_cleaned_up_by_the_next(reborn: Stage, place: str) -> None:
    stage = reborn
    base = _base(stage)
    seen = stage.names("users")
    expected = _change(stage, f"dead-{place}")
    stage.switch(maxPage=9)
    dead = _cut(stage, place)
    shutil.rmtree(stage.data / "host")
    stage.restart()

    shown = stage.get(f"backups/{dead}")
    assert (shown["state"], bool(shown["error"])) == ("failed", True)
    assert stage.names("users") == seen
    for _, identity, change in expected:
        reply = stage.call("GET", f"objects/users/{identity}/versions")
        if change == "created":
            assert (reply.status_code, reply.json()["code"]) == (404, "unknownObject")
        else:
            assert dead not in {version["runId"] for version in reply.json()["versions"]}
        reply = stage.call("GET", f"objects/users/{identity}", params={"run": dead})
        assert (reply.status_code, reply.json()["code"]) == (404, "unknownRun")

    for _, identity, change in expected:  # what the dead run alone has met leaves nothing either
        if change == "created":
            stage.purge("users", identity)
        elif change == "updated":
            stage.admin("PATCH", f"/v1.0/users/{identity}", {"displayName": seen[identity]["name"]})
    run = stage.backup(*_KEYS)
    manifest = assert_whole(stage.vault, run)
    assert manifest["previous"]["runId"] == base
    assert stage.vault.changes(run) == {one for one in expected if one[2] == "deleted"}
    assert stage.vault.names(f"{dead}/") == stage.vault.work(dead) == []
    assert stage.vault.versions(dead) == []
    assert not [row for row in stage.vault.objects() if dead in row.values()]
    assert stage.get(f"backups/{dead}")["state"] == "failed"
    _assert_found(stage)
    _held(stage, run)


def test_a_run_whose_manifest_was_written_stands_though_its_host_never_came_back(reborn: Stage) -> None:
    stage = reborn
    _base(stage)
    expected = _change(stage, "stands")
    dead = _cut(stage, "after the manifest")
    shutil.rmtree(stage.data / "host")
    stage.restart()
    run = stage.backup(*_KEYS)
    assert stage.vault.manifest(run)["previous"]["runId"] == dead
    assert_no_change(stage.vault, run)
    assert_whole(stage.vault, dead)
    assert stage.vault.changes(dead) == expected
    assert stage.get(f"backups/{dead}")["state"] == "committed"
    _assert_found(stage)
    _held(stage, run)
