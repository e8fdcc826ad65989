"""Privileged Identity Management: eligibility and assignment schedules, and the policies of roles and groups."""

from functions.catalogue.model import ObjectType

ENTRIES: tuple[ObjectType, ...] = ()
