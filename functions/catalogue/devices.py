"""Devices, with their registered owners and users. For reference: a device object alone does not re-join hardware."""

from functions.catalogue.model import Fetch, Lost, ObjectType, Relationship, Restore, Stage
from functions.catalogue.refusals import refused

_SELECT = (
    "id",
    "deletedDateTime",
    "accountEnabled",
    "alternativeSecurityIds",
    "approximateLastSignInDateTime",
    "complianceExpirationDateTime",
    "deviceCategory",
    "deviceId",
    "deviceMetadata",
    "deviceOwnership",
    "deviceVersion",
    "displayName",
    "enrollmentProfileName",
    "enrollmentType",
    "isCompliant",
    "isManaged",
    "isManagementRestricted",
    "isRooted",
    "managementType",
    "manufacturer",
    "mdmAppId",
    "model",
    "onPremisesLastSyncDateTime",
    "onPremisesSecurityIdentifier",
    "onPremisesSyncEnabled",
    "operatingSystem",
    "operatingSystemVersion",
    "physicalIds",
    "profileType",
    "registrationDateTime",
    "systemLabels",
    "trustType",
)

DEVICES = ObjectType(
    key="devices",
    title="Devices",
    path="/devices",
    select=_SELECT,
    extension_values="Device",
    page_size=999,  # as for the other directory lists; the device page states none
    relationships=(
        Relationship(name="registeredOwners", fetch=Fetch.EXPAND, restorable=True, read_scopes=("Device.Read.All",)),
        Relationship(name="registeredUsers", fetch=Fetch.EXPAND, restorable=True, read_scopes=("Device.Read.All",)),
    ),
    aliases=("deviceId",),
    natural_keys=("deviceId",),
    read_scopes=("Device.Read.All",),
    tolerates=refused("Device.Read.All"),
    volatile=frozenset({"approximateLastSignInDateTime", "complianceExpirationDateTime", "onPremisesLastSyncDateTime"}),
    read_only=frozenset(_SELECT) - {"accountEnabled"},
    depends_on=("users",),
    restore=Restore(
        collection="/devices",
        create=frozenset(),
        update=frozenset({"accountEnabled"}),
        stage=Stage.PRINCIPALS,
        write_scopes=("Device.ReadWrite.All",),
        lost=(
            Lost(
                what="A device that is no longer in the tenant",
                why="A device object alone does not join a machine again: its keys and certificates live on it.",
                todo="Join or register the machine anew; it gets a new object.",
                planned=False,
            ),
            Lost(
                what="What the device or its management reports: names, versions, ownership, compliance, categories",
                why="Only the device itself, or the service that manages it, may write it.",
                todo="It returns with the next check-in of the device.",
                planned=False,
            ),
        ),
    ),
    notes=(
        "Of a device that is there, whether it is enabled and who it is registered to can be restored; to enable or "
        "disable one, the restorer also needs the directory role Cloud Device Administrator. extensionAttributes, "
        "BitLocker keys and LAPS passwords are types of their own."
    ),
)
