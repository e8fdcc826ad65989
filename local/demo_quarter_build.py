"""What the quarter of the harbour consists of: thirty-six objects of nineteen types, each tied to some of the others.

In: a function that makes one call of the tenant, and the tenant's address. Out: the quarter as it was built.
"""

import json
import uuid
from typing import Any

from local.demo_quarter import (
    ACCESS,
    HELPDESK,
    INTUNE,
    PACKAGES,
    POLICIES,
    ROLES,
    UNITS,
    V1,
    Quarter,
    Send,
)

type Json = dict[str, Any]


def quarter(send: Send, base: str) -> Quarter:
    """The whole of it: more than thirty objects of more than twelve types, each tied to some of the others."""
    q = Quarter(send, base, default_domain(send))
    people(q)
    applications(q)
    roles(q)
    access(q)
    entitlement(q)
    intune(q)
    return q


def default_domain(send: Send) -> str:
    organization = send("GET", f"{V1}/organization", None)["value"][0]
    return next(str(one["name"]) for one in organization["verifiedDomains"] if one["isDefault"])


def people(q: Quarter) -> None:
    """Users with managers and sponsors, groups in groups, a rule that names one, a unit with members."""
    boss, owner = q.user("boss"), q.user("owner")
    crew = [q.user(f"mate{number}", department="Deck") for number in range(4)]
    for mate in crew:
        q.refer(f"/users/{mate}/manager", boss, "PUT")
    q.refer(f"/users/{boss}/manager", owner, "PUT")
    q.refer(f"/users/{crew[0]}/sponsors", owner)
    inner, outer, spared = q.group("inner"), q.group("outer"), q.group("spared")
    for mate in crew:
        q.refer(f"/groups/{inner}/members", mate)
    for member in (inner, crew[0]):
        q.refer(f"/groups/{outer}/members", member)
    for lead in (boss, owner):
        q.refer(f"/groups/{outer}/owners", lead)
    q.refer(f"/groups/{spared}/members", boss)
    rule = f"user.memberof -any (group.objectId -in ['{inner}'])"
    processing: Json = {"membershipRule": rule, "membershipRuleProcessingState": "On"}
    q.group("dynamic", groupTypes=["DynamicMembership"], **processing)
    unit = q.made("unit", "administrativeUnits", UNITS, {"displayName": "Pier 9 unit", "description": "Quay"})
    for member in (crew[0], inner):
        q.refer(f"/directory/administrativeUnits/{unit}/members", member)


def applications(q: Quarter) -> None:
    """An API and its client: roles, scopes, consent, pre-authorisation, a federated credential, attached policies."""
    role: Json = {"id": str(uuid.uuid4()), "allowedMemberTypes": ["User", "Application"], "isEnabled": True}
    role |= {"displayName": "Cargo", "description": "Cargo", "value": "Pier9.Read"}
    scope: Json = {"id": str(uuid.uuid4()), "isEnabled": True, "type": "User", "value": "Pier9.View"}
    scope |= {"adminConsentDescription": "View", "adminConsentDisplayName": "View"}
    both: Json = {"signInAudience": "AzureADMyOrg"}
    path = f"{V1}/applications"
    api = q.made("api", "applications", path, {"displayName": "Pier 9 API", "appRoles": [role], **both})
    client = q.made("client", "applications", path, {"displayName": "Pier 9 client", **both})
    app_ids = {one: str(q.send("GET", f"{path}/{one}", None)["appId"]) for one in (api, client)}
    authorized = [{"appId": app_ids[client], "delegatedPermissionIds": [scope["id"]]}]
    q.send("PATCH", f"{path}/{api}", {
        "identifierUris": [f"api://{app_ids[api]}"],
        "api": {"oauth2PermissionScopes": [scope]},
    })  # fmt: skip
    q.send("PATCH", f"{path}/{api}", {
        "api": {"oauth2PermissionScopes": [scope], "preAuthorizedApplications": authorized},
    })  # fmt: skip
    wanted = [{"id": role["id"], "type": "Role"}, {"id": scope["id"], "type": "Scope"}]
    needs = [{"resourceAppId": app_ids[api], "resourceAccess": wanted}]
    q.send("PATCH", f"{path}/{client}", {"requiredResourceAccess": needs})
    trust: Json = {"issuer": "https://issuer.example", "audiences": ["api://AzureADTokenExchange"]}
    for name in ("main", "release"):
        body = {"name": name, "subject": f"repo:pier9:{name}", **trust}
        q.send("POST", f"{path}/{client}/federatedIdentityCredentials", body)
    q.refer(f"/applications/{client}/owners", q.id("boss"))
    services: dict[str, str] = {}
    for name, app in (("api", api), ("client", client)):
        body = {"appId": app_ids[app]}
        services[name] = q.made(f"{name} principal", "servicePrincipals", f"{V1}/servicePrincipals", body)
    resource, caller = services["api"], services["client"]
    q.refer(f"/servicePrincipals/{resource}/owners", q.id("owner"))
    for holder in (caller, q.id("inner"), q.id("boss")):
        body = {"principalId": holder, "resourceId": resource, "appRoleId": role["id"]}
        q.made(f"role for {holder}", "appRoleAssignments", f"{V1}/servicePrincipals/{resource}/appRoleAssignedTo", body)
    consent: Json = {"clientId": caller, "resourceId": resource, "scope": "Pier9.View"}
    grants = f"{V1}/oauth2PermissionGrants"
    q.made("consent", "oauth2PermissionGrants", grants, {**consent, "consentType": "AllPrincipals"})
    for kind, holder, key, title in (
        ("servicePrincipals", resource, "claimsMappingPolicies", "ClaimsMappingPolicy"),
        ("applications", client, "tokenLifetimePolicies", "TokenLifetimePolicy"),
    ):
        definition: Json = {title: {"Version": 1, "IncludeBasicClaimSet": "true"}}
        if key == "tokenLifetimePolicies":
            definition = {title: {"Version": 1, "AccessTokenLifetime": "00:20:00"}}
        body = {"displayName": f"Pier 9 {key}", "definition": [json.dumps(definition)]}
        policy = q.made(key, key, f"{POLICIES}/{key}", body)
        q.refer(f"/{kind}/{holder}/{key}", policy, kind=f"policies/{key}")


