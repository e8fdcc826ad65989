"""Conditional Access policies and named locations: one request a second for the whole tenant, all apps together."""

from functions.catalogue.licences import P1
from functions.catalogue.model import Deletes, Lost, ObjectType, Preset, Restore, Stage
from functions.catalogue.refusals import absent, refused, unlicensed

_BUCKET = "conditionalAccess"
_SERIAL = "conditionalAccess"  # about one write a second is all that the tenant takes
_SCOPE = "Policy.Read.All"
_APPLICATIONS = ("applications", "servicePrincipals")  # by appId, which either has
_TOLERATES = (*unlicensed(), *refused(_SCOPE), *absent())
_WRITE_SCOPES = ("Policy.Read.All", "Policy.ReadWrite.ConditionalAccess")

# That Graph keeps a description it is sent is unverified: the metadata has the property and no page describes it.
_POLICY = frozenset({"conditions", "description", "displayName", "grantControls", "sessionControls", "state"})
_LOCATION = frozenset(
    {
        "@odata.type",  # says which kind of location it is; Graph refuses a body without it
        "countriesAndRegions",
        "countryLookupMethod",
        "displayName",
        "includeUnknownCountriesAndRegions",
        "ipRanges",
        "isTrusted",
    }
)

NAMED_LOCATIONS = ObjectType(
    key="namedLocations",
    title="Named locations",
    path="/identity/conditionalAccess/namedLocations",
    bucket=_BUCKET,
    bin="deletedNamedLocations",
    natural_keys=("displayName",),
    read_scopes=(_SCOPE,),
    licence=P1,
    preset=Preset.ESSENTIAL,
    tolerates=_TOLERATES,
    read_only=frozenset({"createdDateTime", "deletedDateTime", "id", "modifiedDateTime"}),
    restore=Restore(
        collection="/identity/conditionalAccess/namedLocations",
        create=_LOCATION,
        update=_LOCATION,
        required=frozenset({"@odata.type", "displayName"}),
        stage=Stage.POLICIES,
        undelete="/identity/conditionalAccess/deletedItems/namedLocations/{id}/restore",
        deleted="/identity/conditionalAccess/deletedItems/namedLocations/{id}",
        deletes=Deletes.SOFT,
        serial=_SERIAL,
        write_scopes=_WRITE_SCOPES,
        lost=(
            Lost(
                what="Whether a location is a list of addresses or of countries",
                why="The kind is fixed when the location is created.",
                todo="If the live location is of the other kind, rename or remove it and restore again.",
                planned=False,
            ),
            Lost(
                what="The id of a location deleted for good",
                why="A re-created location gets a new id.",
                todo="Restore the policies that name it: they follow the new id.",
                planned=False,
            ),
        ),
    ),
    notes=(
        "The recycle bin of locations and policies is described for the global cloud only and may refuse an app; the "
        "restore then re-creates. No page size is documented, so none is sent."
    ),
)

CONDITIONAL_ACCESS_POLICIES = ObjectType(
    key="conditionalAccessPolicies",
    title="Conditional Access policies",
    path="/identity/conditionalAccess/policies",
    also_beta=True,
    bucket=_BUCKET,
    bin="deletedConditionalAccessPolicies",
    natural_keys=("displayName",),
    read_scopes=(_SCOPE,),
    licence=P1,
    preset=Preset.ESSENTIAL,
    tolerates=_TOLERATES,
    read_only=frozenset({"createdDateTime", "deletedDateTime", "id", "modifiedDateTime", "templateId"}),
    references=(
        "conditions.applications.excludeApplications",
        "conditions.applications.includeApplications",
        "conditions.clientApplications.excludeServicePrincipals",
        "conditions.clientApplications.includeServicePrincipals",
        "conditions.devices.deviceFilter.rule",
        "conditions.locations.excludeLocations",
        "conditions.locations.includeLocations",
        "conditions.users.excludeGroups",
        "conditions.users.excludeRoles",
        "conditions.users.excludeUsers",
        "conditions.users.includeGroups",
        "conditions.users.includeRoles",
        "conditions.users.includeUsers",
        "grantControls.authenticationStrength.id",
        "grantControls.termsOfUse",
    ),
    leads_to={
        "conditions.applications.excludeApplications": _APPLICATIONS,
        "conditions.applications.includeApplications": _APPLICATIONS,
        "conditions.clientApplications.excludeServicePrincipals": ("servicePrincipals",),
        "conditions.clientApplications.includeServicePrincipals": ("servicePrincipals",),
        "conditions.devices.deviceFilter.rule": ("devices", "servicePrincipals"),  # deviceId, mdmAppId
        "conditions.locations.excludeLocations": ("namedLocations",),
        "conditions.locations.includeLocations": ("namedLocations",),
        "conditions.users.excludeGroups": ("groups",),
        "conditions.users.excludeRoles": ("roleDefinitions",),
        "conditions.users.excludeUsers": ("users",),
        "conditions.users.includeGroups": ("groups",),
        "conditions.users.includeRoles": ("roleDefinitions",),
        "conditions.users.includeUsers": ("users",),
        "grantControls.authenticationStrength.id": ("authenticationStrengthPolicies",),
        "grantControls.termsOfUse": ("termsOfUseAgreements",),
    },
    depends_on=(
        "users",
        "groups",
        "applications",
        "servicePrincipals",
        "roleDefinitions",
        "namedLocations",
        "authenticationStrengthPolicies",
        "authenticationContextClassReferences",
    ),
    restore=Restore(
        collection="/identity/conditionalAccess/policies",
        create=_POLICY,
        update=_POLICY,
        required=frozenset({"conditions", "displayName", "state"}),
        undelete="/identity/conditionalAccess/deletedItems/policies/{id}/restore",
        deleted="/identity/conditionalAccess/deletedItems/policies/{id}",
        deletes=Deletes.SOFT,
        serial=_SERIAL,
        write_scopes=(*_WRITE_SCOPES, "Application.Read.All"),  # a policy names applications
        lost=(
            Lost(
                what="The state of a policy that has to be re-created",
                why="It comes back report-only, so that a restore cannot lock anybody out.",
                todo="Watch the report, check the emergency accounts, then switch the policy on yourself.",
                planned=False,
            ),
            Lost(
                what="The id of a policy deleted for good",
                why="A re-created policy gets a new id.",
                todo="Update what names the old id outside Entra ID, such as alerts and reports.",
                planned=False,
            ),
            Lost(
                what="Terms of use that no longer exist",
                why="Graph lets no application create them, and a new one has a new id that nobody has accepted.",
                todo="Create them in the portal and name them in the policy by hand.",
                planned=False,
            ),
            Lost(
                what="Policies that use preview features",
                why="Graph shows and takes them through beta alone, and a restore writes through v1.0.",
                todo="Rebuild the policy by hand from its record.",
                planned=False,
            ),
        ),
    ),
    notes=(
        "Includes and excludes hold ids or keywords (All, None, Office365 and others): applications by appId, "
        "roles by template id, authentication contexts by c1 to c99. v1.0 leaves out policies that use preview "
        "features, so beta is listed too and what only it has is added. An authentication strength comes inside the "
        "policy, so a change of the strength is a change of each policy that names it. Filters for devices may name "
        "devices; filters for applications name custom security attributes, which have no ids. China has no risk "
        "conditions and no authentication strengths."
    ),
)
