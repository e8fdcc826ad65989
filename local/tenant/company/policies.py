"""What the company has of tenant-wide policies and group settings."""

from collections.abc import Iterator

from local.tenant.company.items import Item
from local.tenant.company.world import World


def items(world: World) -> Iterator[Item]:
    yield from ()
