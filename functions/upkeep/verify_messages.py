"""What orchestrator and activities of a verification hand each other: references, counts and findings.

Each struct crosses the wire as plain JSON: `msgspec.to_builtins` on one side, `msgspec.convert` on the other.
"""

from typing import Literal

import msgspec

from functions.core.verify import Tally

type Depth = Literal["present", "readable"]
type LogName = tuple[str, str]  # a file of a log: container, name


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
    """One run to look at; `read` says to read its files and not only to look for them. Of a run that retention has
    `removed` only the files of logs are left. `logs` are files of a log that a run wrote and no manifest names."""

    run: str
    read: bool
    removed: bool = False
    logs: tuple[LogName, ...] = ()


class Work(msgspec.Struct, frozen=True, rename="camel"):
    """The file that the first call leaves for the others, so that what they hand each other does not grow with the
    number of runs. `lost` are runs of which something is wrong already: what follows from it is not told."""

    tasks: tuple[RunTask, ...] = ()
    lost: tuple[str, ...] = ()


class Opened(msgspec.Struct, frozen=True, rename="camel"):
    """What is to be done: `work` is the blob of a Work with so many `tasks`, and then come these types."""

    work: str
    tasks: int
    types: tuple[str, ...]
    tally: Tally


class RunPlace(msgspec.Struct, frozen=True, rename="camel"):
    """Where in a run the last call stopped: the parts it has read, how many files of the next one, and what it has
    found."""

    read: tuple[str, ...] = ()
    files: int = 0
    tally: Tally = Tally()


class RunsRequest(msgspec.Struct, frozen=True, rename="camel"):
    """One call of the activity that looks at runs, from one of the tasks in `work` on."""

    tenant_id: str
    work: str
    task: int
    place: RunPlace | None = None


class RunsReply(msgspec.Struct, frozen=True, rename="camel"):
    """How many of the tasks are done, where in the next one the call stopped, and what was found in those done."""

    done: int
    place: RunPlace | None
    tally: Tally


class IndexPlace(msgspec.Struct, frozen=True, rename="camel"):
    """Where in a type the last call stopped: in which blob its scratch database lies, which knows how far it is (""
    where the type is begun anew). `tries` counts how often it was begun, `wait` is in seconds before the next call."""

    work: str = ""
    tries: int = 0
    wait: float = 0.0
    tally: Tally = Tally()


class IndexRequest(msgspec.Struct, frozen=True, rename="camel"):
    """One call of the activity that looks at the rows of types. `bad` are tables of contents of which something was
    found already."""

    report_id: str
    tenant_id: str
    work: str
    types: tuple[str, ...]
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
