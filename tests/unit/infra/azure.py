"""A subscription without Azure: what `az` says of it beside Graph, and an app that answers once it was delivered.

The stand-in for `az` takes what infra/scripts/deploy.sh and what it calls may ask, and nothing else; what is about
Graph it leaves to the stand-in of shell.py. What it is told and what it keeps are in `Azure.state`.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import msgspec

from functions.api.answers import PreflightAnswer, RunAnswer, RunList, Started
from functions.api.table import CALLS
from tests.unit.infra.bicep_text import INFRA, Expr, read
from tests.unit.infra.shell import Call, Refused

SUBSCRIPTION = "55555555-2222-4333-8444-555555555555"
DEPLOYER = "admin@contoso.example"
TOKEN = "token-of-the-caller"
RUN = "2026-11-22T090000Z"
ROUTES = {(call.method, f"/api/{call.route}") for call in CALLS.values()}


def compiled(file: str) -> dict[str, Any]:
    """What a parameter file assigns, as Bicep would put it. The samples hold nothing but literals."""
    values = read(INFRA / "params" / file).variables
    assert not any(isinstance(value, Expr) for value in values.values())
    return values


@dataclass
class App:
    """The API of an app. `refusals` are the answers that come first."""

    url: str = ""
    refusals: list[int] = field(default_factory=lambda: [404, 401, 503])
    missing: dict[str, tuple[str, ...]] = field(default_factory=dict)
    runs: list[str] = field(default_factory=list)
    asked: list[tuple[str, str, int]] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, path, _ = head.splitlines()[0].split(" ")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head.splitlines()[1:])}
        sent = await reader.readexactly(int(headers.get("content-length", 0)))
        route = path.partition("?")[0]
        status, body = self._reply(method, route, headers, sent)
        self.asked.append((method, route, status))
        top = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(top.encode() + body)
        await writer.drain()
        writer.close()

    def _reply(self, method: str, route: str, headers: dict[str, str], sent: bytes) -> tuple[int, bytes]:
        assert (method, route) in ROUTES
        if self.refusals:
            return self.refusals.pop(0), b"not yet"
        if headers.get("authorization") != f"Bearer {TOKEN}":
            return 401, b""
        match method, route:
            case "GET", "/api/types":
                return 200, b'{"types":[]}'
            case "POST", "/api/preflight":
                assert json.loads(sent) == {}
                needs = PreflightAnswer(
                    permissions=(), permissions_known=True, missing=self.missing, spare=(), licences={}, types={}
                )
                return 200, msgspec.json.encode(needs)
            case "GET", "/api/backups":
                rows = [_run(run) for run in self.runs]
                return 200, msgspec.json.encode(RunList(tuple(rows)))
            case _:
                self.runs.append(RUN)
                return 202, msgspec.json.encode(Started(RUN, f"{self.url}/backups/{RUN}"))

    @property
    def writes(self) -> list[str]:
        return [route for method, route, status in self.asked if (method, status) == ("POST", 202)]


def _run(id: str) -> RunAnswer:
    return RunAnswer(
        run_id=id, state="committed", started_at="2026-11-22T09:00:00Z", ended_at=None, started_by="x", types={}
    )


@asynccontextmanager
async def answering() -> AsyncIterator[App]:
    app = App()
    server = await asyncio.start_server(app.answer, "127.0.0.1", 0)
    app.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api"
    try:
        yield app
    finally:
        server.close()
        await server.wait_closed()


@dataclass
class Azure:
    """What `az` says of a subscription, beside Graph. `state` is what it is told and what it keeps."""

    _state: dict[str, Any]

    @property
    def state(self) -> dict[str, Any]:
        return deepcopy(self._state)

    def change(self, **changes: Any) -> None:
        self._state |= changes

    @property
    def writes(self) -> list[str]:
        return list(self._state["writes"])

    def forget(self) -> None:
        self.change(writes=[], calls=[])

    def answer(self, call: Call) -> str | None:
        """What `az` prints; None for what is about Graph."""
        state = self._state
        state["calls"].append(call.given)
        if call.said in state["fails"]:
            raise Refused(state["fails"][call.said])
        match call.said:
            case "version":
                return json.dumps({"azure-cli": state["cli"], "extensions": {}})
            case "bicep version":
                return f"Bicep CLI version {state['bicep']} (4a0e8d2e45)"
            case "bicep build-params":
                return self._build(call)
            case "account show" if call.one("--output") == "json":
                return json.dumps(state["account"], indent=2)
            case "account get-access-token":
                return self._token(call)
            case "cloud show" if call.one("--query") == "endpoints.resourceManager":
                return "https://management.example/"
            case "ad signed-in-user show":
                return str(state["me"])
            case "provider list":
                return "\n".join(state["providers"])
            case "provider register":
                state["providers"].append(call.one("--namespace"))
                state["writes"].append(call.said)
                return ""
            case "deployment sub show":
                if state["deployed"] is None:
                    raise Refused("(DeploymentNotFound)")
                return str(state["deployed"].get("authClientId", ""))
            case "deployment sub what-if" | "deployment sub create":
                return self._deploy(call)
            case "functionapp show":
                return "FlexConsumption" if "sku" in call.one("--query") else str(state["site"])
            case "resource invoke-action":
                assert call.one("--action") == "syncfunctiontriggers", call.given
                return ""
            case _:
                return None

    def _build(self, call: Call) -> str:
        assert "--stdout" in call.options, call.given
        values = self._state["files"].get(os.path.basename(call.one("--file")))
        if values is None:
            raise Refused("Error BCP258: no such parameters")
        parameters = {"parameters": {name: {"value": value} for name, value in values.items()}}
        return json.dumps({"templateJson": "", "parametersJson": json.dumps(parameters)}, indent=2)

    def _token(self, call: Call) -> str:
        if "--scope" not in call.options:
            assert call.one("--resource") == "https://management.example/", call.given
            return "token-of-the-deployer"
        assert (call.one("--query"), call.one("--output")) == ("accessToken", "tsv"), call.given
        assert call.one("--scope") == f"{self._state['client']}/.default", call.given
        return str(self._state["token"])

    def _deploy(self, call: Call) -> str:
        state = self._state
        file, *overrides = call.options["--parameters"]
        values = state["files"][os.path.basename(file)] | dict(pair.split("=", 1) for pair in overrides)
        assert set(values) <= set(state["known"]), values
        assert call.one("--location") == values["location"], call.given
        if call.said == "deployment sub what-if":
            return "Resource changes: 40 to create."
        state["deployed"], state["client"] = values, values["authClientId"]
        state["outputs"]["liFEBOAT_SIGNS_IN"]["value"] = bool(values["authClientId"])
        state["writes"].append(call.said)
        return json.dumps(state["outputs"], indent=2)


def subscription(tenant: str, me: str, outputs: dict[str, str], site: str) -> Azure:
    """One in which half of the resource providers are registered, and nothing is deployed."""
    main = read(INFRA / "main.bicep")
    assert set(outputs) <= set(main.outputs), "an output that the template does not have"
    # Azure has been seen to hand them out with the beginning in lower case.
    named = {name[:2].lower() + name[2:]: {"type": "String", "value": outputs.get(name, "")} for name in main.outputs}
    return Azure(
        {
            "calls": [],
            "writes": [],
            "fails": {},
            "cli": "2.81.0",
            "bicep": "0.38.33",
            "account": {
                "id": SUBSCRIPTION,
                "name": "Contoso",
                "tenantId": tenant,
                "user": {"name": DEPLOYER, "type": "user"},
            },
            "me": me,
            "providers": ["Microsoft.Storage", "Microsoft.Network", "microsoft.insights"],
            "known": sorted(main.params),
            "files": {name: compiled(name) for name in ("small.bicepparam", "usgov.bicepparam")},
            "deployed": None,
            "client": "",
            "token": TOKEN,
            "site": site,
            "outputs": named,
        }
    )
