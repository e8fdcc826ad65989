"""A restore takes the permissions that the catalogue names: none is missing, and none would be granted in vain.

The reader holds what the entries name for reading, the restorer what one type names for writing, and nothing else.
Objects of the type are changed, deleted and purged, and the tenant takes every planned call. What it asked for tells
which calls hung on which permission.
"""

import asyncio
import random
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import pytest

from functions.catalogue import ENTRIES, TYPES
from functions.catalogue.permissions import read_permissions, write_permissions
from functions.graph.client import GraphClient
from functions.graph.limiter import Limiters
from functions.graph.links import GraphRoot
from functions.graph.reply import Reply
from functions.graph.tokens import FixedToken
from functions.graph.waits import WaitPolicy
from functions.restore.live import Live
from functions.settings import Secret
from local.tenant.access import Access
from tests.roundtrip import test_roundtrip
from tests.roundtrip.cases import Edit, History
from tests.roundtrip.inprocess import TENANT, URL, Directory, InProcess

READS = frozenset(read_permissions(ENTRIES))
FEWEST, MOST = 6, 60  # histories a type; more than the fewest while a permission was not asked for yet

# The least that suffices for its part of the work, and what the restorer has besides suffices for it as well
COVERED = {
    "GroupMember.ReadWrite.All": ("Group.ReadWrite.All",),
    "LicenseAssignment.ReadWrite.All": ("User.ReadWrite.All", "Group.ReadWrite.All"),
    "User.DeleteRestore.All": ("User.ReadWrite.All",),
    "Policy.Read.All": ("Policy.ReadWrite.ApplicationConfiguration",),
}

# What a history of plain edits does not reach here: identities, attributes, rules and MFA states are written in calls
# of their own, schedules by requests, keys with their private half; contacts are in no group that may be written, and
# no group has a location of its own; security defaults are on nowhere
UNTOUCHED = {
    ("users", "User.ManageIdentities.All"),
    ("groups", "Directory.ReadWrite.All"),
    ("groups", "OrgContact.Read.All"),
    ("userAuthenticationMethods", "Policy.ReadWrite.AuthenticationMethod"),
    ("servicePrincipals", "CustomSecAttributeAssignment.ReadWrite.All"),
    ("identitySecurityDefaultsEnforcementPolicy", "Policy.Read.All"),
    ("identitySecurityDefaultsEnforcementPolicy", "Policy.ReadWrite.SecurityDefaults"),
    ("roleAssignmentSchedules", "RoleAssignmentSchedule.ReadWrite.Directory"),
    ("roleManagementPolicies", "RoleManagementPolicy.ReadWrite.Directory"),
    ("groupRoleManagementPolicies", "RoleManagementPolicy.ReadWrite.AzureADGroup"),
    ("servicePrincipalKeyCredentials", "Application.ReadWrite.All"),
}

_CALLER: ContextVar[frozenset[str] | None] = ContextVar("caller", default=None)


class Asked(Access):
    """Access of whoever calls, of several at once too; it notes what is asked for: permissions of which any would
    do."""

    noted: list[tuple[str, ...]] | None = None

    @property
    def roles(self) -> frozenset[str] | None:  # type: ignore[override]
        return _CALLER.get()

    @roles.setter
    def roles(self, roles: frozenset[str] | None) -> None:
        _CALLER.set(roles)

    def holds(self, permissions: Iterable[str]) -> bool:
        asked = tuple(permissions)
        if self.noted is not None:
            self.noted.append(asked)
        return super().holds(asked)


@contextmanager
def as_one_with(roles: frozenset[str] | None) -> Iterator[None]:
    """What is called in between is called with these permissions; None for all that there are."""
    before = _CALLER.set(roles)
    try:
        yield
    finally:
        _CALLER.reset(before)


class Reader(InProcess):
    """The reader's way into the tenant."""

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | None, *, token: str = ""
    ) -> Reply:
        with as_one_with(READS):
            return await super().send(method, url, headers, content, token=token)


class Company(Directory):
    """`call` is the administrator's, who may do everything; `client` the reader's, `send` the restorer's."""

    def __init__(self, data: Path) -> None:
        super().__init__(data)
        self.access = self.tenant.access = Asked(self.tenant.behaviour)
        self.restorer: frozenset[str] = frozenset()
        self.needed: set[str] = set()
        self.client = GraphClient(
            GraphRoot(URL),
            Reader(self.service),  # type: ignore[arg-type]
            FixedToken(Secret("local-token")),
            Limiters(0.0),
            WaitPolicy(limit=1, pace=0.0),
        )

    async def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        return await super().send(method, path, body, {})

    async def send(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> tuple[int, Any]:
        self.access.noted = []
        try:
            with as_one_with(self.restorer):
                return await super().send(method, path, body, headers)
        finally:
            noted, self.access.noted = self.access.noted, None
            self.needed |= {one for one in self.restorer if any(self._hung_on(one, asked) for asked in noted)}

    def _hung_on(self, permission: str, asked: tuple[str, ...]) -> bool:
        """`Directory.ReadWrite.All` stands in for many, and is there for what nothing less does."""
        held = self.restorer - ({"Directory.ReadWrite.All"} - {permission})
        return self._enough(asked, held) and not self._enough(asked, held - {permission})

    def _enough(self, asked: tuple[str, ...], held: frozenset[str]) -> bool:
        with as_one_with(held):
            return Access.holds(self.access, asked)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    company = Company(tmp_path_factory.mktemp("tenant"))
    yield company
    company.close()


def history(dice: random.Random, fate: int) -> History:
    def some(most: int) -> tuple[Edit, ...]:
        return tuple(Edit(dice.randrange(9999), dice.randrange(9999), dice.randrange(7)) for _ in range(most))

    fates = ("kept", "kept", "deleted", "purged")
    cut = tuple(dice.randrange(12) for _ in range(dice.randrange(4)))
    return History(dice.randrange(9999), some(dice.randrange(3)), some(1 + dice.randrange(4)), cut, fates[fate % 4])


@pytest.mark.parametrize("key", [entry.key for entry in test_roundtrip.RESTORED])
def test_a_restore_takes_the_permissions_of_its_type_and_each_of_them(
    company: Company, key: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(test_roundtrip, "note", lambda said: None)
    company.restorer = frozenset(write_permissions([TYPES[key]]))
    company.needed = set()
    wanted = {
        one
        for one in company.restorer
        if company.restorer.isdisjoint(COVERED.get(one, ())) and (key, one) not in UNTOUCHED
    }
    dice = random.Random(key)
    for number in range(MOST):
        if number >= FEWEST and wanted <= company.needed:
            break
        company.reset()
        live = Live(company.client, test_roundtrip.CLOUD, TENANT, gathering=0.0)
        case = test_roundtrip.Case(company, TYPES[key], history(dice, number), live)
        asyncio.run(case.play())
    assert wanted - company.needed == set(), "no call hung on it"
