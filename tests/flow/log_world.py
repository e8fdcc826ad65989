"""A log that a test writes events into, listed as the API pages say: newest first, in pages, cut by its times."""

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from functions.catalogue.logs import DIRECTORY_AUDITS
from functions.catalogue.model import ObjectType
from functions.core.gzipped import json_lines
from functions.core.manifest import Manifest
from tests.flow.backup_world import Given, Vault, listed

TERM = re.compile(r"(\w+) (ge|le|gt|lt) (\S+)")
HOLDS: dict[str, Callable[[datetime, datetime], bool]] = {
    "ge": lambda at, bound: at >= bound,
    "le": lambda at, bound: at <= bound,
    "gt": lambda at, bound: at > bound,
    "lt": lambda at, bound: at < bound,
}


@dataclass
class Log:
    """`before` may answer in place of the log; it gets the stretch that is asked for and the number of the page."""

    vault: Vault
    entry: ObjectType = DIRECTORY_AUDITS
    page: int = 1000
    events: dict[str, datetime] = field(default_factory=dict)
    before: Callable[[datetime, datetime, int], Given | None] = lambda since, until, page: None
    asked: list[tuple[datetime, datetime]] = field(default_factory=list)
    plans: tuple[str, ...] = ("AAD_PREMIUM",)

    def __post_init__(self) -> None:
        self.vault.graph.answer = self.answer

    def add(self, identity: str, **ago: float) -> None:
        """An event, so long before the vault's time."""
        self.events[identity] = self.vault.now - timedelta(**ago)

    def event(self, identity: str) -> dict[str, Any]:
        at = self.events[identity].isoformat().replace("+00:00", "Z")
        # Properties in no order, and an annotation, as Graph sends them.
        return {"result": "success", self.entry.time: at, "@odata.context": "x", "id": identity, "category": "Role"}

    def answer(self, path: str) -> Given:
        if path.startswith("/subscribedSkus"):
            plans = [{"servicePlanName": name, "provisioningStatus": "Success"} for name in self.plans]
            return listed([{"capabilityStatus": "Enabled", "servicePlans": plans}])
        query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        terms = [(op, datetime.fromisoformat(text)) for _, op, text in TERM.findall(query["$filter"])]
        (_, since), (_, until) = terms
        number = int(query.get("$skiptoken", 0))
        self.asked.append((since, until))
        if (given := self.before(since, until, number)) is not None:
            return given
        found = [name for name, at in self.events.items() if all(HOLDS[op](at, bound) for op, bound in terms)]
        found.sort(key=lambda name: self.events[name], reverse=True)
        here = found[number * self.page : (number + 1) * self.page]
        more = {}
        if len(found) > (number + 1) * self.page:
            following = f"{self.vault.graph.url}/v1.0{self.entry.path}?$filter={quote(query['$filter'])}"
            more = {"@odata.nextLink": f"{following}&$skiptoken={number + 1}"}
        return listed([self.event(name) for name in here], **more)

    async def run(self, budget: float = 60.0) -> Manifest:
        return await self.vault.run(self.entry, budget=budget)

    async def files(self) -> list[str]:
        """The names of all files of the log, without what they have in common."""
        prefix = f"{self.vault.tenant}/_logs/{self.entry.key}/"
        return [name.removeprefix(prefix) async for name in self.vault.stores.blobs.list(prefix)]

    async def stored(self) -> Counter[str]:
        """How often each event lies in storage; each in a file of its own day, oldest first."""
        found: Counter[str] = Counter()
        prefix = f"{self.vault.tenant}/_logs/{self.entry.key}/"
        for name in await self.files():
            lines = [json.loads(line) async for line in json_lines(self.vault.stores.blobs.stream(prefix + name))]
            times = [datetime.fromisoformat(line[self.entry.time]) for line in lines]
            day = name.rpartition("/")[2].partition(".")[0]
            assert {at.astimezone(UTC).date().isoformat() for at in times} == {day}
            assert times == sorted(times)
            found.update(line["id"] for line in lines)
        return found

    def whole(self) -> Counter[str]:
        return Counter(list(self.events))
