"""Kinds of device secrets: recovery keys and local administrator passwords."""

from local.tenant.schema.model import Kind

KINDS: tuple[Kind, ...] = ()
