"""Kinds of the tenant as a whole: domains, subscriptions, branding, the multitenant organization, external federations.

Where a page names several permissions for a call, the least of them is the one asked for here.
"""

from local.tenant.schema.model import NATIONAL, Held, Kind, LinkRule, Shown, links
from local.tenant.schema.notation import table, types

_READ_ONLY: frozenset[str] = frozenset()

COMPLEX = types(
    {
        "domainState": """
            lastActionDateTime datetime?
            operation string?
            status string?""",
        "signingCertificateUpdateStatus": """
            certificateUpdateResult string?
            lastRunDateTime datetime?""",
        "licenseUnitsDetail": """
            enabled int?
            lockedOut int?
            suspended int?
            warning int?""",
        "servicePlanInfo": """
            appliesTo string?
            provisioningStatus string?
            servicePlanId guid?
            servicePlanName string?""",
        "brandingImage": """
            contentType string
            base64 binary""",
        "contentCustomization": """
            attributeCollection keyValue[]
            attributeCollectionRelativeUrl string?
            registrationCampaign keyValue[]
            registrationCampaignRelativeUrl string?""",
        "loginPageLayoutConfiguration": """
            isFooterShown bool?
            isHeaderShown bool?
            layoutTemplateType string?""",
        "loginPageTextVisibilitySettings": """
            hideAccountResetCredentials bool?
            hideCannotAccessYourAccount bool?
            hideForgotMyPassword bool?
            hidePrivacyAndCookies bool?
            hideResetItNow bool?
            hideTermsOfUse bool?""",
        "memberTransitionDetails": """
            desiredRole string?
            desiredState string?
            details string?
            status string?""",
        "externalDomainName": "id string",
    }
)

DOMAIN = Kind(
    name="domain",
    collection="domains",
    path="/domains",
    keys=("id",),
    query=frozenset({"$select", "$filter", "$top"}),  # page sizes are not documented: 100 and 999
    methods=frozenset({"PATCH"}),  # that a domain is added and verified is not modelled
    writes_with=("Domain.ReadWrite.All",),
    reads=("Domain.Read.All",),
    properties=table("""
        id string create
        authenticationType string ro
        availabilityStatus string? ro
        isAdminManaged bool ro
        isDefault bool
        isInitial bool ro
        isRoot bool ro
        isVerified bool ro
        manufacturer string?
        model string?
        passwordNotificationWindowInDays int?
        passwordValidityPeriodInDays int?
        state domainState? ro
        supportedServices string[] set
    """),
    links=links(
        LinkRule(
            name="federationConfiguration",
            to=("internalDomainFederation",),
            held=Held.CONTAINED,
            expand=False,
            reads=("Domain-InternalFederation.Read.All",),
        ),
        LinkRule(
            name="serviceConfigurationRecords",
            to=("domainDnsRecord",),
            held=Held.CONTAINED,
            expand=False,
        ),
        LinkRule(name="verificationDnsRecords", to=("domainDnsRecord",), held=Held.CONTAINED, expand=False),
    ),
)

INTERNAL_DOMAIN_FEDERATION = Kind(
    name="internalDomainFederation",
    collection="federationConfiguration",
    path="",
    parents=("/domains/{id}/federationConfiguration",),
    query=frozenset(),
    methods=_READ_ONLY,
    reads=("Domain-InternalFederation.Read.All",),
    subtypes={"internalDomainFederation": ()},  # the answer says which provider it is, though there is but one kind
    properties=table("""
        id guid ro
        displayName string?
        issuerUri string?
        metadataExchangeUri string?
        passiveSignInUri string?
        preferredAuthenticationProtocol string?
        signingCertificate string?
        activeSignInUri string?
        federatedIdpMfaBehavior string?
        isSignedAuthenticationRequestRequired bool?
        nextSigningCertificate string?
        passwordResetUri string?
        promptLoginBehavior string?
        signOutUri string?
        signingCertificateUpdateStatus signingCertificateUpdateStatus? ro
    """),
)

DOMAIN_DNS_RECORD = Kind(
    name="domainDnsRecord",
    collection="serviceConfigurationRecords",
    path="",
    parents=("/domains/{id}/serviceConfigurationRecords", "/domains/{id}/verificationDnsRecords"),
    query=frozenset({"$select", "$filter"}),
    methods=_READ_ONLY,
    reads=("Domain.Read.All",),
    subtypes={
        "domainDnsCnameRecord": ("canonicalName",),
        "domainDnsMxRecord": ("mailExchange", "preference"),
        "domainDnsSrvRecord": ("nameTarget", "port", "priority", "protocol", "service", "weight"),
        "domainDnsTxtRecord": ("text",),
    },
    properties=table("""
        id guid ro
        isOptional bool ro
        label string ro
        recordType string? ro
        supportedService string ro
        ttl int ro
        canonicalName string? ro
        mailExchange string? ro
        preference int? ro
        nameTarget string? ro
        port int? ro
        priority int? ro
        protocol string? ro
        service string? ro
        weight int? ro
        text string ro
    """),
)

SUBSCRIBED_SKU = Kind(
    name="subscribedSku",
    collection="subscribedSkus",
    path="/subscribedSkus",
    query=frozenset({"$select"}),
    methods=_READ_ONLY,
    reads=("LicenseAssignment.Read.All",),
    properties=table("""
        id string ro
        accountId string? ro
        accountName string? ro
        appliesTo string? ro
        capabilityStatus string? ro
        consumedUnits int? ro
        prepaidUnits licenseUnitsDetail? ro
        servicePlans servicePlanInfo[] ro set
        skuId guid? ro
        skuPartNumber string? ro
        subscriptionIds string[] ro set
    """),
)

