"""How people sign in: methods, strengths, contexts, security defaults, certificates; deleted Conditional Access."""

from functions.catalogue.licences import P1
from functions.catalogue.model import NAME_ID, Fetch, ObjectType, Preset, Read, Relationship
from functions.catalogue.refusals import absent, refused, undocumented, unlicensed

_POLICIES = "Policy.Read.All"
_METHODS = "Policy.Read.AuthenticationMethod"
_CONTEXTS = "AuthenticationContext.Read.All"
_PKI = "PublicKeyInfrastructure.Read.All"
_ORGANIZATION = "Organization.Read.All"
_NATIONAL = frozenset({"usGov", "usGovDoD", "china"})
_CAMPAIGN = "registrationEnforcement.authenticationMethodsRegistrationCampaign"
_CONFIGURATIONS = "authenticationMethodConfigurations"
_FEATURES = f"{_CONFIGURATIONS}.featureSettings"

STRENGTHS = ObjectType(
    key="authenticationStrengthPolicies",
    title="Authentication strengths",
    path="/policies/authenticationStrengthPolicies",
    natural_keys=("displayName",),
    read_scopes=(_METHODS,),
    licence=P1,
    preset=Preset.ESSENTIAL,
    tolerates=(*unlicensed(), *refused(_METHODS), *absent()),
    read_only=frozenset({"createdDateTime", "id", "modifiedDateTime", "policyType", "requirementsSatisfied"}),
    unrestored="this release does not write strengths; create it again under its name, then add its combinations.",
    notes=(
        "Built-in and custom strengths. combinationConfigurations come inside each one: which security keys (AAGUIDs) "
        "and which certificate issuers and policies count. What a tenant without the licence is answered is unverified."
    ),
)

CONTEXTS = ObjectType(
    key="authenticationContextClassReferences",
    title="Authentication contexts",
    path="/identity/conditionalAccess/authenticationContextClassReferences",
    id_pattern=r"c[0-9]{1,4}",
    natural_keys=("id",),
    read_scopes=(_CONTEXTS,),
    licence=P1,
    preset=Preset.ESSENTIAL,
    tolerates=(*unlicensed(), *refused(_CONTEXTS), *absent()),
    read_only=frozenset({"id"}),
    unrestored="this release does not write contexts; give the same id (c1 to c99) its name, text and state again.",
    notes=(
        "The ids c1 to c99 are chosen by the administrator, and policies, roles and applications name them. "
        "Policy.Read.All does not open this list; AuthenticationContext.Read.All does."
    ),
)

METHODS = ObjectType(
    key="authenticationMethodsPolicy",
    title="Authentication methods policy",
    path="/policies/authenticationMethodsPolicy",
    read=Read.ONE,
    id_pattern=NAME_ID,
    read_scopes=(_METHODS,),
    preset=Preset.ESSENTIAL,
    missing_in=frozenset({"china"}),
    tolerates=(*refused(_METHODS), *absent()),
    read_only=frozenset({"description", "displayName", "id", "lastModifiedDateTime", "policyVersion"}),
    references=(
        f"{_CAMPAIGN}.excludeTargets.id",
        f"{_CAMPAIGN}.includeTargets.id",
        f"{_CONFIGURATIONS}.appId",
        f"{_CONFIGURATIONS}.certificateAuthorityScopes.includeTargets.id",
        f"{_CONFIGURATIONS}.certificateAuthorityScopes.publicKeyInfrastructureIdentifier",
        f"{_CONFIGURATIONS}.excludeTargets.id",
        f"{_CONFIGURATIONS}.includeTargets.id",
        f"{_FEATURES}.displayAppInformationRequiredState.excludeTarget.id",
        f"{_FEATURES}.displayAppInformationRequiredState.includeTarget.id",
        f"{_FEATURES}.displayLocationInformationRequiredState.excludeTarget.id",
        f"{_FEATURES}.displayLocationInformationRequiredState.includeTarget.id",
    ),
    leads_to={
        f"{_CAMPAIGN}.excludeTargets.id": ("users", "groups"),
        f"{_CAMPAIGN}.includeTargets.id": ("users", "groups"),
        f"{_CONFIGURATIONS}.appId": ("servicePrincipals",),
        f"{_CONFIGURATIONS}.certificateAuthorityScopes.publicKeyInfrastructureIdentifier": (
            "certificateBasedAuthConfigurations",
        ),
        f"{_CONFIGURATIONS}.excludeTargets.id": ("users", "groups"),
        f"{_CONFIGURATIONS}.includeTargets.id": ("users", "groups"),
    },
    depends_on=("users", "groups", "servicePrincipals", "certificateBasedAuthConfigurations"),
    unrestored="this release does not write the policy; set each method again in the portal, first those people use.",
    notes=(
        "One object with the configuration of every method inside; @odata.type says which method it is. Targets are "
        "groups, or the words all_users. Not kept, because only beta has them: hardware tokens, system-preferred "
        "authentication and the reporting of suspicious activity."
    ),
)

