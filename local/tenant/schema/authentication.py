"""Kinds of authentication: methods, strengths, contexts, certificates."""

from local.tenant.schema.model import Kind

KINDS: tuple[Kind, ...] = ()
