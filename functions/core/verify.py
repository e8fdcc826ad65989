"""What a verification can find, as data: a finding names what is wrong, where, and what to do about it.

In: a code and a place. Out: a Finding with its remedy, and tallies of many. A finding is about the backup; a storage
account that does not answer is none.
"""

from collections.abc import Iterable, Mapping

import msgspec
from msgspec.structs import replace

KEPT = 50  # findings of one code that a report holds; all are counted
INFORMATION = frozenset({"strayFile"})  # codes of what is worth knowing and no damage

_UNDELETE = "Bring it back from the storage account's soft-deleted blobs or versions, and find out who removed it"
_REVERT = "Bring its first version back from the storage account's versions, and find out who changed it"
_REINDEX = 'Make the index anew from the files: POST /api/index {"replace": true}'
REMEDIES: Mapping[str, str] = {
    "runMissing": _UNDELETE,
    "runUnknown": _REINDEX,
    "manifestMissing": _UNDELETE,
    "manifestAltered": _REVERT,
    "manifestUnreadable": _REVERT,
    "chainBroken": "Look who may write to the storage account: somebody has replaced or taken away a run",
    "fileMissing": _UNDELETE,
    "sizeDiffers": _REVERT,
    "hashDiffers": _REVERT,
    "memberUnreadable": _REVERT,
    "tocUnreadable": _REVERT,
    "volatileUnreadable": _REVERT,
    "recordDiffers": _REVERT,
    "countDiffers": _REVERT,
    "referrersDiffer": _REVERT,
    "logDiffers": _REVERT,
    "rowPointsNowhere": _REINDEX,
    "rowDiffers": _REINDEX,
    "objectWithoutRow": _REINDEX,
    "rowOfUnknownRun": _REINDEX,
    "nameMissing": _REINDEX,
    "nameStale": _REINDEX,
    "strayFile": "Nothing to do; delete it if you know where it came from",
}


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is not as it should be. `name` is a blob, `object` the id of the one object that it is about;
    both may be empty, and so may `type`."""

    code: str
    run: str
    type: str = ""
    name: str = ""
    object: str = ""
    message: str
    remedy: str = ""

    @property
    def damage(self) -> bool:
        """False for what is only worth knowing."""
        return self.code not in INFORMATION


def finding(code: str, run: str, message: str, *, type: str = "", name: str = "", object: str = "") -> Finding:
    """A finding with the remedy of its code."""
    return Finding(code=code, run=run, type=type, name=name, object=object, message=message, remedy=REMEDIES[code])


class Tally(msgspec.Struct, frozen=True, rename="camel"):
    """What was looked at and found so far: `counts` by what was counted, `found` by code, `findings` the first of each
    code."""

    counts: dict[str, int] = {}
    found: dict[str, int] = {}
    findings: tuple[Finding, ...] = ()

    def counting(self, **more: int) -> "Tally":
        """The tally with more that was looked at."""
        return replace(self, counts=_added(self.counts, more))

    def noting(self, findings: Iterable[Finding]) -> "Tally":
        """The tally with findings."""
        tally = self
        for one in findings:
            tally = tally.plus(Tally(found={one.code: 1}, findings=(one,)))
        return tally

    def plus(self, other: "Tally") -> "Tally":
        """Both together."""
        kept = list(self.findings)
        for one in other.findings:
            if sum(one.code == known.code for known in kept) < KEPT:
                kept.append(one)
        return Tally(_added(self.counts, other.counts), _added(self.found, other.found), tuple(kept))

    @property
    def clean(self) -> bool:
        """True where nothing is damaged."""
        return all(code in INFORMATION for code in self.found)


def _added(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in [*one, *(new for new in other if new not in one)]}
