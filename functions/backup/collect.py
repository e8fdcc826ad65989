"""Reading one type: pages of Graph in, records in a block file and entries in the workspace out.

`Collector.run` works until the list has ended or the time budget is used up; what it knows then is in its checkpoint.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import batched

import msgspec

from functions.backup.addresses import Origin
from functions.backup.doubt import Doubting, look
from functions.backup.extras import prepare
from functions.backup.listing import PARENTS, Found, listed, listed_in_beta, together
from functions.backup.missed import Tally, missed
from functions.backup.reading import Reading
from functions.backup.relationships import relationships
from functions.backup.sweeps import sweep
from functions.backup.upload import BlockFile
from functions.core.record import Canonical, canonical, identity_of
from functions.core.toc import Entry
from functions.errors import GraphRejected, PageTokenExpired

_PHASES = ("prepare", "links", "objects", "beta", "missed", "doubt")
_decode_parts = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


@dataclass(slots=True)
class Collector:
    """One activity's work on one type. `before` gives the ids of the run this one is compared with, sorted. `wait`:
    seconds that have to pass before the checkpoint is taken up again, None where there is no doubt."""

    reading: Reading
    snapshot: BlockFile
    volatile: BlockFile
    before: Callable[[], AsyncIterator[list[str]]]
    doubting: Doubting
    wait: float | None = None
    _missing: Tally | None = None
    _pending: list[tuple[str, str, str]] = field(default_factory=list)

    async def run(self) -> bool:
        """True when the whole type has been read, False when the checkpoint has to be taken up again."""
        checkpoint = self.reading.checkpoint
        for phase in _PHASES[_PHASES.index(checkpoint.phase) :]:
            checkpoint.phase = phase
            if not await self._phase(phase):
                return False
            checkpoint.link = ""
        self._tell_unreturned()
        return True

    async def _phase(self, phase: str) -> bool:
        match phase:
            case "prepare":
                await prepare(self.reading)
                return True
            case "links":
                return await sweep(self.reading)
            case "objects":
                return await self._list()
            case "beta":
                return not self.reading.entry.also_beta or await self._list_in_beta()
            case "missed":
                return await self._look_for_missed()
            case _:
                return await self._settle_doubt()

    # ---- objects ---------------------------------------------------------------------------------------------------

    async def _list(self) -> bool:
        done = await self._to_the_end(lambda: listed(self.reading, self._unknown))
        self.reading.checkpoint.listed = self.snapshot.count
        return done

    async def _list_in_beta(self) -> bool:
        reading = self.reading
        try:
            done = await self._to_the_end(lambda: listed_in_beta(reading))
        except GraphRejected as error:
            reading.refuse(error, "What only beta lists", reading.entry.read_scopes, reading.entry.licence)
            done = True
        if done and (more := self.snapshot.count - reading.checkpoint.listed):
            reading.tell(
                "onlyInBeta",
                f"{reading.entry.title} ({reading.entry.key}): v1.0 leaves out {more}; those were read from beta",
                "Nothing to do: they use features in preview, and their records have the properties of beta",
            )
        return done

    async def _look_for_missed(self) -> bool:
        """Reads what the list left out."""
        return await self._to_the_end(self._missed)

    def _missed(self) -> AsyncGenerator[Found]:
        self._missing = Tally()
        return missed(self.reading, self.before(), self._held, self._missing)

    async def _settle_doubt(self) -> bool:
        """Asks again for what is missing, where so much is missing that one answer is not believed."""
        checkpoint, missing = self.reading.checkpoint, self._missing
        if checkpoint.doubt is not None:
            if not await self._look_for_missed():
                return False
        elif missing is not None and not self.doubting.thresholds.dropped(missing.there, missing.left):
            return True
        if not await look(self.reading, self.before(), self._held, self.doubting):
            return True
        checkpoint.link, self.wait = "", self.doubting.wait
        return False

    def _held(self, first: str, last: str) -> set[str]:
        """The ids of what has been read, in a range at least."""
        return self.reading.workspace.ids(first, last) | {identity for identity, _, _ in self._pending}

    async def _to_the_end(self, source: Callable[[], AsyncGenerator[Found]]) -> bool:
        """A list that expires begins anew; what is written stays, because each record was read whole."""
        while True:
            try:
                return await self._take(source())
            except PageTokenExpired:
                self.reading.restart(self.snapshot.count)

    async def _take(self, source: AsyncGenerator[Found]) -> bool:
        """Writes what is found. False: the time is up."""
        reading = self.reading
        async with aclosing(source):
            async for found in source:
                if not await self._write(found):
                    return False
                reading.workspace.mark(PARENTS, found.done)
                if found.link is not None:
                    reading.checkpoint.link = found.link
                    await reading.report("reading", self.snapshot.count)
                if found.pausing and found.link != "" and reading.expired():
                    return False
        return True

    async def _write(self, found: Found) -> bool:
        """False: the time was up with objects left; whoever lists them again finds those that are written."""
        new, entry = self._new(found.items), self.reading.entry
        if not entry.relationships:
            await self._write_objects(new, found.origin)
            return True
        # A few at a time: the links of a page of large groups are millions, and some buckets take seconds for each.
        size = together(entry.bucket, *(relationship.bucket for relationship in entry.relationships))
        left = len(new)
        for some in batched(new, size, strict=False):
            await self._write_objects({identity: new[identity] for identity in some}, found.origin)
            left -= len(some)
            if left and self.reading.expired():
                return False
        return True

    async def _write_objects(self, new: dict[str, msgspec.Raw], origin: Origin) -> None:
        # Objects are decoded one at a time: a page of them held decoded costs twice the CPU, in garbage collection.
        entry = self.reading.entry
        found = await relationships(self.reading, new, origin) if entry.relationships else None
        for identity, item in new.items():
            if found is not None and identity not in found:
                continue  # deleted since it was listed: its last record is the one of the run before
            record = canonical(item, entry, found[identity] if found is not None else None)
            self.snapshot.add(record.data)
            self._pending.append((identity, record.name, record.digest.hex()))
            if record.volatile is not None:
                self.volatile.add(record.volatile)
            self._look_for_unreturned(record)
        self._place()
        await self.snapshot.flush()
        await self.volatile.flush()
        if new:
            self.reading.checkpoint.waits = 0

    def _new(self, items: Sequence[msgspec.Raw]) -> dict[str, msgspec.Raw]:
        """The objects of a page that are not written yet: a directory that changes can repeat some."""
        entry = self.reading.entry
        new = {identity_of(item, entry): item for item in reversed(items)}
        for identity, _, _ in self._pending:
            new.pop(identity, None)
        for identity in self.reading.workspace.known(list(new)):
            del new[identity]
        return dict(reversed(new.items()))

    def _unknown(self, ids: list[str]) -> list[str]:
        known = self.reading.workspace.known(ids) | {identity for identity, _, _ in self._pending}
        return [identity for identity in dict.fromkeys(ids) if identity not in known]

    def _place(self) -> None:
        for member in self.snapshot.placed():
            count = len(member.items)
            self.reading.workspace.add(
                Entry(identity, name, digest, member.offset, member.length, at, size)
                for (identity, name, digest), (at, size) in zip(self._pending[:count], member.items, strict=True)
            )
            del self._pending[:count]

    # ---- what was selected and did not come --------------------------------------------------------------------------

    def _look_for_unreturned(self, record: Canonical) -> None:
        """v1.0 accepts some options silently: what was selected has to come back, null or not, in some object."""
        checkpoint = self.reading.checkpoint
        if checkpoint.unseen is None:
            checkpoint.unseen = sorted(self.reading.expected)
        for part in (record.data, record.volatile) if checkpoint.unseen else ():
            if part:
                seen = _decode_parts(part)
                checkpoint.unseen = [name for name in checkpoint.unseen if name not in seen]

    def _tell_unreturned(self) -> None:
        reading = self.reading
        if reading.checkpoint.unseen and self.snapshot.count:
            reading.tell(
                "propertyNotReturned",
                f"{reading.entry.key}: selected but in no answer: {', '.join(reading.checkpoint.unseen)}",
                "Nothing to do if this cloud or tenant does not have the property",
            )

    # ---- between two activities --------------------------------------------------------------------------------------

    async def pause(self) -> None:
        """Leaves files and workspace so that another activity can go on."""
        self.reading.checkpoint.snapshot = await self.snapshot.pause()
        self.reading.checkpoint.volatile = await self.volatile.pause()
        self._place()

    async def close(self) -> None:
        """Ends the files: everything has been read."""
        checkpoint = self.reading.checkpoint
        checkpoint.snapshot, checkpoint.sha256 = await self.snapshot.close()
        checkpoint.volatile, checkpoint.volatile_sha256 = await self.volatile.close()
        self._place()
