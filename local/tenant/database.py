"""The SQLite file that holds a tenant: its tables, and one transaction for each write request.

An object is one row of JSON text; what is not set is not stored. Nothing of it is kept in memory between requests.
"""

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.tenant.schema import KINDS, Held

TABLES = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS objects (
  seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, deleted TEXT, data TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS links (
  source TEXT NOT NULL, link TEXT NOT NULL, target TEXT NOT NULL,
  source_kind TEXT NOT NULL, target_kind TEXT NOT NULL, PRIMARY KEY (source, link, target)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS journal (
  version INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL, action TEXT NOT NULL,
  names TEXT NOT NULL, link TEXT NOT NULL, target_kind TEXT NOT NULL, target TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS audit (
  number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
  status INTEGER NOT NULL, body TEXT NOT NULL, request_id TEXT NOT NULL, client_request_id TEXT NOT NULL,
  in_batch INTEGER NOT NULL, fault TEXT NOT NULL
);
"""

INDEXES = """
CREATE UNIQUE INDEX IF NOT EXISTS object_by_id ON objects (id, kind);
CREATE INDEX IF NOT EXISTS live ON objects (kind, seq) WHERE deleted IS NULL;
CREATE INDEX IF NOT EXISTS binned ON objects (kind, seq) WHERE deleted IS NOT NULL;
CREATE INDEX IF NOT EXISTS link_by_target ON links (target, link);
CREATE INDEX IF NOT EXISTS journal_by_kind ON journal (kind, version);
CREATE INDEX IF NOT EXISTS journal_by_id ON journal (kind, id, version);
"""

LOOKED_UP = {
    "user": ("userPrincipalName", "displayName", "mailNickname", "mail"),
    "group": ("displayName", "mailNickname", "uniqueName", "isAssignableToRole"),
    "administrativeUnit": ("isMemberManagementRestricted",),
    "application": ("appId", "displayName", "uniqueName"),
    "servicePrincipal": ("appId", "displayName"),
    "device": ("deviceId", "displayName"),
    "appRoleAssignment": ("principalId", "resourceId"),
    "oAuth2PermissionGrant": ("clientId", "resourceId"),
    "unifiedRoleAssignment": ("principalId", "roleDefinitionId"),
    "scopedRoleMembership": ("administrativeUnitId",),
    "signIn": ("createdDateTime",),
    "directoryAudit": ("activityDateTime",),
    "provisioningObjectSummary": ("activityDateTime",),
}


def looked_up() -> Iterator[tuple[str, str]]:
    """(kind, property) of what is searched for: as named above, at the far end of a link, in a filter a list needs."""
    yield from ((kind, name) for kind, names in LOOKED_UP.items() for name in names)
    for kind in KINDS.values():
        yield from ((kind.name, name) for names in kind.filters for name in sorted(names))
        for link in kind.links.values():
            if link.held is Held.DERIVED:
                yield from ((target, link.via) for target in link.to)


def value_of(name: str) -> str:
    """The SQL expression of one property; the same text in an index and in a query, or the index is not used."""
    return f"json_extract(data, '$.\"{name}\"')"


class Database:
    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.sql = sqlite3.connect(path, isolation_level=None)
        self.sql.execute("PRAGMA journal_mode = WAL")
        self.sql.execute("PRAGMA synchronous = OFF")
        self.sql.execute("PRAGMA cache_size = -32768")
        self.sql.executescript(TABLES)

    def index(self) -> None:
        """Made after the company is loaded: one sort is cheaper than a search for every row."""
        self.sql.executescript(INDEXES)
        for kind, name in looked_up():
            self.sql.execute(
                f'CREATE INDEX IF NOT EXISTS "{kind}_{name}" ON objects ({value_of(name)} COLLATE NOCASE) '
                f"WHERE kind = '{kind}'"
            )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.sql.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.sql.execute("ROLLBACK")
            raise
        self.sql.execute("COMMIT")

    def meta(self, name: str) -> str | None:
        row = self.sql.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def set_meta(self, name: str, value: str) -> None:
        self.sql.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def secret(self) -> bytes:
        """What page tokens are sealed with; kept, so that a link outlives a restart."""
        kept = self.meta("secret")
        if kept is None:
            kept = secrets.token_hex(16)
            self.set_meta("secret", kept)
        return bytes.fromhex(kept)

    def close(self) -> None:
        self.sql.close()
