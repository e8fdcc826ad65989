"""Kinds of tenant-wide policies: authorization, consent, tokens, applications, devices, groups, cross-tenant access."""

from local.tenant.schema import cross_tenant
from local.tenant.schema.cross_tenant import READ, SINGLE, singleton
from local.tenant.schema.model import US_GOV, Kind, LinkRule, links
from local.tenant.schema.notation import table, types

_OWN = types(
    {
        "defaultUserRolePermissions": """
            allowedToCreateApps bool
            allowedToCreateSecurityGroups bool
            allowedToCreateTenants bool
            allowedToReadBitlockerKeysForOwnedDevice bool
            allowedToReadOtherUsers bool
            permissionGrantPoliciesAssigned string[] set""",
        "consentReviewer": """
            query string
            queryType string
            queryRoot string?""",
        "grantConditionSet": """
            id guid ro
            permissionClassification string
            permissionType string
            resourceApplication string
            permissions string[] set
            clientApplicationIds string[] set
            clientApplicationTenantIds string[] set
            clientApplicationPublisherIds string[] set
            clientApplicationsFromVerifiedPublisherOnly bool""",
        "attributeExemption": """
            id string
            operator string
            value string""",
        "actorExemptions": "customSecurityAttributes attributeExemption[] set",
        "credentialRestriction": """
            restrictionType string
            state string
            maxLifetime string?
            restrictForAppsCreatedAfterDateTime datetime?
            excludeActors actorExemptions?""",
        "uriRestriction": """
            state string
            restrictForAppsCreatedAfterDateTime datetime?
            excludeAppsReceivingV2Tokens bool?
            excludeSaml bool?
            isStateSetByMicrosoft bool?
            excludeActors actorExemptions?""",
        "identifierUriRestrictions": """
            nonDefaultUriAddition uriRestriction?
            uriAdditionWithoutUniqueTenantIdentifier uriRestriction?""",
        "applicationRestrictions": """
            passwordCredentials credentialRestriction[] set
            keyCredentials credentialRestriction[] set
            identifierUris identifierUriRestrictions?""",
        "principalRestrictions": """
            passwordCredentials credentialRestriction[] set
            keyCredentials credentialRestriction[] set""",
        "customApplicationRestrictions": "identifierUris identifierUriRestrictions?",
        "customRestrictions": """
            passwordCredentials credentialRestriction[] set
            keyCredentials credentialRestriction[] set
            applicationRestrictions customApplicationRestrictions?""",
        "selfServiceSignUp": "isEnabled bool",
        # `@odata.type` says whether it is everybody, nobody or those named
        "registrationMembership": """
            users guid[] set
            groups guid[] set""",
        "deviceRegistration": """
            isAdminConfigurable bool ro
            allowedToRegister registrationMembership""",
        "localAdministrators": """
            enableGlobalAdmins bool
            registeringUsers registrationMembership""",
        "deviceJoin": """
            isAdminConfigurable bool ro
            allowedToJoin registrationMembership
            localAdmins localAdministrators""",
        "localAdminPassword": "isEnabled bool",
        "settingValue": """
            name string
            value string?""",
        "settingTemplateValue": """
            name string
            type string
            defaultValue string?
            description string""",
        "validatingDomains": """
            rootDomains string
            domainNames string[] set""",
    }
)
COMPLEX = {**cross_tenant.COMPLEX, **_OWN}

_CONFIGURE = ("Policy.ReadWrite.ApplicationConfiguration",)
_TOKEN_POLICY = """
    id guid ro
    deletedDateTime datetime? ro
    displayName string
    definition string[]
    isOrganizationDefault bool
"""


def _token_policy(name: str, collection: str, *, applied: bool = True) -> Kind:
    """A policy whose definition is JSON text, and the applications and principals it applies to."""
    applies = LinkRule(
        name="appliesTo",
        to=("application", "servicePrincipal"),
        reads=("Policy.Read.All", "Application.Read.All"),
    )
    return Kind(
        name=name,
        collection=collection,
        path=f"/policies/{collection}",
        query=frozenset({"$select", "$filter", "$top", "$expand"}),
        reads=READ,
        writes_with=_CONFIGURE,
        required=("definition", "displayName"),
        properties=table(_TOKEN_POLICY),
        links=links(*((applies,) if applied else ())),
    )


