"""How people sign in: methods, strengths, contexts, security defaults, certificates; deleted Conditional Access."""

from functions.catalogue.licences import P1
from functions.catalogue.model import (
    NAME_ID,
    Deletes,
    Fetch,
    Lost,
    ObjectType,
    Part,
    Preset,
    Read,
    Relationship,
    Restore,
    Stage,
)
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
    restore=Restore(
        collection="/policies/authenticationStrengthPolicies",
        create=frozenset({"allowedCombinations", "combinationConfigurations", "description", "displayName"}),
        # Combinations change by an action, and what narrows them by calls of their own: the rules ask for these.
        update=frozenset({"allowedCombinations", "combinationConfigurations", "description", "displayName"}),
        required=frozenset({"allowedCombinations", "displayName"}),
        stage=Stage.POLICIES,
        serial="authenticationStrengths",
        write_scopes=("Policy.ReadWrite.ConditionalAccess",),
        lost=(
            Lost(
                what="The id of a custom strength",
                why="A strength that is created again gets a new id.",
                todo="Restore the Conditional Access policies that name it with it: they follow the new id.",
                planned=False,
            ),
            Lost(
                what="Built-in strengths",
                why="Microsoft defines them, and they cannot be changed.",
                todo="Nothing: they are in every tenant under the same ids.",
                planned=False,
            ),
        ),
    ),
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
    restore=Restore(
        collection="/identity/conditionalAccess/authenticationContextClassReferences",
        create=frozenset({"description", "displayName", "id", "isAvailable"}),
        update=frozenset({"description", "displayName", "isAvailable"}),
        required=frozenset({"displayName"}),
        stage=Stage.POLICIES,
        unique=True,
        keeps_id=True,
        upsert="/identity/conditionalAccess/authenticationContextClassReferences/{id}",
        write_scopes=("AuthenticationContext.ReadWrite.All",),
        lost=(
            Lost(
                what="Where an authentication context is asked for",
                why="Applications, sites and roles name it by its id, in settings of their own.",
                todo="Nothing for those: the id (c1 to c99) is the same again.",
                planned=False,
            ),
        ),
    ),
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
    restore=Restore(
        collection="/policies/authenticationMethodsPolicy",
        create=frozenset(),
        # Each method's configuration goes by a call of its own: the rules ask for these.
        update=frozenset(
            {
                "authenticationMethodConfigurations",
                "policyMigrationState",
                "reconfirmationInDays",
                "registrationEnforcement",
            }
        ),
        stage=Stage.POLICIES,
        serial="authenticationMethodsPolicy",
        write_scopes=("Policy.ReadWrite.AuthenticationMethod",),
        lost=(
            Lost(
                what="What people have registered: authenticators, keys, phone numbers",
                why="Graph gives nobody the secrets inside, and registrations belong to the person.",
                todo="People register again; hand out Temporary Access Passes where a method is gone.",
                planned=False,
            ),
            Lost(
                what="External methods added since",
                why="A restore removes no method that the backup does not have.",
                todo="Remove them in the portal if they should not be there.",
                planned=False,
            ),
        ),
    ),
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
    restore=Restore(
        collection="/policies/identitySecurityDefaultsEnforcementPolicy",
        create=frozenset(),
        update=frozenset({"isEnabled"}),
        stage=Stage.POLICIES,
        write_scopes=("Policy.Read.All", "Policy.ReadWrite.SecurityDefaults"),
        lost=(
            Lost(
                what="Security defaults that were on",
                why="Switching them on changes how everybody signs in, and is refused while Conditional Access is in "
                "force.",
                todo='Ask for it: a plan of this object with "properties": ["isEnabled"].',
                planned=False,
            ),
        ),
    ),
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
            restorable=True,
            part=Part(
                keys=("thumbprint",),
                # The issuer, the key's identifier and the thumbprint are described as the creator's to give.
                create=frozenset(
                    {
                        "certificate",
                        "certificateAuthorityType",
                        "certificateRevocationListUrl",
                        "deltaCertificateRevocationListUrl",
                        "displayName",
                        "expirationDateTime",
                        "isIssuerHintEnabled",
                        "issuer",
                        "issuerSubjectKeyIdentifier",
                        "thumbprint",
                    }
                ),
                update=frozenset(
                    {
                        "certificateAuthorityType",
                        "certificateRevocationListUrl",
                        "deltaCertificateRevocationListUrl",
                        "displayName",
                        "isIssuerHintEnabled",
                    }
                ),
                required=frozenset({"certificate", "expirationDateTime", "thumbprint"}),
            ),
            notes="the certificates whole: they are public",
        ),
    ),
    volatile=frozenset({"status", "statusDetails"}),
    read_only=frozenset({"deletedDateTime", "id", "lastModifiedDateTime", "status", "statusDetails"}),
    restore=Restore(
        collection="/directory/publicKeyInfrastructure/certificateBasedAuthConfigurations",
        create=frozenset({"displayName"}),
        update=frozenset({"displayName"}),
        required=frozenset({"displayName"}),
        stage=Stage.POLICIES,
        undelete="/directory/deletedItems/{id}/restore",
        deleted="/directory/deletedItems/{id}",
        deletes=Deletes.SOFT,
        write_scopes=("PublicKeyInfrastructure.ReadWrite.All",),
        lost=(
            Lost(
                what="Certificate authorities added since",
                why="A restore takes no authority out of the store, not even for an exact match: people may sign in "
                "with what it issued.",
                todo="Remove the authorities that should not be trusted in the portal.",
                planned=False,
            ),
        ),
    ),
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
    restore=Restore(
        collection="/organization/{tenant}/certificateBasedAuthConfiguration",
        create=frozenset({"certificateAuthorities"}),
        update=frozenset(),
        required=frozenset({"certificateAuthorities"}),
        method="",
        stage=Stage.POLICIES,
        unique=True,
        keeps_id=True,
        write_scopes=("Organization.ReadWrite.All",),
        lost=(
            Lost(
                what="Changes of the legacy store",
                why="Graph creates the list of authorities whole and changes nothing in it: it has to be deleted "
                "first, and until it is there again nobody signs in with a certificate.",
                todo="Move the authorities to the PKI store, or delete the legacy list by hand and restore it.",
                planned=False,
            ),
        ),
    ),
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
