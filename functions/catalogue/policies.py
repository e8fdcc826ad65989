"""Tenant-wide policies: authorization, cross-tenant access, consent, tokens, application management, groups."""

from functions.catalogue.model import ObjectType

ENTRIES: tuple[ObjectType, ...] = ()
