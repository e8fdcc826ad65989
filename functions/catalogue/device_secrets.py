"""Secrets that devices leave with the directory: BitLocker recovery keys, passwords of local administrators (LAPS).

Graph writes an entry into the tenant's audit log for each recovery key that is read, so they are off by default.
"""

from functions.catalogue.model import ObjectType, Preset, Read
from functions.catalogue.refusals import absent, refused

_OFF = (
    "Off by default. Kept in a container of its own, which the people who may read backups need not be let into, and "
    "never answered over HTTP."
)

BITLOCKER_RECOVERY_KEYS = ObjectType(
    key="bitlockerRecoveryKeys",
    title="BitLocker recovery keys",
    path="/informationProtection/bitlocker/recoveryKeys",  # $top is not supported
    read=Read.EACH,
    detail=("id", "createdDateTime", "deviceId", "key", "volumeType"),
    name="deviceId",
    natural_keys=("deviceId", "volumeType", "createdDateTime"),
    read_scopes=("BitlockerKey.Read.All",),
    preset=Preset.EVERYTHING,
    private=True,
    tolerates=(*refused("BitlockerKey.Read.All"), *absent()),
    read_only=frozenset({"createdDateTime", "deviceId", "id", "key", "volumeType"}),
    references=("deviceId",),
    depends_on=("devices",),
    unrestored="a key is of use by itself, to open the disk it belongs to; the directory takes keys from devices only.",
    notes=(
        f"{_OFF} The list leaves the key out, so each is read by itself, and each read leaves an entry of the category "
        "KeyManagement in the tenant's audit log. deviceId is the device's own id, not its object id."
    ),
)

DEVICE_LOCAL_CREDENTIALS = ObjectType(
    key="deviceLocalCredentials",
    title="Passwords of local administrators (LAPS)",
    path="/directory/deviceLocalCredentials",
    read=Read.EACH,
    detail=("id", "credentials", "deviceName", "lastBackupDateTime", "refreshDateTime"),
    name="deviceName",
    natural_keys=("id",),
    read_scopes=("DeviceLocalCredential.Read.All",),
    preset=Preset.EVERYTHING,
    private=True,
    tolerates=(*refused("DeviceLocalCredential.Read.All"), *absent()),
    volatile=frozenset({"refreshDateTime"}),
    read_only=frozenset({"credentials", "deviceName", "id", "lastBackupDateTime"}),
    depends_on=("devices",),
    unrestored="the password is of use by itself, to sign in to the device it belongs to; a device sends its own.",
    notes=(
        f"{_OFF} The list leaves the passwords out, so each device is read by itself; earlier passwords come with the "
        "present one. id is the device's own id (deviceId), not its object id. passwordBase64 is UTF-16 text in "
        "base64."
    ),
)

ENTRIES: tuple[ObjectType, ...] = (BITLOCKER_RECOVERY_KEYS, DEVICE_LOCAL_CREDENTIALS)
