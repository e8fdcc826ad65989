"""What an object type is, as data: the shape of a catalogue entry. Pure; no I/O, no environment.

An entry says where a type is read, what is selected, which relationships it has and how each is fetched the cheapest
documented way, which permissions reading and writing need, which refusals are tolerable, what is volatile, read-only or
writable, how an object is found again by its natural key, and what a person is told about what will not come back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

GUID_ID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
OPAQUE_ID = r"[0-9A-Za-z_-]{8,128}"  # base64url: app role assignments, permission grants, role assignments


class Outcome(StrEnum):
    """How reading a type ended. Only `read` and `partial` have a whole list of objects."""

    READ = "read"
    PARTIAL = "partial"  # every object was read; a relationship or property was refused (see the gaps)
    REFUSED = "refused"
    UNLICENSED = "unlicensed"
    UNAVAILABLE = "unavailable"
    FAILED = "failed"


class Fetch(StrEnum):
    """How a relationship is fetched.

    EXPAND: `GET /{collection}?$select=id&$expand={name}`: pages of 100; a collection that comes back with 20 items
            (Graph's cap) is read again in full with BATCH.
    BATCH:  `GET /{collection}/{id}/{name}` for each object, 20 in a `$batch`.
    """

    EXPAND = "expand"
    BATCH = "batch"


class Read(StrEnum):
    """How the objects of a type are listed.

    LIST:     `GET {path}`, page after page.
    CHILDREN: `GET {parent path}?$select=id`, then `GET {parent path}/{id}/{path}` for each parent, 20 in a `$batch`.
    """

    LIST = "list"
    CHILDREN = "children"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """One entry under `@relationships` of a record.

    A link is stored as `{"id", "type"}` (`type` is the `@odata.type` without its prefix); a contained object
    (`contained=True`, for example a federated credential) is stored whole.
    """

    name: str
    fetch: Fetch
    single: bool = False  # a to-one link such as manager: 404 means "none"
    contained: bool = False
    api: str = "v1.0"  # version used for the BATCH reads
    select: tuple[str, ...] = ("id",)
    restorable: bool = False  # a restore can put links back through $ref
    read_scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerated:
    """A refusal that is an outcome, not an error. `code` "" matches any; `text` must occur in Graph's message."""

    status: int
    outcome: Outcome
    remedy: str
    code: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """What a restore cannot bring back for this type, in sentences an administrator understands."""

    what: str
    why: str
    todo: str
    planned: bool = True  # False: the plan of an object says so itself where it applies, so it is for the docs alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore:
    """How objects of this type are written back. Absent (None in the entry) where the API or this release cannot.

    `create` and `update` are allow-lists of top-level properties per verb. `undelete` is the path template of the
    recycle-bin restore call, "" where there is none. `deleted` is the path template that reads an item in the bin.
    `required` must be in a create body.
    """

    collection: str  # e.g. "/users"; objects live at f"{collection}/{id}"
    create: frozenset[str]
    update: frozenset[str]
    required: frozenset[str] = frozenset()
    undelete: str = ""
    deleted: str = ""
    write_scopes: tuple[str, ...] = ()
    lost: tuple[Lost, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectType:
    """One object type. `key` is the Graph collection name; it names files, rows, routes and reports."""

    key: str
    title: str
    path: str
    select: tuple[str, ...] = ()  # empty: the API takes no $select, everything comes by default
    page_size: int = 0  # $top; 0: not sent, because none is documented
    read: Read = Read.LIST
    parent: str = ""  # for CHILDREN: the collection path, e.g. "/servicePrincipals"
    api: str = "v1.0"
    bucket: str = "identity"  # the throttling bucket: identity | conditionalAccess | reports | intune …
    relationships: tuple[Relationship, ...] = ()
    id_pattern: str = GUID_ID  # what an id must match, whole, before it touches a path, a filter or a key
    name: str = "displayName"  # property shown to people and searched by
    natural_keys: tuple[str, ...] = ()  # properties that, all equal, make it the same object under a new id
    read_scopes: tuple[str, ...] = ()
    licence: str = ""
    missing_in: frozenset[str] = frozenset()  # clouds without it
    # cloud → what not to select there
    missing_properties: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)
    tolerates: tuple[Tolerated, ...] = ()
    volatile: frozenset[str] = frozenset()  # dotted paths; kept apart, make no version
    ordered: frozenset[str] = frozenset()  # dotted paths of arrays whose order means something; all others are sets
    read_only: frozenset[str] = frozenset()  # kept in the record, never written
    references: tuple[str, ...] = ()  # dotted paths that hold other objects' ids
    depends_on: tuple[str, ...] = field(default=())  # restore order: these types first
    restore: Restore | None = None
    notes: str = ""  # for docs/coverage: what a person should know

    def select_in(self, cloud: str) -> tuple[str, ...]:
        """What to select in a cloud: Graph answers 400 for the whole list when one named property is unknown there."""
        missing = self.missing_properties.get(cloud, frozenset())
        return tuple(name for name in self.select if name not in missing)
