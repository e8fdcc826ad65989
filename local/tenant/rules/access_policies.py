"""Tenant-wide policies on access: the authorization policy, and those on other tenants."""

from local.tenant.rules.directory import Directory, Object, bad_request

_PERMISSIONS = "defaultUserRolePermissions"
_UNSET = (
    "b2bCollaborationInbound",
    "b2bCollaborationOutbound",
    "b2bDirectConnectInbound",
    "b2bDirectConnectOutbound",
    "inboundTrust",
    "tenantRestrictions",
)
_SYSTEM_DEFAULT = {
    "b2bCollaborationInbound": "allowed",
    "b2bCollaborationOutbound": "allowed",
    "b2bDirectConnectInbound": "blocked",
    "b2bDirectConnectOutbound": "blocked",
    "tenantRestrictions": "blocked",
}


def update_authorization(current: Object, body: Object, new: Object, directory: Directory) -> Object:
    """The documentation's examples send one permission of the default role and mean to keep the others."""
    if isinstance(body.get(_PERMISSIONS), dict):
        new[_PERMISSIONS] = {**(current.get(_PERMISSIONS) or {}), **body[_PERMISSIONS]}
    return new


def update_default(current: Object, body: Object, new: Object, directory: Directory) -> Object:
    return {**new, "isServiceDefault": False}


def create_partner(body: Object, new: Object, directory: Directory) -> Object:
    """A setting that is not sent is null: the default holds."""
    if new["tenantId"].casefold() == directory.tenant_id().casefold():
        raise bad_request("The tenant cannot be its own partner.")  # wording not confirmed
    unset = {name: None for name in _UNSET} | {
        "automaticUserConsentSettings": {"inboundAllowed": None, "outboundAllowed": None},
        "isServiceProvider": None,
        "isInMultiTenantOrganization": False,
    }
    return unset | new


def delete_partner(current: Object, directory: Directory) -> None:
    if directory.links("crossTenantAccessPolicyConfigurationPartner", current["tenantId"], "identitySynchronization"):
        raise bad_request("Delete the identity synchronization of the partner first.")  # wording not confirmed


def system_default(current: Object) -> Object:
    """The default as it is in a tenant where nobody has changed it."""
    untrusting = dict.fromkeys(
        ("isMfaAccepted", "isCompliantDeviceAccepted", "isHybridAzureADJoinedDeviceAccepted"), False
    )
    return {
        **current,
        "isServiceDefault": True,
        "inboundTrust": untrusting,
        "automaticUserConsentSettings": {"inboundAllowed": False, "outboundAllowed": False},
        **{name: _everybody(access) for name, access in _SYSTEM_DEFAULT.items()},
    }


def _everybody(access: str) -> Object:
    return {
        "usersAndGroups": {"accessType": access, "targets": [{"target": "AllUsers", "targetType": "user"}]},
        "applications": {
            "accessType": access,
            "targets": [{"target": "AllApplications", "targetType": "application"}],
        },
    }
