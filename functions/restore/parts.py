"""Takes one step that concerns an object contained in another: add it, change it, remove it.

A part that was about to be added before is looked for by the properties that tell it from others, so that none is added
twice.
"""

from functions.catalogue.model import Part, Relationship
from functions.core.diff import holds, same
from functions.core.plan import Step
from functions.core.record import Json, Object
from functions.errors import GraphError, GraphThrottled, GraphUnreachable
from functions.restore.apply_work import Work
from functions.restore.write import gone_before

PARTS = frozenset({"addPart", "changePart", "removePart"})


async def part(work: Work, place: int) -> None:
    """Takes the step to its end."""
    step = work.step(place)
    relationship = next(found for found in work.entry.relationships if found.name == step.link)
    shape = relationship.part
    assert shape is not None  # or there would be no such step
    after = work.put_in(step.after)
    wanted: Object = after if isinstance(after, dict) else {}
    unlike: list[str] = []

    async def seen() -> bool:
        found = await _parts(work, relationship)
        unlike[:] = _unlike(step, shape, wanted, found)
        return not unlike

    tried = work.tried(place)
    kept = step.action == "addPart" and work.item.standing == "deleted"  # the recycle bin may have given it back
    there = (tried or kept) and await seen()
    if step.action == "changePart" and not there and not work.compared and not await _untouched(work, step, shape):
        raise work.moved()
    await work.running(place)
    if not there:
        try:
            await _send(work, step, relationship)
        except (GraphUnreachable, GraphThrottled):
            # The answer is lost, the effect perhaps not.
            if not await work.bench.settle.until(seen, reads=1):
                raise
        except GraphError as error:
            if step.action != "removePart" or not gone_before(error):
                raise
    if step.later:
        work.bench.journal.done(work.item, place, later=True)
        return
    await work.settled(place, seen, lambda: unlike)


async def _send(work: Work, step: Step, relationship: Relationship) -> None:
    async with work.bench.guards.before(work, step):
        await work.bench.sender.send(
            step,
            str(work.put_in(step.path)),
            work.put_in(step.body),
            bucket=relationship.bucket or work.entry.bucket,
            just_made=work.just_made,
            repeatable=step.method != "POST",
        )


def _unlike(step: Step, shape: Part, wanted: Object, found: tuple[Object, ...]) -> list[str]:
    """What does not show: names of properties, or of the relationship where the part is not there, or still is."""
    if step.action == "removePart":
        return [step.link] if any(_is(step.part, shape, thing) for thing in found) else []
    if step.action == "changePart":
        thing = next((thing for thing in found if _is(step.part, shape, thing)), None)
        if thing is None:
            return [step.link]
        return sorted(name for name, value in wanted.items() if not holds(value, thing.get(name)))
    keys = [key for key in shape.keys if key in wanted]
    alike = [thing for thing in found if all(same(wanted[key], thing.get(key)) for key in keys)]
    if not alike:
        return [step.link]
    if any(holds(wanted, thing) for thing in alike):
        return []
    return sorted(name for name, value in wanted.items() if not holds(value, alike[0].get(name)))


async def _untouched(work: Work, step: Step, shape: Part) -> bool:
    """True while the part has the values that the plan showed."""
    relationship = next(found for found in work.entry.relationships if found.name == step.link)
    found = await _parts(work, relationship)
    thing = next((thing for thing in found if _is(step.part, shape, thing)), None)
    before: Json = step.before
    if thing is None or not isinstance(before, dict):
        return thing is not None
    return all(same(value, thing.get(name)) for name, value in before.items())


def _is(identity: str, shape: Part, thing: Object) -> bool:
    return not shape.identity or str(thing.get(shape.identity)) == identity


async def _parts(work: Work, relationship: Relationship) -> tuple[Object, ...]:
    return await work.bench.live.parts(work.entry, work.identity, relationship, work.record_path)
