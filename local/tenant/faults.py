"""Faults that an administrator of the emulator asked for, done to the calls they match.

`before` may answer in place of the tenant, or raise `Dropped`; `after` may spoil the answer. What a rule does not ask
for stays untouched.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from local.tenant.access import UNLICENSED
from local.tenant.answers import expired_page_token
from local.tenant.delta import sync_state_not_found
from local.tenant.fault_rules import Rule
from local.tenant.message import Reply, Request
from local.tenant.rules import GraphFault, denied

type Interleave = Callable[[Request], Awaitable[Reply]]

ON_ANSWERS = frozenset({"truncate", "headers", "foreignNextLink", "duplicate", "emptyPage", "interleave", "absent"})
SKIP = "skiptoken="
HELD = f"${SKIP}held"


class Dropped(Exception):
    """The connection is closed without an answer."""


class Faults:
    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self._last_items: dict[str, list[Any]] = {}
        self._held: dict[str, str] = {}
        self._given = 0

    def add(self, rule: Rule) -> Rule:
        self._given += 1
        rule.id = self._given
        self.rules.append(rule)
        return rule

    def clear(self) -> None:
        self.rules.clear()
        self._last_items.clear()

    def release(self, request: Request) -> None:
        """An empty page's next link leads to the query that the page should have answered."""
        request.query = self._held.get(request.query, request.query)

    async def before(self, request: Request) -> tuple[Reply | None, list[Rule]]:
        """An answer in place of the tenant's, if a fault gives one, and the faults still to be done to the answer."""
        late: list[Rule] = []
        for rule in list(self.rules):
            if not rule.applies(request):
                continue
            if rule.when == "after" or rule.do in ON_ANSWERS:
                late.append(rule)
            elif rule.do == "delay":
                await asyncio.sleep(rule.seconds)
            else:
                for undone in late:
                    undone.hits -= 1
                return _reply(rule, request), [rule]
        return None, late

    async def after(self, request: Request, reply: Reply, late: list[Rule], interleave: Interleave) -> Reply:
        for rule in late:
            if rule.do == "truncate":
                reply.cut = rule.form or "connection"
            elif rule.do == "delay":
                await asyncio.sleep(rule.seconds)
            elif rule.do == "headers":
                reply.headers |= rule.headers
            elif rule.do == "interleave":
                await self._interleave(rule, request, interleave)
            elif rule.do == "absent":
                reply = _absent(rule, request, reply)
            elif rule.do in ("foreignNextLink", "duplicate", "emptyPage"):
                self._spoil(rule, request, reply)
            else:
                reply = _reply(rule, request)
        self._remember(request, reply)
        return reply

    async def _interleave(self, rule: Rule, request: Request, serve: Interleave) -> None:
        """Somebody else writes while a list is being read: the calls that the rule names."""
        for call in rule.requests:
            _, api, path = str(call["path"]).split("/", 2)
            body = msgspec.json.encode(call["body"]) if "body" in call else b""
            await serve(Request(call["method"], api, f"/{path}", "", {"prefer": ""}, body, request.host))

    def _spoil(self, rule: Rule, request: Request, reply: Reply) -> None:
        if not isinstance(reply.body, dict) or "value" not in reply.body:
            rule.hits -= 1
            return
        if rule.do == "foreignNextLink":
            url = reply.body.get("@odata.nextLink") or request.url
            reply.body["@odata.nextLink"] = url.replace(request.host, f"https://{rule.host}", 1)
            reply.body.pop("@odata.deltaLink", None)
        elif rule.do == "duplicate":
            before = self._last_items.get(_list_of(request), []) if SKIP in request.query else []
            reply.body["value"] = before[-rule.count :] + reply.body["value"]
        else:
            self._hold(request, reply)

    def _hold(self, request: Request, reply: Reply) -> None:
        query = f"{HELD}{secrets.token_hex(8)}"
        self._held[query] = request.query
        reply.body = {
            "@odata.context": f"{request.root}/$metadata#directoryObjects",
            "@odata.nextLink": f"{request.root}{request.path}?{query}",
            "value": [],
        }

    def _remember(self, request: Request, reply: Reply) -> None:
        """Kept only while a rule repeats objects of the page before."""
        if any(rule.do == "duplicate" for rule in self.rules) and isinstance(reply.body, dict):
            self._last_items[_list_of(request)] = list(reply.body.get("value", ()))


def _list_of(request: Request) -> str:
    """The same for all pages of one list: what is selected or expanded is another list."""
    return "&".join([request.path, *(part for part in request.query.split("&") if SKIP not in part)])


def _reply(rule: Rule, request: Request) -> Reply:
    if rule.do == "drop":
        raise Dropped
    if rule.do == "throttle":
        return _throttled(rule)
    if rule.do == "deltaReset" and rule.form != "syncStateNotFound":
        return _gone(rule, request)
    return fault_reply(_fault(rule), rule.headers)


def _absent(rule: Rule, request: Request, reply: Reply) -> Reply:
    """What a replica says that lags behind by all of these objects."""
    if reply.status != 200:
        rule.hits -= 1
        return reply
    if isinstance(reply.body, dict) and isinstance(reply.body.get("value"), list):
        reply.body = {name: value for name, value in reply.body.items() if name != "@odata.nextLink"} | {"value": []}
        return reply
    return fault_reply(
        GraphFault(404, "Request_ResourceNotFound", f"Resource '{request.path.rpartition('/')[2]}' does not exist.")
    )


def _fault(rule: Rule) -> GraphFault:
    if rule.do == "expirePageToken":
        return GraphFault(400, rule.code, "The page token is not known.") if rule.code else expired_page_token()
    if rule.do == "deltaReset":
        return sync_state_not_found()
    if rule.do == "refuse":
        return denied()
    if rule.do == "expireAccess":
        return token_expired()
    if rule.do == "unlicensed":
        return GraphFault(*UNLICENSED.get(rule.form, UNLICENSED[""]))
    status = rule.status or 500
    return GraphFault(status, rule.code or "InternalServerError", rule.message or f"Fault {rule.id} was asked for.")


def token_expired() -> GraphFault:
    return GraphFault(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")


def _throttled(rule: Rule) -> Reply:
    status = rule.status or 429
    reply = fault_reply(GraphFault(status, rule.code or "TooManyRequests", rule.message or "Too many requests."))
    reply.headers |= {
        "x-ms-throttle-scope": "Tenant_Application/ReadWrite/local/local",
        "x-ms-throttle-information": "ResourceUnitLimitExceeded",
    }
    if rule.retry_after is not None:
        reply.headers["retry-after"] = str(rule.retry_after)
    reply.headers |= rule.headers
    return reply


def _gone(rule: Rule, request: Request) -> Reply:
    """410: the round has to start again at the URL that Location names."""
    reply = fault_reply(GraphFault(410, rule.code or "resyncRequired", "Resync required: the sync state is gone."))
    reply.headers["location"] = f"{request.root}{request.path}?$deltatoken="
    return reply


def fault_reply(fault: GraphFault, headers: dict[str, str] | None = None) -> Reply:
    error: dict[str, Any] = {"code": fault.code, "message": fault.message}
    if fault.details:
        error["details"] = list(fault.details)
    if fault.status == 429:
        error["innerError"] = {"code": "429", "status": "429"}
    return Reply(fault.status, {"error": error}, dict(headers or {}))
