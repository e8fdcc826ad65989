"""Devices, with their registered owners and users. For reference: a device object alone does not re-join hardware."""

from functions.catalogue.model import Fetch, ObjectType, Relationship
from functions.catalogue.refusals import refused

DEVICES = ObjectType(
    key="devices",
    title="Devices",
    path="/devices",
    select=(
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
    ),
    extension_values="Device",
    page_size=999,  # as for the other directory lists; the device page states none
    relationships=(
        Relationship(name="registeredOwners", fetch=Fetch.EXPAND, read_scopes=("Device.Read.All",)),
        Relationship(name="registeredUsers", fetch=Fetch.EXPAND, read_scopes=("Device.Read.All",)),
    ),
    aliases=("deviceId",),
    natural_keys=("deviceId",),
    read_scopes=("Device.Read.All",),
    tolerates=refused("Device.Read.All"),
    volatile=frozenset({"approximateLastSignInDateTime", "complianceExpirationDateTime", "onPremisesLastSyncDateTime"}),
    read_only=frozenset(
        {
            "deletedDateTime",
            "id",
            "isManagementRestricted",
            "isRooted",
            "managementType",
            "onPremisesSecurityIdentifier",
            "onPremisesSyncEnabled",
            "physicalIds",
            "registrationDateTime",
            "systemLabels",
            "trustType",
        }
    ),
    depends_on=("users",),
    unrestored="a device object alone does not join a machine again: its keys live on the machine, which has to be "
    "joined or registered anew.",
    notes=(
        "For reference and comparison. Re-creating a device object does not join the machine again: its keys and "
        "certificates live on it. extensionAttributes, BitLocker keys and LAPS passwords are types of their own."
    ),
)
