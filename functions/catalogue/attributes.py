"""Custom security attributes and extensions of the directory's schema."""

from functions.catalogue.model import ObjectType

ENTRIES: tuple[ObjectType, ...] = ()
