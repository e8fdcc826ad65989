"""Roles, Conditional Access, tenant-wide policies."""

from collections.abc import Mapping

from local.tenant.rules import access_policies, conditional_access, locations, pim, roles, sign_in
from local.tenant.rules.kinds import Rules

RULES: Mapping[str, Rules] = {
    "unifiedRoleDefinition": Rules(
        create=roles.create_definition, update=roles.update_definition, delete=roles.delete_definition
    ),
    "unifiedRoleAssignment": Rules(create=roles.create_assignment),
    "conditionalAccessPolicy": Rules(create=conditional_access.create, update=conditional_access.update),
    "namedLocation": Rules(create=locations.create, update=locations.update, delete=locations.delete),
    "authenticationStrengthPolicy": Rules(
        create=sign_in.create_strength, update=sign_in.update_strength, delete=sign_in.delete_strength
    ),
    "authenticationContextClassReference": Rules(create=sign_in.create_context, delete=sign_in.delete_context),
    "identitySecurityDefaultsEnforcementPolicy": Rules(update=sign_in.update_defaults),
    "certificateBasedAuthPki": Rules(create=sign_in.create_store),
    "certificateAuthorityDetail": Rules(create_child=sign_in.create_authority),
    "certificateBasedAuthConfiguration": Rules(create_child=sign_in.create_legacy),
    "authorizationPolicy": Rules(update=access_policies.update_authorization),
    "crossTenantAccessPolicyConfigurationDefault": Rules(update=access_policies.update_default),
    "crossTenantAccessPolicyConfigurationPartner": Rules(
        create=access_policies.create_partner, delete=access_policies.delete_partner
    ),
    "unifiedRoleManagementPolicyRule": Rules(update_child=pim.update_rule),
    **{kind: Rules(create=pim.request_rule(kind)) for kind in pim.REQUESTS},
}
