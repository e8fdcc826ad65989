"""Each refusal in its order, with its code, and nothing opened; a defect stays inside; calls that act leave a trail."""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest
from azure.functions import HttpRequest, HttpResponse

from functions.api.call import Call, Request
from functions.api.endpoint import Host, serve
from functions.api.reply import Reply, answer
from functions.api.table import CALLS
from functions.errors import ConfigError, GraphRejected, StoreError
from functions.services import Services
from functions.settings import Settings
from tests.unit.api.principals import AZURE, CALLER, EVERY_ROLE, header

GUID = "6f2b7d5e-0c1a-4e9b-8f3d-2a1b4c5d6e7f"
RUN = "2026-11-22T020000Z"
PARTS = {"type": "users", "id": GUID, "runId": RUN, "planId": GUID}
BODIES = {
    "make_plan": {"type": "users", "id": GUID},
    "choose_types": {"preset": "standard"},
    "start_verification": {"depth": "present"},
}
PLAN = json.dumps(BODIES["make_plan"]).encode()


class Touched(Exception):
    """A refused request got as far as the services."""


def host(settings: Settings | Callable[[], Settings] = AZURE, services: Services | None = None) -> Host:
    async def open_services() -> Services:
        if services is None:
            raise Touched
        return services

    return Host(settings=settings if callable(settings) else lambda: settings, services=open_services)


