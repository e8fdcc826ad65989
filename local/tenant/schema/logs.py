"""Kinds of log events: sign-ins, directory audits, provisioning; and how each log is asked for and kept.

Which operators a time may be compared with is what each list's page names. How a Free tenant's directory audits are
cut off is the documented retention; that a query beyond it is answered, and not refused, is unverified.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from local.tenant.schema.model import CHINA, Kind
from local.tenant.schema.notation import table, types

_READ = "AuditLog.Read.All"
_PREMIUM = frozenset({"AAD_PREMIUM", "AAD_PREMIUM_P2"})
_PAGE = 1000  # documented for sign-ins, and assumed for the others

COMPLEX = types(
    {
        "signInStatus": """
            errorCode int
            failureReason string?
            additionalDetails string?""",
        "signInDevice": """
            deviceId string?
            displayName string?
            operatingSystem string?
            browser string?
            isCompliant bool?
            isManaged bool?
            trustType string?""",
        "signInLocation": """
            city string?
            state string?
            countryOrRegion string?
            geoCoordinates open?""",
        "appliedPolicy": """
            id string
            displayName string?
            enforcedGrantControls string[] set
            enforcedSessionControls string[] set
            result string""",
        "auditUser": """
            id string?
            displayName string?
            userPrincipalName string?
            ipAddress string?
            userType string?
            homeTenantId string?
            homeTenantName string?""",
        "auditApp": """
            appId string?
            displayName string?
            servicePrincipalId string?
            servicePrincipalName string?""",
        "auditInitiator": """
            user auditUser?
            app auditApp?""",
        "modifiedProperty": """
            displayName string?
            oldValue string?
            newValue string?""",
        "auditTarget": """
            id string?
            displayName string?
            type string?
            userPrincipalName string?
            groupType string?
            modifiedProperties modifiedProperty[]""",
        "provisioningError": """
            errorCategory string?
            errorCode string?
            reason string?
            additionalDetails string?
            recommendedAction string?""",
        "provisioningStatus": """
            status string
            errorInformation provisioningError?""",
        "provisioningStep": """
            name string
            provisioningStepType string
            status string
            description string?
            details open""",
        "provisioningSystem": """
            id string
            displayName string
            details open""",
        "provisionedIdentity": """
            id string
            displayName string
            identityType string
            details open""",
        "provisioningInitiator": """
            id string
            displayName string
            initiatorType string""",
        "provisioningPrincipal": """
            id string
            displayName string""",
    }
)

SIGN_IN = Kind(
    name="signIn",
    collection="signIns",
    path="/auditLogs/signIns",
    query=frozenset({"$filter", "$select", "$top"}),
    default_top=_PAGE,
    max_top=_PAGE,
    methods=frozenset(),
    bucket="reports",
    reads=(_READ,),
    licence=_PREMIUM,
    not_in=CHINA,
    properties=table("""
        id guid ro
        createdDateTime datetime ro
        userDisplayName string? ro
        userPrincipalName string? ro
        userId string ro
        appId string? ro
        appDisplayName string? ro
        ipAddress string? ro
        clientAppUsed string? ro
        correlationId string? ro
        conditionalAccessStatus string? ro
        isInteractive bool? ro
        riskDetail string? ro
        riskLevelAggregated string? ro
        riskLevelDuringSignIn string? ro
        riskState string? ro
        riskEventTypes string[] ro set
        riskEventTypes_v2 string[] ro set
        resourceDisplayName string? ro
        resourceId string? ro
        status signInStatus ro
        deviceDetail signInDevice? ro
        location signInLocation? ro
        appliedConditionalAccessPolicies appliedPolicy[] ro set
    """),
)

DIRECTORY_AUDIT = Kind(
    name="directoryAudit",
    collection="directoryAudits",
    path="/auditLogs/directoryAudits",
    query=frozenset({"$filter", "$orderby", "$select", "$top"}),
    default_top=_PAGE,
    max_top=_PAGE,
    methods=frozenset(),
    bucket="reports",
    reads=(_READ,),
    not_in=CHINA,
    properties=table("""
        id string ro
        activityDateTime datetime ro
        activityDisplayName string ro
        category string ro
        correlationId string? ro
        loggedByService string? ro
        operationType string? ro
        result string? ro
        resultReason string? ro
        initiatedBy auditInitiator? ro
        targetResources auditTarget[] ro
        additionalDetails keyValue[] ro
    """),
)

PROVISIONING = Kind(
    name="provisioningObjectSummary",
    collection="provisioning",
    path="/auditLogs/provisioning",
    query=frozenset({"$filter", "$orderby", "$select", "$top"}),
    default_top=_PAGE,
    max_top=_PAGE,
    methods=frozenset(),
    bucket="reports",
    reads=("ProvisioningLog.Read.All", _READ),
    licence=_PREMIUM,  # not documented with the API
    not_in=CHINA,
    properties=table("""
        id guid ro
        activityDateTime datetime ro
        tenantId guid ro
        jobId string ro
        cycleId string ro
        changeId string ro
        provisioningAction string ro
        durationInMilliseconds int ro
        provisioningStatusInfo provisioningStatus ro
        provisioningSteps provisioningStep[] ro
        modifiedProperties modifiedProperty[] ro set
        servicePrincipal provisioningPrincipal ro
        sourceSystem provisioningSystem ro
        targetSystem provisioningSystem ro
        initiatedBy provisioningInitiator ro
        sourceIdentity provisionedIdentity ro
        targetIdentity provisionedIdentity ro
    """),
)

KINDS: tuple[Kind, ...] = (SIGN_IN, DIRECTORY_AUDIT, PROVISIONING)


@dataclass(frozen=True, slots=True)
class Log:
    """`time` is the property that says when; `compares` are the operators it may be filtered with; `digits` of a
    second are written out."""

    time: str
    compares: frozenset[str]
    digits: int = 7


LOGS: Mapping[str, Log] = {
    SIGN_IN.name: Log("createdDateTime", frozenset({"eq", "ge", "le"})),
    DIRECTORY_AUDIT.name: Log("activityDateTime", frozenset({"eq", "ge", "le"})),
    PROVISIONING.name: Log("activityDateTime", frozenset({"eq", "gt", "lt"}), digits=0),
}
KEPT_DAYS, KEPT_DAYS_FREE = 30, 7
PREMIUM = _PREMIUM
