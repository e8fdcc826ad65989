"""The tenant as a whole: domains, branding, subscriptions, the multitenant organization, federations with others."""

from functions.catalogue.model import (
    GUID_ID,
    NAME_ID,
    Fetch,
    Lost,
    ObjectType,
    Preset,
    Read,
    Relationship,
    Restore,
    Stage,
)
from functions.catalogue.refusals import absent, refused

_DOMAIN = "Domain.Read.All"
_FEDERATION = "Domain-InternalFederation.Read.All"
_BRANDING = "OrganizationalBranding.Read.All"
_LICENCES = "LicenseAssignment.Read.All"
_ALLIANCE = "MultiTenantOrganization.Read.All"
_PROVIDERS = "IdentityProvider.Read.All"
_GLOBAL_ONLY = frozenset({"china", "usGov", "usGovDoD"})
_WRITE_ALLIANCE = ("MultiTenantOrganization.ReadWrite.All",)
_FEDERATED = frozenset(
    {
        "displayName",
        "issuerUri",
        "metadataExchangeUri",
        "passiveSignInUri",
        "preferredAuthenticationProtocol",
        "signingCertificate",
    }
)
_BRANDED = frozenset(
    {
        "backgroundColor",
        "contentCustomization",
        "customAccountResetCredentialsUrl",
        "customCannotAccessYourAccountText",
        "customCannotAccessYourAccountUrl",
        "customForgotMyPasswordText",
        "customPrivacyAndCookiesText",
        "customPrivacyAndCookiesUrl",
        "customResetItNowText",
        "customTermsOfUseText",
        "customTermsOfUseUrl",
        "headerBackgroundColor",
        "loginPageLayoutConfiguration",
        "loginPageTextVisibilitySettings",
        "signInPageText",
        "usernameHintText",
    }
)

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
            "manufacturer",
            "model",
            "state",
        }
    ),
    restore=Restore(
        collection="/domains",
        create=frozenset(),
        update=frozenset(
            {"isDefault", "passwordNotificationWindowInDays", "passwordValidityPeriodInDays", "supportedServices"}
        ),
        stage=Stage.DEFINITIONS,
        keeps_id=True,
        write_scopes=("Domain.ReadWrite.All",),
        lost=(
            Lost(
                what="A domain that is gone",
                why="It is added by its name and has to be proved by a record in its DNS zone, which no application "
                "can do.",
                todo="Add it again, set the TXT record that verificationDnsRecords of the new domain names, verify it, "
                "then make a new plan.",
                planned=False,
            ),
            Lost(
                what="Federation of a domain (authenticationType, federationConfiguration)",
                why="Whoever holds the signing certificate can sign in as anybody of the domain, so no plan ever "
                "writes it.",
                todo="Compare federationConfiguration with the record. Set it up by hand, with the certificate that "
                "the federation service has today.",
                planned=False,
            ),
        ),
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
    unrestored=(
        "it is the same branding as the localization whose id is 0, and comes back with that one: restore "
        "organizationalBrandingLocalizations."
    ),
    notes=(
        "The default branding of the sign-in pages; empty where none is set. Its images are read with the localization "
        "whose id is 0, which is the same branding. The documentation asks for Accept-Language: 0; that Graph answers "
        "with the default where no language is named is unverified. Themes are on beta only and are not read."
    ),
)

_IMAGES = ("backgroundImage", "bannerLogo", "customCSS", "favicon", "headerLogo", "squareLogo", "squareLogoDark")


def _image(name: str) -> Relationship:
    return Relationship(name=name, fetch=Fetch.STREAM, contained=True, restorable=True, read_scopes=(_BRANDING,))


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
    relationships=tuple(_image(name) for name in _IMAGES),
    read_only=frozenset({"cdnList", *(f"{name}RelativeUrl" for name in _IMAGES)}),
    depends_on=("organizationalBranding",),
    restore=Restore(
        collection="/organization/{tenant}/branding/localizations",
        create=_BRANDED | {"id"},
        update=_BRANDED,
        required=frozenset({"id"}),
        stage=Stage.POLICIES,
        keeps_id=True,
        serial="branding",
        write_scopes=("OrganizationalBranding.ReadWrite.All",),
        lost=(
            Lost(
                what="Images that were not in the backup",
                why="A restore puts images back and takes none away.",
                todo="Remove them on the page Company branding of the portal.",
                planned=False,
            ),
        ),
    ),
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
    restore=Restore(
        collection="/tenantRelationships/multiTenantOrganization",
        create=frozenset(),
        update=frozenset({"description", "displayName"}),
        stage=Stage.POLICIES,
        write_scopes=_WRITE_ALLIANCE,
        lost=(
            Lost(
                what="A multitenant organization that was left or dissolved",
                why="Founding one is a decision of its own, and every other tenant has to join it by itself.",
                todo="Found it again in the portal, add the tenants of the record, and have each of them join.",
                planned=False,
            ),
        ),
    ),
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
    restore=Restore(
        collection="/tenantRelationships/multiTenantOrganization/tenants",
        create=frozenset({"displayName", "role", "tenantId"}),
        update=frozenset({"role"}),
        required=frozenset({"displayName", "tenantId"}),
        stage=Stage.POLICIES,
        keeps_id=True,
        write_scopes=_WRITE_ALLIANCE,
        lost=(
            Lost(
                what="That the tenant has joined",
                why="A tenant that is added is pending until an administrator of its own joins; only a tenant that "
                "owns the organization can add it.",
                todo="Ask the administrators of that tenant to join again.",
            ),
        ),
    ),
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
    restore=Restore(
        collection="/directory/federationConfigurations/microsoft.graph.samlOrWsFedExternalDomainFederation",
        create=_FEDERATED | {"domains"},
        update=_FEDERATED,
        required=frozenset({"displayName", "domains", "issuerUri", "passiveSignInUri", "signingCertificate"}),
        stage=Stage.POLICIES,
        unique=True,
        write_scopes=("IdentityProvider.ReadWrite.All",),
        lost=(
            Lost(
                what="Domains that were added to a federation or taken from it",
                why="Graph takes the domains of a federation only when it is made.",
                todo="Change the domains on the page All identity providers of the portal.",
                planned=False,
            ),
        ),
    ),
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
