"""What the company has of device secrets: recovery keys and local administrator passwords."""

from collections.abc import Iterator

from local.tenant.company.items import Item
from local.tenant.company.world import World


def items(world: World) -> Iterator[Item]:
    yield from ()
