"""Relationships that Graph leaves out without a word: the members of a hidden group, for a reader without the
permission to see them.

In: objects and what was found of one relationship. Out: the same without those that may only look empty.
"""

from collections.abc import Mapping

import msgspec

from functions.backup.reading import Reading
from functions.catalogue.model import Relationship
from functions.core.manifest import Gap
from functions.errors import FormatError
from functions.graph.roles import grants

_NONE = b"[]"
_decode_parts = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


async def seen(
    reading: Reading,
    relationship: Relationship,
    things: Mapping[str, msgspec.Raw],
    found: Mapping[str, msgspec.Raw],
) -> Mapping[str, msgspec.Raw]:
    """An empty list of an object that hides it is believed only of a reader that may see it. A token that does not say
    what it carries is trusted. Raises GraphTokenRefused, FormatError."""
    hidden = relationship.hidden
    if hidden is None:
        return found
    doubtful = {
        identity
        for identity, targets in found.items()
        if bytes(targets) == _NONE and _value(things[identity], hidden.property) in hidden.values
    }
    if not doubtful:
        return found
    held = await reading.client.roles()
    if held is None or grants(held, hidden.scope):
        return found
    entry = reading.entry
    told = Gap(
        "permissionMissing",
        f"{relationship.name} of {entry.title} ({entry.key}) that are hidden could not be read: Graph shows none of "
        f"them without {hidden.scope}",
        f"Grant the reader identity {hidden.scope}, then run the backup again.",
    )
    if told not in reading.checkpoint.gaps:
        reading.checkpoint.gaps.append(told)
    reading.checkpoint.partial = True
    return {identity: targets for identity, targets in found.items() if identity not in doubtful}


def _value(thing: msgspec.Raw, name: str) -> object:
    try:
        return msgspec.json.decode(_decode_parts(thing).get(name, b"null"))
    except msgspec.DecodeError as error:
        raise FormatError(f"an object cannot be read: {error}") from error
