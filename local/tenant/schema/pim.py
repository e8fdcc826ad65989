"""Kinds of Privileged Identity Management."""

from local.tenant.schema.model import Kind

KINDS: tuple[Kind, ...] = ()
