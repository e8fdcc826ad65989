"""Works on one item of a plan: compares the object with what the plan was made for, then takes its steps in turn.

Each step ends done, skipped, failed or in conflict; none of these stops another item. Only storage that fails is
raised: the whole activity is run again then.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from functions.catalogue import type_named
from functions.core.plan import Item, LiveState, Step
from functions.core.plan_make import digest_of
from functions.errors import FormatError, GraphError, LifeboatError, LiveObjectMoved, PlanNotApplicable, WriteUnverified
from functions.restore import links, parts, steps
from functions.restore.apply_create import create
from functions.restore.apply_fates import Fates
from functions.restore.apply_work import Bench, Work, named_by
from functions.storage.idmap import IdMap

_AT_ONCE = 100  # steps that send links before they are looked for together
_TAKEN = {
    "create": create,
    "restoreDeleted": steps.undelete,
    "update": steps.change,
    "clearProperty": steps.change,
    "call": steps.call,
    "delete": steps.delete,
    "addPart": parts.part,
    "changePart": parts.part,
    "removePart": parts.part,
}
_MAKING = frozenset({"create", "restoreDeleted"})


async def take(item: Item, bench: Bench, fates: Fates, ids: IdMap, stopping: Callable[[], bool]) -> bool:
    """Takes the item's steps until it has ended (True) or `stopping` says so between two of them."""
    if all(bench.journal.over(item, place) for place in range(1, len(item.steps) + 1)):
        return True
    work = Work(bench=bench, item=item, entry=type_named(item.type))
    if reason := await fates.forbids(item):
        _skip(work, 1, reason)
        return True
    try:
        await work.learn()
        await _compare(work, fates, ids)
    except (GraphError, FormatError, LiveObjectMoved) as error:
        _stop(work, error)
        return True
    for places in list(_series(work)):
        if work.step(places[0]).at_once or not stopping():
            await _take(work, places, fates, stopping)
        if not all(bench.journal.over(item, place) for place in places):
            for place in work.marked:
                bench.journal.unmark(item, place)
            return False
    return True


async def _compare(work: Work, fates: Fates, ids: IdMap) -> None:
    """Raises LiveObjectMoved unless the object is what the plan was made for; before its first write alone."""
    item, journal = work.item, work.bench.journal
    if not item.digest or any(
        work.tried(place) or journal.outcome((item.number, place)) == "done" for place in range(1, len(item.steps) + 1)
    ):
        return
    identity = item.live_id
    if not identity:
        # The digest covers the id: an object that another plan has created meanwhile is not created again.
        identity = (await ids.resolve([item.object_id]))[item.object_id]
    state = await work.bench.live.state(work.entry, identity, work.record_path, item.followed)
    if state.standing == "gone":
        state = replace(state, id=item.object_id)
    if digest_of(state, work.entry, item.followed) != item.digest:
        came = await fates.undeleted()
        if not came or digest_of(_without(state, came), work.entry, item.followed) != item.digest:
            raise work.moved()
    work.compared = True


def _without(state: LiveState, came: frozenset[str]) -> LiveState:
    """The state without the links that came back with objects out of the recycle bin."""
    held = {name: tuple(one for one in found if one.id not in came) for name, found in state.links.items()}
    return replace(state, links=held)


def _series(work: Work) -> Iterator[list[int]]:
    """The places of the steps still to take: one at a time, or links of one relationship together."""
    series: list[int] = []
    for place in range(1, len(work.item.steps) + 1):
        if work.bench.journal.over(work.item, place):
            continue
        if series and (len(series) == _AT_ONCE or not links.together(work.step(series[-1]), work.step(place))):
            yield series
            series = []
        series.append(place)
    if series:
        yield series


async def _take(work: Work, places: list[int], fates: Fates, stopping: Callable[[], bool]) -> None:
    first, journal = work.step(places[0]), work.bench.journal
    if journal.over(work.item, places[0]):
        return  # an earlier step took it along
    try:
        if reason := await _forbidden(work, first, fates):
            for place in places:
                journal.skipped(work.item, place, reason)
        elif first.action in links.LINKING:
            await links.link(work, places, stopping)
        else:
            await _TAKEN[first.action](work, places[0])
    except LiveObjectMoved as error:
        _conflict(work, places[0], error)
    except (GraphError, FormatError, WriteUnverified, PlanNotApplicable) as error:
        _failed(work, places, error)


async def _forbidden(work: Work, step: Step, fates: Fates) -> str:
    """Why a step may not be taken after what came before it; "" if it may."""
    if step.action == "addLinks" and len(step.targets) > 1:
        lacking = work.lacking([step.path])
    else:
        lacking = {old for old in named_by(step) if old not in work.ids}
        if step.action == "create":
            lacking -= {work.item.object_id, *work.item.aliases.values()}
    if lacking:
        return work.bench.made.reason(lacking)
    if step.action in {"removeLink", "removePart"}:
        return await fates.short(work.item, step.link)
    return ""


def _failed(work: Work, places: list[int], error: LifeboatError) -> None:
    journal, item = work.bench.journal, work.item
    for place in places:
        if not journal.over(item, place):
            journal.failed(item, place, error)
    step = work.step(places[0])
    if step.action in _MAKING:
        work.bench.made.not_made(item)
        _skip(work, places[0] + 1, "The object was not brought back.")


def _stop(work: Work, error: LifeboatError) -> None:
    """Nothing of the item is sent: the object has moved, or could not be compared with the plan."""
    first = next(place for place in _places(work) if not work.bench.journal.over(work.item, place))
    if isinstance(error, LiveObjectMoved):
        _conflict(work, first, error)
        return
    work.bench.journal.failed(work.item, first, error)
    if work.item.makes:
        work.bench.made.not_made(work.item)
    _skip(work, first + 1, "The object could not be compared with what the plan was made for.")


def _conflict(work: Work, place: int, error: LiveObjectMoved) -> None:
    for later in range(place, len(work.item.steps) + 1):
        if not work.bench.journal.over(work.item, later):
            work.bench.journal.conflict(work.item, later, error)
    if work.item.makes and not work.identity:
        work.bench.made.not_made(work.item)


def _skip(work: Work, first: int, reason: str) -> None:
    for place in range(first, len(work.item.steps) + 1):
        if not work.bench.journal.over(work.item, place):
            work.bench.journal.skipped(work.item, place, reason)


def _places(work: Work) -> range:
    return range(1, len(work.item.steps) + 1)
