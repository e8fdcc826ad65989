"""The manifest of a run: what was read, what is missing and why, where it lies. Its presence commits the run."""

from hashlib import sha256

import msgspec

from functions.catalogue.model import Outcome
from functions.core.names import SNAPSHOTS
from functions.errors import FormatError, UnsupportedVersion

FORMAT_VERSION = 1
KNOWN_FEATURES: frozenset[str] = frozenset()


class Gap(msgspec.Struct, frozen=True):
    """Why something is missing: a stable code, a sentence, and what to do."""

    code: str
    message: str
    remedy: str


class LogFile(msgspec.Struct, frozen=True, rename="camel"):
    """One file of a log: events of one UTC day, the `first` and `last` of them at these times."""

    name: str
    events: int
    bytes: int
    sha256: str
    first: str
    last: str


class LogResult(msgspec.Struct, frozen=True, rename="camel"):
    """What a run added to a log: everything from `since` to `until` is stored, in `files` and in earlier ones."""

    since: str
    until: str
    files: tuple[LogFile, ...] = ()


class TypeResult(msgspec.Struct, frozen=True, rename="camel"):
    """What became of one type. `file` and what describes it are empty unless the whole list was read, and for a log,
    which has `log` instead; its `objects` are the events that were new. `container` is where the files lie. Manifests
    of before say nothing of the bytes and the hash of `toc` and `volatile`."""

    outcome: Outcome
    objects: int = 0
    created: int = 0
    updated: int = 0
    deleted: int = 0
    file: str = ""
    bytes: int = 0
    sha256: str = ""
    toc: str = ""
    toc_bytes: int = 0
    toc_sha256: str = ""
    volatile: str = ""
    volatile_bytes: int = 0
    volatile_sha256: str = ""
    container: str = SNAPSHOTS
    started_at: str = ""
    ended_at: str = ""
    requests: int = 0
    resource_units: int = 0
    throttled_seconds: float = 0.0
    gaps: tuple[Gap, ...] = ()
    log: LogResult | None = None

    @property
    def whole(self) -> bool:
        """True when every object of the type was read: only then does absence mean deletion."""
        return self.outcome in {Outcome.READ, Outcome.PARTIAL}

    @property
    def listed(self) -> bool:
        """True when this run holds the whole list of the type, so that the next one can be compared with it."""
        return self.whole and self.log is None


class Previous(msgspec.Struct, frozen=True, rename="camel"):
    """The run before, and the SHA-256 of its manifest: a removed or altered run shows."""

    run_id: str
    sha256: str


class Dangling(msgspec.Struct, frozen=True, rename="camel"):
    """An id inside a record that leads to nothing that was read. `place` is the dotted path where it stands; `binned`
    says that what it names lies in the recycle bin."""

    type: str
    id: str
    name: str
    place: str
    target: str
    binned: bool = False


class References(msgspec.Struct, frozen=True, rename="camel"):
    """What became of the ids inside records. `first` holds the first of the `dangling`; `unjudged` names, per type and
    place, the types that would have to be read before anything could be said."""

    checked: int = 0
    dangling: int = 0
    first: tuple[Dangling, ...] = ()
    unjudged: dict[str, tuple[str, ...]] = {}


class Referrers(msgspec.Struct, frozen=True, rename="camel"):
    """The file that tells which records of the run name an id. `types` are those whose records were looked through,
    `named` counts the pairs of an id and a place that names it, `sha256` is of the file, `index_sha256` of its index.
    """

    file: str
    index: str
    named: int
    bytes: int
    sha256: str
    index_sha256: str
    types: tuple[str, ...]


class Manifest(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One committed run. `bases` names, per type, the newest run that holds its whole list: this one, or an earlier."""

    format_version: int = FORMAT_VERSION
    features: tuple[str, ...] = ()
    product: str
    tenant_id: str
    cloud: str
    run_id: str
    started_at: str
    ended_at: str
    started_by: str
    previous: Previous | None
    types: dict[str, TypeResult]
    bases: dict[str, str]
    alerts: tuple[Gap, ...] = ()
    references: References | None = None
    referrers: Referrers | None = None


def write_manifest(manifest: Manifest) -> bytes:
    """Indented JSON: people open it in the portal."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"


def read_manifest(data: bytes) -> Manifest:
    """Raises UnsupportedVersion for a newer format or an unknown feature, FormatError for anything else unreadable."""
    try:
        head = msgspec.json.decode(data, type=_Head)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FormatError(f"a manifest cannot be read: {error}") from error
    unknown = set(head.features) - KNOWN_FEATURES
    if head.format_version > FORMAT_VERSION or unknown:
        needs = f"format {head.format_version}" + (f" with {', '.join(sorted(unknown))}" if unknown else "")
        raise UnsupportedVersion(
            f"this run was written in {needs}; this version of Lifeboat reads format {FORMAT_VERSION}",
            remedy="Deploy a newer version of Lifeboat",
        )
    try:
        return msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FormatError(f"a manifest cannot be read: {error}") from error


def manifest_digest(data: bytes) -> str:
    """The SHA-256 of a manifest as stored, in hex: what the next manifest names."""
    return sha256(data).hexdigest()


class _Head(msgspec.Struct, rename="camel"):
    format_version: int
    features: tuple[str, ...] = ()
