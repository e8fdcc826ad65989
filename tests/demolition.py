"""A part of a company whose objects are all tied to each other, built by an administrator's calls and razed by them.

In: a function that makes one call of the tenant. Out: the objects as (type, id) in an order in which they can be
deleted for good, and what survives them but names them.
"""

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

type Send = Callable[[str, str, object], Any]
type Thing = tuple[str, str]  # type and id

V1, BETA = "/v1.0", "/beta"
UNITS = f"{V1}/directory/administrativeUnits"
ROLES = f"{V1}/roleManagement/directory"
ACCESS = f"{V1}/identity/conditionalAccess"
POLICIES = f"{V1}/policies"
PACKAGES = f"{V1}/identityGovernance/entitlementManagement"
INTUNE = f"{BETA}/deviceManagement"
HELPDESK = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
REPORT_ONLY = "enabledForReportingButNotEnforced"
START_PASSWORD = "Start-with-7-this"

_BINNED = {"users", "groups", "applications", "servicePrincipals"}
_PATHS = {
    "users": f"{V1}/users",
    "groups": f"{V1}/groups",
    "applications": f"{V1}/applications",
    "servicePrincipals": f"{V1}/servicePrincipals",
    "administrativeUnits": UNITS,
    "roleDefinitions": f"{ROLES}/roleDefinitions",
    "conditionalAccessPolicies": f"{ACCESS}/policies",
    "namedLocations": f"{ACCESS}/namedLocations",
    "authenticationStrengthPolicies": f"{POLICIES}/authenticationStrengthPolicies",
    "claimsMappingPolicies": f"{POLICIES}/claimsMappingPolicies",
    "tokenLifetimePolicies": f"{POLICIES}/tokenLifetimePolicies",
    "accessPackageCatalogs": f"{PACKAGES}/catalogs",
    "accessPackages": f"{PACKAGES}/accessPackages",
    "accessPackageAssignmentPolicies": f"{PACKAGES}/assignmentPolicies",
    "deviceCompliancePolicies": f"{INTUNE}/deviceCompliancePolicies",
}


@dataclass
class Quarter:
    """What was built. `things` by a name of the tests; `razed` in the order of deleting; `survivors` name what goes."""

    send: Send
    base: str
    domain: str
    things: dict[str, Thing] = field(default_factory=dict)
    survivors: list[Thing] = field(default_factory=list)

    def id(self, name: str) -> str:
        return self.things[name][1]

    # building
    def made(self, name: str, key: str, path: str, body: object, id: str = "id") -> str:
        identity = str(self.send("POST", path, body)[id])
        self.things[name] = (key, identity)
        return identity

    def user(self, name: str, **more: object) -> str:
        body = {
            "accountEnabled": True,
            "displayName": f"Quarter {name}",
            "mailNickname": f"quarter-{name}",
            "userPrincipalName": f"quarter-{name}@{self.domain}",
            "passwordProfile": {"password": START_PASSWORD, "forceChangePasswordNextSignIn": True},
            "usageLocation": "NO",
            "jobTitle": f"Pilot {name}",
            **more,
        }
        return self.made(name, "users", f"{V1}/users", body)

    def group(self, name: str, **more: object) -> str:
        body = {
            "displayName": f"Quarter {name}",
            "mailEnabled": False,
            "mailNickname": f"quarter{name}",
            "securityEnabled": True,
            "description": name,
            **more,
        }
        return self.made(name, "groups", f"{V1}/groups", body)

    def refer(self, path: str, target: str, method: str = "POST", kind: str = "directoryObjects") -> None:
        self.send(method, f"{V1}{path}/$ref", {"@odata.id": f"{self.base}/v1.0/{kind}/{target}"})

    # razing
    def raze(self) -> list[Thing]:
        """Deletes everything for good, as somebody who may; returns it. Units, roles, policies and locations cannot be
        taken out of their bins by an application: a month later they are gone too."""
        self.send("PATCH", "/_admin/switches", {"callerRoles": ["Global Administrator"]})
        for key, identity in (gone := list(self.order())):
            self.delete(key, identity)
        self.send("PATCH", "/_admin/switches", {"callerRoles": []})
        self.send("POST", "/_admin/clock", {"advanceSeconds": 31 * 86_400})
        return gone

    def order(self) -> Iterator[Thing]:
        """What stands on others first. What goes along with its owner is no call of its own."""
        first = ("conditionalAccessPolicies", "roleAssignments", "roleEligibilitySchedules", "appRoleAssignments",
                 "oauth2PermissionGrants", "accessPackageAssignmentPolicies", "accessPackages",
                 "accessPackageCatalogs", "deviceCompliancePolicies", "servicePrincipals", "applications")  # fmt: skip
        order = {key: number for number, key in enumerate(first)}
        yield from sorted(self.things.values(), key=lambda thing: order.get(thing[0], len(order)))

    def delete(self, key: str, identity: str) -> None:
        if key == "roleAssignments":
            self.send("DELETE", f"{ROLES}/roleAssignments/{identity}", None)
        elif key == "roleEligibilitySchedules":
            held = self.send("GET", f"{ROLES}/roleEligibilitySchedules/{identity}", None)
            names = ("principalId", "roleDefinitionId", "directoryScopeId")
            body = {"action": "adminRemove", **{name: held[name] for name in names}}
            self.send("POST", f"{ROLES}/roleEligibilityScheduleRequests", body)
        elif key == "appRoleAssignments":
            resource = self.id("api principal")
            self.send("DELETE", f"{V1}/servicePrincipals/{resource}/appRoleAssignedTo/{identity}", None)
        elif key == "oauth2PermissionGrants":
            self.send("DELETE", f"{V1}/oauth2PermissionGrants/{identity}", None)
        else:
            self.send("DELETE", f"{_PATHS[key]}/{identity}", None)
            self.purge(key, identity)

    def purge(self, key: str, identity: str) -> None:
        if key in _BINNED:
            self.send("DELETE", f"{V1}/directory/deletedItems/{identity}", None)


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
    processing = {"membershipRule": rule, "membershipRuleProcessingState": "On"}
    q.group("dynamic", groupTypes=["DynamicMembership"], **processing)
    unit = q.made("unit", "administrativeUnits", UNITS, {"displayName": "Quarter unit", "description": "Quay"})
    for member in (crew[0], inner):
        q.refer(f"/directory/administrativeUnits/{unit}/members", member)


