"""Replication lag: what reads still see after a write.

Before a write touches an object or a link, its old state is kept here; reads are given that state until the time or
the number of reads set by the switch is used up. Writes always see the new state, except a new object where the switch
says that writes miss it too.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from local.tenant.clock import TenantClock
from local.tenant.journal import Journal
from local.tenant.links import Target
from local.tenant.objects import Row
from local.tenant.switches import Behaviour


@dataclass(slots=True)
class Ghost[State]:
    before: State
    until: float
    reads: int
    version: int


class LagView:
    def __init__(self, behaviour: Behaviour, clock: TenantClock, journal: Journal) -> None:
        self._behaviour = behaviour
        self._clock = clock
        self._journal = journal
        self._objects: dict[Target, Ghost[Row | None]] = {}
        self._links: dict[tuple[str, str], Ghost[list[Target]]] = {}
        self._writing = False
        self._own: set[Target] = set()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """What a write looks up on its way is the newest state."""
        self._writing, self._own = True, set()
        try:
            yield
        finally:
            self._writing = False

    @property
    def active(self) -> bool:
        return self._behaviour.on.lag.milliseconds > 0 or self._behaviour.on.lag.reads > 0

    def note_object(self, kind: str, key: str, before: Row | None) -> None:
        if before is None:
            self._own.add((kind, key))
        if self.active and self._alive(self._objects.get((kind, key))) is None:
            self._objects[kind, key] = Ghost(before, *self._span())

    def note_links(self, source: str, link: str, before: list[Target]) -> None:
        if self.active and self._alive(self._links.get((source, link))) is None:
            self._links[source, link] = Ghost(before, *self._span())

    def object(self, kind: str, key: str) -> Ghost[Row | None] | None:
        """The ghost a read of this object meets, if any; meeting it counts as one read."""
        return self._meet(self._objects.get((kind, key)))

    def links(self, source: str, link: str) -> Ghost[list[Target]] | None:
        return self._meet(self._links.get((source, link)))

    def of_kinds(self, kinds: Iterable[str]) -> list[tuple[Target, Row | None]]:
        """Every ghost a list of these kinds meets."""
        wanted = set(kinds)
        met = [(target, self._meet(ghost)) for target, ghost in self._objects.items() if target[0] in wanted]
        return [(target, ghost.before) for target, ghost in met if ghost is not None]

    def horizon(self) -> int:
        """The last change that a delta query is told of; meeting what hides later ones counts as one read."""
        met = [self._meet(ghost) for ghost in self._objects.values()]
        met_links = [self._meet(ghost) for ghost in self._links.values()]
        hidden = [ghost.version for ghost in met if ghost] + [ghost.version for ghost in met_links if ghost]
        return min([self._journal.version(), *hidden])

    def unborn(self, kind: str, key: str) -> bool:
        """Whether a write has to miss this object because its creation, by another one, has not arrived yet."""
        if not self._writing or (kind, key) in self._own:
            return False
        ghost = self._alive(self._objects.get((kind, key)))
        return self._behaviour.on.lag.writes and ghost is not None and ghost.before is None

    def forget(self) -> None:
        self._objects.clear()
        self._links.clear()

    def _span(self) -> tuple[float, int, int]:
        lag = self._behaviour.on.lag
        return self._clock.seconds() + lag.milliseconds / 1000, lag.reads, self._journal.version()

    def _alive[State](self, ghost: Ghost[State] | None) -> Ghost[State] | None:
        if ghost is not None and (ghost.reads > 0 or ghost.until > self._clock.seconds()):
            return ghost
        return None

    def _meet[State](self, ghost: Ghost[State] | None) -> Ghost[State] | None:
        met = None if self._writing else self._alive(ghost)
        if met is not None:
            met.reads -= 1
            self._behaviour.hit("lag")
        return met
