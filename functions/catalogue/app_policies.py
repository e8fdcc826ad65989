"""Policies about applications: consent, tokens, claims, home realms, idle sessions, credentials."""

from dataclasses import replace

from functions.catalogue.model import (
    NAME_ID,
    Fetch,
    Linking,
    Lost,
    ObjectType,
    Read,
    Relationship,
    Restore,
    Stage,
)
from functions.catalogue.refusals import absent, refused

_SCOPE = "Policy.Read.All"
_GRANTS = "Policy.Read.PermissionGrant"
_TOLERATES = (*refused(_SCOPE), *absent())
_CONFIGURE = "Policy.ReadWrite.ApplicationConfiguration"
_CONSENT = "Policy.ReadWrite.PermissionGrant"
_APPLIES_TO = Relationship(
    name="appliesTo",
    fetch=Fetch.BATCH,
    read_scopes=("Application.Read.All", "Policy.Read.All"),
    restorable=True,
    linking=Linking.REVERSE,
    write_scopes=("Application.ReadWrite.All", "Policy.Read.All"),
    notes="read from here, because from the application's side it takes a permission to write",
)
_NEW_ID = Lost(
    what="The policy's id",
    why="A policy that is made again gets a new id; these policies have no recycle bin.",
    todo="What it applied to is offered in the same plan; scripts that name the old id are yours to change.",
)
_STS = frozenset({"definition", "displayName", "isOrganizationDefault"})
_MANAGEMENT = frozenset({"description", "displayName", "isEnabled", "restrictions"})


def _token_policy(key: str, title: str, notes: str, *, reverse: str = "/{type}s/{target}") -> ObjectType:
    """A policy of the token service: its definition is one JSON text, kept as it is, and it is assigned to apps."""
    return ObjectType(
        key=key,
        title=title,
        path=f"/policies/{key}",
        natural_keys=("displayName",),
        read_scopes=(_SCOPE,),
        tolerates=_TOLERATES,
        relationships=(replace(_APPLIES_TO, reverse=f"{reverse}/{key}"),),
        ordered=frozenset({"definition"}),
        read_only=frozenset({"deletedDateTime", "id"}),
        depends_on=("applications", "servicePrincipals"),
        restore=_sts(key),
        notes=notes,
    )


def _sts(key: str) -> Restore:
    return Restore(
        collection=f"/policies/{key}",
        create=_STS,
        update=_STS,
        required=frozenset({"definition", "displayName"}),
        stage=Stage.DEFINITIONS,
        write_scopes=(_CONFIGURE,),
        lost=(_NEW_ID,),
    )


PERMISSION_GRANT_POLICIES = ObjectType(
    key="permissionGrantPolicies",
    title="Consent policies",
    path="/policies/permissionGrantPolicies",
    id_pattern=NAME_ID,
    natural_keys=("id",),
    read_scopes=(_GRANTS,),
    tolerates=(*refused(_GRANTS), *absent()),
    read_only=frozenset({"deletedDateTime"}),
    references=(
        "excludes.clientApplicationIds",
        "excludes.resourceApplication",
        "includes.clientApplicationIds",
        "includes.resourceApplication",
    ),
    # Microsoft's own policies name mail programs that nobody here need use.
    elsewhere=frozenset(
        {
            "excludes.clientApplicationIds",
            "excludes.resourceApplication",
            "includes.clientApplicationIds",
            "includes.resourceApplication",
        }
    ),
    depends_on=("servicePrincipals",),
    restore=Restore(
        collection="/policies/permissionGrantPolicies",
        create=frozenset({"description", "displayName", "id"}),
        update=frozenset({"description", "displayName"}),
        required=frozenset({"displayName", "id"}),
        stage=Stage.DEFINITIONS,
        keeps_id=True,
        write_scopes=(_CONSENT,),
        lost=(
            Lost(
                what="Microsoft's own policies",
                why="Those whose ids begin with microsoft- are the service's, and it refuses to have them written.",
                todo="Assign a policy of the tenant's own in their place, if one differs from the backup.",
                planned=False,
            ),
        ),
    ),
    notes=(
        "Which permissions people, groups' owners and administrators may consent to: includes and excludes come inside "
        "each policy. Microsoft's own have ids that start with microsoft-. Clients and resources are named by appId, "
        "permissions by their id inside the resource; the latter are not looked up."
    ),
)

