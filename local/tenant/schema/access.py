"""unifiedRoleDefinition, unifiedRoleAssignment, conditionalAccessPolicy, namedLocation."""

from local.tenant.schema.model import NATIONAL, Held, Kind, LinkRule, links
from local.tenant.schema.notation import table

ROLE_DEFINITION = Kind(
    name="unifiedRoleDefinition",
    collection="roleDefinitions",
    path="/roleManagement/directory/roleDefinitions",
    query=frozenset({"$select", "$expand", "$filter", "$top"}),  # page sizes are not documented: 100 and 999
    soft_delete=True,
    deleted_path="/roleManagement/directory/deletedItems/roleDefinitions",
    deleted_not_in=NATIONAL,
    reads=("RoleManagement.Read.Directory", "Directory.Read.All"),
    writes_with=("RoleManagement.ReadWrite.Directory",),
    properties=table("""
        id guid ro
        description string?
        displayName string
        isBuiltIn bool ro
        isEnabled bool
        isPrivileged bool? ro beta
        resourceScopes string[] ro set
        rolePermissions rolePermission[]
        templateId guid? create
        version string?
    """),
    links=links(LinkRule(name="inheritsPermissionsFrom", to=("unifiedRoleDefinition",))),
)

ROLE_ASSIGNMENT = Kind(
    name="unifiedRoleAssignment",
    collection="roleAssignments",
    path="/roleManagement/directory/roleAssignments",
    query=frozenset({"$select", "$expand", "$filter"}),
    methods=frozenset({"POST", "DELETE"}),
    reads=("RoleManagement.Read.Directory", "Directory.Read.All"),
    writes_with=("RoleManagement.ReadWrite.Directory",),
    properties=table("""
        id string ro
        principalId string create
        roleDefinitionId string create
        directoryScopeId string? create
        appScopeId string? create
        condition string? create
        principalOrganizationId string? ro not_in=national
    """),
    links=links(
        LinkRule(
            name="principal",
            to=("user", "group", "servicePrincipal"),
            single=True,
            held=Held.OWN,
            via="principalId",
        ),
        LinkRule(
            name="roleDefinition",
            to=("unifiedRoleDefinition",),
            single=True,
            held=Held.OWN,
            via="roleDefinitionId",
        ),
    ),
)

# What says for which applications a policy holds takes the right to read them
_NAMES_APPLICATIONS = ("Policy.ReadWrite.ConditionalAccess+Policy.Read.All+Application.Read.All",)

CONDITIONAL_ACCESS_POLICY = Kind(
    name="conditionalAccessPolicy",
    collection="policies",
    path="/identity/conditionalAccess/policies",
    query=frozenset({"$select", "$filter", "$top", "$skip", "$orderby", "$count"}),
    soft_delete=True,
    deleted_path="/identity/conditionalAccess/deletedItems/policies",
    bucket="conditionalAccess",
    preview=("sessionControls.continuousAccessEvaluation",),
    deleted_not_in=NATIONAL,
    reads=("Policy.Read.All",),
    writes_with=("Policy.ReadWrite.ConditionalAccess+Policy.Read.All",),
    writes_by={"POST": _NAMES_APPLICATIONS},
    properties=table("""
        id guid ro
        templateId string? create
        displayName string
        description string?
        createdDateTime datetime? ro
        modifiedDateTime datetime? ro
        deletedDateTime datetime? ro not_in=national
        state string
        conditions conditionSet writes_with=Policy.ReadWrite.ConditionalAccess+Policy.Read.All+Application.Read.All
        grantControls grantControls?
        sessionControls sessionControls?
    """),
)

NAMED_LOCATION = Kind(
    name="namedLocation",
    collection="namedLocations",
    path="/identity/conditionalAccess/namedLocations",
    query=frozenset({"$select", "$filter", "$top", "$skip", "$orderby", "$count"}),
    soft_delete=True,
    deleted_path="/identity/conditionalAccess/deletedItems/namedLocations",
    bucket="conditionalAccess",
    subtypes={
        "ipNamedLocation": ("isTrusted", "ipRanges"),
        "countryNamedLocation": (
            "countriesAndRegions",
            "countryLookupMethod",
            "includeUnknownCountriesAndRegions",
        ),
    },
    deleted_not_in=NATIONAL,
    reads=("Policy.Read.All",),
    writes_with=("Policy.ReadWrite.ConditionalAccess+Policy.Read.All",),
    properties=table("""
        id guid ro
        displayName string
        createdDateTime datetime? ro
        modifiedDateTime datetime? ro
        deletedDateTime datetime? ro not_in=national
        isTrusted bool
        ipRanges ipRange[] set
        countriesAndRegions string[] set
        countryLookupMethod string
        includeUnknownCountriesAndRegions bool
    """),
)

# which members came late is not confirmed beyond this one
LATER = {"conditionalAccessPolicy": {"grantControls.builtInControls": frozenset({"riskRemediation"})}}

KINDS = (ROLE_DEFINITION, ROLE_ASSIGNMENT, CONDITIONAL_ACCESS_POLICY, NAMED_LOCATION)
