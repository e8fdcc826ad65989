"""The durable management API: start, status, list, events, terminate, suspend, resume, restart, purge.

In: requests under `/runtime/webhooks/durabletask` (for people and scripts) and `/durabletask` (for the Durable
client). Out: the extension's status codes and bodies. The system key of the real host is not asked for: only this
machine can call.
"""

import asyncio
import json
import re
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from local.host.durable import events, status
from local.host.durable.book import AlreadyRunning, UnknownFunction
from local.host.durable.engine import Engine
from local.host.durable.links import RPC, WEBHOOKS, Links
from local.host.durable.store import Instance, Store

_PAGE = 100
_START = re.compile(r"orchestrators/([^/]+)(?:/([^/]+))?")
_ALL = re.compile(r"instances/?")
_ONE = re.compile(r"instances/([^/]+)")
_COMMAND = re.compile(r"instances/([^/]+)/(terminate|suspend|resume|restart|rewind)", re.IGNORECASE)
_EVENT = re.compile(r"instances/([^/]+)/raiseEvent/([^/]+)", re.IGNORECASE)
_UNFIT = re.compile(r"[/\\#?\x00-\x1f\x7f-\x9f]")
_TOKEN = "x-ms-continuation-token"


class Management:
    """Answers the management routes."""

    def __init__(self, store: Store, engine: Engine, links: Links) -> None:
        self._store, self._engine, self._links = store, engine, links

    async def handle(self, request: web.Request) -> web.Response | None:
        """None if the path is not one of these."""
        path = request.path
        base = next((base for base in (WEBHOOKS, RPC) if path.lower().startswith(f"{base}/")), None)
        if base is None:
            return None
        path, method = path[len(base) + 1 :], request.method
        if method == "POST" and (found := _START.fullmatch(path)):
            return await self._start(request, found[1], found[2] or "")
        if method == "POST" and (found := _EVENT.fullmatch(path)):
            return await self._raise_event(request, found[1], found[2])
        if method == "POST" and (found := _COMMAND.fullmatch(path)):
            return await self._command(request, found[1], found[2].lower())
        if method == "GET" and _ALL.fullmatch(path):
            return self._list(request)
        if method == "GET" and (found := _ONE.fullmatch(path)):
            return self._status(request, found[1])
        if method == "DELETE" and _ALL.fullmatch(path):
            return self._purge_many(request)
        if method == "DELETE" and (found := _ONE.fullmatch(path)):
            return self._purge(found[1])
        return web.Response(status=404)

    async def _start(self, request: web.Request, name: str, instance: str) -> web.Response:
        body = await request.text()
        if body and not _is_json(body):
            return _error(400, "Invalid JSON content")
        if instance.startswith("@") or len(instance) > 256 or _UNFIT.search(instance):
            return _error(400, f"'{instance}' cannot be an instance id")
        try:
            instance = self._engine.start(name, instance, body or None, request.query.get("version"))
        except UnknownFunction as error:
            return _error(400, "One or more of the arguments submitted is incorrect", str(error))
        except AlreadyRunning as error:
            return _error(409, str(error))
        timeout, pause = _number(request.query, "timeout"), _number(request.query, "pollingInterval")
        if timeout is not None and pause is not None:
            return await self._wait(request, instance, timeout, max(pause, 0.01))
        return self._check_status(instance)

    async def _wait(self, request: web.Request, instance: str, patience: float, pause: float) -> web.Response:
        """Create-and-wait: the output if it ends in time, else the links."""
        end = asyncio.get_running_loop().time() + patience
        while asyncio.get_running_loop().time() < end:
            row = self._store.instance(instance)
            if row is not None and not row.open:
                if row.status == "Completed":
                    return web.Response(text=row.output or "null", content_type="application/json")
                return web.json_response(status.payload(row), status=500 if row.status == "Failed" else 200)
            await asyncio.sleep(pause)
        return self._check_status(instance)

    def _check_status(self, instance: str) -> web.Response:
        links = self._links.of(instance)
        headers = {"Location": links["statusQueryGetUri"], "Retry-After": "10"}
        return web.json_response(links, status=202, headers=headers)

    def _status(self, request: web.Request, instance: str) -> web.Response:
        row = self._store.instance(instance)
        if row is None:
            return web.Response(status=404)
        query = request.query
        shown = None
        if _flag(query, "showHistory", default=False):
            shown = status.history(
                self._store.history(instance), results=_flag(query, "showHistoryOutput", default=False)
            )
        body = status.payload(row, show_input=_flag(query, "showInput", default=True), history=shown)
        if row.open:
            return web.json_response(body, status=202, headers={"Location": str(request.url), "Retry-After": "5"})
        failed = row.status == "Failed" and _flag(query, "returnInternalServerErrorOnFailure", default=False)
        return web.json_response(body, status=500 if failed else 200)

    def _list(self, request: web.Request) -> web.Response:
        query = request.query
        top = int(_number(query, "top") or _PAGE)
        rows = self._store.select(
            prefix=query.get("instanceIdPrefix", ""),
            created_from=_time(query, "createdTimeFrom"),
            created_to=_time(query, "createdTimeTo"),
            statuses=_statuses(query),
            after=request.headers.get(_TOKEN, ""),
            top=top + 1,
        )
        show_input = _flag(query, "showInput", default=True)
        page = [status.payload(row, show_input=show_input) for row in rows[:top]]
        headers = {_TOKEN: rows[top - 1].id} if len(rows) > top else {}
        return web.json_response(page, headers=headers)

    async def _raise_event(self, request: web.Request, instance: str, name: str) -> web.Response:
        refused = self._refused(self._store.instance(instance))
        if refused is not None:
            return refused
        if request.content_type != "application/json":
            return _error(400, "Only application/json request content is supported")
        body = await request.text()
        if not _is_json(body or "null"):
            return _error(400, "Invalid JSON content")
        self._engine.raise_event(instance, name, body or "null")
        return web.Response(status=202)

    async def _command(self, request: web.Request, instance: str, command: str) -> web.Response:
        row = self._store.instance(instance)
        reason = request.query.get("reason", "")
        if command == "restart":
            return self._restart(row, new_id=_flag(request.query, "restartWithNewInstanceId", default=True))
        if command == "rewind":
            return web.Response(status=404) if row is None else _error(501, "Rewind is not supported by this host.")
        refused = self._refused(row)
        if refused is not None:
            return refused
        act = {"terminate": self._engine.terminate, "suspend": self._engine.suspend, "resume": self._engine.unsuspend}
        act[command](instance, reason)
        return web.Response(status=202)

    def _restart(self, row: Instance | None, *, new_id: bool) -> web.Response:
        if row is None:
            return _error(404, "InstanceId does not match a valid orchestration instance.")
        try:
            instance = self._engine.start(row.name, "" if new_id else row.id, row.input, row.version)
        except AlreadyRunning as error:
            return _error(409, "A non-terminal instance with this instance ID already exists.", str(error))
        except UnknownFunction as error:
            return _error(400, "One or more of the arguments submitted is incorrect", str(error))
        return self._check_status(instance)

    def _purge(self, instance: str) -> web.Response:
        row = self._store.instance(instance)
        if row is None:
            return web.Response(status=404)
        if row.open:
            return _error(412, f"Only orchestrations in a terminal state can be purged, and {instance} is {row.status}")
        return self._delete([row])

    def _purge_many(self, request: web.Request) -> web.Response:
        created_from = _time(request.query, "createdTimeFrom")
        if created_from is None:
            return _error(400, "Please provide value for 'createdTimeFrom' parameter.")
        rows = self._store.select(
            created_from=created_from,
            created_to=_time(request.query, "createdTimeTo"),
            statuses=_statuses(request.query),
        )
        ended = [row for row in rows if not row.open]
        return self._delete(ended) if ended else web.Response(status=404)

    def _delete(self, rows: list[Instance]) -> web.Response:
        with self._store.transaction():
            self._store.delete([row.id for row in rows])
        return web.json_response({"instancesDeleted": len(rows)})

    def _refused(self, row: Instance | None) -> web.Response | None:
        if row is None:
            return web.Response(status=404)
        return None if row.open else web.Response(status=410)


def _error(code: int, message: str, exception: str | None = None) -> web.Response:
    return web.json_response({"Message": message, "ExceptionMessage": exception or message}, status=code)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _flag(query: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = query.get(name, "").lower()
    return text == "true" if text in ("true", "false") else default


def _number(query: Mapping[str, str], name: str) -> float | None:
    text = query.get(name, "")
    return float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else None


def _time(query: Mapping[str, str], name: str) -> float | None:
    try:
        return events.moment(query[name])
    except (KeyError, ValueError):
        return None


def _statuses(query: Any) -> list[str]:
    return [part for text in query.getall("runtimeStatus", []) for part in text.split(",") if part]
