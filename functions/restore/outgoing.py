"""What is sent for a body of a plan: ids that had to be looked up are put in, and an image leaves as its bytes.

In: a step, and its body with all new ids. Out: the same body, or bytes.
"""

import base64

import msgspec

from functions.core.lookups import Lookup, looked_up, lookups
from functions.core.plan import Step
from functions.core.record import Json
from functions.errors import PlanNotApplicable
from functions.graph.client import GraphClient
from functions.graph.pages import pages

_TYPE = "Content-Type"


async def outgoing(client: GraphClient, step: Step, body: Json) -> Json | bytes:
    """Raises PlanNotApplicable where an object that the body names cannot be found, or where there are two."""
    if _TYPE in step.headers and isinstance(body, dict):
        return base64.b64decode(str(body.get("base64")))
    wanted = lookups(body)
    if not wanted:
        return body
    return looked_up(body, {lookup: await _found(client, lookup, step.api) for lookup in wanted})


async def _found(client: GraphClient, lookup: Lookup, api: str) -> str:
    ids = []
    async for page in pages(client, lookup.path, api=api):
        things = (msgspec.json.decode(item, type=dict[str, object]) for item in page.items)
        ids += [str(thing.get("id")) for thing in things if thing.get(lookup.property) == lookup.value]
    if len(ids) != 1:
        said = "there is none" if not ids else f"there are {len(ids)}"
        raise PlanNotApplicable(
            f"{lookup.path} has to hold one object whose {lookup.property} is {lookup.value}, and {said}",
            remedy="Look at what the steps before this one did, then make a new plan",
        )
    return ids[0]
