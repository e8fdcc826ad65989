"""What a run has to say aloud about its types, although it committed: mass deletions and changes, lost permissions.

In: each type's result, what the runs before said of it, and the limits. Out: alerts, a gap and the type it is about.
Pure: the same run gives the same alerts, however often it is committed. An alert that comes for nothing is not read
the next time, so a first run, a type newly switched on, a lost base and a part that has come back raise none.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from functions.catalogue.model import Outcome
from functions.core.manifest import Gap, TypeResult

BASE_UNREADABLE = "baseUnreadable"
DROP_CONFIRMED, DROP_DOUBTED = "dropConfirmed", "dropDoubted"  # what a second read said of a suspicious drop
_TOLD = {BASE_UNREADABLE, DROP_CONFIRMED, DROP_DOUBTED}  # gaps of a type that are alerts too
_EMPTIED = 10  # objects: of a type that had as many, not one being left is never small
_LOST = {"permissionMissing", "licenceMissing"}
_SHAPING = {  # what else makes records differ that are the same objects
    "notInThisCloud",
    "partlyRefused",
    "propertyNotReturned",
    "extensionValuesLeftOut",
    "extensionsOfOthersUnknown",
}
_WHOLE = {Outcome.READ, Outcome.PARTIAL}
_AGAIN = {Outcome.FAILED, Outcome.REFUSED}


class Alert(NamedTuple):
    """What a person should look at, and the type that it is about."""

    type: str
    gap: Gap


class Thresholds(msgspec.Struct, frozen=True):
    """More objects than the count, and more than the share of the type, is many. A share is a part of 1."""

    deleted_count: int = 50
    deleted_share: float = 0.2
    changed_count: int = 500
    changed_share: float = 0.3

    def dropped(self, before: int, gone: int) -> bool:
        """Whether so many of the objects there were are gone that it has to be said."""
        many = gone > self.deleted_count and gone > before * self.deleted_share
        return many or (gone == before and before >= _EMPTIED)

    def changed(self, before: int, updated: int) -> bool:
        """Whether so many of the objects there were have changed that it has to be said."""
        return updated > self.changed_count and updated > before * self.changed_share


USUAL = Thresholds()


class Earlier(msgspec.Struct, frozen=True, rename="camel"):
    """What the runs before say of a type. `outcome` is that of the newest that tried it; `once` says that one has had
    all of it; `parts` are what was missing in the run that this one is compared with, None where nobody knows.
    """

    outcome: Outcome
    once: bool = False
    parts: tuple[str, ...] | None = None


def parts_missing(result: TypeResult) -> tuple[str, ...]:
    """What records of this result lack, in words that are the same in each run: a message names its request."""
    lost = (f"{gap.code}: {gap.remedy}" for gap in result.gaps if gap.code in _LOST)
    return tuple(sorted([*lost, *(gap.code for gap in result.gaps if gap.code in _SHAPING)]))


def run_alerts(
    results: Mapping[str, TypeResult],
    earlier: Mapping[str, Earlier],
    bases: Mapping[str, str],
    thresholds: Thresholds,
    *,
    upgraded: bool = False,
) -> tuple[Alert, ...]:
    """The alerts of a run, in the order of its types. `bases` are the runs that the types were compared with, "" for
    none; `upgraded` says that another version wrote the run before, which asked for other properties and parts."""
    return tuple(
        Alert(key, gap)
        for key, result in results.items()
        for gap in _of_type(key, result, earlier.get(key), bases.get(key, ""), thresholds, upgraded)
    )


def _of_type(
    key: str, result: TypeResult, earlier: Earlier | None, base: str, thresholds: Thresholds, upgraded: bool
) -> Iterable[Gap]:
    yield from (gap for gap in result.gaps if gap.code in _TOLD)
    if result.whole:
        before = result.objects - result.created + result.deleted
        if thresholds.dropped(before, result.deleted):
            yield _many_deleted(key, result.deleted, before)
        shaped = upgraded or not _same_parts(result, earlier)
        if thresholds.changed(before, result.updated) and not shaped:
            yield _many_changed(key, result.updated, before, base)
    if earlier is None:
        return
    if lost := _lost(result, earlier, upgraded):
        yield _permission_lost(key, lost)
    if result.outcome in _AGAIN and earlier.outcome in _AGAIN and earlier.once:
        yield _failed_again(key, result)


def _same_parts(result: TypeResult, earlier: Earlier | None) -> bool:
    """A part that is refused, or is no longer, makes a new version of every object."""
    return earlier is None or earlier.parts is None or earlier.parts == parts_missing(result)


def _lost(result: TypeResult, earlier: Earlier, upgraded: bool) -> list[str]:
    """The remedies of what was readable before and is refused now."""
    if result.outcome in {Outcome.REFUSED, Outcome.UNLICENSED}:
        return [_reason(result).remedy] if earlier.outcome in _WHOLE else []
    if not result.whole or earlier.parts is None or upgraded:
        return []
    new = Counter(parts_missing(result)) - Counter(earlier.parts)
    return sorted({part.partition(": ")[2] for part in new if part.partition(":")[0] in _LOST})


def _many_deleted(key: str, deleted: int, before: int) -> Gap:
    return Gap(
        "manyDeleted",
        f"{key}: {deleted} of {before} objects are gone since the run before",
        "Check whether somebody meant to delete them; the run before still has them",
    )


def _many_changed(key: str, updated: int, before: int, base: str) -> Gap:
    return Gap(
        "manyChanged",
        f"{key}: {updated} of {before} objects are not what they were in run {base}",
        f"Look at what changed (GET /api/diff/{key}) and whether somebody meant it; run {base} has them as they were",
    )


def _permission_lost(key: str, remedies: list[str]) -> Gap:
    return Gap(
        "permissionLost",
        f"{key}: what the run before could read is refused now",
        " ".join(filter(None, remedies)) or "Find out who took the permission away, and grant it again",
    )


def _failed_again(key: str, result: TypeResult) -> Gap:
    reason = _reason(result)
    return Gap(
        "typeFailedAgain",
        f"{key}: it could not be read, twice in a row or more often. {reason.message}".rstrip(),
        reason.remedy or "Find out why; the last run that read it still has its objects",
    )


def _reason(result: TypeResult) -> Gap:
    """Why a type was not read."""
    refusals = (gap for gap in result.gaps if gap.code in _LOST)
    return next(refusals, result.gaps[0] if result.gaps else Gap("", "", ""))
