"""External identities: identity providers, user flows, authentication extensions and listeners."""

from functions.catalogue.model import ObjectType

ENTRIES: tuple[ObjectType, ...] = ()
