"""Tenant-wide policies: authorization, consent requests, sign-up, devices, groups, apps, cross-tenant access."""

from functions.catalogue import app_policies, cross_tenant
from functions.catalogue.model import NAME_ID, Lost, ObjectType, Preset, Read, Restore, Stage
from functions.catalogue.refusals import absent, refused

_SCOPE = "Policy.Read.All"
_DEVICES = "Policy.Read.DeviceConfiguration"
_SETTINGS = "GroupSettings.Read.All"
_DIRECTORY = "Directory.Read.All"
_TOLERATES = (*refused(_SCOPE), *absent())
_US_GOV = frozenset({"usGov", "usGovDoD"})
_LIFECYCLE = frozenset({"alternateNotificationEmails", "groupLifetimeInDays", "managedGroupTypes"})
_NOTHING_ELSE = Lost(
    what="What was done while the setting was another",
    why="A setting says what may be done, not what has been.",
    todo="Look through the audit log of that time.",
    planned=False,
)

AUTHORIZATION_POLICY = ObjectType(
    key="authorizationPolicy",
    title="Authorization policy",
    path="/policies/authorizationPolicy",
    read=Read.ONE,
    id_pattern=NAME_ID,
    read_scopes=(_SCOPE,),
    preset=Preset.ESSENTIAL,
    tolerates=_TOLERATES,
    read_only=frozenset({"id"}),
    depends_on=("permissionGrantPolicies",),
    restore=Restore(
        collection="/policies/authorizationPolicy",
        create=frozenset(),
        update=frozenset(
            {
                "allowEmailVerifiedUsersToJoinOrganization",
                "allowInvitesFrom",
                "allowUserConsentForRiskyApps",
                "allowedToSignUpEmailBasedSubscriptions",
                "allowedToUseSSPR",
                "blockMsolPowerShell",
                "defaultUserRolePermissions",
                "description",
                "displayName",
                "guestUserRoleId",
            }
        ),
        stage=Stage.POLICIES,
        write_scopes=("Policy.ReadWrite.Authorization",),
        lost=(
            Lost(
                what="That people may not read others (allowedToReadOtherUsers false)",
                why="Microsoft warns against it: sign-in and applications of the tenant may stop working.",
                todo="Set it by hand if it was on purpose.",
                planned=False,
            ),
        ),
    ),
    notes=(
        "What people and guests may do without a role: invite, create applications, groups and tenants, read others, "
        "consent. guestUserRoleId names one of three fixed roles, which no list of roles has to hold."
    ),
)

ADMIN_CONSENT_REQUEST_POLICY = ObjectType(
    key="adminConsentRequestPolicy",
    title="Admin consent requests",
    path="/policies/adminConsentRequestPolicy",
    read=Read.ONE,
    identity="",
    id_pattern=NAME_ID,
    read_scopes=(_SCOPE,),
    tolerates=_TOLERATES,
    read_only=frozenset({"version"}),
    references=("reviewers.query",),
    depends_on=("users", "groups", "roleDefinitions"),
    restore=Restore(
        collection="/policies/adminConsentRequestPolicy",
        create=frozenset(),
        update=frozenset({"isEnabled", "notifyReviewers", "remindersEnabled", "requestDurationInDays", "reviewers"}),
        method="PUT",
        stage=Stage.POLICIES,
        write_scopes=("Policy.ReadWrite.ConsentRequest",),
        lost=(
            Lost(
                what="The version number",
                why="The service raises it with each change.",
                todo="Nothing depends on it.",
                planned=False,
            ),
        ),
    ),
    notes=(
        "Whether people may ask for consent, and whom. Reviewers are queries such as /users/{id} or "
        "/groups/{id}/transitiveMembers, with the ids in them. The service raises version with each change."
    ),
)

