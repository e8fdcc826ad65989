"""Intune: assigning, and the other actions that replace what hangs below an object.

`assign` takes the whole set: what is not in it is gone. What follows from a write is kept in step: whether something is
assigned, how many settings a policy has, under which role an assignment is shown.
"""

from collections.abc import Callable, Mapping
from typing import Any

from local.tenant.actions.model import Action, Call, Effects
from local.tenant.change import add, change, obliterate, replace_children
from local.tenant.message import Reply
from local.tenant.objects import Json, Row
from local.tenant.rules import Ref
from local.tenant.rules.intune import refused, secrets
from local.tenant.schema import KINDS
from local.tenant.tenant import Tenant

_BLOCK = "block"
_RULES = "scheduledActionsForRule"
_ENVELOPES = {
    "deviceManagementScript": "deviceManagementScriptAssignments",
    "deviceShellScript": "deviceManagementScriptAssignments",
    "deviceHealthScript": "deviceHealthScriptAssignments",
    "deviceEnrollmentConfiguration": "enrollmentConfigurationAssignments",
    "mobileApp": "mobileAppAssignments",
}
_ASSIGNED = (
    "deviceConfiguration",
    "deviceCompliancePolicy",
    "deviceManagementConfigurationPolicy",
    "deviceManagementIntent",
    "groupPolicyConfiguration",
    "roleScopeTag",
    *_ENVELOPES,
    "iosManagedAppProtection",
    "androidManagedAppProtection",
    "windowsManagedAppProtection",
    "mdmWindowsInformationProtectionPolicy",
    "targetedManagedAppConfiguration",
    "managedDeviceMobileAppConfiguration",
)
_FOR_APPS = (
    "iosManagedAppProtection",
    "androidManagedAppProtection",
    "windowsManagedAppProtection",
    "targetedManagedAppConfiguration",
)


def _listed(body: Json, name: str) -> list[Json]:
    found = body.get(name)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise refused(f"The parameter {name} is missing or not a collection.")
    return found


def _replaced(call: Call, link: str, bodies: list[Json]) -> None:
    replace_children(call.tenant, call.target, KINDS[call.target.kind].links[link], bodies)


def _set(tenant: Tenant, row: Row, **values: Any) -> None:
    """What the service keeps in step by itself."""
    now = tenant.objects.row(row.kind, row.id)
    if now is not None:
        held = {name: value for name, value in values.items() if name in KINDS[row.kind].properties}
        tenant.ledger.update(row.kind, row.id, now.object(), {**now.object(), **held})


def _assign(call: Call) -> Reply:
    envelope = _ENVELOPES.get(call.target.kind, "assignments")
    source = {"source": "direct", "sourceId": call.target.id}
    to = KINDS[call.target.kind].links["assignments"].to[0]
    named = {name: value for name, value in source.items() if name in KINDS[to].properties}
    bodies = [{**named, **one} for one in _listed(call.body, envelope)]
    whom = [(one.get("target") or {}).get("groupId") or str(one.get("target")) for one in bodies]
    if len(set(whom)) != len(whom):
        raise refused("A group can be in an assignment only once.")
    _replaced(call, "assignments", bodies)
    _set(call.tenant, call.target, isAssigned=bool(bodies))
    rows = [call.tenant.objects.row(*target) for target in call.tenant.links.targets(call.target.id, "assignments")]
    return Reply(200, {"value": [row.object() for row in rows if row is not None]})


def _schedule(call: Call) -> Reply:
    _replaced(call, _RULES, _listed(call.body, "deviceComplianceScheduledActionForRules"))
    _check_actions(call.tenant, call.target)
    return Reply(204)


def _check_actions(tenant: Tenant, row: Row) -> None:
    rules = tenant.links.targets(row.id, _RULES)
    actions = [
        (tenant.directory.get(*action) or {}).get("actionType")
        for _, rule in rules
        for action in tenant.links.targets(rule, "scheduledActionConfigurations")
    ]
    if len(rules) != 1 or actions.count(_BLOCK) != 1:
        raise refused("A compliance policy must have one and only one block scheduled action.")


def _check_secrets(tenant: Tenant, row: Row) -> None:
    """A policy that was just made has no token yet that could be good for it."""
    for kind, key in tenant.links.targets(row.id, "settings"):
        held = (tenant.directory.get(kind, key) or {}).get("settingInstance")
        if any(str(one.get("value", "")).startswith("token-") for one in secrets(held)):
            raise refused("The encrypted value token is not valid for this policy.")
    _count_settings(tenant, row)


def _count_settings(tenant: Tenant, row: Row) -> None:
    count = len(tenant.links.targets(row.id, "settings"))
    if not count:
        raise refused("A policy must have at least one setting.")
    _set(tenant, row, settingCount=count)


