"""The administrator's surface, under /_admin: faults, switches, the trail of writes, the tenant's whole state, time.

GET  /_admin/faults            rules with what they saw and hit      POST one rule      DELETE all
GET  /_admin/switches          what stands, and hits                 PATCH some         DELETE back to the start
GET  /_admin/audit?after=N     writes since number N                 DELETE forget them
GET  /_admin/state/{kind}      every object with its links, one JSON text a line
GET  /_admin/digest            per kind: how many, and a SHA-256 over them
POST /_admin/clock             {"advanceSeconds": N}                 GET the tenant's time
POST /_admin/events/{kind}     one event of a log, of any age
GET  /_admin/quota             writes that counted and that were refused   DELETE counts from 0 again
"""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from aiohttp import web

from local.tenant.events import add
from local.tenant.fault_rules import rule
from local.tenant.serve import Service
from local.tenant.state import digests, lines

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Admin:
    def __init__(self, service: Service) -> None:
        self._service = service
        self._tenant = service.tenant

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/_admin/faults", self.faults),
            web.post("/_admin/faults", self.add_fault),
            web.delete("/_admin/faults", self.clear_faults),
            web.get("/_admin/switches", self.switches),
            web.patch("/_admin/switches", self.change_switches),
            web.delete("/_admin/switches", self.reset_switches),
            web.get("/_admin/audit", self.audit),
            web.delete("/_admin/audit", self.clear_audit),
            web.get("/_admin/state/{kind}", self.state),
            web.get("/_admin/digest", self.digest),
            web.get("/_admin/clock", self.clock),
            web.post("/_admin/clock", self.move_clock),
            web.post("/_admin/events/{kind}", self.add_event),
            web.get("/_admin/quota", self.quota),
            web.delete("/_admin/quota", self.reset_quota),
        ]

    async def faults(self, http: web.Request) -> web.StreamResponse:
        rules = [
            {"id": r.id, "seen": r.seen, "hits": r.hits} | msgspec.to_builtins(r) for r in self._service.faults.rules
        ]
        return _json({"faults": rules})

    async def add_fault(self, http: web.Request) -> web.StreamResponse:
        try:
            added = self._service.faults.add(rule(await http.read()))
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            return _json({"error": str(error)}, 400)
        return _json({"id": added.id}, 201)

    async def clear_faults(self, http: web.Request) -> web.StreamResponse:
        self._service.faults.clear()
        return web.Response(status=204)

    async def switches(self, http: web.Request) -> web.StreamResponse:
        behaviour = self._tenant.behaviour
        return _json({"switches": msgspec.to_builtins(behaviour.on), "hits": dict(behaviour.hits)})

    async def change_switches(self, http: web.Request) -> web.StreamResponse:
        try:
            self._tenant.behaviour.change(await http.read())
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            return _json({"error": str(error)}, 400)
        return await self.switches(http)

    async def reset_switches(self, http: web.Request) -> web.StreamResponse:
        self._tenant.behaviour.reset()
        self._tenant.lag.forget()
        return web.Response(status=204)

    async def audit(self, http: web.Request) -> web.StreamResponse:
        after = http.query.get("after", "0")
        if not after.isdigit():
            return _json({"error": f"after={after}: the number of a write is expected"}, 400)
        return _json({"writes": self._tenant.audit.after(int(after))})

    async def clear_audit(self, http: web.Request) -> web.StreamResponse:
        self._tenant.audit.clear()
        return web.Response(status=204)

    async def state(self, http: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "application/x-ndjson"})
        await response.prepare(http)
        for line in lines(self._tenant, http.match_info["kind"]):
            await response.write(line + b"\n")
        await response.write_eof()
        return response

    async def digest(self, http: web.Request) -> web.StreamResponse:
        return _json({"kinds": digests(self._tenant)})

    async def clock(self, http: web.Request) -> web.StreamResponse:
        clock = self._tenant.clock
        return _json({"now": clock.now().isoformat(), "shiftSeconds": clock.shift.total_seconds()})

    async def move_clock(self, http: web.Request) -> web.StreamResponse:
        try:
            move = msgspec.json.decode(await http.read(), type=Move)
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            return _json({"error": str(error)}, 400)
        self._tenant.move_clock(move.advance_seconds)
        return await self.clock(http)

    async def add_event(self, http: web.Request) -> web.StreamResponse:
        try:
            event = msgspec.json.decode(await http.read(), type=dict[str, Any])
            add(self._tenant, http.match_info["kind"], event)
        except (ValueError, msgspec.ValidationError, msgspec.DecodeError) as error:
            return _json({"error": str(error)}, 400)
        return web.Response(status=201)

    async def quota(self, http: web.Request) -> web.StreamResponse:
        quota = self._service.quota
        return _json({"counted": quota.counted, "refused": quota.refused})

    async def reset_quota(self, http: web.Request) -> web.StreamResponse:
        self._service.quota.reset()
        return web.Response(status=204)


class Move(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    advance_seconds: float


def _json(body: object, status: int = 200) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(body), content_type="application/json")
