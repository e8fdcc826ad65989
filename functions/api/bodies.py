"""What a caller may put into a body: structs that refuse unknown fields, and the reader that checks everything else.

In: the bytes of a body and its content type. Out: a struct, or a CallerError. JSON that a lenient reader would accept
with another meaning (repeated names, NaN, a byte order mark, another encoding) is refused.
"""

import json
from typing import Annotated, Literal, NoReturn, Self

import msgspec
from msgspec import UNSET, Meta, UnsetType

from functions.api.params import RUN_ID, Catalogue, entry, run_id
from functions.api.problem import refused
from functions.catalogue.model import ObjectType, Preset

LARGEST = 128 * 1024  # a thousand objects by type and id

RunIds = Annotated[
    list[Annotated[str, Meta(pattern=f"^{RUN_ID}$")]],
    Meta(min_length=1, max_length=100, extra_json_schema={"uniqueItems": True}),
]
Names = Annotated[list[str], Meta(max_length=200)]


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """No body, or an empty object: what a call takes that needs to be told nothing. The base of all others."""

    def checked(self, catalogue: Catalogue) -> Self:
        """The body as the handler gets it, or a CallerError for what the struct alone cannot refuse."""
        del catalogue
        return self

    def subject(self) -> str:
        """What the call is about, for the audit."""
        return ""


class SomeTypes(Body, frozen=True, forbid_unknown_fields=True):
    """Some types of the catalogue; those that are switched on where `types` is absent."""

    types: Annotated[list[str], Meta(min_length=1, max_length=200)] | UnsetType = UNSET

    def checked(self, catalogue: Catalogue) -> Self:
        """Raises unknownType for a type outside the catalogue, invalidBody for one named twice."""
        for key in self.types or ():
            entry(key, catalogue)
        once(self.types, "types")
        return self

    def subject(self) -> str:
        """The types, or `enabled`."""
        return ",".join(self.types) if self.types else "enabled"


class StartBackup(SomeTypes, frozen=True, forbid_unknown_fields=True):
    """Which types to back up, switched on or not; those that are switched on where `types` is absent."""


class LookAhead(SomeTypes, frozen=True, forbid_unknown_fields=True):
    """For which types; those that are switched on where `types` is absent."""


class ChooseTypes(Body, frozen=True, forbid_unknown_fields=True):
    """Which types are backed up from now on: a preset, and types switched on or off besides. It replaces the choice of
    before; a name left out of `on` and `off` follows the preset."""

    preset: Preset
    on: Names = []
    off: Names = []

    def checked(self, catalogue: Catalogue) -> Self:
        """Raises unknownType for a type outside the catalogue, invalidBody for one named twice or in both lists."""
        for key in (*self.on, *self.off):
            entry(key, catalogue)
        once([*self.on, *self.off], "on and off together")
        return self

    def subject(self) -> str:
        """The choice in short."""
        return f"{self.preset.value} +{','.join(self.on)} -{','.join(self.off)}"[:1000]


class RebuildIndex(Body, frozen=True, forbid_unknown_fields=True):
    """Makes the index anew; `replace`: an index that is there is removed first."""

    replace: bool = False

    def subject(self) -> str:
        """Whether an index was removed."""
        return "replace" if self.replace else "empty"


class StartVerification(Body, frozen=True, forbid_unknown_fields=True):
    """How deep to look: whether the files are there, or besides whether they hold what they should. All runs, and for
    `readable` the index, unless some runs are named."""

    depth: Literal["present", "readable"]
    runs: RunIds | UnsetType = UNSET

    def checked(self, catalogue: Catalogue) -> Self:
        """Raises unknownRun for an id that names no moment, invalidBody for one named twice."""
        del catalogue
        for run in self.runs or ():
            run_id(run)
        once(self.runs, "runs")
        return self

    def subject(self) -> str:
        """The depth and the runs."""
        return f"{self.depth} {','.join(self.runs) if self.runs else 'all'}"[:1000]


def restorable_properties(of: ObjectType) -> list[str]:
    """The properties a restore may write, in order; not the id that a new object is given."""
    return sorted((of.restore.create | of.restore.update) - of.read_only) if of.restore else []


def restorable_relationships(of: ObjectType) -> list[str]:
    """The relationships a restore may put back, in order."""
    return sorted(link.name for link in of.relationships if link.restorable) if of.restore else []


def read_body[B: Body](data: bytes, content_type: str, shape: type[B]) -> B:
    """A body as the struct of the call. An absent body counts as an empty object."""
    if len(data) > LARGEST:
        raise refused("bodyTooLarge", f"The body has {len(data)} bytes; {LARGEST} are allowed")
    if data and content_type.partition(";")[0].strip().lower() != "application/json":
        raise refused("unsupportedMediaType", "The body must be sent as application/json")
    text = data or b"{}"
    try:
        json.loads(text.decode(), object_pairs_hook=_unrepeated, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise refused("invalidJson", "The body cannot be read as JSON") from error
    try:
        return msgspec.json.decode(text, type=shape)
    except msgspec.ValidationError as error:
        raise refused("invalidBody", str(error)[:300]) from error
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise refused("invalidJson", "The body cannot be read as JSON") from error


def _unrepeated(pairs: list[tuple[str, object]]) -> None:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name is repeated")


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


def once(names: list[str] | UnsetType, what: str) -> None:
    """Raises invalidBody where a name stands twice."""
    if names and len(set(names)) != len(names):
        raise refused("invalidBody", f"{what} names something twice")


def all_in(names: list[str], known: list[str], what: str) -> None:
    """Raises notRestorable for a name that is none of the known."""
    for name in names:
        if name not in known:
            raise refused("notRestorable", f"{name[:60]!r} is not a restorable {what}")
