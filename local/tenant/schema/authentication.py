"""Kinds of authentication: methods, strengths, contexts, security defaults, certificates."""

from local.tenant.schema.model import CHINA, Held, Kind, LinkRule, links
from local.tenant.schema.notation import table, types

_P1 = frozenset({"AAD_PREMIUM", "AAD_PREMIUM_P2"})

COMPLEX = types(
    {
        "excludeTarget": """
            id string
            targetType string""",
        # one shape for the targets of every method; which method has which field is not checked
        "authenticationMethodTarget": """
            id string
            targetType string
            isRegistrationRequired bool?
            authenticationMode string?
            isUsableForSignIn bool?
            allowedPasskeyProfiles guid[] set
            verifiedIdProfiles guid[] set""",
        "campaignTarget": """
            id string
            targetType string
            targetedAuthenticationMethod string""",
        "registrationCampaign": """
            snoozeDurationInDays int
            state string
            excludeTargets excludeTarget[] set
            includeTargets campaignTarget[] set""",
        "registrationEnforcement": "authenticationMethodsRegistrationCampaign registrationCampaign",
        "fido2KeyRestrictions": """
            aaGuids guid[] set
            enforcementType string
            isEnforced bool""",
        "passkeyProfile": """
            id guid
            name string
            attestationEnforcement string
            keyRestrictions fido2KeyRestrictions
            passkeyTypes string""",
        "featureTarget": """
            id string
            targetType string""",
        "featureConfiguration": """
            excludeTarget featureTarget
            includeTarget featureTarget
            state string""",
        "authenticatorFeatureSettings": """
            displayAppInformationRequiredState featureConfiguration
            displayLocationInformationRequiredState featureConfiguration""",
        "openIdConnectSetting": """
            clientId string
            discoveryUrl string""",
        "x509CertificateRule": """
            identifier string
            issuerSubjectIdentifier string?
            policyOidIdentifier string?
            x509CertificateAuthenticationMode string
            x509CertificateRequiredAffinityLevel string
            x509CertificateRuleType string""",
        "x509AuthenticationMode": """
            rules x509CertificateRule[] set
            x509CertificateAuthenticationDefaultMode string
            x509CertificateDefaultRequiredAffinityLevel string""",
        "x509CertificateAuthorityScope": """
            includeTargets excludeTarget[] set
            publicKeyInfrastructureIdentifier string
            subjectKeyIdentifier string""",
        "x509CertificateUserBinding": """
            priority int
            trustAffinityLevel string
            userProperty string
            x509CertificateField string""",
        "x509CrlValidation": """
            exemptedCertificateAuthoritiesSubjectKeyIdentifiers string[] set
            state string""",
        "x509IssuerHints": "state string",
        # every method's configuration; `@odata.type` says which fields one has
        "authenticationMethodConfiguration": """
            id string
            state string
            excludeTargets excludeTarget[] set
            includeTargets authenticationMethodTarget[] set
            allowExternalIdToUseEmailOtp string?
            appId guid?
            displayName string?
            openIdConnectSetting openIdConnectSetting?
            defaultPasskeyProfile guid?
            isAttestationEnforced bool?
            isSelfServiceRegistrationAllowed bool?
            keyRestrictions fido2KeyRestrictions?
            passkeyProfiles passkeyProfile[] set
            featureSettings authenticatorFeatureSettings?
            isSoftwareOathEnabled bool?
            pinLength int?
            standardQRCodeLifetimeInDays int?
            defaultLength int?
            defaultLifetimeInMinutes int?
            isUsableOnce bool?
            maximumLifetimeInMinutes int?
            minimumLifetimeInMinutes int?
            isOfficePhoneAllowed bool?
            authenticationModeConfiguration x509AuthenticationMode?
            certificateAuthorityScopes x509CertificateAuthorityScope[] set
            certificateUserBindings x509CertificateUserBinding[] set
            crlValidationConfiguration x509CrlValidation?
            issuerHintsConfiguration x509IssuerHints?""",
        "certificateAuthority": """
            certificate binary
            certificateRevocationListUrl string?
            deltaCertificateRevocationListUrl string?
            isRootAuthority bool
            issuer string ro
            issuerSki string ro""",
    }
)

# whether a tenant without P1 is refused, or sees the built-in strengths alone, is not documented
AUTHENTICATION_STRENGTH_POLICY = Kind(
    name="authenticationStrengthPolicy",
    collection="authenticationStrengthPolicies",
    path="/policies/authenticationStrengthPolicies",
    query=frozenset({"$select", "$filter"}),
    reads=("Policy.Read.AuthenticationMethod", "Policy.Read.All"),
    writes_with=("Policy.ReadWrite.ConditionalAccess", "Policy.ReadWrite.AuthenticationMethod"),
    required=("displayName", "allowedCombinations"),
    inline=("combinationConfigurations",),
    licence=_P1,
    properties=table("""
        id guid ro
        createdDateTime datetime ro
        modifiedDateTime datetime ro
        displayName string
        description string?
        policyType string ro
        requirementsSatisfied string ro
        allowedCombinations string[] create set
        combinationConfigurations combinationConfiguration[] ro set
    """),
)