def _definition_values(call: Call) -> Reply:
    tenant, row = call.tenant, call.target
    link = KINDS[row.kind].links["definitionValues"]
    held = {key: tenant.objects.row(kind, key) for kind, key in tenant.links.targets(row.id, link.name)}
    for id in call.body.get("deletedIds") or ():
        below = held.get(str(id))
        if below is None:
            raise refused(f"Definition value {id} does not exist.")
        obliterate(tenant, below)
    for body in _listed(call.body, "updated"):
        below = held.get(str(body.get("id")))
        if below is None:
            raise refused(f"Definition value {body.get('id')} does not exist.")
        plain = {name: value for name, value in body.items() if name not in ("id", "presentationValues")}
        fields = [_without_id(one) for one in body.get("presentationValues") or ()]
        change(tenant, KINDS[below.kind], below, {**plain, "presentationValues": fields}, Ref(row.kind, row.id))
    for body in _listed(call.body, "added"):
        add(tenant, KINDS[link.to[0]], body, parent=row, link=link)
    return Reply(204)


def _without_id(body: Json) -> Json:
    return {name: value for name, value in body.items() if name != "id"}


def _settings(call: Call) -> Reply:
    """The values of an intent's settings, by what they define."""
    tenant, row = call.tenant, call.target
    link = KINDS[row.kind].links["settings"]
    rows = [tenant.objects.row(*target) for target in tenant.links.targets(row.id, "settings")]
    held = {one.object()["definitionId"]: one for one in rows if one is not None}
    for body in _listed(call.body, "settings"):
        below = held.get(body.get("definitionId"))
        plain = _without_id(body)
        if below is None:
            add(tenant, KINDS[link.to[0]], plain, parent=row, link=link)
        else:
            tenant.ledger.update(below.kind, below.id, below.object(), {**below.object(), **plain})
    return Reply(204)


def _target_apps(call: Call) -> Reply:
    apps = _listed(call.body, "apps")
    _replaced(call, "apps", apps)
    group = {"appGroupType": call.body["appGroupType"]} if "appGroupType" in call.body else {}
    _set(call.tenant, call.target, deployedAppCount=len(apps), **group)
    return Reply(204)


def _relationships(call: Call) -> Reply:
    _replaced(call, "relationships", _listed(call.body, "relationships"))
    return Reply(204)


def _priority(call: Call) -> Reply:
    wanted = call.body.get("priority")
    if not isinstance(wanted, int) or wanted < 1 or call.target.object().get("priority") == 0:
        raise refused("The priority is not valid.")
    _set(call.tenant, call.target, priority=wanted)
    return Reply(204)


def _one_default(tenant: Tenant, row: Row) -> None:
    """A message that becomes the default takes that from the others of its template."""
    if not row.object().get("isDefault"):
        return
    for source_kind, source in [(kind, key) for _, kind, key in tenant.links.of_target((row.kind, row.id))]:
        for target in tenant.links.targets(source, "localizedNotificationMessages"):
            other = tenant.objects.row(*target)
            if source_kind and other is not None and other.id != row.id:
                _set(tenant, other, isDefault=False)


def _show_role(tenant: Tenant, row: Row) -> None:
    """An assignment is listed below its role too, without members."""
    assignment = row.object()
    shown = {name: assignment[name] for name in ("id", "displayName", "description") if name in assignment}
    shown |= {
        "@odata.type": "#microsoft.graph.deviceAndAppManagementRoleAssignment",
        "resourceScopes": assignment.get("resourceScopes") or [],
    }
    there = tenant.objects.row("roleAssignment", row.id)
    if there is not None:
        tenant.ledger.update("roleAssignment", row.id, there.object(), shown)
        return
    tenant.ledger.create("roleAssignment", row.id, shown)
    tenant.ledger.link(
        ("roleDefinition", assignment["roleDefinitionId"]), "roleAssignments", ("roleAssignment", row.id)
    )


def _hide_role(tenant: Tenant, row: Row) -> None:
    there = tenant.objects.row("roleAssignment", row.id)
    if there is not None:
        obliterate(tenant, there)


def _action(kind: str, name: str, run: Callable[[Call], Reply]) -> Action:
    return Action(kind=kind, name=name, run=run, writes_with=KINDS[kind].writes_with)


ACTIONS: tuple[Action, ...] = (
    *(_action(kind, "assign", _assign) for kind in _ASSIGNED),
    *(_action(kind, "targetApps", _target_apps) for kind in _FOR_APPS),
    _action("deviceCompliancePolicy", "scheduleActionsForRules", _schedule),
    _action("groupPolicyConfiguration", "updateDefinitionValues", _definition_values),
    _action("deviceManagementIntent", "updateSettings", _settings),
    _action("deviceEnrollmentConfiguration", "setPriority", _priority),
    _action("mobileApp", "updateRelationships", _relationships),
)
EFFECTS: Mapping[str, Effects] = {
    "deviceCompliancePolicy": Effects(created=_check_actions),
    "deviceManagementConfigurationPolicy": Effects(created=_check_secrets, changed=_count_settings),
    "localizedNotificationMessage": Effects(created=_one_default, changed=_one_default),
    "deviceAndAppManagementRoleAssignment": Effects(created=_show_role, changed=_show_role, removed=_hide_role),
}
