"""Which licences the tenant has, and whether they are enough for what a plan assigns.

In: a Graph client, and the items as they are made. Out: the free units of each product, asked for once where a record
has licences, and gaps of the whole plan.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from functions import log
from functions.core.plan import Item, LossGap
from functions.core.plan_licences import of_group, of_user
from functions.core.record import Object
from functions.errors import GraphRejected
from functions.graph.client import GraphClient
from functions.graph.pages import pages

_SKUS = "/subscribedSkus"
_IN_USE = ("enabled", "warning")  # units that can be assigned
_HELD = {"users": of_user, "groups": of_group}


@dataclass(slots=True)
class Seats:
    """`units`: product → free units; None as long as nothing is known."""

    reader: GraphClient
    units: Mapping[str, int] | None = None
    _refused: str = ""
    _wanted: Counter[str] = field(default_factory=Counter)

    async def learn(self, key: str, records: Iterable[Object]) -> None:
        """Asks Graph, once, where one of these records has licences of its own."""
        held = _HELD.get(key)
        if held is None or self.units is not None or self._refused or not any(held(record) for record in records):
            return
        found: dict[str, int] = {}
        try:
            async for page in pages(self.reader, _SKUS):
                found |= {str(sku["skuId"]): _free(sku) for sku in map(msgspec.json.decode, page.items)}
        except GraphRejected as error:
            log.warning("restore.licences_unread", status=error.status, code=error.graph_code)
            self._refused = f"{error.status} {error.graph_code}".rstrip()
            return
        self.units = found

    def add(self, items: Sequence[Item]) -> None:
        """Counts the units that these items take."""
        for step in (step for item in items for step in item.steps if item.type == "users"):
            if step.path.endswith("/assignLicense"):
                self._wanted.update(_skus(step.body, "addLicenses") - _skus(step.before, "assignedLicenses"))

    def gaps(self) -> list[LossGap]:
        """What is said of the plan as a whole."""
        if self._refused:
            return [
                LossGap(
                    "Whether the licences are still there is not known",
                    f"Graph answered {self._refused} when it was asked for the subscriptions. An assignment of a "
                    "product that the tenant does not have, or has no free unit of, is refused.",
                    "Grant the reader LicenseAssignment.Read.All, or look at the licences of the tenant yourself.",
                )
            ]
        free = self.units or {}
        return [
            LossGap(
                f"Licences {sku}: {count} accounts, {free[sku]} free units",
                "Graph refuses the licences of the accounts that come when none is free any more.",
                "Free or buy units before applying, or leave assignedLicenses out of the plan.",
            )
            for sku, count in sorted(self._wanted.items())
            if sku in free and count > free[sku]
        ]


def _free(sku: Mapping[str, Any]) -> int:
    units = sku.get("prepaidUnits") or {}
    return sum(int(units.get(name) or 0) for name in _IN_USE) - int(sku.get("consumedUnits") or 0)


def _skus(value: Any, name: str) -> set[str]:
    held = value.get(name) if isinstance(value, dict) else None
    return {str(one["skuId"]) for one in held if isinstance(one, dict)} if isinstance(held, list) else set()
