"""application, servicePrincipal and what hangs on them: assignments, grants, federated credentials, extensions."""

from local.tenant.schema.model import Held, Kind, LinkRule, Property, Shown, links
from local.tenant.schema.notation import table

_ATTACHES = (
    "Application.ReadWrite.All+Policy.Read.All",
    "Application.ReadWrite.All+Policy.ReadWrite.ApplicationConfiguration",
)
_RESTRICTS = ("Application.Read.All+Policy.ReadWrite.ApplicationConfiguration",)


_SECURITY_ATTRIBUTES = {
    "customSecurityAttributes": Property(
        "customSecurityAttributes",
        "open",
        nullable=True,
        shown=Shown.SELECT,
        needs="CustomSecAttributeAssignment.Read.All",
        writes_with=("CustomSecAttributeAssignment.ReadWrite.All",),
    )
}


def _attached(*policies: str) -> tuple[LinkRule, ...]:
    """Policies that are attached from this side and show what they apply to from the other; to read them here takes a
    permission to write, so nobody does."""
    return tuple(
        LinkRule(
            name=f"{policy[:-1]}ies",
            to=(policy,),
            held=Held.INVERSE,
            via="appliesTo",
            writable=True,
            readable=False,
            expand=False,
            writes_with=_RESTRICTS if policy == "appManagementPolicy" else _ATTACHES,
        )
        for policy in policies
    )


APPLICATION = Kind(
    name="application",
    collection="applications",
    path="/applications",
    keys=("appId", "uniqueName"),
    delta=True,
    soft_delete=True,
    deleted_path="/directory/deletedItems/microsoft.graph.application",
    open=True,
    directory_object=True,
    blanked={"keyCredentials": "key"},
    reads=("Application.Read.All", "Directory.Read.All"),
    writes_with=("Application.ReadWrite.All", "Directory.ReadWrite.All"),
    properties=table("""
        id guid ro
        deletedDateTime datetime? ro
        appId guid ro
        addIns addIn[]
        api apiApplication?
        appRoles appRole[] set
        applicationTemplateId string? ro
        authenticationBehaviors authenticationBehaviors? select
        certification certification? ro not_in=national
        createdByAppId string? ro
        createdDateTime datetime? ro
        defaultRedirectUri string?
        description string?
        disabledByMicrosoftStatus string? ro
        displayName string
        groupMembershipClaims string?
        identifierUris string[] set
        info informationalUrl?
        isDeviceOnlyAuthSupported bool?
        isDisabled bool?
        isFallbackPublicClient bool?
        keyCredentials keyCredential[] set
        managerApplications string[] select ro set
        nativeAuthenticationApisEnabled string?
        notes string?
        oauth2RequirePostResponse bool?
        optionalClaims optionalClaims?
        parentalControlSettings parentalControlSettings?
        passwordCredentials passwordCredential[] create set
        publicClient redirectUris?
        publisherDomain string? ro
        requestSignatureVerification requestSignatureVerification?
        requiredResourceAccess requiredResourceAccess[] set
        samlMetadataUrl string? not_in=national
        serviceManagementReference string?
        servicePrincipalLockConfiguration servicePrincipalLockConfiguration?
        signInAudience string?
        spa redirectUris?
        tags string[] set
        tokenEncryptionKeyId guid?
        uniqueName string? ro
        verifiedPublisher verifiedPublisher? ro not_in=national
        web webApplication?
    """),
    links=links(
        LinkRule(name="owners", to=("user", "servicePrincipal"), writable=True),
        LinkRule(
            name="federatedIdentityCredentials",
            to=("federatedIdentityCredential",),
            held=Held.CONTAINED,
            limit=20,
        ),
        LinkRule(name="extensionProperties", to=("extensionProperty",), held=Held.CONTAINED),
        *_attached("tokenLifetimePolicy", "tokenIssuancePolicy", "appManagementPolicy"),
    ),
)

