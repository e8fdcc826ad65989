"""The unmodified Durable client, and the management routes beside it."""

import asyncio
from typing import Any

from tests.host.conftest import HostProcess

INSTANCES = "/runtime/webhooks/durabletask/instances"


async def waiting(host: HostProcess, instance: str, given: Any = None) -> None:
    """Starts `waits` and lets it come to its wait."""
    await host.begin("waits", instance, given)
    while (await host.status(instance))["customStatus"] is None:
        await asyncio.sleep(0.01)


async def test_client_starts_asks_raises_and_gets_the_output(durable: HostProcess) -> None:
    await waiting(durable, "c1", {"a": [1, "ü"]})
    status, shown = await durable.client("status", "c1")
    assert (status, shown["runtimeStatus"], shown["customStatus"]) == (200, "Running", {"waiting": "go"})
    assert await durable.client("raise", "c1", event="go", data={"by": "x"}) == (200, None)
    status, output = await durable.client("wait", "c1")
    assert (status, output) == (200, {"got": {"by": "x"}, "input": {"a": [1, "ü"]}})


async def test_start_answers_the_links_of_the_instance(durable: HostProcess) -> None:
    status, links = await durable.client("start", "c2", name="counts_down", input=3)
    assert status == 202
    assert links["id"] == "c2"
    assert links["statusQueryGetUri"].startswith(f"{durable.url}{INSTANCES}/c2?")
    await durable.ended("c2")
    assert (await durable.call("GET", links["statusQueryGetUri"].removeprefix(durable.url)))[1]["output"] == 0


async def test_an_open_id_cannot_be_started_again_and_an_ended_one_can(durable: HostProcess) -> None:
    await waiting(durable, "c3")
    status, _ = await durable.client("start", "c3", name="waits")
    assert status == 500
    status, body = await durable.call("POST", "/runtime/webhooks/durabletask/orchestrators/waits/c3")
    assert status == 409
    assert "Running already exists" in body["Message"]
    await durable.client("raise", "c3", event="go", data=1)
    await durable.ended("c3")
    await durable.begin("counts_down", "c3", 0)
    assert (await durable.ended("c3"))["name"] == "counts_down"


async def test_unknown_orchestrator_is_400_with_its_name(durable: HostProcess) -> None:
    status, body = await durable.call("POST", "/durabletask/orchestrators/nowhere", json="{}")
    assert status == 400
    assert "'nowhere' doesn't exist" in body["ExceptionMessage"]


async def test_started_over_http_with_an_object_the_input_is_that_object(durable: HostProcess) -> None:
    status, links = await durable.call(
        "POST",
        "/runtime/webhooks/durabletask/orchestrators/fan_out?timeout=5&pollingInterval=0.01",
        json={"width": 2, "seconds": 0},
    )
    assert (status, type(links)) == (200, int)


async def test_a_failed_orchestrator_says_why(durable: HostProcess) -> None:
    await durable.begin("raises", "c4")
    found = await durable.ended("c4")
    assert found["runtimeStatus"] == "Failed"
    assert found["output"] == "Orchestrator function 'raises' failed: no such luck"
    status, _ = await durable.call("GET", f"{INSTANCES}/c4?returnInternalServerErrorOnFailure=true")
    assert status == 500


async def test_calling_an_unknown_activity_fails_the_orchestration(durable: HostProcess) -> None:
    await durable.begin("calls_nothing", "c5")
    assert "'not_there' doesn't exist" in (await durable.ended("c5"))["output"]


async def test_terminate_ends_an_instance_and_a_late_event_is_gone(durable: HostProcess) -> None:
    await waiting(durable, "c6")
    await durable.client("terminate", "c6")
    found = await durable.ended("c6")
    assert (found["runtimeStatus"], found["output"]) == ("Terminated", "why")
    assert (await durable.call("POST", f"{INSTANCES}/c6/raiseEvent/go", json=1))[0] == 410
    assert (await durable.call("POST", f"{INSTANCES}/c6/terminate"))[0] == 410
    assert (await durable.call("POST", f"{INSTANCES}/nobody/terminate"))[0] == 404


