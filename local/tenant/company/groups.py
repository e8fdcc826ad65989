"""Groups and who is in them: every sort of group a tenant has, then one team a manager and the synced ones, and where
a number of groups is asked for, the rest of it as projects and permissions with a few members or many.

Groups that hold groups or devices come after what they hold. Service principals are added to their group by
`principals`, when they exist.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from local.tenant.company.items import Item, Link, Object
from local.tenant.company.licences import E3
from local.tenant.company.people import RETENTION, extension_name
from local.tenant.company.world import (
    ADMINS,
    BREAK_GLASS,
    DEFAULT_DOMAIN,
    DEPARTMENTS,
    FIRST_EMPLOYEE,
    ON_PREMISES_DOMAIN,
    SPAN,
    World,
)
from local.tenant.wellknown import security_identifier

AUTOMATION = "group:automation"  # holds devices, a user and service principals
ROLE_ASSIGNABLE = "group:tier0"
BREAK_GLASS_GROUP = "group:break-glass"
_SORTS = 33  # groups besides teams, synced ones and projects
_REGIONS = (("Nordics", ("NO",)), ("Central Europe", ("DE", "PL", "FR", "IE")), ("Asia", ("CN", "JP", "KR", "IN")))


def groups(world: World) -> Iterator[Item]:
    yield from _special(world)
    yield from _departments(world)
    yield from _dynamic(world)
    yield from _regions(world)
    for team in range(world.teams):
        yield from _team(world, team)
    for number in range(world.synced_groups):
        yield from _synced(world, number)
    for number in range(projects(world)):
        yield from _project(world, number)


def projects(world: World) -> int:
    """How many groups are left to reach the number that was asked for."""
    if world.groups is None:
        return 0
    own = _SORTS + world.teams + world.synced_groups
    if world.groups < own:
        raise ValueError(f"a company of {world.users} users has at least {own} groups; {world.groups} were asked for")
    return world.groups - own


def _group(world: World, what: str, name: str, nickname: str, number: int = 0, **more: Any) -> Object:
    roll = world.draw(what, number)
    id = world.id(what, number)
    created = world.moment(roll, within=2_000, after=30)
    properties: dict[str, Any] = {
        "id": id,
        "createdDateTime": created,
        "renewedDateTime": created,
        "displayName": name,
        "description": None,
        "groupTypes": [],
        "mailEnabled": False,
        "mailNickname": nickname,
        "securityEnabled": True,
        "securityIdentifier": security_identifier(id),
        "proxyAddresses": [],
        "resourceProvisioningOptions": [],
        "resourceBehaviorOptions": [],
        "visibility": None,
    }
    return Object("group", properties | more)


def _unified(nickname: str, *types: str, visibility: str = "Private", team: bool = False) -> dict[str, Any]:
    mail = f"{nickname}@{DEFAULT_DOMAIN}"
    return {
        "groupTypes": ["Unified", *types],
        "mail": mail,
        "mailEnabled": True,
        "securityEnabled": False,
        "proxyAddresses": [f"SMTP:{mail}"],
        "visibility": visibility,
        "resourceProvisioningOptions": ["Team"] if team else [],
        "resourceBehaviorOptions": ["WelcomeEmailDisabled"] if team else [],
    }


def _links(world: World, what: str, link: str, users: Iterable[str], number: int = 0) -> Iterator[Link]:
    id = world.id(what, number)
    return (Link("group", id, link, "user", user) for user in users)


def _special(world: World) -> Iterator[Item]:
    everyone = (world.employee(number) for number in range(world.employees))
    retention = {extension_name(world, RETENTION): "seven-years"}
    yield _group(
        world, "group:all", "All employees", "all-employees", description="Everyone who is employed", **retention
    )
    yield from _links(world, "group:all", "members", everyone)
    yield from _links(world, "group:all", "owners", [world.employee(1)])

    yield _group(
        world,
        "group:licensing",
        "Licences: Microsoft 365 E3",
        "lic-e3",
        assignedLicenses=[{"disabledPlans": [], "skuId": E3}],
        licenseProcessingState={"state": "ProcessingComplete"},
    )
    yield _group(world, ROLE_ASSIGNABLE, "Tier 0 administrators", "tier-0", isAssignableToRole=True)
    yield from _links(world, ROLE_ASSIGNABLE, "members", [world.user(number) for number in ADMINS])
    yield from _links(world, ROLE_ASSIGNABLE, "owners", [world.user(ADMINS[0])])
    yield _group(world, BREAK_GLASS_GROUP, "Emergency access accounts", "break-glass", isAssignableToRole=False)
    yield from _links(world, BREAK_GLASS_GROUP, "members", [world.user(number) for number in BREAK_GLASS])
    yield _group(
        world,
        "group:empty",
        "Old project (nobody left)",
        "old-project",
        description="",
        classification="Internal",
    )
    for what, name, nickname, secure in (
        ("group:dl", "Newsletter list", "newsletter", False),
        ("group:mesg", "Invoice approvers (mail)", "invoice-approvers", True),
    ):
        mail = f"{nickname}@{DEFAULT_DOMAIN}"
        more: dict[str, Any] = {
            "mail": mail,
            "mailEnabled": True,
            "securityEnabled": secure,
            "proxyAddresses": [f"SMTP:{mail}"],
        }
        yield _group(world, what, name, nickname, **more)
        yield from _links(world, what, "members", [world.employee(number) for number in range(3)])
        yield from _links(world, what, "owners", [world.employee(1)])
    yield _group(world, AUTOMATION, "Automation and kiosks", "automation", description="Workloads, kiosks, one person")
    id = world.id(AUTOMATION)
    yield Link("group", id, "members", "user", world.employee(3))
    for number in range(2):
        yield Link("group", id, "members", "device", world.id("device", number))
    yield _group(world, "group:guests", "Partners with access", "partners", **_unified("partners"))
    yield from _links(world, "group:guests", "members", [world.guest(n) for n in range(min(world.guests, 50))])
    yield from _links(world, "group:guests", "owners", [world.employee(2)])


def _departments(world: World) -> Iterator[Item]:
    for at, name in enumerate(DEPARTMENTS):
        nickname = f"dept-{at}"
        visibility = ("Public", "Private", "HiddenMembership")[at % 3]
        more = _unified(nickname, visibility=visibility, team=at % 2 == 0)
        yield _group(world, "group:department", name, nickname, at, theme="Teal", preferredLanguage="en-GB", **more)
        yield from _links(world, "group:department", "owners", [world.employee(min(at + 1, world.employees - 1))], at)
    for employee in range(world.employees):
        id = world.id("group:department", world.department(employee))
        yield Link("group", id, "members", "user", world.employee(employee))


def _dynamic(world: World) -> Iterator[Item]:
    yield _group(
        world,
        "group:dyn-users",
        "Dynamic: engineering",
        "dyn-engineering",
        groupTypes=["DynamicMembership"],
        membershipRule=f'(user.department -eq "{DEPARTMENTS[0]}") and (user.accountEnabled -eq true)',
        membershipRuleProcessingState="On",
    )
    engineers = (n for n in range(min(world.employees, 20_000)) if world.department(n) == 0)
    yield from _links(world, "group:dyn-users", "members", (world.employee(n) for n in engineers))
    yield _group(
        world,
        "group:dyn-devices",
        "Dynamic: company Windows devices",
        "dyn-windows",
        groupTypes=["DynamicMembership"],
        membershipRule='(device.deviceOwnership -eq "Company") and (device.deviceOSType -eq "Windows")',
        membershipRuleProcessingState="On",
    )
    id = world.id("group:dyn-devices")
    for number in range(min(world.devices, 5_000)):
        if number % 5 < 2:
            yield Link("group", id, "members", "device", world.id("device", number))
    yield _group(
        world,
        "group:dyn-team",
        "Dynamic: members of all employees",
        "dyn-team",
        **_unified("dyn-team", "DynamicMembership", visibility="Public"),
        membershipRule=f"user.memberof -any (group.objectId -in ['{world.id('group:all')}'])",
        membershipRuleProcessingState="Paused",
    )


def _regions(world: World) -> Iterator[Item]:
    """Region, its countries, and in the countries people: three levels of nesting."""
    for at, (region, _) in enumerate(_REGIONS):
        yield _group(world, "group:region", f"Region {region}", f"region-{at}", at)
        yield from _links(world, "group:region", "owners", [world.employee(0)], at)
    yield _group(world, "group:world", "All regions", "all-regions")
    for at, (_, countries) in enumerate(_REGIONS):
        yield Link("group", world.id("group:world"), "members", "group", world.id("group:region", at))
        for country in countries:
            yield _group(world, f"group:country:{country}", f"Country {country}", f"country-{country.lower()}")
            id = world.id(f"group:country:{country}")
            yield Link("group", world.id("group:region", at), "members", "group", id)
            for employee in range(min(world.employees, 3_000)):
                if world.name(FIRST_EMPLOYEE + employee).locale.country == country:
                    yield Link("group", id, "members", "user", world.employee(employee))


def _team(world: World, team: int) -> Iterator[Item]:
    lead = world.name(FIRST_EMPLOYEE + team)
    nickname = f"team-{team}-{lead.login}"[:60]
    secure = team % 3 == 2
    more = {} if secure else _unified(nickname, team=team % 3 == 0)
    description = f"{DEPARTMENTS[world.department(team)]}: the team of {lead.display}"
    yield _group(world, "group:team", f"Team {lead.display}", nickname, team, description=description, **more)
    yield from _links(world, "group:team", "owners", [world.employee(team)], team)
    reports = range(team * SPAN + 1, min(team * SPAN + SPAN + 1, world.employees))
    yield from _links(world, "group:team", "members", [world.employee(number) for number in reports], team)


def _synced(world: World, number: int) -> Iterator[Item]:
    sam = f"GRP-FILESHARE-{number:04d}"
    yield _group(
        world,
        "group:synced",
        f"Fileshare {number:04d} (on-premises)",
        f"fileshare-{number:04d}",
        number,
        onPremisesSyncEnabled=True,
        onPremisesDomainName=ON_PREMISES_DOMAIN,
        onPremisesNetBiosName="HALDEN",
        onPremisesSamAccountName=sam,
        onPremisesSecurityIdentifier=f"S-1-5-21-1004336348-1177238915-682003330-{300_000 + number}",
        onPremisesLastSyncDateTime=f"{world.day(0)}T00:12:00Z",
        onPremisesProvisioningErrors=[],
    )
    start = number * 37 % world.employees
    synced = [n for n in range(start, min(start + 40, world.employees)) if n % 10 in (1, 4, 7)]
    yield from _links(world, "group:synced", "members", [world.employee(n) for n in synced], number)


def has_settings(number: int) -> bool:
    """Of every 25 projects ten are Microsoft 365 groups, and one of those says otherwise than the tenant."""
    return number % 25 == 0


def _project(world: World, number: int) -> Iterator[Item]:
    """One in twelve has 21 to 200 members, the others 2 to 15."""
    roll = world.draw("group:project", number)
    nickname = f"project-{number:04d}"
    at = number % 25
    more: dict[str, Any] = {}
    if at < 10:
        more = _unified(nickname, visibility="Public" if roll[1] % 4 == 0 else "Private", team=roll[1] % 2 == 0)
    elif at == 24:
        mail = f"{nickname}@{DEFAULT_DOMAIN}"
        more = {"mail": mail, "mailEnabled": True, "securityEnabled": False, "proxyAddresses": [f"SMTP:{mail}"]}
    name = f"{'Project' if at < 10 else 'List' if at == 24 else 'Access'} {number:04d}"
    yield _group(world, "group:project", name, nickname, number, **more)
    size = 21 + int.from_bytes(roll[2:4]) % 180 if number % 12 == 5 else 2 + roll[2] % 14
    start = int.from_bytes(roll[4:8])
    people = dict.fromkeys((start + step * 7) % world.employees for step in range(size))
    yield from _links(world, "group:project", "members", map(world.employee, people), number)
    owners = dict.fromkeys(((start + 3) % world.employees, (start + 5 * (roll[8] % 2) + 3) % world.employees))
    yield from _links(world, "group:project", "owners", map(world.employee, owners), number)
