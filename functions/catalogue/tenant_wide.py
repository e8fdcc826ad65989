"""The tenant's own things: domains, branding, subscriptions, the multi-tenant organization."""

from functions.catalogue.model import ObjectType

ENTRIES: tuple[ObjectType, ...] = ()
