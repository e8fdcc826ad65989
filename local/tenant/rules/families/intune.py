"""Intune: configurations, compliance, apps and who gets them."""

from local.tenant.rules.intune import RULES

__all__ = ["RULES"]
