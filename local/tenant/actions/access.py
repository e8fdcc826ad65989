"""Roles, Conditional Access, tenant-wide policies: what can be asked of them beyond plain writes."""

from collections.abc import Mapping

from local.tenant.actions.model import Action, Effects

ACTIONS: tuple[Action, ...] = ()
EFFECTS: Mapping[str, Effects] = {}