AUTHENTICATION_FLOWS_POLICY = ObjectType(
    key="authenticationFlowsPolicy",
    title="Self-service sign-up",
    path="/policies/authenticationFlowsPolicy",
    read=Read.ONE,
    id_pattern=NAME_ID,
    read_scopes=(_SCOPE,),
    missing_in=_US_GOV,
    tolerates=_TOLERATES,
    read_only=frozenset({"description", "displayName", "id"}),
    restore=Restore(
        collection="/policies/authenticationFlowsPolicy",
        create=frozenset(),
        update=frozenset({"selfServiceSignUp"}),
        stage=Stage.POLICIES,
        write_scopes=("Policy.ReadWrite.AuthenticationFlows",),
        lost=(_NOTHING_ELSE,),
    ),
    notes="Whether outsiders may sign themselves up through a user flow.",
)

EXTERNAL_IDENTITIES_POLICY = ObjectType(
    key="externalIdentitiesPolicy",
    title="Guests leaving by themselves",
    path="/policies/externalIdentitiesPolicy",
    api="beta",
    read=Read.ONE,
    id_pattern=NAME_ID,
    read_scopes=(_SCOPE,),
    tolerates=_TOLERATES,
    read_only=frozenset({"deletedDateTime", "displayName", "id"}),
    restore=Restore(
        collection="/policies/externalIdentitiesPolicy",
        create=frozenset(),
        update=frozenset({"allowDeletedIdentitiesDataRemoval", "allowExternalIdentitiesToLeave"}),
        stage=Stage.POLICIES,
        write_scopes=("Policy.ReadWrite.ExternalIdentities",),
        lost=(_NOTHING_ELSE,),
    ),
    notes="Whether guests may leave the tenant by themselves. Read from beta: v1.0 does not have it.",
)

DEVICE_REGISTRATION_POLICY = ObjectType(
    key="deviceRegistrationPolicy",
    title="Device registration policy",
    path="/policies/deviceRegistrationPolicy",
    read=Read.ONE,
    id_pattern=NAME_ID,
    read_scopes=(_DEVICES,),
    tolerates=(*refused(_DEVICES), *absent()),
    read_only=frozenset({"description", "displayName", "id"}),
    references=(
        "azureADJoin.allowedToJoin.groups",
        "azureADJoin.allowedToJoin.users",
        "azureADJoin.localAdmins.registeringUsers.groups",
        "azureADJoin.localAdmins.registeringUsers.users",
        "azureADRegistration.allowedToRegister.groups",
        "azureADRegistration.allowedToRegister.users",
    ),
    depends_on=("users", "groups"),
    restore=Restore(
        collection="/policies/deviceRegistrationPolicy",
        create=frozenset(),
        update=frozenset(
            {
                "azureADJoin",
                "azureADRegistration",
                "localAdminPassword",
                "multiFactorAuthConfiguration",
                "userDeviceQuota",
            }
        ),
        method="PUT",
        stage=Stage.POLICIES,
        write_scopes=("Policy.ReadWrite.DeviceConfiguration",),
        lost=(
            Lost(
                what="Devices that were registered or refused meanwhile",
                why="The policy is asked when a device registers, and not again.",
                todo="Look through the devices that came since.",
                planned=False,
            ),
        ),
    ),
    notes=(
        "Who may register and join devices, how many each, who becomes local administrator, and whether local "
        "administrator passwords are kept (LAPS)."
    ),
)

FEDERATED_TOKEN_VALIDATION_POLICY = ObjectType(
    key="federatedTokenValidationPolicy",
    title="Federated token validation",
    path="/policies/federatedTokenValidationPolicy",
    read=Read.ONE,
    identity="",
    id_pattern=NAME_ID,
    read_scopes=(_SCOPE,),
    tolerates=_TOLERATES,
    read_only=frozenset({"deletedDateTime", "id"}),
    depends_on=("domains",),
    restore=Restore(
        collection="/policies/federatedTokenValidationPolicy",
        create=frozenset(),
        update=frozenset({"validatingDomains"}),
        method="PUT",
        stage=Stage.POLICIES,
        write_scopes=("Policy.ReadWrite.FedTokenValidation",),
        lost=(_NOTHING_ELSE,),
    ),
    notes="For which domains a federated account's domain has to match the one that issued the token.",
)

