"""Writable properties of Intune apps and of the policies for apps, by type: its own, besides those of types above it.

Data alone. Apps that come from a store's contract, a token or Microsoft's catalogue have only what all apps have.
"""

from collections.abc import Mapping

APPS_BY_TYPE: Mapping[str, str] = {
    "mobileApp": """
        description developer displayName informationUrl isFeatured largeIcon notes owner
        privacyInformationUrl publisher roleScopeTagIds
    """,
    "androidStoreApp": "appStoreUrl minimumSupportedOperatingSystem packageId",
    "iosStoreApp": """
        appStoreUrl appleDeviceAppDeliveryProtocolType applicableDeviceType bundleId
        minimumSupportedOperatingSystem
    """,
    "iosiPadOSWebClip": """
        appUrl fullScreenEnabled ignoreManifestScope preComposedIconEnabled targetApplicationBundleIdentifier
        useManagedBrowser
    """,
    "macOSMicrosoftEdgeApp": "channel",
    "macOSWebClip": "appUrl fullScreenEnabled preComposedIconEnabled",
    "mobileLobApp": "fileName",
    "androidLobApp": "minimumSupportedOperatingSystem packageId targetedPlatforms versionCode versionName",
    "iosLobApp": """
        appleDeviceAppDeliveryProtocolType applicableDeviceType buildNumber bundleId expirationDateTime
        minimumSupportedOperatingSystem versionNumber
    """,
    "macOSDmgApp": """
        ignoreVersionDetection includedApps minimumSupportedOperatingSystem primaryBundleId
        primaryBundleVersion
    """,
    "macOSLobApp": """
        buildNumber bundleId childApps ignoreVersionDetection installAsManaged md5Hash md5HashChunkSize
        minimumSupportedOperatingSystem versionNumber
    """,
    "macOSPkgApp": """
        ignoreVersionDetection includedApps minimumSupportedOperatingSystem postInstallScript preInstallScript
        primaryBundleId primaryBundleVersion
    """,
    "win32LobApp": """
        activeInstallScript activeUninstallScript allowAvailableUninstall allowedArchitectures
        applicableArchitectures detectionRules displayVersion installCommandLine installExperience
        minimumCpuSpeedInMHz minimumFreeDiskSpaceInMB minimumMemoryInMB minimumNumberOfProcessors
        minimumSupportedOperatingSystem minimumSupportedWindowsRelease msiInformation requirementRules
        returnCodes rules setupFilePath uninstallCommandLine
    """,
    "windowsAppX": """
        applicableArchitectures identityName identityPublisherHash identityResourceIdentifier identityVersion
        isBundle minimumSupportedOperatingSystem
    """,
    "windowsMobileMSI": """
        commandLine identityVersion ignoreVersionDetection productCode productVersion useDeviceContext
    """,
    "windowsPhone81AppX": """
        applicableArchitectures identityName identityPublisherHash identityResourceIdentifier identityVersion
        minimumSupportedOperatingSystem phoneProductIdentifier phonePublisherId
    """,
    "windowsPhone81AppXBundle": "appXPackageInformationList",
    "windowsPhoneXAP": "identityVersion minimumSupportedOperatingSystem productIdentifier",
    "windowsUniversalAppX": """
        applicableArchitectures applicableDeviceTypes identityName identityPublisherHash
        identityResourceIdentifier identityVersion isBundle minimumSupportedOperatingSystem
    """,
    "officeSuiteApp": """
        autoAcceptEula excludedApps installProgressDisplayLevel localesToInstall officeConfigurationXml
        officePlatformArchitecture officeSuiteAppDefaultFileFormat productIds
        shouldUninstallOlderVersionsOfOffice targetVersion updateChannel updateVersion
        useSharedComputerActivation
    """,
    "webApp": "appUrl useManagedBrowser",
    "winGetApp": "installExperience packageIdentifier",
    "windowsMicrosoftEdgeApp": "channel displayLanguageLocale",
    "windowsPhone81StoreApp": "appStoreUrl",
    "windowsStoreApp": "appStoreUrl",
    "windowsWebApp": "appUrl",
}

