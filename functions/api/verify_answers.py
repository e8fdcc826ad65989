"""What the calls about verification answer, as structs."""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from functions.api.answers import ReportState

DepthName = Literal["present", "readable"]


class FindingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is not as it should be, and what to do. `name` is a blob, `object` the id of an object; `damage`
    is false for what is only worth knowing."""

    code: str
    run: str
    type: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    object: str | UnsetType = UNSET
    message: str
    remedy: str
    damage: bool


class VerifyProgress(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How far a verification is: how many runs it looks at, and what is left."""

    runs: int
    runs_left: int
    types_left: int


class VerifyReport(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One verification. `counts` says what was looked at, `found` how many findings there are of each code; `findings`
    has the first of each. `failed` with an `error` is a verification that could not be done: it says nothing of the
    backups. `runs` are those that were asked for; `due`: only runs that nobody has read for long were read; `index`:
    the index was compared with the files, which is done at the depth `readable` and of all runs only."""

    report_id: str
    state: ReportState
    depth: DepthName
    due: bool
    index: bool
    runs: tuple[str, ...] | UnsetType = UNSET
    started_at: str
    ended_at: str | None
    started_by: str
    counts: dict[str, int]
    found: dict[str, int]
    findings: tuple[FindingAnswer, ...] | UnsetType = UNSET
    progress: VerifyProgress | UnsetType = UNSET
    error: str | UnsetType = UNSET


class LastClean(msgspec.Struct, frozen=True):
    """When all runs were last found whole: all files there, and all that was read as it was written."""

    present: str | None
    readable: str | None


class VerifyAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The newest verification, null where there has been none; the ones before it, without their findings; and when
    all was last well at each depth."""

    report: VerifyReport | None
    earlier: tuple[VerifyReport, ...]
    last_clean: LastClean
