"""What the entries of Intune share: the version of the API, the bucket, the licence, permissions and references.

Intune is read from beta: v1.0 leaves out most kinds of profiles, the settings catalog, scripts and filters.
"""

from functools import partial

from functions.catalogue.licences import INTUNE
from functions.catalogue.model import GUID_ID, Fetch, ObjectType, Relationship, Tolerated
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

TARGETS = ("assignments.target.deviceAndAppManagementAssignmentFilterId", "assignments.target.groupId")
TARGETED = ("groups", "roleScopeTags", "assignmentFilters")
UNRESTORED = "this release does not write to Intune; create it again from the record, then assign it."

intune = partial(ObjectType, api="beta", bucket="intune", licence=INTUNE, unrestored=UNRESTORED)
below = partial(Relationship, fetch=Fetch.BATCH, contained=True, api="beta")


def tolerated(scope: str) -> tuple[Tolerated, ...]:
    """Without Intune, without the permission, or in a cloud that does not have it."""
    return (*no_intune(), *refused(scope), *absent())
