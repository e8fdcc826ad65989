"""Random histories of one object: what it was like when it was backed up, and what happened to it then.

Values come from other objects of the same type, or are bent from the object's own, so that most of them are what Graph
takes; what it does not take leaves the object as it is, which is a history like any other.
"""

from dataclasses import dataclass
from typing import Any, Literal

from hypothesis import strategies as st

type Fate = Literal["kept", "deleted", "purged"]


@dataclass(frozen=True)
class Edit:
    """One property is given the value another object has (`donor`), or one bent from its own (`bend`)."""

    place: int
    donor: int
    bend: int


@dataclass(frozen=True)
class History:
    """`which` object; the edits before the backup and after it; what becomes of it; which links are cut."""

    which: int
    before: tuple[Edit, ...]
    after: tuple[Edit, ...]
    cut: tuple[int, ...]
    fate: Fate


_SOME = st.integers(0, 10_000)
_EDITS = st.lists(st.builds(Edit, _SOME, _SOME, st.integers(0, 6)), max_size=4).map(tuple)

HISTORIES = st.builds(
    History,
    which=_SOME,
    before=_EDITS,
    after=_EDITS,
    cut=st.lists(st.integers(0, 12), max_size=3).map(tuple),
    fate=st.sampled_from(("kept", "kept", "deleted", "purged")),
)


def value_for(edit: Edit, own: Any, theirs: Any) -> Any:
    """The new value of a property: another object's, or the own one bent."""
    if edit.bend == 0 or own is None:
        return theirs
    return bent(own, edit.bend)


def bent(value: Any, bend: int) -> Any:
    """A value like this one, and another."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + bend
    if isinstance(value, str):
        return _text(value, bend)
    if isinstance(value, list):
        return value[1:] if bend % 2 else list(reversed(value))[:-1]
    if isinstance(value, dict) and value:
        names = sorted(name for name in value if "@odata" not in name)
        if not names:
            return value
        name = names[bend % len(names)]
        return {**value, name: bent(value[name], bend)}
    return value


def _text(value: str, bend: int) -> str:
    if bend == 1:
        return f"{value} – {bend}é漢"
    if bend == 2:
        return value[:-1] or "x"
    return f"{value}{bend}"
