"""Everything durable, in one SQLite file: instances, their history, messages to them, open activities, timer schedules.

One process at a time. A `transaction` is all or nothing also when the process is killed (WAL; against loss of power
the last moments may be missing). Times are seconds since 1970; payloads are JSON text.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.host.durable.events import Event
from local.host.errors import HostError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS instances (
  id TEXT PRIMARY KEY, execution TEXT NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL, status TEXT NOT NULL,
  input TEXT, output TEXT, custom TEXT, created REAL NOT NULL, updated REAL NOT NULL, seen INTEGER NOT NULL,
  parent TEXT NOT NULL, parent_execution TEXT NOT NULL, parent_task INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS history (seq INTEGER PRIMARY KEY, instance TEXT NOT NULL, event TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS history_of ON history (instance);
CREATE TABLE IF NOT EXISTS inbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, instance TEXT NOT NULL, execution TEXT NOT NULL, due REAL NOT NULL,
  timer INTEGER, event TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS inbox_of ON inbox (instance, due);
CREATE TABLE IF NOT EXISTS tasks (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, instance TEXT NOT NULL, execution TEXT NOT NULL, task INTEGER NOT NULL,
  name TEXT NOT NULL, input TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS schedules (
  name TEXT PRIMARY KEY, last REAL NOT NULL, next REAL NOT NULL, updated REAL NOT NULL) WITHOUT ROWID;
"""
_OPEN = ("Pending", "Running", "Suspended")
_INSTANCE = (
    "execution, name, version, status, input, output, custom, created, updated, seen, "
    "parent, parent_execution, parent_task"
)


@dataclass(slots=True)
class Instance:
    """A row of `instances`. `input` is the JSON text that was given at the start; `seen` counts actions carried out."""

    id: str
    execution: str = ""
    name: str = ""
    version: str = ""
    status: str = "Pending"
    input: str | None = None
    output: str | None = None
    custom: str | None = None
    created: float = 0.0
    updated: float = 0.0
    seen: int = 0
    parent: str = ""
    parent_execution: str = ""
    parent_task: int = -1

    @property
    def open(self) -> bool:
        """Whether it has not ended."""
        return self.status in _OPEN


@dataclass(frozen=True, slots=True)
class Message:
    """Something that waits for an instance. `execution` is empty for what any execution of it may take."""

    seq: int
    execution: str
    event: Event


@dataclass(frozen=True, slots=True)
class Task:
    """An activity call that has no result yet."""

    seq: int
    instance: str
    execution: str
    task: int
    name: str
    input: str


