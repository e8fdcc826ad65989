"""The emulated directory's object kinds: `KINDS` by name, `BY_PATH` by the URL of their collection."""

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
from local.tenant.schema.model import Held, Kind, LinkRule, Property, Shown, Writes

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
# a family may have a COMPLEX of its own beside its KINDS; a name may be given once
COMPLEX: Mapping[str, Mapping[str, Property]] = {
    name: fields for family in (complex, *_FAMILIES) for name, fields in getattr(family, "COMPLEX", {}).items()
}
KINDS: Mapping[str, Kind] = {kind.name: kind for family in _FAMILIES for kind in family.KINDS}
BY_PATH: Mapping[str, Kind] = {kind.path: kind for kind in KINDS.values() if kind.path}

__all__ = ["BY_PATH", "COMPLEX", "KINDS", "Held", "Kind", "LinkRule", "Property", "Shown", "Writes"]
