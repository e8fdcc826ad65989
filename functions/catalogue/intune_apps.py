"""Intune: apps, how they are protected on devices that are not the company's, and how they are configured.

The list of all app policies in one (managedAppPolicies) has nothing more, and no assignments: it is not read.
"""

from functions.catalogue.intune import APPS, LETTERED_ID, TARGETED, TARGETS, below, intune, tolerated
from functions.catalogue.model import ObjectType, Read

_TOLERATES = tolerated(APPS)
_STAMPS = frozenset({"createdDateTime", "id", "lastModifiedDateTime"})
_COUNTED = _STAMPS | {"deployedAppCount", "isAssigned"}
_VERSION = frozenset({"version"})  # a tag of the stored document, which changes without anybody changing the policy
_NOTES = "apps names each app by the id of its package; the tag in version makes no version of the record."

MOBILE_APPS = intune(
    key="mobileApps",
    title="Intune apps",
    path="/deviceAppManagement/mobileApps",
    read=Read.EACH,
    select=("id",),
    expand=("assignments", "categories"),
    relationships=(
        below(
            name="relationships",
            only=("@odata.type", frozenset({"#microsoft.graph.win32CatalogApp", "#microsoft.graph.win32LobApp"})),
            read_scopes=(APPS,),
            notes="Apps that it needs or replaces; only Windows apps of these kinds can have any.",
        ),
    ),
    natural_keys=("@odata.type", "displayName", "publisher"),
    read_scopes=(APPS,),
    tolerates=_TOLERATES,
    volatile=frozenset({"usedLicenseCount"}),
    read_only=_STAMPS
    | {
        "dependentAppCount",
        "isAssigned",
        "publishingState",
        "supersededAppCount",
        "supersedingAppCount",
        "totalLicenseCount",
        "uploadState",
    },
    references=(*TARGETS, "@relationships.relationships.targetId"),
    depends_on=TARGETED,
    unrestored="this release does not write to Intune, and the file of an app is not in Graph: keep your installers.",
    notes=(
        "How an app is installed, found and assigned, not the app: its file cannot be downloaded. The list leaves out "
        "icons, and Graph no longer wants it to expand assignments, so each app is read by itself. Apps of the types "
        "managedIOSStoreApp and managedAndroidStoreApp are there in every tenant, for protection policies; those from "
        "a volume purchase belong to their token, and come back with it. How many licences are used makes no version."
    ),
)

IOS_MANAGED_APP_PROTECTIONS = intune(
    key="iosManagedAppProtections",
    title="Intune app protection policies for iOS",
    path="/deviceAppManagement/iosManagedAppProtections",
    expand=("apps", "assignments"),
    id_pattern=LETTERED_ID,
    natural_keys=("displayName",),
    read_scopes=(APPS,),
    tolerates=_TOLERATES,
    volatile=_VERSION,
    read_only=_COUNTED,
    references=TARGETS,
    depends_on=TARGETED,
    notes=_NOTES,
)

ANDROID_MANAGED_APP_PROTECTIONS = intune(
    key="androidManagedAppProtections",
    title="Intune app protection policies for Android",
    path="/deviceAppManagement/androidManagedAppProtections",
    expand=("apps", "assignments"),
    id_pattern=LETTERED_ID,
    natural_keys=("displayName",),
    read_scopes=(APPS,),
    tolerates=_TOLERATES,
    volatile=_VERSION,
    read_only=_COUNTED,
    references=TARGETS,
    depends_on=TARGETED,
    notes=_NOTES,
)

WINDOWS_MANAGED_APP_PROTECTIONS = intune(
    key="windowsManagedAppProtections",
    title="Intune app protection policies for Windows",
    path="/deviceAppManagement/windowsManagedAppProtections",
    expand=("apps", "assignments"),
    id_pattern=LETTERED_ID,
    natural_keys=("displayName",),
    read_scopes=(APPS,),
    tolerates=_TOLERATES,
    volatile=_VERSION,
    read_only=_COUNTED,
    references=TARGETS,
    depends_on=TARGETED,
    notes=f"{_NOTES} Only beta has them.",
)

MDM_WINDOWS_INFORMATION_PROTECTION_POLICIES = intune(
    key="mdmWindowsInformationProtectionPolicies",
    title="Windows Information Protection policies",
    path="/deviceAppManagement/mdmWindowsInformationProtectionPolicies",
    expand=("assignments",),
    relationships=(
        below(
            name="exemptAppLockerFiles",
            read_scopes=(APPS,),
            notes="AppLocker files of the apps that are left alone, whole.",
        ),
        below(
            name="protectedAppLockerFiles",
            read_scopes=(APPS,),
            notes="AppLocker files of the apps that may use work data, whole.",
        ),
    ),
    id_pattern=LETTERED_ID,
    natural_keys=("displayName",),
    read_scopes=(APPS,),
    tolerates=_TOLERATES,
    volatile=_VERSION,
    read_only=_STAMPS | {"isAssigned"},
    references=TARGETS,
    depends_on=TARGETED,
    notes=(
        "For enrolled devices; Windows has given up the feature, and policies remain in tenants. The recovery "
        "certificate is the public one: its private key was never in Intune."
    ),
)

TARGETED_MANAGED_APP_CONFIGURATIONS = intune(
    key="targetedManagedAppConfigurations",
    title="Intune app configuration for managed apps",
    path="/deviceAppManagement/targetedManagedAppConfigurations",
    expand=("apps", "assignments"),
    id_pattern=LETTERED_ID,
    natural_keys=("displayName",),
    read_scopes=(APPS,),
    tolerates=_TOLERATES,
    volatile=_VERSION,
    read_only=_COUNTED,
    references=TARGETS,
    depends_on=TARGETED,
    notes=f"{_NOTES} Settings made in the settings catalog form of such a policy are not read.",
)

MOBILE_APP_CONFIGURATIONS = intune(
    key="mobileAppConfigurations",
    title="Intune app configuration for managed devices",
    path="/deviceAppManagement/mobileAppConfigurations",
    expand=("assignments",),
    natural_keys=("@odata.type", "displayName"),
    read_scopes=(APPS,),
    tolerates=_TOLERATES,
    volatile=_VERSION,
    read_only=_STAMPS | {"appSupportsOemConfig"},
    references=(*TARGETS, "targetedMobileApps"),
    depends_on=(*TARGETED, "mobileApps"),
    notes="targetedMobileApps holds the ids of the apps that are configured; settings may hold secrets in the open.",
)

ENTRIES: tuple[ObjectType, ...] = (
    MOBILE_APPS,
    IOS_MANAGED_APP_PROTECTIONS,
    ANDROID_MANAGED_APP_PROTECTIONS,
    WINDOWS_MANAGED_APP_PROTECTIONS,
    MDM_WINDOWS_INFORMATION_PROTECTION_POLICIES,
    TARGETED_MANAGED_APP_CONFIGURATIONS,
    MOBILE_APP_CONFIGURATIONS,
)
