"""Cross-tenant access: the policy, its default, and the partners with settings of their own."""

from functions.catalogue.model import NAME_ID, Fetch, Lost, ObjectType, Part, Read, Relationship, Restore, Stage
from functions.catalogue.refusals import absent, refused

_SCOPE = "Policy.Read.All"
_TEMPLATES = "MultiTenantOrganization.Read.All"
_NATIONAL = frozenset({"usGov", "usGovDoD", "china"})
_TOLERATES = (*refused(_SCOPE), *absent())
# Inbound, the people are the partner's and the applications ours; outbound it is the other way round.
_OURS = (
    "b2bCollaborationInbound.applications.targets.target",
    "b2bCollaborationOutbound.usersAndGroups.targets.target",
    "b2bDirectConnectInbound.applications.targets.target",
    "b2bDirectConnectOutbound.usersAndGroups.targets.target",
)
_PRECEDENCE = "invitationRedemptionIdentityProviderConfiguration.primaryIdentityProviderPrecedenceOrder"
_WRITE = ("Policy.ReadWrite.CrossTenantAccess",)
_DIRECTIONS = frozenset(
    {
        "b2bCollaborationInbound",
        "b2bCollaborationOutbound",
        "b2bDirectConnectInbound",
        "b2bDirectConnectOutbound",
        "inboundTrust",
    }
)
_OWN = _DIRECTIONS | {"automaticUserConsentSettings", "tenantRestrictions"}
_OTHER_SIDE = Lost(
    what="What the other tenant has set",
    why="Each side decides for itself whom it lets in and out, and a restore writes to this tenant alone.",
    todo="Ask the administrators of the other tenant to compare their settings.",
    planned=False,
)
_NAMED = ("users", "groups", "applications", "servicePrincipals")

POLICY = ObjectType(
    key="crossTenantAccessPolicy",
    title="Cross-tenant access: clouds worked with",
    path="/policies/crossTenantAccessPolicy",
    read=Read.ONE,
    identity="",
    id_pattern=NAME_ID,
    read_scopes=(_SCOPE,),
    tolerates=_TOLERATES,
    read_only=frozenset({"description"}),
    restore=Restore(
        collection="/policies/crossTenantAccessPolicy",
        create=frozenset(),
        update=frozenset({"allowedCloudEndpoints", "displayName"}),
        stage=Stage.POLICIES,
        write_scopes=_WRITE,
        lost=(_OTHER_SIDE,),
    ),
    notes="allowedCloudEndpoints are the other Microsoft clouds that collaboration is open to.",
)

DEFAULT = ObjectType(
    key="crossTenantAccessPolicyDefault",
    title="Cross-tenant access: default",
    path="/policies/crossTenantAccessPolicy/default",
    read=Read.ONE,
    identity="",
    id_pattern=NAME_ID,
    read_scopes=(_SCOPE,),
    tolerates=_TOLERATES,
    ordered=frozenset({_PRECEDENCE}),
    read_only=frozenset({"automaticUserConsentSettings", "isServiceDefault"}),
    references=_OURS,
    depends_on=_NAMED,
    restore=Restore(
        collection="/policies/crossTenantAccessPolicy/default",
        create=frozenset(),
        update=_DIRECTIONS | {"invitationRedemptionIdentityProviderConfiguration", "tenantRestrictions"},
        stage=Stage.POLICIES,
        write_scopes=_WRITE,
        lost=(
            _OTHER_SIDE,
            Lost(
                what="automaticUserConsentSettings of the default",
                why="Graph takes them for single partners only.",
                todo="Nothing: in the default they are always off.",
                planned=False,
            ),
        ),
    ),
    notes=(
        "What holds for every organization without settings of its own; isServiceDefault tells whether anybody has "
        "changed it. The order of identity providers for redeeming an invitation is kept. The US Government and "
        "China clouds have no tenantRestrictions."
    ),
)

