"""The rules of every type that has rules of its own, joined from the modules of the families."""

from collections.abc import Mapping

from functions.core import (
    plan_access,
    plan_app_policies,
    plan_apps,
    plan_credentials,
    plan_grants,
    plan_groups,
    plan_locations,
    plan_methods,
    plan_pim,
    plan_policies,
    plan_principals,
    plan_roles,
    plan_sign_in,
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
    "namedLocations": plan_locations.NAMED_LOCATION,
    "roleDefinitions": plan_roles.ROLE_DEFINITION,
    "roleAssignments": plan_roles.ROLE_ASSIGNMENT,
    "roleEligibilitySchedules": plan_pim.ROLE_SCHEDULE,
    "roleAssignmentSchedules": plan_pim.ROLE_SCHEDULE,
    "groupEligibilitySchedules": plan_pim.GROUP_SCHEDULE,
    "groupAssignmentSchedules": plan_pim.GROUP_SCHEDULE,
    "roleManagementPolicies": plan_pim.ROLE_POLICY,
    "groupRoleManagementPolicies": plan_pim.ROLE_POLICY,
    "authenticationStrengthPolicies": plan_sign_in.STRENGTH,
    "authenticationContextClassReferences": plan_sign_in.CONTEXT,
    "authenticationMethodsPolicy": plan_methods.METHODS,
    "identitySecurityDefaultsEnforcementPolicy": plan_sign_in.SECURITY_DEFAULTS,
    "certificateBasedAuthConfigurations": plan_sign_in.PKI,
    "legacyCertificateBasedAuthConfigurations": plan_sign_in.LEGACY_AUTHORITIES,
    "authorizationPolicy": plan_access.AUTHORIZATION,
    "crossTenantAccessPolicy": plan_access.CROSS_TENANT,
    "crossTenantAccessPolicyDefault": plan_access.CROSS_TENANT_DEFAULT,
    "crossTenantAccessPartners": plan_access.PARTNER,
    "multiTenantOrganizationPartnerConfiguration": plan_access.PARTNER_TEMPLATE,
    "multiTenantOrganizationIdentitySynchronization": plan_access.SYNCHRONIZATION_TEMPLATE,
    "authenticationFlowsPolicy": plan_access.SIGN_UP,
    "externalIdentitiesPolicy": plan_access.GUESTS_LEAVING,
    "deviceRegistrationPolicy": plan_access.DEVICE_REGISTRATION,
    "federatedTokenValidationPolicy": plan_access.TOKEN_VALIDATION,
}


def rules_of(key: str) -> Rules:
    """The rules of a type, those that ask for nothing where it has none."""
    return RULES.get(key, _NONE)


_NONE = Rules()
