"""Users with managers and sponsors: emergency and administrator accounts, a meeting room, employees, guests."""

from collections.abc import Iterator
from typing import Any

from local.tenant.company.items import Item, Link, Object
from local.tenant.company.licences import E3, E5, F3, NONE, Licences, licences
from local.tenant.company.names import Name
from local.tenant.company.world import (
    ADMINS,
    BREAK_GLASS,
    COMPANY,
    DEFAULT_DOMAIN,
    DEPARTMENTS,
    FIRST_EMPLOYEE,
    INITIAL_DOMAIN,
    MEETING_ROOM,
    ON_PREMISES_DOMAIN,
    SECOND_DOMAIN,
    SPAN,
    World,
)
from local.tenant.wellknown import security_identifier

_TITLES = (
    "Specialist",
    "Senior Specialist",
    "Analyst",
    "Coordinator",
    "Team Lead",
    "Engineer",
    "Consultant",
    "Planner",
)
_NO_PASSWORD = {
    "password": None,
    "forceChangePasswordNextSignIn": False,
    "forceChangePasswordNextSignInWithMfa": False,
}
_PARTNERS = ("fjordpartner.example", "harbour-consulting.example", "quayside-audit.example")
# Employee numbers at which something out of the ordinary happens, early enough for the smallest company
LEAVER = 9  # disabled, with a leave date and licences that are still there
FORMERLY_SYNCED = 6
NAMESAKE = 10  # has the same display name as employee 2
RESTRICTED = 11  # in a restricted administrative unit
ODD_NAME = 12


# The directory extensions that the schema application registered: name, type, what they are for
COST_CENTRE, BADGE, RETENTION, ASSET = range(4)
EXTENSIONS = (
    ("costCentreCode", "String", ("User",)),
    ("badgeNumber", "Integer", ("User",)),
    ("retentionClass", "String", ("Group",)),
    ("assetTag", "String", ("Device", "AdministrativeUnit")),
)
_ATTRIBUTES = "#microsoft.graph.customSecurityAttributeValue"


def is_synced(employee: int) -> bool:
    """Three in ten accounts are mastered on-premises; the head of the company is not."""
    return employee % 10 in (1, 4, 7)


