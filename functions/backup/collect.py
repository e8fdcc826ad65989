"""Reading one type: pages of Graph in, records in a block file and entries in the workspace out.

`Collector.run` works until the list has ended or the time budget is used up; what it knows then is in its checkpoint.
A list that did not reach its last page never gets here as a whole: every failure is raised.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import batched
from urllib.parse import quote

import msgspec

from functions.backup.messages import Checkpoint
from functions.backup.missed import missed
from functions.backup.upload import BlockFile
from functions.backup.workspace import Workspace
from functions.catalogue.model import Fetch, ObjectType, Outcome, Read, Relationship
from functions.core.manifest import Gap
from functions.core.record import Canonical, canonical, contained, identity_of, links
from functions.core.toc import Entry
from functions.errors import FormatError, GraphError, GraphRejected, PageTokenExpired
from functions.graph.batch import BatchGet, batch, children
from functions.graph.classify import gap
from functions.graph.client import GraphClient
from functions.graph.pages import Page, pages

_EXPAND_CAP = 20  # Graph returns at most so many expanded objects, and does not say when there are more
_MOST_RESTARTS = 3
_TOGETHER = 80  # objects whose links are held at once: a page of large groups has millions
_REFUSALS = {Outcome.REFUSED, Outcome.UNLICENSED, Outcome.UNAVAILABLE}
_decode_parts = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_raws = msgspec.json.Decoder(list[msgspec.Raw]).decode
_NONE = msgspec.Raw(b"[]")

type Report = Callable[[str, int], Awaitable[None]]


@dataclass(slots=True)
class Collector:
    """One activity's work on one type. `before` are the ids of the run this one is compared with; `expired` says
    when the time budget is used up."""

    client: GraphClient
    entry: ObjectType
    cloud: str
    workspace: Workspace
    snapshot: BlockFile
    volatile: BlockFile
    checkpoint: Checkpoint
    before: AsyncIterator[list[str]] | None
    expired: Callable[[], bool]
    report: Report
    _pending: list[tuple[str, str, str]] = field(default_factory=list)

    async def run(self) -> bool:
        """True when the whole type has been read, False when the checkpoint has to be taken up again."""
        if self.checkpoint.phase == "links" and not await self._sweeps():
            return False
        if self.checkpoint.phase != "missed":
            self.checkpoint.phase = "objects"
            if not await self._objects():
                return False
            self.checkpoint.phase, self.checkpoint.link = "missed", ""
        await self._look_for_missed()
        self._tell_unreturned()
        return True

    # ---- links -----------------------------------------------------------------------------------------------------

    async def _sweeps(self) -> bool:
        swept = [relationship for relationship in self.entry.relationships if relationship.fetch is Fetch.EXPAND]
        while self.checkpoint.sweep < len(swept):
            relationship = swept[self.checkpoint.sweep]
            try:
                if not await self._sweep(relationship):
                    return False
            except PageTokenExpired:
                self._restart()
                self.workspace.forget_links(relationship.name)
                continue
            except GraphRejected as error:
                self._refuse(relationship, error)
            self.checkpoint.sweep += 1
            self.checkpoint.link = ""
        return True

    async def _sweep(self, relationship: Relationship) -> bool:
        inner = "" if relationship.contained else "($select=" + ",".join(relationship.select) + ")"
        start = f"{self.entry.path}?$select=id&$expand={relationship.name}{inner}"
        seen = 0
        async for page in self._pages(self.checkpoint.link or start):
            found = [pair for pair in (_swept(item, relationship) for item in page.items) if pair]
            self.workspace.put_links(relationship.name, found)
            seen += len(page.items)
            self.checkpoint.link = page.next_link
            await self.report(f"reading {relationship.name}", seen)
            if page.next_link and self.expired():
                return False
        return True

    def _refuse(self, relationship: Relationship, error: GraphRejected) -> None:
        """A refused relationship leaves the objects whole and becomes a gap; any other failure is the type's."""
        subject = replace(
            self.entry,
            title=f"{relationship.name} of {self.entry.title}",
            read_scopes=relationship.read_scopes,
            # What the entry says of a refusal names the permission for its objects, which were readable.
            tolerates=tuple(rule for rule in self.entry.tolerates if rule.outcome is not Outcome.REFUSED),
        )
        reason = gap(error, subject, self.cloud)
        if reason.outcome not in _REFUSALS:
            raise error
        self.checkpoint.refused.append(relationship.name)
        self.checkpoint.gaps.append(Gap(reason.code, reason.message, reason.remedy))

    # ---- objects ---------------------------------------------------------------------------------------------------

    async def _objects(self) -> bool:
        while True:
            try:
                return await self._list()
            except PageTokenExpired:
                self._restart()
                await self._begin_anew()

    async def _list(self) -> bool:
        source = self._listed if self.entry.read is Read.LIST else self._of_parents
        async for things, link in source(self.checkpoint.link):
            await self._write(things)
            if link is None:
                continue
            self.checkpoint.link = link
            await self.report("reading", self.snapshot.count)
            if link and self.expired():
                return False
        return True

    async def _look_for_missed(self) -> None:
        """Reads what the list left out. Children have no address that their id alone would give."""
        if self.before is None or self.entry.read is not Read.LIST:
            return

        def held(first: str, last: str) -> set[str]:
            return self.workspace.ids(first, last) | {identity for identity, _, _ in self._pending}

        def address(identity: str) -> str:
            query = "?$select=" + ",".join(self._select) if self._select else ""
            return _address(self.entry.path, identity) + query

        async for found in missed(self.client, self.entry, self.before, held, address):
            await self._write(found)

    def _tell_unreturned(self) -> None:
        if self.checkpoint.unseen and self.snapshot.count:
            names = ", ".join(self.checkpoint.unseen)
            self.checkpoint.gaps.append(
                Gap(
                    "propertyNotReturned",
                    f"{self.entry.key}: selected but in no answer: {names}",
                    "Nothing to do if this cloud or tenant does not have the property",
                )
            )

    async def _listed(self, link: str) -> AsyncIterator[tuple[Sequence[msgspec.Raw], str | None]]:
        async for page in self._pages(link or self.entry.path + self._query):
            yield page.items, page.next_link

    async def _of_parents(self, link: str) -> AsyncIterator[tuple[Sequence[msgspec.Raw], str | None]]:
        """Children, parent by parent; the link is that of the next page of parents, once a page of them is done."""
        async for page in self._pages(link or f"{self.entry.parent}?$select=id&$top=999"):
            urls = [
                BatchGet(parent, f"{_address(self.entry.parent, parent)}/{self.entry.path}{self._query}")
                for parent in map(self._identity, page.items)
            ]
            async for parent, found in children(self.client, urls, api=self.entry.api, bucket=self.entry.bucket):
                if not isinstance(found, GraphError):
                    yield found, None
                elif found.status != 404 or not await self._gone(self.entry.parent, [parent]):
                    found.message = f"{parent}: {found.message}"
                    raise found
            yield (), page.next_link

    async def _write(self, items: Sequence[msgspec.Raw]) -> None:
        new = self._new(items)
        if not self.entry.relationships:
            return await self._write_objects(new)
        for some in batched(new, _TOGETHER, strict=False):
            await self._write_objects({identity: new[identity] for identity in some})
        return None

    async def _write_objects(self, new: dict[str, msgspec.Raw]) -> None:
        # Objects are decoded one at a time: a page of them held decoded costs twice the CPU, in garbage collection.
        found = await self._relationships(list(new)) if self.entry.relationships else None
        for identity, item in new.items():
            if found is not None and identity not in found:
                continue  # deleted since it was listed: its last record is the one of the run before
            record = canonical(item, self.entry, found[identity] if found is not None else None)
            self.snapshot.add(record.data)
            self._pending.append((identity, record.name, record.digest.hex()))
            if record.volatile is not None:
                self.volatile.add(record.volatile)
            self._look_for_unreturned(record)
        self._place()
        await self.snapshot.flush()
        await self.volatile.flush()
        if new:
            self.checkpoint.waits = 0

    def _new(self, items: Sequence[msgspec.Raw]) -> dict[str, msgspec.Raw]:
        """The objects of a page that are not written yet: a directory that changes can repeat some."""
        new = dict(zip(map(self._identity, reversed(items)), reversed(items), strict=True))
        for identity, _, _ in self._pending:
            new.pop(identity, None)
        for identity in self.workspace.known(list(new)):
            del new[identity]
        return dict(reversed(new.items()))

    def _identity(self, item: msgspec.Raw) -> str:
        return identity_of(item, self.entry)

    def _look_for_unreturned(self, record: Canonical) -> None:
        """v1.0 accepts some options silently: what was selected has to come back, null or not, in some object."""
        if self.checkpoint.unseen is None:
            self.checkpoint.unseen = sorted(self._select)
        for part in (record.data, record.volatile) if self.checkpoint.unseen else ():
            if part:
                seen = _decode_parts(part)
                self.checkpoint.unseen = [name for name in self.checkpoint.unseen if name not in seen]

    def _place(self) -> None:
        for member in self.snapshot.placed():
            count = len(member.items)
            self.workspace.add(
                Entry(identity, name, digest, member.offset, member.length, at, size)
                for (identity, name, digest), (at, size) in zip(self._pending[:count], member.items, strict=True)
            )
            del self._pending[:count]

    async def _relationships(self, ids: list[str]) -> dict[str, dict[str, msgspec.Raw]]:
        """The relationships of each object; an object that is gone by now is left out."""
        found: dict[str, dict[str, msgspec.Raw]] = {identity: {} for identity in ids}
        gone: set[str] = set()
        for relationship in self.entry.relationships:
            if relationship.name in self.checkpoint.refused:
                continue
            known: dict[str, msgspec.Raw] = {}
            if relationship.fetch is Fetch.EXPAND:
                known = self.workspace.links(relationship.name, ids)
            missing = [identity for identity in ids if identity not in known]
            try:
                async for identity, targets in self._fetched(relationship, missing):
                    if targets is None:
                        gone.add(identity)
                    else:
                        known[identity] = targets
            except GraphRejected as error:
                self._refuse(relationship, error)
                continue
            for identity, targets in known.items():
                found[identity][relationship.name] = targets
        return {identity: targets for identity, targets in found.items() if identity not in gone}

    async def _fetched(
        self, relationship: Relationship, ids: list[str]
    ) -> AsyncIterator[tuple[str, msgspec.Raw | None]]:
        """Reads a relationship object by object, twenty in a batch: all of it. None: the object is gone."""
        if not ids:
            return
        query = "" if relationship.contained else "?$select=" + ",".join(relationship.select)
        if not relationship.single and not relationship.contained:
            query += "&$top=999"
        urls = [
            BatchGet(identity, f"{_address(self.entry.path, identity)}/{relationship.name}{query}") for identity in ids
        ]
        read = self._singles if relationship.single else self._children
        lost: dict[str, GraphError] = {}
        async for identity, targets in read(urls, relationship.api):
            if not isinstance(targets, GraphError):
                yield identity, (contained if relationship.contained else links)(targets)
            elif targets.status == 404:
                lost[identity] = targets
            else:
                raise targets
        gone = await self._gone(self.entry.path, list(lost))
        for identity, error in lost.items():
            if identity in gone:
                yield identity, None
            elif relationship.single:
                yield identity, _NONE
            else:
                raise error

    def _children(self, urls: list[BatchGet], api: str) -> AsyncIterator[tuple[str, list[msgspec.Raw] | GraphError]]:
        return children(self.client, urls, api=api, bucket=self.entry.bucket)

    async def _singles(
        self, urls: list[BatchGet], api: str
    ) -> AsyncIterator[tuple[str, list[msgspec.Raw] | GraphError]]:
        replies = await batch(self.client, urls, api=api, bucket=self.entry.bucket)
        for url, reply in zip(urls, replies, strict=True):
            yield url.id, reply.failure(url.url) or [msgspec.Raw(reply.body)]

    async def _gone(self, collection: str, ids: list[str]) -> set[str]:
        """Which of these objects Graph no longer has. A 404 for what hangs on one of them does not say so by itself."""
        urls = [BatchGet(identity, f"{_address(collection, identity)}?$select=id") for identity in ids]
        gone: set[str] = set()
        for url, reply in zip(
            urls, await batch(self.client, urls, api=self.entry.api, bucket=self.entry.bucket), strict=True
        ):
            if reply.status == 404:
                gone.add(url.id)
            elif (failure := reply.failure(url.url)) is not None:
                raise failure
        return gone

    async def pause(self) -> None:
        """Leaves files and workspace so that another activity can go on."""
        self.checkpoint.snapshot = await self.snapshot.pause()
        self.checkpoint.volatile = await self.volatile.pause()
        self._place()

    async def close(self) -> None:
        """Ends the files: everything has been read."""
        self.checkpoint.snapshot, self.checkpoint.sha256 = await self.snapshot.close()
        self.checkpoint.volatile, _ = await self.volatile.close()
        self._place()

    @property
    def _select(self) -> tuple[str, ...]:
        return self.entry.select_in(self.cloud)

    @property
    def _query(self) -> str:
        options = ["$select=" + ",".join(self._select)] if self._select else []
        if self.entry.page_size:
            options.append(f"$top={self.entry.page_size}")
        return "?" + "&".join(options) if options else ""

    # ---- common ----------------------------------------------------------------------------------------------------

    async def _pages(self, link: str) -> AsyncIterator[Page]:
        async for page in pages(self.client, link, api=self.entry.api, bucket=self.entry.bucket):
            yield page
            self.checkpoint.waits = 0

    def _restart(self) -> None:
        if self.checkpoint.restarts >= _MOST_RESTARTS:
            raise GraphError(
                f"{self.entry.key}: the list expired {_MOST_RESTARTS + 1} times before its last page",
                path=self.entry.path,
                remedy="The next run starts it again; if it recurs, the tenant answers too slowly for its page tokens",
            )
        self.checkpoint.restarts += 1
        self.checkpoint.link = ""

    async def _begin_anew(self) -> None:
        """Nothing of the list so far counts: an expired list cannot be continued where it stopped."""
        self.workspace.forget_entries()
        self._pending.clear()
        await self.snapshot.restart()
        await self.volatile.restart()


def _swept(item: msgspec.Raw, relationship: Relationship) -> tuple[str, msgspec.Raw] | None:
    """One object of a sweep → (its id, its targets); None when there may be more targets than were expanded.

    Only a to-one link is left out where there is none: a list that is not there was not expanded.
    """
    try:
        parts = _decode_parts(item)
        identity = msgspec.json.decode(parts["id"], type=str)
        if relationship.name not in parts and not relationship.single:
            return None
        value = bytes(parts.get(relationship.name, b"null"))
        targets = [] if value == b"null" else [msgspec.Raw(value)] if relationship.single else _decode_raws(value)
    except (msgspec.DecodeError, KeyError) as error:
        raise FormatError(f"an expanded {relationship.name} cannot be read: {error}") from error
    if len(targets) >= _EXPAND_CAP or f"{relationship.name}@odata.nextLink" in parts:
        return None
    return identity, (contained if relationship.contained else links)(targets)


def _address(collection: str, identity: str) -> str:
    return f"{collection}/{quote(identity, safe='')}"
