"""Kinds of Intune's device management."""

from local.tenant.schema.model import Kind

KINDS: tuple[Kind, ...] = ()