class Store:
    """The file. Every method is quick enough for the event loop; none waits for another process."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, timeout=0)
        try:
            for pragma in ("locking_mode=EXCLUSIVE", "journal_mode=WAL", "synchronous=NORMAL"):
                self._db.execute(f"PRAGMA {pragma}")
            self._db.executescript(_SCHEMA)
        except sqlite3.OperationalError as error:
            self._db.close()
            raise HostError(f"{path} is in use by another host, or cannot be written: {error}") from error

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Groups writes. Holds no await: nothing else may come between."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def instance(self, instance: str) -> Instance | None:
        row = self._db.execute(f"SELECT id, {_INSTANCE} FROM instances WHERE id = ?", (instance,)).fetchone()
        return Instance(*row) if row else None

    def put_instance(self, instance: Instance) -> None:
        """Adds the instance or replaces its row."""
        values = [getattr(instance, name) for name in Instance.__slots__]
        marks = ", ".join("?" * len(values))
        self._db.execute(f"INSERT OR REPLACE INTO instances (id, {_INSTANCE}) VALUES ({marks})", values)

    def clear_history(self, instance: str) -> None:
        self._db.execute("DELETE FROM history WHERE instance = ?", (instance,))

    def clear_messages(self, instance: str, execution: str | None = None) -> None:
        """Removes what waits for an instance, or only for one execution of it."""
        if execution is None:
            self._db.execute("DELETE FROM inbox WHERE instance = ?", (instance,))
        else:
            self._db.execute("DELETE FROM inbox WHERE instance = ? AND execution = ?", (instance, execution))

    def delete(self, instances: Sequence[str]) -> None:
        """Removes instances with all that belongs to them."""
        for instance in instances:
            self.clear_history(instance)
            self.clear_messages(instance)
            self._db.execute("DELETE FROM tasks WHERE instance = ?", (instance,))
            self._db.execute("DELETE FROM instances WHERE id = ?", (instance,))

    def select(
        self,
        *,
        prefix: str = "",
        created_from: float | None = None,
        created_to: float | None = None,
        statuses: Sequence[str] = (),
        after: str = "",
        top: int = -1,
    ) -> list[Instance]:
        """Instances that meet every condition given, by id, from the one after `after`."""
        conditions, values = ["id > ?"], [after]
        for text, value in (("created >= ?", created_from), ("created <= ?", created_to)):
            if value is not None:
                conditions.append(text)
                values.append(value)  # type: ignore[arg-type]
        if prefix:
            conditions.append("substr(id, 1, length(?)) = ?")
            values += [prefix, prefix]
        if statuses:
            conditions.append(f"status IN ({', '.join('?' * len(statuses))})")
            values += statuses
        sql = f"SELECT id, {_INSTANCE} FROM instances WHERE {' AND '.join(conditions)} ORDER BY id LIMIT ?"
        return [Instance(*row) for row in self._db.execute(sql, [*values, top])]

    def append(self, instance: str, events: Iterable[Event]) -> None:
        rows = [(instance, json.dumps(event)) for event in events]
        self._db.executemany("INSERT INTO history (instance, event) VALUES (?, ?)", rows)

    def history(self, instance: str) -> list[Event]:
        rows = self._db.execute("SELECT event FROM history WHERE instance = ? ORDER BY seq", (instance,))
        return [json.loads(row[0]) for row in rows]

    def post(
        self, instance: str, event: Event, *, execution: str = "", due: float = 0.0, timer: int | None = None
    ) -> None:
        """Leaves a message; it counts from `due` on."""
        self._db.execute(
            "INSERT INTO inbox (instance, execution, due, timer, event) VALUES (?, ?, ?, ?, ?)",
            (instance, execution, due, timer, json.dumps(event)),
        )

    def messages(self, instance: str, now: float) -> list[Message]:
        rows = self._db.execute(
            "SELECT seq, execution, event FROM inbox WHERE instance = ? AND due <= ? ORDER BY seq", (instance, now)
        )
        return [Message(seq, execution, json.loads(event)) for seq, execution, event in rows]

    def waiting_for(self, instance: str) -> int:
        """How many messages an instance has."""
        count: int = self._db.execute("SELECT count(*) FROM inbox WHERE instance = ?", (instance,)).fetchone()[0]
        return count

    def consume(self, messages: Iterable[Message]) -> None:
        self._db.executemany("DELETE FROM inbox WHERE seq = ?", [(message.seq,) for message in messages])

    def cancel_timer(self, instance: str, execution: str, timer: int) -> None:
        self._db.execute(
            "DELETE FROM inbox WHERE instance = ? AND execution = ? AND timer = ?", (instance, execution, timer)
        )

    def waiting(self) -> list[tuple[str, float]]:
        """Every instance that has messages, with the time of the first."""
        return self._db.execute("SELECT instance, min(due) FROM inbox GROUP BY instance, due").fetchall()

    def add_task(self, instance: str, execution: str, task: int, name: str, task_input: str) -> Task:
        cursor = self._db.execute(
            "INSERT INTO tasks (instance, execution, task, name, input) VALUES (?, ?, ?, ?, ?)",
            (instance, execution, task, name, task_input),
        )
        return Task(cursor.lastrowid or 0, instance, execution, task, name, task_input)

    def remove_task(self, task: Task) -> None:
        self._db.execute("DELETE FROM tasks WHERE seq = ?", (task.seq,))

    def tasks(self) -> list[Task]:
        rows = self._db.execute("SELECT seq, instance, execution, task, name, input FROM tasks ORDER BY seq")
        return [Task(*row) for row in rows]

    def schedule(self, name: str) -> tuple[float, float, float] | None:
        """A timer function's last run, next occurrence and time of writing."""
        row = self._db.execute("SELECT last, next, updated FROM schedules WHERE name = ?", (name,)).fetchone()
        return tuple(row) if row else None

    def put_schedule(self, name: str, last: float, following: float, updated: float) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO schedules (name, last, next, updated) VALUES (?, ?, ?, ?)",
            (name, last, following, updated),
        )
