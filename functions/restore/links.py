"""Takes a series of steps that add or remove links of one relationship.

The list is read once before: what is there (or gone) already is done without a call. Then come the calls, each written
down before; then the list is read until it shows them all. Links that go out in one call all or nothing are sent one by
one where Graph refuses the call because of some of them, and the result is told for each.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from functions.catalogue.model import Relationship
from functions.core.plan import Step
from functions.core.record import Json
from functions.errors import GraphError, LifeboatError, WriteUnverified
from functions.restore.apply_work import Work
from functions.restore.journal import told
from functions.restore.write import added_before, gone_before, refused

ADDING = frozenset({"addLinks", "setLink"})
LINKING = ADDING | {"removeLink"}
_BOUND = "@odata.bind"


@dataclass(slots=True)
class _Links:
    """One step: the targets by their present ids, those still to be seen, and what became of the others. `before`: what
    this plan has seen to already, in a call that was interrupted."""

    place: int
    targets: tuple[str, ...]
    wanting: set[str] = field(default_factory=set)
    before: set[str] = field(default_factory=set)
    errors: dict[str, LifeboatError] = field(default_factory=dict)
    lacking: dict[str, str] = field(default_factory=dict)


async def link(work: Work, places: Sequence[int], stopping: Callable[[], bool]) -> None:
    """Takes steps of one relationship and one direction: afterwards each is done, skipped or failed, or left for later
    where `stopping` said so before it was sent."""
    first = work.step(places[0])
    adding = first.action in ADDING
    relationship = next(found for found in work.entry.relationships if found.name == first.link)
    try:
        there = await _there(work, relationship)
    except GraphError as error:
        for place in places:
            work.bench.journal.failed(work.item, place, error)
        return
    taken = [_taken(work, place, there, adding=adding) for place in places]
    for number, links in enumerate(taken):
        if number and stopping():
            taken = taken[:number]
            break
        if links.wanting:
            await work.running(links.place)
            await _send(work, links, relationship, adding=adding)
    work.compared = False
    await _verify(work, taken, relationship, adding=adding)


def _taken(work: Work, place: int, there: set[str], *, adding: bool) -> _Links:
    step = work.step(place)
    links = _Links(place, tuple(str(work.put_in(target)) for target in step.targets))
    tried = work.tried(place)
    for old, target in zip(step.targets, links.targets, strict=True):
        if missing := work.lacking(old):
            links.lacking[target] = work.bench.made.reason(missing)
        elif (target in there) != adding:
            links.wanting.add(target)
        elif tried:
            links.before.add(target)
    return links


async def _send(work: Work, links: _Links, relationship: Relationship, *, adding: bool) -> None:
    step = work.step(links.place)
    urls = _urls(step, links.targets)
    if adding and step.method == "PATCH":
        await _bind(work, links, relationship, {target: urls[target] for target in sorted(links.wanting)})
        return
    for target in sorted(links.wanting):
        await _one(work, links, target, str(work.put_in(step.path)), work.put_in(step.body), step.method)


async def _bind(work: Work, links: _Links, relationship: Relationship, urls: Mapping[str, str]) -> None:
    """All in one call; one by one where Graph refuses it, because it does all or nothing."""
    step = work.step(links.place)
    path = str(work.put_in(step.path))
    name = next(iter(step.body))
    body: Json = {name: [work.put_in(url) for url in urls.values()]}
    try:
        await _sent(work, step, path, body)
    except GraphError as error:
        if not refused(error) and error.status != 404:
            links.errors |= dict.fromkeys(urls, error)
            return
        single = f"{path}/{relationship.path.partition('/microsoft.graph.')[0] or relationship.name}/$ref"
        for target, url in urls.items():
            await _one(work, links, target, single, {"@odata.id": work.put_in(url)}, "POST")


async def _one(work: Work, links: _Links, target: str, path: str, body: Json, method: str) -> None:
    step = work.step(links.place)
    try:
        await _sent(work, step, path, body, method)
    except GraphError as error:
        done = gone_before(error) if method == "DELETE" else added_before(error)
        if not done:
            links.errors[target] = error


async def _sent(work: Work, step: Step, path: str, body: Json, method: str = "") -> None:
    bucket = next(found.bucket for found in work.entry.relationships if found.name == step.link) or work.entry.bucket
    async with work.bench.guards.before(work, step):
        # A link that is there twice is refused, so sending it again does no harm.
        await work.bench.sender.send(
            step, path, body, bucket=bucket, just_made=work.just_made, repeatable=True, method=method
        )


async def _verify(work: Work, taken: Sequence[_Links], relationship: Relationship, *, adding: bool) -> None:
    lost: GraphError | None = None
    unseen: set[str] = set()

    async def seen() -> bool:
        there = await _there(work, relationship)
        unseen.clear()
        unseen.update(
            target for one in taken for target in one.wanting - one.errors.keys() if (target in there) != adding
        )
        return not unseen

    try:
        if any(one.wanting - one.errors.keys() for one in taken):
            await work.bench.settle.until(seen)
    except GraphError as error:
        lost = error
    for one in taken:
        _end(work, one, unseen & one.wanting, lost)


def _end(work: Work, links: _Links, unseen: set[str], lost: GraphError | None) -> None:
    journal, item, step = work.bench.journal, work.item, work.step(links.place)
    error: LifeboatError | None = next(iter(links.errors.values()), lost)
    if error is None and unseen:
        error = WriteUnverified(
            f"Graph accepted step {step.id} ({step.action}), but the list does not show {', '.join(sorted(unseen))}",
            remedy="Look at the list in the Entra admin center; make a new plan if the link is wrong",
        )
    if len(links.targets) > 1 or links.lacking:
        told_of: dict[str, object] = {target: {"outcome": "failed", **told(e)} for target, e in links.errors.items()}
        told_of |= {target: {"outcome": "skipped", "reason": why} for target, why in links.lacking.items()}
        told_of |= {target: {"outcome": "failed", "code": "writeUnverified"} for target in unseen}
    else:
        told_of = {}
    sent = sorted((links.wanting - links.errors.keys()) | links.before)
    detail: dict[str, Any] = {"links": told_of} if told_of else {}
    if error is not None or len(sent) < len(links.targets):
        detail["sent"] = sent  # of the others nothing is to be taken back
    if error is not None:
        journal.failed(item, links.place, error, **detail)
    elif links.lacking and len(links.lacking) == len(links.targets):
        journal.skipped(item, links.place, next(iter(links.lacking.values())))
    elif links.lacking:
        why = WriteUnverified(f"{len(links.lacking)} of {len(links.targets)} links could not be put back")
        journal.failed(item, links.place, why, **detail)
    else:
        journal.done(item, links.place, already=not sent, **detail)


async def _there(work: Work, relationship: Relationship) -> set[str]:
    """The ids at the other end."""
    found = await work.bench.live.links(work.entry, work.identity, relationship, work.record_path)
    return {target.id for target in found}


def _urls(step: Step, targets: Sequence[str]) -> dict[str, str]:
    """Target → the address that stands for it in the body."""
    if not isinstance(step.body, dict):
        return {}
    bound = next((value for name, value in step.body.items() if name.endswith(_BOUND)), None)
    return dict(zip(targets, bound, strict=True)) if isinstance(bound, list) else {}


def together(one: Step, other: Step) -> bool:
    """True for two steps that may be sent before either is looked for: same relationship, same direction."""
    return one.action in LINKING and one.action != "setLink" and (one.link, one.action) == (other.link, other.action)
