"""Kinds of Intune's app management: apps, their protection and their configuration.

The icon comes with a single app alone. Most subtypes of app are only under beta, so the kind is modelled there alone;
each subtype and each policy has some of its properties.
"""

from local.tenant.schema.intune import APPS, assigned, assignment, child, held, intune
from local.tenant.schema.model import Kind, LinkRule, links
from local.tenant.schema.notation import table

_POLICY = """
    id string ro
    displayName string
    description string?
    createdDateTime datetime ro
    lastModifiedDateTime datetime ro
    roleScopeTagIds string[] set beta
    version string ro
"""
_PROTECTION = """
    allowedDataStorageLocations string[] set
    allowedInboundDataTransferSources string
    allowedOutboundClipboardSharingLevel string
    allowedOutboundDataTransferDestinations string
    appGroupType string beta
    dataBackupBlocked bool
    deployedAppCount int ro
    isAssigned bool ro
    maximumPinRetries int
    minimumPinLength int
    minimumRequiredOsVersion string?
    organizationalCredentialsRequired bool
    periodOfflineBeforeAccessCheck string
    periodOfflineBeforeWipeIsEnforced string
    pinCharacterSet string
    pinRequired bool
    saveAsBlocked bool
"""
_POLICY_LINKS = links(assigned("targetedManagedAppPolicyAssignment"), held("apps", "managedMobileApp", deep=True))

MOBILE_APP = intune(
    name="mobileApp",
    collection="mobileApps",
    path="/deviceAppManagement/mobileApps",
    beta=True,
    reads=APPS,
    writes_with=APPS[1:],
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=(
        "displayName",
        "publisher",
    ),
    subtypes={
        "win32LobApp": (
            "allowedArchitectures",
            "applicableArchitectures",
            "committedContentVersion",
            "detectionRules",
            "fileName",
            "installCommandLine",
            "installExperience",
            "msiInformation",
            "requirementRules",
            "returnCodes",
            "rules",
            "setupFilePath",
            "size",
            "uninstallCommandLine",
        ),
        "iosStoreApp": ("appStoreUrl", "bundleId", "minimumSupportedOperatingSystem"),
        "iosVppApp": ("bundleId", "totalLicenseCount", "usedLicenseCount", "vppTokenId", "vppTokenOrganizationName"),
        "managedIOSStoreApp": ("appAvailability", "appStoreUrl", "bundleId"),
        "winGetApp": ("installExperience", "manifestHash", "packageIdentifier"),
        "webApp": ("appUrl", "useManagedBrowser"),
    },
    properties=table("""
        id guid ro
        displayName string
        description string?
        publisher string
        largeIcon open? detail
        createdDateTime datetime ro
        lastModifiedDateTime datetime ro
        isFeatured bool
        privacyInformationUrl string?
        informationUrl string?
        owner string?
        developer string?
        notes string?
        uploadState int ro
        publishingState string ro
        isAssigned bool ro
        roleScopeTagIds string[] set
        dependentAppCount int ro
        supersedingAppCount int ro
        supersededAppCount int ro
        allowedArchitectures string?
        applicableArchitectures string?
        committedContentVersion string? ro
        detectionRules open[] set
        fileName string?
        installCommandLine string
        installExperience open
        msiInformation open?
        requirementRules open[] set
        returnCodes open[] set
        rules open[] set
        setupFilePath string?
        size int ro
        uninstallCommandLine string
        appStoreUrl string
        bundleId string
        minimumSupportedOperatingSystem open?
        totalLicenseCount int ro
        usedLicenseCount int ro
        vppTokenId string
        vppTokenOrganizationName string
        appAvailability string ro
        manifestHash string? ro
        packageIdentifier string
        appUrl string
        useManagedBrowser bool
    """),
    links=links(
        assigned("mobileAppAssignment"),
        LinkRule(name="categories", to=("mobileAppCategory",), writable=True, writes_with=APPS[1:]),
        held("relationships", "mobileAppRelationship"),
    ),
)

CATEGORY = intune(
    name="mobileAppCategory",
    collection="mobileAppCategories",
    path="/deviceAppManagement/mobileAppCategories",
    reads=APPS,
    writes_with=APPS[1:],
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=("displayName",),
    properties=table("""
        id guid ro
        displayName string
        lastModifiedDateTime datetime ro
    """),
)

APP_RELATIONSHIP = child(
    name="mobileAppRelationship",
    collection="relationships",
    reads=APPS,
    writes_with=APPS[1:],
    methods=frozenset({"POST"}),
    required=("targetId",),
    subtypes={"mobileAppDependency": ("dependencyType",), "mobileAppSupersedence": ("supersedenceType",)},
    properties=table("""
        id string ro
        targetDisplayName string ro
        targetId guid
        targetType string ro
        dependencyType string
        supersedenceType string
    """),
)

TARGETED_APP = child(
    name="managedMobileApp",
    collection="apps",
    keys=("id",),
    reads=APPS,
    writes_with=APPS[1:],
    methods=frozenset({"POST"}),
    required=("mobileAppIdentifier",),
    properties=table("""
        id string create
        mobileAppIdentifier open
        version string? ro
    """),
)

IOS_PROTECTION = intune(
    name="iosManagedAppProtection",
    collection="iosManagedAppProtections",
    path="/deviceAppManagement/iosManagedAppProtections",
    reads=APPS,
    writes_with=APPS[1:],
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=("displayName",),
    properties=table(f"""{_POLICY}{_PROTECTION}
        appDataEncryptionType string
        exemptedAppProtocols open[] set beta
        faceIdBlocked bool
    """),
    links=_POLICY_LINKS,
)