def roles(q: Quarter) -> None:
    """A role of the company's own, held everywhere; one of a unit's administrator; two for those who ask."""
    actions = [{"allowedResourceActions": ["microsoft.directory/users/basic/update"]}]
    body = {"displayName": "Pier 9 desk", "description": "Desk", "isEnabled": True, "rolePermissions": actions}
    role = q.made("role", "roleDefinitions", f"{ROLES}/roleDefinitions", body)
    for name, holder, held, scope in (
        ("held everywhere", "boss", role, "/"),
        ("held in the unit", "owner", HELPDESK, f"/administrativeUnits/{q.id('unit')}"),
    ):
        body = {"principalId": q.id(holder), "roleDefinitionId": held, "directoryScopeId": scope}
        q.made(name, "roleAssignments", f"{ROLES}/roleAssignments", body)
    for name, held, expiration in (
        ("mate0", HELPDESK, {"type": "afterDateTime", "endDateTime": "2030-05-01T00:00:00Z"}),
        ("mate1", role, {"type": "noExpiration"}),
    ):
        request = {
            "action": "adminAssign",
            "principalId": q.id(name),
            "roleDefinitionId": held,
            "directoryScopeId": "/",
            "scheduleInfo": {"expiration": expiration},
        }
        path = f"{ROLES}/roleEligibilityScheduleRequests"
        q.made(f"eligible {name}", "roleEligibilitySchedules", path, request, "targetScheduleId")


def access(q: Quarter) -> None:
    """Locations and a strength, policies over them all, and a method that only one group may use."""
    ranges = [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "198.51.100.0/25"}]
    offices: Json = {
        "@odata.type": "#microsoft.graph.ipNamedLocation",
        "displayName": "Pier 9 quay",
        "isTrusted": False,
    }
    countries: Json = {"@odata.type": "#microsoft.graph.countryNamedLocation", "displayName": "Pier 9 seas"}
    countries |= {"countriesAndRegions": ["NO", "SE"], "includeUnknownCountriesAndRegions": False}
    quay = q.made("quay", "namedLocations", f"{ACCESS}/namedLocations", {**offices, "ipRanges": ranges})
    seas = q.made("seas", "namedLocations", f"{ACCESS}/namedLocations", countries)
    path = f"{POLICIES}/authenticationStrengthPolicies"
    body = {"displayName": "Pier 9 keys", "allowedCombinations": ["fido2", "password,sms"]}
    strength = q.made("keys", "authenticationStrengthPolicies", path, body)
    keys: Json = {"@odata.type": "#microsoft.graph.fido2CombinationConfiguration", "appliesToCombinations": ["fido2"]}
    keys |= {"allowedAAGUIDs": ["2fc0579f-8113-47ea-b116-bb5a8db9202a"]}
    q.send("POST", f"{path}/{strength}/combinationConfigurations", keys)
    app_id = q.send("GET", f"{V1}/applications/{q.id('api')}", None)["appId"]
    whom: Json = {"includeGroups": [q.id("outer")], "excludeUsers": [q.id("boss")], "excludeGroups": [q.id("spared")]}
    where: Json = {"includeLocations": ["All"], "excludeLocations": [quay, seas]}
    mfa: Json = {"operator": "OR", "builtInControls": ["mfa"]}
    policies: list[tuple[str, str, Json, list[str], Json, Json]] = [
        ("strong", "enabled", whom, [app_id], {}, {"operator": "AND", "authenticationStrength": {"id": strength}}),
        ("places", "enabled", whom, ["All"], {"locations": where}, mfa),
        ("person", "disabled", {"includeUsers": [q.id("mate2")], "includeRoles": [HELPDESK]}, ["All"], {}, mfa),
    ]
    for name, state, users, apps, more, grant in policies:
        conditions: Json = {
            "applications": {"includeApplications": apps},
            "users": users,
            "clientAppTypes": ["all"],
            **more,
        }
        policy = {"displayName": f"Pier 9 {name}", "state": state, "conditions": conditions, "grantControls": grant}
        q.made(name, "conditionalAccessPolicies", f"{ACCESS}/policies", policy)
    kind = "#microsoft.graph.temporaryAccessPassAuthenticationMethodConfiguration"
    target: Json = {"targetType": "group", "id": q.id("inner"), "isRegistrationRequired": False}
    methods = f"{POLICIES}/authenticationMethodsPolicy/authenticationMethodConfigurations"
    q.send("PATCH", f"{methods}/TemporaryAccessPass", {"@odata.type": kind, "includeTargets": [target]})
    q.survivors.append(("authenticationMethodsPolicy", "authenticationMethodsPolicy"))


