"""App registrations and service principals."""

from functions.catalogue.model import Extra, Fetch, ObjectType, Preset, Relationship
from functions.catalogue.refusals import refused

_NATIONAL_CLOUDS = ("usGov", "usGovDoD", "china")

_APPLICATION = (
    "id",
    "deletedDateTime",
    "addIns",
    "api",
    "appId",
    "appRoles",
    "applicationTemplateId",
    "authenticationBehaviors",
    "certification",
    "createdByAppId",
    "createdDateTime",
    "defaultRedirectUri",
    "description",
    "disabledByMicrosoftStatus",
    "displayName",
    "groupMembershipClaims",
    "identifierUris",
    "info",
    "isDeviceOnlyAuthSupported",
    "isDisabled",
    "isFallbackPublicClient",
    "keyCredentials",
    "managerApplications",
    "nativeAuthenticationApisEnabled",
    "notes",
    "oauth2RequirePostResponse",
    "optionalClaims",
    "parentalControlSettings",
    "passwordCredentials",
    "publicClient",
    "publisherDomain",
    "requestSignatureVerification",
    "requiredResourceAccess",
    "samlMetadataUrl",
    "serviceManagementReference",
    "servicePrincipalLockConfiguration",
    "signInAudience",
    "spa",
    "tags",
    "tokenEncryptionKeyId",
    "uniqueName",
    "verifiedPublisher",
    "web",
)

_SERVICE_PRINCIPAL = (
    "id",
    "deletedDateTime",
    "accountEnabled",
    "addIns",
    "alternativeNames",
    "appDescription",
    "appDisplayName",
    "appId",
    "appOwnerOrganizationId",
    "appRoleAssignmentRequired",
    "appRoles",
    "applicationTemplateId",
    "createdByAppId",
    "description",
    "disabledByMicrosoftStatus",
    "displayName",
    "homepage",
    "info",
    "isDisabled",
    "keyCredentials",
    "loginUrl",
    "logoutUrl",
    "notes",
    "notificationEmailAddresses",
    "oauth2PermissionScopes",
    "passwordCredentials",
    "preferredSingleSignOnMode",
    "preferredTokenSigningKeyThumbprint",
    "replyUrls",
    "resourceSpecificApplicationPermissions",
    "samlSingleSignOnSettings",
    "servicePrincipalNames",
    "servicePrincipalType",
    "signInAudience",
    "tags",
    "tokenEncryptionKeyId",
    "verifiedPublisher",
)

_PUBLIC_PART = frozenset({"keyCredentials.key"})  # null in a list, there in an answer about one object
_CERTIFICATES = (
    "keyCredentials holds ids, thumbprints, uses and dates of certificates; their public part is null in a list and is "
    "read by a type of its own. Naming keyCredentials limits the tenant to 150 requests a minute, which pages of 999 "
    "never reach."
)
# Flexible credentials have their match rule on beta only, and there are at most 20 a principal, which is also the most
# that an expanded list gives.
_FEDERATED = Relationship(
    name="federatedIdentityCredentials",
    fetch=Fetch.EXPAND,
    api="beta",
    contained=True,
    select=(),
    read_scopes=("Application.Read.All",),
)
# The two principals of Microsoft that carry the settings of Entra sign-in to remote desktops
_REMOTE_DESKTOP = frozenset({"270efc09-cd0d-444b-a71f-39af4910ec45", "a4a365df-50f1-4397-bc59-1a1564b8bb9c"})

