"""Writable properties of Intune's compliance policies, enrolment configurations and Autopilot profiles, by type: data.

`names` joins such lists. Only what a person may set is in them: no stamps, no counters, nothing that Graph computes.
"""

from collections.abc import Mapping


def names(*lists: Mapping[str, str]) -> frozenset[str]:
    """Every property in the lists, of whatever type."""
    return frozenset(name for one in lists for text in one.values() for name in text.split())


COMPLIANCE: Mapping[str, str] = {
    "deviceCompliancePolicy": "description displayName roleScopeTagIds",
    "androidCompliancePolicy": """
        advancedThreatProtectionRequiredSecurityLevel conditionStatementId deviceThreatProtectionEnabled
        deviceThreatProtectionRequiredSecurityLevel minAndroidSecurityPatchLevel osMaximumVersion
        osMinimumVersion passwordExpirationDays passwordMinimumLength passwordMinutesOfInactivityBeforeLock
        passwordPreviousPasswordBlockCount passwordRequired passwordRequiredType
        passwordSignInFailureCountBeforeFactoryReset requiredPasswordComplexity restrictedApps
        securityBlockDeviceAdministratorManagedDevices securityBlockJailbrokenDevices
        securityDisableUsbDebugging securityPreventInstallAppsFromUnknownSources
        securityRequireCompanyPortalAppIntegrity securityRequireGooglePlayServices
        securityRequireSafetyNetAttestationBasicIntegrity securityRequireSafetyNetAttestationCertifiedDevice
        securityRequireUpToDateSecurityProviders securityRequireVerifyApps storageRequireEncryption
    """,
    "androidDeviceOwnerCompliancePolicy": """
        advancedThreatProtectionRequiredSecurityLevel deviceThreatProtectionEnabled
        deviceThreatProtectionRequiredSecurityLevel minAndroidSecurityPatchLevel osMaximumVersion
        osMinimumVersion passwordExpirationDays passwordMinimumLength passwordMinimumLetterCharacters
        passwordMinimumLowerCaseCharacters passwordMinimumNonLetterCharacters passwordMinimumNumericCharacters
        passwordMinimumSymbolCharacters passwordMinimumUpperCaseCharacters
        passwordMinutesOfInactivityBeforeLock passwordPreviousPasswordCountToBlock passwordRequired
        passwordRequiredType requireNoPendingSystemUpdates securityBlockJailbrokenDevices
        securityRequireIntuneAppIntegrity securityRequireSafetyNetAttestationBasicIntegrity
        securityRequireSafetyNetAttestationCertifiedDevice securityRequiredAndroidSafetyNetEvaluationType
        storageRequireEncryption
    """,
    "androidForWorkCompliancePolicy": """
        deviceThreatProtectionEnabled deviceThreatProtectionRequiredSecurityLevel minAndroidSecurityPatchLevel
        osMaximumVersion osMinimumVersion passwordExpirationDays passwordMinimumLength
        passwordMinutesOfInactivityBeforeLock passwordPreviousPasswordBlockCount passwordRequired
        passwordRequiredType passwordSignInFailureCountBeforeFactoryReset requiredPasswordComplexity
        securityBlockJailbrokenDevices securityDisableUsbDebugging
        securityPreventInstallAppsFromUnknownSources securityRequireCompanyPortalAppIntegrity
        securityRequireGooglePlayServices securityRequireSafetyNetAttestationBasicIntegrity
        securityRequireSafetyNetAttestationCertifiedDevice securityRequireUpToDateSecurityProviders
        securityRequireVerifyApps securityRequiredAndroidSafetyNetEvaluationType storageRequireEncryption
        workProfileInactiveBeforeScreenLockInMinutes workProfilePasswordExpirationInDays
        workProfilePasswordMinimumLength workProfilePasswordRequiredType workProfilePreviousPasswordBlockCount
        workProfileRequirePassword workProfileRequiredPasswordComplexity
    """,
    "androidWorkProfileCompliancePolicy": """
        advancedThreatProtectionRequiredSecurityLevel deviceThreatProtectionEnabled
        deviceThreatProtectionRequiredSecurityLevel minAndroidSecurityPatchLevel osMaximumVersion
        osMinimumVersion passwordExpirationDays passwordMinimumLength passwordMinutesOfInactivityBeforeLock
        passwordPreviousPasswordBlockCount passwordRequired passwordRequiredType
        passwordSignInFailureCountBeforeFactoryReset requiredPasswordComplexity securityBlockJailbrokenDevices
        securityDisableUsbDebugging securityPreventInstallAppsFromUnknownSources
        securityRequireCompanyPortalAppIntegrity securityRequireGooglePlayServices
        securityRequireSafetyNetAttestationBasicIntegrity securityRequireSafetyNetAttestationCertifiedDevice
        securityRequireUpToDateSecurityProviders securityRequireVerifyApps
        securityRequiredAndroidSafetyNetEvaluationType storageRequireEncryption
        workProfileInactiveBeforeScreenLockInMinutes workProfilePasswordExpirationInDays
        workProfilePasswordMinimumLength workProfilePasswordRequiredType workProfilePreviousPasswordBlockCount
        workProfileRequirePassword workProfileRequiredPasswordComplexity
    """,
    "aospDeviceOwnerCompliancePolicy": """
        minAndroidSecurityPatchLevel osMaximumVersion osMinimumVersion passwordMinimumLength
        passwordMinutesOfInactivityBeforeLock passwordRequired passwordRequiredType
        securityBlockJailbrokenDevices storageRequireEncryption
    """,
    "iosCompliancePolicy": """
        advancedThreatProtectionRequiredSecurityLevel deviceThreatProtectionEnabled
        deviceThreatProtectionRequiredSecurityLevel managedEmailProfileRequired osMaximumBuildVersion
        osMaximumVersion osMinimumBuildVersion osMinimumVersion passcodeBlockSimple passcodeExpirationDays
        passcodeMinimumCharacterSetCount passcodeMinimumLength passcodeMinutesOfInactivityBeforeLock
        passcodeMinutesOfInactivityBeforeScreenTimeout passcodePreviousPasscodeBlockCount passcodeRequired
        passcodeRequiredType restrictedApps securityBlockJailbrokenDevices
    """,
    "macOSCompliancePolicy": """
        advancedThreatProtectionRequiredSecurityLevel deviceCompliancePolicyScript
        deviceThreatProtectionEnabled deviceThreatProtectionRequiredSecurityLevel firewallBlockAllIncoming
        firewallEnableStealthMode firewallEnabled gatekeeperAllowedAppSource osMaximumBuildVersion
        osMaximumVersion osMinimumBuildVersion osMinimumVersion passwordBlockSimple passwordExpirationDays
        passwordMinimumCharacterSetCount passwordMinimumLength passwordMinutesOfInactivityBeforeLock
        passwordPreviousPasswordBlockCount passwordRequired passwordRequiredType storageRequireEncryption
        systemIntegrityProtectionEnabled
    """,
    "windows10CompliancePolicy": """
        activeFirewallRequired antiSpywareRequired antivirusRequired bitLockerEnabled codeIntegrityEnabled
        configurationManagerComplianceRequired defenderEnabled defenderVersion deviceCompliancePolicyScript
        deviceThreatProtectionEnabled deviceThreatProtectionRequiredSecurityLevel
        earlyLaunchAntiMalwareDriverEnabled firmwareProtectionEnabled kernelDmaProtectionEnabled
        memoryIntegrityEnabled mobileOsMaximumVersion mobileOsMinimumVersion osMaximumVersion osMinimumVersion
        passwordBlockSimple passwordExpirationDays passwordMinimumCharacterSetCount passwordMinimumLength
        passwordMinutesOfInactivityBeforeLock passwordPreviousPasswordBlockCount passwordRequired
        passwordRequiredToUnlockFromIdle passwordRequiredType requireHealthyDeviceReport rtpEnabled
        secureBootEnabled signatureOutOfDate storageRequireEncryption tpmRequired
        validOperatingSystemBuildRanges virtualizationBasedSecurityEnabled wslDistributions
    """,
    "windows10MobileCompliancePolicy": """
        activeFirewallRequired bitLockerEnabled codeIntegrityEnabled earlyLaunchAntiMalwareDriverEnabled
        osMaximumVersion osMinimumVersion passwordBlockSimple passwordExpirationDays
        passwordMinimumCharacterSetCount passwordMinimumLength passwordMinutesOfInactivityBeforeLock
        passwordPreviousPasswordBlockCount passwordRequireToUnlockFromIdle passwordRequired
        passwordRequiredType secureBootEnabled storageRequireEncryption validOperatingSystemBuildRanges
    """,
    "windows81CompliancePolicy": """
        osMaximumVersion osMinimumVersion passwordBlockSimple passwordExpirationDays
        passwordMinimumCharacterSetCount passwordMinimumLength passwordMinutesOfInactivityBeforeLock
        passwordPreviousPasswordBlockCount passwordRequired passwordRequiredType storageRequireEncryption
    """,
    "windowsPhone81CompliancePolicy": """
        osMaximumVersion osMinimumVersion passwordBlockSimple passwordExpirationDays
        passwordMinimumCharacterSetCount passwordMinimumLength passwordMinutesOfInactivityBeforeLock
        passwordPreviousPasswordBlockCount passwordRequired passwordRequiredType storageRequireEncryption
    """,
}

