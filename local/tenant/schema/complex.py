"""The complex types that properties are made of. A value may always carry `@odata.type` besides what is named here."""

from collections.abc import Mapping

from local.tenant.schema.model import Property
from local.tenant.schema.notation import table

COMPLEX: Mapping[str, Mapping[str, Property]] = {
    name: table(text)
    for name, text in {
        "assignedLicense": """
            disabledPlans guid[] set
            skuId guid""",
        "assignedPlan": """
            assignedDateTime datetime
            capabilityStatus string
            service string
            servicePlanId guid""",
        "provisionedPlan": """
            capabilityStatus string
            provisioningStatus string
            service string""",
        "licenseAssignmentState": """
            skuId guid
            disabledPlans guid[] set
            assignedByGroup string?
            state string
            error string
            lastUpdatedDateTime datetime""",
        "licenseProcessingState": "state string?",
        "authorizationInfo": "certificateUserIds string[] set",
        "employeeOrgData": """
            costCenter string?
            division string?""",
        "objectIdentity": """
            signInType string
            issuer string
            issuerAssignedId string?""",
        "onPremisesExtensionAttributes": "\n".join(f"extensionAttribute{n} string?" for n in range(1, 16)),
        "onPremisesProvisioningError": """
            category string?
            occurredDateTime datetime?
            propertyCausingError string?
            value string?""",
        "serviceProvisioningError": """
            createdDateTime datetime?
            isResolved bool?
            serviceInstance string?""",
        "passwordProfile": """
            password string?
            forceChangePasswordNextSignIn bool?
            forceChangePasswordNextSignInWithMfa bool?""",
        "signInActivity": """
            lastSignInDateTime datetime?
            lastSignInRequestId string?
            lastNonInteractiveSignInDateTime datetime?
            lastNonInteractiveSignInRequestId string?
            lastSuccessfulSignInDateTime datetime?
            lastSuccessfulSignInRequestId string?""",
        "assignedLabel": """
            labelId string?
            displayName string?""",
        "keyValue": """
            key string?
            value string?""",
        "addIn": """
            id guid?
            type string
            properties keyValue[]""",
        "permissionScope": """
            id guid
            adminConsentDescription string?
            adminConsentDisplayName string?
            isEnabled bool
            origin string? ro
            type string?
            userConsentDescription string?
            userConsentDisplayName string?
            value string?""",
        "preAuthorizedApplication": """
            appId string?
            delegatedPermissionIds string[] set""",
        "apiApplication": """
            acceptMappedClaims bool?
            knownClientApplications guid[] set
            oauth2PermissionScopes permissionScope[] set
            preAuthorizedApplications preAuthorizedApplication[] set
            requestedAccessTokenVersion int?""",
        "appRole": """
            id guid
            allowedMemberTypes string[] set
            description string?
            displayName string?
            isEnabled bool
            origin string? ro
            value string?""",
        "authenticationBehaviors": """
            blockAzureADGraphAccess bool?
            coopEnforcement bool?
            removeUnverifiedEmailClaim bool?
            requireClientServicePrincipal bool?""",
        "certification": """
            certificationExpirationDateTime datetime?
            isPublisherAttested bool?
            lastCertificationDateTime datetime?""",
        "informationalUrl": """
            logoUrl string? ro
            marketingUrl string?
            privacyStatementUrl string?
            supportUrl string?
            termsOfServiceUrl string?""",
        "keyCredential": """
            customKeyIdentifier binary?
            displayName string?
            endDateTime datetime?
            key binary?
            keyId guid?
            startDateTime datetime?
            type string?
            usage string?""",
        "passwordCredential": """
            customKeyIdentifier binary?
            displayName string?
            endDateTime datetime?
            hint string?
            keyId guid?
            secretText string?
            startDateTime datetime?""",
        "optionalClaim": """
            name string
            source string?
            essential bool
            additionalProperties string[] set""",
        "optionalClaims": """
            idToken optionalClaim[] set
            accessToken optionalClaim[] set
            saml2Token optionalClaim[] set""",
        "parentalControlSettings": """
            countriesBlockedForMinors string[] set
            legalAgeGroupRule string?""",
        "redirectUris": "redirectUris string[]",
        "requestSignatureVerification": """
            allowedWeakAlgorithms string?
            isSignedRequestRequired bool?""",
        "resourceAccess": """
            id guid
            type string?""",
        "requiredResourceAccess": """
            resourceAppId string
            resourceAccess resourceAccess[] set""",
        "servicePrincipalLockConfiguration": """
            isEnabled bool
            allProperties bool?
            credentialsWithUsageSign bool?
            credentialsWithUsageVerify bool?
            tokenEncryptionKeyId bool?""",
        "verifiedPublisher": """
            addedDateTime datetime?
            displayName string?
            verifiedPublisherId string?""",
        "implicitGrantSettings": """
            enableAccessTokenIssuance bool?
            enableIdTokenIssuance bool?""",
        "redirectUriSetting": """
            uri string?
            index int?""",
        "webApplication": """
            homePageUrl string?
            implicitGrantSettings implicitGrantSettings?
            logoutUrl string?
            redirectUris string[]
            redirectUriSettings redirectUriSetting[]""",
        "resourceSpecificPermission": """
            id guid
            description string?
            displayName string?
            isEnabled bool
            value string?""",
        "samlSingleSignOnSettings": "relayState string?",
        "alternativeSecurityId": """
            type int?
            identityProvider string?
            key binary?""",
        "rolePermission": """
            allowedResourceActions string[] set
            excludedResourceActions string[] set
            condition string?""",
        "roleMemberInfo": """
            id string
            displayName string?""",
        "privacyProfile": """
            contactEmail string?
            statementUrl string?""",
        "verifiedDomain": """
            capabilities string?
            isDefault bool?
            isInitial bool?
            name string?
            type string?""",
        "ipRange": "cidrAddress string",
        # Conditional Access
        "filter": """
            mode string
            rule string""",
        "applicationCondition": """
            includeApplications string[] set
            excludeApplications string[] set
            includeUserActions string[] set
            includeAuthenticationContextClassReferences string[] set
            applicationFilter filter?""",
        "externalTenants": """
            membershipKind string
            members string[]? set sparse""",
        "guestsOrExternalUsers": """
            guestOrExternalUserTypes string?
            externalTenants externalTenants?""",
        "userCondition": """
            includeUsers string[] set
            excludeUsers string[] set
            includeGroups string[] set
            excludeGroups string[] set
            includeRoles string[] set
            excludeRoles string[] set
            includeGuestsOrExternalUsers guestsOrExternalUsers?
            excludeGuestsOrExternalUsers guestsOrExternalUsers?""",
        "clientApplications": """
            includeServicePrincipals string[] set
            excludeServicePrincipals string[] set
            servicePrincipalFilter filter?""",
        "deviceCondition": "deviceFilter filter?",
        "locationCondition": """
            includeLocations string[] set
            excludeLocations string[] set""",
        "platformCondition": """
            includePlatforms string[] set
            excludePlatforms string[] set""",
        "authenticationFlows": "transferMethods string",
        "conditionSet": """
            applications applicationCondition
            users userCondition?
            clientApplications clientApplications?
            clientAppTypes string[] set
            devices deviceCondition?
            locations locationCondition?
            platforms platformCondition?
            signInRiskLevels string[] set not_in=china
            userRiskLevels string[] set not_in=china
            servicePrincipalRiskLevels string[] set not_in=china
            insiderRiskLevels string? not_in=china
            authenticationFlows authenticationFlows?""",
        "combinationConfiguration": """
            id string
            appliesToCombinations string[] set
            allowedAAGUIDs string[] set
            allowedIssuerSkis string[] set
            allowedPolicyOIDs string[] set""",
        "authenticationStrength": """
            id guid
            displayName string ro
            description string? ro
            policyType string ro
            requirementsSatisfied string ro
            allowedCombinations string[] set ro
            createdDateTime datetime ro
            modifiedDateTime datetime ro
            combinationConfigurations combinationConfiguration[] set ro""",
        "grantControls": """
            operator string
            builtInControls string[] set
            customAuthenticationFactors string[] set
            termsOfUse string[] set
            authenticationStrength authenticationStrength? not_in=china""",
        "enabledControl": "isEnabled bool?",
        "cloudAppSecurity": """
            isEnabled bool?
            cloudAppSecurityType string?""",
        "persistentBrowser": """
            isEnabled bool?
            mode string?""",
        "signInFrequency": """
            isEnabled bool?
            value int?
            type string?
            authenticationType string?
            frequencyInterval string?""",
        "continuousAccessEvaluation": "mode string",
        "sessionControls": """
            continuousAccessEvaluation continuousAccessEvaluation? beta
            applicationEnforcedRestrictions enabledControl?
            cloudAppSecurity cloudAppSecurity?
            disableResilienceDefaults bool?
            persistentBrowser persistentBrowser?
            secureSignInSession enabledControl?
            signInFrequency signInFrequency?""",
    }.items()
}
