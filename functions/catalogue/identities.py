"""Which permissions go to which identity: to the reader by preset, to the restorer for all that can be restored.

Entries in; lists of `Grant` out, which `python -m docs.generate` writes to infra/graph-permissions.json with the id of
each permission. Deployment and script grant from that file and nothing else.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from functions.catalogue.choice import Choice, enabled
from functions.catalogue.model import ObjectType, Preset
from functions.catalogue.permissions import read_permissions, write_permissions

NATIONAL_CLOUDS = ("usGov", "usGovDoD", "china")
ALL = "all"  # beside the presets: with the types that are in none and are switched on by name


class Grant(NamedTuple):
    """One permission. `not_in` are clouds where nothing needs it, because the types it is for are not there."""

    name: str
    not_in: tuple[str, ...] = ()


def reader_grants(entries: Iterable[ObjectType]) -> Mapping[str, tuple[Grant, ...]]:
    """Preset, or `all` → what the reader needs for its types, sorted by name."""
    entries = tuple(entries)
    chosen = {preset.value: set(enabled(Choice(preset), entries)) for preset in Preset}
    chosen[ALL] = {entry.key for entry in entries}
    return {
        name: _grants([entry for entry in entries if entry.key in keys], read_permissions)
        for name, keys in chosen.items()
    }


def restorer_grants(entries: Iterable[ObjectType]) -> tuple[Grant, ...]:
    """What the restorer needs to write back all that can be written back, sorted by name."""
    return _grants(tuple(entries), write_permissions)


def _grants(
    entries: Iterable[ObjectType], needs: Callable[[Iterable[ObjectType]], Mapping[str, tuple[str, ...]]]
) -> tuple[Grant, ...]:
    entries = tuple(entries)
    there = {cloud: needs([e for e in entries if cloud not in e.missing_in]) for cloud in NATIONAL_CLOUDS}
    return tuple(
        Grant(name, tuple(cloud for cloud, names in there.items() if name not in names)) for name in needs(entries)
    )
