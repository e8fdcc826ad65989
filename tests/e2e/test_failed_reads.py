"""Lists that Graph did not give to their end: the type fails by name, nothing of it is taken for deleted, the other
types commit, and the next run goes on as if nothing had been."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.e2e.stage import Stage
from tests.e2e.verify import assert_no_change, assert_whole, same_records

# One run meets all of these at once, each in a type of its own: type → the fault, and the code it ends in.
_TROUBLES: dict[str, tuple[dict[str, Any], str]] = {
    "users": ({"do": "drop", "path": r"/users\?.*skiptoken"}, "graphUnreachable"),
    "groups": ({"do": "truncate", "path": r"/groups\?\$select=id,.*skiptoken"}, "graphUnreachable"),
    "applications": ({"do": "truncate", "path": r"/applications\?.*skiptoken", "form": "json"}, "graphUnreachable"),
    "devices": ({"do": "expirePageToken", "path": r"/devices\?\$select=id,"}, "graphError"),
    "servicePrincipals": (
        {"do": "delay", "path": r"/servicePrincipals\?.*skiptoken", "seconds": 30},
        "graphUnreachable",
    ),
    "roleDefinitions": ({"do": "status", "path": "/roleDefinitions.*skiptoken", "status": 500}, "graphUnreachable"),
}
_UNTROUBLED = (
    "organization",
    "roleAssignments",
    "oauth2PermissionGrants",
    "namedLocations",
    "conditionalAccessPolicies",
)


@pytest.fixture(scope="module")
def troubled(shared: Stage) -> tuple[Stage, str, str, dict[str, int]]:
    """(stage, a whole run, the troubled run after it, type → how often its fault took effect)."""
    shared.calm()
    shared.switch(maxPage=4)
    keys = (*_TROUBLES, *_UNTROUBLED)
    before = shared.backup(*keys)
    faults = {key: shared.fault(**fault) for key, (fault, _) in _TROUBLES.items()}
    run = shared.backup(*keys)
    hits = {key: shared.hits(fault) for key, fault in faults.items()}
    shared.calm()
    return shared, before, run, hits


type Troubled = tuple[Stage, str, str, dict[str, int]]


@pytest.mark.parametrize("key", _TROUBLES)
def test_a_list_without_its_end_is_failed_and_names_its_error(troubled: Troubled, key: str) -> None:
    stage, _, run, hits = troubled
    result = stage.outcome(run, key)
    assert hits[key] >= 1
    assert result["outcome"] == "failed"
    assert [gap["code"] for gap in result["gaps"]] == [_TROUBLES[key][1]]
    assert all(gap["message"] and gap["remedy"] for gap in result["gaps"])
    assert (result["objects"], result["created"], result["updated"], result["deleted"]) == (0, 0, 0, 0)


def test_nothing_of_a_failed_list_is_taken_for_deleted(troubled: Troubled) -> None:
    stage, before, run, _ = troubled
    assert_no_change(stage.vault, run)
    for key in _TROUBLES:
        present = stage.names(key, deleted="false")
        assert present.keys() == stage.vault.records(before, key).keys()
        assert stage.names(key, deleted="true").keys().isdisjoint(present)


def test_the_other_types_of_the_run_commit(troubled: Troubled) -> None:
    stage, before, run, _ = troubled
    manifest = assert_whole(stage.vault, run)
    assert {manifest["types"][key]["outcome"] for key in _UNTROUBLED} == {"read"}
    assert {key: manifest["bases"][key] for key in _TROUBLES} == dict.fromkeys(_TROUBLES, before)
    same_records(stage.vault, before, run, _UNTROUBLED)


def test_the_run_after_a_failed_list_finds_what_really_changed_and_nothing_else(troubled: Troubled) -> None:
    stage, before, _, _ = troubled
    gone = stage.listed("/v1.0/users")[-1]["id"]
    stage.admin("DELETE", f"/v1.0/users/{gone}")
    try:
        run = stage.backup(*_TROUBLES)
        assert_whole(stage.vault, run)
        changes = stage.vault.changes(run)
        assert ("users", gone, "deleted") in changes
        for key in set(_TROUBLES) - {"users"}:
            assert not {change for change in changes if change[0] == key and change[2] != "updated"}
        unlinked = {identity for _, identity, change in changes if change == "updated"}
        assert all(
            gone.encode() in line
            for key in _TROUBLES
            for i, line in stage.vault.records(before, key).items()
            if i in unlinked
        )
    finally:
        stage.admin("POST", f"/v1.0/directory/deletedItems/{gone}/restore")


_PASSING: dict[str, dict[str, Any]] = {
    "users": {"do": "drop", "path": r"/users\?.*skiptoken"},
    "groups": {"do": "truncate", "path": r"/groups\?.*skiptoken"},
    "applications": {"do": "truncate", "path": r"/applications\?.*skiptoken", "form": "json"},
    "devices": {"do": "expirePageToken", "path": r"/devices\?"},
    "servicePrincipals": {"do": "status", "path": r"/servicePrincipals\?.*skiptoken", "status": 504},
    "roleDefinitions": {"do": "throttle", "path": "/roleDefinitions.*skiptoken", "status": 503, "retryAfter": "0.4"},
}


@pytest.mark.parametrize("times", [1, 2])
def test_a_fault_that_passes_is_recovered_within_the_run(stage: Stage, times: int) -> None:
    before = stage.backup(*_PASSING)
    stage.switch(maxPage=4)
    faults = {key: stage.fault(**fault, times=times) for key, fault in _PASSING.items()}
    run = stage.backup(*_PASSING)
    assert {key: stage.hits(fault) for key, fault in faults.items()} == dict.fromkeys(_PASSING, times)
    manifest = assert_whole(stage.vault, run)
    assert {key: result["outcome"] for key, result in manifest["types"].items()} == dict.fromkeys(_PASSING, "read")
    assert_no_change(stage.vault, run)
    same_records(stage.vault, before, run, tuple(_PASSING))


def test_a_page_that_never_arrives_is_waited_for_only_so_long(stage: Stage) -> None:
    rule = stage.fault("delay", "/namedLocations", seconds=60, times=1)
    run = stage.backup("namedLocations")
    assert stage.hits(rule) == 1
    assert stage.outcome(run, "namedLocations")["outcome"] == "read"
    assert_no_change(stage.vault, run)


@contextmanager
def _listener() -> Iterator[tuple[int, list[bytes]]]:
    """A port where nothing may arrive, and what did."""
    arrived: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(1)
                    arrived.append(connection.recv(4096))

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield server.getsockname()[1], arrived
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


@pytest.mark.parametrize(
    ("key", "path", "host"),
    [
        ("users", r"/users\?\$select=id,businessPhones", "127.0.0.1:{port}"),
        ("users", r"/users\?\$select=id&\$expand=manager", "localhost:{port}"),
        ("administrativeUnits", "/administrativeUnits/.*/members", "127.0.0.1:{port}"),
        ("appRoleAssignments", r"/servicePrincipals\?\$select=id&\$top", "127.0.0.1:{graph}@127.0.0.1:{port}"),
    ],
    ids=["list", "expanded", "in a batch", "parents"],
)
def test_a_next_link_to_another_host_is_not_followed(stage: Stage, key: str, path: str, host: str) -> None:
    before = stage.backup(key, "organization")
    with _listener() as (port, arrived):
        rule = stage.fault("foreignNextLink", path, host=host.format(port=port, graph=stage.graph.port), times=1)
        run = stage.backup(key, "organization")
        assert stage.hits(rule) == 1
    assert arrived == []
    result = stage.outcome(run, key)
    assert result["outcome"] == "failed", "nor read again: the answer is not to be trusted"
    assert [gap["code"] for gap in result["gaps"]] == ["foreignLink"]
    assert stage.outcome(run, "organization")["outcome"] == "read"
    assert_no_change(stage.vault, run)
    after = stage.backup(key)
    assert_no_change(stage.vault, after)
    same_records(stage.vault, before, after, (key,))


def test_a_run_that_could_read_nothing_is_failed_and_leaves_no_files(stage: Stage) -> None:
    before = stage.backup("organization")
    stage.fault("refuse", "/organization")
    run = stage.backup("organization", state="failed")
    assert "permission" in stage.get(f"backups/{run}")["error"]
    assert stage.vault.names(f"{run}/") == stage.vault.work(run) == []
    stage.calm()
    after = stage.backup("organization")
    assert stage.vault.manifest(after)["previous"]["runId"] == before
    assert_no_change(stage.vault, after)
