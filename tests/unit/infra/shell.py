"""Runs the scripts of infra/scripts with bash against an emulated tenant, through an Azure CLI that is a stand-in.

The program `az` that the scripts find hands its arguments to the test, which answers them: a script asks up to a
hundred times, and a Python of its own for each call took most of the time of these tests. The stand-in takes what the
scripts may ask and nothing else: `az rest` goes to the tenant as an HTTP request, and its errors look as those of the
Azure CLI do (`ERROR: Not Found({...})`, status 1). Every call is kept.
"""

import asyncio
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import aiohttp
from yarl import URL

from tests.unit.infra.bicep_text import INFRA

SCRIPTS = INFRA / "scripts"
TOOLS = [tool for tool in ("bash", "jq") if shutil.which(tool) is None]  # what is lacking

# Its arguments, each ended by a NUL, after their number; back come the status and the text to print.
_AZ = """#!{bash}
exec 3<>"/dev/tcp/127.0.0.1/{port}" || exit 9
printf '%s\\0' $# "$@" >&3
read -r status silent <&3
[ -n "$silent" ] || cat <&3 >&$((status ? 2 : 1))
exit "$status"
"""
_REST = {"--method", "--url", "--body", "--resource", "--headers", "--output", "--only-show-errors"}


class Refused(Exception):
    """What the Azure CLI says when it does not do it."""


@dataclass(frozen=True)
class Call:
    """One call of the Azure CLI: `rest` or `deployment sub create`, and its options with their values."""

    given: list[str]
    said: str
    options: dict[str, list[str]]

    def one(self, name: str) -> str:
        return self.options.get(name, [""])[0]


def read_call(given: list[str]) -> Call:
    """`given` as the Azure CLI reads it."""
    words: list[str] = []
    options: dict[str, list[str]] = {}
    values = words
    for word in given:
        if word.startswith("--") or word == "-o":
            assert word not in options, given
            values = options["--output" if word == "-o" else word] = []
        else:
            values.append(word)
    return Call(given, " ".join(words), options)


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


@dataclass
class Shell:
    """A terminal in which the stand-in is the Azure CLI, signed in to the tenant at `graph`."""

    home: Path
    graph: str
    tenant: str
    token: str = "local-token"
    programs: dict[str, str] = field(default_factory=dict)  # other programs
    azure: Callable[[Call], str | None] = lambda _: None  # answers what is about Azure; None: it is about Graph
    cloud: str = ""  # what the cloud calls its Graph, if not by the address where it is
    signed_out: bool = False

    async def run(self, script: str, *arguments: str, typed: str = "", **environment: str) -> Ran:
        calls: list[tuple[str, str, int]] = []
        wrong: list[Exception] = []
        async with aiohttp.ClientSession() as session:
            server = await asyncio.start_server(
                partial(self._take, session, calls, wrong), "127.0.0.1", 0, limit=1 << 20
            )
            try:
                status, out, told = await self._run(script, arguments, typed, environment, server)
            finally:
                server.close()
                await server.wait_closed()
        if wrong:  # not left to what the script makes of it
            raise wrong[0]
        return Ran(status, out, told, calls)

    async def _run(
        self, script: str, arguments: tuple[str, ...], typed: str, environment: dict[str, str], server: asyncio.Server
    ) -> tuple[int, str, str]:
        home = self.home / "bin"
        home.mkdir(exist_ok=True)
        az = _AZ.format(bash=shutil.which("bash"), port=server.sockets[0].getsockname()[1])
        for name, text in {"az": az, **self.programs}.items():
            (home / name).write_text(text)
            (home / name).chmod(0o755)
        env = {
            "PATH": f"{home}{os.pathsep}{os.environ['PATH']}",
            "TMPDIR": str(self.home),
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
        assert process.returncode is not None
        return process.returncode, out.decode(), told.decode()

    async def _take(
        self,
        session: aiohttp.ClientSession,
        calls: list[tuple[str, str, int]],
        wrong: list[Exception],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        try:
            count = int((await reader.readuntil(b"\0"))[:-1])
            given = [(await reader.readuntil(b"\0"))[:-1].decode() for _ in range(count)]
            status, said = 0, await self._answer(session, calls, read_call(given))
        except Refused as refused:
            status, said = 1, f"ERROR: {refused}"
        except Exception as error:  # noqa: BLE001 told by `run`
            wrong.append(error)
            status, said = 1, f"ERROR: {error!r}"
        writer.write(f"{status}\n{said}\n".encode() if said else f"{status} silent\n".encode())
        await writer.drain()
        writer.close()

    async def _answer(self, session: aiohttp.ClientSession, calls: list[tuple[str, str, int]], call: Call) -> str:
        answer = self.azure(call)
        if answer is not None:
            return answer
        graph = self.cloud or self.graph
        form = call.one("--query"), call.one("--output")
        match call.said:
            case "cloud show":
                assert form == ("endpoints.microsoftGraphResourceId", "tsv"), form
                return f"{graph}/"
            case "account show":
                assert form == ("tenantId", "tsv"), form
                return self.tenant
            case "rest":
                return await self._rest(session, calls, call, graph)
            case _:
                raise AssertionError(f"{call.said!r} is not what this stand-in knows")

    async def _rest(
        self, session: aiohttp.ClientSession, calls: list[tuple[str, str, int]], call: Call, graph: str
    ) -> str:
        assert set(call.options) <= _REST, call.given
        assert call.options.pop("--only-show-errors") == [], call.given
        headers = dict(header.split("=", 1) for header in call.options.pop("--headers", []))
        assert all(len(values) == 1 for values in call.options.values()), call.given
        method, url, body = call.one("--method"), call.one("--url"), call.one("--body")
        assert call.one("--resource") == graph, call.given
        assert url.startswith(graph + "/v1.0/"), call.given
        if self.signed_out:
            raise Refused("Please run 'az login' to setup account.")
        headers["Authorization"] = f"Bearer {self.token}"
        if body:
            json.loads(body)
            headers["Content-Type"] = "application/json"
        path = url.removeprefix(graph)
        asked = URL(self.graph + path.replace(" ", "%20"), encoded=True)
        async with session.request(method, asked, headers=headers, data=body.encode(), allow_redirects=False) as reply:
            text = await reply.text()
        calls.append((method, path.partition("?")[0], reply.status))
        if reply.status >= 400:
            raise Refused(f"{reply.reason}({text})")
        return json.dumps(json.loads(text), indent=2) if text else ""
