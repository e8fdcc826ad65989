"""The rules of every type that has rules of its own, joined from the modules of the families."""

from collections.abc import Mapping

from functions.core import plan_groups, plan_policies, plan_users
from functions.core.plan_rules import Rules

RULES: Mapping[str, Rules] = {
    "users": plan_users.RULES,
    "groups": plan_groups.RULES,
    "conditionalAccessPolicies": plan_policies.CONDITIONAL_ACCESS,
    "namedLocations": plan_policies.NAMED_LOCATION,
}


def rules_of(key: str) -> Rules:
    """The rules of a type, those that ask for nothing where it has none."""
    return RULES.get(key, _NONE)


_NONE = Rules()
