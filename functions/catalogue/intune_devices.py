"""Intune: configuration, compliance, scripts, enrolment, filters, roles, devices."""

from functions.catalogue.model import ObjectType

ENTRIES: tuple[ObjectType, ...] = ()
