"""How people sign in: methods, strengths, contexts, security defaults, certificates."""

from functions.catalogue.model import ObjectType

ENTRIES: tuple[ObjectType, ...] = ()
