"""App registrations and service principals."""

from dataclasses import replace

from functions.catalogue.model import (
    Deletes,
    Extra,
    Fetch,
    Lost,
    ObjectType,
    Part,
    Preset,
    Relationship,
    Restore,
    Stage,
)
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
_TRUST = frozenset({"audiences", "claimsMatchingExpression", "description", "issuer", "subject"})
_WRITE = "Application.ReadWrite.All"
# The two principals of Microsoft that carry the settings of Entra sign-in to remote desktops
_REMOTE_DESKTOP = frozenset({"270efc09-cd0d-444b-a71f-39af4910ec45", "a4a365df-50f1-4397-bc59-1a1564b8bb9c"})

_APPLICATION_WRITABLE = frozenset(
    {
        "addIns",
        "api",
        "appRoles",
        "authenticationBehaviors",
        "defaultRedirectUri",
        "description",
        "displayName",
        "groupMembershipClaims",
        "identifierUris",
        "info",
        "isDeviceOnlyAuthSupported",
        "isDisabled",
        "isFallbackPublicClient",
        "nativeAuthenticationApisEnabled",
        "notes",
        "optionalClaims",
        "parentalControlSettings",
        "publicClient",
        "requestSignatureVerification",
        "requiredResourceAccess",
        "samlMetadataUrl",
        "serviceManagementReference",
        "servicePrincipalLockConfiguration",
        "signInAudience",
        "spa",
        "tags",
        "tokenEncryptionKeyId",
        "web",
    }
)
_PRINCIPAL_WRITABLE = frozenset(
    {
        "accountEnabled",
        "addIns",
        "alternativeNames",
        "appRoleAssignmentRequired",
        "customSecurityAttributes",
        "description",
        "isDisabled",
        "loginUrl",
        "logoutUrl",
        "notes",
        "notificationEmailAddresses",
        "preferredSingleSignOnMode",
        "preferredTokenSigningKeyThumbprint",
        "samlSingleSignOnSettings",
        "tags",
        "tokenEncryptionKeyId",
    }
)

_SECRETS = Lost(
    what="Client secrets and private keys",
    why="Graph shows a secret once, when it is made, and a private key never; a backup holds their hint, id and dates.",
    todo="Make new ones and put them where the old ones are used; the plan names each by its hint or thumbprint.",
    planned=False,
)
_APPLICATION_LOST = (
    Lost(
        what="The appId and the object id",
        why="A registration that was purged comes back as a new one. References inside the tenant are rewritten.",
        todo="Change the appId in every client, script, pipeline and partner tenant that signs in with it.",
    ),
    _SECRETS,
    Lost(
        what="Certificates, in this step",
        why="Their public part is in the type applicationKeyCredentials, which is restored with a step of its own.",
        todo="Restore applicationKeyCredentials of the same id as well. The private keys that are out there then work "
        "again.",
        planned=False,
    ),
    Lost(
        what="Values of the directory extensions that the application defines",
        why="The appId is part of their names, so a new registration has other names and the old values hang on none.",
        todo="Write the values again under the new names, from the records of the objects that have them.",
        planned=False,
    ),
    Lost(
        what="The logo, the verified publisher, the application proxy and the link to a gallery template",
        why="No backup holds the image; a publisher is verified by Microsoft; the proxy is on beta alone; the template "
        "is fixed when an application is made from it.",
        todo="Upload the logo, verify the publisher and publish through the proxy again. For what the gallery adds, "
        "make the application from its template instead.",
        planned=False,
    ),
)
_PRINCIPAL_LOST = (
    Lost(
        what="The object id",
        why="A service principal that was purged comes back under a new id; its appId stays, unless the application "
        "itself was made anew.",
        todo="Restore what was granted to it and by it in the same plan. What names its id outside Microsoft Graph, as "
        "Azure role assignments do, is yours to assign again.",
    ),
    _SECRETS,
    Lost(
        what="The certificate that signs SAML tokens",
        why="Its private key never leaves Microsoft Entra ID and goes with the service principal.",
        todo="Have a new one made (addTokenSigningCertificate), and give it to the application at the other end.",
        planned=False,
    ),
    Lost(
        what="Managed identities",
        why="Each belongs to an Azure resource, which alone makes it and takes it away.",
        todo="Switch the identity of the resource on again, then grant the new one what the old one had.",
        planned=False,
    ),
    Lost(
        what="Federated credentials of managed identities",
        why="Graph documents no way to write them; they are part of the identity's Azure resource.",
        todo="Add them to the user-assigned identity in Azure, from the record.",
        planned=False,
    ),
    Lost(
        what="Settings of Entra sign-in to remote desktops",
        why="Two service principals of Microsoft carry them, and whom they let in without a prompt is for a person to "
        "decide.",
        todo="Set isRemoteDesktopProtocolEnabled, the device groups and the client apps of the record again.",
        planned=False,
    ),
)

