"""One activity's reading of one type: what its parts share. Pages in order, progress, and what a refusal leaves."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import msgspec

from functions.backup.addresses import Origin, address, collection, condition, query
from functions.backup.expanded import expanded
from functions.backup.messages import Checkpoint
from functions.backup.workspace import Workspace
from functions.catalogue.model import ObjectType, Outcome, Read
from functions.core.manifest import Gap
from functions.errors import GraphError, GraphRejected
from functions.graph.batch import BatchGet, batch
from functions.graph.classify import gap
from functions.graph.client import GraphClient
from functions.graph.pages import Page, pages

_MOST_RESTARTS = 3
_REFUSALS = {Outcome.REFUSED, Outcome.UNLICENSED, Outcome.UNAVAILABLE}

type Report = Callable[[str, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Reading:
    """`tenant` is the tenant's id; `expired` says when the time budget is used up."""

    client: GraphClient
    entry: ObjectType
    cloud: str
    tenant: str
    workspace: Workspace
    checkpoint: Checkpoint
    expired: Callable[[], bool]
    report: Report

    @property
    def origin(self) -> Origin:
        """Where the objects are, parents aside."""
        return Origin(collection(self.entry, self.tenant), self.entry.api)

    @property
    def origins(self) -> tuple[Origin, ...]:
        """Where one object may be asked for: beta too, where v1.0 leaves some out."""
        beta = (self.origin._replace(api="beta"),) if self.entry.also_beta else ()
        return (self.origin, *beta)

    @property
    def expected(self) -> tuple[str, ...]:
        """What each record's read names in `$select` and has to answer, null or not."""
        entry, missing = self.entry, self.entry.missing_properties.get(self.cloud, frozenset())
        more = [name for extra in entry.extras for name in extra.select if name not in missing]
        left_out = self.checkpoint.left_out
        return (
            *(name for name in self._named if name not in missing),
            *(name for name in more if name not in left_out),
        )

    @property
    def select(self) -> tuple[str, ...]:
        """What each record's read names in `$select`: empty, and everything comes."""
        return (*self.expected, *self.checkpoint.extension_values)

    @property
    def _named(self) -> tuple[str, ...]:
        return self.entry.detail if self.entry.read is Read.EACH else self.entry.select

    def list_query(self, parent: str = "") -> str:
        """What is asked of the list. Of EACH it gives the ids alone, so what is asked of objects is not asked there."""
        entry = self.entry
        where = condition(entry, self.tenant, parent)
        if entry.read is Read.EACH:
            return query(entry.select_in(self.cloud), (), where, entry.page_size)
        return query(self.select, entry.expand, where, entry.page_size)

    def object_url(self, origin: str, identity: str) -> str:
        """One object, asked for so that its record is the one that the list would give."""
        return address(self.entry, origin, identity) + query(self.select, self.entry.expand)

    async def pages(self, link: str, *, api: str = "", bucket: str = "") -> AsyncIterator[Page]:
        """Every page from this link to the last."""
        api, bucket = api or self.entry.api, bucket or self.entry.bucket
        async for page in pages(self.client, link, api=api, bucket=bucket):
            yield page
            self.checkpoint.waits = 0

    async def objects(self, ids: Sequence[str], origin: Origin) -> list[msgspec.Raw]:
        """Those of these objects that are there, each read by its id. Raises GraphError for any answer but a 404."""
        # v1.0 answers 400, not 404, for one that only beta can show; beta is asked next.
        absent = {404, 400} if self.entry.also_beta and origin.api != "beta" else {404}
        urls = [BatchGet(one, self.object_url(origin.path, one)) for one in ids]
        found: list[msgspec.Raw] = []
        for url, reply in zip(
            urls, await batch(self.client, urls, api=origin.api, bucket=self.entry.bucket), strict=True
        ):
            failure = reply.failure(url.url)
            if failure is not None and failure.status not in absent:
                raise failure
            if failure is None:
                found.append(await self.whole(msgspec.Raw(reply.body), origin.api, self.entry.bucket))
        return found

    async def whole(self, thing: msgspec.Raw, api: str, bucket: str) -> msgspec.Raw:
        """The object with every page of what was expanded in it."""
        return await expanded(thing, lambda link: pages(self.client, link, api=api, bucket=bucket))

    async def gone(self, ids: Iterable[str], origin: Origin) -> set[str]:
        """Which of these objects Graph no longer has. A 404 for what hangs on one of them does not say so by itself."""
        if self.entry.read is Read.ONE:
            return set()  # its address is the one it has just been read from
        select = (self.entry.identity,) if self._named else ()
        return await self.absent(
            [BatchGet(one, address(self.entry, origin.path, one) + query(select)) for one in ids], origin.api
        )

    async def absent(self, urls: list[BatchGet], api: str) -> set[str]:
        """The ids of those that are answered with 404. Raises GraphError for any other failure."""
        lost: set[str] = set()
        for url, reply in zip(urls, await batch(self.client, urls, api=api, bucket=self.entry.bucket), strict=True):
            failure = reply.failure(url.url)
            if failure is not None and failure.status != 404:
                raise failure
            if failure is not None:
                lost.add(url.id)
        return lost

    def refuse(self, error: GraphRejected, part: str, scopes: tuple[str, ...], licence: str) -> None:
        """A refused part leaves the objects whole and becomes a gap; any other failure is the type's, and raised."""
        subject = replace(
            self.entry,
            title=f"{part} of {self.entry.title}",
            read_scopes=scopes,
            licence=licence,
            # What the entry says of a refusal names the permission for its objects, which were readable.
            tolerates=tuple(rule for rule in self.entry.tolerates if rule.outcome is not Outcome.REFUSED),
        )
        reason = gap(error, subject, self.cloud)
        if reason.outcome not in _REFUSALS:
            raise error
        self.checkpoint.partial = True
        self.tell(reason.code, reason.message, reason.remedy)

    def tell(self, code: str, message: str, remedy: str) -> None:
        """Adds a gap to the type's."""
        self.checkpoint.gaps.append(Gap(code, message, remedy))

    def restart(self, objects: int) -> None:
        """Begins a list anew after an expired page token, unless that has brought no object too often."""
        checkpoint = self.checkpoint
        if objects > checkpoint.restarted_at:
            checkpoint.restarts = 0
        if checkpoint.restarts >= _MOST_RESTARTS:
            raise GraphError(
                f"{self.entry.key}: the list expired {_MOST_RESTARTS + 1} times before its last page",
                path=self.entry.path,
                remedy="The next run starts it again; if it recurs, the tenant answers too slowly for its page tokens",
            )
        checkpoint.restarts += 1
        checkpoint.restarted_at = objects
        checkpoint.link = ""
