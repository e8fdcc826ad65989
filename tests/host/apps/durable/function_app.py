"""A durable app for the host's tests: runs the programs of programs.py, and the small cases of test_client.py."""

import asyncio
import json
import os
from collections import Counter
from datetime import timedelta
from pathlib import Path

import azure.durable_functions as df
import azure.functions as func

app = df.DFApp(http_auth_level=func.AuthLevel.ANONYMOUS)
# Attempts outlive the process where a test kills it: a call that was to fail once does not fail once more.
kept = Path(os.environ["ATTEMPTS_FILE"]) if "ATTEMPTS_FILE" in os.environ else None
attempts: Counter[str] = Counter(kept.read_text().split() if kept and kept.exists() else ())


def attempt(call: dict) -> str:
    """Answers its label, after failing as often as it is told to."""
    attempts[call["key"]] += 1
    if kept:
        with kept.open("a") as file:
            file.write(f"{call['key']}\n")
    if attempts[call["key"]] <= call["fails"]:
        raise RuntimeError(f"attempt {attempts[call['key']]} of {call['label']}")
    return call["label"]


@app.activity_trigger(input_name="call")
async def work(call: dict) -> str:
    await asyncio.sleep(call["delay"])
    return attempt(call)


@app.activity_trigger(input_name="call")
def sync_work(call: dict) -> str:
    """The same, in a thread."""
    return attempt(call)


@app.orchestration_trigger(context_name="context")
def program(context: df.DurableOrchestrationContext):
    """Runs one program; a `restart` goes on with the rest as a new execution."""
    given = context.get_input()
    done = list(given["done"])
    for position, statement in enumerate(given["program"]):
        if statement["op"] == "restart":
            context.continue_as_new(
                {"program": given["program"][position + 1 :], "done": done, "salt": given["salt"] + "r"}
            )
            return None
        done.append((yield from statement_of(context, statement, given["salt"])))
        context.set_custom_status({"done": len(done)})
    return done


def statement_of(context, statement, salt):
    """A statement that is waited for by itself."""
    op = statement["op"]
    if op == "try":
        try:
            return (yield task_of(context, statement["what"], salt))
        except Exception as error:  # noqa: BLE001 - the library raises nothing more specific
            return "caught " + str("of " + statement["what"]["label"] in str(error))
    if op == "window":
        return (yield from window(context, statement["chains"], salt))
    if op == "race":
        slow = context.create_timer(context.current_utc_datetime + timedelta(seconds=60))
        first = task_of(context, statement["what"], salt)
        winner = yield context.task_any([first, slow])
        slow.cancel()
        return winner.result if winner is first else "slow"
    result = yield task_of(context, statement, salt)
    return None if op == "timer" else result


def window(context, chains, salt):
    """Every chain's calls one after another, the chains side by side; a result is followed by the next call at once."""
    results = [[] for _ in chains]
    running = {}
    for number, chain in enumerate(chains):
        running[task_of(context, chain[0], salt)] = number
    while running:
        winner = yield context.task_any(list(running))
        number = running.pop(winner)
        results[number].append(winner.result)
        if len(results[number]) < len(chains[number]):
            running[task_of(context, chains[number][len(results[number])], salt)] = number
    return results


def task_of(context, node, salt):
    op = node["op"]
    if op == "call":
        given = {**node, "key": f"{salt}/{node['label']}"}
        name = "sync_work" if node.get("sync") else "work"
        if node["attempts"]:
            return context.call_activity_with_retry(name, df.RetryOptions(node["pause"], node["attempts"]), given)
        return context.call_activity(name, given)
    if op == "sub":
        given = {"program": node["program"], "done": [], "salt": f"{salt}/{node['label']}"}
        fixed = f"{context.instance_id}-{node['label']}" if node["fixed"] else None
        if node["attempts"]:
            return context.call_sub_orchestrator_with_retry(
                "program", df.RetryOptions(1, node["attempts"]), given, fixed
            )
        return context.call_sub_orchestrator("program", given, fixed)
    if op == "timer":
        return context.create_timer(context.current_utc_datetime + timedelta(milliseconds=node["milliseconds"]))
    return context.task_all([task_of(context, part, salt) for part in node["parts"]])