async def test_a_suspended_instance_keeps_its_events_for_later(durable: HostProcess) -> None:
    await waiting(durable, "c7")
    await durable.client("suspend", "c7")
    while (await durable.status("c7"))["runtimeStatus"] != "Suspended":
        await asyncio.sleep(0.01)
    await durable.client("raise", "c7", event="go", data=7)
    await asyncio.sleep(0.1)
    assert (await durable.status("c7"))["runtimeStatus"] == "Suspended"
    await durable.client("resume", "c7")
    assert (await durable.ended("c7"))["output"]["got"] == 7


async def test_restart_runs_the_same_input_again(durable: HostProcess) -> None:
    await durable.begin("counts_down", "c8", 2)
    await durable.ended("c8")
    _, links = await durable.client("restart", "c8", new=True)
    assert links["id"] != "c8"
    assert (await durable.ended(links["id"]))["output"] == 0
    assert (await durable.client("restart", "c8", new=False))[1]["id"] == "c8"
    assert (await durable.client("restart", "nobody", new=True))[0] == 500


async def test_purge_removes_an_ended_instance_only(durable: HostProcess) -> None:
    await waiting(durable, "c9")
    assert (await durable.call("DELETE", f"{INSTANCES}/c9"))[0] == 412
    await durable.client("raise", "c9", event="go", data=1)
    await durable.ended("c9")
    assert await durable.client("purge", "c9") == (200, 1)
    assert await durable.client("purge", "c9") == (200, 0)
    assert (await durable.call("GET", f"{INSTANCES}/c9"))[0] == 404


async def test_instances_are_listed_by_status_and_prefix_in_pages(durable: HostProcess) -> None:
    for number in range(3):
        await waiting(durable, f"list-{number}")
    assert {"list-0", "list-1", "list-2"} <= set((await durable.client("by", status="Running"))[1])
    async with durable.http.get(f"{INSTANCES}/?instanceIdPrefix=list-&top=2") as response:
        page, token = await response.json(), response.headers["x-ms-continuation-token"]
    assert [row["instanceId"] for row in page] == ["list-0", "list-1"]
    _, rest = await durable.call(
        "GET", f"{INSTANCES}?instanceIdPrefix=list-&top=2", headers={"x-ms-continuation-token": token}
    )
    assert [row["instanceId"] for row in rest] == ["list-2"]
    _, none = await durable.call("GET", f"{INSTANCES}?createdTimeTo=2020-01-01T00:00:00Z")
    assert none == []
    for number in range(3):
        await durable.client("terminate", f"list-{number}")


async def test_history_is_told_when_asked_for(durable: HostProcess) -> None:
    await durable.begin("fan_out", "h1", {"width": 2, "seconds": 0})
    await durable.ended("h1")
    _, shown = await durable.call("GET", f"{INSTANCES}/h1?showHistory=true&showHistoryOutput=true")
    kinds = [event["EventType"] for event in shown["historyEvents"]]
    assert kinds == ["ExecutionStarted", "TaskCompleted", "TaskCompleted", "ExecutionCompleted"]
    assert shown["historyEvents"][1]["FunctionName"] == "counted"


async def test_raise_event_takes_json_only(durable: HostProcess) -> None:
    await waiting(durable, "c10")
    path = f"{INSTANCES}/c10/raiseEvent/go"
    assert (await durable.call("POST", path, data="x", headers={"content-type": "text/plain"}))[0] == 400
    assert (await durable.call("POST", path, data="{", headers={"content-type": "application/json"}))[0] == 400
    assert (await durable.call("POST", path, json={"k": 1}))[0] == 202
    assert (await durable.ended("c10"))["output"]["got"] == {"k": 1}


async def test_continue_as_new_goes_round_without_growing(durable: HostProcess) -> None:
    await durable.begin("counts_down", "c11", 100)
    assert (await durable.ended("c11"))["output"] == 0
    _, shown = await durable.call("GET", f"{INSTANCES}/c11?showHistory=true")
    assert len(shown["historyEvents"]) == 2


async def test_a_result_that_a_former_execution_waited_for_is_dropped(durable: HostProcess) -> None:
    await durable.begin("laps", "c12", 0)
    assert (await durable.ended("c12"))["output"] == ["slow 3", "quick 3"]


async def test_five_hundred_activities_take_well_under_two_seconds(durable: HostProcess) -> None:
    await durable.begin("fan_out", "wide", {"width": 500, "seconds": 0})
    async with asyncio.timeout(2):
        assert (await durable.ended("wide"))["output"] == 32
