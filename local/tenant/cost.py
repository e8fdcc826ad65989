"""What a call costs in resource units, as the throttling documentation counts; 0 where the service names no cost.

Only the directory counts in these units. Which services beside those named here say nothing is not confirmed.
"""

import re

from local.tenant.message import Request

READS = (
    (re.compile(r"/applications/[^/]+/extensionProperties"), 2),
    (re.compile(r"/applications\Z"), 2),
    (re.compile(r"/contracts\Z"), 3),
    (re.compile(r"/domains/[^/]+/domainNameReferences\Z"), 4),
    (re.compile(r"/groups/[^/]+/members(/.*)?\Z"), 3),
    (re.compile(r"/groups/[^/]+/transitiveMembers(/.*)?\Z"), 5),
    (re.compile(r"/users/[^/]+/licenseDetails\Z"), 2),
    (re.compile(r"/users/[^/]+/(memberOf|ownedObjects|transitiveMemberOf)(/.*)?\Z"), 2),
    (re.compile(r"/oauth2PermissionGrants\Z"), 2),
    (re.compile(r"/servicePrincipals/[^/]+/appRoleAssignments\Z"), 2),
    (re.compile(r"/subscribedSkus\Z"), 3),
    (re.compile(r"/users\Z"), 2),
)
UNCOUNTED = re.compile(
    r"/(identity|identityGovernance|roleManagement|deviceManagement|deviceAppManagement|auditLogs|reports"
    r"|informationProtection"
    r"|tenantRelationships|directory/deviceLocalCredentials|policies/roleManagementPolicies"
    r"|policies/roleManagementPolicyAssignments|users/[^/]+/authentication)(/|\Z)"
)
TOP = re.compile(r"(?:^|&)(?:\$|%24)top=(\d+)")


def resource_units(request: Request) -> int:
    if UNCOUNTED.match(request.path):
        return 0
    selects = "select=" in request.query
    if request.path == "/directoryObjects/getByIds":
        return 2 if selects else 5
    if request.method != "GET":
        return 1
    cost = next((cost for pattern, cost in READS if pattern.match(request.path)), 1)
    top = TOP.search(request.query)
    cost += ("expand=" in request.query) - selects - (top is not None and int(top[1]) < 20)
    return max(cost, 1)
