"""The calls about types: what there is, what is backed up, and what it would take."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET

from functions.api.answers import (
    ChoiceAnswer,
    GapAnswer,
    LastRead,
    PreflightAnswer,
    TypeAnswer,
    TypeList,
    WarningAnswer,
)
from functions.api.bodies import Body, ChooseTypes, LookAhead
from functions.api.call import Request
from functions.api.reply import Reply, answer
from functions.backup.preflight import preflight
from functions.catalogue import ENTRIES, TYPES
from functions.catalogue.choice import Choice, enabled, warnings
from functions.catalogue.model import ObjectType, Preset
from functions.catalogue.permissions import read_permissions
from functions.clock import iso
from functions.storage.choices import ChoiceRow
from functions.storage.runs import WAS_COMMITTED, RunRow, Runs

# A row holds what a run says of every type, so few are asked for at once: the newest nearly always has all.
_RUNS_A_PAGE, _PAGES_BACK = 5, 20
_SWITCH_ON = "Switch it on: PUT /api/settings/types"


async def list_types(request: Request[Body]) -> Reply:
    """The catalogue, each type with how it last ended and what to do about it."""
    stores, cloud = request.services.stores, request.services.settings.cloud
    on = set(enabled((await stores.choices.types()).choice, ENTRIES))
    last = await _last_outcomes(stores.runs, on)
    return answer(TypeList(tuple(_shown(entry, entry.key in on, cloud, last.get(entry.key)) for entry in ENTRIES)))


async def show_choice(request: Request[Body]) -> Reply:
    """Which types are backed up."""
    return answer(_choice(await request.services.stores.choices.types()))


async def choose_types(request: Request[ChooseTypes]) -> Reply:
    """Replaces the choice. It holds from the next run on."""
    body, here = request.body, request.services
    choice = Choice(body.preset, frozenset(body.on), frozenset(body.off))
    row = await here.stores.choices.choose_types(choice, at=iso(here.clock()), by=request.caller.label)
    return answer(_choice(row))


async def look_ahead(request: Request[LookAhead]) -> Reply:
    """The permissions and licences that the types need, beside what is there."""
    here = request.services
    keys = request.body.types or enabled((await here.stores.choices.types()).choice, ENTRIES)
    found = await preflight(here.reader.with_usage(), [TYPES[key] for key in keys], here.settings.cloud)
    return answer(msgspec.convert(msgspec.to_builtins(found), PreflightAnswer))


def _choice(row: ChoiceRow) -> ChoiceAnswer:
    chosen = enabled(row.choice, ENTRIES)
    return ChoiceAnswer(
        preset=row.preset.value,
        on=row.on,
        off=row.off,
        enabled=chosen,
        presets={preset.value: enabled(Choice(preset), ENTRIES) for preset in Preset},
        warnings=tuple(msgspec.convert(warning._asdict(), WarningAnswer) for warning in warnings(chosen, TYPES)),
        changed_at=row.changed_at,
        changed_by=row.changed_by,
    )


async def _last_outcomes(runs: Runs, wanted: set[str]) -> dict[str, tuple[RunRow, Mapping[str, Any]]]:
    """Per type, the newest committed run that tried it and what that run says of it: of all that are `wanted`."""
    found: dict[str, tuple[RunRow, Mapping[str, Any]]] = {}
    cursor = ""
    for _ in range(_PAGES_BACK):
        rows, cursor = await runs.newest_first(_RUNS_A_PAGE, cursor)
        for row in rows:
            if row.state in WAS_COMMITTED:
                for key, result in row.types.items():
                    found.setdefault(key, (row, result))
        if not cursor or found.keys() >= wanted:
            break
    return found


def _shown(entry: ObjectType, on: bool, cloud: str, last: tuple[RunRow, Mapping[str, Any]] | None) -> TypeAnswer:
    status, remedy = "neverRead", "Run a backup: POST /api/backups"
    gaps: tuple[GapAnswer, ...] = ()
    seen: LastRead | msgspec.UnsetType = UNSET
    if last is not None:
        row, result = last
        gaps = tuple(msgspec.convert(result.get("gaps", ()), tuple[GapAnswer, ...]))
        status = str(result["outcome"])
        remedy = gaps[0].remedy if gaps else ""
        seen = LastRead(
            run_id=row.run_id,
            outcome=result["outcome"],
            objects=result.get("objects", 0),
            ended_at=result.get("endedAt", "") or row.ended_at,
        )
    if not on:
        status, remedy = "off", _SWITCH_ON
    elif cloud in entry.missing_in:
        status, remedy = "notInThisCloud", "Nothing to do: Graph does not offer it in this cloud"
    return msgspec.convert(
        {
            "key": entry.key,
            "title": entry.title,
            "preset": entry.preset.value if entry.preset else None,
            "enabled": on,
            "private": entry.private,
            "restorable": entry.restore is not None,
            "permissions": _permissions(entry),
            "licence": entry.licence,
            "status": status,
            "gaps": gaps,
            **({"last": seen} if seen is not UNSET else {}),
            **({"remedy": remedy} if status != "read" else {}),
        },
        TypeAnswer,
    )


def _permissions(entry: ObjectType) -> tuple[str, ...]:
    return tuple(read_permissions([entry]))
