"""The settings of the app: read once from the environment, all problems reported together.

Every name is documented in docs/operations.md. A setting that holds a secret exists only for local use: in Azure the
app uses managed identities, and `from_env` refuses a fixed token or a storage key unless Graph is a loopback address.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from functions.errors import ConfigError

GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

_GRAPH_HOSTS = {
    "https://graph.microsoft.com": "global",
    "https://graph.microsoft.us": "usGov",
    "https://dod-graph.microsoft.us": "usGovDoD",
    "https://microsoftgraph.chinacloudapi.cn": "china",
}
RETENTION_MODES = ("report", "prune", "off")  # the first is the default: it says what would go, and removes nothing
_LOCAL_CLOUDS = ("local", *_GRAPH_HOSTS.values())  # what an emulated tenant may stand for


class Secret(str):
    """A string that does not show itself. `reveal()` gives the text."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def reveal(self) -> str:
        """The text itself, for the one call that needs it."""
        return "".join(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the environment said. Durations are in seconds unless their name has another unit. The `keep_` numbers are
    the rules of retention (docs/operations.md); a share is a part of 1."""

    tenant_id: str
    graph_url: str = "https://graph.microsoft.com"
    cloud: str = "global"
    graph_token: Secret = field(default=Secret(), repr=False)
    storage_connection: Secret = field(default=Secret(), repr=False)
    blob_url: str = ""
    table_url: str = ""
    reader_client_id: str = ""
    restorer_client_id: str = ""
    restore_enabled: bool = False
    auth_enabled: bool = False
    audiences: frozenset[str] = frozenset()
    time_budget: float = 240.0
    plan_lifetime: float = 3600.0
    graph_retry_limit: int = 6
    graph_timeout: float = 75.0
    settle_interval: float = 5.0
    settle_reads: int = 5
    restore_writes: int = 3000  # in 150 seconds
    restore_parallel: int = 16
    break_glass: frozenset[str] = frozenset()
    retention_mode: str = "report"
    retention_notice: float = 86400.0
    keep_all_days: int = 7
    keep_daily: int = 30
    keep_weekly: int = 12
    keep_monthly: int = 12
    keep_yearly: int = 7
    keep_plans_days: int = 365
    verify_again_days: int = 30
    alert_deleted_count: int = 50
    alert_deleted_share: float = 0.2
    alert_changed_count: int = 500
    alert_changed_share: float = 0.3
    doubt_wait: float = 60.0

    @property
    def local(self) -> bool:
        """True when Graph is a loopback address: the only place where a fixed token is allowed."""
        return is_loopback(self.graph_url)

    @staticmethod
    def from_env(env: Mapping[str, str]) -> "Settings":
        """Reads and checks every setting. Raises ConfigError naming each that is wrong."""
        problems: list[str] = []
        read = _Reader(env, problems)
        graph_url = env.get("GRAPH_URL", "https://graph.microsoft.com").rstrip("/")
        local = is_loopback(graph_url)
        if not local and graph_url not in _GRAPH_HOSTS:
            problems.append(f"GRAPH_URL {graph_url!r} is neither a Microsoft Graph host nor a loopback address")
        token, connection = env.get("GRAPH_TOKEN", ""), env.get("SNAPSHOT_STORAGE_CONNECTION", "")
        if token and not local:
            problems.append("GRAPH_TOKEN is for a loopback GRAPH_URL only; in Azure the app uses managed identities")
        if connection and not local:
            problems.append("SNAPSHOT_STORAGE_CONNECTION is for a loopback GRAPH_URL only; set SNAPSHOT_BLOB_URL")
        if env.get("GRAPH_CLOUD") and not local:
            problems.append("GRAPH_CLOUD is for a loopback GRAPH_URL only; elsewhere the host says which cloud it is")
        blob_url, table_url = env.get("SNAPSHOT_BLOB_URL", ""), env.get("SNAPSHOT_TABLE_URL", "")
        if not connection and not (blob_url and table_url):
            problems.append(
                "SNAPSHOT_BLOB_URL and SNAPSHOT_TABLE_URL are needed (the storage account of the snapshots)"
            )
        if local and not all(map(is_loopback, (_endpoints(connection) if connection else [blob_url, table_url]))):
            # On a laptop nobody signs in: real snapshots beside a loopback Graph would be open to anyone who can call.
            problems.append("a loopback GRAPH_URL goes with the storage emulator only, not with a real storage account")
        settings = Settings(
            tenant_id=read.guid("TENANT_ID"),
            graph_url=graph_url,
            cloud=_GRAPH_HOSTS.get(graph_url) or read.choice("GRAPH_CLOUD", _LOCAL_CLOUDS),
            graph_token=Secret(token),
            storage_connection=Secret(connection),
            blob_url=blob_url,
            table_url=table_url,
            reader_client_id=env.get("READER_CLIENT_ID", ""),
            restorer_client_id=env.get("RESTORER_CLIENT_ID", ""),
            restore_enabled=read.flag("RESTORE_ENABLED", default=local),
            auth_enabled=read.flag("WEBSITE_AUTH_ENABLED", default=False),
            audiences=read.words("AUTH_AUDIENCES"),
            time_budget=read.number("BACKUP_TIME_BUDGET_SECONDS", 240.0, 0.01, 1800.0),
            plan_lifetime=read.number("PLAN_LIFETIME_SECONDS", 3600.0, 1.0, 86400.0),
            graph_retry_limit=int(read.number("GRAPH_RETRY_LIMIT", 6, 0, 20)),
            graph_timeout=read.number("GRAPH_TIMEOUT_SECONDS", 75.0, 1.0, 600.0),
            settle_interval=read.number("RESTORE_SETTLE_SECONDS", 5.0, 0.0, 60.0),
            settle_reads=int(read.number("RESTORE_SETTLE_READS", 5, 1, 20)),
            restore_writes=int(read.number("RESTORE_WRITES_PER_150_SECONDS", 3000, 1, 3000)),
            restore_parallel=int(read.number("RESTORE_PARALLEL", 16, 1, 64)),
            break_glass=read.guids("BREAK_GLASS_IDS"),
            retention_mode=read.choice("RETENTION_MODE", RETENTION_MODES),
            retention_notice=3600 * read.number("RETENTION_NOTICE_HOURS", 24, 0, 720),
            keep_all_days=int(read.number("RETENTION_ALL_DAYS", 7, 1, 36500)),
            keep_daily=int(read.number("RETENTION_DAILY", 30, 0, 36500)),
            keep_weekly=int(read.number("RETENTION_WEEKLY", 12, 0, 5200)),
            keep_monthly=int(read.number("RETENTION_MONTHLY", 12, 0, 1200)),
            keep_yearly=int(read.number("RETENTION_YEARLY", 7, 0, 100)),
            keep_plans_days=int(read.number("RETENTION_PLANS_DAYS", 365, 1, 36500)),
            verify_again_days=int(read.number("VERIFY_AGAIN_DAYS", 30, 1, 3650)),
            alert_deleted_count=int(read.number("ALERT_DELETED_COUNT", 50, 0, 1e9)),
            alert_deleted_share=read.number("ALERT_DELETED_PERCENT", 20, 0, 100) / 100,
            alert_changed_count=int(read.number("ALERT_CHANGED_COUNT", 500, 0, 1e9)),
            alert_changed_share=read.number("ALERT_CHANGED_PERCENT", 30, 0, 100) / 100,
            doubt_wait=read.number("DOUBT_WAIT_SECONDS", 60, 0, 3600),
        )
        if problems:
            raise ConfigError("; ".join(problems), remedy="Set these application settings: docs/operations.md")
        return settings


def is_loopback(url: str) -> bool:
    """True for http(s)://127.0.0.0/8, [::1] and localhost."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _endpoints(connection: str) -> list[str]:
    """The service addresses of a connection string; one that names none is of a real account."""
    if "usedevelopmentstorage=true" in connection.lower():
        return ["http://127.0.0.1"]
    parts = (part.partition("=") for part in connection.split(";"))
    return [value for name, _, value in parts if name.lower().endswith("endpoint")] or [""]


@dataclass(frozen=True, slots=True)
class _Reader:
    env: Mapping[str, str]
    problems: list[str]

    def guid(self, name: str) -> str:
        value = self.env.get(name, "").lower()
        if not GUID.fullmatch(value):
            self.problems.append(f"{name} must be a GUID in lower or upper case")
        return value

    def words(self, name: str) -> frozenset[str]:
        """Words in lower case, with commas or spaces between."""
        return frozenset(self.env.get(name, "").lower().replace(",", " ").split())

    def guids(self, name: str) -> frozenset[str]:
        """GUIDs with commas or spaces between."""
        values = self.words(name)
        if not all(GUID.fullmatch(value) for value in values):
            self.problems.append(f"{name} must be GUIDs with commas between")
        return values

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.env.get(name, "")
        if value.lower() not in {"", "true", "false", "1", "0"}:
            self.problems.append(f"{name} must be true or false")
        return default if not value else value.lower() in {"true", "1"}

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """One of them, the first if nothing is said."""
        value = self.env.get(name, "") or choices[0]
        if value not in choices:
            self.problems.append(f"{name} must be one of {', '.join(choices)}")
        return value

    def number(self, name: str, default: float, lowest: float, highest: float) -> float:
        try:
            value = float(self.env.get(name, "") or default)
        except ValueError:
            value = lowest - 1
        if not lowest <= value <= highest:
            self.problems.append(f"{name} must be a number from {lowest:g} to {highest:g}")
        return value
