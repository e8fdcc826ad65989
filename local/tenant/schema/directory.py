"""Kinds around users, groups and applications: contacts, settings of a group, classified permissions, provisioning
jobs, remote desktop, and how people sign in."""

from local.tenant.schema import sign_in_methods
from local.tenant.schema.model import Held, Kind, LinkRule, links
from local.tenant.schema.notation import table, types

_READ_ONLY: frozenset[str] = frozenset()
_SYNCHRONIZATION = ("Synchronization.Read.All", "Synchronization.ReadWrite.All")

COMPLEX = types(
    {
        "physicalOfficeAddress": """
            city string?
            countryOrRegion string?
            officeLocation string?
            postalCode string?
            state string?
            street string?""",
        "phone": """
            language string?
            number string?
            region string?
            type string?""",
        "keyValuePair": """
            name string
            value string?""",
        "synchronizationSchedule": """
            expiration datetime?
            interval string?
            state string""",
        "synchronizationTaskExecution": """
            activityIdentifier string?
            countEntitled int
            countEntitledForProvisioning int
            countEscrowed int
            countEscrowedRaw int
            countExported int
            countExports int
            countImported int
            countImportedDeltas int
            countImportedReferenceDeltas int
            error open?
            state string
            timeBegan datetime
            timeEnded datetime""",
        "synchronizationStatus": """
            code string
            countSuccessiveCompleteFailures int
            escrowsPruned bool
            lastExecution synchronizationTaskExecution?
            lastSuccessfulExecution synchronizationTaskExecution?
            lastSuccessfulExecutionWithExports synchronizationTaskExecution?
            progress open[]
            quarantine open?
            steadyStateFirstAchievedTime datetime
            steadyStateLastAchievedTime datetime
            synchronizedEntryCountByType open[]
            troubleshootingUrl string?""",
        "attributeMapping": """
            defaultValue string?
            exportMissingReferences bool
            flowBehavior string
            flowType string
            matchingPriority int
            source open
            targetAttributeName string""",
        "objectMapping": """
            attributeMappings attributeMapping[]
            enabled bool
            flowTypes string
            metadata open[]
            name string
            scope open?
            sourceObjectName string
            targetObjectName string""",
        "synchronizationRule": """
            containerFilter open?
            editable bool
            groupFilter open?
            id string
            metadata open[]
            name string
            objectMappings objectMapping[]
            priority int
            sourceDirectoryName string
            targetDirectoryName string""",
    }
)

ORG_CONTACT = Kind(
    name="orgContact",
    collection="contacts",
    path="/contacts",  # page sizes are not confirmed: 100 and 999 as for the other directory lists
    delta=True,
    methods=_READ_ONLY,
    open=True,
    directory_object=True,
    reads=("OrgContact.Read.All", "Directory.Read.All"),
    properties=table("""
        id guid ro
        deletedDateTime datetime? ro
        addresses physicalOfficeAddress[]
        companyName string?
        department string?
        displayName string?
        givenName string?
        jobTitle string?
        mail string?
        mailNickname string?
        onPremisesLastSyncDateTime datetime? ro volatile
        onPremisesProvisioningErrors onPremisesProvisioningError[] ro
        onPremisesSyncEnabled bool? ro
        phones phone[]
        proxyAddresses string[] set
        serviceProvisioningErrors serviceProvisioningError[] ro
        surname string?
    """),
    links=links(
        LinkRule(name="manager", to=("user", "orgContact"), single=True),
        LinkRule(name="directReports", to=("user", "orgContact"), held=Held.INVERSE, via="manager"),
        LinkRule(name="memberOf", to=("group",), held=Held.INVERSE, via="members"),
    ),
)

# Graph calls it groupSetting, as it does the tenant's own settings at /groupSettings; they are lists apart.
GROUP_SETTING_OVERRIDE = Kind(
    name="groupSettingOverride",
    collection="settings",
    path="",
    parents=("/groups/{id}/settings",),
    query=frozenset({"$select"}),
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=("templateId", "values"),
    writes_with=("GroupSettings.ReadWrite.All", "Directory.ReadWrite.All"),
    properties=table("""
        id guid ro
        displayName string? ro
        templateId guid create
        values settingValue[] set
    """),
)