APPLICATIONS = ObjectType(
    key="applications",
    title="App registrations",
    path="/applications",
    select=_APPLICATION,
    extension_values="Application",
    volatile=_PUBLIC_PART,
    page_size=999,
    relationships=(
        Relationship(name="owners", fetch=Fetch.EXPAND, read_scopes=("Application.Read.All",)),
        _FEDERATED,
        Relationship(
            name="extensionProperties",
            fetch=Fetch.EXPAND,
            contained=True,
            select=(),
            read_scopes=("Application.Read.All",),
        ),
    ),
    aliases=("appId",),
    natural_keys=("displayName",),
    read_scopes=("Application.Read.All",),
    preset=Preset.ESSENTIAL,
    bin="deletedApplications",
    missing_properties=dict.fromkeys(
        _NATIONAL_CLOUDS, frozenset({"certification", "samlMetadataUrl", "verifiedPublisher"})
    ),
    tolerates=refused("Application.Read.All"),
    read_only=frozenset(
        {
            "appId",
            "applicationTemplateId",
            "certification",
            "createdByAppId",
            "createdDateTime",
            "deletedDateTime",
            "disabledByMicrosoftStatus",
            "id",
            "managerApplications",
            "passwordCredentials",
            "publisherDomain",
            "uniqueName",
            "verifiedPublisher",
        }
    ),
    references=(
        "api.knownClientApplications",
        "api.preAuthorizedApplications.appId",
        "requiredResourceAccess.resourceAppId",
    ),
    # Clients of Microsoft's and of other tenants have no principal here, and resources none before the first consent.
    elsewhere=frozenset(
        {
            "api.knownClientApplications",
            "api.preAuthorizedApplications.appId",
            "requiredResourceAccess.resourceAppId",
        }
    ),
    depends_on=("users",),
    unrestored="this release does not write applications; undelete it in the recycle bin within 30 days of its "
    "deletion, or register it again from the record. A new registration has a new appId.",
    notes=(
        f"{_CERTIFICATES} Client secrets are never readable: hint, id and dates are kept. References are appIds, not "
        "object ids. Federated credentials are read on beta, where flexible ones have their claimsMatchingExpression; "
        "extensionProperties are the directory extensions that the app has registered. Not read: the logo, "
        "which is an image below each app of which no page describes a way to read it (info.logoUrl says where it is "
        "shown from), and onPremisesPublishing, the application proxy, which beta alone gives and app by app. "
        "The policies attached to the app are with the policies."
    ),
)

SERVICE_PRINCIPALS = ObjectType(
    key="servicePrincipals",
    title="Enterprise applications and managed identities",
    path="/servicePrincipals",
    select=_SERVICE_PRINCIPAL,
    extras=(Extra(select=("customSecurityAttributes",), read_scopes=("CustomSecAttributeAssignment.Read.All",)),),
    volatile=_PUBLIC_PART,
    page_size=999,
    relationships=(
        Relationship(name="owners", fetch=Fetch.EXPAND, read_scopes=("Application.Read.All",)),
        _FEDERATED,
        # $expand is not documented for it. What is classified is a permission that the principal itself offers.
        Relationship(
            name="delegatedPermissionClassifications",
            fetch=Fetch.BATCH,
            contained=True,
            select=(),
            only=("oauth2PermissionScopes", frozenset()),
            read_scopes=("Application.Read.All",),
        ),
        Relationship(
            name="remoteDesktopSecurityConfiguration",
            fetch=Fetch.BATCH,
            single=True,
            contained=True,
            select=(),
            expand=("approvedClientApps", "targetDeviceGroups"),
            only=("appId", _REMOTE_DESKTOP),
            read_scopes=("Application.Read.All",),
            notes="Asked of Microsoft Remote Desktop and Windows Cloud Login, which alone can have it.",
        ),
    ),
    aliases=("appId",),
    natural_keys=("appId",),
    read_scopes=("Application.Read.All",),
    preset=Preset.ESSENTIAL,
    bin="deletedServicePrincipals",
    # That verifiedPublisher is missing on service principals too, as on apps, is unverified; naming it could fail all.
    missing_properties=dict.fromkeys(
        _NATIONAL_CLOUDS, frozenset({"resourceSpecificApplicationPermissions", "verifiedPublisher"})
    ),
    tolerates=refused("Application.Read.All"),
    read_only=frozenset(
        {
            "appDescription",
            "appDisplayName",
            "appOwnerOrganizationId",
            "appRoles",
            "applicationTemplateId",
            "createdByAppId",
            "customSecurityAttributes",
            "deletedDateTime",
            "disabledByMicrosoftStatus",
            "homepage",
            "id",
            "info",
            "keyCredentials",
            "oauth2PermissionScopes",
            "passwordCredentials",
            "replyUrls",
            "resourceSpecificApplicationPermissions",
            "servicePrincipalNames",
            "servicePrincipalType",
            "signInAudience",
            "verifiedPublisher",
        }
    ),
    references=("appId",),
    depends_on=("users", "applications"),
    unrestored="this release does not write service principals; undelete it in the recycle bin within 30 days of its "
    "deletion, or create it again for the appId in the record.",
    notes=(
        f"{_CERTIFICATES} Custom security attributes need a permission of their own. Provisioning jobs are a type of "
        "their own; the policies attached are with the policies, and the groups it is a member of have it among their "
        "members. Directory extensions cannot be made for service principals. Managed identities belong to their "
        "Azure resource and Microsoft's own principals to Microsoft: neither can be re-created."
    ),
)
