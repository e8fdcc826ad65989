"""A directory in memory for the rules to judge against, filled with the smallest company."""

import copy
import pickle
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from local.tenant.company import Object, company
from local.tenant.schema import KINDS

TENANT = "7b0b2a6e-1111-4222-8333-444455556666"
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


class Memory:
    def __init__(self) -> None:
        self.objects: dict[str, dict[str, dict[str, Any]]] = {}
        self.linked: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
        self.defaults_on = False
        self.plans = {"AAD_PREMIUM", "AAD_PREMIUM_P2"}
        self.permissions: set[str] | None = None  # None for all of them
        self.roles: set[str] = set()
        self._ids = 0

    def load(self, users: int = 20) -> "Memory":
        self.objects, self.linked = pickle.loads(_company(users))
        return self

    def add(self, kind: str, properties: dict[str, Any], key: str = "") -> dict[str, Any]:
        self.objects.setdefault(kind, {})[key or KINDS[kind].key_of(properties)] = properties
        return properties

    def link(self, kind: str, source: str, link: str, target_kind: str, target: str) -> None:
        self.linked.setdefault((kind, source, link), []).append((target_kind, target))

    def one(self, kind: str, **having: Any) -> dict[str, Any]:
        """A copy of the first object whose properties are these."""
        for item in self.objects[kind].values():
            if all(item.get(name) == value for name, value in having.items()):
                return copy.deepcopy(item)
        raise LookupError(f"no {kind} with {having}")

    # local.tenant.rules.Directory
    def elsewhere(self, app_id: str) -> dict[str, Any] | None:
        return None

    def get(self, kind: str, id: str) -> dict[str, Any] | None:
        return self.objects.get(kind, {}).get(id)

    def find(self, kind: str, property: str, value: object) -> Iterator[dict[str, Any]]:
        wanted = _plain(value)
        for item in list(self.objects.get(kind, {}).values()):
            held = item.get(property)
            if wanted in [_plain(each) for each in held] if isinstance(held, list) else _plain(held) == wanted:
                yield item

    def links(self, kind: str, id: str, link: str) -> Sequence[tuple[str, str]]:
        return self.linked.get((kind, id, link), [])

    def now(self) -> datetime:
        return NOW

    def new_id(self) -> str:
        self._ids += 1
        return str(UUID(int=0xABCD << 112 | self._ids, version=4))

    def tenant_id(self) -> str:
        return TENANT

    def verified_domains(self) -> set[str]:
        return {domain["name"] for domain in self.objects["organization"][TENANT]["verifiedDomains"]}

    def security_defaults(self) -> bool:
        return self.defaults_on

    def licensed(self, service_plan: str) -> bool:
        return service_plan in self.plans

    def permitted(self, *permissions: str) -> bool:
        return self.permissions is None or bool(self.permissions & set(permissions))

    def caller_is(self, *roles: str, units: Sequence[str] = ()) -> bool:
        return bool(self.roles & {*roles, *units})


def _plain(value: object) -> object:
    return value.casefold() if isinstance(value, str) else value


@cache
def _company(users: int) -> bytes:
    """Objects and links of a company, made once: to read them is ten times as fast as to make them."""
    memory, binned = Memory(), set[str]()
    for item in company(users, 7, TENANT, NOW):
        if isinstance(item, Object) and item.properties.get("deletedDateTime"):
            binned.add(item.properties["id"])
        elif isinstance(item, Object):
            memory.add(item.kind, item.properties, item.key)
        elif not {item.source_id, item.target_id} & binned:
            memory.link(item.kind, item.source_id, item.link, item.target_kind, item.target_id)
    return pickle.dumps((memory.objects, memory.linked))
