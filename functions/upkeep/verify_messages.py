"""What orchestrator and activities of a verification hand each other: references, counts and findings.

Each struct crosses the wire as plain JSON: `msgspec.to_builtins` on one side, `msgspec.convert` on the other.
"""

from typing import Literal

import msgspec

from functions.core.verify import Tally

type Depth = Literal["present", "readable"]


class VerifyRequest(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What starts a verification. `runs` are those to look at, all where none is named. `due`: of a `readable` one
    only those are read that nobody has read for long."""

    report_id: str
    tenant_id: str
    depth: Depth
    runs: tuple[str, ...] = ()
    due: bool = False
    started_by: str
    nonce: str = ""


class RunTask(msgspec.Struct, frozen=True, rename="camel"):
    """One run to look at; `read` says to read its files and not only to look for them."""

    run: str
    read: bool


class Opened(msgspec.Struct, frozen=True, rename="camel"):
    """What is to be done. `lost` are runs of which something is wrong already: what follows from it is not told."""

    tasks: tuple[RunTask, ...]
    types: tuple[str, ...]
    lost: tuple[str, ...]
    tally: Tally


class RunPlace(msgspec.Struct, frozen=True, rename="camel"):
    """Where in a run the last call stopped: the parts it has read, and what it has found."""

    read: tuple[str, ...] = ()
    tally: Tally = Tally()


class RunsRequest(msgspec.Struct, frozen=True, rename="camel"):
    """One call of the activity that looks at runs."""

    tenant_id: str
    tasks: tuple[RunTask, ...]
    place: RunPlace | None = None


class RunsReply(msgspec.Struct, frozen=True, rename="camel"):
    """How many of the tasks are done, where in the next one the call stopped, and what was found in those done."""

    done: int
    place: RunPlace | None
    tally: Tally


class IndexPlace(msgspec.Struct, frozen=True, rename="camel"):
    """Where in a type the last call stopped: behind which run, and where its scratch database lies ("" where the type
    is begun anew). `tries` counts how often it was begun, `wait` is in seconds before the next call."""

    run: str = ""
    work: str = ""
    tries: int = 0
    wait: float = 0.0
    tally: Tally = Tally()


class IndexRequest(msgspec.Struct, frozen=True, rename="camel"):
    """One call of the activity that looks at the rows of types. `bad` are tables of contents of which something was
    found already."""

    report_id: str
    tenant_id: str
    types: tuple[str, ...]
    lost: tuple[str, ...]
    bad: tuple[str, ...] = ()
    place: IndexPlace | None = None


class IndexReply(msgspec.Struct, frozen=True, rename="camel"):
    """How many of the types are done, where in the next one the call stopped, and what was found in those done."""

    done: int
    place: IndexPlace | None
    tally: Tally


class CloseRequest(msgspec.Struct, frozen=True, rename="camel"):
    """The end: all that was found, or the `error` that kept it from being looked for."""

    request: VerifyRequest
    tally: Tally
    error: str = ""
