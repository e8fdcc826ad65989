"""More of the directory: contacts, the recycle bin, certificates of apps, what is read in slow passes of its own."""

from functions.catalogue.model import ObjectType

ENTRIES: tuple[ObjectType, ...] = ()
