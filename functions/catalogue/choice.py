"""Which types are backed up: a preset, and types switched on or off besides. Pure.

In: a choice and the entries. Out: the types it names, and what a person should know of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from functions.catalogue.model import ObjectType, Preset

_HOLDS = {preset: frozenset(list(Preset)[: place + 1]) for place, preset in enumerate(Preset)}


@dataclass(frozen=True, slots=True)
class Choice:
    """`on` are added to the preset, `off` taken from it. A type that a later version adds follows the preset."""

    preset: Preset = Preset.STANDARD
    on: frozenset[str] = frozenset()
    off: frozenset[str] = frozenset()


class Warning(NamedTuple):
    """What follows from a choice for one type."""

    type: str
    code: str
    message: str


def enabled(choice: Choice, entries: Iterable[ObjectType]) -> tuple[str, ...]:
    """The keys of the types that are backed up, in the order of the entries."""
    held = _HOLDS[choice.preset]
    return tuple(
        entry.key
        for entry in entries
        if entry.key not in choice.off and (entry.preset in held or entry.key in choice.on)
    )


def warnings(chosen: Iterable[str], entries: Mapping[str, ObjectType]) -> tuple[Warning, ...]:
    """What is lost by leaving types out, and what is at stake with those that hold secrets."""
    on = set(chosen)
    found: list[Warning] = []
    for key, entry in entries.items():
        if key in on:
            if entry.private:
                found.append(Warning(key, "holdsSecrets", _SECRETS.format(title=entry.title)))
            continue
        naming = sorted(
            other.key
            for other in entries.values()
            if other.key in on and key in {*other.depends_on, *chain.from_iterable(other.leads_to.values())}
        )
        if naming:
            found.append(Warning(key, "dependedOn", _DEPENDED.format(key=key, naming=", ".join(naming))))
        found += [
            Warning(key, "recycleBin", _BIN.format(key=key, live=live.key))
            for live in entries.values()
            if live.bin == key and live.key in on
        ]
    return tuple(found)


_SECRETS = (
    "{title} are secrets: they are copied to the container `secrets`. Let as few people as possible read it, and "
    "expect an entry in the tenant's audit log for each that is read."
)
_DEPENDED = (
    "{naming} name objects of {key}. Without {key} a restore cannot bring those objects back first, and ids that lead "
    "nowhere are not told."
)
_BIN = "Without {key}, nobody can tell whether one of {live} that is gone lies in the recycle bin or is lost for good."