ANDROID_PROTECTION = intune(
    name="androidManagedAppProtection",
    collection="androidManagedAppProtections",
    path="/deviceAppManagement/androidManagedAppProtections",
    reads=APPS,
    writes_with=APPS[1:],
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=("displayName",),
    properties=table(f"""{_POLICY}{_PROTECTION}
        encryptAppData bool
        approvedKeyboards open[] set beta
        screenCaptureBlocked bool
    """),
    links=_POLICY_LINKS,
)

WINDOWS_PROTECTION = intune(
    name="windowsManagedAppProtection",
    collection="windowsManagedAppProtections",
    path="/deviceAppManagement/windowsManagedAppProtections",
    beta=True,
    reads=APPS,
    writes_with=APPS[1:],
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=("displayName",),
    properties=table(f"""{_POLICY}
        allowedInboundDataTransferSources string
        allowedOutboundClipboardSharingLevel string
        allowedOutboundDataTransferDestinations string
        appActionIfUnableToAuthenticateUser string?
        deployedAppCount int ro
        isAssigned bool ro
        maximumAllowedDeviceThreatLevel string
        mobileThreatDefenseRemediationAction string
        periodOfflineBeforeAccessCheck string
        periodOfflineBeforeWipeIsEnforced string
        printBlocked bool
    """),
    links=_POLICY_LINKS,
)

INFORMATION_PROTECTION = intune(
    name="mdmWindowsInformationProtectionPolicy",
    collection="mdmWindowsInformationProtectionPolicies",
    path="/deviceAppManagement/mdmWindowsInformationProtectionPolicies",
    reads=APPS,
    writes_with=APPS[1:],
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=("displayName",),
    properties=table(f"""{_POLICY}
        azureRightsManagementServicesAllowed bool
        dataRecoveryCertificate open?
        enforcementLevel string
        enterpriseDomain string
        enterpriseIPRanges open[] set
        enterpriseNetworkDomainNames open[] set
        enterpriseProtectedDomainNames open[] set
        exemptApps open[] set
        iconsVisible bool
        isAssigned bool ro
        protectedApps open[] set
        revokeOnUnenrollDisabled bool
    """),
    links=links(
        assigned("targetedManagedAppPolicyAssignment"),
        held("protectedAppLockerFiles", "windowsInformationProtectionAppLockerFile"),
        held("exemptAppLockerFiles", "windowsInformationProtectionAppLockerFile"),
    ),
)

APP_LOCKER_FILE = child(
    name="windowsInformationProtectionAppLockerFile",
    collection="protectedAppLockerFiles",
    reads=APPS,
    writes_with=APPS[1:],
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=(
        "displayName",
        "file",
    ),
    properties=table("""
        id string ro
        displayName string
        file binary
        fileHash string
        version string ro
    """),
)

TARGETED_CONFIGURATION = intune(
    name="targetedManagedAppConfiguration",
    collection="targetedManagedAppConfigurations",
    path="/deviceAppManagement/targetedManagedAppConfigurations",
    reads=APPS,
    writes_with=APPS[1:],
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=("displayName",),
    properties=table(f"""{_POLICY}
        appGroupType string beta
        customSettings open[] set
        deployedAppCount int ro
        isAssigned bool ro
        targetedAppManagementLevels string beta
    """),
    links=_POLICY_LINKS,
)

DEVICE_CONFIGURATION = intune(
    name="managedDeviceMobileAppConfiguration",
    collection="mobileAppConfigurations",
    path="/deviceAppManagement/mobileAppConfigurations",
    beta=True,
    reads=APPS,
    writes_with=APPS[1:],
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=(
        "displayName",
        "targetedMobileApps",
    ),
    subtypes={
        "iosMobileAppConfiguration": ("encodedSettingXml", "settings"),
        "androidManagedStoreAppConfiguration": (
            "appSupportsOemConfig",
            "packageId",
            "payloadJson",
            "permissionActions",
            "profileApplicability",
        ),
    },
    properties=table("""
        id guid ro
        displayName string
        description string?
        createdDateTime datetime ro
        lastModifiedDateTime datetime ro
        roleScopeTagIds string[] set
        targetedMobileApps string[] set
        version int ro
        encodedSettingXml binary?
        settings open[] set
        appSupportsOemConfig bool ro
        packageId string
        payloadJson string?
        permissionActions open[] set
        profileApplicability string
    """),
    links=links(assigned("managedDeviceMobileAppConfigurationAssignment")),
)

KINDS: tuple[Kind, ...] = (
    CATEGORY,
    MOBILE_APP,
    assignment("mobileAppAssignment", "intent string\nsettings open?\nsource string\nsourceId string?"),
    APP_RELATIONSHIP,
    TARGETED_APP,
    assignment("targetedManagedAppPolicyAssignment", "source string\nsourceId string?"),
    IOS_PROTECTION,
    ANDROID_PROTECTION,
    WINDOWS_PROTECTION,
    INFORMATION_PROTECTION,
    APP_LOCKER_FILE,
    TARGETED_CONFIGURATION,
    DEVICE_CONFIGURATION,
    assignment("managedDeviceMobileAppConfigurationAssignment"),
)
