"""Kinds of external identities: providers, user flows, extensions, listeners."""

from local.tenant.schema.model import Kind

KINDS: tuple[Kind, ...] = ()
