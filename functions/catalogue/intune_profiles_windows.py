"""Writable properties of Intune profiles for Windows, and what profiles share, by type: its own. Data."""

from collections.abc import Mapping

WINDOWS: Mapping[str, str] = {
    "deviceConfiguration": """
        description deviceManagementApplicabilityRuleDeviceMode deviceManagementApplicabilityRuleOsEdition
        deviceManagementApplicabilityRuleOsVersion displayName roleScopeTagIds
    """,
    "windows10EasEmailProfileConfiguration": """
        accountName durationOfEmailToSync emailAddressSource emailSyncSchedule hostName requireSsl
        syncCalendar syncContacts syncTasks
    """,
    "windowsPhoneEASEmailProfileConfiguration": """
        accountName durationOfEmailToSync emailAddressSource emailSyncSchedule hostName requireSsl
        syncCalendar syncContacts syncTasks
    """,
    "editionUpgradeConfiguration": "license licenseType productKey targetEdition windowsSMode",
    "sharedPCConfiguration": """
        accountManagerPolicy allowLocalStorage allowedAccounts disableAccountManager disableEduPolicies
        disablePowerPolicies disableSignInOnResume enabled fastFirstSignIn idleTimeBeforeSleepInSeconds
        kioskAppDisplayName kioskAppUserModelId localStorage maintenanceStartTime setAccountManager
        setEduPolicies setPowerPolicies signInOnResume
    """,
    "vpnConfiguration": "authenticationMethod connectionName realm role servers",
    "windows10CustomConfiguration": "omaSettings",
    "windows10DeviceFirmwareConfigurationInterface": """
        bluetooth bootFromBuiltInNetworkAdapters bootFromExternalMedia cameras changeUefiSettingsPermission
        frontCamera infraredCamera microphone microphonesAndSpeakers nearFieldCommunication radios rearCamera
        sdCard simultaneousMultiThreading usbTypeAPort virtualizationOfCpuAndIO wakeOnLAN wakeOnPower wiFi
        windowsPlatformBinaryTable wirelessWideAreaNetwork
    """,
    "windows10EndpointProtectionConfiguration": """
        appLockerApplicationControl applicationGuardAllowCameraMicrophoneRedirection
        applicationGuardAllowFileSaveOnHost applicationGuardAllowPersistence
        applicationGuardAllowPrintToLocalPrinters applicationGuardAllowPrintToNetworkPrinters
        applicationGuardAllowPrintToPDF applicationGuardAllowPrintToXPS applicationGuardAllowVirtualGPU
        applicationGuardBlockClipboardSharing applicationGuardBlockFileTransfer
        applicationGuardBlockNonEnterpriseContent applicationGuardCertificateThumbprints
        applicationGuardEnabled applicationGuardEnabledOptions applicationGuardForceAuditing
        bitLockerAllowStandardUserEncryption bitLockerDisableWarningForOtherDiskEncryption
        bitLockerEnableStorageCardEncryptionOnMobile bitLockerEncryptDevice bitLockerFixedDrivePolicy
        bitLockerRecoveryPasswordRotation bitLockerRemovableDrivePolicy bitLockerSystemDrivePolicy
        defenderAdditionalGuardedFolders defenderAdobeReaderLaunchChildProcess
        defenderAdvancedRansomewareProtectionType defenderAllowBehaviorMonitoring defenderAllowCloudProtection
        defenderAllowEndUserAccess defenderAllowIntrusionPreventionSystem defenderAllowOnAccessProtection
        defenderAllowRealTimeMonitoring defenderAllowScanArchiveFiles defenderAllowScanDownloads
        defenderAllowScanNetworkFiles defenderAllowScanRemovableDrivesDuringFullScan
        defenderAllowScanScriptsLoadedInInternetExplorer defenderAttackSurfaceReductionExcludedPaths
        defenderBlockEndUserAccess defenderBlockPersistenceThroughWmiType
        defenderCheckForSignaturesBeforeRunningScan defenderCloudBlockLevel
        defenderCloudExtendedTimeoutInSeconds defenderDaysBeforeDeletingQuarantinedMalware
        defenderDetectedMalwareActions defenderDisableBehaviorMonitoring defenderDisableCatchupFullScan
        defenderDisableCatchupQuickScan defenderDisableCloudProtection
        defenderDisableIntrusionPreventionSystem defenderDisableOnAccessProtection
        defenderDisableRealTimeMonitoring defenderDisableScanArchiveFiles defenderDisableScanDownloads
        defenderDisableScanNetworkFiles defenderDisableScanRemovableDrivesDuringFullScan
        defenderDisableScanScriptsLoadedInInternetExplorer defenderEmailContentExecution
        defenderEmailContentExecutionType defenderEnableLowCpuPriority defenderEnableScanIncomingMail
        defenderEnableScanMappedNetworkDrivesDuringFullScan defenderExploitProtectionXml
        defenderExploitProtectionXmlFileName defenderFileExtensionsToExclude defenderFilesAndFoldersToExclude
        defenderGuardMyFoldersType defenderGuardedFoldersAllowedAppPaths defenderNetworkProtectionType
        defenderOfficeAppsExecutableContentCreationOrLaunch
        defenderOfficeAppsExecutableContentCreationOrLaunchType defenderOfficeAppsLaunchChildProcess
        defenderOfficeAppsLaunchChildProcessType defenderOfficeAppsOtherProcessInjection
        defenderOfficeAppsOtherProcessInjectionType defenderOfficeCommunicationAppsLaunchChildProcess
        defenderOfficeMacroCodeAllowWin32Imports defenderOfficeMacroCodeAllowWin32ImportsType
        defenderPotentiallyUnwantedAppAction defenderPreventCredentialStealingType defenderProcessCreation
        defenderProcessCreationType defenderProcessesToExclude defenderScanDirection
        defenderScanMaxCpuPercentage defenderScanType defenderScheduledQuickScanTime defenderScheduledScanDay
        defenderScheduledScanTime defenderScriptDownloadedPayloadExecution
        defenderScriptDownloadedPayloadExecutionType defenderScriptObfuscatedMacroCode
        defenderScriptObfuscatedMacroCodeType defenderSecurityCenterBlockExploitProtectionOverride
        defenderSecurityCenterDisableAccountUI defenderSecurityCenterDisableAppBrowserUI
        defenderSecurityCenterDisableClearTpmUI defenderSecurityCenterDisableFamilyUI
        defenderSecurityCenterDisableHardwareUI defenderSecurityCenterDisableHealthUI
        defenderSecurityCenterDisableNetworkUI defenderSecurityCenterDisableNotificationAreaUI
        defenderSecurityCenterDisableRansomwareUI defenderSecurityCenterDisableSecureBootUI
        defenderSecurityCenterDisableTroubleshootingUI defenderSecurityCenterDisableVirusUI
        defenderSecurityCenterDisableVulnerableTpmFirmwareUpdateUI defenderSecurityCenterHelpEmail
        defenderSecurityCenterHelpPhone defenderSecurityCenterHelpURL defenderSecurityCenterITContactDisplay
        defenderSecurityCenterNotificationsFromApp defenderSecurityCenterOrganizationDisplayName
        defenderSignatureUpdateIntervalInHours defenderSubmitSamplesConsentType defenderUntrustedExecutable
        defenderUntrustedExecutableType defenderUntrustedUSBProcess defenderUntrustedUSBProcessType
        deviceGuardEnableSecureBootWithDMA deviceGuardEnableVirtualizationBasedSecurity
        deviceGuardLaunchSystemGuard deviceGuardLocalSystemAuthorityCredentialGuardSettings
        deviceGuardSecureBootWithDMA dmaGuardDeviceEnumerationPolicy firewallBlockStatefulFTP
        firewallCertificateRevocationListCheckMethod firewallIPSecExemptionsAllowDHCP
        firewallIPSecExemptionsAllowICMP firewallIPSecExemptionsAllowNeighborDiscovery
        firewallIPSecExemptionsAllowRouterDiscovery firewallIPSecExemptionsNone
        firewallIdleTimeoutForSecurityAssociationInSeconds firewallMergeKeyingModuleSettings
        firewallPacketQueueingMethod firewallPreSharedKeyEncodingMethod firewallProfileDomain
        firewallProfilePrivate firewallProfilePublic firewallRules lanManagerAuthenticationLevel
        lanManagerWorkstationDisableInsecureGuestLogons localSecurityOptionsAdministratorAccountName
        localSecurityOptionsAdministratorElevationPromptBehavior
        localSecurityOptionsAllowAnonymousEnumerationOfSAMAccountsAndShares
        localSecurityOptionsAllowPKU2UAuthenticationRequests
        localSecurityOptionsAllowRemoteCallsToSecurityAccountsManager
        localSecurityOptionsAllowRemoteCallsToSecurityAccountsManagerHelperBool
        localSecurityOptionsAllowSystemToBeShutDownWithoutHavingToLogOn
        localSecurityOptionsAllowUIAccessApplicationElevation
        localSecurityOptionsAllowUIAccessApplicationsForSecureLocations
        localSecurityOptionsAllowUndockWithoutHavingToLogon localSecurityOptionsBlockMicrosoftAccounts
        localSecurityOptionsBlockRemoteLogonWithBlankPassword
        localSecurityOptionsBlockRemoteOpticalDriveAccess
        localSecurityOptionsBlockUsersInstallingPrinterDrivers localSecurityOptionsClearVirtualMemoryPageFile
        localSecurityOptionsClientDigitallySignCommunicationsAlways
        localSecurityOptionsClientSendUnencryptedPasswordToThirdPartySMBServers
        localSecurityOptionsDetectApplicationInstallationsAndPromptForElevation
        localSecurityOptionsDisableAdministratorAccount
        localSecurityOptionsDisableClientDigitallySignCommunicationsIfServerAgrees
        localSecurityOptionsDisableGuestAccount
        localSecurityOptionsDisableServerDigitallySignCommunicationsAlways
        localSecurityOptionsDisableServerDigitallySignCommunicationsIfClientAgrees
        localSecurityOptionsDoNotAllowAnonymousEnumerationOfSAMAccounts
        localSecurityOptionsDoNotRequireCtrlAltDel
        localSecurityOptionsDoNotStoreLANManagerHashValueOnNextPasswordChange
        localSecurityOptionsFormatAndEjectOfRemovableMediaAllowedUser localSecurityOptionsGuestAccountName
        localSecurityOptionsHideLastSignedInUser localSecurityOptionsHideUsernameAtSignIn
        localSecurityOptionsInformationDisplayedOnLockScreen localSecurityOptionsInformationShownOnLockScreen
        localSecurityOptionsLogOnMessageText localSecurityOptionsLogOnMessageTitle
        localSecurityOptionsMachineInactivityLimit localSecurityOptionsMachineInactivityLimitInMinutes
        localSecurityOptionsMinimumSessionSecurityForNtlmSspBasedClients
        localSecurityOptionsMinimumSessionSecurityForNtlmSspBasedServers
        localSecurityOptionsOnlyElevateSignedExecutables
        localSecurityOptionsRestrictAnonymousAccessToNamedPipesAndShares
        localSecurityOptionsSmartCardRemovalBehavior localSecurityOptionsStandardUserElevationPromptBehavior
        localSecurityOptionsSwitchToSecureDesktopWhenPromptingForElevation
        localSecurityOptionsUseAdminApprovalMode localSecurityOptionsUseAdminApprovalModeForAdministrators
        localSecurityOptionsVirtualizeFileAndRegistryWriteFailuresToPerUserLocations
        smartScreenBlockOverrideForFiles smartScreenEnableInShell
        userRightsAccessCredentialManagerAsTrustedCaller userRightsActAsPartOfTheOperatingSystem
        userRightsAllowAccessFromNetwork userRightsBackupData userRightsBlockAccessFromNetwork
        userRightsChangeSystemTime userRightsCreateGlobalObjects userRightsCreatePageFile
        userRightsCreatePermanentSharedObjects userRightsCreateSymbolicLinks userRightsCreateToken
        userRightsDebugPrograms userRightsDelegation userRightsDenyLocalLogOn userRightsGenerateSecurityAudits
        userRightsImpersonateClient userRightsIncreaseSchedulingPriority userRightsLoadUnloadDrivers
        userRightsLocalLogOn userRightsLockMemory userRightsManageAuditingAndSecurityLogs
        userRightsManageVolumes userRightsModifyFirmwareEnvironment userRightsModifyObjectLabels
        userRightsProfileSingleProcess userRightsRemoteDesktopServicesLogOn userRightsRemoteShutdown
        userRightsRestoreData userRightsTakeOwnership windowsDefenderTamperProtection
        xboxServicesAccessoryManagementServiceStartupMode xboxServicesEnableXboxGameSaveTask
        xboxServicesLiveAuthManagerServiceStartupMode xboxServicesLiveGameSaveServiceStartupMode
        xboxServicesLiveNetworkingServiceStartupMode
    """,
    "windows10EnterpriseModernAppManagementConfiguration": "uninstallBuiltInApps",
    "windows10GeneralConfiguration": """
        accountsBlockAddingNonMicrosoftAccountEmail activateAppsWithVoice antiTheftModeBlocked
        appManagementMSIAllowUserControlOverInstall appManagementMSIAlwaysInstallWithElevatedPrivileges
        appManagementPackageFamilyNamesToLaunchAfterLogOn appsAllowTrustedAppsSideloading
        appsBlockWindowsStoreOriginatedApps authenticationAllowSecondaryDevice
        authenticationPreferredAzureADTenantDomainName authenticationWebSignIn bluetoothAllowedServices
        bluetoothBlockAdvertising bluetoothBlockDiscoverableMode bluetoothBlockPrePairing
        bluetoothBlockPromptedProximalConnections bluetoothBlocked cameraBlocked cellularBlockDataWhenRoaming
        cellularBlockVpn cellularBlockVpnWhenRoaming cellularData
        certificatesBlockManualRootCertificateInstallation configureTimeZone connectedDevicesServiceBlocked
        copyPasteBlocked cortanaBlocked cryptographyAllowFipsAlgorithmPolicy
        dataProtectionBlockDirectMemoryAccess defenderBlockEndUserAccess defenderBlockOnAccessProtection
        defenderCloudBlockLevel defenderCloudExtendedTimeout defenderCloudExtendedTimeoutInSeconds
        defenderDaysBeforeDeletingQuarantinedMalware defenderDetectedMalwareActions
        defenderDisableCatchupFullScan defenderDisableCatchupQuickScan defenderFileExtensionsToExclude
        defenderFilesAndFoldersToExclude defenderMonitorFileActivity defenderPotentiallyUnwantedAppAction
        defenderPotentiallyUnwantedAppActionSetting defenderProcessesToExclude
        defenderPromptForSampleSubmission defenderRequireBehaviorMonitoring defenderRequireCloudProtection
        defenderRequireNetworkInspectionSystem defenderRequireRealTimeMonitoring defenderScanArchiveFiles
        defenderScanDownloads defenderScanIncomingMail defenderScanMappedNetworkDrivesDuringFullScan
        defenderScanMaxCpu defenderScanNetworkFiles defenderScanRemovableDrivesDuringFullScan
        defenderScanScriptsLoadedInInternetExplorer defenderScanType defenderScheduleScanEnableLowCpuPriority
        defenderScheduledQuickScanTime defenderScheduledScanTime defenderSignatureUpdateIntervalInHours
        defenderSubmitSamplesConsentType defenderSystemScanSchedule developerUnlockSetting
        deviceManagementBlockFactoryResetOnMobile deviceManagementBlockManualUnenroll
        diagnosticsDataSubmissionMode displayAppListWithGdiDPIScalingTurnedOff
        displayAppListWithGdiDPIScalingTurnedOn edgeAllowStartPagesModification edgeBlockAccessToAboutFlags
        edgeBlockAddressBarDropdown edgeBlockAutofill edgeBlockCompatibilityList edgeBlockDeveloperTools
        edgeBlockEditFavorites edgeBlockExtensions edgeBlockFullScreenMode edgeBlockInPrivateBrowsing
        edgeBlockJavaScript edgeBlockLiveTileDataCollection edgeBlockPasswordManager edgeBlockPopups
        edgeBlockPrelaunch edgeBlockPrinting edgeBlockSavingHistory edgeBlockSearchEngineCustomization
        edgeBlockSearchSuggestions edgeBlockSendingDoNotTrackHeader
        edgeBlockSendingIntranetTrafficToInternetExplorer edgeBlockSideloadingExtensions
        edgeBlockTabPreloading edgeBlockWebContentOnNewTabPage edgeBlocked edgeClearBrowsingDataOnExit
        edgeCookiePolicy edgeDisableFirstRunPage edgeEnterpriseModeSiteListLocation edgeFavoritesBarVisibility
        edgeFavoritesListLocation edgeFirstRunUrl edgeHomeButtonConfiguration
        edgeHomeButtonConfigurationEnabled edgeHomepageUrls edgeKioskModeRestriction
        edgeKioskResetAfterIdleTimeInMinutes edgeNewTabPageURL edgeOpensWith
        edgePreventCertificateErrorOverride edgeRequireSmartScreen edgeRequiredExtensionPackageFamilyNames
        edgeSearchEngine edgeSendIntranetTrafficToInternetExplorer
        edgeShowMessageWhenOpeningInternetExplorerSites edgeSyncFavoritesWithInternetExplorer
        edgeTelemetryForMicrosoft365Analytics enableAutomaticRedeployment
        energySaverOnBatteryThresholdPercentage energySaverPluggedInThresholdPercentage
        enterpriseCloudPrintDiscoveryEndPoint enterpriseCloudPrintDiscoveryMaxLimit
        enterpriseCloudPrintMopriaDiscoveryResourceIdentifier enterpriseCloudPrintOAuthAuthority
        enterpriseCloudPrintOAuthClientIdentifier enterpriseCloudPrintResourceIdentifier
        experienceBlockDeviceDiscovery experienceBlockErrorDialogWhenNoSIM experienceBlockTaskSwitcher
        experienceDoNotSyncBrowserSettings findMyFiles gameDvrBlocked inkWorkspaceAccess
        inkWorkspaceAccessState inkWorkspaceBlockSuggestedApps internetSharingBlocked locationServicesBlocked
        lockScreenActivateAppsWithVoice lockScreenAllowTimeoutConfiguration
        lockScreenBlockActionCenterNotifications lockScreenBlockCortana lockScreenBlockToastNotifications
        lockScreenTimeoutInSeconds logonBlockFastUserSwitching messagingBlockMMS
        messagingBlockRichCommunicationServices messagingBlockSync microsoftAccountBlockSettingsSync
        microsoftAccountBlocked microsoftAccountSignInAssistantSettings networkProxyApplySettingsDeviceWide
        networkProxyAutomaticConfigurationUrl networkProxyDisableAutoDetect networkProxyServer nfcBlocked
        oneDriveDisableFileSync passwordBlockSimple passwordExpirationDays passwordMinimumAgeInDays
        passwordMinimumCharacterSetCount passwordMinimumLength passwordMinutesOfInactivityBeforeScreenTimeout
        passwordPreviousPasswordBlockCount passwordRequireWhenResumeFromIdleState passwordRequired
        passwordRequiredType passwordSignInFailureCountBeforeFactoryReset personalizationDesktopImageUrl
        personalizationLockScreenImageUrl powerButtonActionOnBattery powerButtonActionPluggedIn
        powerHybridSleepOnBattery powerHybridSleepPluggedIn powerLidCloseActionOnBattery
        powerLidCloseActionPluggedIn powerSleepButtonActionOnBattery powerSleepButtonActionPluggedIn
        printerBlockAddition printerDefaultName printerNames privacyAdvertisingId
        privacyAutoAcceptPairingAndConsentPrompts privacyBlockActivityFeed privacyBlockInputPersonalization
        privacyBlockPublishUserActivities privacyDisableLaunchExperience resetProtectionModeBlocked
        safeSearchFilter screenCaptureBlocked searchBlockDiacritics searchBlockWebResults
        searchDisableAutoLanguageDetection searchDisableIndexerBackoff searchDisableIndexingEncryptedItems
        searchDisableIndexingRemovableDrive searchDisableLocation searchDisableUseLocation
        searchEnableAutomaticIndexSizeManangement searchEnableRemoteQueries
        securityBlockAzureADJoinedDevicesAutoEncryption settingsBlockAccountsPage
        settingsBlockAddProvisioningPackage settingsBlockAppsPage settingsBlockChangeLanguage
        settingsBlockChangePowerSleep settingsBlockChangeRegion settingsBlockChangeSystemTime
        settingsBlockDevicesPage settingsBlockEaseOfAccessPage settingsBlockEditDeviceName
        settingsBlockGamingPage settingsBlockNetworkInternetPage settingsBlockPersonalizationPage
        settingsBlockPrivacyPage settingsBlockRemoveProvisioningPackage settingsBlockSettingsApp
        settingsBlockSystemPage settingsBlockTimeLanguagePage settingsBlockUpdateSecurityPage
        sharedUserAppDataAllowed smartScreenAppInstallControl smartScreenBlockPromptOverride
        smartScreenBlockPromptOverrideForFiles smartScreenEnableAppInstallControl
        startBlockUnpinningAppsFromTaskbar startMenuAppListVisibility startMenuHideChangeAccountSettings
        startMenuHideFrequentlyUsedApps startMenuHideHibernate startMenuHideLock startMenuHidePowerButton
        startMenuHideRecentJumpLists startMenuHideRecentlyAddedApps startMenuHideRestartOptions
        startMenuHideShutDown startMenuHideSignOut startMenuHideSleep startMenuHideSwitchAccount
        startMenuHideUserTile startMenuLayoutEdgeAssetsXml startMenuLayoutXml startMenuMode
        startMenuPinnedFolderDocuments startMenuPinnedFolderDownloads startMenuPinnedFolderFileExplorer
        startMenuPinnedFolderHomeGroup startMenuPinnedFolderMusic startMenuPinnedFolderNetwork
        startMenuPinnedFolderPersonalFolder startMenuPinnedFolderPictures startMenuPinnedFolderSettings
        startMenuPinnedFolderVideos storageBlockRemovableStorage storageRequireMobileDeviceEncryption
        storageRestrictAppDataToSystemVolume storageRestrictAppInstallToSystemVolume
        systemTelemetryProxyServer taskManagerBlockEndTask
        tenantLockdownRequireNetworkDuringOutOfBoxExperience uninstallBuiltInApps usbBlocked
        voiceRecordingBlocked webRtcBlockLocalhostIpAddress wiFiBlockAutomaticConnectHotspots
        wiFiBlockManualConfiguration wiFiBlocked wiFiScanInterval windows10AppsForceUpdateSchedule
        windowsSpotlightBlockConsumerSpecificFeatures windowsSpotlightBlockOnActionCenter
        windowsSpotlightBlockTailoredExperiences windowsSpotlightBlockThirdPartyNotifications
        windowsSpotlightBlockWelcomeExperience windowsSpotlightBlockWindowsTips windowsSpotlightBlocked
        windowsSpotlightConfigureOnLockScreen windowsStoreBlockAutoUpdate windowsStoreBlocked
        windowsStoreEnablePrivateStoreOnly wirelessDisplayBlockProjectionToThisDevice
        wirelessDisplayBlockUserInputFromReceiver wirelessDisplayRequirePinForPairing
    """,
    "windows10NetworkBoundaryConfiguration": "windowsNetworkIsolationPolicy",
    "windows10PFXImportCertificateProfile": "keyStorageProvider",
    "windows10SecureAssessmentConfiguration": """
        allowPrinting allowScreenCapture allowTextSuggestion assessmentAppUserModelId configurationAccount
        configurationAccountType launchUri localGuestAccountName
    """,
    "windows10TeamGeneralConfiguration": """
        azureOperationalInsightsBlockTelemetry azureOperationalInsightsWorkspaceId
        azureOperationalInsightsWorkspaceKey connectAppBlockAutoLaunch maintenanceWindowBlocked
        maintenanceWindowDurationInHours maintenanceWindowStartTime miracastBlocked miracastChannel
        miracastRequirePin settingsBlockMyMeetingsAndFiles settingsBlockSessionResume
        settingsBlockSigninSuggestions settingsDefaultVolume settingsScreenTimeoutInMinutes
        settingsSessionTimeoutInMinutes settingsSleepTimeoutInMinutes welcomeScreenBackgroundImageUrl
        welcomeScreenBlockAutomaticWakeUp welcomeScreenMeetingInformation
    """,
    "windows81GeneralConfiguration": """
        accountsBlockAddingNonMicrosoftAccountEmail browserBlockAutofill
        browserBlockAutomaticDetectionOfIntranetSites browserBlockEnterpriseModeAccess browserBlockJavaScript
        browserBlockPlugins browserBlockPopups browserBlockSendingDoNotTrackHeader
        browserBlockSingleWordEntryOnIntranetSites browserEnterpriseModeSiteListLocation
        browserInternetSecurityLevel browserIntranetSecurityLevel browserLoggingReportLocation
        browserRequireFirewall browserRequireFraudWarning browserRequireHighSecurityForRestrictedSites
        browserRequireSmartScreen browserTrustedSitesSecurityLevel cellularBlockDataRoaming
        diagnosticsBlockDataSubmission minimumAutoInstallClassification passwordBlockPicturePasswordAndPin
        passwordExpirationDays passwordMinimumCharacterSetCount passwordMinimumLength
        passwordMinutesOfInactivityBeforeScreenTimeout passwordPreviousPasswordBlockCount passwordRequiredType
        passwordSignInFailureCountBeforeFactoryReset storageRequireDeviceEncryption
        updatesMinimumAutoInstallClassification updatesRequireAutomaticUpdates userAccountControlSettings
        workFoldersUrl
    """,
    "windows81TrustedRootCertificate": "certFileName destinationStore trustedRootCertificate",
    "windows81WifiImportConfiguration": "payload payloadFileName profileName",
    "windowsCertificateProfileBase": """
        certificateValidityPeriodScale certificateValidityPeriodValue keyStorageProvider
        renewalThresholdPercentage subjectAlternativeNameType subjectNameFormat
    """,
    "windows10PkcsCertificateProfile": """
        certificateStore certificateTemplateName certificationAuthority certificationAuthorityName
        customSubjectAlternativeNames extendedKeyUsages subjectAlternativeNameFormatString
        subjectNameFormatString
    """,
    "windows10ImportedPFXCertificateProfile": "intendedPurpose",
    "windows81CertificateProfileBase": "customSubjectAlternativeNames extendedKeyUsages",
    "windows81SCEPCertificateProfile": """
        certificateStore hashAlgorithm keySize keyUsage scepServerUrls subjectAlternativeNameFormatString
        subjectNameFormatString
    """,
    "windowsPhone81ImportedPFXCertificateProfile": "intendedPurpose",
    "windowsDefenderAdvancedThreatProtectionConfiguration": """
        advancedThreatProtectionAutoPopulateOnboardingBlob advancedThreatProtectionOffboardingBlob
        advancedThreatProtectionOffboardingFilename advancedThreatProtectionOnboardingBlob
        advancedThreatProtectionOnboardingFilename allowSampleSharing enableExpeditedTelemetryReporting
    """,
    "windowsDeliveryOptimizationConfiguration": """
        backgroundDownloadFromHttpDelayInSeconds bandwidthMode
        cacheServerBackgroundDownloadFallbackToHttpDelayInSeconds
        cacheServerForegroundDownloadFallbackToHttpDelayInSeconds cacheServerHostNames
        deliveryOptimizationMode foregroundDownloadFromHttpDelayInSeconds groupIdSource maximumCacheAgeInDays
        maximumCacheSize minimumBatteryPercentageAllowedToUpload minimumDiskSizeAllowedToPeerInGigabytes
        minimumFileSizeToCacheInMegabytes minimumRamAllowedToPeerInGigabytes modifyCacheLocation
        restrictPeerSelectionBy vpnPeerCaching
    """,
    "windowsDomainJoinConfiguration": """
        activeDirectoryDomainName computerNameStaticPrefix computerNameSuffixRandomCharCount
        organizationalUnit
    """,
    "windowsHealthMonitoringConfiguration": """
        allowDeviceHealthMonitoring configDeviceHealthMonitoringCustomScope configDeviceHealthMonitoringScope
    """,
    "windowsIdentityProtectionConfiguration": """
        enhancedAntiSpoofingForFacialFeaturesEnabled pinExpirationInDays pinLowercaseCharactersUsage
        pinMaximumLength pinMinimumLength pinPreviousBlockCount pinRecoveryEnabled pinSpecialCharactersUsage
        pinUppercaseCharactersUsage securityDeviceRequired unlockWithBiometricsEnabled
        useCertificatesForOnPremisesAuthEnabled useSecurityKeyForSignin windowsHelloForBusinessBlocked
    """,
    "windowsKioskConfiguration": """
        edgeKioskEnablePublicBrowsing kioskBrowserBlockedURLs kioskBrowserBlockedUrlExceptions
        kioskBrowserDefaultUrl kioskBrowserEnableEndSessionButton kioskBrowserEnableHomeButton
        kioskBrowserEnableNavigationButtons kioskBrowserRestartOnIdleTimeInMinutes kioskProfiles
        windowsKioskForceUpdateSchedule
    """,
    "windowsPhone81CertificateProfileBase": """
        certificateValidityPeriodScale certificateValidityPeriodValue extendedKeyUsages keyStorageProvider
        renewalThresholdPercentage subjectAlternativeNameType subjectNameFormat
    """,
    "windowsPhone81SCEPCertificateProfile": """
        hashAlgorithm keySize keyUsage scepServerUrls subjectAlternativeNameFormatString
        subjectNameFormatString
    """,
    "windowsPhone81CustomConfiguration": "omaSettings",
    "windowsPhone81GeneralConfiguration": """
        appsBlockCopyPaste bluetoothBlocked cameraBlocked cellularBlockWifiTethering compliantAppListType
        compliantAppsList diagnosticDataBlockSubmission emailBlockAddingAccounts locationServicesBlocked
        microsoftAccountBlocked nfcBlocked passwordBlockSimple passwordExpirationDays
        passwordMinimumCharacterSetCount passwordMinimumLength passwordMinutesOfInactivityBeforeScreenTimeout
        passwordPreviousPasswordBlockCount passwordRequired passwordRequiredType
        passwordSignInFailureCountBeforeFactoryReset screenCaptureBlocked storageBlockRemovableStorage
        storageRequireEncryption webBrowserBlocked wifiBlockAutomaticConnectHotspots wifiBlockHotspotReporting
        wifiBlocked windowsStoreBlocked
    """,
    "windowsPhone81TrustedRootCertificate": "certFileName trustedRootCertificate",
    "windowsUpdateForBusinessConfiguration": """
        allowWindows11Upgrade autoRestartNotificationDismissal automaticUpdateMode businessReadyUpdatesOnly
        deadlineForFeatureUpdatesInDays deadlineForQualityUpdatesInDays deadlineGracePeriodInDays
        deliveryOptimizationMode driversExcluded engagedRestartDeadlineInDays
        engagedRestartSnoozeScheduleInDays engagedRestartTransitionScheduleInDays
        featureUpdatesDeferralPeriodInDays featureUpdatesPauseExpiryDateTime featureUpdatesPaused
        featureUpdatesRollbackStartDateTime featureUpdatesRollbackWindowInDays featureUpdatesWillBeRolledBack
        installationSchedule microsoftUpdateServiceAllowed postponeRebootUntilAfterDeadline prereleaseFeatures
        qualityUpdatesDeferralPeriodInDays qualityUpdatesPauseExpiryDateTime qualityUpdatesPaused
        qualityUpdatesRollbackStartDateTime qualityUpdatesWillBeRolledBack
        scheduleImminentRestartWarningInMinutes scheduleRestartWarningInHours skipChecksBeforeRestart
        updateNotificationLevel updateWeeks userPauseAccess userWindowsUpdateScanAccess
    """,
    "windowsVpnConfiguration": "connectionName customXml servers",
    "windows10VpnConfiguration": """
        associatedApps authenticationMethod connectionType cryptographySuite dnsRules dnsSuffixes eapXml
        enableAlwaysOn enableConditionalAccess enableDeviceTunnel enableDnsRegistration
        enableSingleSignOnWithAlternateCertificate enableSplitTunneling microsoftTunnelSiteId
        onlyAssociatedAppsCanUseConnection profileTarget proxyServer rememberUserCredentials routes
        singleSignOnEku singleSignOnIssuerHash trafficRules trustedNetworkDomains
        windowsInformationProtectionDomain
    """,
    "windows81VpnConfiguration": "connectionType enableSplitTunneling loginGroupOrDomain proxyServer",
    "windowsPhone81VpnConfiguration": """
        authenticationMethod bypassVpnOnCompanyWifi bypassVpnOnHomeWifi dnsSuffixSearchList
        rememberUserCredentials
    """,
    "windowsWifiConfiguration": """
        connectAutomatically connectToPreferredNetwork connectWhenNetworkNameIsHidden forceFIPSCompliance
        meteredConnectionLimit networkName preSharedKey proxyAutomaticConfigurationUrl proxyManualAddress
        proxyManualPort proxySetting ssid wifiSecurityType
    """,
    "windowsWifiEnterpriseEAPConfiguration": """
        authenticationMethod authenticationPeriodInSeconds authenticationRetryDelayPeriodInSeconds
        authenticationType cacheCredentials disableUserPromptForServerValidation eapType
        eapolStartPeriodInSeconds enablePairwiseMasterKeyCaching enablePreAuthentication
        innerAuthenticationProtocolForEAPTTLS maximumAuthenticationFailures
        maximumAuthenticationTimeoutInSeconds maximumEAPOLStartMessages
        maximumNumberOfPairwiseMasterKeysInCache maximumPairwiseMasterKeyCacheTimeInMinutes
        maximumPreAuthenticationAttempts networkSingleSignOn outerIdentityPrivacyTemporaryValue
        performServerValidation promptForAdditionalAuthenticationCredentials requireCryptographicBinding
        trustedServerCertificateNames userBasedVirtualLan
    """,
    "windowsWiredNetworkConfiguration": """
        authenticationBlockPeriodInMinutes authenticationMethod authenticationPeriodInSeconds
        authenticationRetryDelayPeriodInSeconds authenticationType cacheCredentials
        disableUserPromptForServerValidation eapType eapolStartPeriodInSeconds enforce8021X
        forceFIPSCompliance innerAuthenticationProtocolForEAPTTLS maximumAuthenticationFailures
        maximumEAPOLStartMessages outerIdentityPrivacyTemporaryValue performServerValidation
        requireCryptographicBinding secondaryAuthenticationMethod trustedServerCertificateNames
    """,
    "windowsZtdnsConfiguration": """
        auditModeEnabled exemptionRules extendedKeyUsagesForClientAuthentication hostsFileResolutionEnabled
        loopbackDnsForwarderEnabled loopbackTrafficBlocked maximumConnectionTimeInSeconds secureDnsServers
    """,
}
