"""HTTP and timer functions for the host's tests, and a fan-out under a limit of three activities."""

import asyncio
import json
import os
import time
from pathlib import Path

import azure.durable_functions as df
import azure.functions as func

app = df.DFApp(http_auth_level=func.AuthLevel.ANONYMOUS)


def shown(req: func.HttpRequest, name: str) -> func.HttpResponse:
    body = {
        "function": name,
        "method": req.method,
        "url": req.url,
        "route": dict(req.route_params),
        "query": dict(req.params),
        "headers": dict(req.headers),
        "body": req.get_body().decode(),
    }
    return func.HttpResponse(json.dumps(body), mimetype="application/json")


@app.route(route="things/{id}", methods=["GET", "PUT"])
def thing(req: func.HttpRequest) -> func.HttpResponse:
    return shown(req, "thing")


@app.route(route="things/special", methods=["GET"])
def special(req: func.HttpRequest) -> func.HttpResponse:
    return shown(req, "special")


@app.route(route="things/{number:int}/parts/{part?}", methods=["GET"])
async def parts(req: func.HttpRequest) -> func.HttpResponse:
    return shown(req, "parts")


@app.route(route="files/{*path}", methods=["GET"])
def files(req: func.HttpRequest) -> func.HttpResponse:
    return shown(req, "files")


@app.route()
def unrouted(req: func.HttpRequest) -> func.HttpResponse:
    return shown(req, "unrouted")


@app.route(methods=["POST"])
def fails(req: func.HttpRequest) -> func.HttpResponse:
    raise RuntimeError("nothing\nworks")


@app.route()
def text(req: func.HttpRequest) -> str:
    return "plain"


@app.route()
def dressed(req: func.HttpRequest) -> func.HttpResponse:
    headers = {"X-Own": "1", "Content-Type": "text/csv", "Set-Cookie": "a=b; Path=/; HttpOnly; SameSite=Lax"}
    return func.HttpResponse(b"\x00\xff", status_code=418, headers=headers)


@app.timer_trigger(arg_name="timer", schedule="* * * * * *")
async def tick(timer: func.TimerRequest) -> None:
    await asyncio.sleep(0)
    record("tick", timer)


@app.timer_trigger(arg_name="timer", schedule="%YEARLY%")
def yearly(timer: func.TimerRequest) -> None:
    record("yearly", timer)


@app.timer_trigger(arg_name="timer", schedule="0 0 0 29 2 *", run_on_startup=True)
def at_start(timer: func.TimerRequest) -> None:
    record("at_start", timer)


def record(name: str, timer: func.TimerRequest) -> None:
    with Path(os.environ["TICKS_FILE"]).open("a") as file:
        entry = {"name": name, "at": time.time(), "pastDue": timer.past_due, "status": timer.schedule_status}
        file.write(json.dumps(entry) + "\n")


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
    results = yield context.task_all([context.call_activity("counted", 0.02) for _ in range(12)])
    return max(results)
