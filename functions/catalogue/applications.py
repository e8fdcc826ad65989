"""App registrations and service principals."""

from functions.catalogue.model import Fetch, ObjectType, Relationship
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

_CERTIFICATES = (
    "keyCredentials has to be named or no key comes back. Naming it limits the tenant to 150 requests a minute, which "
    "pages of 999 never reach. Whether a list gives the public key itself, or a single read only, is unverified; "
    "where it is null in a record, a restore cannot put the certificate back."
)

APPLICATIONS = ObjectType(
    key="applications",
    title="App registrations",
    path="/applications",
    select=_APPLICATION,
    page_size=999,
    relationships=(
        Relationship(name="owners", fetch=Fetch.EXPAND, read_scopes=("Application.Read.All",)),
        # v1.0 leaves out claimsMatchingExpression, the match rule of a flexible credential.
        Relationship(
            name="federatedIdentityCredentials",
            fetch=Fetch.BATCH,
            api="beta",
            contained=True,
            select=(),
            read_scopes=("Application.Read.All",),
        ),
        Relationship(
            name="extensionProperties",
            fetch=Fetch.EXPAND,
            contained=True,
            select=(),
            read_scopes=("Application.Read.All",),
        ),
    ),
    natural_keys=("displayName",),
    read_scopes=("Application.Read.All",),
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
    depends_on=("users",),
    notes=(
        f"{_CERTIFICATES} Client secrets are never readable: hint, id and dates are kept. References are appIds, not "
        "object ids. Not read: the logo (a stream), values of directory extensions (only when named), the policies "
        "attached to the app. Owners who are service principals get the new ids once those are restored."
    ),
)

SERVICE_PRINCIPALS = ObjectType(
    key="servicePrincipals",
    title="Enterprise applications and managed identities",
    path="/servicePrincipals",
    select=_SERVICE_PRINCIPAL,
    page_size=999,
    relationships=(Relationship(name="owners", fetch=Fetch.EXPAND, read_scopes=("Application.Read.All",)),),
    natural_keys=("appId",),
    read_scopes=("Application.Read.All",),
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
    notes=(
        f"{_CERTIFICATES} Not read: customSecurityAttributes (CustomSecAttributeAssignment.Read.All), provisioning "
        "jobs, delegated permission classifications, federated credentials of managed identities, attached policies, "
        "values of directory extensions. Managed identities belong to their Azure resource and Microsoft's own "
        "principals to Microsoft: neither can be re-created."
    ),
)
