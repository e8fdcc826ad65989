"""What restoring application roles and delegated permissions asks for beyond the catalogue: pure.

No grant ever gets broader than its record. One that is broader in the tenant is narrowed only where an exact match is
asked for, and one that has other permissions than recorded is left alone otherwise.
"""

from functions.core.plan import Danger, LossGap, Step
from functions.core.plan_apps import PRIVILEGED_APIS
from functions.core.plan_rules import Gaps, Rules, Situation
from functions.core.record import Json, Object

_DEFAULT_ACCESS = "00000000-0000-0000-0000-000000000000"
_PRIVILEGED_NAMES = frozenset(PRIVILEGED_APIS.values())
_STRONG = ("write", "fullcontrol", "full_access", "accessasuser", "user_impersonation", "manage", "rolemanagement")


def _assignment_danger(s: Situation, step: Step) -> Danger:
    if step.action != "create":
        return "elevated"
    if s.record.get("resourceDisplayName") in _PRIVILEGED_NAMES:
        return "high"
    if s.record.get("principalType") == "ServicePrincipal":
        return "elevated"
    return "low" if s.record.get("appRoleId") == _DEFAULT_ACCESS else "elevated"


def _keeps_restorer(s: Situation) -> LossGap | None:
    """Without its own permissions a restore could not end."""
    if s.safety.restorer not in (s.live.object.get("principalId"), s.live.object.get("clientId")) or (
        not s.safety.restorer
    ):
        return None
    return LossGap(
        f"A permission of the restorer stays ({s.name})",
        "It was not in the backup, but it is what this restore works with.",
        "Take it away by hand when no restore is running.",
    )


def _scopes(value: Json) -> set[str]:
    return set(value.split()) if isinstance(value, str) else set()


def _normal(grant: Object) -> Object:
    if isinstance(grant.get("scope"), str):
        grant["scope"] = " ".join(sorted(_scopes(grant["scope"])))
    return grant


def _patch(s: Situation, body: Object, gaps: Gaps) -> Object:
    if "scope" not in body:
        return body
    more = sorted(_scopes(s.current.get("scope")) - _scopes(s.wanted.get("scope")))
    if not more or s.options.mode == "exact":
        return body
    fewer = sorted(_scopes(s.wanted.get("scope")) - _scopes(s.current.get("scope")))
    gaps.append(
        LossGap(
            f"The grant keeps {', '.join(more)}" + (f" and lacks {', '.join(fewer)}" if fewer else ""),
            "It has permissions that it did not have in the backup. Nothing is taken away unless an exact match is "
            "asked for, and a grant is never written broader than its record.",
            'Make a new plan with "match": "exact" to have the permissions of the backup and no others.',
        )
    )
    return {}


def _grant_danger(s: Situation, step: Step) -> Danger:
    if step.action == "delete":
        return "elevated"
    added = _scopes(s.wanted.get("scope")) - _scopes(s.current.get("scope"))
    strong = any(word in scope.lower() for scope in added for word in _STRONG)
    if strong and s.record.get("consentType") == "AllPrincipals":
        return "high"
    return "elevated" if added else "low"


APP_ROLE_ASSIGNMENT = Rules(deletion=_keeps_restorer, danger=_assignment_danger)
PERMISSION_GRANT = Rules(
    normal=_normal,
    patch=_patch,
    deletion=_keeps_restorer,
    danger=_grant_danger,
    valued=frozenset({"scope"}),
)
