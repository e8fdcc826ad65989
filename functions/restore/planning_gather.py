"""The scope of a plan: its records into the scratch space, and a word about what is not to be had."""

from collections.abc import Sequence

from functions.catalogue.model import ObjectType
from functions.core.plan import LossGap
from functions.errors import CallerError
from functions.restore.planning_context import Planning
from functions.restore.scope_records import Found


async def gather(p: Planning) -> None:
    """The records of the scope. Raises CallerError 404 `unknownObject` where there is none of an object asked for
    by its id."""
    if p.request.named:
        await _gather_named(p)
    elif p.request.changes:
        await _gather_changed(p)
    else:
        await _gather_listed(p)


async def _gather_named(p: Planning) -> None:
    named = p.request.named
    for key in dict.fromkeys(one.type for one in named):
        ids = [one.id for one in named if one.type == key]
        async for some in p.source.of_ids(key, ids, p.request.run):
            want(p, some)
    unknown = [one for one in named if not p.space.is_wanted(one.type, one.id)]
    if len(unknown) == len(named):
        raise CallerError(404, "unknownObject", "No backup up to this run holds the object.")
    if unknown:
        shown = ", ".join(f"{one.type}/{one.id}" for one in unknown[:10])
        p.gaps.append(
            LossGap(
                f"{len(unknown)} of {len(named)} objects are not in any backup",
                f"No backup up to this run holds {shown}{' and others' if len(unknown) > 10 else ''}.",
                "Check the ids, or choose another run.",
            )
        )


async def _gather_listed(p: Planning) -> None:
    run = await p.source.known(p.request.run)
    for entry in await _held(p, run):
        async for some in p.source.all_of(entry.key, run):
            want(p, some)


async def _gather_changed(p: Planning) -> None:
    changes = p.request.changes
    assert changes is not None
    before, after = await p.source.known(changes.from_), await p.source.known(changes.to)
    for entry in await _held(p, before, after):
        created: list[str] = []
        async for some in p.source.changed(entry.key, before, after, created.append):
            want(p, some)
        p.created[entry.key] = len(created)
        if p.options.delete_added:
            p.space.add(entry.key, created)


async def _held(p: Planning, *runs: str) -> list[ObjectType]:
    """The types of the scope of which there is a list as of each of these runs. Of the others it is said; also where
    the list is an older one, because the run could not read the type."""
    held: list[ObjectType] = []
    for run in runs:
        bases = {entry: await p.source.base(entry.key, run) for entry in p.request.entries()}
        _tell(
            p,
            [entry for entry, base in bases.items() if not base],
            "nothing is planned",
            f"Up to run {run} no backup holds a whole list of them.",
            "Choose another run, or see in its types why they were not read.",
        )
        _tell(
            p,
            [entry for entry, base in bases.items() if base and base != run],
            "an older list is taken",
            f"Run {run} did not read them, so what counts is the newest list before it.",
            "Look at the outcomes of the run before you apply the plan.",
        )
        held = [entry for entry, base in bases.items() if base and (run == runs[0] or entry in held)]
    return held


def _tell(p: Planning, entries: Sequence[ObjectType], what: str, why: str, todo: str) -> None:
    if entries:
        p.gaps.append(LossGap(f"{', '.join(entry.title for entry in entries)}: {what}", why, todo))


def want(p: Planning, some: Sequence[Found]) -> None:
    """Makes records part of what was asked for."""
    p.space.want((one.type, one.id, one.run, one.held, "chosen", (), one.data) for one in some)
