"""What the entries of Intune share: the version of the API, the bucket, the licence, permissions, references, writing.

Intune is read and written under beta: v1.0 leaves out most kinds of profiles, the settings catalog, scripts, filters.
Nothing of Intune has a recycle bin, so a restore never deletes any of it; assignments come when all else is there.
"""

from functools import partial

from functions.catalogue.licences import INTUNE
from functions.catalogue.model import GUID_ID, Fetch, Lost, ObjectType, Relationship, Restore, Stage, Tolerated
from functions.catalogue.refusals import absent, no_intune, refused

CONFIGURATION = "DeviceManagementConfiguration.Read.All"
SCRIPTS = "DeviceManagementScripts.Read.All"
SERVICE = "DeviceManagementServiceConfig.Read.All"
RBAC = "DeviceManagementRBAC.Read.All"
APPS = "DeviceManagementApps.Read.All"
DEVICES = "DeviceManagementManagedDevices.Read.All"

SUFFIXED_ID = GUID_ID + r"(_[0-9A-Za-z]{1,80})?"  # {guid}_DefaultLimit
LETTERED_ID = r"([A-Z]_)?" + GUID_ID  # T_{guid}
NUMBER_ID = r"[0-9]{1,10}"

KIND = "@odata.type"  # what an object is: it goes with every write of a collection of many kinds
TAGS = "roleScopeTagIds"
_FILTER = "assignments.target.deviceAndAppManagementAssignmentFilterId"
_GROUP = "assignments.target.groupId"
TARGETS = (_FILTER, _GROUP, TAGS)
TARGETED = ("groups", "roleScopeTags", "assignmentFilters")
TO_TAGS = {TAGS: ("roleScopeTags",)}
TO_TARGETS = {_FILTER: ("assignmentFilters",), _GROUP: ("groups",), **TO_TAGS}
# The same where assignments are a relationship.
BELOW = (f"@relationships.{_FILTER}", f"@relationships.{_GROUP}")
TO_BELOW = {BELOW[0]: ("assignmentFilters",), BELOW[1]: ("groups",), **TO_TAGS}

# What happened on devices is told of an object by its id, and begins again with a new one.
REPORTS = Lost(
    what="What devices have reported",
    why="Intune keeps it with the id of the old object, and a new one has another.",
    todo="Wait until the devices have checked in.",
)

intune = partial(ObjectType, api="beta", bucket="intune", licence=INTUNE)
below = partial(Relationship, fetch=Fetch.BATCH, contained=True, api="beta")


def tolerated(scope: str) -> tuple[Tolerated, ...]:
    """Without Intune, without the permission, or in a cloud that does not have it."""
    return (*no_intune(), *refused(scope), *absent())


def written(
    collection: str,
    scope: str,
    update: frozenset[str],
    *,
    create: frozenset[str] = frozenset(),
    required: frozenset[str] = frozenset({"displayName"}),
    method: str = "PATCH",
    lost: tuple[Lost, ...] = (REPORTS,),
) -> Restore:
    """How objects of a collection are written; `scope` is the permission that reads them, `create` what only a new
    object takes."""
    return Restore(
        collection=collection,
        create=update | create,
        update=update,
        required=required,
        method=method,
        stage=Stage.ACCESS,
        write_scopes=(scope.replace(".Read.", ".ReadWrite."),),
        lost=lost,
    )
