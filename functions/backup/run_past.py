"""What the runs before say of the types that a run reads: how each ended last, and what its base had.

In: the types and the runs they are compared with. Out: `Earlier` a type, for the alerts at the end of the run. The
table of runs has it, also of runs that failed; it is read as far back as it has to be, and no further than `_PAGES`.
"""

from collections.abc import Iterable, Mapping

import msgspec

from functions.catalogue import TYPES
from functions.catalogue.model import Outcome, Read
from functions.core.manifest import TypeResult
from functions.core.run_alerts import Earlier, parts_missing
from functions.storage.open import Stores
from functions.storage.runs import RunRow

_RUNS_A_PAGE, _PAGES = 5, 8  # a row holds what a run says of every type, so few are asked for at once


async def earlier_of(types: Iterable[str], bases: Mapping[str, str], stores: Stores) -> dict[str, Earlier]:
    """What is known of each of the types; one that no run has tried, or none for long, is absent. Raises StoreError."""
    wanted, known, cursor = tuple(types), _Known(), ""
    for _ in range(_PAGES):
        rows, cursor = await stores.runs.newest_first(_RUNS_A_PAGE, cursor)
        for row in rows:
            known.meet(row, wanted, bases)
        if not cursor or known.all_of(wanted, bases):
            break
    return {
        key: Earlier(known.outcomes[key], once=await _once(key, bases, stores), parts=known.parts.get(key))
        for key in wanted
        if key in known.outcomes
    }


async def _once(key: str, bases: Mapping[str, str], stores: Stores) -> bool:
    """Whether a run has ever read all of it: a list has a base then, and a log a watermark."""
    if key in TYPES and TYPES[key].read is Read.LOG:
        return bool((await stores.logs.get(key)).watermark)
    return bool(bases.get(key))


class _Known:
    def __init__(self) -> None:
        self.outcomes: dict[str, Outcome] = {}
        self.parts: dict[str, tuple[str, ...]] = {}

    def meet(self, row: RunRow, wanted: Iterable[str], bases: Mapping[str, str]) -> None:
        """Takes in what a run says; the newest has to come first. One under way, or that died, says nothing."""
        for key in wanted:
            if key not in row.types:
                continue
            result = msgspec.convert(row.types[key], TypeResult)
            self.outcomes.setdefault(key, result.outcome)
            if row.run_id == bases.get(key):
                self.parts[key] = parts_missing(result)

    def all_of(self, wanted: Iterable[str], bases: Mapping[str, str]) -> bool:
        """True when no older run could add anything."""
        return all(key in (self.parts if bases.get(key) else self.outcomes) for key in wanted)
