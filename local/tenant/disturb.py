"""What an answer may look like on another day: order that means nothing, shuffled; volatile properties, moved.

In: shown objects. Out: the same facts in another guise. Active only while a switch says so.
"""

import random
from typing import Any

from local.tenant.clock import TenantClock, stamp
from local.tenant.projection import Answer, plain
from local.tenant.schema import COMPLEX, Kind, Property
from local.tenant.switches import Behaviour


class Disturbance:
    def __init__(self, behaviour: Behaviour, clock: TenantClock) -> None:
        self._behaviour = behaviour
        self._clock = clock
        self._requests = 0

    @property
    def active(self) -> bool:
        return bool(self._behaviour.on.shuffle or self._behaviour.on.volatile)

    def order(self) -> int:
        """The seed of this list's order, another one for every list; 0 keeps the order of creation."""
        if not self._behaviour.on.shuffle:
            return 0
        self._requests += 1
        return self._behaviour.on.shuffle * 7919 + self._requests

    def objects(self, kinds: list[Kind], shown: list[Any]) -> list[Any]:
        if not self.active:
            return shown
        self._requests += 1
        chance = random.Random(self._behaviour.on.shuffle * 7919 + self._requests)
        changed = [self._object(kind, plain(one), chance) for kind, one in zip(kinds, shown, strict=True)]
        if self._behaviour.on.shuffle:
            chance.shuffle(changed)
        return changed

    def _object(self, kind: Kind, shown: Answer, chance: random.Random) -> Answer:
        if self._behaviour.on.volatile:
            for name in kind.volatile:
                if shown.get(name):
                    shown[name] = self._moved(shown[name])
                    self._behaviour.hit("volatile")
        if self._behaviour.on.shuffle:
            self._behaviour.hit("shuffle")
            return _shuffled(shown, kind.properties, chance)
        return shown

    def _moved(self, value: Any) -> Any:
        self._requests += 1
        moment = stamp(self._clock.now().replace(second=self._requests % 60, minute=self._requests // 60 % 60))
        if isinstance(value, dict):
            return {name: moment if name.endswith("DateTime") else inner for name, inner in value.items()}
        return moment


def _shuffled(value: Answer, properties: Any, chance: random.Random) -> Answer:
    names = [name for name in value if not name.startswith("@")]
    chance.shuffle(names)
    ordered = [name for name in value if name.startswith("@")] + names
    return {name: _inner(value[name], properties.get(name), chance) for name in ordered}


def _inner(value: Any, rule: Property | None, chance: random.Random) -> Any:
    shape = COMPLEX.get(rule.type) if rule is not None else None
    if isinstance(value, list):
        items = [_shuffled(item, shape, chance) if shape and isinstance(item, dict) else item for item in value]
        if rule is not None and rule.set_like:
            chance.shuffle(items)
        return items
    if shape and isinstance(value, dict):
        return _shuffled(value, shape, chance)
    return value
