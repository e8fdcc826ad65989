"""What the company has of Intune's app management."""

from collections.abc import Iterator

from local.tenant.company.items import Item
from local.tenant.company.world import World


def items(world: World) -> Iterator[Item]:
    yield from ()
