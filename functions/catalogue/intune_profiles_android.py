"""Writable properties of Intune profiles for Android, by type: its own, besides those of the types above it. Data."""

from collections.abc import Mapping

ANDROID: Mapping[str, str] = {
    "androidCertificateProfileBase": """
        certificateValidityPeriodScale certificateValidityPeriodValue extendedKeyUsages
        renewalThresholdPercentage subjectAlternativeNameType subjectNameFormat
    """,
    "androidForWorkImportedPFXCertificateProfile": "intendedPurpose",
    "androidImportedPFXCertificateProfile": "intendedPurpose",
    "androidPkcsCertificateProfile": """
        certificateTemplateName certificationAuthority certificationAuthorityName
        subjectAlternativeNameFormatString
    """,
    "androidScepCertificateProfile": """
        hashAlgorithm keySize keyUsage scepServerUrls subjectAlternativeNameFormatString
        subjectNameFormatString
    """,
    "androidCustomConfiguration": "omaSettings",
    "androidDeviceOwnerCertificateProfileBase": """
        certificateValidityPeriodScale certificateValidityPeriodValue extendedKeyUsages
        renewalThresholdPercentage subjectAlternativeNameType subjectNameFormat
    """,
    "androidDeviceOwnerImportedPFXCertificateProfile": """
        certificateAccessType intendedPurpose silentCertificateAccessDetails
    """,
    "androidDeviceOwnerPkcsCertificateProfile": """
        certificateAccessType certificateStore certificateTemplateName certificationAuthority
        certificationAuthorityName certificationAuthorityType customSubjectAlternativeNames
        silentCertificateAccessDetails subjectAlternativeNameFormatString subjectNameFormatString
    """,
    "androidDeviceOwnerScepCertificateProfile": """
        certificateAccessType certificateStore customSubjectAlternativeNames hashAlgorithm keySize keyUsage
        scepServerUrls silentCertificateAccessDetails subjectAlternativeNameFormatString
        subjectNameFormatString
    """,
    "androidDeviceOwnerDerivedCredentialAuthenticationConfiguration": """
        certificateAccessType silentCertificateAccessDetails
    """,
    "androidDeviceOwnerGeneralDeviceConfiguration": """
        accountsBlockModification androidDeviceOwnerDelegatedScopeAppSettings
        appsAllowInstallFromUnknownSources appsAutoUpdatePolicy appsDefaultPermissionPolicy
        appsRecommendSkippingFirstUseHints azureAdSharedDeviceDataClearApps bluetoothBlockConfiguration
        bluetoothBlockContactSharing cameraBlocked cellularBlockWiFiTethering
        certificateCredentialConfigurationDisabled crossProfilePoliciesAllowCopyPaste
        crossProfilePoliciesAllowDataSharing crossProfilePoliciesShowWorkContactsInPersonalProfile
        dataRoamingBlocked dateTimeConfigurationBlocked detailedHelpText deviceLocationMode
        deviceOwnerLockScreenMessage enrollmentProfile factoryResetBlocked
        factoryResetDeviceAdministratorEmails globalProxy googleAccountsBlocked isKioskModeExitCodeSet
        kioskCustomizationDeviceSettingsBlocked kioskCustomizationPowerButtonActionsBlocked
        kioskCustomizationStatusBar kioskCustomizationSystemErrorWarnings kioskCustomizationSystemNavigation
        kioskModeAppOrderEnabled kioskModeAppPositions kioskModeApps kioskModeAppsInFolderOrderedByName
        kioskModeBluetoothConfigurationEnabled kioskModeDebugMenuEasyAccessEnabled kioskModeExitCode
        kioskModeFlashlightConfigurationEnabled kioskModeFolderIcon kioskModeGridHeight kioskModeGridWidth
        kioskModeIconSize kioskModeLockHomeScreen kioskModeManagedFolders
        kioskModeManagedHomeScreenAppSettings kioskModeManagedHomeScreenAutoSignout
        kioskModeManagedHomeScreenInactiveSignOutDelayInSeconds
        kioskModeManagedHomeScreenInactiveSignOutNoticeInSeconds kioskModeManagedHomeScreenPinComplexity
        kioskModeManagedHomeScreenPinRequired kioskModeManagedHomeScreenPinRequiredToResume
        kioskModeManagedHomeScreenSignInBackground kioskModeManagedHomeScreenSignInBrandingLogo
        kioskModeManagedHomeScreenSignInEnabled kioskModeManagedSettingsEntryDisabled
        kioskModeMediaVolumeConfigurationEnabled kioskModeScreenOrientation
        kioskModeScreenSaverConfigurationEnabled kioskModeScreenSaverDetectMediaDisabled
        kioskModeScreenSaverDisplayTimeInSeconds kioskModeScreenSaverImageUrl
        kioskModeScreenSaverStartDelayInSeconds kioskModeShowAppNotificationBadge kioskModeShowDeviceInfo
        kioskModeUseManagedHomeScreenApp kioskModeVirtualHomeButtonEnabled kioskModeVirtualHomeButtonType
        kioskModeWallpaperUrl kioskModeWiFiConfigurationEnabled kioskModeWifiAllowedSsids
        locateDeviceLostModeEnabled locateDeviceUserlessDisabled microphoneForceMute
        microsoftLauncherConfigurationEnabled microsoftLauncherCustomWallpaperAllowUserModification
        microsoftLauncherCustomWallpaperEnabled microsoftLauncherCustomWallpaperImageUrl
        microsoftLauncherDockPresenceAllowUserModification microsoftLauncherDockPresenceConfiguration
        microsoftLauncherFeedAllowUserModification microsoftLauncherFeedEnabled
        microsoftLauncherSearchBarPlacementConfiguration networkEscapeHatchAllowed nfcBlockOutgoingBeam
        passwordBlockKeyguard passwordBlockKeyguardFeatures passwordExpirationDays passwordMinimumLength
        passwordMinimumLetterCharacters passwordMinimumLowerCaseCharacters passwordMinimumNonLetterCharacters
        passwordMinimumNumericCharacters passwordMinimumSymbolCharacters passwordMinimumUpperCaseCharacters
        passwordMinutesOfInactivityBeforeScreenTimeout passwordPreviousPasswordCountToBlock
        passwordRequireUnlock passwordRequiredType passwordSignInFailureCountBeforeFactoryReset
        personalProfileAppsAllowInstallFromUnknownSources personalProfileCameraBlocked
        personalProfilePersonalApplications personalProfilePlayStoreMode personalProfileScreenCaptureBlocked
        playStoreMode screenCaptureBlocked securityCommonCriteriaModeEnabled securityDeveloperSettingsEnabled
        securityRequireVerifyApps shareDeviceLocationDisabled shortHelpText statusBarBlocked stayOnModes
        storageAllowUsb storageBlockExternalMedia storageBlockUsbFileTransfer systemUpdateFreezePeriods
        systemUpdateInstallType systemUpdateWindowEndMinutesAfterMidnight
        systemUpdateWindowStartMinutesAfterMidnight systemWindowsBlocked usersBlockAdd usersBlockRemove
        volumeBlockAdjustment vpnAlwaysOnLockdownMode vpnAlwaysOnPackageIdentifier wifiBlockEditConfigurations
        wifiBlockEditPolicyDefinedConfigurations workProfilePasswordExpirationDays
        workProfilePasswordMinimumLength workProfilePasswordMinimumLetterCharacters
        workProfilePasswordMinimumLowerCaseCharacters workProfilePasswordMinimumNonLetterCharacters
        workProfilePasswordMinimumNumericCharacters workProfilePasswordMinimumSymbolCharacters
        workProfilePasswordMinimumUpperCaseCharacters workProfilePasswordPreviousPasswordCountToBlock
        workProfilePasswordRequireUnlock workProfilePasswordRequiredType
        workProfilePasswordSignInFailureCountBeforeFactoryReset
    """,
    "androidDeviceOwnerTrustedRootCertificate": "certFileName trustedRootCertificate",
    "androidDeviceOwnerWiFiConfiguration": """
        connectAutomatically connectWhenNetworkNameIsHidden macAddressRandomizationMode networkName
        preSharedKey proxyAutomaticConfigurationUrl proxyExclusionList proxyManualAddress proxyManualPort
        proxySettings ssid wiFiSecurityType
    """,
    "androidDeviceOwnerEnterpriseWiFiConfiguration": """
        authenticationMethod eapType innerAuthenticationProtocolForEapTtls innerAuthenticationProtocolForPeap
        outerIdentityPrivacyTemporaryValue trustedServerCertificateNames
    """,
    "androidEasEmailProfileConfiguration": """
        accountName authenticationMethod customDomainName durationOfEmailToSync emailAddressSource
        emailSyncSchedule hostName requireSmime requireSsl syncCalendar syncContacts syncNotes syncTasks
        userDomainNameSource usernameSource
    """,
    "androidForWorkCertificateProfileBase": """
        certificateValidityPeriodScale certificateValidityPeriodValue extendedKeyUsages
        renewalThresholdPercentage subjectAlternativeNameType subjectNameFormat
    """,
    "androidForWorkPkcsCertificateProfile": """
        certificateTemplateName certificationAuthority certificationAuthorityName
        subjectAlternativeNameFormatString
    """,
    "androidForWorkScepCertificateProfile": """
        certificateStore customSubjectAlternativeNames hashAlgorithm keySize keyUsage scepServerUrls
        subjectAlternativeNameFormatString subjectNameFormatString
    """,
    "androidForWorkCustomConfiguration": "omaSettings",
    "androidForWorkEasEmailProfileBase": """
        authenticationMethod durationOfEmailToSync emailAddressSource hostName requireSsl usernameSource
    """,
    "androidForWorkNineWorkEasConfiguration": "syncCalendar syncContacts syncTasks",
    "androidForWorkGeneralDeviceConfiguration": """
        allowedGoogleAccountDomains blockUnifiedPasswordForWorkProfile passwordBlockFaceUnlock
        passwordBlockFingerprintUnlock passwordBlockIrisUnlock passwordBlockTrustAgents passwordExpirationDays
        passwordMinimumLength passwordMinutesOfInactivityBeforeScreenTimeout
        passwordPreviousPasswordBlockCount passwordRequiredType passwordSignInFailureCountBeforeFactoryReset
        requiredPasswordComplexity securityRequireVerifyApps vpnAlwaysOnPackageIdentifier
        vpnEnableAlwaysOnLockdownMode workProfileAccountUse workProfileAllowWidgets
        workProfileBlockAddingAccounts workProfileBlockCamera workProfileBlockCrossProfileCallerId
        workProfileBlockCrossProfileContactsSearch workProfileBlockCrossProfileCopyPaste
        workProfileBlockNotificationsWhileDeviceLocked workProfileBlockPersonalAppInstallsFromUnknownSources
        workProfileBlockScreenCapture workProfileBluetoothEnableContactSharing workProfileDataSharingType
        workProfileDefaultAppPermissionPolicy workProfilePasswordBlockFaceUnlock
        workProfilePasswordBlockFingerprintUnlock workProfilePasswordBlockIrisUnlock
        workProfilePasswordBlockTrustAgents workProfilePasswordExpirationDays
        workProfilePasswordMinLetterCharacters workProfilePasswordMinLowerCaseCharacters
        workProfilePasswordMinNonLetterCharacters workProfilePasswordMinNumericCharacters
        workProfilePasswordMinSymbolCharacters workProfilePasswordMinUpperCaseCharacters
        workProfilePasswordMinimumLength workProfilePasswordMinutesOfInactivityBeforeScreenTimeout
        workProfilePasswordPreviousPasswordBlockCount workProfilePasswordRequiredType
        workProfilePasswordSignInFailureCountBeforeFactoryReset workProfileRequirePassword
        workProfileRequiredPasswordComplexity
    """,
    "androidForWorkTrustedRootCertificate": "certFileName trustedRootCertificate",
    "androidForWorkVpnConfiguration": """
        authenticationMethod connectionName connectionType customData customKeyValueData fingerprint realm
        role servers
    """,
    "androidForWorkWiFiConfiguration": """
        connectAutomatically connectWhenNetworkNameIsHidden networkName ssid wiFiSecurityType
    """,
    "androidForWorkEnterpriseWiFiConfiguration": """
        authenticationMethod eapType innerAuthenticationProtocolForEapTtls innerAuthenticationProtocolForPeap
        outerIdentityPrivacyTemporaryValue trustedServerCertificateNames
    """,
    "androidGeneralDeviceConfiguration": """
        appsBlockClipboardSharing appsBlockCopyPaste appsBlockYouTube appsHideList appsInstallAllowList
        appsLaunchBlockList bluetoothBlocked cameraBlocked cellularBlockDataRoaming cellularBlockMessaging
        cellularBlockVoiceRoaming cellularBlockWiFiTethering compliantAppListType compliantAppsList
        dateAndTimeBlockChanges deviceSharingAllowed diagnosticDataBlockSubmission factoryResetBlocked
        googleAccountBlockAutoSync googlePlayStoreBlocked kioskModeApps kioskModeBlockSleepButton
        kioskModeBlockVolumeButtons locationServicesBlocked nfcBlocked passwordBlockFingerprintUnlock
        passwordBlockTrustAgents passwordExpirationDays passwordMinimumLength
        passwordMinutesOfInactivityBeforeScreenTimeout passwordPreviousPasswordBlockCount passwordRequired
        passwordRequiredType passwordSignInFailureCountBeforeFactoryReset powerOffBlocked
        requiredPasswordComplexity screenCaptureBlocked securityRequireVerifyApps storageBlockGoogleBackup
        storageBlockRemovableStorage storageRequireDeviceEncryption storageRequireRemovableStorageEncryption
        voiceAssistantBlocked voiceDialingBlocked webBrowserBlockAutofill webBrowserBlockJavaScript
        webBrowserBlockPopups webBrowserBlocked webBrowserCookieSettings wiFiBlocked
    """,
    "androidOmaCpConfiguration": "configurationXml",
    "androidTrustedRootCertificate": "certFileName trustedRootCertificate",
    "androidVpnConfiguration": """
        authenticationMethod connectionName connectionType customData customKeyValueData fingerprint realm
        role servers
    """,
    "androidWiFiConfiguration": """
        connectAutomatically connectWhenNetworkNameIsHidden networkName ssid wiFiSecurityType
    """,
    "androidEnterpriseWiFiConfiguration": """
        authenticationMethod eapType innerAuthenticationProtocolForEapTtls innerAuthenticationProtocolForPeap
        outerIdentityPrivacyTemporaryValue passwordFormatString preSharedKey trustedServerCertificateNames
        usernameFormatString
    """,
    "androidWorkProfileCertificateProfileBase": """
        certificateValidityPeriodScale certificateValidityPeriodValue extendedKeyUsages
        renewalThresholdPercentage subjectAlternativeNameType subjectNameFormat
    """,
    "androidWorkProfilePkcsCertificateProfile": """
        certificateStore certificateTemplateName certificationAuthority certificationAuthorityName
        customSubjectAlternativeNames subjectAlternativeNameFormatString subjectNameFormatString
    """,
    "androidWorkProfileScepCertificateProfile": """
        certificateStore customSubjectAlternativeNames hashAlgorithm keySize keyUsage scepServerUrls
        subjectAlternativeNameFormatString subjectNameFormatString
    """,
    "androidWorkProfileCustomConfiguration": "omaSettings",
    "androidWorkProfileEasEmailProfileBase": """
        authenticationMethod durationOfEmailToSync emailAddressSource hostName requireSsl usernameSource
    """,
    "androidWorkProfileNineWorkEasConfiguration": "syncCalendar syncContacts syncTasks",
    "androidWorkProfileGeneralDeviceConfiguration": """
        allowedGoogleAccountDomains blockUnifiedPasswordForWorkProfile passwordBlockFaceUnlock
        passwordBlockFingerprintUnlock passwordBlockIrisUnlock passwordBlockTrustAgents passwordExpirationDays
        passwordMinimumLength passwordMinutesOfInactivityBeforeScreenTimeout
        passwordPreviousPasswordBlockCount passwordRequiredType passwordSignInFailureCountBeforeFactoryReset
        requiredPasswordComplexity securityRequireVerifyApps vpnAlwaysOnPackageIdentifier
        vpnEnableAlwaysOnLockdownMode workProfileAccountUse workProfileAllowAppInstallsFromUnknownSources
        workProfileAllowWidgets workProfileBlockAddingAccounts workProfileBlockCamera
        workProfileBlockCrossProfileCallerId workProfileBlockCrossProfileContactsSearch
        workProfileBlockCrossProfileCopyPaste workProfileBlockNotificationsWhileDeviceLocked
        workProfileBlockPersonalAppInstallsFromUnknownSources workProfileBlockScreenCapture
        workProfileBluetoothEnableContactSharing workProfileDataSharingType
        workProfileDefaultAppPermissionPolicy workProfilePasswordBlockFaceUnlock
        workProfilePasswordBlockFingerprintUnlock workProfilePasswordBlockIrisUnlock
        workProfilePasswordBlockTrustAgents workProfilePasswordExpirationDays
        workProfilePasswordMinLetterCharacters workProfilePasswordMinLowerCaseCharacters
        workProfilePasswordMinNonLetterCharacters workProfilePasswordMinNumericCharacters
        workProfilePasswordMinSymbolCharacters workProfilePasswordMinUpperCaseCharacters
        workProfilePasswordMinimumLength workProfilePasswordMinutesOfInactivityBeforeScreenTimeout
        workProfilePasswordPreviousPasswordBlockCount workProfilePasswordRequiredType
        workProfilePasswordSignInFailureCountBeforeFactoryReset workProfileRequirePassword
        workProfileRequiredPasswordComplexity
    """,
    "androidWorkProfileTrustedRootCertificate": "certFileName trustedRootCertificate",
    "androidWorkProfileVpnConfiguration": """
        alwaysOn alwaysOnLockdown authenticationMethod connectionName connectionType customData
        customKeyValueData fingerprint lockdownExclusionList microsoftTunnelSiteId proxyExclusionList
        proxyServer realm role servers targetedMobileApps targetedPackageIds
    """,
    "androidWorkProfileWiFiConfiguration": """
        connectAutomatically connectWhenNetworkNameIsHidden networkName preSharedKey
        proxyAutomaticConfigurationUrl proxySettings ssid wiFiSecurityType
    """,
    "androidWorkProfileEnterpriseWiFiConfiguration": """
        authenticationMethod eapType innerAuthenticationProtocolForEapTtls innerAuthenticationProtocolForPeap
        outerIdentityPrivacyTemporaryValue trustedServerCertificateNames
    """,
    "aospDeviceOwnerCertificateProfileBase": """
        certificateValidityPeriodScale certificateValidityPeriodValue extendedKeyUsages
        renewalThresholdPercentage subjectAlternativeNameType subjectNameFormat
    """,
    "aospDeviceOwnerPkcsCertificateProfile": """
        certificateStore certificateTemplateName certificationAuthority certificationAuthorityName
        certificationAuthorityType customSubjectAlternativeNames subjectAlternativeNameFormatString
        subjectNameFormatString
    """,
    "aospDeviceOwnerScepCertificateProfile": """
        certificateStore customSubjectAlternativeNames hashAlgorithm keySize keyUsage scepServerUrls
        subjectAlternativeNameFormatString subjectNameFormatString
    """,
    "aospDeviceOwnerDeviceConfiguration": """
        appsBlockInstallFromUnknownSources bluetoothBlockConfiguration bluetoothBlocked cameraBlocked
        factoryResetBlocked passwordMinimumLength passwordMinutesOfInactivityBeforeScreenTimeout
        passwordRequiredType passwordSignInFailureCountBeforeFactoryReset screenCaptureBlocked
        securityAllowDebuggingFeatures storageBlockExternalMedia storageBlockUsbFileTransfer
        wifiBlockEditConfigurations
    """,
    "aospDeviceOwnerTrustedRootCertificate": "certFileName trustedRootCertificate",
    "aospDeviceOwnerWiFiConfiguration": """
        connectAutomatically connectWhenNetworkNameIsHidden networkName preSharedKey
        proxyAutomaticConfigurationUrl proxyExclusionList proxyManualAddress proxyManualPort proxySetting ssid
        wiFiSecurityType
    """,
    "aospDeviceOwnerEnterpriseWiFiConfiguration": """
        authenticationMethod eapType innerAuthenticationProtocolForEapTtls innerAuthenticationProtocolForPeap
        outerIdentityPrivacyTemporaryValue trustedServerCertificateNames
    """,
    "androidDeviceOwnerVpnConfiguration": """
        alwaysOn alwaysOnLockdown connectionType customData customKeyValueData lockdownExclusionList
        microsoftTunnelSiteId proxyExclusionList proxyServer targetedMobileApps targetedPackageIds
    """,
}