AUTHORIZATION_POLICY = singleton(
    "authorizationPolicy",
    "/policies/authorizationPolicy",
    """
    id string ro
    displayName string
    description string
    allowInvitesFrom string
    allowedToSignUpEmailBasedSubscriptions bool
    allowedToUseSSPR bool
    allowEmailVerifiedUsersToJoinOrganization bool
    allowUserConsentForRiskyApps bool?
    blockMsolPowerShell bool?
    guestUserRoleId guid
    defaultUserRolePermissions defaultUserRolePermissions
    """,
    methods=frozenset({"PATCH"}),
    writes_with=("Policy.ReadWrite.Authorization",),
)

ADMIN_CONSENT_REQUEST_POLICY = singleton(
    "adminConsentRequestPolicy",
    "/policies/adminConsentRequestPolicy",
    """
    isEnabled bool
    notifyReviewers bool
    remindersEnabled bool
    requestDurationInDays int
    version int ro
    reviewers consentReviewer[] set
    """,
    key_property="",
    methods=frozenset({"PUT"}),
    required=("isEnabled", "notifyReviewers", "remindersEnabled", "requestDurationInDays", "reviewers"),
    writes_with=("Policy.ReadWrite.ConsentRequest",),
)

PERMISSION_GRANT_POLICY = Kind(
    name="permissionGrantPolicy",
    collection="permissionGrantPolicies",
    path="/policies/permissionGrantPolicies",
    query=frozenset({"$select", "$filter", "$top"}),
    reads=("Policy.Read.PermissionGrant",),
    keys=("id",),
    writes_with=("Policy.ReadWrite.PermissionGrant",),
    required=("id", "displayName"),
    properties=table("""
        id string create
        deletedDateTime datetime? ro
        displayName string
        description string?
        includes grantConditionSet[] ro set
        excludes grantConditionSet[] ro set
    """),
)

DEFAULT_APP_MANAGEMENT_POLICY = singleton(
    "tenantAppManagementPolicy",
    "/policies/defaultAppManagementPolicy",
    """
    id guid ro
    displayName string
    description string
    isEnabled bool
    applicationRestrictions applicationRestrictions
    servicePrincipalRestrictions principalRestrictions
    """,
    methods=frozenset({"PATCH"}),
    writes_with=_CONFIGURE,
)

APP_MANAGEMENT_POLICY = Kind(
    name="appManagementPolicy",
    collection="appManagementPolicies",
    path="/policies/appManagementPolicies",
    query=frozenset({"$select", "$filter", "$top"}),
    reads=READ,
    writes_with=_CONFIGURE,
    required=("displayName", "restrictions"),
    properties=table("""
        id guid ro
        deletedDateTime datetime? ro
        displayName string
        description string?
        isEnabled bool
        restrictions customRestrictions
    """),
    links=links(
        LinkRule(
            name="appliesTo", to=("application", "servicePrincipal"), reads=("Application.Read.All",), expand=False
        ),
    ),
)

AUTHENTICATION_FLOWS_POLICY = singleton(
    "authenticationFlowsPolicy",
    "/policies/authenticationFlowsPolicy",
    """
    id string ro
    displayName string ro
    description string ro
    selfServiceSignUp selfServiceSignUp
    """,
    methods=frozenset({"PATCH"}),
    writes_with=("Policy.ReadWrite.AuthenticationFlows",),
    not_in=US_GOV,
)