def users(world: World) -> Iterator[Item]:
    for number in BREAK_GLASS:
        yield _break_glass(world, number)
    for number in ADMINS:
        yield _administrator(world, number)
    yield _room(world)
    extension = (extension_name(world, COST_CENTRE), extension_name(world, BADGE))
    for employee in range(world.employees):
        yield Object("user", _employee(world, employee, extension))
        if employee:
            yield Link("user", world.employee(employee), "manager", "user", world.employee((employee - 1) // SPAN))
    for number in range(world.guests):
        yield _guest(world, number)
        host = int.from_bytes(world.draw("host", number)[:4]) % world.employees
        yield Link("user", world.guest(number), "sponsors", "user", world.employee(host))


def extension_name(world: World, at: int) -> str:
    """What a directory extension is called as a property; `at` is its place in `EXTENSIONS`."""
    return f"extension_{world.id('appId', 4).replace('-', '')}_{EXTENSIONS[at][0]}"


def _account(world: World, number: int, nickname: str, domain: str) -> dict[str, Any]:
    """What every account has, person or not."""
    roll = world.draw("account", number)
    id = world.user(number)
    upn = f"{nickname}@{domain}"
    created = world.moment(roll, within=2_500, after=90)
    return {
        "id": id,
        "accountEnabled": True,
        "userPrincipalName": upn,
        "mailNickname": nickname,
        "userType": "Member",
        "createdDateTime": created,
        "securityIdentifier": security_identifier(id),
        "identities": [{"signInType": "userPrincipalName", "issuer": INITIAL_DOMAIN, "issuerAssignedId": upn}],
        "businessPhones": [],
        "otherMails": [],
        "proxyAddresses": [],
        "imAddresses": [],
        "passwordProfile": _NO_PASSWORD,
        "lastPasswordChangeDateTime": created,
        "signInSessionsValidFromDateTime": created,
        "assignedLicenses": [],
        "assignedPlans": [],
        "provisionedPlans": [],
        "licenseAssignmentStates": [],
    }


def _break_glass(world: World, number: int) -> Object:
    account = _account(world, number, f"emergency-{number + 1}", INITIAL_DOMAIN)
    account |= {
        "displayName": f"Emergency access {number + 1}",
        "passwordPolicies": "DisablePasswordExpiration",
        "usageLocation": "NO",
    }
    return Object("user", account)


def _administrator(world: World, number: int) -> Object:
    person = world.name(number)
    account = _account(world, number, f"adm-{person.login}", INITIAL_DOMAIN)
    account |= {
        "displayName": f"{person.display} (admin)",
        "givenName": person.given,
        "surname": person.family,
        "jobTitle": "Identity administrator",
        "department": DEPARTMENTS[0],
        "usageLocation": person.locale.country,
        "preferredLanguage": person.locale.language,
        "authorizationInfo": {"certificateUserIds": [f"X509:<PN>adm-{person.login}@{INITIAL_DOMAIN}"]},
    }
    return Object("user", account)


def _room(world: World) -> Object:
    account = _account(world, MEETING_ROOM, "room-fjord", DEFAULT_DOMAIN)
    mail = f"room-fjord@{DEFAULT_DOMAIN}"
    account |= {
        "displayName": "Meeting room Fjord",
        "accountEnabled": False,
        "isResourceAccount": True,
        "mail": mail,
        "proxyAddresses": [f"SMTP:{mail}"],
        "officeLocation": "HAL-1",
        "showInAddressList": True,
    }
    return Object("user", account)


def _employee(world: World, employee: int, extension: tuple[str, str]) -> dict[str, Any]:
    number = FIRST_EMPLOYEE + employee
    person = world.name(number)
    locale = person.locale
    roll = world.draw("employee", number)
    domain = SECOND_DOMAIN if roll[0] % 5 == 0 else DEFAULT_DOMAIN
    account = _account(world, number, person.login, domain)
    upn = account["userPrincipalName"]
    department = world.department(employee)
    phone = int.from_bytes(roll[1:4]) % 10_000_000
    account |= {
        "displayName": person.display,
        "givenName": person.given,
        "surname": person.family,
        "jobTitle": _title(employee, roll),
        "department": DEPARTMENTS[department],
        "companyName": COMPANY,
        "employeeId": f"{100_000 + number}",
        "employeeType": "Contractor" if roll[4] % 12 == 0 else "Employee",
        "employeeHireDate": f"{world.day(60 + roll[5] * 12)}T00:00:00Z",
        "employeeOrgData": {"costCenter": f"CC-{department:02d}{roll[6] % 40:02d}", "division": locale.country_name},
        "officeLocation": locale.office,
        "preferredLanguage": locale.language,
        "usageLocation": locale.country,
        "city": locale.city,
        "country": locale.country_name,
        "postalCode": locale.postal,
        "streetAddress": locale.street,
        "businessPhones": [f"{locale.dial} {phone:07d}"],
        "mobilePhone": f"{locale.dial} 9{phone // 3:07d}" if roll[7] % 3 else None,
        "faxNumber": None,
        "mail": upn,
        "proxyAddresses": [f"SMTP:{upn}", f"smtp:{person.login}@{INITIAL_DOMAIN}"],
        "imAddresses": [upn],
    }
    _license(world, account, employee, roll)
    if is_synced(employee):
        account |= _on_premises(world, person, account, roll)
    if roll[8] % 4 == 0:
        account[extension[0]] = f"CC-{roll[9]:03d}"
        account[extension[1]] = 50_000 + number
    if roll[13] % 6:
        account["signInActivity"] = _activity(world, number, roll)
    if employee in (2, 5) or roll[14] % 40 == 0:
        account["customSecurityAttributes"] = _attributes(roll)
    _make_interesting(world, account, employee)
    return account


def _activity(world: World, number: int, roll: bytes) -> dict[str, Any]:
    """When somebody was last seen; a few have signed in, though never with success."""
    seen = world.moment(roll, within=45, after=0)
    successful = number % 11 != 3
    return {
        "lastSignInDateTime": seen,
        "lastSignInRequestId": world.id("signIn", number),
        "lastNonInteractiveSignInDateTime": seen,
        "lastNonInteractiveSignInRequestId": world.id("signIn:silent", number),
        "lastSuccessfulSignInDateTime": seen if successful else None,
        "lastSuccessfulSignInRequestId": world.id("signIn", number) if successful else None,
    }


def _attributes(roll: bytes) -> dict[str, Any]:
    return {
        "Crew": {
            "@odata.type": _ATTRIBUTES,
            "Clearance": ("Deck", "Engine", "Bridge")[roll[15] % 3],
            "Vessels@odata.type": "#Collection(String)",
            "Vessels": ["MV Halden 01", f"MV Halden {4 + roll[15] % 20:02d}"],
        }
    }


def _title(employee: int, roll: bytes) -> str:
    if employee == 0:
        return "Chief Executive Officer"
    return "Director" if employee <= SPAN else _TITLES[roll[10] % len(_TITLES)]


def _license(world: World, account: dict[str, Any], employee: int, roll: bytes) -> None:
    moment = f"{world.day(30 * (1 + roll[11] % 24))}T06:00:00Z"
    held: Licences
    if employee == 0 or roll[12] % 8 == 0:
        held = licences(E5, moment, None)
    elif roll[12] % 8 == 1:
        held = licences(F3, moment, None)
    elif roll[12] % 32 == 31:
        held = NONE
    else:
        held = licences(E3, moment, world.id("group:licensing"))
    account["assignedLicenses"] = held.assigned
    account["assignedPlans"] = held.plans
    account["provisionedPlans"] = held.provisioned
    account["licenseAssignmentStates"] = held.states


def _on_premises(world: World, person: Name, account: dict[str, Any], roll: bytes) -> dict[str, Any]:
    sam = person.login[:20].rstrip(".")
    attributes: dict[str, str | None] = dict.fromkeys(f"extensionAttribute{n}" for n in range(1, 16))
    attributes["extensionAttribute1"] = f"SITE-{person.locale.office}"
    return {
        "onPremisesSyncEnabled": True,
        "onPremisesDistinguishedName": f"CN={person.display},OU={person.locale.office},DC=corp,DC=halden,DC=example",
        "onPremisesDomainName": ON_PREMISES_DOMAIN,
        "onPremisesImmutableId": world.draw("immutable", _number(account)).hex()[:22] + "==",
        "onPremisesSamAccountName": sam,
        "onPremisesSecurityIdentifier": f"S-1-5-21-1004336348-1177238915-682003330-{_number(account)}",
        "onPremisesUserPrincipalName": account["userPrincipalName"],
        "onPremisesLastSyncDateTime": world.moment(roll, within=1, after=0),
        "onPremisesExtensionAttributes": attributes,
        "onPremisesProvisioningErrors": [],
    }


def _number(account: dict[str, Any]) -> int:
    return int(account["employeeId"])


def _make_interesting(world: World, account: dict[str, Any], employee: int) -> None:
    if employee == LEAVER:
        account |= {"accountEnabled": False, "employeeLeaveDateTime": f"{world.day(3)}T17:00:00Z"}
    elif employee == FORMERLY_SYNCED:
        account["onPremisesSyncEnabled"] = False
        account["onPremisesExtensionAttributes"] = dict.fromkeys(f"extensionAttribute{n}" for n in range(1, 16))
    elif employee == NAMESAKE:
        account["displayName"] = world.name(FIRST_EMPLOYEE + 2).display
    elif employee == RESTRICTED:
        account["isManagementRestricted"] = True
    elif employee == ODD_NAME:
        account["displayName"] = f'{account["displayName"]} "Skip" \\ \u202dM/S Aurora\u202c ⚓ {"x" * 180}'


def _guest(world: World, number: int) -> Object:
    at = FIRST_EMPLOYEE + world.employees + number
    person = world.name(at)
    roll = world.draw("guest", number)
    partner = _PARTNERS[number % len(_PARTNERS)]
    mail = f"{person.login}@{partner}"
    account = _account(world, at, f"{person.login}_{partner}#EXT#", INITIAL_DOMAIN)
    accepted = number % 4 != 1
    account |= {
        "displayName": f"{person.display} ({partner.partition('.')[0]})",
        "givenName": person.given,
        "surname": person.family,
        "companyName": partner.partition(".")[0],
        "mail": mail,
        "otherMails": [mail],
        "proxyAddresses": [f"SMTP:{mail}"],
        "userType": "Guest",
        "creationType": "Invitation",
        "externalUserState": "Accepted" if accepted else "PendingAcceptance",
        "externalUserStateChangeDateTime": world.moment(roll, within=600),
        "preferredLanguage": person.locale.language,
    }
    if accepted:
        account["identities"] = [
            {"signInType": "federated", "issuer": "ExternalAzureAD", "issuerAssignedId": None},
            *account["identities"],
        ]
    return Object("user", account)
