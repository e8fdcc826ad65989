"""Retention through the host: the timer removes a run that is due, and the API tells what there is and what was."""

import asyncio
import time
from datetime import UTC, datetime

from functions.core.runid import run_id
from tests.e2e.conftest import MakeStage
from tests.e2e.stage import Json, Stage
from tests.flow.backup_world import vault_of
from tests.flow.retention_world import GROUPS, USERS

# Of one day long ago; the rules keep the first run of its year.
FIRST, SECOND = (datetime(2024, 3, 2, hour, tzinfo=UTC) for hour in (2, 14))


async def _long_ago(stage: Stage, connection: str, administrator: str) -> list[str]:
    runs = []
    async with vault_of(connection, stage.tenant_id, stage.tenant_url) as vault:
        for moment in (FIRST, SECOND):
            stage.admin("PATCH", f"/v1.0/users/{administrator}", {"jobTitle": f"Of {moment:%H} o'clock"})
            vault.now = moment
            runs.append((await vault.run(USERS, GROUPS)).run_id)
    return runs


def _passed(stage: Stage, before: str = "") -> Json:
    """Fires the timer and waits for the end of its pass; the orchestration of the one before has to have ended."""
    where = f"{stage.functions_url}/runtime/webhooks/durabletask/instances/retention-{stage.tenant_id}"
    while stage.http.get(where).status_code == 202:
        time.sleep(0.02)
    while run_id(datetime.now(UTC)) == before:  # two passes of one second would have one id
        time.sleep(0.02)
    assert stage.http.post(f"{stage.functions_url}/admin/functions/retention_timer", json={}).status_code == 202
    deadline = time.monotonic() + 60
    while True:
        found = stage.get("retention")
        last = found.get("last")
        if last and last["reportId"] != before and last["state"] != "running":
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.2)


def test_the_timer_removes_what_is_due(azurite: str, new_stage: MakeStage) -> None:
    stage = new_stage(users=20, RETENTION_MODE="prune", RETENTION_NOTICE_HOURS="0", RETENTION_SCHEDULE="0 0 0 29 2 *")
    user = stage.user("steersman")
    first, second = asyncio.run(_long_ago(stage, azurite, user))
    assert first == run_id(FIRST).replace("T020000Z", "T020100Z")
    newest = stage.backup("users", "groups")
    found = _passed(stage)
    assert found["last"]["state"] == "done", found
    assert (found["last"]["counts"]["removed"], found["last"]["findings"]) == (1, [])
    assert found["mode"] == "prune"
    assert found["rules"] == {"allDays": 7, "daily": 30, "weekly": 12, "monthly": 12, "yearly": 7}
    assert [(one["runId"], one["keep"]) for one in found["runs"]] == [(newest, True), (first, True)]
    assert found["runs"][1]["reasons"] == [{"reason": "first of 2024", "until": "2031-01-01T00:00:00Z"}]

    assert [one["runId"] for one in stage.get("backups")["runs"]] == [newest, first]
    gone = stage.get(f"backups/{second}")
    assert gone["state"] == "removed"
    assert gone["removedAt"]
    assert gone["types"]["users"]["outcome"] == "read"
    assert gone["alerts"] == []

    # What the run recorded still holds as of the newest run; as of itself nobody can ask any more.
    shown = stage.get(f"objects/users/{user}")
    assert (shown["runId"], shown["record"]["jobTitle"]) == (second, "Of 14 o'clock")
    assert stage.get(f"objects/users/{user}", run=first)["record"]["jobTitle"] == "Of 02 o'clock"
    assert [one["runId"] for one in stage.get(f"objects/users/{user}/versions")["versions"]] == [second, first]
    refused = stage.call("GET", f"objects/users/{user}", params={"run": second})
    assert (refused.status_code, refused.json()["code"]) == (404, "unknownRun")
    assert refused.json()["detail"].startswith(f"Retention removed run {second} at 20")
    assert stage.get(f"objects/users/{user}/diff")["properties"][0]["path"] == "jobTitle"
    for query in ({"from": second}, {"to": second}):
        assert stage.call("GET", "diff/users", params=query).json()["code"] == "unknownRun"
    body = {"type": "users", "id": user, "run": second}
    assert stage.call("POST", "restore/plans", json=body).json()["code"] == "unknownRun"

    again = _passed(stage, found["last"]["reportId"])
    assert (again["last"]["state"], again["last"]["counts"]["removed"]) == ("done", 0)
