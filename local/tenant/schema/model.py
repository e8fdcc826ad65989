"""What a kind of directory object looks like to a caller, as data: properties, projections, links, paths and limits.

Nothing here reads or writes; the query side asks it what to show, the rules ask it what may be sent.

Where an object is found:

    Kind.path           a collection (`/users`), or with `singleton` the object itself. Any number of segments, a cast
                        (`microsoft.graph.x`) among them; the longest path of any kind that fits wins, so
                        `/policies/crossTenantAccessPolicy/partners` is a kind beside the singleton above it.
    Kind.links          everything below an object is a link, a child as much as a member: `/organization/{id}/branding`
                        is a single CONTAINED link of organization to a kind with `path` "". A link's name may have
                        slashes where the API puts a bare segment in between (`authentication/methods`). Below a
                        CONTAINED or DERIVED target its own links follow, to any depth (of the first kind in `to`).
    Kind.key_property   the property that stands in the URL. What is stored under another key (a child whose id repeats
                        below other parents: `{parent's key}/{id}`) says so in `company.items.Object.key`; a child whose
                        key its creator chooses is stored so.

What may be written: `Kind.methods`, `Property.writes`, `Kind.required`; who may: `writes_with` of the kind, its links
and properties.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

US_GOV = frozenset({"usGov", "usGovDoD"})
CHINA = frozenset({"china"})
NATIONAL = US_GOV | CHINA


@dataclass(frozen=True, slots=True)
class Edition:
    """Which schema a call meets: the version of the API, and the cloud it is served from."""

    beta: bool = False
    cloud: str = "global"


class Shown(StrEnum):
    """When a property is in an answer."""

    DEFAULT = "default"  # without $select
    SELECT = "select"  # only when named in $select, on lists and on single objects
    SINGLE = "single"  # only when named in $select of a single GET; a list that names it is refused
    DETAIL = "detail"  # in a single GET without being asked for; null (of a collection: empty) in lists
    NEVER = "never"  # accepted in a write, never answered


class Writes(StrEnum):
    """Who may set a property."""

    FREE = "rw"  # on create and on update
    CREATE = "create"  # on create only; immutable afterwards
    SERVER = "ro"  # by the service alone


class Held(StrEnum):
    """Where a navigation's answer comes from."""

    STORED = "stored"  # links of their own, added and removed through $ref
    CONTAINED = "contained"  # stored links to objects that live and die with the source
    DERIVED = "derived"  # the targets whose property `via` names the source
    OWN = "own"  # the source's own property `via` names the one target
    INVERSE = "inverse"  # the sources of the stored link `via` that point here


@dataclass(frozen=True, slots=True)
class Property:
    """`type` is string, bool, int, float, datetime, guid, binary, open (an object of no fixed shape), any (a value of
    no fixed type), or the name of an entry in `complex.COMPLEX` or a family's own."""

    name: str
    type: str
    nullable: bool = False
    collection: bool = False
    shown: Shown = Shown.DEFAULT
    writes: Writes = Writes.FREE
    set_like: bool = False  # the service keeps no order: a reader may find it shuffled
    volatile: bool = False  # moves without anybody writing
    sparse: bool = False  # left out of an answer where it is not set, even if it was asked for
    beta: bool = False  # only under /beta
    needs: str = ""  # a permission of its own, beyond reading the object
    licence: frozenset[str] = frozenset()  # service plans, one of which reading it takes
    not_in: frozenset[str] = frozenset()  # clouds that do not know it
    writes_with: tuple[str, ...] = ()  # as of `Kind`, in place of those

    def known(self, edition: Edition) -> bool:
        return (edition.beta or not self.beta) and edition.cloud not in self.not_in

    @property
    def default_in_list(self) -> bool:
        return self.shown is Shown.DEFAULT and not self.beta

    @property
    def empty(self) -> list[object] | None:
        """What an unset value looks like in a list or a single GET."""
        return [] if self.collection else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRule:
    """One navigation. `to` names the kinds it may hold, none for a stream; `via` is explained by `held`, `stream`."""

    name: str
    to: tuple[str, ...]
    single: bool = False
    held: Held = Held.STORED
    via: str = ""
    writable: bool = False  # $ref may be posted, put or deleted
    readable: bool = True  # GET /{collection}/{id}/{name}
    expand: bool = True
    expand_cap: int = 20  # items in a directory object's expanded collection; the rest is cut off without a next link
    delta: bool = False  # {name}@delta in a delta answer
    omits: tuple[str, ...] = ()  # kinds that v1.0 leaves out of the GET (not of $expand, nor of /beta)
    limit: int = 0  # how many links the service lets a source have; 0 for no limit modelled
    reads: tuple[str, ...] = ()  # application permissions, any of which lets an app follow it; () follows the kind
    hidden: str = ""  # the permission without which a source of hidden membership shows none, and no refusal either
    not_in: frozenset[str] = frozenset()  # clouds that do not know it
    beta: bool = False  # only under /beta
    stream: bool = False  # leads to bytes: `via` names the property that holds {"contentType", "base64"}
    bucket: str = ""  # throttled apart from the kind
    writes_with: tuple[str, ...] = ()  # as of `Kind`; () follows the kind: the target's if that is a child
    bound: bool = False  # OWN: a body may name the target, as `{name}@odata.bind` or `{name}: {"id": …}`
    told: bool = False  # a new object's body describes the target, and the kind's own rules find it
    deep: bool = False  # CONTAINED: a body may bring the children along; in a PUT they replace what is there

    def known(self, edition: Edition) -> bool:
        return (edition.beta or not self.beta) and edition.cloud not in self.not_in


