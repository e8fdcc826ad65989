"""One call from its arrival to its answer: access, faults, the handler of its place, headers and the audit trail.

Items of a batch come the same way. Every refusal leaves as Graph's error body.
"""

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

from local.tenant import inline, navigate, overlap, permit, read, recycle, refs, write
from local.tenant.access import roles_of
from local.tenant.batch import batch
from local.tenant.clock import stamp
from local.tenant.cost import resource_units
from local.tenant.delta import delta
from local.tenant.extensions import available_extensions
from local.tenant.faults import Faults, fault_reply
from local.tenant.get_by_ids import get_by_ids
from local.tenant.message import JSON_TYPE, Reply, Request
from local.tenant.quota import Quota
from local.tenant.rates import Rates
from local.tenant.rules import GraphFault
from local.tenant.streams import stream
from local.tenant.tenant import Tenant
from local.tenant.tree import Place, Shape, resolve

type Handler = Callable[[Tenant, Request, Place], Reply]

READS: dict[tuple[Shape, str], Handler] = {
    (Shape.LIST, ""): read.list_objects,
    (Shape.LIST, "$count"): read.list_objects,
    (Shape.LIST, "delta"): delta,
    (Shape.ONE, ""): read.one_object,
    (Shape.LINKED, ""): navigate.list_linked,
    (Shape.LINKED, "$count"): navigate.list_linked,
    (Shape.LINKED, "$ref"): navigate.list_linked,
    (Shape.LINKED_ONE, ""): navigate.one_linked,
    (Shape.LINKED_ONE, "$ref"): navigate.one_linked,
    (Shape.STREAM, ""): stream,
    (Shape.BIN, ""): recycle.list_binned,
    (Shape.BIN, "$count"): recycle.list_binned,
    (Shape.BINNED, ""): recycle.one_binned,
    (Shape.ANY, ""): navigate.any_object,
}
ACTIONS: dict[Shape, Handler] = {  # reads that are asked for with POST
    Shape.GET_BY_IDS: get_by_ids,
    Shape.EXTENSIONS: available_extensions,
}
WRITES: dict[tuple[str, Shape, str], Handler] = {
    ("POST", Shape.LIST, ""): write.create,
    ("PATCH", Shape.ONE, ""): write.update,
    ("PUT", Shape.ONE, ""): write.replace_whole,
    ("DELETE", Shape.ONE, ""): write.delete,
    ("POST", Shape.LINKED, ""): write.create_below,
    ("PATCH", Shape.LINKED_ONE, ""): write.update_below,
    ("PUT", Shape.LINKED_ONE, ""): write.update_below,
    ("DELETE", Shape.LINKED_ONE, ""): write.delete_below,
    ("PUT", Shape.STREAM, ""): write.put_stream,
    ("DELETE", Shape.STREAM, ""): write.put_stream,
    ("POST", Shape.ACTION, ""): write.act,
    ("POST", Shape.INLINE, ""): inline.add_item,
    ("PATCH", Shape.INLINE, ""): inline.change_item,
    ("DELETE", Shape.INLINE, ""): inline.remove_item,
    ("POST", Shape.LINKED, "$ref"): refs.add_ref,
    ("PUT", Shape.LINKED_ONE, "$ref"): refs.add_ref,
    ("DELETE", Shape.LINKED_ONE, "$ref"): refs.remove_ref,
    ("POST", Shape.BINNED, "restore"): recycle.restore,
    ("DELETE", Shape.BINNED, ""): recycle.purge,
}