AUTHENTICATION_CONTEXT = Kind(
    name="authenticationContextClassReference",
    collection="authenticationContextClassReferences",
    path="/identity/conditionalAccess/authenticationContextClassReferences",
    query=frozenset({"$select", "$filter"}),
    methods=frozenset({"PATCH", "DELETE"}),
    reads=("AuthenticationContext.Read.All", "Policy.Read.ConditionalAccess"),
    writes_with=("AuthenticationContext.ReadWrite.All", "Policy.ReadWrite.ConditionalAccess"),
    required=("displayName",),
    upsert=True,
    keys=("id",),
    licence=_P1,
    properties=table("""
        id string create
        displayName string
        description string?
        isAvailable bool
    """),
)

AUTHENTICATION_METHODS_POLICY = Kind(
    name="authenticationMethodsPolicy",
    collection="authenticationMethodsPolicy",
    path="/policies/authenticationMethodsPolicy",
    singleton=True,
    query=frozenset({"$select"}),
    methods=frozenset({"PATCH"}),
    reads=("Policy.Read.AuthenticationMethod", "Policy.Read.All"),
    writes_with=("Policy.ReadWrite.AuthenticationMethod",),
    inline=("authenticationMethodConfigurations",),
    not_in=CHINA,
    properties=table("""
        id string ro
        displayName string ro
        description string ro
        lastModifiedDateTime datetime ro
        policyVersion string ro
        policyMigrationState string?
        reconfirmationInDays int?
        registrationEnforcement registrationEnforcement
        authenticationMethodConfigurations authenticationMethodConfiguration[] ro set
    """),
)

SECURITY_DEFAULTS = Kind(
    name="identitySecurityDefaultsEnforcementPolicy",
    collection="identitySecurityDefaultsEnforcementPolicy",
    path="/policies/identitySecurityDefaultsEnforcementPolicy",
    singleton=True,
    query=frozenset({"$select"}),
    methods=frozenset({"PATCH"}),
    reads=("Policy.Read.All",),
    writes_with=("Policy.ReadWrite.SecurityDefaults+Policy.Read.All",),
    properties=table("""
        id guid ro
        displayName string ro
        description string ro
        isEnabled bool
    """),
)

CERTIFICATE_BASED_AUTH_PKI = Kind(
    name="certificateBasedAuthPki",
    collection="certificateBasedAuthConfigurations",
    path="/directory/publicKeyInfrastructure/certificateBasedAuthConfigurations",
    soft_delete=True,
    deleted_path="/directory/deletedItems/microsoft.graph.certificateBasedAuthPki",
    query=frozenset({"$select", "$filter", "$top", "$orderby", "$count"}),
    reads=("PublicKeyInfrastructure.Read.All",),
    writes_with=("PublicKeyInfrastructure.ReadWrite.All",),
    required=("displayName",),
    shows_updates=True,
    properties=table("""
        id guid ro
        deletedDateTime datetime? ro
        displayName string
        status string ro
        statusDetails string? ro
        lastModifiedDateTime datetime ro
    """),
    links=links(
        LinkRule(name="certificateAuthorities", to=("certificateAuthorityDetail",), held=Held.CONTAINED, expand=False),
    ),
)

CERTIFICATE_AUTHORITY = Kind(
    name="certificateAuthorityDetail",
    collection="certificateAuthorities",
    path="",
    parents=("/directory/publicKeyInfrastructure/certificateBasedAuthConfigurations/{id}/certificateAuthorities",),
    soft_delete=True,
    deleted_path="/directory/deletedItems/microsoft.graph.certificateAuthorityDetail",
    query=frozenset({"$select", "$filter", "$top", "$orderby", "$count"}),
    reads=("PublicKeyInfrastructure.Read.All",),
    writes_with=("PublicKeyInfrastructure.ReadWrite.All",),
    required=("certificate", "expirationDateTime", "thumbprint"),
    shows_updates=True,
    properties=table("""
        id guid ro
        deletedDateTime datetime? ro
        displayName string
        certificateAuthorityType string
        certificate binary
        issuer string
        issuerSubjectKeyIdentifier string
        createdDateTime datetime ro
        expirationDateTime datetime
        thumbprint string
        certificateRevocationListUrl string?
        deltaCertificateRevocationListUrl string?
        isIssuerHintEnabled bool
    """),
)

# the store that certificate authorities were kept in before; `organization` leads to it
CERTIFICATE_BASED_AUTH_CONFIGURATION = Kind(
    name="certificateBasedAuthConfiguration",
    collection="certificateBasedAuthConfiguration",
    path="",
    parents=("/organization/{id}/certificateBasedAuthConfiguration",),
    query=frozenset({"$select"}),
    methods=frozenset({"POST", "DELETE"}),
    writes_with=("Organization.ReadWrite.All",),
    required=("certificateAuthorities",),
    properties=table("""
        id guid ro
        certificateAuthorities certificateAuthority[] set
    """),
)

LATER = {"authenticationStrengthPolicy": {"allowedCombinations": frozenset({"qrCodePin"})}}
KINDS = (
    AUTHENTICATION_STRENGTH_POLICY,
    AUTHENTICATION_CONTEXT,
    AUTHENTICATION_METHODS_POLICY,
    SECURITY_DEFAULTS,
    CERTIFICATE_BASED_AUTH_PKI,
    CERTIFICATE_AUTHORITY,
    CERTIFICATE_BASED_AUTH_CONFIGURATION,
)
