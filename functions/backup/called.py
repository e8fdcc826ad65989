"""What objects are called: ids in, names out, from the newest version that any committed run recorded."""

import asyncio
from collections.abc import Iterable, Mapping

from functions.backup.read import versions_of
from functions.storage.open import Stores

MOST = 200
_AT_ONCE = 16
_TYPE_OF = {
    "administrativeUnit": "administrativeUnits",
    "application": "applications",
    "device": "devices",
    "group": "groups",
    "orgContact": "contacts",
    "servicePrincipal": "servicePrincipals",
    "user": "users",
}


def type_of(graph_type: str) -> str:
    """The key of the type whose objects Graph calls `graph_type`, "" where there is none."""
    return _TYPE_OF.get(graph_type, "")


async def called(stores: Stores, wanted: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """id → name of those that are known. `wanted` gives the types in which each id is looked for, in this order; only
    the first `MOST` ids are."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def look(identity: str, keys: Iterable[str]) -> tuple[str, str]:
        for key in keys:
            async with gate:
                rows = await versions_of(stores, key, identity)
            if rows:
                return identity, rows[0].name
        return identity, ""

    found = await asyncio.gather(*(look(identity, keys) for identity, keys in list(wanted.items())[:MOST]))
    return {identity: name for identity, name in found if name}
