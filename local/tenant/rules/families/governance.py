"""Entitlement, reviews, workflows, external identities, attributes, the tenant as a whole."""

from collections.abc import Mapping

from local.tenant.rules import entitlement, external, tenant_wide
from local.tenant.rules.kinds import Rules

RULES: Mapping[str, Rules] = {
    "accessPackageCatalog": Rules(create=entitlement.new_catalog, delete=entitlement.remove_catalog),
    "customCalloutExtension": Rules(create_child=entitlement.new_extension),
    "accessPackage": Rules(create=entitlement.new_package, delete=entitlement.remove_package),
    "accessPackageResourceRoleScope": Rules(create_child=entitlement.new_role_scope),
    "accessPackageAssignmentPolicy": Rules(create=entitlement.new_policy, update=entitlement.change_policy),
    "accessPackageResourceRequest": Rules(create=entitlement.new_resource_request),
    "accessPackageAssignmentRequest": Rules(create=entitlement.new_assignment_request),
    "entitlementRoleAssignment": Rules(create=entitlement.new_role_assignment),
    "connectedOrganization": Rules(create=entitlement.new_organization),
    "groupSetting": Rules(create=tenant_wide.new_setting, update=tenant_wide.change_setting),
    "groupLifecyclePolicy": Rules(create=tenant_wide.new_lifecycle),
    "domain": Rules(update=tenant_wide.change_domain),
    "organizationalBrandingLocalization": Rules(create_child=tenant_wide.new_branding),
    "multiTenantOrganizationMember": Rules(create=tenant_wide.new_member),
    "samlOrWsFedExternalDomainFederation": Rules(create=tenant_wide.new_federation),
    "customSecurityAttributeDefinition": Rules(create=tenant_wide.new_attribute, update=tenant_wide.change_attribute),
    "identityGovernance.workflow": Rules(create=tenant_wide.new_workflow, update=tenant_wide.change_workflow),
    "b2xIdentityUserFlow": Rules(create=external.new_flow),
    "identityProvider": Rules(create_child=external.new_provider),
    "identityUserFlowAttributeAssignment": Rules(create_child=external.new_assignment),
    "userFlowLanguageConfiguration": Rules(create_child=external.new_language),
    "identityUserFlowAttribute": Rules(create=external.new_attribute, update=external.change_attribute),
    "authenticationEventListener": Rules(create=external.new_listener, update=external.change_listener),
    "authenticationEventsFlow": Rules(create=external.new_events_flow, update=external.change_events_flow),
}
