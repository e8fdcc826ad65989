"""Cross-tenant access: the policy, its default, its partners and how people of theirs are synchronised in."""

from local.tenant.schema.model import NATIONAL, Held, Kind, LinkRule, links
from local.tenant.schema.notation import table, types

READ = ("Policy.Read.All",)
SINGLE = frozenset({"$select"})
_WRITES = ("Policy.ReadWrite.CrossTenantAccess",)
_TEMPLATES = "/policies/crossTenantAccessPolicy/templates"

COMPLEX = types(
    {
        "crossTenantTarget": """
            target string
            targetType string""",
        "crossTenantTargets": """
            accessType string
            targets crossTenantTarget[] set""",
        "crossTenantB2BSetting": """
            usersAndGroups crossTenantTargets?
            applications crossTenantTargets?""",
        "devicesFilter": """
            mode string
            rule string""",
        "tenantRestrictions": """
            usersAndGroups crossTenantTargets?
            applications crossTenantTargets?
            devices devicesFilter?""",
        "inboundTrust": """
            isMfaAccepted bool?
            isCompliantDeviceAccepted bool?
            isHybridAzureADJoinedDeviceAccepted bool?""",
        "inboundOutbound": """
            inboundAllowed bool?
            outboundAllowed bool?""",
        "invitationRedemption": """
            primaryIdentityProviderPrecedenceOrder string[]
            fallbackIdentityProvider string""",
        "userSyncInbound": "isSyncAllowed bool?",
    }
)

_ACCESS_SETTINGS = """
    b2bCollaborationInbound crossTenantB2BSetting?
    b2bCollaborationOutbound crossTenantB2BSetting?
    b2bDirectConnectInbound crossTenantB2BSetting?
    b2bDirectConnectOutbound crossTenantB2BSetting?
    inboundTrust inboundTrust?
    tenantRestrictions tenantRestrictions? not_in=national
"""


def singleton(name: str, path: str, properties: str, **more: object) -> Kind:
    """A policy there is one of; read with Policy.Read.All unless something else is said."""
    values: dict[str, object] = {"reads": READ, "query": SINGLE, "methods": frozenset()} | more
    return Kind(
        name=name,
        collection=path.rpartition("/")[2],
        path=path,
        singleton=True,
        properties=table(properties),
        **values,  # type: ignore[arg-type]
    )


CROSS_TENANT_ACCESS_POLICY = singleton(
    "crossTenantAccessPolicy",
    "/policies/crossTenantAccessPolicy",
    """
    id guid ro
    displayName string
    description string?
    allowedCloudEndpoints string[] set
    """,
    methods=frozenset({"PATCH"}),
    writes_with=_WRITES,
)

CROSS_TENANT_DEFAULT = singleton(
    "crossTenantAccessPolicyConfigurationDefault",
    "/policies/crossTenantAccessPolicy/default",
    f"""
    id string ro
    isServiceDefault bool ro
    automaticUserConsentSettings inboundOutbound ro
    invitationRedemptionIdentityProviderConfiguration invitationRedemption?
    {_ACCESS_SETTINGS}
    """,
    methods=frozenset({"PATCH"}),
    writes_with=_WRITES,
)

CROSS_TENANT_PARTNER = Kind(
    name="crossTenantAccessPolicyConfigurationPartner",
    collection="partners",
    path="/policies/crossTenantAccessPolicy/partners",
    key_property="tenantId",
    query=frozenset({"$select", "$expand"}),
    reads=READ,
    writes_with=_WRITES,
    required=("tenantId",),
    properties=table(f"""
        tenantId string create
        isServiceProvider bool? ro
        isInMultiTenantOrganization bool? ro not_in=national
        automaticUserConsentSettings inboundOutbound
        {_ACCESS_SETTINGS}
    """),
    links=links(
        LinkRule(
            name="identitySynchronization",
            to=("crossTenantIdentitySyncPolicyPartner",),
            single=True,
            held=Held.CONTAINED,
        ),
    ),
)

IDENTITY_SYNCHRONIZATION = Kind(
    name="crossTenantIdentitySyncPolicyPartner",
    collection="identitySynchronization",
    path="",
    parents=("/policies/crossTenantAccessPolicy/partners/{id}/identitySynchronization",),
    key_property="tenantId",
    query=SINGLE,
    methods=frozenset({"PUT", "PATCH", "DELETE"}),
    writes_with=_WRITES,
    upsert=True,
    properties=table("""
        tenantId string ro
        displayName string?
        userSyncInbound userSyncInbound
    """),
)

PARTNER_TEMPLATE = singleton(
    "multiTenantOrganizationPartnerConfigurationTemplate",
    f"{_TEMPLATES}/multiTenantOrganizationPartnerConfiguration",
    """
    id guid ro
    templateApplicationLevel string
    automaticUserConsentSettings inboundOutbound
    b2bCollaborationInbound crossTenantB2BSetting?
    b2bCollaborationOutbound crossTenantB2BSetting?
    b2bDirectConnectInbound crossTenantB2BSetting?
    b2bDirectConnectOutbound crossTenantB2BSetting?
    inboundTrust inboundTrust?
    """,
    reads=("MultiTenantOrganization.Read.All",),
    methods=frozenset({"PATCH"}),
    writes_with=_WRITES,
    not_in=NATIONAL,
)

SYNCHRONIZATION_TEMPLATE = singleton(
    "multiTenantOrganizationIdentitySyncPolicyTemplate",
    f"{_TEMPLATES}/multiTenantOrganizationIdentitySynchronization",
    """
    id guid ro
    templateApplicationLevel string
    userSyncInbound userSyncInbound
    """,
    reads=("MultiTenantOrganization.Read.All",),
    methods=frozenset({"PATCH"}),
    writes_with=_WRITES,
    not_in=NATIONAL,
)

KINDS = (
    CROSS_TENANT_ACCESS_POLICY,
    CROSS_TENANT_DEFAULT,
    CROSS_TENANT_PARTNER,
    IDENTITY_SYNCHRONIZATION,
    PARTNER_TEMPLATE,
    SYNCHRONIZATION_TEMPLATE,
)
