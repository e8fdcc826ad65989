"""Identity Governance: entitlement management, access reviews, lifecycle workflows, terms of use."""

from functions.catalogue.model import ObjectType

ENTRIES: tuple[ObjectType, ...] = ()
