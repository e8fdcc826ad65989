"""Takes one step that concerns the object itself: create, undelete, change. Each is journaled, sent and read back.

A step found `running` was interrupted: its effect is looked for before anything is sent, so that nothing is done twice.
"""

from dataclasses import dataclass
from datetime import timedelta

import msgspec

from functions.clock import iso, parse_iso
from functions.core.diff import holds, shape
from functions.core.plan import Step
from functions.core.plan_make import RULES
from functions.core.plan_rules import Rules
from functions.core.record import Json, Object
from functions.errors import GraphError, GraphThrottled, GraphUnreachable, LifeboatError, WriteUnverified
from functions.restore.journal import Journal
from functions.restore.live import Live
from functions.restore.password import new_password
from functions.restore.settle import Settle
from functions.restore.write import Sender, path_of
from functions.storage.idmap import IdMap, IdRow
from functions.storage.restores import StepOutcome

_CLOCKS_APART = timedelta(minutes=5)
_CREATIONS = 2


@dataclass(frozen=True, slots=True)
class ObjectSteps:
    """The steps of one plan that make or change its object."""

    journal: Journal
    live: Live
    sender: Sender
    settle: Settle
    ids: IdMap

    async def take(self, place: int) -> None:
        """Takes a step to its end: afterwards it is done or failed."""
        step = self.journal.plan.steps[place]
        taken = {"create": self._create, "restoreDeleted": self._undelete}.get(step.action, self._change)
        try:
            await taken(place, step)
        except LifeboatError as error:
            if not isinstance(error, GraphError | WriteUnverified):
                raise  # storage is at fault, not the step: the activity is run again
            await self.journal.failed(place, error)

    async def _change(self, place: int, step: Step) -> None:
        path = path_of(step, self.journal.made_id)
        identity = path.rpartition("/")[2]

        async def seen() -> bool:
            return self._shows(await self.live.object(identity), step.after)

        interrupted = self.journal.outcome(place) is StepOutcome.RUNNING
        await self.journal.running(place)
        if not (interrupted and await seen()):
            await self.sender.send(step, path, step.body, just_made=self.journal.makes)
        await self._verify(place, step, await self.settle.until(seen), identity)

    async def _undelete(self, place: int, step: Step) -> None:
        identity = self.journal.plan.live_id

        async def seen() -> bool:
            return await self.live.object(identity) is not None

        interrupted = self.journal.outcome(place) is StepOutcome.RUNNING
        await self.journal.running(place)
        if not (interrupted and await seen()):
            try:
                await self.sender.send(step, step.path, None, just_made=False)
            except GraphError as error:
                # The call itself empties the bin: sent a second time it finds nothing there.
                if error.status != 404 or not await self.settle.until(seen, reads=1):
                    raise
        following = self.journal.plan.steps[place + 1 : place + 2]
        if following and following[0].at_once:
            await self.journal.done(place, result_id=identity)
            return
        await self._verify(place, step, await self.settle.until(seen), identity)

    async def _create(self, place: int, step: Step) -> None:
        made = ""
        if self.journal.outcome(place) is StepOutcome.RUNNING:
            made = await self._made_before(place, step)
        else:
            known = [str(thing["id"]) for thing in await self.live.namesakes(step.after)]
            await self.journal.running(place, {"before": known})
        for _ in range(_CREATIONS):
            if made:
                break
            try:
                reply = await self.sender.send(step, step.path, _with_secrets(step), just_made=True)
                made = str(msgspec.json.decode(reply.body)["id"])
            except (GraphUnreachable, GraphThrottled):
                made = await self._made_before(place, step)  # the answer is lost, the object perhaps not
        if not made:
            raise GraphUnreachable(
                "Graph gave no whole answer to the creation, and no new object of that name can be found",
                path=step.path,
                remedy="Look for the object by name; if it is not there, make a new plan",
            )
        plan, now = self.journal.plan, iso(self.journal.clock())
        await self.ids.put(IdRow(old_id=plan.live_id, new_id=made, type=plan.type, plan_id=plan.plan_id, at=now))

        async def seen() -> bool:
            return self._shows(await self.live.object(made), step.after)

        await self._verify(place, step, await self.settle.until(seen), made)

    async def _made_before(self, place: int, step: Step) -> str:
        """The id of the object that an interrupted creation made, "" if it made none.

        It has the natural key of what was to be created, was not there before, and is not older than the attempt.
        """
        row = self.journal.rows[place]
        before = set(row.detail.get("before", ()))
        earliest = parse_iso(row.started_at) - _CLOCKS_APART
        found: list[str] = []

        async def there() -> bool:
            found[:] = [
                str(thing["id"])
                for thing in await self.live.namesakes(step.after)
                if str(thing["id"]) not in before and _not_older(thing, earliest)
            ]
            return bool(found)

        if not await self.settle.until(there, reads=1):
            return ""
        if len(found) > 1:
            raise WriteUnverified(
                f"The creation was interrupted, and {len(found)} new objects have its name: {', '.join(found)}",
                remedy="Delete the ones that are too many, or carry on by hand with the right one",
            )
        return found[0]

    async def _verify(self, place: int, step: Step, seen: bool, identity: str) -> None:
        if seen:
            await self.journal.done(place, result_id=identity)
            return
        error = WriteUnverified(
            f"Graph accepted step {step.id} ({step.action}), but the object does not show it",
            remedy="Look at the object; if the value is not what the plan says, make a new plan",
        )
        await self.journal.failed(place, error, result_id=identity)

    def _shows(self, thing: Object | None, wanted: Json) -> bool:
        if thing is None or not isinstance(wanted, dict):
            return False
        rules, entry = RULES.get(self.live.entry.key, Rules()), self.live.entry
        return holds(rules.normal(shape(wanted, entry)), rules.normal(shape(thing, entry)))


def _with_secrets(step: Step) -> Json:
    if "passwordProfile" not in step.generated:
        return step.body  # type: ignore[no-any-return]
    return {**step.body, "passwordProfile": {**step.body["passwordProfile"], "password": new_password()}}


def _not_older(thing: Object, earliest: object) -> bool:
    created = thing.get("createdDateTime")
    return not isinstance(created, str) or parse_iso(created) >= earliest  # type: ignore[operator]
