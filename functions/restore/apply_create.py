"""Takes the step that makes an object, once. Its new id is written down before anything else can fail.

A creation that was interrupted, or whose answer was lost, is never repeated blindly: the object is looked for by the
address it keeps, by the id map, or by its natural keys. A grant or an assignment that Graph says is there is compared
with what was wanted.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from functions.core.diff import holds
from functions.core.links_remap import texts
from functions.core.plan import Step
from functions.core.record import Json, Object
from functions.errors import GraphRejected, GraphThrottled, GraphUnreachable
from functions.graph.client import Reply
from functions.restore.apply_work import Work
from functions.restore.made import findable, made_before
from functions.restore.password import new_password
from functions.restore.write import there_before

_CREATIONS = 2


async def create(work: Work, place: int) -> None:
    """Makes the object and waits until it shows what was sent."""
    step = work.step(place)
    after = work.put_in(step.after)
    wanted: Object = after if isinstance(after, dict) else {}
    made = ""
    answer: Object = {}
    if work.tried(place):
        made = await _earlier(work, place, wanted)
    else:
        await work.running(place, await _before(work, wanted))
    for _ in range(_CREATIONS):
        if made:
            break
        try:
            made, answer = await _sent(work, step, wanted)
        except (GraphUnreachable, GraphThrottled):
            made = await _lost(work, place, wanted)  # the answer is lost, the object perhaps not
        except GraphRejected as error:
            made = await _there(work, step, wanted, error)
    if not made:
        raise GraphUnreachable(
            "Graph gave no whole answer to the creation, and no such object can be found",
            path=step.path,
            remedy="Look for the object by name; if it is not there, make a new plan",
        )
    work.just_made, work.compared, work.identity = True, True, made
    await work.bench.made.note(work.item, made, await _aliases(work, answer))
    await work.learn()
    await work.verify(place, wanted, result_id=made)


async def _before(work: Work, wanted: Object) -> Mapping[str, Any]:
    """What has the object's natural keys already: none of it can be what is going to be made."""
    entry = work.entry
    if _fixed(work) or not findable(entry, wanted):
        return {}
    found = await work.bench.live.namesakes(entry, wanted, work.record_path, partly=True)
    return {"before": [str(thing[entry.identity or "id"]) for thing in found]}


async def _sent(work: Work, step: Step, wanted: Object) -> tuple[str, Object]:
    upsert = step.method != "POST"
    async with work.bench.guards.before(work, step):
        reply = await work.bench.sender.send(
            step,
            str(work.put_in(step.path)),
            _with_secrets(step, work.put_in(step.body)),
            bucket=work.entry.bucket,
            just_made=True,
            repeatable=upsert,
        )
    answer = _decoded(reply)
    identity = _fixed(work) or _identity(work, answer)
    if not identity and upsert:
        answer = _decoded(await work.bench.live.client.get(str(work.put_in(step.path)), api=step.api))
        identity = _identity(work, answer)
    if "targetScheduleId" in answer or not _by_request(work):
        return identity, answer
    # The answer is a request, with an id of its own, and not the object that it leads to.
    return await _alike(work, wanted) or identity, {}


def _by_request(work: Work) -> bool:
    """True for a type whose objects come about through requests, which are posted elsewhere."""
    restore = work.entry.restore
    return restore is not None and restore.collection.rpartition("/")[2] != work.entry.path.rpartition("/")[2]


async def _exists(work: Work, identity: str) -> bool:
    return await work.bench.live.object(work.entry, identity, work.record_path) is not None


async def _earlier(work: Work, place: int, wanted: Object) -> str:
    """What an interrupted creation made, "" if it made nothing."""
    return await work.bench.made.earlier(work.item) or await _lost(work, place, wanted)


async def _lost(work: Work, place: int, wanted: Object) -> str:
    row = work.bench.journal.row_of((work.item.number, place))
    assert row is not None  # it was written down before the call
    step = work.step(place)
    if fixed := _fixed(work):
        return fixed if await work.bench.settle.until(lambda: _exists(work, fixed), reads=1) else ""
    if step.method != "POST":
        return ""  # sending it again changes nothing
    return await made_before(
        wanted,
        row,
        work.bench.live,
        work.entry,
        work.record_path,
        work.bench.settle,
        lambda identity: work.shows(wanted, identity),
    )


async def _there(work: Work, step: Step, wanted: Object, error: GraphRejected) -> str:
    """The grant or assignment that is there already, changed into what was wanted where it differs and can be."""
    if not there_before(error):
        raise error
    identity = await _alike(work, wanted)
    if not identity:
        raise error
    restore = work.entry.restore
    unlike = await work.unlike(wanted, identity)
    if unlike and restore is not None and restore.method and set(unlike) <= restore.update:
        body: Json = {name: wanted[name] for name in unlike}
        await work.bench.sender.send(
            step,
            f"{work.put_in(step.path)}/{identity}",
            body,
            bucket=work.entry.bucket,
            just_made=False,
            repeatable=True,
            method=restore.method,
        )
    return identity


async def _alike(work: Work, wanted: Object) -> str:
    """The one live object that has the natural keys of what was wanted, waited for; "" where there is none."""
    if not findable(work.entry, wanted):
        return ""
    found: list[str] = []

    async def seen() -> bool:
        things = await work.bench.live.namesakes(work.entry, wanted, work.record_path, partly=True)
        keys = [key for key in work.entry.natural_keys if wanted.get(key)]
        found[:] = [
            str(thing[work.entry.identity or "id"])
            for thing in things
            if all(holds(wanted[key], thing.get(key, wanted[key])) for key in keys)
        ]
        return len(found) == 1

    return found[0] if await work.bench.settle.until(seen, reads=1) else ""


async def _aliases(work: Work, answer: Object) -> dict[str, str]:
    """What others called the old object by → what they shall call the new one."""
    aliases = work.item.aliases
    if not aliases:
        return {}
    found: dict[str, str] = {}

    async def known() -> bool:
        thing = answer if _names(answer, aliases) else await work.object()
        found.update(_names(thing or {}, aliases))
        return len(found) == len(aliases)

    await work.bench.settle.until(known, reads=1)
    return found


def _names(thing: Object, aliases: Mapping[str, str]) -> dict[str, str]:
    values = ((old, next(texts(thing, place), "")) for place, old in aliases.items())
    found = {old: value for old, value in values if value}
    return found if len(found) == len(aliases) else {}


def _fixed(work: Work) -> str:
    """The id that the object will have, where it keeps the one it had."""
    restore = work.entry.restore
    return work.item.object_id if restore is not None and restore.keeps_id else ""


def _identity(work: Work, answer: Object) -> str:
    for name in ("targetScheduleId", work.entry.identity or "id"):
        value = answer.get(name)
        if isinstance(value, str) and value:
            return value
    return ""


def _decoded(reply: Reply) -> Object:
    if not reply.body:
        return {}
    try:
        found: Object = msgspec.json.decode(reply.body, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise GraphUnreachable("The answer to the creation is not whole JSON") from error
    return found


def _with_secrets(step: Step, body: Json) -> Json:
    if "passwordProfile" not in step.generated or not isinstance(body, dict):
        return body
    profile = body["passwordProfile"]
    assert isinstance(profile, dict)
    return {**body, "passwordProfile": {**profile, "password": new_password()}}
