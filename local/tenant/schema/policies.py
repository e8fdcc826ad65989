"""Kinds of tenant-wide policies and group settings."""

from local.tenant.schema.model import Kind

KINDS: tuple[Kind, ...] = ()
