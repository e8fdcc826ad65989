"""Kinds the tenant has of itself: domains, branding, subscriptions, multi-tenant organization."""

from local.tenant.schema.model import Kind

KINDS: tuple[Kind, ...] = ()
