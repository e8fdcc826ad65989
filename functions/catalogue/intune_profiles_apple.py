"""Writable properties of Intune profiles for iOS and macOS, by type: its own, besides those above it. Data."""

from collections.abc import Mapping

APPLE: Mapping[str, str] = {
    "appleDeviceFeaturesConfigurationBase": "airPrintDestinations",
    "iosDeviceFeaturesConfiguration": """
        assetTagTemplate contentFilterSettings homeScreenDockIcons homeScreenGridHeight homeScreenGridWidth
        homeScreenPages iosSingleSignOnExtension lockScreenFootnote notificationSettings singleSignOnExtension
        singleSignOnSettings wallpaperDisplayLocation wallpaperImage
    """,
    "macOSDeviceFeaturesConfiguration": """
        adminShowHostInfo appAssociatedDomains associatedDomains authorizedUsersListHidden
        authorizedUsersListHideAdminUsers authorizedUsersListHideLocalUsers
        authorizedUsersListHideMobileAccounts authorizedUsersListIncludeNetworkUsers
        authorizedUsersListShowOtherManagedUsers autoLaunchItems consoleAccessDisabled
        contentCachingBlockDeletion contentCachingClientListenRanges contentCachingClientPolicy
        contentCachingDataPath contentCachingDisableConnectionSharing contentCachingEnabled
        contentCachingForceConnectionSharing contentCachingKeepAwake contentCachingLogClientIdentities
        contentCachingMaxSizeBytes contentCachingParentSelectionPolicy contentCachingParents
        contentCachingPeerFilterRanges contentCachingPeerListenRanges contentCachingPeerPolicy
        contentCachingPort contentCachingPublicRanges contentCachingShowAlerts contentCachingType
        logOutDisabledWhileLoggedIn loginWindowText macOSSingleSignOnExtension powerOffDisabledWhileLoggedIn
        restartDisabled restartDisabledWhileLoggedIn screenLockDisableImmediate shutDownDisabled
        shutDownDisabledWhileLoggedIn singleSignOnExtension sleepDisabled
    """,
    "appleExpeditedCheckinConfigurationBase": "enableExpeditedCheckin",
    "appleVpnConfiguration": """
        associatedDomains authenticationMethod connectionName connectionType customData customKeyValueData
        disableOnDemandUserOverride disconnectOnIdle disconnectOnIdleTimerInSeconds enablePerApp
        enableSplitTunneling excludeLocalNetworks excludedDomains identifier includeAllNetworks
        loginGroupOrDomain onDemandRules optInToDeviceIdSharing providerType proxyServer realm role
        safariDomains server
    """,
    "iosVpnConfiguration": """
        cloudName excludeList microsoftTunnelSiteId strictEnforcement targetedMobileApps userDomain
    """,
    "iosikEv2VpnConfiguration": """
        allowDefaultChildSecurityAssociationParameters allowDefaultSecurityAssociationParameters
        alwaysOnConfiguration childSecurityAssociationParameters clientAuthenticationType
        deadPeerDetectionRate disableMobilityAndMultihoming disableRedirect enableAlwaysOnConfiguration
        enableCertificateRevocationCheck enableEAP enablePerfectForwardSecrecy
        enableUseInternalSubnetAttributes localIdentifier mtuSizeInBytes remoteIdentifier
        securityAssociationParameters serverCertificateCommonName serverCertificateIssuerCommonName
        serverCertificateType sharedSecret tlsMaximumVersion tlsMinimumVersion
    """,
    "macOSVpnConfiguration": "deploymentChannel",
    "easEmailProfileConfigurationBase": "customDomainName userDomainNameSource usernameAADSource usernameSource",
    "iosEasEmailProfileConfiguration": """
        accountName authenticationMethod blockMovingMessagesToOtherEmailAccounts
        blockSendingEmailFromThirdPartyApps blockSyncingRecentlyUsedEmailAddresses durationOfEmailToSync
        easServices easServicesUserOverrideEnabled emailAddressSource encryptionCertificateType hostName
        perAppVPNProfileId requireSmime requireSsl signingCertificateType smimeEnablePerMessageSwitch
        smimeEncryptByDefaultEnabled smimeEncryptByDefaultUserOverrideEnabled
        smimeEncryptionCertificateUserOverrideEnabled smimeSigningCertificateUserOverrideEnabled
        smimeSigningEnabled smimeSigningUserOverrideEnabled useOAuth
    """,
    "iosCertificateProfileBase": """
        certificateValidityPeriodScale certificateValidityPeriodValue renewalThresholdPercentage
        subjectAlternativeNameType subjectNameFormat
    """,
    "iosPkcsCertificateProfile": """
        certificateStore certificateTemplateName certificationAuthority certificationAuthorityName
        customSubjectAlternativeNames subjectAlternativeNameFormatString subjectNameFormatString
    """,
    "iosScepCertificateProfile": """
        certificateStore customSubjectAlternativeNames extendedKeyUsages keySize keyUsage scepServerUrls
        subjectAlternativeNameFormatString subjectNameFormatString
    """,
    "iosImportedPFXCertificateProfile": "intendedPurpose",
    "iosCustomConfiguration": "payload payloadFileName payloadName",
    "iosEduDeviceConfiguration": "deviceCertificateSettings studentCertificateSettings teacherCertificateSettings",
    "iosGeneralDeviceConfiguration": """
        accountBlockModification activationLockAllowWhenSupervised airDropBlocked
        airDropForceUnmanagedDropTarget airPlayForcePairingPasswordForOutgoingRequests
        airPrintBlockCredentialsStorage airPrintBlocked airPrintBlockiBeaconDiscovery airPrintForceTrustedTLS
        appClipsBlocked appRemovalBlocked appStoreBlockAutomaticDownloads appStoreBlockInAppPurchases
        appStoreBlockUIAppInstallation appStoreBlocked appStoreRequirePassword appleNewsBlocked
        applePersonalizedAdsBlocked appleWatchBlockPairing appleWatchForceWristDetection appsSingleAppModeList
        appsVisibilityList appsVisibilityListType autoFillForceAuthentication autoUnlockBlocked
        blockSystemAppRemoval bluetoothBlockModification cameraBlocked cellularBlockDataRoaming
        cellularBlockGlobalBackgroundFetchWhileRoaming cellularBlockPerAppDataModification
        cellularBlockPersonalHotspot cellularBlockPersonalHotspotModification cellularBlockPlanModification
        cellularBlockVoiceRoaming certificatesBlockUntrustedTlsCertificates
        classroomAppBlockRemoteScreenObservation classroomAppForceUnpromptedScreenObservation
        classroomForceAutomaticallyJoinClasses classroomForceRequestPermissionToLeaveClasses
        classroomForceUnpromptedAppAndDeviceLock compliantAppListType compliantAppsList
        configurationProfileBlockChanges contactsAllowManagedToUnmanagedWrite
        contactsAllowUnmanagedToManagedRead continuousPathKeyboardBlocked dateAndTimeForceSetAutomatically
        definitionLookupBlocked deviceBlockEnableRestrictions deviceBlockEraseContentAndSettings
        deviceBlockNameModification diagnosticDataBlockSubmission diagnosticDataBlockSubmissionModification
        documentsBlockManagedDocumentsInUnmanagedApps documentsBlockUnmanagedDocumentsInManagedApps
        emailInDomainSuffixes enterpriseAppBlockTrust enterpriseAppBlockTrustModification
        enterpriseBookBlockBackup enterpriseBookBlockMetadataSync esimBlockModification faceTimeBlocked
        filesNetworkDriveAccessBlocked filesUsbDriveAccessBlocked findMyDeviceInFindMyAppBlocked
        findMyFriendsBlocked findMyFriendsInFindMyAppBlocked gameCenterBlocked gamingBlockGameCenterFriends
        gamingBlockMultiplayer hostPairingBlocked iBooksStoreBlockErotica iBooksStoreBlocked
        iCloudBlockActivityContinuation iCloudBlockBackup iCloudBlockDocumentSync iCloudBlockManagedAppsSync
        iCloudBlockPhotoLibrary iCloudBlockPhotoStreamSync iCloudBlockSharedPhotoStream
        iCloudPrivateRelayBlocked iCloudRequireEncryptedBackup iTunesBlockExplicitContent
        iTunesBlockMusicService iTunesBlockRadio iTunesBlocked keyboardBlockAutoCorrect keyboardBlockDictation
        keyboardBlockPredictive keyboardBlockShortcuts keyboardBlockSpellCheck keychainBlockCloudSync
        kioskModeAllowAssistiveSpeak kioskModeAllowAssistiveTouchSettings kioskModeAllowAutoLock
        kioskModeAllowColorInversionSettings kioskModeAllowRingerSwitch kioskModeAllowScreenRotation
        kioskModeAllowSleepButton kioskModeAllowTouchscreen kioskModeAllowVoiceControlModification
        kioskModeAllowVoiceOverSettings kioskModeAllowVolumeButtons kioskModeAllowZoomSettings
        kioskModeAppStoreUrl kioskModeAppType kioskModeBlockAutoLock kioskModeBlockRingerSwitch
        kioskModeBlockScreenRotation kioskModeBlockSleepButton kioskModeBlockTouchscreen
        kioskModeBlockVolumeButtons kioskModeBuiltInAppId kioskModeEnableVoiceControl kioskModeManagedAppId
        kioskModeRequireAssistiveTouch kioskModeRequireColorInversion kioskModeRequireMonoAudio
        kioskModeRequireVoiceOver kioskModeRequireZoom lockScreenBlockControlCenter
        lockScreenBlockNotificationView lockScreenBlockPassbook lockScreenBlockTodayView
        managedPasteboardRequired mediaContentRatingApps mediaContentRatingAustralia mediaContentRatingCanada
        mediaContentRatingFrance mediaContentRatingGermany mediaContentRatingIreland mediaContentRatingJapan
        mediaContentRatingNewZealand mediaContentRatingUnitedKingdom mediaContentRatingUnitedStates
        messagesBlocked networkUsageRules nfcBlocked notificationsBlockSettingsModification
        onDeviceOnlyDictationForced onDeviceOnlyTranslationForced passcodeBlockFingerprintModification
        passcodeBlockFingerprintUnlock passcodeBlockModification passcodeBlockSimple passcodeExpirationDays
        passcodeMinimumCharacterSetCount passcodeMinimumLength passcodeMinutesOfInactivityBeforeLock
        passcodeMinutesOfInactivityBeforeScreenTimeout passcodePreviousPasscodeBlockCount passcodeRequired
        passcodeRequiredType passcodeSignInFailureCountBeforeWipe passwordBlockAirDropSharing
        passwordBlockAutoFill passwordBlockProximityRequests pkiBlockOTAUpdates podcastsBlocked
        privacyForceLimitAdTracking proximityBlockSetupToNewDevice safariBlockAutofill safariBlockJavaScript
        safariBlockPopups safariBlocked safariCookieSettings safariManagedDomains
        safariPasswordAutoFillDomains safariRequireFraudWarning screenCaptureBlocked
        sharedDeviceBlockTemporarySessions siriBlockUserGeneratedContent siriBlocked siriBlockedWhenLocked
        siriRequireProfanityFilter softwareUpdatesEnforcedDelayInDays softwareUpdatesForceDelayed
        spotlightBlockInternetResults unpairedExternalBootToRecoveryAllowed usbRestrictedModeBlocked
        voiceDialingBlocked vpnBlockCreation wallpaperBlockModification wiFiConnectOnlyToConfiguredNetworks
        wiFiConnectToAllowedNetworksOnlyForced wifiPowerOnForced
    """,
    "iosTrustedRootCertificate": "certFileName trustedRootCertificate",
    "iosUpdateConfiguration": """
        activeHoursEnd activeHoursStart customUpdateTimeWindows desiredOsVersion
        enforcedSoftwareUpdateDelayInDays isEnabled scheduledInstallDays updateScheduleType
        utcTimeOffsetInMinutes
    """,
    "iosWiFiConfiguration": """
        connectAutomatically connectWhenNetworkNameIsHidden disableMacAddressRandomization networkName
        preSharedKey proxyAutomaticConfigurationUrl proxyManualAddress proxyManualPort proxySettings ssid
        wiFiSecurityType
    """,
    "iosEnterpriseWiFiConfiguration": """
        authenticationMethod eapFastConfiguration eapType innerAuthenticationProtocolForEapTtls
        outerIdentityPrivacyTemporaryValue passwordFormatString trustedServerCertificateNames
        usernameFormatString
    """,
    "iosWiredNetworkConfiguration": """
        authenticationMethod eapFastConfiguration eapType networkInterface networkName
        nonEapAuthenticationMethodForEapTtls outerIdentityPrivacyMaskValue trustedServerCertificateNames
    """,
    "macOSCertificateProfileBase": """
        certificateValidityPeriodScale certificateValidityPeriodValue renewalThresholdPercentage
        subjectAlternativeNameType subjectNameFormat
    """,
    "macOSImportedPFXCertificateProfile": "deploymentChannel intendedPurpose",
    "macOSPkcsCertificateProfile": """
        allowAllAppsAccess certificateStore certificateTemplateName certificationAuthority
        certificationAuthorityName customSubjectAlternativeNames deploymentChannel
        subjectAlternativeNameFormatString subjectNameFormatString
    """,
    "macOSScepCertificateProfile": """
        allowAllAppsAccess certificateStore customSubjectAlternativeNames deploymentChannel extendedKeyUsages
        hashAlgorithm keySize keyUsage scepServerUrls subjectAlternativeNameFormatString
        subjectNameFormatString
    """,
    "macOSCustomAppConfiguration": "bundleId configurationXml fileName",
    "macOSCustomConfiguration": "deploymentChannel payload payloadFileName payloadName",
    "macOSEndpointProtectionConfiguration": """
        advancedThreatProtectionAutomaticSampleSubmission advancedThreatProtectionCloudDelivered
        advancedThreatProtectionDiagnosticDataCollection advancedThreatProtectionExcludedExtensions
        advancedThreatProtectionExcludedFiles advancedThreatProtectionExcludedFolders
        advancedThreatProtectionExcludedProcesses advancedThreatProtectionRealTime
        fileVaultAllowDeferralUntilSignOut fileVaultDisablePromptAtSignOut fileVaultEnabled
        fileVaultHidePersonalRecoveryKey fileVaultInstitutionalRecoveryKeyCertificate
        fileVaultInstitutionalRecoveryKeyCertificateFileName fileVaultNumberOfTimesUserCanIgnore
        fileVaultPersonalRecoveryKeyHelpMessage fileVaultPersonalRecoveryKeyRotationInMonths
        fileVaultSelectedRecoveryKeyTypes firewallApplications firewallBlockAllIncoming
        firewallEnableStealthMode firewallEnabled gatekeeperAllowedAppSource gatekeeperBlockOverride
    """,
    "macOSExtensionsConfiguration": """
        kernelExtensionAllowedTeamIdentifiers kernelExtensionOverridesAllowed kernelExtensionsAllowed
        systemExtensionsAllowed systemExtensionsAllowedTeamIdentifiers systemExtensionsAllowedTypes
        systemExtensionsBlockOverride
    """,
    "macOSGeneralDeviceConfiguration": """
        activationLockWhenSupervisedAllowed addingGameCenterFriendsBlocked airDropBlocked
        appleWatchBlockAutoUnlock cameraBlocked classroomAppBlockRemoteScreenObservation
        classroomAppForceUnpromptedScreenObservation classroomForceAutomaticallyJoinClasses
        classroomForceRequestPermissionToLeaveClasses classroomForceUnpromptedAppAndDeviceLock
        compliantAppListType compliantAppsList contentCachingBlocked definitionLookupBlocked
        emailInDomainSuffixes eraseContentAndSettingsBlocked gameCenterBlocked iCloudBlockActivityContinuation
        iCloudBlockAddressBook iCloudBlockBookmarks iCloudBlockCalendar iCloudBlockDocumentSync
        iCloudBlockMail iCloudBlockNotes iCloudBlockPhotoLibrary iCloudBlockReminders
        iCloudDesktopAndDocumentsBlocked iCloudPrivateRelayBlocked iTunesBlockFileSharing
        iTunesBlockMusicService keyboardBlockDictation keychainBlockCloudSync multiplayerGamingBlocked
        passwordBlockAirDropSharing passwordBlockAutoFill passwordBlockFingerprintUnlock
        passwordBlockModification passwordBlockProximityRequests passwordBlockSimple passwordExpirationDays
        passwordMaximumAttemptCount passwordMinimumCharacterSetCount passwordMinimumLength
        passwordMinutesOfInactivityBeforeLock passwordMinutesOfInactivityBeforeScreenTimeout
        passwordMinutesUntilFailedLoginReset passwordPreviousPasswordBlockCount passwordRequired
        passwordRequiredType privacyAccessControls safariBlockAutofill screenCaptureBlocked
        softwareUpdateMajorOSDeferredInstallDelayInDays softwareUpdateMinorOSDeferredInstallDelayInDays
        softwareUpdateNonOSDeferredInstallDelayInDays softwareUpdatesEnforcedDelayInDays
        spotlightBlockInternetResults touchIdTimeoutInHours updateDelayPolicy wallpaperModificationBlocked
    """,
    "macOSSoftwareUpdateConfiguration": """
        allOtherUpdateBehavior configDataUpdateBehavior criticalUpdateBehavior customUpdateTimeWindows
        firmwareUpdateBehavior maxUserDeferralsCount priority updateScheduleType
        updateTimeWindowUtcOffsetInMinutes
    """,
    "macOSTrustedRootCertificate": "certFileName deploymentChannel trustedRootCertificate",
    "macOSWiFiConfiguration": """
        connectAutomatically connectWhenNetworkNameIsHidden deploymentChannel networkName preSharedKey
        proxyAutomaticConfigurationUrl proxyManualAddress proxyManualPort proxySettings ssid wiFiSecurityType
        wifiRequirePhysicalMacAddressEnabled
    """,
    "macOSEnterpriseWiFiConfiguration": """
        authenticationMethod eapFastConfiguration eapType innerAuthenticationProtocolForEapTtls
        outerIdentityPrivacyTemporaryValue trustedServerCertificateNames
    """,
    "macOSWiredNetworkConfiguration": """
        authenticationMethod deploymentChannel eapFastConfiguration eapType enableOuterIdentityPrivacy
        networkInterface networkName nonEapAuthenticationMethodForEapTtls trustedServerCertificateNames
    """,
}