SECURITY_DEFAULTS = ObjectType(
    key="identitySecurityDefaultsEnforcementPolicy",
    title="Security defaults",
    path="/policies/identitySecurityDefaultsEnforcementPolicy",
    read=Read.ONE,
    read_scopes=(_POLICIES,),
    preset=Preset.ESSENTIAL,
    tolerates=(*refused(_POLICIES), *absent()),
    read_only=frozenset({"description", "displayName", "id"}),
    unrestored="this release does not switch them; they cannot be on while a Conditional Access policy is enabled.",
    notes="Whether security defaults are on: the one property is isEnabled. The id is the same in every tenant.",
)

PKI = ObjectType(
    key="certificateBasedAuthConfigurations",
    title="Certificate authorities (PKI store)",
    bin="deletedCertificateBasedAuthConfigurations",
    path="/directory/publicKeyInfrastructure/certificateBasedAuthConfigurations",
    page_size=999,
    natural_keys=("displayName",),
    read_scopes=(_PKI,),
    tolerates=(*refused(_PKI), *absent()),
    relationships=(
        Relationship(
            name="certificateAuthorities",
            fetch=Fetch.BATCH,
            contained=True,
            read_scopes=(_PKI,),
            notes="the certificates whole: they are public",
        ),
    ),
    volatile=frozenset({"status", "statusDetails"}),
    read_only=frozenset({"deletedDateTime", "id", "lastModifiedDateTime", "status", "statusDetails"}),
    unrestored="this release does not write certificate authorities; upload the certificates of the record again.",
    notes=(
        "Root and intermediate authorities that certificates for sign-in may come from, with their revocation lists. "
        "status tells how far an upload has come, so it is kept apart."
    ),
)

LEGACY_AUTHORITIES = ObjectType(
    key="legacyCertificateBasedAuthConfigurations",
    title="Certificate authorities (legacy store)",
    path="/organization/{tenant}/certificateBasedAuthConfiguration",
    name="id",
    natural_keys=("id",),
    read_scopes=(_ORGANIZATION,),
    tolerates=(*refused(_ORGANIZATION), *absent()),
    read_only=frozenset({"id"}),
    unrestored="this release does not write it; move the authorities to the PKI store instead.",
    notes=(
        "The store used before the PKI one; a tenant has one such object, under an id that is the same everywhere, or "
        "none. Certificates are public and kept whole."
    ),
)

DELETED_POLICIES = ObjectType(
    key="deletedConditionalAccessPolicies",
    title="Deleted Conditional Access policies",
    path="/identity/conditionalAccess/deletedItems/policies",
    bucket="conditionalAccess",
    read_scopes=(_POLICIES,),
    missing_in=_NATIONAL,
    tolerates=(*undocumented(_POLICIES), *absent()),
    read_only=frozenset({"createdDateTime", "deletedDateTime", "id", "modifiedDateTime", "templateId"}),
    unrestored="what lies here is brought back through the policy itself, from its own timeline.",
    notes=(
        "What was deleted in the last 30 days. Only the global cloud has this bin, and the permission that opens it to "
        "an application is not documented: where it stays shut, a deleted policy cannot be told from one gone for good."
    ),
)

DELETED_LOCATIONS = ObjectType(
    key="deletedNamedLocations",
    title="Deleted named locations",
    path="/identity/conditionalAccess/deletedItems/namedLocations",
    bucket="conditionalAccess",
    read_scopes=(_POLICIES,),
    missing_in=_NATIONAL,
    tolerates=(*undocumented(_POLICIES), *absent()),
    read_only=frozenset({"createdDateTime", "deletedDateTime", "id", "modifiedDateTime"}),
    unrestored="what lies here is brought back through the location itself, from its own timeline.",
    notes=(
        "What was deleted in the last 30 days. Only the global cloud has this bin, and the permission that opens it to "
        "an application is not documented."
    ),
)

ENTRIES: tuple[ObjectType, ...] = (
    STRENGTHS,
    CONTEXTS,
    METHODS,
    SECURITY_DEFAULTS,
    PKI,
    LEGACY_AUTHORITIES,
    DELETED_POLICIES,
    DELETED_LOCATIONS,
)
