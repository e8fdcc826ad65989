"""Whom a Conditional Access policy reaches: pure.

In: policies as Graph shows them. Out: whether one shuts everybody out, and whom a change brings under one.
"""

from functions.core.diff import empty
from functions.core.plan_rules import strings, within
from functions.core.record import Json, Object

_GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"  # the template id, the same in every tenant
_INTERACTIVE = {"browser", "mobileAppsAndDesktopClients"}


def locks_out(policy: Object) -> bool:
    """True for a policy in force that blocks all users, or the Global Administrators, everywhere and on every path.

    Exclusions do not count as a way in: whether the excluded account works cannot be seen from here.
    """
    users, conditions = within(policy, "conditions", "users"), within(policy, "conditions")
    everyone = "All" in strings(within(users, "includeUsers"))
    administrators = _GLOBAL_ADMINISTRATOR in strings(within(users, "includeRoles"))
    return (
        policy.get("state") == "enabled"
        and (everyone or administrators)
        and "All" in strings(within(conditions, "applications", "includeApplications"))
        and "block" in strings(within(policy, "grantControls", "builtInControls"))
        and not (isinstance(conditions, dict) and _narrowed(conditions))
    )


def _narrowed(conditions: Object) -> bool:
    clients = set(strings(conditions.get("clientAppTypes")))
    platforms, locations = within(conditions, "platforms"), within(conditions, "locations")
    return (
        (bool(clients) and "all" not in clients and not clients >= _INTERACTIVE)
        or (not empty(platforms) and not _all_of(platforms, "Platforms", "all"))
        or (not empty(locations) and not _all_of(locations, "Locations", "All"))
        or any(
            not empty(conditions.get(name))
            for name in ("signInRiskLevels", "userRiskLevels", "insiderRiskLevels", "devices", "authenticationFlows")
        )
    )


def _all_of(condition: Json, kind: str, everything: str) -> bool:
    included = strings(within(condition, f"include{kind}"))
    excluded = strings(within(condition, f"exclude{kind}"))
    return everything in included and not excluded


def covered_again(current: Object, after: Object) -> list[str]:
    """Whom the policy excludes now and would not any more."""
    found = []
    for kind in ("User", "Group", "Role"):
        path = ("conditions", "users", f"exclude{kind}s")
        kept = strings(within(after, *path))
        found += [f"{kind.lower()} {item}" for item in strings(within(current, *path)) if item not in kept]
    return found
