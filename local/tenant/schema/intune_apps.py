"""Kinds of Intune's app management."""

from local.tenant.schema.model import Kind

KINDS: tuple[Kind, ...] = ()
