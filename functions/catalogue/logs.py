"""The logs: sign-ins, directory audits, provisioning. Streams, not snapshots: each run adds the events that are new.

Directory audits belong to all configuration, because they tell who made the change that a diff shows, and Graph forgets
them. Sign-ins and provisioning are asked for by name: they are bulky, take long at five requests in ten seconds, and
sign-ins say where people were.
"""

from functions.catalogue.licences import P1
from functions.catalogue.model import NAME_ID, ObjectType, Outcome, Preset, Read, Tolerated
from functions.catalogue.refusals import absent, refused

_SCOPE = "AuditLog.Read.All"
_CHINA = frozenset({"china"})  # the API pages name the global service and US Government
_HISTORY = "an event is history: there is nothing to put back."
_PREMIUM = Tolerated(
    status=403,
    code="Authentication_RequestFromNonPremiumTenantOrB2CTenant",
    outcome=Outcome.UNLICENSED,
    remedy=(
        "Buy or assign Entra ID P1, or leave the type out of the backup. If the tenant has the licence, grant the "
        "reader identity Directory.Read.All as well: Graph has been known to miss the licence without it."
    ),
)

SIGN_INS = ObjectType(
    key="signIns",
    title="Sign-in log",
    path="/auditLogs/signIns",
    page_size=1000,
    read=Read.LOG,
    time="createdDateTime",
    bucket="reports",
    preset=Preset.EVERYTHING,
    name="userPrincipalName",
    read_scopes=(_SCOPE,),
    licence=P1,
    missing_in=_CHINA,
    tolerates=(_PREMIUM, *refused(_SCOPE), *absent()),
    unrestored=_HISTORY,
    notes=(
        "Interactive sign-ins of users: v1.0 lists no others. Graph keeps 30 days. An event is kept as it was first "
        "read, so a risk that is judged anew later does not show. Which Conditional Access policies applied is shown "
        "only to an identity that may read those policies."
    ),
)

DIRECTORY_AUDITS = ObjectType(
    key="directoryAudits",
    title="Directory audit log",
    path="/auditLogs/directoryAudits",
    read=Read.LOG,
    time="activityDateTime",
    bucket="reports",
    id_pattern=NAME_ID,
    name="activityDisplayName",
    ordered=frozenset({"targetResources"}),
    read_scopes=(_SCOPE,),
    missing_in=_CHINA,
    tolerates=(*refused(_SCOPE), *absent()),
    unrestored=_HISTORY,
    notes=(
        "Who changed what. Graph keeps 30 days with Entra ID P1 and 7 without. No page size is documented, so none is "
        "sent. modifiedProperties hold the old and new value as JSON inside a string."
    ),
)

PROVISIONING = ObjectType(
    key="provisioning",
    title="Provisioning log",
    path="/auditLogs/provisioning",
    read=Read.LOG,
    time="activityDateTime",
    time_strict=True,
    bucket="reports",
    preset=Preset.EVERYTHING,
    name="provisioningAction",
    ordered=frozenset({"provisioningSteps"}),
    read_scopes=(_SCOPE,),
    licence=P1,
    missing_in=_CHINA,
    tolerates=(_PREMIUM, *refused(_SCOPE), *absent()),
    unrestored=_HISTORY,
    notes=(
        "What the provisioning service did in other systems, or from them. ProvisioningLog.Read.All would do for this "
        "log alone; the permission of the other two covers it. That it takes Entra ID P1, and is kept for 30 days as "
        "sign-ins are, is unverified."
    ),
)

ENTRIES: tuple[ObjectType, ...] = (SIGN_INS, DIRECTORY_AUDITS, PROVISIONING)
