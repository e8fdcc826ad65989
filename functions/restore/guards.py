"""What is looked at right before a call is sent, whatever the plan says: the last way in is never closed.

The tenant must be the one the plan was made for. The last active Global Administrator that can sign in keeps the role:
assignments, members of groups that hold it, and the accounts themselves are counted anew, and what this process has
taken away counts as gone even where a replica still shows it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from functions.core.plan import Step
from functions.core.policy_reach import shuts_out_more
from functions.core.record import Object
from functions.core.way_in import GLOBAL_ADMINISTRATOR
from functions.errors import GraphRejected, PlanNotApplicable
from functions.graph.client import GraphClient
from functions.graph.pages import pages
from functions.restore.safety import Guard
from functions.settings import Settings

if TYPE_CHECKING:
    from functions.restore.apply_work import Work

_POLICIES = "conditionalAccessPolicies"
_ASSIGNMENTS = "/roleManagement/directory/roleAssignments"
_DEEPEST = 10  # groups within groups
_REMOVING = frozenset({"delete", "removeLink", "call", "update", "clearProperty"})
_TYPES = frozenset({"users", "groups", "roleAssignments", "directoryRoles"})

type Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Taken:
    """What a step takes away: an assignment, an account, an account's place in a group, or all that a group (or anybody
    who holds the role like one) gives."""

    assignment: str = ""
    account: str = ""
    group: str = ""


@dataclass(slots=True)
class Guards:
    """`reader` counts, `tenant` is the plan's, `caller` who applies it."""

    reader: GraphClient
    restorer: GraphClient
    settings: Settings
    tenant: str
    caller: str = ""
    _gone: list[_Taken] = field(default_factory=list)
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def right_tenant(self) -> None:
        """Raises PlanNotApplicable unless the restorer's tenant is the plan's: as its token says, for what the
        restorer may write does not let it read the organization; where the token does not say, as Graph does."""
        told = await self.restorer.tenant()
        if not told:
            found = _values((await self.restorer.get("/organization?$select=id")).body)
            told = " ".join(str(one.get("id")) for one in found)
        if told.casefold() != self.tenant.casefold():
            raise PlanNotApplicable(
                f"the plan was made for the tenant {self.tenant}, and Graph answers for another",
                remedy="Check TENANT_ID, GRAPH_URL and the restorer identity",
            )

    @asynccontextmanager
    async def before(self, work: "Work", step: Step) -> AsyncIterator[None]:
        """Holds the place in which a call is sent. Raises PlanNotApplicable for one that closes the last way in."""
        await self._keeps_a_door_open(work, step)
        taken = _taken(work, step)
        if taken is None:
            yield
            return
        async with self._one_at_a_time:
            if taken.assignment and not await self._is_ours(taken.assignment):
                taken = None
            elif not await self._somebody_stays(taken):
                raise PlanNotApplicable(
                    f"step {step.id} is not sent: it would take the role Global Administrator from the last one who "
                    "holds it and can sign in",
                    remedy="Give the role to another account first, then retry the plan",
                )
            yield
            if taken is not None:
                self._gone.append(taken)

    async def _keeps_a_door_open(self, work: "Work", step: Step) -> None:
        """Raises PlanNotApplicable for a policy that would be in force and shut out an administrator, as those are now:
        whoever the plan counted on may have gone since."""
        body = step.body
        if work.item.type != _POLICIES or not isinstance(body, dict) or step.method not in {"POST", "PATCH"}:
            return
        current = (await work.object() or {}) if work.identity else {}
        after: Object = {**work.normal(current), **work.normal(_put_in(work, body))}
        if after.get("state") != "enabled":
            return
        safety = await Guard(self.reader, self.restorer, self.settings, self.caller).asked()
        if who := shuts_out_more(work.normal(current), after, safety):
            raise PlanNotApplicable(
                f"step {step.id} is not sent: the policy would be in force and shut out {who}",
                remedy="Exclude an emergency account from the policy, or let it come back report-only",
            )

    async def _is_ours(self, assignment: str) -> bool:
        """True for an assignment of the role."""
        return any(str(one["id"]) == assignment for one in await self._assignments())

    async def _assignments(self) -> list[Json]:
        where = quote(f"roleDefinitionId eq '{GLOBAL_ADMINISTRATOR}'", safe="")
        found = [one async for one in self._list(f"{_ASSIGNMENTS}?$filter={where}")]
        return [one for one in found if one.get("directoryScopeId", "/") == "/"]

    async def _somebody_stays(self, taken: _Taken) -> bool:
        """True where an enabled account holds the role after all that was and is to be taken away. Of accounts that
        hold nothing of it the answer is true without a count."""
        away = [*self._gone, taken]
        holders: set[str] = set()
        concerned = bool(taken.assignment)
        for assignment in await self._assignments():
            principal = str(assignment["principalId"])
            concerned = concerned or principal in {taken.account, taken.group}
            members = await self._accounts(principal)
            concerned = concerned or taken.account in members
            if any(one.assignment == str(assignment["id"]) for one in away):
                continue
            for account in members:
                if not any(_loses(one, account, principal) for one in away):
                    holders.add(account)
        return not concerned or bool(holders)

    async def _accounts(self, principal: str, deep: int = 0) -> set[str]:
        """The enabled accounts that a principal is: itself, or a group's members, however deep. Nobody signs in as a
        service principal to let people back in."""
        user = await self._one(f"/users/{principal}?$select=id,accountEnabled")
        if user is not None:
            return {principal} if user.get("accountEnabled") is True else set()
        if deep == _DEEPEST:
            return set()
        try:
            inside = [str(one["id"]) async for one in self._list(f"/groups/{principal}/members?$select=id")]
        except GraphRejected as error:
            if error.status == 404:
                return set()
            raise
        found = await asyncio.gather(*(self._accounts(one, deep + 1) for one in inside))
        return set[str]().union(*found)

    async def _one(self, url: str) -> Json | None:
        try:
            found: Json = msgspec.json.decode((await self.reader.get(url)).body)
        except GraphRejected as error:
            if error.status == 404:
                return None
            raise
        return found

    async def _list(self, url: str) -> AsyncIterator[Json]:
        async for page in pages(self.reader, url):
            for raw in page.items:
                yield msgspec.json.decode(raw)