def links(*rules: LinkRule) -> dict[str, LinkRule]:
    return {rule.name: rule for rule in rules}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    name: str
    collection: str  # the segment below the root, the last one of `path`
    path: str  # the collection's URL below the version root; "" where only a parent leads to it
    properties: Mapping[str, Property]
    links: Mapping[str, LinkRule] = field(default_factory=dict)
    parents: tuple[str, ...] = ()  # further collection URLs, with {id} for the parent's id
    subtypes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # subtype → its own properties
    query: frozenset[str] = frozenset({"$select", "$expand", "$filter", "$top", "$count", "$orderby", "$search"})
    default_top: int = 100
    max_top: int = 999
    expand_top: int = 100  # a directory object's page size once $expand is used
    delta: bool = False
    delta_not_in: frozenset[str] = frozenset()  # clouds that list it but have no delta of it
    soft_delete: bool = False
    deleted_path: str = ""
    deleted_not_in: frozenset[str] = frozenset()  # clouds that delete it for good
    methods: frozenset[str] = frozenset({"POST", "PATCH", "DELETE"})  # PUT replaces the object whole
    keys: tuple[str, ...] = ()  # alternate keys: /users/{userPrincipalName}, /applications(appId='…')
    open: bool = False  # directory extension values may appear
    directory_object: bool = False  # also found under /directoryObjects
    blanked: Mapping[str, str] = field(default_factory=dict)  # property → field that is null unless $select names it
    bucket: str = "identity"
    key_property: str = "id"  # the property that is the key; "" for a single object without one
    singleton: bool = False  # `path` is the object itself; 404 where it was never set
    beta: bool = False  # only under /beta
    reads: tuple[str, ...] = ()  # application permissions, any of which lets an app read it
    # (property, value, permissions): a list whose filter says `property eq 'value'` takes one of these besides
    reads_by: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    delegated: bool = False  # no application may read it, whatever it holds
    licence: frozenset[str] = frozenset()  # service plans, one of which the tenant has to have; empty: none
    refuses: str = ""  # how a missing licence is said: a key of `faults.UNLICENSED`
    not_in: frozenset[str] = frozenset()  # clouds that do not have it: usGov, usGovDoD, china
    preview: tuple[str, ...] = ()  # dotted paths; an object that has one of them is found under /beta alone
    filters: tuple[frozenset[str], ...] = ()  # a list wants $filter with `eq` on all the properties of one of these
    inline: tuple[str, ...] = ()  # collections whose items have an address below the object, and are written there
    required: tuple[str, ...] = ()  # properties and bound links that a POST or PUT has to name
    writes_with: tuple[str, ...] = ()  # application permissions, any of which lets an app write it; "A+B" takes both
    writes_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # those of one method, or of "restore"
    writes_delegated: bool = False  # no application may write it, whatever it holds
    upsert: bool = False  # a PATCH of a key that is not there makes it, without being asked to
    shows_updates: bool = False  # a PATCH or PUT is answered 200 with the object, not 204

    def writes(self, method: str) -> tuple[str, ...]:
        return self.writes_by.get(method, self.writes_with)

    def known(self, edition: Edition) -> bool:
        return (edition.beta or not self.beta) and edition.cloud not in self.not_in

    @property
    def chosen_key(self) -> bool:
        """Whether the creator of an object names its key."""
        return bool(self.key_property) and self.properties[self.key_property].writes is Writes.CREATE

    def key_of(self, properties: Mapping[str, Any]) -> str:
        """What an object is stored under, unless it says another key; a singleton without an id goes by its kind."""
        return str(properties[self.key_property]) if self.key_property else self.name

    @property
    def odata_type(self) -> str:
        return f"#microsoft.graph.{self.name}"

    @property
    def defaults(self) -> tuple[str, ...]:
        return tuple(name for name, rule in self.properties.items() if rule.default_in_list)

    @property
    def volatile(self) -> tuple[str, ...]:
        return tuple(name for name, rule in self.properties.items() if rule.volatile)

    @property
    def set_like(self) -> tuple[str, ...]:
        return tuple(name for name, rule in self.properties.items() if rule.set_like)

    def of_subtype(self, odata_type: str) -> Iterator[Property]:
        """The properties an object of this subtype has; all of them where the kind has no subtypes."""
        others = {name for names in self.subtypes.values() for name in names}
        own = set(self.subtypes.get(odata_type.removeprefix("#microsoft.graph."), ()))
        return (rule for name, rule in self.properties.items() if name not in others or name in own)

    @property
    def polymorphic(self) -> bool:
        """Whether a body has to say which of several types it is."""
        return bool(self.subtypes) and set(self.subtypes) != {self.name}