def entitlement(q: Quarter) -> None:
    """A catalog that holds a group, a package that gives membership in it, a policy by which a group may ask."""
    body = {"displayName": "Pier 9 catalog", "description": "c", "isExternallyVisible": False, "state": "published"}
    catalog = q.made("catalog", "accessPackageCatalogs", f"{PACKAGES}/catalogs", body)
    outer = q.id("outer")
    resource: Json = {"originId": outer, "originSystem": "AadGroup"}
    body = {"requestType": "adminAdd", "resource": resource, "catalog": {"id": catalog}}
    q.send("POST", f"{PACKAGES}/resourceRequests", body)
    body = {"displayName": "Pier 9 package", "description": "p", "isHidden": False, "catalog": {"id": catalog}}
    package = q.made("package", "accessPackages", f"{PACKAGES}/accessPackages", body)
    (held,) = q.send("GET", f"{PACKAGES}/catalogs/{catalog}/resources", None)["value"]
    role: Json = {"displayName": "Member", "originId": f"Member_{outer}", "originSystem": "AadGroup"}
    role |= {"resource": {"id": held["id"], **resource}}
    scope: Json = {**resource, "isRootScope": True}
    q.send("POST", f"{PACKAGES}/accessPackages/{package}/resourceRoleScopes", {"role": role, "scope": scope})
    user = {"@odata.type": "#microsoft.graph.singleUser", "userId": q.id("boss"), "description": "Boss"}
    members = {"@odata.type": "#microsoft.graph.groupMembers", "groupId": q.id("inner"), "description": "Inner"}
    stage: Json = {
        "durationBeforeAutomaticDenial": "P7D",
        "isApproverJustificationRequired": False,
        "isEscalationEnabled": False,
        "primaryApprovers": [user],
    }
    approval: Json = {"isApprovalRequiredForAdd": True, "isRequestorJustificationRequired": True, "stages": [stage]}
    body = {
        "displayName": "Pier 9 policy",
        "description": "By the boss",
        "allowedTargetScope": "specificDirectoryUsers",
        "specificAllowedTargets": [members],
        "expiration": {"type": "afterDuration", "duration": "P365D"},
        "requestorSettings": {"enableTargetsToSelfAddAccess": True},
        "requestApprovalSettings": approval,
        "accessPackage": {"id": package},
    }
    q.made("policy", "accessPackageAssignmentPolicies", f"{PACKAGES}/assignmentPolicies", body)


def intune(q: Quarter) -> None:
    """Two compliance policies for one group: one goes with it, one survives it."""
    for name in ("phones", "tablets"):
        configured = [{"actionType": "block", "gracePeriodHours": 0, "notificationMessageCCList": []}]
        body = {
            "@odata.type": "#microsoft.graph.iosCompliancePolicy",
            "displayName": f"Pier 9 {name}",
            "passcodeRequired": True,
            "scheduledActionsForRule": [
                {"ruleName": "PasswordRequired", "scheduledActionConfigurations": configured},
            ],
        }
        policy = q.made(name, "deviceCompliancePolicies", f"{INTUNE}/deviceCompliancePolicies", body)
        target = {"@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": q.id("inner")}
        path = f"{INTUNE}/deviceCompliancePolicies/{policy}/assign"
        q.send("POST", path, {"assignments": [{"target": target}]})
    q.survivors.append(q.things.pop("tablets"))
