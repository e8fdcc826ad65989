"""Kinds of custom security attributes and schema extensions."""

from local.tenant.schema.model import Kind

KINDS: tuple[Kind, ...] = ()
