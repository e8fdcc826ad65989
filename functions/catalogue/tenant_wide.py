"""The tenant as a whole: domains, branding, subscriptions, the multitenant organization, federations with others."""

from functions.catalogue.model import GUID_ID, NAME_ID, Fetch, ObjectType, Preset, Read, Relationship
from functions.catalogue.refusals import absent, refused

_DOMAIN = "Domain.Read.All"
_FEDERATION = "Domain-InternalFederation.Read.All"
_BRANDING = "OrganizationalBranding.Read.All"
_LICENCES = "LicenseAssignment.Read.All"
_ALLIANCE = "MultiTenantOrganization.Read.All"
_PROVIDERS = "IdentityProvider.Read.All"
_GLOBAL_ONLY = frozenset({"china", "usGov", "usGovDoD"})

DOMAINS = ObjectType(
    key="domains",
    title="Domains",
    path="/domains",
    id_pattern=NAME_ID,
    name="id",
    natural_keys=("id",),
    read_scopes=(_DOMAIN,),
    preset=Preset.ESSENTIAL,
    tolerates=(*refused(_DOMAIN), *absent()),
    relationships=(
        Relationship(
            name="federationConfiguration",
            fetch=Fetch.BATCH,
            contained=True,
            only=("authenticationType", frozenset({"Federated"})),
            may_lack=True,  # a subdomain is federated through its root
            read_scopes=(_FEDERATION,),
            notes="How people of a federated domain sign in; signingCertificate is the public certificate.",
        ),
        Relationship(
            name="serviceConfigurationRecords",
            fetch=Fetch.BATCH,
            contained=True,
            read_scopes=(_DOMAIN,),
            notes="DNS records that the services expect, not what the zone holds.",
        ),
        Relationship(
            name="verificationDnsRecords",
            fetch=Fetch.BATCH,
            contained=True,
            read_scopes=(_DOMAIN,),
            notes="The DNS record that proves that the domain is owned.",
        ),
    ),
    read_only=frozenset(
        {
            "authenticationType",
            "availabilityStatus",
            "id",
            "isAdminManaged",
            "isInitial",
            "isRoot",
            "isVerified",
            "state",
        }
    ),
    unrestored=(
        "a domain is added by its name and verified through its DNS zone. Add it again, set the records of "
        "verificationDnsRecords, then convert it with what federationConfiguration holds."
    ),
    notes=(
        "The id is the DNS name. Read without $select, because a plain read leaves nothing out. Subdomains are "
        "federated through their root and have no configuration of their own. No page size is documented, so none is "
        "sent."
    ),
)

SUBSCRIBED_SKUS = ObjectType(
    key="subscribedSkus",
    title="Subscriptions and licences",
    path="/subscribedSkus",
    id_pattern=f"{GUID_ID}_{GUID_ID}",
    name="skuPartNumber",
    natural_keys=("skuId",),
    aliases=("skuId", "servicePlans.servicePlanId"),
    read_scopes=(_LICENCES,),
    preset=Preset.ESSENTIAL,
    tolerates=(*refused(_LICENCES), *absent()),
    volatile=frozenset({"consumedUnits"}),
    read_only=frozenset(
        {
            "accountId",
            "accountName",
            "appliesTo",
            "capabilityStatus",
            "id",
            "prepaidUnits",
            "servicePlans",
            "skuId",
            "skuPartNumber",
            "subscriptionIds",
        }
    ),
    unrestored="subscriptions are bought, not written. Compare servicePlans and prepaidUnits with the record.",
    notes=(
        "What the tenant has bought, with the service plans in it; who has which licence is in users and groups. How "
        "many units are in use is kept apart and makes no version."
    ),
)

ORGANIZATIONAL_BRANDING = ObjectType(
    key="organizationalBranding",
    title="Company branding",
    path="/organization/{tenant}/branding",
    read=Read.ONE,
    id_pattern=NAME_ID,
    name="signInPageText",
    read_scopes=(_BRANDING,),
    tolerates=(*refused(_BRANDING), *absent()),
    read_only=frozenset(
        {"backgroundImageRelativeUrl", "bannerLogoRelativeUrl", "cdnList", "id", "squareLogoRelativeUrl"}
    ),
    unrestored="this release does not write branding; set the texts and colours of the record in the portal again.",
    notes=(
        "The default branding of the sign-in pages; empty where none is set. Its images are read with the localization "
        "whose id is 0, which is the same branding. The documentation asks for Accept-Language: 0; that Graph answers "
        "with the default where no language is named is unverified. Themes are on beta only and are not read."
    ),
)


