"""Cross-tenant access: the policy, its default, and the partners with settings of their own."""

from functions.catalogue.model import NAME_ID, Fetch, ObjectType, Read, Relationship
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
    unrestored="this release does not write the policy; set allowedCloudEndpoints again from the record.",
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
    read_only=frozenset({"isServiceDefault"}),
    references=_OURS,
    depends_on=_NAMED,
    unrestored="this release does not write the default; set it again by hand, the inbound trust last.",
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
            notes="whether people of the partner are created here; a partner may have none",
        ),
    ),
    read_only=frozenset({"isInMultiTenantOrganization", "isServiceProvider", "tenantId"}),
    references=_OURS,
    depends_on=_NAMED,
    unrestored="this release does not write partners; add the tenant again and set what in the record is not null.",
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
    unrestored="this release does not write templates; set it again by hand, or reset it to Microsoft's.",
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
    unrestored="this release does not write templates; set it again by hand, or reset it to Microsoft's.",
    notes=(
        "Whether people of a tenant that joins the multi-tenant organization are created here. The global cloud alone "
        "has it."
    ),
)

ENTRIES: tuple[ObjectType, ...] = (POLICY, DEFAULT, PARTNERS, PARTNER_TEMPLATE, SYNCHRONIZATION_TEMPLATE)
