"""Intune: configurations, compliance, apps and who gets them."""

from collections.abc import Mapping

from local.tenant.rules.kinds import Rules

RULES: Mapping[str, Rules] = {}