TOKEN_LIFETIME_POLICIES = _token_policy(
    "tokenLifetimePolicies",
    "Token lifetime policies",
    "How long access, id and SAML tokens live. definition is an array with one JSON text.",
)
TOKEN_ISSUANCE_POLICIES = _token_policy(
    "tokenIssuancePolicies",
    "Token issuance policies",
    "How SAML tokens are signed and which version they have. definition is an array with one JSON text.",
)
CLAIMS_MAPPING_POLICIES = _token_policy(
    "claimsMappingPolicies",
    "Claims mapping policies",
    "Which claims are put into an application's tokens. definition is an array with one JSON text.",
    reverse="/servicePrincipals/{target}",
)
HOME_REALM_POLICIES = _token_policy(
    "homeRealmDiscoveryPolicies",
    "Home realm discovery policies",
    "Where people are sent to sign in, and sign-in with another address. definition is an array with one JSON text.",
    reverse="/servicePrincipals/{target}",
)

IDLE_TIMEOUT_POLICIES = ObjectType(
    key="activityBasedTimeoutPolicies",
    title="Idle session policies",
    path="/policies/activityBasedTimeoutPolicies",
    natural_keys=("displayName",),
    read_scopes=(_SCOPE,),
    tolerates=_TOLERATES,
    ordered=frozenset({"definition"}),
    read_only=frozenset({"deletedDateTime", "id"}),
    references=("definition",),
    elsewhere=frozenset({"definition"}),  # the Azure portal, as a rule, which has no principal in many tenants
    depends_on=("servicePrincipals",),
    restore=_sts("activityBasedTimeoutPolicies"),
    notes=(
        "After how much idle time web sessions end. definition is an array with one JSON text; applications in it are "
        "named by appId."
    ),
)

DEFAULT_APP_MANAGEMENT_POLICY = ObjectType(
    key="defaultAppManagementPolicy",
    title="Application management: default",
    path="/policies/defaultAppManagementPolicy",
    read=Read.ONE,
    read_scopes=(_SCOPE,),
    tolerates=_TOLERATES,
    read_only=frozenset({"description", "displayName", "id"}),
    restore=Restore(
        collection="/policies/defaultAppManagementPolicy",
        create=frozenset(),
        update=frozenset({"applicationRestrictions", "isEnabled", "servicePrincipalRestrictions"}),
        stage=Stage.POLICIES,
        write_scopes=(_CONFIGURE,),
        lost=(
            Lost(
                what="Secrets and certificates that the restrictions forbid",
                why="Restrictions count from the moment they are written, also for what a restore adds afterwards.",
                todo="Where a restore adds certificates, look whether the restrictions of the backup allow them.",
                planned=False,
            ),
        ),
    ),
    notes=(
        "What secrets, certificates and identifier URIs applications and service principals may have unless a policy "
        "of their own says otherwise. Exemptions name custom security attributes by name, not by id."
    ),
)

APP_MANAGEMENT_POLICIES = ObjectType(
    key="appManagementPolicies",
    title="Application management policies",
    path="/policies/appManagementPolicies",
    natural_keys=("displayName",),
    read_scopes=(_SCOPE,),
    tolerates=_TOLERATES,
    relationships=(
        replace(
            _APPLIES_TO,
            reverse="/applications/{target}/appManagementPolicies",
            write_scopes=("Application.Read.All", _CONFIGURE),
        ),
    ),
    read_only=frozenset({"deletedDateTime", "id"}),
    depends_on=("applications", "servicePrincipals"),
    restore=Restore(
        collection="/policies/appManagementPolicies",
        create=_MANAGEMENT,
        update=_MANAGEMENT,
        required=frozenset({"displayName", "restrictions"}),
        stage=Stage.POLICIES,
        write_scopes=(_CONFIGURE,),
        lost=(_NEW_ID,),
    ),
    notes="Restrictions for the applications and service principals that a policy is added to; each takes one policy.",
)

ENTRIES: tuple[ObjectType, ...] = (
    PERMISSION_GRANT_POLICIES,
    TOKEN_LIFETIME_POLICIES,
    TOKEN_ISSUANCE_POLICIES,
    CLAIMS_MAPPING_POLICIES,
    HOME_REALM_POLICIES,
    IDLE_TIMEOUT_POLICIES,
    DEFAULT_APP_MANAGEMENT_POLICY,
    APP_MANAGEMENT_POLICIES,
)
