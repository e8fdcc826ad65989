"""One object as the tenant has it now, read and put into a record exactly as a backup would.

In: a type and an id. Out: the record decoded, with what could not be read, or None where Graph has no such object.
"""

from dataclasses import dataclass

import msgspec

from functions.backup.extras import prepare
from functions.backup.messages import Checkpoint
from functions.backup.reading import Reading
from functions.backup.relationships import relationships
from functions.backup.workspace import Workspace
from functions.catalogue.model import ObjectType, Read
from functions.core.record import Object, canonical
from functions.errors import CallerError
from functions.graph.client import GraphClient
from functions.settings import Settings

_decode = msgspec.json.Decoder(dict[str, object]).decode


@dataclass(frozen=True, slots=True)
class LiveRecord:
    """`left_out` are properties that the reader identity may not read now, `extensions` the directory
    extensions whose values were asked for, None for a type without: of others Graph says nothing, there or not."""

    record: Object
    left_out: frozenset[str]
    extensions: frozenset[str] | None

    def tells(self, name: str) -> bool:
        """Whether the record says something of a property, be it that there is none."""
        if self.extensions is not None and name.startswith("extension_"):
            return name in self.extensions
        return name not in self.left_out


async def live_record(client: GraphClient, entry: ObjectType, identity: str, settings: Settings) -> LiveRecord | None:
    """Raises GraphError for any answer but the object or "not found", and CallerError 409 `noLiveAddress` for a type
    whose objects are found below a parent only."""
    if entry.read is Read.CHILDREN:
        raise CallerError(
            409,
            "noLiveAddress",
            f"Graph gives {entry.key} below their parents only, so one of them cannot be asked for by its id",
        )
    with Workspace() as workspace:
        reading = Reading(
            client.with_usage(), entry, settings.cloud, settings.tenant_id, workspace, Checkpoint(), _never, _silent
        )
        await prepare(reading)
        for origin in reading.origins:
            if found := await reading.objects([identity], origin):
                break
        else:
            return None
        [thing] = found
        held = None
        if entry.relationships:
            held = (await relationships(reading, {identity: thing}, origin)).get(identity)
            if held is None:
                return None  # it went while its relationships were read
        record: Object = _decode(canonical(thing, entry, held).data)  # type: ignore[assignment]
        extensions = frozenset(reading.checkpoint.extension_values) if entry.extension_values else None
        return LiveRecord(record, frozenset(reading.checkpoint.left_out), extensions)


def _never() -> bool:
    return False


async def _silent(phase: str, objects: int) -> None:
    """Nobody watches the reading of one object."""
