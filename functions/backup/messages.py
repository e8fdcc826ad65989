"""What orchestrator and activities of a backup hand each other: references and counts, never objects.

Each struct crosses the wire as plain JSON: `msgspec.to_builtins` on one side, `msgspec.convert` on the other.
"""

import msgspec

from functions.core.manifest import Gap, Previous, TypeResult
from functions.core.run_alerts import Earlier


class BackupRequest(msgspec.Struct, frozen=True, rename="camel"):
    """What starts a run. `types` are keys of the catalogue; `nonce` tells two starts of the same second apart."""

    run_id: str
    tenant_id: str
    types: tuple[str, ...]
    started_by: str
    nonce: str = ""


class RunPlan(msgspec.Struct, frozen=True, rename="camel"):
    """What `open_run` decided: what to read, and against which earlier run each type is compared ("" for none).

    `alerts` go into the manifest. `earlier` is what the runs before say of the types, `upgraded` whether another
    version of the app wrote the last of them: what a run has to say aloud depends on both.
    """

    run_id: str
    tenant_id: str
    started_at: str
    started_by: str
    bases: dict[str, str]
    known_bases: dict[str, str]
    previous: Previous | None
    alerts: tuple[Gap, ...] = ()
    earlier: dict[str, Earlier] = {}
    upgraded: bool = False


class Blocks(msgspec.Struct, rename="camel"):
    """A file under way: the blocks staged so far, and where the next gzip member begins."""

    ids: list[str] = []
    offset: int = 0
    count: int = 0


class LogPlace(msgspec.Struct, rename="camel"):
    """How far a log is: everything from `since` to `at` is stored, the slice that begins at `at` is being read.

    `span` is the length of slices in seconds, `newest` the time of the latest event that this run has met.
    """

    since: str
    until: str
    at: str
    span: float
    newest: str = ""


class Doubt(msgspec.Struct, rename="camel"):
    """A suspicious drop: `gone` of the `before` objects there were are not found, as of the last time they were asked
    for. `first` were not found at first; `reads` counts how often they have been asked for again."""

    before: int
    first: int
    gone: int
    reads: int = 0


class Checkpoint(msgspec.Struct, rename="camel"):
    """Where an activity stopped. `phase` is prepare → links → objects → beta → missed → doubt → index.

    `probed` counts the extras that were tried, `left_out` are the properties among them that were refused, and
    `extension_values` the directory extensions that are read. `sweep` is the relationship being swept, `link` the page
    to read next ("" for the first), `listed` how many objects the list had before beta was asked. `work` is the blob
    with the scratch database, `sha256` the hash of the snapshot file when one activity wrote all of it, as is
    `volatile_sha256` of the other file. `restarts` counts lists begun anew after an expired page token, the last one at
    `restarted_at` objects, `waits` the waits for a throttled call without progress. `refused` are relationships,
    `unseen` the selected properties that no object has had yet (None before the first object). `partial` says that a
    part was refused, `base_lost` that the run to compare with cannot be read.
    """

    phase: str = "prepare"
    probed: int = 0
    left_out: list[str] = []
    extension_values: list[str] = []
    sweep: int = 0
    link: str = ""
    listed: int = 0
    work: str = ""
    snapshot: Blocks = msgspec.field(default_factory=Blocks)
    volatile: Blocks = msgspec.field(default_factory=Blocks)
    sha256: str = ""
    volatile_sha256: str = ""
    restarts: int = 0
    restarted_at: int = 0
    waits: int = 0
    requests: int = 0
    resource_units: int = 0
    throttled_seconds: float = 0.0
    started_at: str = ""
    refused: list[str] = []
    unseen: list[str] | None = None
    partial: bool = False
    base_lost: bool = False
    gaps: list[Gap] = []
    log: LogPlace | None = None
    doubt: Doubt | None = None


class TypeRequest(msgspec.Struct, frozen=True, rename="camel"):
    """One call of the activity `backup_type`."""

    run_id: str
    tenant_id: str
    key: str
    base: str
    checkpoint: Checkpoint | None = None


class TypeReply(msgspec.Struct, frozen=True, rename="camel"):
    """Either a result, or a checkpoint to go on with after `wait` seconds."""

    checkpoint: Checkpoint | None = None
    wait: float = 0.0
    result: TypeResult | None = None


class CommitRequest(msgspec.Struct, frozen=True, rename="camel"):
    """What `commit_run` gets: the plan and every type's result."""

    plan: RunPlan
    results: dict[str, TypeResult]


class RunOutcome(msgspec.Struct, frozen=True, rename="camel"):
    """How a run ended: `committed`, or `failed` with the reason."""

    run_id: str
    state: str
    error: str = ""