def applications(q: Quarter) -> None:
    """An API and its client: roles, scopes, consent, pre-authorisation, a federated credential, attached policies."""
    role = {"id": str(uuid.uuid4()), "allowedMemberTypes": ["User", "Application"], "isEnabled": True}
    role |= {"displayName": "Cargo", "description": "Cargo", "value": "Quarter.Read"}
    scope = {"id": str(uuid.uuid4()), "isEnabled": True, "type": "User", "value": "Quarter.View"}
    scope |= {"adminConsentDescription": "View", "adminConsentDisplayName": "View"}
    both = {"signInAudience": "AzureADMyOrg"}
    path = f"{V1}/applications"
    api = q.made("api", "applications", path, {"displayName": "Quarter API", "appRoles": [role], **both})
    client = q.made("client", "applications", path, {"displayName": "Quarter client", **both})
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
    trust = {"issuer": "https://issuer.example", "audiences": ["api://AzureADTokenExchange"]}
    for name in ("main", "release"):
        body = {"name": name, "subject": f"repo:quarter:{name}", **trust}
        q.send("POST", f"{path}/{client}/federatedIdentityCredentials", body)
    q.refer(f"/applications/{client}/owners", q.id("boss"))
    services = {}
    for name, app in (("api", api), ("client", client)):
        body = {"appId": app_ids[app]}
        services[name] = q.made(f"{name} principal", "servicePrincipals", f"{V1}/servicePrincipals", body)
    resource, caller = services["api"], services["client"]
    q.refer(f"/servicePrincipals/{resource}/owners", q.id("owner"))
    for holder in (caller, q.id("inner"), q.id("boss")):
        body = {"principalId": holder, "resourceId": resource, "appRoleId": role["id"]}
        q.made(f"role for {holder}", "appRoleAssignments", f"{V1}/servicePrincipals/{resource}/appRoleAssignedTo", body)
    consent = {"clientId": caller, "resourceId": resource, "scope": "Quarter.View"}
    grants = f"{V1}/oauth2PermissionGrants"
    q.made("consent", "oauth2PermissionGrants", grants, {**consent, "consentType": "AllPrincipals"})
    for kind, holder, key, title in (
        ("servicePrincipals", resource, "claimsMappingPolicies", "ClaimsMappingPolicy"),
        ("applications", client, "tokenLifetimePolicies", "TokenLifetimePolicy"),
    ):
        definition = {title: {"Version": 1, "IncludeBasicClaimSet": "true"}}
        if key == "tokenLifetimePolicies":
            definition = {title: {"Version": 1, "AccessTokenLifetime": "00:20:00"}}
        body = {"displayName": f"Quarter {key}", "definition": [json.dumps(definition)]}
        policy = q.made(key, key, f"{POLICIES}/{key}", body)
        q.refer(f"/{kind}/{holder}/{key}", policy, kind=f"policies/{key}")


