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
    unrestored="this release does not write it; set what differs again, one property at a time.",
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
    unrestored="this release does not write it; switch selfServiceSignUp by hand.",
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
    unrestored="this release does not write it; set allowExternalIdentitiesToLeave by hand.",
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
    unrestored="this release does not write it; a write replaces the whole policy, so set it in the portal.",
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
    unrestored="this release does not write it; set validatingDomains again from the record.",
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
    unrestored="this release does not write it; create it from its template, or change the values that differ.",
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
    unrestored="this release does not write it; create it again and, for Selected, add the groups.",
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
