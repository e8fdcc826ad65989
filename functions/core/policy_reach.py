"""Whom a Conditional Access policy reaches, and whether it closes the last way in: pure.

In: policies as Graph shows them, and what is known of administrators, emergency accounts and the caller. Out: who would
be shut out, and who is brought under a policy that left them out.
"""

from functions.core.diff import empty, same
from functions.core.plan_rules import Safety, strings, within
from functions.core.record import Json, Object

_INTERACTIVE = {"browser", "mobileAppsAndDesktopClients"}
_PLATFORMS = frozenset({"android", "ios", "linux", "macos", "windows"})  # nobody has a windowsPhone any more
_EVERYWHERE = {"All", "MicrosoftAdminPortals"}  # without the portals nobody administers anything


def shut_out(policy: Object, safety: Safety) -> str:
    """Who would have no way in under a policy in force, in words; "" where an emergency account keeps one.

    A policy shuts out whom it blocks, and whom it asks for what they may not have: a second factor, a managed device.
    Only an emergency account that is known to work counts as a way in. Where nothing is known of the administrators,
    every policy that reaches everywhere is taken to shut them out.
    """
    if not _closes(policy):
        return ""
    if not safety.administrators:
        return "somebody whom nobody can name: who the administrators are could not be read"
    if any(not _covers(policy, who, safety.administrators[who]) for who in _emergency(safety)):
        return ""
    if "All" in strings(within(policy, "conditions", "users", "includeUsers")):
        return "everybody"
    if all(_covers(policy, who, holds) for who, holds in safety.administrators.items()):
        return "every administrator"
    holds = safety.caller_holds | safety.administrators.get(safety.caller, frozenset())
    return "you" if safety.caller and _covers(policy, safety.caller, holds) else ""


def shuts_out_more(current: Object, after: Object, safety: Safety) -> str:
    """Whom a change would shut out, in words; "" where the policy shuts out as many already and asks for the same, so
    that the change closes nothing that is open."""
    who = shut_out(after, safety)
    now = shut_out(current, safety)
    same_ask = same(within(after, "grantControls"), within(current, "grantControls"))
    if same_ask and now and (now == who or now == "everybody"):
        return ""
    return who


def lost_emergency(current: Object, after: Object, safety: Safety) -> list[str]:
    """The emergency accounts that the policy leaves out now and would reach, in force and everywhere, after a change.
    Where nothing is known of the administrators, everybody who is no longer excluded may be one."""
    if not _closes(after):
        return []
    if not safety.administrators:
        return covered_again(current, after)
    return sorted(
        who
        for who in _emergency(safety)
        if _named(current, "exclude", who, safety.administrators[who])
        and _covers(after, who, safety.administrators[who])
    )


def covered_again(current: Object, after: Object) -> list[str]:
    """Whom the policy excludes now and would not any more."""
    found = []
    for kind in ("User", "Group", "Role"):
        path = ("conditions", "users", f"exclude{kind}s")
        kept = strings(within(after, *path))
        found += [f"{kind.lower()} {item}" for item in strings(within(current, *path)) if item not in kept]
    return found


def _emergency(safety: Safety) -> frozenset[str]:
    return safety.break_glass & safety.administrators.keys()


def _closes(policy: Object) -> bool:
    """True for a policy in force that blocks or asks for something, everywhere and on every path."""
    conditions = within(policy, "conditions")
    applications = strings(within(conditions, "applications", "includeApplications"))
    return (
        policy.get("state") == "enabled"
        and not empty(within(policy, "conditions", "users"))
        and bool(_EVERYWHERE & set(applications))
        and _demands(within(policy, "grantControls"))
        and not (isinstance(conditions, dict) and _narrowed(conditions))
    )


def _demands(grant: Json) -> bool:
    return isinstance(grant, dict) and any(
        not empty(grant.get(name))
        for name in ("builtInControls", "authenticationStrength", "termsOfUse", "customAuthenticationFactors")
    )


def _covers(policy: Object, who: str, holds: frozenset[str]) -> bool:
    everybody = "All" in strings(within(policy, "conditions", "users", "includeUsers"))
    return (everybody or _named(policy, "include", who, holds)) and not _named(policy, "exclude", who, holds)


def _named(policy: Object, side: str, who: str, holds: frozenset[str]) -> bool:
    users = within(policy, "conditions", "users")
    return (
        who in strings(within(users, f"{side}Users"))
        or not holds.isdisjoint(strings(within(users, f"{side}Groups")))
        or not holds.isdisjoint(strings(within(users, f"{side}Roles")))
    )


def _narrowed(conditions: Object) -> bool:
    """True where a condition leaves everybody a way past the policy whoever they are: another kind of client or of
    device, a sign-in without a risk. A place to be at, and a device of a certain description, are nothing that an
    administrator is sure to have."""
    clients = set(strings(conditions.get("clientAppTypes")))
    locations = within(conditions, "locations")
    return (
        (bool(clients) and "all" not in clients and not clients >= _INTERACTIVE)
        or _leaves_a_platform(within(conditions, "platforms"))
        or (not empty(locations) and "All" not in strings(within(locations, "includeLocations")))
        or any(_asks_for_risk(conditions.get(name)) for name in ("signInRiskLevels", "userRiskLevels"))
        or any(not empty(conditions.get(name)) for name in ("insiderRiskLevels", "authenticationFlows"))
    )


def _leaves_a_platform(condition: Json) -> bool:
    """True where people can sign in from a platform that is in use and that the policy is not about."""
    if empty(condition):
        return False
    included = {one.casefold() for one in strings(within(condition, "includePlatforms"))}
    excluded = {one.casefold() for one in strings(within(condition, "excludePlatforms"))}
    reached = _PLATFORMS if "all" in included else included
    return bool(_PLATFORMS - (reached - excluded))


def _asks_for_risk(levels: Json) -> bool:
    return not empty(levels) and "none" not in strings(levels)
