"""What an answer shows of an object: documented default properties, or what $select names.

In: rows as they are stored (unset properties are not stored). Out: values ready to be encoded. The common case builds a
msgspec struct of undecoded values for each projection, so that a page costs one scan of each row's text.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import UNSET, Raw

from local.tenant.objects import Row
from local.tenant.rules import GraphFault
from local.tenant.schema import KINDS, Edition, Kind, Property, Shown

Answer = dict[str, Any]

ODATA_TYPE = "@odata.type"


def unknown_property(name: str, kind: Kind) -> GraphFault:
    return GraphFault(
        400,
        "BadRequest",
        f"Parsing OData Select and Expand failed: Could not find a property named '{name}' "
        f"on type 'microsoft.graph.{kind.name}'.",
    )


def selected(kind: Kind, select: tuple[str, ...] | None, edition: Edition, *, single: bool) -> tuple[str, ...]:
    """The names to show; refuses what the kind does not have or what a list cannot give."""
    if select is None:
        return tuple(
            name
            for name, rule in kind.properties.items()
            if rule.shown in (Shown.DEFAULT, Shown.DETAIL) and rule.known(edition)
        )
    for name in select:
        if name.startswith("@"):
            raise GraphFault(
                400,
                "BadRequest",
                f"Parsing OData Select and Expand failed: Term '{name}' is not valid in a $select or $expand "
                "expression.",
            )
        rule = kind.properties.get(name)
        if rule is None and kind.open and name.startswith("extension_"):
            continue
        if rule is None or rule.shown is Shown.NEVER or not rule.known(edition):
            raise unknown_property(name, kind)
        if rule.shown is Shown.SINGLE and not single:
            raise GraphFault(501, "NotImplemented", f"The property '{name}' cannot be selected on a collection.")
    return select


class Projection:
    """One projection of one kind. `typed` puts `@odata.type` in front, as mixed collections do; `sparse` leaves unset
    properties out, as delta does; `single` shows what a list keeps back; `revealed` names the blanked properties that
    this answer shows whole."""

    def __init__(
        self,
        kind: Kind,
        names: tuple[str, ...],
        *,
        typed: bool,
        sparse: bool,
        single: bool = False,
        revealed: frozenset[str] = frozenset(),
    ) -> None:
        self.kind = kind
        self._names = names
        self._typed = typed or bool(kind.subtypes)
        self._sparse = sparse
        self._blanked = {name: field for name, field in kind.blanked.items() if name in names and name not in revealed}
        hidden = {name: rule for name, rule in kind.properties.items() if rule.shown is Shown.DETAIL and not single}
        self._hidden = {name: _unset(rule) for name, rule in hidden.items() if name in names}
        self._readers: dict[str, Callable[[bytes], Any]] = {}

    def show(self, row: Row) -> Any:
        subtype = _peek(row.data) if self.kind.subtypes else ""
        reader = self._readers.get(subtype)
        if reader is None:
            reader = self._readers[subtype] = self._reader(subtype)
        return reader(row.data)

    def _reader(self, subtype: str) -> Callable[[bytes], Any]:
        fields: list[tuple[str, Any, Any]] = []
        if self._typed:
            typed = Raw(msgspec.json.encode(subtype or self.kind.odata_type))
            fields.append(("odata_type", Raw, msgspec.field(name=ODATA_TYPE, default=typed)))
        present = {rule.name for rule in self.kind.of_subtype(subtype)}
        for at, name in enumerate(self._names):
            rule = self.kind.properties.get(name)
            if rule is not None and name not in present:
                continue
            default = UNSET if self._sparse or rule is None or rule.sparse else _unset(rule)
            fields.append((f"p{at}", Raw | msgspec.UnsetType, msgspec.field(name=name, default=default)))
        decode = msgspec.json.Decoder(msgspec.defstruct("Shown", fields, gc=False)).decode
        if not self._blanked and not self._hidden:
            return decode
        given = {name for name, _, _ in fields}
        place = {name: f"p{at}" for at, name in enumerate(self._names) if f"p{at}" in given}
        blanks = [(place[name], field) for name, field in self._blanked.items() if name in place]
        hidden = [(place[name], value) for name, value in self._hidden.items() if name in place]

        def read(data: bytes) -> Any:
            shown = decode(data)
            for attribute, field in blanks:
                setattr(shown, attribute, _blank(getattr(shown, attribute), field))
            for attribute, value in hidden:
                setattr(shown, attribute, value)
            return shown

        return read


@lru_cache(maxsize=512)
def projection(
    kind: str,
    names: tuple[str, ...],
    *,
    typed: bool = False,
    sparse: bool = False,
    single: bool = False,
    revealed: frozenset[str] = frozenset(),
) -> Projection:
    return Projection(KINDS[kind], names, typed=typed, sparse=sparse, single=single, revealed=revealed)


def _unset(rule: Property) -> Raw:
    return Raw(b"[]") if rule.collection else Raw(b"null")


class _Typed(msgspec.Struct):
    odata_type: str = msgspec.field(name=ODATA_TYPE, default="")


_peek_decoder = msgspec.json.Decoder(_Typed)


def _peek(data: bytes) -> str:
    return _peek_decoder.decode(data).odata_type


def _blank(value: Raw | msgspec.UnsetType, field: str) -> Raw | msgspec.UnsetType:
    if value is UNSET or bytes(value) in (b"[]", b"null"):
        return value
    items: list[dict[str, Any]] = msgspec.json.decode(value)
    return Raw(msgspec.json.encode([{**item, field: None} for item in items]))


def mixed(kinds: Iterable[str], select: tuple[str, ...] | None, edition: Edition) -> dict[str, Projection]:
    """Projections for a collection of several kinds: a name has to be known to at least one of them."""
    known = [KINDS[kind] for kind in kinds if kind in KINDS]
    if select is None:
        return {
            kind.name: projection(kind.name, selected(kind, None, edition, single=False), typed=True) for kind in known
        }
    for name in select:
        if not any(name in kind.properties or (kind.open and name.startswith("extension_")) for kind in known):
            raise GraphFault(
                400,
                "BadRequest",
                f"Parsing OData Select and Expand failed: Could not find a property named '{name}' "
                "on type 'microsoft.graph.directoryObject'.",
            )
    return {
        kind.name: projection(kind.name, tuple(n for n in select if _has(kind, n, edition)), typed=True)
        for kind in known
    }


def _has(kind: Kind, name: str, edition: Edition) -> bool:
    rule = kind.properties.get(name)
    if rule is None:
        return kind.open and name.startswith("extension_")
    return rule.shown in (Shown.DEFAULT, Shown.DETAIL, Shown.SELECT) and rule.known(edition)


def plain(shown: Any) -> Answer:
    """A shown object as a dict, for the few answers that have to be worked on."""
    return msgspec.json.decode(msgspec.json.encode(shown), type=Answer)
