"""HTTP-triggered functions: routes, methods, what the function sees, what comes back; the platform's identity."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.host.conftest import APPS, TENANT, HostProcess


@pytest.fixture(scope="module")
async def plain(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[HostProcess]:
    base = tmp_path_factory.mktemp("plain")
    env = {"TICKS_FILE": str(base / "ticks"), "YEARLY": "0 0 0 1 1 *"}
    host = await HostProcess(APPS / "plain", base / "data", "--roles", "Backup.Read", env=env).start()
    yield host
    code, errors = await host.stop()
    assert code == 0
    assert errors.count("\n") == 1, errors  # the one failed invocation, one line
    assert "fails failed: RuntimeError: nothing works" in errors


@pytest.mark.parametrize(
    ("path", "function", "route"),
    [
        ("things/7", "thing", {"id": "7"}),
        ("THINGS/a%20b", "thing", {"id": "a b"}),
        ("things/a%2Fb", "thing", {"id": "a%2Fb"}),
        ("things/special", "special", {}),
        ("things/7/parts/x", "parts", {"number": "7", "part": "x"}),
        ("things/7/parts", "parts", {"number": "7"}),
        ("files/a/b.txt", "files", {"path": "a/b.txt"}),
        ("files", "files", {}),
        ("unrouted", "unrouted", {}),
    ],
)
async def test_a_path_reaches_the_most_specific_function(
    plain: HostProcess, path: str, function: str, route: dict[str, str]
) -> None:
    from yarl import URL

    status, seen = await plain.call("GET", URL(f"/api/{path}", encoded=True))
    assert (status, seen["function"], seen["route"]) == (200, function, route)


@pytest.mark.parametrize(
    "path", ["/api/nothing", "/things/7", "/api/things/x/parts", "/", "/api/things", "/admin", "/runtime/x"]
)
async def test_no_route_is_404(plain: HostProcess, path: str) -> None:
    assert (await plain.call("GET", path))[0] == 404


async def test_a_route_without_the_method_is_405_and_says_which_there_are(plain: HostProcess) -> None:
    async with plain.http.delete("/api/things/7") as response:
        assert (response.status, response.headers["Allow"]) == (405, "GET, PUT")


async def test_the_function_sees_method_query_headers_and_body(plain: HostProcess) -> None:
    _, seen = await plain.call("PUT", "/api/things/7?a=1&a=2&b=%C3%BC", data="ä", headers={"X-Mine": "y"})
    assert (seen["method"], seen["query"], seen["body"]) == ("PUT", {"a": "1,2", "b": "ü"}, "ä")
    assert seen["headers"]["x-mine"] == "y"
    assert seen["url"].startswith(f"{plain.url}/api/things/7?")


async def test_status_headers_cookies_and_bytes_pass_through(plain: HostProcess) -> None:
    async with plain.http.get("/api/dressed") as response:
        assert (response.status, await response.read()) == (418, b"\x00\xff")
        assert (response.headers["X-Own"], response.headers["Content-Type"]) == ("1", "text/csv")
        assert response.headers["Set-Cookie"] == "a=b; Path=/; HttpOnly; SameSite=Lax"
    assert await plain.call("GET", "/api/text") == (200, "plain")


async def test_a_function_that_raises_is_500_without_a_body(plain: HostProcess) -> None:
    assert await plain.call("POST", "/api/fails") == (500, "")


async def test_a_body_past_the_limit_is_413(plain: HostProcess) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(101):
            yield b"x" * 1024 * 1024

    assert (await plain.call("POST", "/api/unrouted", data=endless()))[0] == 413


async def test_identity_is_the_platforms_and_never_the_callers(plain: HostProcess) -> None:
    forged = {
        "X-MS-CLIENT-PRINCIPAL": base64.b64encode(b'{"claims": [{"typ": "roles", "val": "Restore.Apply"}]}').decode(),
        "x-ms-client-principal-id": "someone",
        "X-Ms-Client-Principal-Anything": "x",
    }
    _, seen = await plain.call("GET", "/api/unrouted", headers=forged)
    found = {name: value for name, value in seen["headers"].items() if name.startswith("x-ms-client-principal")}
    assert set(found) == {"x-ms-client-principal" + end for end in ("", "-id", "-name", "-idp")}
    principal: dict[str, Any] = json.loads(base64.b64decode(found["x-ms-client-principal"]))
    claims = [(claim["typ"], claim["val"]) for claim in principal["claims"]]
    assert [value for kind, value in claims if kind == principal["role_typ"]] == ["Backup.Read"]
    assert ("http://schemas.microsoft.com/identity/claims/tenantid", TENANT) in claims
    assert (
        "http://schemas.microsoft.com/identity/claims/objectidentifier",
        found["x-ms-client-principal-id"],
    ) in claims
    assert (principal["auth_typ"], found["x-ms-client-principal-idp"]) == ("aad", "aad")


async def test_the_activity_limit_of_host_json_holds(plain: HostProcess) -> None:
    _, links = await plain.call("POST", "/runtime/webhooks/durabletask/orchestrators/fan_out")
    assert (await plain.ended(links["id"]))["output"] == 3


async def test_only_the_loopback_address_is_served(plain: HostProcess) -> None:
    port = int(plain.url.rsplit(":", 1)[1])
    listening = Path("/proc/net/tcp").read_text().splitlines()[1:]
    addresses = {
        line.split()[1] for line in listening if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A"
    }
    assert addresses == {f"0100007F:{port:04X}"}


async def test_an_admin_call_of_an_unknown_function_is_404(plain: HostProcess) -> None:
    assert (await plain.call("POST", "/admin/functions/nobody", json={"input": ""}))[0] == 404
    assert (await plain.call("POST", "/admin/functions/unrouted", json={"input": "hello"}))[0] == 202
    assert (await plain.call("POST", "/admin/functions/fan_out", json={}))[0] == 400
    assert (await plain.call("POST", "/admin/functions/yearly", data="["))[0] == 400
    await asyncio.sleep(0.05)


@pytest.mark.parametrize("name", ["evil.example", "127.0.0.1.evil.example", "10.0.0.1:7071"])
async def test_a_page_elsewhere_cannot_reach_the_host_under_a_name_of_its_own(plain: HostProcess, name: str) -> None:
    async with httpx.AsyncClient() as client:
        refused = await client.get(f"{plain.url}/api/things/7", headers={"Host": name})
        served = await client.get(f"{plain.url}/api/things/7", headers={"Host": "localhost"})
    assert (refused.status_code, served.status_code) == (400, 200)
