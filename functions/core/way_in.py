"""The last way into the tenant, and who must keep theirs: pure.

In: what is known of administrators, emergency accounts and the restorer. Out: why somebody's access may not be taken
away, in words, or nothing.

Removals of one plan do not know of each other, so it is not enough that each leaves somebody: all of them leave the
same administrators, who are chosen once, and none of them is ever taken away.
"""

from functions.core.plan_rules import Safety

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"  # the template id, the same in every tenant


def keepers(safety: Safety) -> frozenset[str]:
    """The administrators whom no removal touches: the emergency accounts and the caller; where none of them is an
    administrator, the first of all."""
    there = safety.administrators.keys()
    chosen = frozenset(safety.break_glass | {safety.caller}) & there
    return chosen or frozenset(sorted(there)[:1])


def protected(safety: Safety, identity: str) -> str:
    """Why an account is never disabled, deleted or stripped of what it holds; "" for everybody else."""
    if identity in safety.break_glass:
        return "It is an emergency account, which is kept as it is."
    if identity and identity == safety.restorer:
        return "It is the identity that restores, which never writes to itself."
    return ""


def kept_in(safety: Safety, identity: str, *, gives_roles: bool) -> str:
    """Why an account or a group is not taken out of what it is a member of; "" where it may be. `gives_roles`: members
    may hold directory roles through it."""
    if why := protected(safety, identity):
        return why
    if holds_emergency(safety, identity):
        return "An emergency account is in it, and policies may leave it out for what it is a member of."
    if gives_roles and identity in keepers(safety):
        return "It is one of those through whom the tenant can be administered whatever else is removed."
    return ""


def holds_emergency(safety: Safety, group: str) -> bool:
    """True for a group that an emergency account is in."""
    return any(group in safety.administrators.get(who, ()) for who in safety.break_glass)


def last_way_in(safety: Safety, principal: str) -> str:
    """Why a principal (a user, a group or a service principal) may not lose the role Global Administrator; "" where it
    may."""
    if not safety.administrators:
        return "Who the Global Administrators are could not be read, so nobody can tell whether one would be left."
    kept = keepers(safety)
    if principal in kept:
        return "It is one of those through whom the tenant can be administered whatever else is removed."
    if any(principal in safety.administrators[who] for who in kept):
        return (
            "Through it somebody holds the role through whom the tenant can be administered whatever else is removed."
        )
    return ""
