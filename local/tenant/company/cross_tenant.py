"""Whom the company works with across tenants: the default, and partners with settings of their own."""

from collections.abc import Iterator
from typing import Any

from local.tenant.company.applications import PORTAL
from local.tenant.company.items import Item, Link, Object
from local.tenant.company.world import World

SYNCHRONISED, TRUSTED, BLOCKED = range(3)  # the numbers of the first partners; the rest are like the second


def items(world: World) -> Iterator[Item]:
    yield Object(
        "crossTenantAccessPolicy",
        {
            "id": world.id("crossTenantAccessPolicy"),
            "displayName": "CrossTenantAccessPolicy",
            "description": None,
            "allowedCloudEndpoints": ["microsoftonline.us"],
        },
    )
    yield Object("crossTenantAccessPolicyConfigurationDefault", _default())
    for number in range(max(3, world.users // 400)):
        yield Object("crossTenantAccessPolicyConfigurationPartner", _partner(world, number))
    yield from _synchronisation(world)
    yield from _templates(world)


def partner_tenant(world: World, number: int) -> str:
    return world.id("partnerTenant", number)


def _setting(access: str, people: list[tuple[str, str]], apps: list[str]) -> dict[str, Any]:
    return {
        "usersAndGroups": {
            "accessType": access,
            "targets": [{"target": target, "targetType": kind} for target, kind in people],
        },
        "applications": {
            "accessType": access,
            "targets": [{"target": target, "targetType": "application"} for target in apps],
        },
    }


def _everybody(access: str) -> dict[str, Any]:
    return _setting(access, [("AllUsers", "user")], ["AllApplications"])


def _default() -> dict[str, Any]:
    return {
        "id": "default",
        "isServiceDefault": False,
        "automaticUserConsentSettings": {"inboundAllowed": False, "outboundAllowed": False},
        "b2bCollaborationInbound": _everybody("allowed"),
        "b2bCollaborationOutbound": _everybody("allowed"),
        "b2bDirectConnectInbound": _everybody("blocked"),
        "b2bDirectConnectOutbound": _everybody("blocked"),
        "inboundTrust": {
            "isMfaAccepted": False,
            "isCompliantDeviceAccepted": False,
            "isHybridAzureADJoinedDeviceAccepted": False,
        },
        "invitationRedemptionIdentityProviderConfiguration": {
            "primaryIdentityProviderPrecedenceOrder": [
                "externalFederation",
                "azureActiveDirectory",
                "socialIdentityProviders",
            ],
            "fallbackIdentityProvider": "emailOneTimePasscode",
        },
        "tenantRestrictions": {**_everybody("blocked"), "devices": None},
    }


def _partner(world: World, number: int) -> dict[str, Any]:
    """Null means that the default applies."""
    partner: dict[str, Any] = {
        "tenantId": partner_tenant(world, number),
        "isServiceProvider": None,
        "isInMultiTenantOrganization": False,
        "automaticUserConsentSettings": {"inboundAllowed": None, "outboundAllowed": None},
        "b2bCollaborationInbound": None,
        "b2bCollaborationOutbound": None,
        "b2bDirectConnectInbound": None,
        "b2bDirectConnectOutbound": None,
        "inboundTrust": None,
        "tenantRestrictions": None,
    }
    if number == BLOCKED:
        return partner | {"b2bCollaborationInbound": _everybody("blocked")}
    trust = {"isMfaAccepted": True, "isCompliantDeviceAccepted": True, "isHybridAzureADJoinedDeviceAccepted": False}
    if number == SYNCHRONISED:
        return partner | {
            "isInMultiTenantOrganization": True,
            "automaticUserConsentSettings": {"inboundAllowed": True, "outboundAllowed": True},
            "inboundTrust": trust,
        }
    people = [(world.id("group:region", 0), "group"), (world.employee(number % world.employees), "user")]
    theirs = [(world.id("partnerGroup", number), "group")]  # a group of the partner's own tenant
    return partner | {
        "inboundTrust": trust,
        "b2bCollaborationInbound": _setting("allowed", theirs, [world.id("appId", PORTAL)]),
        "b2bDirectConnectOutbound": _setting("allowed", people, [world.id("appId", PORTAL), "Office365"]),
    }


def _synchronisation(world: World) -> Iterator[Item]:
    tenant = partner_tenant(world, SYNCHRONISED)
    kind = "crossTenantIdentitySyncPolicyPartner"
    properties = {"tenantId": tenant, "displayName": "Fjord Terminals", "userSyncInbound": {"isSyncAllowed": True}}
    yield Object(kind, properties)
    yield Link("crossTenantAccessPolicyConfigurationPartner", tenant, "identitySynchronization", kind, tenant)


def _templates(world: World) -> Iterator[Item]:
    """What partners of the multi-tenant organization get: the first as it was set, the second as it always was."""
    level = "newPartners,existingPartners"
    partner = {
        "id": world.id("partnerTemplate"),
        "templateApplicationLevel": level,
        "automaticUserConsentSettings": {"inboundAllowed": True, "outboundAllowed": True},
        "b2bCollaborationInbound": None,
        "b2bCollaborationOutbound": None,
        "b2bDirectConnectInbound": None,
        "b2bDirectConnectOutbound": None,
        "inboundTrust": {
            "isMfaAccepted": True,
            "isCompliantDeviceAccepted": True,
            "isHybridAzureADJoinedDeviceAccepted": True,
        },
    }
    yield Object("multiTenantOrganizationPartnerConfigurationTemplate", partner)
    synchronisation = {
        "id": world.id("synchronisationTemplate"),
        "templateApplicationLevel": level,
        "userSyncInbound": {"isSyncAllowed": None},
    }
    yield Object("multiTenantOrganizationIdentitySyncPolicyTemplate", synchronisation)
