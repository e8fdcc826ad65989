"""A quarter of the harbour: part of a company whose objects are all tied to each other, built and razed by calls.

In: a function that makes one call of the tenant. Out: the objects as (type, id) in an order in which they can be
deleted for good, and what survives them but names them.
"""

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
QUARTER = "Pier 9"  # how the names of all its objects begin
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
            "displayName": f"Pier 9 {name}",
            "mailNickname": f"pier9-{name}",
            "userPrincipalName": f"pier9-{name}@{self.domain}",
            "passwordProfile": {"password": START_PASSWORD, "forceChangePasswordNextSignIn": True},
            "usageLocation": "NO",
            "jobTitle": f"Pilot {name}",
            **more,
        }
        return self.made(name, "users", f"{V1}/users", body)

    def group(self, name: str, **more: object) -> str:
        body = {
            "displayName": f"Pier 9 {name}",
            "mailEnabled": False,
            "mailNickname": f"pier9{name}",
            "securityEnabled": True,
            "description": name,
            **more,
        }
        return self.made(name, "groups", f"{V1}/groups", body)

    def refer(self, path: str, target: str, method: str = "POST", kind: str = "directoryObjects") -> None:
        self.send(method, f"{V1}{path}/$ref", {"@odata.id": f"{self.base}/v1.0/{kind}/{target}"})

    # razing
    def raze(self, *, month: bool = False) -> list[Thing]:
        """Deletes everything for good, as somebody who may; returns it. Units, roles, policies and locations cannot be
        taken out of their bins by an application: they are gone too when a `month` has passed."""
        self.send("PATCH", "/_admin/switches", {"callerRoles": ["Global Administrator"]})
        for key, identity in (gone := list(self.order())):
            self.delete(key, identity)
        self.send("PATCH", "/_admin/switches", {"callerRoles": []})
        if month:
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