APPLICATIONS = ObjectType(
    key="applications",
    title="App registrations",
    path="/applications",
    select=_APPLICATION,
    extension_values="Application",
    volatile=_PUBLIC_PART,
    page_size=999,
    relationships=(
        Relationship(name="owners", fetch=Fetch.EXPAND, read_scopes=("Application.Read.All",), restorable=True),
        replace(
            _FEDERATED,
            restorable=True,
            part=Part(
                keys=("name",),
                create=_TRUST | {"name"},
                update=_TRUST,
                required=frozenset({"audiences", "issuer", "name"}),
                api="beta",
                removable=True,
            ),
        ),
        Relationship(
            name="extensionProperties",
            fetch=Fetch.EXPAND,
            contained=True,
            select=(),
            read_scopes=("Application.Read.All",),
            restorable=True,
            part=Part(
                keys=("name",),
                create=frozenset({"dataType", "isMultiValued", "name", "targetObjects"}),
                required=frozenset({"dataType", "name", "targetObjects"}),
                method="",
            ),
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
            "keyCredentials",
            "managerApplications",
            "oauth2RequirePostResponse",
            "passwordCredentials",
            "publisherDomain",
            "uniqueName",
            "verifiedPublisher",
        }
    ),
    references=(
        "api.knownClientApplications",
        "api.preAuthorizedApplications.appId",
        "identifierUris",
        "requiredResourceAccess.resourceAppId",
    ),
    # Clients of Microsoft's and of other tenants have no principal here, and resources none before the first consent.
    # An identifier URI holds the application's own appId as a rule, and may hold the id of any tenant.
    elsewhere=frozenset(
        {
            "api.knownClientApplications",
            "api.preAuthorizedApplications.appId",
            "identifierUris",
            "requiredResourceAccess.resourceAppId",
        }
    ),
    depends_on=("users",),
    restore=Restore(
        collection="/applications",
        create=_APPLICATION_WRITABLE - {"authenticationBehaviors"},
        update=_APPLICATION_WRITABLE,
        required=frozenset({"displayName"}),
        stage=Stage.PRINCIPALS,
        undelete="/directory/deletedItems/{id}/restore",
        deleted="/directory/deletedItems/{id}",
        deletes=Deletes.SOFT,
        upsert="/applications(uniqueName='{uniqueName}')",
        write_scopes=(_WRITE,),
        lost=_APPLICATION_LOST,
    ),
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
        Relationship(name="owners", fetch=Fetch.EXPAND, read_scopes=("Application.Read.All",), restorable=True),
        _FEDERATED,
        # $expand is not documented for it. What is classified is a permission that the principal itself offers.
        Relationship(
            name="delegatedPermissionClassifications",
            fetch=Fetch.BATCH,
            contained=True,
            select=(),
            only=("oauth2PermissionScopes", frozenset()),
            read_scopes=("Application.Read.All",),
            restorable=True,
            part=Part(
                keys=("permissionId",),
                create=frozenset({"classification", "permissionId", "permissionName"}),
                required=frozenset({"classification", "permissionId", "permissionName"}),
                method="",
                removable=True,
                write_scopes=("Policy.ReadWrite.PermissionGrant",),
            ),
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
            "deletedDateTime",
            "disabledByMicrosoftStatus",
            "displayName",
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
    restore=Restore(
        collection="/servicePrincipals",
        # Attributes go in a call of their own, because they take a permission that the rest does not.
        create=(_PRINCIPAL_WRITABLE | {"appId"}) - {"customSecurityAttributes"},
        update=_PRINCIPAL_WRITABLE,
        required=frozenset({"appId"}),
        stage=Stage.PRINCIPALS,
        undelete="/directory/deletedItems/{id}/restore",
        deleted="/directory/deletedItems/{id}",
        deletes=Deletes.SOFT,
        unique=True,
        upsert="/servicePrincipals(appId='{appId}')",
        follows=("appId",),
        write_scopes=(_WRITE,),
        scopes_for={"customSecurityAttributes": ("CustomSecAttributeAssignment.ReadWrite.All",)},
        lost=_PRINCIPAL_LOST,
    ),
    notes=(
        f"{_CERTIFICATES} Custom security attributes need a permission of their own. Provisioning jobs are a type of "
        "their own; the policies attached are with the policies, and the groups it is a member of have it among their "
        "members. Directory extensions cannot be made for service principals. Managed identities belong to their "
        "Azure resource and Microsoft's own principals to Microsoft: neither can be re-created."
    ),
)
