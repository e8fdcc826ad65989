"""The emulated directory's object kinds: `KINDS` by name, `BY_PATH` by the URL of their collection."""

from collections.abc import Mapping

from local.tenant.schema import access, apps, people
from local.tenant.schema.complex import COMPLEX
from local.tenant.schema.model import Held, Kind, LinkRule, Property, Shown, Writes

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (*people.KINDS, *apps.KINDS, *access.KINDS)}
BY_PATH: Mapping[str, Kind] = {kind.path: kind for kind in KINDS.values() if kind.path}

__all__ = ["BY_PATH", "COMPLEX", "KINDS", "Held", "Kind", "LinkRule", "Property", "Shown", "Writes"]