MANAGED: Mapping[str, str] = {
    "iosManagedAppProtection": """
        allowWidgetContentSync allowedIosDeviceModels appActionIfAccountIsClockedOut
        appActionIfIosDeviceModelNotAllowed appDataEncryptionType customBrowserProtocol
        customDialerAppProtocol disableProtectionOfManagedOutboundOpenInData exemptedAppProtocols
        exemptedUniversalLinks faceIdBlocked filterOpenInToOnlyManagedApps genmojiConfigurationState
        managedUniversalLinks messagingRedirectAppUrlScheme minimumRequiredSdkVersion minimumWarningSdkVersion
        minimumWipeSdkVersion protectInboundDataFromUnknownSources screenCaptureConfigurationState
        thirdPartyKeyboardsBlocked writingToolsConfigurationState
    """,
    "targetedManagedAppProtection": "appGroupType targetedAppManagementLevels",
    "managedAppProtection": """
        allowedDataIngestionLocations allowedDataStorageLocations allowedInboundDataTransferSources
        allowedOutboundClipboardSharingExceptionLength allowedOutboundClipboardSharingLevel
        allowedOutboundDataTransferDestinations appActionIfDeviceComplianceRequired
        appActionIfMaximumPinRetriesExceeded appActionIfUnableToAuthenticateUser
        blockDataIngestionIntoOrganizationDocuments contactSyncBlocked dataBackupBlocked
        deviceComplianceRequired dialerRestrictionLevel disableAppPinIfDevicePinIsSet fingerprintBlocked
        gracePeriodToBlockAppsDuringOffClockHours managedBrowser managedBrowserToOpenLinksRequired
        maximumAllowedDeviceThreatLevel maximumPinRetries maximumRequiredOsVersion maximumWarningOsVersion
        maximumWipeOsVersion minimumPinLength minimumRequiredAppVersion minimumRequiredOsVersion
        minimumWarningAppVersion minimumWarningOsVersion minimumWipeAppVersion minimumWipeOsVersion
        mobileThreatDefensePartnerPriority mobileThreatDefenseRemediationAction notificationRestriction
        organizationalCredentialsRequired periodBeforePinReset periodOfflineBeforeAccessCheck
        periodOfflineBeforeWipeIsEnforced periodOnlineBeforeAccessCheck pinCharacterSet pinRequired
        pinRequiredInsteadOfBiometricTimeout previousPinBlockCount printBlocked
        protectedMessagingRedirectAppType purviewContentEvaluationRequired saveAsBlocked simplePinBlocked
    """,
    "managedAppPolicy": "description displayName roleScopeTagIds",
    "androidManagedAppProtection": """
        allowedAndroidDeviceManufacturers allowedAndroidDeviceModels appActionIfAccountIsClockedOut
        appActionIfAndroidDeviceManufacturerNotAllowed appActionIfAndroidDeviceModelNotAllowed
        appActionIfAndroidSafetyNetAppsVerificationFailed appActionIfAndroidSafetyNetDeviceAttestationFailed
        appActionIfDeveloperOptionsEnabled appActionIfDeviceLockNotSet
        appActionIfDevicePasscodeComplexityLessThanHigh appActionIfDevicePasscodeComplexityLessThanLow
        appActionIfDevicePasscodeComplexityLessThanMedium appActionIfSamsungKnoxAttestationRequired
        approvedKeyboards biometricAuthenticationBlocked blockAfterCompanyPortalUpdateDeferralInDays
        connectToVpnOnLaunch customBrowserDisplayName customBrowserPackageId customDialerAppDisplayName
        customDialerAppPackageId deviceLockRequired disableAppEncryptionIfDeviceEncryptionIsEnabled
        encryptAppData exemptedAppPackages fingerprintAndBiometricEnabled keyboardsRestricted
        messagingRedirectAppDisplayName messagingRedirectAppPackageId minimumRequiredCompanyPortalVersion
        minimumRequiredPatchVersion minimumWarningCompanyPortalVersion minimumWarningPatchVersion
        minimumWipeCompanyPortalVersion minimumWipePatchVersion requireClass3Biometrics
        requirePinAfterBiometricChange requiredAndroidSafetyNetAppsVerificationType
        requiredAndroidSafetyNetDeviceAttestationType requiredAndroidSafetyNetEvaluationType
        screenCaptureBlocked warnAfterCompanyPortalUpdateDeferralInDays
        wipeAfterCompanyPortalUpdateDeferralInDays
    """,
    "windowsManagedAppProtection": """
        allowedInboundDataTransferSourceApps allowedInboundDataTransferSources
        allowedOutboundClipboardSharingLevel allowedOutboundDataTransferDestinationApps
        allowedOutboundDataTransferDestinations appActionIfUnableToAuthenticateUser
        maximumAllowedDeviceThreatLevel maximumRequiredOsVersion maximumWarningOsVersion maximumWipeOsVersion
        minimumRequiredAppVersion minimumRequiredOsVersion minimumRequiredSdkVersion minimumWarningAppVersion
        minimumWarningOsVersion minimumWipeAppVersion minimumWipeOsVersion minimumWipeSdkVersion
        mobileThreatDefenseRemediationAction periodOfflineBeforeAccessCheck periodOfflineBeforeWipeIsEnforced
        printBlocked
    """,
    "windowsInformationProtection": """
        azureRightsManagementServicesAllowed dataRecoveryCertificate enforcementLevel enterpriseDomain
        enterpriseIPRanges enterpriseIPRangesAreAuthoritative enterpriseInternalProxyServers
        enterpriseNetworkDomainNames enterpriseProtectedDomainNames enterpriseProxiedDomains
        enterpriseProxyServers enterpriseProxyServersAreAuthoritative exemptApps iconsVisible
        indexingEncryptedStoresOrItemsBlocked neutralDomainResources protectedApps
        protectionUnderLockConfigRequired revokeOnUnenrollDisabled rightsManagementServicesTemplateId
        smbAutoEncryptedFileExtensions
    """,
    "targetedManagedAppConfiguration": "appGroupType targetedAppManagementLevels",
    "managedAppConfiguration": "customSettings",
}

APP_CONFIGURATIONS: Mapping[str, str] = {
    "managedDeviceMobileAppConfiguration": "description displayName roleScopeTagIds targetedMobileApps",
    "androidForWorkMobileAppConfiguration": """
        connectedAppsEnabled credentialProviderRoleState packageId payloadJson permissionActions
        profileApplicability
    """,
    "androidManagedStoreAppConfiguration": """
        connectedAppsEnabled credentialProviderRoleState packageId payloadJson permissionActions
        profileApplicability
    """,
    "iosMobileAppConfiguration": "encodedSettingXml settings",
}
