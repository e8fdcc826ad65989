"""Runs the scripts of infra/scripts with bash against an emulated tenant, through an Azure CLI that is a stand-in.

The stand-in takes what the scripts may ask of `az` and nothing else: `az rest` goes to the tenant as an HTTP request,
and its errors look as those of the Azure CLI do (`ERROR: Not Found({...})`, status 1). Every call is kept.
"""

import asyncio
import json
import os
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.unit.infra.bicep_text import INFRA

SCRIPTS = INFRA / "scripts"
TOOLS = [tool for tool in ("bash", "jq") if shutil.which(tool) is None]  # what is lacking

# It imports little: each call of a script starts it anew.
_AZ = """#!{python} -IS
import argparse, json, os, socket, sys

def end(text):
    sys.stderr.write("ERROR: " + text + chr(10))
    sys.exit(1)

def ask(method, url, headers, body):
    host, _, path = url.removeprefix("http://").partition("/")
    raw = (body or "").encode()
    head = [method + " /" + path.replace(" ", "%20") + " HTTP/1.1", "Host: " + host, "Connection: close"]
    head += [name + ": " + value for name, value in headers.items()] + ["Content-Length: " + str(len(raw))]
    with socket.create_connection((host.split(":")[0], int(host.split(":")[1]))) as line:
        line.sendall((chr(13) + chr(10)).join([*head, "", ""]).encode() + raw)
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    top, _, text = answer.partition((chr(13) + chr(10)).encode() * 2)
    assert b"chunked" not in top.lower()
    _, status, reason = top.decode().splitlines()[0].split(" ", 2)
    return int(status), reason, text.decode()

parser = argparse.ArgumentParser(allow_abbrev=False)
parser.add_argument("command", nargs="+")
for name in ("--method", "--url", "--body", "--resource", "--query"):
    parser.add_argument(name)
parser.add_argument("--headers", nargs="+", default=[])
parser.add_argument("--output", "-o")
parser.add_argument("--only-show-errors", action="store_true")
given = parser.parse_args()
graph, said = os.environ["STAND_IN_GRAPH"], " ".join(given.command)
if said == "cloud show":
    assert (given.query, given.output) == ("endpoints.microsoftGraphResourceId", "tsv")
    print(graph + "/")
elif said == "account show":
    assert (given.query, given.output) == ("tenantId", "tsv")
    print(os.environ["STAND_IN_TENANT"])
elif said == "rest":
    assert given.resource == graph and given.url.startswith(graph + "/v1.0/"), (given.resource, given.url)
    if os.environ.get("STAND_IN_SIGNED_OUT"):
        end("Please run 'az login' to setup account.")
    headers = dict(header.split("=", 1) for header in given.headers)
    headers["Authorization"] = "Bearer " + os.environ["STAND_IN_TOKEN"]
    if given.body:
        json.loads(given.body)
        headers["Content-Type"] = "application/json"
    status, reason, text = ask(given.method, os.environ["STAND_IN_AT"] + given.url[len(graph):], headers, given.body)
    with open(os.environ["STAND_IN_LOG"], "a") as log:
        log.write(json.dumps([given.method, given.url[len(graph):].partition("?")[0], status]) + chr(10))
    if status >= 400:
        end(reason + "(" + text + ")")
    if text:
        print(json.dumps(json.loads(text), indent=2))
else:
    end("'" + said + "' is not what this stand-in knows")
"""


@dataclass(frozen=True)
class Ran:
    """What became of one run of a script."""

    status: int
    out: str
    told: str
    calls: list[tuple[str, str, int]]

    @property
    def writes(self) -> list[tuple[str, str, int]]:
        return [call for call in self.calls if call[0] != "GET"]

    @property
    def outputs(self) -> dict[str, str]:
        """The NAME=VALUE lines of stdout."""
        return dict(line.split("=", 1) for line in self.out.splitlines())


@dataclass(frozen=True)
class Shell:
    """A terminal in which the stand-in is the Azure CLI, signed in to the tenant at `graph`."""

    home: Path
    graph: str
    tenant: str
    token: str = "local-token"
    programs: dict[str, str] = field(default_factory=dict)  # other programs; one called az comes before the stand-in,

    async def run(self, script: str, *arguments: str, typed: str = "", **environment: str) -> Ran:
        home = self.home / "bin"
        home.mkdir(exist_ok=True)
        stand_in = _AZ.format(python=sys.executable)
        for name, text in {"az": stand_in, "az-graph": stand_in, **self.programs}.items():  # which is then az-graph
            (home / name).write_text(text)
            (home / name).chmod(0o755)
        log = self.home / "calls"
        log.write_text("")
        env = {
            "PATH": f"{home}{os.pathsep}{os.environ['PATH']}",
            "TMPDIR": str(self.home),
            "STAND_IN_GRAPH": self.graph,  # what the cloud calls its Graph, and
            "STAND_IN_AT": self.graph,  # where it is
            "STAND_IN_TENANT": self.tenant,
            "STAND_IN_TOKEN": self.token,
            "STAND_IN_LOG": str(log),
            "LIFEBOAT_PAUSE": "0",
            "LIFEBOAT_ATTEMPTS": "3",
        } | environment
        process = await asyncio.create_subprocess_exec(
            "bash",
            str(SCRIPTS / script),
            *arguments,
            env=env,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, told = await asyncio.wait_for(process.communicate(typed.encode()), 240)
        calls: list[Any] = [json.loads(line) for line in log.read_text().splitlines()]
        assert process.returncode is not None
        return Ran(process.returncode, out.decode(), told.decode(), [(one, two, three) for one, two, three in calls])
