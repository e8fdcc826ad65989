"""Entries of the rarer kinds for the tests of planning: each shows one way in which Graph takes objects."""

from functions.catalogue.model import Deletes, Fetch, Linking, ObjectType, Part, Read, Relationship, Restore, Stage

SETTINGS = ObjectType(
    key="authorizationPolicy",
    title="Authorization policy",
    path="/policies/authorizationPolicy",
    read=Read.ONE,
    restore=Restore(
        collection="/policies/authorizationPolicy",
        create=frozenset(),
        update=frozenset({"allowInvitesFrom", "guestUserRoleId"}),
        stage=Stage.POLICIES,
        write_scopes=("Policy.ReadWrite.Authorization",),
    ),
)

CONSENT = ObjectType(
    key="adminConsentRequestPolicy",
    title="Admin consent requests",
    path="/policies/adminConsentRequestPolicy",
    read=Read.ONE,
    identity="",
    references=("reviewers.query",),
    restore=Restore(
        collection="/policies/adminConsentRequestPolicy",
        create=frozenset(),
        update=frozenset({"isEnabled", "notifyReviewers", "requestDurationInDays", "reviewers"}),
        method="PUT",
        stage=Stage.POLICIES,
    ),
)

BRANDING = ObjectType(
    key="organizationalBranding",
    title="Company branding",
    path="/organization/{tenant}/branding",
    read=Read.ONE,
    restore=Restore(
        collection="/organization/{tenant}/branding", create=frozenset(), update=frozenset({"signInPageText"})
    ),
)

SETS = ObjectType(
    key="attributeSets",
    title="Attribute sets",
    path="/directory/attributeSets",
    id_pattern=r"[A-Za-z]+",
    restore=Restore(
        collection="/directory/attributeSets",
        create=frozenset({"id", "description", "maxAttributesPerSet"}),
        update=frozenset({"description", "maxAttributesPerSet"}),
        required=frozenset({"id"}),
        keeps_id=True,
        stage=Stage.ATTRIBUTES,
    ),
)

CONTEXTS = ObjectType(
    key="authenticationContextClassReferences",
    title="Authentication contexts",
    path="/identity/conditionalAccess/authenticationContextClassReferences",
    restore=Restore(
        collection="/identity/conditionalAccess/authenticationContextClassReferences",
        create=frozenset({"displayName", "isAvailable"}),
        update=frozenset({"displayName", "isAvailable"}),
        keeps_id=True,
        upsert="/identity/conditionalAccess/authenticationContextClassReferences/{id}",
        stage=Stage.POLICIES,
    ),
)

APPLICATIONS = ObjectType(
    key="applications",
    title="Applications",
    path="/applications",
    aliases=("appId",),
    references=("identifierUris", "requiredResourceAccess.resourceAppId"),
    elsewhere=frozenset({"requiredResourceAccess.resourceAppId"}),
    read_only=frozenset({"id", "appId"}),
    relationships=(
        Relationship(
            name="federatedIdentityCredentials",
            fetch=Fetch.BATCH,
            contained=True,
            restorable=True,
            part=Part(
                keys=("name",),
                create=frozenset({"name", "issuer", "subject", "audiences", "description"}),
                update=frozenset({"issuer", "subject", "audiences", "description"}),
                required=frozenset({"name", "issuer", "subject"}),
                removable=True,
                write_scopes=("Application.ReadWrite.All",),
            ),
        ),
        Relationship(name="owners", fetch=Fetch.BATCH, restorable=True),
    ),
    restore=Restore(
        collection="/applications",
        create=frozenset({"displayName", "identifierUris", "requiredResourceAccess", "notes"}),
        update=frozenset({"displayName", "identifierUris", "requiredResourceAccess", "notes"}),
        required=frozenset({"displayName"}),
        stage=Stage.PRINCIPALS,
        upsert="/applications(uniqueName='{uniqueName}')",
        undelete="/directory/deletedItems/{id}/restore",
        deletes=Deletes.SOFT,
        serial="applications",
        write_scopes=("Application.ReadWrite.All",),
    ),
)

PRINCIPALS = ObjectType(
    key="servicePrincipals",
    title="Service principals",
    path="/servicePrincipals",
    references=("appId",),
    restore=Restore(
        collection="/servicePrincipals",
        create=frozenset({"appId", "notes"}),
        update=frozenset({"notes"}),
        required=frozenset({"appId"}),
        stage=Stage.PRINCIPALS,
        upsert="/servicePrincipals(appId='{appId}')",
        deletes=Deletes.SOFT,
    ),
)

CLAIMS = ObjectType(
    key="claimsMappingPolicies",
    title="Claims mapping policies",
    path="/policies/claimsMappingPolicies",
    relationships=(
        Relationship(
            name="appliesTo",
            fetch=Fetch.BATCH,
            restorable=True,
            linking=Linking.REVERSE,
            reverse="/servicePrincipals/{target}/claimsMappingPolicies",
        ),
    ),
    restore=Restore(
        collection="/policies/claimsMappingPolicies",
        create=frozenset({"displayName", "definition"}),
        update=frozenset({"displayName", "definition"}),
        stage=Stage.DEFINITIONS,
    ),
)

PACKAGES = ObjectType(
    key="accessPackages",
    title="Access packages",
    path="/identityGovernance/entitlementManagement/accessPackages",
    relationships=(
        Relationship(name="incompatibleGroups", fetch=Fetch.BATCH, restorable=True, type="group"),
        Relationship(name="incompatibleAccessPackages", fetch=Fetch.BATCH, restorable=True, type="accessPackage"),
    ),
    restore=Restore(
        collection="/identityGovernance/entitlementManagement/accessPackages",
        create=frozenset({"displayName"}),
        update=frozenset({"displayName"}),
        stage=Stage.ASSIGNED,
    ),
)

ASSIGNMENTS = ObjectType(
    key="appRoleAssignments",
    title="Application roles",
    path="/servicePrincipals/{parent}/appRoleAssignedTo",
    read=Read.CHILDREN,
    parent="/servicePrincipals",
    name="principalDisplayName",
    id_pattern=r"[0-9A-Za-z_-]+",
    references=("principalId", "resourceId"),
    restore=Restore(
        collection="/servicePrincipals/{resourceId}/appRoleAssignedTo",
        create=frozenset({"principalId", "resourceId", "appRoleId"}),
        update=frozenset(),
        required=frozenset({"principalId", "resourceId", "appRoleId"}),
        method="",
        stage=Stage.GRANTS,
        deletes=Deletes.LINK,
        unique=True,
        follows=("principalId", "resourceId"),
        write_scopes=("AppRoleAssignment.ReadWrite.All", "Application.Read.All"),
    ),
)
