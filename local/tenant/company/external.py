"""What the company has of external identities: providers, user flows, extensions, listeners."""

from collections.abc import Iterator

from local.tenant.company.items import Item
from local.tenant.company.world import World


def items(world: World) -> Iterator[Item]:
    yield from ()
