"""Sends the calls of a plan, and tells what a call's answer or absence means.

In: one step with its final path. Out: what Graph answered, or a GraphError that stands. Every call passes `check_call`
here, on its way out: whatever a stored plan says, no call leaves that could delete an object.
"""

from dataclasses import dataclass

from functions.core.links import NEW_ID, check_call
from functions.core.plan import Step
from functions.core.record import Json
from functions.errors import GraphError, PlanNotApplicable
from functions.graph.client import GraphClient, Reply
from functions.restore.settle import Settle, tries_for

_ADDED_BEFORE = "added object references already exist"
_REMOVED_BEFORE = "removed object references do not exist"


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends with the identity that may write."""

    client: GraphClient
    bucket: str
    settle: Settle

    async def send(self, step: Step, path: str, body: Json, *, just_made: bool) -> Reply:
        """Sends one call, again where a refusal only means that a replica is behind.

        A `create` is never sent again after anything that may have reached Graph: a refusal created nothing, a lost
        answer may have.
        """
        check_call(step.method, path)
        attempt = 0
        while True:
            try:
                return await self.client.send(
                    step.method, path, body=body, repeatable=step.action != "create", bucket=self.bucket
                )
            except GraphError as error:
                attempt += 1
                worth = tries_for(error.status, error.graph_code, error.graph_message, just_made=just_made)
                if not error.status or attempt >= worth:
                    raise
                await self.settle.pause()


def path_of(step: Step, new_id: str) -> str:
    """The step's path with the id of the object that the plan created."""
    if NEW_ID not in step.path:
        return step.path
    if not new_id:
        raise PlanNotApplicable(f"step {step.id} belongs to an object that was not created")
    return step.path.replace(NEW_ID, new_id)


def had_its_effect(step: Step, error: GraphError) -> bool:
    """True when Graph refused a call because it has been done already."""
    text = error.graph_message.casefold()
    if step.action == "addLink":
        return error.status == 400 and _ADDED_BEFORE in text
    if step.action in {"removeLink", "removeManager"}:
        return error.status == 404 or (error.status == 400 and _REMOVED_BEFORE in text)
    return False
