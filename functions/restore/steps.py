"""Takes one step that concerns the object itself: create, undelete, change. Each is journaled, sent and read back.

A step found `running` was interrupted: its effect is looked for before anything is sent, so that nothing is done twice.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import msgspec

from functions.clock import iso
from functions.core.diff import holds, same, shape
from functions.core.plan import Plan, Step
from functions.core.plan_make import RULES
from functions.core.plan_rules import Rules
from functions.core.record import Json, Object
from functions.errors import (
    GraphError,
    GraphThrottled,
    GraphUnreachable,
    LifeboatError,
    LiveObjectMoved,
    WriteUnverified,
)
from functions.restore.journal import Journal
from functions.restore.live import Live
from functions.restore.made import made_before
from functions.restore.password import new_password
from functions.restore.settle import Settle
from functions.restore.write import Sender, path_of
from functions.storage.idmap import IdMap, IdRow
from functions.storage.restores import StepOutcome

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
            if isinstance(error, LiveObjectMoved):
                await self.journal.halt(place, error)
            elif isinstance(error, GraphError | WriteUnverified):
                await self.journal.failed(place, error)
            else:
                raise  # storage is at fault, not the step: the activity is run again

    async def _change(self, place: int, step: Step) -> None:
        path = path_of(step, self.journal.made_id)
        identity = path.rpartition("/")[2]

        async def seen() -> bool:
            return self._shows(await self.live.object(identity), step.after)

        interrupted = self.journal.outcome(place) is StepOutcome.RUNNING
        if not self.journal.makes:
            now = await self.live.object(identity)
            if not (interrupted and self._shows(now, step.after)) and not self._untouched(now, step):
                raise moved(self.journal.plan, "this step and those after it were not sent")
        await self.journal.running(place)
        if not (interrupted and await seen()):
            await self.sender.send(step, path, step.body, just_made=self.journal.makes)
        await self._verify(place, step, await self.settle.until(seen), identity)

    async def _undelete(self, place: int, step: Step) -> None:
        identity = self.journal.plan.live_id
        following = self.journal.plan.steps[place + 1 : place + 2]
        urgent = bool(following) and following[0].at_once

        async def seen() -> bool:
            return await self.live.object(identity) is not None

        interrupted = self.journal.outcome(place) is StepOutcome.RUNNING
        await self.journal.running(place)
        try:
            if not (interrupted and await seen()):
                await self._take_out(step, seen)
        except GraphError as error:
            if not urgent or _refused(error):
                raise
            # It may be out all the same, and must not stay as it came out: the step that sees to that is sent anyway.
            await self.journal.failed(place, error, result_id=identity)
            return
        if urgent:
            await self.journal.done(place, result_id=identity)
            return
        await self._verify(place, step, await self.settle.until(seen), identity)

    async def _take_out(self, step: Step, seen: Callable[[], Awaitable[bool]]) -> None:
        try:
            await self.sender.send(step, step.path, None, just_made=False)
        except GraphError as error:
            # The call itself empties the bin, so that a second one finds nothing there; one without an answer may have
            # been carried out.
            if _refused(error) or not await self.settle.until(seen, reads=1):
                raise

    async def _create(self, place: int, step: Step) -> None:
        made = ""
        if self.journal.outcome(place) is StepOutcome.RUNNING:
            made = self.journal.rows[place].result_id or await self._made_before(place, step)
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
        await self.journal.made(place, made)
        plan, now = self.journal.plan, iso(self.journal.clock())
        await self.ids.put(IdRow(old_id=plan.live_id, new_id=made, type=plan.type, plan_id=plan.plan_id, at=now))

        async def seen() -> bool:
            return self._shows(await self.live.object(made), step.after)

        await self._verify(place, step, await self.settle.until(seen), made)

    async def _made_before(self, place: int, step: Step) -> str:
        return await made_before(step.after, self.journal.rows[place], self.live, self.settle, self._shows)

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
        return holds(self._normal(wanted), self._normal(thing))

    def _untouched(self, thing: Object | None, step: Step) -> bool:
        """True while each property that a step writes has the value that the plan showed."""
        if thing is None:
            return False
        now = self._normal(thing)
        return all(same(value, now.get(name)) for name, value in step.before.items())

    def _normal(self, thing: Object) -> Object:
        return RULES.get(self.live.entry.key, Rules()).normal(shape(thing, self.live.entry))


def moved(plan: Plan, so_far: str) -> LiveObjectMoved:
    """The conflict between a plan and a tenant that somebody else has changed."""
    return LiveObjectMoved(
        f"{plan.type} {plan.live_id} is no longer what it was when the plan was made; {so_far}",
        remedy="Make a new plan and look at what differs now",
    )


def _refused(error: GraphError) -> bool:
    """True where Graph said no; a missing answer, a pause asked for and "not found" leave open what was done."""
    return 400 <= error.status < 500 and error.status not in {404, 429}


def _with_secrets(step: Step) -> Json:
    if "passwordProfile" not in step.generated:
        return step.body  # type: ignore[no-any-return]
    return {**step.body, "passwordProfile": {**step.body["passwordProfile"], "password": new_password()}}
