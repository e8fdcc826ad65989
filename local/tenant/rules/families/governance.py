"""Entitlement, reviews, workflows, external identities, attributes, the tenant as a whole."""

from collections.abc import Mapping

from local.tenant.rules.kinds import Rules

RULES: Mapping[str, Rules] = {}