PARTNERS = ObjectType(
    key="crossTenantAccessPartners",
    title="Cross-tenant access: partners",
    path="/policies/crossTenantAccessPolicy/partners",
    identity="tenantId",
    name="tenantId",
    natural_keys=("tenantId",),
    read_scopes=(_SCOPE,),
    tolerates=_TOLERATES,
    relationships=(
        Relationship(
            name="identitySynchronization",
            fetch=Fetch.BATCH,
            single=True,
            contained=True,
            read_scopes=(_SCOPE,),
            restorable=True,
            part=Part(
                keys=("tenantId",),
                create=frozenset({"displayName", "userSyncInbound"}),
                update=frozenset({"displayName", "userSyncInbound"}),
                identity="",
                makes="PUT",
            ),
            notes="whether people of the partner are created here; a partner may have none",
        ),
    ),
    read_only=frozenset({"isInMultiTenantOrganization", "isServiceProvider", "tenantId"}),
    references=_OURS,
    depends_on=_NAMED,
    restore=Restore(
        collection="/policies/crossTenantAccessPolicy/partners",
        create=_OWN | {"tenantId"},
        update=_OWN,
        required=frozenset({"tenantId"}),
        stage=Stage.POLICIES,
        unique=True,
        keeps_id=True,
        write_scopes=_WRITE,
        lost=(_OTHER_SIDE,),
    ),
    notes=(
        "A partner goes by the id of its tenant and has no other id or name. A setting that is null follows the "
        "default. Ids of the partner's own people and applications are kept and not looked up. Deleted partners lie "
        "for 30 days in a bin that only beta has; it is not read. The US Government and China clouds have no "
        "tenantRestrictions and no isInMultiTenantOrganization."
    ),
)

PARTNER_TEMPLATE = ObjectType(
    key="multiTenantOrganizationPartnerConfiguration",
    title="Cross-tenant access: template for partners in the multi-tenant organization",
    path="/policies/crossTenantAccessPolicy/templates/multiTenantOrganizationPartnerConfiguration",
    read=Read.ONE,
    read_scopes=(_TEMPLATES,),
    missing_in=_NATIONAL,
    tolerates=(*refused(_TEMPLATES), *absent()),
    read_only=frozenset({"id"}),
    references=_OURS,
    depends_on=(*_NAMED, "multiTenantOrganization"),
    restore=Restore(
        collection="/policies/crossTenantAccessPolicy/templates/multiTenantOrganizationPartnerConfiguration",
        create=frozenset(),
        update=_DIRECTIONS | {"automaticUserConsentSettings", "templateApplicationLevel"},
        stage=Stage.POLICIES,
        write_scopes=_WRITE,
        lost=(_OTHER_SIDE,),
    ),
    notes="What a tenant that joins the multi-tenant organization gets as a partner. The global cloud alone has it.",
)

SYNCHRONIZATION_TEMPLATE = ObjectType(
    key="multiTenantOrganizationIdentitySynchronization",
    title="Cross-tenant access: template for synchronization in the multi-tenant organization",
    path="/policies/crossTenantAccessPolicy/templates/multiTenantOrganizationIdentitySynchronization",
    read=Read.ONE,
    read_scopes=(_TEMPLATES,),
    missing_in=_NATIONAL,
    tolerates=(*refused(_TEMPLATES), *absent()),
    read_only=frozenset({"id"}),
    depends_on=("multiTenantOrganization",),
    restore=Restore(
        collection="/policies/crossTenantAccessPolicy/templates/multiTenantOrganizationIdentitySynchronization",
        create=frozenset(),
        update=frozenset({"templateApplicationLevel", "userSyncInbound"}),
        stage=Stage.POLICIES,
        write_scopes=_WRITE,
        lost=(_OTHER_SIDE,),
    ),
    notes=(
        "Whether people of a tenant that joins the multi-tenant organization are created here. The global cloud alone "
        "has it."
    ),
)

ENTRIES: tuple[ObjectType, ...] = (POLICY, DEFAULT, PARTNERS, PARTNER_TEMPLATE, SYNCHRONIZATION_TEMPLATE)
