"""BitLocker recovery keys and local administrator passwords: secrets, off unless switched on."""

from functions.catalogue.model import ObjectType

ENTRIES: tuple[ObjectType, ...] = ()
