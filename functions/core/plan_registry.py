"""The rules of every type that has rules of its own, joined from the modules of the families."""

from collections.abc import Mapping

from functions.core import (
    plan_app_policies,
    plan_apps,
    plan_credentials,
    plan_grants,
    plan_groups,
    plan_policies,
    plan_principals,
    plan_users,
)
from functions.core.plan_rules import Rules

RULES: Mapping[str, Rules] = {
    "users": plan_users.RULES,
    "groups": plan_groups.RULES,
    "applications": plan_apps.APPLICATION,
    "servicePrincipals": plan_principals.SERVICE_PRINCIPAL,
    "applicationKeyCredentials": plan_credentials.KEY_CREDENTIALS,
    "servicePrincipalKeyCredentials": plan_credentials.KEY_CREDENTIALS,
    "appRoleAssignments": plan_grants.APP_ROLE_ASSIGNMENT,
    "oauth2PermissionGrants": plan_grants.PERMISSION_GRANT,
    "permissionGrantPolicies": plan_app_policies.CONSENT_POLICY,
    "tokenLifetimePolicies": plan_app_policies.TOKEN_POLICY,
    "tokenIssuancePolicies": plan_app_policies.TOKEN_POLICY,
    "claimsMappingPolicies": plan_app_policies.TOKEN_POLICY,
    "homeRealmDiscoveryPolicies": plan_app_policies.TOKEN_POLICY,
    "activityBasedTimeoutPolicies": plan_app_policies.TOKEN_POLICY,
    "appManagementPolicies": plan_app_policies.APP_MANAGEMENT,
    "defaultAppManagementPolicy": plan_app_policies.APP_MANAGEMENT,
    "adminConsentRequestPolicy": plan_app_policies.ADMIN_CONSENT,
    "conditionalAccessPolicies": plan_policies.CONDITIONAL_ACCESS,
    "namedLocations": plan_policies.NAMED_LOCATION,
}


def rules_of(key: str) -> Rules:
    """The rules of a type, those that ask for nothing where it has none."""
    return RULES.get(key, _NONE)


_NONE = Rules()
