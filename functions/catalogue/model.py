"""What an object type is, as data: the shape of a catalogue entry. Pure; no I/O, no environment.

An entry says where a type is read, what is selected, which relationships it has and how each is fetched the cheapest
documented way, which permissions reading and writing need, which refusals are tolerable, what is volatile, read-only or
writable, how an object is found again by its natural key, and what a person is told about what will not come back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

GUID_ID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
OPAQUE_ID = r"[0-9A-Za-z_-]{8,128}"  # base64url: app role assignments, permission grants, role assignments
NAME_ID = r"[0-9A-Za-z][0-9A-Za-z._-]{0,255}"  # readable ids: domains, singletons, attribute sets, context classes

CAST = "microsoft.graph."  # begins the last part of a path that picks one kind out of a mixed collection
EXTENSION_SCOPES = ("Directory.Read.All",)  # to learn the names of directory extensions, whatever objects they extend


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
    BATCH:  `GET /{collection}/{id}/{name}` for each object, 20 in a `$batch`; one after another where the bucket does
            not bear twenty at once.
    STREAM: `GET /{collection}/{id}/{name}` gives bytes (an image), kept as `[{"contentType", "base64"}]`, `[]` where
            there is none.
    """

    EXPAND = "expand"
    BATCH = "batch"
    STREAM = "stream"


class Read(StrEnum):
    """How the objects of a type are listed.

    LIST:     `GET {path}`, page after page.
    ONE:      `GET {path}` is one object; a 404 says that it is not set: read, and empty.
    EACH:     `GET {path}` lists the ids, then `GET {path}/{id}` gives each object whole, 20 in a `$batch`; with
              `only_with`, just those of which the list leaves something out.
    CHILDREN: the parents are listed, then `GET {path}` with `{parent}` filled in for each of them, 20 in a `$batch`.
    LOG:      events by time window from a saved watermark: a stream, not a snapshot.
    """

    LIST = "list"
    ONE = "one"
    EACH = "each"
    CHILDREN = "children"
    LOG = "log"


class Stage(IntEnum):
    """When a restore writes a type's objects, relative to other types; links of all types follow in `LINKS`."""

    ATTRIBUTES = 20  # attribute sets and what others are named by or filtered with
    DEFINITIONS = 30  # custom roles, consent policies, group settings, token policies: what others refer to
    PRINCIPALS = 40  # users, applications, service principals
    GROUPS = 50  # groups and administrative units, whose rules may name principals
    LINKS = 60  # not of a type: members, owners, managers, and what had to wait for an object made later
    GRANTS = 70  # consent and application roles
    ROLES = 80  # role policies, eligibilities, assignments
    POLICIES = 90  # named locations, strengths, method and cross-tenant policies
    ACCESS = 100  # Conditional Access, entitlement, reviews, workflows, Intune: what names all of the above
    ASSIGNED = 105  # what hangs on objects of ACCESS: access packages, their policies, their assignments
    REMOVALS = 110  # not of a type: links and parts that were not in the backup
    DELETIONS = 120  # not of a type: objects that were not in the backup


class Deletes(StrEnum):
    """What DELETE does to an object of a type, and whether a restore may ever send it.

    NO:   a restore never deletes one: it would be gone for good.
    SOFT: it goes to the recycle bin, from where it comes back whole.
    LINK: it is a grant or an assignment: all there is to it is in the record, and it can be made again.
    REQUEST: the same, and it ends by a request for it, like the one it was made by. DELETE is never sent.
    """

    NO = "no"
    SOFT = "soft"
    LINK = "link"
    REQUEST = "request"


class Linking(StrEnum):
    """How links of a relationship are written.

    REF:     `POST {object}/{link}/$ref`, one at a time; a single one by PUT; removed by DELETE with `/$ref`.
    BIND:    `PATCH {object}` with up to 20 in `{link}@odata.bind`, all or nothing; removed as with REF.
    REVERSE: written at the other end: `POST {Relationship.reverse}/$ref` with the object as target.
    """

    REF = "ref"
    BIND = "bind"
    REVERSE = "reverse"


class Preset(StrEnum):
    """The smallest choice of types that has a type: each holds the one before."""

    ESSENTIAL = "essential"  # who is there, who may do what, and how they get in
    STANDARD = "standard"  # all configuration; the default
    EVERYTHING = "everything"  # also what is bulky, slow or secret; not what takes hours and is switched on by name


