"""Kinds of Identity Governance."""

from local.tenant.schema.model import Kind

KINDS: tuple[Kind, ...] = ()
