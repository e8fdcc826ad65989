"""Privileged Identity Management: what may be asked for by a request, and how a rule may change.

Codes and statuses are the service's own where a row of its error list has them; other wordings are not confirmed. Which
limits a role's own rules set to a request is not modelled.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from local.tenant.rules.directory import Directory, GraphFault, Object, Ref, bad_request, denied
from local.tenant.rules.kinds import Create
from local.tenant.rules.references import any_object

_SHORTEST = timedelta(minutes=5)
_PRINCIPALS = ("user", "group", "servicePrincipal")
_ROLE = ("principalId", "roleDefinitionId", "directoryScopeId", "appScopeId")
_GROUP = ("principalId", "groupId", "accessId")
# Whose policy it is → what lets an application change its rules
_RULE_WRITES = {
    "DirectoryRole": ("RoleManagementPolicy.ReadWrite.Directory", "RoleManagement.ReadWrite.Directory"),
    "Group": ("RoleManagementPolicy.ReadWrite.AzureADGroup",),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a kind of request is about: the kind of schedule it makes, and what tells one schedule from another."""

    schedule: str
    names: tuple[str, ...]
    eligible: bool


REQUESTS: Mapping[str, Asked] = {
    "unifiedRoleEligibilityScheduleRequest": Asked("unifiedRoleEligibilitySchedule", _ROLE, True),
    "unifiedRoleAssignmentScheduleRequest": Asked("unifiedRoleAssignmentSchedule", _ROLE, False),
    "privilegedAccessGroupEligibilityScheduleRequest": Asked("privilegedAccessGroupEligibilitySchedule", _GROUP, True),
    "privilegedAccessGroupAssignmentScheduleRequest": Asked("privilegedAccessGroupAssignmentSchedule", _GROUP, False),
}


def request_rule(kind: str) -> Create:
    asked = REQUESTS[kind]

    def create(body: Object, new: Object, directory: Directory) -> Object:
        if body["action"] not in ("adminAssign", "adminUpdate", "adminRemove"):
            # the other actions are for people who sign in, for themselves
            raise GraphFault(400, "InvalidAction", "The action is not supported for an application.")
        _check_ends(asked, body, directory)
        found = next(matching(asked, body, directory), None)
        if body["action"] == "adminAssign":
            if found is not None:
                raise GraphFault(400, "RoleAssignmentExists", "The Role assignment already exists.")
        elif found is None:
            raise GraphFault(404, "RoleAssignmentDoesNotExist", "The Role assignment does not exist.")
        if body["action"] != "adminRemove":
            _check_time(body.get("scheduleInfo"), directory)
        elif found is not None and not asked.eligible:
            _check_age(found, directory)
        return {**new, "status": "Provisioned", "createdDateTime": stamp(directory.now())}

    return create


def matching(asked: Asked, body: Mapping[str, object], directory: Directory) -> Iterator[Object]:
    """The standing schedules for the same principal and the same thing."""
    for other in directory.find(asked.schedule, "principalId", body["principalId"]):
        standing = str(other.get("assignmentType", "Assigned")).lower() == "assigned"
        if standing and all(other.get(name) == body.get(name) for name in asked.names):
            yield other


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _check_ends(asked: Asked, body: Object, directory: Directory) -> None:
    principal = any_object(directory, body["principalId"], _PRINCIPALS)
    if principal is None:
        raise GraphFault(404, "SubjectNotFound", "The subject is not found.")
    if principal.kind == "servicePrincipal" and asked.eligible:
        raise GraphFault(400, "InvalidSubject", "A service principal cannot be eligible.")
    if asked.names is _ROLE:
        _check_role(body, principal, directory)
    elif body.get("accessId") not in ("member", "owner"):
        raise bad_request("Invalid value specified for property 'accessId'.")
    elif directory.get("group", str(body.get("groupId"))) is None:
        raise GraphFault(404, "ResourceNotFound", "The resource is not found.")


def _check_role(body: Object, principal: Ref, directory: Directory) -> None:
    if directory.get("unifiedRoleDefinition", str(body.get("roleDefinitionId"))) is None:
        raise GraphFault(404, "RoleNotFound", "The role is not found.")
    if bool(body.get("directoryScopeId")) == bool(body.get("appScopeId")):
        raise bad_request("Exactly one of directoryScopeId and appScopeId has to be given.")
    if principal.kind == "group" and not (directory.get(*principal) or {}).get("isAssignableToRole"):
        raise GraphFault(400, "InvalidSubject", "The group cannot be assigned to a role.")
    *unit, scope = str(body.get("directoryScopeId") or "/").removeprefix("/").split("/")
    kinds = ("administrativeUnit",) if unit == ["administrativeUnits"] else ("application", "servicePrincipal", "group")
    if scope and any_object(directory, scope, kinds) is None:
        raise GraphFault(404, "ScopeNotFound", "The scope is not found.")


def _check_time(info: object, directory: Directory) -> None:
    expiration = info.get("expiration") if isinstance(info, dict) else None
    if not isinstance(expiration, dict) or expiration.get("type") not in (
        "noExpiration",
        "afterDateTime",
        "afterDuration",
    ):
        raise bad_request("Invalid value specified for property 'scheduleInfo'.")
    if expiration["type"] == "afterDateTime":
        if not expiration.get("endDateTime"):
            raise bad_request("Invalid value specified for property 'scheduleInfo'.")
        if datetime.fromisoformat(expiration["endDateTime"]) < directory.now() + _SHORTEST:
            raise _too_short()


def _check_age(schedule: Object, directory: Directory) -> None:
    """What has begun minutes ago does not end yet."""
    given = schedule.get("createdDateTime")
    if isinstance(given, str) and directory.now() < datetime.fromisoformat(given) + _SHORTEST:
        raise _too_short()


def _too_short() -> GraphFault:
    return GraphFault(
        400, "ActiveDurationTooShort", "The Active duration is too short. Miniumum Required is 5 minutes."
    )


def update_rule(current: Object, body: Object, new: Object, directory: Directory, parent: Ref) -> Object:
    if not directory.permitted(*_RULE_WRITES.get((directory.get(*parent) or {}).get("scopeType"), ())):
        raise denied()
    if body.get("@odata.type") != current["@odata.type"]:
        raise GraphFault(400, "InvalidPolicyRule", f"The body has to be a {current['@odata.type']}.")
    if new.get("isExpirationRequired") and not new.get("maximumDuration"):
        raise GraphFault(400, "InvalidPolicyRule", "maximumDuration is required.")
    return new