_BRANDING = """
    id string ro
    backgroundColor string?
    backgroundImageRelativeUrl string? ro
    bannerLogoRelativeUrl string? ro
    cdnList string[] ro set
    contentCustomization contentCustomization?
    customAccountResetCredentialsUrl string?
    customCannotAccessYourAccountText string?
    customCannotAccessYourAccountUrl string?
    customCSSRelativeUrl string? ro
    customForgotMyPasswordText string?
    customPrivacyAndCookiesText string?
    customPrivacyAndCookiesUrl string?
    customResetItNowText string?
    customTermsOfUseText string?
    customTermsOfUseUrl string?
    faviconRelativeUrl string? ro
    headerBackgroundColor string?
    headerLogoRelativeUrl string? ro
    loginPageLayoutConfiguration loginPageLayoutConfiguration?
    loginPageTextVisibilitySettings loginPageTextVisibilitySettings?
    signInPageText string?
    squareLogoDarkRelativeUrl string? ro
    squareLogoRelativeUrl string? ro
    usernameHintText string?
"""
IMAGES = ("backgroundImage", "bannerLogo", "customCSS", "favicon", "headerLogo", "squareLogo", "squareLogoDark")
_BRANDING_READS = ("OrganizationalBranding.Read.All",)

ORGANIZATIONAL_BRANDING = Kind(
    name="organizationalBranding",
    collection="branding",
    path="",
    parents=("/organization/{id}/branding",),
    query=frozenset({"$select"}),
    methods=_READ_ONLY,
    reads=_BRANDING_READS,
    properties=table(_BRANDING),
    links=links(
        LinkRule(name="localizations", to=("organizationalBrandingLocalization",), held=Held.CONTAINED, expand=False),
    ),
)

ORGANIZATIONAL_BRANDING_LOCALIZATION = Kind(
    name="organizationalBrandingLocalization",
    collection="localizations",
    path="",
    parents=("/organization/{id}/branding/localizations",),
    keys=("id",),
    query=frozenset({"$select"}),
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    writes_with=("OrganizationalBranding.ReadWrite.All",),
    required=("id",),
    reads=_BRANDING_READS,
    properties=table(_BRANDING.replace("id string ro", "id string create"))
    | table("\n".join(f"{image}Stream brandingImage?" for image in IMAGES), shown=Shown.NEVER),
    links=links(
        *(
            LinkRule(name=image, to=(), stream=True, via=f"{image}Stream", expand=False, writable=True)
            for image in IMAGES
        )
    ),
)

MULTI_TENANT_ORGANIZATION = Kind(
    name="multiTenantOrganization",
    collection="multiTenantOrganization",
    path="/tenantRelationships/multiTenantOrganization",
    singleton=True,
    query=frozenset({"$select"}),
    methods=frozenset({"PATCH"}),
    writes_with=("MultiTenantOrganization.ReadWrite.All",),
    reads=("MultiTenantOrganization.Read.All",),
    not_in=NATIONAL,
    properties=table("""
        id guid ro
        createdDateTime datetime? ro
        description string?
        displayName string?
        state string? ro
    """),
)

MULTI_TENANT_ORGANIZATION_MEMBER = Kind(
    name="multiTenantOrganizationMember",
    collection="tenants",
    path="/tenantRelationships/multiTenantOrganization/tenants",
    key_property="tenantId",
    keys=("tenantId",),
    query=frozenset({"$select", "$filter"}),
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    writes_with=("MultiTenantOrganization.ReadWrite.All",),
    required=("displayName", "tenantId"),
    reads=("MultiTenantOrganization.Read.All",),
    not_in=NATIONAL,
    properties=table("""
        tenantId string create
        addedByTenantId guid? ro
        addedDateTime datetime? ro
        displayName string? create
        joinedDateTime datetime? ro
        role string?
        state string? ro
        transitionDetails memberTransitionDetails? ro
    """),
)

EXTERNAL_FEDERATION = Kind(
    name="samlOrWsFedExternalDomainFederation",
    collection="microsoft.graph.samlOrWsFedExternalDomainFederation",
    path="/directory/federationConfigurations/microsoft.graph.samlOrWsFedExternalDomainFederation",
    query=frozenset(),
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    shows_updates=True,
    writes_with=("IdentityProvider.ReadWrite.All",),
    required=("displayName", "domains", "issuerUri", "passiveSignInUri", "signingCertificate"),
    reads=("IdentityProvider.Read.All",),
    properties=table("""
        id guid ro
        displayName string?
        issuerUri string?
        metadataExchangeUri string?
        passiveSignInUri string?
        preferredAuthenticationProtocol string?
        signingCertificate string?
        domains externalDomainName[] create set
    """),
)

KINDS = (
    DOMAIN,
    INTERNAL_DOMAIN_FEDERATION,
    DOMAIN_DNS_RECORD,
    SUBSCRIBED_SKU,
    ORGANIZATIONAL_BRANDING,
    ORGANIZATIONAL_BRANDING_LOCALIZATION,
    MULTI_TENANT_ORGANIZATION,
    MULTI_TENANT_ORGANIZATION_MEMBER,
    EXTERNAL_FEDERATION,
)
