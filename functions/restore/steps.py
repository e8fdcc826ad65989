"""Takes one step that concerns the object itself: undelete, change, call, delete. Each is journaled, sent, read back.

A step that was tried before is looked for before anything is sent, so that nothing is done twice.
"""

from collections.abc import Awaitable, Callable

from functions.errors import GraphError, GraphThrottled, GraphUnreachable, WriteUnverified
from functions.restore.apply_work import Work
from functions.restore.write import gone_before, refused


async def change(work: Work, place: int) -> None:
    """Properties of an object that is there. A change that somebody else made meanwhile stays."""
    step = work.step(place)
    after, tried = work.put_in(step.after), work.tried(place)
    there = tried and await work.shows(after)
    if not there and not work.compared and not await work.untouched(step):
        raise work.moved()
    work.compared = False
    await work.running(place)
    if not there:
        await _send(work, place, repeatable=True)
    await work.verify(place, after)


async def call(work: Work, place: int) -> None:
    """Any other call. One that cannot be told from a second one is not sent twice."""
    step = work.step(place)
    after, tried = work.put_in(step.after), work.tried(place)
    there = tried and bool(after) and await work.shows(after)
    repeatable = step.method != "POST"
    if tried and not there and not repeatable and not after:
        raise WriteUnverified(
            f"Step {step.id} was interrupted, and nothing shows whether it was carried out",
            remedy="Look at the object; if its effect is missing, make a new plan",
        )
    await work.running(place)
    if not there:
        try:
            await _send(work, place, repeatable=repeatable)
        except (GraphUnreachable, GraphThrottled):
            # The answer is lost, the effect perhaps not.
            if not after or not await work.bench.settle.until(lambda: work.shows(after), reads=1):
                raise
    work.compared = False
    await work.verify(place, after)


async def undelete(work: Work, place: int) -> None:
    """Out of the recycle bin. When the next step must follow at once, nothing is waited for in between."""
    step, journal = work.step(place), work.bench.journal
    work.identity = work.item.live_id
    urgent = _urgent(work, place)

    async def seen() -> bool:
        return await work.object() is not None

    tried = work.tried(place)
    await work.running(place)
    work.just_made = True
    try:
        if not (tried and await seen()):
            await _take_out(work, place, seen)
    except GraphError as error:
        if not urgent or refused(error):
            raise
        # It may be out all the same, and must not stay as it came out: the step that sees to that is sent anyway.
        journal.failed(work.item, place, error, result_id=work.identity)
        return
    work.compared = True
    if urgent:
        journal.done(work.item, place, result_id=work.identity)
        return
    await work.settled(place, seen, lambda: [step.action], result_id=work.identity)


async def delete(work: Work, place: int) -> None:
    """The object itself, which was not in the backup."""

    async def seen() -> bool:
        return await work.object() is None

    tried = work.tried(place)
    await work.running(place)
    if not (tried and await seen()):
        try:
            await _send(work, place, repeatable=True)
        except GraphError as error:
            if not gone_before(error):
                raise
    await work.settled(place, seen, lambda: ["id"])


async def _send(work: Work, place: int, *, repeatable: bool) -> None:
    step = work.step(place)
    async with work.bench.guards.before(work, step):
        await work.bench.sender.send(
            step,
            str(work.put_in(step.path)),
            work.put_in(step.body),
            bucket=work.entry.bucket,
            just_made=work.just_made,
            repeatable=repeatable,
        )


async def _take_out(work: Work, place: int, seen: Callable[[], Awaitable[bool]]) -> None:
    try:
        await _send(work, place, repeatable=True)
    except GraphError as error:
        # The call itself empties the bin, so that a second one finds nothing there; one without an answer may have
        # been carried out.
        if refused(error) or not await work.bench.settle.until(seen, reads=1):
            raise


def _urgent(work: Work, place: int) -> bool:
    return place < len(work.item.steps) and work.step(place + 1).at_once
