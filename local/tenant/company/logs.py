"""What the company has of log events: thirty days of sign-ins, of changes to the directory and of provisioning.

Newest first, as the service lists them. There are fewer than a company of the size would have, so that a large one can
still be loaded; at the smallest there are failures, risks, changes by apps, and two events of the same instant.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from local.tenant.company.items import Item, Object
from local.tenant.company.names import Name
from local.tenant.company.principals import first_party_id, own_id
from local.tenant.company.world import DEFAULT_DOMAIN, FIRST_EMPLOYEE, SECOND_DOMAIN, World
from local.tenant.wellknown import FIRST_PARTY_APPS, GRAPH_APP_ID

_DAYS = 30
_MOST = 50_000  # sign-ins; a company of 17,000 has them
_TWINS = 6  # the number of an event that happens in the same instant as the one before
_APPS = [(id, name) for id, name in FIRST_PARTY_APPS.items() if id != GRAPH_APP_ID]
_CLIENTS = ("Browser", "Mobile Apps and Desktop clients", "Browser", "Exchange ActiveSync")
_SYSTEMS = (("Windows10", "Edge 130.0.0"), ("Ios 18", "Mobile Safari 18.1"), ("MacOs", "Chrome 131.0.0"))
_FAILURES = (
    (50126, "Error validating credentials due to invalid username or password."),
    (53003, "Access has been blocked by Conditional Access policies."),
    (50074, "Strong Authentication is required."),
)
_ACTIVITIES = (
    ("Update user", "UserManagement", "Update", "User"),
    ("Add member to group", "GroupManagement", "Assign", "Group"),
    ("Reset user password", "UserManagement", "Update", "User"),
    ("Update conditional access policy", "Policy", "Update", "Policy"),
    ("Add app role assignment to service principal", "ApplicationManagement", "Assign", "ServicePrincipal"),
    ("Add member to role", "RoleManagement", "Assign", "Role"),
    ("Remove member from group", "GroupManagement", "Unassign", "Group"),
)


def items(world: World) -> Iterator[Item]:
    signed_in = min(_MOST, world.employees * 3)
    for number, at in _moments(world, "signIn", signed_in):
        yield Object("signIn", _sign_in(world, number, at))
    for number, at in _moments(world, "directoryAudit", min(_MOST // 4, 20 + world.users // 2)):
        yield Object("directoryAudit", _audit(world, number, at))
    for number, at in _moments(world, "provisioning", min(_MOST // 10, 8 + world.users // 10)):
        yield Object("provisioningObjectSummary", _provisioned(world, number, at))


def _moments(world: World, what: str, count: int) -> Iterator[tuple[int, datetime]]:
    """Numbers with times, evenly back from an hour ago and a little off, so that each is before the last."""
    step = timedelta(days=_DAYS) / (count + 1)
    at = world.now
    for number in range(count):
        if number != _TWINS:
            share = int.from_bytes(world.draw(f"{what}:at", number)[:4]) / 2**32
            at = world.now - timedelta(hours=1) - step * (number + share * 0.9)
        yield number, at


def _stamp(at: datetime, roll: bytes) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond:06d}{roll[0] % 10}Z"


def _who(world: World, number: int) -> tuple[str, str, str, Name]:
    """An employee: id, name as shown, user principal name, and the name with its locale."""
    employee = number % world.employees
    person = world.name(FIRST_EMPLOYEE + employee)
    second = world.draw("employee", FIRST_EMPLOYEE + employee)[0] % 5 == 0
    domain = SECOND_DOMAIN if second else DEFAULT_DOMAIN
    return world.employee(employee), person.display, f"{person.login}@{domain}", person


def _sign_in(world: World, number: int, at: datetime) -> dict[str, Any]:
    roll = world.draw("signIn:roll", number)
    user, name, principal, person = _who(world, int.from_bytes(roll[:4]))
    app, app_name = _APPS[roll[4] % len(_APPS)]
    failed = _FAILURES[roll[5] % 3] if number % 11 == 5 else None
    risky = number % 17 == 4
    system, browser = _SYSTEMS[roll[6] % len(_SYSTEMS)]
    twin = number - 1 if number == _TWINS else number
    return {
        "id": world.id("signIn", number),
        "createdDateTime": _stamp(at, world.draw("signIn:digit", twin)),
        "userDisplayName": name,
        "userPrincipalName": principal,
        "userId": user,
        "appId": app,
        "appDisplayName": app_name,
        "ipAddress": f"203.0.113.{roll[7] % 62 + 1}" if roll[8] % 4 else f"2001:db8:4a1::{roll[7]:x}",
        "clientAppUsed": _CLIENTS[roll[9] % len(_CLIENTS)],
        "correlationId": world.id("signIn:correlation", number),
        "conditionalAccessStatus": "failure" if failed else "success" if roll[10] % 3 else "notApplied",
        "isInteractive": True,
        "riskDetail": "none",
        "riskLevelAggregated": "medium" if risky else "none",
        "riskLevelDuringSignIn": "low" if risky else "none",
        "riskState": "atRisk" if risky else "none",
        "riskEventTypes": ["unfamiliarFeatures"] if risky else [],
        "riskEventTypes_v2": ["unfamiliarFeatures", "anonymizedIPAddress"] if risky else [],
        "resourceDisplayName": "Microsoft Graph",
        "resourceId": GRAPH_APP_ID,
        "status": {
            "errorCode": failed[0] if failed else 0,
            "failureReason": failed[1] if failed else "Other.",
            "additionalDetails": None if failed else "MFA requirement satisfied by claim in the token",
        },
        "deviceDetail": {
            "deviceId": "" if roll[11] % 2 else world.id("device", roll[12] % world.devices),
            "displayName": None,
            "operatingSystem": system,
            "browser": browser,
            "isCompliant": None if roll[11] % 2 else True,
            "isManaged": None if roll[11] % 2 else True,
            "trustType": None if roll[11] % 2 else "Azure AD joined",
        },
        "location": {
            "city": person.locale.city,
            "state": None,
            "countryOrRegion": person.locale.country,
            "geoCoordinates": {"altitude": None, "latitude": 50 + roll[13] / 16, "longitude": 5 + roll[14] / 16},
        },
        "appliedConditionalAccessPolicies": [
            {
                "id": world.id("policy", policy),
                "displayName": label,
                "enforcedGrantControls": controls,
                "enforcedSessionControls": [],
                "result": "failure" if failed else result,
            }
            for policy, label, controls, result in (
                (0, "CA001 Require MFA for everyone", ["Mfa"], "success"),
                (2, "CA003 Block sign-in from elsewhere", ["Block"], "notApplied"),
            )
        ],
    }


def _audit(world: World, number: int, at: datetime) -> dict[str, Any]:
    roll = world.draw("directoryAudit:roll", number)
    activity, category, operation, kind = _ACTIVITIES[number % len(_ACTIVITIES)]
    target, target_name, target_principal, _ = _who(world, int.from_bytes(roll[:4]))
    correlation = world.id("directoryAudit:correlation", number)
    is_user = kind == "User"
    targets = [
        {
            "id": target if is_user else world.id("directoryAudit:target", number),
            "displayName": target_name if is_user else None,
            "type": kind,
            "userPrincipalName": target_principal if is_user else None,
            "groupType": "azureAD" if kind == "Group" else None,
            "modifiedProperties": [
                {"displayName": "AccountEnabled", "oldValue": "[true]", "newValue": "[false]"},
                {"displayName": "Included Updated Properties", "oldValue": None, "newValue": '"AccountEnabled"'},
            ],
        }
    ]
    if kind in ("Group", "Role"):
        member = {"id": target, "displayName": target_name, "type": "User", "userPrincipalName": target_principal}
        targets.insert(0, {**member, "groupType": None, "modifiedProperties": []})
    failed = number % 13 == 7
    return {
        "id": f"Directory_{correlation}_{roll[4:7].hex().upper()[:5]}_{int.from_bytes(roll[8:12])}",
        "activityDateTime": _stamp(at, world.draw("directoryAudit:digit", number - (number == _TWINS))),
        "activityDisplayName": activity,
        "category": category,
        "correlationId": correlation,
        "loggedByService": "Conditional Access" if category == "Policy" else "Core Directory",
        "operationType": operation,
        "result": "failure" if failed else "success",
        "resultReason": "Insufficient privileges to complete the operation." if failed else "",
        "initiatedBy": _initiator(world, number),
        "targetResources": targets,
        "additionalDetails": [{"key": "User-Agent", "value": "Mozilla/5.0"}] if number % 3 else [],
    }


def _initiator(world: World, number: int) -> dict[str, Any]:
    if number % 4 == 1:
        app = {"appId": world.id("appId", 1), "displayName": "Cargo automation", "servicePrincipalName": None}
        return {"user": None, "app": {**app, "servicePrincipalId": own_id(world, 1)}}
    user, name, principal, _ = _who(world, number)
    who = {"id": user, "displayName": name, "userPrincipalName": principal, "ipAddress": "203.0.113.7"}
    return {"user": {**who, "userType": "Member", "homeTenantId": None, "homeTenantName": None}, "app": None}


def _provisioned(world: World, number: int, at: datetime) -> dict[str, Any]:
    user, name, _, _ = _who(world, number * 3)
    principal = {"id": world.id("gallery", 0), "displayName": "Timesheet Cloud"}
    failed = number % 5 == 3
    action = ("create", "update", "disable", "delete")[number % 4]
    details = {"ServicePrincipalId": principal["id"], "ServicePrincipalDisplayName": principal["displayName"]}
    error = {
        "errorCategory": "nonServiceFailure",
        "errorCode": "TimesheetEntryConflict",
        "reason": "The account exists already under another name.",
        "additionalDetails": None,
        "recommendedAction": None,
    }
    steps = (
        ("EntryImport", "import", "success", f"Received User '{name}' from Azure Active Directory", {}),
        ("EntrySynchronizationScoping", "scoping", "success", f"'{name}' is in scope", {}),
        (
            f"EntryExport{action.title()}",
            "export",
            "failure" if failed else "success",
            f"User '{name}': {action}",
            {"ReportableIdentifier": user},
        ),
    )
    return {
        "id": world.id("provisioning", number),
        "activityDateTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "tenantId": world.tenant_id,
        "jobId": f"timesheet.{world.tenant_id.replace('-', '')}.{world.id('provisioning:job')}",
        "cycleId": world.id("provisioning:cycle", number // 4),
        "changeId": world.id("provisioning:change", number),
        "provisioningAction": action,
        "durationInMilliseconds": 900 + world.draw("provisioning:roll", number)[0] * 10,
        "provisioningStatusInfo": {
            "status": "failure" if failed else "success",
            "errorInformation": error if failed else None,
        },
        "provisioningSteps": [
            {"name": step, "provisioningStepType": type, "status": status, "description": text, "details": more}
            for step, type, status, text, more in steps
        ],
        "modifiedProperties": [
            {"displayName": "active", "oldValue": "True", "newValue": str(action != "disable")},
            {"displayName": "displayName", "oldValue": None, "newValue": name},
        ],
        "servicePrincipal": principal,
        "sourceSystem": {
            "id": first_party_id(world, "00000002-0000-0000-c000-000000000000"),
            "displayName": "Azure Active Directory",
            "details": {},
        },
        "targetSystem": {"id": world.id("provisioning:system"), "displayName": "Timesheet Cloud", "details": details},
        "initiatedBy": {"id": "", "displayName": "Azure AD Provisioning Service", "initiatorType": "system"},
        "sourceIdentity": {"id": user, "displayName": name, "identityType": "User", "details": {}},
        "targetIdentity": {
            "id": "" if failed else world.id("provisioning:target", number),
            "displayName": "" if failed else name,
            "identityType": "User",
            "details": {},
        },
    }
