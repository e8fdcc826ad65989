"""Further kinds of the directory: contacts, authentication methods, synchronization jobs."""

from local.tenant.schema.model import Kind

KINDS: tuple[Kind, ...] = ()