SERVICE_PRINCIPAL = Kind(
    name="servicePrincipal",
    collection="servicePrincipals",
    path="/servicePrincipals",
    keys=("appId",),
    delta=True,
    soft_delete=True,
    deleted_path="/directory/deletedItems/microsoft.graph.servicePrincipal",
    open=True,
    directory_object=True,
    blanked={"keyCredentials": "key"},
    reads=("Application.Read.All", "Directory.Read.All"),
    writes_with=("Application.ReadWrite.All", "Directory.ReadWrite.All"),
    properties=table("""
        id guid ro
        deletedDateTime datetime? ro
        accountEnabled bool?
        addIns addIn[]
        alternativeNames string[] set
        appDescription string? ro
        appDisplayName string? ro
        appId guid create
        applicationTemplateId string? ro
        appOwnerOrganizationId guid? ro
        appRoleAssignmentRequired bool
        appRoles appRole[] ro set
        createdByAppId string? ro
        description string?
        disabledByMicrosoftStatus string? ro
        displayName string?
        homepage string? ro
        info informationalUrl? ro
        isDisabled bool?
        keyCredentials keyCredential[] set
        loginUrl string?
        logoutUrl string?
        notes string?
        notificationEmailAddresses string[]
        oauth2PermissionScopes permissionScope[] ro set
        passwordCredentials passwordCredential[] ro set
        preferredSingleSignOnMode string?
        preferredTokenSigningKeyThumbprint string?
        replyUrls string[] ro
        resourceSpecificApplicationPermissions resourceSpecificPermission[] ro set not_in=national
        samlSingleSignOnSettings samlSingleSignOnSettings?
        servicePrincipalNames string[] ro set
        servicePrincipalType string? ro
        signInAudience string? ro
        tags string[] set
        tokenEncryptionKeyId guid?
        verifiedPublisher verifiedPublisher? ro not_in=national
    """)
    | _SECURITY_ATTRIBUTES,
    links=links(
        LinkRule(name="owners", to=("user", "servicePrincipal"), writable=True),
        LinkRule(
            name="federatedIdentityCredentials",
            to=("federatedIdentityCredential",),
            held=Held.CONTAINED,
            limit=20,
        ),
        LinkRule(name="appRoleAssignedTo", to=("appRoleAssignment",), held=Held.DERIVED, via="resourceId"),
        LinkRule(name="appRoleAssignments", to=("appRoleAssignment",), held=Held.DERIVED, via="principalId"),
        LinkRule(
            name="oauth2PermissionGrants",
            to=("oAuth2PermissionGrant",),
            held=Held.DERIVED,
            via="clientId",
            reads=("Directory.Read.All",),
        ),
        LinkRule(name="memberOf", to=("group",), held=Held.INVERSE, via="members"),
        LinkRule(name="ownedObjects", to=("group", "application", "servicePrincipal"), held=Held.INVERSE, via="owners"),
        # $expand is documented for other navigations of a service principal, not for the following three
        LinkRule(
            name="delegatedPermissionClassifications",
            to=("delegatedPermissionClassification",),
            held=Held.CONTAINED,
            expand=False,
        ),
        LinkRule(
            name="synchronization/jobs",
            to=("synchronizationJob",),
            held=Held.CONTAINED,
            expand=False,
            reads=("Synchronization.Read.All", "Synchronization.ReadWrite.All"),
        ),
        LinkRule(
            name="remoteDesktopSecurityConfiguration",
            to=("remoteDesktopSecurityConfiguration",),
            single=True,
            held=Held.CONTAINED,
            expand=False,
        ),
        *_attached(
            "tokenLifetimePolicy",
            "tokenIssuancePolicy",
            "claimsMappingPolicy",
            "homeRealmDiscoveryPolicy",
            "appManagementPolicy",  # documented in words only: the page shows the path of applications alone
        ),
    ),
)

APP_ROLE_ASSIGNMENT = Kind(
    name="appRoleAssignment",
    collection="appRoleAssignedTo",
    path="",
    # page sizes are not confirmed: 100 and 999 as for directory lists
    parents=(
        "/servicePrincipals/{id}/appRoleAssignedTo",
        "/servicePrincipals/{id}/appRoleAssignments",
        "/users/{id}/appRoleAssignments",
        "/groups/{id}/appRoleAssignments",
    ),
    methods=frozenset({"POST", "DELETE"}),
    writes_with=(
        "AppRoleAssignment.ReadWrite.All+Application.Read.All",
        "AppRoleAssignment.ReadWrite.All+Directory.Read.All",
    ),
    properties=table("""
        id string ro
        deletedDateTime datetime? ro
        appRoleId guid create
        createdDateTime datetime? ro
        principalDisplayName string? ro
        principalId guid create
        principalType string? ro
        resourceDisplayName string? ro
        resourceId guid create
    """),
)

OAUTH2_PERMISSION_GRANT = Kind(
    name="oAuth2PermissionGrant",
    collection="oauth2PermissionGrants",
    path="/oauth2PermissionGrants",  # page sizes are not documented: 100 and 999
    parents=("/servicePrincipals/{id}/oauth2PermissionGrants", "/users/{id}/oauth2PermissionGrants"),
    delta=True,
    reads=("Directory.Read.All",),
    writes_with=("DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All"),
    properties=table("""
        id string ro
        clientId string create
        consentType string create
        principalId string? create
        resourceId string create
        scope string?
    """),
)

FEDERATED_IDENTITY_CREDENTIAL = Kind(
    name="federatedIdentityCredential",
    collection="federatedIdentityCredentials",
    path="",
    parents=(
        "/applications/{id}/federatedIdentityCredentials",
        "/servicePrincipals/{id}/federatedIdentityCredentials",
    ),
    query=frozenset({"$select", "$filter"}),
    default_top=20,  # at most 20 exist, so there is one page
    max_top=20,
    keys=("name",),
    reads=("Application.Read.All", "Directory.Read.All"),
    writes_with=("Application.ReadWrite.All", "Directory.ReadWrite.All"),
    properties=table("""
        id guid ro
        name string create
        issuer string
        subject string?
        audiences string[] set
        description string?
        claimsMatchingExpression open? beta
    """),
)

EXTENSION_PROPERTY = Kind(
    name="extensionProperty",
    collection="extensionProperties",
    path="",
    parents=("/applications/{id}/extensionProperties",),
    query=frozenset({"$select", "$filter"}),
    methods=frozenset({"POST", "DELETE"}),
    reads=("Application.Read.All", "Directory.Read.All"),
    writes_with=("Application.ReadWrite.All", "Directory.ReadWrite.All"),
    properties=table("""
        id guid ro
        deletedDateTime datetime? ro
        appDisplayName string? ro
        dataType string create
        isMultiValued bool create
        isSyncedFromOnPremises bool? ro
        name string create
        targetObjects string[] create set
    """),
)

KINDS = (
    APPLICATION,
    SERVICE_PRINCIPAL,
    APP_ROLE_ASSIGNMENT,
    OAUTH2_PERMISSION_GRANT,
    FEDERATED_IDENTITY_CREDENTIAL,
    EXTENSION_PROPERTY,
)