DEVICE_REGISTRATION_POLICY = singleton(
    "deviceRegistrationPolicy",
    "/policies/deviceRegistrationPolicy",
    """
    id string ro
    displayName string ro
    description string ro
    userDeviceQuota int
    multiFactorAuthConfiguration string
    azureADRegistration deviceRegistration
    azureADJoin deviceJoin
    localAdminPassword localAdminPassword
    """,
    reads=("Policy.Read.DeviceConfiguration",),
    methods=frozenset({"PUT"}),
    writes_with=("Policy.ReadWrite.DeviceConfiguration",),
    required=(
        "azureADJoin",
        "azureADRegistration",
        "localAdminPassword",
        "multiFactorAuthConfiguration",
        "userDeviceQuota",
    ),
)

FEDERATED_TOKEN_VALIDATION_POLICY = singleton(
    "federatedTokenValidationPolicy",
    "/policies/federatedTokenValidationPolicy",
    """
    id guid ro
    deletedDateTime datetime? ro
    validatingDomains validatingDomains
    """,
    methods=frozenset({"PUT"}),
    writes_with=("Policy.ReadWrite.FedTokenValidation",),
    required=("validatingDomains",),
)

EXTERNAL_IDENTITIES_POLICY = singleton(
    "externalIdentitiesPolicy",
    "/policies/externalIdentitiesPolicy",
    """
    id string ro
    deletedDateTime datetime? ro
    displayName string
    description string?
    allowExternalIdentitiesToLeave bool
    allowDeletedIdentitiesDataRemoval bool
    """,
    query=frozenset(),
    beta=True,
    methods=frozenset({"PATCH"}),
    writes_with=("Policy.ReadWrite.ExternalIdentities",),
)

GROUP_SETTING = Kind(
    name="groupSetting",
    collection="groupSettings",
    path="/groupSettings",
    query=SINGLE,
    writes_with=("GroupSettings.ReadWrite.All", "Directory.ReadWrite.All"),
    required=("templateId", "values"),
    reads=("GroupSettings.Read.All", "Directory.Read.All"),
    properties=table("""
        id guid ro
        displayName string ro
        templateId guid create
        values settingValue[] set
    """),
)

GROUP_SETTING_TEMPLATE = Kind(
    name="groupSettingTemplate",
    collection="groupSettingTemplates",
    path="/groupSettingTemplates",
    query=SINGLE,
    methods=frozenset(),
    reads=("GroupSettings.Read.All", "Directory.Read.All"),
    properties=table("""
        id guid ro
        deletedDateTime datetime? ro
        displayName string ro
        description string ro
        values settingTemplateValue[] ro set
    """),
)

GROUP_LIFECYCLE_POLICY = Kind(
    name="groupLifecyclePolicy",
    collection="groupLifecyclePolicies",
    path="/groupLifecyclePolicies",
    query=SINGLE,
    writes_with=("Directory.ReadWrite.All",),
    required=("groupLifetimeInDays", "managedGroupTypes"),
    reads=("Directory.Read.All",),
    properties=table("""
        id guid ro
        groupLifetimeInDays int
        managedGroupTypes string
        alternateNotificationEmails string?
    """),
)

KINDS = (
    *cross_tenant.KINDS,
    AUTHORIZATION_POLICY,
    ADMIN_CONSENT_REQUEST_POLICY,
    PERMISSION_GRANT_POLICY,
    _token_policy("tokenLifetimePolicy", "tokenLifetimePolicies"),
    _token_policy("tokenIssuancePolicy", "tokenIssuancePolicies"),
    _token_policy("claimsMappingPolicy", "claimsMappingPolicies"),
    _token_policy("homeRealmDiscoveryPolicy", "homeRealmDiscoveryPolicies"),
    _token_policy("activityBasedTimeoutPolicy", "activityBasedTimeoutPolicies", applied=False),
    DEFAULT_APP_MANAGEMENT_POLICY,
    APP_MANAGEMENT_POLICY,
    AUTHENTICATION_FLOWS_POLICY,
    DEVICE_REGISTRATION_POLICY,
    FEDERATED_TOKEN_VALIDATION_POLICY,
    EXTERNAL_IDENTITIES_POLICY,
    GROUP_SETTING,
    GROUP_SETTING_TEMPLATE,
    GROUP_LIFECYCLE_POLICY,
)