ENROLMENT: Mapping[str, str] = {
    "deviceEnrollmentConfiguration": "description displayName priority roleScopeTagIds",
    "deviceComanagementAuthorityConfiguration": """
        configurationManagerAgentCommandLineArgument installConfigurationManagerAgent managedDeviceAuthority
    """,
    "deviceEnrollmentLimitConfiguration": "limit",
    "deviceEnrollmentNotificationConfiguration": """
        brandingOptions defaultLocale notificationMessageTemplateId notificationTemplates platformType
        templateType
    """,
    "deviceEnrollmentPlatformRestrictionConfiguration": "platformRestriction platformType",
    "deviceEnrollmentPlatformRestrictionsConfiguration": """
        androidForWorkRestriction androidRestriction iosRestriction macOSRestriction macRestriction
        tvosRestriction visionOSRestriction windowsHomeSkuRestriction windowsMobileRestriction
        windowsRestriction
    """,
    "deviceEnrollmentWindowsHelloForBusinessConfiguration": """
        enhancedBiometricsState enhancedSignInSecurity pinExpirationInDays pinLowercaseCharactersUsage
        pinMaximumLength pinMinimumLength pinPreviousBlockCount pinSpecialCharactersUsage
        pinUppercaseCharactersUsage remotePassportEnabled securityDeviceRequired securityKeyForSignIn state
        unlockWithBiometricsEnabled
    """,
    "windows10EnrollmentCompletionPageConfiguration": """
        allowDeviceResetOnInstallFailure allowDeviceUseOnInstallFailure allowLogCollectionOnInstallFailure
        allowNonBlockingAppInstallation blockDeviceSetupRetryByUser customErrorMessage
        disableUserStatusTrackingAfterFirstUser installProgressTimeoutInMinutes installQualityUpdates
        selectedMobileAppIds showInstallationProgress trackInstallProgressForAutopilotOnly
    """,
    "windowsRestoreDeviceEnrollmentConfiguration": "state",
}

AUTOPILOT: Mapping[str, str] = {
    "windowsAutopilotDeploymentProfile": """
        description deviceNameTemplate deviceType displayName enrollmentStatusScreenSettings
        hardwareHashExtractionEnabled locale managementServiceAppId outOfBoxExperienceSetting
        preprovisioningAllowed roleScopeTagIds
    """,
    "activeDirectoryWindowsAutopilotDeploymentProfile": "hybridAzureADJoinSkipConnectivityCheck",
}
