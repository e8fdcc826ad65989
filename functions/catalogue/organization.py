"""The tenant itself: one object with its verified domains, contacts and plans."""

from functions.catalogue.model import Lost, ObjectType, Preset, Restore, Stage
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
            "businessPhones",
            "city",
            "country",
            "countryLetterCode",
            "createdDateTime",
            "defaultUsageLocation",
            "deletedDateTime",
            "displayName",
            "id",
            "isMultipleDataLocationsForServicesEnabled",
            "onPremisesSyncEnabled",
            "partnerTenantType",
            "postalCode",
            "preferredLanguage",
            "provisionedPlans",
            "state",
            "street",
            "tenantType",
            "verifiedDomains",
        }
    ),
    restore=Restore(
        collection="/organization",
        create=frozenset(),
        update=frozenset(
            {
                "marketingNotificationEmails",
                "privacyProfile",
                "securityComplianceNotificationMails",
                "securityComplianceNotificationPhones",
                "technicalNotificationMails",
            }
        ),
        stage=Stage.POLICIES,
        keeps_id=True,  # the tenant's own
        write_scopes=("Organization.ReadWrite.All",),
        lost=(
            Lost(
                what="Name, address and telephone numbers of the tenant",
                why="Graph lets an application write the contacts for notices and the privacy statement alone.",
                todo="Set them by hand in the Microsoft 365 admin center, under the organization profile.",
                planned=False,
            ),
        ),
    ),
    notes=(
        "One object, read without $select, because a plain read leaves nothing out that a list can give. "
        "Not read: mobileDeviceManagementAuthority (only on a single read that names it). "
        "Branding is a type of its own. defaultUsageLocation does not exist in national clouds."
    ),
)