@dataclass(frozen=True, slots=True)
class Hidden:
    """Objects whose `property` has one of these values show none of their targets, in silence, without `scope`."""

    property: str
    values: frozenset[str]
    scope: str


HIDDEN_MEMBERS = Hidden("visibility", frozenset({"HiddenMembership"}), "Member.Read.Hidden")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """How the contained objects of a relationship are written back, each with a call of its own below the object.

    POST `{object}/{path}` makes one, `{object}/{path}/{id}` is its own address. `create` and `update` are allow-lists.
    """

    keys: tuple[str, ...]  # properties that, all equal, make two of them the same
    create: frozenset[str]
    update: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    path: str = ""  # below the object, where it is not the relationship's own
    api: str = ""  # where it is not the relationship's own
    identity: str = "id"  # the property that stands in the address; "": there is one at most, at the relationship's own
    method: str = "PATCH"  # the verb of a change; "": one cannot be changed
    makes: str = "POST"  # PUT: it is made at its own address, which `identity` gives
    removable: bool = False  # `exact` may delete one that was not in the backup
    write_scopes: tuple[str, ...] = ()  # besides the type's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """One entry under `@relationships` of a record.

    A link is stored as `{"id", "type"}` (`type` is the `@odata.type` without its prefix); a contained object
    (`contained=True`, for example a federated credential) is stored whole.
    """

    name: str
    fetch: Fetch
    path: str = ""  # below the object, where it is not the name: "authentication/methods"
    single: bool = False  # a to-one link such as manager: 404 means "none"
    may_lack: bool = False  # a list that Graph answers with 404 where there is none
    contained: bool = False
    api: str = "v1.0"
    select: tuple[str, ...] = ("id",)  # of links; contained objects are read whole
    expand: tuple[str, ...] = ()  # of contained objects
    detail: tuple[str, ...] = ()  # to-one navigations of contained objects, read below each and kept inside it
    volatile: frozenset[str] = frozenset()  # properties of contained objects that move by themselves: left out
    keeps_order: bool = False  # arrays inside contained objects are no sets: Graph's order means something
    hidden: Hidden | None = None
    # Read for objects whose property has one of these values alone; without values, for those that have any at all
    only: tuple[str, frozenset[str]] | None = None
    bucket: str = ""  # the throttling bucket, where it is not the type's
    restorable: bool = False  # a restore can put links back, or with `part` contained objects
    linking: Linking = Linking.REF
    # for REVERSE: "/servicePrincipals/{target}/claimsMappingPolicies"; {type} is the type of the target
    reverse: str = ""
    part: Part | None = None  # of a restorable contained relationship
    write_scopes: tuple[str, ...] = ()  # for writing links, besides or instead of the type's own
    # Type of a target → permissions that linking one takes besides
    scopes_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    read_scopes: tuple[str, ...] = ()
    type: str = "directoryObject"  # of links that come without @odata.type, as those of one kind alone do
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """Properties of a type that take a permission or licence beyond reading the object.

    Asked for once before the list is read; what is refused is left out of `$select`, and becomes a gap.
    """

    select: tuple[str, ...]
    read_scopes: tuple[str, ...]
    licence: str = ""


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
    """How objects of this type are written back. Absent (None in the entry) where the API cannot.

    `create` and `update` are allow-lists of top-level properties per verb. `undelete` is the path template of the
    recycle-bin restore call, "" where there is none. `deleted` is the path template that reads an item in the bin.
    `required` must be in a create body.
    """

    # Where objects are made, and below which they live: "/users"; "{property}" is filled in from the record. Of a
    # single object (Read.ONE) its own address.
    collection: str
    create: frozenset[str]
    update: frozenset[str]
    required: frozenset[str] = frozenset()
    api: str = ""  # where it is not the type's own
    method: str = "PATCH"  # the verb of a change; PUT sends all of `update`, changed or not; "": nothing changes
    stage: Stage = Stage.ACCESS
    undelete: str = ""
    deleted: str = ""
    deletes: Deletes = Deletes.NO
    # Graph keeps the natural keys unique: a live object that has them is the object, whatever its id
    unique: bool = False
    keeps_id: bool = False  # a new object gets the id it had: a name, or a template id that may be chosen
    upsert: str = ""  # "/groups(uniqueName='{uniqueName}')": a PATCH that creates, where the record has the property
    # Properties that hold the id of an object that takes this one along when it is purged: "principalId"
    follows: tuple[str, ...] = ()
    serial: str = ""  # the name of a lock: under it one write at a time is sent to the tenant
    write_scopes: tuple[str, ...] = ()
    bin_scopes: tuple[str, ...] = ()  # to delete and to undelete, where that does not take `write_scopes`
    # Property → permissions that writing it takes besides
    scopes_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    lost: tuple[Lost, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectType:
    """One object type. `key` is the Graph collection name; it names files, rows, routes and reports."""

    key: str
    title: str
    path: str  # below the version root; {tenant} and, for CHILDREN, {parent} are filled in, in `filter` too
    select: tuple[str, ...] = ()  # empty: the API takes no $select, everything comes by default
    extras: tuple[Extra, ...] = ()
    extension_values: str = ""  # the target of directory extensions, "User": their values are selected by name as well
    filter: str = ""  # $filter that Graph wants with the list
    expand: tuple[str, ...] = ()  # navigations that come inside the objects and stay there: "rules", "a($expand=b)"
    page_size: int = 0  # $top; 0: not sent, because none is documented
    read: Read = Read.LIST
    detail: tuple[str, ...] = ()  # for EACH: the $select of the single reads; empty: none
    # for EACH: a collection; where the list gives it empty it gives the object whole, and no single read is needed
    only_with: str = ""
    parent: str = ""  # for CHILDREN: the collection path, e.g. "/servicePrincipals"
    parent_api: str = "v1.0"
    parent_id: str = "id"  # the property of a parent that {parent} stands for
    api: str = "v1.0"
    also_beta: bool = False  # v1.0 leaves some objects out: beta is listed as well, and what only it has is added
    bucket: str = "identity"  # the throttling bucket: identity | conditionalAccess | reports | intune …
    relationships: tuple[Relationship, ...] = ()
    identity: str = "id"  # the property that holds the id; "": a single object without one, which goes by the key
    id_pattern: str = GUID_ID  # what an id must match, whole, before it touches a path, a filter or a key
    aliases: tuple[str, ...] = ()  # dotted paths of what others call the object by besides its id: appId, templateId
    name: str = "displayName"  # property shown to people and searched by
    natural_keys: tuple[str, ...] = ()  # properties that, all equal, make it the same object under a new id
    read_scopes: tuple[str, ...] = ()
    licence: str = ""  # a key of licences.PLANS
    preset: Preset | None = Preset.STANDARD  # None: in none, switched on by name, because reading it takes hours
    private: bool = False  # holds secrets: kept in a container of its own, never answered over HTTP
    bin: str = ""  # the type that is this one's recycle bin
    time: str = ""  # for LOG: the property that windows are cut by
    time_strict: bool = False  # for LOG: the API compares it with gt and lt, not with ge and le
    missing_in: frozenset[str] = frozenset()  # clouds without it
    # cloud → what not to select there
    missing_properties: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)
    tolerates: tuple[Tolerated, ...] = ()
    volatile: frozenset[str] = frozenset()  # dotted paths; kept apart, make no version
    ordered: frozenset[str] = frozenset()  # dotted paths of arrays whose order means something; all others are sets
    read_only: frozenset[str] = frozenset()  # kept in the record, never written
    references: tuple[str, ...] = ()  # dotted paths that hold other objects' ids, alone or inside a rule or a path
    # Places among `references` → the types they lead to, where these are not `depends_on`: without a list of each of
    # them nothing is said of the place.
    leads_to: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    # Places among `references` that may name what no list of the tenant has (an application of Microsoft's or of
    # another tenant, somebody who has left): a restore maps them to new ids, and they are never told as dangling.
    elsewhere: frozenset[str] = frozenset()
    organization: str = ""  # property that names another tenant where the record's references lead into that one
    depends_on: tuple[str, ...] = field(default=())  # restore order: these types first
    restore: Restore | None = None
    unrestored: str = ""  # without `restore`: why not, and what to do instead
    notes: str = ""  # for docs/coverage: what a person should know

    def select_in(self, cloud: str) -> tuple[str, ...]:
        """What to select in a cloud: Graph answers 400 for the whole list when one named property is unknown there."""
        missing = self.missing_properties.get(cloud, frozenset())
        return tuple(name for name in self.select if name not in missing)
