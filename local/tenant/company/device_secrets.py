"""Secrets of the company's Windows devices: BitLocker recovery keys, and local administrators' passwords (LAPS)."""

import base64
from collections.abc import Iterator
from typing import Any

from local.tenant.company.devices import device_id, device_name, is_company_windows
from local.tenant.company.items import Item, Object
from local.tenant.company.world import World

_VOLUMES = ("operatingSystemVolume", "fixedDataVolume")


def items(world: World) -> Iterator[Item]:
    for number in range(world.devices):
        if is_company_windows(number):
            yield from _recovery_keys(world, number)
            yield Object("deviceLocalCredentialInfo", _credentials(world, number))


def _recovery_keys(world: World, number: int) -> Iterator[Object]:
    """One a volume; every fourth device has a second volume."""
    for at, volume in enumerate(_VOLUMES[: 1 + (number % 4 == 0)]):
        roll = world.draw(f"bitlocker:{at}", number)
        blocks = (int.from_bytes(roll[part : part + 2]) % 60_000 * 11 for part in range(0, 16, 2))
        yield Object(
            "bitlockerRecoveryKey",
            {
                "id": world.id(f"bitlocker:{at}", number),
                "createdDateTime": world.moment(roll, within=900),
                "deviceId": device_id(world, number),
                "key": "-".join(f"{block:06d}" for block in blocks),
                "volumeType": volume,
            },
        )


def _credentials(world: World, number: int) -> dict[str, Any]:
    """The password and the one before it."""
    roll = world.draw("laps", number)
    return {
        "id": device_id(world, number),
        "credentials": [
            {
                "accountName": "HaldenAdmin",
                "accountSid": f"S-1-5-21-2318549658-1590267884-3984890135-{1_000 + number}",
                "backupDateTime": f"{world.day(days)}T04:00:00Z",
                "passwordBase64": base64.b64encode(roll[at : at + 9].hex().encode("utf-16-le")).decode(),
            }
            for at, days in ((0, 6), (9, 36))
        ],
        "deviceName": device_name(world, number),
        "lastBackupDateTime": f"{world.day(6)}T04:00:00Z",
        "refreshDateTime": f"{world.day(0)}T04:00:00Z",
    }