class Service:
    def __init__(self, tenant: Tenant, faults: Faults, token: str) -> None:
        self.tenant = tenant
        self.faults = faults
        self._token = token
        self._rates = Rates(tenant.behaviour)
        self._overlaps = overlap.Overlaps()
        self.quota = Quota(tenant.behaviour)
        tenant.access.roles = roles_of(token)

    async def serve(self, request: Request) -> Reply:
        """The answer to one call. Raises `Dropped` where a fault closes the connection."""
        request.request_id = str(uuid.uuid4())
        self.faults.release(request)
        late: list[Any] = []
        reply: Reply | None = None
        status = 0
        try:
            if not request.item:
                self._check_access(request)
            alone = self._alone(request)
            with self._overlaps.entered(alone) as overlapping:
                if alone or not request.item:
                    await asyncio.sleep(0 if request.item else self._latency())
                reply, late = await self.faults.before(request)
                if reply is None:
                    reply = fault_reply(overlap.refused()) if overlapping else await self._answer(request)
                    status = reply.status
                    reply = await self.faults.after(request, reply, late, self.serve_inside)
        except GraphFault as fault:
            reply = fault_reply(fault)
        finally:
            self._audit(request, status, ",".join(f"{rule.do}#{rule.id}" for rule in late))
        return self._dressed(request, reply)

    async def serve_inside(self, request: Request) -> Reply:
        """A call that comes from the tenant itself, between two pages of a list: no faults are done to it."""
        request.request_id = str(uuid.uuid4())
        reply = await self._answer(request)
        self._audit(request, reply.status, "interleave")
        return reply

    def _check_access(self, request: Request) -> None:
        scheme, _, token = request.header("authorization").partition(" ")
        if not token:
            raise GraphFault(401, "InvalidAuthenticationToken", "Access token is empty.")
        if scheme.lower() != "bearer" or token != self._token:
            raise GraphFault(401, "InvalidAuthenticationToken", "Access token validation failure.")

    def _alone(self, request: Request) -> str:
        """What this request must have to itself."""
        if request.method == "GET" or request.path == "/$batch" or not self.tenant.behaviour.on.concurrency:
            return ""
        request.cloud = self.tenant.behaviour.on.cloud
        try:
            return overlap.of(request, resolve(request.edition, request.path))
        except GraphFault:
            return ""

    def _latency(self) -> float:
        if self.tenant.behaviour.on.latency:
            self.tenant.behaviour.hit("latency")
        return self.tenant.behaviour.on.latency / 1000

    async def _answer(self, request: Request) -> Reply:
        try:
            if request.path == "/$batch":
                if request.method != "POST":
                    raise write.method_not_allowed()
                return await batch(request, self.serve, self.tenant.chance)
            request.cloud = self.tenant.behaviour.on.cloud
            place = resolve(request.edition, request.path)
            refused = self._rates.refusal(_bucket(request, place))
            if refused is not None:
                return refused
            return self._read(request, place) if request.method == "GET" else self._write(request, place)
        except GraphFault as fault:
            return fault_reply(fault)

    def _read(self, request: Request, place: Place) -> Reply:
        handler = READS.get((place.shape, place.tail))
        if handler is None:
            raise write.method_not_allowed()
        self._check_readable(place)
        if place.shape in (Shape.BIN, Shape.BINNED):
            recycle.expire(self.tenant)
        return handler(self.tenant, request, place)

    def _write(self, request: Request, place: Place) -> Reply:
        if request.method == "POST" and place.shape in ACTIONS:
            return ACTIONS[place.shape](self.tenant, request, place)
        handler = WRITES.get((request.method, place.shape, place.tail))
        if handler is None:
            raise write.method_not_allowed()
        if request.query:
            raise GraphFault(400, "BadRequest", f"The query '{request.query}' is not supported on a write.")
        refused = self.quota.refusal(_bucket(request, place))
        if refused is not None:
            return refused
        permit.check(self.tenant, request, place)
        recycle.expire(self.tenant)
        with self.tenant.database.transaction(), self.tenant.lag.writing():
            return handler(self.tenant, request, place)

    def _check_readable(self, place: Place) -> None:
        """Refuses what the caller may not read, before anything is looked for."""
        source = place.source
        if place.link is not None and source is not None:
            self.tenant.access.check_link(source, place.link)
        elif source is not None:
            self.tenant.access.check(source)

    def _audit(self, request: Request, status: int, fault: str) -> None:
        """`status` is what the tenant did, whatever a fault made of the answer; 0 where it was never asked."""
        if request.method == "GET" or request.path == "/$batch" or request.path.startswith("/directoryObjects/get"):
            return
        self.tenant.audit.write(
            self.tenant.clock.now().isoformat(),
            request.method,
            f"/{request.api}{request.path}",
            status,
            request.body.decode(errors="replace"),
            request_id=request.request_id,
            client_request_id=request.header("client-request-id"),
            in_batch=request.item,
            fault=fault,
        )

    def _dressed(self, request: Request, reply: Reply) -> Reply:
        """Headers every answer carries, and the ids inside an error body."""
        own = {"request-id": request.request_id}
        if request.header("client-request-id"):
            own["client-request-id"] = request.header("client-request-id")
        if isinstance(reply.body, dict) and "error" in reply.body:
            inner = {
                "date": stamp(self.tenant.clock.now()).removesuffix("Z"),
                "client-request-id": request.request_id,
                **own,
            }
            reply.body["error"]["innerError"] = {**reply.body["error"].get("innerError", {}), **inner}
        units = resource_units(request)
        if units and reply.status < 500 and request.path != "/$batch":
            own["x-ms-resource-unit"] = str(units)
        if reply.body is not None:
            own["content-type"] = JSON_TYPE
        reply.headers = {"odata-version": "4.0", **own, **reply.headers}
        return reply


def _bucket(request: Request, place: Place) -> str:
    """Which documented limit a call counts against."""
    if "signInActivity" in request.query:
        return "signInActivity"
    if "keyCredentials" in request.query:
        return "keyCredentials"
    if place.link is not None and place.link.bucket:
        return place.link.bucket
    return place.source.bucket if place.source is not None else "identity"
