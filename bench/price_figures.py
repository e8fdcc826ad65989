"""What Lifeboat costs a month in Azure, computed: figures in, figures out. `bench.price` writes them down.

In: bench/sizes.json (a run of 1,000 and of 10,000 users, measured), docs/costs.md (how long Graph makes a run take),
the rules of retention, the defaults of infra. The unit prices and what is assumed stand below, each by name. 100,000
users are the line through the two that were measured.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from math import ceil
from pathlib import Path

from functions.core.retention import Held, Rules, decide
from functions.core.runid import run_id
from functions.settings import Settings

ROOT = Path(__file__).parents[1]
USERS = (1_000, 10_000, 100_000)

RUNS = 60  # two a day
INSTANCES = 2  # that work at once: Flex adds one when a hundred types wait
MEMORY_GB = 2
EXECUTIONS_PER_TYPE = 6  # an activity, and replays of its orchestration
DURABLE_REQUESTS_PER_TYPE = 60
POLLS = 5 * 6 * 60 * 24 * 30  # five queues of Durable, looked at every ten seconds
HOST_LINES_PER_EXECUTION = 10
LINE_OVERHEAD = 1_000  # bytes of a log record beside its text
READ_BACK = 20_000  # records a second of a verification: `bench.verify` gave 16,000 of 200,000, 28,000 of 1,000,000
CHANGED = 0.01  # part of the objects that differ from run to run
ROW = 1_000  # bytes of an index row
YEAR = 7  # the year that is counted: nothing grows after it but the versions
AUDITS = 0.5 * 200  # bytes of audit log for each user and day: half an event, of 200 bytes stored
ENDPOINTS, ZONES = 6, 4  # blob and table of the backups; blob, queue and table of the host; the app

PRICES = {
    "gbs": (0.000026, "Flex Consumption, GB-second after 100,000 free ones"),
    "million": (0.40, "Flex Consumption, million executions after 250,000 free ones"),
    "gb": (0.018, "blob storage, GB-month, hot, LRS"),
    "writes": (0.055, "10,000 writes of blobs"),
    "reads": (0.0044, "10,000 reads of blobs"),
    "table_gb": (0.045, "table storage, GB-month"),
    "rows": (0.00036, "10,000 requests of tables"),
    "messages": (0.004, "10,000 requests of queues"),
    "log": (2.30, "Log Analytics, GB; the first 5 GB of a month are free and not taken off here"),
    "rule": (0.50, "log alert rule that looks every 15 minutes or less often"),
    "endpoint": (7.30, "private endpoint, 0.01 an hour"),
    "zone": (0.50, "private DNS zone"),
}


@dataclass(frozen=True)
class Month:
    """What a month takes, for one size of tenant."""

    users: int
    objects: int
    megabytes: float  # of one run
    requests: int  # to Graph, of one run
    minutes: float  # of one run
    gbs: int
    executions: int
    stored_gb: float
    writes: int
    reads: int
    rows: int
    table_gb: float
    messages: int
    log_gb: float
    rules: int

    def lines(self) -> Iterator[tuple[str, float]]:
        """Each item of the bill, in dollars."""
        price = {name: amount for name, (amount, _) in PRICES.items()}
        compute = max(0, self.gbs - 100_000) * price["gbs"]
        yield "compute", compute + max(0, self.executions - 250_000) / 1e6 * price["million"]
        yield "snapshots", self.stored_gb * price["gb"]
        yield "index", self.table_gb * price["table_gb"]
        asked = self.writes * price["writes"] + self.reads * price["reads"] + self.rows * price["rows"]
        yield "requests of storage", (asked + self.messages * price["messages"]) / 10_000
        yield "logs", self.log_gb * price["log"]
        yield "alert rules", self.rules * price["rule"]

    @property
    def total(self) -> float:
        """All of it."""
        return sum(amount for _, amount in self.lines())


def month(users: int) -> Month:
    """The month of a tenant."""
    size = {name: _of(users, name) for name in _sizes()["1000"]}
    requests = size["graphRequests"] * _costs("standard") / _sizes()["10000"]["graphRequests"]
    minutes = requests * seconds_a_request() / 60
    kept = kept_runs()[YEAR]
    lying = kept + 2 * lingering_days()
    read_back = (2 + kept / _default("verify_again_days")) * 30 * size["objects"] / READ_BACK
    durable = size["types"] * DURABLE_REQUESTS_PER_TYPE * RUNS
    executions = int(size["types"] * EXECUTIONS_PER_TYPE * RUNS)
    log_bytes = RUNS * (size["logBytes"] + size["logLines"] * LINE_OVERHEAD)
    log_bytes += (
        RUNS * sum(size[name] for name in ("blobWrites", "blobReads", "tableRequests")) * LINE_OVERHEAD
    )  # the account's own log
    log_bytes += executions * HOST_LINES_PER_EXECUTION * LINE_OVERHEAD
    versions = size["objects"] * (1 + CHANGED * RUNS * 12 * YEAR)
    return Month(
        users=users,
        objects=round(size["objects"]),
        megabytes=size["bytes"] / 1e6,
        requests=round(requests),
        minutes=minutes,
        gbs=round((RUNS * minutes * 60 + read_back) * MEMORY_GB * INSTANCES),
        executions=executions,
        stored_gb=(lying * size["bytes"] + users * AUDITS * 365 * YEAR) / 1e9,
        writes=round(size["blobWrites"] * RUNS),
        reads=round(size["blobReads"] * RUNS + 30 * size["types"] * (2 + kept / _default("verify_again_days"))),
        rows=round(size["tableRequests"] * RUNS + RUNS * ceil(size["objects"] * CHANGED / 100) + durable / 2),
        table_gb=(size["objects"] + versions) * ROW / 1e9,
        messages=round(POLLS + durable / 2),
        log_gb=log_bytes / 1e9,
        rules=rules(),
    )


@cache
def kept_runs() -> dict[int, int]:
    """Year → runs that are there at its end, with two runs a day and the default rules."""
    names = {"all_days": "keep_all_days"} | {name: f"keep_{name}" for name in ("daily", "weekly", "monthly", "yearly")}
    keep = Rules(**{name: _default(setting) for name, setting in names.items()})
    day, there, found = datetime(2025, 1, 1, tzinfo=UTC), list[Held](), dict[int, int]()
    for number in range(1, 365 * YEAR + 1):
        there += [Held(run_id(day + timedelta(hours=hour)), {"users": True}) for hour in (2, 14)]
        day += timedelta(days=1)
        stay = {one.run for one in decide(there, keep, day) if one.keep}
        there = [held for held in there if held.run in stay]
        if number % 365 == 0:
            found[number // 365] = len(there)
    return found


def _sizes() -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = json.loads((ROOT / "bench" / "sizes.json").read_text(encoding="utf-8"))
    return found


def _of(users: int, name: str) -> float:
    low, high = _sizes()["1000"][name], _sizes()["10000"][name]
    return low + (high - low) * (users - 1_000) / 9_000


def seconds_a_request() -> float:
    text = (ROOT / "docs" / "costs.md").read_text(encoding="utf-8")
    [minutes] = re.findall(r"^The run took (\d+) minutes", text, re.MULTILINE)
    return int(minutes) * 60 / _costs("everything")


def _costs(preset: str) -> int:
    """Requests of a run of 10,000 users: more than in sizes.json, for that tenant has more groups and applications."""
    text = (ROOT / "docs" / "costs.md").read_text(encoding="utf-8")
    [requests] = re.findall(rf"^\| `{preset}` \| \d+ \| ([\d,]+) ", text, re.MULTILINE)
    return int(requests.replace(",", ""))


def _default(setting: str) -> int:
    return int(Settings.__dataclass_fields__[setting].default)


def lingering_days() -> int:
    """As a deleted version, and then softly deleted."""
    text = (ROOT / "infra" / "modules" / "backup-storage.bicep").read_text(encoding="utf-8")
    return sum(int(days) for days in re.findall(r"^param (?:softDelete|version)Days int = (\d+)$", text, re.MULTILINE))


def rules() -> int:
    return len(list((ROOT / "infra" / "queries" / "alerts").glob("*.kql")))