GROUP_SETTINGS = ObjectType(
    key="groupSettings",
    title="Group settings of the tenant",
    path="/groupSettings",
    natural_keys=("templateId",),
    read_scopes=(_SETTINGS,),
    tolerates=(*refused(_SETTINGS), *absent()),
    read_only=frozenset({"displayName", "id"}),
    references=("templateId", "values.value"),
    depends_on=("groups", "groupSettingTemplates"),
    restore=Restore(
        collection="/groupSettings",
        create=frozenset({"templateId", "values"}),
        update=frozenset({"values"}),
        required=frozenset({"templateId", "values"}),
        stage=Stage.POLICIES,  # its values name groups, and naming rules would be in the way of groups made after it
        unique=True,
        write_scopes=("GroupSettings.ReadWrite.All",),
        lost=(
            Lost(
                what="Settings that were made since, where none were in the backup",
                why="A setting that is there is never deleted: it would be gone for good.",
                todo="Delete it by hand, if the defaults of its template shall hold again.",
                planned=False,
            ),
        ),
    ),
    notes=(
        "What has been set for all groups: who may create them, naming, guests, blocked words. There is one object a "
        "template, and none while nobody has changed its defaults. All values are texts, ids among them. Settings of "
        "single groups are not part of this list."
    ),
)

GROUP_SETTING_TEMPLATES = ObjectType(
    key="groupSettingTemplates",
    title="Templates of group settings",
    path="/groupSettingTemplates",
    natural_keys=("displayName",),
    read_scopes=(_SETTINGS,),
    tolerates=(*refused(_SETTINGS), *absent()),
    read_only=frozenset({"deletedDateTime", "description", "displayName", "id", "values"}),
    unrestored="the templates are Microsoft's own and always there.",
    notes="The defaults that hold where a setting has not been made, and what each setting means.",
)

GROUP_LIFECYCLE_POLICIES = ObjectType(
    key="groupLifecyclePolicies",
    title="Group expiration policy",
    path="/groupLifecyclePolicies",
    name="managedGroupTypes",
    natural_keys=("managedGroupTypes",),
    read_scopes=(_DIRECTORY,),
    tolerates=(*refused(_DIRECTORY), *absent()),
    read_only=frozenset({"id"}),
    restore=Restore(
        collection="/groupLifecyclePolicies",
        create=_LIFECYCLE,
        update=_LIFECYCLE,
        required=_LIFECYCLE - {"alternateNotificationEmails"},
        stage=Stage.POLICIES,
        unique=True,
        write_scopes=("Directory.ReadWrite.All",),
        lost=(
            Lost(
                what="Which groups the expiration policy covers",
                why="Where managedGroupTypes is Selected, they are added one by one, and Graph does not list them.",
                todo="Add the groups again that had an expirationDateTime in the backup, in the page Expiration of the "
                "portal or with addGroup.",
            ),
        ),
    ),
    notes=(
        "After how many days groups expire and who is told when they have no owner. A tenant has one or none. Which "
        "groups it covers where managedGroupTypes is Selected is not asked group by group: those it covers have an "
        "expirationDateTime, which is kept with the groups."
    ),
)

ENTRIES: tuple[ObjectType, ...] = (
    AUTHORIZATION_POLICY,
    *cross_tenant.ENTRIES,
    ADMIN_CONSENT_REQUEST_POLICY,
    *app_policies.ENTRIES,
    AUTHENTICATION_FLOWS_POLICY,
    EXTERNAL_IDENTITIES_POLICY,
    DEVICE_REGISTRATION_POLICY,
    FEDERATED_TOKEN_VALIDATION_POLICY,
    GROUP_SETTINGS,
    GROUP_SETTING_TEMPLATES,
    GROUP_LIFECYCLE_POLICIES,
)
