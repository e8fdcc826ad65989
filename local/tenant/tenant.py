"""The tenant itself: its store, clock and switches, held together for those who answer requests."""

import random
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from local.tenant.access import Access
from local.tenant.audit import Audit
from local.tenant.clock import TenantClock
from local.tenant.database import Database
from local.tenant.disturb import Disturbance
from local.tenant.journal import Journal
from local.tenant.lag import LagView
from local.tenant.ledger import Ledger
from local.tenant.links import Links
from local.tenant.objects import Objects
from local.tenant.switches import Behaviour
from local.tenant.tokens import Tokens
from local.tenant.view import View


class Tenant:
    def __init__(self, data: Path, tenant_id: str) -> None:
        self.database = Database(data / "tenant.db")
        kept = self.database.meta("tenantId")
        if kept is None:
            self.database.set_meta("tenantId", tenant_id)
        self.id = kept or tenant_id
        self.clock = TenantClock(float(self.database.meta("clockShift") or 0))
        self.behaviour = Behaviour()
        self.access = Access(self.behaviour)
        self.objects = Objects(self.database)
        self.links = Links(self.database)
        self.journal = Journal(self.database)
        self.audit = Audit(self.database)
        self.lag = LagView(self.behaviour, self.clock, self.journal)
        self.view = View(self.database, self.objects, self.links, self.lag)
        self.ledger = Ledger(self.objects, self.links, self.journal, self.lag)
        self.disturbance = Disturbance(self.behaviour, self.clock)
        self.tokens = Tokens(self.database.secret(), self.clock)
        self.directory = StoredDirectory(self)
        self.chance = random.Random(self.id)

    def move_clock(self, seconds: float) -> None:
        """Kept, so that a restart does not travel back."""
        self.clock.shift += timedelta(seconds=seconds)
        self.database.set_meta("clockShift", str(self.clock.shift.total_seconds()))

    def close(self) -> None:
        self.database.close()


class StoredDirectory:
    """The store as the rules see it: always the newest state."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def get(self, kind: str, id: str) -> dict[str, Any] | None:
        """Not what a write of its own made so lately that another does not find it yet."""
        if self._tenant.lag.unborn(kind, id):
            self._tenant.behaviour.hit("lagWrites")
            return None
        row = self._tenant.objects.row(kind, id)
        return row.object() if row else None

    def find(self, kind: str, property: str, value: object) -> Iterator[dict[str, Any]]:
        return (row.object() for row in self._tenant.objects.where(kind, property, value))

    def links(self, kind: str, id: str, link: str) -> Sequence[tuple[str, str]]:
        return self._tenant.links.targets(id, link)

    def now(self) -> datetime:
        return self._tenant.clock.now()

    def new_id(self) -> str:
        return str(uuid.uuid4())

    def tenant_id(self) -> str:
        return self._tenant.id

    def verified_domains(self) -> set[str]:
        organization = self.get("organization", self._tenant.id) or {}
        return {domain["name"] for domain in organization.get("verifiedDomains", ())}

    def elsewhere(self, app_id: str) -> dict[str, Any] | None:
        kept = self._tenant.database.meta(f"elsewhere:{app_id}")
        return msgspec.json.decode(kept) if kept else None

    def security_defaults(self) -> bool:
        policy = self._tenant.objects.first("identitySecurityDefaultsEnforcementPolicy")
        stored = policy is not None and bool(policy.object().get("isEnabled"))
        return stored or self._tenant.behaviour.on.security_defaults

    def permitted(self, *permissions: str) -> bool:
        return self._tenant.access.holds(permissions)

    def caller_is(self, *roles: str, units: Sequence[str] = ()) -> bool:
        held = [role.partition("@") for role in self._tenant.behaviour.on.caller_roles]
        return any(unit in units if unit else role in roles for role, _, unit in held)

    def licensed(self, service_plan: str) -> bool:
        return service_plan in self._tenant.behaviour.on.licences
