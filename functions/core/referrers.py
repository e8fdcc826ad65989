"""Who names whom: the ids inside records turned round, so that what named an object is found without reading a tenant.

In: the records of a run. Out: lines `{"id": the id that is named, "by": [[type, id, place], …]}`, sorted by that id, in
an array file whose members are found through an index. `place` is a dotted path inside the record, or
`@relationships.{name}` for a link. docs/format.md ("Referrers") is the specification.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec

from functions.catalogue.model import ObjectType
from functions.core.gzipped import MEMBER_TEXT, ArrayWriter, Placed
from functions.core.record import RELATIONSHIPS, Object
from functions.core.references import references
from functions.errors import FormatError

_MOST = 500  # referrers of one line: what everybody names takes several lines
_PIECE = 1 << 20


class Referrer(NamedTuple):
    """One record that names an id, and where in it the id stands."""

    type: str
    id: str
    place: str


class Line(msgspec.Struct, frozen=True):
    """One line of the file."""

    id: str
    by: list[tuple[str, str, str]]


class Block(msgspec.Struct, frozen=True):
    """A gzip member of the file, and the id of its first line."""

    id: str
    offset: int
    length: int


_encode = msgspec.json.Encoder().encode
_decode_lines = msgspec.json.Decoder(list[Line]).decode
_decode_blocks = msgspec.json.Decoder(list[Block]).decode


def names_others(entry: ObjectType) -> bool:
    """Whether records of the type name other objects at all."""
    return bool(entry.references) or any(not link.contained for link in entry.relationships)


def named_in(line: bytes, entry: ObjectType) -> Iterator[tuple[str, str]]:
    """Every (id in lower case, place) that a record names, each once. Raises FormatError for what is no record."""
    try:
        record = _heads(entry)(line)
    except msgspec.DecodeError as error:
        raise FormatError(f"{entry.key}: a record cannot be read: {error}") from error
    for found in references(record, entry, elsewhere=True):
        yield found.target, found.place
    related = record.get(RELATIONSHIPS)
    if not isinstance(related, dict):
        return
    for link in entry.relationships:
        targets = related.get(link.name)
        if link.contained or not isinstance(targets, list):
            continue
        for target in targets:
            if isinstance(target, dict) and isinstance(target.get("id"), str):
                yield str(target["id"]).lower(), f"{RELATIONSHIPS}.{link.name}"


class Writer:
    """Sorted rows (id, type, record, place) in, the pieces of the file and then its index out."""

    def __init__(self, *, member_text: int = MEMBER_TEXT, most: int = _MOST) -> None:
        self.named = 0
        self._most = most
        self._writer = ArrayWriter(member_text, placing=True)
        self._ids: list[str] = []  # of the lines of the members not closed yet
        self._blocks: list[Block] = []

    def pieces(self, rows: Iterable[tuple[str, str, str, str]]) -> Iterator[bytes]:
        """The bytes of the file."""
        for target, group in groupby(rows, key=itemgetter(0)):
            by: list[tuple[str, str, str]] = []
            for _, key, identity, place in group:
                by.append((key, identity, place))
                if len(by) == self._most:
                    self._add(target, by)
                    by = []
            if by:
                self._add(target, by)
            if self._writer.waiting >= _PIECE:
                yield self._taken()
        self._writer.close()
        yield self._taken()

    def index(self) -> Iterator[bytes]:
        """The bytes of the index, once all pieces were taken."""
        writer = ArrayWriter()
        for block in self._blocks:
            writer.add(_encode(block))
        writer.close()
        yield writer.take()

    def _add(self, target: str, by: list[tuple[str, str, str]]) -> None:
        self.named += len(by)
        self._ids.append(target)
        self._writer.add(_encode(Line(target, by)))

    def _taken(self) -> bytes:
        for member in self._writer.placed():
            self._note(member)
        return self._writer.take()

    def _note(self, member: Placed) -> None:
        if member.items:  # the end of the array is a member of its own where a file ends with a full one
            self._blocks.append(Block(self._ids[0], member.offset, member.length))
            del self._ids[: len(member.items)]


def blocks_of(lines: Iterable[bytes]) -> list[Block]:
    """The index, from the lines of its file. Raises FormatError."""
    return _read(_decode_blocks, lines)


def lines_of(lines: Iterable[bytes]) -> list[Line]:
    """Lines of the file. Raises FormatError."""
    return _read(_decode_lines, lines)


def blocks_for(blocks: list[Block], wanted: Iterable[str]) -> list[Block]:
    """The blocks that may hold lines of the wanted ids, in the order of the file, each once."""
    found: list[Block] = []
    ids = sorted(wanted)
    at = 0
    for number, block in enumerate(blocks):
        after = blocks[number + 1].id if number + 1 < len(blocks) else None
        while at < len(ids) and ids[at] < block.id:
            at += 1
        # lines of one id may begin in one block and go on in the next, so an id may need more than one
        if at < len(ids) and (after is None or ids[at] <= after):
            found.append(block)
    return found


def _read[T](decode: Callable[[bytes], list[T]], lines: Iterable[bytes]) -> list[T]:
    try:
        return decode(b"[" + b",".join(lines) + b"]")
    except msgspec.DecodeError as error:
        raise FormatError(f"a line of the referrers of a run cannot be read: {error}") from error


@cache
def _heads(entry: ObjectType) -> Callable[[bytes], Object]:
    """Decodes of a record only what ids can stand in: a tenth of the cost of all of it."""
    names = {RELATIONSHIPS}
    for place in entry.references:
        names |= {place, place.partition(".")[0]}  # a property whose own name holds a dot
    fields = [(f"f{number}", Any, msgspec.UNSET) for number in range(len(names))]
    rename = {f"f{number}": name for number, name in enumerate(sorted(names))}
    decode = msgspec.json.Decoder(msgspec.defstruct("Heads", fields, rename=rename, gc=False)).decode

    def heads(line: bytes) -> Object:
        found = decode(line)
        values = {name: getattr(found, field) for field, name in rename.items()}
        return {name: value for name, value in values.items() if value is not msgspec.UNSET}

    return heads
