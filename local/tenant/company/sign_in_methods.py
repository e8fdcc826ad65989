"""What people have registered to sign in with: administrators and the first employees; nobody else has been asked yet,
so that a large company stays quick to make. The report of it names everybody whose account is not disabled."""

from collections.abc import Iterator
from typing import Any

from local.tenant.company.items import Item, Link, Object
from local.tenant.company.people import users
from local.tenant.company.world import ADMINS, BREAK_GLASS, FIRST_EMPLOYEE, World

PASSWORD = "28c10230-6103-485e-b985-444c60001490"  # every user's password goes by this id
MOBILE = "3179e48a-750b-4051-897c-87b9720928f7"  # and every mobile number by this one
_REGISTERED = 200
_ROLES = frozenset({*BREAK_GLASS, *ADMINS, *range(FIRST_EMPLOYEE + 2, FIRST_EMPLOYEE + 5)})  # who has a directory role
_REPORTED = {  # what the report calls a method
    "fido2": ("passKeyDeviceBound",),
    "phone": ("mobilePhone",),
    "microsoftAuthenticator": ("microsoftAuthenticatorPush", "softwareOneTimePasscode"),
    "windowsHelloForBusiness": ("windowsHelloForBusiness",),
}
_SECOND_FACTORS = {
    "mobilePhone": "voiceMobile",
    "microsoftAuthenticatorPush": "push",
    "softwareOneTimePasscode": "oath",
}


def items(world: World) -> Iterator[Item]:
    for number in (*ADMINS, *range(FIRST_EMPLOYEE, FIRST_EMPLOYEE + min(world.employees, _REGISTERED))):
        yield from _methods(world, number)
        yield from _requirements(world, number)
    accounts = (item.properties for item in users(world) if isinstance(item, Object))
    for number, account in enumerate(accounts):
        if account["accountEnabled"]:
            yield Object("userRegistrationDetails", _registration(world, number, account))


def _kinds(world: World, number: int, roll: bytes) -> list[str]:
    """Which methods somebody has registered, besides a password."""
    if number not in ADMINS and not FIRST_EMPLOYEE <= number < FIRST_EMPLOYEE + min(world.employees, _REGISTERED):
        return []
    chosen = {
        "fido2": number in ADMINS or roll[0] % 5 == 0,
        "phone": bool(roll[1] % 3),
        "microsoftAuthenticator": bool(roll[5] % 2),
        "windowsHelloForBusiness": roll[6] % 4 == 0,
    }
    return [kind for kind, has in chosen.items() if has]


def _registration(world: World, number: int, account: dict[str, Any]) -> dict[str, Any]:
    methods = [name for kind in _kinds(world, number, world.draw("methods", number)) for name in _REPORTED[kind]]
    factors = [_SECOND_FACTORS[name] for name in methods if name in _SECOND_FACTORS]
    return {
        "id": account["id"],
        "userPrincipalName": account["userPrincipalName"],
        "userDisplayName": account["displayName"],
        "userType": account["userType"].lower(),
        "isAdmin": number in _ROLES,
        "isMfaCapable": bool(methods),
        "isMfaRegistered": bool(methods),
        "isPasswordlessCapable": "passKeyDeviceBound" in methods or "windowsHelloForBusiness" in methods,
        "isSsprCapable": len(factors) > 1,
        "isSsprEnabled": account["userType"] == "Member",
        "isSsprRegistered": len(factors) > 1,
        "isSystemPreferredAuthenticationMethodEnabled": True,
        "lastUpdatedDateTime": f"{world.day(0)}T01:12:00Z",
        "methodsRegistered": methods,
        "systemPreferredAuthenticationMethods": factors[-1:],
        "userPreferredMethodForSecondaryAuthentication": factors[0] if factors else "none",
    }


def _methods(world: World, number: int) -> Iterator[Item]:
    roll = world.draw("methods", number)
    kinds = _kinds(world, number, roll)
    registered = world.moment(roll, within=900)
    yield from _method(world, number, "password", PASSWORD, registered, {"password": None})
    if "fido2" in kinds:
        key = {
            "displayName": "Red key",
            "aaGuid": "2fc0579f-8113-47ea-b116-555a8db9202a",
            "attestationCertificates": [roll.hex()[:40]],
            "attestationLevel": "attested",
            "model": "NFC key",
            "passkeyType": "deviceBound",
        }
        yield from _method(world, number, "fido2", f"-2_{roll.hex()[:20]}2", registered, key)
    if "phone" in kinds:
        phone = {
            "phoneNumber": f"+47 9{int.from_bytes(roll[2:5]) % 10_000_000:07d}",
            "phoneType": "mobile",
            "smsSignInState": "notEnabled",
        }
        yield from _method(world, number, "phone", MOBILE, registered, phone)
    if "microsoftAuthenticator" in kinds:
        app = {"displayName": "iPhone 15", "deviceTag": "SoftwareTokenActivated", "phoneAppVersion": "6.8.24"}
        yield from _method(world, number, "microsoftAuthenticator", world.id("authenticator", number), registered, app)
    if "windowsHelloForBusiness" in kinds:
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