DELEGATED_PERMISSION_CLASSIFICATION = Kind(
    name="delegatedPermissionClassification",
    collection="delegatedPermissionClassifications",
    path="",
    parents=("/servicePrincipals/{id}/delegatedPermissionClassifications",),
    query=frozenset({"$select", "$filter", "$top", "$count", "$expand"}),
    methods=frozenset({"POST", "DELETE"}),
    writes_with=("Policy.ReadWrite.PermissionGrant",),
    required=("classification", "permissionId"),
    properties=table("""
        id string ro
        classification string create
        permissionId string create
        permissionName string create
    """),
)

SYNCHRONIZATION_JOB = Kind(
    name="synchronizationJob",
    collection="jobs",
    path="",
    parents=("/servicePrincipals/{id}/synchronization/jobs",),
    query=frozenset(),
    methods=_READ_ONLY,
    reads=_SYNCHRONIZATION,
    properties=table("""
        id string ro
        schedule synchronizationSchedule?
        status synchronizationStatus? volatile
        synchronizationJobSettings keyValuePair[] set
        templateId string?
    """),
    links=links(
        LinkRule(
            name="schema",
            to=("synchronizationSchema",),
            single=True,
            held=Held.CONTAINED,
            expand=False,
            reads=_SYNCHRONIZATION,
        )
    ),
)

SYNCHRONIZATION_SCHEMA = Kind(
    name="synchronizationSchema",
    collection="schema",
    path="",
    parents=("/servicePrincipals/{id}/synchronization/jobs/{id}/schema",),
    query=frozenset(),
    methods=_READ_ONLY,
    reads=_SYNCHRONIZATION,
    properties=table("""
        id string ro
        directories open[]
        synchronizationRules synchronizationRule[]
        version string?
    """),
)

REMOTE_DESKTOP_SECURITY_CONFIGURATION = Kind(
    name="remoteDesktopSecurityConfiguration",
    collection="remoteDesktopSecurityConfiguration",
    path="",
    parents=("/servicePrincipals/{id}/remoteDesktopSecurityConfiguration",),
    query=frozenset({"$expand"}),
    methods=_READ_ONLY,
    properties=table("""
        id guid ro
        isRemoteDesktopProtocolEnabled bool
    """),
    links=links(
        LinkRule(name="approvedClientApps", to=("approvedClientApp",), held=Held.CONTAINED),
        LinkRule(name="targetDeviceGroups", to=("targetDeviceGroup",), held=Held.CONTAINED),
    ),
)

TARGET_DEVICE_GROUP = Kind(
    name="targetDeviceGroup",
    collection="targetDeviceGroups",
    path="",
    parents=("/servicePrincipals/{id}/remoteDesktopSecurityConfiguration/targetDeviceGroups",),
    query=frozenset(),
    methods=_READ_ONLY,
    keys=("id",),
    properties=table("""
        id guid create
        displayName string?
    """),
)

APPROVED_CLIENT_APP = Kind(
    name="approvedClientApp",
    collection="approvedClientApps",
    path="",
    parents=("/servicePrincipals/{id}/remoteDesktopSecurityConfiguration/approvedClientApps",),
    query=frozenset(),
    methods=_READ_ONLY,
    keys=("id",),
    properties=table("""
        id guid create
        displayName string?
    """),
)

KINDS = (
    ORG_CONTACT,
    GROUP_SETTING_OVERRIDE,
    DELEGATED_PERMISSION_CLASSIFICATION,
    SYNCHRONIZATION_JOB,
    SYNCHRONIZATION_SCHEMA,
    REMOTE_DESKTOP_SECURITY_CONFIGURATION,
    TARGET_DEVICE_GROUP,
    APPROVED_CLIENT_APP,
    *sign_in_methods.KINDS,
)
