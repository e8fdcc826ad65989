"""The emulated tenant's object kinds: `KINDS` by name, `BY_PATH` by the URL of their collection or singleton.

A family's module has `KINDS`; it may have `COMPLEX`, complex types that only its kinds use, and `LATER`, members that
were added to its enumerations after they were published: kind → dotted path → members.
"""

from collections.abc import Mapping

from local.tenant.schema import (
    access,
    apps,
    attributes,
    authentication,
    complex,
    device_secrets,
    directory,
    external,
    governance,
    intune_apps,
    intune_devices,
    logs,
    people,
    pim,
    policies,
    tenant_wide,
)
from local.tenant.schema.model import Edition, Held, Kind, LinkRule, Property, Shown, Writes

_FAMILIES = (
    people,
    apps,
    access,
    authentication,
    policies,
    pim,
    governance,
    tenant_wide,
    external,
    attributes,
    directory,
    intune_devices,
    intune_apps,
    device_secrets,
    logs,
)


def _joined[Value](*parts: Mapping[str, Value]) -> Mapping[str, Value]:
    """One table of all. Two families may give the same name only if they mean the same by it."""
    whole: dict[str, Value] = {}
    for part in parts:
        for name, value in part.items():
            if whole.setdefault(name, value) != value:
                raise ValueError(f"'{name}' is given twice, and not alike")
    return whole


COMPLEX: Mapping[str, Mapping[str, Property]] = _joined(
    *(getattr(family, "COMPLEX", {}) for family in (complex, *_FAMILIES))
)
LATER: Mapping[str, Mapping[str, frozenset[str]]] = _joined(*(getattr(family, "LATER", {}) for family in _FAMILIES))
KINDS: Mapping[str, Kind] = _joined(*({kind.name: kind} for family in _FAMILIES for kind in family.KINDS))
BY_PATH: Mapping[str, Kind] = {kind.path: kind for kind in KINDS.values() if kind.path}

__all__ = ["BY_PATH", "COMPLEX", "KINDS", "LATER", "Edition", "Held", "Kind", "LinkRule", "Property", "Shown", "Writes"]
