"""Who could be shut out by a restore: the administrators as they are now, the emergency accounts, the caller.

In: a Graph client and the settings. Out: the facts that the planner's rules go by. What cannot be read is not guessed:
where the administrators are not known, none are named, and the rules take that for the worst.
"""

from collections.abc import AsyncIterator, Collection, Iterable
from dataclasses import dataclass, field

import msgspec

from functions import log
from functions.backup.addresses import query, within
from functions.core.passing import ends
from functions.core.plan_rules import Safety
from functions.core.record import Object
from functions.core.way_in import GLOBAL_ADMINISTRATOR
from functions.errors import GraphRejected
from functions.graph.batch import BatchGet, batch
from functions.graph.client import GraphClient
from functions.graph.pages import pages
from functions.settings import GUID, Settings

SENSITIVE = frozenset(
    {
        "authenticationMethodsPolicy",
        "conditionalAccessPolicies",
        "groupAssignmentSchedules",
        "groupEligibilitySchedules",
        "groups",
        "identitySecurityDefaultsEnforcementPolicy",
        "namedLocations",
        "roleAssignments",
        "roleAssignmentSchedules",
        "roleEligibilitySchedules",
        "users",
    }
)
"""Types whose objects can close the last way in, or are administrators themselves."""

_ASSIGNMENTS = "/roleManagement/directory/roleAssignments"
_SCHEDULES = "/roleManagement/directory/roleAssignmentSchedules"
_DEFAULTS = "/policies/identitySecurityDefaultsEnforcementPolicy"
_PERSON = ("id", "accountEnabled", "onPremisesSyncEnabled")
_DEEPEST = 10  # groups within groups
_decode = msgspec.json.Decoder(dict[str, object]).decode


@dataclass(slots=True)
class Guard:
    """Knows little without asking Graph (`known`), and everything once asked (`asked`)."""

    reader: GraphClient
    restorer: GraphClient
    settings: Settings
    caller: str
    _asked: Safety | None = None
    _known: Safety | None = None
    _above: dict[str, frozenset[str]] = field(default_factory=dict)
    _blind: bool = False  # a list of who is in which group was refused

    async def known(self) -> Safety:
        """What takes no call of Graph: the accounts that the settings name, the caller and the restorer."""
        if self._known is None:
            self._known = Safety(
                break_glass=self.settings.break_glass,
                caller=self.caller if GUID.fullmatch(self.caller) else "",
                restorer=await self.restorer.principal(),
                restorer_app=await self.restorer.application(),
            )
        return self._known

    async def asked(self) -> Safety:
        """Everything. Asked once a plan. Raises GraphError for what is no refusal."""
        if self._asked is None:
            self._asked = await self._ask(await self.known())
        return self._asked

    async def _ask(self, known: Safety) -> Safety:
        assignments = [one async for one in self._listed(_ASSIGNMENTS)]
        assignments += [one async for one in self._listed(_SCHEDULES)]
        everywhere = [one for one in assignments if one.get("directoryScopeId") == "/"]
        principals = {
            str(one["principalId"]) for one in everywhere if one.get("roleDefinitionId") == GLOBAL_ADMINISTRATOR
        }
        people = {str(one["id"]): one for one in await self._people(principals)}
        awake = {who: one for who, one in people.items() if one.get("accountEnabled") is True}
        administrators = {who: await self._holds(who, everywhere) for who in awake}
        cloud_only = {who for who, one in awake.items() if one.get("onPremisesSyncEnabled") is not True}
        caller_holds = await self._holds(known.caller, everywhere) if known.caller else frozenset()
        if self._blind:  # whom a policy reaches through a group, nobody can tell
            administrators = {}
        lasting = {who for who, holds in administrators.items() if ({who} | holds) & _for_good(everywhere)}
        return Safety(
            administrators=administrators,
            break_glass=known.break_glass & cloud_only & lasting,
            caller=known.caller,
            caller_holds=caller_holds,
            restorer=known.restorer,
            restorer_app=known.restorer_app,
            security_defaults=await self._security_defaults(),
        )

    async def _people(self, principals: Collection[str]) -> list[Object]:
        """The users among the principals, and those in the groups among them."""
        found, rest = await self._users(principals), set(principals)
        rest -= {str(one["id"]) for one in found}
        seen: set[str] = set()
        for _ in range(_DEEPEST):
            inside = {
                str(one["id"])
                for group in rest - seen
                async for one in self._listed(f"/groups/{group}/members", told=True)
            }
            seen |= rest
            if not inside:
                break
            more = await self._users(inside)
            found += more
            rest = inside - {str(one["id"]) for one in more}
        return found

    async def _users(self, ids: Iterable[str]) -> list[Object]:
        urls = [BatchGet(one, within("/users", one) + query(_PERSON)) for one in sorted(ids)]
        found: list[Object] = []
        for url, reply in zip(urls, await batch(self.reader, urls), strict=True):
            failure = reply.failure(url.url)
            if failure is None:
                found.append(_decode(reply.body))  # type: ignore[arg-type]
            elif failure.status != 404:  # a group, or a service principal
                raise failure
        return found

    async def _holds(self, who: str, everywhere: Iterable[Object]) -> frozenset[str]:
        """The groups that somebody is in, however deep, and the roles that they hold by themselves or through those."""
        groups = await self._groups(f"/users/{who}")
        mine = groups | {who}
        roles = {str(one.get("roleDefinitionId")) for one in everywhere if one.get("principalId") in mine}
        return frozenset(groups | roles)

    async def _groups(self, above: str) -> set[str]:
        found: set[str] = set()
        front = {above}
        for _ in range(_DEEPEST):
            front = {f"/groups/{group}" for one in front for group in await self._directly(one) if group not in found}
            found |= {one.rpartition("/")[2] for one in front}
            if not front:
                break
        return found

    async def _directly(self, address: str) -> frozenset[str]:
        if address not in self._above:
            inside = [one async for one in self._listed(f"{address}/memberOf", told=True)]
            self._above[address] = frozenset(
                str(one["id"]) for one in inside if str(one.get("@odata.type", "")).endswith(".group")
            )
        return self._above[address]

    async def _security_defaults(self) -> bool | None:
        try:
            reply = await self.reader.get(_DEFAULTS)
        except GraphRejected as error:
            log.warning("restore.security_defaults_unknown", status=error.status, code=error.graph_code)
            return None
        value = _decode(reply.body).get("isEnabled")
        return value if isinstance(value, bool) else None

    async def _listed(self, path: str, *, told: bool = False) -> AsyncIterator[Object]:
        """Nothing where the reader is refused, or where there is no such thing. `told`: a refusal is remembered."""
        try:
            async for page in pages(self.reader, path):
                for item in page.items:
                    yield _decode(item)  # type: ignore[misc]
        except GraphRejected as error:
            log.warning("restore.safety_unread", path=path, status=error.status, code=error.graph_code)
            self._blind = self._blind or (told and error.status != 404)


def _for_good(everywhere: Iterable[Object]) -> frozenset[str]:
    """Who holds the role until somebody takes it away: not whom a schedule shows to have activated it for some hours,
    or to hold it until a certain day."""
    held = [one for one in everywhere if one.get("roleDefinitionId") == GLOBAL_ADMINISTRATOR]
    passing = {str(one["principalId"]) for one in held if ends(one)}
    lasting = {str(one["principalId"]) for one in held if "scheduleInfo" in one and not ends(one)}
    return frozenset({str(one["principalId"]) for one in held} - (passing - lasting))
