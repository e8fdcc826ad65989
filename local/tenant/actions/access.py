"""Roles, Conditional Access, tenant-wide policies: what can be asked of them beyond plain writes.

Requests make, move and end schedules. A standing role assignment and its schedule are two views of one thing, and so
are an assignment for a group and its membership.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from local.tenant.actions import scoped
from local.tenant.actions.model import Action, Call, Effects, both
from local.tenant.message import Reply
from local.tenant.objects import Json, Row
from local.tenant.rules import bad_request
from local.tenant.rules.access_policies import system_default
from local.tenant.rules.pim import REQUESTS, Asked, matching, stamp
from local.tenant.rules.sign_in import check_custom
from local.tenant.tenant import Tenant
from local.tenant.wellknown import opaque_id

_ROLES = ("principalId", "roleDefinitionId", "directoryScopeId", "appScopeId")
_SCHEDULE, _ASSIGNMENT = "unifiedRoleAssignmentSchedule", "unifiedRoleAssignment"
_FOR_GOOD = {"type": "noExpiration", "endDateTime": None, "duration": None}


def _combine(call: Call) -> Reply:
    before = call.target.object()
    check_custom(before)
    combinations = call.body.get("allowedCombinations")
    if not isinstance(combinations, list) or not combinations:
        raise bad_request("Invalid value specified for property 'allowedCombinations'.")
    after = {**before, "allowedCombinations": combinations, "modifiedDateTime": stamp(call.tenant.clock.now())}
    call.tenant.ledger.update(call.target.kind, call.target.id, before, after)
    return Reply(200, {"currentCombinations": combinations, "previousCombinations": before["allowedCombinations"]})


def _reset(call: Call) -> Reply:
    before = call.target.object()
    call.tenant.ledger.update(call.target.kind, call.target.id, before, system_default(before))
    return Reply(204)


@dataclass(frozen=True, slots=True)
class _Requested:
    """Carries out a request at once."""

    asked: Asked

    def __call__(self, tenant: Tenant, row: Row) -> None:
        request = row.object()
        if request.get("isValidationOnly"):
            return
        if request["action"] == "adminAssign":
            self._assign(tenant, row, request)
            return
        schedule = next(matching(self.asked, request, tenant.directory))
        if request["action"] == "adminUpdate":
            after = {
                **schedule,
                "scheduleInfo": _info(tenant, request),
                "modifiedDateTime": stamp(tenant.clock.now()),
            }
            tenant.ledger.update(self.asked.schedule, schedule["id"], schedule, after)
        else:
            tenant.ledger.purge(self.asked.schedule, schedule["id"])
            _removed_schedule(tenant, self.asked.schedule, schedule)

    def _assign(self, tenant: Tenant, row: Row, request: Json) -> None:
        named = {name: request.get(name) for name in self.asked.names}
        of_role = "roleDefinitionId" in named
        key = row.id if of_role else f"{request['groupId']}_{request['accessId']}_{row.id}"
        schedule = {
            "id": key,
            **named,
            "createdUsing": row.id,
            "createdDateTime": stamp(tenant.clock.now()),
            "modifiedDateTime": None,
            "status": "Provisioned",
            "memberType": "Direct" if of_role else "direct",
            "scheduleInfo": _info(tenant, request),
        }
        if not self.asked.eligible:
            schedule["assignmentType"] = "Assigned" if of_role else "assigned"
        tenant.ledger.create(self.asked.schedule, key, schedule)
        tenant.ledger.update(row.kind, row.id, request, {**request, "targetScheduleId": key})
        if of_role and not self.asked.eligible:
            _grant(tenant, schedule)
        if not of_role:
            _manage(tenant, schedule, eligible=self.asked.eligible)


def _info(tenant: Tenant, request: Json) -> Json:
    info = request.get("scheduleInfo") or {}
    return {
        "startDateTime": info.get("startDateTime") or stamp(tenant.clock.now()),
        "recurrence": info.get("recurrence"),
        "expiration": {**dict.fromkeys(("type", "endDateTime", "duration")), **info["expiration"]},
    }


def _grant(tenant: Tenant, schedule: Json) -> None:
    if any(True for _ in _same(tenant, _ASSIGNMENT, schedule)):
        return
    key = opaque_id(schedule["roleDefinitionId"], schedule["principalId"], tenant.directory.new_id())
    assignment = {name: schedule.get(name) for name in _ROLES} | {
        "id": key,
        "condition": None,
        "principalOrganizationId": tenant.id,
    }
    tenant.ledger.create(_ASSIGNMENT, key, assignment)


def _manage(tenant: Tenant, schedule: Json, *, eligible: bool) -> None:
    """A group comes under management with its first schedule; an assignment is membership or ownership at once."""
    group = schedule["groupId"]
    if tenant.objects.row("groupResource", group) is None:
        tenant.ledger.create("groupResource", group, {"id": group})
    link = f"{schedule['accessId']}s"
    principal = tenant.objects.any_kind(schedule["principalId"], ("user", "group", "servicePrincipal"))
    if not eligible and principal is not None and not tenant.links.has(group, link, principal.id):
        tenant.ledger.link(("group", group), link, (principal.kind, principal.id))


def _removed_schedule(tenant: Tenant, kind: str, schedule: Json) -> None:
    if kind == _SCHEDULE:
        for row in list(_same(tenant, _ASSIGNMENT, schedule)):
            tenant.ledger.purge(row.kind, row.id)
    elif kind == "privilegedAccessGroupAssignmentSchedule":
        principal = tenant.objects.any_kind(schedule["principalId"], ("user", "group", "servicePrincipal"))
        if principal is not None:
            own = ("group", schedule["groupId"])
            tenant.ledger.unlink(own, f"{schedule['accessId']}s", (principal.kind, principal.id))


def _same(tenant: Tenant, kind: str, thing: Json) -> list[Row]:
    rows = tenant.objects.where(kind, "principalId", thing["principalId"])
    return [row for row in rows if all(row.object().get(name) == thing.get(name) for name in _ROLES)]


def _assigned(tenant: Tenant, row: Row) -> None:
    """An assignment that was made without a request shows among the schedules too."""
    assignment = row.object()
    if _same(tenant, _SCHEDULE, assignment):
        return
    key = f"{assignment['id']}-1"
    schedule = {name: assignment.get(name) for name in _ROLES} | {
        "id": key,
        "createdUsing": None,
        "createdDateTime": None,
        "modifiedDateTime": None,
        "status": "Provisioned",
        "memberType": "Direct",
        "assignmentType": "Assigned",
        "scheduleInfo": {"startDateTime": stamp(tenant.clock.now()), "recurrence": None, "expiration": _FOR_GOOD},
    }
    tenant.ledger.create(_SCHEDULE, key, schedule)


def _unassigned(tenant: Tenant, row: Row) -> None:
    for schedule in _same(tenant, _SCHEDULE, row.object()):
        if schedule.object().get("assignmentType") == "Assigned":
            tenant.ledger.purge(schedule.kind, schedule.id)


def _touched(tenant: Tenant, row: Row) -> None:
    """A rule is stored under its policy's key, which shows when it was changed."""
    policy = tenant.objects.row("unifiedRoleManagementPolicy", row.id.rpartition("/")[0])
    assert policy is not None
    before = policy.object()
    after = {**before, "lastModifiedDateTime": stamp(tenant.clock.now())}
    tenant.ledger.update(policy.kind, policy.id, before, after)


_made: Mapping[str, Callable[[Tenant, Row], None]] = {kind: _Requested(asked) for kind, asked in REQUESTS.items()}

ACTIONS: tuple[Action, ...] = (
    Action(kind="authenticationStrengthPolicy", name="updateAllowedCombinations", run=_combine),
    Action(kind="crossTenantAccessPolicyConfigurationDefault", name="resetToSystemDefault", run=_reset),
)
EFFECTS: Mapping[str, Effects] = {
    **{kind: Effects(created=made) for kind, made in _made.items()},
    _ASSIGNMENT: Effects(
        created=both(_assigned, scoped.assignment_made), removed=both(_unassigned, scoped.assignment_gone)
    ),
    "unifiedRoleManagementPolicyRule": Effects(changed=_touched),
}
