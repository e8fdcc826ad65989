"""Intune: apps, app protection and app configuration."""

from functions.catalogue.model import ObjectType

ENTRIES: tuple[ObjectType, ...] = ()
