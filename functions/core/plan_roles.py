"""What restoring directory roles and their assignments asks for beyond the catalogue: pure.

An assignment gives power over the tenant: only what was recorded is given back, to principals that are there, and the
last active Global Administrator, emergency accounts and the restorer itself never lose theirs.
"""

import re

from functions.core.diff import empty, same
from functions.core.plan import Danger, LossGap, Step
from functions.core.plan_rules import Gaps, Rules, Situation
from functions.core.record import Object
from functions.core.way_in import GLOBAL_ADMINISTRATOR, last_way_in, protected

SCOPES = ("appScopeId", "directoryScopeId")
_COMPUTED = frozenset({"inheritsPermissionsFrom", "isBuiltIn", "resourceScopes"})
_TOKEN = re.compile(r"\{new:[^{}]*\}")
# All others can change, let in or read what matters; custom roles may do anything.
_HARMLESS = frozenset(
    {
        "88d8e3e3-8f55-4a1e-953a-9b9898b8876b",  # Directory Readers
        "4a5d8f65-41da-4de4-8968-e035b65339cf",  # Reports Reader
        "790c1fb9-7f7d-4f88-86a1-ef1f95c05c1b",  # Message Center Reader
    }
)


def role_danger(s: Situation, step: Step) -> Danger:
    """Giving a role may raise privileges, and taking one away may leave nobody who can administer."""
    role = s.record.get("roleDefinitionId") or s.live.object.get("roleDefinitionId")
    return "elevated" if role in _HARMLESS else "high"


def missing_ends(s: Situation, *names: str) -> Gaps:
    """The ends of an assignment that are not in the tenant: without one of them there is nothing to assign."""
    gaps: Gaps = []
    for name in names:
        value = s.record.get(name)
        text = _TOKEN.sub("", value) if isinstance(value, str) else ""
        lost = next((identity for identity in sorted(s.live.missing) if identity in text), "")
        if lost:
            gaps.append(
                LossGap(
                    f"{_END[name]} {lost} is not in the tenant",
                    "The assignment cannot be made without it, and no restore has re-created it.",
                    "Restore it first (it may lie in the recycle bin), then make a new plan.",
                )
            )
    return gaps


_END = {
    "principalId": "The principal",
    "roleDefinitionId": "The role",
    "directoryScopeId": "The scope",
    "appScopeId": "The scope",
    "groupId": "The group",
}


def kept_assignment(s: Situation) -> LossGap | None:
    """Why the live assignment of a role may not be taken away, or None."""
    held = s.live.object
    principal = str(held.get("principalId") or "")
    why = protected(s.safety, principal)
    if not why and held.get("roleDefinitionId") == GLOBAL_ADMINISTRATOR:
        why = last_way_in(s.safety, principal)
    if not why:
        return None
    return LossGap(
        f"The role assignment of {principal} stays",
        why,
        "Take it away by hand if it should not be there, when you have made sure that somebody else can sign in.",
    )


def _normal_definition(role: Object) -> Object:
    """The list of excluded actions is described as not supported yet, and comes back empty."""
    role = {name: value for name, value in role.items() if name not in _COMPUTED}
    permissions = role.get("rolePermissions")
    if isinstance(permissions, list):
        role["rolePermissions"] = [
            {
                name: value
                for name, value in entry.items()
                if not (name in ("condition", "excludedResourceActions") and empty(value))
            }
            for entry in permissions
            if isinstance(entry, dict)
        ]
    return role


def _stop_definition(s: Situation) -> Gaps:
    """A built-in role is Microsoft's; where it differs, Microsoft has changed it."""
    if True not in (s.record.get("isBuiltIn"), s.live.object.get("isBuiltIn")):
        return []
    names = s.entry.restore.update if s.entry.restore else frozenset()
    if s.live.standing == "live" and all(same(s.wanted.get(name), s.current.get(name)) for name in names):
        return []
    return [
        LossGap(
            f"{s.name} is left as it is",
            "It is a built-in role: Microsoft defines it, and nobody can change or create it.",
            "Nothing. If what it may do has changed, Microsoft has changed it for everybody.",
        )
    ]


def _create_definition(s: Situation, body: Object, gaps: Gaps) -> Object:
    """The id it had is asked for by the template id, so that assignments and policies go on naming it."""
    body["templateId"] = s.identity
    return body


def _danger_definition(s: Situation, step: Step) -> Danger:
    """Whoever holds the role gets what it allows at once."""
    if step.action == "update" and isinstance(step.after, dict) and step.after.keys() <= {"description", "displayName"}:
        return "elevated"
    return "high"


def _stop_assignment(s: Situation) -> Gaps:
    if s.live.standing == "live":
        return []
    owner = s.record.get("principalOrganizationId")
    if isinstance(owner, str) and s.tenant and owner.lower() != s.tenant.lower():
        return [
            LossGap(
                f"The role of {s.name} does not come back",
                f"It belongs to a principal of the tenant {owner}, which holds it through delegated administration.",
                "Ask the partner to renew the relationship of delegated administration.",
            )
        ]
    return missing_ends(s, "principalId", "roleDefinitionId", *SCOPES)


def one_scope(s: Situation, body: Object, gaps: Gaps) -> Object:
    """Graph takes exactly one of the two scopes."""
    if not empty(body.get("directoryScopeId")):
        body.pop("appScopeId", None)
    return body


def _assignment_notes(s: Situation) -> Gaps:
    return [
        LossGap(
            f"The role of {s.name} comes back without an end",
            "Graph lists a role that somebody had activated for a few hours, or holds until a certain day, like one "
            "that was assigned for good. Schedules are restored first, and one that is there is not doubled.",
            "Compare with roleAssignmentSchedules of the same run; leave this assignment out if it was not for good.",
        )
    ]


ROLE_DEFINITION = Rules(
    stop=_stop_definition,
    normal=_normal_definition,
    create=_create_definition,
    danger=_danger_definition,
    never_null=frozenset({"displayName", "isEnabled", "rolePermissions"}),
)

ROLE_ASSIGNMENT = Rules(
    stop=_stop_assignment,
    create=one_scope,
    create_notes=_assignment_notes,
    deletion=kept_assignment,
    danger=role_danger,
)
