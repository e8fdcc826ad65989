"""The whole catalogue through the app: chosen, looked ahead at, backed up, explained and compared over HTTP.

The reader's token lacks one permission, as if an administrator had forgotten it.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from local.demo_token import granted, token
from local.processes import ROOT
from tests.e2e.conftest import MakeStage
from tests.e2e.relay import Relays
from tests.e2e.stage import Stage
from tests.e2e.verify import assert_whole

type Json = dict[str, Any]

FORGOTTEN = "AccessReview.Read.All"
COSTS = "accessReviewDefinitions"
# what an application cannot read whatever it is granted
CLOSED = {
    "deletedConditionalAccessPolicies": "unavailable",
    "deletedNamedLocations": "unavailable",
    "termsOfUseAgreements": "refused",
}
PIERS = ("PierOne", "PierTwo")
SECRET = {"bitlockerRecoveryKeys": "bitlockerRecoveryKey", "deviceLocalCredentials": "deviceLocalCredentialInfo"}
LOGS = {
    "signIns": ("signIn", "createdDateTime"),
    "directoryAudits": ("directoryAudit", "activityDateTime"),
    "provisioning": ("provisioningObjectSummary", "activityDateTime"),
}


@pytest.fixture(scope="module")
def stage(azurite: str, relays: Relays, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    page = (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8")
    data: Path = tmp_path_factory.mktemp("every")
    with Stage(
        data, azurite, relays, users=20, token=token(granted(page, [FORGOTTEN, FORGOTTEN.replace("Read", "ReadWrite")]))
    ) as running:
        yield running
        assert "api.defect" not in (data / "host.log").read_text()


@pytest.fixture(scope="module")
def chosen(stage: Stage) -> Json:
    """Everything is switched on, also what no preset holds."""
    alone = [key for key, one in status(stage).items() if not one.get("preset")]
    reply = stage.call("PUT", "settings/types", json={"preset": "everything", "on": alone})
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


@pytest.fixture(scope="module")
def run(stage: Stage, chosen: Json) -> str:
    """A run of everything."""
    for name in PIERS:
        stage.group(name)
    started = stage.start()
    found = stage.ended(started, 240)
    assert found["state"] == "committed", found
    stage.idle()
    return started


def status(stage: Stage) -> dict[str, Json]:
    return {one["key"]: one for one in stage.get("types")["types"]}


def admin_state(stage: Stage, kind: str) -> list[Json]:
    reply = stage.http.get(f"{stage.tenant_url}/_admin/state/{kind}")
    return [json.loads(line) for line in reply.text.splitlines()]


def test_everything_can_be_chosen_and_the_secrets_in_it_are_named(stage: Stage, chosen: Json) -> None:
    assert set(chosen["enabled"]) == set(status(stage))
    assert {one["type"] for one in chosen["warnings"] if one["code"] == "holdsSecrets"} == set(SECRET)
    assert stage.get("settings/types")["preset"] == "everything"


def test_a_look_ahead_names_the_forgotten_permission_and_no_other(stage: Stage, chosen: Json) -> None:
    reply = stage.call("POST", "preflight", json={})
    assert reply.status_code == 200, reply.text
    found = reply.json()
    assert found["permissionsKnown"]
    assert found["missing"] == {FORGOTTEN: [COSTS]}
    assert set(found["types"]) == {COSTS}
    assert FORGOTTEN in found["types"][COSTS][0]["remedy"]
    assert set(found["licences"].values()) == {"present"}


def test_every_type_is_backed_up_or_says_why_not(stage: Stage, run: str) -> None:
    manifest = assert_whole(stage.vault, run)
    assert [alert["code"] for alert in manifest["alerts"]] == ["permissionsNotGranted"]
    assert FORGOTTEN in manifest["alerts"][0]["message"]
    shown = status(stage)
    assert set(manifest["types"]) == set(shown)
    assert all(one["enabled"] for one in shown.values())
    unread = {key: one["status"] for key, one in shown.items() if one["status"] != "read"}
    assert unread == {**CLOSED, COSTS: "refused"}
    for key in unread:
        assert shown[key]["remedy"]
        assert shown[key]["gaps"][0]["message"].endswith(".")
    assert FORGOTTEN in shown[COSTS]["remedy"]
    for key in shown.keys() - unread.keys():
        assert shown[key]["last"]["runId"] == run
        assert shown[key]["last"]["objects"] == manifest["types"][key]["objects"] > 0


def test_secrets_are_kept_apart_and_not_answered(stage: Stage, run: str) -> None:
    names = stage.vault.names(f"{run}/")
    for key, kind in SECRET.items():
        assert not [name for name in names if key in name]
        with stage.vault.inside("secrets") as vault:
            kept = {json.loads(line)["id"] for line in vault.lines(f"{run}/{key}.json.gz")}
        assert kept == {one["id"] for one in admin_state(stage, kind)}
        identity = sorted(kept)[0]
        for path in (f"objects/{key}/{identity}", f"objects/{key}/{identity}/diff?to=live"):
            refused = stage.call("GET", path)
            assert (refused.status_code, refused.json()["code"]) == (403, "secretType"), refused.text
        timeline = stage.get(f"objects/{key}/{identity}/versions")["versions"]
        assert [(one["change"], one["runId"]) for one in timeline] == [("created", run)]


def test_logs_lie_in_a_file_for_each_day(stage: Stage, run: str) -> None:
    for key, (kind, time) in LOGS.items():
        events: list[str] = []
        files = stage.vault.names(f"_logs/{key}/")
        for name in files:
            day = name.rpartition("/")[2].partition(".")[0]
            found = [json.loads(line) for line in stage.vault.lines(name)]
            assert {datetime.fromisoformat(one[time]).astimezone(UTC).date().isoformat() for one in found} == {day}
            events += [one["id"] for one in found]
        assert len(files) > 3
        assert sorted(events) == sorted(one["id"] for one in admin_state(stage, kind))


def test_what_changed_in_a_type_is_told_between_two_runs(stage: Stage, run: str) -> None:
    there = {one["displayName"]: one["id"] for one in stage.listed("/v1.0/groups?$select=id,displayName")}
    changed, gone = (there[name] for name in PIERS)
    stage.admin("PATCH", f"/v1.0/groups/{changed}", {"description": "As of today"})
    stage.admin("DELETE", f"/v1.0/groups/{gone}")
    made = stage.group("NewBerth")
    again = stage.backup("groups", "deletedGroups")
    found = stage.get("diff/groups", **{"from": run, "to": again})
    assert (found["created"], found["updated"], found["deleted"]) == (1, 1, 1)
    told = {one["id"]: one for one in found["changes"]}
    assert {key: one["change"] for key, one in told.items()} == {made: "created", changed: "updated", gone: "deleted"}
    assert told[changed]["properties"] == ["description"]
    assert told[gone]["fate"] == "recycleBin"
    assert stage.get("diff/deletedGroups", **{"from": run, "to": again})["created"] == 1


def test_a_licence_that_is_gone_is_told_type_by_type(stage: Stage, run: str) -> None:
    stage.switch(licences=["AAD_PREMIUM", "AAD_PREMIUM_P2", "Entra_Identity_Governance"])
    try:
        ahead = stage.call("POST", "preflight", json={}).json()
        stage.backup("deviceCategories", "domains")
    finally:
        stage.switch(licences=["AAD_PREMIUM", "AAD_PREMIUM_P2", "Entra_Identity_Governance", "INTUNE_A"])
    assert {name for name, state in ahead["licences"].items() if state == "missing"} == {"Microsoft Intune"}
    told = {key for key, gaps in ahead["types"].items() if "licenceMissing" in {gap["code"] for gap in gaps}}
    shown = status(stage)
    assert told == {key for key, one in shown.items() if one["licence"] == "Microsoft Intune"}
    assert (shown["deviceCategories"]["status"], shown["domains"]["status"]) == ("unlicensed", "read")
    assert "Microsoft Intune" in shown["deviceCategories"]["remedy"]


def test_a_national_cloud_is_told_from_what_is_refused(new_stage: MakeStage) -> None:
    stage = new_stage(users=20, GRAPH_CLOUD="china")
    stage.switch(cloud="china")
    stage.backup("groups", "applications", "authenticationMethodsPolicy")
    shown = status(stage)
    assert {key: shown[key]["status"] for key in ("groups", "applications", "authenticationMethodsPolicy")} == {
        "groups": "read",
        "applications": "read",
        "authenticationMethodsPolicy": "notInThisCloud",
    }
    ahead = stage.call("POST", "preflight", json={"types": ["authenticationMethodsPolicy", "groups"]}).json()
    assert [gap["code"] for gap in ahead["types"]["authenticationMethodsPolicy"]] == ["notInThisCloud"]
    assert "Policy.Read.AuthenticationMethod" not in ahead["permissions"]
