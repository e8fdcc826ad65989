"""The plan of one company: how many of everything there is, and ids and draws that follow from the seed alone.

Nothing is remembered: the id of employee 4711 or the roll of a die for device 12 is computed whenever it is asked for,
so a company of any size takes no memory of its own.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from local.tenant.company.names import Name, name

BREAK_GLASS = (0, 1)  # the user numbers of the accounts that are not people first, then of the people
ADMINS = (2, 3)
MEETING_ROOM = 4
FIRST_EMPLOYEE = 5
SMALLEST = 20
SPAN = 8  # direct reports of a manager

DEFAULT_DOMAIN = "halden.example"
SECOND_DOMAIN = "halden-logistics.example"
INITIAL_DOMAIN = "haldenshipping.onmicrosoft.com"
ON_PREMISES_DOMAIN = "corp.halden.example"
COMPANY = "Halden Shipping"

DEPARTMENTS = (
    "Engineering",
    "Operations",
    "Sales",
    "Finance",
    "People & Culture",
    "Legal",
    "Fleet Management",
    "Customer Care",
)
_DAYS = 3_650


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large a company is to be. What is None follows from the number of users."""

    users: int
    groups: int | None = None
    service_principals: int | None = None


class World:
    def __init__(self, sizes: Sizes, seed: int, tenant_id: str, now: datetime) -> None:
        users = sizes.users
        if users < SMALLEST:
            raise ValueError(f"a company has at least {SMALLEST} users; {users} were asked for")
        self.users = users
        self.tenant_id = tenant_id
        self.now = now
        self.guests = max(2, users * 8 // 100)
        self.employees = users - FIRST_EMPLOYEE - self.guests
        self.devices = max(5, self.employees // 2)
        self.teams = max(2, self.employees // 25)
        self.synced_groups = max(2, self.employees // 200)
        self.apps = max(8, users // 400)
        self.gallery = self.federated_from = max(3, users // 1_000)
        self.managed_identities = max(2, users // 500)
        self.groups, self.service_principals = sizes.groups, sizes.service_principals
        if self.service_principals is not None:  # the rest are Microsoft's own: `principals`
            self.apps = max(8, self.service_principals // 5)
            self.gallery = max(3, self.service_principals // 10)
            self.managed_identities = max(2, self.service_principals // 10)
        self._base = hashlib.blake2b(f"{seed}/{tenant_id}/".encode(), digest_size=24)
        self._offset = int.from_bytes(self.draw("names", 0)[:4])
        self._days = [(now - timedelta(days=back)).date().isoformat() for back in range(_DAYS)]

    def draw(self, what: str, number: int) -> bytes:
        """24 bytes that are always the same for the same seed, tenant, purpose and number."""
        state = self._base.copy()
        state.update(b"%b:%d" % (what.encode(), number))
        return state.digest()

    def id(self, what: str, number: int = 0) -> str:
        return as_guid(self.draw(what, number))

    def user(self, number: int) -> str:
        return self.id("user", number)

    def employee(self, number: int) -> str:
        """Employee 0 is the head of the company; employee n reports to (n - 1) // SPAN."""
        return self.id("user", FIRST_EMPLOYEE + number)

    def guest(self, number: int) -> str:
        return self.id("user", FIRST_EMPLOYEE + self.employees + number)

    def name(self, number: int) -> Name:
        return name(number, self._offset)

    def day(self, back: int) -> str:
        """The date that many days before now, as YYYY-MM-DD."""
        return self._days[back % _DAYS]

    def moment(self, roll: bytes, *, within: int = _DAYS, after: int = 1) -> str:
        """A time of day on a day between `after` and `after + within` days ago, from the last bytes of a draw."""
        back = after + int.from_bytes(roll[-4:-2]) % within
        return f"{self._days[back % _DAYS]}T{roll[-2] % 24:02d}:{roll[-1] % 60:02d}:{roll[-3] % 60:02d}Z"

    def department(self, employee: int) -> int:
        """The branch of the tree an employee sits in: that of the report of the head above them; the head's is 0."""
        if employee == 0:
            return 0
        while employee > SPAN:
            employee = (employee - 1) // SPAN
        return (employee - 1) % len(DEPARTMENTS)


def as_guid(roll: bytes) -> str:
    text = roll[:16].hex()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{'89ab'[roll[8] & 3]}{text[17:20]}-{text[20:]}"
