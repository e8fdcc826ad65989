"""The tenant itself: one object with its verified domains, contacts and plans."""

from functions.catalogue.model import ObjectType, Preset
from functions.catalogue.refusals import refused

ORGANIZATION = ObjectType(
    key="organization",
    title="Organization",
    path="/organization",
    preset=Preset.ESSENTIAL,
    read_scopes=("Organization.Read.All",),
    tolerates=refused("Organization.Read.All"),
    # The quota counts every object of the tenant. It is documented for beta only; that v1.0 sends it is unverified.
    volatile=frozenset({"directorySizeQuota", "onPremisesLastSyncDateTime"}),
    read_only=frozenset(
        {
            "assignedPlans",
            "createdDateTime",
            "deletedDateTime",
            "id",
            "isMultipleDataLocationsForServicesEnabled",
            "onPremisesSyncEnabled",
            "partnerTenantType",
            "provisionedPlans",
            "tenantType",
            "verifiedDomains",
        }
    ),
    unrestored=(
        "this release does not write the tenant itself; set contacts and the privacy statement again in the Entra "
        "admin center."
    ),
    notes=(
        "One object, read without $select, because a plain read leaves nothing out that a list can give. "
        "Not read: mobileDeviceManagementAuthority (only on a single read that names it). "
        "Branding is a type of its own. defaultUsageLocation does not exist in national clouds."
    ),
)