def _image(name: str) -> Relationship:
    return Relationship(name=name, fetch=Fetch.STREAM, contained=True, read_scopes=(_BRANDING,))


ORGANIZATIONAL_BRANDING_LOCALIZATIONS = ObjectType(
    key="organizationalBrandingLocalizations",
    title="Company branding by language",
    path="/organization/{tenant}/branding/localizations",
    id_pattern=NAME_ID,
    name="id",
    natural_keys=("id",),
    read_scopes=(_BRANDING,),
    tolerates=(
        *refused(_BRANDING),
        *absent(unset="No company branding is set, so there is nothing to read. Nothing to do."),
    ),
    relationships=(
        _image("backgroundImage"),
        _image("bannerLogo"),
        _image("customCSS"),
        _image("favicon"),
        _image("headerLogo"),
        _image("squareLogo"),
        _image("squareLogoDark"),
    ),
    read_only=frozenset({"backgroundImageRelativeUrl", "bannerLogoRelativeUrl", "cdnList", "squareLogoRelativeUrl"}),
    depends_on=("organizationalBranding",),
    unrestored="this release does not write branding; upload the images of the record in the portal again.",
    notes=(
        "One object a language, the default under the id 0, with its images and style sheet whole. That Graph answers "
        "404 where no branding is set is documented for the default branding and unverified for this list."
    ),
)

MULTI_TENANT_ORGANIZATION = ObjectType(
    key="multiTenantOrganization",
    title="Multitenant organization",
    path="/tenantRelationships/multiTenantOrganization",
    read=Read.ONE,
    identity="",
    id_pattern=NAME_ID,
    read_scopes=(_ALLIANCE,),
    missing_in=_GLOBAL_ONLY,
    tolerates=(*refused(_ALLIANCE), *absent()),
    read_only=frozenset({"createdDateTime", "id", "state"}),
    unrestored="this release does not write it; create the organization again and have the other tenants join.",
    notes=(
        "A tenant that is in none has an object all the same: without an id, its state inactive. A request to join "
        "that is under way is not read."
    ),
)

MULTI_TENANT_ORGANIZATION_MEMBERS = ObjectType(
    key="multiTenantOrganizationMembers",
    title="Tenants of the multitenant organization",
    path="/tenantRelationships/multiTenantOrganization/tenants",
    identity="tenantId",
    natural_keys=("tenantId",),
    read_scopes=(_ALLIANCE,),
    missing_in=_GLOBAL_ONLY,
    tolerates=(
        *refused(_ALLIANCE),
        *absent(unset="The tenant is in no multitenant organization, so there are no members. Nothing to do."),
    ),
    read_only=frozenset({"addedByTenantId", "addedDateTime", "joinedDateTime", "state", "transitionDetails"}),
    depends_on=("multiTenantOrganization",),
    unrestored="a tenant is invited and then joins by itself: add it again by its tenantId and role.",
    notes=(
        "Members have no id but tenantId. What this list answers in a tenant that is in no multitenant organization is "
        "unverified; a 404 is taken for that."
    ),
)

EXTERNAL_FEDERATIONS = ObjectType(
    key="externalFederations",
    title="SAML and WS-Fed federations with other organizations",
    path="/directory/federationConfigurations/microsoft.graph.samlOrWsFedExternalDomainFederation",
    natural_keys=("issuerUri",),
    read_scopes=(_PROVIDERS,),
    tolerates=(*refused(_PROVIDERS), *absent()),
    read_only=frozenset({"id"}),
    unrestored="this release does not write federations; post the properties and domains of the record again.",
    notes=(
        "Direct federation for guests, with the domains it is for. signingCertificate is the partner's public "
        "certificate. The documentation writes the cast as graph.samlOrWsFedExternalDomainFederation too."
    ),
)

ENTRIES: tuple[ObjectType, ...] = (
    DOMAINS,
    SUBSCRIBED_SKUS,
    ORGANIZATIONAL_BRANDING,
    ORGANIZATIONAL_BRANDING_LOCALIZATIONS,
    MULTI_TENANT_ORGANIZATION,
    MULTI_TENANT_ORGANIZATION_MEMBERS,
    EXTERNAL_FEDERATIONS,
)
