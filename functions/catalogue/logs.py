"""The logs: sign-ins, directory audits, provisioning. Streams, not snapshots."""

from functions.catalogue.model import ObjectType

ENTRIES: tuple[ObjectType, ...] = ()
