"""Secrets that devices leave with the directory: BitLocker recovery keys, passwords of local administrators (LAPS).

A list never gives the secret; a single read that names it in $select does, with a permission of its own.
"""

from local.tenant.schema.model import Kind
from local.tenant.schema.notation import table, types

_READ_ONLY: frozenset[str] = frozenset()

COMPLEX = types(
    {
        "deviceLocalCredential": """
            accountName string?
            accountSid string?
            backupDateTime datetime
            passwordBase64 string?"""
    }
)

BITLOCKER_RECOVERY_KEY = Kind(
    name="bitlockerRecoveryKey",
    collection="recoveryKeys",
    path="/informationProtection/bitlocker/recoveryKeys",
    query=frozenset({"$select", "$filter"}),  # $top is documented as not supported; the size of a page is not
    methods=_READ_ONLY,
    reads=("BitlockerKey.ReadBasic.All", "BitlockerKey.Read.All"),
    properties=table("""
        id guid ro
        createdDateTime datetime ro
        deviceId string? ro
        key string single ro needs=BitlockerKey.Read.All
        volumeType string? ro
    """),
)

DEVICE_LOCAL_CREDENTIAL_INFO = Kind(
    name="deviceLocalCredentialInfo",
    collection="deviceLocalCredentials",
    path="/directory/deviceLocalCredentials",  # the size of a page is not documented
    query=frozenset({"$select", "$filter", "$top", "$orderby", "$count"}),
    methods=_READ_ONLY,
    reads=("DeviceLocalCredential.ReadBasic.All", "DeviceLocalCredential.Read.All"),
    properties=table("""
        id guid ro
        credentials deviceLocalCredential[] single ro set needs=DeviceLocalCredential.Read.All
        deviceName string? ro
        lastBackupDateTime datetime ro
        refreshDateTime datetime ro
    """),
)

KINDS = (BITLOCKER_RECOVERY_KEY, DEVICE_LOCAL_CREDENTIAL_INFO)
