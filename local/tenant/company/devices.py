"""Devices with their owners and users: joined laptops, hybrid workstations, registered phones."""

from collections.abc import Iterator

from local.tenant.company.items import Item, Link, Object
from local.tenant.company.people import ASSET, extension_name
from local.tenant.company.world import World, as_guid

_MODELS = (
    ("Windows", "10.0.26100.2314", "AzureAd", "Company", "Contrail", "Slate 14"),
    ("Windows", "10.0.22631.4460", "ServerAd", "Company", "Contrail", "Tower 5"),
    ("iPhone", "18.1.1", "Workplace", "Personal", "Apple", "iPhone 15"),
    ("AndroidForWork", "15", "Workplace", "Personal", "Samsung", "SM-S921B"),
    ("MacMDM", "15.1", "AzureAd", "Company", "Apple", "MacBookPro18,3"),
)
_PREFIX = {"Windows": "LAP", "iPhone": "iPhone", "AndroidForWork": "android", "MacMDM": "MAC"}


def devices(world: World) -> Iterator[Item]:
    for number in range(world.devices):
        yield Object("device", _device(world, number))
        id = world.id("device", number)
        if number == 3:
            continue  # a device nobody owns
        owner = world.employee(number * 2 % world.employees)
        yield Link("device", id, "registeredOwners", "user", owner)
        yield Link("device", id, "registeredUsers", "user", owner)


def device_id(world: World, number: int) -> str:
    return as_guid(world.draw("deviceId", number))


def device_name(world: World, number: int) -> str:
    return f"{_PREFIX[_MODELS[number % len(_MODELS)][0]]}-{world.draw('device', number)[:3].hex().upper()}{number:05d}"


def is_company_windows(number: int) -> bool:
    return _MODELS[number % len(_MODELS)][0] == "Windows"


def _device(world: World, number: int) -> dict[str, object]:
    roll = world.draw("device", number)
    system, version, trust, ownership, maker, model = _MODELS[number % len(_MODELS)]
    hybrid = trust == "ServerAd"
    managed = ownership == "Company"
    device: dict[str, object] = {
        "id": as_guid(roll),
        "accountEnabled": roll[16] % 25 != 0,
        "alternativeSecurityIds": [{"type": 2, "identityProvider": None, "key": "WAA1ADAAOQA6ADwAUwBIAEEAMQA+AA=="}],
        "approximateLastSignInDateTime": world.moment(roll, within=60, after=0),
        "deviceId": device_id(world, number),
        "deviceOwnership": ownership if managed else None,
        "deviceVersion": 2,
        "displayName": device_name(world, number),
        "isCompliant": roll[17] % 10 != 0 if managed else None,
        "isManaged": managed,
        "manufacturer": maker,
        "model": model,
        "mdmAppId": "0000000a-0000-0000-c000-000000000000" if managed else None,
        "operatingSystem": system,
        "operatingSystemVersion": version,
        "physicalIds": [f"[USER-GID]:{world.employee(0)}:6825812345678901", f"[GID]:g:6825812{number:09d}"],
        "profileType": "RegisteredDevice",
        "registrationDateTime": world.moment(roll, within=1_200, after=60),
        "systemLabels": [],
        "trustType": trust,
    }
    if number % 7 == 1:
        device[extension_name(world, ASSET)] = f"IT-{number:06d}"
        device["extensionAttributes"] = dict.fromkeys(f"extensionAttribute{n}" for n in range(1, 16)) | {
            "extensionAttribute1": "quayside"
        }
    if hybrid:
        device |= {
            "onPremisesSyncEnabled": True,
            "onPremisesLastSyncDateTime": world.moment(roll, within=1, after=0),
            "onPremisesSecurityIdentifier": f"S-1-5-21-1004336348-1177238915-682003330-{200_000 + number}",
        }
    return device
