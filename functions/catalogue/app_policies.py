"""Policies about applications: consent, tokens, claims, home realms, idle sessions, credentials."""

from functions.catalogue.model import NAME_ID, Fetch, ObjectType, Read, Relationship
from functions.catalogue.refusals import absent, refused

_SCOPE = "Policy.Read.All"
_GRANTS = "Policy.Read.PermissionGrant"
_TOLERATES = (*refused(_SCOPE), *absent())
_APPLIES_TO = Relationship(
    name="appliesTo",
    fetch=Fetch.BATCH,
    read_scopes=("Application.Read.All", "Policy.Read.All"),
    notes="read from here, because from the application's side it takes a permission to write",
)
_REASSIGN = "this release does not write it; create it from its definition, then add it to what it applied to."


def _token_policy(key: str, title: str, notes: str) -> ObjectType:
    """A policy of the token service: its definition is one JSON text, kept as it is, and it is assigned to apps."""
    return ObjectType(
        key=key,
        title=title,
        path=f"/policies/{key}",
        natural_keys=("displayName",),
        read_scopes=(_SCOPE,),
        tolerates=_TOLERATES,
        relationships=(_APPLIES_TO,),
        ordered=frozenset({"definition"}),
        read_only=frozenset({"deletedDateTime", "id"}),
        depends_on=("applications", "servicePrincipals"),
        unrestored=_REASSIGN,
        notes=notes,
    )


PERMISSION_GRANT_POLICIES = ObjectType(
    key="permissionGrantPolicies",
    title="Consent policies",
    path="/policies/permissionGrantPolicies",
    id_pattern=NAME_ID,
    natural_keys=("id",),
    read_scopes=(_GRANTS,),
    tolerates=(*refused(_GRANTS), *absent()),
    read_only=frozenset({"deletedDateTime", "id"}),
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
    unrestored="this release does not write it; create it under the same id, then post each include and exclude.",
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
)
HOME_REALM_POLICIES = _token_policy(
    "homeRealmDiscoveryPolicies",
    "Home realm discovery policies",
    "Where people are sent to sign in, and sign-in with another address. definition is an array with one JSON text.",
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
    unrestored="this release does not write it; create it again from its definition.",
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
    unrestored="this release does not write it; set the restrictions again from the record.",
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
    relationships=(_APPLIES_TO,),
    read_only=frozenset({"id"}),
    depends_on=("applications", "servicePrincipals"),
    unrestored="this release does not write it; create it from its restrictions, then add it to what it applied to.",
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