@app.activity_trigger(input_name="call")
async def slow_step(call: dict) -> int:
    """Leaves a line that it began, takes a while, answers its number."""
    with Path(os.environ["STEPS_FILE"]).open("a") as file:
        file.write(f"{call['number']}\n")
    await asyncio.sleep(call["seconds"])
    return call["number"]


@app.orchestration_trigger(context_name="context")
def slow_steps(context: df.DurableOrchestrationContext):
    given = context.get_input()
    batches = []
    for batch in range(given["batches"]):
        numbers = range(batch * given["width"], (batch + 1) * given["width"])
        batches += yield context.task_all(
            [context.call_activity("slow_step", {"number": n, "seconds": given["seconds"]}) for n in numbers]
        )
        yield context.create_timer(context.current_utc_datetime + timedelta(seconds=given["seconds"]))
    return batches


peak = {"now": 0, "most": 0}


@app.activity_trigger(input_name="seconds")
async def counted(seconds: float) -> int:
    peak["now"] += 1
    peak["most"] = max(peak["most"], peak["now"])
    await asyncio.sleep(seconds)
    peak["now"] -= 1
    return peak["most"]


@app.orchestration_trigger(context_name="context")
def fan_out(context: df.DurableOrchestrationContext):
    given = context.get_input()
    results = yield context.task_all(
        [context.call_activity("counted", given["seconds"]) for _ in range(given["width"])]
    )
    return max(results)


@app.orchestration_trigger(context_name="context")
def waits(context: df.DurableOrchestrationContext):
    """Waits for `go` with something in its status; answers what came."""
    context.set_custom_status({"waiting": "go"})
    raised = yield context.wait_for_external_event("go")
    return {"got": json.loads(raised) if isinstance(raised, str) else raised, "input": context.get_input()}


@app.orchestration_trigger(context_name="context")
def raises(context: df.DurableOrchestrationContext):
    yield context.create_timer(context.current_utc_datetime)
    raise ValueError("no such luck")


@app.orchestration_trigger(context_name="context")
def calls_nothing(context: df.DurableOrchestrationContext):
    yield context.call_activity("not_there", 1)


@app.orchestration_trigger(context_name="context")
def counts_down(context: df.DurableOrchestrationContext):
    left = context.get_input()
    if left:
        context.continue_as_new(left - 1)
    return left


@app.orchestration_trigger(context_name="context")
def laps(context: df.DurableOrchestrationContext):
    """Each lap but the last leaves a slow call behind, whose result arrives in a later lap."""
    lap = context.get_input()
    slow = context.call_activity("work", {"label": f"slow {lap}", "key": f"slow {lap}", "delay": 0.1, "fails": 0})
    quick = context.call_activity("work", {"label": f"quick {lap}", "key": f"quick {lap}", "delay": 0, "fails": 0})
    if lap < 3:
        yield context.task_any([slow, quick])
        context.continue_as_new(lap + 1)
        return None
    return (yield context.task_all([slow, quick]))


@app.route(route="client/{action}/{id?}", methods=["POST"])
@app.durable_client_input(client_name="client")
async def use_client(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    """Every call of the Durable client, by name."""
    action, instance = req.route_params["action"], req.route_params.get("id")
    given = req.get_json() if req.get_body() else {}
    if action == "start":
        started = await client.start_new(given["name"], instance, given.get("input"))
        return client.create_check_status_response(req, started)
    if action == "wait":
        return await client.wait_for_completion_or_create_check_status_response(req, instance, 5000, 20)
    return func.HttpResponse(
        json.dumps(await client_call(client, action, instance, given)), mimetype="application/json"
    )


async def client_call(client, action, instance, given):
    if action == "status":
        return (await client.get_status(instance, show_history=True, show_input=True)).to_json()
    if action == "all":
        return [status.instance_id for status in await client.get_status_all()]
    if action == "by":
        found = await client.get_status_by(runtime_status=[df.OrchestrationRuntimeStatus(given["status"])])
        return [status.instance_id for status in found]
    if action == "raise":
        return await client.raise_event(instance, given["event"], given["data"])
    if action == "purge":
        return (await client.purge_instance_history(instance)).instances_deleted
    if action == "restart":
        return await client.restart(instance, given["new"])
    return await {"terminate": client.terminate, "suspend": client.suspend, "resume": client.resume}[action](
        instance, "why"
    )
