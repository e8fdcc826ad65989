"""Applications, their service principals, and what they are granted."""

from collections.abc import Mapping

from local.tenant.rules import app_policies, applications, grants, principals
from local.tenant.rules.kinds import Rules

RULES: Mapping[str, Rules] = {
    "application": Rules(create=applications.create, update=applications.update, restore=applications.restore),
    "servicePrincipal": Rules(create=principals.create, update=principals.update, restore=principals.restore),
    "federatedIdentityCredential": Rules(
        create_child=applications.create_federated, update_child=applications.update_federated
    ),
    "extensionProperty": Rules(create_child=applications.create_extension),
    "appRoleAssignment": Rules(create_child=grants.create_assignment),
    "oAuth2PermissionGrant": Rules(create=grants.create_grant),
    "delegatedPermissionClassification": Rules(create_child=app_policies.create_classification),
    "permissionGrantPolicy": Rules(
        create=app_policies.create_consent, update=app_policies.update_consent, delete=app_policies.delete_consent
    ),
    "adminConsentRequestPolicy": Rules(update=app_policies.update_admin_consent),
    "appManagementPolicy": Rules(create=app_policies.create_management),
    **{kind: app_policies.token_policy(kind) for kind in app_policies.TOKEN_POLICIES},
}
