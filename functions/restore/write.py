"""Sends the calls of a plan, and tells what a call's answer or absence means.

In: one step with its final path. Out: what Graph answered, or a GraphError that stands. Every call passes `check_call`
here, on its way out: whatever a stored plan says, no call leaves that could delete an object unasked.
"""

from contextlib import AsyncExitStack
from dataclasses import dataclass

from functions.core.calls import check_call
from functions.core.plan import Step
from functions.core.record import Json
from functions.errors import GraphError
from functions.graph.client import GraphClient, Reply
from functions.restore.outgoing import outgoing
from functions.restore.quota import Quota
from functions.restore.settle import Settle, tries_for

_ADDED_BEFORE = ("added object references already exist",)
_REMOVED_BEFORE = ("removed object references do not exist", "being updated or deleted is not found")
_EXISTS = (
    "permission being assigned already exists on the object",
    "entitlementgrant entry already exists",
    "permission entry already exists",
    "a conflicting object with one or more of the specified property values is present in the directory",
    "the role assignment already exists",
)
_EXISTS_CODES = frozenset({"RoleAssignmentExists"})


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends with the identity that may write, within Graph's quota."""

    client: GraphClient
    settle: Settle
    quota: Quota

    async def send(
        self, step: Step, path: str, body: Json, *, bucket: str, just_made: bool, repeatable: bool, method: str = ""
    ) -> Reply:
        """Sends one call, again where a refusal only means that a replica is behind. `method` and `path` may be others
        than the step's own where one call of it is split into several.

        What is not repeatable is never sent again after anything that may have reached Graph: a refusal did nothing, a
        lost answer may have.
        """
        method = method or step.method
        check_call(method, path)
        content = await outgoing(self.client, step, body)
        attempt = 0
        while True:
            try:
                async with AsyncExitStack() as stack:
                    if step.serial:
                        await stack.enter_async_context(self.quota.lock(step.serial))
                    await stack.enter_async_context(self.quota.slot())
                    return await self.client.send(
                        method,
                        path,
                        api=step.api,
                        body=content,
                        repeatable=repeatable,
                        bucket=bucket,
                        headers=step.headers,
                    )
            except GraphError as error:
                attempt += 1
                worth = tries_for(error.status, error.graph_code, error.graph_message, just_made=just_made)
                if not error.status or attempt >= worth:
                    raise
            await self.settle.pause()


def added_before(error: GraphError) -> bool:
    """True when Graph refused a link because it, or one that was sent with it, is there."""
    return error.status == 400 and _says(error, _ADDED_BEFORE)


def gone_before(error: GraphError) -> bool:
    """True when Graph refused to remove what is not there any more."""
    return error.status == 404 or (error.status == 400 and _says(error, _REMOVED_BEFORE))


def there_before(error: GraphError) -> bool:
    """True when Graph refused a grant or an assignment because there is one for the same things."""
    return error.status in {400, 409} and (error.graph_code in _EXISTS_CODES or _says(error, _EXISTS))


def refused(error: GraphError) -> bool:
    """True where Graph said no; a missing answer, a pause asked for and "not found" leave open what was done."""
    return 400 <= error.status < 500 and error.status not in {404, 429}


def _says(error: GraphError, parts: tuple[str, ...]) -> bool:
    text = error.graph_message.casefold()
    return any(part in text for part in parts)
