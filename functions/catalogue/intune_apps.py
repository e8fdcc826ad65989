"""Intune: apps, how they are protected on devices that are not the company's, and how they are configured.

The list of all app policies in one (managedAppPolicies) has nothing more, and no assignments: it is not read.
"""

from functions.catalogue.intune import (
    APPS,
    KIND,
    LETTERED_ID,
    REPORTS,
    TARGETED,
    TARGETS,
    TO_TARGETS,
    below,
    intune,
    tolerated,
    written,
)
from functions.catalogue.intune_app_properties import APP_CONFIGURATIONS, APPS_BY_TYPE, MANAGED
from functions.catalogue.intune_properties import names
from functions.catalogue.model import Lost, ObjectType, Part, Read

_TOLERATES = tolerated(APPS)
_STAMPS = frozenset({"createdDateTime", "id", "lastModifiedDateTime"})
_COUNTED = _STAMPS | {"deployedAppCount", "isAssigned"}
_VERSION = frozenset({"version"})  # a tag of the stored document, which changes without anybody changing the policy
_NOTES = "apps names each app by the id of its package; the tag in version makes no version of the record."

_PROTECTION = ("managedAppPolicy", "managedAppProtection", "targetedManagedAppProtection")
_FILE = Part(
    keys=("displayName",),
    create=frozenset({"displayName", "file", "fileHash"}),
    update=frozenset({"file", "fileHash"}),
    required=frozenset({"displayName", "file"}),
    removable=True,
)


def _managed(*types: str) -> frozenset[str]:
    """What can be set on a policy for apps."""
    return names({kind: MANAGED[kind] for kind in types})


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
            restorable=True,
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
        "committedContentVersion",
        "dependentAppCount",
        "isAssigned",
        "manifestHash",
        "publishingState",
        "size",
        "supersededAppCount",
        "supersedingAppCount",
        "totalLicenseCount",
        "uploadState",
    },
    references=(*TARGETS, "@relationships.relationships.targetId", "categories.id"),
    leads_to={**TO_TARGETS, "@relationships.relationships.targetId": ("mobileApps",)},
    elsewhere=frozenset({"categories.id"}),  # categories of apps are not a type of their own
    depends_on=TARGETED,
    restore=written(
        "/deviceAppManagement/mobileApps",
        APPS,
        names(APPS_BY_TYPE),
        create=frozenset({KIND}),
        required=frozenset({KIND, "displayName", "publisher"}),
        lost=(
            REPORTS,
            Lost(
                what="Apps with a file of their own",
                why="The file cannot be read from Graph, and an app of such a type is nothing without it.",
                todo="Keep your installers: upload the app again with what the record says, then assign it.",
                planned=False,
            ),
            Lost(
                what="Apps from a volume purchase or a managed store",
                why="They belong to a token or a contract with the store, and come with it.",
                todo="Connect the token or the store again and let it synchronise.",
                planned=False,
            ),
        ),
    ),
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
    leads_to=TO_TARGETS,
    depends_on=TARGETED,
    restore=written(
        "/deviceAppManagement/iosManagedAppProtections",
        APPS,
        _managed(*_PROTECTION, "iosManagedAppProtection"),
    ),
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
    leads_to=TO_TARGETS,
    depends_on=TARGETED,
    restore=written(
        "/deviceAppManagement/androidManagedAppProtections",
        APPS,
        _managed(*_PROTECTION, "androidManagedAppProtection"),
    ),
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
    leads_to=TO_TARGETS,
    depends_on=TARGETED,
    restore=written(
        "/deviceAppManagement/windowsManagedAppProtections",
        APPS,
        _managed("managedAppPolicy", "windowsManagedAppProtection"),
    ),
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
            restorable=True,
            part=_FILE,
            read_scopes=(APPS,),
            notes="AppLocker files of the apps that are left alone, whole.",
        ),
        below(
            name="protectedAppLockerFiles",
            restorable=True,
            part=_FILE,
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
    leads_to=TO_TARGETS,
    depends_on=TARGETED,
    restore=written(
        "/deviceAppManagement/mdmWindowsInformationProtectionPolicies",
        APPS,
        _managed("managedAppPolicy", "windowsInformationProtection"),
    ),
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
    leads_to=TO_TARGETS,
    depends_on=TARGETED,
    restore=written(
        "/deviceAppManagement/targetedManagedAppConfigurations",
        APPS,
        _managed("managedAppPolicy", "managedAppConfiguration", "targetedManagedAppConfiguration"),
    ),
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
    leads_to={**TO_TARGETS, "targetedMobileApps": ("mobileApps",)},
    depends_on=(*TARGETED, "mobileApps"),
    restore=written(
        "/deviceAppManagement/mobileAppConfigurations",
        APPS,
        names(APP_CONFIGURATIONS),
        create=frozenset({KIND}),
        required=frozenset({KIND, "displayName", "targetedMobileApps"}),
    ),
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