def _loses(taken: _Taken, account: str, principal: str) -> bool:
    if not taken.account:
        return taken.group == principal
    return taken.account == account and taken.group in {"", principal}


def _taken(work: "Work", step: Step) -> _Taken | None:
    """What a step takes away that could be the last way in; None for all others."""
    body = step.body if isinstance(step.body, dict) else {}
    if body.get("action") == "adminRemove":
        principal = str(work.put_in(body.get("principalId")))
        if "groupId" in body:
            return _Taken(account=principal, group=str(work.put_in(body["groupId"])))
        return _Taken(group=principal) if body.get("roleDefinitionId") == GLOBAL_ADMINISTRATOR else None
    if step.action not in _REMOVING or work.item.type not in _TYPES:
        return None
    kind, identity = work.item.type, work.identity
    if kind == "users":
        disables = body.get("accountEnabled") is False
        return _Taken(account=identity) if disables or step.action == "delete" else None
    if step.action == "delete":
        return _Taken(assignment=identity) if kind == "roleAssignments" else _Taken(group=identity)
    if kind == "groups" and step.action == "removeLink" and step.link == "members":
        return _Taken(account=str(work.put_in(step.targets[0])), group=identity)
    return None


def _put_in(work: "Work", body: Object) -> Object:
    found = work.put_in(body)
    return found if isinstance(found, dict) else {}


def _values(body: bytes) -> list[Json]:
    found: list[Json] = msgspec.json.decode(body)["value"]
    return found