def asked(
    call: Call[Any],
    *,
    roles: tuple[str, ...] = EVERY_ROLE,
    parts: Mapping[str, str] | None = None,
    query: str = "",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpRequest:
    values = {part: PARTS[part] for part in call.parts} | dict(parts or {})
    route = call.route.format(**values)
    return HttpRequest(
        call.method,
        f"https://lifeboat.example/api/{route}?{query}",
        headers={"x-ms-client-principal": header(*roles), "Content-Type": "application/json"} | dict(headers or {}),
        params={},
        route_params=values,
        body=body if body is not None else (json.dumps(BODIES[call.name]).encode() if call.body_needed else b""),
    )


def read(response: HttpResponse) -> tuple[int, str]:
    content = json.loads(response.get_body())
    assert response.mimetype == "application/problem+json"
    assert content["status"] == response.status_code
    assert response.headers["Cache-Control"] == "no-store"
    return response.status_code, content["code"]


every_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
every_post = pytest.mark.parametrize("call", [c for c in CALLS.values() if c.method != "GET"], ids=lambda c: c.name)


def test_the_roles_of_each_call() -> None:
    assert {f"{call.method} {call.route}": sorted(call.roles) for call in CALLS.values()} == {
        "POST backups": ["Backup.Run"],
        "GET backups": ["Backup.Read"],
        "GET backups/{runId}": ["Backup.Read", "Backup.Run"],
        "GET objects/{type}": ["Backup.Read"],
        "GET objects/{type}/{id}": ["Backup.Read"],
        "GET objects/{type}/{id}/versions": ["Backup.Read"],
        "GET objects/{type}/{id}/diff": ["Backup.Read"],
        "GET diff/{type}": ["Backup.Read"],
        "GET types": ["Backup.Read", "Backup.Run"],
        "GET settings/types": ["Backup.Read", "Backup.Run"],
        "PUT settings/types": ["Backup.Run"],
        "POST preflight": ["Backup.Read", "Backup.Run"],
        "POST restore/plans": ["Restore.Plan"],
        "GET restore/plans": ["Restore.Apply", "Restore.Plan"],
        "GET restore/plans/{planId}": ["Restore.Apply", "Restore.Plan"],
        "GET restore/plans/{planId}/items": ["Restore.Apply", "Restore.Plan"],
        "POST restore/plans/{planId}/apply": ["Restore.Apply"],
        "POST restore/plans/{planId}/cancel": ["Restore.Apply"],
        "POST restore/plans/{planId}/retry": ["Restore.Apply"],
        "POST restore/plans/{planId}/undo": ["Restore.Plan"],
        "POST restore/plans/{planId}/passwords": ["Restore.Apply"],
        "GET retention": ["Backup.Read", "Backup.Run"],
        "POST index": ["Backup.Run"],
        "POST verify": ["Backup.Run"],
        "GET verify": ["Backup.Read", "Backup.Run"],
        "GET index": ["Backup.Read", "Backup.Run"],
        "GET openapi.json": [],
    }


@every_call
async def test_nobody_is_refused_by_every_call(call: Call[Any]) -> None:
    response = await serve(call, asked(call, headers={"x-ms-client-principal": ""}), None, host())
    assert read(response) == (401, "notAuthenticated")


@every_call
async def test_a_malformed_principal_is_refused_by_every_call(call: Call[Any]) -> None:
    response = await serve(call, asked(call, headers={"x-ms-client-principal": "!"}), None, host())
    assert read(response) == (401, "invalidPrincipal")


@every_call
async def test_every_call_is_closed_while_authentication_is_off(call: Call[Any]) -> None:
    response = await serve(call, asked(call), None, host(replace(AZURE, auth_enabled=False)))
    assert read(response) == (403, "authenticationOff")


@every_call
async def test_every_call_asks_for_its_own_role(call: Call[Any]) -> None:
    others = tuple(role for role in EVERY_ROLE if role not in call.roles)
    response = await serve(call, asked(call, roles=others), None, host())
    if call.roles:
        assert read(response) == (403, "missingRole")
    else:
        assert read(response) == (500, "internalError")  # it went on to the services
    for role in call.roles:
        response = await serve(call, asked(call, roles=(role.value,)), None, host())
        assert read(response) == (500, "internalError")


@every_call
async def test_restore_calls_are_closed_while_restore_is_off(call: Call[Any]) -> None:
    response = await serve(call, asked(call), None, host(replace(AZURE, restore_enabled=False)))
    # What was done stays to be seen, and what is being done can be stopped.
    closed = call.route.startswith("restore") and call.method != "GET" and call.name != "cancel_plan"
    assert read(response)[1] == ("restoreDisabled" if closed else "internalError")


@every_call
async def test_wrong_settings_are_named(call: Call[Any]) -> None:
    def settings() -> Settings:
        raise ConfigError("TENANT_ID must be a GUID")

    response = await serve(call, asked(call), None, host(settings))
    assert read(response) == (500, "invalidConfiguration")
    assert "TENANT_ID" in json.loads(response.get_body())["detail"]


@every_call
async def test_an_unknown_parameter_is_refused_by_every_call(call: Call[Any]) -> None:
    assert read(await serve(call, asked(call, query="nope=1"), None, host())) == (400, "invalidQuery")


@every_call
async def test_bad_parts_of_the_path_are_refused(call: Call[Any]) -> None:
    bad = {
        "type": ("printers", "unknownType"),
        "id": ("..%2f..", "malformedId"),
        "runId": ("latest", "malformedRunId"),
        "planId": (f"{GUID}|", "malformedPlanId"),
    }
    for part in call.parts:
        text, code = bad[part]
        assert read(await serve(call, asked(call, parts={part: text}), None, host()))[1] == code


@every_post
async def test_bad_bodies_are_refused_by_every_post(call: Call[Any]) -> None:
    async def code(body: bytes, content_type: str = "application/json") -> tuple[int, str]:
        http = asked(call, body=body, headers={"Content-Type": content_type})
        return read(await serve(call, http, None, host()))

    assert await code(b"x" * 140_000) == (413, "bodyTooLarge")
    assert await code(b"{}", "text/plain") == (415, "unsupportedMediaType")
    assert await code(b"{") == (400, "invalidJson")
    assert await code(b'{"nope":1}') == (400, "invalidBody")
    assert await code(b"[]") == (400, "invalidBody")


async def test_a_caller_without_the_role_learns_nothing_about_the_body() -> None:
    call = CALLS["make_plan"]
    response = await serve(call, asked(call, roles=(), body=b"x" * 140_000), None, host())
    assert read(response) == (403, "missingRole")


async def test_what_a_caller_sent_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    secret = "hunter2"
    with caplog.at_level(logging.DEBUG):
        for call in CALLS.values():
            for http in (
                asked(call, query=f"{secret}=1"),
                asked(call, query=f"name={secret}%0d%0a{secret}"),
                asked(call, parts=dict.fromkeys(call.parts, secret)),
                asked(call, body=json.dumps({secret: secret}).encode()),
                asked(call, body=secret.encode()),
                asked(call, headers={"x-ms-client-principal": secret, "Content-Type": secret}),
            ):
                await serve(call, http, None, host())
    assert "api.call" in caplog.text
    assert secret not in caplog.text


@dataclass
class Kept:
    """An audit that keeps its rows in memory, and can fail at one of them."""

    fails_at: int = -1
    rows: list[Any] = field(default_factory=list)

    async def append(self, row: Any) -> None:
        if len(self.rows) == self.fails_at:
            raise StoreError("the table cannot be written")
        self.rows.append(row)


def audited(kept: Kept) -> Host:
    stores: Any = SimpleNamespace(audit=kept)
    return host(services=Services(AZURE, stores))


def acting(handler: Callable[[Request[Any]], Any]) -> Call[Any]:
    return replace(CALLS["make_plan"], handler=handler)


async def done(_: Request[Any]) -> Reply:
    return answer({"ok": True}, 201, location="https://lifeboat.example/x")


async def test_a_post_leaves_who_what_and_how_it_ended() -> None:
    kept, call = Kept(), acting(done)
    response = await serve(call, asked(call, roles=("Restore.Plan", "Backup.Read")), None, audited(kept))
    assert response.status_code == 201
    assert response.headers["Location"] == "https://lifeboat.example/x"
    assert [row.outcome for row in kept.rows] == ["requested", "done"]
    for row in kept.rows:
        assert (row.who, row.action, row.subject) == (f"Ada ({CALLER})", "make_plan", f"users/{GUID}")
        assert row.roles == ("Backup.Read", "Restore.Plan")


@pytest.mark.parametrize(
    ("error", "outcome", "status"),
    [(GraphRejected("no"), "graphRejected", 502), (ValueError("x"), "internalError", 500)],
)
async def test_a_post_that_fails_leaves_its_code(error: Exception, outcome: str, status: int) -> None:
    async def failing(_: Request[Any]) -> Reply:
        raise error

    kept, call = Kept(), acting(failing)
    response = await serve(call, asked(call), None, audited(kept))
    assert read(response) == (status, outcome)
    assert [row.outcome for row in kept.rows] == ["requested", outcome]


async def test_nothing_is_done_that_cannot_be_audited() -> None:
    ran: list[bool] = []

    async def handler(request: Request[Any]) -> Reply:
        ran.append(True)
        return await done(request)

    call = acting(handler)
    assert read(await serve(call, asked(call), None, audited(Kept(fails_at=0)))) == (503, "storeError")
    assert not ran


async def test_what_was_done_is_answered_even_if_its_end_cannot_be_audited(caplog: pytest.LogCaptureFixture) -> None:
    call = acting(done)
    with caplog.at_level(logging.ERROR, "lifeboat"):
        response = await serve(call, asked(call), None, audited(Kept(fails_at=1)))
    assert response.status_code == 201
    assert "audit.lost" in caplog.text


async def test_a_cancelled_call_stays_cancelled() -> None:
    async def waiting(_: Request[Any]) -> Reply:
        raise asyncio.CancelledError

    call = acting(waiting)
    with pytest.raises(asyncio.CancelledError):
        await serve(call, asked(call), None, audited(Kept()))
