"""A subscription without Azure: what `az` says of it beside Graph, and an app that answers once it was delivered.

The stand-in for `az` takes what infra/scripts/deploy.sh and what it calls may ask, and nothing else; what is about
Graph it leaves to the stand-in of shell.py. What it is told and what it keeps are in one file, `Azure.state`.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from functions.api.answers import PreflightAnswer, RunAnswer, RunList, Started
from functions.api.table import CALLS
from tests.unit.infra.bicep_text import INFRA, Expr, read

SUBSCRIPTION = "55555555-2222-4333-8444-555555555555"
DEPLOYER = "admin@contoso.example"
TOKEN = "token-of-the-caller"
RUN = "2026-11-22T090000Z"
ROUTES = {(call.method, f"/api/{call.route}") for call in CALLS.values()}

AZ = """#!{python} -IS
import json, os, sys

given = sys.argv[1:]
words = []
for word in given:
    if word.startswith("-"):
        break
    words.append(word)
said, rest = " ".join(words), given[len(words):]
options, at = dict(), 0
while at < len(rest):
    name, values = rest[at], []
    while at + 1 < len(rest) and not rest[at + 1].startswith("--"):
        at += 1
        values.append(rest[at])
    options[name] = values
    at += 1
one = lambda name: options.get(name, [""])[0]

path = os.environ["STAND_IN_AZURE"]
with open(path) as file:
    state = json.load(file)

def keep(answer=None, wrote=True):
    if wrote:
        state["writes"].append(said)
    with open(path, "w") as file:
        json.dump(state, file)
    if answer is not None:
        print(answer if isinstance(answer, str) else json.dumps(answer, indent=2))
    sys.exit(0)

state["calls"].append(given)
if said in state["fails"]:
    sys.stderr.write("ERROR: " + state["fails"][said] + chr(10))
    sys.exit(1)
if said == "version":
    keep(dict([("azure-cli", state["cli"]), ("extensions", dict())]), False)
elif said == "bicep version":
    keep("Bicep CLI version " + state["bicep"] + " (4a0e8d2e45)", False)
elif said == "bicep build-params":
    assert "--stdout" in options
    values = state["files"].get(os.path.basename(one("--file")))
    if values is None:
        sys.stderr.write("ERROR: Error BCP258: no such parameters" + chr(10))
        sys.exit(1)
    compiled = dict(parameters=dict((name, dict(value=value)) for name, value in values.items()))
    keep(dict(templateJson="", parametersJson=json.dumps(compiled)), False)
elif said == "account show" and one("--output") == "json":
    keep(state["account"], False)
elif said == "account get-access-token" and "--scope" in options:
    assert (one("--query"), one("--output")) == ("accessToken", "tsv")
    assert one("--scope") == state["client"] + "/.default", one("--scope")
    keep(state["token"], False)
elif said == "account get-access-token":
    assert one("--resource") == "https://management.example/"
    keep("token-of-the-deployer", False)
elif said == "cloud show" and one("--query") == "endpoints.resourceManager":
    keep("https://management.example/", False)
elif said == "ad signed-in-user show":
    keep(state["me"], False)
elif said == "provider list":
    keep(chr(10).join(state["providers"]), False)
elif said == "provider register":
    state["providers"].append(one("--namespace"))
    keep()
elif said == "deployment sub show":
    if state["deployed"] is None:
        sys.stderr.write("ERROR: (DeploymentNotFound)" + chr(10))
        sys.exit(1)
    keep(state["deployed"].get("authClientId", ""), False)
elif said.startswith("deployment sub"):
    file, *overrides = options["--parameters"]
    values = dict(state["files"][os.path.basename(file)])
    values.update(pair.split("=", 1) for pair in overrides)
    assert set(values) <= set(state["known"]), values
    assert one("--location") == values["location"], one("--location")
    if said == "deployment sub what-if":
        keep("Resource changes: 40 to create.", False)
    assert said == "deployment sub create"
    state["deployed"], state["client"] = values, values["authClientId"]
    state["outputs"]["liFEBOAT_SIGNS_IN"]["value"] = bool(values["authClientId"])
    keep(state["outputs"])
elif said == "functionapp show":
    sku = "sku" in one("--query")
    keep("FlexConsumption" if sku else state["site"], False)
elif said == "resource invoke-action":
    assert one("--action") == "syncfunctiontriggers"
    keep(None, False)
else:
    graph = os.path.join(os.path.dirname(sys.argv[0]), "az-graph")
    os.execv(graph, [graph, *given])
"""


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
    """The file that the stand-in reads and writes."""

    file: Path

    @property
    def state(self) -> dict[str, Any]:
        return dict(json.loads(self.file.read_text()))

    def change(self, **changes: Any) -> None:
        self.file.write_text(json.dumps(self.state | changes))

    @property
    def writes(self) -> list[str]:
        return list(self.state["writes"])

    def forget(self) -> None:
        self.change(writes=[], calls=[])


def subscription(home: Path, tenant: str, me: str, outputs: dict[str, str], site: str) -> Azure:
    """One in which half of the resource providers are registered, and nothing is deployed."""
    main = read(INFRA / "main.bicep")
    assert set(outputs) <= set(main.outputs), "an output that the template does not have"
    # Azure has been seen to hand them out with the beginning in lower case.
    named = {name[:2].lower() + name[2:]: {"type": "String", "value": outputs.get(name, "")} for name in main.outputs}
    azure = Azure(home / "azure.json")
    azure.file.write_text("{}")
    azure.change(
        calls=[],
        writes=[],
        fails={},
        cli="2.81.0",
        bicep="0.38.33",
        account={
            "id": SUBSCRIPTION,
            "name": "Contoso",
            "tenantId": tenant,
            "user": {"name": DEPLOYER, "type": "user"},
        },
        me=me,
        providers=["Microsoft.Storage", "Microsoft.Network", "microsoft.insights"],
        known=sorted(main.params),
        files={name: compiled(name) for name in ("small.bicepparam", "usgov.bicepparam")},
        deployed=None,
        client="",
        token=TOKEN,
        site=site,
        outputs=named,
    )
    return azure


def programs() -> dict[str, str]:
    """Those that come before the ones of this machine."""
    return {"az": AZ.format(python=sys.executable)}
