"""Every change of the tenant goes through here: the row, the journal that delta reads, and what lag still shows.

In: already validated objects and links. It asks no questions of its own.
"""

from local.tenant.journal import Journal
from local.tenant.lag import LagView
from local.tenant.links import Links, Target
from local.tenant.objects import Json, Objects


class Ledger:
    def __init__(self, objects: Objects, links: Links, journal: Journal, lag: LagView) -> None:
        self.objects = objects
        self.links = links
        self._journal = journal
        self._lag = lag

    def create(self, kind: str, key: str, data: Json) -> None:
        self._lag.note_object(kind, key, None)
        self.objects.insert(kind, key, data)
        self._journal.object(kind, key, "created")

    def update(self, kind: str, key: str, before: Json, after: Json) -> None:
        moved = [name for name in {**before, **after} if before.get(name, ...) != after.get(name, ...)]
        if not moved:
            return
        self._note(kind, key)
        self.objects.replace(kind, key, after)
        self._journal.object(kind, key, "updated", moved)

    def bin(self, kind: str, key: str, data: Json, at: str) -> None:
        self._note(kind, key)
        self.objects.replace(kind, key, data)
        self.objects.set_deleted(kind, key, at)
        self._journal.object(kind, key, "deleted")
        self._journal_ends(kind, key, "unlinked")

    def unbin(self, kind: str, key: str, data: Json) -> None:
        self._lag.note_object(kind, key, None)
        self.objects.replace(kind, key, data)
        self.objects.set_deleted(kind, key, None)
        self._journal.object(kind, key, "restored")
        self._journal_ends(kind, key, "linked")

    def purge(self, kind: str, key: str) -> None:
        """Gone for good, with its links."""
        self._note(kind, key)
        self._journal_ends(kind, key, "unlinked")
        self.links.forget((kind, key))
        self.objects.purge(kind, key)
        self._journal.object(kind, key, "purged")

    def link(self, source: Target, link: str, target: Target) -> None:
        self._note_links(source, link)
        self.links.add(source, link, target)
        self._journal.link(*source, "linked", link, *target)

    def unlink(self, source: Target, link: str, target: Target) -> None:
        self._note_links(source, link)
        self.links.remove(source[1], link, target[1])
        self._journal.link(*source, "unlinked", link, *target)

    def _note(self, kind: str, key: str) -> None:
        if self._lag.active:
            self._lag.note_object(kind, key, self.objects.row(kind, key))

    def _note_links(self, source: Target, link: str) -> None:
        if self._lag.active:
            self._lag.note_links(source[1], link, self.links.targets(source[1], link))

    def _journal_ends(self, kind: str, key: str, action: str) -> None:
        """A vanished target looks to its sources like a removed link."""
        for link, source_kind, source in self.links.of_target((kind, key)):
            self._journal.link(source_kind, source, action, link, kind, key)
