"""Kinds of log events."""

from local.tenant.schema.model import Kind

KINDS: tuple[Kind, ...] = ()