def roles(q: Quarter) -> None:
    """A role of the company's own, held everywhere; one of a unit's administrator; two for those who ask."""
    actions = [{"allowedResourceActions": ["microsoft.directory/users/basic/update"]}]
    body = {"displayName": "Quarter desk", "description": "Desk", "isEnabled": True, "rolePermissions": actions}
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
    offices = {"@odata.type": "#microsoft.graph.ipNamedLocation", "displayName": "Quarter quay", "isTrusted": False}
    countries = {"@odata.type": "#microsoft.graph.countryNamedLocation", "displayName": "Quarter seas"}
    countries |= {"countriesAndRegions": ["NO", "SE"], "includeUnknownCountriesAndRegions": False}
    quay = q.made("quay", "namedLocations", f"{ACCESS}/namedLocations", {**offices, "ipRanges": ranges})
    seas = q.made("seas", "namedLocations", f"{ACCESS}/namedLocations", countries)
    path = f"{POLICIES}/authenticationStrengthPolicies"
    body = {"displayName": "Quarter keys", "allowedCombinations": ["fido2", "password,sms"]}
    strength = q.made("keys", "authenticationStrengthPolicies", path, body)
    keys = {"@odata.type": "#microsoft.graph.fido2CombinationConfiguration", "appliesToCombinations": ["fido2"]}
    keys |= {"allowedAAGUIDs": ["2fc0579f-8113-47ea-b116-bb5a8db9202a"]}
    q.send("POST", f"{path}/{strength}/combinationConfigurations", keys)
    app_id = q.send("GET", f"{V1}/applications/{q.id('api')}", None)["appId"]
    whom = {"includeGroups": [q.id("outer")], "excludeUsers": [q.id("boss")], "excludeGroups": [q.id("spared")]}
    where = {"includeLocations": ["All"], "excludeLocations": [quay, seas]}
    mfa = {"operator": "OR", "builtInControls": ["mfa"]}
    for name, state, users, apps, more, grant in (
        ("strong", "enabled", whom, [app_id], {}, {"operator": "AND", "authenticationStrength": {"id": strength}}),
        ("places", "enabled", whom, ["All"], {"locations": where}, mfa),
        ("person", "disabled", {"includeUsers": [q.id("mate2")], "includeRoles": [HELPDESK]}, ["All"], {}, mfa),
    ):
        conditions = {"applications": {"includeApplications": apps}, "users": users, "clientAppTypes": ["all"], **more}
        body = {"displayName": f"Quarter {name}", "state": state, "conditions": conditions, "grantControls": grant}
        q.made(name, "conditionalAccessPolicies", f"{ACCESS}/policies", body)
    kind = "#microsoft.graph.temporaryAccessPassAuthenticationMethodConfiguration"
    target = {"targetType": "group", "id": q.id("inner"), "isRegistrationRequired": False}
    body = {"@odata.type": kind, "includeTargets": [target]}
    methods = f"{POLICIES}/authenticationMethodsPolicy/authenticationMethodConfigurations"
    q.send("PATCH", f"{methods}/TemporaryAccessPass", body)
    q.survivors.append(("authenticationMethodsPolicy", "authenticationMethodsPolicy"))


def entitlement(q: Quarter) -> None:
    """A catalog that holds a group, a package that gives membership in it, a policy by which a group may ask."""
    body = {"displayName": "Quarter catalog", "description": "c", "isExternallyVisible": False, "state": "published"}
    catalog = q.made("catalog", "accessPackageCatalogs", f"{PACKAGES}/catalogs", body)
    outer = q.id("outer")
    resource = {"originId": outer, "originSystem": "AadGroup"}
    body = {"requestType": "adminAdd", "resource": resource, "catalog": {"id": catalog}}
    q.send("POST", f"{PACKAGES}/resourceRequests", body)
    body = {"displayName": "Quarter package", "description": "p", "isHidden": False, "catalog": {"id": catalog}}
    package = q.made("package", "accessPackages", f"{PACKAGES}/accessPackages", body)
    (held,) = q.send("GET", f"{PACKAGES}/catalogs/{catalog}/resources", None)["value"]
    role = {"displayName": "Member", "originId": f"Member_{outer}", "originSystem": "AadGroup"}
    role |= {"resource": {"id": held["id"], **resource}}
    scope = {**resource, "isRootScope": True}
    q.send("POST", f"{PACKAGES}/accessPackages/{package}/resourceRoleScopes", {"role": role, "scope": scope})
    user = {"@odata.type": "#microsoft.graph.singleUser", "userId": q.id("boss"), "description": "Boss"}
    members = {"@odata.type": "#microsoft.graph.groupMembers", "groupId": q.id("inner"), "description": "Inner"}
    stage = {
        "durationBeforeAutomaticDenial": "P7D",
        "isApproverJustificationRequired": False,
        "isEscalationEnabled": False,
        "primaryApprovers": [user],
    }
    approval = {"isApprovalRequiredForAdd": True, "isRequestorJustificationRequired": True, "stages": [stage]}
    body = {
        "displayName": "Quarter policy",
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
            "displayName": f"Quarter {name}",
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
