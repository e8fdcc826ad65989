"""What people have registered to sign in with: administrators and the first employees; nobody else has been asked yet,
so that a large company stays quick to make."""

from collections.abc import Iterator
from typing import Any

from local.tenant.company.items import Item, Link, Object
from local.tenant.company.world import ADMINS, FIRST_EMPLOYEE, World

PASSWORD = "28c10230-6103-485e-b985-444c60001490"  # every user's password goes by this id
MOBILE = "3179e48a-750b-4051-897c-87b9720928f7"  # and every mobile number by this one
_REGISTERED = 200


def items(world: World) -> Iterator[Item]:
    for number in (*ADMINS, *range(FIRST_EMPLOYEE, FIRST_EMPLOYEE + min(world.employees, _REGISTERED))):
        yield from _methods(world, number)
        yield from _requirements(world, number)


def _methods(world: World, number: int) -> Iterator[Item]:
    roll = world.draw("methods", number)
    registered = world.moment(roll, within=900)
    yield from _method(world, number, "password", PASSWORD, registered, {"password": None})
    if number in ADMINS or roll[0] % 5 == 0:
        key = {
            "displayName": "Red key",
            "aaGuid": "2fc0579f-8113-47ea-b116-555a8db9202a",
            "attestationCertificates": [roll.hex()[:40]],
            "attestationLevel": "attested",
            "model": "NFC key",
            "passkeyType": "deviceBound",
        }
        yield from _method(world, number, "fido2", f"-2_{roll.hex()[:20]}2", registered, key)
    if roll[1] % 3:
        phone = {
            "phoneNumber": f"+47 9{int.from_bytes(roll[2:5]) % 10_000_000:07d}",
            "phoneType": "mobile",
            "smsSignInState": "notEnabled",
        }
        yield from _method(world, number, "phone", MOBILE, registered, phone)
    if roll[5] % 2:
        app = {"displayName": "iPhone 15", "deviceTag": "SoftwareTokenActivated", "phoneAppVersion": "6.8.24"}
        yield from _method(world, number, "microsoftAuthenticator", world.id("authenticator", number), registered, app)
    if roll[6] % 4 == 0:
        hello = {"displayName": f"LAP-{number:05d}", "keyStrength": "normal"}
        yield from _method(world, number, "windowsHelloForBusiness", world.id("hello", number), registered, hello)


def _method(world: World, number: int, what: str, id: str, registered: str, more: dict[str, Any]) -> Iterator[Item]:
    user = world.user(number)
    key = f"{user}/{id}"
    method = {
        "@odata.type": f"#microsoft.graph.{what}AuthenticationMethod",
        "id": id,
        "createdDateTime": registered,
        **more,
    }
    yield Object("authenticationMethod", method, key)
    yield Link("user", user, "authentication/methods", "authenticationMethod", key)


def _requirements(world: World, number: int) -> Iterator[Item]:
    user = world.user(number)
    key = f"{user}/requirements"
    state = "enforced" if number % 9 == 0 else "disabled"
    yield Object("strongAuthenticationRequirements", {"perUserMfaState": state}, key)
    yield Link("user", user, "authentication/requirements", "strongAuthenticationRequirements", key)
